//! Timelines as clients page through them: numbers first, from the newest to the oldest.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId},
    list::List,
    post::{Audience, Post},
    time::Timestamp,
};

use crate::{
    conn::{Conn, db},
    dialect::{AmongExt, Home, Source, literally},
    error::Result,
    heard::{heard, welcome},
    notifications::{COLUMNS, Notification, Row},
    posts as kept,
    rows::Word,
    schema::{notifications, post_tags, posts, shares, tallies},
    visible::visible,
    wanted::{Whom, wanted},
};

mod home;
mod verdict;

pub use self::{home::home, verdict::visible_among};

/// A part of a list that is ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Only what is older than this.
    pub before: i64,
    /// Only what is newer than this.
    pub after: i64,
    /// If there is more: what is nearest to `after`, not what is newest.
    pub nearest: bool,
    /// At most so many.
    pub limit: i64,
}

impl Window {
    /// The newest `limit`.
    pub fn newest(limit: i64) -> Self {
        Self { before: i64::MAX, after: 0, nearest: false, limit }
    }

    /// Puts in order what was found in the order of the search, newest first.
    pub(crate) fn arrange<T>(self, mut found: Vec<T>) -> Vec<T> {
        if self.nearest {
            found.reverse();
        }
        found
    }
}

/// How a post came into a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// As what its author wrote.
    Author,
    /// Passed on by the group it stands in.
    Group,
    /// Passed on by a person, at that moment.
    Share(ActorId, Timestamp),
}

/// An entry of a timeline. Its number orders it and finds it again; see [`PostId::STEP`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The number clients know it by.
    pub number: i64,
    /// The post.
    pub post: PostId,
    /// How it came here.
    pub by: By,
}

impl Entry {
    /// A post as its author wrote it.
    pub fn of(post: PostId) -> Self {
        Self { number: post.0, post, by: By::Author }
    }

    /// A thread as its group passes it on.
    pub fn passed_on(post: PostId) -> Self {
        Self { number: post.passed_on(), post, by: By::Group }
    }
}

/// What a client's number stands for, if `viewer` may read it.
pub fn entry(conn: &mut Conn, number: i64, viewer: Option<ActorId>) -> Result<Option<Entry>> {
    if kept::seen(conn, PostId(number), viewer)?.is_some() {
        return Ok(Some(Entry::of(PostId(number))));
    }
    let post = PostId::at_or_before(number);
    if number == post.passed_on() {
        let thread = kept::seen(conn, post, viewer)?.filter(|post| post.is_thread() && post.group.is_some());
        return Ok(thread.map(|_| Entry::passed_on(post)));
    }
    let Some(share) = shared(conn, &[number])?.remove(&number) else { return Ok(None) };
    Ok(kept::seen(conn, share.post, viewer)?.map(|_| share))
}

/// What these numbers stand for, as far as `viewer` may read it, in their order.
pub fn entries_of(conn: &mut Conn, numbers: &[i64], viewer: Option<ActorId>) -> Result<Vec<Entry>> {
    let mut posts: Vec<PostId> = numbers.iter().map(|number| PostId(*number)).collect();
    posts.extend(numbers.iter().map(|number| PostId::at_or_before(*number)));
    let seen = visible_among(conn, &posts, viewer)?;
    let threads: HashMap<PostId, bool> = kept::by_ids(conn, &posts)?
        .into_iter()
        .map(|post| (post.id, post.is_thread() && post.group.is_some()))
        .collect();
    let mut shares = shared(conn, numbers)?;
    let shown = visible_among(conn, &shares.values().map(|share| share.post).collect::<Vec<_>>(), viewer)?;
    let entry = |number: &i64| {
        let post = PostId::at_or_before(*number);
        if seen.contains(&PostId(*number)) {
            return Some(Entry::of(PostId(*number)));
        }
        if *number == post.passed_on() && seen.contains(&post) && threads.get(&post) == Some(&true) {
            return Some(Entry::passed_on(post));
        }
        shares.remove(number).filter(|share| shown.contains(&share.post))
    };
    Ok(numbers.iter().filter_map(entry).collect())
}

