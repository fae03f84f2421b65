//! What is to be published later.
use diesel::prelude::*;
use domain::{
    id::{ActorId, ScheduledId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::scheduled,
    timelines::Window,
};

/// Something to be published later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Its number.
    pub id: ScheduledId,
    /// Who wrote it.
    pub person: ActorId,
    /// When it is to be published.
    pub due: Timestamp,
    /// What was written, as the action layer keeps it.
    pub writing: String,
    /// By what its author's client knows it again.
    pub key: Option<String>,
    /// Why it was not published when it was due, as the action layer keeps it.
    pub refused: Option<String>,
}

type Row = (i64, i64, i64, String, Option<String>, Option<String>);

fn kept((id, person, due, writing, key, refused): Row) -> Scheduled {
    Scheduled { id: ScheduledId(id), person: ActorId(person), due: Timestamp(due), writing, key, refused }
}

/// Keeps something to be published later, new or changed.
pub fn set(tx: &mut Tx<'_>, what: &Scheduled) -> Result<()> {
    remove(tx, what.id)?;
    let row = (
        scheduled::id.eq(what.id.0),
        scheduled::person_id.eq(what.person.0),
        scheduled::due.eq(what.due.0),
        scheduled::writing.eq(&what.writing),
        scheduled::key.eq(&what.key),
        scheduled::refused.eq(&what.refused),
    );
    db!(tx, c => diesel::insert_into(scheduled::table).values(row).execute(c))?;
    Ok(())
}

/// What has this number.
pub fn get(conn: &mut Conn, id: ScheduledId) -> Result<Option<Scheduled>> {
    let row: Option<Row> = db!(conn, c => scheduled::table.find(id.0).first(c).optional())?;
    Ok(row.map(kept))
}

/// What has these numbers.
pub fn by_ids(conn: &mut Conn, ids: &[ScheduledId]) -> Result<Vec<Scheduled>> {
    let rows: Vec<Row> = db!(conn, c => scheduled::table.filter(scheduled::id.among(ids)).load(c))?;
    Ok(rows.into_iter().map(kept).collect())
}

/// What a person planned with this key, as long as it waits.
pub fn planned(conn: &mut Conn, person: ActorId, key: &str) -> Result<Option<Scheduled>> {
    let same = scheduled::person_id.eq(person.0).and(scheduled::key.eq(key));
    let row: Option<Row> = db!(conn, c => scheduled::table.filter(same).first(c).optional())?;
    Ok(row.map(kept))
}

/// What a person wants to be published later, the newest first.
pub fn of(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Scheduled>> {
    let rows: Vec<Row> = db!(conn, c => {
        let query = scheduled::table
            .filter(scheduled::person_id.eq(person.0))
            .filter(scheduled::id.lt(window.before).and(scheduled::id.gt(window.after)))
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(scheduled::id.asc()) } else { query.order(scheduled::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(rows.into_iter().map(kept).collect()))
}

/// How much a person wants to be published later.
pub fn count(conn: &mut Conn, person: ActorId) -> Result<i64> {
    Ok(db!(conn, c => scheduled::table.filter(scheduled::person_id.eq(person.0)).count().get_result(c))?)
}

/// Forgets what has this number.
pub fn remove(tx: &mut Tx<'_>, id: ScheduledId) -> Result<()> {
    db!(tx, c => diesel::delete(scheduled::table.find(id.0)).execute(c))?;
    Ok(())
}
