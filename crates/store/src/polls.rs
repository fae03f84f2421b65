//! Polls: who chose what, and what was counted.
use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    post::Counted,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    rows::Json,
    schema::{ballots, polls},
};

/// What was counted in these polls.
pub fn counts(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Counted>> {
    let rows: Vec<(i64, Json<Vec<u32>>, i64)> = db!(conn, c => polls::table.filter(polls::post_id.among(ids)).load(c))?;
    let counted = |(id, votes, voters): (i64, Json<Vec<u32>>, i64)| {
        (PostId(id), Counted { votes: votes.0, voters: u32::try_from(voters).unwrap_or(u32::MAX) })
    };
    Ok(rows.into_iter().map(counted).collect())
}

/// What was counted in one poll.
pub fn count(conn: &mut Conn, post: PostId) -> Result<Counted> {
    Ok(counts(conn, &[post])?.remove(&post).unwrap_or_default())
}

/// Replaces what was counted in a poll.
pub fn set_count(tx: &mut Tx<'_>, post: PostId, counted: &Counted) -> Result<()> {
    tx.touch(post);
    let row = (
        polls::post_id.eq(post.0),
        polls::votes.eq(Json(counted.votes.clone())),
        polls::voters.eq(i64::from(counted.voters)),
    );
    db!(tx, c => diesel::insert_into(polls::table)
        .values(row)
        .on_conflict(polls::post_id)
        .do_update()
        .set((polls::votes.eq(excluded(polls::votes)), polls::voters.eq(excluded(polls::voters))))
        .execute(c))?;
    Ok(())
}

/// Which options `actor` chose, by their place.
pub fn choices(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Vec<usize>> {
    Ok(chosen(conn, actor, &[post])?.remove(&post).unwrap_or_default())
}

/// Which options of these polls `actor` chose, by their place.
pub fn chosen(conn: &mut Conn, actor: ActorId, ids: &[PostId]) -> Result<HashMap<PostId, Vec<usize>>> {
    let rows: Vec<(i64, i32)> = db!(conn, c => ballots::table
        .filter(ballots::actor_id.eq(actor.0).and(ballots::post_id.among(ids)))
        .order((ballots::post_id, ballots::choice))
        .select((ballots::post_id, ballots::choice))
        .load(c))?;
    let mut found: HashMap<PostId, Vec<usize>> = HashMap::new();
    for (post, choice) in rows {
        found.entry(PostId(post)).or_default().extend(usize::try_from(choice));
    }
    Ok(found)
}

/// Records that `actor` chose these options besides those chosen before, and counts them.
pub fn choose(tx: &mut Tx<'_>, post: PostId, actor: ActorId, choices: &[usize], at: Timestamp) -> Result<()> {
    tx.touch(Basis::Marks(actor));
    let mut counted = count(tx, post)?;
    let first = self::choices(tx, post, actor)?.is_empty();
    for choice in choices {
        let row = (
            ballots::post_id.eq(post.0),
            ballots::actor_id.eq(actor.0),
            ballots::choice.eq(i32::try_from(*choice).unwrap_or(i32::MAX)),
            ballots::created.eq(at.0),
        );
        let new = db!(tx, c => diesel::insert_into(ballots::table).values(row).on_conflict_do_nothing().execute(c))?;
        if new > 0 {
            counted.add(*choice);
        }
    }
    if first {
        counted.voters = counted.voters.saturating_add(1);
    }
    set_count(tx, post, &counted)
}

/// Who voted in a poll.
pub fn voters(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => ballots::table
        .filter(ballots::post_id.eq(post.0))
        .select(ballots::actor_id)
        .distinct()
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Forgets a poll: all that was chosen and counted.
pub fn clear(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    tx.touch(post);
    db!(tx, c => diesel::delete(ballots::table.filter(ballots::post_id.eq(post.0))).execute(c))?;
    db!(tx, c => diesel::delete(polls::table.find(post.0)).execute(c))?;
    Ok(())
}
