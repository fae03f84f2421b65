//! Keeping order in a group: removing, closing, pinning, banning; by people here or elsewhere.
use std::sync::Arc;

use domain::{
    group::Standing,
    id::{ActorId, PostId},
    policy,
    post::Post,
    text::plain,
    time::Timestamp,
};
use store::{
    groups::Ban,
    posts::{Count, Mark},
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, follows, groups, posts};

/// The longest reason, in characters.
const REASON: usize = 1_000;

/// What may be done with a post to keep order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Take it out of its group.
    Remove,
    /// Put it back.
    Restore,
    /// Close it to replies.
    Lock,
    /// Open it again.
    Unlock,
    /// Pin it.
    Feature,
    /// Unpin it.
    Unfeature,
}

/// Takes a measure on a post in a group in which I keep order.
pub async fn take(app: &App, me: Me, post: PostId, measure: Measure, reason: String) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        apply(tx, me.0, post, measure, &reason, None)
    })
    .await
}

/// Records a measure taken elsewhere, by one who keeps order in the group of the post.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: PostId,
    measure: Measure,
    reason: &str,
    cause: Cause,
) -> Result<()> {
    let post = posts::load(tx, post)?;
    apply(tx, by, post, measure, reason, cause)
}

fn apply(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, measure: Measure, reason: &str, cause: Cause) -> Result<()> {
    let standing = regard(tx, &post, by)?;
    policy::remove(&post, &standing)?;
    let (mark, on, was) = match measure {
        Measure::Remove => (Mark::Removed, true, post.removed),
        Measure::Restore => (Mark::Removed, false, post.removed),
        Measure::Lock => (Mark::Locked, true, post.locked),
        Measure::Unlock => (Mark::Locked, false, post.locked),
        Measure::Feature => (Mark::Featured, true, post.featured),
        Measure::Unfeature => (Mark::Featured, false, post.featured),
    };
    if was.is_some() == on {
        return Ok(());
    }
    let now = tx.now();
    store::posts::set_mark(tx, post.id, mark, on.then_some(now))?;
    if let (Mark::Removed, Some(parent)) = (mark, post.parent) {
        store::posts::count(tx, parent, Count::Replies, if on { -1 } else { 1 })?;
    }
    let (reason, post) = (plain::line(reason, REASON), Arc::new(post));
    tx.emit(match measure {
        Measure::Remove => Event::Removed { post, by, reason, cause },
        Measure::Restore => {
            Event::Restored { post: Arc::new(Post { removed: None, ..(*post).clone() }), by, reason, cause }
        }
        Measure::Lock | Measure::Unlock => Event::Locked { post, by, on, reason, cause },
        Measure::Feature | Measure::Unfeature => Event::Featured { post, by, on, cause },
    });
    Ok(())
}

/// Takes a post out of its group; for deletions by somebody who is not its author.
pub(crate) fn take_out(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, reason: &str, cause: Cause) -> Result<()> {
    apply(tx, by, post, Measure::Remove, reason, cause)
}

fn regard(tx: &mut Tx<'_, '_>, post: &Post, person: ActorId) -> Result<Standing> {
    let group = post.group.ok_or(policy::Refusal::NotAuthor)?;
    Ok(groups::regard(tx, group, person)?.1)
}

/// A ban to be set.
#[derive(Debug, Clone)]
pub struct NewBan {
    /// The group.
    pub group: ActorId,
    /// Who is kept out.
    pub person: ActorId,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Bans somebody from a group in which I keep order: follow and membership end.
pub async fn ban(app: &App, me: Me, ban: NewBan) -> Result<()> {
    app.write(move |tx| receive_ban(tx, me.0, &ban, None)).await
}

/// Records a ban, set here or elsewhere by one who keeps order in the group.
pub fn receive_ban(tx: &mut Tx<'_, '_>, by: ActorId, ban: &NewBan, cause: Cause) -> Result<()> {
    let NewBan { group, person, until, .. } = *ban;
    let (_, mine) = groups::regard(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::ban(&mine, &theirs)?;
    let now = tx.now();
    if until.is_some_and(|until| until <= now) {
        return Err(Error::Invalid("a ban ends in the future".into()));
    }
    let reason = plain::line(&ban.reason, REASON);
    let row = Ban {
        group_id: group.0,
        person_id: person.0,
        by_id: by.0,
        reason: reason.clone(),
        since: now.0,
        until: until.map(|at| at.0),
    };
    store::groups::set_ban(tx, &row)?;
    store::groups::remove_membership(tx, group, person)?;
    if groups::is_local(tx, group)? {
        follows::expel(tx, group, person)?;
    }
    tx.emit(Event::Banned { group, person, by, until, reason, cause });
    Ok(())
}

/// Lifts a ban from a group in which I keep order.
pub async fn unban(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| receive_unban(tx, me.0, group, person, None)).await
}

/// Records that a ban was lifted, here or elsewhere, by one who keeps order in the group.
pub fn receive_unban(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, person: ActorId, cause: Cause) -> Result<()> {
    let (_, mine) = groups::regard(tx, group, by)?;
    policy::moderate(&mine)?;
    if store::groups::lift_ban(tx, group, person)? {
        tx.emit(Event::Unbanned { group, person, by, cause });
    }
    Ok(())
}
