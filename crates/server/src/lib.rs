//! Starts, stops and configures the server.
pub mod bench;
mod check;
pub mod cli;
mod commands;
mod compose;
mod edge;
mod ldap;
pub mod logging;
mod mail;
mod media;
mod ops;
mod push;
mod run;
mod serve;
pub mod settings;

pub use compose::Overrides;
pub use run::run;
pub use serve::Server;
