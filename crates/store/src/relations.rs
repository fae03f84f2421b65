//! What actors are to one another, for many at a time: follows both ways, requests, and numbers of all this.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    group::MemberState,
    id::{ActorId, PostId},
    post::FollowState,
    shun::{Deed, Shun},
    time::Timestamp,
};

use crate::{
    conn::{Conn, db},
    dialect::{AmongExt, Named, begins},
    error::Result,
    follows::Wishes,
    heard::heard,
    known::known_to,
    notes,
    rows::Word,
    schema::{actors as rows, follows, host_shuns, members, peers, posts},
    shuns,
    visible::visible,
    wanted::{Whom, wanted},
};

/// What two actors are to one another, seen by the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Relation {
    /// I follow them.
    pub following: bool,
    /// I asked to.
    pub requested: bool,
    /// How I follow them, or want to.
    pub wishes: Wishes,
    /// They follow me.
    pub followed_by: bool,
    /// They asked to.
    pub requested_by: bool,
    /// I block them.
    pub blocking: bool,
    /// They block me.
    pub blocked_by: bool,
    /// I mute them.
    pub muting: Option<Shun>,
    /// I shun their server.
    pub host_shunned: bool,
    /// I recommend them.
    pub endorsed: bool,
    /// What I wrote down about them.
    pub note: String,
}

/// What `me` and these actors are to one another.
pub fn between(conn: &mut Conn, me: ActorId, others: &[ActorId]) -> Result<HashMap<ActorId, Relation>> {
    let mine: Vec<(i64, Word<FollowState>, bool, bool, String)> = db!(conn, c => follows::table
        .filter(follows::follower_id.eq(me.0).and(follows::target_id.among(others)))
        .select((follows::target_id, follows::state, follows::no_shares, follows::notify, follows::languages))
        .load(c))?;
    let theirs: Vec<(i64, Word<FollowState>)> = db!(conn, c => follows::table
        .filter(follows::target_id.eq(me.0).and(follows::follower_id.among(others)))
        .select((follows::follower_id, follows::state))
        .load(c))?;
    let housed: Vec<i64> = db!(conn, c => host_shuns::table
        .inner_join(rows::table.on(rows::host.eq(host_shuns::host)))
        .filter(host_shuns::person_id.eq(me.0).and(rows::id.among(others)))
        .select(rows::id)
        .load(c))?;
    let mut found: HashMap<ActorId, Relation> = HashMap::new();
    for (id, state, no_shares, notify, languages) in mine {
        let relation = found.entry(ActorId(id)).or_default();
        (relation.following, relation.requested) = (state.0 == FollowState::Accepted, state.0 == FollowState::Pending);
        relation.wishes = Wishes::kept(no_shares, notify, &languages);
    }
    for (id, state) in theirs {
        let relation = found.entry(ActorId(id)).or_default();
        (relation.followed_by, relation.requested_by) =
            (state.0 == FollowState::Accepted, state.0 == FollowState::Pending);
    }
    for shun in shuns::of(conn, me, others)? {
        let relation = found.entry(shun.target).or_default();
        match shun.deed {
            Deed::Block => relation.blocking = true,
            Deed::Mute => relation.muting = Some(shun),
        }
    }
    for id in shuns::blocking(conn, me, others)? {
        found.entry(id).or_default().blocked_by = true;
    }
    for id in housed {
        found.entry(ActorId(id)).or_default().host_shunned = true;
    }
    for id in notes::endorsed(conn, me, others)? {
        found.entry(id).or_default().endorsed = true;
    }
    for (id, note) in notes::of(conn, me, others)? {
        found.entry(id).or_default().note = note;
    }
    Ok(found)
}

/// Numbers that profiles show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Who follows them.
    pub followers: i64,
    /// Whom they follow, without groups that are hidden.
    pub following: i64,
    /// What they wrote, or for a group its threads, that a stranger may read.
    pub posts: i64,
    /// The newest of these.
    pub newest: Option<PostId>,
}

