//! Threads that move from one group to another: told by the group that they leave, and new in the one that they come to.
use std::slice;

use app::{Cause, Result, Tx};
use domain::{
    host::same_origin,
    id::ActorId,
    peer::Receivers,
    post::Post,
    urls::{self, PostPart},
};
use store::deliveries::Recipients;

use super::{
    posts, received,
    send::{Envelope, Name, actors, pass_on, room, send, tells_of},
};
use crate::render::activity;

/// A moderator moved a thread out of `from`.
pub(super) fn transferred(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    from: ActorId,
    (by, reason): (ActorId, &str),
    cause: Cause,
) -> Result<()> {
    let Some(to) = post.group else { return Ok(()) };
    let [Some(by), Some(from), Some(to), Some(author)] = actors(tx, [by, from, to, post.author])? else {
        return Ok(());
    };
    let (name, room) = (Name::new(tx, &by), room(tx, &from)?);
    let activity = activity::transfer(&name.uri, &by, &post.uri, (room, &to), reason);
    if !from.is_local() {
        // Both groups are of that server: it decides, and tells everybody.
        if by.is_local() {
            let people = Recipients { people: slice::from_ref(&from.id), ..Recipients::NONE };
            send(tx, &name, Envelope::of(by.id, Some(post)), &activity, &[people])?;
        }
        return Ok(());
    }
    if tells_of(tx, &from, post)? {
        let transfers = (Receivers::Transfers, &[][..]);
        match received::by(tx, cause, &by.uri)? {
            _ if by.is_local() => pass_on(tx, &from, Some(post), transfers, &activity)?,
            Some(said) => pass_on(tx, &from, Some(post), transfers, &said.activity)?,
            None => None,
        };
        // Some believe only whoever moves it, if they are of the server of both groups.
        if by.is_local() && [&from, &to].iter().all(|group| same_origin(&group.uri, &by.uri)) {
            let (name, thread) = (Name::new(tx, &by), urls::post_part(&post.uri, PostPart::Context));
            let activity = activity::transfer(&name.uri, &by, &thread, (room, &to), reason);
            let followers = [from.id, to.id];
            let readers = Recipients { followers_of: &followers, receivers: Receivers::Contexts, ..Recipients::NONE };
            send(tx, &name, Envelope::of(by.id, Some(post)), &activity, &[readers])?;
        }
        posts::take_back(tx, &from, post, &author)?;
    }
    posts::entered(tx, post)
}
