//! What somebody keeps for themselves, the newest first.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Result, filters::Sieve};
use askama::Template;
use domain::{id::PostId, urls};
use store::{bookmarks, timelines::Window};

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Card,
    listing::{self, From},
    roots::Roots,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/saved";
const POSTS: i64 = 25;

#[derive(Template)]
#[template(path = "saved.html")]
struct Page {
    frame: Frame,
    cards: Vec<Card>,
    older: Option<String>,
}

/// `GET /saved`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, &by, From::of(from)).await)
}

async fn page(app: &App, visit: &Visit, by: &SignedIn, before: i64) -> Result<Page> {
    let (me, window) = (by.me, Window { before, ..Window::newest(POSTS) });
    let found = app.read(move |c| {
        let kept = bookmarks::of(c, me.0, window)?;
        let last = listing::last(&kept, POSTS).map(|(at, _)| at.0);
        let ids: Vec<PostId> = kept.into_iter().map(|(_, post)| post).collect();
        let posts = store::posts::by_ids(c, &ids)?;
        let views = app::view::posts(c, posts)?;
        Ok((Roots::of(c, Some(me.0), &Sieve::open(Some(me.0)), &views)?, views, last))
    });
    let (roots, views, last) = found.await?;
    let t = visit.language;
    Ok(Page {
        frame: Frame::private(visit, t.saved()),
        cards: views.iter().map(|view| roots.beside(app, t, view, Card::new(app, t, view))).collect(),
        older: last.map(|last| urls::page_before(&app.site().page_on(&visit.host, PATH), Some(last))),
    })
}
