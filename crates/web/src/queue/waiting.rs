//! What waits, as the page of the queue shows it, and who sees to it.
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use app::{App, Me, Result, nudges, second_step, similar::Similar, statements::Case, view::PostView};
use domain::{
    actor::Actor,
    bylaw::Bylaws,
    claim::Item,
    id::{ActorId, PostId, StatementId},
    imprint::HouseRule,
    post::{Audience, Post},
    report::Report,
    time::{Timestamp, span},
    urls::Site,
};
use store::{Conn, pasts::Past, relations, timelines};

use super::{Asked, Known, past};
use crate::{
    admin, bylaws,
    cards::{self, Card, Face, Faces},
    care,
    forms::{Choice, Field},
    language::Language,
    statements::{Told, decider},
    threads::Near,
};

/// How many requests a page shows.
const REQUESTS: i64 = 50;
/// How many conversations that nobody answered, and how long it makes sense to answer.
const UNHEARD: i64 = 20;
const TOO_LATE: Duration = span::days(30);

/// Who sees to something.
pub(crate) struct Claim {
    /// What it is called in forms, and on the page.
    pub(crate) item: String,
    pub(crate) holder: Option<Face>,
    pub(crate) is_mine: bool,
}

/// Somebody who wants to join.
pub(crate) struct Request {
    pub(crate) claim: Claim,
    pub(crate) face: Face,
    pub(crate) group: Face,
    pub(crate) person_id: i64,
    pub(crate) group_id: i64,
    /// What the community asked, and what they answered.
    pub(crate) answers: Vec<(String, String)>,
    /// Since when they wait.
    pub(crate) when: Option<String>,
    pub(crate) known: Vec<Known>,
}

/// A post that waits.
pub(crate) struct Held {
    pub(crate) claim: Claim,
    pub(crate) card: Card,
    pub(crate) group: Face,
    pub(crate) because: &'static str,
    pub(crate) when: String,
    /// Which rule it breaks, to be chosen if there are any.
    pub(crate) rules: Option<Field>,
    pub(crate) known: Vec<Known>,
    /// Conversations that are likely to be about the same.
    pub(crate) similar: Vec<Near>,
}

/// A report that waits.
pub(crate) struct Complaint {
    pub(crate) claim: Claim,
    pub(crate) id: i64,
    pub(crate) by: Face,
    pub(crate) about: Face,
    pub(crate) group: Option<Face>,
    pub(crate) category: &'static str,
    /// The rules that are broken, as whoever reports it sees it: one of the community, and those of the house.
    pub(crate) rules: Vec<String>,
    /// The one of the community, as forms name it.
    pub(crate) cited: String,
    pub(crate) comment: String,
    pub(crate) when: String,
    /// What is reported, and whether whoever looks may do something about it.
    pub(crate) cards: Vec<(Card, bool)>,
    /// Where those are opened of what is reported that only members read, and whoever looks is none.
    pub(crate) closed: Vec<String>,
    /// Where whoever administers this site decides about the person.
    pub(crate) person: Option<String>,
    /// Who is reported, and who reports.
    pub(crate) known: Vec<Known>,
    pub(crate) similar: Vec<Near>,
}

/// An appeal that waits.
pub(crate) struct Appeal {
    pub(crate) claim: Claim,
    pub(crate) id: i64,
    pub(crate) by: Face,
    pub(crate) group: Face,
    pub(crate) told: Told,
    pub(crate) text: String,
    pub(crate) when: String,
    /// Whether I had reported what it is about.
    pub(crate) is_reported_by_me: bool,
    /// Whether it is mine to decide: whoever took a measure does not, if there is somebody else.
    pub(crate) may: bool,
    pub(crate) known: Vec<Known>,
}

/// All that waits, as far as it is wanted.
pub(super) struct Waiting {
    /// The communities in which they keep order, or see to it that others are answered, by their titles.
    pub(super) groups: Vec<Choice>,
    /// Those of whose teams a second step is asked that they lack: of them nothing is shown.
    pub(super) resting: Vec<String>,
    /// On which servers those live about whom something waits.
    pub(super) servers: Vec<String>,
    pub(super) requests: Vec<Request>,
    pub(super) held: Vec<Held>,
    pub(super) complaints: Vec<Complaint>,
    pub(super) appeals: Vec<Appeal>,
    /// Conversations that nobody answered for a day, the oldest first.
    pub(super) unheard: Vec<Card>,
}

