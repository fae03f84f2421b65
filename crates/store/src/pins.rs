//! What authors pin to their own pages.
use std::collections::HashSet;

use diesel::prelude::*;
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    schema::{pins, posts},
    visible::visible,
};

/// Pins a post, or does not any more.
pub fn set(tx: &mut Tx<'_>, actor: ActorId, post: PostId, on: bool, at: Timestamp) -> Result<()> {
    tx.touch(Basis::Marks(actor));
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
