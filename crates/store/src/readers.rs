//! One post and many readers: in whose timelines it stands and what it is to each of them, one query for all.
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use domain::{
    group::MemberState,
    id::{ActorId, ListId, PostId},
    notice::Level,
    post::{Audience, FollowState, Vote},
};

use crate::{
    conn::{Conn, db},
    dialect::{AmongExt, Home, Source},
    error::Result,
    heard::{heard, welcome},
    rows::Word,
    schema::{actors, ballots, bookmarks, followed_tags, follows, members, posts, shares, thread_levels, votes},
    timelines::{Entry, share},
    visible::{Given, visible, visible_to},
    wanted::{Whom, wanted_by},
};

/// The column with the number of a reader.
const READER: Given = Given::Column("readers.id");

fn people(ids: Vec<i64>) -> HashSet<ActorId> {
    ids.into_iter().map(ActorId).collect()
}

/// Those who may read a post.
pub fn seeing(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let readers = diesel::alias!(actors as readers);
    let ids: Vec<i64> = db!(conn, c => readers
        .inner_join(posts::table.on(posts::id.eq(post.0)))
        .filter(readers.field(actors::id).among(among))
        .filter(visible_to(READER))
        .select(readers.field(actors::id))
        .load(c))?;
    Ok(people(ids))
}

/// Those who may read a post and want to see it.
pub fn wanting(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let readers = diesel::alias!(actors as readers);
    let ids: Vec<i64> = db!(conn, c => readers
        .inner_join(posts::table.on(posts::id.eq(post.0)))
        .filter(readers.field(actors::id).among(among))
        .filter(visible_to(READER))
        .filter(wanted_by(READER, Whom::Author))
        .select(readers.field(actors::id))
        .load(c))?;
    Ok(people(ids))
}

/// Whether a post is for everybody, by somebody who is heard, of a server that is welcome here: it stands in public timelines.
pub fn is_public(conn: &mut Conn, post: PostId) -> Result<bool> {
    Ok(db!(conn, c => diesel::select(diesel::dsl::exists(posts::table
        .filter(posts::id.eq(post.0).and(posts::audience.eq(Word(Audience::Public))))
        .filter(visible(None))
        .filter(heard(None, "posts.author_id"))
        .filter(welcome())))
        .get_result(c))?)
}

/// How a post stands in timelines that are found by a number.
fn standing<T: std::hash::Hash + Eq>(
    rows: Vec<(i64, i32)>,
    number: fn(i64) -> T,
    post: PostId,
    share: Option<Entry>,
) -> HashMap<T, Entry> {
    let entry = |source| match Source::numbered(source) {
        Source::Author => Some(Entry::of(post)),
        Source::Group => Some(Entry::passed_on(post)),
        Source::Share => share,
    };
    rows.into_iter().filter_map(|(id, source)| Some((number(id), entry(source)?))).collect()
}

/// Those at whose home a post stands, written by its author or, if there is one, passed on by `sharer`.
pub fn at_home(
    conn: &mut Conn,
    post: PostId,
    sharer: Option<ActorId>,
    among: &[ActorId],
) -> Result<HashMap<ActorId, Entry>> {
    let passed_on = sharer.map(|sharer| share(conn, post, sharer)).transpose()?.flatten();
    let rows = db!(conn, c => Home::at_home(post, sharer, among).load(c))?;
    Ok(standing(rows, ActorId, post, passed_on))
}

/// The lists in which it stands.
pub fn in_lists(
    conn: &mut Conn,
    post: PostId,
    sharer: Option<ActorId>,
    among: &[ListId],
) -> Result<HashMap<ListId, Entry>> {
    let passed_on = sharer.map(|sharer| share(conn, post, sharer)).transpose()?.flatten();
    let rows = db!(conn, c => Home::in_lists(post, sharer, among).load(c))?;
    Ok(standing(rows, ListId, post, passed_on))
}

/// Whom each of these people follows.
pub fn follows(conn: &mut Conn, of: &[ActorId]) -> Result<HashMap<ActorId, HashSet<ActorId>>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => follows::table
        .filter(follows::follower_id.among(of).and(follows::state.eq(Word(FollowState::Accepted))))
        .select((follows::follower_id, follows::target_id))
        .load(c))?;
    let mut found: HashMap<ActorId, HashSet<ActorId>> = of.iter().map(|person| (*person, HashSet::new())).collect();
    for (follower, target) in rows {
        found.entry(ActorId(follower)).or_default().insert(ActorId(target));
    }
    Ok(found)
}

/// Those who follow somebody.
pub fn following(conn: &mut Conn, target: ActorId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => follows::table
        .filter(follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted))))
        .filter(follows::follower_id.among(among))
        .select(follows::follower_id)
        .load(c))?;
    Ok(people(ids))
}

/// Those who follow one of these hashtags.
pub fn following_tags(conn: &mut Conn, tags: &[String], among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => followed_tags::table
        .filter(followed_tags::tag.among(tags).and(followed_tags::person_id.among(among)))
        .select(followed_tags::person_id)
        .load(c))?;
    Ok(people(ids))
}

/// The members of a group.
pub fn members(conn: &mut Conn, group: ActorId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => members::table
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .filter(members::person_id.among(among))
        .select(members::person_id)
        .load(c))?;
    Ok(people(ids))
}

/// Those who read a group as a list: its members, and who follows it.
pub fn subscribed(conn: &mut Conn, group: ActorId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let mut found = members(conn, group, among)?;
    found.extend(following(conn, group, among)?);
    Ok(found)
}

/// Those who like a post.
pub fn liking(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => votes::table
        .filter(votes::post_id.eq(post.0).and(votes::value.eq(Word(Vote::Like))))
        .filter(votes::actor_id.among(among))
        .select(votes::actor_id)
        .load(c))?;
    Ok(people(ids))
}

/// Those who pass it on.
pub fn sharing(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => shares::table
        .filter(shares::post_id.eq(post.0).and(shares::actor_id.among(among)))
        .select(shares::actor_id)
        .load(c))?;
    Ok(people(ids))
}

/// Those who keep it.
pub fn keeping(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => bookmarks::table
        .filter(bookmarks::post_id.eq(post.0).and(bookmarks::person_id.among(among)))
        .select(bookmarks::person_id)
        .load(c))?;
    Ok(people(ids))
}

/// Those who want to hear no more of a thread.
pub fn muting(conn: &mut Conn, root: PostId, among: &[ActorId]) -> Result<HashSet<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => thread_levels::table
        .filter(thread_levels::root_id.eq(root.0).and(thread_levels::level.eq(Word(Level::Nothing))))
        .filter(thread_levels::person_id.among(among))
        .select(thread_levels::person_id)
        .load(c))?;
    Ok(people(ids))
}

/// What each chose in a poll.
pub fn choosing(conn: &mut Conn, post: PostId, among: &[ActorId]) -> Result<HashMap<ActorId, Vec<usize>>> {
    let rows: Vec<(i64, i32)> = db!(conn, c => ballots::table
        .filter(ballots::post_id.eq(post.0).and(ballots::actor_id.among(among)))
        .order((ballots::actor_id, ballots::choice))
        .select((ballots::actor_id, ballots::choice))
        .load(c))?;
    let mut found: HashMap<ActorId, Vec<usize>> = HashMap::new();
    for (person, choice) in rows {
        found.entry(ActorId(person)).or_default().extend(usize::try_from(choice));
    }
    Ok(found)
}