impl Waiting {
    pub(super) async fn of(app: &App, t: Language, me: Me, asked: &Asked) -> Result<Self> {
        let (site, now, wanted, similar) = (app.site().clone(), app.now(), asked.clone(), app.similar());
        let found = app.read(move |c| Found::read(c, &site, (me, now), &wanted, &similar)).await?;
        let mut groups: Vec<Choice> =
            found.groups.iter().chain(&found.helped).filter_map(|group| found.choice(*group)).collect();
        groups.sort_by(|a, b| a.label.cmp(&b.label));
        let unheard = found.unheard.iter().filter_map(|id| found.view(*id));
        let resting = found.resting.iter().filter_map(|group| Some(found.face(*group)?.name));
        Ok(Self {
            groups,
            resting: resting.collect(),
            servers: found.servers(),
            requests: found.asking.iter().filter_map(|asking| found.request(t, *asking, asked)).collect(),
            held: found.held.iter().filter_map(|held| found.held(app, t, held, asked)).collect(),
            complaints: found.reports.iter().filter_map(|report| found.complaint(app, t, report, asked)).collect(),
            appeals: found.appeals.iter().filter_map(|appeal| found.appeal(app, t, appeal, asked)).collect(),
            unheard: unheard.map(|view| Card::new(app, t, view)).collect(),
        })
    }
}

/// What was read for it: what several kinds have in common is asked once for all of them.
struct Found {
    me: ActorId,
    now: Timestamp,
    is_admin: bool,
    groups: Vec<ActorId>,
    /// The groups in which they see to it that others are answered, and keep no order.
    helped: Vec<ActorId>,
    resting: Vec<ActorId>,
    asking: Vec<(ActorId, ActorId)>,
    /// What those who ask to join a group were asked, and what they answered.
    answers: Answers,
    /// Since when they wait.
    since: HashMap<(ActorId, ActorId), Timestamp>,
    /// What those were in the group until now about whom something waits there, by group and person.
    pasts: HashMap<(ActorId, ActorId), Past>,
    /// Conversations that are likely to be about the same as one that waits.
    similar: HashMap<PostId, Vec<(Post, Actor)>>,
    held: Vec<store::held::Held>,
    reports: Vec<Report>,
    appeals: Vec<(Case, bool)>,
    /// The measures among those against which somebody appeals that whoever looks had asked for by a report.
    reported: HashSet<StatementId>,
    unheard: Vec<PostId>,
    posts: HashMap<PostId, PostView>,
    /// Those of them that whoever looks may see.
    seen: HashSet<PostId>,
    claims: Vec<(Item, ActorId)>,
    people: Vec<Actor>,
    faces: Faces,
    bylaws: Vec<(ActorId, Bylaws)>,
    house: Vec<HouseRule>,
}

