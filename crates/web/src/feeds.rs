//! Feeds, and what search engines are told: the newest of a community or a person, whole, under ids that never change.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Path},
};
use app::{App, Error, Result, view::PostView};
use askama::Template;
use domain::{
    actor::Actor,
    group::Visibility,
    text::html,
    urls::{self, Sheet},
};
use store::{
    posts::{self, List, Page},
    threads::{Order, Scope},
};

use crate::{
    actors,
    answer::{self, Visit},
    cards::{Card, Face},
    directory, language,
};

/// Where search engines ask what they may read, and what there is.
pub(crate) const ROBOTS: &str = "/robots.txt";
pub(crate) const SITEMAP: &str = "/sitemap.xml";

const POSTS: i64 = 30;
const SUBTITLE: usize = 200;
/// How many threads search engines are told of at one time.
const THREADS: i64 = 5_000;

struct Entry {
    card: Card,
    /// Its id on the network.
    id: String,
    updated: String,
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    face: Face,
    id: String,
    this: String,
    subtitle: String,
    updated: String,
    entries: Vec<Entry>,
}

/// `GET /@NAME/feed.atom`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, name: Path<String>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match feed(&app, &visit, &name).await {
        Ok(feed) => document(&request, "application/atom+xml; charset=utf-8", feed.render()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn feed(app: &App, visit: &Visit, name: &str) -> Result<Feed> {
    let (named, ours) = (actors::named(&visit.host, name)?, visit.host.clone());
    let found = app.read(move |c| {
        let found = actors::find(c, &named, &ours)?.filter(|actor| actor.is_local() && actor.deleted.is_none());
        let Some(actor) = found else { return Ok(None) };
        let ids = if actor.is_group() {
            let open = store::groups::rules(c, actor.id)?.is_some_and(|rules| rules.visibility != Visibility::Private);
            if !open {
                return Ok(None);
            }
            posts::list(c, List::Threads(actor.id), None, Page::first(POSTS))?
        } else {
            posts::list(c, List::Author(actor.id), None, Page::first(POSTS))?
        };
        let found = posts::by_ids(c, &ids)?;
        Ok(Some((actor, app::view::posts(c, found)?)))
    });
    let (actor, views) = found.await?.ok_or(Error::NotFound)?;
    Ok(describe(app, visit, &actor, &views))
}

fn describe(app: &App, visit: &Visit, actor: &Actor, views: &[PostView]) -> Feed {
    let changed = |view: &PostView| view.post.edited.unwrap_or(view.post.published);
    let entry = |view: &PostView| {
        let mut card = Card::new(app, visit.language, view);
        (card.html, card.headline) = (readable(&card.html), readable(&card.headline));
        Entry { card, id: view.post.uri.clone(), updated: language::machine_moment(changed(view)) }
    };
    let updated = views.iter().map(changed).max().unwrap_or(actor.created);
    Feed {
        face: Face::new(app.site(), actor),
        id: actor.uri.clone(),
        this: urls::sheet(&actor.uri, Sheet::Atom),
        subtitle: readable(&html::excerpt(&actor.summary, SUBTITLE)),
        updated: language::machine_moment(updated),
        entries: views.iter().map(entry).collect(),
    }
}

/// A text without what XML cannot hold.
fn readable(text: &str) -> String {
    let holds = |c: char| matches!(c, '\n' | '\t') || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().filter(|c| holds(*c)).collect()
}

/// `GET /robots.txt`
pub(crate) async fn robots(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let sitemap = app.site().page_on(&visit.host, SITEMAP);
    let closed =
        ["/write", "/report", "/queue", "/notices", "/moderate", "/delete", "/login", "/authorize_interaction"];
    let closed: Vec<String> = closed.iter().map(|path| format!("Disallow: {path}\n")).collect();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(format!("User-agent: *\n{}\nSitemap: {sitemap}\n", closed.concat()))
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    /// The pages, and when each was last changed.
    pages: Vec<(String, String)>,
}

/// `GET /sitemap.xml`: what was written here by people who want to be found, in communities that everybody may read.
pub(crate) async fn sitemap(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match pages(&app, &visit).await {
        Ok(pages) => document(&request, "application/xml; charset=utf-8", Sitemap { pages }.render()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn pages(app: &App, visit: &Visit) -> Result<Vec<(String, String)>> {
    let entries = directory::entries(app, visit).await?;
    let groups: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let found = app.read(move |c| {
        let threads = store::threads::page(c, Scope::Groups(&groups), Order::New, None, None, THREADS)?;
        let ids: Vec<_> = threads.iter().map(|thread| thread.post).collect();
        let local: Vec<_> = posts::by_ids(c, &ids)?.into_iter().filter(|post| post.local).collect();
        let authors: Vec<_> = local.iter().map(|post| post.author).collect();
        let authors = store::actors::by_ids(c, &authors)?;
        let wants = |id| authors.iter().any(|author: &Actor| author.id == id && author.indexable);
        let latest = |id| threads.iter().find(|thread| thread.post == id).map(|thread| thread.latest);
        Ok(local
            .into_iter()
            .filter(|post| wants(post.author))
            .filter_map(|post| Some((post.uri, language::machine_moment(latest(post.id)?))))
            .collect::<Vec<_>>())
    });
    let threads = found.await?;
    let groups = entries.into_iter().map(|entry| (entry.face.page, String::new()));
    Ok(groups.chain(threads).collect())
}

fn document(request: &HttpRequest, kind: &'static str, body: askama::Result<String>) -> HttpResponse {
    match body {
        Ok(body) => HttpResponse::build(StatusCode::OK)
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(kind)))
            .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
            .insert_header((header::VARY, "Accept-Language, Cookie"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(body),
        Err(error) => {
            tracing::error!(path = request.path(), %error, "a feed could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(readable("a\u{0}b\u{b}c\u{ffff}\nñ"), "abc\nñ");
    }
}
