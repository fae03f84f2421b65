//! Quotes: what posts quote, and to what authors here agreed.
use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{PostId, StampId},
    post::{Quote, QuoteState},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{quotes, stamps},
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

/// The post that quotes by this stamp.
pub fn by_stamp(conn: &mut Conn, stamp: &str) -> Result<Option<PostId>> {
    Ok(db!(conn, c => quotes::table.filter(quotes::stamp.eq(stamp)).select(quotes::post_id).first(c).optional())?
        .map(PostId))
}

/// Records that the author of a post here agrees to be quoted by `quoting`; the number of the stamp, under which that
/// was agreed before if it was; none if it was revoked since.
pub fn grant(tx: &mut Tx<'_>, id: StampId, post: PostId, quoting: &str) -> Result<Option<StampId>> {
    let row = (stamps::id.eq(id.0), stamps::post_id.eq(post.0), stamps::quoting_uri.eq(quoting));
    db!(tx, c => diesel::insert_into(stamps::table).values(row).on_conflict_do_nothing().execute(c))?;
    let found: Option<i64> = db!(tx, c => stamps::table
        .filter(stamps::post_id.eq(post.0).and(stamps::quoting_uri.eq(quoting)).and(stamps::revoked.is_null()))
        .select(stamps::id)
        .first(c)
        .optional())?;
    Ok(found.map(StampId))
}

/// By which post the post here may be quoted, as this stamp of it says.
pub fn granted(conn: &mut Conn, id: StampId, post: PostId) -> Result<Option<String>> {
    Ok(db!(conn, c => stamps::table
        .filter(stamps::id.eq(id.0).and(stamps::post_id.eq(post.0)).and(stamps::revoked.is_null()))
        .select(stamps::quoting_uri)
        .first(c)
        .optional())?)
}

/// Revokes what was agreed; the number of the stamp, if there was one.
pub fn revoke(tx: &mut Tx<'_>, post: PostId, quoting: &str, at: Timestamp) -> Result<Option<StampId>> {
    let found: Option<i64> = db!(tx, c => stamps::table
        .filter(stamps::post_id.eq(post.0).and(stamps::quoting_uri.eq(quoting)).and(stamps::revoked.is_null()))
        .select(stamps::id)
        .first(c)
        .optional())?;
    if let Some(id) = found {
        db!(tx, c => diesel::update(stamps::table.find(id)).set(stamps::revoked.eq(at.0)).execute(c))?;
    }
    Ok(found.map(StampId))
}
