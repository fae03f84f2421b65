//! What one does about a status for oneself: pinning it, hearing of its thread no more; and what it said before.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, pins};
use store::timelines::Entry;

use super::{find, find_post, status};
use crate::{
    caller::{Allowed, ReadStatuses, Viewer, WriteAccounts, WriteMutes, WriteStatuses},
    entities::{Nothing, Reader, status as entity},
    error::{Error, Result},
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/statuses/{id}/pin").route(web::post().to(pin)))
        .service(at("/v1/statuses/{id}/unpin").route(web::post().to(unpin)))
        .service(at("/v1/statuses/{id}/mute").route(web::post().to(mute)))
        .service(at("/v1/statuses/{id}/unmute").route(web::post().to(unmute)))
        .service(at("/v1/statuses/{id}/history").route(get().to(history)))
        .service(at("/v1/statuses/{id}/translate").route(web::post().to(translate)))
        .service(at("/v1/statuses/{id}/interaction_policy").route(web::put().to(policy)).route(web::patch().to(policy)))
        .service(at("/v1/statuses/{id}/quotes").route(get().to(quotes)));
}

async fn pin(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    set_pin(&app, caller.me, id, true).await
}

async fn unpin(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    set_pin(&app, caller.me, id, false).await
}

async fn set_pin(app: &App, me: Me, id: i64, on: bool) -> Result<HttpResponse> {
    let post = find_post(app, id, me).await?.id;
    pins::set(app, me, post, on).await?;
    Ok(HttpResponse::Ok().json(status(app, Some(me), Entry::of(post)).await?))
}

async fn mute(app: Data<App>, caller: Allowed<WriteMutes>, Number(id): Number) -> Result<HttpResponse> {
    set_mute(&app, caller.me, id, true).await
}

async fn unmute(app: Data<App>, caller: Allowed<WriteMutes>, Number(id): Number) -> Result<HttpResponse> {
    set_mute(&app, caller.me, id, false).await
}

async fn set_mute(app: &App, me: Me, id: i64, on: bool) -> Result<HttpResponse> {
    let post = find_post(app, id, me).await?.id;
    pins::mute_thread(app, me, post, on).await?;
    Ok(HttpResponse::Ok().json(status(app, Some(me), Entry::of(post)).await?))
}

async fn history(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let entry = find(&app, id, caller.me).await?;
    let reader = Reader::new(&app, caller.me);
    let versions = app.read(move |c| entity::history(c, &reader, entry.post)).await?;
    Ok(HttpResponse::Ok().json(versions.ok_or_else(Error::missing)?))
}

/// Nothing is translated here; this is what clients hear where that is off.
async fn translate(app: Data<App>, caller: Allowed<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    find(&app, id, Some(caller.me)).await?;
    Err(Error::missing())
}

/// Nobody may quote, whatever an author wishes: there are no quotes here.
async fn policy(app: Data<App>, caller: Allowed<WriteStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let post = find_post(&app, id, caller.me).await?;
    domain::policy::edit(&post, caller.me.0).map_err(Error::denied)?;
    Ok(HttpResponse::Ok().json(status(&app, Some(caller.me), Entry::of(post.id)).await?))
}

async fn quotes(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    find(&app, id, caller.me).await?;
    Ok(HttpResponse::Ok().json(Nothing::default()))
}
