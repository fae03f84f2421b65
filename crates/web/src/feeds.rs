//! Feeds, as Atom and as RSS: the newest of a community, a person, a conversation or a hashtag, whole, under ids that
//! never change.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{Data, Path, Query},
};
use app::{App, Error, Result, feed_keys, view::PostView};
use askama::Template;
use domain::{
    id::{ActorId, PostId},
    policy,
    text::{html, language as tongue},
    time::Timestamp,
    urls::{self, Sheet},
};
use serde::Deserialize;
use store::{
    posts::{self, List, Page},
    threads,
    timelines::{self, Open, Tagged, Window},
};

use crate::{
    actors,
    answer::{self, Visit},
    cards::{Card, Face},
    language, tags,
};

const POSTS: i64 = 30;
const SUBTITLE: usize = 200;

struct Entry {
    card: Card,
    /// Its id on the network.
    id: String,
    updated: String,
    /// When it was published, as RSS writes it.
    published: String,
}

/// What a feed is about, and what it holds.
struct Feed {
    title: String,
    /// The page of the same.
    page: String,
    /// What tells it from other feeds, for ever, and where it is.
    id: String,
    this: String,
    subtitle: String,
    updated: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Atom {
    feed: Feed,
}

#[derive(Template)]
#[template(path = "feed.rss.xml")]
struct Rss {
    feed: Feed,
}

/// What is found for a feed: its title, its page, what it is about, since when, and its posts.
struct Found {
    title: String,
    page: String,
    about: String,
    since: Timestamp,
    views: Vec<PostView>,
    /// Which part of it, as the address says it; the key of a secret one is no part of what it is.
    part: Vec<(&'static str, String)>,
}

/// Which posts of a community, and whose address it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    sort: String,
    lang: String,
    key: String,
}

impl Asked {
    /// Whether it asks for what nobody replied to.
    fn is_unanswered(&self) -> bool {
        self.sort == UNANSWERED
    }

    /// What of it makes another feed.
    fn part(&self) -> Vec<(&'static str, String)> {
        let sort = self.is_unanswered().then(|| ("sort", UNANSWERED.to_owned()));
        sort.into_iter().chain(self.language().map(|language| ("lang", language))).collect()
    }

