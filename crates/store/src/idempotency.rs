//! Requests of clients that were answered already: a repeat gets the same answer.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::idempotency,
};

/// The post that `account` made with this key after `since`.
pub fn made(conn: &mut Conn, account: ActorId, key: &str, since: Timestamp) -> Result<Option<PostId>> {
    let found: Option<i64> = db!(conn, c => idempotency::table
        .filter(idempotency::account_id.eq(account.0).and(idempotency::key.eq(key)))
        .filter(idempotency::created.gt(since.0))
        .select(idempotency::post_id)
        .first(c)
        .optional())?;
    Ok(found.map(PostId))
}

/// Remembers that `account` made a post with this key, and forgets what it made up to `since`.
pub fn remember(
    tx: &mut Tx<'_>,
    account: ActorId,
    key: &str,
    post: PostId,
    at: Timestamp,
    since: Timestamp,
) -> Result<()> {
    db!(tx, c => diesel::delete(
        idempotency::table.filter(idempotency::account_id.eq(account.0).and(idempotency::created.le(since.0)))
    )
    .execute(c))?;
    let row = (
        idempotency::account_id.eq(account.0),
        idempotency::key.eq(key),
        idempotency::post_id.eq(post.0),
        idempotency::created.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(idempotency::table)
        .values(row)
        .on_conflict((idempotency::account_id, idempotency::key))
        .do_update()
        .set((
            idempotency::post_id.eq(excluded(idempotency::post_id)),
            idempotency::created.eq(excluded(idempotency::created)),
        ))
        .execute(c))?;
    Ok(())
}
