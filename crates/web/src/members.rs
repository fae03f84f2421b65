//! The people of a community, for those who keep order: who is there, what each may do and why, roles and bans.
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result};
use askama::Template;
use domain::{
    actor::Actor,
    group::{GroupRules, MemberState, Role, Standing},
    handle::Handle,
    id::ActorId,
    policy::{self, Place, Refusal, Verdict},
    time::Timestamp,
    urls,
};
use serde::Deserialize;
use store::groups::Ban;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    community::called,
    desk::{self, Desk},
    forms::{Choice, Field, Fields},
    grounds::{self, Guide},
    language::Language,
    listing::{self, Sort},
    session::Present,
};

mod measures;

use measures::Done;
pub(crate) use measures::{ban, hand_over, hush, hush_until, invite, role, unban, unhush, warn};

/// The list, somebody in it, and what is done about them.
pub(crate) const PATH: &str = "/members";
pub(crate) const ONE: &str = "/member";
pub(crate) const ROLE: &str = "/member/role";
pub(crate) const INVITE: &str = "/member/invite";
pub(crate) const BAN: &str = "/member/ban";
pub(crate) const UNBAN: &str = "/member/unban";
pub(crate) const HUSH: &str = "/member/hush";
pub(crate) const UNHUSH: &str = "/member/unhush";
pub(crate) const WARN: &str = "/member/warn";
pub(crate) const HAND_OVER: &str = "/member/owner";
/// How many people a page shows.
const PEOPLE: i64 = 50;
/// For how many days one may be banned; for good besides, which is chosen like these.
const DAYS: [i64; 5] = [1, 3, 7, 30, 365];
const DAYS_FIELD: &str = "days";
/// The same for keeping somebody from writing, which always ends.
pub(crate) const HUSHES: [i64; 5] = [1, 3, 7, 30, 90];
const HUSH_FIELD: &str = "hush";
const FOR_GOOD: &str = "ever";
/// What is chosen where somebody is to have no role any more.
const NO_ROLE: &str = "none";
/// Where the name of a community is typed that is handed over.
const NAME: &str = "name";

/// Which people.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    group: i64,
    q: String,
    after: i64,
    /// Those who are banned instead.
    banned: Option<String>,
    /// Those who follow it and are no members instead.
    following: Option<String>,
    /// The handle of somebody who may be no member.
    find: String,
}

/// Somebody in a list.
struct Row {
    face: Face,
    page: String,
    role: &'static str,
    is_staff: bool,
    since: String,
    note: String,
}

#[derive(Template)]
#[template(path = "members.html")]
struct Members {
    frame: Frame,
    desk: Desk,
    q: String,
    tabs: Vec<Sort>,
    rows: Vec<Row>,
    more: Option<String>,
    unknown: bool,
}

pub(crate) fn page_of(group: ActorId, person: ActorId) -> String {
    urls::asking(ONE, &[("group", &group.to_string()), ("person", &person.to_string())])
}

/// Where those are who follow a community and are no members.
pub(crate) fn followers(group: ActorId) -> String {
    urls::asking(PATH, &[("group", &group.to_string()), ("following", "yes")])
}

/// `GET /members`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    if !asked.find.trim().is_empty()
        && let Ok(person) = look_up(&app, by.me, &asked).await
    {
        return answer::redirect(StatusCode::SEE_OTHER, &page_of(ActorId(asked.group), person));
    }
    answer::shown(&request, &visit, Keep::Never, list(&app, &visit, by.me, asked).await)
}

/// Somebody by their handle, wherever they live; asked for only by those who keep order.
async fn look_up(app: &App, me: Me, asked: &Asked) -> Result<ActorId> {
    desk::kept(app, me.0, asked.group).await?;
    let handle = Handle::parse(asked.find.trim()).ok_or(Error::NotFound)?;
    let host = app.site().host().clone();
    match handle.localized(&host) {
        Handle { name, host: None } => {
            let found = app.read(move |c| store::actors::by_handle(c, &name, host.as_str())).await?;
            Ok(found.filter(|actor| !actor.is_group() && actor.deleted.is_none()).ok_or(Error::NotFound)?.id)
        }
        Handle { name, host: Some(host) } => app.resolver().handle(app, &name, host.as_str()).await,
    }
}

