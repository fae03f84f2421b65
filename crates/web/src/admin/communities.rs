//! All communities that live here, who owns them, and who may create more.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    charters::{self, Community},
    second_step, suspensions,
};
use askama::Template;
use domain::{actor::Actor, charter::Founders, group::Visibility, id::ActorId, urls};
use serde::Deserialize;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face, Faces},
    desk,
    forms::{Choice, Field, YES},
    language::Language,
    listing::{self, From},
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = "/admin/communities";
pub(crate) const FOUNDERS: &str = "/admin/communities/founders";
pub(crate) const SECOND_STEP: &str = "/admin/communities/second-step";
pub(crate) const HAND_OVER: &str = "/admin/communities/owner";
pub(crate) const SUSPEND: &str = "/admin/communities/suspend";

/// How many a page lists.
const LISTED: i64 = 40;

/// A community in the list.
struct Row {
    id: i64,
    face: Face,
    owners: Vec<Face>,
    is_orphan: bool,
    is_suspended: bool,
    members: String,
    visibility: &'static str,
    since: String,
    /// Where its people are.
    people: String,
}

impl Row {
    /// `faces` are those of all groups and their owners.
    fn new(t: Language, community: &Community, faces: &Faces) -> Option<Self> {
        let face = |actor: &Actor| faces.get(&actor.id).cloned();
        Some(Self {
            id: community.group.id.0,
            face: face(&community.group)?,
            owners: community.owners.iter().filter_map(face).collect(),
            is_orphan: community.is_orphan,
            is_suspended: community.is_suspended,
            members: t.members(community.members),
            visibility: match community.visibility {
                Visibility::Public => t.open_to_all(),
                Visibility::Restricted => t.members_write(),
                Visibility::Private => t.members_only(),
            },
            since: t.day(community.group.created),
            people: desk::page(crate::members::PATH, community.group.id),
        })
    }
}

#[derive(Template)]
#[template(path = "admin/communities.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    older: Option<String>,
    founders: Field,
    second_step: Field,
}

/// `GET /admin/communities`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    let before = ActorId(From::of(from));
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, before).await)
}

async fn page(app: &App, visit: &Visit, me: Me, before: ActorId) -> Result<Page> {
    let t = visit.language;
    let found = charters::all(app, me, Some(before), LISTED).await?;
    let last = listing::last(&found, LISTED).map(|last| last.group.id.to_string());
    let choices = vec![
        Choice::new(Founders::Everybody.as_str(), t.founders_everybody(), ""),
        Choice::new(Founders::Admins.as_str(), t.founders_admins(), ""),
    ];
    let required = if second_step::is_required(app).await? { YES } else { "" };
    let actors = found.iter().flat_map(|community| community.owners.iter().chain([&community.group]).cloned());
    let faces = cards::named(app, actors.collect()).await?;
    let (frame, tabs) = super::frame(app, visit, t.communities(), PATH);
    Ok(Page {
        frame,
        tabs,
        rows: found.iter().filter_map(|community| Row::new(t, community, &faces)).collect(),
        older: last.map(|last| urls::asking(PATH, &[("before", &last)])),
        second_step: Field::check("second_step", t.staff_second_step())
            .hint(t.staff_second_step_hint())
            .value(required)
            .optional(),
        founders: Field::choices("founders", t.founders(), choices).value(charters::founders(app).await?.as_str()),
    })
}

/// Who may create communities.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    founders: String,
}

/// `POST /admin/communities/founders`
pub(crate) async fn set_founders(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Chosen>,
) -> HttpResponse {
    let done = match sent.entered.founders.parse() {
        Ok(founders) => charters::set_founders(&app, sent.by.me, founders).await,
        Err(_unknown) => Err(Error::Invalid("nobody knows who that is".into())),
    };
    said::done(&request, &app, &visit, done, PATH)
}

/// Whether all who have power need a second step.
#[derive(Debug, Deserialize)]
pub(crate) struct Required {
    #[serde(default)]
    second_step: String,
}

/// `POST /admin/communities/second-step`
pub(crate) async fn require(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Required>) -> HttpResponse {
    let done = second_step::require(&app, sent.by.me, sent.entered.second_step == YES).await;
    said::done(&request, &app, &visit, done, PATH)
}

/// A community, and the member who is to own it.
#[derive(Debug, Deserialize)]
pub(crate) struct Heir {
    group: i64,
    name: String,
}

/// `POST /admin/communities/owner`
pub(crate) async fn hand_over(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Heir>) -> HttpResponse {
    let Heir { group, name } = sent.entered;
    let done = charters::hand_over(&app, sent.by.me, ActorId(group), &name).await;
    said::done(&request, &app, &visit, done, PATH)
}

/// A community that is suspended for a reason, or restored.
#[derive(Debug, Deserialize)]
pub(crate) struct Suspended {
    group: i64,
    turn: String,
    #[serde(default)]
    reason: String,
}

/// `POST /admin/communities/suspend`
pub(crate) async fn suspend(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Suspended>) -> HttpResponse {
    let Suspended { group, turn, reason } = sent.entered;
    let (me, group) = (sent.by.me, ActorId(group));
    let done = match turn.as_str() {
        "on" => suspensions::close(&app, me, group, reason).await,
        _ => suspensions::restore(&app, me, group).await,
    };
    said::done(&request, &app, &visit, done, PATH)
}
