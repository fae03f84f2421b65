//! Where other servers send their people to take part in something of ours: they land on its page.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error};
use domain::urls::{self, Local};
use serde::Deserialize;

use crate::answer::{self, Visit};

/// What they want to take part in.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    uri: String,
}

/// `GET /authorize_interaction`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, wanted: Option<Query<Wanted>>) -> HttpResponse {
    let uri = wanted.map(|wanted| wanted.into_inner().uri).unwrap_or_default();
    let site = app.site();
    // Only pages of our own, in our own spelling: a link must not lead people wherever it says.
    let page = match site.parse(&uri) {
        Some((host, Local::Actor(name))) => site.actor(&host, &name),
        Some((host, Local::Post(name, id))) => urls::post(&site.actor(&host, &name), id),
        _ => return answer::error(&request, &Visit::new(&request, &app), &Error::NotFound),
    };
    answer::redirect(StatusCode::SEE_OTHER, &page)
}
