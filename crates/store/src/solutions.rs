//! Which reply answers what a thread asks.
use std::collections::HashSet;

use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{accepted, posts, solutions, thanked},
};

/// Records that a reply answers, in place of any other; whether that is news.
pub fn set(tx: &mut Tx<'_>, thread: PostId, reply: PostId, by: ActorId, at: Timestamp) -> Result<bool> {
    if of(tx, thread)? == Some(reply) {
        return Ok(false);
    }
    let row = (
        solutions::thread_id.eq(thread.0),
        solutions::reply_id.eq(reply.0),
        solutions::by_id.eq(by.0),
        solutions::created.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(solutions::table)
        .values(row)
        .on_conflict(solutions::thread_id)
        .do_update()
        .set((
            solutions::reply_id.eq(excluded(solutions::reply_id)),
            solutions::by_id.eq(excluded(solutions::by_id)),
            solutions::created.eq(excluded(solutions::created)),
        ))
        .execute(c))?;
    Ok(true)
}

/// Records that a reply does not answer after all; whether it did.
pub fn remove(tx: &mut Tx<'_>, thread: PostId, reply: PostId) -> Result<bool> {
    let this = solutions::table.filter(solutions::thread_id.eq(thread.0).and(solutions::reply_id.eq(reply.0)));
    Ok(db!(tx, c => diesel::delete(this).execute(c))? > 0)
}

/// What is answered by a reply that is still there, and still in that thread.
macro_rules! solved {
    () => {{
        let replies = diesel::alias!(posts as replies);
        let is_there = replies
            .field(posts::deleted)
            .is_null()
            .and(replies.field(posts::removed).is_null())
            .and(replies.field(posts::parent_id).is_not_null())
            .and(replies.field(posts::root_id).eq(solutions::thread_id));
        solutions::table
            .filter(dsl::exists(replies.filter(replies.field(posts::id).eq(solutions::reply_id)).filter(is_there)))
    }};
}
pub(crate) use solved;

/// The reply that answers a thread.
pub fn of(conn: &mut Conn, thread: PostId) -> Result<Option<PostId>> {
    let found: Option<i64> = db!(conn, c => solved!()
        .filter(solutions::thread_id.eq(thread.0))
        .select(solutions::reply_id)
        .first(c)
        .optional())?;
    Ok(found.map(PostId))
}

/// Those of these threads that are answered.
pub fn among(conn: &mut Conn, threads: &[PostId]) -> Result<HashSet<PostId>> {
    let found: Vec<i64> = db!(conn, c => solved!()
        .filter(solutions::thread_id.among(threads))
        .select(solutions::thread_id)
        .load(c))?;
    Ok(found.into_iter().map(PostId).collect())
}

/// Remembers that a reply was said to answer a thread; whether it never was before.
pub fn accept(tx: &mut Tx<'_>, thread: PostId, reply: PostId) -> Result<bool> {
    let row = (accepted::thread_id.eq(thread.0), accepted::reply_id.eq(reply.0));
    Ok(db!(tx, c => diesel::insert_into(accepted::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// Remembers that a community thanked somebody; whether it never did before.
pub fn thank(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    let row = (thanked::group_id.eq(group.0), thanked::person_id.eq(person.0));
    Ok(db!(tx, c => diesel::insert_into(thanked::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}
