//! Keeping order in a group: told to forums as it was done, and to microblogs as far as they understand.
use std::slice;

use app::{Cause, Result, Tx};
use domain::{
    actor::Actor,
    group::Role,
    id::ActorId,
    peer::Receivers,
    post::Post,
    time::Timestamp,
    urls::{self, ActorPart},
};
use serde::Serialize;
use store::deliveries::Recipients;

use super::{
    posts, received,
    send::{Envelope, Name, actor, pass_on, room, send, tells, tells_of, told_of},
};
use crate::render::{Activity, activity};

/// Something that was done in a group to keep order.
struct Deed<'a> {
    by: &'a Actor,
    group: &'a Actor,
    post: Option<&'a Post>,
    /// Whom it concerns; their server hears of it too.
    person: ActorId,
    cause: Cause,
}

impl Deed<'_> {
    /// Tells of it: by the group if that is ours, to the group if it is not. `render` gives the activity its id.
    fn tell<'a, O: Serialize>(
        &self,
        tx: &mut Tx<'_, '_>,
        name: &'a Name,
        render: impl FnOnce(&'a str) -> Activity<'a, O>,
    ) -> Result<()> {
        let forums = (Receivers::Forums, slice::from_ref(&self.person));
        if !self.by.is_local() {
            if let (true, Some(said)) = (self.is_told(tx)?, received::by(tx, self.cause, &self.by.uri)?) {
                pass_on(tx, self.group, self.post, forums, &said.activity)?;
            }
            return Ok(());
        }
        let activity = render(&name.uri);
        if self.is_told(tx)? {
            pass_on(tx, self.group, self.post, forums, &activity)?;
        } else if !self.group.is_local() {
            let to = Recipients { people: slice::from_ref(&self.group.id), ..Recipients::NONE };
            send(tx, name, Envelope::of(self.by.id, self.post), &activity, &[to])?;
        }
        Ok(())
    }

    fn is_told(&self, tx: &mut Tx<'_, '_>) -> Result<bool> {
        match self.post {
            Some(post) if post.removed.is_some() => told_of(tx, self.group, post),
            Some(post) => tells_of(tx, self.group, post),
            None => tells(tx, self.group),
        }
    }
}

/// Who did something with a post, in which group; nothing if the post stands in none.
fn scene(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId) -> Result<Option<(Actor, Actor)>> {
    let Some(group) = post.group else { return Ok(None) };
    Ok(actor(tx, by)?.zip(actor(tx, group)?))
}

/// A moderator took a post out of the group.
pub(super) fn removed(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, reason: &str, cause: Cause) -> Result<()> {
    let Some((by, group)) = scene(tx, post, by)? else { return Ok(()) };
    let deed = Deed { by: &by, group: &group, post: Some(post), person: post.author, cause };
    let (name, room) = (Name::new(tx, &by), room(tx, &group)?);
    deed.tell(tx, &name, |id| activity::remove(id, &by, post, room, reason))?;
    if let Some(author) = actor(tx, post.author)?.filter(|_| group.is_local()) {
        posts::take_back(tx, &group, post, &author)?;
    }
    Ok(())
}

/// A moderator put a post back.
pub(super) fn restored(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, reason: &str, cause: Cause) -> Result<()> {
    let Some((by, group)) = scene(tx, post, by)? else { return Ok(()) };
    let deed = Deed { by: &by, group: &group, post: Some(post), person: post.author, cause };
    let (name, undone, room) = (Name::new(tx, &by), Name::new(tx, &by), room(tx, &group)?);
    deed.tell(tx, &name, |id| activity::undo(id, &by, &activity::remove(&undone.uri, &by, post, room, reason)))?;
    if let Some(author) = actor(tx, post.author)?
        && tells_of(tx, &group, post)?
    {
        posts::announce(tx, &group, post, &author)?;
    }
    Ok(())
}

