//! The nouns in SQL, for SQLite and PostgreSQL alike.
pub mod accounts;
pub mod activities;
pub mod actors;
mod conn;
mod db;
pub mod deliveries;
mod dialect;
mod error;
pub mod follows;
pub mod groups;
pub mod jobs;
pub mod log;
pub mod notifications;
pub mod peers;
pub mod posts;
mod rows;
mod schema;
pub mod search;
pub mod settings;
pub mod shares;
mod visible;
#[cfg(test)]
mod tests;
pub mod voided;
pub mod votes;
mod worker;

pub use conn::{Conn, Tx};
pub use db::{Db, Location, is_migrated, migrate};
pub use error::{Error, Failure, Result};
