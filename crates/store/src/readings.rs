//! How far people have read threads.
use diesel::{prelude::*, upsert::excluded};
use domain::id::{ActorId, PostId};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::readings,
};

/// How far a person has read these threads; nothing about those they never opened.
pub fn of(conn: &mut Conn, person: ActorId, threads: &[PostId]) -> Result<Vec<(PostId, PostId)>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => readings::table
        .filter(readings::person_id.eq(person.0).and(readings::thread_id.among(threads)))
        .select((readings::thread_id, readings::last_read))
        .load(c))?;
    Ok(rows.into_iter().map(|(thread, last)| (PostId(thread), PostId(last))).collect())
}

/// Records how far a person has read a thread.
pub fn set(tx: &mut Tx<'_>, person: ActorId, thread: PostId, last: PostId) -> Result<()> {
    let row = (readings::person_id.eq(person.0), readings::thread_id.eq(thread.0), readings::last_read.eq(last.0));
    db!(tx, c => diesel::insert_into(readings::table)
        .values(row)
        .on_conflict((readings::person_id, readings::thread_id))
        .do_update()
        .set(readings::last_read.eq(excluded(readings::last_read)))
        .execute(c))?;
    Ok(())
}
