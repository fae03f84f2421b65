//! Stopping the letters of each week by the link that stands in each of them: without signing in, and by one request of a
//! mail program (RFC 8058).
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, digests};
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

/// `GET /digest/stop`: looking stops nothing, since programs look at links, too.
pub(crate) async fn show(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let (t, link) = (visit.language, link.map(Query::into_inner).unwrap_or_default());
    match digests::is_key(&app, ActorId(link.who), &link.key) {
        Ok(true) => {}
        Ok(false) => return answer::refused(&request, &visit, StatusCode::NOT_FOUND, t.digest_stop_wrong()),
        Err(error) => return answer::error(&request, &visit, &error),
    }
    let action = with_query(path::DIGEST_STOP, &[("who", &link.who.to_string()), ("key", &link.key)]);
    let page = Page {
        frame: Frame::private(&visit, t.digest_stop()),
        lead: t.digest_stop_text().to_owned(),
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
    answer::page(&request, StatusCode::OK, Keep::Never, &page)
}

/// `POST /digest/stop`: by the button, or by a mail program. No token of a session is asked for: the link itself is one.
pub(crate) async fn stop(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let (t, link) = (visit.language, link.map(Query::into_inner).unwrap_or_default());
    match digests::stop(&app, ActorId(link.who), &link.key).await {
        Ok(()) => answer::said(&request, &visit, t.digest_stopped(), t.digest_stopped_text()),
        Err(Error::NotFound) => answer::refused(&request, &visit, StatusCode::NOT_FOUND, t.digest_stop_wrong()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
