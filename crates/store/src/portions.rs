//! How much of a group its followers receive.
use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::{
    id::{self, ActorId, PostId},
    portion::Portion,
    post::FollowState,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::literally,
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{actors, follows, posts, threads},
    visible::visible,
};

/// Records how much of a group somebody who follows it wants.
pub fn set(tx: &mut Tx<'_>, person: ActorId, group: ActorId, portion: Portion) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    let follow = follows::table.find((person.0, group.0));
    db!(tx, c => diesel::update(follow).set(follows::portion.eq(Word(portion))).execute(c))?;
    Ok(())
}

/// How much of a group somebody wants, if they follow it and ever said so.
pub fn of(conn: &mut Conn, person: ActorId, group: ActorId) -> Result<Option<Portion>> {
    let found: Option<Option<Word<Portion>>> = db!(conn, c => follows::table
        .find((person.0, group.0))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .select(follows::portion)
        .first(c)
        .optional())?;
    Ok(found.flatten().map(|portion| portion.0))
}

/// One follower of a group who wants all of it, on each other server where most of those do who ever said how much they
/// want.
pub fn eager(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>> {
    // As a literal, or the partial index would not be taken.
    let rows: Vec<(Option<i64>, i64, Option<Word<Portion>>)> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group.0).and(literally("follows.portion IS NOT NULL")))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .filter(actors::deleted.is_null().and(actors::peer_id.is_not_null()))
        .order(follows::follower_id)
        .select((actors::peer_id, follows::follower_id, follows::portion))
        .load(c))?;
    let mut servers: BTreeMap<Option<i64>, (Option<ActorId>, i64)> = BTreeMap::new();
    for (peer, person, portion) in rows {
        let (first, weight) = servers.entry(peer).or_default();
        if portion.is_some_and(|portion| portion.0 == Portion::All) {
            first.get_or_insert(ActorId(person));
            *weight += 1;
        } else {
            *weight -= 1;
        }
    }
    Ok(servers.into_values().filter(|(_, weight)| *weight > 0).filter_map(|(first, _)| first).collect())
}

/// The threads of a group since a moment that everybody may read, those first that were most voted for.
pub fn best(conn: &mut Conn, group: ActorId, since: Timestamp, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => threads::table
        .inner_join(posts::table)
        .filter(threads::group_id.eq(group.0).and(threads::post_id.gt(id::at(since, 0))))
        .filter(visible(None).and(posts::removed.is_null()))
        .order((threads::score.desc(), threads::replies.desc(), threads::post_id.desc()))
        .limit(limit)
        .select(threads::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}
