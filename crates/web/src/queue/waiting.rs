//! What waits, as the page of the queue shows it, and who sees to it.
use std::{collections::HashMap, time::Duration};

use app::{App, Me, Result, appeals, reports, statements::Case, view::PostView};
use domain::{
    claim::Item,
    id::{ActorId, StatementId},
    report::Report,
    time::span,
};
use store::relations;

use super::Asked;
use crate::{
    bylaws,
    cards::{self, Card, Face, Faces},
    care,
    forms::Field,
    language::Language,
    statements::{Told, decider},
};

/// How many requests a page shows.
const REQUESTS: i64 = 50;
/// How many conversations that nobody answered, how long others had for that, and how long it makes sense to answer.
const UNHEARD: i64 = 20;
const PATIENCE: Duration = span::days(1);
const TOO_LATE: Duration = span::days(30);

/// Who sees to something.
#[derive(Clone)]
pub(crate) struct Claim {
    /// What it is called in forms, and on the page.
    pub(crate) item: String,
    pub(crate) holder: Option<Face>,
    pub(crate) is_mine: bool,
}

/// Who has what of these.
struct Holders {
    held: Vec<(Item, ActorId)>,
    faces: Faces,
    me: ActorId,
}

impl Holders {
    async fn of(app: &App, me: Me, items: Vec<Item>) -> Result<Self> {
        let (now, site) = (app.now(), app.site().clone());
        let (held, faces) = app
            .read(move |c| {
                let held = store::claims::held(c, &items, now)?;
                let people: Vec<ActorId> = held.iter().map(|(_, by)| *by).collect();
                Ok((held, cards::faces_of(c, &site, &people)?))
            })
            .await?;
        Ok(Self { held, faces, me: me.0 })
    }

    fn claim(&self, item: Item) -> Claim {
        let holder = self.held.iter().find(|(held, _)| *held == item).map(|(_, by)| *by);
        Claim {
            item: item.to_string(),
            holder: holder.and_then(|by| self.faces.get(&by).cloned()),
            is_mine: holder == Some(self.me),
        }
    }
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
    pub(crate) comment: String,
    pub(crate) when: String,
    pub(crate) cards: Vec<Card>,
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
    /// Whether it is mine to decide: whoever took a measure does not, if there is somebody else.
    pub(crate) may: bool,
}

pub(super) async fn requests(app: &App, me: Me, asked: &Asked) -> Result<Vec<Request>> {
    let (wanted, site) = (asked.group(), app.site().clone());
    let found = app.read(move |c| {
        let mut groups = store::groups::moderated_by(c, me.0)?;
        groups.retain(|group| wanted.is_none_or(|wanted| *group == wanted));
        let people = relations::waiting_for(c, &groups, i64::MAX, 0, REQUESTS)?;
        let pairs = relations::waiting_among(c, &people, &groups)?;
        let everybody: Vec<ActorId> = people.iter().chain(&groups).copied().collect();
        let mut told = HashMap::new();
        let questions = store::charters::questions_of(c, &groups)?;
        for (group, person, answers) in store::gates::answers(c, &groups, &people)? {
            let questions = questions.get(&group).cloned().unwrap_or_default();
            told.insert((person, group), questions.into_iter().zip(answers).collect::<Vec<_>>());
        }
        Ok((pairs, cards::faces_of(c, &site, &everybody)?, told))
    });
    let (pairs, faces, told) = found.await?;
    let item = |(person, group): (ActorId, ActorId)| Item::Request { group, person };
    let holders = Holders::of(app, me, pairs.iter().copied().map(item).collect()).await?;
    let face = |id: ActorId| faces.get(&id).cloned();
    let request = |(person, group): (ActorId, ActorId)| {
        let claim = holders.claim(item((person, group)));
        asked.admits(Some(group), &claim).then_some(())?;
        Some(Request {
            claim,
            face: face(person)?,
            group: face(group)?,
            person_id: person.0,
            group_id: group.0,
            answers: told.get(&(person, group)).cloned().unwrap_or_default(),
        })
    };
    Ok(pairs.into_iter().filter_map(request).collect())
}

pub(super) async fn held(app: &App, t: Language, me: Me, asked: &Asked) -> Result<Vec<Held>> {
    let waiting = app::held::open(app, me).await?;
    let item = |view: &PostView| Item::Held(view.post.id);
    let holders = Holders::of(app, me, waiting.iter().map(|(_, view)| item(view)).collect()).await?;
    let groups: Vec<ActorId> = waiting.iter().map(|(held, _)| held.group).collect();
    let rules = app.read(move |c| store::bylaws::all(c, &groups)).await?;
    let held = |(held, view): &(store::held::Held, PostView)| {
        let claim = holders.claim(item(view));
        asked.admits(Some(held.group), &claim).then_some(())?;
        let own = rules.iter().filter(|(group, _)| *group == held.group).map(|(_, bylaws)| bylaws);
        Some(Held {
            claim,
            card: Card::new(app, t, view),
            group: Face::painted(app.site(), view.group.as_deref()?, &view.palette),
            because: crate::held::because(t, held.doubt),
            when: t.ago(app.now(), held.since),
            rules: bylaws::field(t, own.max_by_key(|bylaws| bylaws.version)),
        })
    };
    Ok(waiting.iter().filter_map(held).collect())
}

