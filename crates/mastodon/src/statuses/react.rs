//! Reactions to statuses: favourites and boosts, and taking them back.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, bookmarks, shares, votes};
use domain::post::Vote;
use store::timelines::{self, Entry};

use super::{find_post, status, write::addressed};
use crate::{
    caller::{Allowed, WriteBookmarks, WriteFavourites, WriteStatuses},
    error::{Error, Result},
    params::Sent,
    route::{Number, at},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/statuses/{id}/favourite").route(web::post().to(favourite)))
        .service(at("/v1/statuses/{id}/unfavourite").route(web::post().to(unfavourite)))
        .service(at("/v1/statuses/{id}/bookmark").route(web::post().to(bookmark)))
        .service(at("/v1/statuses/{id}/unbookmark").route(web::post().to(unbookmark)))
        .service(at("/v1/statuses/{id}/reblog").route(web::post().to(reblog)))
        .service(at("/v1/statuses/{id}/unreblog").route(web::post().to(unreblog)));
}

async fn favourite(app: Data<App>, caller: Allowed<WriteFavourites>, Number(id): Number) -> Result<HttpResponse> {
    let post = find_post(&app, id, caller.me).await?;
    votes::cast(&app, caller.me, post.id, Vote::Like).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(caller.me), Entry::of(post.id)).await?))
}

async fn unfavourite(app: Data<App>, caller: Allowed<WriteFavourites>, Number(id): Number) -> Result<HttpResponse> {
    let me = caller.me;
    let post = find_post(&app, id, me).await?.id;
    // A vote against, cast elsewhere, is no favourite and stays.
    let vote = app.read(move |c| store::votes::get(c, post, me.0)).await?;
    if vote.is_some_and(|(vote, _)| vote == Vote::Like) {
        votes::retract(&app, me, post).await?;
    }
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(post)).await?))
}

async fn reblog(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let me = caller.me;
    if addressed(&sent.read()?)?.is_some_and(|audience| !audience.is_open()) {
        return Err(Error::invalid("what is passed on here is seen by everybody"));
    }
    let post = find_post(&app, id, me).await?.id;
    shares::create(&app, me, post).await?;
    let share = app.read(move |c| timelines::share(c, post, me.0)).await?.ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(status(&app, Some(me), share).await?))
}

async fn unreblog(app: Data<App>, caller: Allowed<WriteStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let post = find_post(&app, id, caller.me).await?;
    shares::remove(&app, caller.me, post.id).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(caller.me), Entry::of(post.id)).await?))
}

async fn bookmark(app: Data<App>, caller: Allowed<WriteBookmarks>, Number(id): Number) -> Result<HttpResponse> {
    keep(&app, caller.me, id, true).await
}

async fn unbookmark(app: Data<App>, caller: Allowed<WriteBookmarks>, Number(id): Number) -> Result<HttpResponse> {
    keep(&app, caller.me, id, false).await
}

async fn keep(app: &App, me: Me, id: i64, on: bool) -> Result<HttpResponse> {
    let post = find_post(app, id, me).await?;
    bookmarks::set(app, me, post.id, on).await?;
    Ok(HttpResponse::Ok().json(status(app, Some(me), Entry::of(post.id)).await?))
}
