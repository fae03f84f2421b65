//! Announcements of those who run the server.
use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use app::{App, Me, announcements};
use domain::id::AnnouncementId;
use serde_json::{Value, json};
use store::{Conn, announcements::Announcement};

use crate::{
    caller::{Allowed, Read, WriteAccounts, WriteFavourites},
    entities::{Id, Nothing, Reader, emoji, instant},
    error::{Error, Result},
    route::{Number, at, get},
};

/// How many announcements are shown.
const SHOWN: i64 = 40;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let reaction = at("/v1/announcements/{id}/reactions/{name}").route(web::put().to(react));
    cfg.service(at("/v1/announcements").route(get().to(list)))
        .service(at("/v1/announcements/{id}/dismiss").route(web::post().to(dismiss)))
        .service(reaction.route(web::delete().to(unreact)));
}

pub(crate) fn entities(c: &mut Conn, reader: &Reader) -> store::Result<Vec<Value>> {
    let current = store::announcements::current(c, reader.now, SHOWN)?;
    let ids: Vec<i64> = current.iter().map(|announcement| announcement.id.0).collect();
    let answers = store::announcements::answers(c, &ids)?;
    let own = reader.me.map(|me| store::announcements::own(c, me, &ids)).transpose()?.unwrap_or_default();
    let reacted: Vec<String> = answers.iter().map(|answer| format!(":{}:", answer.emoji)).collect();
    let said = current.iter().map(|announcement| announcement.body.as_str()).chain(reacted.iter().map(String::as_str));
    let palette = store::emoji::palette(c, said.map(|text| (None, text)))?;
    let entity = |announcement: Announcement| {
        let id = announcement.id;
        let reactions = answers.iter().filter(|answer| answer.id == id).map(|answer| {
            let mine = own.contains(&(id, Some(answer.emoji.clone())));
            match palette.of(None, [format!(":{}:", answer.emoji).as_str()]).as_slice() {
                [emoji] => json!({
                    "name": answer.emoji,
                    "count": answer.count,
                    "me": mine,
                    "url": emoji.picture(&reader.site),
                    "static_url": emoji.still(&reader.site),
                }),
                _ => json!({ "name": answer.emoji, "count": answer.count, "me": mine }),
            }
        });
        json!({
            "id": Id(id.0),
            "content": announcement.body,
            "starts_at": null,
            "ends_at": announcement.ends.map(instant),
            "all_day": false,
            "published_at": instant(announcement.created.max(announcement.starts)),
            "updated_at": instant(announcement.created),
            "read": own.contains(&(id, None)),
            "mentions": Nothing::default(),
            "statuses": Nothing::default(),
            "tags": Nothing::default(),
            "emojis": emoji::named(&reader.site, &palette, None, [announcement.body.as_str()]),
            "reactions": reactions.collect::<Vec<_>>(),
        })
    };
    Ok(current.into_iter().map(entity).collect())
}

async fn list(app: Data<App>, caller: Allowed<Read>) -> Result<HttpResponse> {
    let reader = Reader::new(&app, Some(caller.me));
    Ok(HttpResponse::Ok().json(app.read(move |c| entities(c, &reader)).await?))
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
