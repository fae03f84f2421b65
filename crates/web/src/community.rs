//! The page of a community: what it is for, how one takes part, who looks after it, and its threads in four orders.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use app::{App, Result, filters::Sieve};
use askama::Template;
use domain::{
    actor::Actor,
    bylaw::Bylaws,
    charter::Charter,
    emoji::Palette,
    filter,
    group::{GroupRules, Joining, MemberState, Reach, Role, Standing, Visibility},
    id::ActorId,
    notice::Level,
    pace::Pace,
    policy::{self, Place},
    portion::Portion,
    pulse::Pulse,
    text::html,
    time::{Timestamp, span},
    urls::{self, Sheet, Site, media::Portrait},
};
use store::{
    Conn,
    posts::{self, List, Page},
    threads::{self, Cursor, Order, Scope},
};

use crate::{
    answer::{self, Frame, Visit},
    assets, bylaws,
    cards::{self, Face},
    charters, compose,
    deeds::{Portions, Told},
    desk,
    directory::{self, Vital},
    elsewhere, entrance,
    language::Language,
    listing::{self, Asked, Listed, Row, Sort},
    media::Emblem,
    members, paces, setup, subscribe, themes,
};

mod banned;
mod others;

use banned::{Banned, Out};
use others::alternatives;

const DESCRIPTION: usize = 200;
/// The first lines of what a community says of itself, in characters, and from how many on it is folded behind them.
const FIRST_LINES: usize = 160;
const LONG: usize = 260;
/// How long it is said that the rules were changed.
const LATELY: Duration = span::days(30);

/// Somebody who looks after the community.
struct Host {
    face: Face,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "community.html")]
struct Community {
    frame: Frame,
    face: Face,
    cover: Option<String>,
    /// Where it has moved to.
    moved: Option<Face>,
    vital: Vital,
    is_closed: bool,
    /// Sanitised.
    summary: String,
    /// How it begins, if it is long.
    first_lines: Option<String>,
    visibility: &'static str,
    is_private: bool,
    /// Where copies of what is written there go, and what deleting can do about them.
    leaves: &'static str,
    joining: Option<String>,
    /// Whether nobody comes in of their own accord, and whether somebody answers those who want to.
    by_invitation: bool,
    by_request: bool,
    /// Where its door is.
    door: String,
    members: i64,
    /// How many of them live here and elsewhere, in words, if some live elsewhere.
    homes: Option<String>,
    followers: i64,
    /// Where those see who follows it who keep order.
    follower_list: Option<String>,
    /// Since when whoever looks waits to be taken in.
    waiting: Option<String>,
    /// How soon one is usually answered.
    usual: Option<String>,
    /// Others where more is said about the same.
    others: Vec<(Face, Vital)>,
    /// That whoever looks was put out, or is kept from writing.
    out: Option<Out>,
    team: Vec<Host>,
    sorts: Vec<Sort>,
    /// How often one writes here, where slow mode is on.
    pace: Option<String>,
    rule: &'static str,
    rows: Vec<Row>,
    more: Option<String>,
    feed: Option<String>,
    log: Option<String>,
    laws: Option<Laws>,
    /// How much whoever is signed in wants to be told of it.
    told: Option<Told>,
    /// How much of it whoever follows it gets.
    portions: Option<Portions>,
    /// What they are to it.
    tie: Option<Tie>,
    /// What brings its people together, if it ever said so.
    purpose: Option<&'static str>,
    /// What it is about, and where there is more of it.
    about: Vec<(String, String)>,
    id: i64,
    write: String,
    /// Where those follow it who have their account elsewhere.
    elsewhere: String,
}

/// The rules of a community in short.
struct Laws {
    /// Where they stand in full; for whoever does not see into it, that is its door.
    page: String,
    has_anchors: bool,
    titles: Vec<String>,
    /// Which version they are, and since when.
    version: String,
    /// Whether whoever looks would accept them by joining.
    is_new: bool,
    /// When they were changed and where one sees how, if that was lately.
    changed: Option<(String, String)>,
}

