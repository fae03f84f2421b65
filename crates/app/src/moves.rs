//! Moving: somebody is found under another id from now on, and whoever follows them here goes along.
use std::{sync::Arc, time::Duration};

use domain::{
    actor::Actor,
    host,
    id::ActorId,
    policy::{self, Refusal},
    time::span,
};
use futures_util::future::BoxFuture;

use crate::{App, Cause, Error, Event, Result, Tx, follows, groups};

/// How long nobody moves again.
const REST: Duration = span::days(7);

/// How many other ids somebody here may name.
const ALIASES: usize = 10;

/// The job that takes followers along; its subject are the numbers of who moved and of where they are.
pub(crate) const TAKE_ALONG: &str = "take along";

/// Moves somebody here, a person or a group, to `target`, which says of itself that it is also known by the id they had
/// here. Followers are told and go along; memberships do not: nobody inherits them.
pub async fn depart(app: &App, by: ActorId, mover: ActorId, target: String) -> Result<()> {
    let known = target.clone();
    let here = app.read(move |c| {
        let found = store::actors::by_uri(c, &known)?.filter(Actor::is_local);
        found.map(|actor| Ok((actor.id, store::moves::aliases(c, actor.id)?))).transpose()
    });
    let (target, aliases) = match here.await? {
        Some(here) => here,
        None => app.resolver().look_again(app, &target).await?,
    };
    app.write(move |tx| {
        let (mover, target) = (follows::living(tx, mover)?, follows::living(tx, target)?);
        if mover.is_group() {
            policy::hand_over(&groups::named(tx, mover.id, by)?.1)?;
        } else if mover.id != by {
            return Err(Refusal::NotAuthor.into());
        }
        if mover.is_local() && record(tx, &mover, &target, &aliases)? {
            let mover = Arc::new(Actor { updated: tx.now(), ..mover });
            store::actors::upsert(tx, &mover)?;
            tx.emit(Event::ProfileChanged { actor: Arc::clone(&mover), by });
            tx.emit(Event::Moved { actor: mover, target: Arc::new(target), by });
        }
        Ok(())
    })
    .await
}

/// Records that somebody elsewhere moved to `target`, which says of itself that it is also known by `aliases`.
pub fn receive(tx: &mut Tx<'_, '_>, mover: ActorId, target: ActorId, aliases: &[String], _cause: Cause) -> Result<()> {
    let (mover, target) = (follows::living(tx, mover)?, follows::living(tx, target)?);
    if mover.is_local() {
        return Err(Error::NotFound);
    }
    record(tx, &mover, &target, aliases).map(drop)
}

/// Records a move, and lets followers here go along; whether it is new.
fn record(tx: &mut Tx<'_, '_>, mover: &Actor, target: &Actor, aliases: &[String]) -> Result<bool> {
    if mover.id == target.id || mover.is_group() != target.is_group() {
        return Err(Error::Invalid("nobody moves like this".into()));
    }
    let last = store::moves::last(tx, mover.id)?;
    if last.is_some_and(|(to, _)| to == target.id) {
        return Ok(false);
    }
    let now = tx.now();
    let rested = |moved: Option<(ActorId, _)>| moved.is_none_or(|(_, at)| at + REST <= now);
    let returns = store::moves::last(tx, target.id)?;
    policy::relocate(aliases.contains(&mover.uri), rested(last) && rested(returns))?;
    store::moves::set(tx, mover.id, target.id, now)?;
    if target.is_local() && returns.is_some() {
        // Whoever comes back is here again.
        store::moves::remove(tx, target.id)?;
    }
    tx.push_job(TAKE_ALONG, &format!("{} {}", mover.id, target.id), Duration::ZERO)?;
    Ok(true)
}

/// Whether somebody here is found elsewhere now: they take part in nothing here any more.
pub(crate) fn refuse_moved(tx: &mut Tx<'_, '_>, actor: ActorId) -> Result<()> {
    if store::moves::last(tx, actor)?.is_some() { Err(Refusal::Moved.into()) } else { Ok(()) }
}

/// Takes followers along, a piece at a time.
pub(crate) fn take_along(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers: Vec<ActorId> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[mover, target] = numbers.as_slice() else { return Err(Error::Invalid(subject)) };
        while app.write(move |tx| take_some(tx, mover, target)).await? {}
        Ok(())
    })
}

/// Takes some of them along; whether there were any.
fn take_some(tx: &mut Tx<'_, '_>, mover: ActorId, target: ActorId) -> Result<bool> {
    const SOME: i64 = 100;
    let target = follows::living(tx, target)?;
    let followers = store::follows::local_followers(tx, mover, SOME)?;
    for follower in &followers {
        if *follower != target.id {
            match follows::ask(tx, *follower, &target) {
                // Whoever may not follow where they went, or finds no room there, holds up nobody else.
                Ok(_) | Err(Error::Denied(_) | Error::NotFound | Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        follows::cease(tx, *follower, mover)?;
    }
    Ok(!followers.is_empty())
}

/// Lets somebody here, a person or a group, say that they are also known by another id, so that they can move from it;
/// or not any more.
pub async fn set_alias(app: &App, actor: ActorId, uri: String, on: bool) -> Result<()> {
    if host::origin(&uri).is_none() {
        return Err(Error::Invalid("an id is a URL".into()));
    }
    app.write(move |tx| {
        let actor = follows::living(tx, actor)?;
        if !actor.is_local() || actor.uri == uri {
            return Err(Error::Invalid("another id of somebody here is asked for".into()));
        }
        if on && store::moves::aliases(tx, actor.id)?.len() >= ALIASES {
            return Err(Error::Conflict(format!("{ALIASES} ids are enough")));
        }
        if store::moves::set_alias(tx, actor.id, &uri, on)? {
            let actor = Actor { updated: tx.now(), ..actor };
            store::actors::upsert(tx, &actor)?;
            tx.emit(Event::ProfileChanged { by: actor.id, actor: Arc::new(actor) });
        }
        Ok(())
    })
    .await
}
