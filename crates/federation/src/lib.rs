//! federation.
pub mod client;
pub mod parse;
pub mod delivery;
pub mod outbox;
pub mod render;
pub mod signature;
