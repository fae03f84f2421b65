//! How far people have read.
use diesel::{prelude::*, upsert::excluded};
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::markers,
};

/// How far a person has read a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Marker {
    /// Which timeline.
    pub timeline: String,
    /// The number of what was read last.
    pub last_read: i64,
    /// How often it was set.
    pub version: i64,
    /// When it was set, in milliseconds.
    pub updated: i64,
}

/// How far a person has read each timeline.
pub fn of(conn: &mut Conn, person: ActorId) -> Result<Vec<Marker>> {
    Ok(db!(conn, c => markers::table
        .filter(markers::person_id.eq(person.0))
        .order(markers::timeline)
        .select((markers::timeline, markers::last_read, markers::version, markers::updated))
        .load(c))?)
}

/// Sets how far a person has read a timeline.
pub fn set(tx: &mut Tx<'_>, person: ActorId, timeline: &str, last_read: i64, at: Timestamp) -> Result<()> {
    let row = (
        markers::person_id.eq(person.0),
        markers::timeline.eq(timeline),
        markers::last_read.eq(last_read),
        markers::version.eq(0_i64),
        markers::updated.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(markers::table)
        .values(row)
        .on_conflict((markers::person_id, markers::timeline))
        .do_update()
        .set((
            markers::last_read.eq(excluded(markers::last_read)),
            markers::version.eq(markers::version + 1),
            markers::updated.eq(excluded(markers::updated)),
        ))
        .execute(c))?;
    Ok(())
}
