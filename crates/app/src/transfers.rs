//! Threads that move from one group to another of the same server.
use std::sync::Arc;

use domain::{
    actor::Actor,
    group::{GroupRules, Role, Standing},
    host::same_origin,
    id::{ActorId, PostId},
    policy::{self, Refusal},
    post::Post,
    text::plain,
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, follows, groups, moves, posts, reports, statements};

/// Moves a thread to another group; I keep order in both.
pub async fn transfer(app: &App, me: Me, post: PostId, to: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        apply(tx, me.0, post, to, (&reason, None))
    })
    .await
}

/// Records that a thread was moved by one who keeps order in both groups. A group speaks for its whole server.
pub fn receive(tx: &mut Tx<'_, '_>, by: ActorId, post: PostId, to: ActorId, reason: &str, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    apply(tx, by, post, to, (reason, cause))
}

fn apply(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, to: ActorId, (reason, cause): (&str, Cause)) -> Result<()> {
    if !post.is_thread() {
        return Err(Error::Invalid("a reply stays in its thread".into()));
    }
    let from = post.group.ok_or(Refusal::NotStaff)?;
    if from == to {
        return Ok(());
    }
    let (old, new) = (follows::living(tx, from)?, follows::living(tx, to)?);
    // Whoever reads it there has it from the same server as before.
    if !(old.is_local() && new.is_local() || same_origin(&old.uri, &new.uri)) {
        return Err(Error::Invalid("a thread moves between groups of one server".into()));
    }
    let here = groups::regard(tx, from, by)?;
    let there = regard_there(tx, &new, by, from)?;
    policy::transfer(&post, (&here.0, &here.1), (&there.0, &there.1))?;
    moves::refuse_moved(tx, to)?;
    store::threads::transfer(tx, post.id, (from, to))?;
    reports::hand_on(tx, from, to)?;
    let post = Arc::new(Post { group: Some(to), featured: None, ..post });
    let reason = plain::line(reason, statements::REASON);
    tx.emit(Event::Transferred { post, from, by, reason, cause });
    Ok(())
}

/// What whoever moves a thread is to the group it moves to; the old one decides for a server that both belong to.
fn regard_there(tx: &mut Tx<'_, '_>, new: &Actor, by: ActorId, from: ActorId) -> Result<(GroupRules, Standing)> {
    let (rules, standing) = groups::named(tx, new.id, by)?;
    let speaks = by == from && !new.is_local();
    Ok((rules, if speaks { Standing { role: Some(Role::Owner), ..standing } } else { standing }))
}
