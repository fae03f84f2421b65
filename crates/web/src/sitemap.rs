//! What search engines are told: what they may read, and what there is, in maps of a bounded size.
use std::sync::{Mutex, PoisonError};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Query},
};
use app::{App, Error, Result};
use askama::Template;
use domain::{id::PostId, time::Timestamp, urls};
use serde::Deserialize;

use crate::{
    answer::{self, Visit},
    feeds::document,
    language,
};

/// Where search engines ask what they may read, and what there is.
pub(crate) const ROBOTS: &str = "/robots.txt";
pub(crate) const INDEX: &str = "/sitemap.xml";
/// The communities, the threads in parts, and those in which something happened last.
pub(crate) const COMMUNITIES: &str = "/sitemap-communities.xml";
pub(crate) const THREADS: &str = "/sitemap-threads.xml";
pub(crate) const RECENT: &str = "/sitemap-recent.xml";

/// The most that one map holds.
const PART: i64 = 10_000;
/// Among how many threads those are in which something happened last.
const LATEST: i64 = 1_000;

/// What is for people who are signed in, or different each time.
const CLOSED: [&str; 10] = [
    "/write",
    "/report",
    "/queue",
    "/notices",
    "/moderate",
    "/delete",
    "/login",
    "/authorize_interaction",
    "/saved",
    "/search",
];

/// `GET /robots.txt`
pub(crate) async fn robots(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let sitemap = app.site().page_on(&visit.host, INDEX);
    let closed: Vec<String> = CLOSED.iter().map(|path| format!("Disallow: {path}\n")).collect();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(format!("User-agent: *\n{}\nSitemap: {sitemap}\n", closed.concat()))
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    /// Whether it lists other maps.
    is_index: bool,
    /// The pages, and when each was last changed; empty if nobody asked for that.
    pages: Vec<(String, String)>,
}

/// Where the parts of the map of threads begin, after the first one. What is full stays as it is, so that each is found once.
#[derive(Debug, Default)]
pub(crate) struct Parts(Mutex<Vec<PostId>>);

impl Parts {
    /// Where each part begins.
    async fn all(&self, app: &App) -> Result<Vec<PostId>> {
        const FIRST: PostId = PostId(0);
        loop {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let last = known.last().copied().unwrap_or(FIRST);
            let Some(next) = app.read(move |c| store::maps::after(c, last, PART)).await? else {
                return Ok(std::iter::once(FIRST).chain(known).collect());
            };
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.last().is_none_or(|last| *last < next) {
                known.push(next);
            }
        }
    }
}

/// From which thread on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: i64,
}

/// `GET /sitemap.xml`
pub(crate) async fn index(request: HttpRequest, app: Data<App>, parts: Data<Parts>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let maps = async {
        let page = |path: &str| (app.site().page_on(&visit.host, path), String::new());
        let mut maps = vec![page(COMMUNITIES)];
        // People live on the server's own host, and what they write has its page there.
        if is_home(&app, &visit) {
            let part = |from: PostId| {
                let from = if from.0 > 0 { from.to_string() } else { String::new() };
                page(&urls::asking(THREADS, &[("from", &from)]))
            };
            maps.push(page(RECENT));
            maps.extend(parts.all(&app).await?.into_iter().map(part));
        }
        Ok(maps)
    };
    answer(&request, &visit, true, maps.await)
}

/// `GET /sitemap-communities.xml`
pub(crate) async fn communities(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let host = visit.host.clone();
    let pages = app.read(move |c| store::maps::communities(c, &host, PART)).await;
    answer(&request, &visit, false, pages.map(|pages| pages.into_iter().map(|page| (page, String::new())).collect()))
}

/// `GET /sitemap-threads.xml`
pub(crate) async fn threads(
    request: HttpRequest,
    app: Data<App>,
    parts: Data<Parts>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let from = PostId(asked.map_or(0, |asked| asked.from));
    let pages = async {
        // Whoever asks for what is no part would have us make another one of each.
        if is_home(&app, &visit) && parts.all(&app).await?.contains(&from) {
            app.read(move |c| store::maps::part(c, from, PART)).await
        } else {
            Err(Error::NotFound)
        }
    };
    answer(&request, &visit, false, pages.await.map(dated))
}

/// `GET /sitemap-recent.xml`
pub(crate) async fn recent(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let pages = async {
        if is_home(&app, &visit) { app.read(|c| store::maps::recent(c, LATEST)).await } else { Err(Error::NotFound) }
    };
    answer(&request, &visit, false, pages.await.map(dated))
}

/// Whether it is the server's own host that was asked.
fn is_home(app: &App, visit: &Visit) -> bool {
    visit.host == *app.site().host()
}

fn dated(pages: Vec<(String, Timestamp)>) -> Vec<(String, String)> {
    pages.into_iter().map(|(page, latest)| (page, language::machine_moment(latest))).collect()
}

fn answer(request: &HttpRequest, visit: &Visit, is_index: bool, pages: Result<Vec<(String, String)>>) -> HttpResponse {
    match pages {
        Ok(pages) => document(request, "application/xml; charset=utf-8", Sitemap { is_index, pages }.render()),
        Err(error) => answer::error(request, visit, &error),
    }
}
