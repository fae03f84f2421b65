//! What a person did with posts, in one query for all that they may have done.
use std::collections::{HashMap, HashSet};

use diesel::{prelude::*, sql_types::Integer};
use domain::{
    id::{ActorId, PostId},
    notice::Level,
    post::Vote,
};

use crate::{
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    kept::{self, Basis, Made},
    rows::Word,
    schema::{ballots, bookmarks, pins, shares, thread_levels, votes},
};

/// The posts that a person marked, by how.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Voted for.
    pub liked: HashSet<PostId>,
    /// Passed on.
    pub shared: HashSet<PostId>,
    /// Kept.
    pub bookmarked: HashSet<PostId>,
    /// Pinned to their own page.
    pub pinned: HashSet<PostId>,
    /// The threads of which they want to hear no more.
    pub muted: HashSet<PostId>,
    /// What they chose in polls, by its place.
    pub chosen: HashMap<PostId, Vec<usize>>,
}

const LIKED: i32 = 0;
const SHARED: i32 = 1;
const BOOKMARKED: i32 = 2;
const PINNED: i32 = 3;
const MUTED: i32 = 4;
/// From here on, the place of what was chosen.
const CHOSEN: i32 = 5;

/// What may be marked: posts, threads as a whole, and those of the posts that are polls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markable {
    /// Posts.
    pub posts: Vec<PostId>,
    /// What starts their threads.
    pub roots: Vec<PostId>,
    /// The polls among them.
    pub polls: Vec<PostId>,
}

/// The marks of a person, to be kept: the same page is often asked for again.
struct Marked {
    person: ActorId,
    on: Markable,
    marks: Marks,
}

impl Made for Marked {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.person
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        // Whoever asks something else in a poll forgets what was chosen.
        Some(self.marks.chosen.keys().copied().map(Basis::Post).chain([Basis::Marks(self.person)]).collect())
    }

    fn bytes(&self) -> usize {
        // At most everything is marked in every way.
        size_of::<Self>()
            + 6 * size_of_val(&*self.on.posts)
            + 2 * size_of_val(&*self.on.roots)
            + 99 * self.on.polls.len()
    }
}

/// The marks of a person on these, which are in no order.
pub fn of(conn: &mut Conn, person: ActorId, mut on: Markable) -> Result<Marks> {
    for ids in [&mut on.posts, &mut on.roots, &mut on.polls] {
        ids.sort_unstable();
        ids.dedup();
    }
    let marked = kept::lend_one(
        conn,
        person,
        |marked: &Marked| marked.on == on,
        |conn| {
            let marks = read(conn, person, &on)?;
            Ok(Some(Marked { person, on: on.clone(), marks }))
        },
    )?;
    Ok(marked.map(|marked| marked.marks.clone()).unwrap_or_default())
}

fn read(conn: &mut Conn, person: ActorId, on: &Markable) -> Result<Marks> {
    let Markable { posts, roots, polls } = on;
    let me = person.0;
    let rows: Vec<(i32, i64)> = db!(conn, c => {
        let liked = votes::table
            .filter(votes::actor_id.eq(me).and(votes::post_id.among(posts)).and(votes::value.eq(Word(Vote::Like))))
            .select((LIKED.into_sql::<Integer>(), votes::post_id));
        let shared = shares::table
            .filter(shares::actor_id.eq(me).and(shares::post_id.among(posts)))
            .select((SHARED.into_sql::<Integer>(), shares::post_id));
        let bookmarked = bookmarks::table
            .filter(bookmarks::person_id.eq(me).and(bookmarks::post_id.among(posts)))
            .select((BOOKMARKED.into_sql::<Integer>(), bookmarks::post_id));
        let pinned = pins::table
            .filter(pins::actor_id.eq(me).and(pins::post_id.among(posts)))
            .select((PINNED.into_sql::<Integer>(), pins::post_id));
        let muted = thread_levels::table
            .filter(thread_levels::person_id.eq(me).and(thread_levels::root_id.among(roots)))
            .filter(thread_levels::level.eq(Word(Level::Nothing)))
            .select((MUTED.into_sql::<Integer>(), thread_levels::root_id));
        let chosen = ballots::table
            .filter(ballots::actor_id.eq(me).and(ballots::post_id.among(polls)))
            .select((ballots::choice + CHOSEN, ballots::post_id));
        liked.union_all(shared).union_all(bookmarked).union_all(pinned).union_all(muted).union_all(chosen).load(c)
    })?;
    let mut marks = Marks::default();
    for (how, post) in rows {
        let marked = match how {
            LIKED => &mut marks.liked,
            SHARED => &mut marks.shared,
            BOOKMARKED => &mut marks.bookmarked,
            PINNED => &mut marks.pinned,
            MUTED => &mut marks.muted,
            place => {
                marks.chosen.entry(PostId(post)).or_default().extend(usize::try_from(place - CHOSEN));
                continue;
            }
        };
        marked.insert(PostId(post));
    }
    marks.chosen.values_mut().for_each(|places| places.sort_unstable());
    Ok(marks)
}
