//! Votes: one per person and post, the last one counts.
use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PeerId, PostId, TieId},
    post::Vote,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    posts::{self, Count},
    rows::Word,
    schema::{actors, votes},
};

fn counter(vote: Vote) -> Count {
    match vote {
        Vote::Like => Count::Likes,
        Vote::Dislike => Count::Dislikes,
    }
}

/// The vote of `actor` on a post, with the id of its activity.
pub fn get(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<(Vote, String)>> {
    let found: Option<(Word<Vote>, String)> = db!(conn, c => votes::table
        .find((post.0, actor.0))
        .select((votes::value, votes::activity_uri))
        .first(c)
        .optional())?;
    Ok(found.map(|(vote, uri)| (vote.0, uri)))
}

/// Records a vote, with the sign it is cast with, and counts it; returns the one that stood. The same again changes
/// nothing but the sign. It was cast at the moment of its `id`.
pub fn set(
    tx: &mut Tx<'_>,
    post: PostId,
    actor: ActorId,
    (vote, emoji): (Vote, Option<&str>),
    activity_uri: &str,
    id: TieId,
) -> Result<Option<Vote>> {
    let was = get(tx, post, actor)?.map(|(vote, _)| vote);
    if was == Some(vote) {
        if emoji.is_some() {
            db!(tx, c => diesel::update(votes::table.find((post.0, actor.0))).set(votes::emoji.eq(emoji)).execute(c))?;
            tx.touch(post);
        }
        return Ok(was);
    }
    let row = (
        votes::post_id.eq(post.0),
        votes::actor_id.eq(actor.0),
        votes::value.eq(Word(vote)),
        votes::activity_uri.eq(activity_uri),
        votes::created.eq(id.timestamp().0),
        votes::emoji.eq(emoji),
        votes::id.eq(id.0),
    );
    tx.touch(Basis::Marks(actor));
    db!(tx, c => diesel::insert_into(votes::table)
        .values(row)
        .on_conflict((votes::post_id, votes::actor_id))
        .do_update()
        .set((
            votes::value.eq(excluded(votes::value)),
            votes::activity_uri.eq(excluded(votes::activity_uri)),
            votes::created.eq(excluded(votes::created)),
            votes::emoji.eq(excluded(votes::emoji)),
            votes::id.eq(excluded(votes::id)),
        ))
        .execute(c))?;
    if let Some(was) = was {
        posts::count(tx, post, counter(was), -1)?;
    }
    posts::count(tx, post, counter(vote), 1)?;
    Ok(was)
}

/// Takes a vote back; returns what it was, with the id of its activity.
pub fn remove(tx: &mut Tx<'_>, post: PostId, actor: ActorId) -> Result<Option<(Vote, String)>> {
    let was = get(tx, post, actor)?;
    if let Some((vote, _)) = &was {
        tx.touch(Basis::Marks(actor));
        db!(tx, c => diesel::delete(votes::table.find((post.0, actor.0))).execute(c))?;
        posts::count(tx, post, counter(*vote), -1)?;
    }
    Ok(was)
}

/// The votes of `actor` on these posts.
pub fn of(conn: &mut Conn, actor: ActorId, ids: &[PostId]) -> Result<Vec<(PostId, Vote)>> {
    let rows: Vec<(i64, Word<Vote>)> = db!(conn, c => votes::table
        .filter(votes::actor_id.eq(actor.0).and(votes::post_id.among(ids)))
        .select((votes::post_id, votes::value))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, vote)| (PostId(id), vote.0)).collect())
}

/// How many of one server like a post with the same sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The post.
    pub post: PostId,
    /// Their server; none, if they live here.
    pub peer: Option<PeerId>,
    /// The sign, as they said it.
    pub sign: String,
    /// How many they are.
    pub count: i64,
}

/// With which signs these posts are liked, and how often.
pub fn counted(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<Signed>> {
    let rows: Vec<(i64, Option<i64>, Option<String>, i64)> = db!(conn, c => votes::table
        .inner_join(actors::table.on(actors::id.eq(votes::actor_id)))
        .filter(votes::post_id.among(posts).and(votes::emoji.is_not_null()))
        .group_by((votes::post_id, actors::peer_id, votes::emoji))
        .select((votes::post_id, actors::peer_id, votes::emoji, dsl::count_star()))
        .load(c))?;
    Ok(rows
        .into_iter()
        .filter_map(|(post, peer, sign, count)| {
            Some(Signed { post: PostId(post), peer: peer.map(PeerId), sign: sign?, count })
        })
        .collect())
}

/// With which sign these people voted on these posts, where they did with one.
pub fn signs(conn: &mut Conn, posts: &[PostId], actors: &[ActorId]) -> Result<Vec<(PostId, ActorId, String)>> {
    let rows: Vec<(i64, i64, Option<String>)> = db!(conn, c => votes::table
        .filter(votes::post_id.among(posts).and(votes::actor_id.among(actors)).and(votes::emoji.is_not_null()))
        .select((votes::post_id, votes::actor_id, votes::emoji))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(post, actor, sign)| Some((PostId(post), ActorId(actor), sign?))).collect())
}
