//! Errors as clients expect them: a status and `{"error": "…"}`, with no word more than they may know.
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use domain::policy::Refusal;
use serde_json::json;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no valid token; the text says which of the two it is.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The token is not for this.
    #[error("This action is outside the authorized scopes")]
    Scope,
    /// The token is an application's own, and this is about a person.
    #[error("This method requires an authenticated user")]
    NeedsPerson,
    /// It is not for whoever asks, and the text says why.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Their e-mail address is not confirmed.
    #[error("Your login is missing a confirmed e-mail address")]
    Unconfirmed,
    /// Nobody has taken them in yet.
    #[error("Your login is currently pending approval")]
    Pending,
    /// The body is longer than any that makes sense.
    #[error("The request is too large")]
    TooLarge,
    /// There is no such route.
    #[error("Not Found")]
    NoRoute,
    /// The action failed.
    #[error("{0}")]
    App(#[from] app::Error),
}

/// What handlers return.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// It does not exist, or not for whoever asks.
    pub(crate) fn missing() -> Self {
        Self::App(app::Error::NotFound)
    }

    /// What was given makes no sense.
    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::App(app::Error::Invalid(why.into()))
    }

    /// Policy says no.
    pub(crate) fn denied(why: Refusal) -> Self {
        Self::App(why.into())
    }

    fn face(&self) -> String {
        match self {
            Self::App(app::Error::NotFound | app::Error::Denied(Refusal::Gone)) => "Record not found".to_owned(),
            Self::App(app::Error::Denied(why @ Refusal::Slow(_))) => format!("Validation failed: {why}"),
            Self::App(app::Error::Denied(why)) => format!("This action is not allowed: {why}"),
            Self::App(app::Error::Invalid(why) | app::Error::Conflict(why)) => format!("Validation failed: {why}"),
            Self::App(app::Error::Unreachable { what, .. }) => format!("Remote data could not be fetched: {what}"),
            Self::App(app::Error::TooOften { .. }) => "Too many requests".to_owned(),
            Self::App(error) if error.is_busy() => "The server is busy, try again in a moment".to_owned(),
            other => other.to_string(),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Scope | Self::Forbidden(_) | Self::Unconfirmed | Self::Pending => StatusCode::FORBIDDEN,
            Self::NeedsPerson => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::App(error) => match error {
                app::Error::NotFound | app::Error::Denied(Refusal::Gone) => StatusCode::NOT_FOUND,
                app::Error::Denied(Refusal::Slow(_)) | app::Error::Invalid(_) | app::Error::Conflict(_) => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                app::Error::Denied(_) => StatusCode::FORBIDDEN,
                app::Error::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
                app::Error::Unreachable { .. } => StatusCode::SERVICE_UNAVAILABLE,
                app::Error::Internal(_) if error.is_busy() => StatusCode::SERVICE_UNAVAILABLE,
                app::Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if let Self::App(app::Error::Internal(source)) = self {
            tracing::error!(error = %source, "a client could not be answered");
        }
        let mut answer = HttpResponse::build(status);
        match status {
            StatusCode::UNAUTHORIZED => {
                answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"tertulia\", error=\"invalid_token\""));
            }
            StatusCode::FORBIDDEN if matches!(self, Self::Scope) => {
                answer.insert_header((
                    header::WWW_AUTHENTICATE,
                    "Bearer realm=\"tertulia\", error=\"insufficient_scope\"",
                ));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                if let Self::App(app::Error::TooOften { wait }) = self {
                    answer.insert_header((header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
                }
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                answer.insert_header((header::RETRY_AFTER, "5"));
            }
            _ => {}
        }
        answer.json(json!({ "error": self.face() }))
    }
}