pub(super) async fn complaints(app: &App, t: Language, me: Me, asked: &Asked) -> Result<Vec<Complaint>> {
    let open: Vec<Report> = reports::open(app, me).await?;
    let holders = Holders::of(app, me, open.iter().map(|report| Item::Report(report.id)).collect()).await?;
    let site = app.site().clone();
    let found = app.read(move |c| {
        let actors: Vec<ActorId> =
            open.iter().flat_map(|report| [report.reporter, report.target].into_iter().chain(report.group)).collect();
        let posts: Vec<_> = open.iter().flat_map(|report| report.posts.iter().copied()).collect();
        let posts = store::posts::by_ids(c, &posts)?;
        let groups: Vec<ActorId> = open.iter().filter(|r| r.bylaw.is_some()).filter_map(|r| r.group).collect();
        let rules = store::bylaws::all(c, &groups)?;
        let named: Vec<_> = open.iter().flat_map(|report| report.rules.iter().copied()).collect();
        let house = store::imprint::rules_by_ids(c, &named)?;
        Ok((cards::faces_of(c, &site, &actors)?, app::view::posts(c, posts)?, (rules, house), open))
    });
    let (faces, posts, (rules, house), open) = found.await?;
    let face = |id: ActorId| faces.get(&id).cloned();
    let complaint = |report: &Report| {
        let claim = holders.claim(Item::Report(report.id));
        let named = report.posts.iter().filter_map(|id| posts.iter().find(|view| view.post.id == *id));
        let cited = report.group.zip(report.bylaw);
        let cited = cited.and_then(|(group, cited)| bylaws::named(t, &rules, group, cited));
        let of_house = house.iter().filter(|rule| report.rules.contains(&rule.id));
        let of_house = of_house.filter_map(|rule| rule.said(t.tag()).map(|said| said.text.clone()));
        asked.admits(report.group, &claim).then_some(())?;
        Some(Complaint {
            claim,
            id: report.id.0,
            by: face(report.reporter)?,
            about: face(report.target)?,
            group: report.group.and_then(face),
            category: care::named(t, report.category),
            rules: cited.into_iter().chain(of_house).collect(),
            comment: report.comment.clone(),
            when: t.ago(app.now(), report.created),
            cards: named.map(|view| Card::new(app, t, view)).collect(),
        })
    };
    Ok(open.iter().filter_map(complaint).collect())
}

pub(super) async fn appeals(app: &App, t: Language, me: Me, asked: &Asked) -> Result<Vec<Appeal>> {
    let open = appeals::open(app, me).await?;
    let item = |id: StatementId| Item::Appeal(id);
    let people = cards::named(app, open.iter().map(|(case, _)| case.person.clone()).collect()).await?;
    let holders = Holders::of(app, me, open.iter().map(|(case, _)| item(case.statement.id)).collect()).await?;
    let appeal = |(case, may): &(Case, bool)| {
        let claim = holders.claim(item(case.statement.id));
        let said = case.appeal.as_ref()?;
        asked.admits(Some(case.group.id), &claim).then_some(())?;
        Some(Appeal {
            claim,
            id: case.statement.id.0,
            by: people.get(&case.person.id)?.clone(),
            group: decider(app, case),
            told: Told::new(t, case),
            text: said.text.clone(),
            when: t.ago(app.now(), said.created),
            may: *may,
        })
    };
    Ok(open.iter().filter_map(appeal).collect())
}

/// Conversations that nobody answered for a day, the oldest first.
pub(super) async fn unheard(app: &App, t: Language, me: Me, asked: &Asked) -> Result<Vec<Card>> {
    let (wanted, now) = (asked.group(), app.now());
    let views = app.read(move |c| {
        let mut groups = store::groups::moderated_by(c, me.0)?;
        groups.retain(|group| wanted.is_none_or(|wanted| *group == wanted));
        let ids = store::threads::unheard(c, &groups, me.0, (now - TOO_LATE, now - PATIENCE), UNHEARD)?;
        let found = store::posts::by_ids(c, &ids)?;
        app::view::posts(c, found)
    });
    Ok(views.await?.iter().map(|view| Card::new(app, t, view)).collect())
}