async fn list(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Members> {
    let (group, standing) = desk::kept(app, me.0, asked.group).await?;
    let (t, now) = (visit.language, app.now());
    let (is_banned, is_following) = (asked.banned.is_some(), asked.following.is_some());
    let (id, start, after) = (group.id, asked.q.trim().trim_start_matches('@').to_lowercase(), ActorId(asked.after));
    let site = app.site().clone();
    let found = app.read(move |c| {
        let (mut members, mut bans, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
        if is_banned {
            bans = store::groups::bans(c, id, now, after, PEOPLE)?;
        } else if is_following {
            strangers = store::follows::no_members(c, id, after, PEOPLE)?;
        } else {
            members = store::groups::page_of_members(c, id, &start, after, PEOPLE)?;
        }
        let people = members.iter().map(|m| m.person).chain(bans.iter().map(|ban| ActorId(ban.person_id)));
        let ids: Vec<ActorId> = people.chain(strangers.iter().copied()).collect();
        Ok((members, bans, strangers, cards::faces_of(c, &site, &ids)?, ids))
    });
    let (members, bans, strangers, faces, ids) = found.await?;
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(members.iter().filter_map(|member| {
        Some(Row {
            face: faces.get(&member.person)?.clone(),
            page: page_of(id, member.person),
            role: called(t, member.role),
            is_staff: member.role >= Role::Moderator,
            since: t.ago(now, member.since),
            note: String::new(),
        })
    }));
    rows.extend(bans.iter().filter_map(|ban| {
        Some(Row {
            face: faces.get(&ActorId(ban.person_id))?.clone(),
            page: page_of(id, ActorId(ban.person_id)),
            role: if ban.reads { t.role_hushed() } else { t.role_banned() },
            is_staff: false,
            since: until(t, ban),
            note: ban.reason.clone(),
        })
    }));
    rows.extend(strangers.iter().filter_map(|person| {
        Some(Row {
            face: faces.get(person)?.clone(),
            page: page_of(id, *person),
            role: t.role_follower(),
            is_staff: false,
            since: String::new(),
            note: String::new(),
        })
    }));
    let address = |which: &str, after: &str| {
        let mut asking = vec![("group", id.to_string()), ("q", asked.q.clone()), ("after", after.to_owned())];
        asking.extend((!which.is_empty()).then(|| (which, "yes".to_owned())));
        let asking: Vec<(&str, &str)> = asking.iter().map(|(name, value)| (*name, value.as_str())).collect();
        urls::asking(PATH, &asking)
    };
    let here = match (is_banned, is_following) {
        (true, _) => "banned",
        (false, true) => "following",
        (false, false) => "",
    };
    let more = listing::last(&ids, PEOPLE).map(|last| address(here, &last.to_string()));
    let tab = |which: &str, label| Sort { label, page: address(which, ""), is_chosen: which == here };
    let tabs = vec![tab("", t.all_members()), tab("following", t.all_followers()), tab("banned", t.all_banned())];
    let desk = Desk::of(app, visit, &group, standing, PATH).await?;
    let unknown = !asked.find.trim().is_empty();
    Ok(Members { frame: desk.frame.clone(), desk, tabs, rows, more, unknown, q: asked.q })
}

/// Until when, as HTML.
fn until(t: Language, ban: &Ban) -> String {
    ban.until.map_or_else(|| t.for_good().to_owned(), |at| t.until(t.clock(Timestamp(at))))
}

/// Who a page is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    group: i64,
    person: i64,
}

/// Something that may be done, and why not.
struct Right {
    what: &'static str,
    may: bool,
    why: String,
}

/// What keeps somebody out, or from writing.
struct Out {
    /// What they are because of it.
    what: &'static str,
    /// Until when, as HTML.
    until: String,
    reason: String,
    /// Where it is lifted, and how that is called.
    lift: (&'static str, &'static str),
}

impl Out {
    fn new(t: Language, ban: Ban) -> Self {
        let (what, lift) =
            if ban.reads { (t.role_hushed(), (UNHUSH, t.unhush())) } else { (t.role_banned(), (UNBAN, t.unban())) };
        Self { what, until: until(t, &ban), reason: ban.reason, lift }
    }
}

#[derive(Template)]
#[template(path = "member.html")]
struct Member {
    frame: Frame,
    desk: Desk,
    person: i64,
    face: Face,
    role: &'static str,
    ban: Option<Out>,
    rights: Vec<Right>,
    roles: Option<Field>,
    /// How it stands with somebody outside, and what is pressed to have them inside.
    outside: Option<(&'static str, Option<&'static str>)>,
    may_ban: bool,
    may_hush: bool,
    /// What whoever hands the community over types: its name.
    heir: Option<Fields>,
    /// Why somebody is warned or put out, and for how long.
    form: Fields,
}

impl Member {
    /// The fields of the form, apart from how long one is put out.
    fn grounds(&self) -> impl Iterator<Item = &Field> {
        self.form.all.iter().filter(|field| ![DAYS_FIELD, HUSH_FIELD].contains(&field.id))
    }

    /// For how long somebody is put out.
    fn days(&self) -> Option<&Field> {
        self.form.all.iter().find(|field| field.id == DAYS_FIELD)
    }

    /// For how long somebody is kept from writing.
    fn hush_days(&self) -> Option<&Field> {
        self.form.all.iter().find(|field| field.id == HUSH_FIELD)
    }

    /// Whether somebody began to keep the person from writing.
    fn is_hushing(&self) -> bool {
        self.hush_days().is_some_and(|days| days.flaw.is_some() || !days.value.is_empty())
    }

    /// Whether somebody began to put the person out.
    fn is_banning(&self) -> bool {
        self.days().is_some_and(|days| days.flaw.is_some() || !days.value.is_empty())
    }
}

/// `GET /member`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    about: Option<Query<About>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Never,
        one(&app, &visit, by.me, &about.map(Query::into_inner).unwrap_or_default(), &Done::default()).await,
    )
}

