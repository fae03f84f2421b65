//! What can go wrong between asking another server and having its answer.

use std::{error::Error, time::Duration};

use super::hosts::is_failure;
use crate::signature::{Scheme, SignError};

/// Why there is no document. The texts are safe to show to anybody: they do not tell open from closed ports.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// 410: it was there, and is gone for good.
    #[error("it is gone")]
    Gone,
    /// 404.
    #[error("it was not found")]
    NotFound,
    /// 401 or 403.
    #[error("the other server refused with {0}")]
    Refused(u16),
    /// 429 or 503.
    #[error("the other server is busy")]
    Busy {
        /// When to come back, if it said so; at most an hour.
        retry_after: Option<Duration>,
    },
    /// Any other status that is no success.
    #[error("the other server answered {0}")]
    Status(u16),
    /// No connection, no answer in time, or a broken one. The detail is for the log only.
    #[error("the other server could not be reached")]
    Network(String),
    /// It did not answer several times in a row: it is not asked now.
    #[error("the other server did not answer lately and is left alone for a while")]
    Resting,
    /// Too much waits for it already.
    #[error("too many requests wait for that server")]
    Crowded,
    /// A URL or an address that must not be dialled.
    #[error("the address is not allowed: {0}")]
    Forbidden(&'static str),
    /// More than we read.
    #[error("the answer is too large")]
    TooLarge,
    /// Not the kind of document that was asked for.
    #[error("the answer is of the wrong type")]
    ContentType,
    /// An answer that breaks the rules of HTTP.
    #[error("the answer is malformed: {0}")]
    Malformed(&'static str),
    /// Our own signature failed.
    #[error("the request cannot be signed")]
    Sign(#[from] SignError),
}

impl FetchError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) | Self::Busy { .. } | Self::Resting | Self::Crowded => true,
            Self::Status(status) => matches!(status, 408 | 425 | 500 | 502..=599),
            _ => false,
        }
    }

    /// Whether the other server is in trouble, rather than the request.
    pub(super) fn blames_server(&self) -> bool {
        match self {
            Self::Network(_) | Self::Busy { .. } => true,
            Self::Status(status) => is_failure(*status),
            _ => false,
        }
    }

    /// Whether the other server may have refused because of a signature by `scheme`.
    pub fn may_refuse_signature(&self, scheme: Scheme) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Status(status) => scheme == Scheme::Rfc9421 && matches!(status, 400 | 500),
            _ => false,
        }
    }

    /// The error with its causes, for the log.
    pub fn detail(&self) -> String {
        match self {
            Self::Network(detail) => format!("{self}: {detail}"),
            _ => self.to_string(),
        }
    }

    pub(super) fn timed_out(what: &'static str) -> Self {
        Self::Network(format!("{what} timed out"))
    }
}

/// The error of a connector that found nothing but forbidden addresses.
#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
pub(super) struct Blocked;

impl From<hyper_util::client::legacy::Error> for FetchError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        if causes(&error).any(<dyn Error>::is::<Blocked>) {
            return Self::Forbidden("not a public address");
        }
        let texts: Vec<String> = causes(&error).map(ToString::to_string).collect();
        Self::Network(texts.join(": "))
    }
}

/// An error and all its causes.
pub(super) fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}
