//! Posts: kept, counted, and listed by page.
use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId},
    post::{Assent, Attachment, Audience, Content, Leaves, Pen, Poll, Post, PostKind, Quoting, Tally},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    cards,
    conn::{Conn, Tx, db},
    dialect::{AmongExt, literally},
    error::Result,
    found, quotes, revisions,
    rows::{Json, Word},
    schema::{mentions, post_tags, posts, tallies},
    threads,
    visible::visible,
};

/// What of a post's content needs no column of its own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Extras {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    poll: Option<Poll>,
    #[serde(default, skip_serializing_if = "is_usual")]
    quoting: Quoting,
    #[serde(default, skip_serializing_if = "is_usual")]
    leaves: Leaves,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assent: Option<Assent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pen: Option<Pen>,
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = posts, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    uri: String,
    url: String,
    kind: Word<PostKind>,
    author_id: i64,
    group_id: Option<i64>,
    parent_id: Option<i64>,
    root_id: i64,
    depth: i32,
    audience: Word<Audience>,
    title: Option<String>,
    html: String,
    source: Option<String>,
    warning: Option<String>,
    sensitive: bool,
    language: Option<String>,
    extras: Json<Extras>,
    local: bool,
    published: i64,
    edited: Option<i64>,
    deleted: Option<i64>,
    removed: Option<i64>,
    locked: Option<i64>,
    featured: Option<i64>,
}

impl From<Row> for Post {
    fn from(row: Row) -> Self {
        let Extras { attachments, tags, poll, quoting, leaves, assent, pen } = row.extras.0;
        Self {
            id: PostId(row.id),
            uri: row.uri,
            url: row.url,
            kind: row.kind.0,
            author: ActorId(row.author_id),
            group: row.group_id.map(ActorId),
            parent: row.parent_id.map(PostId),
            root: PostId(row.root_id),
            depth: row.depth,
            audience: row.audience.0,
            content: Content {
                title: row.title,
                html: row.html,
                source: row.source,
                warning: row.warning,
                sensitive: row.sensitive,
                language: row.language,
                attachments,
                tags,
                poll,
                quoting,
                leaves,
                assent,
                pen,
            },
            local: row.local,
            published: Timestamp(row.published),
            edited: row.edited.map(Timestamp),
            deleted: row.deleted.map(Timestamp),
            removed: row.removed.map(Timestamp),
            locked: row.locked.map(Timestamp),
            featured: row.featured.map(Timestamp),
        }
    }
}

fn extras(content: &Content) -> Json<Extras> {
    let content = content.clone();
    let Content { attachments, tags, poll, quoting, leaves, assent, pen, .. } = content;
    Json(Extras { attachments, tags, poll, quoting, leaves, assent, pen })
}

impl From<&Post> for Row {
    fn from(post: &Post) -> Self {
        let content = post.content.clone();
        Self {
            id: post.id.0,
            uri: post.uri.clone(),
            url: post.url.clone(),
            kind: Word(post.kind),
            author_id: post.author.0,
            group_id: post.group.map(i64::from),
            parent_id: post.parent.map(i64::from),
            root_id: post.root.0,
            depth: post.depth,
            audience: Word(post.audience),
            extras: extras(&post.content),
            title: content.title,
            html: content.html,
            source: content.source,
            warning: content.warning,
            sensitive: content.sensitive,
            language: content.language,
            local: post.local,
            published: post.published.0,
            edited: post.edited.map(|t| t.0),
            deleted: post.deleted.map(|t| t.0),
            removed: post.removed.map(|t| t.0),
            locked: post.locked.map(|t| t.0),
            featured: post.featured.map(|t| t.0),
        }
    }
}

/// The post with this number, whatever its state.
pub fn by_id(conn: &mut Conn, id: PostId) -> Result<Option<Post>> {
    Ok(db!(conn, c => posts::table.find(id.0).select(Row::as_select()).first(c).optional())?.map(Post::from))
}

