//! What search engines are told: what they may read, and what there is, a map for each community.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use app::{App, Error, Result};
use askama::Template;
use domain::{
    actor::Actor,
    urls::{self, Sheet},
};
use store::{
    posts,
    threads::{Order, Scope},
};

use crate::{
    actors,
    answer::{self, Visit},
    directory::{self, Entry},
    feeds::document,
    language,
};

/// Where search engines ask what they may read, and what there is.
pub(crate) const ROBOTS: &str = "/robots.txt";
pub(crate) const INDEX: &str = "/sitemap.xml";

/// How many threads of a community search engines are told of.
const THREADS: i64 = 5_000;

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
    /// The pages, and when each was last changed.
    pages: Vec<(String, String)>,
}

/// `GET /sitemap.xml`
pub(crate) async fn index(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match directory::entries(&app, &visit).await {
        Ok(entries) => {
            let map = |entry: &Entry| (urls::sheet(&entry.face.page, Sheet::Map), entry.changed());
            let pages = entries.iter().map(map).collect();
            document(&request, "application/xml; charset=utf-8", Sitemap { is_index: true, pages }.render())
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `GET /@NAME/sitemap.xml`: what was written in a community that everybody may read, by people who want to be found.
pub(crate) async fn show(request: HttpRequest, app: Data<App>, name: Path<String>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match pages(&app, &visit, &name).await {
        Ok(pages) => document(&request, "application/xml; charset=utf-8", Sitemap { is_index: false, pages }.render()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn pages(app: &App, visit: &Visit, name: &str) -> Result<Vec<(String, String)>> {
    let (named, ours) = (actors::named(&visit.host, name)?, visit.host.clone());
    let group = app.read(move |c| actors::find(c, &named, &ours)).await?.ok_or(Error::NotFound)?;
    let entries = directory::entries(app, visit).await?;
    let entry = entries.into_iter().find(|entry| entry.id == group.id).ok_or(Error::NotFound)?;
    let found = app.read(move |c| {
        let threads = store::threads::page(c, Scope::Group(group.id), Order::New, None, None, THREADS)?;
        let ids: Vec<_> = threads.iter().map(|thread| thread.post).collect();
        let local: Vec<_> = posts::by_ids(c, &ids)?.into_iter().filter(|post| post.local).collect();
        let authors: Vec<_> = local.iter().map(|post| post.author).collect();
        let authors = store::actors::by_ids(c, &authors)?;
        let wants = |id| authors.iter().any(|author: &Actor| author.id == id && author.indexable);
        let latest: std::collections::HashMap<_, _> =
            threads.iter().map(|thread| (thread.post, thread.latest)).collect();
        let page = |post: domain::post::Post| Some((post.uri, language::machine_moment(*latest.get(&post.id)?)));
        Ok(local.into_iter().filter(|post| wants(post.author)).filter_map(page).collect::<Vec<_>>())
    });
    let own = (entry.face.page.clone(), entry.changed());
    Ok(std::iter::once(own).chain(found.await?).collect())
}
