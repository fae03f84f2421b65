//! Letters at once about single notices: who wants which, and up to where they were told.
use diesel::{prelude::*, upsert::excluded};
use domain::id::ActorId;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::mailings,
};

/// What somebody wants such letters about.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mailings, treat_none_as_default_value = false)]
pub struct Mailing {
    /// Who.
    pub person_id: i64,
    /// About what, in words with spaces between them.
    pub subjects: String,
    /// The number of the last notice that a letter told of.
    pub told: i64,
    /// When the last letter left, in milliseconds.
    pub sent: i64,
    /// When the next one leaves, if one is under way, in milliseconds.
    pub due: Option<i64>,
}

/// What somebody wants letters about, if they want any.
pub fn find(conn: &mut Conn, person: ActorId) -> Result<Option<Mailing>> {
    Ok(db!(conn, c => mailings::table.find(person.0).select(Mailing::as_select()).first(c).optional())?)
}

/// Notes what somebody wants letters about, and how far they were told.
pub fn set(tx: &mut Tx<'_>, mailing: &Mailing) -> Result<()> {
    db!(tx, c => diesel::insert_into(mailings::table)
        .values(mailing)
        .on_conflict(mailings::person_id)
        .do_update()
        .set((
            mailings::subjects.eq(excluded(mailings::subjects)),
            mailings::told.eq(excluded(mailings::told)),
            mailings::sent.eq(excluded(mailings::sent)),
            mailings::due.eq(excluded(mailings::due)),
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that somebody wants no such letters.
pub fn remove(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(mailings::table.find(person.0)).execute(c))?;
    Ok(())
}