/// The posts with these numbers, whatever their state, in the order of `ids`.
pub fn by_ids(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Post>> {
    let rows: Vec<Row> = db!(conn, c => posts::table.filter(posts::id.among(ids)).select(Row::as_select()).load(c))?;
    let mut found: std::collections::HashMap<PostId, Post> =
        rows.into_iter().map(|row| (PostId(row.id), Post::from(row))).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Whether a post is closed to replies.
pub fn is_locked(conn: &mut Conn, id: PostId) -> Result<bool> {
    let locked: Option<bool> =
        db!(conn, c => posts::table.find(id.0).select(posts::locked.is_not_null()).first(c).optional())?;
    Ok(locked.unwrap_or(false))
}

/// The post with this id on the network, whatever its state.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Post>> {
    Ok(db!(conn, c => posts::table.filter(posts::uri.eq(uri)).select(Row::as_select()).first(c).optional())?
        .map(Post::from))
}

/// The post `id` if `viewer` may read it.
pub fn seen(conn: &mut Conn, id: PostId, viewer: Option<ActorId>) -> Result<Option<Post>> {
    Ok(db!(conn, c => posts::table
        .filter(posts::id.eq(id.0))
        .filter(visible(viewer))
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Post::from))
}

/// Adds a post with its counters, mentions and tags.
pub fn insert(tx: &mut Tx<'_>, post: &Post, mentioned: &[ActorId]) -> Result<()> {
    tx.memory().change([post.author].into_iter().chain(post.group));
    // Somebody may have asked for it before it was there.
    tx.touch(post.id);
    db!(tx, c => diesel::insert_into(posts::table).values(Row::from(post)).execute(c))?;
    let zero = (
        tallies::post_id.eq(post.id.0),
        tallies::replies.eq(0_i64),
        tallies::likes.eq(0_i64),
        tallies::dislikes.eq(0_i64),
        tallies::shares.eq(0_i64),
    );
    db!(tx, c => diesel::insert_into(tallies::table).values(zero).execute(c))?;
    threads::add(tx, post)?;
    found::with(tx, (post.author, post.group), &post.content.tags);
    set_links(tx, post, mentioned)
}

/// Replaces what a post says.
pub fn update(tx: &mut Tx<'_>, post: &Post, mentioned: &[ActorId]) -> Result<()> {
    let content = &post.content;
    tx.touch(post.id);
    found::otherwise(tx, post.id)?;
    found::with(tx, (post.author, post.group), &content.tags);
    db!(tx, c => diesel::update(posts::table.find(post.id.0))
        .set((
            posts::kind.eq(Word(post.kind)),
            posts::url.eq(&post.url),
            posts::title.eq(&content.title),
            posts::html.eq(&content.html),
            posts::source.eq(&content.source),
            posts::warning.eq(&content.warning),
            posts::sensitive.eq(content.sensitive),
            posts::language.eq(&content.language),
            posts::extras.eq(extras(content)),
            posts::edited.eq(post.edited.map(|t| t.0)),
        ))
        .execute(c))?;
    db!(tx, c => diesel::delete(mentions::table.filter(mentions::post_id.eq(post.id.0))).execute(c))?;
    db!(tx, c => diesel::delete(post_tags::table.filter(post_tags::post_id.eq(post.id.0))).execute(c))?;
    set_links(tx, post, mentioned)
}

fn set_links(tx: &mut Tx<'_>, post: &Post, mentioned: &[ActorId]) -> Result<()> {
    // One by one: most posts have one of these or none, and a statement of any length is prepared anew each time.
    for person in mentioned {
        let row = (mentions::post_id.eq(post.id.0), mentions::actor_id.eq(person.0));
        db!(tx, c => diesel::insert_into(mentions::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    for tag in &post.content.tags {
        let row = (post_tags::tag.eq(tag), post_tags::post_id.eq(post.id.0));
        db!(tx, c => diesel::insert_into(post_tags::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// A moment that changes what may be done with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Removed from its group by a moderator.
    Removed,
    /// Closed to replies.
    Locked,
    /// Pinned.
    Featured,
}

/// Whose numbers a post is part of, and which post counts it as quoting it: that changes.
fn change_numbers(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let of: Option<(i64, Option<i64>)> =
        db!(tx, c => posts::table.find(id.0).select((posts::author_id, posts::group_id)).first(c).optional())?;
    tx.memory().change(of.into_iter().flat_map(|(author, group)| [Some(author), group]).flatten().map(ActorId));
    if let Some(quoted) = quotes::get(tx, id)?.and_then(|quote| quote.post) {
        tx.touch(quoted);
    }
    tx.touch(id);
    found::otherwise(tx, id)
}

/// Sets or clears a mark.
pub fn set_mark(tx: &mut Tx<'_>, id: PostId, mark: Mark, at: Option<Timestamp>) -> Result<()> {
    tx.touch(id);
    if mark == Mark::Removed {
        change_numbers(tx, id)?;
        threads::count(tx, id, if at.is_some() { -1 } else { 1 })?;
    }
    let at = at.map(|t| t.0);
    match mark {
        Mark::Removed => db!(tx, c => diesel::update(posts::table.find(id.0)).set(posts::removed.eq(at)).execute(c))?,
        Mark::Locked => db!(tx, c => diesel::update(posts::table.find(id.0)).set(posts::locked.eq(at)).execute(c))?,
        Mark::Featured => db!(tx, c => diesel::update(posts::table.find(id.0)).set(posts::featured.eq(at)).execute(c))?,
    };
    Ok(())
}

/// Deletes a post for good: the row stays as a tombstone, its content, mentions and tags go.
pub fn delete(tx: &mut Tx<'_>, id: PostId, at: Timestamp) -> Result<()> {
    change_numbers(tx, id)?;
    threads::count_deleted(tx, id)?;
    db!(tx, c => diesel::update(posts::table.find(id.0))
        .set((
            posts::title.eq(None::<String>),
            posts::html.eq(""),
            posts::source.eq(None::<String>),
            posts::warning.eq(None::<String>),
            posts::extras.eq(Json(Extras::default())),
            posts::featured.eq(None::<i64>),
            posts::deleted.eq(at.0),
        ))
        .execute(c))?;
    db!(tx, c => diesel::delete(mentions::table.filter(mentions::post_id.eq(id.0))).execute(c))?;
    db!(tx, c => diesel::delete(post_tags::table.filter(post_tags::post_id.eq(id.0))).execute(c))?;
    cards::link(tx, id, None)?;
    revisions::remove(tx, id)
}

/// Takes back that a post was deleted; its content is not back with that.
pub fn revive(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    change_numbers(tx, id)?;
    db!(tx, c => diesel::update(posts::table.find(id.0)).set(posts::deleted.eq(None::<i64>)).execute(c))?;
    threads::count_revived(tx, id)
}

/// Whom a post mentions.
pub fn mentioned(conn: &mut Conn, id: PostId) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => mentions::table
        .filter(mentions::post_id.eq(id.0))
        .order(mentions::actor_id)
        .select(mentions::actor_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Whether `author` has written to `person` in private.
pub fn has_told(conn: &mut Conn, author: ActorId, person: ActorId) -> Result<bool> {
    let named = mentions::table.filter(mentions::post_id.eq(posts::id).and(mentions::actor_id.eq(person.0)));
    Ok(db!(conn, c => dsl::select(dsl::exists(
        posts::table
            .filter(posts::author_id.eq(author.0).and(posts::audience.eq(Word(Audience::Direct))))
            .filter(dsl::exists(named))
    ))
    .get_result(c))?)
}

/// Whom these posts mention, in the order of the people's numbers.
pub fn mentions(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, ActorId)>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => mentions::table
        .filter(mentions::post_id.among(ids))
        .order(mentions::actor_id)
        .select((mentions::post_id, mentions::actor_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(post, person)| (PostId(post), ActorId(person))).collect())
}

/// Which counter of a post moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Replies that can be read.
    Replies,
    /// Votes for it.
    Likes,
    /// Votes against it.
    Dislikes,
    /// People and groups who passed it on.
    Shares,
}

/// Moves a counter of a post.
pub fn count(tx: &mut Tx<'_>, id: PostId, what: Count, by: i64) -> Result<()> {
    tx.touch(id);
    macro_rules! add {
        ($column:ident) => {
            db!(tx, c => diesel::update(tallies::table.find(id.0)).set(tallies::$column.eq(tallies::$column + by)).execute(c))
        };
    }
    match what {
        Count::Replies => add!(replies),
        Count::Likes => add!(likes),
        Count::Dislikes => add!(dislikes),
        Count::Shares => add!(shares),
    }?;
    match what {
        Count::Likes => threads::weigh(tx, id, by),
        Count::Dislikes => threads::weigh(tx, id, -by),
        Count::Replies | Count::Shares => Ok(()),
    }
}

/// The counters of these posts, with zeroes for those that have none.
pub fn tallies(conn: &mut Conn, ids: &[PostId]) -> Result<std::collections::HashMap<PostId, Tally>> {
    let rows: Vec<(i64, i64, i64, i64, i64)> =
        db!(conn, c => tallies::table.filter(tallies::post_id.among(ids)).load(c))?;
    let tally = |(id, replies, likes, dislikes, shares)| (PostId(id), Tally { replies, likes, dislikes, shares });
    Ok(rows.into_iter().map(tally).collect())
}

/// A page of a list that runs from the newest to the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what comes after this in the list, that is, what is older.
    pub before: Option<PostId>,
    /// Only what is newer than this.
    pub after: Option<PostId>,
    /// At most so many.
    pub limit: i64,
}

impl Page {
    /// The first `limit` items.
    pub fn first(limit: i64) -> Self {
        Self { before: None, after: None, limit }
    }
}

/// Which posts a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The threads of a group.
    Threads(ActorId),
    /// What a person wrote.
    Author(ActorId),
    /// Direct replies to a post, the oldest first.
    Replies(PostId),
    /// All posts of a thread, the oldest first.
    Thread(PostId),
    /// What is pinned in a group, pinned last first.
    Featured(ActorId),
}

/// The numbers of the posts in a list that `viewer` may read.
pub fn list(conn: &mut Conn, list: List, viewer: Option<ActorId>, page: Page) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = posts::table.filter(visible(viewer)).select(posts::id).limit(page.limit).into_boxed();
        if let Some(before) = page.before {
            query = query.filter(posts::id.lt(before.0));
        }
        if let Some(after) = page.after {
            query = query.filter(posts::id.gt(after.0));
        }
        match list {
            List::Threads(group) => query
                .filter(posts::group_id.eq(group.0).and(posts::parent_id.is_null()))
                .order(posts::id.desc()),
            List::Author(author) => query.filter(posts::author_id.eq(author.0)).order(posts::id.desc()),
            List::Replies(post) => query.filter(posts::parent_id.eq(post.0)).order(posts::id.asc()),
            List::Thread(root) => query.filter(posts::root_id.eq(root.0)).order(posts::id.asc()),
            List::Featured(group) => query
                .filter(posts::group_id.eq(group.0).and(posts::featured.is_not_null()))
                .order(posts::featured.desc()),
        }
        .load(c)
    })?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// The numbers of posts that an actor wrote and that are not deleted yet.
pub fn undeleted(conn: &mut Conn, author: ActorId, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(posts::author_id.eq(author.0).and(posts::deleted.is_null()))
        .order(posts::id)
        .limit(limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// The numbers of posts that an actor wrote in a group and that stand there.
pub fn standing(conn: &mut Conn, group: ActorId, author: ActorId, limit: i64) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(posts::author_id.eq(author.0).and(posts::group_id.eq(group.0)))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()))
        .order(posts::id)
        .limit(limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// How many posts of a list `viewer` may read.
pub fn count_in(conn: &mut Conn, list: List, viewer: Option<ActorId>) -> Result<i64> {
    count_from(conn, list, viewer, PostId(0))
}

/// The same of those from this one on.
pub fn count_from(conn: &mut Conn, list: List, viewer: Option<ActorId>, from: PostId) -> Result<i64> {
    Ok(db!(conn, c => {
        let query = posts::table
            .filter(posts::id.ge(from.0))
            .filter(visible(viewer))
            .select(dsl::count_star())
            .into_boxed();
        match list {
            List::Threads(group) => query.filter(posts::group_id.eq(group.0).and(posts::parent_id.is_null())),
            List::Author(author) => query.filter(posts::author_id.eq(author.0)),
            List::Replies(post) => query.filter(posts::parent_id.eq(post.0)),
            List::Thread(root) => query.filter(posts::root_id.eq(root.0)),
            List::Featured(group) => query.filter(posts::group_id.eq(group.0).and(posts::featured.is_not_null())),
        }
        .first(c)
    })?)
}

/// How many posts were written here.
pub fn count_local(conn: &mut Conn) -> Result<i64> {
    Ok(db!(conn, c => posts::table
        // Spelt as the partial index spells it: a bound value would not find it.
        .filter(literally("posts.local").and(visible(None)))
        .count()
        .get_result(c))?)
}
