//! Coming into a community by a link or with answers to its questions, and the links themselves.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    arrivals::{self, Towards},
    gates::{self, Terms},
};
use askama::Template;
use domain::{
    actor::Actor,
    group::{Joining, MemberState, Standing, Visibility},
    host::Host,
    id::{ActorId, InvitationId},
    policy,
    text::html,
    time::{Timestamp, span},
    urls,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws::{self, Rule},
    cards::Face,
    desk::{self, Desk},
    elsewhere,
    forms::{Choice, Field, Fields},
    guests, listing,
    posted::Sent,
    said,
    session::Present,
    sign_up::{self, Prospect},
    squares,
};

/// Where links are made, and taken away; where they lead; and where one answers questions.
pub(crate) const PATH: &str = "/invitations";
pub(crate) const REVOKE: &str = "/invitations/revoke";
pub(crate) const ENTER: &str = "/enter";
pub(crate) const APPLY: &str = "/apply";

/// How many links a page lists.
const LINKS: i64 = 30;

/// Of which community, and from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    group: i64,
    before: Option<i64>,
}

/// A link in the list.
struct Link {
    id: i64,
    /// The same to be scanned.
    squares: Option<(i32, String)>,
    url: String,
    is_open: bool,
    used: String,
    until: String,
    /// Whom it is for, if not for everybody.
    domain: Option<String>,
}

#[derive(Template)]
#[template(path = "invitations.html")]
struct Invitations {
    frame: Frame,
    desk: Desk,
    links: Vec<Link>,
    older: Option<String>,
    form: Fields,
    /// What the links are to those who have no login here.
    note: &'static str,
    /// What one sends those who have an account elsewhere; nothing, if they cannot come by themselves.
    letter: Option<String>,
}

/// `GET /invitations`
pub(crate) async fn list(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Secret, links(&app, &visit, by.me, asked).await)
}

async fn links(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Invitations> {
    let (group, standing) = desk::kept(app, me.0, asked.group).await?;
    let (t, now) = (visit.language, app.now());
    let address = |code: &str| app.site().page(&urls::asking(ENTER, &[("code", code)]));
    let link = |(gate, code): (store::gates::Gate, String)| Link {
        id: gate.id,
        squares: gate.is_open(now).then(|| squares::of(&address(&code))).flatten(),
        url: address(&code),
        is_open: gate.is_open(now),
        used: gate.most.map_or_else(|| t.came(gate.used), |most| t.came_of(gate.used, most)),
        until: gate.expires.map_or_else(|| t.no_end().to_owned(), |at| t.until(t.clock(Timestamp(at)))),
        domain: gate.domain.as_ref().map(|domain| t.link_only(domain)),
    };
    let before = InvitationId(asked.before.unwrap_or(i64::MAX));
    let found = gates::list(app, me, group.id, before, LINKS).await?;
    let older = listing::last(&found, LINKS)
        .map(|(last, _)| urls::asking(PATH, &[("group", &group.id.to_string()), ("before", &last.id.to_string())]));
    let links = found.into_iter().map(link).collect();
    let days = [1_i64, 7, 30].iter().map(|days| Choice::new(days.to_string(), t.days(*days), "")).collect();
    let form = Fields::new(vec![
        Field::select("days", t.link_for(), days).value("7").optional(),
        Field::exact("most", "number", t.link_most()).hint(t.link_most_hint()).longest(6).optional(),
        Field::exact("domain", "text", t.link_domain()).hint(t.link_domain_hint()).longest(253).optional(),
    ]);
    let id = group.id;
    let rules = app.read(move |c| store::groups::rules(c, id)).await?;
    let is_open =
        rules.is_some_and(|rules| rules.joining != Joining::Invite && rules.visibility != Visibility::Private);
    let desk = Desk::of(app, visit, &group, standing, PATH).await?;
    let letter = is_open.then(|| t.invite_letter(&desk.face.handle, &desk.face.page, &desk.face.name));
    let is_admin = visit.me.as_ref().is_some_and(|me| me.is_admin);
    let note = match sign_up::prospect(app, is_admin) {
        Prospect::AtOnce => t.invitations_at_once(),
        Prospect::Later => t.invitations_later(),
        Prospect::Never if app::identities::is_only_way(app) => t.accounts_of_provider(),
        Prospect::Never => t.invitations_never(),
    };
    Ok(Invitations { frame: desk.frame.clone(), desk, links, older, form, note, letter })
}

/// A link to be made, or taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Made {
    group: i64,
    link: i64,
    days: String,
    most: String,
    domain: String,
}

