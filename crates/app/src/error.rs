//! The one error type, with a safe face for the client and a full one for the log.
use std::time::Duration;

use domain::policy::Refusal;

/// Why something could not be done. `Display` is safe to show; the sources are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not for whoever asks: the two are one answer.
    #[error("not found")]
    NotFound,
    /// Policy says no.
    #[error("{0}")]
    Denied(#[from] Refusal),
    /// What was given makes no sense; the text says what is expected.
    #[error("{0}")]
    Invalid(String),
    /// It is already so, or somebody else has it.
    #[error("{0}")]
    Conflict(String),
    /// Another server did not answer as it should; `retry` says whether it may later.
    #[error("{what}")]
    Unreachable {
        /// What happened, safe to show.
        what: String,
        /// Whether trying again may help.
        retry: bool,
    },
    /// It was tried too often.
    #[error("too many tries; wait a moment")]
    TooOften {
        /// For how long.
        wait: Duration,
    },
    /// Our own fault; the text is not shown.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps what is our own fault.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { retry, .. } => *retry,
            Self::Internal(_) | Self::TooOften { .. } => true,
            _ => false,
        }
    }

    /// For how long it is of no use at least.
    pub(crate) fn wait(&self) -> Duration {
        if let Self::TooOften { wait } = self { *wait } else { Duration::ZERO }
    }

    /// Whether the database asks for patience: the doors answer 503.
    pub fn is_busy(&self) -> bool {
        self.store().is_some_and(|e| matches!(e, store::Error::Busy | store::Error::Unavailable(_)))
    }

    fn store(&self) -> Option<&store::Error> {
        match self {
            Self::Internal(source) => source.downcast_ref(),
            _ => None,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::internal(error)
    }
}

impl store::Failure for Error {
    fn is_conflict(&self) -> bool {
        self.store().is_some_and(store::Failure::is_conflict)
    }
}

/// What actions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
