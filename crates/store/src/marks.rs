//! What a person did with posts, in one query for all that they may have done.
use std::collections::HashSet;

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
    schema::{bookmarks, pins, shares, thread_levels, votes},
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
}

const LIKED: i32 = 0;
const SHARED: i32 = 1;
const BOOKMARKED: i32 = 2;
const PINNED: i32 = 3;
const MUTED: i32 = 4;

/// The marks of a person on some posts and threads, to be kept: the same page is often asked for again.
struct Marked {
    person: ActorId,
    posts: Vec<PostId>,
    roots: Vec<PostId>,
    marks: Marks,
}

impl Made for Marked {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.person
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        Some(vec![Basis::Marks(self.person)])
    }

    fn bytes(&self) -> usize {
        // At most everything is marked in every way.
        size_of::<Self>() + 6 * size_of_val(&*self.posts) + 2 * size_of_val(&*self.roots)
    }
}

/// The marks of a person on these posts and threads, in no order.
pub fn of(conn: &mut Conn, person: ActorId, mut posts: Vec<PostId>, mut roots: Vec<PostId>) -> Result<Marks> {
    posts.sort_unstable();
    roots.sort_unstable();
    let is_it = |marked: &Marked| marked.posts == posts && marked.roots == roots;
    let marked = kept::lend_one(conn, person, is_it, |conn| {
        let marks = read(conn, person, &posts, &roots)?;
        Ok(Some(Marked { person, posts: posts.clone(), roots: roots.clone(), marks }))
    })?;
    Ok(marked.map(|marked| marked.marks.clone()).unwrap_or_default())
}

fn read(conn: &mut Conn, person: ActorId, posts: &[PostId], roots: &[PostId]) -> Result<Marks> {
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
        liked.union_all(shared).union_all(bookmarked).union_all(pinned).union_all(muted).load(c)
    })?;
    let mut marks = Marks::default();
    for (how, post) in rows {
        let marked = match how {
            LIKED => &mut marks.liked,
            SHARED => &mut marks.shared,
            BOOKMARKED => &mut marks.bookmarked,
            PINNED => &mut marks.pinned,
            MUTED => &mut marks.muted,
            _ => continue,
        };
        marked.insert(PostId(post));
    }
    Ok(marks)
}
