//! Requests to follow, their answers, and their end.
use std::slice;

use app::{Result, Tx};
use domain::{actor::Actor, id::ActorId, peer::JOINED};
use store::{deliveries::Recipients, follows::Follow};

use super::send::{Envelope, Name, actor, send};
use crate::render::activity;

/// Somebody here asks to follow somebody elsewhere.
pub(super) fn asked(tx: &mut Tx<'_, '_>, follow: &Follow) -> Result<()> {
    let Some((follower, target)) = outgoing(tx, follow)? else { return Ok(()) };
    let name = Name::given(tx, &follow.activity_uri)?;
    let activity = activity::follow(&name.uri, &follower.uri, &target);
    send(tx, &name, Envelope::of(follower.id, None), &activity, &[personal(&target)])?;
    member(tx, &follower, &target, true)
}

/// Tells a group elsewhere, where members are more than followers, that somebody here wants to be one, or does not.
fn member(tx: &mut Tx<'_, '_>, person: &Actor, group: &Actor, joins: bool) -> Result<()> {
    let Some(peer) = group.peer.filter(|_| group.is_group()) else { return Ok(()) };
    let Some(peer) = store::peers::by_id(tx, peer)? else { return Ok(()) };
    if JOINED.contains(&peer.software.as_str()) {
        let name = Name::new(tx, person);
        let activity = activity::join(&name.uri, &person.uri, group, joins);
        send(tx, &name, Envelope::of(person.id, None), &activity, &[personal(group)])?;
    }
    Ok(())
}

/// Somebody here follows somebody elsewhere no more; or a group here put a follower out.
pub(super) fn ended(tx: &mut Tx<'_, '_>, follow: &Follow, by: ActorId) -> Result<()> {
    if by != follow.follower {
        return answered(tx, follow, false);
    }
    let Some((follower, target)) = outgoing(tx, follow)? else { return Ok(()) };
    let name = Name::new(tx, &follower);
    let request = activity::follow(&follow.activity_uri, &follower.uri, &target);
    let activity = activity::undo(&name.uri, &follower, &request);
    send(tx, &name, Envelope::of(follower.id, None), &activity, &[personal(&target)])?;
    member(tx, &follower, &target, false)
}

/// Somebody here answers somebody elsewhere who asked to follow.
pub(super) fn answered(tx: &mut Tx<'_, '_>, follow: &Follow, accepted: bool) -> Result<()> {
    let (follower, target) = (actor(tx, follow.follower)?, actor(tx, follow.target)?);
    let Some((follower, target)) = follower.zip(target) else { return Ok(()) };
    if follower.is_local() || !target.is_local() {
        return Ok(());
    }
    let name = Name::new(tx, &target);
    let activity = activity::answer(&name.uri, accepted, (&follow.activity_uri, &follower, &target));
    send(tx, &name, Envelope::of(target.id, None), &activity, &[personal(&follower)])?;
    Ok(())
}

fn outgoing(tx: &mut Tx<'_, '_>, follow: &Follow) -> Result<Option<(Actor, Actor)>> {
    let follower = actor(tx, follow.follower)?.filter(Actor::is_local);
    let target = actor(tx, follow.target)?.filter(|target| !target.is_local());
    Ok(follower.zip(target))
}

fn personal(actor: &Actor) -> Recipients<'_> {
    Recipients { people: slice::from_ref(&actor.id), personal: true, ..Recipients::NONE }
}
