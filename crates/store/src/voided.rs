//! Ids that their owners declared void before we knew what they name: a deletion or an undoing that overtook its object.
use diesel::prelude::*;
use domain::time::Timestamp;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::voided,
};

/// Remembers that `actor_uri` declared `uri` void.
pub fn insert(tx: &mut Tx<'_>, uri: &str, actor_uri: &str, at: Timestamp) -> Result<()> {
    let row = (voided::uri.eq(uri), voided::actor_uri.eq(actor_uri), voided::at.eq(at.0));
    db!(tx, c => diesel::insert_into(voided::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Who declared `uri` void.
pub fn by(conn: &mut Conn, uri: &str) -> Result<Option<String>> {
    Ok(db!(conn, c => voided::table.find(uri).select(voided::actor_uri).first(c).optional())?)
}
