//! Announcements of those who run the server.
use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use app::{App, Me, announcements};
use domain::id::AnnouncementId;
use serde_json::json;

use crate::{
    caller::{Allowed, Read, WriteAccounts, WriteFavourites},
    entities::{Reader, announcement},
    error::{Error, Result},
    route::{Number, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let reaction = at("/v1/announcements/{id}/reactions/{name}").route(web::put().to(react));
    cfg.service(at("/v1/announcements").route(get().to(list)))
        .service(at("/v1/announcements/{id}/dismiss").route(web::post().to(dismiss)))
        .service(reaction.route(web::delete().to(unreact)));
}

async fn list(app: Data<App>, caller: Allowed<Read>) -> Result<HttpResponse> {
    let reader = Reader::new(&app, Some(caller.me));
    Ok(HttpResponse::Ok().json(app.read(move |c| announcement::list(c, &reader)).await?))
}

async fn dismiss(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    announcements::dismiss(&app, caller.me, AnnouncementId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn set(app: &App, me: Me, path: Path<(String, String)>, on: bool) -> Result<HttpResponse> {
    let (id, emoji) = path.into_inner();
    let id = id.parse().map_err(|_no_number| Error::missing())?;
    announcements::react(app, me, AnnouncementId(id), emoji, on).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn react(app: Data<App>, caller: Allowed<WriteFavourites>, path: Path<(String, String)>) -> Result<HttpResponse> {
    set(&app, caller.me, path, true).await
}

async fn unreact(
    app: Data<App>,
    caller: Allowed<WriteFavourites>,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    set(&app, caller.me, path, false).await
}