/// `POST /invitations`
pub(crate) async fn make(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Made, Present>,
) -> HttpResponse {
    let Made { group, days, most, domain, .. } = sent.entered;
    let (group, domain) = (ActorId(group), domain.trim().trim_start_matches('@'));
    let expires = days.parse::<u64>().ok().filter(|days| *days <= 3_650).map(|days| app.now() + span::days(days));
    let most = most.trim().parse::<i64>().ok().filter(|most| *most > 0);
    let made = async {
        let domain = match domain {
            "" => None,
            text => Some(Host::parse(text).ok_or_else(|| Error::Invalid(visit.language.flaw_host().to_owned()))?),
        };
        gates::make(&app, sent.by.me, group, Terms { expires, most, domain }).await
    };
    let result = made.await;
    said::done(&request, &app, &visit, result, &desk::page(PATH, group))
}

/// `POST /invitations/revoke`
pub(crate) async fn revoke(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Made, Present>,
) -> HttpResponse {
    let group = ActorId(sent.entered.group);
    let result = gates::revoke(&app, sent.by.me, group, InvitationId(sent.entered.link)).await;
    said::done(&request, &app, &visit, result, &desk::page(PATH, group))
}

/// The code of a link.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Code {
    code: String,
}

/// For which community somebody is bound whom one of these pages sent to sign in or up.
pub(crate) fn towards(back: &str) -> Option<Towards> {
    let (path, query) = back.split_once('?')?;
    match path {
        ENTER => Query::<Code>::from_query(query).ok().map(|code| Towards::Gate(code.into_inner().code)),
        APPLY => Query::<desk::Asked>::from_query(query).ok().map(|asked| Towards::Group(ActorId(asked.group))),
        _ => None,
    }
}

/// The ways in for whoever is not signed in; all of them lead back here.
struct Ways {
    /// Where one makes a login, if one may.
    sign_up: Option<String>,
    /// How soon one is in by that.
    meaning: &'static str,
    /// Where one signs in with an account elsewhere.
    guest: String,
    /// Where one follows from there, if that is enough.
    follow: Option<String>,
}

#[derive(Template)]
#[template(path = "entrance.html")]
struct Entrance {
    frame: Frame,
    face: Face,
    summary: String,
    rules: Vec<Rule>,
    lead: &'static str,
    action: &'static str,
    hidden: (&'static str, String),
    form: Fields,
    send: &'static str,
    /// Whether it lets in whoever looks at it, or hears them.
    is_open: bool,
    ways: Ways,
}

async fn entrance(app: &App, visit: &Visit, group: &Actor, is_vouched: bool) -> Result<Entrance> {
    let (t, id) = (visit.language, group.id);
    let face = Face::new(app.site(), group);
    let bylaws = app.read(move |c| store::bylaws::of(c, id)).await?;
    let prospect = sign_up::prospect(app, is_vouched);
    let ways = Ways {
        sign_up: (prospect != Prospect::Never).then(|| sign_up::way(&visit.path)),
        meaning: match prospect {
            Prospect::AtOnce => t.new_accounts_at_once(),
            Prospect::Later => t.new_accounts_wait(),
            Prospect::Never if app::identities::is_only_way(app) => t.accounts_of_provider(),
            Prospect::Never => t.no_new_accounts(),
        },
        guest: urls::asking(guests::PATH, &[("back", &visit.path)]),
        follow: None,
    };
    Ok(Entrance {
        rules: bylaws::rules(t, bylaws.as_ref()),
        frame: Frame::private(visit, t.join_it(&face.name)),
        face,
        summary: html::sanitize(&group.summary),
        lead: t.invited_lead(),
        action: ENTER,
        hidden: ("code", String::new()),
        form: Fields::default(),
        send: t.join(),
        is_open: true,
        ways,
    })
}

/// What whoever looks is to a community.
async fn standing(app: &App, visit: &Visit, group: &Actor) -> Result<Standing> {
    let Some(me) = visit.viewer() else { return Ok(Standing::default()) };
    let (id, now) = (group.id, app.now());
    app.read(move |c| store::groups::standing(c, id, me, now)).await
}

/// The answer to somebody who is in already, or has asked to be.
fn inside(group: &Actor, standing: Standing) -> Option<HttpResponse> {
    let is_in = standing.is_member() || standing.waiting == Some(MemberState::Pending);
    is_in.then(|| answer::redirect(StatusCode::SEE_OTHER, &group.uri))
}

/// `GET /enter`
pub(crate) async fn enter_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    code: Option<Query<Code>>,
) -> HttpResponse {
    let code = code.map(|code| code.into_inner().code).unwrap_or_default();
    let shown = async {
        let bound = arrivals::bound(&app, &Towards::Gate(code.clone())).await?;
        if let Some(answer) = inside(&bound.group, standing(&app, &visit, &bound.group).await?) {
            return Ok(answer);
        }
        let page = entrance(&app, &visit, &bound.group, bound.is_vouched).await?;
        let page = Entrance { hidden: ("code", code), ..page };
        Ok(answer::page(&request, StatusCode::OK, Keep::Never, &page))
    };
    shown.await.unwrap_or_else(|error| answer::error(&request, &visit, &error))
}

