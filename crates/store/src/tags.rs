//! Hashtags: which a person follows, which they show on their page, and which are much used.
use std::collections::{HashMap, HashSet};

use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId, TagId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    heard::heard,
    kept::Basis,
    schema::{featured_tags, followed_tags, post_tags, posts},
    timelines::Window,
    visible::visible,
};

/// A hashtag of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub id: TagId,
    /// The hashtag, folded.
    pub tag: String,
}

fn kept(rows: Vec<(i64, String)>) -> Vec<Kept> {
    rows.into_iter().map(|(id, tag)| Kept { id: TagId(id), tag }).collect()
}

/// Follows a hashtag.
pub fn follow(tx: &mut Tx<'_>, id: TagId, person: ActorId, tag: &str, at: Timestamp) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    let row = (
        followed_tags::id.eq(id.0),
        followed_tags::person_id.eq(person.0),
        followed_tags::tag.eq(tag),
        followed_tags::created.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(followed_tags::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Follows a hashtag no more.
pub fn unfollow(tx: &mut Tx<'_>, person: ActorId, tag: &str) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    db!(tx, c => diesel::delete(
        followed_tags::table.filter(followed_tags::person_id.eq(person.0).and(followed_tags::tag.eq(tag)))
    )
    .execute(c))?;
    Ok(())
}

/// How many hashtags a person follows.
pub fn count_followed(conn: &mut Conn, person: ActorId) -> Result<i64> {
    Ok(db!(conn, c => followed_tags::table.filter(followed_tags::person_id.eq(person.0)).count().get_result(c))?)
}

/// The hashtags that a person follows, the newest first.
pub fn followed(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Kept>> {
    let rows: Vec<(i64, String)> = db!(conn, c => {
        let query = followed_tags::table
            .filter(followed_tags::person_id.eq(person.0))
            .filter(followed_tags::id.lt(window.before).and(followed_tags::id.gt(window.after)))
            .select((followed_tags::id, followed_tags::tag))
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(followed_tags::id.asc()) } else { query.order(followed_tags::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(kept(rows)))
}

/// Those of these hashtags that a person follows.
pub fn followed_among(conn: &mut Conn, person: ActorId, tags: &[String]) -> Result<HashSet<String>> {
    let found: Vec<String> = db!(conn, c => followed_tags::table
        .filter(followed_tags::person_id.eq(person.0).and(followed_tags::tag.among(tags)))
        .select(followed_tags::tag)
        .load(c))?;
    Ok(found.into_iter().collect())
}

/// Shows a hashtag on a person's page; whether that is new.
pub fn feature(tx: &mut Tx<'_>, id: TagId, person: ActorId, tag: &str, at: Timestamp) -> Result<bool> {
    let row = (
        featured_tags::id.eq(id.0),
        featured_tags::person_id.eq(person.0),
        featured_tags::tag.eq(tag),
        featured_tags::created.eq(at.0),
    );
    Ok(db!(tx, c => diesel::insert_into(featured_tags::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// Shows a hashtag no more; whether it was shown.
pub fn unfeature(tx: &mut Tx<'_>, person: ActorId, id: TagId) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(
        featured_tags::table.filter(featured_tags::id.eq(id.0).and(featured_tags::person_id.eq(person.0)))
    )
    .execute(c))?
        > 0)
}

/// The hashtags that a person shows.
pub fn featured(conn: &mut Conn, person: ActorId) -> Result<Vec<Kept>> {
    let rows: Vec<(i64, String)> = db!(conn, c => featured_tags::table
        .filter(featured_tags::person_id.eq(person.0))
        .order(featured_tags::id)
        .select((featured_tags::id, featured_tags::tag))
        .load(c))?;
    Ok(kept(rows))
}

/// How much a person used hashtags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// In how many posts that a stranger may read.
    pub posts: i64,
    /// The newest of these.
    pub newest: Option<PostId>,
}

/// How much a person used these hashtags.
pub fn used_by(conn: &mut Conn, person: ActorId, tags: &[String]) -> Result<HashMap<String, Used>> {
    let rows: Vec<(String, i64, Option<i64>)> = db!(conn, c => post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(post_tags::tag.among(tags).and(posts::author_id.eq(person.0)))
        .filter(visible(None))
        .group_by(post_tags::tag)
        .select((post_tags::tag, dsl::count_star(), dsl::max(posts::id)))
        .load(c))?;
    Ok(rows.into_iter().map(|(tag, posts, newest)| (tag, Used { posts, newest: newest.map(PostId) })).collect())
}

/// The hashtags that a person uses most.
pub fn favourites(conn: &mut Conn, person: ActorId, limit: i64) -> Result<Vec<String>> {
    Ok(db!(conn, c => post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(posts::author_id.eq(person.0))
        .filter(visible(None))
        .group_by(post_tags::tag)
        .order((dsl::count_star().desc(), post_tags::tag))
        .limit(limit)
        .select(post_tags::tag)
        .load(c))?)
}

/// The hashtags that begin like this and were used in what a stranger may read.
pub fn beginning(conn: &mut Conn, start: &str, limit: i64) -> Result<Vec<String>> {
    // Beyond every character that a folded hashtag has.
    let end = format!("{start}\u{10ffff}");
    let prefix = format!("{}%", start.replace(['%', '_', '\\'], ""));
    Ok(db!(conn, c => post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(post_tags::tag.ge(start).and(post_tags::tag.lt(&end)).or(post_tags::tag.eq(start)))
        .filter(post_tags::tag.like(prefix))
        .filter(visible(None))
        .filter(heard(None, "posts.author_id"))
        .group_by(post_tags::tag)
        .order((dsl::count_star().desc(), post_tags::tag))
        .limit(limit)
        .select(post_tags::tag)
        .load(c))?)
}

/// One use of a hashtag: which, in which post, by whom.
pub type Use = (String, PostId, ActorId);

/// The uses of hashtags in public posts since `since`; only of `tags`, if some are given. At most `limit`.
pub fn uses(conn: &mut Conn, tags: Option<&[String]>, since: PostId, limit: i64) -> Result<Vec<Use>> {
    let rows: Vec<(String, i64, i64)> = db!(conn, c => {
        let mut query = post_tags::table
            .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
            .filter(post_tags::post_id.gt(since.0))
            .filter(visible(None))
            .filter(heard(None, "posts.author_id"))
            .order(post_tags::post_id.desc())
            .limit(limit)
            .select((post_tags::tag, post_tags::post_id, posts::author_id))
            .into_boxed();
        if let Some(tags) = tags {
            query = query.filter(post_tags::tag.among(tags));
        }
        query.load(c)
    })?;
    Ok(rows.into_iter().map(|(tag, post, author)| (tag, PostId(post), ActorId(author))).collect())
}
