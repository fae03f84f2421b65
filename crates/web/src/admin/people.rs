//! Who has a login, who waits for one, and who is invited.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Error, Result, identities, registration,
    roll::{self, Entry, State, Wanted},
    sign_up,
};
use askama::Template;
use domain::{
    id::{ActorId, InvitationId},
    registration::Registration,
    text::plain,
    time::{Timestamp, span},
    urls,
};
use serde::Deserialize;
use store::{accounts::Account, invitations::Invitation};

use super::{Tab, person};
use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    forms::{Choice, Field},
    language::Language,
    listing,
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = urls::path::ADMIN_PEOPLE;
pub(crate) const ANSWER: &str = "/admin/people/answer";
pub(crate) const INVITE: &str = "/admin/people/invite";
pub(crate) const REVOKE: &str = "/admin/people/revoke";
pub(crate) const REGISTRATION: &str = "/admin/people/registration";

/// The page with those who wait.
pub(crate) const WAITING: &str = "/admin/people?state=waiting";

/// How many people a page lists, and how many invitations.
const PEOPLE: i64 = 40;
const INVITATIONS: i64 = 30;

/// The longest that somebody is looked for.
const TEXT: usize = 200;

/// Who is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    state: String,
    before: Option<i64>,
    /// From where on invitations are listed.
    invited: Option<i64>,
}

const STATES: [State; 3] = [State::Waiting, State::Admin, State::Closed];

/// What a state is called in paths.
fn word(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Admin => "admin",
        State::Closed => "closed",
    }
}

/// Somebody in the list.
pub(crate) struct Row {
    pub(crate) face: Face,
    pub(crate) id: i64,
    /// Where they are looked at.
    pub(crate) page: String,
    pub(crate) email: Option<String>,
    pub(crate) chips: Vec<(&'static str, &'static str)>,
    pub(crate) since: String,
    /// Why they want to be taken in, if they wait for it.
    pub(crate) wish: Option<String>,
}

impl Row {
    /// `face` is who it is.
    pub(crate) fn new(t: Language, entry: &Entry, face: Face) -> Self {
        let account = entry.account.as_ref();
        let created = account.map_or(entry.actor.created, |account| Timestamp(account.created));
        Self {
            face,
            id: entry.actor.id.0,
            page: person::address(entry.actor.id),
            email: account.filter(|account| account.confirmed.is_some()).map(|account| account.email.clone()),
            chips: chips(t, entry),
            since: t.day(created),
            wish: account.filter(|account| waits(account)).map(|account| account.reason.clone()),
        }
    }
}

fn waits(account: &Account) -> bool {
    account.approved.is_none() && account.confirmed.is_some() && account.disabled.is_none()
}

/// What somebody is, in words and looks.
fn chips(t: Language, entry: &Entry) -> Vec<(&'static str, &'static str)> {
    let (suspended, actor) = (entry.suspended, &entry.actor);
    let decided =
        [(suspended, t.person_suspended()), (actor.silenced, t.person_silenced()), (actor.veiled, t.person_veiled())];
    let mut chips: Vec<_> = decided.into_iter().filter(|(holds, _)| *holds).map(|(_, label)| (label, "bad")).collect();
    let Some(account) = &entry.account else { return chips };
    if account.disabled.is_some() && !suspended {
        chips.push((t.person_closed(), "bad"));
    }
    if account.admin && account.disabled.is_none() {
        chips.push((t.person_admin(), "good"));
    }
    if waits(account) {
        chips.push((t.person_waits(), "fair"));
    }
    if account.confirmed.is_none() && account.disabled.is_none() {
        chips.push((t.person_unconfirmed(), "fair"));
    }
    chips
}

/// An invitation as it is shown.
struct Link {
    id: i64,
    url: String,
    used: String,
    until: String,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    asked: Asked,
    states: Vec<Tab>,
    rows: Vec<Row>,
    /// What an empty list means.
    nobody: &'static str,
    older: Option<String>,
    /// Who may sign up, in words, and what else one may choose.
    door: &'static str,
    registration: Option<Field>,
    links: Vec<Link>,
    older_links: Option<String>,
}

/// Who may make an account, in words.
pub(crate) fn door(registration: Registration, t: Language) -> &'static str {
    match registration {
        Registration::Open => t.door_open(),
        Registration::Approval => t.door_approval(),
        Registration::Invite => t.door_invite(),
        Registration::Closed => t.door_closed(),
    }
}

/// The choice of who may make an account; nothing to choose, where all come by the provider of their organization.
fn choice(app: &App, t: Language) -> Option<Field> {
    let choices = Registration::ALL.iter().map(|it| Choice::new(it.as_str(), door(*it, t), "")).collect();
    let field = || Field::choices("registration", t.registration(), choices).value(registration::now(app).as_str());
    (!identities::is_only_way(app)).then(field)
}

/// `GET /admin/people`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Secret,
        page(&app, &visit, &by, asked.map(Query::into_inner).unwrap_or_default()).await,
    )
}

