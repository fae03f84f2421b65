//! Routes as clients ask for them: with or without a slash at the end, GET also as HEAD, numbers in the path.
use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, Resource, Route,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    guard,
    http::Uri,
    middleware::Next,
    web,
};

use crate::error::{Error, Result};

/// The resource at `path`, below `/api`; what its routes do not answer is missing.
pub(crate) fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(missing))
}

/// The same at a path of its own.
pub(crate) fn top(path: &str) -> Resource {
    web::resource(vec![path.to_owned(), format!("{path}/")]).default_service(web::to(missing))
}

/// Drops the slash that some clients put at the end of a path below `/api`. Hundreds of resources at two paths each would
/// cost megabytes of patterns.
pub(crate) async fn trim(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(uri) = trimmed(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}

fn trimmed(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    let target = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// A route for reading.
pub(crate) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// What there is not.
pub(crate) async fn missing() -> Result<()> {
    Err(Error::NoRoute)
}

/// What is never there, where clients ask for it all the same.
pub(crate) async fn absent() -> Result<()> {
    Err(Error::missing())
}

/// The `{id}` of a path; what is no number names nothing.
pub(crate) struct Number(pub(crate) i64);

impl FromRequest for Number {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let number = request.match_info().get("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0);
        ready(number.map(Self).ok_or_else(Error::missing))
    }
}

/// The one word of a path, whatever it is called.
pub(crate) struct Word(pub(crate) String);

impl FromRequest for Word {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let word = web::Path::<String>::from_request(request, payload).into_inner();
        ready(word.map(|word| Self(word.into_inner())).map_err(|_no_word| Error::missing()))
    }
}
