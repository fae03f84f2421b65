//! What is being completed from elsewhere: how far that has come, and when it may begin anew.
use diesel::prelude::*;
use domain::time::Timestamp;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::backfills,
};

/// A plan that is still to be made.
const UNMADE: &str = "";

/// Begins to complete what has the id `uri`, unless that was done a short time ago: it may be done again at `again`.
/// What is under way goes on as it was planned. Whether it was begun.
pub fn begin(tx: &mut Tx<'_>, uri: &str, now: Timestamp, again: Timestamp) -> Result<bool> {
    let row =
        (backfills::uri.eq(uri), backfills::plan.eq(UNMADE), backfills::again.eq(again.0), backfills::found.eq(0_i64));
    if db!(tx, c => diesel::insert_into(backfills::table).values(row).on_conflict_do_nothing().execute(c))? > 0 {
        return Ok(true);
    }
    let due = backfills::again.le(now.0);
    let begun = db!(tx, c => diesel::update(backfills::table.find(uri).filter(due))
        .set(backfills::again.eq(again.0))
        .execute(c))?
        > 0;
    let ended = backfills::plan.is_null();
    if begun {
        db!(tx, c => diesel::update(backfills::table.find(uri).filter(ended))
            .set((backfills::plan.eq(UNMADE), backfills::found.eq(0_i64)))
            .execute(c))?;
    }
    Ok(begun)
}

/// Whether it may be begun, or was begun and can be hurried along.
pub fn is_due(conn: &mut Conn, uri: &str, now: Timestamp) -> Result<bool> {
    let row: Option<(Option<String>, i64)> =
        db!(conn, c => backfills::table.find(uri).select((backfills::plan, backfills::again)).first(c).optional())?;
    Ok(row.is_none_or(|(plan, again)| again <= now.0 || plan.as_deref() == Some(UNMADE)))
}

/// Whether anything is left to be read, and how many posts were new so far; nothing, if it was never begun.
pub fn left(conn: &mut Conn, uri: &str) -> Result<Option<(bool, u64)>> {
    let row: Option<(bool, i64)> = db!(conn, c => backfills::table
        .find(uri)
        .select((backfills::plan.is_not_null(), backfills::found))
        .first(c)
        .optional())?;
    Ok(row.map(|(is_left, found)| (is_left, u64::try_from(found).unwrap_or_default())))
}

/// What is left to be read; empty if that is not known yet, nothing if it came to its end.
pub fn plan(conn: &mut Conn, uri: &str) -> Result<Option<String>> {
    let plan: Option<Option<String>> =
        db!(conn, c => backfills::table.find(uri).select(backfills::plan).first(c).optional())?;
    Ok(plan.flatten())
}

/// Records what is left to be read, and how many posts were new so far.
pub fn go_on(tx: &mut Tx<'_>, uri: &str, plan: &str, found: u64) -> Result<()> {
    let row = (backfills::plan.eq(plan), backfills::found.eq(count(found)));
    db!(tx, c => diesel::update(backfills::table.find(uri)).set(row).execute(c))?;
    Ok(())
}

fn count(found: u64) -> i64 {
    i64::try_from(found).unwrap_or(i64::MAX)
}

/// Nothing is left to be read, and so many posts were new; it may not be begun anew before `again`, if that is said.
pub fn end(tx: &mut Tx<'_>, uri: &str, found: u64, again: Option<Timestamp>) -> Result<()> {
    let row = (backfills::plan.eq(None::<String>), backfills::found.eq(count(found)));
    match again {
        Some(again) => db!(tx, c => diesel::update(backfills::table.find(uri))
            .set((row, backfills::again.eq(again.0)))
            .execute(c))?,
        None => db!(tx, c => diesel::update(backfills::table.find(uri)).set(row).execute(c))?,
    };
    Ok(())
}