impl Laws {
    fn new(t: Language, group: &Actor, bylaws: &Bylaws, is_new: bool, now: Timestamp) -> Option<Self> {
        let titles: Vec<String> = bylaws.list.iter().map(|bylaw| bylaw.said(t.tag()).0.to_owned()).collect();
        let changes = bylaws::latest_changes(&group.uri, bylaws).filter(|_| bylaws.created > now - LATELY);
        (!titles.is_empty()).then(|| Self {
            page: urls::sheet(&group.uri, Sheet::Rules),
            has_anchors: true,
            titles,
            version: t.rules_version(bylaws.version, t.day(bylaws.created)),
            is_new,
            changed: changes.map(|page| (t.ago(now, bylaws.created), page)),
        })
    }

    /// The same for whoever stands before a closed door.
    fn before(self, door: String) -> Self {
        Self { page: door, has_anchors: false, changed: None, ..self }
    }
}

/// What somebody is to a community.
struct Tie {
    role: Option<&'static str>,
    is_owner: bool,
    waits: bool,
    is_invited: bool,
    may_write: bool,
    is_invite_only: bool,
    /// Of guests: whether they write in it and follow it from their own server, and where they would follow it.
    writes_elsewhere: bool,
    follows_elsewhere: bool,
    follow: Option<String>,
    /// Where it is run, for those who do, and what they do first.
    desk: Option<String>,
    first_steps: Option<String>,
    /// Where one answers its questions before one is taken in.
    apply: Option<String>,
}

impl Tie {
    /// The same of a guest, who writes and follows from their own server. Following what is private is asking to be let in, for
    /// which there is another button.
    fn of_guest(self, handle: &str, group: &Actor, (rules, standing): (GroupRules, Standing)) -> Self {
        let is_open = group.is_local() && rules.visibility != Visibility::Private && standing.waiting.is_none();
        let may_follow = is_open && !standing.follows && policy::follow(&rules, &standing).is_ok();
        Self {
            may_write: false,
            writes_elsewhere: is_open && self.may_write,
            follows_elsewhere: group.is_local() && standing.follows,
            follow: may_follow.then(|| elsewhere::follow(handle, &group.uri)),
            ..self
        }
    }
}

/// What a community holds, as far as everybody may see it.
struct Held {
    rules: GroupRules,
    followers: i64,
    members: i64,
    members_here: i64,
    pulse: Pulse,
    staff: Vec<(Role, Face)>,
    pinned: Vec<Listed>,
    threads: Vec<Listed>,
    next: Option<Cursor>,
    standing: Option<Standing>,
    /// How much whoever is signed in wants to be told of it.
    level: Option<Level>,
    /// How much of it they said that they want.
    portion: Option<Portion>,
    ban: Option<Banned>,
    /// Since when whoever looks waits to be taken in, and how long that usually takes.
    waits: Option<(Timestamp, Option<Duration>)>,
    /// After how long a conversation is usually answered.
    usual: Option<Duration>,
    /// Others where more is said about the same, if nobody writes here any more.
    others: Vec<(Actor, Pulse)>,
    charter: Option<Charter>,
    bylaws: Option<Bylaws>,
    /// Where it has moved to.
    moved: Option<Face>,
    palette: Palette,
    /// How often whoever looks at it may write there, if that is limited.
    pace: Option<Pace>,
}