/// The entries with these numbers, each with what it stands for.
fn entries(conn: &mut Conn, rows: Vec<(i64, i32)>, window: Window) -> Result<Vec<Entry>> {
    let rows: Vec<(i64, Source)> =
        rows.into_iter().map(|(number, source)| (number, Source::numbered(source))).collect();
    let numbers: Vec<i64> = rows.iter().filter(|(_, source)| *source == Source::Share).map(|row| row.0).collect();
    let mut shares = shared(conn, &numbers)?;
    let entries = rows.into_iter().filter_map(|(number, source)| match source {
        Source::Author => Some(Entry::of(PostId(number))),
        Source::Group => Some(Entry::passed_on(PostId(number))),
        Source::Share => shares.remove(&number),
    });
    Ok(window.arrange(entries.collect()))
}

fn shared(conn: &mut Conn, numbers: &[i64]) -> Result<HashMap<i64, Entry>> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, i64, i64, i64)> = db!(conn, c => shares::table
        .filter(shares::id.among(numbers))
        .select((shares::id, shares::post_id, shares::actor_id, shares::created))
        .load(c))?;
    let entry = |(number, post, actor, at)| {
        (number, Entry { number, post: PostId(post), by: By::Share(ActorId(actor), Timestamp(at)) })
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The share of a post by `actor`.
pub fn share(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<Entry>> {
    let row: Option<(i64, i64)> = db!(conn, c => shares::table
        .find((post.0, actor.0))
        .select((shares::id, shares::created))
        .first(c)
        .optional())?;
    Ok(row.map(|(number, at)| Entry { number, post, by: By::Share(actor, Timestamp(at)) }))
}

/// What of the public posts is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Open {
    /// Only those from here, or only those from elsewhere.
    pub local: Option<bool>,
    /// Only what has attachments.
    pub pictures: bool,
}

impl Open {
    /// Whether a public post is among what is asked for.
    pub fn holds(&self, post: &Post) -> bool {
        self.local.is_none_or(|local| local == post.local) && !(self.pictures && post.content.attachments.is_empty())
    }
}

/// Threads that were addressed to everybody, by people of servers that are welcome here.
pub fn public(conn: &mut Conn, viewer: Option<ActorId>, asked: &Open, window: Window) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => {
        // As literals, or the partial index would not be taken.
        let mut query = posts::table
            .filter(literally("posts.parent_id IS NULL AND posts.audience = 'public'"))
            .filter(posts::id.lt(window.before).and(posts::id.gt(window.after)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .filter(heard(None, "posts.author_id"))
            .filter(welcome())
            .select(posts::id)
            .limit(window.limit)
            .into_boxed();
        if let Some(local) = asked.local {
            query = query.filter(posts::local.eq(local));
        }
        if asked.pictures {
            query = query.filter(posts::extras.like(PICTURES));
        }
        if window.nearest { query.order(posts::id.asc()) } else { query.order(posts::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(PostId).collect()))
}

/// Which hashtags posts must have; folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tagged {
    /// At least one of these.
    pub any: Vec<String>,
    /// All of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

/// Public posts with these hashtags, replies among them.
pub fn tagged(
    conn: &mut Conn,
    viewer: Option<ActorId>,
    tags: &Tagged,
    asked: &Open,
    window: Window,
) -> Result<Vec<PostId>> {
    let (with, more) = diesel::alias!(post_tags as with, post_tags as more);
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = post_tags::table
            .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
            .filter(post_tags::tag.among(&tags.any))
            .filter(post_tags::post_id.lt(window.before).and(post_tags::post_id.gt(window.after)))
            .filter(posts::audience.eq(Word(Audience::Public)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .filter(heard(None, "posts.author_id"))
            .filter(welcome())
            .select(post_tags::post_id)
            .distinct()
            .limit(window.limit)
            .into_boxed();
        for tag in &tags.all {
            let both = with.filter(with.field(post_tags::post_id).eq(post_tags::post_id))
                .filter(with.field(post_tags::tag).eq(tag));
            query = query.filter(dsl::exists(both));
        }
        if !tags.none.is_empty() {
            let one = more.filter(more.field(post_tags::post_id).eq(post_tags::post_id))
                .filter(more.field(post_tags::tag).among(&tags.none));
            query = query.filter(dsl::not(dsl::exists(one)));
        }
        if let Some(local) = asked.local {
            query = query.filter(posts::local.eq(local));
        }
        if asked.pictures {
            query = query.filter(posts::extras.like(PICTURES));
        }
        if window.nearest { query.order(post_tags::post_id.asc()) } else { query.order(post_tags::post_id.desc()) }
            .load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(PostId).collect()))
}

/// The public threads since `since` that most liked and passed on; nothing that nobody did.
pub fn talked_about(conn: &mut Conn, viewer: Option<ActorId>, since: PostId, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => posts::table
        .inner_join(tallies::table.on(tallies::post_id.eq(posts::id)))
        .filter(literally("posts.parent_id IS NULL AND posts.audience = 'public'"))
        .filter(posts::id.gt(since.0).and(posts::sensitive.eq(false)))
        .filter((tallies::likes + tallies::shares).gt(0))
        .filter(visible(viewer))
        .filter(wanted(viewer, Whom::Author))
        .filter(heard(None, "posts.author_id"))
        .order(((tallies::likes + tallies::shares).desc(), posts::id.desc()))
        .limit(limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// How many threads for everybody were started here between these numbers, and by how many.
pub fn count_started(conn: &mut Conn, from: PostId, to: PostId) -> Result<(i64, i64)> {
    Ok(db!(conn, c => posts::table
        .filter(literally("posts.parent_id IS NULL AND posts.audience = 'public'"))
        .filter(posts::local.eq(true).and(posts::id.gt(from.0)).and(posts::id.le(to.0)))
        .select((dsl::count_star(), dsl::count(posts::author_id).aggregate_distinct()))
        .first(c))?)
}

/// What those in a list wrote and passed on, and the threads of the groups in it.
pub fn of_list(conn: &mut Conn, list: &List, window: Window) -> Result<Vec<Entry>> {
    let rows: Vec<(i64, i32)> = db!(conn, c => Home::of_list(list, window).load(c))?;
    entries(conn, rows, window)
}

/// How the JSON of a post with attachments reads.
const PICTURES: &str = "%\"attachments\":[%";

/// What of the posts of a person or a group is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// No replies, but those to their own author.
    pub no_replies: bool,
    /// Nothing that was passed on.
    pub no_shares: bool,
    /// Only what has attachments.
    pub pictures: bool,
    /// Only what has this hashtag, folded.
    pub tag: Option<String>,
}

/// Leaves of a query of posts what shows or is called what is asked for.
macro_rules! only {
    ($query:ident, $asked:ident) => {
        if $asked.pictures {
            $query = $query.filter(posts::extras.like(PICTURES));
        }
        if let Some(tag) = &$asked.tag {
            let tagged = post_tags::table.filter(post_tags::post_id.eq(posts::id).and(post_tags::tag.eq(tag)));
            $query = $query.filter(dsl::exists(tagged));
        }
    };
}

/// What a person wrote and passed on.
pub fn of_person(
    conn: &mut Conn,
    person: ActorId,
    viewer: Option<ActorId>,
    asked: &Asked,
    window: Window,
) -> Result<Vec<Entry>> {
    let parents = diesel::alias!(posts as parents);
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = posts::table
            .filter(posts::author_id.eq(person.0))
            .filter(posts::id.lt(window.before).and(posts::id.gt(window.after)))
            .filter(visible(viewer))
            .select(posts::id)
            .limit(window.limit)
            .into_boxed();
        if asked.no_replies {
            let own = parents.filter(parents.field(posts::id).nullable().eq(posts::parent_id))
                .filter(parents.field(posts::author_id).eq(person.0));
            query = query.filter(posts::parent_id.is_null().or(dsl::exists(own)));
        }
        only!(query, asked);
        if window.nearest { query.order(posts::id.asc()) } else { query.order(posts::id.desc()) }.load(c)
    })?;
    let mut entries: Vec<Entry> = ids.into_iter().map(|id| Entry::of(PostId(id))).collect();
    if !asked.no_shares && !asked.pictures && asked.tag.is_none() {
        entries.extend(shared_by(conn, person, viewer, window)?);
        entries.sort_unstable_by_key(|entry| if window.nearest { entry.number } else { -entry.number });
        entries.truncate(usize::try_from(window.limit).unwrap_or(0));
    }
    Ok(window.arrange(entries))
}

fn shared_by(conn: &mut Conn, person: ActorId, viewer: Option<ActorId>, window: Window) -> Result<Vec<Entry>> {
    let rows: Vec<(i64, i64, i64)> = db!(conn, c => {
        let query = shares::table
            .inner_join(posts::table.on(posts::id.eq(shares::post_id)))
            .filter(shares::actor_id.eq(person.0))
            .filter(shares::id.lt(window.before).and(shares::id.gt(window.after)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .select((shares::id, shares::post_id, shares::created))
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(shares::id.asc()) } else { query.order(shares::id.desc()) }.load(c)
    })?;
    let entry = |(number, post, at)| Entry { number, post: PostId(post), by: By::Share(person, Timestamp(at)) };
    Ok(rows.into_iter().map(entry).collect())
}

/// The threads of a group: all of them were passed on, and none replies.
pub fn of_group(
    conn: &mut Conn,
    group: ActorId,
    viewer: Option<ActorId>,
    asked: &Asked,
    window: Window,
) -> Result<Vec<Entry>> {
    if asked.no_shares {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = posts::table
            .filter(posts::group_id.eq(group.0).and(posts::parent_id.is_null()))
            .filter(posts::id.lt(window.before).and(posts::id.gt(window.after)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .select(posts::id)
            .limit(window.limit)
            .into_boxed();
        only!(query, asked);
        if window.nearest { query.order(posts::id.asc()) } else { query.order(posts::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(|id| Entry::passed_on(PostId(id))).collect()))
}

/// What of somebody's notifications is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Only these kinds.
    pub kinds: Option<Vec<String>>,
    /// None of these kinds.
    pub not: Vec<String>,
    /// Only what this actor did.
    pub by: Option<ActorId>,
    /// What was held back, too.
    pub held: bool,
}

/// What `account` was told.
pub fn told(conn: &mut Conn, account: ActorId, asked: &Told, window: Window) -> Result<Vec<Notification>> {
    let rows: Vec<Row> = db!(conn, c => {
        let mut query = notifications::table
            .filter(notifications::account_id.eq(account.0))
            .filter(notifications::id.lt(window.before).and(notifications::id.gt(window.after)))
            .filter(wanted(Some(account), Whom::Teller))
            .select(COLUMNS)
            .limit(window.limit)
            .into_boxed();
        if let Some(kinds) = &asked.kinds {
            query = query.filter(notifications::kind.among(kinds));
        }
        if !asked.not.is_empty() {
            query = query.filter(dsl::not(notifications::kind.among(&asked.not)));
        }
        if let Some(by) = asked.by {
            query = query.filter(notifications::actor_id.eq(by.0));
        }
        if !asked.held {
            query = query.filter(notifications::held.eq(false));
        }
        if window.nearest { query.order(notifications::id.asc()) } else { query.order(notifications::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(rows.into_iter().map(Notification::kept).collect()))
}

#[cfg(test)]
mod tests;
