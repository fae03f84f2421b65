//! For which community somebody signs up, until they are there.
use diesel::{prelude::*, upsert::excluded};
use domain::id::ActorId;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::arrivals,
};

/// Somebody who is on their way into a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = arrivals, treat_none_as_default_value = false)]
pub struct Arrival {
    /// Who.
    pub person_id: i64,
    /// The community.
    pub group_id: i64,
    /// The link by which they come, if it is one; a place is kept for them.
    pub gate_id: Option<i64>,
}

/// Records for which community somebody signs up, in place of what was known before.
pub fn set(tx: &mut Tx<'_>, arrival: &Arrival) -> Result<()> {
    db!(tx, c => diesel::insert_into(arrivals::table)
        .values(arrival)
        .on_conflict(arrivals::person_id)
        .do_update()
        .set((
            arrivals::group_id.eq(excluded(arrivals::group_id)),
            arrivals::gate_id.eq(excluded(arrivals::gate_id)),
        ))
        .execute(c))?;
    Ok(())
}

/// Where somebody is on their way to.
pub fn of(conn: &mut Conn, person: ActorId) -> Result<Option<Arrival>> {
    Ok(db!(conn, c => arrivals::table.find(person.0).select(Arrival::as_select()).first(c).optional())?)
}

/// Forgets that somebody is on their way into a community: they are there, or never will be.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, group: ActorId) -> Result<()> {
    let there = arrivals::group_id.eq(group.0);
    db!(tx, c => diesel::delete(arrivals::table.find(person.0).filter(there)).execute(c))?;
    Ok(())
}

/// Forgets that somebody is on their way anywhere, who is gone.
pub fn forget(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(arrivals::table.find(person.0)).execute(c))?;
    Ok(())
}
