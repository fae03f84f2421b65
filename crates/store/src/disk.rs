//! How full the disk was on each of the last days.
use diesel::{prelude::*, upsert::excluded};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::disk_days as days,
};

/// Remembers how full it is on a day, in bytes, and forgets what was before the day `oldest`.
pub fn note(tx: &mut Tx<'_>, day: i64, used: i64, oldest: i64) -> Result<()> {
    db!(tx, c => diesel::delete(days::table.filter(days::day.lt(oldest))).execute(c))?;
    db!(tx, c => diesel::insert_into(days::table)
        .values((days::day.eq(day), days::used.eq(used)))
        .on_conflict(days::day)
        .do_update()
        .set(days::used.eq(excluded(days::used)))
        .execute(c))?;
    Ok(())
}

/// The first day since `from` that is remembered, and how full it was.
pub fn first(conn: &mut Conn, from: i64) -> Result<Option<(i64, i64)>> {
    Ok(db!(conn, c => days::table
        .filter(days::day.ge(from))
        .order(days::day)
        .select((days::day, days::used))
        .first(c)
        .optional())?)
}
