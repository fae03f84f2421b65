//! Servers whose people a person here does not want to read.
use diesel::{dsl, prelude::*};
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    kept::Basis,
    schema::{actors, follows, host_shuns},
};

/// Shuns a server; whether that is new.
pub fn add(tx: &mut Tx<'_>, person: ActorId, host: &str, at: Timestamp) -> Result<bool> {
    tx.touch(Basis::Wishes(person));
    let row = (host_shuns::person_id.eq(person.0), host_shuns::host.eq(host), host_shuns::created.eq(at.0));
    Ok(db!(tx, c => diesel::insert_into(host_shuns::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// Shuns a server no more.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, host: &str) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    db!(tx, c => diesel::delete(host_shuns::table.find((person.0, host))).execute(c))?;
    Ok(())
}

/// The servers that a person shuns, in the order of the alphabet, after `after`.
pub fn of(conn: &mut Conn, person: ActorId, after: &str, limit: i64) -> Result<Vec<String>> {
    Ok(db!(conn, c => host_shuns::table
        .filter(host_shuns::person_id.eq(person.0).and(host_shuns::host.gt(after)))
        .order(host_shuns::host)
        .limit(limit)
        .select(host_shuns::host)
        .load(c))?)
}

/// Whether `person` shuns the server of `actor`.
pub fn concerns(conn: &mut Conn, person: ActorId, actor: ActorId) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(
        host_shuns::table
            .inner_join(actors::table.on(actors::host.eq(host_shuns::host)))
            .filter(host_shuns::person_id.eq(person.0).and(actors::id.eq(actor.0)))
    ))
    .get_result(c))?)
}

/// Whom of a server `person` follows, and who of there follows them; some of both.
pub fn follows_of(conn: &mut Conn, person: ActorId, host: &str, limit: i64) -> Result<(Vec<ActorId>, Vec<ActorId>)> {
    let followed: Vec<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(person.0).and(actors::host.eq(host)))
        .select(follows::target_id)
        .limit(limit)
        .load(c))?;
    let following: Vec<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(person.0).and(actors::host.eq(host)))
        .select(follows::follower_id)
        .limit(limit)
        .load(c))?;
    let ids = |ids: Vec<i64>| ids.into_iter().map(ActorId).collect();
    Ok((ids(followed), ids(following)))
}
