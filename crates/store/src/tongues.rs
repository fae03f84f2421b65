//! The languages in which somebody writes.
use diesel::prelude::*;
use domain::id::ActorId;

use crate::{
    conn::{Conn, db},
    error::Result,
    schema::posts,
};

/// The languages of what somebody wrote last, as far as they are known, the newest first.
pub fn of_author(conn: &mut Conn, author: ActorId, limit: i64) -> Result<Vec<String>> {
    let tags: Vec<Option<String>> = db!(conn, c => posts::table
        .filter(posts::author_id.eq(author.0))
        .order(posts::id.desc())
        .limit(limit)
        .select(posts::language)
        .load(c))?;
    Ok(tags.into_iter().flatten().collect())
}
