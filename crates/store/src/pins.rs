//! What authors pin to their own pages, and threads of which a person wants to hear no more.
use std::collections::HashSet;

use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{muted_threads, pins, posts},
    visible::visible,
};

/// Pins a post, or does not any more.
pub fn set(tx: &mut Tx<'_>, actor: ActorId, post: PostId, on: bool, at: Timestamp) -> Result<()> {
    if on {
        let row = (pins::actor_id.eq(actor.0), pins::post_id.eq(post.0), pins::created.eq(at.0));
        db!(tx, c => diesel::insert_into(pins::table).values(row).on_conflict_do_nothing().execute(c))?;
    } else {
        db!(tx, c => diesel::delete(pins::table.find((actor.0, post.0))).execute(c))?;
    }
    Ok(())
}

/// What an author pins and `viewer` may read, pinned last first.
pub fn of(conn: &mut Conn, actor: ActorId, viewer: Option<ActorId>, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => pins::table
        .inner_join(posts::table.on(posts::id.eq(pins::post_id)))
        .filter(pins::actor_id.eq(actor.0))
        .filter(visible(viewer))
        .order((pins::created.desc(), pins::post_id.desc()))
        .limit(limit)
        .select(pins::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Those of these posts that an author pins.
pub fn among(conn: &mut Conn, actor: ActorId, ids: &[PostId]) -> Result<HashSet<PostId>> {
    let pinned: Vec<i64> = db!(conn, c => pins::table
        .filter(pins::actor_id.eq(actor.0).and(pins::post_id.among(ids)))
        .select(pins::post_id)
        .load(c))?;
    Ok(pinned.into_iter().map(PostId).collect())
}

/// Wants to hear of a thread no more, or again.
pub fn mute_thread(tx: &mut Tx<'_>, person: ActorId, root: PostId, on: bool) -> Result<()> {
    if on {
        let row = (muted_threads::person_id.eq(person.0), muted_threads::root_id.eq(root.0));
        db!(tx, c => diesel::insert_into(muted_threads::table).values(row).on_conflict_do_nothing().execute(c))?;
    } else {
        db!(tx, c => diesel::delete(muted_threads::table.find((person.0, root.0))).execute(c))?;
    }
    Ok(())
}

/// Those of these threads of which a person wants to hear no more.
pub fn muted_among(conn: &mut Conn, person: ActorId, roots: &[PostId]) -> Result<HashSet<PostId>> {
    let muted: Vec<i64> = db!(conn, c => muted_threads::table
        .filter(muted_threads::person_id.eq(person.0).and(muted_threads::root_id.among(roots)))
        .select(muted_threads::root_id)
        .load(c))?;
    Ok(muted.into_iter().map(PostId).collect())
}

/// Whether a person wants to hear of a thread no more.
pub fn is_muted(conn: &mut Conn, person: ActorId, root: PostId) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(muted_threads::table.find((person.0, root.0)))).get_result(c))?)
}
