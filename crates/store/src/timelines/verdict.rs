//! Which of some posts somebody may read. What strangers may read, everybody may whom its author does not block: those two are
//! kept until they are touched, and of all other posts the database is asked each time.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use diesel::prelude::*;
use domain::id::{ActorId, PostId};

use crate::{
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    kept::{self, Basis, Made},
    schema::posts,
    shuns,
    visible::visible,
};

/// Those among `ids` that `viewer` may read.
pub fn visible_among(conn: &mut Conn, ids: &[PostId], viewer: Option<ActorId>) -> Result<HashSet<PostId>> {
    let verdicts = kept::lend(conn, ids, |_| true, Verdict::read)?;
    let Some(viewer) = viewer else {
        return Ok(verdicts.iter().filter(|verdict| verdict.open_by.is_some()).map(|verdict| verdict.post).collect());
    };
    let blockers = Blockers::of(conn, viewer)?;
    let is_sure = |verdict: &&Arc<Verdict>| {
        verdict.open_by.zip(blockers.as_ref()).is_some_and(|(author, blockers)| !blockers.all.contains(&author))
    };
    let (sure, doubtful): (Vec<_>, Vec<_>) = verdicts.iter().partition(is_sure);
    let mut seen: HashSet<PostId> = sure.iter().map(|verdict| verdict.post).collect();
    if !doubtful.is_empty() {
        let doubtful: Vec<PostId> = doubtful.iter().map(|verdict| verdict.post).collect();
        seen.extend(asked(conn, &doubtful, Some(viewer))?.into_keys());
    }
    Ok(seen)
}

/// Those among `ids` that `viewer` may read, by their authors, as the database says now.
fn asked(conn: &mut Conn, ids: &[PostId], viewer: Option<ActorId>) -> Result<HashMap<PostId, ActorId>> {
    let seen: Vec<(i64, i64)> = db!(conn, c => posts::table
        .filter(posts::id.among(ids))
        .filter(visible(viewer))
        .select((posts::id, posts::author_id))
        .load(c))?;
    Ok(seen.into_iter().map(|(post, author)| (PostId(post), ActorId(author))).collect())
}

/// Whether strangers may read a post. Who is suspended touches everything, so it is made of the post alone.
#[derive(Debug)]
struct Verdict {
    post: PostId,
    /// Its author, if they may.
    open_by: Option<ActorId>,
}

impl Verdict {
    fn read(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Self>> {
        let open = asked(conn, ids, None)?;
        Ok(ids.iter().map(|post| Self { post: *post, open_by: open.get(post).copied() }).collect())
    }
}

impl Made for Verdict {
    type Of = PostId;

    fn of(&self) -> PostId {
        self.post
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        Some(Vec::new())
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// Who blocks a reader.
#[derive(Debug)]
struct Blockers {
    reader: ActorId,
    all: HashSet<ActorId>,
}

impl Blockers {
    fn of(conn: &mut Conn, reader: ActorId) -> Result<Option<Arc<Self>>> {
        kept::lend_one(
            conn,
            reader,
            |_| true,
            |conn| Ok(Some(Self { reader, all: shuns::blockers(conn, reader)?.into_iter().collect() })),
        )
    }
}

impl Made for Blockers {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.reader
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        Some(vec![Basis::Wishes(self.reader)])
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + 2 * self.all.len() * size_of::<ActorId>()
    }
}

/// The same as all of it is asked now, for tests.
#[cfg(test)]
pub(super) fn asked_now(conn: &mut Conn, ids: &[PostId], viewer: Option<ActorId>) -> Result<HashSet<PostId>> {
    Ok(asked(conn, ids, viewer)?.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use domain::{
        post::{Audience, FollowState, Post},
        shun::Deed,
        time::Timestamp,
    };

    use super::*;
    use crate::{
        Error, posts as all,
        tests::{TestDb, follow, on_both, shun, thread, world},
    };

    const OPEN: PostId = PostId(40);
    const CLOSED: PostId = PostId(80);
    const LATE: PostId = PostId(120);
    const READER: ActorId = ActorId(2);

    async fn seen(t: &TestDb, viewer: Option<ActorId>) -> Vec<PostId> {
        let seen = t.db.read(move |c| visible_among(c, &[OPEN, CLOSED, LATE], viewer)).await.unwrap();
        let mut seen: Vec<PostId> = seen.into_iter().collect();
        seen.sort_unstable();
        seen
    }

    async fn what_is_open_is_known_and_the_rest_is_asked_each_time(t: TestDb) {
        t.db.write(|tx| {
            world(tx)?;
            let post = |id: PostId, audience| Post { audience, group: None, ..thread(id.0) };
            all::insert(tx, &post(OPEN, Audience::Public), &[])?;
            all::insert(tx, &post(CLOSED, Audience::Followers), &[])?;
            follow(tx, READER.0, 1, FollowState::Accepted)
        })
        .await
        .unwrap();
        assert_eq!(seen(&t, Some(READER)).await, [OPEN, CLOSED]);
        assert_eq!(seen(&t, None).await, [OPEN]);
        // Nobody writes so: it shows of what the database was asked.
        let hide = || diesel::update(posts::table).set(posts::removed.eq(Some(1_i64)));
        t.db.write(move |tx| Ok::<_, Error>(db!(tx, c => hide().execute(c))?)).await.unwrap();
        assert_eq!(seen(&t, Some(READER)).await, [OPEN]);
        t.db.write(|tx| all::set_mark(tx, OPEN, all::Mark::Removed, Some(Timestamp(1)))).await.unwrap();
        assert!(seen(&t, Some(READER)).await.is_empty());
        assert!(seen(&t, None).await.is_empty());
        assert_eq!(seen(&t, Some(ActorId(1))).await, [OPEN, CLOSED], "authors see what was removed");
        t.db.write(|tx| all::insert(tx, &Post { group: None, ..thread(LATE.0) }, &[])).await.unwrap();
        assert_eq!(seen(&t, None).await, [LATE], "it was asked for before it was there");
    }

    async fn whoever_is_blocked_sees_nothing_and_others_do(t: TestDb) {
        t.db.write(|tx| {
            world(tx)?;
            all::insert(tx, &Post { group: None, ..thread(OPEN.0) }, &[])
        })
        .await
        .unwrap();
        for blocks in [false, true, false] {
            t.db.write(move |tx| shun(tx, 1, READER.0, Deed::Block, blocks)).await.unwrap();
            assert_eq!(seen(&t, Some(READER)).await.is_empty(), blocks);
            assert_eq!(seen(&t, Some(ActorId(3))).await, [OPEN]);
        }
    }

    on_both! {
        what_is_open_is_known_and_the_rest_is_asked_each_time whoever_is_blocked_sees_nothing_and_others_do
    }
}
