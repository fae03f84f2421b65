//! Where other servers send people to take part in something: in something of ours, or, if they live here, of others.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error};
use domain::urls::{self, Local};
use serde::Deserialize;

use crate::{
    answer::{self, Visit},
    search, session,
};

/// What they want to take part in.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    uri: String,
}

/// `GET /authorize_interaction`: leads to its page here, where one follows, replies and votes.
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    wanted: Option<Query<Wanted>>,
) -> HttpResponse {
    let uri = wanted.map(|wanted| wanted.into_inner().uri).unwrap_or_default();
    let uri =
        uri.strip_prefix("acct:").map_or_else(|| uri.clone(), |handle| format!("@{}", handle.trim_start_matches('@')));
    let site = app.site();
    // Only pages of our own, in our own spelling: a link must not lead people wherever it says.
    let page = match site.parse(&uri) {
        Some((host, Local::Actor(name))) => Some(site.actor(&host, &name)),
        Some((host, Local::Post(name, id))) => Some(urls::post(&site.actor(&host, &name), id)),
        Some(_) => None,
        None if !search::is_address(&uri) => None,
        // What is elsewhere is fetched for those who live here.
        None if visit.me.is_none() => Some(session::login_path(&visit.path)),
        None => match search::lead(&app, &visit, &uri).await {
            Ok(page) => page,
            Err(error) => return answer::error(&request, &visit, &error),
        },
    };
    match page {
        Some(page) => answer::redirect(StatusCode::SEE_OTHER, &page),
        None => answer::error(&request, &visit, &Error::NotFound),
    }
}
