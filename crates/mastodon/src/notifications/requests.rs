//! What of others one wants to be told, and what was held back until one asks for it.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, notices};
use domain::{
    id::{ActorId, PostId},
    notice::{Handling, Wishes},
};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Conn, notices::Held, timelines::Window};

use crate::{
    caller::{Allowed, ReadNotifications, WriteNotifications},
    entities::{
        Id, Reader,
        account::{self, Account},
        instant,
        status::{self, Status},
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let policy = at("/v2/notifications/policy").route(get().to(policy)).route(web::put().to(set_policy));
    let first = at("/v1/notifications/policy").route(get().to(first)).route(web::put().to(set_first));
    cfg.service(policy.route(web::patch().to(set_policy)))
        .service(first.route(web::patch().to(set_first)))
        .service(at("/v1/notifications/requests").route(get().to(requests)))
        .service(at("/v1/notifications/requests/merged").route(get().to(merged)))
        .service(at("/v1/notifications/requests/accept").route(web::post().to(accept_many)))
        .service(at("/v1/notifications/requests/dismiss").route(web::post().to(dismiss_many)))
        .service(at("/v1/notifications/requests/{id}").route(get().to(request)))
        .service(at("/v1/notifications/requests/{id}/accept").route(web::post().to(accept)))
        .service(at("/v1/notifications/requests/{id}/dismiss").route(web::post().to(dismiss)));
}

async fn load(app: &App, me: ActorId) -> Result<(Wishes, Value)> {
    let found = app.read(move |c| Ok((store::notices::wishes(c, me)?, store::notices::count_held(c, me)?)));
    let (wishes, (people, count)) = found.await?;
    let summary = json!({ "pending_requests_count": people, "pending_notifications_count": count });
    Ok((wishes.unwrap_or_default(), summary))
}

async fn policy(app: Data<App>, caller: Allowed<ReadNotifications>) -> Result<HttpResponse> {
    answer(&app, caller.me.0).await
}

async fn answer(app: &App, me: ActorId) -> Result<HttpResponse> {
    let (wishes, summary) = load(app, me).await?;
    Ok(HttpResponse::Ok().json(json!({
        "for_not_following": wishes.not_following,
        "for_not_followers": wishes.not_followers,
        "for_new_accounts": wishes.new_accounts,
        "for_private_mentions": wishes.private_mentions,
        "for_limited_accounts": wishes.limited_accounts,
        "summary": summary,
    })))
}

fn handling(params: &Params, name: &str, was: Handling) -> Result<Handling> {
    match params.text(name).filter(|word| !word.is_empty()) {
        Some(word) => word.parse().map_err(|_unknown| Error::invalid(format!("{name} is accept, filter or drop"))),
        None => Ok(was),
    }
}

async fn set_policy(app: Data<App>, caller: Allowed<WriteNotifications>, sent: Sent) -> Result<HttpResponse> {
    let (params, (was, _)) = (sent.read()?, load(&app, caller.me.0).await?);
    let wishes = Wishes {
        not_following: handling(&params, "for_not_following", was.not_following)?,
        not_followers: handling(&params, "for_not_followers", was.not_followers)?,
        new_accounts: handling(&params, "for_new_accounts", was.new_accounts)?,
        private_mentions: handling(&params, "for_private_mentions", was.private_mentions)?,
        limited_accounts: handling(&params, "for_limited_accounts", was.limited_accounts)?,
    };
    notices::set_wishes(&app, caller.me, wishes).await?;
    answer(&app, caller.me.0).await
}

async fn first(app: Data<App>, caller: Allowed<ReadNotifications>) -> Result<HttpResponse> {
    answer_first(&app, caller.me.0).await
}

/// The policy in its first form: whether each kind is held back.
async fn answer_first(app: &App, me: ActorId) -> Result<HttpResponse> {
    let (wishes, summary) = load(app, me).await?;
    let is_held = |handling| handling != Handling::Accept;
    Ok(HttpResponse::Ok().json(json!({
        "filter_not_following": is_held(wishes.not_following),
        "filter_not_followers": is_held(wishes.not_followers),
        "filter_new_accounts": is_held(wishes.new_accounts),
        "filter_private_mentions": is_held(wishes.private_mentions),
        "summary": summary,
    })))
}

async fn set_first(app: Data<App>, caller: Allowed<WriteNotifications>, sent: Sent) -> Result<HttpResponse> {
    let (params, (was, _)) = (sent.read()?, load(&app, caller.me.0).await?);
    let held = |name: &str, was: Handling| match params.flag(name) {
        Some(true) => Handling::Filter,
        Some(false) => Handling::Accept,
        None => was,
    };
    let wishes = Wishes {
        not_following: held("filter_not_following", was.not_following),
        not_followers: held("filter_not_followers", was.not_followers),
        new_accounts: held("filter_new_accounts", was.new_accounts),
        private_mentions: held("filter_private_mentions", was.private_mentions),
        ..was
    };
    notices::set_wishes(&app, caller.me, wishes).await?;
    answer_first(&app, caller.me.0).await
}

/// A `NotificationRequest`; it has the number of whoever it is about.
#[derive(Debug, Serialize)]
struct Request {
    id: Id,
    created_at: String,
    updated_at: String,
    notifications_count: String,
    account: Account,
    last_status: Option<Status>,
}

fn entities(c: &mut Conn, reader: &Reader, held: &[Held]) -> store::Result<Vec<Request>> {
    let actors: Vec<ActorId> = held.iter().map(|held| held.from).collect();
    let mut accounts: HashMap<ActorId, Account> =
        account::list(c, &reader.site, &actors)?.into_iter().map(|account| (account.actor(), account)).collect();
    let last = store::notices::last_posts(c, held)?;
    let statuses = status::by_post(c, reader, last.values().copied().map(PostId))?;
    let request = |held: &Held| {
        Some(Request {
            id: Id(held.from.0),
            created_at: instant(held.first.timestamp()),
            updated_at: instant(held.last.timestamp()),
            notifications_count: held.count.to_string(),
            account: accounts.remove(&held.from)?,
            last_status: last.get(&held.from).and_then(|post| statuses.get(&PostId(*post)).cloned()),
        })
    };
    Ok(held.iter().filter_map(request).collect())
}

async fn requests(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (window, me, reader) = (paging::window(&params, 40, 80), caller.me.0, Reader::new(&app, Some(caller.me)));
    let page = app.read(move |c| {
        let held = store::notices::held(c, me, window)?;
        let ends = Ends::of(held.iter().map(|held| held.from.0), window);
        Ok((entities(c, &reader, &held)?, ends))
    });
    let (requests, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &requests, ends))
}

