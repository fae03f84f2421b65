//! What an `App` is put together of.
use store::Db;

use crate::{
    Clerk, Clock, Config, Mailer, Outbox, Pusher, Resolver, Tasks, Witness, media::Files, rules::Rules, seal::Seal,
};

/// What an `App` is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// What the operator decided.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// Seals secrets.
    pub seal: Seal,
    /// Which servers we deal with.
    pub rules: Rules,
    /// Where media are kept.
    pub files: Files,
    /// Tells other servers.
    pub outbox: Box<dyn Outbox>,
    /// Asks other servers.
    pub resolver: Box<dyn Resolver>,
    /// Asks the servers of guests who they are; with none, there are no guests.
    pub witness: Option<Box<dyn Witness>>,
    /// Looks people up in the directory of an organization; with none, there is no directory.
    pub clerk: Option<Box<dyn Clerk>>,
    /// Sends mail; with none, addresses count as confirmed and letters stand in the log.
    pub mailer: Option<Box<dyn Mailer>>,
    /// Wakes clients; with none, nobody does.
    pub pusher: Option<Box<dyn Pusher>>,
    /// Starts background tasks.
    pub tasks: Tasks,
}
