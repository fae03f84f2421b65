//! The rules that communities give themselves, version by version.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    bylaw::{Bylaw, Bylaws, Citation},
    id::ActorId,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Json,
    schema::{bylaws, phrases},
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = bylaws)]
struct Row {
    group_id: i64,
    version: i64,
    by_id: i64,
    created: i64,
    list: Json<Vec<Bylaw>>,
}

impl From<Row> for Bylaws {
    fn from(row: Row) -> Self {
        Self { version: row.version, by: ActorId(row.by_id), created: Timestamp(row.created), list: row.list.0 }
    }
}

/// The rule that two columns name.
pub(crate) fn cited(version: Option<i64>, number: Option<i64>) -> Option<Citation> {
    version.zip(number).map(|(version, number)| Citation { version, number })
}

/// The versions of the rules of a community, the latest first.
pub fn versions(conn: &mut Conn, group: ActorId, limit: i64) -> Result<Vec<Bylaws>> {
    let rows: Vec<Row> = db!(conn, c => bylaws::table
        .filter(bylaws::group_id.eq(group.0))
        .order(bylaws::version.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Bylaws::from).collect())
}

/// The rules of a community as they are; none, if it never gave itself any.
pub fn of(conn: &mut Conn, group: ActorId) -> Result<Option<Bylaws>> {
    Ok(versions(conn, group, 1)?.pop())
}

/// One version of them.
pub fn version(conn: &mut Conn, group: ActorId, version: i64) -> Result<Option<Bylaws>> {
    let row: Option<Row> =
        db!(conn, c => bylaws::table.find((group.0, version)).select(Row::as_select()).first(c).optional())?;
    Ok(row.map(Bylaws::from))
}

/// All versions of the rules of these communities.
pub fn all(conn: &mut Conn, groups: &[ActorId]) -> Result<Vec<(ActorId, Bylaws)>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        db!(conn, c => bylaws::table.filter(bylaws::group_id.among(groups)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(|row| (ActorId(row.group_id), Bylaws::from(row))).collect())
}

/// What the team of a community says often.
pub fn phrases(conn: &mut Conn, group: ActorId) -> Result<Vec<String>> {
    let list: Option<Json<Vec<String>>> =
        db!(conn, c => phrases::table.find(group.0).select(phrases::list).first(c).optional())?;
    Ok(list.map(|list| list.0).unwrap_or_default())
}

/// Records what it says often, in place of what was there.
pub fn set_phrases(tx: &mut Tx<'_>, group: ActorId, list: &[String]) -> Result<()> {
    let row = (phrases::group_id.eq(group.0), phrases::list.eq(Json(list.to_vec())));
    db!(tx, c => diesel::insert_into(phrases::table)
        .values(row)
        .on_conflict(phrases::group_id)
        .do_update()
        .set(phrases::list.eq(excluded(phrases::list)))
        .execute(c))?;
    Ok(())
}

/// Adds a version.
pub fn insert(tx: &mut Tx<'_>, group: ActorId, new: &Bylaws) -> Result<()> {
    let row = Row {
        group_id: group.0,
        version: new.version,
        by_id: new.by.0,
        created: new.created.0,
        list: Json(new.list.clone()),
    };
    db!(tx, c => diesel::insert_into(bylaws::table).values(&row).execute(c))?;
    Ok(())
}
