//! The full-text index: words analysed by us, matched by FTS5 or by tsvector.
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use domain::{
    id::{ActorId, PostId},
    text::search::Query,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::post_matches,
    error::Result,
    posts::Page,
    schema::posts,
    visible::visible,
};

/// The numbers of the posts that match and that `viewer` may read, the newest first.
pub fn posts(conn: &mut Conn, query: &Query, viewer: Option<ActorId>, page: Page) -> Result<Vec<PostId>> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let before = page.before.map_or(i64::MAX, i64::from);
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(post_matches(query.to_fts5(), query.to_tsquery()))
        .filter(posts::id.lt(before))
        .filter(visible(viewer))
        .order(posts::id.desc())
        .limit(page.limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Makes the words of a post findable; `terms` come from `domain::text::search`.
pub fn index(tx: &mut Tx<'_>, id: PostId, terms: &str) -> Result<()> {
    unindex(tx, id)?;
    db!(tx,
        sqlite c => diesel::sql_query("INSERT INTO post_search (rowid, terms) VALUES ($1, $2)")
            .bind::<BigInt, _>(id.0).bind::<Text, _>(terms).execute(c),
        postgres c => diesel::sql_query("INSERT INTO post_search (post_id, terms) VALUES ($1, to_tsvector('simple', $2))")
            .bind::<BigInt, _>(id.0).bind::<Text, _>(terms).execute(c),
    )?;
    Ok(())
}

/// Forgets the words of a post.
pub fn unindex(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    db!(tx,
        sqlite c => diesel::sql_query("DELETE FROM post_search WHERE rowid = $1").bind::<BigInt, _>(id.0).execute(c),
        postgres c => diesel::sql_query("DELETE FROM post_search WHERE post_id = $1").bind::<BigInt, _>(id.0).execute(c),
    )?;
    Ok(())
}
