//! What was given up: background work, and activities that could not be applied. Somebody should look.
use diesel::prelude::*;
use domain::id::{JobId, ReceivedId};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    jobs::parked_state,
    schema::{jobs, received},
};

/// Background work that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ParkedJob {
    /// Its number.
    pub id: i64,
    /// What was to be done, one word.
    pub kind: String,
    /// With what.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last.
    pub error: Option<String>,
}

/// An activity that was received and could not be applied.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ParkedReceived {
    /// Its number.
    pub id: i64,
    /// Its id on the network.
    pub uri: String,
    /// Who signed it.
    pub actor_uri: String,
    /// Its type, one word.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last.
    pub error: Option<String>,
}

/// The work that was given up before `before`, the newest first.
pub fn jobs(conn: &mut Conn, before: JobId, limit: i64) -> Result<Vec<ParkedJob>> {
    Ok(db!(conn, c => jobs::table
        .filter(parked_state().and(jobs::id.lt(before.0)))
        .order(jobs::id.desc())
        .limit(limit)
        .select((jobs::id, jobs::kind, jobs::subject, jobs::attempts, jobs::error))
        .load(c))?)
}

/// The activities that were given up before `before`, the newest first.
pub fn received(conn: &mut Conn, before: ReceivedId, limit: i64) -> Result<Vec<ParkedReceived>> {
    Ok(db!(conn, c => received::table
        .filter(parked_state().and(received::id.lt(before.0)))
        .order(received::id.desc())
        .limit(limit)
        .select((
            received::id,
            received::uri,
            received::actor_uri,
            received::kind,
            received::attempts,
            received::error,
        ))
        .load(c))?)
}

/// Lets work be tried again; whether it was given up.
pub fn retry_job(tx: &mut Tx<'_>, id: JobId) -> Result<bool> {
    let parked = jobs::table.filter(parked_state().and(jobs::id.eq(id.0)));
    let afresh = (jobs::state.eq("waiting"), jobs::attempts.eq(0), jobs::run_at.eq(0_i64), jobs::lease_until.eq(0_i64));
    Ok(db!(tx, c => diesel::update(parked).set(afresh).execute(c))? > 0)
}

/// Lets an activity be applied again; whether it was given up.
pub fn retry_received(tx: &mut Tx<'_>, id: ReceivedId) -> Result<bool> {
    let parked = received::table.filter(parked_state().and(received::id.eq(id.0)));
    let afresh = (
        received::state.eq("waiting"),
        received::attempts.eq(0),
        received::run_at.eq(0_i64),
        received::lease_until.eq(0_i64),
    );
    Ok(db!(tx, c => diesel::update(parked).set(afresh).execute(c))? > 0)
}

/// Forgets work that was given up; whether there was such.
pub fn drop_job(tx: &mut Tx<'_>, id: JobId) -> Result<bool> {
    let parked = jobs::table.filter(parked_state().and(jobs::id.eq(id.0)));
    Ok(db!(tx, c => diesel::delete(parked).execute(c))? > 0)
}

/// Takes an activity that was given up for done: it stays known, so that it has no effect if it comes again.
pub fn drop_received(tx: &mut Tx<'_>, id: ReceivedId) -> Result<bool> {
    let parked = received::table.filter(parked_state().and(received::id.eq(id.0)));
    Ok(db!(tx, c => diesel::update(parked).set(received::state.eq("done")).execute(c))? > 0)
}
