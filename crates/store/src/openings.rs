//! Private threads that admins who are no members read for a while. It is the one way past the predicate of what one sees.
use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    post::{Audience, Post},
    time::Timestamp,
};

use crate::{
    branches,
    conn::{Conn, Tx, db},
    error::Result,
    schema::openings,
};

/// Lets an admin read a thread from `now` until then, and forgets what is over.
pub fn set(tx: &mut Tx<'_>, admin: ActorId, root: PostId, (now, until): (Timestamp, Timestamp)) -> Result<()> {
    db!(tx, c => diesel::delete(openings::table.filter(openings::until.le(now.0))).execute(c))?;
    let row = (openings::admin_id.eq(admin.0), openings::root_id.eq(root.0), openings::until.eq(until.0));
    db!(tx, c => diesel::insert_into(openings::table)
        .values(row)
        .on_conflict((openings::admin_id, openings::root_id))
        .do_update()
        .set(openings::until.eq(excluded(openings::until)))
        .execute(c))?;
    Ok(())
}

/// Whether an admin may read a thread at `now`.
pub fn is_open(conn: &mut Conn, admin: ActorId, root: PostId, now: Timestamp) -> Result<bool> {
    let opening = openings::table.find((admin.0, root.0)).filter(openings::until.gt(now.0));
    Ok(db!(conn, c => dsl::select(dsl::exists(opening)).get_result(c))?)
}

/// What members wrote in a thread that an admin may read at `now`, deleted posts and letters left out; nothing if they may not.
pub fn posts(conn: &mut Conn, admin: ActorId, root: PostId, now: Timestamp, limit: i64) -> Result<Vec<Post>> {
    if !is_open(conn, admin, root, now)? {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = branches::of(conn, root, limit)?.into_iter().map(|(id, _)| id).collect();
    let mut found = crate::posts::by_ids(conn, &ids)?;
    found.retain(|post| post.audience == Audience::Members && post.deleted.is_none());
    Ok(found)
}
