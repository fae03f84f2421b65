//! Replies that became threads, and threads that became replies: told by the group, and by their authors as far as they live here.
use std::slice;

use app::{Cause, Result, Tx};
use domain::{
    id::{ActorId, PostId},
    peer::Receivers,
    post::Post,
};
use store::deliveries::Recipients;

use super::{
    posts, received,
    send::{Envelope, Name, actors, pass_on, room, send, tells_of},
};
use crate::render::activity;

/// A moderator moved a post out of the thread `from`.
pub(super) fn grafted(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    from: PostId,
    (by, reason): (ActorId, &str),
    cause: Cause,
) -> Result<()> {
    let Some(group) = post.group else { return Ok(()) };
    let [Some(by), Some(group), Some(author)] = actors(tx, [by, group, post.author])? else { return Ok(()) };
    let (name, room) = (Name::new(tx, &by), room(tx, &group)?);
    let uri = |post: Option<Post>| post.map(|post| post.uri);
    let from = uri(store::posts::by_id(tx, from)?).unwrap_or_default();
    let parent = match post.parent {
        Some(parent) => uri(store::posts::by_id(tx, parent)?),
        None => None,
    };
    let target = parent.unwrap_or_else(|| post.uri.clone());
    let activity = activity::graft(&name.uri, &by, post, (room, &from, target), reason);
    if !group.is_local() {
        if by.is_local() {
            let people = Recipients { people: slice::from_ref(&group.id), ..Recipients::NONE };
            send(tx, &name, Envelope::of(by.id, Some(post)), &activity, &[people])?;
        }
        return Ok(());
    }
    if !tells_of(tx, &group, post)? {
        return Ok(());
    }
    let transfers = (Receivers::Transfers, &[][..]);
    match received::by(tx, cause, &by.uri)? {
        _ if by.is_local() => pass_on(tx, &group, Some(post), transfers, &activity)?,
        Some(said) => pass_on(tx, &group, Some(post), transfers, &said.activity)?,
        None => None,
    };
    if post.local {
        // Whoever does not know that word learns by a change of the post where it stands now.
        posts::edited(tx, post, None)?;
    }
    if post.is_thread() {
        posts::announce(tx, &group, post, &author)
    } else {
        posts::take_back(tx, &group, post, &author)
    }
}
