//! Appeals: whoever a measure concerns may ask once that somebody else looks at it again.
use std::collections::{HashMap, hash_map::Entry};

use domain::{
    claim::Item,
    id::{ActorId, StatementId},
    policy,
    statement::{Appeal, Decision, Statement},
    text::{markdown, plain},
    time::Timestamp,
    urls::Site,
};

use crate::{
    App, Error, Event, Me, Result, Tx, claims, groups, instance,
    mail::Errand,
    messages, moderation,
    statements::{self, Case},
    tongues::Tongue,
};

/// The longest appeal, in characters.
pub const TEXT: usize = 3_000;
/// How many open appeals are shown at one time.
const PAGE: i64 = 100;

/// Appeals, as whoever knows the address of the statement.
pub async fn file(app: &App, entered: &str, text: String) -> Result<()> {
    let id = statements::named(app, entered)?;
    let text = plain::clean(&text, TEXT);
    if text.trim().is_empty() {
        return Err(Error::Invalid("an appeal says something".into()));
    }
    app.write(move |tx| {
        let statement = store::statements::by_id(tx, id)?.ok_or(Error::NotFound)?;
        let (before, now) = (store::statements::appeals(tx, &[id])?, tx.now());
        policy::appeal(&statement, !before.is_empty(), now)?;
        let group = statement.group;
        let appeal = Appeal { statement: id, group, text: text.clone(), created: now, decision: None };
        if store::statements::insert_appeal(tx, &appeal)? {
            tx.emit(Event::Appealed { statement: id, group, person: statement.person });
        }
        Ok(())
    })
    .await
}

/// The appeals I have to see to, the oldest first, each with whether I may decide it.
pub async fn open(app: &App, me: Me) -> Result<Vec<(Case, bool)>> {
    let (now, site) = (app.now(), app.site().clone());
    app.read(move |c| waiting(c, &site, me, now)).await
}

/// The same, for whoever has a connection at hand.
pub fn waiting(c: &mut store::Conn, site: &Site, me: Me, now: Timestamp) -> store::Result<Vec<(Case, bool)>> {
    let (mut groups, at_large) = (store::groups::moderated_by(c, me.0)?, groups::regard_at_large(c, me.0)?);
    if policy::administer(&at_large).is_ok() {
        groups.push(instance::voice(c, site)?);
    }
    let waiting = store::statements::open_appeals(c, &groups, PAGE)?;
    let ids: Vec<StatementId> = waiting.iter().map(|appeal| appeal.statement).collect();
    let told = store::statements::by_ids(c, &ids)?;
    let mut cases = statements::cases(c, told)?;
    cases.sort_by_key(|case| case.statement.id);
    let (mut judged, mut known) = (Vec::new(), HashMap::new());
    for case in cases {
        let (statement, group) = (&case.statement, case.group.id);
        // Asked once for each group, however many of its decisions wait.
        let (standing, able) = match known.entry(statement.group) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(place) => {
                let everywhere = statement.sanction.is_everywhere();
                let standing = if everywhere { at_large } else { store::groups::standing(c, group, me.0, now)? };
                place.insert((standing, deciders(c, statement.group)?))
            }
        };
        let may = policy::review(standing, me.0, statement, are_others(able, statement)).is_ok();
        judged.push((case, may));
    }
    Ok(judged)
}

/// Those with a login here who decide about measures of a group; about what holds on this whole server, its admins.
pub(crate) fn deciders(c: &mut store::Conn, group: ActorId) -> store::Result<Vec<ActorId>> {
    if !store::actors::by_id(c, group)?.is_some_and(|actor| actor.is_group()) {
        return store::accounts::admins(c);
    }
    let staff: Vec<ActorId> = store::groups::staff(c, group)?.iter().map(|member| member.person).collect();
    store::accounts::among(c, &staff)
}

/// Whether anybody but whoever took the measure, and whom it concerns, may decide about it.
pub(crate) fn has_others(c: &mut store::Conn, statement: &Statement) -> store::Result<bool> {
    Ok(are_others(&deciders(c, statement.group)?, statement))
}

fn are_others(able: &[ActorId], statement: &Statement) -> bool {
    able.iter().any(|person| ![statement.by, statement.person].contains(person))
}

/// Decides an appeal: the measure stands, or is undone. Who appealed is told why.
pub async fn decide(app: &App, me: Me, id: StatementId, granted: bool, answer: String) -> Result<()> {
    let answer = plain::clean(&answer, TEXT);
    if answer.trim().is_empty() {
        return Err(Error::Invalid("a decision needs a reason".into()));
    }
    app.write(move |tx| {
        let statement = store::statements::by_id(tx, id)?.ok_or(Error::NotFound)?;
        let standing = statements::regard(tx, &statement, me.0)?;
        let others = has_others(tx, &statement)?;
        policy::review(&standing, me.0, &statement, others)?;
        claims::heed(tx, me.0, Item::Appeal(id))?;
        let (at, answer) = (tx.now(), answer.clone());
        if !store::statements::decide(tx, id, &Decision { by: me.0, at, granted, answer: answer.clone() })? {
            return Err(Error::Conflict("somebody decided it already".into()));
        }
        if granted {
            moderation::undo_measure(tx, me.0, &statement, &plain::line(&answer, statements::REASON))?;
        }
        tell(tx, &statement, granted, &plain::line(&answer, statements::REASON))?;
        let (group, person) = (statement.group, statement.person);
        let group = (!statement.sanction.is_everywhere()).then_some(group);
        tx.emit(Event::AppealDecided { statement: id, group, person, by: me.0, granted, reason: answer });
        Ok(())
    })
    .await
}

/// Tells whoever appealed that it was decided.
fn tell(tx: &mut Tx<'_, '_>, statement: &Statement, granted: bool, answer: &str) -> Result<()> {
    let concerned = store::actors::by_id(tx, statement.person)?.filter(|actor| actor.deleted.is_none());
    let Some(concerned) = concerned else { return Ok(()) };
    if concerned.is_local() {
        tx.mail(&Errand::Decided(statement.id.0))?;
    }
    let (team, link, why) =
        (statements::team(tx, statement)?, statements::link(tx, statement.id)?, markdown::escape(answer));
    let say = |tongue: Tongue| {
        if granted {
            tongue.pick(
                format!("Tu recurso ha prosperado: el equipo de {team} anula lo que decidió. {why}"),
                format!("Your appeal was successful: the team of {team} undoes what it decided. {why}"),
            )
        } else {
            tongue.pick(
                format!("Tu recurso no ha prosperado: el equipo de {team} mantiene lo que decidió. {why}"),
                format!("Your appeal was not successful: the team of {team} stands by what it decided. {why}"),
            )
        }
    };
    let way = (link.as_str(), ("Ver la decisión", "See the decision"));
    let text = messages::letter(tx, (statement.group, statement.person), say, Some(way))?;
    messages::confide(tx, statement.group, statement.person, &text).map(drop)
}
