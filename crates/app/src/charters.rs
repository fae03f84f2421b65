//! Communities created by whoever may, and what they say of themselves: purpose, looks, who reads, writes and joins.
use std::{collections::HashSet, sync::Arc, time::Duration};

use domain::{
    actor::Actor,
    charter::{Charter, Colour, Founders},
    group::{GroupRules, Joining, Reach, Visibility},
    id::ActorId,
    policy,
    text::{hashtag, html, language, markdown, plain},
    theme::THEMES,
};
use store::Conn;

use crate::{
    App, Error, Event, House, Me, Part, Result, Tx,
    groups::{self, NewGroup},
    hosts, members, people,
    roll::{self, Entry},
    rules,
};

/// The longest text of what a community is for, in characters.
pub const PURPOSE: usize = 2_000;
/// The longest welcome, in characters.
pub const WELCOME: usize = 1_000;
/// How many questions those answer who want to join, and the longest.
pub const QUESTIONS: usize = 5;
const QUESTION: usize = 300;
/// How many topics a community may name beside its themes.
pub const TOPICS: usize = 5;
/// How many languages a community may name.
const LANGUAGES: usize = 12;

/// Under which word the server remembers who may create communities.
const FOUNDERS: &str = "founders";

/// Who may create communities here.
pub async fn founders(app: &App) -> Result<Founders> {
    app.read(read_founders).await
}

fn read_founders(conn: &mut Conn) -> store::Result<Founders> {
    let word = store::settings::get(conn, FOUNDERS)?;
    Ok(word.and_then(|word| word.parse().ok()).unwrap_or(Founders::Everybody))
}

/// Says who may create communities here.
pub async fn set_founders(app: &App, me: Me, founders: Founders) -> Result<()> {
    app.write(move |tx| {
        policy::administer(&rules::standing(tx, me)?)?;
        store::settings::set(tx, FOUNDERS, founders.as_str())?;
        tx.emit(Event::House(House::Changed { by: me.0, what: Part::Founders, about: founders.to_string() }));
        Ok(())
    })
    .await
}

/// Whether I may create communities here.
pub async fn may_found(app: &App, me: Me) -> Result<bool> {
    app.read(move |c| Ok(policy::found(read_founders(c)?, store::accounts::is_admin(c, me.0)?).is_ok())).await
}

/// A community here, as those see it who run the server.
#[derive(Debug, Clone)]
pub struct Community {
    /// The group.
    pub group: Actor,
    /// Who reads and who writes.
    pub visibility: Visibility,
    /// How many members it has.
    pub members: i64,
    /// Who owns it.
    pub owners: Vec<Actor>,
    /// Whether none of them can see to it any more.
    pub is_orphan: bool,
    /// Whether it is suspended.
    pub is_suspended: bool,
}

/// A page of the communities here, the newest first; for admins.
pub async fn all(app: &App, me: Me, before: Option<ActorId>, limit: i64) -> Result<Vec<Community>> {
    rules::read_as_admin(app, me, move |c| {
        let groups = store::actors::page_of_groups(c, before, limit)?;
        let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
        let (rules, members) = (store::groups::rules_of(c, &ids)?, store::groups::member_counts(c, &ids)?);
        let owned = store::groups::owners(c, &ids)?;
        let mut people: Vec<ActorId> = owned.iter().map(|(_, person)| *person).collect();
        people.sort_unstable();
        people.dedup();
        let owners = roll::entries(c, &people)?;
        let community = |group: Actor| {
            let mine = |entry: &&Entry| owned.contains(&(group.id, entry.actor.id));
            let mine: Vec<&Entry> = owners.iter().filter(mine).collect();
            let rules = rules.iter().find(|rules| rules.id == group.id);
            Community {
                visibility: rules.map_or(Visibility::Public, |rules| rules.visibility),
                members: members.get(&group.id).copied().unwrap_or_default(),
                is_suspended: group.suspended,
                is_orphan: !mine.iter().any(|entry| entry.is_able()),
                owners: mine.into_iter().map(|entry| entry.actor.clone()).collect(),
                group,
            }
        };
        Ok(groups.into_iter().map(community).collect())
    })
    .await
}

/// Gives a community to one of its members, by their name; for admins.
pub async fn hand_over(app: &App, me: Me, group: ActorId, name: &str) -> Result<()> {
    // Whoever may not decide learns nothing of who is here.
    rules::read_as_admin(app, me, |_| Ok(())).await?;
    let heir = people::by_name(app, name.trim()).await?;
    members::hand_over(app, me, group, heir.id, false).await
}

/// Creates a community of mine.
pub async fn found(app: &App, me: Me, new: NewGroup, charter: Charter) -> Result<Actor> {
    let charter = Charter { source: plain::cut(&new.summary, PURPOSE), ..checked(charter)? };
    policy::settle(new.visibility, new.joining)?;
    if new.hidden {
        policy::hide(new.visibility, new.joining)?;
    }
    let prepared = groups::prepare(app, new).await?;
    let group = app
        .write(move |tx| {
            policy::found(read_founders(tx)?, store::accounts::is_admin(tx, me.0)?)?;
            let group = groups::found(tx, me.0, &prepared)?;
            store::charters::set(tx, group.id, &charter)?;
            Ok(group)
        })
        .await?;
    hosts::load(app).await?;
    Ok(group)
}

