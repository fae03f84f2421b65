//! What was decided for the whole server, by whom, about whom and why; for those who administer it.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Me, Result, log};
use askama::Template;
use domain::{
    id::{ActorId, LogEntryId},
    time::Timestamp,
    urls,
};
use store::log::Entry;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    language::{self, Language},
    listing::{self, From},
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/log";
/// How many decisions a page lists.
const LISTED: i64 = 50;

/// A decision.
struct Decision {
    by: Option<Face>,
    what: String,
    reason: String,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "admin/log.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    decisions: Vec<Decision>,
    older: Option<String>,
}

/// `GET /admin/log`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    let before = LogEntryId(From::of(from));
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, before).await)
}

async fn page(app: &App, visit: &Visit, me: Me, before: LogEntryId) -> Result<Page> {
    let (t, now) = (visit.language, app.now());
    let entries = log::of_server(app, me, Some(before), LISTED).await?;
    let people: Vec<ActorId> =
        entries.iter().flat_map(|entry| [Some(entry.actor_id), entry.person_id]).flatten().map(ActorId).collect();
    let site = app.site().clone();
    let people = app.read(move |c| cards::faces_of(c, &site, &people)).await?;
    let face = |id: i64| people.get(&ActorId(id));
    let decision = |entry: &Entry| Decision {
        by: face(entry.actor_id).cloned(),
        what: said(t, entry, entry.person_id.and_then(face)),
        reason: entry.reason.clone(),
        when: t.ago(now, Timestamp(entry.created)),
        when_exactly: language::machine_moment(Timestamp(entry.created)),
    };
    let last = listing::last(&entries, LISTED).map(|last| last.id.to_string());
    let (frame, tabs) = super::frame(app, visit, t.log(), PATH);
    Ok(Page {
        frame,
        tabs,
        decisions: entries.iter().map(decision).collect(),
        older: last.map(|last| urls::asking(PATH, &[("before", &last)])),
    })
}

/// What was decided, and about whom: a person, or a server.
fn said(t: Language, entry: &Entry, person: Option<&Face>) -> String {
    let whom = entry.host.clone().or_else(|| person.map(|person| person.handle.clone())).unwrap_or_default();
    match entry.action.as_str() {
        "suspend" => t.did_suspend(whom),
        "unsuspend" => t.did_unsuspend(whom),
        "silence" => t.did_silence(whom),
        "unsilence" => t.did_unsilence(whom),
        "veil" => t.did_veil(whom),
        "unveil" => t.did_unveil(whom),
        "caution" => t.did_caution(whom),
        "entrust" => t.did_entrust(whom),
        "relieve" => t.did_relieve(whom),
        "second_step" => t.did_forget_second_step(whom),
        "passkeys" => t.did_forget_passkeys(whom),
        "allow" => t.did_allow(whom),
        "lift" => t.did_lift(whom),
        "resolve" => t.did_resolve_about(whom),
        "sort" => t.did_sort(whom),
        "reopen" => t.did_reopen(whom),
        "grant" => t.did_grant_to(whom),
        "uphold" => t.did_uphold_about(whom),
        "text" => t.did_text().to_owned(),
        "sentence" => t.did_sentence().to_owned(),
        "nameplate" => t.did_nameplate().to_owned(),
        "house_rules" => t.did_house_rules().to_owned(),
        "contact" => t.did_contact().to_owned(),
        "second_steps" => t.did_second_steps().to_owned(),
        "registration" => t.did_registration().to_owned(),
        "founders" => t.did_founders().to_owned(),
        "emoji" => t.did_emoji().to_owned(),
        "bars" => t.did_bars().to_owned(),
        _ => t.did_other().to_owned(),
    }
}
