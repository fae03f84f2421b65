//! The home timeline: how it begins is kept, until somebody who is followed there writes, or the reader wants it otherwise.
use std::sync::Arc;

use diesel::prelude::*;
use domain::{id::ActorId, post::FollowState};

use super::{By, Entry, Window, entries};
use crate::{
    conn::{Conn, db},
    dialect::Home,
    error::Result,
    kept::{self, Basis, Made},
    rows::Word,
    schema::{followed_tags, follows, posts},
};

/// How many entries are kept: two of the longest pages, or four of the usual ones. Where they are far between, it is one.
const KEPT: i64 = 80;
const PAGE: i64 = 40;
/// Of how many actors and hashtags they are made at most; beyond that, they are read each time.
const MOST: usize = 5_000;
/// How many posts are walked at first; then as many as merging would read, and no more than this; then the sources are merged.
const WALK: i64 = 1_000;
const LONGEST_WALK: i64 = 16_000;

/// What somebody follows: posts of people, threads of groups (once, passed on by the group), and what people passed on.
/// Some may have been found a moment ago: whether the reader may see them is to be asked.
pub fn home(conn: &mut Conn, viewer: ActorId, window: Window) -> Result<Vec<Entry>> {
    let begins = beginning(conn, viewer, window.before == i64::MAX)?;
    match begins.and_then(|begins| begins.page(window)) {
        Some(page) => Ok(page),
        None => walk(conn, viewer, window),
    }
}

/// How somebody's home begins, as far as it is kept; read now if it is not, and somebody `needs` it.
pub(super) fn beginning(conn: &mut Conn, viewer: ActorId, needs: bool) -> Result<Option<Arc<Beginning>>> {
    kept::lend_one(conn, viewer, |_| true, |conn| needs.then(|| Beginning::read(conn, viewer)).transpose())
}

/// The newest entries of somebody's home.
#[derive(Debug)]
pub(super) struct Beginning {
    viewer: ActorId,
    entries: Vec<Entry>,
    /// Whatever is newer than this is among them.
    from: i64,
    /// What else may be found there some time.
    sources: Vec<Basis>,
}

impl Beginning {
    fn read(conn: &mut Conn, viewer: ActorId) -> Result<Self> {
        let (rows, window) = if let Some(found) = walked(conn, viewer, Window::newest(KEPT), PAGE)? {
            found
        } else {
            let window = Window::newest(PAGE);
            (db!(conn, c => Home::merged(viewer, window).load(c))?, window)
        };
        let ends = are_fewer(&rows, window.limit);
        let entries = entries(conn, rows, window)?;
        let from = entries.last().filter(|_| !ends).map_or(window.after, place);
        let people: Vec<i64> = db!(conn, c => follows::table
            .filter(follows::follower_id.eq(viewer.0).and(follows::state.eq(Word(FollowState::Accepted))))
            .select(follows::target_id)
            .load(c))?;
        let tags: Vec<String> = db!(conn, c => followed_tags::table
            .filter(followed_tags::person_id.eq(viewer.0))
            .select(followed_tags::tag)
            .load(c))?;
        let people = people.into_iter().map(ActorId).chain([viewer]).map(Basis::Found);
        let sources = people.chain(tags.iter().map(|tag| Basis::tag(tag))).collect();
        Ok(Self { viewer, entries, from, sources })
    }

    /// What is in a window, unless that may reach further back.
    fn page(&self, window: Window) -> Option<Vec<Entry>> {
        let reaches = self.from <= window.after;
        let within = |entry: &&Entry| place(entry) < window.before && place(entry) > window.after;
        let mut found: Vec<Entry> = self.entries.iter().filter(within).copied().collect();
        let limit = usize::try_from(window.limit).ok()?;
        if !reaches && (window.nearest || found.len() < limit) {
            return None;
        }
        if window.nearest {
            found.drain(..found.len().saturating_sub(limit));
        }
        found.truncate(limit);
        Some(found)
    }
}

impl Made for Beginning {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.viewer
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        let sources = Some(&self.sources).filter(|sources| sources.len() <= MOST)?;
        Some(sources.iter().copied().chain([Basis::Wishes(self.viewer)]).collect())
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.entries) + 2 * size_of_val(&*self.sources)
    }
}

/// Where an entry stands: a thread that its group passes on stands where it is itself.
fn place(entry: &Entry) -> i64 {
    if entry.by == By::Group { entry.post.0 } else { entry.number }
}

fn are_fewer(rows: &[(i64, i32)], limit: i64) -> bool {
    i64::try_from(rows.len()).is_ok_and(|count| count < limit)
}

/// What is in a window, read now.
pub(super) fn walk(conn: &mut Conn, viewer: ActorId, window: Window) -> Result<Vec<Entry>> {
    let rows = match walked(conn, viewer, window, window.limit)? {
        Some((rows, _)) => rows,
        None => db!(conn, c => Home::merged(viewer, window).load(c))?,
    };
    entries(conn, rows, window)
}

/// Rows of the home timeline with a number and a source each; see [`Home`].
type Rows = Vec<(i64, i32)>;

/// What stands in the part of a window that had to be walked to find at least `enough` of it, and that part.
fn walked(conn: &mut Conn, viewer: ActorId, window: Window, enough: i64) -> Result<Option<(Rows, Window)>> {
    let mut most = WALK;
    loop {
        let near = nearby(conn, window, most)?;
        let part = near.unwrap_or(window);
        let rows: Rows = db!(conn, c => Home::walked(viewer, part).load(c))?;
        if near.is_none() || !are_fewer(&rows, enough) {
            return Ok(Some((rows, part)));
        }
        // Merging reads so many of each source, which costs more for each of them than passing it by.
        let read = crate::follows::count_following(conn, viewer)?.saturating_mul(enough).min(LONGEST_WALK);
        if most > WALK || read <= WALK {
            return Ok(None);
        }
        most = read;
    }
}

/// The part of a window with the first posts that a search comes upon, unless that is all of it.
fn nearby(conn: &mut Conn, window: Window, most: i64) -> Result<Option<Window>> {
    let end: Option<i64> = db!(conn, c => {
        let query = posts::table
            .filter(posts::id.lt(window.before).and(posts::id.gt(window.after)))
            .select(posts::id)
            .limit(1)
            .offset(most)
            .into_boxed();
        if window.nearest { query.order(posts::id.asc()) } else { query.order(posts::id.desc()) }.first(c).optional()
    })?;
    let narrowed =
        |end| if window.nearest { Window { before: end, ..window } } else { Window { after: end, ..window } };
    Ok(end.map(narrowed))
}
