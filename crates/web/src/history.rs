//! The versions of a post: what it says, and what it said before.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Error, Result};
use askama::Template;
use domain::{id::PostId, post::Content, text::html, time::Timestamp};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Visit},
    cards::Card,
    language,
};

/// Where they are.
pub(crate) const PATH: &str = "/history";

/// Whose versions.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    post: i64,
}

/// What a post said at one time.
struct Version {
    title: String,
    /// Sanitised.
    html: String,
    warning: String,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    frame: Frame,
    card: Card,
    /// The newest first.
    versions: Vec<Version>,
}

/// `GET /history`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    answer::shown(&request, &visit, visit.keep(), page(&app, &visit, asked.map_or(0, |asked| asked.post)).await)
}

async fn page(app: &App, visit: &Visit, id: i64) -> Result<Page> {
    let (viewer, t) = (visit.viewer(), visit.language);
    let found = app.read(move |c| {
        let Some(post) = store::posts::seen(c, PostId(id), viewer)? else { return Ok(None) };
        let before = store::revisions::of(c, post.id)?;
        Ok(Some((before, app::view::post(c, post)?)))
    });
    let (before, view) = found.await?.ok_or(Error::NotFound)?;
    let version = |content: &Content, at: Timestamp| Version {
        title: content.title.clone().unwrap_or_default(),
        html: html::sanitize(&content.html),
        warning: content.warning.clone().unwrap_or_default(),
        when: t.moment(at),
        when_exactly: language::machine_moment(at),
    };
    let now = version(&view.post.content, view.post.edited.unwrap_or(view.post.published));
    let older = before.iter().rev().map(|(at, content)| version(content, *at));
    Ok(Page {
        frame: Frame::private(visit, t.history()),
        card: Card::new(app, t, &view),
        versions: std::iter::once(now).chain(older).collect(),
    })
}
