//! federation.
pub mod activities;
pub mod backfill;
pub mod client;
mod collections;
pub mod delivery;
mod discovery;
pub mod inbox;
pub mod limits;
pub mod nodeinfo;
pub mod outbox;
pub mod parse;
mod proof;
pub mod receive;
pub mod render;
pub mod resolver;
pub mod routes;
pub mod signature;
pub mod synchronization;
