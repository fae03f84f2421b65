//! The page of a hashtag: the newest posts that everybody may read and that bear it.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Result, filters::Sieve, view::PostView};
use askama::Template;
use domain::{
    filter::Place,
    text::hashtag,
    urls::{self, Sheet},
};
use store::timelines::{self, Open, Tagged, Window};

use crate::{
    answer::{self, Frame, Visit},
    cards::Card,
    listing::{self, From},
    roots::Roots,
};

const POSTS: i64 = 25;

#[derive(Template)]
#[template(path = "tag.html")]
struct Page {
    frame: Frame,
    tag: String,
    cards: Vec<Card>,
    older: Option<String>,
    feed: String,
    /// Whether whoever looks at it follows it.
    is_followed: bool,
}

/// A hashtag as paths name it.
pub(crate) fn named(text: &str) -> Result<String> {
    Some(hashtag::fold(text)).filter(|tag| hashtag::is_tag(tag)).ok_or(Error::NotFound)
}

/// `GET /tags/TAG`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    tag: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    respond(&request, &app, &visit, &tag, From::of(from))
        .await
        .unwrap_or_else(|error| answer::error(&request, &visit, &error))
}

async fn respond(request: &HttpRequest, app: &App, visit: &Visit, text: &str, before: i64) -> Result<HttpResponse> {
    let tag = named(text)?;
    let page = app.site().tag(&tag);
    if tag != text {
        return Ok(answer::redirect(StatusCode::MOVED_PERMANENTLY, &page));
    }
    let (asked, viewer, me) =
        (Tagged { any: vec![tag.clone()], ..Tagged::default() }, visit.viewer(), visit.resident());
    let (window, now) = (Window { before, ..Window::newest(POSTS) }, app.now());
    let named = vec![tag.clone()];
    let found = app.read(move |c| {
        let is_followed = match me {
            Some(me) => !store::tags::followed_among(c, me, &named)?.is_empty(),
            None => false,
        };
        let ids = timelines::tagged(c, viewer, &asked, &Open::default(), window)?;
        let last = listing::last(&ids, POSTS).copied();
        let posts = store::posts::by_ids(c, &ids)?;
        let (views, sieve) = (app::view::posts(c, posts)?, Sieve::of(c, viewer, Place::Public, now)?);
        let roots = Roots::of(c, viewer, &sieve, &views)?;
        Ok((views, roots, last, is_followed, sieve))
    });
    let (views, roots, last, is_followed, sieve) = found.await?;
    let is_first = before == i64::MAX;
    // A hashtag that nobody used has no page.
    if views.is_empty() && is_first {
        return Err(Error::NotFound);
    }
    let title = format!("#{tag}");
    // Not for search engines: it shows words of people who do not want to be found by them.
    let mut frame = Frame::private(visit, title);
    frame.description = visit.language.tag_description(&tag);
    frame.feeds(&page);
    let t = visit.language;
    let card = |view: &PostView| {
        let card = Card::new(app, t, view).under(t, sieve.fate(&view.post))?;
        Some(roots.beside(app, t, view, card))
    };
    let page = Page {
        cards: views.iter().filter_map(card).collect(),
        older: last.map(|last| urls::page_before(&page, Some(last.0))),
        feed: app.site().tag_sheet(&tag, Sheet::Atom),
        is_followed,
        frame,
        tag,
    };
    Ok(answer::page(request, StatusCode::OK, visit.keep(), &page))
}
