//! As whom the provider of an organization knows those who have a login.
use diesel::prelude::*;
use domain::{
    id::{ActorId, IdentityId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::identities,
};

/// What lets somebody in for whom a provider speaks.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub struct Identity {
    /// Its number.
    pub id: i64,
    /// Whose login it is for.
    pub account_id: i64,
    /// The provider, by the name that it signs with.
    pub issuer: String,
    /// By what it knows them: a word that never means anybody else there.
    pub subject: String,
    /// How it called them when they came first.
    pub name: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// When it was last used, in milliseconds.
    pub used: Option<i64>,
}

/// Adds an identity.
pub fn insert(tx: &mut Tx<'_>, identity: &Identity) -> Result<()> {
    db!(tx, c => diesel::insert_into(identities::table).values(identity).execute(c))?;
    Ok(())
}

/// Whom a provider means.
pub fn find(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<Identity>> {
    Ok(db!(conn, c => identities::table
        .filter(identities::issuer.eq(issuer).and(identities::subject.eq(subject)))
        .select(Identity::as_select())
        .first(c)
        .optional())?)
}

/// The identities of a login, the first that was added first.
pub fn of(conn: &mut Conn, account: ActorId) -> Result<Vec<Identity>> {
    Ok(db!(conn, c => identities::table
        .filter(identities::account_id.eq(account.0))
        .order(identities::id)
        .select(Identity::as_select())
        .load(c))?)
}

/// Remembers that an identity was used.
pub fn set_used(tx: &mut Tx<'_>, id: IdentityId, now: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(identities::table.find(id.0)).set(identities::used.eq(now.0)).execute(c))?;
    Ok(())
}

/// Takes an identity from a login.
pub fn remove(tx: &mut Tx<'_>, account: ActorId, id: IdentityId) -> Result<()> {
    let own = identities::table.find(id.0).filter(identities::account_id.eq(account.0));
    db!(tx, c => diesel::delete(own).execute(c))?;
    Ok(())
}

/// Takes all identities from a login.
pub fn remove_all(tx: &mut Tx<'_>, account: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(identities::table.filter(identities::account_id.eq(account.0))).execute(c))?;
    Ok(())
}
