//! Suspending somebody from this whole server: what they wrote is not shown, and they take no part in anything.
use domain::{actor::Actor, id::ActorId, policy, rule::Regard, statement::Sanction, text::plain};
use store::actors::Suspension;

use crate::{App, Error, Event, Me, Result, Tx, rules, statements};

/// The longest reason, in characters.
pub(crate) const REASON: usize = 1_000;

/// Suspends a person, here or elsewhere: follows and memberships end, and logins do not work any more.
pub async fn suspend(app: &App, me: Me, person: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let actor = subject(tx, me, person)?;
        store::actors::set_suspended(tx, person, Some(Suspension::Person))?;
        let now = tx.now();
        store::follows::remove_all(tx, person, now)?;
        store::groups::remove_memberships(tx, person)?;
        set_disabled(tx, &actor, true)?;
        let reason = plain::line(&reason, REASON);
        let statement = statements::issue_everywhere(tx, me.0, (person, Sanction::Suspend), &reason)?;
        tx.emit(Event::Suspended { person, by: me.0, on: true, reason, statement });
        Ok(())
    })
    .await
}

/// Lifts a suspension. Follows and memberships do not come back by that.
pub async fn lift(app: &App, me: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| undo(tx, me, person, "")).await
}

pub(crate) fn undo(tx: &mut Tx<'_, '_>, me: Me, person: ActorId, reason: &str) -> Result<()> {
    let actor = subject(tx, me, person)?;
    let of_server = !actor.is_local() && tx.rules().regard(&actor.uri) == Regard::Suspended;
    store::actors::set_suspended(tx, person, of_server.then_some(Suspension::Server))?;
    set_disabled(tx, &actor, false)?;
    statements::lift_everywhere(tx, me.0, person, Sanction::Suspend)?;
    let reason = plain::line(reason, REASON);
    tx.emit(Event::Suspended { person, by: me.0, on: false, reason, statement: None });
    Ok(())
}

/// Who is to be suspended or held back: a person, by somebody who may.
pub(crate) fn subject(tx: &mut Tx<'_, '_>, me: Me, person: ActorId) -> Result<Actor> {
    let standing = rules::standing(tx, me)?;
    policy::suspend(&standing, person == me.0)?;
    let actor = store::actors::by_id(tx, person)?.ok_or(Error::NotFound)?;
    if actor.is_group()
        || actor.deleted.is_some()
        || actor.is_local() && store::accounts::among(tx, &[person])?.is_empty()
    {
        return Err(Error::Invalid("only people are suspended".into()));
    }
    Ok(actor)
}

fn set_disabled(tx: &mut Tx<'_, '_>, actor: &Actor, on: bool) -> Result<()> {
    if actor.is_local() {
        let now = tx.now();
        store::accounts::set_disabled(tx, actor.id, on.then_some(now))?;
    } else if on {
        store::sessions::remove_others(tx, actor.id, None)?;
    }
    Ok(())
}
