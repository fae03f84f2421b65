//! Who follows whom.
use std::collections::HashSet;

use diesel::{
    dsl,
    prelude::*,
    sql_types::{BigInt, Bool},
    upsert::excluded,
};
use domain::{
    actor::{Actor, ActorKind},
    group::MemberState,
    id::{ActorId, PeerId, TieId},
    post::FollowState,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::{AmongExt, literally},
    error::Result,
    kept::Basis,
    known::known_to,
    rows::Word,
    schema::{actors, follows, members, partings},
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = follows)]
struct Row {
    follower_id: i64,
    target_id: i64,
    state: Word<FollowState>,
    activity_uri: String,
    created: i64,
}

/// A follow: whoever wants to receive what `target` sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Who receives.
    pub follower: ActorId,
    /// Whom they follow.
    pub target: ActorId,
    /// Whether it is in force.
    pub state: FollowState,
    /// The id of the request on the network; answers name it.
    pub activity_uri: String,
    /// Since when.
    pub created: Timestamp,
}

/// How a follower wants what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Nothing that they pass on.
    pub no_shares: bool,
    /// To be told of each post.
    pub notify: bool,
    /// Only posts in these languages, if there are any; BCP 47.
    pub languages: Vec<String>,
}

impl Wishes {
    pub(crate) fn kept(no_shares: bool, notify: bool, languages: &str) -> Self {
        let languages = languages.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        Self { no_shares, notify, languages }
    }
}

/// Records how `follower` wants what follows from following `target`.
pub fn set_wishes(tx: &mut Tx<'_>, follower: ActorId, target: ActorId, wishes: &Wishes) -> Result<()> {
    tx.touch(Basis::Wishes(follower));
    // With commas around each, so that a language is found by the commas on both sides.
    let languages =
        if wishes.languages.is_empty() { String::new() } else { format!(",{},", wishes.languages.join(",")) };
    db!(tx, c => diesel::update(follows::table.find((follower.0, target.0)))
        .set((
            follows::no_shares.eq(wishes.no_shares),
            follows::notify.eq(wishes.notify),
            follows::languages.eq(languages),
        ))
        .execute(c))?;
    Ok(())
}

/// How `follower` wants what follows from following `target`.
pub fn wishes(conn: &mut Conn, follower: ActorId, target: ActorId) -> Result<Wishes> {
    let row: Option<(bool, bool, String)> = db!(conn, c => follows::table
        .find((follower.0, target.0))
        .select((follows::no_shares, follows::notify, follows::languages))
        .first(c)
        .optional())?;
    Ok(row.map(|(no_shares, notify, languages)| Wishes::kept(no_shares, notify, &languages)).unwrap_or_default())
}

