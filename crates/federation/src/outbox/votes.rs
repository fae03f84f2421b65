//! Votes, and votes taken back.
use std::slice;

use app::{Cause, Result, Tx};
use domain::{
    actor::Actor,
    id::{ActivityId, ActorId},
    peer::Receivers,
    post::{Audience, Post, Vote},
};
use serde::Serialize;
use store::deliveries::Recipients;

use super::{
    received,
    send::{Envelope, Name, actors, pass_on, send, tells_of},
};
use crate::render::{Activity, activity};

/// Somebody voted.
pub(super) fn voted(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    (voter, vote): (ActorId, Vote),
    uri: &str,
    cause: Cause,
) -> Result<()> {
    let Some(People { voter, group, author }) = people(tx, post, voter)? else { return Ok(()) };
    if !voter.is_local() {
        return relay(tx, group.as_ref(), (post, author.as_ref()), &voter, cause);
    }
    let name = Name::given(tx, uri)?;
    let sign = store::votes::signs(tx, &[post.id], &[voter.id])?.pop().map(|(.., sign)| sign);
    let palette = store::emoji::palette(tx, sign.as_deref().map(|sign| (None, sign)))?;
    let picture = sign.as_deref().and_then(|sign| palette.of(None, [sign]).pop());
    let activity = activity::vote(&name.uri, &voter, post, vote, group.as_ref());
    let activity = activity.with_sign(&tx.site().clone(), sign.as_deref(), picture);
    tell(tx, &name, (&voter, vote), (post, group.as_ref()), &activity)
}

/// Somebody took a vote back.
pub(super) fn unvoted(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    (voter, vote): (ActorId, Vote),
    uri: &str,
    cause: Cause,
) -> Result<()> {
    let Some(People { voter, group, author }) = people(tx, post, voter)? else { return Ok(()) };
    if !voter.is_local() {
        return relay(tx, group.as_ref(), (post, author.as_ref()), &voter, cause);
    }
    let name = Name::new(tx, &voter);
    let inner = activity::vote(uri, &voter, post, vote, group.as_ref());
    let activity = activity::undo(&name.uri, &voter, &inner);
    tell(tx, &name, (&voter, vote), (post, group.as_ref()), &activity)
}

/// Whom a vote has to do with.
struct People {
    voter: Actor,
    /// The group of the post.
    group: Option<Actor>,
    /// Its author.
    author: Option<Actor>,
}

fn people(tx: &mut Tx<'_, '_>, post: &Post, voter: ActorId) -> Result<Option<People>> {
    let [voter, group, author] = actors(tx, [voter, post.group.unwrap_or(voter), post.author])?;
    Ok(voter.map(|voter| People { voter, group: group.filter(Actor::is_group), author }))
}

/// The vote of a person elsewhere, passed on by a group of ours; also to the author of the post, unless voter and author
/// are of one server, which knows already.
fn relay(
    tx: &mut Tx<'_, '_>,
    group: Option<&Actor>,
    (post, author): (&Post, Option<&Actor>),
    voter: &Actor,
    cause: Cause,
) -> Result<()> {
    let Some(group) = group else { return Ok(()) };
    let author = author.filter(|author| !author.is_local() && author.peer != voter.peer);
    if tells_of(tx, group, post)?
        && let Some(received) = received::by(tx, cause, &voter.uri)?
    {
        let people = author.map_or(&[][..], |author| slice::from_ref(&author.id));
        pass_on(tx, group, Some(post), (Receivers::Votes, people), &received.activity)?;
    }
    Ok(())
}

/// The vote of a person here: through the group if it is ours, to the group if it is not, and to the author.
fn tell<O: Serialize>(
    tx: &mut Tx<'_, '_>,
    name: &Name,
    (voter, vote): (&Actor, Vote),
    (post, group): (&Post, Option<&Actor>),
    activity: &Activity<'_, O>,
) -> Result<()> {
    let mut wrapped: Option<ActivityId> = None;
    let mut to = Vec::new();
    if let Some(group) = group {
        if tells_of(tx, group, post)? {
            let forums = (Receivers::Votes, slice::from_ref(&post.author));
            wrapped = pass_on(tx, group, Some(post), forums, activity)?;
        } else if group.is_local() {
            return Ok(());
        } else {
            to.push(Recipients { people: slice::from_ref(&group.id), ..Recipients::NONE });
        }
    }
    if post.audience == Audience::Members {
        // Whoever wrote it hears it from the group.
        send(tx, name, Envelope::of(voter.id, Some(post)), activity, &to)?;
        return Ok(());
    }
    // People are told that somebody likes what they wrote; only forums know what a dislike is.
    let receivers = if vote == Vote::Like { Receivers::All } else { Receivers::Votes };
    let instead_of: Vec<ActivityId> = wrapped.into_iter().chain(group.map(|_| name.id)).collect();
    let people = slice::from_ref(&post.author);
    to.push(Recipients { people, personal: true, receivers, instead_of: &instead_of, ..Recipients::NONE });
    send(tx, name, Envelope::of(voter.id, Some(post)), activity, &to)?;
    Ok(())
}
