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
    let row = (backfills::uri.eq(uri), backfills::plan.eq(UNMADE), backfills::again.eq(again.0));
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
            .set(backfills::plan.eq(UNMADE))
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

/// Whether anything is left to be read; nothing, if it was never begun.
pub fn left(conn: &mut Conn, uri: &str) -> Result<Option<bool>> {
    Ok(db!(conn, c => backfills::table.find(uri).select(backfills::plan.is_not_null()).first(c).optional())?)
}

/// What is left to be read; empty if that is not known yet, nothing if it came to its end.
pub fn plan(conn: &mut Conn, uri: &str) -> Result<Option<String>> {
    let plan: Option<Option<String>> =
        db!(conn, c => backfills::table.find(uri).select(backfills::plan).first(c).optional())?;
    Ok(plan.flatten())
}

/// Records what is left to be read.
pub fn go_on(tx: &mut Tx<'_>, uri: &str, plan: &str) -> Result<()> {
    db!(tx, c => diesel::update(backfills::table.find(uri)).set(backfills::plan.eq(plan)).execute(c))?;
    Ok(())
}

/// Nothing is left to be read; it may not be begun anew before `again`, if that is said.
pub fn end(tx: &mut Tx<'_>, uri: &str, again: Option<Timestamp>) -> Result<()> {
    let none = None::<String>;
    match again {
        Some(again) => db!(tx, c => diesel::update(backfills::table.find(uri))
            .set((backfills::plan.eq(none), backfills::again.eq(again.0)))
            .execute(c))?,
        None => db!(tx, c => diesel::update(backfills::table.find(uri)).set(backfills::plan.eq(none)).execute(c))?,
    };
    Ok(())
}
