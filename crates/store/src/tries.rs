//! How often something was tried lately, counted by all processes together.
use diesel::{prelude::*, upsert::excluded};
use domain::time::Timestamp;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::tries,
};

/// Counts one more, until `until` if it is the first at `now`; how many there are, and until when they count.
pub fn count(tx: &mut Tx<'_>, key: &str, now: Timestamp, until: Timestamp) -> Result<(i32, Timestamp)> {
    let known = used(tx, key, now)?;
    let (used, until) = known.map_or((1, until.0), |(used, until)| (used.saturating_add(1), until.0));
    db!(tx, c => diesel::insert_into(tries::table)
        .values((tries::key.eq(key), tries::used.eq(used), tries::until.eq(until)))
        .on_conflict(tries::key)
        .do_update()
        .set((tries::used.eq(excluded(tries::used)), tries::until.eq(excluded(tries::until))))
        .execute(c))?;
    Ok((used, Timestamp(until)))
}

/// How many there are that count at `now`, and until when they do.
pub fn used(conn: &mut Conn, key: &str, now: Timestamp) -> Result<Option<(i32, Timestamp)>> {
    let known: Option<(i32, i64)> = db!(conn, c => tries::table
        .find(key)
        .filter(tries::until.gt(now.0))
        .select((tries::used, tries::until))
        .first(c)
        .optional())?;
    Ok(known.map(|(used, until)| (used, Timestamp(until))))
}
