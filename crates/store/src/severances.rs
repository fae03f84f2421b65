//! Follows that people here lost at once.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PeerId, SeveranceId},
    post::FollowState,
    severance::{Cut, Severance},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{accounts, actors, follows, severances},
};

/// How many follow a person here, and how many they follow, of those that are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ties {
    /// Who follow them.
    pub followers: i64,
    /// Whom they follow.
    pub following: i64,
}

fn gather(followers: Vec<(i64, i64)>, following: Vec<(i64, i64)>) -> HashMap<ActorId, Ties> {
    let mut ties: HashMap<ActorId, Ties> = HashMap::new();
    for (person, count) in followers {
        ties.entry(ActorId(person)).or_default().followers = count;
    }
    for (person, count) in following {
        ties.entry(ActorId(person)).or_default().following = count;
    }
    ties
}

/// What ties those with a login here to the people of a server.
pub fn ties_to_peer(conn: &mut Conn, peer: PeerId) -> Result<HashMap<ActorId, Ties>> {
    let followers = db!(conn, c => follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(actors::peer_id.eq(peer.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .group_by(accounts::id)
        .select((accounts::id, dsl::count_star()))
        .load(c))?;
    let following = db!(conn, c => follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(actors::peer_id.eq(peer.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .group_by(accounts::id)
        .select((accounts::id, dsl::count_star()))
        .load(c))?;
    Ok(gather(followers, following))
}

/// What ties those with a login here to one actor.
pub fn ties_to_actor(conn: &mut Conn, actor: ActorId) -> Result<HashMap<ActorId, Ties>> {
    let followers = db!(conn, c => follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(actor.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .group_by(accounts::id)
        .select((accounts::id, dsl::count_star()))
        .load(c))?;
    let following = db!(conn, c => follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(actor.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .group_by(accounts::id)
        .select((accounts::id, dsl::count_star()))
        .load(c))?;
    Ok(gather(followers, following))
}

/// Records what somebody lost.
pub fn insert(tx: &mut Tx<'_>, lost: &Severance) -> Result<()> {
    let row = (
        severances::id.eq(lost.id.0),
        severances::person_id.eq(lost.person.0),
        severances::cause.eq(Word(lost.cause)),
        severances::target.eq(&lost.target),
        severances::followers.eq(lost.followers),
        severances::following.eq(lost.following),
        severances::created.eq(lost.created.0),
    );
    db!(tx, c => diesel::insert_into(severances::table).values(row).execute(c))?;
    Ok(())
}

/// These by their numbers.
pub fn by_ids(conn: &mut Conn, ids: &[SeveranceId]) -> Result<HashMap<SeveranceId, Severance>> {
    type Row = (i64, i64, Word<Cut>, String, i64, i64, i64);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = db!(conn, c => severances::table
        .filter(severances::id.among(ids))
        .select((
            severances::id,
            severances::person_id,
            severances::cause,
            severances::target,
            severances::followers,
            severances::following,
            severances::created,
        ))
        .load(c))?;
    let lost = |(id, person, cause, target, followers, following, created): Row| Severance {
        id: SeveranceId(id),
        person: ActorId(person),
        cause: cause.0,
        target,
        followers,
        following,
        created: Timestamp(created),
    };
    Ok(rows.into_iter().map(|row| (SeveranceId(row.0), lost(row))).collect())
}
