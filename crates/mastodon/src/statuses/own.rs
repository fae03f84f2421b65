//! What one does about a status for oneself: pinning it, hearing of its thread no more; and what it said before.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, levels, pins};
use store::timelines::Entry;

use super::{find, find_post, status, write::quoting};
use crate::{
    caller::{Allowed, ReadStatuses, Viewer, WriteAccounts, WriteMutes, WriteStatuses},
    entities::{Reader, status as entity},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Sent},
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
    levels::mute_thread(app, me, post, on).await?;
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

/// Says who may quote a status of mine.
async fn policy(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let post = find_post(&app, id, caller.me).await?;
    let wish = quoting(&sent.read()?, "quote_approval_policy")?
        .ok_or_else(|| Error::invalid("`quote_approval_policy` is missing"))?;
    app::quotes::open_to(&app, caller.me, post.id, wish).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(caller.me), Entry::of(post.id)).await?))
}

/// Who quotes a status.
async fn quotes(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (quoted, window) = (find(&app, id, caller.me).await?.post, paging::window(&params, 20, 40));
    let reader = Reader::new(&app, caller.me);
    let page = app.read(move |c| {
        let found = store::quotes::quoting(c, quoted, reader.me, window)?;
        let ends = Ends::of(found.iter().map(|post| post.0), window);
        let entries: Vec<Entry> = found.into_iter().map(Entry::of).collect();
        Ok((entity::list(c, &reader, &entries)?, ends))
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}