/// Those here who want to be told of each post of `target`.
pub fn to_notify(conn: &mut Conn, target: ActorId) -> Result<Vec<ActorId>> {
    // As a literal, or the partial index would not be taken.
    let ids: Vec<i64> = db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(literally("follows.notify")))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .select(follows::follower_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

impl From<Row> for Follow {
    fn from(row: Row) -> Self {
        Self {
            follower: ActorId(row.follower_id),
            target: ActorId(row.target_id),
            state: row.state.0,
            activity_uri: row.activity_uri,
            created: Timestamp(row.created),
        }
    }
}

/// The follow of `target` by `follower`, in whatever state.
pub fn get(conn: &mut Conn, follower: ActorId, target: ActorId) -> Result<Option<Follow>> {
    Ok(db!(conn, c => follows::table.find((follower.0, target.0)).select(Row::as_select()).first(c).optional())?
        .map(Follow::from))
}

/// Records a follow, new or changed; `id` is for a new one.
pub fn set(tx: &mut Tx<'_>, id: TieId, follow: &Follow) -> Result<()> {
    tx.memory().change([follow.follower, follow.target]);
    tx.touch(Basis::Wishes(follow.follower));
    let row = Row {
        follower_id: follow.follower.0,
        target_id: follow.target.0,
        state: Word(follow.state),
        activity_uri: follow.activity_uri.clone(),
        created: follow.created.0,
    };
    db!(tx, c => diesel::insert_into(follows::table)
        .values((&row, follows::id.eq(id.0)))
        .on_conflict((follows::follower_id, follows::target_id))
        .do_update()
        .set((follows::state.eq(excluded(follows::state)), follows::activity_uri.eq(excluded(follows::activity_uri))))
        .execute(c))?;
    Ok(())
}

/// Ends a follow; returns what it was.
pub fn remove(tx: &mut Tx<'_>, follower: ActorId, target: ActorId, now: Timestamp) -> Result<Option<Follow>> {
    let was = get(tx, follower, target)?;
    if was.is_some() {
        tx.memory().change([follower, target]);
        tx.touch(Basis::Wishes(follower));
        part(tx, target, Some(follower), now)?;
        db!(tx, c => diesel::delete(follows::table.find((follower.0, target.0))).execute(c))?;
    }
    Ok(was)
}

/// Remembers who follows from elsewhere, all or one of them: their servers have what was sent to them, and hear when that is
/// taken back.
fn part(tx: &mut Tx<'_>, target: ActorId, follower: Option<ActorId>, now: Timestamp) -> Result<()> {
    db!(tx, c => {
        let followers = follows::table.inner_join(actors::table.on(actors::id.eq(follows::follower_id)));
        let mut leaving = followers
            .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted))))
            .filter(actors::peer_id.is_not_null())
            .select((follows::target_id, follows::follower_id, now.0.into_sql::<BigInt>()))
            .into_boxed();
        if let Some(follower) = follower {
            leaving = leaving.filter(follows::follower_id.eq(follower.0));
        }
        leaving
            .insert_into(partings::table)
            .into_columns((partings::target_id, partings::person_id, partings::at))
            .on_conflict((partings::target_id, partings::person_id))
            .do_update()
            .set(partings::at.eq(excluded(partings::at)))
            .execute(c)?
    });
    Ok(())
}

/// The ids of those who follow `target` and live on a server, or here if none is named.
pub fn followers_at(conn: &mut Conn, target: ActorId, peer: Option<PeerId>) -> Result<Vec<(ActorId, String)>> {
    let here = actors::peer_id.is_null().and(peer.is_none().into_sql::<Bool>());
    let place = actors::peer_id.eq(peer.map(i64::from)).or(here);
    let rows: Vec<(i64, String)> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(place)
        .select((actors::id, actors::uri))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, uri)| (ActorId(id), uri)).collect())
}

/// Follows of a group by those who are no members of it.
macro_rules! no_members {
    ($group:expr) => {{
        let member = members::table
            .filter(members::group_id.eq($group.0).and(members::person_id.eq(follows::follower_id)))
            .filter(members::state.eq(Word(MemberState::Active)));
        follows::table
            .filter(follows::target_id.eq($group.0).and(follows::state.eq(Word(FollowState::Accepted))))
            .filter(dsl::not(dsl::exists(member)))
    }};
}

/// Some who follow a group and are no members of it.
pub fn no_members(conn: &mut Conn, group: ActorId, after: ActorId, limit: i64) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => no_members!(group)
        .filter(follows::follower_id.gt(after.0))
        .order(follows::follower_id)
        .limit(limit)
        .select(follows::follower_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// How many follow a group and are no members of it.
pub fn count_no_members(conn: &mut Conn, group: ActorId) -> Result<i64> {
    Ok(db!(conn, c => no_members!(group).count().get_result(c))?)
}

/// The ids of those elsewhere who follow `target`, with their servers, at most `limit`.
pub fn followers_elsewhere(conn: &mut Conn, target: ActorId, limit: i64) -> Result<Vec<(PeerId, String)>> {
    let rows: Vec<(Option<i64>, String)> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(actors::peer_id.is_not_null())
        .select((actors::peer_id, actors::uri))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(peer, uri)| Some((PeerId(peer?), uri))).collect())
}

/// The groups that somebody follows, wherever they live.
pub fn groups(conn: &mut Conn, follower: ActorId, limit: i64) -> Result<Vec<Actor>> {
    let ids: Vec<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(follower.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(actors::kind.eq(Word(ActorKind::Group)).and(actors::deleted.is_null()))
        .order(actors::id)
        .limit(limit)
        .select(actors::id)
        .load(c))?;
    let ids: Vec<ActorId> = ids.into_iter().map(ActorId).collect();
    crate::actors::by_ids(conn, &ids)
}