impl Found {
    fn read(
        c: &mut Conn,
        site: &Site,
        (me, now): (Me, Timestamp),
        asked: &Asked,
        similar: &Similar,
    ) -> store::Result<Self> {
        let mut groups = store::groups::moderated_by(c, me.0)?;
        let resting = second_step::lacking(c, me, &groups)?;
        groups.retain(|group| !resting.contains(group));
        let helped = store::groups::attended_by(c, me.0)?;
        let is_wanted = |group: &ActorId| asked.group().is_none_or(|wanted| *group == wanted);
        let within: Vec<ActorId> = groups.iter().copied().filter(is_wanted).collect();
        let attended: Vec<ActorId> = groups.iter().chain(&helped).copied().filter(is_wanted).collect();
        let (asking, answers) =
            if asked.wants("request") { requests(c, &within)? } else { (Vec::new(), Answers::new()) };
        let held = if asked.wants("held") { app::held::waiting(c, me, &groups)? } else { Vec::new() };
        let mut reports = if asked.wants("report") { app::reports::waiting(c, me)? } else { Vec::new() };
        reports.retain(|report| report.group.is_none_or(|group| !resting.contains(&group)));
        let mut appeals = if asked.wants("appeal") { app::appeals::waiting(c, site, me, now)? } else { Vec::new() };
        appeals.retain(|(case, _)| !resting.contains(&case.group.id));
        let span = (now - TOO_LATE, now - nudges::PATIENCE);
        let wants_unheard = asked.wants("unheard") && asked.who.is_empty();
        let unheard =
            if wants_unheard { store::threads::unheard(c, &attended, me.0, span, UNHEARD)? } else { Vec::new() };
        let of_reports = || reports.iter().flat_map(|report| report.posts.iter().copied());
        let mut ids: Vec<PostId> = held.iter().map(|held| held.post).chain(of_reports()).collect();
        ids.extend(&unheard);
        ids.sort_unstable();
        ids.dedup();
        let seen = timelines::visible_among(c, &ids, Some(me.0))?;
        let posts = store::posts::by_ids(c, &ids)?;
        let posts: HashMap<PostId, PostView> =
            app::view::posts(c, posts)?.into_iter().map(|view| (view.post.id, view)).collect();
        let alike = alike(c, similar, held.iter().map(|held| held.post).chain(of_reports()), &posts)?;
        let known = pasts(c, &asking, &held, &reports, &appeals, &posts)?;
        let since = since(c, &asking)?;
        let items = asking.iter().map(|(person, group)| Item::Request { group: *group, person: *person });
        let items = items.chain(held.iter().map(|held| Item::Held(held.post)));
        let items = items.chain(reports.iter().map(|report| Item::Report(report.id)));
        let items = items.chain(appeals.iter().map(|(case, _)| Item::Appeal(case.statement.id)));
        let claims = store::claims::held(c, &items.collect::<Vec<_>>(), now)?;
        let mut people: Vec<ActorId> = groups.iter().chain(&resting).chain(&helped).copied().collect();
        people.extend(asking.iter().map(|(person, _)| *person));
        people
            .extend(reports.iter().flat_map(|report| [report.reporter, report.target].into_iter().chain(report.group)));
        people.extend(appeals.iter().map(|(case, _)| case.person.id));
        people.extend(claims.iter().map(|(_, by)| *by));
        people.sort_unstable();
        people.dedup();
        let people = store::actors::by_ids(c, &people)?;
        let ruled: Vec<ActorId> =
            held.iter().map(|held| held.group).chain(reports.iter().filter_map(|r| r.group)).collect();
        let named: Vec<_> = reports.iter().flat_map(|report| report.rules.iter().copied()).collect();
        Ok(Self {
            me: me.0,
            now,
            since,
            pasts: known,
            similar: alike,
            is_admin: store::accounts::is_admin(c, me.0)?,
            groups,
            helped,
            resting,
            asking,
            answers,
            unheard,
            posts,
            seen,
            claims,
            faces: cards::faces(c, site, &people)?,
            people,
            bylaws: store::bylaws::all(c, &ruled)?,
            house: store::imprint::rules_by_ids(c, &named)?,
            held,
            reports,
            reported: past::reported(c, me, &appeals)?,
            appeals,
        })
    }

    fn face(&self, id: ActorId) -> Option<Face> {
        self.faces.get(&id).cloned()
    }

    fn view(&self, id: PostId) -> Option<&PostView> {
        self.posts.get(&id)
    }

    /// Whether whoever looks keeps order where a post stands, and sees it.
    fn may_moderate(&self, view: &PostView) -> bool {
        let keeps = |group: ActorId| self.is_admin || self.groups.contains(&group);
        self.seen.contains(&view.post.id) && view.post.group.is_some_and(keeps)
    }

    fn choice(&self, group: ActorId) -> Option<Choice> {
        let group = self.people.iter().find(|actor| actor.id == group)?;
        Some(Choice::new(group.id.to_string(), &group.title, ""))
    }

    /// On which servers those live about whom something waits, here first.
    fn servers(&self) -> Vec<String> {
        let waiting = self.asking.iter().map(|(person, _)| *person);
        let waiting = waiting.chain(self.reports.iter().map(|report| report.target));
        let waiting = waiting.chain(self.appeals.iter().map(|(case, _)| case.person.id));
        let known = waiting.filter_map(|id| self.person(id)).map(|actor| (!actor.is_local(), actor.host.clone()));
        let held = self.held.iter().filter_map(|held| self.view(held.post));
        let held = held.map(|view| (!view.author.is_local(), view.author.host.clone()));
        let all: BTreeSet<(bool, String)> = known.chain(held).collect();
        all.into_iter().map(|(_, host)| host).collect()
    }

    fn person(&self, id: ActorId) -> Option<&Actor> {
        self.people.iter().find(|actor| actor.id == id)
    }

    /// What the team of a group knows of somebody.
    fn known(&self, t: Language, group: ActorId, person: &Actor, face: Face) -> Known {
        Known::new(t, face, person, self.pasts.get(&(group, person.id)))
    }