/// The request with this number.
fn only(id: i64) -> Window {
    Window { before: id.saturating_add(1), after: id.saturating_sub(1), nearest: false, limit: 1 }
}

async fn request(app: Data<App>, caller: Allowed<ReadNotifications>, Number(id): Number) -> Result<HttpResponse> {
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let found = app.read(move |c| {
        let held = store::notices::held(c, me, only(id))?;
        Ok(entities(c, &reader, &held)?.pop())
    });
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Error::missing)?))
}

/// What is accepted is among the others at once.
async fn merged(_: Allowed<ReadNotifications>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "merged": true }))
}

/// Whom a request is about that there is.
async fn asking(app: &App, me: ActorId, id: i64) -> Result<Vec<ActorId>> {
    let held = app.read(move |c| store::notices::held(c, me, only(id))).await?;
    if held.is_empty() { Err(Error::missing()) } else { Ok(vec![ActorId(id)]) }
}

async fn accept(app: Data<App>, caller: Allowed<WriteNotifications>, Number(id): Number) -> Result<HttpResponse> {
    let from = asking(&app, caller.me.0, id).await?;
    notices::accept(&app, caller.me, from).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn dismiss(app: Data<App>, caller: Allowed<WriteNotifications>, Number(id): Number) -> Result<HttpResponse> {
    let from = asking(&app, caller.me.0, id).await?;
    notices::dismiss(&app, caller.me, from).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

fn named(sent: &Sent) -> Result<Vec<ActorId>> {
    Ok(sent.read()?.numbers("id").into_iter().map(ActorId).collect())
}

async fn accept_many(app: Data<App>, caller: Allowed<WriteNotifications>, sent: Sent) -> Result<HttpResponse> {
    notices::accept(&app, caller.me, named(&sent)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn dismiss_many(app: Data<App>, caller: Allowed<WriteNotifications>, sent: Sent) -> Result<HttpResponse> {
    notices::dismiss(&app, caller.me, named(&sent)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
