//! Where slow mode is on, and when somebody last wrote there.
use std::time::Duration;

use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::ActorId,
    pace::Lane,
    time::{Timestamp, span},
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{paces, turns},
};

/// Those of these lanes in which slow mode is on, each with how much time passes between two posts of somebody.
pub fn among(conn: &mut Conn, lanes: &[Lane]) -> Result<Vec<(Lane, Duration)>> {
    let lanes: Vec<String> = lanes.iter().map(Lane::to_string).collect();
    let rows: Vec<(Word<Lane>, i64)> =
        db!(conn, c => paces::table.filter(paces::lane.among(&lanes)).select((paces::lane, paces::seconds)).load(c))?;
    Ok(rows.into_iter().map(|(lane, seconds)| (lane.0, span::seconds(seconds.unsigned_abs()))).collect())
}

/// Turns slow mode on or off; who wrote before it was on need not wait.
pub fn set(tx: &mut Tx<'_>, lane: Lane, span: Duration) -> Result<()> {
    if span.is_zero() {
        db!(tx, c => diesel::delete(turns::table.filter(turns::lane.eq(Word(lane)))).execute(c))?;
        db!(tx, c => diesel::delete(paces::table.find(Word(lane))).execute(c))?;
        return Ok(());
    }
    let seconds = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    db!(tx, c => diesel::insert_into(paces::table)
        .values((paces::lane.eq(Word(lane)), paces::seconds.eq(seconds)))
        .on_conflict(paces::lane)
        .do_update()
        .set(paces::seconds.eq(excluded(paces::seconds)))
        .execute(c))?;
    Ok(())
}

/// When somebody last wrote in these lanes since slow mode is on.
pub fn last(conn: &mut Conn, lanes: &[Lane], person: ActorId) -> Result<Vec<(Lane, Timestamp)>> {
    let lanes: Vec<String> = lanes.iter().map(Lane::to_string).collect();
    let rows: Vec<(Word<Lane>, i64)> = db!(conn, c => turns::table
        .filter(turns::lane.among(&lanes).and(turns::person_id.eq(person.0)))
        .select((turns::lane, turns::at))
        .load(c))?;
    Ok(rows.into_iter().map(|(lane, at)| (lane.0, Timestamp(at))).collect())
}

/// Somebody wrote.
pub fn take(tx: &mut Tx<'_>, lane: Lane, person: ActorId, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::insert_into(turns::table)
        .values((
            turns::lane.eq(Word(lane)),
            turns::person_id.eq(person.0),
            turns::at.eq(at.0),
            turns::told.eq(false),
        ))
        .on_conflict((turns::lane, turns::person_id))
        .do_update()
        .set((turns::at.eq(excluded(turns::at)), turns::told.eq(false)))
        .execute(c))?;
    Ok(())
}

/// Records that somebody was told that they have to wait; whether that is new.
pub fn told(tx: &mut Tx<'_>, lanes: &[Lane], person: ActorId) -> Result<bool> {
    let lanes: Vec<String> = lanes.iter().map(Lane::to_string).collect();
    let mine = turns::lane.among(&lanes).and(turns::person_id.eq(person.0)).and(turns::told.eq(false));
    Ok(db!(tx, c => diesel::update(turns::table.filter(mine)).set(turns::told.eq(true)).execute(c))? > 0)
}
