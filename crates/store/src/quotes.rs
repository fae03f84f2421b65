//! Quotes: what posts quote; and to what, quotes or other things, authors here agreed.
use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId, StampId},
    post::{Consent, Quote, QuoteState},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{accounts, posts, quotes, stamps},
    timelines::Window,
    visible::visible,
    wanted::{Whom, wanted},
};

/// The columns of a quote: the post, the id and the number of what it quotes, the state, the stamp.
type Row = (i64, String, Option<i64>, Word<QuoteState>, Option<String>);

/// What these posts quote.
pub fn of(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Quote>> {
    let rows: Vec<Row> = db!(conn, c => quotes::table.filter(quotes::post_id.among(ids)).load(c))?;
    let quote =
        |(id, uri, post, state, stamp): Row| (PostId(id), Quote { uri, post: post.map(PostId), state: state.0, stamp });
    Ok(rows.into_iter().map(quote).collect())
}

/// What a post quotes.
pub fn get(conn: &mut Conn, post: PostId) -> Result<Option<Quote>> {
    Ok(of(conn, &[post])?.remove(&post))
}

/// Records what a post quotes.
pub fn set(tx: &mut Tx<'_>, post: PostId, quote: &Quote) -> Result<()> {
    tx.touch(post);
    if let Some(quoted) = quote.post {
        tx.touch(quoted);
    }
    let row = (
        quotes::post_id.eq(post.0),
        quotes::quoted_uri.eq(&quote.uri),
        quotes::quoted_id.eq(quote.post.map(i64::from)),
        quotes::state.eq(Word(quote.state)),
        quotes::stamp.eq(&quote.stamp),
    );
    db!(tx, c => diesel::insert_into(quotes::table)
        .values(row)
        .on_conflict(quotes::post_id)
        .do_update()
        .set((
            quotes::quoted_uri.eq(excluded(quotes::quoted_uri)),
            quotes::quoted_id.eq(excluded(quotes::quoted_id)),
            quotes::state.eq(excluded(quotes::state)),
            quotes::stamp.eq(excluded(quotes::stamp)),
        ))
        .execute(c))?;
    Ok(())
}

/// How many posts quote each of these, with the consent of its author.
pub fn counts(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, i64>> {
    let rows: Vec<(Option<i64>, i64)> = db!(conn, c => quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .filter(quotes::quoted_id.among(ids).and(quotes::state.eq(Word(QuoteState::Accepted))))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()))
        .group_by(quotes::quoted_id)
        .select((quotes::quoted_id, diesel::dsl::count_star()))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, count)| Some((PostId(id?), count))).collect())
}

/// The posts that quote one with the consent of its author, those that `viewer` may read and wants to see.
pub fn quoting(conn: &mut Conn, quoted: PostId, viewer: Option<ActorId>, window: Window) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => {
        let query = quotes::table
            .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
            .filter(quotes::quoted_id.eq(quoted.0).and(quotes::state.eq(Word(QuoteState::Accepted))))
            .filter(quotes::post_id.lt(window.before).and(quotes::post_id.gt(window.after)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .select(quotes::post_id)
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(quotes::post_id.asc()) } else { query.order(quotes::post_id.desc()) }.load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(PostId).collect()))
}

/// The posts in which those with a login here quote one with the consent of its author.
pub fn by_logins(conn: &mut Conn, quoted: PostId) -> Result<Vec<PostId>> {
    let found: Vec<i64> = db!(conn, c => quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(quotes::quoted_id.eq(quoted.0).and(quotes::state.eq(Word(QuoteState::Accepted))))
        .filter(posts::deleted.is_null())
        .select(quotes::post_id)
        .load(c))?;
    Ok(found.into_iter().map(PostId).collect())
}

/// The post that quotes by this stamp.
pub fn by_stamp(conn: &mut Conn, stamp: &str) -> Result<Option<PostId>> {
    Ok(db!(conn, c => quotes::table.filter(quotes::stamp.eq(stamp)).select(quotes::post_id).first(c).optional())?
        .map(PostId))
}

/// Records that the author of a post here agrees to an interaction; the number of the stamp, under which that was agreed
/// before if it was; none if it was revoked since.
pub fn grant(
    tx: &mut Tx<'_>,
    id: StampId,
    post: PostId,
    (consent, interaction): (Consent, &str),
) -> Result<Option<StampId>> {
    let row = (
        stamps::id.eq(id.0),
        stamps::post_id.eq(post.0),
        stamps::kind.eq(Word(consent)),
        stamps::interaction_uri.eq(interaction),
    );
    db!(tx, c => diesel::insert_into(stamps::table).values(row).on_conflict_do_nothing().execute(c))?;
    stamp(tx, post, (consent, interaction))
}

fn stamp(conn: &mut Conn, post: PostId, (consent, interaction): (Consent, &str)) -> Result<Option<StampId>> {
    let found: Option<i64> = db!(conn, c => stamps::table
        .filter(stamps::post_id.eq(post.0).and(stamps::kind.eq(Word(consent))))
        .filter(stamps::interaction_uri.eq(interaction).and(stamps::revoked.is_null()))
        .select(stamps::id)
        .first(c)
        .optional())?;
    Ok(found.map(StampId))
}

/// To which interaction the author of the post here agrees, as this stamp of it says.
pub fn granted(conn: &mut Conn, id: StampId, post: PostId) -> Result<Option<(Consent, String)>> {
    let found: Option<(Word<Consent>, String)> = db!(conn, c => stamps::table
        .filter(stamps::id.eq(id.0).and(stamps::post_id.eq(post.0)).and(stamps::revoked.is_null()))
        .select((stamps::kind, stamps::interaction_uri))
        .first(c)
        .optional())?;
    Ok(found.map(|(consent, interaction)| (consent.0, interaction)))
}

/// Revokes what was agreed; the number of the stamp, if there was one.
pub fn revoke(tx: &mut Tx<'_>, post: PostId, quoting: &str, at: Timestamp) -> Result<Option<StampId>> {
    let found = stamp(tx, post, (Consent::Quote, quoting))?;
    if let Some(id) = found {
        db!(tx, c => diesel::update(stamps::table.find(id.0)).set(stamps::revoked.eq(at.0)).execute(c))?;
    }
    Ok(found)
}