/// Everything that whoever leads a community decides about it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What it is called.
    pub title: String,
    /// What it says of itself; its `source` is what it is for.
    pub charter: Charter,
    /// Who reads and who writes.
    pub visibility: Visibility,
    /// How one becomes a member.
    pub joining: Joining,
    /// Whether only those who keep order start threads.
    pub moderators_only: bool,
    /// How far what is written in it may go if it is private.
    pub reach: Reach,
    /// Whether nobody learns of it who was not let in.
    pub hidden: bool,
}

/// A community here as whoever leads it finds it: itself, and what was decided about it.
pub async fn look(app: &App, me: Me, group: ActorId) -> Result<(Actor, Settings)> {
    let now = app.now();
    let found = app.read(move |c| {
        let actor = store::actors::by_id(c, group)?.filter(|actor| actor.is_local() && actor.deleted.is_none());
        let (Some(actor), Some(rules)) = (actor, store::groups::rules(c, group)?) else { return Ok(None) };
        let standing = store::groups::standing(c, group, me.0, now)?;
        if policy::know(&rules, &standing).is_err() {
            return Ok(None);
        }
        Ok(Some((actor, rules, standing, store::charters::of(c, group)?)))
    });
    let (actor, rules, standing, charter) = found.await?.ok_or(Error::NotFound)?;
    policy::manage(&standing)?;
    let told = || Charter { source: html::to_text(&actor.summary), ..Charter::default() };
    let (charter, title) = (charter.unwrap_or_else(told), actor.title.clone());
    let GroupRules { visibility, joining, moderators_only, reach, hidden, .. } = rules;
    Ok((actor, Settings { title, charter, visibility, joining, moderators_only, reach, hidden }))
}

/// How many follow a community without being its members, whom it would lose by becoming private.
pub async fn strangers(app: &App, group: ActorId) -> Result<i64> {
    app.read(move |c| store::follows::count_no_members(c, group)).await
}

/// Changes what was decided about a community. What stands in it stays for those it was written for.
pub async fn change(app: &App, me: Me, group: ActorId, new: Settings) -> Result<Actor> {
    let charter = checked(new.charter.clone())?;
    let title = plain::name(&new.title);
    if title.is_empty() {
        return Err(Error::Invalid("a group needs a title".into()));
    }
    app.write(move |tx| {
        let (mut actor, rules) = led(tx, me, group)?;
        let Settings { visibility, joining, moderators_only, reach, hidden, .. } = new;
        if hidden {
            policy::hide(visibility, joining)?;
        }
        if (visibility, joining) != (rules.visibility, rules.joining) {
            policy::settle(visibility, joining)?;
        }
        actor.title.clone_from(&title);
        actor.summary = html::sanitize(&markdown::render(&charter.source, |_| None, |_| None));
        actor.approves_followers = groups::approves(visibility, joining);
        actor.discoverable = visibility != Visibility::Private;
        actor.indexable = actor.discoverable;
        actor.updated = tx.now();
        if visibility == Visibility::Private && rules.visibility != Visibility::Private {
            tx.push_job(groups::PART, &group.to_string(), Duration::ZERO)?;
        }
        let rules = groups::reaching(tx, rules, me, reach)?;
        store::groups::set_rules(tx, &GroupRules { visibility, joining, moderators_only, hidden, ..rules })?;
        store::charters::set(tx, group, &charter)?;
        store::actors::upsert(tx, &actor)?;
        tx.emit(Event::ProfileChanged { actor: Arc::new(actor.clone()), by: me.0 });
        Ok(actor)
    })
    .await
}

/// A community here and its rules, if I may change them.
fn led(tx: &mut Tx<'_, '_>, me: Me, group: ActorId) -> Result<(Actor, GroupRules)> {
    let (rules, standing) = groups::named(tx, group, me.0)?;
    let actor = store::actors::by_id(tx, group)?.filter(|actor| actor.is_local() && actor.deleted.is_none());
    let actor = actor.ok_or(Error::NotFound)?;
    policy::manage(&standing)?;
    Ok((actor, rules))
}

/// A charter as it may be kept: its colour legible, its lists short.
fn checked(mut charter: Charter) -> Result<Charter> {
    if charter.colour.is_some_and(|colour: Colour| !colour.is_legible()) {
        return Err(Error::Invalid("white letters are not read on this colour".into()));
    }
    if charter.source.chars().count() > PURPOSE {
        return Err(Error::Invalid(format!("what it is for takes at most {PURPOSE} characters")));
    }
    charter.welcome = plain::cut(charter.welcome.trim(), WELCOME);
    charter.questions = charter
        .questions
        .iter()
        .map(|question| plain::line(question, QUESTION))
        .filter(|question| !question.is_empty())
        .take(QUESTIONS)
        .collect();
    charter.languages =
        charter.languages.iter().filter_map(|tag| language::normalize_tag(tag)).take(LANGUAGES).collect();
    charter.themes.sort_unstable();
    charter.themes.dedup();
    if charter.themes.len() > THEMES {
        return Err(Error::Invalid(format!("a community has at most {THEMES} themes")));
    }
    let mut seen = HashSet::new();
    let named = charter.topics.iter().map(|topic| topic.trim().trim_start_matches(['#', '＃']));
    let folded = named.filter(|topic| hashtag::is_tag(topic)).map(hashtag::fold);
    charter.topics = folded.filter(|topic| seen.insert(topic.clone())).take(TOPICS).collect();
    Ok(charter)
}
