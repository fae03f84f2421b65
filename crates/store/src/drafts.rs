//! What people have begun to write.
use diesel::{prelude::*, upsert::excluded};
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::drafts,
};

/// What a person has begun to write at a place, as the action layer keeps it, and when they last went on with it.
pub fn get(conn: &mut Conn, person: ActorId, place: &str) -> Result<Option<(String, Timestamp)>> {
    let found: Option<(String, i64)> = db!(conn, c => drafts::table
        .find((person.0, place))
        .select((drafts::writing, drafts::updated))
        .first(c)
        .optional())?;
    Ok(found.map(|(writing, at)| (writing, Timestamp(at))))
}

/// Keeps what a person has begun to write.
pub fn set(tx: &mut Tx<'_>, person: ActorId, place: &str, writing: &str, at: Timestamp) -> Result<()> {
    let row = (
        drafts::person_id.eq(person.0),
        drafts::place.eq(place),
        drafts::writing.eq(writing),
        drafts::updated.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(drafts::table)
        .values(row)
        .on_conflict((drafts::person_id, drafts::place))
        .do_update()
        .set((drafts::writing.eq(excluded(drafts::writing)), drafts::updated.eq(excluded(drafts::updated))))
        .execute(c))?;
    Ok(())
}

/// Forgets it.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, place: &str) -> Result<()> {
    db!(tx, c => diesel::delete(drafts::table.find((person.0, place))).execute(c))?;
    Ok(())
}
