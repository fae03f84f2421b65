//! Posts that people here pass on; what a group passes on is part of its posts.
use std::slice;

use app::{Result, Tx};
use domain::{actor::Actor, id::ActorId, post::Post};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actor, send};
use crate::render::activity;

/// A person passed a post on.
pub(super) fn shared(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, uri: &str) -> Result<()> {
    let Some((by, author)) = people(tx, post, by)? else { return Ok(()) };
    let name = Name::given(tx, uri)?;
    let activity = activity::announce(&name.uri, &by, post, &author, tx.now());
    send(tx, &name, Envelope::of(by.id, Some(post)).kept(), &activity, &[audience(&by, post)])?;
    Ok(())
}

/// A person does not pass a post on any more.
pub(super) fn unshared(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, uri: &str) -> Result<()> {
    let Some((by, author)) = people(tx, post, by)? else { return Ok(()) };
    let name = Name::new(tx, &by);
    let activity = activity::undo(&name.uri, &by, &activity::announce(uri, &by, post, &author, tx.now()));
    send(tx, &name, Envelope::of(by.id, Some(post)), &activity, &[audience(&by, post)])?;
    Ok(())
}

fn people(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId) -> Result<Option<(Actor, Actor)>> {
    let by = actor(tx, by)?.filter(Actor::is_local);
    Ok(by.zip(actor(tx, post.author)?))
}

fn audience<'a>(by: &'a Actor, post: &'a Post) -> Recipients<'a> {
    Recipients { followers_of: slice::from_ref(&by.id), people: slice::from_ref(&post.author), ..Recipients::NONE }
}