impl Held {
    fn read(
        c: &mut Conn,
        site: &Site,
        group: &Actor,
        (order, after): (Order, Option<Cursor>),
        viewer: Option<ActorId>,
        now: Timestamp,
    ) -> store::Result<Option<Self>> {
        let Some(rules) = store::groups::rules(c, group.id)? else { return Ok(None) };
        let standing = viewer.map(|me| store::groups::standing(c, group.id, me, now)).transpose()?;
        let banned = viewer.filter(|_| standing.is_some_and(|who| who.banned || who.hushed.is_some()));
        let (mut found, next) = listing::page(c, Scope::Group(group.id), order, viewer, after)?;
        let mut pinned = Vec::new();
        if after.is_none() {
            let ids = posts::list(c, List::Featured(group.id), viewer, Page::first(listing::THREADS))?;
            found.retain(|thread| !ids.contains(&thread.post));
            pinned = threads::among(c, &ids)?;
        }
        let pulse = store::pulses::of(c, &[group.id])?.remove(&group.id).unwrap_or(Pulse::Still);
        let is_first = after.is_none() && group.is_local();
        let staff = store::groups::attending(c, group.id)?;
        let people: Vec<_> = staff.iter().map(|member| member.person).collect();
        let people = store::actors::by_ids(c, &people)?;
        let people: Vec<Actor> = people.into_iter().filter(|person| person.deleted.is_none()).collect();
        let mut known = cards::faces(c, site, &people)?;
        let sieve = Sieve::of(c, viewer, filter::Place::Public, now)?;
        let (pinned, threads) = (listing::hydrate(c, &sieve, pinned)?, listing::hydrate(c, &sieve, found)?);
        Ok(Some(Self {
            rules,
            followers: store::follows::count_followers(c, group.id)?,
            members: store::groups::count_members(c, group.id)?,
            members_here: store::groups::count_members_here(c, group.id)?,
            pulse,
            staff: staff.into_iter().filter_map(|member| Some((member.role, known.remove(&member.person)?))).collect(),
            pinned,
            threads,
            next,
            charter: store::charters::of(c, group.id)?,
            bylaws: store::bylaws::of(c, group.id)?,
            moved: cards::moved(c, site, group.id)?,
            palette: app::view::palette(c, [group])?,
            pace: app::paces::of(c, (group.id, None), viewer)?,
            level: viewer.map(|me| told(c, me, group.id)).transpose()?,
            portion: viewer.map(|me| store::portions::of(c, me, group.id)).transpose()?.flatten(),
            ban: match banned {
                Some(me) => Banned::of(c, group.id, me, now)?,
                None => None,
            },
            usual: store::pulses::usual(c, group.id)?,
            waits: match viewer.filter(|_| standing.is_some_and(|who| who.waiting == Some(MemberState::Pending))) {
                Some(me) => waited(c, group.id, me, now)?,
                None => None,
            },
            others: if is_first { alternatives(c, group, pulse, now)? } else { Vec::new() },
            standing,
        }))
    }
}

/// The page of the community `group`.
pub(crate) async fn page(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    group: Actor,
    asked: &Asked,
) -> Result<HttpResponse> {
    let (order, after, viewer, now) = (asked.order(), asked.after(), visit.viewer(), app.now());
    let site = app.site().clone();
    let held =
        app.read(move |c| Ok(Held::read(c, &site, &group, (order, after), viewer, now)?.map(|held| (group, held))));
    let (group, held) = held.await?.ok_or(app::Error::NotFound)?;
    let page = describe(app, visit, &group, &held, order, after.is_none());
    Ok(answer::page(request, StatusCode::OK, visit.keep(), &page))
}

