//! How people here write, where they do not say otherwise, and how they read.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::ActorId,
    media::Covered,
    post::{Audience, Quoting},
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    rows::Word,
    schema::preferences,
};

/// How somebody writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// For whom.
    pub audience: Audience,
    /// Whether what they show is for those only who ask to see it.
    pub sensitive: bool,
    /// In which language, BCP 47; what it is, is found out if they say nothing.
    pub language: Option<String>,
    /// Who may quote it.
    pub quoting: Quoting,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { audience: Audience::Public, sensitive: false, language: None, quoting: Quoting::default() }
    }
}

/// How somebody reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Which media they find covered at first.
    pub covered: Covered,
    /// Whether what comes with a warning is open.
    pub opens_warnings: bool,
    /// Whether moving pictures move by themselves.
    pub plays: bool,
}

/// How a person reads.
pub fn reading(conn: &mut Conn, person: ActorId) -> Result<Reading> {
    type Row = (Word<Covered>, bool, bool);
    let found = db!(conn, c => preferences::table
        .find(person.0)
        .select((preferences::covered, preferences::opens_warnings, preferences::plays))
        .first::<Row>(c)
        .optional())?;
    let reading = |(covered, opens_warnings, plays): Row| Reading { covered: covered.0, opens_warnings, plays };
    Ok(found.map(reading).unwrap_or_default())
}

/// Sets how a person reads.
pub fn set_reading(tx: &mut Tx<'_>, person: ActorId, wanted: Reading) -> Result<()> {
    // Whoever said nothing yet writes as everybody does.
    let written = of(tx, person)?;
    set(tx, person, &written)?;
    db!(tx, c => diesel::update(preferences::table.find(person.0))
        .set((
            preferences::covered.eq(Word(wanted.covered)),
            preferences::opens_warnings.eq(wanted.opens_warnings),
            preferences::plays.eq(wanted.plays),
        ))
        .execute(c))?;
    Ok(())
}

/// How a person writes.
pub fn of(conn: &mut Conn, person: ActorId) -> Result<Preferences> {
    type Row = (Word<Audience>, bool, Option<String>, Word<Quoting>);
    let found = db!(conn, c => preferences::table
        .find(person.0)
        .select((preferences::audience, preferences::sensitive, preferences::language, preferences::quoting))
        .first::<Row>(c)
        .optional())?;
    let preferences = |(audience, sensitive, language, quoting): Row| Preferences {
        audience: audience.0,
        sensitive,
        language,
        quoting: quoting.0,
    };
    Ok(found.map(preferences).unwrap_or_default())
}

/// Sets how a person writes.
pub fn set(tx: &mut Tx<'_>, person: ActorId, wanted: &Preferences) -> Result<()> {
    let row = (
        preferences::person_id.eq(person.0),
        preferences::audience.eq(Word(wanted.audience)),
        preferences::sensitive.eq(wanted.sensitive),
        preferences::language.eq(wanted.language.as_deref()),
        preferences::quoting.eq(Word(wanted.quoting)),
    );
    db!(tx, c => diesel::insert_into(preferences::table)
        .values(row)
        .on_conflict(preferences::person_id)
        .do_update()
        .set((
            preferences::audience.eq(excluded(preferences::audience)),
            preferences::sensitive.eq(excluded(preferences::sensitive)),
            preferences::language.eq(excluded(preferences::language)),
            preferences::quoting.eq(excluded(preferences::quoting)),
        ))
        .execute(c))?;
    Ok(())
}
