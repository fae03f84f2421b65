//! How long those waited who asked to join a group, until somebody answered them.
use diesel::prelude::*;
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::waits,
};

/// How many of the last answers are looked at.
const LAST: i64 = 500;

/// Records how long somebody waited, in milliseconds, and forgets what was before `until`.
pub fn insert(tx: &mut Tx<'_>, group: ActorId, (answered, took): (Timestamp, i64), until: Timestamp) -> Result<()> {
    let row = (waits::group_id.eq(group.0), waits::answered.eq(answered.0), waits::took.eq(took));
    db!(tx, c => diesel::insert_into(waits::table).values(row).on_conflict_do_nothing().execute(c))?;
    db!(tx, c => diesel::delete(waits::table.filter(waits::group_id.eq(group.0).and(waits::answered.lt(until.0))))
        .execute(c))?;
    Ok(())
}

/// How long those waited in a group who were answered since a moment, in milliseconds.
pub fn since(conn: &mut Conn, group: ActorId, since: Timestamp) -> Result<Vec<i64>> {
    Ok(db!(conn, c => waits::table
        .filter(waits::group_id.eq(group.0).and(waits::answered.ge(since.0)))
        .order(waits::answered.desc())
        .limit(LAST)
        .select(waits::took)
        .load(c))?)
}
