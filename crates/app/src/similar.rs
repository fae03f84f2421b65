//! Threads that are likely to be about the same as another one, found once and remembered for a while.
use std::{cmp::Reverse, collections::HashMap, time::Duration};

use domain::{
    actor::Actor,
    id::PostId,
    post::Post,
    text::{html, search::Likeness},
    time::span,
};
use moka::sync::Cache;
use store::{
    Conn, Result,
    posts::{self, Page},
    search::{self, Narrow},
    timelines,
};

/// How many are shown.
const MOST: usize = 5;
/// How many are compared, the newest first.
const COMPARED: i64 = 60;
/// How long it is remembered what was found, and for how many threads.
const KEPT: Duration = span::hours(1);
const THREADS: u64 = 4_096;
/// How much of the text stands for a missing title.
const WORDS: usize = 90;

/// What was found lately. A clone is the same.
#[derive(Debug, Clone)]
pub struct Similar(Cache<PostId, Vec<PostId>>);

impl Default for Similar {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(THREADS).time_to_live(KEPT).build())
    }
}

impl Similar {
    /// The threads for everybody that are likely to be about the same as this one, each with its author.
    pub fn to(&self, conn: &mut Conn, thread: &Post) -> Result<Vec<(Post, Actor)>> {
        let ids = if let Some(known) = self.0.get(&thread.id) {
            known
        } else {
            let found = find(conn, thread)?;
            self.0.insert(thread.id, found.clone());
            found
        };
        with_authors(conn, &ids)
    }
}

/// The threads for everybody that are likely to be about the same as one that is about to be written.
pub fn to_written(conn: &mut Conn, thread: &Post) -> Result<Vec<(Post, Actor)>> {
    let ids = find(conn, thread)?;
    with_authors(conn, &ids)
}

/// Those that everybody may read, which may have changed since they were found; each with its author.
fn with_authors(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(Post, Actor)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let seen = timelines::visible_among(conn, ids, None)?;
    let mut found = posts::by_ids(conn, ids)?;
    found.retain(|post| seen.contains(&post.id));
    let authors: Vec<_> = found.iter().map(|post| post.author).collect();
    let authors: HashMap<_, Actor> =
        store::actors::by_ids(conn, &authors)?.into_iter().map(|actor| (actor.id, actor)).collect();
    let with_author = |post: Post| authors.get(&post.author).cloned().map(|author| (post, author));
    Ok(found.into_iter().filter_map(with_author).collect())
}

/// What a thread is called, or begins with.
fn title(thread: &Post) -> String {
    let content = &thread.content;
    content.title.clone().unwrap_or_else(|| html::excerpt(&content.html, WORDS))
}

fn find(conn: &mut Conn, thread: &Post) -> Result<Vec<PostId>> {
    let likeness = Likeness::of(&title(thread));
    if likeness.is_empty() {
        return Ok(Vec::new());
    }
    let narrow = Narrow { threads: Some(true), grouped: true, ..Narrow::default() };
    let ids = search::narrowed(conn, &likeness.query(), &narrow, None, Page::first(COMPARED))?;
    let mut found: Vec<(usize, bool, PostId)> = posts::by_ids(conn, &ids)?
        .iter()
        .filter(|post| post.id != thread.id)
        .map(|post| (likeness.shared(&title(post)), post.group == thread.group, post.id))
        .filter(|(shared, ..)| likeness.is_enough(*shared))
        .collect();
    found.sort_unstable_by_key(|found| Reverse(*found));
    Ok(found.into_iter().take(MOST).map(|(.., id)| id).collect())
}
