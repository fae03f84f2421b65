//! Push: how a client wants to be woken, and what it is woken with.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{
    App,
    push::{self, Alerts, Wake, Wish},
};
use domain::{push::Circle, urls::Site};
use serde_json::{Map, Value, json};
use store::push::Subscription;

use crate::{
    caller::{self, Allowed, Push},
    entities::account,
    error::{Error, Result},
    params::{Params, Sent},
    route::{at, get},
};

/// What a client can ask to be woken for.
const ALERTS: [&str; 12] = [
    "mention",
    "quote",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
];

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(
        at("/v1/push/subscription")
            .route(get().to(show))
            .route(web::post().to(subscribe))
            .route(web::put().to(change))
            .route(web::patch().to(change))
            .route(web::delete().to(unsubscribe)),
    );
}

/// A `WebPushSubscription`.
fn entity(subscription: &Subscription, server_key: &str) -> Value {
    let wanted: Vec<&str> = subscription.alerts.split(' ').collect();
    let alerts: Map<String, Value> =
        ALERTS.iter().map(|alert| ((*alert).to_owned(), json!(wanted.contains(alert)))).collect();
    json!({
        "id": subscription.id,
        "endpoint": subscription.endpoint,
        "standard": subscription.standard,
        "alerts": alerts,
        "policy": subscription.circle,
        "server_key": server_key,
    })
}

/// What is to wake a client: what was not named does not.
fn alerts(params: &Params) -> Result<Alerts> {
    let data = params.within("data").unwrap_or_default();
    let policy = data.text("policy").or_else(|| params.text("policy"));
    let circle = match policy.filter(|policy| !policy.is_empty()) {
        Some(policy) => {
            policy.parse::<Circle>().map_err(|_unknown| Error::invalid("Validation failed: Data is invalid"))?
        }
        None => Circle::All,
    };
    let wanted = data.within("alerts").unwrap_or_default();
    let kinds = ALERTS.iter().filter(|alert| wanted.flag(alert) == Some(true)).map(|alert| (*alert).to_owned());
    Ok(Alerts { kinds: kinds.collect(), circle })
}

async fn answer(app: &App, subscription: &Subscription) -> Result<HttpResponse> {
    let server_key = app.read(push::public_key).await?;
    Ok(HttpResponse::Ok().json(entity(subscription, &server_key)))
}

async fn show(app: Data<App>, caller: Allowed<Push>) -> Result<HttpResponse> {
    let found = app.read(move |c| store::push::by_token(c, &caller.token)).await?;
    answer(&app, &found.ok_or_else(Error::missing)?).await
}

async fn subscribe(app: Data<App>, request: HttpRequest, _: Allowed<Push>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let given = params.within("subscription").unwrap_or_default();
    let keys = given.within("keys").unwrap_or_default();
    let wish = Wish {
        endpoint: given.text("endpoint").unwrap_or_default(),
        p256dh: keys.text("p256dh").unwrap_or_default(),
        auth: keys.text("auth").unwrap_or_default(),
        standard: given.flag("standard") == Some(true),
        alerts: alerts(&params)?,
    };
    let token = caller::token(&request)?.unwrap_or_default();
    answer(&app, &push::subscribe(&app, token, wish).await?).await
}

async fn change(app: Data<App>, caller: Allowed<Push>, sent: Sent) -> Result<HttpResponse> {
    let alerts = alerts(&sent.read()?)?;
    answer(&app, &push::change(&app, caller.token, alerts).await?).await
}

async fn unsubscribe(app: Data<App>, caller: Allowed<Push>) -> Result<HttpResponse> {
    push::unsubscribe(&app, caller.token).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

/// What a client is woken with, before it is sealed; `title` says in the person's language what happened.
#[must_use]
pub fn payload(site: &Site, wake: &Wake, title: &str) -> String {
    json!({
        "access_token": wake.token,
        "preferred_locale": wake.language,
        "notification_id": wake.notice.0,
        "notification_type": wake.kind,
        "icon": account::picture(site, &wake.by),
        "title": title,
        "body": wake.text,
    })
    .to_string()
}