/// A moderator closed a thread, or opened it.
pub(super) fn locked(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    by: ActorId,
    on: bool,
    reason: &str,
    cause: Cause,
) -> Result<()> {
    let Some((by, group)) = scene(tx, post, by)? else { return Ok(()) };
    let deed = Deed { by: &by, group: &group, post: Some(post), person: post.author, cause };
    let (name, undone, room) = (Name::new(tx, &by), Name::new(tx, &by), room(tx, &group)?);
    if on {
        return deed.tell(tx, &name, |id| activity::lock(id, &by, post, room, reason));
    }
    deed.tell(tx, &name, |id| activity::undo(id, &by, &activity::lock(&undone.uri, &by, post, room, reason)))
}

/// A moderator pinned a post, or unpinned it.
pub(super) fn featured(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, on: bool, cause: Cause) -> Result<()> {
    let Some((by, group)) = scene(tx, post, by)? else { return Ok(()) };
    let deed = Deed { by: &by, group: &group, post: Some(post), person: post.author, cause };
    let (name, room) = (Name::new(tx, &by), room(tx, &group)?);
    let collection = urls::actor_part(&group.uri, ActorPart::Featured);
    deed.tell(tx, &name, |id| activity::collect(id, &by, &post.uri, (room, collection), on))?;
    if on { posts::bring_highlight(tx, &group, post) } else { Ok(()) }
}

/// Somebody entered or left the staff of a group; what other members are is nobody else's business.
pub(super) fn role_changed(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    by: ActorId,
    (from, to): (Option<Role>, Option<Role>),
    cause: Cause,
) -> Result<()> {
    let staff = |role: Option<Role>| role >= Some(Role::Moderator);
    if staff(from) == staff(to) {
        return Ok(());
    }
    let Some(((by, group), person)) = actor(tx, by)?.zip(actor(tx, group)?).zip(actor(tx, person)?) else {
        return Ok(());
    };
    let deed = Deed { by: &by, group: &group, post: None, person: person.id, cause };
    let (name, room) = (Name::new(tx, &by), room(tx, &group)?);
    let collection = urls::actor_part(&group.uri, ActorPart::Moderators);
    deed.tell(tx, &name, |id| activity::collect(id, &by, &person.uri, (room, collection), staff(to)))
}

/// Somebody was banned from a group. That their follow ended is an event of its own.
pub(super) fn banned(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    by: ActorId,
    ban: (&str, Option<Timestamp>, bool),
    cause: Cause,
) -> Result<()> {
    let Some(((by, group), person)) = actor(tx, by)?.zip(actor(tx, group)?).zip(actor(tx, person)?) else {
        return Ok(());
    };
    let deed = Deed { by: &by, group: &group, post: None, person: person.id, cause };
    let (name, room) = (Name::new(tx, &by), room(tx, &group)?);
    deed.tell(tx, &name, |id| activity::block(id, &by, &person, room, ban))?;
    let name = Name::new(tx, &group);
    let activity = activity::shun(&name.uri, &group, &person);
    shun(tx, &group, &person, &name, &activity)
}

/// A ban was lifted.
pub(super) fn unbanned(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    by: ActorId,
    cause: Cause,
) -> Result<()> {
    let Some(((by, group), person)) = actor(tx, by)?.zip(actor(tx, group)?).zip(actor(tx, person)?) else {
        return Ok(());
    };
    let deed = Deed { by: &by, group: &group, post: None, person: person.id, cause };
    let (name, undone, room) = (Name::new(tx, &by), Name::new(tx, &by), room(tx, &group)?);
    let block = |id| activity::undo(id, &by, &activity::block(&undone.uri, &by, &person, room, ("", None, false)));
    deed.tell(tx, &name, block)?;
    let name = Name::new(tx, &group);
    let activity = activity::undo(&name.uri, &group, &activity::shun(&undone.uri, &group, &person));
    shun(tx, &group, &person, &name, &activity)
}

/// Tells the server of somebody who was banned in the words that microblogs have for it.
fn shun<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    group: &Actor,
    person: &Actor,
    name: &Name,
    activity: &Activity<'_, O>,
) -> Result<()> {
    if !group.is_local() {
        return Ok(());
    }
    let envelope = Envelope { public: false, ..Envelope::of(group.id, None) };
    let people = slice::from_ref(&person.id);
    let to = Recipients { people, personal: true, receivers: Receivers::Microblogs, ..Recipients::NONE };
    send(tx, name, envelope, activity, &[to])?;
    Ok(())
}
