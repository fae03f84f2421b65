//! Everything that can be done here, once: actions, events, jobs, and the two ports to the network.
pub mod actors;
pub mod announcements;
mod app;
pub mod backfills;
pub mod bookmarks;
mod clock;
pub mod conversations;
pub mod deliveries;
mod error;
mod event;
pub mod filters;
pub mod follows;
pub mod groups;
pub mod hosts;
pub mod inbox;
pub mod instance;
pub mod jobs;
pub mod keys;
mod limits;
pub mod lists;
mod log;
pub mod markers;
pub mod members;
pub mod messages;
pub mod moderation;
pub mod moves;
pub mod notes;
pub mod notices;
pub mod notifications;
pub mod peers;
pub mod people;
pub mod pins;
pub mod polls;
mod ports;
pub mod posts;
pub mod quotes;
pub mod random;
pub mod reports;
pub mod retention;
pub mod rules;
pub mod seal;
pub mod second_step;
pub mod sessions;
pub mod setup;
pub mod shares;
pub mod shuns;
pub mod suspensions;
pub mod tags;
mod tasks;
#[cfg(test)]
mod tests;
pub mod totals;
pub mod totp;
pub mod view;
pub mod votes;

pub use app::{App, Config, NewId, Parts, Queue, Tx, Wakes};
pub use clock::Clock;
pub use error::{Error, Result};
pub use event::{Cause, Event};
pub use limits::Whence;
pub use ports::{Outbox, Resolver};
pub use tasks::Tasks;

/// A person here who is who they say they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Me(pub domain::id::ActorId);
