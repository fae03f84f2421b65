//! The words of what everybody may read, to tell what somebody meant who spelt one otherwise.
use std::ops::RangeInclusive;

use diesel::{dsl, prelude::*, upsert::excluded};
use domain::id::PostId;

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{actors, posts, words},
    visible::visible,
};

/// What a post says that everybody may read and search for: its number, title and HTML.
pub type Said = (PostId, Option<String>, String);

/// The posts with a number above `after`, by their numbers, that everybody may read and whose authors let them be found.
pub fn unread(conn: &mut Conn, after: PostId, limit: i64) -> Result<Vec<Said>> {
    let author = actors::table.filter(actors::id.eq(posts::author_id).and(actors::indexable.eq(true)));
    let found: Vec<(i64, Option<String>, String)> = db!(conn, c => posts::table
        .filter(posts::id.gt(after.0).and(posts::audience.eq("public")).and(posts::removed.is_null()))
        .filter(visible(None))
        .filter(dsl::exists(author))
        .order(posts::id)
        .limit(limit)
        .select((posts::id, posts::title, posts::html))
        .load(c))?;
    Ok(found.into_iter().map(|(id, title, html)| (PostId(id), title, html)).collect())
}

/// The letters that a folded word begins with, and how many it has.
fn place(word: &str) -> (String, i64) {
    let start = word.chars().next().map(String::from).unwrap_or_default();
    (start, i64::try_from(word.chars().count()).unwrap_or(i64::MAX))
}

/// Counts words, folded and as they are spelt, with how many more posts have them. What is known already stays spelt as it is.
pub fn count(tx: &mut Tx<'_>, found: &[(String, String, i64)]) -> Result<()> {
    for (word, spelt, more) in found {
        let (start, letters) = place(word);
        let row = (
            words::word.eq(word),
            words::spelt.eq(spelt),
            words::start.eq(start),
            words::letters.eq(letters),
            words::posts.eq(more),
        );
        db!(tx, c => diesel::insert_into(words::table)
            .values(row)
            .on_conflict(words::word)
            .do_update()
            .set(words::posts.eq(words::posts + excluded(words::posts)))
            .execute(c))?;
    }
    Ok(())
}

/// Whether this folded word is one that people use here.
pub fn is_known(conn: &mut Conn, word: &str) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(words::table.find(word))).get_result(c))?)
}

/// The words that begin with this letter and have so many: folded, as they are spelt, and how many posts have them; those of
/// most posts first.
pub fn starting(
    conn: &mut Conn,
    start: char,
    letters: RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<(String, String, i64)>> {
    Ok(db!(conn, c => words::table
        .filter(words::start.eq(start.to_string()))
        .filter(words::letters.ge(letters.start()).and(words::letters.le(letters.end())))
        .order((words::posts.desc(), words::word))
        .limit(limit)
        .select((words::word, words::spelt, words::posts))
        .load(c))?)
}

/// Words after this one, by their letters: folded, and as they are spelt. Those of `common` posts or more are left out.
pub fn after(conn: &mut Conn, word: &str, common: i64, limit: i64) -> Result<Vec<(String, String)>> {
    Ok(db!(conn, c => words::table
        .filter(words::word.gt(word).and(words::posts.lt(common)))
        .order(words::word)
        .limit(limit)
        .select((words::word, words::spelt))
        .load(c))?)
}

/// Forgets these folded words.
pub fn remove(tx: &mut Tx<'_>, gone: &[String]) -> Result<()> {
    db!(tx, c => diesel::delete(words::table.filter(words::word.among(gone))).execute(c))?;
    Ok(())
}
