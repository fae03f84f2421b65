//! The moderation log: what was decided, by whom, why.
use diesel::prelude::*;
use domain::id::{ActorId, LogEntryId, PostId, StatementId};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{log_entries, posts},
};

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = log_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// In which group; in none when it concerns the whole server.
    pub group_id: Option<i64>,
    /// Who decided.
    pub actor_id: i64,
    /// What, one word.
    pub action: String,
    /// About whom.
    pub person_id: Option<i64>,
    /// About which post.
    pub post_id: Option<i64>,
    /// Why.
    pub reason: String,
    /// When, in milliseconds.
    pub created: i64,
    /// About which server.
    pub host: Option<String>,
    /// Which statement whom it concerns was sent, of this or of the measure that it belongs to.
    pub statement_id: Option<i64>,
}

/// Adds an entry.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    db!(tx, c => diesel::insert_into(log_entries::table).values(entry).execute(c))?;
    Ok(())
}

/// The newest entries of a group before `before`.
pub fn page(conn: &mut Conn, group: ActorId, before: Option<LogEntryId>, limit: i64) -> Result<Vec<Entry>> {
    let before = before.map_or(i64::MAX, i64::from);
    Ok(db!(conn, c => log_entries::table
        .filter(log_entries::group_id.eq(group.0).and(log_entries::id.lt(before)))
        .order(log_entries::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c))?)
}

/// The newest entries before `before` that belong to no group.
pub fn page_of_server(conn: &mut Conn, before: Option<LogEntryId>, limit: i64) -> Result<Vec<Entry>> {
    let before = before.map_or(i64::MAX, i64::from);
    Ok(db!(conn, c => log_entries::table
        .filter(log_entries::group_id.is_null().and(log_entries::id.lt(before)))
        .order(log_entries::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c))?)
}

/// The entry with this number.
pub fn by_id(conn: &mut Conn, id: LogEntryId) -> Result<Option<Entry>> {
    Ok(db!(conn, c => log_entries::table.find(id.0).select(Entry::as_select()).first(c).optional())?)
}

/// The posts that were taken out with a measure and still are.
pub fn taken_out_with(conn: &mut Conn, statement: StatementId, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => log_entries::table
        .inner_join(posts::table.on(log_entries::post_id.eq(posts::id.nullable())))
        .filter(log_entries::statement_id.eq(statement.0).and(log_entries::action.eq("remove")))
        .filter(posts::removed.is_not_null().and(posts::deleted.is_null()))
        .limit(limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// What was decided about these posts, the oldest first.
pub fn about(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<Entry>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(db!(conn, c => log_entries::table
        .filter(log_entries::post_id.is_not_null().and(log_entries::post_id.assume_not_null().among(posts)))
        .order(log_entries::id)
        .select(Entry::as_select())
        .load(c))?)
}
