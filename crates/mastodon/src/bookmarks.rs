//! What one keeps, and what one likes.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::id::ActorId;
use store::{
    Conn,
    bookmarks::Kept,
    timelines::{Entry, Window},
};

use crate::{
    caller::{Allowed, ReadBookmarks, ReadFavourites},
    entities::{Reader, status},
    error::Result,
    paging::{self, Ends},
    params::{Asked, Params},
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/bookmarks").route(get().to(bookmarks)))
        .service(at("/v1/favourites").route(get().to(favourites)));
}

type Query = fn(&mut Conn, ActorId, Window) -> store::Result<Vec<Kept>>;

/// A page of what was kept; one pages by when that was.
async fn page(app: &App, me: app::Me, params: &Params, request: &HttpRequest, query: Query) -> Result<HttpResponse> {
    let (window, reader) = (paging::window(params, 20, 40), Reader::new(app, Some(me)));
    let page = app.read(move |c| {
        let kept = query(c, me.0, window)?;
        let ends = Ends::of(kept.iter().map(|(at, _)| at.millis()), window);
        let entries: Vec<Entry> = kept.into_iter().map(|(_, post)| Entry::of(post)).collect();
        Ok((status::list(c, &reader, &entries)?, ends))
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(request, app.site(), &statuses, ends))
}

async fn bookmarks(
    app: Data<App>,
    caller: Allowed<ReadBookmarks>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    page(&app, caller.me, &params, &request, store::bookmarks::of).await
}

async fn favourites(
    app: Data<App>,
    caller: Allowed<ReadFavourites>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    page(&app, caller.me, &params, &request, store::bookmarks::liked).await
}