fn describe(app: &App, visit: &Visit, group: &Actor, held: &Held, order: Order, is_first: bool) -> Community {
    let (site, t, now) = (app.site(), visit.language, app.now());
    let face = Face::painted(site, group, &held.palette);
    let is_private = held.rules.visibility == Visibility::Private;
    let is_closed = is_private && !held.standing.is_some_and(|standing| standing.is_member());
    let title = face.name.clone();
    let mut frame = if group.indexable && !is_private && is_first && order == Order::Active {
        Frame::public(visit, title, group.uri.clone())
    } else {
        Frame::private(visit, title)
    };
    frame.document = Some(group.uri.clone());
    frame.kind = "profile";
    frame.colour = held.charter.as_ref().and_then(|charter| charter.colour).map(assets::colour);
    let feed = (!is_closed && group.is_local()).then(|| desk::page(subscribe::PATH, group.id));
    if !is_private {
        frame.feeds(&group.uri);
    }
    let is_new = !held.standing.is_some_and(|standing| standing.is_member());
    let summary = html::excerpt(&group.summary, DESCRIPTION);
    if !summary.is_empty() {
        frame.description = summary;
    }
    let asks = held.charter.as_ref().is_some_and(|charter| !charter.questions.is_empty());
    let rows = held.pinned.iter().chain(&held.threads).filter_map(|listed| Row::new(app, t, listed)).collect();
    if let Some(own) = Emblem::of_actor(site, group) {
        frame.picture = Some(own);
    }
    // Groups elsewhere have their door there.
    let door = if group.is_local() { desk::page(entrance::APPLY, group.id) } else { frame.login.clone() };
    let laws = held.bylaws.as_ref().and_then(|bylaws| Laws::new(t, group, bylaws, is_new, now));
    Community {
        cover: site.portrait(group, Portrait::Image),
        moved: held.moved.clone(),
        vital: directory::vital(t, group, held.pulse, now),
        is_closed,
        first_lines: first_lines(&group.summary),
        summary: held.palette.paint(site, group.peer, &html::sanitize(&group.summary)),
        visibility: if held.rules.hidden { t.hidden_to_others() } else { visibility(t, held.rules.visibility) },
        is_private,
        leaves: leaves(t, held.rules),
        joining: joining(t, held.rules, &face.handle),
        by_invitation: held.rules.joining == Joining::Invite,
        by_request: held.rules.joining == Joining::Approval,
        members: held.members,
        homes: (held.members > held.members_here)
            .then(|| t.members_homes(held.members_here, held.members - held.members_here)),
        followers: held.followers,
        follower_list: held
            .standing
            .filter(|standing| group.is_local() && policy::moderate(standing).is_ok())
            .map(|_| members::followers(group.id)),
        waiting: held.waits.map(|(since, usual)| waiting(t, (now, since), usual)),
        usual: held.usual.filter(|_| group.is_local() && !is_closed).map(|usual| t.answered_within(t.lasting(usual))),
        others: held
            .others
            .iter()
            .map(|(other, pulse)| (Face::new(site, other), directory::vital(t, other, *pulse, now)))
            .collect(),
        out: held.ban.as_ref().map(|ban| ban.said(app, t)),
        team: held.staff.iter().map(|(role, face)| Host { face: face.clone(), role: called(t, *role) }).collect(),
        sorts: listing::sorts(t, &group.uri, order),
        pace: paces::said(t, held.pace, now),
        rule: listing::rule(t, order),
        rows,
        more: held.next.map(|next| listing::address(&group.uri, order, Some(next))),
        feed,
        laws: if is_closed { laws.map(|laws| laws.before(door.clone())) } else { laws },
        door,
        log: (!is_closed).then(|| urls::sheet(&group.uri, Sheet::Log)),
        told: visit.resident().and(held.level).filter(|_| !is_closed).map(|level| Told::of_group(t, group.id, level)),
        portions: held
            .standing
            .filter(|standing| standing.follows && group.is_local() && !is_private)
            .map(|_| Portions::of(t, held.portion, visit.guest().is_some())),
        tie: held.standing.map(|standing| {
            let tie = tie(t, group, (held.rules, asks), standing);
            match visit.guest() {
                Some(handle) => tie.of_guest(handle, group, (held.rules, standing)),
                None => tie,
            }
        }),
        purpose: held.charter.as_ref().map(|charter| charters::named(t, charter.purpose).0),
        about: held
            .charter
            .as_ref()
            .map(|charter| themes::links(t, site, &charter.themes, &charter.topics))
            .unwrap_or_default(),
        id: group.id.0,
        write: urls::asking(compose::PATH, &[("group", &group.id.to_string())]),
        elsewhere: elsewhere::address(&group.uri, "follow"),
        frame,
        face,
    }
}

