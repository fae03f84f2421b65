//! To whom the same happens as to the author of a thread.
use diesel::prelude::*;
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{echoes, posts},
    visible::visible,
};

/// Records that the same happens to somebody, or does not; whether that is news.
pub fn set(tx: &mut Tx<'_>, post: PostId, person: ActorId, on: bool, at: Timestamp) -> Result<bool> {
    let row = (echoes::post_id.eq(post.0), echoes::person_id.eq(person.0), echoes::created.eq(at.0));
    let changed = if on {
        db!(tx, c => diesel::insert_into(echoes::table).values(row).on_conflict_do_nothing().execute(c))?
    } else {
        db!(tx, c => diesel::delete(echoes::table.find((post.0, person.0))).execute(c))?
    };
    Ok(changed > 0)
}

/// To how many the same happens, and whether `person` is among them.
pub fn of(conn: &mut Conn, post: PostId, person: Option<ActorId>) -> Result<(i64, bool)> {
    let all = echoes::table.filter(echoes::post_id.eq(post.0));
    let count: i64 = db!(conn, c => all.count().get_result(c))?;
    let Some(person) = person.filter(|_| count > 0) else { return Ok((count, false)) };
    let mine = echoes::table.find((post.0, person.0));
    Ok((count, db!(conn, c => diesel::select(diesel::dsl::exists(mine)).get_result(c))?))
}

/// Some to whom the same happens who did not hear of an answer yet; from now on they have.
pub fn tell(tx: &mut Tx<'_>, post: PostId, at: Timestamp, limit: i64) -> Result<Vec<ActorId>> {
    let waiting = echoes::post_id.eq(post.0).and(echoes::told.is_null());
    let people: Vec<i64> = db!(tx, c => echoes::table
        .filter(waiting)
        .order(echoes::person_id)
        .limit(limit)
        .select(echoes::person_id)
        .load(c))?;
    let told = waiting.and(echoes::person_id.among(&people));
    db!(tx, c => diesel::update(echoes::table.filter(told)).set(echoes::told.eq(at.0)).execute(c))?;
    Ok(people.into_iter().map(ActorId).collect())
}

/// The threads of which somebody said it, as far as they may read them, by their ids on the network, the newest first.
pub fn by(conn: &mut Conn, person: ActorId) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> = db!(conn, c => echoes::table
        .inner_join(posts::table.on(posts::id.eq(echoes::post_id)))
        .filter(echoes::person_id.eq(person.0))
        .filter(visible(Some(person)))
        .order(echoes::created.desc())
        .select((posts::uri, echoes::created))
        .load(c))?;
    Ok(rows.into_iter().map(|(uri, at)| (uri, Timestamp(at))).collect())
}

/// Forgets what somebody said, who is gone.
pub fn forget(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(echoes::table.filter(echoes::person_id.eq(person.0))).execute(c))?;
    Ok(())
}
