//! What a person keeps about others: what they wrote down for themselves, whom they recommend, whom they do not want
//! to be recommended.
use diesel::{prelude::*, upsert::excluded};
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{endorsements, notes, unsuggested},
};

/// Replaces what `person` wrote down about `target`; an empty text is none.
pub fn set(tx: &mut Tx<'_>, person: ActorId, target: ActorId, comment: &str) -> Result<()> {
    if comment.is_empty() {
        db!(tx, c => diesel::delete(notes::table.find((person.0, target.0))).execute(c))?;
        return Ok(());
    }
    let row = (notes::person_id.eq(person.0), notes::target_id.eq(target.0), notes::comment.eq(comment));
    db!(tx, c => diesel::insert_into(notes::table)
        .values(row)
        .on_conflict((notes::person_id, notes::target_id))
        .do_update()
        .set(notes::comment.eq(excluded(notes::comment)))
        .execute(c))?;
    Ok(())
}

/// What `person` wrote down about these.
pub fn of(conn: &mut Conn, person: ActorId, others: &[ActorId]) -> Result<Vec<(ActorId, String)>> {
    let rows: Vec<(i64, String)> = db!(conn, c => notes::table
        .filter(notes::person_id.eq(person.0).and(notes::target_id.among(others)))
        .select((notes::target_id, notes::comment))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, comment)| (ActorId(id), comment)).collect())
}

/// Recommends `target`, or does not any more.
pub fn endorse(tx: &mut Tx<'_>, person: ActorId, target: ActorId, on: bool, at: Timestamp) -> Result<()> {
    if on {
        let row = (
            endorsements::person_id.eq(person.0),
            endorsements::target_id.eq(target.0),
            endorsements::created.eq(at.0),
        );
        db!(tx, c => diesel::insert_into(endorsements::table).values(row).on_conflict_do_nothing().execute(c))?;
    } else {
        db!(tx, c => diesel::delete(endorsements::table.find((person.0, target.0))).execute(c))?;
    }
    Ok(())
}

/// Those of these whom `person` recommends.
pub fn endorsed(conn: &mut Conn, person: ActorId, others: &[ActorId]) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => endorsements::table
        .filter(endorsements::person_id.eq(person.0).and(endorsements::target_id.among(others)))
        .select(endorsements::target_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Remembers that `person` does not want `target` to be recommended.
pub fn unsuggest(tx: &mut Tx<'_>, person: ActorId, target: ActorId) -> Result<()> {
    let row = (unsuggested::person_id.eq(person.0), unsuggested::target_id.eq(target.0));
    db!(tx, c => diesel::insert_into(unsuggested::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}
