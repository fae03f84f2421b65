//! Routes as clients ask for them: with or without a slash at the end, GET also as HEAD.
use actix_web::{
    Resource, Route, guard, web,
};

use crate::error::{Error, Result};

/// The resource at `path`; what its routes do not answer is missing.
pub(crate) fn at(path: &str) -> Resource {
    web::resource(vec![path.to_owned(), format!("{path}/")]).default_service(web::to(missing))
}

/// A route for reading.
pub(crate) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// What there is not.
pub(crate) async fn missing() -> Result<()> {
    Err(Error::missing())
}
