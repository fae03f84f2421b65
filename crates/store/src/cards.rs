//! Pages to which posts link: what they say of themselves, shared by all posts that link to the same.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, CardId, PostId},
    post::Audience,
    text::html::Summary,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    heard::heard,
    rows::{Json, Word},
    schema::{cards, post_links, posts},
    timelines::Window,
    visible::visible,
    wanted::{Whom, wanted},
};

/// Of how many posts at most it is said at once that their page says something else now.
const TOLD: i64 = 1_000;

/// A page to which posts link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its number.
    pub id: CardId,
    /// Its address, without a fragment.
    pub url: String,
    /// What it says of itself; nothing, if it could not be read or says nothing.
    pub summary: Option<Summary>,
    /// When it was read last, or tried; the beginning of time, if never.
    pub fetched: Timestamp,
}

type Row = (i64, String, Option<Json<Summary>>, i64);

fn card((id, url, summary, fetched): Row) -> Card {
    Card { id: CardId(id), url, summary: summary.map(|summary| summary.0), fetched: Timestamp(fetched) }
}

/// The page with this number.
pub fn get(conn: &mut Conn, id: CardId) -> Result<Option<Card>> {
    let row: Option<Row> = db!(conn, c => cards::table.find(id.0).first(c).optional())?;
    Ok(row.map(card))
}

/// The page at this address.
pub fn at(conn: &mut Conn, url: &str) -> Result<Option<Card>> {
    let row: Option<Row> = db!(conn, c => cards::table.filter(cards::url.eq(url)).first(c).optional())?;
    Ok(row.map(card))
}

/// The page at this address, under the number `id` if it is new.
pub fn ensure(tx: &mut Tx<'_>, id: CardId, url: &str) -> Result<Card> {
    if let Some(known) = at(tx, url)? {
        return Ok(known);
    }
    let new = (cards::id.eq(id.0), cards::url.eq(url), cards::fetched.eq(0_i64));
    db!(tx, c => diesel::insert_into(cards::table).values(new).execute(c))?;
    Ok(Card { id, url: url.to_owned(), summary: None, fetched: Timestamp(0) })
}

/// Records what a page says of itself.
pub fn set(tx: &mut Tx<'_>, id: CardId, summary: Option<&Summary>, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(cards::table.find(id.0))
        .set((cards::summary.eq(summary.cloned().map(Json)), cards::fetched.eq(at.0)))
        .execute(c))?;
    let linking: Vec<i64> = db!(tx, c => post_links::table
        .filter(post_links::card_id.eq(id.0))
        .order(post_links::post_id.desc())
        .limit(TOLD)
        .select(post_links::post_id)
        .load(c))?;
    for post in linking {
        tx.touch(PostId(post));
    }
    Ok(())
}

/// Records to which page a post links first, or that it links to none. A page to which nobody links any more is forgotten.
pub fn link(tx: &mut Tx<'_>, post: PostId, to: Option<CardId>) -> Result<()> {
    let before: Option<i64> =
        db!(tx, c => post_links::table.find(post.0).select(post_links::card_id).first(c).optional())?;
    if before.is_some() {
        db!(tx, c => diesel::delete(post_links::table.find(post.0)).execute(c))?;
    }
    if let Some(to) = to {
        let row = (post_links::post_id.eq(post.0), post_links::card_id.eq(to.0));
        db!(tx, c => diesel::insert_into(post_links::table).values(row).execute(c))?;
    }
    if let Some(before) = before {
        forget(tx, before)?;
    }
    tx.touch(post);
    Ok(())
}

/// Forgets a page, unless a post links to it.
fn forget(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let linked: bool = db!(tx, c => dsl::select(dsl::exists(post_links::table.filter(post_links::card_id.eq(id))))
        .get_result(c))?;
    if !linked {
        db!(tx, c => diesel::delete(cards::table.find(id)).execute(c))?;
    }
    Ok(())
}

/// The pages to which these posts link, as far as they say anything.
pub fn of(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Card>> {
    let rows: Vec<(i64, Row)> = db!(conn, c => post_links::table
        .inner_join(cards::table.on(cards::id.eq(post_links::card_id)))
        .filter(post_links::post_id.among(ids).and(cards::summary.is_not_null()))
        .select((post_links::post_id, cards::all_columns))
        .load(c))?;
    Ok(rows.into_iter().map(|(post, row)| (PostId(post), card(row))).collect())
}

/// The pages with these numbers, as far as they say anything.
pub fn by_ids(conn: &mut Conn, ids: &[CardId]) -> Result<Vec<Card>> {
    let rows: Vec<Row> = db!(conn, c => cards::table
        .filter(cards::id.among(ids).and(cards::summary.is_not_null()))
        .load(c))?;
    Ok(rows.into_iter().map(card).collect())
}

/// One link to a page: to which, in which post, by whom.
pub type Use = (CardId, PostId, ActorId);

/// The links to pages in public posts since `since`; the newest, at most `limit`.
pub fn uses(conn: &mut Conn, since: PostId, limit: i64) -> Result<Vec<Use>> {
    let rows: Vec<(i64, i64, i64)> = db!(conn, c => post_links::table
        .inner_join(posts::table.on(posts::id.eq(post_links::post_id)))
        .filter(post_links::post_id.gt(since.0))
        .filter(posts::audience.eq(Word(Audience::Public)).and(posts::sensitive.eq(false)))
        .filter(visible(None))
        .filter(heard(None, "posts.author_id"))
        .order(post_links::post_id.desc())
        .limit(limit)
        .select((post_links::card_id, post_links::post_id, posts::author_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(card, post, author)| (CardId(card), PostId(post), ActorId(author))).collect())
}

/// The public posts that link to a page, as `viewer` wants them.
pub fn linking(conn: &mut Conn, to: CardId, viewer: Option<ActorId>, window: Window) -> Result<Vec<PostId>> {
    let ids: Vec<i64> = db!(conn, c => {
        let query = post_links::table
            .inner_join(posts::table.on(posts::id.eq(post_links::post_id)))
            .filter(post_links::card_id.eq(to.0))
            .filter(post_links::post_id.lt(window.before).and(post_links::post_id.gt(window.after)))
            .filter(posts::audience.eq(Word(Audience::Public)))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .filter(heard(None, "posts.author_id"))
            .select(post_links::post_id)
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(post_links::post_id.asc()) } else { query.order(post_links::post_id.desc()) }
            .load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(PostId).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        posts as kept,
        tests::{TestDb, on_both, thread, world},
    };

    const PAGE: &str = "https://pages.test/";
    const ID: CardId = CardId(7);

    async fn a_page_is_kept_as_long_as_a_post_links_to_it(t: TestDb) {
        t.db.write(|tx| {
            world(tx)?;
            let card = ensure(tx, ID, PAGE)?;
            for id in [10, 11] {
                kept::insert(tx, &thread(id), &[])?;
                link(tx, PostId(id), Some(card.id))?;
            }
            // Said again, it is the same link.
            link(tx, PostId(11), Some(card.id))?;
            kept::delete(tx, PostId(10), Timestamp(1))
        })
        .await
        .unwrap();
        let known = async || t.db.read(|c| get(c, ID)).await.unwrap().map(|card| card.url);
        assert_eq!(known().await.as_deref(), Some(PAGE), "another one links to it");
        t.db.write(|tx| kept::delete(tx, PostId(11), Timestamp(1))).await.unwrap();
        assert_eq!(known().await, None);
    }

    on_both! { a_page_is_kept_as_long_as_a_post_links_to_it }
}
