//! federation.
pub mod client;
pub mod parse;
pub mod signature;
