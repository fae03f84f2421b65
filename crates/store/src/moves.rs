//! Who is, or was, known by another id.
use diesel::prelude::*;
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::{aliases, moves},
};

/// By which other ids an actor here says that it is known.
pub fn aliases(conn: &mut Conn, actor: ActorId) -> Result<Vec<String>> {
    Ok(db!(conn, c => aliases::table
        .filter(aliases::actor_id.eq(actor.0))
        .order(aliases::uri)
        .select(aliases::uri)
        .load(c))?)
}

/// Lets an actor say, or not say any more, that it is also known by `uri`; whether that changes anything.
pub fn set_alias(tx: &mut Tx<'_>, actor: ActorId, uri: &str, on: bool) -> Result<bool> {
    let changed = if on {
        let row = (aliases::actor_id.eq(actor.0), aliases::uri.eq(uri));
        db!(tx, c => diesel::insert_into(aliases::table).values(row).on_conflict_do_nothing().execute(c))?
    } else {
        db!(tx, c => diesel::delete(aliases::table.find((actor.0, uri))).execute(c))?
    };
    Ok(changed > 0)
}

/// Where an actor moved, and when.
pub fn last(conn: &mut Conn, actor: ActorId) -> Result<Option<(ActorId, Timestamp)>> {
    let row: Option<(i64, i64)> =
        db!(conn, c => moves::table.find(actor.0).select((moves::target_id, moves::at)).first(c).optional())?;
    Ok(row.map(|(target, at)| (ActorId(target), Timestamp(at))))
}

/// Records that an actor moved.
pub fn set(tx: &mut Tx<'_>, actor: ActorId, target: ActorId, at: Timestamp) -> Result<()> {
    let moved = (moves::target_id.eq(target.0), moves::at.eq(at.0));
    db!(tx, c => diesel::insert_into(moves::table)
        .values((moves::actor_id.eq(actor.0), moved))
        .on_conflict(moves::actor_id)
        .do_update()
        .set(moved)
        .execute(c))?;
    Ok(())
}

/// Forgets that an actor moved: it is back.
pub fn remove(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(moves::table.find(actor.0)).execute(c))?;
    Ok(())
}
