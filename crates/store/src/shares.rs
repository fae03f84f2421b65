//! Who passed a post on; for a group, that is its announcement.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    id::{self, ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    schema::{accounts, shares},
};

/// Records that `actor` passed a post on; whether that is new.
pub fn add(tx: &mut Tx<'_>, id: PostId, actor: ActorId, activity_uri: &str, at: Timestamp) -> Result<bool> {
    let number = next_number(tx, at)?;
    touch(tx, actor);
    let row = (
        shares::id.eq(number),
        shares::post_id.eq(id.0),
        shares::actor_id.eq(actor.0),
        shares::activity_uri.eq(activity_uri),
        shares::created.eq(at.0),
    );
    Ok(db!(tx, c => diesel::insert_into(shares::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

fn touch(tx: &mut Tx<'_>, actor: ActorId) {
    tx.touch(Basis::Found(actor));
    tx.touch(Basis::Marks(actor));
}

/// The first number of this moment that no share has; those of posts lie between them, see [`PostId::STEP`].
fn next_number(conn: &mut Conn, at: Timestamp) -> Result<i64> {
    let (first, end) = (id::at(at, 0), id::at(Timestamp(at.0.saturating_add(1)), 0));
    let last: Option<i64> = db!(conn, c => shares::table
        .filter(shares::id.ge(first).and(shares::id.lt(end)))
        .select(dsl::max(shares::id))
        .first(c))?;
    Ok(last.map_or(first + PostId::STEP / 2, |last| last + PostId::STEP))
}

/// The id on the network of the activity by which `actor` passed a post on.
pub fn uri(conn: &mut Conn, id: PostId, actor: ActorId) -> Result<Option<String>> {
    Ok(db!(conn, c => shares::table.find((id.0, actor.0)).select(shares::activity_uri).first(c).optional())?)
}

/// The same of these posts.
pub fn uris(conn: &mut Conn, ids: &[PostId], actor: ActorId) -> Result<HashMap<PostId, String>> {
    let found: Vec<(i64, String)> = db!(conn, c => shares::table
        .filter(shares::actor_id.eq(actor.0).and(shares::post_id.among(ids)))
        .select((shares::post_id, shares::activity_uri))
        .load(c))?;
    Ok(found.into_iter().map(|(id, uri)| (PostId(id), uri)).collect())
}

/// Those with a login here who passed a post on.
pub fn by_logins(conn: &mut Conn, id: PostId) -> Result<Vec<ActorId>> {
    let found: Vec<i64> = db!(conn, c => shares::table
        .inner_join(accounts::table.on(accounts::id.eq(shares::actor_id)))
        .filter(shares::post_id.eq(id.0))
        .select(accounts::id)
        .load(c))?;
    Ok(found.into_iter().map(ActorId).collect())
}

/// Forgets that `actor` passed a post on; returns the id of that activity.
pub fn remove(tx: &mut Tx<'_>, id: PostId, actor: ActorId) -> Result<Option<String>> {
    let was = uri(tx, id, actor)?;
    if was.is_some() {
        touch(tx, actor);
        db!(tx, c => diesel::delete(shares::table.find((id.0, actor.0))).execute(c))?;
    }
    Ok(was)
}
