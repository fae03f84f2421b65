//! What those who run the server tell everybody, and how people answer.
use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, AnnouncementId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{announcement_marks as marks, announcements},
};

/// The mark of whoever has seen an announcement; all others are emoji.
const SEEN: &str = "";
/// How many announcements may hold that one might have put away.
const HOLDING: i64 = 100;

/// What those who run the server tell everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Its number.
    pub id: AnnouncementId,
    /// What it says, HTML.
    pub body: String,
    /// Since when.
    pub created: Timestamp,
    /// From when on it is shown.
    pub starts: Timestamp,
    /// Until when; for good if there is no end.
    pub ends: Option<Timestamp>,
    /// Whether it is about whole days, and no hours are told.
    pub all_day: bool,
}

type Row = (i64, String, i64, Option<i64>, i64, bool);

fn kept((id, body, created, ends, starts, all_day): Row) -> Announcement {
    let (created, ends, starts) = (Timestamp(created), ends.map(Timestamp), Timestamp(starts));
    Announcement { id: AnnouncementId(id), body, created, starts, ends, all_day }
}

/// Adds an announcement.
pub fn insert(tx: &mut Tx<'_>, announcement: &Announcement) -> Result<()> {
    let row = (
        announcements::id.eq(announcement.id.0),
        announcements::body.eq(&announcement.body),
        announcements::created.eq(announcement.created.0),
        announcements::ends.eq(announcement.ends.map(|at| at.0)),
        announcements::starts.eq(announcement.starts.0),
        announcements::all_day.eq(announcement.all_day),
    );
    db!(tx, c => diesel::insert_into(announcements::table).values(row).execute(c))?;
    Ok(())
}

/// Takes an announcement back; whether there was one.
pub fn remove(tx: &mut Tx<'_>, id: AnnouncementId) -> Result<bool> {
    db!(tx, c => diesel::delete(marks::table.filter(marks::announcement_id.eq(id.0))).execute(c))?;
    Ok(db!(tx, c => diesel::delete(announcements::table.find(id.0)).execute(c))? > 0)
}

/// The announcements that hold at `now`, the newest first.
pub fn current(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Announcement>> {
    let rows: Vec<Row> = db!(conn, c => announcements::table
        .filter(announcements::starts.le(now.0))
        .filter(announcements::ends.is_null().or(announcements::ends.gt(now.0)))
        .order(announcements::id.desc())
        .limit(limit)
        .select(announcements::all_columns)
        .load(c))?;
    Ok(rows.into_iter().map(kept).collect())
}

/// The announcements that hold at `now` and that a person has not put away, the newest first.
pub fn unseen(conn: &mut Conn, person: ActorId, now: Timestamp) -> Result<Vec<Announcement>> {
    let mut holding = current(conn, now, HOLDING)?;
    if !holding.is_empty() {
        let ids: Vec<i64> = holding.iter().map(|one| one.id.0).collect();
        let own = own(conn, person, &ids)?;
        holding.retain(|one| !own.contains(&(one.id, None)));
    }
    Ok(holding)
}

/// The newest announcements before `before`, those that hold no more or not yet among them.
pub fn page(conn: &mut Conn, before: AnnouncementId, limit: i64) -> Result<Vec<Announcement>> {
    let rows: Vec<Row> = db!(conn, c => announcements::table
        .filter(announcements::id.lt(before.0))
        .order(announcements::id.desc())
        .limit(limit)
        .select(announcements::all_columns)
        .load(c))?;
    Ok(rows.into_iter().map(kept).collect())
}

/// The announcement with this number.
pub fn by_id(conn: &mut Conn, id: AnnouncementId) -> Result<Option<Announcement>> {
    let row: Option<Row> = db!(conn, c => announcements::table
        .find(id.0)
        .select(announcements::all_columns)
        .first(c)
        .optional())?;
    Ok(row.map(kept))
}

/// Says from when on an announcement is shown.
pub fn set_starts(tx: &mut Tx<'_>, id: AnnouncementId, starts: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(announcements::table.find(id.0)).set(announcements::starts.eq(starts.0)).execute(c))?;
    Ok(())
}

/// Records that a person has seen an announcement, or, with an emoji, how they answer; or takes that back.
pub fn mark(tx: &mut Tx<'_>, id: AnnouncementId, person: ActorId, emoji: Option<&str>, on: bool) -> Result<()> {
    let mark = emoji.unwrap_or(SEEN);
    if on {
        let row = (marks::announcement_id.eq(id.0), marks::person_id.eq(person.0), marks::mark.eq(mark));
        db!(tx, c => diesel::insert_into(marks::table).values(row).on_conflict_do_nothing().execute(c))?;
    } else {
        db!(tx, c => diesel::delete(marks::table.find((id.0, person.0, mark))).execute(c))?;
    }
    Ok(())
}

/// How people answered an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which announcement.
    pub id: AnnouncementId,
    /// With which emoji.
    pub emoji: String,
    /// How many.
    pub count: i64,
}

/// How people answered these announcements.
pub fn answers(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Answer>> {
    let rows: Vec<(i64, String, i64)> = db!(conn, c => marks::table
        .filter(marks::announcement_id.among(ids).and(marks::mark.ne(SEEN)))
        .group_by((marks::announcement_id, marks::mark))
        .order((dsl::count_star().desc(), marks::mark))
        .select((marks::announcement_id, marks::mark, dsl::count_star()))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, emoji, count)| Answer { id: AnnouncementId(id), emoji, count }).collect())
}

/// What a person did with these announcements: which they have seen (`None`), and which emoji they answered with.
pub fn own(conn: &mut Conn, person: ActorId, ids: &[i64]) -> Result<Vec<(AnnouncementId, Option<String>)>> {
    let rows: Vec<(i64, String)> = db!(conn, c => marks::table
        .filter(marks::announcement_id.among(ids).and(marks::person_id.eq(person.0)))
        .select((marks::announcement_id, marks::mark))
        .load(c))?;
    let own = |(id, mark): (i64, String)| (AnnouncementId(id), Some(mark).filter(|mark| mark != SEEN));
    Ok(rows.into_iter().map(own).collect())
}
