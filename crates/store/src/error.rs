//! What can go wrong in the database.
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// Why a read or a write failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Two transactions met, or two rows claimed one key; trying again may succeed.
    #[error("conflict with another transaction: {0}")]
    Conflict(String),
    /// Too much is waiting already, or the database did not answer in time.
    #[error("the database is busy")]
    Busy,
    /// The connection broke or could not be made.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What was read makes no sense.
    #[error("the database holds something unexpected: {0}")]
    Corrupt(String),
    /// The closure panicked; its transaction was rolled back.
    #[error("a database task panicked")]
    Panicked,
    /// Anything else.
    #[error(transparent)]
    Other(Diesel),
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::DatabaseError(
                kind @ (DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::UniqueViolation),
                info,
            ) => Self::Conflict(format!("{kind:?}: {}", info.message())),
            // Diesel has no kind of its own for a PostgreSQL deadlock.
            Diesel::DatabaseError(_, info) if info.message().contains("deadlock detected") => {
                Self::Conflict(info.message().to_owned())
            }
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            Diesel::BrokenTransactionManager => Self::Unavailable("broken transaction".to_owned()),
            Diesel::DeserializationError(error) => Self::Corrupt(error.to_string()),
            other => Self::Other(other),
        }
    }
}

/// What a write closure may fail with: it tells whether running it again may help.
pub trait Failure: From<Error> + Send + 'static {
    /// Whether the transaction met another one and should simply run again.
    fn is_conflict(&self) -> bool;
}

impl Failure for Error {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// What queries return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