/// The numbers of these actors, as they are or were a moment ago.
pub fn numbers(conn: &mut Conn, ids: &[ActorId]) -> Result<HashMap<ActorId, Numbers>> {
    let mut found = conn.memory().recall(ids);
    let unknown: Vec<ActorId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
    if !unknown.is_empty() {
        let counted = count(conn, &unknown)?;
        conn.memory().keep(&counted);
        found.extend(counted);
    }
    Ok(found)
}

fn count(conn: &mut Conn, ids: &[ActorId]) -> Result<HashMap<ActorId, Numbers>> {
    type Counted = Vec<(i64, i64)>;
    let accepted = || follows::state.eq(Word(FollowState::Accepted));
    let followers: Counted = db!(conn, c => follows::table
        .filter(follows::target_id.among(ids).and(accepted()))
        .group_by(follows::target_id)
        .select((follows::target_id, dsl::count_star()))
        .load(c))?;
    let following: Counted = db!(conn, c => follows::table
        .filter(follows::follower_id.among(ids).and(accepted()))
        .filter(known_to(None, "follows.target_id"))
        .group_by(follows::follower_id)
        .select((follows::follower_id, dsl::count_star()))
        .load(c))?;
    let written: Vec<(i64, i64, Option<i64>)> = db!(conn, c => posts::table
        .filter(posts::author_id.among(ids))
        .filter(visible(None))
        .group_by(posts::author_id)
        .select((posts::author_id, dsl::count_star(), dsl::max(posts::id)))
        .load(c))?;
    let threads: Vec<(Option<i64>, i64, Option<i64>)> = db!(conn, c => posts::table
        .filter(posts::group_id.among(ids).and(posts::parent_id.is_null()))
        .filter(visible(None))
        .group_by(posts::group_id)
        .select((posts::group_id, dsl::count_star(), dsl::max(posts::id)))
        .load(c))?;
    let mut found: HashMap<ActorId, Numbers> = ids.iter().map(|id| (*id, Numbers::default())).collect();
    for (id, count) in followers {
        found.entry(ActorId(id)).or_default().followers = count;
    }
    for (id, count) in following {
        found.entry(ActorId(id)).or_default().following = count;
    }
    let threads = threads.into_iter().filter_map(|(id, count, newest)| Some((id?, count, newest)));
    for (id, count, newest) in written.into_iter().chain(threads) {
        let numbers = found.entry(ActorId(id)).or_default();
        numbers.posts += count;
        numbers.newest = numbers.newest.max(newest.map(PostId));
    }
    Ok(found)
}

/// Who waits for an answer of these targets: those who asked to follow, and those who asked to join a group; in the
/// order of their numbers, the largest first.
pub fn waiting_for(conn: &mut Conn, targets: &[ActorId], before: i64, after: i64, limit: i64) -> Result<Vec<ActorId>> {
    let follow: Vec<i64> = db!(conn, c => follows::table
        .filter(follows::target_id.among(targets).and(follows::state.eq(Word(FollowState::Pending))))
        .filter(follows::follower_id.lt(before).and(follows::follower_id.gt(after)))
        .select(follows::follower_id)
        .distinct()
        .order(follows::follower_id.desc())
        .limit(limit)
        .load(c))?;
    let join: Vec<i64> = db!(conn, c => members::table
        .filter(members::group_id.among(targets).and(members::state.eq(Word(MemberState::Pending))))
        .filter(members::person_id.lt(before).and(members::person_id.gt(after)))
        .select(members::person_id)
        .distinct()
        .order(members::person_id.desc())
        .limit(limit)
        .load(c))?;
    let mut all: Vec<ActorId> = follow.into_iter().chain(join).map(ActorId).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    all.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(all)
}

/// Who waits for an answer of whom, of these.
pub fn waiting_among(conn: &mut Conn, people: &[ActorId], targets: &[ActorId]) -> Result<Vec<(ActorId, ActorId)>> {
    let follow: Vec<(i64, i64)> = db!(conn, c => follows::table
        .filter(follows::follower_id.among(people).and(follows::target_id.among(targets)))
        .filter(follows::state.eq(Word(FollowState::Pending)))
        .select((follows::follower_id, follows::target_id))
        .load(c))?;
    let join: Vec<(i64, i64)> = db!(conn, c => members::table
        .filter(members::person_id.among(people).and(members::group_id.among(targets)))
        .filter(members::state.eq(Word(MemberState::Pending)))
        .select((members::person_id, members::group_id))
        .load(c))?;
    let mut all: Vec<_> = follow.into_iter().chain(join).map(|(who, whom)| (ActorId(who), ActorId(whom))).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    Ok(all)
}

