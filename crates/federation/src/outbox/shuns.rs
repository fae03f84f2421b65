//! Blocks of people elsewhere by people here: their server ends what they followed, and does not show the one to the other.
use std::slice;

use app::{Result, Tx};
use domain::{actor::Actor, shun::Shun};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actors, send};
use crate::render::activity;

/// Somebody here blocks somebody elsewhere.
pub(super) fn blocked(tx: &mut Tx<'_, '_>, shun: &Shun) -> Result<()> {
    let Some((by, target)) = outgoing(tx, shun)? else { return Ok(()) };
    let name = Name::given(tx, &shun.activity_uri)?;
    let activity = activity::shun(&name.uri, &by, &target);
    send(tx, &name, Envelope::of(by.id, None), &activity, &[personal(&target)])?;
    Ok(())
}

/// Somebody here blocks somebody elsewhere no more.
pub(super) fn unblocked(tx: &mut Tx<'_, '_>, shun: &Shun) -> Result<()> {
    let Some((by, target)) = outgoing(tx, shun)? else { return Ok(()) };
    let name = Name::new(tx, &by);
    let block = activity::shun(&shun.activity_uri, &by, &target);
    let activity = activity::undo(&name.uri, &by, &block);
    send(tx, &name, Envelope::of(by.id, None), &activity, &[personal(&target)])?;
    Ok(())
}

fn outgoing(tx: &mut Tx<'_, '_>, shun: &Shun) -> Result<Option<(Actor, Actor)>> {
    let [by, target] = actors(tx, [shun.by, shun.target])?;
    Ok(by.filter(Actor::is_local).zip(target.filter(|target| !target.is_local())))
}

fn personal(actor: &Actor) -> Recipients<'_> {
    Recipients { people: slice::from_ref(&actor.id), personal: true, ..Recipients::NONE }
}