    /// Conversations that are likely to be about the same as a post.
    fn near(&self, app: &App, t: Language, post: PostId) -> Vec<Near> {
        let found = self.similar.get(&post).into_iter().flatten();
        found.map(|(thread, author)| Near::new(app, t, thread, author)).collect()
    }

    /// Who sees to something of a group that concerns somebody and waits since then, if that is wanted.
    fn claim(
        &self,
        item: Item,
        group: Option<ActorId>,
        (person, since): (Option<&Actor>, Timestamp),
        asked: &Asked,
    ) -> Option<Claim> {
        let server = person.map_or("", |person| person.host.as_str());
        if !asked.covers(server, since, self.now) {
            return None;
        }
        let holder = self.claims.iter().find(|(held, _)| *held == item).map(|(_, by)| *by);
        let holder_face = holder.and_then(|by| self.face(by));
        let claim = Claim { item: item.to_string(), holder: holder_face, is_mine: holder == Some(self.me) };
        asked.admits(group, &claim).then_some(claim)
    }

    fn request(&self, t: Language, (person, group): (ActorId, ActorId), asked: &Asked) -> Option<Request> {
        let (actor, since) = (self.person(person)?, self.since.get(&(person, group)).copied());
        let concerns = (Some(actor), since.unwrap_or(self.now));
        Some(Request {
            claim: self.claim(Item::Request { group, person }, Some(group), concerns, asked)?,
            when: since.map(|since| t.ago(self.now, since)),
            known: vec![self.known(t, group, actor, self.face(person)?)],
            face: self.face(person)?,
            group: self.face(group)?,
            person_id: person.0,
            group_id: group.0,
            answers: self.answers.get(&(person, group)).cloned().unwrap_or_default(),
        })
    }

    fn held(&self, app: &App, t: Language, held: &store::held::Held, asked: &Asked) -> Option<Held> {
        let view = self.view(held.post)?;
        let own = self.bylaws.iter().filter(|(group, _)| *group == held.group).map(|(_, bylaws)| bylaws);
        Some(Held {
            claim: self.claim(Item::Held(held.post), Some(held.group), (Some(&*view.author), held.since), asked)?,
            known: vec![self.known(
                t,
                held.group,
                &view.author,
                Face::painted(app.site(), &view.author, &view.palette),
            )],
            similar: self.near(app, t, held.post),
            card: Card::new(app, t, view),
            group: Face::painted(app.site(), view.group.as_deref()?, &view.palette),
            because: crate::held::because(t, held.doubt),
            when: t.ago(app.now(), held.since),
            rules: bylaws::field(t, own.max_by_key(|bylaws| bylaws.version)),
        })
    }

    fn complaint(&self, app: &App, t: Language, report: &Report, asked: &Asked) -> Option<Complaint> {
        let named = report.posts.iter().filter_map(|id| self.view(*id));
        let is_closed =
            |view: &&PostView| view.post.audience == Audience::Members && !self.seen.contains(&view.post.id);
        let (closed, named): (Vec<_>, Vec<_>) = named.partition(is_closed);
        let cited = report.group.zip(report.bylaw);
        let cited = cited.and_then(|(group, cited)| bylaws::named(t, &self.bylaws, group, cited));
        let of_house = self.house.iter().filter(|rule| report.rules.contains(&rule.id));
        let of_house = of_house.filter_map(|rule| rule.said(t.tag()).map(|said| said.text.clone()));
        let concerns = (self.person(report.target), report.created);
        let both = [report.target, report.reporter].into_iter().filter_map(|id| self.person(id).zip(self.face(id)));
        let both = both.filter(|(actor, _)| !actor.is_group());
        let known = both.filter_map(|(actor, face)| Some(self.known(t, report.group?, actor, face)));
        Some(Complaint {
            known: known.collect(),
            similar: report.posts.first().map(|post| self.near(app, t, *post)).unwrap_or_default(),
            claim: self.claim(Item::Report(report.id), report.group, concerns, asked)?,
            id: report.id.0,
            by: self.face(report.reporter)?,
            about: self.face(report.target)?,
            group: report.group.and_then(|group| self.face(group)),
            category: care::report::named(t, report.category),
            rules: cited.into_iter().chain(of_house).collect(),
            cited: report.bylaw.map(|cited| cited.to_string()).unwrap_or_default(),
            comment: report.comment.clone(),
            when: t.ago(app.now(), report.created),
            cards: named.into_iter().map(|view| (Card::new(app, t, view), self.may_moderate(view))).collect(),
            closed: closed.iter().map(|view| admin::openings::address(&Card::new(app, t, view).page)).collect(),
            person: self.is_admin.then(|| admin::person::address(report.target)),
        })
    }