async fn page(app: &App, visit: &Visit, by: &SignedIn, asked: Asked) -> Result<Page> {
    let t = visit.language;
    let state = STATES.into_iter().find(|state| word(*state) == asked.state);
    let wanted = Wanted { text: plain::cut(&asked.q, TEXT), state, before: asked.before.map(ActorId) };
    let found = roll::page(app, by.me, wanted, PEOPLE).await?;
    let before = InvitationId(asked.invited.unwrap_or(i64::MAX));
    let invitations = sign_up::invitations(app, by.me, before, INVITATIONS).await?;
    let older_links = listing::last(&invitations, INVITATIONS).map(|(last, _)| {
        let before = last.id.to_string();
        urls::asking(PATH, &[("q", &asked.q), ("state", &asked.state), ("invited", &before)]) + "#invitations"
    });
    let address = |state: &str, before: Option<ActorId>| {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        urls::asking(PATH, &[("q", &asked.q), ("state", state), ("before", &before)])
    };
    let tab = |state: Option<State>, label| {
        let word = state.map_or("", word);
        Tab { label, page: address(word, None), is_chosen: asked.state == word }
    };
    let states = vec![
        tab(None, t.every_person()),
        tab(Some(State::Waiting), t.people_waiting()),
        tab(Some(State::Admin), t.people_admins()),
        tab(Some(State::Closed), t.people_closed()),
    ];
    let older = listing::last(&found, PEOPLE).map(|last| address(&asked.state, Some(last.actor.id)));
    let mut faces = cards::named(app, found.iter().map(|entry| entry.actor.clone()).collect()).await?;
    let (frame, tabs) = super::frame(app, visit, t.admin_people(), PATH);
    Ok(Page {
        frame,
        tabs,
        states,
        rows: found.iter().filter_map(|entry| Some(Row::new(t, entry, faces.remove(&entry.actor.id)?))).collect(),
        nobody: match state {
            Some(State::Waiting) if asked.q.is_empty() => t.admin_nobody_waits(),
            Some(State::Closed) if asked.q.is_empty() => t.admin_nobody_closed(),
            _ => t.admin_nobody_found(),
        },
        older,
        door: door(registration::now(app), t),
        registration: choice(app, t),
        links: invitations.iter().map(|(one, code)| link(app, t, one, code)).collect(),
        older_links,
        asked,
    })
}

fn link(app: &App, t: Language, one: &Invitation, code: &str) -> Link {
    let is_over = one.expires.is_some_and(|at| Timestamp(at) <= app.now());
    Link {
        id: one.id,
        url: urls::asking(&app.site().page(crate::sign_up::PATH), &[("invitation", code)]),
        used: match one.most {
            Some(most) => t.invitation_used_of(most, one.used),
            None => t.invitation_used(one.used),
        },
        until: match one.expires {
            None => t.invitation_for_ever().to_owned(),
            Some(_) if is_over => t.invitation_over().to_owned(),
            Some(at) => t.invitation_until(t.day(Timestamp(at))),
        },
    }
}

/// Who may make an account from now on.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    registration: String,
}

/// `POST /admin/people/registration`
pub(crate) async fn choose(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Chosen>) -> HttpResponse {
    let done = match sent.entered.registration.parse() {
        Ok(chosen) => registration::choose(&app, sent.by.me, chosen).await,
        Err(_unknown) => Err(Error::Invalid("nobody knows who that is".into())),
    };
    said::done(&request, &app, &visit, done, PATH)
}

/// The answer to somebody who waits.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    person: i64,
    answer: String,
    #[serde(default)]
    reason: String,
}

/// `POST /admin/people/answer`
pub(crate) async fn answer(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Answered>) -> HttpResponse {
    let Answered { person, answer, reason } = sent.entered;
    let (me, person) = (sent.by.me, ActorId(person));
    let done = match answer.as_str() {
        "yes" => sign_up::approve(&app, me, person).await,
        _ => sign_up::reject(&app, me, person, reason).await,
    };
    said::done(&request, &app, &visit, done, WAITING)
}

/// An invitation to be made: for how many days and how many people; for good and for all, if that is empty.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Invited {
    days: String,
    most: String,
}

/// `POST /admin/people/invite`
pub(crate) async fn invite(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Invited>) -> HttpResponse {
    let Invited { days, most } = sent.entered;
    let days = days.trim().parse::<u64>().ok().map(|days| days.clamp(1, 3_650));
    let most = most.trim().parse::<i64>().ok().map(|most| most.clamp(1, 1_000_000));
    let expires = days.map(|days| app.now() + span::days(days));
    let made = sign_up::invite(&app, sent.by.me, expires, most).await.map(drop);
    said::done(&request, &app, &visit, made, &format!("{PATH}#invitations"))
}

/// An invitation that is taken back.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoked {
    invitation: i64,
}

/// `POST /admin/people/revoke`
pub(crate) async fn revoke(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Revoked>) -> HttpResponse {
    let done = sign_up::revoke(&app, sent.by.me, InvitationId(sent.entered.invitation)).await;
    said::done(&request, &app, &visit, done, &format!("{PATH}#invitations"))
}