    fn language(&self) -> Option<String> {
        tongue::normalize_tag(&self.lang).map(|tag| tongue::primary(&tag).to_owned())
    }
}

/// What the order of threads without a reply is called in the address of a feed.
pub(crate) const UNANSWERED: &str = "unanswered";

/// `GET /@NAME/feed.atom`
pub(crate) async fn actor_atom(
    request: HttpRequest,
    app: Data<App>,
    name: Path<String>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    actor_feed(&request, &app, &name, asked, Sheet::Atom).await
}

/// `GET /@NAME/feed.rss`
pub(crate) async fn actor_rss(
    request: HttpRequest,
    app: Data<App>,
    name: Path<String>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    actor_feed(&request, &app, &name, asked, Sheet::Rss).await
}

async fn actor_feed(
    request: &HttpRequest,
    app: &App,
    name: &str,
    asked: Option<Query<Asked>>,
    sheet: Sheet,
) -> HttpResponse {
    let (visit, asked) = (Visit::new(request, app), asked.map(Query::into_inner).unwrap_or_default());
    let is_secret = !asked.key.is_empty();
    let found = of_actor(app, &visit, name, asked).await;
    let mut answer = answer(request, app, &visit, found, sheet);
    if is_secret {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    answer
}

/// `GET /@NAME/ID/feed.atom`
pub(crate) async fn thread_atom(request: HttpRequest, app: Data<App>, path: Path<(String, String)>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let found = of_thread(&app, &visit, &path).await;
    answer(&request, &app, &visit, found, Sheet::Atom)
}

/// `GET /@NAME/ID/feed.rss`
pub(crate) async fn thread_rss(request: HttpRequest, app: Data<App>, path: Path<(String, String)>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let found = of_thread(&app, &visit, &path).await;
    answer(&request, &app, &visit, found, Sheet::Rss)
}

/// `GET /tags/TAG/feed.atom`
pub(crate) async fn tag_atom(request: HttpRequest, app: Data<App>, tag: Path<String>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let found = of_tag(&app, &tag).await;
    answer(&request, &app, &visit, found, Sheet::Atom)
}

/// `GET /tags/TAG/feed.rss`
pub(crate) async fn tag_rss(request: HttpRequest, app: Data<App>, tag: Path<String>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let found = of_tag(&app, &tag).await;
    answer(&request, &app, &visit, found, Sheet::Rss)
}

async fn of_actor(app: &App, visit: &Visit, name: &str, asked: Asked) -> Result<Found> {
    let (named, ours) = (actors::named(&visit.host, name)?, visit.host.clone());
    let actor = app.read(move |c| actors::find(c, &named, &ours)).await?;
    let actor = actor.filter(|actor| actor.is_local() && actor.deleted.is_none()).ok_or(Error::NotFound)?;
    let reader = if asked.key.is_empty() { None } else { Some(feed_keys::reader(app, actor.id, &asked.key).await?) };
    let part = if actor.is_group() { asked.part() } else { Vec::new() };
    let views = if actor.is_group() {
        threads_of(app, actor.id, asked, reader).await?
    } else {
        let author = actor.id;
        let views = app.read(move |c| {
            let ids = posts::list(c, List::Author(author), None, Page::first(POSTS))?;
            let found = posts::by_ids(c, &ids)?;
            app::view::posts(c, found)
        });
        views.await?
    };
    let face = Face::new(app.site(), &actor);
    let about = html::excerpt(&actor.summary, SUBTITLE);
    Ok(Found { title: face.name, page: actor.uri, about, since: actor.created, views, part })
}

/// The newest threads of a community that `reader` may read.
async fn threads_of(app: &App, group: ActorId, asked: Asked, reader: Option<ActorId>) -> Result<Vec<PostView>> {
    let now = app.now();
    let views = app.read(move |c| {
        let Some(rules) = store::groups::rules(c, group)? else { return Ok(None) };
        let standing = reader.map(|reader| store::groups::standing(c, group, reader, now)).transpose()?;
        if policy::read(&rules, &standing.unwrap_or_default()).is_err() {
            return Ok(None);
        }
        let language = asked.language();
        let ids = threads::newest(c, group, (language.as_deref(), asked.is_unanswered()), reader, POSTS)?;
        let found = posts::by_ids(c, &ids)?;
        app::view::posts(c, found).map(Some)
    });
    views.await?.ok_or(Error::NotFound)
}

async fn of_thread(app: &App, visit: &Visit, (name, id): &(String, String)) -> Result<Found> {
    let (named, ours) = (actors::named(&visit.host, name)?, visit.host.clone());
    let id = id.parse::<PostId>().map_err(|_error| Error::NotFound)?;
    let found = app.read(move |c| {
        let author = actors::find(c, &named, &ours)?.filter(|author| author.deleted.is_none());
        let post = posts::seen(c, id, None)?.filter(|post| author.is_some_and(|author| author.id == post.author));
        let Some(post) = post else { return Ok(None) };
        // The newest replies, and what they reply to.
        let branches = store::branches::of(c, post.root, i64::from(u16::MAX))?;
        let mut newest: Vec<PostId> = branches.into_iter().map(|(id, _)| id).filter(|id| *id != post.id).collect();
        newest.sort_unstable_by(|a, b| b.cmp(a));
        let seen = timelines::visible_among(c, &newest, None)?;
        newest.retain(|id| seen.contains(id));
        newest.truncate(usize::try_from(POSTS).unwrap_or(usize::MAX));
        newest.push(post.id);
        let found = posts::by_ids(c, &newest)?;
        Ok(Some((post, app::view::posts(c, found)?)))
    });
    let (post, views) = found.await?.ok_or(Error::NotFound)?;
    let head = views.last().ok_or(Error::NotFound)?;
    let card = Card::new(app, visit.language, head);
    let about = html::excerpt(&post.content.html, SUBTITLE);
    let about = if card.warning.is_some() { String::new() } else { about };
    Ok(Found { title: card.headline, page: card.page, about, since: post.published, views, part: Vec::new() })
}

async fn of_tag(app: &App, tag: &str) -> Result<Found> {
    let tag = tags::named(tag)?;
    let (asked, page) = (tag.clone(), app.site().tag(&tag));
    let views = app.read(move |c| {
        let asked = Tagged { any: vec![asked], ..Tagged::default() };
        let ids = timelines::tagged(c, None, &asked, &Open::default(), Window::newest(POSTS))?;
        let found = posts::by_ids(c, &ids)?;
        app::view::posts(c, found)
    });
    let views = Some(views.await?).filter(|views| !views.is_empty()).ok_or(Error::NotFound)?;
    let title = format!("#{tag}");
    Ok(Found { title, page, about: String::new(), since: Timestamp(0), views, part: Vec::new() })
}

fn answer(request: &HttpRequest, app: &App, visit: &Visit, found: Result<Found>, sheet: Sheet) -> HttpResponse {
    let feed = match found.map(|found| describe(app, visit, found, sheet)) {
        Ok(feed) => feed,
        Err(error) => return answer::error(request, visit, &error),
    };
    let mut answer = if sheet == Sheet::Rss {
        document(request, "application/rss+xml; charset=utf-8", Rss { feed }.render())
    } else {
        document(request, "application/atom+xml; charset=utf-8", Atom { feed }.render())
    };
    // Search engines find the pages, and of those only what its authors let be found.
    answer.headers_mut().insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    answer
}

fn describe(app: &App, visit: &Visit, found: Found, sheet: Sheet) -> Feed {
    let changed = |view: &PostView| view.post.edited.unwrap_or(view.post.published);
    let entry = |view: &PostView| {
        let mut card = Card::new(app, visit.language, view);
        (card.html, card.headline) = (readable(&card.html), readable(&card.headline));
        for medium in &mut card.media {
            for text in [&mut medium.alt, &mut medium.label, &mut medium.media_type] {
                *text = readable(text);
            }
        }
        let published = language::mail_moment(view.post.published);
        Entry { card, id: view.post.uri.clone(), updated: language::machine_moment(changed(view)), published }
    };
    let part: Vec<(&str, &str)> = found.part.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let updated = found.views.iter().map(changed).max().unwrap_or(found.since);
    Feed {
        title: readable(&found.title),
        id: urls::asking(&found.page, &part),
        this: urls::asking(&urls::sheet(&found.page, sheet), &part),
        page: found.page,
        subtitle: readable(&found.about),
        updated: language::machine_moment(updated),
        entries: found.views.iter().map(entry).collect(),
    }
}

/// A text without what XML cannot hold.
fn readable(text: &str) -> String {
    let holds = |c: char| matches!(c, '\n' | '\t') || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().filter(|c| holds(*c)).collect()
}

/// A document for software, as it is the same for everybody.
pub(crate) fn document(request: &HttpRequest, kind: &'static str, body: askama::Result<String>) -> HttpResponse {
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
