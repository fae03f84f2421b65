//! Letters each week about what was talked about: who wants one, and what stands in it.
use std::collections::HashMap;

use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    post::{Audience, FollowState},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{digests, follows, markers, posts, sessions, threads},
    visible::visible,
    wanted::{Whom, wanted},
};

/// How many threads are looked at to find those most talked about.
const LOOKED_AT: i64 = 200;

/// That somebody wants such letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = digests)]
pub struct Digest {
    /// Who.
    pub person_id: i64,
    /// When they are known to have been here last, in milliseconds.
    pub seen: i64,
    /// When the next letter is due, in milliseconds.
    pub due: i64,
}

/// A thread that was talked about, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// Its first post.
    pub post: PostId,
    /// Whether everybody may read it.
    pub is_open: bool,
    /// How many posts were written in it.
    pub posts: i64,
}

/// Whether somebody wants letters.
pub fn find(conn: &mut Conn, person: ActorId) -> Result<Option<Digest>> {
    Ok(db!(conn, c => digests::table.find(person.0).select(Digest::as_select()).first(c).optional())?)
}

/// Notes that somebody wants letters, and when the next one is due.
pub fn set(tx: &mut Tx<'_>, digest: &Digest) -> Result<()> {
    db!(tx, c => diesel::insert_into(digests::table)
        .values(digest)
        .on_conflict(digests::person_id)
        .do_update()
        .set((digests::seen.eq(excluded(digests::seen)), digests::due.eq(excluded(digests::due))))
        .execute(c))?;
    Ok(())
}

/// Notes that somebody wants no letters.
pub fn remove(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(digests::table.find(person.0)).execute(c))?;
    Ok(())
}

/// When somebody was last here, by what is remembered of that: a browser that is signed in, or a client that says how far
/// it has read.
pub fn last_visit(conn: &mut Conn, person: ActorId) -> Result<Option<Timestamp>> {
    let (browser, client): (Option<i64>, Option<i64>) = db!(conn, c => {
        let browser = sessions::table.filter(sessions::person_id.eq(person.0)).select(dsl::max(sessions::seen));
        let client = markers::table.filter(markers::person_id.eq(person.0)).select(dsl::max(markers::updated));
        (browser.first(c)?, client.first(c)?)
    });
    Ok(browser.max(client).map(Timestamp))
}

/// What others wrote since `since` in the groups that somebody follows and may read, the most talked about first.
pub fn talked(conn: &mut Conn, person: ActorId, since: Timestamp) -> Result<Vec<Talk>> {
    let found: Vec<(i64, Word<Audience>)> = db!(conn, c => threads::table
        .inner_join(posts::table)
        .filter(threads::latest.gt(since.0))
        .filter(dsl::exists(
            follows::table
                .filter(follows::follower_id.eq(person.0))
                .filter(follows::target_id.eq(threads::group_id))
                .filter(follows::state.eq(Word(FollowState::Accepted))),
        ))
        .filter(visible(Some(person)))
        .filter(wanted(Some(person), Whom::Author))
        .filter(posts::removed.is_null())
        .order((threads::latest.desc(), threads::post_id.desc()))
        .limit(LOOKED_AT)
        .select((threads::post_id, posts::audience))
        .load(c))?;
    let ids: Vec<PostId> = found.iter().map(|(id, _)| PostId(*id)).collect();
    let counted: Vec<(i64, i64)> = db!(conn, c => posts::table
        .filter(posts::root_id.among(&ids).and(posts::published.gt(since.0)))
        .filter(posts::author_id.ne(person.0))
        .filter(visible(Some(person)))
        .filter(wanted(Some(person), Whom::Author))
        .filter(posts::removed.is_null())
        .group_by(posts::root_id)
        .select((posts::root_id, dsl::count_star()))
        .load(c))?;
    let counted: HashMap<i64, i64> = counted.into_iter().collect();
    let talk = |(id, audience): (i64, Word<Audience>)| {
        Some(Talk { post: PostId(id), is_open: audience.0.is_open(), posts: *counted.get(&id)? })
    };
    let mut talks: Vec<Talk> = found.into_iter().filter_map(talk).collect();
    talks.sort_by_key(|talk| std::cmp::Reverse(talk.posts));
    Ok(talks)
}
