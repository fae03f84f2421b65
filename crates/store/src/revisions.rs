//! What posts said before their authors changed them.
use diesel::prelude::*;
use domain::{
    id::PostId,
    post::{Content, Post},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    rows::Json,
    schema::revisions,
};

/// How many versions of a post are shown.
const SHOWN: i64 = 200;

/// Keeps what a post says, before that changes.
pub fn keep(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let row = (
        revisions::post_id.eq(post.id.0),
        revisions::at.eq(post.edited.unwrap_or(post.published).0),
        revisions::content.eq(Json(post.content.clone())),
    );
    db!(tx, c => diesel::insert_into(revisions::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// What a post said before, the oldest version first, each with when it was written.
pub fn of(conn: &mut Conn, post: PostId) -> Result<Vec<(Timestamp, Content)>> {
    let rows: Vec<(i64, Json<Content>)> = db!(conn, c => revisions::table
        .filter(revisions::post_id.eq(post.0))
        .order(revisions::at)
        .limit(SHOWN)
        .select((revisions::at, revisions::content))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, content)| (Timestamp(at), content.0)).collect())
}

/// Forgets all versions of a post.
pub(crate) fn remove(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    db!(tx, c => diesel::delete(revisions::table.filter(revisions::post_id.eq(post.0))).execute(c))?;
    Ok(())
}
