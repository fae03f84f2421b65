//! What search engines are told of, in parts of a bounded size: the threads from here that everybody may read, where the
//! community and the author want to be found.
use diesel::prelude::*;
use domain::{host::Host, id::PostId, time::Timestamp};

use crate::{
    conn::{Conn, db},
    dialect::{AmongExt, literally},
    error::Result,
    schema::{actors, groups, posts, threads},
    visible::visible,
};

/// What one part looks at: a stretch of the threads from here that were addressed to everybody.
fn stretch(conn: &mut Conn, from: PostId, most: i64) -> Result<Vec<i64>> {
    Ok(db!(conn, c => posts::table
        // As literals, or the partial index would not be taken.
        .filter(literally("posts.parent_id IS NULL AND posts.audience = 'public'"))
        .filter(posts::local.eq(true).and(posts::id.ge(from.0)))
        .order(posts::id)
        .limit(most)
        .select(posts::id)
        .load(c))?)
}

/// Where the part after the one begins that begins at `from` and holds `most`; nowhere, while that one is not full.
pub fn after(conn: &mut Conn, from: PostId, most: i64) -> Result<Option<PostId>> {
    let found = stretch(conn, from, most + 1)?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length > most);
    Ok(found.last().filter(|_| is_full).map(|id| PostId(*id)))
}

macro_rules! findable {
    ($among:expr) => {{
        let (author, group) = diesel::alias!(actors as author, actors as community);
        posts::table
            .inner_join(threads::table)
            .inner_join(author.on(author.field(actors::id).eq(posts::author_id)))
            .inner_join(group.on(group.field(actors::id).eq(threads::group_id)))
            .filter($among)
            .filter(posts::local.eq(true).and(posts::audience.eq("public")).and(visible(None)))
            .filter(author.field(actors::indexable).eq(true).and(group.field(actors::discoverable).eq(true)))
            .select((posts::uri, threads::latest))
    }};
}

/// The addresses of the threads of the part that begins at `from`, the oldest first, and when something last happened in them.
pub fn part(conn: &mut Conn, from: PostId, most: i64) -> Result<Vec<(String, Timestamp)>> {
    let Some(last) = stretch(conn, from, most)?.pop() else { return Ok(Vec::new()) };
    let rows: Vec<(String, i64)> = db!(conn, c => findable!(posts::id.between(from.0, last))
        .order(posts::id)
        .load(c))?;
    Ok(rows.into_iter().map(|(uri, latest)| (uri, Timestamp(latest))).collect())
}

/// The same of those among the `most` threads where something happened last, the latest first.
pub fn recent(conn: &mut Conn, most: i64) -> Result<Vec<(String, Timestamp)>> {
    let ids: Vec<i64> = db!(conn, c => threads::table
        .order((threads::latest.desc(), threads::post_id.desc()))
        .limit(most)
        .select(threads::post_id)
        .load(c))?;
    let ids: Vec<PostId> = ids.into_iter().map(PostId).collect();
    let rows: Vec<(String, i64)> = db!(conn, c => findable!(posts::id.among(&ids))
        .order((threads::latest.desc(), posts::id.desc()))
        .load(c))?;
    Ok(rows.into_iter().map(|(uri, latest)| (uri, Timestamp(latest))).collect())
}

/// The addresses of the communities on one host of ours, the oldest first, of which everybody may know.
pub fn communities(conn: &mut Conn, host: &Host, most: i64) -> Result<Vec<String>> {
    Ok(db!(conn, c => actors::table
        .inner_join(groups::table.on(groups::id.eq(actors::id)))
        .filter(actors::host.eq(host.as_str()).and(actors::peer_id.is_null()))
        .filter(actors::deleted.is_null().and(actors::suspended.is_null()))
        .filter(actors::discoverable.eq(true).and(groups::visibility.ne("private")))
        .order(actors::id)
        .limit(most)
        .select(actors::uri)
        .load(c))?)
}
