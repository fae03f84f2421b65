//! Statuses that are to be published later.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{
    App, Me,
    media::Lender,
    posts::{self, Writing},
};
use domain::{
    id::{MediaId, PostId, ScheduledId},
    policy,
    post::{Audience, Pen, Poll, Post, Quoting},
    time::Timestamp,
};
use serde_json::{Value, json};
use store::scheduled::Scheduled;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    caller::{Allowed, ReadStatuses, WriteStatuses},
    entities::{Id, instant, media::Media, status},
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
pub(super) async fn create(
    app: &App,
    me: Me,
    writing: Writing,
    due: Timestamp,
    key: Option<&str>,
) -> Result<HttpResponse> {
    let scheduled = posts::schedule::create(app, me, writing, due, key).await?;
    one(app, &scheduled).await
}

/// The `ScheduledStatus` of each, in their order.
async fn entities(app: &App, scheduled: &[Scheduled]) -> Result<Vec<Value>> {
    let writings = scheduled.iter().map(posts::schedule::writing).collect::<app::Result<Vec<Writing>>>()?;
    let ids: Vec<MediaId> = writings.iter().flat_map(|writing| writing.media.iter().copied()).collect();
    let brought = if ids.is_empty() { Vec::new() } else { app.read(move |c| store::media::by_ids(c, &ids)).await? };
    let lender = Lender::for_people(app);
    let shown = |writing: &Writing| -> Vec<Media> {
        let known = writing.media.iter().filter_map(|id| brought.iter().find(|media| media.id == *id));
        known.map(|media| Media::brought(app.site(), &lender, media)).collect()
    };
    let (usual, parents) = addressees(app, scheduled, &writings).await?;
    let entity = |(one, writing): (&Scheduled, &Writing)| {
        let parent = parents.iter().find(|parent| Some(parent.id) == writing.parent);
        entity(one, writing, policy::address(writing.audience, usual, parent), &shown(writing))
    };
    Ok(scheduled.iter().zip(&writings).map(entity).collect())
}

/// For whom their author usually writes, and what they answer.
async fn addressees(app: &App, scheduled: &[Scheduled], writings: &[Writing]) -> app::Result<(Audience, Vec<Post>)> {
    let Some(author) = scheduled.first().map(|scheduled| scheduled.person) else {
        return Ok((Audience::Public, Vec::new()));
    };
    let parents: Vec<PostId> = writings.iter().filter_map(|writing| writing.parent).collect();
    app.read(move |c| Ok((store::preferences::of(c, author)?.audience, store::posts::by_ids(c, &parents)?))).await
}

async fn one(app: &App, scheduled: &Scheduled) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(entities(app, std::slice::from_ref(scheduled)).await?.pop()))
}

fn entity(scheduled: &Scheduled, writing: &Writing, audience: Audience, media: &[Media]) -> Value {
    let ids: Vec<Id> = writing.media.iter().map(|id| Id(id.0)).collect();
    let poll = |poll: &Poll| {
        json!({
            "options": poll.texts().collect::<Vec<_>>(),
            "expires_in": poll.closes.map(|at| at.since(scheduled.due).as_secs()),
            "multiple": poll.multiple,
            "hide_totals": poll.hides_totals,
        })
    };
    let by = match writing.pen {
        Some(Pen::App(app)) => app.0,
        Some(Pen::Page) | None => 0,
    };
    json!({
        "id": Id(scheduled.id.0),
        "scheduled_at": instant(scheduled.due),
        "params": {
            "text": writing.text,
            "visibility": status::visibility(audience),
            "spoiler_text": writing.warning,
            "sensitive": writing.sensitive,
            "language": writing.language,
            "in_reply_to_id": writing.parent.map(|post| Id(post.0)),
            "quoted_status_id": writing.quote.map(|post| Id(post.0)),
            // Others quote only what is for everybody.
            "quote_approval_policy": if audience.is_open() { writing.quoting } else { Quoting::Nobody }.to_string(),
            "poll": writing.poll.as_ref().map(poll),
            "media_ids": Some(ids).filter(|ids| !ids.is_empty()),
            "idempotency": null,
            "application_id": by,
            "scheduled_at": null,
            "with_rate_limit": false,
        },
        "media_attachments": media,
    })
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
    Ok(paging::answer(&request, app.site(), &entities(&app, &waiting).await?, ends))
}

async fn show(app: Data<App>, caller: Allowed<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let found = app.read(move |c| store::scheduled::get(c, ScheduledId(id))).await?;
    let scheduled = found.filter(|scheduled| scheduled.person == caller.me.0).ok_or_else(Error::missing)?;
    one(&app, &scheduled).await
}

async fn change(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let due = due(&sent.read()?)?.ok_or_else(|| Error::invalid("scheduled_at is missing"))?;
    let scheduled = posts::schedule::move_to(&app, caller.me, ScheduledId(id), due).await?;
    one(&app, &scheduled).await
}

async fn cancel(app: Data<App>, caller: Allowed<WriteStatuses>, Number(id): Number) -> Result<HttpResponse> {
    posts::schedule::cancel(&app, caller.me, ScheduledId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
