//! What one was told, one by one; next door in groups, and what was held back.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, notices};
use domain::{
    filter::Place,
    id::{ActorId, NotificationId},
};
use serde_json::json;
use store::{
    Conn,
    accounts::Account,
    notifications::{Notification, UNKNOWN},
    timelines::{Told, Window},
};

use crate::{
    caller::{Allowed, ReadNotifications, WriteNotifications},
    entities::{Reader, fallback::Known, notification},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

mod grouped;
mod requests;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/notifications").route(get().to(list)))
        .service(at("/v1/notifications/unread_count").route(get().to(unread)))
        .service(at("/v1/notifications/clear").route(web::post().to(clear)))
        .service(at("/v1/notifications/dismiss").route(web::post().to(dismiss_named)))
        .configure(requests::routes)
        .service(at("/v1/notifications/{id}").route(get().to(show)))
        .service(at("/v1/notifications/{id}/dismiss").route(web::post().to(dismiss)))
        .configure(grouped::routes);
}

/// Which of them are asked for.
fn wanted(params: &Params) -> Told {
    Told {
        kinds: params.list("types").filter(|kinds| !kinds.is_empty()),
        not: params.list("exclude_types").unwrap_or_default().into_iter().chain(UNKNOWN.map(str::to_owned)).collect(),
        by: params.number("account_id").map(ActorId),
        held: params.flag("include_filtered") == Some(true),
    }
}

/// Which kinds a client says that it knows; it is told of the others in the language of its person.
fn known(app: &App, account: &Account, params: &Params) -> Option<Known> {
    let kinds = params.list("supported_types")?;
    Some(Known { kinds, language: app.spoken(&account.language) })
}

/// What was told since the last one that was read, in whatever client.
fn unread_since(c: &mut Conn, me: ActorId, asked: &Told, limit: i64) -> store::Result<Vec<Notification>> {
    let read = store::markers::of(c, me)?.into_iter().find(|marker| marker.timeline == "notifications");
    let window = Window { after: read.map_or(0, |marker| marker.last_read), ..Window::newest(limit) };
    store::timelines::told(c, me, asked, window)
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window(&params, 40, 80);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)).at(Place::Notifications));
    let reader = reader.knowing(known(&app, &caller.account, &params));
    let asked = wanted(&params);
    let page = app.read(move |c| {
        let told = store::timelines::told(c, me, &asked, window)?;
        let ends = Ends::of(told.iter().map(|told| told.id.0), window);
        Ok((notification::list(c, &reader, told)?, ends))
    });
    let (notifications, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &notifications, ends))
}

async fn show(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Number(id): Number,
    Asked(params): Asked,
) -> Result<HttpResponse> {
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let reader = reader.knowing(known(&app, &caller.account, &params));
    let found = app.read(move |c| {
        let told = store::notifications::get(c, me, NotificationId(id))?;
        Ok(notification::list(c, &reader, told.into_iter().collect())?.pop())
    });
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Error::missing)?))
}

async fn unread(app: Data<App>, caller: Allowed<ReadNotifications>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, limit, asked) = (caller.me.0, paging::limit(&params, 100, 1_000), wanted(&params));
    let told = app.read(move |c| unread_since(c, me, &asked, limit)).await?;
    Ok(HttpResponse::Ok().json(json!({ "count": told.len() })))
}

async fn clear(app: Data<App>, caller: Allowed<WriteNotifications>) -> Result<HttpResponse> {
    notices::forget(&app, caller.me, None).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn forget(app: &App, me: Me, id: i64) -> Result<HttpResponse> {
    notices::forget(app, me, Some(vec![NotificationId(id)])).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn dismiss(app: Data<App>, caller: Allowed<WriteNotifications>, Number(id): Number) -> Result<HttpResponse> {
    forget(&app, caller.me, id).await
}

async fn dismiss_named(app: Data<App>, caller: Allowed<WriteNotifications>, sent: Sent) -> Result<HttpResponse> {
    let id = sent.read()?.number("id").ok_or_else(Error::missing)?;
    forget(&app, caller.me, id).await
}
