//! Posts that wait until the team of their community has seen them, and what it wants to see.
use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    held::{Doubt, Limits, Screen},
    host::Host,
    id::{self, ActorId, PostId, ReceivedId},
    post::Post,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::{Json, Word},
    schema::{held, posts, screens},
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = screens, treat_none_as_default_value = false)]
struct ScreenRow {
    group_id: i64,
    first: i64,
    strangers: bool,
    links: bool,
    words: Json<Vec<String>>,
    domains: Json<Vec<Host>>,
    again: bool,
    limits: Option<Json<Limits>>,
}

/// What a community wants to see first, if it ever said so.
pub fn screen(conn: &mut Conn, group: ActorId) -> Result<Option<Screen>> {
    let row: Option<ScreenRow> =
        db!(conn, c => screens::table.find(group.0).select(ScreenRow::as_select()).first(c).optional())?;
    Ok(row.map(|row| Screen {
        first: row.first,
        strangers: row.strangers,
        links: row.links,
        words: row.words.0,
        domains: row.domains.0,
        again: row.again,
        limits: row.limits.map(|limits| limits.0),
    }))
}

/// Records what a community wants to see first, in place of what it said before.
pub fn set_screen(tx: &mut Tx<'_>, group: ActorId, screen: &Screen) -> Result<()> {
    let row = ScreenRow {
        group_id: group.0,
        first: screen.first,
        strangers: screen.strangers,
        links: screen.links,
        words: Json(screen.words.clone()),
        domains: Json(screen.domains.clone()),
        again: screen.again,
        limits: screen.limits.map(Json),
    };
    db!(tx, c => diesel::insert_into(screens::table)
        .values(&row)
        .on_conflict(screens::group_id)
        .do_update()
        .set((
            screens::first.eq(excluded(screens::first)),
            screens::strangers.eq(excluded(screens::strangers)),
            screens::links.eq(excluded(screens::links)),
            screens::words.eq(excluded(screens::words)),
            screens::domains.eq(excluded(screens::domains)),
            screens::again.eq(excluded(screens::again)),
            screens::limits.eq(excluded(screens::limits)),
        ))
        .execute(c))?;
    Ok(())
}

/// A post that is not let in: it counts as removed from its group, and nobody was ever told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The post.
    pub post: PostId,
    /// Its group.
    pub group: ActorId,
    /// Why it waits.
    pub doubt: Doubt,
    /// Since when.
    pub since: Timestamp,
    /// The activity that brought it.
    pub cause: Option<ReceivedId>,
    /// Whether it was old when it came: nobody hears of it.
    pub old: bool,
    /// When the team decided not to let it in; it waits if there is no such time.
    pub refused: Option<Timestamp>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = held, treat_none_as_default_value = false)]
struct Row {
    post_id: i64,
    group_id: i64,
    doubt: Word<Doubt>,
    since: i64,
    cause: Option<i64>,
    old: bool,
    refused: Option<i64>,
}

impl From<Row> for Held {
    fn from(row: Row) -> Self {
        Self {
            post: PostId(row.post_id),
            group: ActorId(row.group_id),
            doubt: row.doubt.0,
            since: Timestamp(row.since),
            cause: row.cause.map(ReceivedId),
            old: row.old,
            refused: row.refused.map(Timestamp),
        }
    }
}

/// Lets a post wait.
pub fn insert(tx: &mut Tx<'_>, it: &Held) -> Result<()> {
    let row = Row {
        post_id: it.post.0,
        group_id: it.group.0,
        doubt: Word(it.doubt),
        since: it.since.0,
        cause: it.cause.map(i64::from),
        old: it.old,
        refused: it.refused.map(|at| at.0),
    };
    db!(tx, c => diesel::insert_into(held::table).values(&row).execute(c))?;
    Ok(())
}

/// Whether a post is not let in, and why.
pub fn of(conn: &mut Conn, post: PostId) -> Result<Option<Held>> {
    Ok(among(conn, &[post])?.pop())
}

/// Those of these posts that are not let in.
pub fn among(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Held>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = db!(conn, c => held::table.filter(held::post_id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Held::from).collect())
}

/// What waits in these groups, the oldest first.
pub fn waiting(conn: &mut Conn, groups: &[ActorId], limit: i64) -> Result<Vec<Held>> {
    let rows: Vec<Row> = db!(conn, c => held::table
        .filter(held::group_id.among(groups).and(held::refused.is_null()))
        .order(held::post_id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Held::from).collect())
}

/// Whether anything of an author waits in a group.
pub fn waits_for(conn: &mut Conn, group: ActorId, author: ActorId) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(
        held::table
            .inner_join(posts::table.on(posts::id.eq(held::post_id)))
            .filter(held::group_id.eq(group.0).and(held::refused.is_null()))
            .filter(posts::author_id.eq(author.0).and(posts::deleted.is_null()))
    ))
    .get_result(c))?)
}

/// What waits only because it answers a post that waited.
pub fn below(conn: &mut Conn, parent: PostId) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => held::table
        .inner_join(posts::table.on(posts::id.eq(held::post_id)))
        .filter(posts::parent_id.eq(parent.0).and(held::refused.is_null()))
        .filter(held::doubt.eq(Word(Doubt::Parent)))
        .order(held::post_id)
        .select(held::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Does not let a post in.
pub fn refuse(tx: &mut Tx<'_>, post: PostId, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(held::table.find(post.0)).set(held::refused.eq(at.0)).execute(c))?;
    Ok(())
}

/// Forgets that a post waited; whether it did.
pub fn remove(tx: &mut Tx<'_>, post: PostId) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(held::table.find(post.0)).execute(c))? > 0)
}

/// How many threads, or replies if it is one, stand in the group of the author of a post that they wrote before it.
pub fn alike(conn: &mut Conn, group: ActorId, post: &Post) -> Result<i64> {
    Ok(db!(conn, c => posts::table
        .filter(posts::author_id.eq(post.author.0).and(posts::id.lt(post.id.0)).and(posts::group_id.eq(group.0)))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()))
        .filter(posts::parent_id.is_null().eq(post.parent.is_none()))
        .count()
        .get_result(c))?)
}

/// What an author said since a moment, the newest first: the numbers of the posts and their texts.
pub fn said(conn: &mut Conn, author: ActorId, since: Timestamp, limit: i64) -> Result<Vec<(PostId, String)>> {
    let rows: Vec<(i64, String)> = db!(conn, c => posts::table
        .filter(posts::author_id.eq(author.0).and(posts::id.gt(id::at(since, 0))).and(posts::deleted.is_null()))
        .order(posts::id.desc())
        .limit(limit)
        .select((posts::id, posts::html))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, html)| (PostId(id), html)).collect())
}
