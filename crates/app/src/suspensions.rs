//! Suspending somebody from this whole server: what they wrote is not shown, and they take no part in anything. The same holds
//! of people elsewhere as long as their own server has suspended them. And suspending a whole community of here.
use std::time::Duration;

use domain::{
    actor::Actor,
    id::ActorId,
    policy,
    rule::Regard,
    severance::Cut,
    statement::Sanction,
    text::{markdown, plain},
};
use store::suspensions::Suspension;

use crate::{
    App, Error, Event, Me, Result, Tx, actors, instance, messages, nameplate, rules, sessions, severances, statements,
    tongues::Tongue,
};

/// The longest reason, in characters.
pub(crate) const REASON: usize = 1_000;

/// Suspends a person, here or elsewhere: follows and memberships end, and logins do not work any more.
pub async fn suspend(app: &App, me: Me, person: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let actor = subject(tx, me, person)?;
        store::suspensions::set(tx, person, Some(Suspension::Person))?;
        let now = tx.now();
        let ties = store::severances::ties_to_actor(tx, person)?;
        severances::record(tx, Cut::Account, &actor.handle(), ties)?;
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
    if store::suspensions::of(tx, person)? == Some(Suspension::Origin) {
        return Err(Error::Invalid("their own server suspended them".into()));
    }
    let of_server = !actor.is_local() && tx.rules().regard(&actor.uri) == Regard::Suspended;
    store::suspensions::set(tx, person, of_server.then_some(Suspension::Server))?;
    set_disabled(tx, &actor, false)?;
    if !actor.is_local() {
        // Meanwhile their own server may have suspended them, too.
        tx.push_job(actors::REFRESH, &actor.uri, Duration::ZERO)?;
    }
    statements::lift_everywhere(tx, me.0, person, Sanction::Suspend)?;
    let reason = plain::line(reason, REASON);
    tx.emit(Event::Suspended { person, by: me.0, on: false, reason, statement: None });
    Ok(())
}

/// Suspends a community of here: nothing that stands in it is shown, nobody does anything there, and the servers that know it
/// are told. Members, followers and posts stay, for it may be restored.
pub async fn close(app: &App, me: Me, group: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| set_closed(tx, me, group, Some(reason.as_str()))).await
}

/// Restores a community that was suspended, as it was.
pub async fn restore(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| set_closed(tx, me, group, None)).await
}

/// Suspends a community for a reason, or restores it. Those it belongs to hear of it.
fn set_closed(tx: &mut Tx<'_, '_>, me: Me, group: ActorId, reason: Option<&str>) -> Result<()> {
    policy::suspend(&rules::standing(tx, me)?, false)?;
    let actor = store::actors::by_id(tx, group)?.filter(|actor| actor.is_group() && actor.deleted.is_none());
    let actor = actor.filter(Actor::is_local).ok_or(Error::NotFound)?;
    if store::suspensions::of(tx, group)?.is_some() == reason.is_some() {
        return Ok(());
    }
    store::suspensions::set(tx, group, reason.map(|_| Suspension::Person))?;
    let (site, title, name) = (tx.site().clone(), markdown::escape(&actor.title), actor.handle());
    let reason = reason.map(|reason| plain::line(reason, REASON));
    let house = markdown::escape(&nameplate::read(tx, &site)?.name);
    let why = reason.as_ref().map(|why| markdown::escape(why));
    let say = |tongue: Tongue| {
        match &why {
        Some(why) => tongue.pick(
            format!(
                "Quienes llevan {house} han suspendido la comunidad {title} (@{name}): no se muestra nada de ella, y nadie \
                 hace nada allí. El motivo: {why}"
            ),
            format!(
                "Those who run {house} suspended the community {title} (@{name}): nothing of it is shown, and nobody does \
                 anything there. The reason: {why}"
            ),
        ),
        None => tongue.pick(
            format!("Quienes llevan {house} han restablecido la comunidad {title} (@{name}): está como estaba."),
            format!("Those who run {house} restored the community {title} (@{name}): it is as it was."),
        ),
    }
    };
    let voice = instance::voice(tx, &site)?;
    for (_, owner) in store::groups::owners(tx, &[group])? {
        let text = messages::letter(tx, (voice, owner), say, None)?;
        messages::confide(tx, voice, owner, &text)?;
    }
    let (on, reason) = (reason.is_some(), reason.unwrap_or_default());
    tx.emit(Event::Suspended { person: group, by: me.0, on, reason, statement: None });
    Ok(())
}

/// Records whether the server of somebody elsewhere has suspended them.
pub async fn receive(app: &App, person: ActorId, on: bool) -> Result<()> {
    app.write(move |tx| withdraw(tx, person, on)).await
}

/// Hides somebody elsewhere whom their own server suspended, or shows them again. What is known of them stays, and their
/// follows and memberships rest meanwhile. What was decided here stays, too.
pub(crate) fn withdraw(tx: &mut Tx<'_, '_>, person: ActorId, on: bool) -> Result<()> {
    let why = on.then_some(Suspension::Origin);
    let was = store::suspensions::of(tx, person)?;
    if was == why || was.is_some_and(Suspension::is_ours) {
        return Ok(());
    }
    store::suspensions::set(tx, person, why)?;
    if on {
        sessions::keep_only(tx, person, None)?;
    }
    tx.emit(Event::Withdrawn { person, on });
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
        sessions::keep_only(tx, actor.id, None)?;
    }
    Ok(())
}
