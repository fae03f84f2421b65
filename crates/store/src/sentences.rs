//! Sentences that those who run the server say in words of their own.
use diesel::{prelude::*, upsert::excluded};
use domain::sentence::Sentence;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::sentences,
};

/// All of them, by their names.
pub fn all(conn: &mut Conn) -> Result<Vec<Sentence>> {
    let rows: Vec<(String, String, String)> = db!(conn, c => sentences::table
        .order((sentences::name, sentences::language))
        .select((sentences::name, sentences::language, sentences::source))
        .load(c))?;
    Ok(rows.into_iter().map(|(name, language, text)| Sentence { name, language, text }).collect())
}

/// Records a sentence, in place of what it said.
pub fn set(tx: &mut Tx<'_>, sentence: &Sentence) -> Result<()> {
    let row = (
        sentences::name.eq(&sentence.name),
        sentences::language.eq(&sentence.language),
        sentences::source.eq(&sentence.text),
    );
    db!(tx, c => diesel::insert_into(sentences::table)
        .values(row)
        .on_conflict((sentences::name, sentences::language))
        .do_update()
        .set(sentences::source.eq(excluded(sentences::source)))
        .execute(c))?;
    Ok(())
}

/// Forgets a sentence. Whether there was one.
pub fn remove(tx: &mut Tx<'_>, name: &str, language: &str) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(sentences::table.find((name, language))).execute(c))? > 0)
}
