//! What was said about things before they came: that they are void, by whom they belong to; or what is to be done about
//! them, by moderators. A deletion, an undoing or a decision may overtake what it is about.
use diesel::{dsl, prelude::*};
use domain::{id::ReceivedId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    posts::Mark,
    schema::forestalled,
};

/// Something that was said about a thing before it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foretold {
    /// Who said so: the id of an actor.
    pub by: String,
    /// What is to be done about it; it is void if there is nothing.
    pub mark: Option<Mark>,
    /// Why.
    pub reason: String,
    /// The activity that said so.
    pub cause: Option<ReceivedId>,
}

/// How `deed` is written.
fn word(mark: Option<Mark>) -> &'static str {
    match mark {
        None => "void",
        Some(Mark::Removed) => "remove",
        Some(Mark::Locked) => "lock",
        Some(Mark::Featured) => "pin",
    }
}

/// Remembers what was said about `uri`; of what one actor says about it the first counts.
pub fn insert(tx: &mut Tx<'_>, uri: &str, said: &Foretold, at: Timestamp) -> Result<()> {
    let row = (
        forestalled::uri.eq(uri),
        forestalled::actor_uri.eq(&said.by),
        forestalled::deed.eq(word(said.mark)),
        forestalled::reason.eq(&said.reason),
        forestalled::cause.eq(said.cause.map(i64::from)),
        forestalled::at.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(forestalled::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Remembers that `actor_uri` declared `uri` void.
pub fn void(tx: &mut Tx<'_>, uri: &str, actor_uri: &str, at: Timestamp) -> Result<()> {
    let said = Foretold { by: actor_uri.to_owned(), mark: None, reason: String::new(), cause: None };
    insert(tx, uri, &said, at)
}

/// Whether anybody declared `uri` void.
pub fn is_void(conn: &mut Conn, uri: &str) -> Result<bool> {
    let void = forestalled::table.filter(forestalled::uri.eq(uri).and(forestalled::deed.eq(word(None))));
    Ok(db!(conn, c => dsl::select(dsl::exists(void)).get_result(c))?)
}

/// All that was said about `uri`.
pub fn about(conn: &mut Conn, uri: &str) -> Result<Vec<Foretold>> {
    let rows: Vec<(String, String, String, Option<i64>)> = db!(conn, c => forestalled::table
        .filter(forestalled::uri.eq(uri))
        .order((forestalled::at, forestalled::actor_uri, forestalled::deed))
        .select((forestalled::actor_uri, forestalled::deed, forestalled::reason, forestalled::cause))
        .load(c))?;
    let marks = [Mark::Removed, Mark::Locked, Mark::Featured];
    let foretold = |(by, deed, reason, cause): (String, String, String, Option<i64>)| {
        let mark = marks.into_iter().find(|mark| word(Some(*mark)) == deed);
        Foretold { by, mark, reason, cause: cause.map(ReceivedId) }
    };
    Ok(rows.into_iter().map(foretold).collect())
}

/// Forgets what `actor_uri` wanted done about `uri`: it was taken back before there was anything to do it to.
pub fn forget(tx: &mut Tx<'_>, uri: &str, actor_uri: &str, mark: Mark) -> Result<()> {
    let said = forestalled::table.find((uri, actor_uri, word(Some(mark))));
    db!(tx, c => diesel::delete(said).execute(c))?;
    Ok(())
}