/// Since when these wait for an answer of these groups, as far as they asked to join.
pub fn waiting_since(
    conn: &mut Conn,
    people: &[ActorId],
    groups: &[ActorId],
) -> Result<Vec<(ActorId, ActorId, Timestamp)>> {
    let rows: Vec<(i64, i64, i64)> = db!(conn, c => members::table
        .filter(members::person_id.among(people).and(members::group_id.among(groups)))
        .filter(members::state.eq(Word(MemberState::Pending)))
        .select((members::person_id, members::group_id, members::since))
        .load(c))?;
    Ok(rows.into_iter().map(|(who, whom, at)| (ActorId(who), ActorId(whom), Timestamp(at))).collect())
}

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requests {
    /// Whom they asked to follow.
    pub follow: Vec<ActorId>,
    /// Which groups they asked to join, without following them.
    pub join: Vec<ActorId>,
}

/// What `person` asked of these targets, without an answer yet.
pub fn requests(conn: &mut Conn, person: ActorId, targets: &[ActorId]) -> Result<Requests> {
    let follow: Vec<i64> = db!(conn, c => follows::table
        .filter(follows::follower_id.eq(person.0).and(follows::target_id.among(targets)))
        .filter(follows::state.eq(Word(FollowState::Pending)))
        .select(follows::target_id)
        .load(c))?;
    let join: Vec<i64> = db!(conn, c => members::table
        .filter(members::person_id.eq(person.0).and(members::group_id.among(targets)))
        .filter(members::state.eq(Word(MemberState::Pending)))
        .select(members::group_id)
        .load(c))?;
    let join = join.into_iter().filter(|id| !follow.contains(id)).map(ActorId).collect();
    Ok(Requests { follow: follow.into_iter().map(ActorId).collect(), join })
}

/// Whose handle or title begins with `start`, in lower case, and who want to be found or whom `viewer` follows; those of
/// here first. Nobody whom
/// `viewer` shuns, and only whom `follower` follows, if one is given.
pub fn named_like(
    conn: &mut Conn,
    start: &str,
    viewer: Option<ActorId>,
    follower: Option<ActorId>,
    limit: i64,
) -> Result<Vec<ActorId>> {
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<(bool, i64)> = Vec::new();
    let is_followed = |by: Option<ActorId>| {
        let by = by.map_or(0, i64::from);
        dsl::exists(follows::table.filter(follows::follower_id.eq(by).and(follows::target_id.eq(rows::id))))
    };
    for begins in [begins(Named::Name, start), begins(Named::Title, start)] {
        let more: Vec<(bool, i64)> = db!(conn, c => {
            let mut query = rows::table
                .filter(begins.clone())
                .filter(rows::deleted.is_null().and(rows::suspended.is_null()))
                .filter(rows::discoverable.eq(true).or(is_followed(viewer)))
                .filter(wanted(viewer, Whom::Person("actors.id")))
                .filter(heard(viewer, "actors.id"))
                .order(begins.order())
                .limit(limit)
                .select((rows::peer_id.is_not_null(), rows::id))
                .into_boxed();
            if follower.is_some() {
                query = query.filter(is_followed(follower));
            }
            query.load(c)
        })?;
        for row in more {
            if !found.contains(&row) {
                found.push(row);
            }
        }
    }
    // The sort is stable: handles stay before titles.
    found.sort_by_key(|(remote, _)| *remote);
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found.into_iter().map(|(_, id)| ActorId(id)).collect())
}

/// How many other servers are known.
pub fn count_peers(conn: &mut Conn) -> Result<i64> {
    Ok(db!(conn, c => peers::table.count().get_result(c))?)
}
