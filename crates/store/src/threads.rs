//! The threads of groups in the orders that people choose; counted apart from the posts, whose rows are wide.
use diesel::{dsl, prelude::*};
use domain::{
    id::{self, ActorId, PostId},
    post::{FollowState, Post},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    portions::wants_threads,
    pulses,
    rows::Word,
    schema::{actors, follows, held, posts, threads},
    visible::visible,
    wanted::{Whom, wanted},
};

/// Which threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those of one group.
    Group(ActorId),
    /// Those of several groups.
    Groups(&'a [ActorId]),
    /// Those of all groups whose threads somebody wants who follows them.
    Followed(ActorId),
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By the newest reply.
    Active,
    /// By when they began.
    New,
    /// By the votes for them less those against.
    Top,
    /// The newest of those without a reply.
    Unanswered,
}

/// Where in an order a thread stands: what is compared first, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// What the order is by.
    pub key: i64,
    /// The thread.
    pub post: PostId,
}

/// A thread as lists show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread {
    /// Its first post.
    pub post: PostId,
    /// When it was last replied to, or began.
    pub latest: Timestamp,
    /// How many replies it has, on all levels.
    pub replies: i64,
    /// Where it stands in the order it was asked in.
    pub cursor: Cursor,
}

/// The threads that come after `after` in an order, as far as `viewer` may and wants to read them; never what was removed.
pub fn page(
    conn: &mut Conn,
    scope: Scope<'_>,
    order: Order,
    viewer: Option<ActorId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Thread>> {
    let rows: Vec<(i64, i64, i64, i64)> = db!(conn, c => {
        let mut query = threads::table
            .inner_join(posts::table)
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .filter(posts::removed.is_null())
            .select((threads::post_id, threads::latest, threads::replies, threads::score))
            .limit(limit)
            .into_boxed();
        query = match scope {
            Scope::Group(group) => query.filter(threads::group_id.eq(group.0)),
            Scope::Groups(groups) => query.filter(threads::group_id.among(groups)),
            Scope::Followed(person) => query.filter(dsl::exists(
                follows::table
                    .filter(follows::follower_id.eq(person.0))
                    .filter(follows::target_id.eq(threads::group_id))
                    .filter(follows::state.eq(Word(FollowState::Accepted)).and(wants_threads!())),
            )),
        };
        // The first comparison bounds the range of the index, the second tells apart what is equal in it.
        if let Some(Cursor { key, post }) = after {
            query = match order {
                Order::Active => query
                    .filter(threads::latest.le(key))
                    .filter(threads::latest.lt(key).or(threads::post_id.lt(post.0))),
                Order::Top => query
                    .filter(threads::score.le(key))
                    .filter(threads::score.lt(key).or(threads::post_id.lt(post.0))),
                Order::New | Order::Unanswered => query.filter(threads::post_id.lt(post.0)),
            };
        }
        query = match order {
            Order::Active => query.order((threads::latest.desc(), threads::post_id.desc())),
            Order::Top => query.order((threads::score.desc(), threads::post_id.desc())),
            Order::New => query.order(threads::post_id.desc()),
            Order::Unanswered => query.filter(threads::replies.eq(0)).order(threads::post_id.desc()),
        };
        query.load(c)
    })?;
    let thread = |(post, latest, replies, score)| {
        let key = match order {
            Order::Active => latest,
            Order::Top => score,
            Order::New | Order::Unanswered => 0,
        };
        let cursor = Cursor { key, post: PostId(post) };
        Thread { post: PostId(post), latest: Timestamp(latest), replies, cursor }
    };
    Ok(rows.into_iter().map(thread).collect())
}

/// The newest threads of a group that `viewer` may read: in a language or none that is known, and without a reply, as asked.
pub fn newest(
    conn: &mut Conn,
    group: ActorId,
    (language, unanswered): (Option<&str>, bool),
    viewer: Option<ActorId>,
    limit: i64,
) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = threads::table
            .inner_join(posts::table)
            .filter(threads::group_id.eq(group.0).and(visible(viewer)).and(posts::removed.is_null()))
            .order(threads::post_id.desc())
            .limit(limit)
            .select(threads::post_id)
            .into_boxed();
        if let Some(language) = language {
            let spoken = posts::language.eq(language).or(posts::language.like(format!("{language}-%")));
            query = query.filter(posts::language.is_null().or(spoken.assume_not_null()));
        }
        if unanswered {
            query = query.filter(threads::replies.eq(0));
        }
        query.load(c)
    })?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// The oldest open threads without a reply in these groups that somebody else than `me` began between two moments.
