//! Links in mails: each good for one thing, once, for a while.
use diesel::prelude::*;
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::tickets,
};

/// A link in a mail; only the hash of what it holds is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tickets)]
pub struct Ticket {
    /// SHA-256 of what the link holds, hexadecimal.
    pub hash: String,
    /// Whose login it is about.
    pub account_id: i64,
    /// What it is good for.
    pub kind: String,
    /// The address that it was sent to.
    pub email: String,
    /// Until when, in milliseconds.
    pub expires: i64,
}

/// Adds a ticket.
pub fn insert(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<()> {
    db!(tx, c => diesel::insert_into(tickets::table).values(ticket).execute(c))?;
    Ok(())
}

/// The ticket with this hash, if it is good for `kind` at `now`.
pub fn find(conn: &mut Conn, hash: &str, kind: &str, now: Timestamp) -> Result<Option<Ticket>> {
    Ok(db!(conn, c => tickets::table
        .find(hash)
        .filter(tickets::kind.eq(kind).and(tickets::expires.gt(now.0)))
        .select(Ticket::as_select())
        .first(c)
        .optional())?)
}

/// Makes all tickets of a login worthless.
pub fn remove_all(tx: &mut Tx<'_>, account: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(tickets::table.filter(tickets::account_id.eq(account.0))).execute(c))?;
    Ok(())
}
