//! As what the servers know this one that tell who their people are.
use diesel::{prelude::*, upsert::excluded};
use domain::time::Timestamp;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::witnesses,
};

/// As what a server knows this one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = witnesses)]
pub struct Witness {
    /// Scheme and host of that server.
    pub origin: String,
    /// Where it sends people back to.
    pub redirect_uri: String,
    /// By what it knows us.
    pub client_id: String,
    /// The secret that we share with it, sealed.
    pub secret: Vec<u8>,
    /// What we may ask it for.
    pub scope: String,
    /// When it last knew us, in milliseconds.
    pub checked: i64,
}

/// As what a server knows this one, if it was asked before.
pub fn find(conn: &mut Conn, origin: &str, redirect_uri: &str) -> Result<Option<Witness>> {
    Ok(db!(conn, c => witnesses::table
        .find((origin, redirect_uri))
        .select(Witness::as_select())
        .first(c)
        .optional())?)
}

/// Remembers as what a server knows this one.
pub fn set(tx: &mut Tx<'_>, witness: &Witness) -> Result<()> {
    db!(tx, c => diesel::insert_into(witnesses::table)
        .values(witness)
        .on_conflict((witnesses::origin, witnesses::redirect_uri))
        .do_update()
        .set((
            witnesses::client_id.eq(excluded(witnesses::client_id)),
            witnesses::secret.eq(excluded(witnesses::secret)),
            witnesses::scope.eq(excluded(witnesses::scope)),
            witnesses::checked.eq(excluded(witnesses::checked)),
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that a server still knew this one.
pub fn touch(tx: &mut Tx<'_>, origin: &str, redirect_uri: &str, now: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(witnesses::table.find((origin, redirect_uri)))
        .set(witnesses::checked.eq(now.0))
        .execute(c))?;
    Ok(())
}
