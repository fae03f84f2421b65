//! How long those waited who asked to join a group, until somebody answered them.
use diesel::prelude::*;
use domain::{
    id::{self, ActorId, WaitId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::waits,
};

/// How many of the last answers are looked at.
const LAST: i64 = 500;

/// Records how long somebody waited who is answered now, in milliseconds, and forgets what was before `until`.
pub fn insert(tx: &mut Tx<'_>, id: WaitId, group: ActorId, took: i64, until: Timestamp) -> Result<()> {
    let row = (waits::id.eq(id.0), waits::group_id.eq(group.0), waits::took.eq(took));
    db!(tx, c => diesel::insert_into(waits::table).values(row).execute(c))?;
    let old = waits::group_id.eq(group.0).and(waits::id.lt(id::at(until, 0)));
    db!(tx, c => diesel::delete(waits::table.filter(old)).execute(c))?;
    Ok(())
}

/// How long those waited in a group who were answered since a moment, in milliseconds.
pub fn since(conn: &mut Conn, group: ActorId, since: Timestamp) -> Result<Vec<i64>> {
    Ok(db!(conn, c => waits::table
        .filter(waits::group_id.eq(group.0).and(waits::id.ge(id::at(since, 0))))
        .order(waits::id.desc())
        .limit(LAST)
        .select(waits::took)
        .load(c))?)
}
