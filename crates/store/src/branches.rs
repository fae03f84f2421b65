//! Who replies to what in a thread, the oldest first: also what cannot be read, so that no chain breaks.
use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
};

use diesel::{dsl, prelude::*};
use domain::id::{ActorId, PostId};

use crate::{
    conn::{Conn, db},
    error::Result,
    schema::posts,
    visible::visible,
    wanted::{Whom, wanted},
};

/// The posts of a thread, each with what it replies to.
pub fn of(conn: &mut Conn, root: PostId, limit: i64) -> Result<Vec<(PostId, Option<PostId>)>> {
    let rows: Vec<(i64, Option<i64>)> = db!(conn, c => posts::table
        .filter(posts::root_id.eq(root.0))
        .order(posts::id)
        .limit(limit)
        .select((posts::id, posts::parent_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, parent)| (PostId(id), parent.map(PostId))).collect())
}

/// The same, and of each whether `viewer` may read it and wants to see it.
pub fn seen_by(
    conn: &mut Conn,
    root: PostId,
    viewer: Option<ActorId>,
    limit: i64,
) -> Result<Vec<(PostId, Option<PostId>, bool)>> {
    let rows: Vec<(i64, Option<i64>, bool)> = db!(conn, c => posts::table
        .filter(posts::root_id.eq(root.0))
        .order(posts::id)
        .limit(limit)
        .select((posts::id, posts::parent_id, visible(viewer).and(wanted(viewer, Whom::Author))))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, parent, seen)| (PostId(id), parent.map(PostId), seen)).collect())
}

/// The replies of a thread within `range` that others than `viewer` wrote, and that they may read and want to see, the
/// oldest first.
pub fn news(
    conn: &mut Conn,
    root: PostId,
    range: RangeInclusive<PostId>,
    viewer: Option<ActorId>,
    limit: i64,
) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(posts::root_id.eq(root.0).and(posts::id.between(range.start().0, range.end().0)))
        .filter(posts::parent_id.is_not_null().and(posts::removed.is_null()))
        .filter(posts::author_id.ne(viewer.map_or(0, |me| me.0)))
        .filter(visible(viewer).and(wanted(viewer, Whom::Author)))
        .order(posts::id)
        .limit(limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Whether anybody elsewhere takes part in a thread.
pub fn is_shared(conn: &mut Conn, root: PostId) -> Result<bool> {
    let others = posts::table.filter(posts::root_id.eq(root.0).and(posts::local.eq(false)));
    Ok(db!(conn, c => dsl::select(dsl::exists(others)).get_result(c))?)
}

/// The posts that reply to `top`, directly or not.
pub fn below(top: PostId, branches: &[(PostId, Option<PostId>)]) -> Vec<PostId> {
    let mut replies: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, parent) in branches {
        if let Some(parent) = parent {
            replies.entry(*parent).or_default().push(*id);
        }
    }
    // What came from elsewhere may be older by its number than what it replies to.
    let (mut found, mut open) = (HashSet::new(), vec![top]);
    while let Some(post) = open.pop() {
        for reply in replies.remove(&post).unwrap_or_default() {
            found.insert(reply);
            open.push(reply);
        }
    }
    branches.iter().map(|(id, _)| *id).filter(|id| *id != top && found.contains(id)).collect()
}
