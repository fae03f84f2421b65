//! Storing an activity with its deliveries, and the two things a group does with what happens in it.
use app::{Error, Queue, Result, Tx};
use domain::{
    actor::Actor,
    group::Visibility,
    id::{ActivityId, ActorId, PostId},
    peer::Receivers,
    policy,
    post::Post,
    time::Timestamp,
    urls::{self, Local},
};
use serde::Serialize;
use store::deliveries::Recipients;

use crate::render::{self, Activity, Room, activity};

/// The name of an activity that is about to be: its number and its id on the network.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) id: ActivityId,
    pub(super) uri: String,
}

impl Name {
    /// A new one, of what `actor` says.
    pub(super) fn new(tx: &Tx<'_, '_>, actor: &Actor) -> Self {
        let id: ActivityId = tx.new_id();
        Self { id, uri: urls::activity(&actor.uri, id) }
    }

    /// The one an action gave already; under a number of its own if that is not one of ours, or is in use.
    pub(super) fn given(tx: &mut Tx<'_, '_>, uri: &str) -> Result<Self> {
        let named = match tx.site().parse(uri) {
            Some((_, Local::Activity(id))) if store::activities::by_id(tx, id)?.is_none() => Some(id),
            _ => None,
        };
        Ok(Self { id: named.unwrap_or_else(|| tx.new_id()), uri: uri.to_owned() })
    }
}

/// Who says something, about which post, and whether anybody may hear.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    /// Who signs.
    pub(super) actor: ActorId,
    /// What is about one post keeps its order.
    pub(super) post: Option<PostId>,
    /// Whether the activity's id may be read by anybody.
    pub(super) public: bool,
    /// Whether it is kept though nobody gets it, because others name it.
    pub(super) keep: bool,
}

impl Envelope {
    pub(super) fn of(actor: ActorId, post: Option<&Post>) -> Self {
        let public = post.is_none_or(|post| post.audience.is_open());
        Self { actor, post: post.map(|post| post.id), public, keep: false }
    }

    pub(super) fn kept(self) -> Self {
        Self { keep: true, ..self }
    }
}

/// When a post was written that was taken back since: that also concerns those who have it and follow no more.
pub(super) fn gone(post: &Post) -> Option<Timestamp> {
    post.deleted.or(post.removed).map(|_| post.published)
}

/// Queues an activity, and stores it, frozen, if anybody gets it; returns for how many inboxes.
pub(super) fn send<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    name: &Name,
    envelope: Envelope,
    activity: &Activity<'_, O>,
    to: &[Recipients<'_>],
) -> Result<usize> {
    let text = || render::document(activity).map_err(Error::internal);
    send_text(tx, name, envelope, (activity.kind(), text), to)
}

/// The same for an activity whose text is made otherwise. It is made only if anybody gets it.
pub(super) fn send_text(
    tx: &mut Tx<'_, '_>,
    name: &Name,
    envelope: Envelope,
    (kind, text): (&str, impl FnOnce() -> Result<String>),
    to: &[Recipients<'_>],
) -> Result<usize> {
    let Envelope { actor, post, public, keep } = envelope;
    let mut inboxes = 0;
    for recipients in to {
        inboxes += store::deliveries::queue(tx, name.id, recipients)?;
    }
    if inboxes > 0 || keep {
        let row =
            store::activities::Activity { id: name.id, actor, kind: kind.to_owned(), post, public, body: text()? };
        store::activities::insert(tx, &row)?;
    }
    if inboxes > 0 {
        tx.wake(Queue::Deliveries);
    }
    Ok(inboxes)
}

/// Actors by number, in their order.
pub(super) fn actors<const N: usize>(tx: &mut Tx<'_, '_>, ids: [ActorId; N]) -> Result<[Option<Actor>; N]> {
    // One by one: that is cheaper than a list as long as they are few.
    let mut found = [const { None }; N];
    for (found, id) in found.iter_mut().zip(ids) {
        *found = store::actors::by_id(tx, id)?;
    }
    Ok(found)
}

/// An actor by number.
pub(super) fn actor(tx: &mut Tx<'_, '_>, id: ActorId) -> Result<Option<Actor>> {
    Ok(store::actors::by_id(tx, id)?)
}

/// Whether the group lives here and what happens in it may be told outside, to whomever.
pub(super) fn tells(tx: &mut Tx<'_, '_>, group: &Actor) -> Result<bool> {
    let rules = if group.is_local() { store::groups::rules(tx, group.id)? } else { None };
    Ok(rules.is_some_and(|rules| policy::confide(&rules).is_ok()))
}

/// The group, as what happens in it is addressed.
pub(super) fn room<'a>(tx: &mut Tx<'_, '_>, group: &'a Actor) -> Result<Room<'a>> {
    let rules = store::groups::rules(tx, group.id)?;
    Ok(Room { group, closed: rules.is_some_and(|rules| rules.visibility == Visibility::Private) })
}

/// Whether the group lives here and tells others about this post, whatever has become of it since.
pub(super) fn tells_of(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post) -> Result<bool> {
    let Some(rules) = (if group.is_local() { store::groups::rules(tx, group.id)? } else { None }) else {
        return Ok(false);
    };
    let as_it_was = Post { deleted: None, removed: None, ..post.clone() };
    Ok(policy::announce(&rules, &as_it_was).is_ok())
}

/// The same for what takes a post back: whoever was told of it hears that, even if nothing leaves the group any more.
pub(super) fn told_of(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post) -> Result<bool> {
    let told = |tx: &mut Tx<'_, '_>| store::activities::about(tx, post.id, group.id, "Announce");
    Ok(tells_of(tx, group, post)? || group.is_local() && !told(tx)?.is_empty())
}

/// A group of ours passes on to other groups what somebody did in it; the servers of `people` get it too, unless it is
/// for members only: then those servers of followers get it that keep it so. Returns the number of the wrapping activity, if anybody gets it.
pub(super) fn pass_on<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    group: &Actor,
    post: Option<&Post>,
    (receivers, people): (Receivers, &[ActorId]),
    inner: O,
) -> Result<Option<ActivityId>> {
    pass_on_instead(tx, group, post, (receivers, people, &[]), inner)
}

/// The same, but not to those who get one of these activities.
pub(super) fn pass_on_instead<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    group: &Actor,
    post: Option<&Post>,
    (receivers, people, instead_of): (Receivers, &[ActorId], &[ActivityId]),
    inner: O,
) -> Result<Option<ActivityId>> {
    pass_on_to(tx, group, post, Recipients { receivers, people, instead_of, ..Recipients::NONE }, inner)
}

/// The same; `to` says whom besides the followers of the group, and whom of them.
pub(super) fn pass_on_to<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    group: &Actor,
    post: Option<&Post>,
    to: Recipients<'_>,
    inner: O,
) -> Result<Option<ActivityId>> {
    let name = Name::new(tx, group);
    let room = room(tx, group)?;
    let to = Recipients {
        followers_of: &[group.id],
        departed_since: post.and_then(gone),
        people: if room.closed { &[] } else { to.people },
        private: room.closed,
        ..to
    };
    let envelope = Envelope::of(group.id, post);
    let envelope = Envelope { public: envelope.public && !room.closed, ..envelope };
    let wrapped = activity::wrap(&name.uri, room, inner);
    let inboxes = send(tx, &name, envelope, &wrapped, &[to])?;
    Ok((inboxes > 0).then_some(name.id))
}
