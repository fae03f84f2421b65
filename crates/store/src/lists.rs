//! Lists of people.
use std::collections::BTreeSet;

use diesel::{dsl, prelude::*};
use domain::{
    actor::ActorKind,
    group::MemberState,
    id::{ActorId, ListId},
    list::{List, Replies},
    post::FollowState,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    kept::Basis,
    readers,
    rows::Word,
    schema::{actors, follows, list_members, lists, members},
};

type Row = (i64, i64, String, Word<Replies>, bool);

const COLUMNS: (lists::id, lists::owner_id, lists::title, lists::replies, lists::apart) =
    (lists::id, lists::owner_id, lists::title, lists::replies, lists::apart);

fn kept((id, owner, title, replies, apart): Row) -> List {
    List { id: ListId(id), owner: ActorId(owner), title, replies: replies.0, apart }
}

/// Adds a list.
pub fn insert(tx: &mut Tx<'_>, list: &List, at: Timestamp) -> Result<()> {
    tx.touch(Basis::Wishes(list.owner));
    let row = (
        lists::id.eq(list.id.0),
        lists::owner_id.eq(list.owner.0),
        lists::title.eq(&list.title),
        lists::replies.eq(Word(list.replies)),
        lists::apart.eq(list.apart),
        lists::created.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(lists::table).values(row).execute(c))?;
    Ok(())
}

/// Replaces what a list is.
pub fn update(tx: &mut Tx<'_>, list: &List) -> Result<()> {
    tx.touch(Basis::Wishes(list.owner));
    db!(tx, c => diesel::update(lists::table.find(list.id.0))
        .set((lists::title.eq(&list.title), lists::replies.eq(Word(list.replies)), lists::apart.eq(list.apart)))
        .execute(c))?;
    Ok(())
}

/// Forgets a list.
pub fn delete(tx: &mut Tx<'_>, list: &List) -> Result<()> {
    tx.touch(Basis::Wishes(list.owner));
    db!(tx, c => diesel::delete(list_members::table.filter(list_members::list_id.eq(list.id.0))).execute(c))?;
    db!(tx, c => diesel::delete(lists::table.find(list.id.0)).execute(c))?;
    Ok(())
}

/// The list with this number, if `owner` has it.
pub fn get(conn: &mut Conn, id: ListId, owner: ActorId) -> Result<Option<List>> {
    let row: Option<Row> = db!(conn, c => lists::table
        .filter(lists::id.eq(id.0).and(lists::owner_id.eq(owner.0)))
        .select(COLUMNS)
        .first(c)
        .optional())?;
    Ok(row.map(kept))
}

/// The lists of `owner`, the oldest first; only those with `member` in them, if one is given.
pub fn of(conn: &mut Conn, owner: ActorId, member: Option<ActorId>) -> Result<Vec<List>> {
    let rows: Vec<Row> = db!(conn, c => {
        let mut query =
            lists::table.filter(lists::owner_id.eq(owner.0)).order(lists::id).select(COLUMNS).into_boxed();
        if let Some(member) = member {
            let with = list_members::table
                .filter(list_members::owner_id.eq(owner.0).and(list_members::actor_id.eq(member.0)))
                .select(list_members::list_id);
            query = query.filter(lists::id.eq_any(with));
        }
        query.load(c)
    })?;
    Ok(rows.into_iter().map(kept).collect())
}

/// Puts somebody into a list.
pub fn add(tx: &mut Tx<'_>, list: &List, actor: ActorId) -> Result<()> {
    tx.touch(Basis::Wishes(list.owner));
    let row = (
        list_members::list_id.eq(list.id.0),
        list_members::actor_id.eq(actor.0),
        list_members::owner_id.eq(list.owner.0),
    );
    db!(tx, c => diesel::insert_into(list_members::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Takes somebody out of a list.
pub fn remove(tx: &mut Tx<'_>, list: &List, actor: ActorId) -> Result<()> {
    tx.touch(Basis::Wishes(list.owner));
    db!(tx, c => diesel::delete(list_members::table.find((list.id.0, actor.0))).execute(c))?;
    Ok(())
}

/// Takes somebody out of all lists of `owner`.
pub fn remove_everywhere(tx: &mut Tx<'_>, owner: ActorId, actor: ActorId) -> Result<()> {
    tx.touch(Basis::Wishes(owner));
    db!(tx, c => diesel::delete(
        list_members::table.filter(list_members::owner_id.eq(owner.0).and(list_members::actor_id.eq(actor.0)))
    )
    .execute(c))?;
    Ok(())
}

/// How many are in a list.
pub fn count(conn: &mut Conn, list: ListId) -> Result<i64> {
    Ok(db!(conn, c => list_members::table.filter(list_members::list_id.eq(list.0)).count().get_result(c))?)
}

/// The groups that somebody reads as lists: those in which they are a member, and those they follow.
pub fn groups_of(conn: &mut Conn, person: ActorId, limit: i64) -> Result<Vec<ActorId>> {
    let member: Vec<i64> = db!(conn, c => members::table
        .filter(members::person_id.eq(person.0).and(members::state.eq(Word(MemberState::Active))))
        .order(members::group_id)
        .limit(limit)
        .select(members::group_id)
        .load(c))?;
    let followed: Vec<i64> = db!(conn, c => follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(person.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(actors::kind.eq(Word(ActorKind::Group)))
        .order(actors::id)
        .limit(limit)
        .select(actors::id)
        .load(c))?;
    let all: BTreeSet<i64> = member.into_iter().chain(followed).collect();
    Ok(all.into_iter().take(usize::try_from(limit).unwrap_or(0)).map(ActorId).collect())
}

/// Whether somebody reads this group, if it is one, as a list.
pub fn is_of_group(conn: &mut Conn, person: ActorId, group: ActorId) -> Result<bool> {
    let is_group: bool = db!(conn, c => diesel::select(dsl::exists(
        actors::table.filter(actors::id.eq(group.0).and(actors::kind.eq(Word(ActorKind::Group))))
    ))
    .get_result(c))?;
    Ok(is_group && !readers::subscribed(conn, group, &[person])?.is_empty())
}
