//! Quotes.
use serde::Serialize;

use super::{Id, status::Status};

/// A `Quote`, or, in what is quoted itself, a `ShallowQuote`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Quote {
    pub(crate) state: &'static str,
    #[serde(flatten)]
    pub(crate) quoted: Quoted,
}

/// What is quoted.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Quoted {
    /// It stands there only if its author agrees and the reader may see it.
    Whole { quoted_status: Option<Box<Status>> },
    /// No deeper than that, only its number.
    Named { quoted_status_id: Option<Id> },
}
