//! Polls: reading one, choosing in it, and what clients say of one they ask.
use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, polls};
use domain::{post::Poll, time::Timestamp};

use crate::{
    caller::{Allowed, ReadStatuses, Viewer, WriteStatuses},
    entities::{Reader, status},
    error::{Error, Result},
    params::{Params, Sent},
    route::{Number, at, get},
    statuses::find,
};

/// For how long a poll may be open, in seconds: from five minutes to a month.
pub(crate) const OPEN: std::ops::RangeInclusive<i64> = 300..=2_629_746;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/polls/{id}").route(get().to(show)))
        .service(at("/v1/polls/{id}/votes").route(web::post().to(vote)));
}

async fn show(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    answer(&app, caller.me, id).await
}

async fn vote(app: Data<App>, caller: Allowed<WriteStatuses>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let choices = sent.read()?.list("choices").unwrap_or_default();
    let choices: Option<Vec<usize>> = choices.iter().map(|choice| choice.trim().parse().ok()).collect();
    let choices = choices.ok_or_else(|| Error::invalid("choices are the places of options"))?;
    let post = find(&app, id, Some(caller.me)).await?.post;
    match polls::vote(&app, caller.me, post, choices).await {
        // What clients expect where a vote comes too late, or again.
        Err(app::Error::Denied(why)) if why != domain::policy::Refusal::Gone => Err(Error::invalid(why.to_string())),
        done => {
            done?;
            answer(&app, Some(caller.me), id).await
        }
    }
}

/// The poll of a post that `me` may read.
async fn answer(app: &App, me: Option<Me>, id: i64) -> Result<HttpResponse> {
    let (entry, reader) = (find(app, id, me).await?, Reader::new(app, me));
    let status = app.read(move |c| status::one(c, &reader, entry)).await?;
    let poll = status.and_then(status::Status::into_poll).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(poll))
}

/// The poll that a client asks, if it asks one.
pub(crate) fn asked(params: &Params, now: Timestamp) -> Result<Option<Poll>> {
    let Some(poll) = params.within("poll") else { return Ok(None) };
    let options = poll.list("options").unwrap_or_default();
    if options.is_empty() {
        return Ok(None);
    }
    let open = poll.number("expires_in").filter(|seconds| OPEN.contains(seconds));
    let open = open.ok_or_else(|| Error::invalid("a poll is open for five minutes to a month (`expires_in`)"))?;
    let closes = now + Duration::from_secs(open.unsigned_abs());
    let options = options.into_iter().map(|option| (option, 0)).collect();
    let multiple = poll.flag("multiple").unwrap_or(false);
    let hides_totals = poll.flag("hide_totals").unwrap_or(false);
    Ok(Some(Poll { options, multiple, closes: Some(closes), voters: 0, hides_totals }))
}
