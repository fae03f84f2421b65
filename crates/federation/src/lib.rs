//! federation.
pub mod activities;
pub mod client;
pub mod parse;
pub mod delivery;
pub mod outbox;
pub mod render;
pub mod signature;
pub mod receive;
pub mod resolver;
mod collections;
mod discovery;
pub mod nodeinfo;
pub mod routes;
pub mod inbox;
