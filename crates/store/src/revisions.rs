//! What posts said before their authors changed them.
use diesel::prelude::*;
use domain::{
    id::PostId,
    post::{Content, Post},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    rows::Json,
    schema::revisions,
};

/// How many versions of a post are kept, the newest.
const KEPT: i64 = 200;

/// Keeps what a post says, before that changes; of what is changed without end not all.
pub fn keep(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let row = (
        revisions::post_id.eq(post.id.0),
        revisions::at.eq(post.edited.unwrap_or(post.published).0),
        revisions::content.eq(Json(post.content.clone())),
    );
    db!(tx, c => diesel::insert_into(revisions::table).values(row).on_conflict_do_nothing().execute(c))?;
    let all = revisions::table.filter(revisions::post_id.eq(post.id.0));
    let newest = all.order(revisions::at.desc()).select(revisions::at);
    let old: Option<i64> = db!(tx, c => newest.offset(KEPT).limit(1).first(c).optional())?;
    if let Some(old) = old {
        db!(tx, c => diesel::delete(all.filter(revisions::at.le(old))).execute(c))?;
    }
    Ok(())
}

/// What a post said before, the oldest version first, each with when it was written.
pub fn of(conn: &mut Conn, post: PostId) -> Result<Vec<(Timestamp, Content)>> {
    let rows: Vec<(i64, Json<Content>)> = db!(conn, c => revisions::table
        .filter(revisions::post_id.eq(post.0))
        .order(revisions::at)
        .limit(KEPT)
        .select((revisions::at, revisions::content))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, content)| (Timestamp(at), content.0)).collect())
}

/// Forgets all versions of a post.
pub(crate) fn remove(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    db!(tx, c => diesel::delete(revisions::table.filter(revisions::post_id.eq(post.0))).execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        posts,
        tests::{TestDb, on_both, thread, world},
    };

    async fn what_changes_without_end_is_kept_in_its_newest_versions(t: TestDb) {
        t.db.write(|tx| {
            world(tx)?;
            let post = thread(10);
            posts::insert(tx, &post, &[])?;
            for at in 1..=KEPT + 5 {
                keep(tx, &Post { edited: Some(Timestamp(at)), ..post.clone() })?;
            }
            Ok::<_, crate::Error>(())
        })
        .await
        .unwrap();
        let kept = t.db.read(|c| of(c, PostId(10))).await.unwrap();
        let ends = kept.first().zip(kept.last()).map(|(first, last)| (first.0, last.0));
        assert_eq!(ends, Some((Timestamp(6), Timestamp(KEPT + 5))));
    }

    on_both! { what_changes_without_end_is_kept_in_its_newest_versions }
}
