//! Appeals: whoever a measure concerns may ask once that somebody else looks at it again.
use domain::{
    claim::Item,
    id::{ActorId, StatementId},
    policy,
    statement::{Appeal, Decision, Statement},
    text::plain,
};

use crate::{
    App, Error, Event, Me, Result, Tx, claims, groups, messages, moderation,
    statements::{self, Case},
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
    let now = app.now();
    app.read(move |c| {
        let groups = store::groups::moderated_by(c, me.0)?;
        let waiting = store::statements::open_appeals(c, &groups, PAGE)?;
        let ids: Vec<StatementId> = waiting.iter().map(|appeal| appeal.statement).collect();
        let told = store::statements::by_ids(c, &ids)?;
        let mut cases = statements::cases(c, told)?;
        cases.sort_by_key(|case| case.statement.id);
        let mut judged = Vec::new();
        for case in cases {
            let standing = store::groups::standing(c, case.group.id, me.0, now)?;
            let others = has_others(c, &case.statement)?;
            let may = policy::review(&standing, case.statement.by == me.0, others).is_ok();
            judged.push((case, may));
        }
        Ok(judged)
    })
    .await
}

/// Whether anybody with a login here but whoever took the measure keeps order in the group.
pub(crate) fn has_others(c: &mut store::Conn, statement: &Statement) -> store::Result<bool> {
    let staff = store::groups::staff(c, statement.group)?;
    let others: Vec<ActorId> =
        staff.iter().map(|member| member.person).filter(|person| *person != statement.by).collect();
    Ok(!store::accounts::among(c, &others)?.is_empty())
}

/// Decides an appeal: the measure stands, or is undone. Who appealed is told why.
pub async fn decide(app: &App, me: Me, id: StatementId, granted: bool, answer: String) -> Result<()> {
    let answer = plain::clean(&answer, TEXT);
    if answer.trim().is_empty() {
        return Err(Error::Invalid("a decision needs a reason".into()));
    }
    app.write(move |tx| {
        let statement = store::statements::by_id(tx, id)?.ok_or(Error::NotFound)?;
        let (_, standing) = groups::regard(tx, statement.group, me.0)?;
        let others = has_others(tx, &statement)?;
        policy::review(&standing, statement.by == me.0, others)?;
        claims::heed(tx, me.0, Item::Appeal(id))?;
        let (at, answer) = (tx.now(), answer.clone());
        if !store::statements::decide(tx, id, &Decision { by: me.0, at, granted, answer: answer.clone() })? {
            return Err(Error::Conflict("somebody decided it already".into()));
        }
        if granted {
            moderation::undo_measure(tx, me.0, &statement, &plain::line(&answer, statements::REASON))?;
        }
        tell(tx, &statement, granted)?;
        let (group, person) = (statement.group, statement.person);
        tx.emit(Event::AppealDecided { statement: id, group, person, by: me.0, granted, reason: answer });
        Ok(())
    })
    .await
}

/// Tells whoever appealed that it was decided.
fn tell(tx: &mut Tx<'_, '_>, statement: &Statement, granted: bool) -> Result<()> {
    let concerned = store::actors::by_id(tx, statement.person)?.filter(|actor| actor.deleted.is_none());
    if concerned.is_none() {
        return Ok(());
    }
    let name = store::actors::by_id(tx, statement.group)?.ok_or(Error::NotFound)?.handle();
    let link = statements::link(tx, statement.id)?;
    let (english, spanish) = if granted {
        (
            "Your appeal was successful: what was decided is undone.",
            "Tu recurso ha prosperado: la decisión queda anulada.",
        )
    } else {
        (
            "Your appeal was not successful: what was decided stands.",
            "Tu recurso no ha prosperado: la decisión se mantiene.",
        )
    };
    let text = format!("@{name}\n\n{english} <{link}>\n\n{spanish} <{link}>");
    messages::confide(tx, statement.group, statement.person, &text).map(drop)
}
