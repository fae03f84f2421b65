//! What is not kept for ever: bodies of what was received and sent, and the ids that guard against repeats.
use diesel::{dsl, prelude::*};
use domain::{id, time::Timestamp};

use crate::{
    claims,
    conn::{Tx, db},
    dialect::AmongExt,
    drafts,
    error::Result,
    passkeys,
    schema::{activities, backfills, deliveries, forestalled, partings, received, received_bodies, settings},
    sessions, settings as remembered, tickets, tokens, tries, unsent,
};

/// Where the last sweep of bodies ended.
const CURSOR: &str = "swept";

/// How many rows one sweep looks at, so that it never holds the writer for long.
const PIECE: i64 = 2_000;

/// Until when each kind of thing is kept.
#[derive(Debug, Clone, Copy)]
pub struct Cutoffs {
    /// Bodies of received activities that have had their effect.
    pub bodies: Timestamp,
    /// Ids of received activities; longer than any sender tries again.
    pub ids: Timestamp,
    /// Activities of ours that nobody waits for, and deliveries that were given up.
    pub activities: Timestamp,
    /// What people began to write and did not go on with.
    pub drafts: Timestamp,
    /// Sessions, codes and links that have ended.
    pub ended: Timestamp,
}

/// Forgets a piece of what is too old; whether there may be more.
pub fn sweep(tx: &mut Tx<'_>, keep: &Cutoffs) -> Result<bool> {
    sessions::sweep(tx, keep.ended)?;
    drafts::sweep(tx, keep.drafts)?;
    tokens::sweep(tx, keep.ended)?;
    tickets::sweep(tx, keep.ended)?;
    passkeys::sweep(tx, keep.ended)?;
    tries::sweep(tx, keep.ended)?;
    unsent::sweep(tx, keep.ended)?;
    claims::sweep(tx, keep.ended)?;
    let bodies = sweep_bodies(tx, keep.bodies)?;
    let old = id::at(keep.ids, 0);
    let ids = db!(tx, c => {
        let piece: Vec<i64> = received::table
            .filter(received::id.lt(old).and(received::state.ne("waiting")))
            .order(received::id)
            .limit(PIECE)
            .select(received::id)
            .load(c)?;
        diesel::delete(received_bodies::table.filter(received_bodies::id.among(&piece))).execute(c)?;
        diesel::delete(received::table.filter(received::id.among(piece))).execute(c)
    })?;
    db!(tx, c => diesel::delete(forestalled::table.filter(forestalled::at.lt(keep.ids.0))).execute(c))?;
    db!(tx, c => diesel::delete(backfills::table.filter(backfills::again.lt(keep.bodies.0))).execute(c))?;
    db!(tx, c => diesel::delete(partings::table.filter(partings::at.lt(keep.ids.0))).execute(c))?;
    let parked = deliveries::parked.is_not_null().and(deliveries::parked.lt(keep.activities.0));
    db!(tx, c => diesel::delete(deliveries::table.filter(parked)).execute(c))?;
    let old = id::at(keep.activities, 0);
    let sent = db!(tx, c => {
        let waited_for = deliveries::table.filter(deliveries::activity_id.eq(activities::id));
        let piece: Vec<i64> = activities::table
            .filter(activities::id.lt(old).and(dsl::not(dsl::exists(waited_for))))
            .order(activities::id)
            .limit(PIECE)
            .select(activities::id)
            .load(c)?;
        diesel::delete(activities::table.filter(activities::id.among(piece))).execute(c)
    })?;
    Ok([bodies, ids, sent].into_iter().any(|n| i64::try_from(n).is_ok_and(|n| n == PIECE)))
}

/// Forgets the bodies of a piece of what was received before `before`, from where the last sweep ended.
fn sweep_bodies(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize> {
    let from: i64 = remembered::get(tx, CURSOR)?.and_then(|at| at.parse().ok()).unwrap_or(0);
    let old = id::at(before, 0);
    let piece: Vec<i64> = db!(tx, c => received::table
        .filter(received::id.gt(from).and(received::id.lt(old)))
        .order(received::id)
        .limit(PIECE)
        .select(received::id)
        .load(c))?;
    let Some(last) = piece.last().copied() else { return Ok(0) };
    let done = received::table
        .filter(received::id.gt(from).and(received::id.le(last)).and(received::state.eq("done")))
        .select(received::id);
    db!(tx, c => diesel::delete(received_bodies::table.filter(received_bodies::id.eq_any(done))).execute(c))?;
    db!(tx, c => diesel::insert_into(settings::table)
        .values((settings::key.eq(CURSOR), settings::value.eq(last.to_string())))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(last.to_string()))
        .execute(c))?;
    Ok(piece.len())
}
