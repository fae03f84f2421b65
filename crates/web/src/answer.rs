//! Answers to browsers: the frame of every page, its headers, and errors as pages.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Data,
};
use app::{App, Error};
use askama::Template;
use domain::host::Host;

use crate::{assets, directory, language::Language, tongue};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; object-src 'none'";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// Who asks for what: all that pages of every kind need to know.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    /// The host of ours that was asked.
    pub(crate) host: Host,
    /// The name of this site, its host as people read it.
    pub(crate) site: String,
    pub(crate) home: String,
    /// The path asked for, with its query.
    pub(crate) path: String,
    /// Where the directory is.
    pub(crate) communities: String,
}

impl Visit {
    pub(crate) fn new(request: &HttpRequest, app: &App) -> Self {
        let site = app.site();
        // The server has looked at the name of the host before any door does.
        let host = request.extensions().get::<Host>().unwrap_or_else(|| site.host()).clone();
        Self {
            language: Language::of(request),
            site: host.display(),
            home: site.page_on(&host, "/"),
            communities: site.page_on(&host, directory::PATH),
            path: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            host,
        }
    }
}

/// The frame around a page: its head, header and footer.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) t: Language,
    pub(crate) site: String,
    pub(crate) home: String,
    /// Where it leads whoever chooses another language back to.
    pub(crate) path: String,
    pub(crate) style: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) tongue: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The one URL of the page; a page without it is not for search engines.
    pub(crate) canonical: Option<String>,
    /// Where software finds the same thing.
    pub(crate) document: Option<String>,
    /// Where the same thing is as a feed.
    pub(crate) feed: Option<String>,
    /// The part of the site it belongs to, marked in the navigation.
    pub(crate) place: &'static str,
    pub(crate) communities: String,
    /// What it is, in the words of `OpenGraph`.
    pub(crate) kind: &'static str,
}

impl Frame {
    /// A frame that search engines pass by.
    pub(crate) fn private(visit: &Visit, title: impl Into<String>) -> Self {
        Self {
            t: visit.language,
            site: visit.site.clone(),
            home: visit.home.clone(),
            path: visit.path.clone(),
            style: assets::style(),
            mark: assets::mark(),
            tongue: tongue::PATH,
            title: title.into(),
            description: visit.language.tagline().to_owned(),
            canonical: None,
            document: None,
            feed: None,
            place: "",
            communities: visit.communities.clone(),
            kind: "website",
        }
    }

    /// A frame of a page that everybody may find.
    pub(crate) fn public(visit: &Visit, title: impl Into<String>, canonical: String) -> Self {
        Self { canonical: Some(canonical), ..Self::private(visit, title) }
    }
}

/// How long a page may be kept by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// For a moment: it is the same for everybody.
    Briefly,
    /// Not at all.
    Never,
}

/// A page as the browser gets it.
pub(crate) fn page(request: &HttpRequest, status: StatusCode, keep: Keep, template: &impl Template) -> HttpResponse {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(path = request.path(), %error, "a page could not be rendered");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let keep = match keep {
        Keep::Briefly => "public, max-age=30",
        Keep::Never => "private, no-store",
    };
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::VARY, "Cookie, Accept, Accept-Language"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .body(body)
}

/// Leads elsewhere on this site.
pub(crate) fn redirect(status: StatusCode, to: &str) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Where somebody wants to go back to, as a URL of this site and of no other: `back` is a path that a form brought.
pub(crate) fn way_back(app: &App, visit: &Visit, back: &str) -> String {
    let is_path = back.starts_with('/') && back.bytes().all(|byte| byte.is_ascii_graphic());
    app.site().page_on(&visit.host, if is_path { back } else { "/" })
}

#[derive(Template)]
#[template(path = "error.html")]
struct Trouble {
    frame: Frame,
    text: &'static str,
}

fn trouble(
    request: &HttpRequest,
    visit: &Visit,
    status: StatusCode,
    title: &'static str,
    text: &'static str,
) -> HttpResponse {
    // Nothing of what was asked for: what may not be seen looks like what is not there.
    let frame = Frame { path: "/".to_owned(), ..Frame::private(visit, title) };
    page(request, status, Keep::Never, &Trouble { frame, text })
}

/// What was deleted, and may be known to have been there.
pub(crate) fn gone(request: &HttpRequest, visit: &Visit) -> HttpResponse {
    trouble(request, visit, StatusCode::GONE, visit.language.gone(), visit.language.gone_text())
}

/// What somebody else's page, or no browser at all, sent.
pub(crate) fn refused(request: &HttpRequest, visit: &Visit, status: StatusCode, why: &'static str) -> HttpResponse {
    trouble(request, visit, status, visit.language.refused(), why)
}

/// The page for what went wrong. The full story goes to the log, if it is one.
pub(crate) fn error(request: &HttpRequest, visit: &Visit, error: &Error) -> HttpResponse {
    let t = visit.language;
    let mut answer = match error {
        Error::Internal(_) if error.is_busy() => {
            trouble(request, visit, StatusCode::SERVICE_UNAVAILABLE, t.busy(), t.busy_text())
        }
        Error::Internal(source) => {
            tracing::error!(path = request.path(), error = %source, "a page could not be shown");
            trouble(request, visit, StatusCode::INTERNAL_SERVER_ERROR, t.failed(), t.failed_text())
        }
        // What may not be seen is not there.
        _ => trouble(request, visit, StatusCode::NOT_FOUND, t.not_found(), t.not_found_text()),
    };
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// Whatever no route knows.
pub(crate) async fn nothing_here(request: HttpRequest, app: Data<App>) -> HttpResponse {
    error(&request, &Visit::new(&request, &app), &Error::NotFound)
}

/// A page asked for by a method that it does not have.
pub(crate) async fn wrong_method(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let mut answer = refused(&request, &visit, StatusCode::METHOD_NOT_ALLOWED, visit.language.refused_method());
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}
