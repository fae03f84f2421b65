//! Secret addresses of feeds that only members read.
use diesel::prelude::*;
use domain::id::{ActorId, FeedKeyId};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::feed_keys,
};

/// The key of somebody for the feed of a group.
pub fn of(conn: &mut Conn, person: ActorId, group: ActorId) -> Result<Option<FeedKeyId>> {
    let mine = feed_keys::person_id.eq(person.0).and(feed_keys::group_id.eq(group.0));
    let id: Option<i64> = db!(conn, c => feed_keys::table.filter(mine).select(feed_keys::id).first(c).optional())?;
    Ok(id.map(FeedKeyId))
}

/// Whose key this is, and for which group.
pub fn by_id(conn: &mut Conn, id: FeedKeyId) -> Result<Option<(ActorId, ActorId)>> {
    let found: Option<(i64, i64)> = db!(conn, c => feed_keys::table
        .find(id.0)
        .select((feed_keys::person_id, feed_keys::group_id))
        .first(c)
        .optional())?;
    Ok(found.map(|(person, group)| (ActorId(person), ActorId(group))))
}

/// Makes a key in place of the one there was.
pub fn set(tx: &mut Tx<'_>, id: FeedKeyId, person: ActorId, group: ActorId) -> Result<()> {
    remove(tx, person, group)?;
    let row = (feed_keys::id.eq(id.0), feed_keys::person_id.eq(person.0), feed_keys::group_id.eq(group.0));
    db!(tx, c => diesel::insert_into(feed_keys::table).values(row).execute(c))?;
    Ok(())
}

/// Takes a key away.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, group: ActorId) -> Result<()> {
    let mine = feed_keys::person_id.eq(person.0).and(feed_keys::group_id.eq(group.0));
    db!(tx, c => diesel::delete(feed_keys::table.filter(mine)).execute(c))?;
    Ok(())
}

/// Takes all keys of somebody away.
pub fn remove_all(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(feed_keys::table.filter(feed_keys::person_id.eq(person.0))).execute(c))?;
    Ok(())
}
