//! Pages that say one thing: that something is done, refused or gone.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;

use super::{Frame, Keep, Visit, page};

#[derive(Template)]
#[template(path = "error.html")]
struct Trouble {
    frame: Frame,
    text: String,
    /// Where it goes on, and what that is called.
    way: Option<(String, &'static str)>,
}

/// A page that says one thing.
pub(crate) fn trouble(
    request: &HttpRequest,
    visit: &Visit,
    status: StatusCode,
    title: &'static str,
    text: impl Into<String>,
) -> HttpResponse {
    // Nothing of what was asked for: what may not be seen looks like what is not there.
    let frame = Frame::private(&Visit { path: "/".to_owned(), said: None, ..visit.clone() }, title);
    page(request, status, Keep::Never, &Trouble { frame, text: text.into(), way: None })
}

/// A page that says that something is done, with the way back to what it was about.
pub(crate) fn thanks(
    request: &HttpRequest,
    visit: &Visit,
    title: &'static str,
    text: String,
    way: (String, &'static str),
) -> HttpResponse {
    let frame = Frame::private(&Visit { path: "/".to_owned(), said: None, ..visit.clone() }, title);
    page(request, StatusCode::OK, Keep::Never, &Trouble { frame, text, way: Some(way) })
}

/// What was deleted, and may be known to have been there.
pub(crate) fn gone(request: &HttpRequest, visit: &Visit) -> HttpResponse {
    trouble(request, visit, StatusCode::GONE, visit.language.gone(), visit.language.gone_text())
}

/// The page of somebody who is suspended, or of a community that is.
pub(crate) fn suspended(request: &HttpRequest, visit: &Visit, is_group: bool) -> HttpResponse {
    let t = visit.language;
    let title = if is_group { t.suspended_community() } else { t.suspended() };
    trouble(request, visit, StatusCode::FORBIDDEN, title, t.suspended_text())
}

/// What somebody else's page, or no browser at all, sent.
pub(crate) fn refused(request: &HttpRequest, visit: &Visit, status: StatusCode, why: &'static str) -> HttpResponse {
    trouble(request, visit, status, visit.language.refused(), why)
}

/// A page that says that something is done.
pub(crate) fn said(request: &HttpRequest, visit: &Visit, title: &'static str, text: impl Into<String>) -> HttpResponse {
    trouble(request, visit, StatusCode::OK, title, text)
}