/// How a long text about a community begins.
fn first_lines(summary: &str) -> Option<String> {
    let is_long = html::to_text(summary).chars().count() > LONG;
    is_long.then(|| html::excerpt(summary, FIRST_LINES))
}

/// Since when somebody waits to be taken in, and how long that usually takes.
fn waited(
    c: &mut Conn,
    group: ActorId,
    me: ActorId,
    now: Timestamp,
) -> store::Result<Option<(Timestamp, Option<Duration>)>> {
    let Some(asked) = store::groups::membership(c, group, me)? else { return Ok(None) };
    Ok(Some((asked.since, app::waits::usual(c, group, now)?)))
}

/// The same in words.
fn waiting(t: Language, (now, since): (Timestamp, Timestamp), usual: Option<Duration>) -> String {
    let asked = t.asked_to_join(t.ago(now, since));
    usual.map_or_else(|| asked.clone(), |usual| format!("{asked} {}", t.joining_takes(t.lasting(usual))))
}

/// How much somebody wants to be told of a community: what they said, here or by the bell of a client.
fn told(c: &mut Conn, me: ActorId, group: ActorId) -> store::Result<Level> {
    if let Some(said) = store::levels::of_group(c, me, group)? {
        return Ok(said);
    }
    let rings = store::follows::wishes(c, me, group)?.notify;
    Ok(if rings { Level::All } else { Level::Mine })
}

fn tie(t: Language, group: &Actor, (rules, asks): (GroupRules, bool), standing: Standing) -> Tie {
    Tie {
        role: standing.role.map(|role| called(t, role)),
        is_owner: standing.role == Some(Role::Owner),
        waits: standing.waiting == Some(MemberState::Pending),
        is_invited: standing.waiting == Some(MemberState::Invited),
        may_write: policy::post(&rules, &standing, Place::Thread, Duration::ZERO).is_ok(),
        is_invite_only: policy::join(&rules, &standing).is_err(),
        writes_elsewhere: false,
        follows_elsewhere: false,
        follow: None,
        desk: desk::way(group, standing),
        first_steps: (group.is_local() && policy::manage(&standing).is_ok()).then(|| setup::welcome_page(group)),
        apply: (rules.joining == Joining::Approval && asks).then(|| desk::page(entrance::APPLY, group.id)),
    }
}

/// Who reads and who writes, in words.
pub(crate) fn visibility(t: Language, visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => t.open_to_all(),
        Visibility::Restricted => t.members_write(),
        Visibility::Private => t.members_only(),
    }
}

/// What leaves this server, in words.
fn leaves(t: Language, rules: GroupRules) -> &'static str {
    match (rules.visibility, rules.reach) {
        (Visibility::Private, Reach::Home) => t.leaves_nothing(),
        (Visibility::Private, Reach::Trusted) => t.leaves_to_members(),
        (Visibility::Public | Visibility::Restricted, _) => t.leaves_to_all(),
    }
}

/// How one becomes a member, in words, where that makes a difference.
fn joining(t: Language, rules: GroupRules, handle: &str) -> Option<String> {
    match (rules.joining, rules.visibility) {
        (Joining::Invite, _) => Some(t.invite_only().to_owned()),
        (Joining::Open, Visibility::Public) => None,
        (Joining::Open, _) => Some(t.follow_to_join(handle)),
        (Joining::Approval, _) => Some(t.ask_to_join(handle)),
    }
}

/// A role as people call it.
pub(crate) fn called(t: Language, role: Role) -> &'static str {
    match role {
        Role::Member => t.role_member(),
        Role::Expert => t.role_expert(),
        Role::Moderator => t.role_moderator(),
        Role::Leader => t.role_leader(),
        Role::Owner => t.role_owner(),
    }
}
