//! Stopping letters that come by themselves by the link that stands in each of them: without signing in, and by one request of
//! a mail program (RFC 8058).
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Result, digests, mailings};
use domain::{
    id::ActorId,
    urls::{path, with_query},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::Fields,
    login::Page,
};

/// Whose letters, and what proves that one was opened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    who: i64,
    key: String,
}

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those of each week.
    Digest,
    /// Those about single notices.
    Notices,
}

impl Which {
    fn path(self) -> &'static str {
        match self {
            Self::Digest => path::DIGEST_STOP,
            Self::Notices => path::NOTICES_STOP,
        }
    }

    fn is_key(self, app: &App, link: &Link) -> Result<bool> {
        match self {
            Self::Digest => digests::is_key(app, ActorId(link.who), &link.key),
            Self::Notices => mailings::is_key(app, ActorId(link.who), &link.key),
        }
    }

    async fn stop(self, app: &App, link: &Link) -> Result<()> {
        match self {
            Self::Digest => digests::stop(app, ActorId(link.who), &link.key).await,
            Self::Notices => mailings::stop(app, ActorId(link.who), &link.key).await,
        }
    }
}

/// `GET /digest/stop`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    asked(&request, &app, link, Which::Digest)
}

/// `GET /notices/stop`
pub(crate) async fn show_notices(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    asked(&request, &app, link, Which::Notices)
}

/// Looking stops nothing, since programs look at links, too.
fn asked(request: &HttpRequest, app: &App, link: Option<Query<Link>>, which: Which) -> HttpResponse {
    let visit = Visit::new(request, app);
    let (t, link) = (visit.language, link.map(Query::into_inner).unwrap_or_default());
    match which.is_key(app, &link) {
        Ok(true) => {}
        Ok(false) => return answer::refused(request, &visit, StatusCode::NOT_FOUND, t.digest_stop_wrong()),
        Err(error) => return answer::error(request, &visit, &error),
    }
    let action = with_query(which.path(), &[("who", &link.who.to_string()), ("key", &link.key)]);
    let page = Page {
        frame: Frame::private(&visit, t.digest_stop()),
        lead: match which {
            Which::Digest => t.digest_stop_text(),
            Which::Notices => t.mailings_stop_text(),
        }
        .to_owned(),
        action,
        said: None,
        rules: Vec::new(),
        form: Fields::default(),
        hidden: Vec::new(),
        button: t.digest_stop(),
        passkey: None,
        provider: None,
        ways: Vec::new(),
    };
    answer::page(request, StatusCode::OK, Keep::Never, &page)
}

/// `POST /digest/stop`
pub(crate) async fn stop(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    stopped(&request, &app, link, Which::Digest).await
}

/// `POST /notices/stop`
pub(crate) async fn stop_notices(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    stopped(&request, &app, link, Which::Notices).await
}

/// By the button, or by a mail program. No token of a session is asked for: the link itself is one.
async fn stopped(request: &HttpRequest, app: &App, link: Option<Query<Link>>, which: Which) -> HttpResponse {
    let visit = Visit::new(request, app);
    let (t, link) = (visit.language, link.map(Query::into_inner).unwrap_or_default());
    let title = match which {
        Which::Digest => t.digest_stopped(),
        Which::Notices => t.mailings_stopped(),
    };
    match which.stop(app, &link).await {
        Ok(()) => answer::said(request, &visit, title, t.digest_stopped_text()),
        Err(Error::NotFound) => answer::refused(request, &visit, StatusCode::NOT_FOUND, t.digest_stop_wrong()),
        Err(error) => answer::error(request, &visit, &error),
    }
}
