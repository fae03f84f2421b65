//! Statuses that are to be published later.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{
    App, Me,
    posts::{self, Writing},
};
use domain::{id::ScheduledId, time::Timestamp};
use serde_json::{Value, json};
use store::scheduled::Scheduled;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    caller::{Allowed, ReadStatuses, WriteStatuses},
    entities::{Id, Nothing, instant, status},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v1/scheduled_statuses/{id}").route(get().to(show)).route(web::delete().to(cancel));
    cfg.service(at("/v1/scheduled_statuses").route(get().to(list)))
        .service(one.route(web::put().to(change)).route(web::patch().to(change)));
}

/// The moment that a client names.
pub(super) fn due(params: &Params) -> Result<Option<Timestamp>> {
    let Some(text) = params.text("scheduled_at").filter(|text| !text.is_empty()) else { return Ok(None) };
    let at = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_no_date| Error::invalid("scheduled_at is no date"))?;
    Ok(Some(Timestamp::from_seconds(at.unix_timestamp())))
}

/// Keeps what was written until then.
pub(super) async fn create(app: &App, me: Me, writing: Writing, due: Timestamp) -> Result<HttpResponse> {
    let scheduled = posts::schedule::create(app, me, writing, due).await?;
    Ok(HttpResponse::Ok().json(entity(&scheduled)?))
}

/// A `ScheduledStatus`.
fn entity(scheduled: &Scheduled) -> Result<Value> {
    let writing = posts::schedule::writing(scheduled)?;
    Ok(json!({
        "id": Id(scheduled.id.0),
        "scheduled_at": instant(scheduled.due),
        "params": {
            "text": writing.text,
            "visibility": status::visibility(writing.audience),
            "spoiler_text": writing.warning,
            "sensitive": writing.sensitive,
            "language": writing.language,
            "in_reply_to_id": writing.parent.map(|post| Id(post.0)),
            "poll": null,
            "media_ids": null,
            "idempotency": null,
            "application_id": 0,
            "scheduled_at": null,
            "with_rate_limit": false,
        },
        "media_attachments": Nothing::default(),
    }))
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (window, me) = (paging::window(&params, 20, 40), caller.me.0);
    let waiting = app.read(move |c| store::scheduled::of(c, me, window)).await?;
    let ends = Ends::of(waiting.iter().map(|scheduled| scheduled.id.0), window);
    let entities = waiting.iter().map(entity).collect::<Result<Vec<_>>>()?;
    Ok(paging::answer(&request, app.site(), &entities, ends))
}

async fn show(app: Data<App>, caller: Allowed<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let found = app.read(move |c| store::scheduled::get(c, ScheduledId(id))).await?;
    let scheduled = found.filter(|scheduled| scheduled.person == caller.me.0).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(entity(&scheduled)?))
}

async fn change(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let due = due(&sent.read()?)?.ok_or_else(|| Error::invalid("scheduled_at is missing"))?;
    let scheduled = posts::schedule::move_to(&app, caller.me, ScheduledId(id), due).await?;
    Ok(HttpResponse::Ok().json(entity(&scheduled)?))
}

async fn cancel(app: Data<App>, caller: Allowed<WriteStatuses>, Number(id): Number) -> Result<HttpResponse> {
    posts::schedule::cancel(&app, caller.me, ScheduledId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
