//! federation.
pub mod signature;