    fn appeal(&self, app: &App, t: Language, (case, may): &(Case, bool), asked: &Asked) -> Option<Appeal> {
        let said = case.appeal.as_ref()?;
        let concerns = (Some(&case.person), said.created);
        Some(Appeal {
            known: vec![self.known(t, case.group.id, &case.person, self.face(case.person.id)?)],
            claim: self.claim(Item::Appeal(case.statement.id), Some(case.group.id), concerns, asked)?,
            id: case.statement.id.0,
            by: self.face(case.person.id)?,
            group: decider(app, case),
            told: Told::new(t, case),
            text: said.text.clone(),
            when: t.ago(app.now(), said.created),
            is_reported_by_me: self.reported.contains(&case.statement.id),
            may: *may,
        })
    }
}

/// For how many posts others are looked for that are likely to be about the same: for what is seen to next, since a long queue costs
/// no more than a short one.
const COMPARED: usize = 1;

/// Conversations that are likely to be about the same as the first of these that are conversations themselves.
fn alike(
    c: &mut Conn,
    similar: &Similar,
    waiting: impl Iterator<Item = PostId>,
    posts: &HashMap<PostId, PostView>,
) -> store::Result<HashMap<PostId, Vec<(Post, Actor)>>> {
    let mut found = HashMap::new();
    let threads = waiting.filter_map(|id| posts.get(&id)).filter(|view| view.post.is_thread());
    for view in threads.take(COMPARED) {
        let mut near = similar.to(c, &view.post)?;
        near.retain(|(post, _)| post.id != view.post.id);
        found.insert(view.post.id, near);
    }
    Ok(found)
}

/// Since when those wait who ask to join.
fn since(c: &mut Conn, asking: &[(ActorId, ActorId)]) -> store::Result<HashMap<(ActorId, ActorId), Timestamp>> {
    let (people, groups): (Vec<ActorId>, Vec<ActorId>) = asking.iter().copied().unzip();
    let found = relations::waiting_since(c, &people, &groups)?;
    Ok(found.into_iter().map(|(person, group, at)| ((person, group), at)).collect())
}

/// What those were until now in the group about whom something waits there.
fn pasts(
    c: &mut Conn,
    asking: &[(ActorId, ActorId)],
    held: &[store::held::Held],
    reports: &[Report],
    appeals: &[(Case, bool)],
    posts: &HashMap<PostId, PostView>,
) -> store::Result<HashMap<(ActorId, ActorId), Past>> {
    let mut concerned: BTreeSet<(ActorId, ActorId)> = asking.iter().map(|(person, group)| (*group, *person)).collect();
    concerned.extend(held.iter().filter_map(|held| Some((held.group, posts.get(&held.post)?.author.id))));
    concerned.extend(appeals.iter().map(|(case, _)| (case.group.id, case.person.id)));
    for report in reports {
        concerned.extend(report.group.into_iter().flat_map(|group| [(group, report.target), (group, report.reporter)]));
    }
    let groups: BTreeSet<ActorId> = concerned.iter().map(|(group, _)| *group).collect();
    let people: BTreeSet<ActorId> = concerned.iter().map(|(_, person)| *person).collect();
    let (groups, people): (Vec<ActorId>, Vec<ActorId>) = (groups.into_iter().collect(), people.into_iter().collect());
    store::pasts::of(c, &groups, &people)
}

/// What each of those who ask to join was asked, and answered.
type Answers = HashMap<(ActorId, ActorId), Vec<(String, String)>>;

/// Who asks to join which of these groups, and what they answered to what it asked them.
fn requests(c: &mut Conn, groups: &[ActorId]) -> store::Result<(Vec<(ActorId, ActorId)>, Answers)> {
    let people = relations::waiting_for(c, groups, i64::MAX, 0, REQUESTS)?;
    if people.is_empty() {
        return Ok((Vec::new(), Answers::new()));
    }
    let (pairs, questions) = (relations::waiting_among(c, &people, groups)?, store::charters::questions_of(c, groups)?);
    let mut told = HashMap::new();
    for (group, person, answers) in store::gates::answers(c, groups, &people)? {
        let questions = questions.get(&group).cloned().unwrap_or_default();
        told.insert((person, group), questions.into_iter().zip(answers).collect());
    }
    Ok((pairs, told))
}
