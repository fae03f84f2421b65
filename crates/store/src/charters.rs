//! What communities here are for, how they look, and what they ask those who want to join.
use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use domain::{
    charter::{Charter, Colour, Purpose},
    id::ActorId,
    theme::Theme,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::{Json, Word},
    schema::{advised, charters, welcomed},
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = charters)]
struct Row {
    group_id: i64,
    purpose: Word<Purpose>,
    colour: Option<Word<Colour>>,
    languages: Json<Vec<String>>,
    questions: Json<Vec<String>>,
    source: String,
    welcome: String,
    nudges: bool,
    second_step: bool,
    themes: Json<Vec<Theme>>,
    topics: Json<Vec<String>>,
}

/// What a community says of itself, if it ever did.
pub fn of(conn: &mut Conn, group: ActorId) -> Result<Option<Charter>> {
    let row: Option<Row> = db!(conn, c => charters::table.find(group.0).select(Row::as_select()).first(c).optional())?;
    Ok(row.map(|row| Charter {
        purpose: row.purpose.0,
        colour: row.colour.map(|colour| colour.0),
        languages: row.languages.0,
        questions: row.questions.0,
        source: row.source,
        welcome: row.welcome,
        nudges: row.nudges,
        second_step: row.second_step,
        themes: row.themes.0,
        topics: row.topics.0,
    }))
}

/// What these communities ask those who want to join.
pub fn questions_of(conn: &mut Conn, groups: &[ActorId]) -> Result<HashMap<ActorId, Vec<String>>> {
    let rows: Vec<(i64, Json<Vec<String>>)> = db!(conn, c => charters::table
        .filter(charters::group_id.among(groups))
        .select((charters::group_id, charters::questions))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, questions)| (ActorId(group), questions.0)).collect())
}

/// What these communities are for; nothing about those that never said so.
pub fn purposes_of(conn: &mut Conn, groups: &[ActorId]) -> Result<HashMap<ActorId, Purpose>> {
    let rows: Vec<(i64, Word<Purpose>)> = db!(conn, c => charters::table
        .filter(charters::group_id.among(groups))
        .select((charters::group_id, charters::purpose))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, purpose)| (ActorId(id), purpose.0)).collect())
}

/// What is talked about in a community: words of the closed list, and hashtags of its own.
pub fn themes(conn: &mut Conn, group: ActorId) -> Result<(Vec<Theme>, Vec<String>)> {
    type Row = (Json<Vec<Theme>>, Json<Vec<String>>);
    let row: Option<Row> = db!(conn, c => charters::table
        .find(group.0)
        .select((charters::themes, charters::topics))
        .first(c)
        .optional())?;
    Ok(row.map(|(themes, topics)| (themes.0, topics.0)).unwrap_or_default())
}

/// What is talked about in these communities, in words of the closed list; nothing about those that never said so.
pub fn themes_of(conn: &mut Conn, groups: &[ActorId]) -> Result<HashMap<ActorId, Vec<Theme>>> {
    let rows: Vec<(i64, Json<Vec<Theme>>)> = db!(conn, c => charters::table
        .filter(charters::group_id.among(groups))
        .select((charters::group_id, charters::themes))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, themes)| (ActorId(id), themes.0)).collect())
}

/// Records what a community says of itself, new or changed.
pub fn set(tx: &mut Tx<'_>, group: ActorId, charter: &Charter) -> Result<()> {
    let row = Row {
        group_id: group.0,
        purpose: Word(charter.purpose),
        colour: charter.colour.map(Word),
        languages: Json(charter.languages.clone()),
        questions: Json(charter.questions.clone()),
        source: charter.source.clone(),
        welcome: charter.welcome.clone(),
        nudges: charter.nudges,
        second_step: charter.second_step,
        themes: Json(charter.themes.clone()),
        topics: Json(charter.topics.clone()),
    };
    db!(tx, c => diesel::insert_into(charters::table)
        .values(&row)
        .on_conflict(charters::group_id)
        .do_update()
        .set((
            charters::purpose.eq(excluded(charters::purpose)),
            charters::colour.eq(excluded(charters::colour)),
            charters::languages.eq(excluded(charters::languages)),
            charters::questions.eq(excluded(charters::questions)),
            charters::source.eq(excluded(charters::source)),
            charters::welcome.eq(excluded(charters::welcome)),
            charters::nudges.eq(excluded(charters::nudges)),
            charters::second_step.eq(excluded(charters::second_step)),
            charters::themes.eq(excluded(charters::themes)),
            charters::topics.eq(excluded(charters::topics)),
        ))
        .execute(c))?;
    Ok(())
}

/// Remembers that somebody elsewhere was told where a community is read; whether they never were before.
pub fn advise(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    let row = (advised::group_id.eq(group.0), advised::person_id.eq(person.0));
    Ok(db!(tx, c => diesel::insert_into(advised::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// Remembers that a community welcomed somebody; whether it never did before.
pub fn welcome(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    let row = (welcomed::group_id.eq(group.0), welcomed::person_id.eq(person.0));
    Ok(db!(tx, c => diesel::insert_into(welcomed::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}
