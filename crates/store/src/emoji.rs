//! Custom emoji: ours, and those of other servers.
use std::collections::HashSet;

use diesel::{dsl, prelude::*};
use domain::{
    emoji::{Emoji, Palette},
    id::{EmojiId, PeerId},
    rule::Regard,
    text::shortcode,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{emoji, peers},
};

/// How many different names are looked up at once; what one page names beyond that stays text.
const NAMES: usize = 500;

#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = emoji, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: i64,
    peer_id: Option<i64>,
    shortcode: String,
    url: String,
    still: Option<String>,
    category: Option<String>,
    enabled: bool,
    updated: i64,
}

impl From<&Emoji> for Row {
    fn from(emoji: &Emoji) -> Self {
        Self {
            id: emoji.id.0,
            peer_id: emoji.peer.map(|peer| peer.0),
            shortcode: emoji.shortcode.clone(),
            url: emoji.url.clone(),
            still: emoji.still.clone(),
            category: emoji.category.clone(),
            enabled: emoji.enabled,
            updated: emoji.updated.0,
        }
    }
}

impl From<Row> for Emoji {
    fn from(row: Row) -> Self {
        Self {
            id: EmojiId(row.id),
            peer: row.peer_id.map(PeerId),
            shortcode: row.shortcode,
            url: row.url,
            still: row.still,
            category: row.category,
            enabled: row.enabled,
            updated: Timestamp(row.updated),
        }
    }
}

/// Adds an emoji.
pub fn insert(tx: &mut Tx<'_>, emoji: &Emoji) -> Result<()> {
    tx.touch(Basis::Everything);
    db!(tx, c => diesel::insert_into(emoji::table).values(Row::from(emoji)).execute(c))?;
    Ok(())
}

/// Replaces all that is known of an emoji.
pub fn update(tx: &mut Tx<'_>, emoji: &Emoji) -> Result<()> {
    tx.touch(Basis::Everything);
    db!(tx, c => diesel::update(emoji::table.find(emoji.id.0)).set(Row::from(emoji)).execute(c))?;
    Ok(())
}

/// Forgets an emoji.
pub fn remove(tx: &mut Tx<'_>, id: EmojiId) -> Result<()> {
    tx.touch(Basis::Everything);
    db!(tx, c => diesel::delete(emoji::table.find(id.0)).execute(c))?;
    Ok(())
}

/// The emoji with this number.
pub fn by_id(conn: &mut Conn, id: EmojiId) -> Result<Option<Emoji>> {
    Ok(db!(conn, c => emoji::table.find(id.0).select(Row::as_select()).first(c).optional())?.map(Emoji::from))
}

/// All of ours, by heading and name.
pub fn ours(conn: &mut Conn) -> Result<Vec<Emoji>> {
    let rows: Vec<Row> = db!(conn, c => emoji::table
        .filter(emoji::peer_id.is_null())
        .order((emoji::category, emoji::shortcode))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Emoji::from).collect())
}

/// Those of one server, or of ours, with these names.
pub fn named(conn: &mut Conn, peer: Option<PeerId>, names: &[String]) -> Result<Vec<Emoji>> {
    let rows: Vec<Row> = db!(conn, c => {
        let known = emoji::table.filter(emoji::shortcode.among(names)).select(Row::as_select());
        match peer {
            Some(peer) => known.filter(emoji::peer_id.eq(peer.0)).load(c)?,
            None => known.filter(emoji::peer_id.is_null()).load(c)?,
        }
    });
    Ok(rows.into_iter().map(Emoji::from).collect())
}

/// How many of one server are known.
pub fn count(conn: &mut Conn, peer: PeerId) -> Result<i64> {
    Ok(db!(conn, c => emoji::table.filter(emoji::peer_id.eq(peer.0)).select(dsl::count_star()).first(c))?)
}

/// What these texts, each of somebody on that server, name of what is shown: nothing of a server with which we do not
/// deal. Texts without a name, and that is most, cost nothing.
pub fn palette<'a>(conn: &mut Conn, texts: impl IntoIterator<Item = (Option<PeerId>, &'a str)>) -> Result<Palette> {
    let (mut names, mut places) = (HashSet::new(), HashSet::new());
    for (peer, text) in texts {
        for name in shortcode::find(text) {
            if names.len() < NAMES {
                names.insert(name.to_owned());
                places.extend(peer);
            }
        }
    }
    if names.is_empty() {
        return Ok(Palette::default());
    }
    let (names, places): (Vec<String>, Vec<PeerId>) = (names.into_iter().collect(), places.into_iter().collect());
    let rows: Vec<Row> = db!(conn, c => emoji::table
        .left_join(peers::table.on(emoji::peer_id.eq(peers::id.nullable())))
        .filter(emoji::shortcode.among(&names).and(emoji::enabled))
        .filter(emoji::peer_id.is_null().or(
            emoji::peer_id.assume_not_null().among(&places).and(peers::regard.nullable().ne(Word(Regard::Suspended)))
        ))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Emoji::from).collect())
}
