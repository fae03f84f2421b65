//! Replies that became threads, and threads that became replies: what moves with them, and where they stood before.
use diesel::{
    dsl,
    prelude::*,
    sql_types::{BigInt, Bool},
    upsert::excluded,
};
use domain::{
    id::{ActorId, PostId},
    notice::Level,
    post::Post,
};

use crate::{
    branches,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    posts::{self as all, Count},
    rows::Word,
    schema::{grafts, posts, readings, thread_levels, threads},
};

/// Where a post stood before it was moved within its group, for the last time.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Graft {
    post_id: i64,
    parent_id: Option<i64>,
    root_id: i64,
    /// What it was called there.
    pub title: Option<String>,
}

impl Graft {
    /// The post.
    pub fn post(&self) -> PostId {
        PostId(self.post_id)
    }

    /// What it replied to; nothing if it was a thread of its own.
    pub fn parent(&self) -> Option<PostId> {
        self.parent_id.map(PostId)
    }

    /// In which thread.
    pub fn root(&self) -> PostId {
        PostId(self.root_id)
    }
}

/// Where these posts stood before, those that were moved.
pub fn of(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Graft>> {
    Ok(db!(conn, c => grafts::table.filter(grafts::post_id.among(ids)).load(c))?)
}

/// The threads of their own that were replies in this one before.
pub fn split_off(conn: &mut Conn, root: PostId) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => grafts::table
        .inner_join(posts::table.on(posts::id.eq(grafts::post_id)))
        .filter(grafts::root_id.eq(root.0).and(grafts::post_id.ne(root.0)).and(posts::parent_id.is_null()))
        .order(grafts::post_id)
        .select(grafts::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// How many levels lie below a post.
pub fn height(conn: &mut Conn, post: &Post) -> Result<i32> {
    let below = below(conn, post)?;
    let deepest: Option<i32> =
        db!(conn, c => posts::table.filter(posts::id.among(&below)).select(dsl::max(posts::depth)).first(c))?;
    Ok(deepest.unwrap_or(post.depth) - post.depth)
}

/// A post and all that replies to it, directly or not.
fn below(conn: &mut Conn, post: &Post) -> Result<Vec<PostId>> {
    let all = branches::of(conn, post.root, i64::MAX)?;
    Ok(branches::below(post.id, &all).into_iter().chain([post.id]).collect())
}

/// Puts a post with all that replies to it under another one of its group, or makes it a thread of its own, called `title`.
/// Where it stood is remembered.
pub fn graft(tx: &mut Tx<'_>, post: &Post, under: Option<&Post>, title: Option<&str>) -> Result<()> {
    tx.touch(Basis::Everything);
    tx.memory().change([post.author].into_iter().chain(post.group));
    remember(tx, post)?;
    let moved = below(tx, post)?;
    let root = under.map_or(post.id, |under| under.root);
    let deeper = under.map_or(0, |under| under.depth + 1) - post.depth;
    db!(tx, c => diesel::update(posts::table.filter(posts::id.among(&moved)))
        .set((posts::root_id.eq(root.0), posts::depth.eq(posts::depth + deeper)))
        .execute(c))?;
    db!(tx, c => diesel::update(posts::table.find(post.id.0))
        .set((
            posts::parent_id.eq(under.map(|under| under.id.0)),
            posts::title.eq(title),
            // A reply is not pinned.
            posts::featured.eq(None::<i64>),
        ))
        .execute(c))?;
    for (parent, by) in [(post.parent, -1), (under.map(|under| under.id), 1)] {
        if let Some(parent) = parent {
            all::count(tx, parent, Count::Replies, by)?;
        }
    }
    if post.parent.is_none() {
        db!(tx, c => diesel::delete(threads::table.find(post.id.0)).execute(c))?;
    }
    if let (None, Some(group)) = (under, post.group) {
        begin(tx, post, group)?;
    }
    for thread in [post.root, root] {
        recount(tx, thread)?;
    }
    take_along(tx, (post.root, root), under.is_none())
}

fn remember(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let row = (
        grafts::post_id.eq(post.id.0),
        grafts::parent_id.eq(post.parent.map(i64::from)),
        grafts::root_id.eq(post.root.0),
        grafts::title.eq(&post.content.title),
    );
    db!(tx, c => diesel::insert_into(grafts::table)
        .values(row)
        .on_conflict(grafts::post_id)
        .do_update()
        .set((
            grafts::parent_id.eq(excluded(grafts::parent_id)),
            grafts::root_id.eq(excluded(grafts::root_id)),
            grafts::title.eq(excluded(grafts::title)),
        ))
        .execute(c))?;
    Ok(())
}

/// A reply begins a thread.
fn begin(tx: &mut Tx<'_>, post: &Post, group: ActorId) -> Result<()> {
    let tally = all::tallies(tx, &[post.id])?.remove(&post.id).unwrap_or_default();
    let row = (
        threads::post_id.eq(post.id.0),
        threads::group_id.eq(group.0),
        threads::latest.eq(post.published.0),
        threads::replies.eq(0_i64),
        threads::score.eq(tally.likes - tally.dislikes),
    );
    db!(tx, c => diesel::insert_into(threads::table).values(row).execute(c))?;
    Ok(())
}

/// Counts what stands in a thread, if it is one.
fn recount(tx: &mut Tx<'_>, thread: PostId) -> Result<()> {
    // Letters may reply in it, too: they stand in no group.
    let live = posts::group_id.is_not_null().and(posts::removed.is_null()).and(posts::deleted.is_null());
    let (replies, latest): (i64, Option<i64>) = db!(tx, c => posts::table
        .filter(posts::root_id.eq(thread.0).and(posts::id.ne(thread.0)))
        .filter(live)
        .select((dsl::count_star(), dsl::max(posts::published)))
        .first(c))?;
    let began: Option<i64> = db!(tx, c => posts::table.find(thread.0).select(posts::published).first(c).optional())?;
    let latest = latest.max(began).unwrap_or_default();
    db!(tx, c => diesel::update(threads::table.find(thread.0))
        .set((threads::replies.eq(replies), threads::latest.eq(latest)))
        .execute(c))?;
    Ok(())
}

/// Who waits for replies in the one thread waits in the other, too; a thread that leaves another one is as much read as that, and
/// as little wanted.
fn take_along(tx: &mut Tx<'_>, (from, to): (PostId, PostId), leaves: bool) -> Result<()> {
    let to = to.0.into_sql::<BigInt>();
    let said = thread_levels::root_id.eq(from.0);
    let carried = thread_levels::level.eq(Word(Level::All)).or(leaves.into_sql::<Bool>());
    db!(tx, c => thread_levels::table
        .filter(said.and(carried))
        .select((thread_levels::person_id, to, thread_levels::level))
        .insert_into(thread_levels::table)
        .into_columns((thread_levels::person_id, thread_levels::root_id, thread_levels::level))
        .on_conflict_do_nothing()
        .execute(c))?;
    if leaves {
        db!(tx, c => readings::table
            .filter(readings::thread_id.eq(from.0))
            .select((readings::person_id, to, readings::last_read))
            .insert_into(readings::table)
            .into_columns((readings::person_id, readings::thread_id, readings::last_read))
            .on_conflict((readings::person_id, readings::thread_id))
            .do_update()
            .set(readings::last_read.eq(excluded(readings::last_read)))
            .execute(c))?;
    }
    Ok(())
}
