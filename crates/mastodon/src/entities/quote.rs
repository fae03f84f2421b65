//! Quotes.
use serde::Serialize;

use super::status::Status;

/// A `Quote`: what is quoted stands in it only if its author agrees and the reader may see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Quote {
    pub(crate) state: &'static str,
    pub(crate) quoted_status: Option<Box<Status>>,
}
