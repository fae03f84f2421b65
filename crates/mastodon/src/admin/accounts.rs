//! People: looked through, let in or turned away, shut out and let in again.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig, delete, post},
};
use app::{
    App, Me, leaving, reports, restraints,
    roll::{self, Entry, Origin, Sought, Standing},
    sign_up, suspensions,
};
use domain::{
    actor::Restraint,
    id::{ActorId, ReportId},
};

use crate::{
    caller::{AdminReadAccounts, AdminWriteAccounts, Allowed},
    entities::{Reader, admin},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v1/admin/accounts/{id}").route(get().to(show));
    cfg.service(at("/v1/admin/accounts").route(get().to(first)))
        .service(at("/v2/admin/accounts").route(get().to(second)))
        .service(one.route(delete().to(remove)))
        .service(at("/v1/admin/accounts/{id}/action").route(post().to(act)))
        .service(at("/v1/admin/accounts/{id}/approve").route(post().to(approve)))
        .service(at("/v1/admin/accounts/{id}/reject").route(post().to(reject)))
        .service(at("/v1/admin/accounts/{id}/enable").route(post().to(enable)))
        .service(at("/v1/admin/accounts/{id}/unsuspend").route(post().to(unsuspend)))
        .service(at("/v1/admin/accounts/{id}/unsilence").route(post().to(unsilence)))
        .service(at("/v1/admin/accounts/{id}/unsensitive").route(post().to(unveil)));
}

/// Whom the texts of a request name, whatever its version.
fn named(params: &Params) -> Sought {
    let text = |name: &str| params.text(name).map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    Sought {
        name: text("username"),
        title: params.text("display_name").filter(|text| !text.trim().is_empty()),
        host: text("by_domain"),
        email: text("email"),
        address: text("ip"),
        ..Sought::default()
    }
}

async fn first(
    app: Data<App>,
    caller: Allowed<AdminReadAccounts>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let on = |name: &str| params.flag(name) == Some(true);
    let standings = [
        ("active", Standing::Active),
        ("pending", Standing::Pending),
        ("disabled", Standing::Disabled),
        ("suspended", Standing::Suspended),
        ("silenced", Standing::Silenced),
        ("sensitized", Standing::Veiled),
    ];
    let sought = Sought {
        origin: match (on("local"), on("remote")) {
            (true, false) => Some(Origin::Here),
            (false, true) => Some(Origin::Elsewhere),
            _ => None,
        },
        standing: standings.into_iter().find(|(name, _)| on(name)).map(|(_, standing)| standing),
        admin: on("staff"),
        ..named(&params)
    };
    list(&app, caller.me, sought, &params, &request).await
}

async fn second(
    app: Data<App>,
    caller: Allowed<AdminReadAccounts>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let word = |name: &str| params.text(name).unwrap_or_default();
    let sought = Sought {
        origin: match word("origin").as_str() {
            "local" => Some(Origin::Here),
            "remote" => Some(Origin::Elsewhere),
            _ => None,
        },
        standing: match word("status").as_str() {
            "active" => Some(Standing::Active),
            "pending" => Some(Standing::Pending),
            "disabled" => Some(Standing::Disabled),
            "suspended" => Some(Standing::Suspended),
            "silenced" => Some(Standing::Silenced),
            "sensitized" => Some(Standing::Veiled),
            _ => None,
        },
        admin: word("permissions") == "staff",
        ..named(&params)
    };
    list(&app, caller.me, sought, &params, &request).await
}

async fn list(app: &App, me: Me, sought: Sought, params: &Params, request: &HttpRequest) -> Result<HttpResponse> {
    let window = paging::window(params, 100, 200);
    let found = roll::search(app, me, sought, window).await?;
    let ends = Ends::of(found.iter().map(|entry| entry.actor.id.0), window);
    let reader = Reader::new(app, Some(me));
    let shown = app.read(move |c| admin::accounts(c, &reader, &found)).await?;
    Ok(paging::answer(request, app.site(), &shown, ends))
}

async fn answer(app: &App, me: Me, entry: Entry) -> Result<HttpResponse> {
    let reader = Reader::new(app, Some(me));
    let mut shown = app.read(move |c| admin::accounts(c, &reader, &[entry])).await?;
    Ok(HttpResponse::Ok().json(shown.pop().ok_or_else(Error::missing)?))
}

/// Somebody as they are now.
async fn one(app: &App, me: Me, id: i64) -> Result<HttpResponse> {
    let (entry, _) = roll::show(app, me, ActorId(id)).await?;
    answer(app, me, entry).await
}

async fn show(app: Data<App>, caller: Allowed<AdminReadAccounts>, Number(id): Number) -> Result<HttpResponse> {
    one(&app, caller.me, id).await
}

async fn approve(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    sign_up::approve(&app, caller.me, ActorId(id)).await?;
    one(&app, caller.me, id).await
}

async fn reject(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    sign_up::reject(&app, caller.me, ActorId(id), String::new()).await?;
    one(&app, caller.me, id).await
}

async fn enable(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    roll::shut(&app, caller.me, ActorId(id), false).await?;
    one(&app, caller.me, id).await
}

async fn unsuspend(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    suspensions::lift(&app, caller.me, ActorId(id)).await?;
    one(&app, caller.me, id).await
}

async fn unsilence(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    restraints::lift(&app, caller.me, ActorId(id), Restraint::Silence).await?;
    one(&app, caller.me, id).await
}

async fn unveil(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    restraints::lift(&app, caller.me, ActorId(id), Restraint::Veil).await?;
    one(&app, caller.me, id).await
}

async fn remove(app: Data<App>, caller: Allowed<AdminWriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    let (entry, _) = roll::show(&app, caller.me, ActorId(id)).await?;
    leaving::remove(&app, caller.me, ActorId(id)).await?;
    answer(&app, caller.me, entry).await
}

async fn act(
    app: Data<App>,
    caller: Allowed<AdminWriteAccounts>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let (me, params, person) = (caller.me, sent.read()?, ActorId(id));
    let text = params.text("text").unwrap_or_default();
    match params.text("type").unwrap_or_default().as_str() {
        // Without a word it only says that the report is dealt with.
        "none" if text.trim().is_empty() => drop(roll::show(&app, me, person).await?),
        "none" => restraints::warn(&app, me, person, text).await?,
        "disable" => roll::shut(&app, me, person, true).await?,
        "suspend" => suspensions::suspend(&app, me, person, text).await?,
        "silence" => restraints::lay(&app, me, person, Restraint::Silence, text).await?,
        "sensitive" => restraints::lay(&app, me, person, Restraint::Veil, text).await?,
        _ => return Err(Error::invalid("there is no such action")),
    }
    if let Some(report) = params.number("report_id") {
        reports::resolve(&app, me, ReportId(report)).await?;
    }
    Ok(HttpResponse::Ok().json(serde_json::json!({})))
}
