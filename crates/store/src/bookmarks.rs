//! Posts that a person keeps for themselves, and posts that they like; each from the newest to the oldest.
use diesel::prelude::*;
use domain::{
    id::{ActorId, PostId},
    post::Vote,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{bookmarks, posts, votes},
    timelines::Window,
    visible::visible,
};

/// Keeps a post, or does not any more.
pub fn set(tx: &mut Tx<'_>, person: ActorId, post: PostId, on: bool, at: Timestamp) -> Result<()> {
    tx.touch(Basis::Marks(person));
    if on {
        let row = (bookmarks::person_id.eq(person.0), bookmarks::post_id.eq(post.0), bookmarks::created.eq(at.0));
        db!(tx, c => diesel::insert_into(bookmarks::table).values(row).on_conflict_do_nothing().execute(c))?;
    } else {
        db!(tx, c => diesel::delete(bookmarks::table.find((person.0, post.0))).execute(c))?;
    }
    Ok(())
}

/// When a post was kept or liked, which is by what one pages, and the post.
pub type Kept = (Timestamp, PostId);

fn kept(rows: Vec<(i64, i64)>, window: Window) -> Vec<Kept> {
    window.arrange(rows.into_iter().map(|(at, post)| (Timestamp(at), PostId(post))).collect())
}

/// The posts that a person keeps and may read; the window is one of milliseconds.
pub fn of(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Kept>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => {
        let query = bookmarks::table
            .inner_join(posts::table.on(posts::id.eq(bookmarks::post_id)))
            .filter(bookmarks::person_id.eq(person.0))
            .filter(bookmarks::created.lt(window.before).and(bookmarks::created.gt(window.after)))
            .filter(visible(Some(person)))
            .select((bookmarks::created, bookmarks::post_id))
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(bookmarks::created.asc()) } else { query.order(bookmarks::created.desc()) }.load(c)
    })?;
    Ok(kept(rows, window))
}

/// The posts that a person likes and may read; the window is one of milliseconds.
pub fn liked(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Kept>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => {
        let query = votes::table
            .inner_join(posts::table.on(posts::id.eq(votes::post_id)))
            .filter(votes::actor_id.eq(person.0).and(votes::value.eq(Word(Vote::Like))))
            .filter(votes::created.lt(window.before).and(votes::created.gt(window.after)))
            .filter(visible(Some(person)))
            .select((votes::created, votes::post_id))
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(votes::created.asc()) } else { query.order(votes::created.desc()) }.load(c)
    })?;
    Ok(kept(rows, window))
}
