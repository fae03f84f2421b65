//! One person as admins see them, and what is decided about them.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use app::{
    App, Error, Me, Result, restraints,
    roll::{self, Entrance},
    suspensions,
};
use askama::Template;
use domain::{actor::Restraint, id::ActorId, time::Timestamp};
use serde::Deserialize;

use super::{
    Tab,
    people::{self, Row},
};
use crate::{
    agents,
    answer::{self, Frame, Keep, Visit},
    cards,
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/people/{id}";

/// The page of a person.
pub(crate) fn address(id: ActorId) -> String {
    PATH.replace("{id}", &id.to_string())
}

/// A browser that somebody is signed in with.
struct Device {
    agent: String,
    address: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    row: Row,
    has_login: bool,
    is_admin: bool,
    /// Whether it is whoever looks, who decides nothing about themselves.
    is_me: bool,
    is_shut: bool,
    /// How they may be held back: the word for it, what it is called, what it means, and whether they are.
    restraints: Vec<(&'static str, &'static str, &'static str, bool)>,
    has_second_step: bool,
    /// What is said of their passkeys, if they have some.
    passkeys: Option<String>,
    devices: Vec<Device>,
}

/// `GET /admin/people/ID`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, &id).await)
}

async fn page(app: &App, visit: &Visit, me: Me, id: &str) -> Result<Page> {
    let (t, now) = (visit.language, app.now());
    // Whoever may not look learns of no one: the number is read after that.
    let id = ActorId(id.parse().unwrap_or_default());
    let (entry, Entrance { sessions, passkeys }) = roll::show(app, me, id).await?;
    let row = Row::new(t, &entry, cards::face(app, &entry.actor).await?);
    let (frame, tabs) = super::frame(app, visit, row.face.name.clone(), people::PATH);
    let account = entry.account.as_ref();
    let devices = sessions.into_iter().map(|session| Device {
        agent: if session.agent.is_empty() {
            t.admin_unknown_browser().to_owned()
        } else {
            agents::named(&session.agent)
        },
        address: session.address,
        seen: t.ago(now, Timestamp(session.seen)),
    });
    Ok(Page {
        frame,
        tabs,
        has_login: account.is_some(),
        is_admin: account.is_some_and(|account| account.admin),
        is_me: id == me.0,
        is_shut: entry.suspended || account.is_some_and(|account| account.disabled.is_some()),
        restraints: vec![
            ("warn", t.admin_warn(), t.admin_warn_hint(), false),
            ("silence", t.admin_silence(), t.admin_silence_hint(), entry.actor.silenced),
            ("veil", t.admin_veil(), t.admin_veil_hint(), entry.actor.veiled),
        ],
        has_second_step: account.is_some_and(|account| account.totp.is_some()),
        passkeys: (!passkeys.is_empty()).then(|| t.admin_passkeys(passkeys.len())),
        devices: devices.collect(),
        row,
    })
}

/// What is decided about somebody.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decided {
    what: String,
    reason: String,
}

/// `POST /admin/people/ID`
pub(crate) async fn decide(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    id: Path<String>,
    sent: Sent<Decided>,
) -> HttpResponse {
    let (me, id) = (sent.by.me, ActorId(id.parse().unwrap_or_default()));
    let Decided { what, reason } = sent.entered;
    let done = match what.as_str() {
        "suspend" => suspensions::suspend(&app, me, id, reason).await,
        "lift" => suspensions::lift(&app, me, id).await,
        "warn" => restraints::warn(&app, me, id, reason).await,
        "silence" => restraints::lay(&app, me, id, Restraint::Silence, reason).await,
        "unsilence" => restraints::lift(&app, me, id, Restraint::Silence).await,
        "veil" => restraints::lay(&app, me, id, Restraint::Veil, reason).await,
        "unveil" => restraints::lift(&app, me, id, Restraint::Veil).await,
        "sign_out" => roll::sign_out(&app, me, id).await,
        "second_step" => roll::forget_second_step(&app, me, id).await,
        "passkeys" => roll::forget_passkeys(&app, me, id).await,
        "entrust" => roll::entrust(&app, me, id, true).await,
        "relieve" => roll::entrust(&app, me, id, false).await,
        _ => Err(Error::Invalid("nobody knows how to do that".into())),
    };
    said::done(&request, &app, &visit, done, &address(id))
}
