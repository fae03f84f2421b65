//! Slow mode, where a team turns it on and where people read that it is on.
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Result, paces};
use askama::Template;
use domain::{
    id::ActorId,
    pace::{self, Lane, Pace},
    time::{Timestamp, span},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    desk::{self, Desk},
    forms::{Choice, Field, Fields},
    grounds,
    language::Language,
    posted::Sent,
    said,
    session::Present,
};

/// Where it is turned on for a whole community.
pub(crate) const PATH: &str = "/manage/pace";

/// Of how many minutes one may choose; none is off.
const MINUTES: [i64; 9] = [0, 1, 2, 5, 10, 30, 60, 240, 1440];

#[derive(Template)]
#[template(path = "pace.html")]
struct Page {
    frame: Frame,
    desk: Desk,
    form: Fields,
}

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    group: i64,
    pace: String,
    reason: String,
}

/// The question how often one may write.
pub(crate) fn field(t: Language, chosen: Option<Pace>) -> Field {
    let choice = |minutes: i64| Choice::new(minutes.to_string(), every(t, minutes), "");
    let chosen = chosen.map_or(0, |pace| pace::minutes(pace.span));
    let choices = MINUTES.into_iter().map(choice).collect();
    Field::select("pace", t.pace(), choices).hint(t.pace_hint()).value(chosen.to_string())
}

/// What was chosen.
pub(crate) fn read(entered: &str) -> Option<Duration> {
    let minutes = entered.parse().ok().filter(|minutes| MINUTES.contains(minutes))?;
    Some(span::minutes(minutes.unsigned_abs()))
}

fn every(t: Language, minutes: i64) -> String {
    match minutes {
        0 => t.pace_none().to_owned(),
        minutes if minutes % 60 == 0 => t.pace_hours(minutes / 60),
        minutes => t.pace_minutes(minutes),
    }
}

/// What people read where it is on: how often one writes, and when whoever reads may again.
pub(crate) fn said(t: Language, pace: Option<Pace>, now: Timestamp) -> Option<String> {
    let pace = pace?;
    let every = every(t, pace::minutes(pace.span));
    Some(match pace::minutes(pace.wait(now)) {
        0 => t.pace_on(every),
        wait => format!("{} {}", t.pace_on(every), t.pace_wait(wait)),
    })
}

/// `GET /manage/pace`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let group = asked.map_or(0, |asked| asked.group);
    match shown(&app, &visit, &by, group).await {
        Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn shown(app: &App, visit: &Visit, by: &Present, group: i64) -> Result<Page> {
    let (actor, standing) = desk::kept(app, by.me.0, group).await?;
    let desk = Desk::of(app, visit, &actor, standing, PATH).await?;
    let (t, id) = (visit.language, actor.id);
    let pace = app.read(move |c| paces::of(c, (id, None), None)).await?;
    let reason = Field::lines("reason", 2, t.why()).hint(t.why_hint()).longest(grounds::LONGEST).optional();
    Ok(Page { frame: desk.frame.clone(), desk, form: Fields::new(vec![field(t, pace), reason]) })
}

/// `POST /manage/pace`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Entered, Present>,
) -> HttpResponse {
    let Entered { group, pace, reason } = sent.entered;
    let group = ActorId(group);
    let changed = async {
        let span = read(&pace).ok_or_else(|| Error::Invalid(visit.language.flaw_choice().to_owned()))?;
        paces::set(&app, sent.by.me, Lane::Group(group), span, reason).await
    };
    said::done(&request, &app, &visit, changed.await, &desk::page(PATH, group))
}
