//! Why something elsewhere was not found.
use app::Error;

use crate::{
    client::FetchError,
    parse::{Misfit, Unreadable},
};

/// Why there is no answer that can be used. The texts are safe to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Miss {
    /// It was there, and is gone for good.
    #[error("it is gone")]
    Gone,
    /// There is no such thing.
    #[error("it was not found")]
    NotFound,
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It will not work later either.
    #[error("{0}")]
    Useless(String),
    /// Our own side failed.
    #[error("internal error")]
    Ours(std::sync::Arc<OurFault>),
}

/// An error of our own that can be cloned, compared, and found again.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct OurFault(Error);

impl PartialEq for OurFault {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Eq for OurFault {}

impl Miss {
    pub(crate) fn useless(why: impl std::fmt::Display) -> Self {
        Self::Useless(why.to_string())
    }

    /// Whether the same question may have an answer later.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Later(_) | Self::Ours(_))
    }
}

impl From<FetchError> for Miss {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Gone => Self::Gone,
            FetchError::NotFound => Self::NotFound,
            error if error.is_transient() => Self::Later(error.to_string()),
            error => Self::useless(error),
        }
    }
}

impl From<Unreadable> for Miss {
    fn from(error: Unreadable) -> Self {
        Self::useless(error)
    }
}

impl From<Misfit> for Miss {
    fn from(error: Misfit) -> Self {
        Self::useless(error)
    }
}

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Unreachable { what, retry: true } => Self::Later(what),
            error @ Error::Internal(_) => Self::Ours(OurFault(error).into()),
            error => Self::useless(error),
        }
    }
}

impl From<Miss> for Error {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Gone | Miss::NotFound => Self::NotFound,
            Miss::Later(what) => Self::Unreachable { what, retry: true },
            Miss::Useless(what) => Self::Unreachable { what, retry: false },
            Miss::Ours(error) => match std::sync::Arc::try_unwrap(error) {
                Ok(OurFault(error)) => error,
                Err(shared) => Self::internal(shared),
            },
        }
    }
}