pub fn unheard(
    conn: &mut Conn,
    groups: &[ActorId],
    me: ActorId,
    (from, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => threads::table
        .inner_join(posts::table)
        .filter(threads::group_id.among(groups).and(threads::replies.eq(0)))
        .filter(threads::post_id.between(id::at(from, 0), id::at(until, 0)))
        .filter(visible(Some(me)).and(posts::removed.is_null()).and(posts::deleted.is_null()))
        .filter(posts::locked.is_null().and(posts::author_id.ne(me.0)))
        .order(threads::post_id)
        .limit(limit)
        .select(threads::post_id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Whether anybody else wrote something in the thread of a post.
pub fn is_answered(conn: &mut Conn, thread: &Post) -> Result<bool> {
    let others = posts::table
        .filter(posts::root_id.eq(thread.root.0).and(posts::author_id.ne(thread.author.0)))
        .filter(posts::removed.is_null().and(posts::deleted.is_null()));
    Ok(db!(conn, c => dsl::select(dsl::exists(others)).get_result(c))?)
}

/// These threads, in their order.
pub fn among(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Thread>> {
    let rows: Vec<(i64, i64, i64)> = db!(conn, c => threads::table
        .filter(threads::post_id.among(ids))
        .select((threads::post_id, threads::latest, threads::replies))
        .load(c))?;
    let found = |id: &PostId| {
        let (_, latest, replies) = rows.iter().find(|(post, _, _)| *post == id.0)?;
        let cursor = Cursor { key: 0, post: *id };
        Some(Thread { post: *id, latest: Timestamp(*latest), replies: *replies, cursor })
    };
    Ok(ids.iter().filter_map(found).collect())
}

/// When something last happened in each of these groups, if ever.
pub fn latest_in(conn: &mut Conn, groups: &[ActorId]) -> Result<Vec<(ActorId, Option<Timestamp>)>> {
    let rows: Vec<(i64, Option<i64>)> = db!(conn, c => actors::table
        .filter(actors::id.among(groups))
        .select((
            actors::id,
            // What was taken out, or waits, is nothing that happened.
            threads::table
                .inner_join(posts::table)
                .filter(threads::group_id.eq(actors::id).and(posts::removed.is_null()))
                .order(threads::latest.desc())
                .select(threads::latest)
                .limit(1)
                .single_value(),
        ))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, at)| (ActorId(group), at.map(Timestamp))).collect())
}

/// Counts a new post: it begins a thread, or is one more reply.
pub(crate) fn add(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let Some(group) = post.group else { return Ok(()) };
    if post.removed.is_none() {
        pulses::stir(tx, group, post.published)?;
    }
    if post.parent.is_none() {
        let row = (
            threads::post_id.eq(post.id.0),
            threads::group_id.eq(group.0),
            threads::latest.eq(post.published.0),
            threads::replies.eq(0_i64),
            threads::score.eq(0_i64),
        );
        db!(tx, c => diesel::insert_into(threads::table).values(row).execute(c))?;
    } else if post.removed.is_none() {
        let thread = post.root.0;
        db!(tx, c => diesel::update(threads::table.find(thread)).set(threads::replies.eq(threads::replies + 1)).execute(c))?;
        db!(tx, c => diesel::update(threads::table.find(thread).filter(threads::latest.lt(post.published.0)))
            .set(threads::latest.eq(post.published.0))
            .execute(c))?;
    }
    Ok(())
}

/// Says that something happened in a thread at `at`, if nothing happened later.
pub fn stir(tx: &mut Tx<'_>, thread: PostId, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(threads::table.find(thread.0).filter(threads::latest.lt(at.0)))
        .set(threads::latest.eq(at.0))
        .execute(c))?;
    Ok(())
}

/// Counts a reply that a moderator takes out or puts back.
pub(crate) fn count(tx: &mut Tx<'_>, reply: PostId, by: i64) -> Result<()> {
    move_by(tx, reply, by, true)
}

/// Counts a reply that its author deletes, unless a moderator was first.
pub(crate) fn count_deleted(tx: &mut Tx<'_>, reply: PostId) -> Result<()> {
    move_by(tx, reply, -1, false)
}

/// Counts a reply whose deletion was taken back.
pub(crate) fn count_revived(tx: &mut Tx<'_>, reply: PostId) -> Result<()> {
    move_by(tx, reply, 1, false)
}

fn move_by(tx: &mut Tx<'_>, reply: PostId, by: i64, even_removed: bool) -> Result<()> {
    let found: Option<(i64, bool)> = db!(tx, c => posts::table
        .filter(posts::id.eq(reply.0).and(posts::parent_id.is_not_null()).and(posts::group_id.is_not_null()))
        .filter(posts::deleted.is_null())
        .select((posts::root_id, posts::removed.is_not_null()))
        .first(c)
        .optional())?;
    if let Some((root, _)) = found.filter(|(_, removed)| even_removed || !removed) {
        db!(tx, c => diesel::update(threads::table.find(root)).set(threads::replies.eq(threads::replies + by)).execute(c))?;
    }
    Ok(())
}

/// Moves a thread from one group to another, with all that stands in it there. What is pinned in the one is not in the other.
pub fn transfer(tx: &mut Tx<'_>, root: PostId, (from, to): (ActorId, ActorId)) -> Result<()> {
    tx.touch(Basis::Everything);
    let stands = posts::root_id.eq(root.0).and(posts::group_id.eq(from.0));
    db!(tx, c => diesel::update(posts::table.filter(stands))
        .set((posts::group_id.eq(to.0), posts::featured.eq(None::<i64>)))
        .execute(c))?;
    db!(tx, c => diesel::update(threads::table.find(root.0)).set(threads::group_id.eq(to.0)).execute(c))?;
    // What waits there waits for the other team from now on.
    db!(tx, c => {
        let within = posts::table.filter(posts::root_id.eq(root.0)).select(posts::id);
        diesel::update(held::table.filter(held::group_id.eq(from.0).and(held::post_id.eq_any(within))))
            .set(held::group_id.eq(to.0))
            .execute(c)
    })?;
    Ok(())
}

/// Counts votes, if they are about a thread.
pub(crate) fn weigh(tx: &mut Tx<'_>, post: PostId, by: i64) -> Result<()> {
    db!(tx, c => diesel::update(threads::table.find(post.0)).set(threads::score.eq(threads::score + by)).execute(c))?;
    Ok(())
}

/// The numbers of all posts of these threads that `viewer` may read.
pub fn posts_in(conn: &mut Conn, roots: &[PostId], viewer: Option<ActorId>) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(posts::root_id.among(roots).and(visible(viewer)))
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}
