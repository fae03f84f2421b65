//! The nouns in SQL, for SQLite and PostgreSQL alike.
pub mod accounts;
pub mod activities;
pub mod actors;
pub mod apps;
mod conn;
mod db;
pub mod deliveries;
mod dialect;
mod error;
pub mod follows;
pub mod forestalled;
pub mod groups;
pub mod hosts;
pub mod idempotency;
pub mod jobs;
pub mod log;
pub mod moves;
pub mod notifications;
pub mod peers;
pub mod polls;
pub mod posts;
mod presence;
pub mod relations;
pub mod reports;
pub mod retention;
mod rows;
pub mod rules;
mod schema;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod shares;
pub mod signal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod threads;
pub mod timelines;
pub mod tokens;
mod visible;
pub mod votes;
mod worker;

pub use conn::{Conn, Tx};
pub use db::{Db, Location, is_migrated, migrate};
pub use error::{Error, Failure, Result};
pub use presence::{Holder, Lease, Presence};
