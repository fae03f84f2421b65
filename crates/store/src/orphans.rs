//! Replies to what could not be had.
use diesel::prelude::*;
use domain::id::PostId;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::orphans,
};

/// Keeps what a post replies to, by its id on the network.
pub fn insert(tx: &mut Tx<'_>, post: PostId, parent: &str) -> Result<()> {
    let row = (orphans::post_id.eq(post.0), orphans::parent_uri.eq(parent));
    db!(tx, c => diesel::insert_into(orphans::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// What a post replies to that could not be had when it came, by its id on the network.
pub fn parent_of(conn: &mut Conn, post: PostId) -> Result<Option<String>> {
    Ok(db!(conn, c => orphans::table.find(post.0).select(orphans::parent_uri).first(c).optional())?)
}
