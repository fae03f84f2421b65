//! What people here are told about.
use diesel::prelude::*;
use domain::{
    id::{ActorId, NotificationId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::notifications,
};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = notifications)]
struct Row {
    id: i64,
    kind: String,
    actor_id: i64,
    post_id: i64,
    created: i64,
    read: Option<i64>,
}

/// Something a person here is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub id: NotificationId,
    /// What happened, one word.
    pub kind: String,
    /// Who did it.
    pub actor: ActorId,
    /// With which post.
    pub post: Option<PostId>,
    /// When.
    pub created: Timestamp,
    /// Whether it was seen.
    pub read: bool,
}

/// Tells `account`; whether that is news: the same thing is told once.
pub fn insert(
    tx: &mut Tx<'_>,
    id: NotificationId,
    account: ActorId,
    kind: &str,
    actor: ActorId,
    post: Option<PostId>,
    at: Timestamp,
) -> Result<bool> {
    let row = (
        notifications::id.eq(id.0),
        notifications::account_id.eq(account.0),
        notifications::kind.eq(kind),
        notifications::actor_id.eq(actor.0),
        notifications::post_id.eq(post.map_or(0, i64::from)),
        notifications::created.eq(at.0),
    );
    Ok(db!(tx, c => diesel::insert_into(notifications::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// The newest notifications of `account` before `before`.
pub fn page(
    conn: &mut Conn,
    account: ActorId,
    before: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<Notification>> {
    let before = before.map_or(i64::MAX, i64::from);
    let rows: Vec<Row> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(account.0).and(notifications::id.lt(before)))
        .order(notifications::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|row| Notification {
            id: NotificationId(row.id),
            kind: row.kind,
            actor: ActorId(row.actor_id),
            post: (row.post_id != 0).then_some(PostId(row.post_id)),
            created: Timestamp(row.created),
            read: row.read.is_some(),
        })
        .collect())
}

/// Forgets what was told about a post that is gone.
pub fn remove_post(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    db!(tx, c => diesel::delete(notifications::table.filter(notifications::post_id.eq(post.0))).execute(c))?;
    Ok(())
}