/// How many follow `target`.
pub fn count_followers(conn: &mut Conn, target: ActorId) -> Result<i64> {
    Ok(db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .count()
        .get_result(c))?)
}

/// How many `follower` follows, as everybody may know: without groups that are hidden.
pub fn count_openly_following(conn: &mut Conn, follower: ActorId) -> Result<i64> {
    Ok(db!(conn, c => follows::table
        .filter(follows::follower_id.eq(follower.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(known_to(None, "follows.target_id"))
        .count()
        .get_result(c))?)
}

/// How many `follower` follows.
pub(crate) fn count_following(conn: &mut Conn, follower: ActorId) -> Result<i64> {
    Ok(db!(conn, c => follows::table
        .filter(follows::follower_id.eq(follower.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .count()
        .get_result(c))?)
}

/// Some of those here who follow `target`.
pub fn local_followers(conn: &mut Conn, target: ActorId, limit: i64) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target.0).and(actors::peer_id.is_null()))
        .order(follows::follower_id)
        .limit(limit)
        .select(follows::follower_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Whether anybody here follows `target`.
pub fn has_local_follower(conn: &mut Conn, target: ActorId) -> Result<bool> {
    let found: Option<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target.0).and(actors::peer_id.is_null()))
        .select(follows::follower_id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// Whether anybody here follows `target`, and that was accepted.
pub fn is_followed_here(conn: &mut Conn, target: ActorId) -> Result<bool> {
    let found: Option<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target.0).and(actors::peer_id.is_null()))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .select(follows::follower_id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// Requests to follow `target` that wait for an answer, oldest first.
pub fn waiting(conn: &mut Conn, target: ActorId, limit: i64) -> Result<Vec<Follow>> {
    let rows: Vec<Row> = db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Pending))))
        .order((follows::created, follows::follower_id))
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Follow::from).collect())
}

/// The follow requested by the activity `uri`.
pub fn by_activity(conn: &mut Conn, uri: &str, target: ActorId) -> Result<Option<Follow>> {
    Ok(db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(follows::activity_uri.eq(uri)))
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Follow::from))
}

/// How many requests to follow `target` wait for an answer.
pub fn count_waiting(conn: &mut Conn, target: ActorId) -> Result<i64> {
    Ok(db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Pending))))
        .count()
        .get_result(c))?)
}

/// Ends all follows from and to an actor that is gone.
pub fn remove_all(tx: &mut Tx<'_>, actor: ActorId, now: Timestamp) -> Result<()> {
    tx.memory().change_all();
    tx.touch(Basis::Everything);
    part(tx, actor, None, now)?;
    db!(tx, c => diesel::delete(follows::table.filter(follows::follower_id.eq(actor.0))).execute(c))?;
    db!(tx, c => diesel::delete(follows::table.filter(follows::target_id.eq(actor.0))).execute(c))?;
    Ok(())
}

/// Ends all follows from and to whoever lives on a server.
pub fn remove_peer(tx: &mut Tx<'_>, peer: PeerId) -> Result<()> {
    tx.memory().change_all();
    tx.touch(Basis::Everything);
    let there = || actors::table.filter(actors::peer_id.eq(peer.0)).select(actors::id);
    db!(tx, c => diesel::delete(follows::table.filter(follows::follower_id.eq_any(there()))).execute(c))?;
    db!(tx, c => diesel::delete(follows::table.filter(follows::target_id.eq_any(there()))).execute(c))?;
    Ok(())
}

/// Whom of these somebody follows.
pub fn accepted_among(conn: &mut Conn, follower: ActorId, targets: &[ActorId]) -> Result<HashSet<ActorId>> {
    let found: Vec<i64> = db!(conn, c => follows::table
        .filter(follows::follower_id.eq(follower.0).and(follows::target_id.among(targets)))
        .filter(follows::state.eq(Word(FollowState::Accepted)))
        .select(follows::target_id)
        .load(c))?;
    Ok(found.into_iter().map(ActorId).collect())
}
