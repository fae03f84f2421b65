//! Why a request is not acknowledged, in the status that tells its sender what to do about it.
use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
};

use super::reason;
use crate::signature;

/// After how many seconds a sender that came at a bad time may come back.
const PAUSE: u32 = 30;

/// Why an activity is not taken. Never a 500 for what is only not understood: that stops the queues of others.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is too much to do already, or a key cannot be had at the moment.
    #[error("too much to do; come back later")]
    Busy,
    /// The server, or whoever comes from that address, has sent or asked too much already; for how long.
    #[error("too many requests; come back later")]
    TooMany(Duration),
    /// The body is longer than is read.
    #[error("the body is too large")]
    TooLarge,
    /// The body did not come in time.
    #[error("the body took too long")]
    Slow,
    /// The body is compressed; nobody sends it so.
    #[error("the body must not be encoded")]
    Encoded,
    /// The body is no activity.
    #[error("{0}")]
    Malformed(String),
    /// The signature is missing or wrong.
    #[error(transparent)]
    Unsigned(#[from] signature::Refused),
    /// The key is not known, not even to its owner.
    #[error("the key cannot be found")]
    NoKey,
    /// The signature is right, and somebody else's; or the activity is.
    #[error("{0}")]
    Foreign(&'static str),
    /// The server is blocked.
    #[error("this server is blocked")]
    Blocked,
    /// Our own fault.
    #[error("internal error")]
    Ours(#[source] app::Error),
}

impl Refusal {
    pub(super) fn ours(error: app::Error) -> Self {
        Self::Ours(error)
    }

    /// A stable word for metrics.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::TooMany(_) => "too_many",
            Self::TooLarge => "too_large",
            Self::Slow => "slow",
            Self::Encoded => "encoded",
            Self::Malformed(_) => "malformed",
            Self::Unsigned(refused) => refused.code(),
            Self::NoKey => "no_key",
            Self::Foreign(_) => "foreign",
            Self::Blocked => "blocked",
            Self::Ours(_) => "failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Busy | Self::Ours(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unsigned(_) | Self::NoKey => StatusCode::UNAUTHORIZED,
            Self::Foreign(_) | Self::Blocked => StatusCode::FORBIDDEN,
        }
    }

    /// The answer to the sender.
    pub(crate) fn answer(&self) -> HttpResponse {
        match self {
            Self::Ours(error) => tracing::error!(error = error as &dyn std::error::Error, "the inbox failed"),
            other => tracing::debug!(reason = %other, code = other.code(), "a request to the inbox was refused"),
        }
        let mut answer = HttpResponse::build(self.status());
        match self {
            Self::TooMany(wait) => answer.insert_header((RETRY_AFTER, whole_seconds(*wait))),
            Self::Busy | Self::Ours(_) => answer.insert_header((RETRY_AFTER, PAUSE)),
            _ => &mut answer,
        };
        answer.json(reason(&self.to_string()))
    }
}

/// A time as `Retry-After` has it: never none at all.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(1)
}

impl From<app::Error> for Refusal {
    fn from(error: app::Error) -> Self {
        if error.is_busy() { Self::Busy } else { Self::Ours(error) }
    }
}