async fn one(app: &App, visit: &Visit, me: Me, about: &About, entered: &Done) -> Result<Member> {
    let (group, mine) = desk::kept(app, me.0, about.group).await?;
    let (id, person, now, t) = (group.id, ActorId(about.person), app.now(), visit.language);
    let site = app.site().clone();
    let found = app.read(move |c| {
        let actor = store::actors::by_id(c, person)?.filter(|actor| !actor.is_group() && actor.deleted.is_none());
        let (Some(actor), Some(rules)) = (actor, store::groups::rules(c, id)?) else { return Ok(None) };
        let theirs = store::groups::standing(c, id, person, now)?;
        let ban = store::groups::ban(c, id, person, now)?;
        let face = cards::faces(c, &site, &[actor])?.remove(&person);
        Ok(face.map(|face| (face, rules, theirs, ban)).zip(Some(Guide::of(c, id)?)))
    });
    let ((face, rules, theirs, ban), guide) = found.await?.ok_or(Error::NotFound)?;
    let days = DAYS.iter().map(|days| Choice::new(days.to_string(), t.days(*days), ""));
    let days = days.chain([Choice::new(FOR_GOOD, t.for_good(), "")]).collect();
    let days = Field::select(DAYS_FIELD, t.ban_for(), days).value(&entered.days);
    let hushes = HUSHES.iter().map(|days| Choice::new(days.to_string(), t.days(*days), "")).collect();
    // Browsers would not let anybody be banned before this is answered, too.
    let hushes = Field::select(HUSH_FIELD, t.ban_for(), hushes).depends().value(&entered.hush);
    let form = Fields::new(grounds::fields(t, &guide, &entered.grounds).into_iter().chain([hushes, days]).collect());
    let may_ban = policy::ban(&mine, &theirs).is_ok() && person != me.0;
    let may_hand_over = policy::hand_on(&mine, &theirs).is_ok() && theirs.role != Some(Role::Owner);
    let desk = Desk::of(app, visit, &group, mine, PATH).await?;
    Ok(Member {
        frame: desk.frame.clone(),
        desk,
        person: person.0,
        face,
        role: if theirs.banned { t.role_banned() } else { theirs.role.map_or(t.role_none(), |role| called(t, role)) },
        ban: ban.map(|ban| Out::new(t, ban)),
        rights: rights(t, &rules, theirs),
        roles: roles(t, mine, theirs),
        outside: outside(t, mine, theirs),
        may_ban,
        may_hush: may_ban && policy::hush(&mine, &theirs).is_ok(),
        heir: may_hand_over.then(|| Fields::new(confirmation(t, &group))),
        form,
    })
}

