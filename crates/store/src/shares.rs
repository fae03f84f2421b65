//! Who passed a post on; for a group, that is its announcement.
use diesel::prelude::*;
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::shares,
};

/// Records that `actor` passed a post on; whether that is new.
pub fn add(tx: &mut Tx<'_>, id: PostId, actor: ActorId, activity_uri: &str, at: Timestamp) -> Result<bool> {
    let row = (
        shares::post_id.eq(id.0),
        shares::actor_id.eq(actor.0),
        shares::activity_uri.eq(activity_uri),
        shares::created.eq(at.0),
    );
    Ok(db!(tx, c => diesel::insert_into(shares::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// The id on the network of the activity by which `actor` passed a post on.
pub fn uri(conn: &mut Conn, id: PostId, actor: ActorId) -> Result<Option<String>> {
    Ok(db!(conn, c => shares::table.find((id.0, actor.0)).select(shares::activity_uri).first(c).optional())?)
}

/// Forgets that `actor` passed a post on; returns the id of that activity.
pub fn remove(tx: &mut Tx<'_>, id: PostId, actor: ActorId) -> Result<Option<String>> {
    let was = uri(tx, id, actor)?;
    if was.is_some() {
        db!(tx, c => diesel::delete(shares::table.find((id.0, actor.0))).execute(c))?;
    }
    Ok(was)
}
