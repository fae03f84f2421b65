//! Actors here that changed or are gone.
use std::slice;

use app::{Result, Tx, view};
use domain::{
    actor::{Actor, ActorKind},
    id::ActorId,
    peer::Receivers,
    post::Post,
};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actor as find, pass_on, room, send, tells};
use crate::render::{self, activity};

/// An actor here changed what its document says.
pub(super) fn changed(tx: &mut Tx<'_, '_>, actor: &Actor, by: ActorId) -> Result<()> {
    if !actor.is_local() || actor.is_group() && !tells(tx, actor)? {
        return Ok(());
    }
    let view = view::actor(tx, actor.clone())?;
    let mut receivers = Receivers::All;
    let room = room(tx, actor)?;
    if actor.is_group()
        && let Some(by) = find(tx, by)?.filter(|by| by.is_local() && by.kind == ActorKind::Person)
    {
        // Forums ask which moderator did it; microblogs take it from the group alone.
        let name = Name::new(tx, &by);
        let inner = activity::update_group(&name.uri, &by, room, render::actor(tx.site(), &view));
        pass_on(tx, actor, None, (Receivers::Forums, &[]), inner)?;
        receivers = Receivers::Microblogs;
    }
    if room.closed {
        return Ok(());
    }
    let name = Name::new(tx, actor);
    let activity = activity::update_actor(&name.uri, actor, render::actor(tx.site(), &view));
    let to = Recipients { followers_of: slice::from_ref(&actor.id), receivers, ..Recipients::NONE };
    send(tx, &name, Envelope::of(actor.id, None), &activity, &[to])?;
    Ok(())
}

/// A person here was suspended, or is not any more: the servers of those who followed them show as much as this one does.
pub(super) fn suspended(tx: &mut Tx<'_, '_>, person: ActorId, on: bool) -> Result<()> {
    let Some(person) = find(tx, person)?.filter(Actor::is_local) else { return Ok(()) };
    let view = view::actor(tx, person.clone())?;
    let (whole, name) = (render::actor(tx.site(), &view), Name::new(tx, &person));
    let departed_since = Some(person.created);
    let to = [Recipients { followers_of: slice::from_ref(&person.id), departed_since, ..Recipients::NONE }];
    let envelope = Envelope::of(person.id, None);
    if on {
        send(tx, &name, envelope, &activity::update_actor(&name.uri, &person, whole.stub(true)), &to)?;
    } else {
        send(tx, &name, envelope, &activity::update_actor(&name.uri, &person, &whole), &to)?;
    }
    Ok(())
}

/// A person here pinned a post to their page, or unpinned it. What is not for everybody is in no list that everybody reads.
pub(super) fn pinned(tx: &mut Tx<'_, '_>, post: &Post, on: bool) -> Result<()> {
    if !post.audience.is_open() {
        return Ok(());
    }
    let Some(author) = find(tx, post.author)?.filter(Actor::is_local) else { return Ok(()) };
    let name = Name::new(tx, &author);
    let activity = activity::pin(&name.uri, &author, &post.uri, on);
    let to = Recipients { followers_of: slice::from_ref(&author.id), ..Recipients::NONE };
    send(tx, &name, Envelope::of(author.id, Some(post)), &activity, &[to])?;
    Ok(())
}

/// An actor here moved: whoever follows it is told where to.
pub(super) fn moved(tx: &mut Tx<'_, '_>, actor: &Actor, target: &Actor) -> Result<()> {
    let name = Name::new(tx, actor);
    let activity = activity::relocate(&name.uri, actor, target);
    let to = Recipients { followers_of: slice::from_ref(&actor.id), ..Recipients::NONE };
    send(tx, &name, Envelope::of(actor.id, None), &activity, &[to])?;
    Ok(())
}

/// An actor here is gone: whoever followed it is told, and of a person every server, for all may hold its words.
pub(super) fn deleted(tx: &mut Tx<'_, '_>, actor: &Actor) -> Result<()> {
    if !actor.is_local() {
        return Ok(());
    }
    let name = Name::new(tx, actor);
    let activity = activity::delete_actor(&name.uri, actor);
    let everywhere = !actor.is_group();
    let departed_since = Some(actor.created);
    let to = Recipients { followers_of: slice::from_ref(&actor.id), departed_since, everywhere, ..Recipients::NONE };
    send(tx, &name, Envelope::of(actor.id, None), &activity, &[to])?;
    Ok(())
}
