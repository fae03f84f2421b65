//! What a group tells one person by an activity: an invitation, a warning, and that it does not take what they posted.
use std::slice;

use app::{Result, Tx, messages::Attempt};
use domain::{actor::Actor, id::ActorId, peer::heeds_warnings, post::Post};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actors, send};
use crate::render::activity;

/// Somebody here invited a person elsewhere to a group here, or anybody to a group elsewhere: its server tells them.
pub(super) fn invited(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, by: ActorId) -> Result<()> {
    let [group, person, by] = actors(tx, [group, person, by])?;
    let (Some(group), Some(person), Some(by)) = (group, person, by.filter(Actor::is_local)) else { return Ok(()) };
    let name = Name::new(tx, &by);
    let activity = activity::invite(&name.uri, &by, &group, &person);
    send(tx, &name, private(&by), &activity, &[to(if group.is_local() { &person } else { &group })])?;
    Ok(())
}

/// Somebody here warned whoever wrote a post in a group elsewhere: their server tells them, if it knows the word. Groups here
/// say it in a message.
pub(super) fn warned(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    by: ActorId,
    post: &Post,
    reason: &str,
) -> Result<()> {
    let [group, person, by] = actors(tx, [group, person, by])?;
    let (Some(group), Some(person), Some(by)) = (group, person, by.filter(Actor::is_local)) else { return Ok(()) };
    let Some(peer) = person.peer.filter(|_| !group.is_local()) else { return Ok(()) };
    if store::peers::by_id(tx, peer)?.is_some_and(|peer| heeds_warnings(&peer.software, &peer.version)) {
        let name = Name::new(tx, &by);
        let activity = activity::warn(&name.uri, &by, (&group, &person), &post.uri, reason);
        send(tx, &name, private(&by), &activity, &[to(&person)])?;
    }
    Ok(())
}

/// Somebody here answered the invitation of a group elsewhere.
pub(super) fn invitation_answered(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    invitation: &str,
    accepted: bool,
) -> Result<()> {
    let [group, person] = actors(tx, [group, person])?;
    let (Some(group), Some(person)) = (group, person) else { return Ok(()) };
    let name = Name::new(tx, &person);
    let activity = activity::answer_invitation(&name.uri, accepted, (invitation, &person, &group));
    send(tx, &name, private(&person), &activity, &[to(&group)])?;
    Ok(())
}

/// A group did not take a post, or a change of one; in the forms of its server, the answer to a request.
pub(super) fn refused(tx: &mut Tx<'_, '_>, group: ActorId, author: ActorId, attempt: &Attempt) -> Result<()> {
    let [group, author] = actors(tx, [group, author])?;
    let (Some(group), Some(author)) = (group, author) else { return Ok(()) };
    let name = Name::new(tx, &group);
    let kind = if attempt.is_change { "Update" } else { "Create" };
    let activity = activity::refuse(&name.uri, &group, &author, (kind, &attempt.activity, &attempt.post));
    send(tx, &name, private(&group), &activity, &[to(&author)])?;
    Ok(())
}

fn private(by: &Actor) -> Envelope {
    Envelope { public: false, ..Envelope::of(by.id, None) }
}

fn to(person: &Actor) -> Recipients<'_> {
    Recipients { people: slice::from_ref(&person.id), personal: true, ..Recipients::NONE }
}
