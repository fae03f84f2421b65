//! What is not kept for ever: bodies of what was received and sent, and the ids that guard against repeats.
use diesel::{dsl, prelude::*, sql_query, sql_types::BigInt};
use domain::{id, time::Timestamp};

use crate::{
    conn::{Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{activities, deliveries, received, received_bodies, settings},
    settings as remembered,
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
    let mut gone = vec![bodies, ids, sent];
    for (table, key, moment, before) in dated(keep) {
        gone.push(forget(tx, (table, key, moment), before)?);
    }
    Ok(gone.into_iter().any(|n| i64::try_from(n).is_ok_and(|n| n == PIECE)))
}

/// What goes by a moment that stands in the row: the table, its key, the column of the moment, and until when it is kept.
fn dated(keep: &Cutoffs) -> [(&'static str, &'static str, &'static str, Timestamp); 13] {
    [
        ("sessions", "id", "expires", keep.ended),
        ("drafts", "person_id, place", "updated", keep.drafts),
        ("codes", "hash", "expires", keep.ended),
        ("tokens", "hash", "expires", keep.ended),
        ("tickets", "hash", "expires", keep.ended),
        ("challenges", "hash", "expires", keep.ended),
        ("tries", "key", "until", keep.ended),
        ("unsent", "hash", "expires", keep.ended),
        ("claims", "item", "until", keep.ended),
        ("forestalled", "uri, actor_uri, deed", "at", keep.ids),
        ("backfills", "uri", "again", keep.bodies),
        ("partings", "target_id, person_id", "at", keep.ids),
        ("deliveries", "activity_id, peer_id, inbox", "parked", keep.activities),
    ]
}

/// Forgets a piece of the rows of a table that are from before `before`; returns how many.
fn forget(tx: &mut Tx<'_>, (table, key, moment): (&str, &str, &str), before: Timestamp) -> Result<usize> {
    let old = format!("SELECT {key} FROM {table} WHERE {moment} IS NOT NULL AND {moment} < $1 LIMIT {PIECE}");
    let text = format!("DELETE FROM {table} WHERE ({key}) IN ({old})");
    Ok(db!(tx, c => sql_query(text).bind::<BigInt, _>(before.0).execute(c))?)
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
