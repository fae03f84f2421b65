//! Whom to read: those whom many of those follow whom one follows, and those here who want to be found.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{actor::ActorKind, id::ActorId, post::FollowState};

use crate::{
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    heard::heard,
    known::known_to,
    rows::Word,
    schema::{actors, follows, unsuggested},
    wanted::{Whom, wanted},
};

/// Who of those whom `me` follows follows each of these; nobody what is hidden from `me`.
pub fn familiar(
    conn: &mut Conn,
    me: ActorId,
    targets: &[ActorId],
    limit: i64,
) -> Result<HashMap<ActorId, Vec<ActorId>>> {
    let mine = diesel::alias!(follows as mine);
    let accepted = Word(FollowState::Accepted);
    let rows: Vec<(i64, i64)> = db!(conn, c => follows::table
        .inner_join(mine.on(mine.field(follows::target_id).eq(follows::follower_id)))
        .filter(mine.field(follows::follower_id).eq(me.0).and(mine.field(follows::state).eq(accepted)))
        .filter(follows::target_id.among(targets).and(follows::state.eq(accepted)))
        .filter(wanted(Some(me), Whom::Person("follows.follower_id")))
        .filter(known_to(Some(me), "follows.target_id"))
        .order(follows::follower_id.desc())
        .limit(limit)
        .select((follows::target_id, follows::follower_id))
        .load(c))?;
    let mut found: HashMap<ActorId, Vec<ActorId>> = HashMap::new();
    for (target, follower) in rows {
        found.entry(ActorId(target)).or_default().push(ActorId(follower));
    }
    Ok(found)
}

/// Whom those follow whom `me` follows, the most followed first; nobody whom `me` knows already, or may not know of.
pub fn near(conn: &mut Conn, me: ActorId, limit: i64) -> Result<Vec<ActorId>> {
    let (mine, known) = diesel::alias!(follows as mine, follows as known);
    let accepted = Word(FollowState::Accepted);
    let ids: Vec<i64> = db!(conn, c => follows::table
        .inner_join(mine.on(mine.field(follows::target_id).eq(follows::follower_id)))
        .filter(mine.field(follows::follower_id).eq(me.0).and(mine.field(follows::state).eq(accepted)))
        .filter(follows::state.eq(accepted).and(follows::target_id.ne(me.0)))
        .filter(dsl::not(dsl::exists(known.filter(known.field(follows::follower_id).eq(me.0)
            .and(known.field(follows::target_id).eq(follows::target_id))))))
        .filter(dsl::not(dsl::exists(unsuggested::table
            .filter(unsuggested::person_id.eq(me.0).and(unsuggested::target_id.eq(follows::target_id))))))
        .filter(wanted(Some(me), Whom::Person("follows.target_id")))
        .filter(known_to(Some(me), "follows.target_id"))
        .filter(heard(None, "follows.target_id"))
        .group_by(follows::target_id)
        .order((dsl::count_star().desc(), follows::target_id.desc()))
        .limit(limit)
        .select(follows::target_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Whom a list of those holds who want to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Everybody who is known here.
    Known,
    /// Who lives here.
    Here,
    /// The same, without those whom the reader knows already.
    New,
}

/// Who wants to be found, the newest first; groups, too.
pub fn listed(conn: &mut Conn, me: Option<ActorId>, listing: Listing, limit: i64) -> Result<Vec<ActorId>> {
    let kinds = [ActorKind::Person, ActorKind::Group, ActorKind::Organization].map(Word);
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = actors::table
            .filter(actors::deleted.is_null().and(actors::discoverable.eq(true)))
            .filter(actors::suspended.is_null())
            .filter(actors::kind.among(kinds))
            .filter(wanted(me, Whom::Person("actors.id")))
            .filter(heard(None, "actors.id"))
            .order(actors::id.desc())
            .limit(limit)
            .select(actors::id)
            .into_boxed();
        if listing != Listing::Known {
            query = query.filter(actors::peer_id.is_null());
        }
        if let (Some(me), Listing::New) = (me, listing) {
            query = query
                .filter(actors::id.ne(me.0))
                .filter(dsl::not(dsl::exists(follows::table
                    .filter(follows::follower_id.eq(me.0).and(follows::target_id.eq(actors::id))))))
                .filter(dsl::not(dsl::exists(unsuggested::table
                    .filter(unsuggested::person_id.eq(me.0).and(unsuggested::target_id.eq(actors::id))))));
        }
        query.load(c)
    })?;
    Ok(ids.into_iter().map(ActorId).collect())
}