/// Whoever hands a community over, or shares it, types its name: it is not done by a slip.
fn confirmation(t: Language, group: &Actor) -> Vec<Field> {
    let together = Field::check("together", t.hand_over_together()).hint(t.hand_over_together_hint());
    vec![together.optional(), Field::exact(NAME, "text", t.hand_over_name(&group.name))]
}

/// The roles that I may give somebody.
fn roles(t: Language, mine: Standing, theirs: Standing) -> Option<Field> {
    let may = |role: &&Role| theirs.role != Some(**role) && policy::appoint(&mine, &theirs, Some(**role)).is_ok();
    let choices = Role::ALL
        .iter()
        .filter(|role| **role != Role::Owner)
        .filter(may)
        .map(|role| Choice::new(role.as_str(), called(t, *role), does(t, *role)));
    let may_end = theirs.role.is_some() && policy::appoint(&mine, &theirs, None).is_ok();
    let none = may_end.then(|| Choice::new(NO_ROLE, t.role_none(), t.does_none()));
    let choices: Vec<Choice> = choices.chain(none).collect();
    (!choices.is_empty()).then(|| Field::choices("role", t.give_role(), choices))
}

/// How it stands with somebody who has not come yet, for whoever may invite; and what these press, if there is anything to do.
fn outside(t: Language, mine: Standing, theirs: Standing) -> Option<(&'static str, Option<&'static str>)> {
    if theirs.is_member() || theirs.banned || policy::moderate(&mine).is_err() {
        return None;
    }
    Some(match theirs.waiting {
        Some(MemberState::Pending) => (t.not_joined_asks(), Some(t.admit())),
        Some(MemberState::Invited) => (t.not_joined_invited(), None),
        _ => (t.not_joined_invite(), Some(t.invite_person())),
    })
}

/// What a role is for.
fn does(t: Language, role: Role) -> &'static str {
    match role {
        Role::Member => t.does_member(),
        Role::Expert => t.does_expert(),
        Role::Moderator => t.does_moderator(),
        Role::Leader => t.does_leader(),
        Role::Owner => t.does_owner(),
    }
}

/// All that somebody may do, asked of the policy itself.
fn rights(t: Language, rules: &GroupRules, who: Standing) -> Vec<Right> {
    let member = Standing { role: Some(Role::Member), ..Standing::default() };
    let right = |what, verdict: Verdict, whose: &str| Right {
        what,
        may: verdict.is_ok(),
        why: match verdict {
            Ok(()) => String::new(),
            Err(Refusal::NotStaff) => whose.to_owned(),
            Err(refusal) => answer::words(t, &Error::Denied(refusal)),
        },
    };
    let (staff, leaders) = (t.refused_not_staff(), t.refused_not_leader());
    vec![
        right(t.may_read(), policy::read(rules, &who), staff),
        right(t.may_start(), policy::post(rules, &who, Place::Thread, Duration::ZERO), staff),
        right(t.may_reply(), policy::post(rules, &who, Place::Reply { locked: false }, Duration::ZERO), staff),
        right(t.may_attend(), policy::attend(&who), t.refused_not_expert()),
        right(t.may_moderate(), policy::moderate(&who), staff),
        right(t.may_ban(), policy::ban(&who, &member), staff),
        right(t.may_appoint(), policy::appoint(&who, &member, Some(Role::Moderator)), leaders),
        right(t.may_manage(), policy::manage(&who), leaders),
        right(t.may_hand_over(), policy::hand_over(&who), t.refused_not_owner()),
    ]
}
