//! Reading no more of somebody: what that means is said, and how long and how much of it is asked, before it is done. It
//! is taken back where their profile says it.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, shuns};
use askama::Template;
use domain::{
    actor::Actor,
    id::ActorId,
    time::{Timestamp, span},
    urls,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    forms::{Choice, Field, Fields, YES},
    language::Language,
    posted::Sent,
    session::SignedIn,
};

/// Where one blocks somebody, and mutes them.
pub(crate) const BLOCK: &str = "/block";
pub(crate) const MUTE: &str = "/mute";

/// For how many days one mutes somebody; zero is for good.
const DAYS: [u64; 4] = [0, 1, 7, 30];

/// Where one is asked whether one wants to read no more of somebody.
pub(crate) fn page(path: &str, whom: &Face) -> String {
    urls::asking(path, &[("who", &whom.id.to_string())])
}

/// That somebody is muted.
pub(crate) fn muted(t: Language, whom: &Face, until: Option<Timestamp>) -> String {
    match until {
        Some(until) => t.you_mute_until(&whom.name, t.moment(until)),
        None => t.you_mute(&whom.name),
    }
}

/// Whom it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    who: i64,
}

#[derive(Template)]
#[template(path = "shun.html")]
struct Page {
    frame: Frame,
    face: Face,
    lead: &'static str,
    action: &'static str,
    form: Fields,
    send: &'static str,
}

/// Somebody whom one may shun.
async fn other(app: &App, me: Me, who: i64) -> Result<Actor> {
    let found = app.read(move |c| store::actors::by_id(c, ActorId(who))).await?;
    let is_other = |actor: &Actor| !actor.is_group() && actor.deleted.is_none() && actor.id != me.0;
    found.filter(is_other).ok_or(Error::NotFound)
}

/// The page that says what it means, of whom it is asked.
async fn explained(
    app: &App,
    visit: &Visit,
    me: Me,
    asked: Option<Query<Asked>>,
    action: &'static str,
) -> Result<Page> {
    let t = visit.language;
    let whom = other(app, me, asked.map_or(0, |asked| asked.who)).await?;
    let face = cards::face(app, &whom).await?;
    let (heading, lead, send, form) = match action {
        BLOCK => (t.block_whom(&face.name), t.block_explained(), t.block(), Fields::default()),
        _ => (t.mute_whom(&face.name), t.mute_explained(), t.mute(), questions(t)),
    };
    Ok(Page { frame: Frame::private(visit, heading), face, lead, action, form, send })
}

/// `GET /block`
pub(crate) async fn block_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let page = explained(&app, &visit, by.me, asked, BLOCK).await;
    answer::shown(&request, &visit, Keep::Never, page)
}

/// `GET /mute`
pub(crate) async fn mute_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let page = explained(&app, &visit, by.me, asked, MUTE).await;
    answer::shown(&request, &visit, Keep::Never, page)
}

fn questions(t: Language) -> Fields {
    let length = |days: u64| if days == 0 { t.for_good().to_owned() } else { t.days(i64::try_from(days).unwrap_or(0)) };
    let lengths = DAYS.iter().map(|days| Choice::new(days.to_string(), length(*days), "")).collect();
    let quiet = Field::check("quiet", t.mute_quiet()).hint(t.mute_quiet_hint()).value(YES);
    Fields::new(vec![Field::choices("days", t.mute_for(), lengths).value("0"), quiet.optional()])
}

/// Whom somebody wants to read no more.
#[derive(Debug, Deserialize)]
pub(crate) struct Shunned {
    who: i64,
    /// For how many days; one of [`DAYS`].
    #[serde(default)]
    days: u64,
    /// Whether what they do is no news either.
    #[serde(default)]
    quiet: String,
}

/// `POST /block`
pub(crate) async fn block(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shunned>) -> HttpResponse {
    let me = sent.by.me;
    let done = async {
        let whom = other(&app, me, sent.entered.who).await?;
        shuns::block(&app, me, whom.id).await.map(|()| whom)
    };
    told(&request, &app, &visit, done.await)
}

/// `POST /mute`
pub(crate) async fn mute(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shunned>) -> HttpResponse {
    let (me, Shunned { who, days, quiet }) = (sent.by.me, sent.entered);
    let done = async {
        let whom = other(&app, me, who).await?;
        let time = DAYS.iter().find(|known| **known == days && days > 0).map(|days| span::days(*days));
        shuns::mute(&app, me, whom.id, quiet == YES, time).await.map(|()| whom)
    };
    told(&request, &app, &visit, done.await)
}

/// To their profile, which says it.
fn told(request: &HttpRequest, app: &App, visit: &Visit, done: Result<Actor>) -> HttpResponse {
    match done {
        Ok(whom) => answer::redirect(StatusCode::SEE_OTHER, &cards::page_of(app.site(), &whom)),
        Err(error) => answer::error(request, visit, &error),
    }
}