/// `POST /enter`
pub(crate) async fn enter(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Code, Present>,
) -> HttpResponse {
    match gates::pass(&app, sent.by.me, sent.entered.code).await {
        Ok(group) => answer::redirect(StatusCode::SEE_OTHER, &group.uri),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Answers to the questions of a community, by their places.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answers {
    group: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// The names of the fields in which they are answered.
const PLACES: [&str; gates::QUESTIONS] = ["answer1", "answer2", "answer3", "answer4", "answer5"];

/// The page of a community's door: what it asks of those who come.
async fn door(app: &App, visit: &Visit, group: &Actor, answers: &Answers, who: &Standing) -> Result<Entrance> {
    let (t, id) = (visit.language, group.id);
    let (rules, charter) = app.read(move |c| Ok((store::groups::rules(c, id)?, store::charters::of(c, id)?))).await?;
    let rules = rules.ok_or(Error::NotFound)?;
    let questions = charter.filter(|_| rules.joining == Joining::Approval).unwrap_or_default().questions;
    let (lead, send) = match rules.joining {
        Joining::Approval if questions.is_empty() => (t.ask_lead(), t.send_request()),
        Joining::Approval => (t.apply_lead(), t.send_request()),
        Joining::Open => (t.join_lead(), t.join()),
        Joining::Invite => (t.invite_only(), t.join()),
    };
    let given = |place: &str| answers.rest.get(place).cloned().unwrap_or_default();
    let fields = PLACES
        .iter()
        .zip(questions)
        .map(|(place, question)| Field::lines(place, 3, question).value(given(place)).longest(gates::ANSWER));
    let page = entrance(app, visit, group, false).await?;
    let follow = (rules.joining == Joining::Open).then(|| elsewhere::address(&group.uri, "follow"));
    Ok(Entrance {
        lead,
        action: APPLY,
        hidden: ("group", group.id.to_string()),
        form: Fields::new(fields.collect()),
        send,
        is_open: policy::join(&rules, who).is_ok(),
        ways: Ways { follow, ..page.ways },
        ..page
    })
}

/// `GET /apply`
pub(crate) async fn apply_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let answers = Answers { group: asked.map_or(0, |asked| asked.group), ..Answers::default() };
    let shown = async {
        let group = arrivals::bound(&app, &Towards::Group(ActorId(answers.group))).await?.group;
        let who = standing(&app, &visit, &group).await?;
        if let Some(answer) = inside(&group, who) {
            return Ok(answer);
        }
        let page = door(&app, &visit, &group, &answers, &who).await?;
        Ok(answer::page(&request, StatusCode::OK, Keep::Never, &page))
    };
    shown.await.unwrap_or_else(|error: Error| answer::error(&request, &visit, &error))
}

/// `POST /apply`
pub(crate) async fn apply(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Answers, Present>,
) -> HttpResponse {
    let (me, answers) = (sent.by.me, sent.entered);
    let shown = async {
        let group = arrivals::bound(&app, &Towards::Group(ActorId(answers.group))).await?.group;
        door(&app, &visit, &group, &answers, &standing(&app, &visit, &group).await?).await
    };
    let mut page = match shown.await {
        Ok(page) => page,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let ids: Vec<(&'static str, String)> = page.form.all.iter().map(|field| (field.id, field.value.clone())).collect();
    for (id, value) in &ids {
        if value.trim().is_empty() {
            page.form.flaw(id, visit.language.flaw_answer());
        }
    }
    if page.form.is_flawed() {
        return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
    }
    let given = ids.into_iter().map(|(_, value)| value).collect();
    match gates::apply(&app, me, ActorId(answers.group), given).await {
        Ok(_) => answer::redirect(StatusCode::SEE_OTHER, &page.face.page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
