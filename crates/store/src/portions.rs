//! How much of a group its followers receive.
use diesel::{dsl, prelude::*, sql_types::Integer};
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
    schema::{accounts, actors, follows, posts, threads},
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

/// Of follows, whether each new thread is wanted: others want the letter, or what the team puts in front.
macro_rules! wants_threads {
    () => {
        $crate::schema::follows::portion.is_null().or($crate::schema::follows::portion
            .ne($crate::rows::Word(domain::portion::Portion::Digest))
            .and($crate::schema::follows::portion.ne($crate::rows::Word(domain::portion::Portion::Highlights))))
    };
}
pub(crate) use wants_threads;

/// One follower of a group who wants all of it, on each other server where most of those do who ever said how much they
/// want.
pub fn eager(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>> {
    // As a literal, or the partial index would not be taken.
    let all = || follows::portion.eq(Word(Portion::All));
    let first: Vec<Option<i64>> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group.0).and(literally("follows.portion IS NOT NULL")))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .filter(actors::deleted.is_null().and(actors::peer_id.is_not_null()))
        .group_by(actors::peer_id)
        .having(dsl::sum(dsl::case_when(all(), 1.into_sql::<Integer>()).otherwise(-1)).gt(0_i64))
        .select(dsl::min(dsl::case_when(all(), follows::follower_id)))
        .load(c))?;
    Ok(first.into_iter().flatten().map(ActorId).collect())
}

/// Those here who want of a group what its team puts in front.
pub fn selective_here(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group.0).and(literally("follows.portion IS NOT NULL")))
        .filter(follows::portion.eq(Word(Portion::Highlights)).and(follows::state.eq(Word(FollowState::Accepted))))
        .select(follows::follower_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// One of them on each other server.
pub fn selective_elsewhere(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>> {
    let first: Vec<Option<i64>> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group.0).and(literally("follows.portion IS NOT NULL")))
        .filter(follows::portion.eq(Word(Portion::Highlights)).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(actors::deleted.is_null().and(actors::peer_id.is_not_null()))
        .group_by(actors::peer_id)
        .select(dsl::min(follows::follower_id))
        .load(c))?;
    Ok(first.into_iter().flatten().map(ActorId).collect())
}

/// The threads of a group since a moment that everybody may read, those first that were most talked about.
pub fn best(conn: &mut Conn, group: ActorId, since: Timestamp, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => threads::table
        .inner_join(posts::table)
        .filter(threads::group_id.eq(group.0).and(threads::post_id.gt(id::at(since, 0))))
        .filter(visible(None).and(posts::removed.is_null()))
        .order((threads::replies.desc(), threads::score.desc(), threads::post_id.desc()))
        .limit(limit)
        .select(threads::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}
