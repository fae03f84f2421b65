//! Answers to other software: their headers, and errors that say no more than they must.
use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, ETag, HeaderName, HeaderValue, IfNoneMatch, TryIntoHeaderPair},
    },
    web::Bytes,
};
use app::Error;

use super::documents::Document;
use crate::inbox::whole_seconds;

/// The media type of ActivityPub documents.
pub(crate) const DOCUMENT: HeaderValue = HeaderValue::from_static("application/activity+json; charset=utf-8");
/// The media type of everything that has none of its own.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

const PUBLIC: &str = "public, max-age=180";
const PRIVATE: &str = "private, no-store";
const VARY: &str = "Accept, Authorization, Signature, Signature-Input, Origin";
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// An answer with a body in a language that software speaks.
pub(crate) fn with(request: &HttpRequest, status: StatusCode, media_type: HeaderValue, body: Bytes) -> HttpResponse {
    let signed = [header::AUTHORIZATION, HeaderName::from_static("signature")];
    let cacheable = (status.is_success() || status == StatusCode::NOT_MODIFIED)
        && !signed.iter().any(|name| request.headers().contains_key(name));
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, if cacheable { PUBLIC } else { PRIVATE }))
        .insert_header((header::VARY, VARY))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        .body(body)
}

/// A document of this server; only that nothing is new, for whoever has it already.
pub(crate) fn document(request: &HttpRequest, document: &Document) -> HttpResponse {
    let Document { status, media_type, body, tag, .. } = document;
    if !status.is_success() {
        return with(request, *status, media_type.clone(), body.clone());
    }
    // Proxies that compress weaken the tag.
    let has_it = request.get_header().is_some_and(|tags: IfNoneMatch| match tags {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(tag)),
    });
    let (status, body) = if has_it { (StatusCode::NOT_MODIFIED, Bytes::new()) } else { (*status, body.clone()) };
    let mut answer = with(request, status, media_type.clone(), body);
    if let Ok((name, value)) = ETag(tag.clone()).try_into_pair() {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// A refusal; its text is one of ours and safe to show.
pub(crate) fn refusal(request: &HttpRequest, status: StatusCode, why: &str) -> HttpResponse {
    let body = serde_json::json!({ "error": why }).to_string();
    with(request, status, JSON, body.into())
}

/// A refusal of what is welcome again after a while.
pub(crate) fn later(request: &HttpRequest, why: &str, wait: Duration) -> HttpResponse {
    let mut answer = refusal(request, StatusCode::TOO_MANY_REQUESTS, why);
    answer.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    answer
}

/// The answer to what went wrong. The full story goes to the log, if it is one.
pub(crate) fn error(request: &HttpRequest, error: &Error) -> HttpResponse {
    let status = match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooOften { wait } => return later(request, &error.to_string(), *wait),
        Error::Unreachable { .. } => StatusCode::BAD_GATEWAY,
        Error::Internal(_) if error.is_busy() => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(source) => {
            tracing::error!(path = request.path(), error = %source, "a document could not be served");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut answer = refusal(request, status, &error.to_string());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}
