//! The front page: what this site is for and its communities, or its first run.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{App, Result, view::PostView};
use askama::Template;
use store::threads::{Order, Scope, Thread};

use crate::{
    answer::{self, Frame, Keep, Visit},
    directory::{self, Entry},
    listing::{self, Row},
    setup,
};

/// How many communities and conversations the front page shows.
const ENTRIES: usize = 6;
const ROWS: usize = 8;

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    entries: Vec<Entry>,
    /// Where all communities are, if there are more.
    all: Option<String>,
    rows: Vec<Row>,
    rule: &'static str,
}

/// `GET /`
pub(crate) async fn show(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match front(&app, &visit).await {
        Ok(Some(front)) => answer::page(&request, StatusCode::OK, Keep::Briefly, &front),
        Ok(None) => setup::form(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn front(app: &App, visit: &Visit) -> Result<Option<Front>> {
    if app::setup::is_needed(app).await? {
        return Ok(None);
    }
    let (site, t) = (app.site(), visit.language);
    let mut entries = directory::entries(app, visit).await?;
    let groups: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let all = (entries.len() > ENTRIES).then(|| site.page_on(&visit.host, directory::PATH));
    entries.truncate(ENTRIES);
    let latest = app.read(move |c| {
        let (mut threads, _) = listing::page(c, Scope::Groups(&groups), Order::Active, None, None)?;
        threads.truncate(ROWS);
        listing::hydrate(c, threads)
    });
    let row = |(thread, view): &(Thread, PostView)| Row::new(site, t, app.now(), thread, view);
    let rows = latest.await?.iter().map(row).collect();
    let mut frame = Frame::public(visit, t.communities(), visit.home.clone());
    frame.place = "home";
    Ok(Some(Front { frame, entries, all, rows, rule: listing::rule(t, Order::Active) }))
}
