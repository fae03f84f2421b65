//! Passkeys, and what browsers are asked for them and have yet to answer.
use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PasskeyId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::{challenges, passkeys},
};

/// What lets a login in without a password.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, treat_none_as_default_value = false)]
pub struct Passkey {
    /// Its number.
    pub id: i64,
    /// Whose login it is for.
    pub account_id: i64,
    /// By what authenticators name it, in base64url.
    pub handle: String,
    /// What its person calls it.
    pub name: String,
    /// Its public key and what else is known of it, as JSON.
    pub credential: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// When it was last used, in milliseconds.
    pub used: Option<i64>,
}

/// What a browser was asked.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = challenges, treat_none_as_default_value = false)]
pub struct Challenge {
    /// SHA-256 of what that browser keeps and of what it was asked, hexadecimal.
    pub hash: String,
    /// What the answer is good for.
    pub purpose: String,
    /// Who has to answer; nobody in particular, if that is what the answer tells.
    pub account_id: Option<i64>,
    /// What the answer is compared with, as JSON.
    pub state: String,
    /// Until when, in milliseconds.
    pub expires: i64,
}

/// Adds a passkey.
pub fn insert(tx: &mut Tx<'_>, passkey: &Passkey) -> Result<()> {
    db!(tx, c => diesel::insert_into(passkeys::table).values(passkey).execute(c))?;
    Ok(())
}

/// The passkeys of a login, the first that was added first.
pub fn of(conn: &mut Conn, account: ActorId) -> Result<Vec<Passkey>> {
    Ok(db!(conn, c => passkeys::table
        .filter(passkeys::account_id.eq(account.0))
        .order(passkeys::id)
        .select(Passkey::as_select())
        .load(c))?)
}

/// Whether a login has a passkey.
pub fn any(conn: &mut Conn, account: ActorId) -> Result<bool> {
    let own = passkeys::table.filter(passkeys::account_id.eq(account.0));
    Ok(db!(conn, c => dsl::select(dsl::exists(own)).get_result(c))?)
}

/// The passkey that authenticators name so.
pub fn by_handle(conn: &mut Conn, handle: &str) -> Result<Option<Passkey>> {
    Ok(db!(conn, c => passkeys::table
        .filter(passkeys::handle.eq(handle))
        .select(Passkey::as_select())
        .first(c)
        .optional())?)
}

/// Remembers that a passkey was used, and what is known of it since.
pub fn set_used(tx: &mut Tx<'_>, id: PasskeyId, credential: &str, now: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(passkeys::table.find(id.0))
        .set((passkeys::credential.eq(credential), passkeys::used.eq(now.0)))
        .execute(c))?;
    Ok(())
}

/// Calls a passkey of a login something else; whether there is one.
pub fn rename(tx: &mut Tx<'_>, account: ActorId, id: PasskeyId, name: &str) -> Result<bool> {
    let own = passkeys::table.find(id.0).filter(passkeys::account_id.eq(account.0));
    Ok(db!(tx, c => diesel::update(own).set(passkeys::name.eq(name)).execute(c))? > 0)
}

/// Takes a passkey from a login; what it was called, if there was one.
pub fn remove(tx: &mut Tx<'_>, account: ActorId, id: PasskeyId) -> Result<Option<String>> {
    let own = passkeys::table.find(id.0).filter(passkeys::account_id.eq(account.0));
    let name: Option<String> = db!(tx, c => own.select(passkeys::name).first(c).optional())?;
    if name.is_some() {
        db!(tx, c => diesel::delete(passkeys::table.find(id.0)).execute(c))?;
    }
    Ok(name)
}

/// Takes all passkeys from a login, and what was asked for them.
pub fn remove_all(tx: &mut Tx<'_>, account: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(challenges::table.filter(challenges::account_id.eq(account.0))).execute(c))?;
    db!(tx, c => diesel::delete(passkeys::table.filter(passkeys::account_id.eq(account.0))).execute(c))?;
    Ok(())
}

/// Remembers what a browser was asked.
pub fn ask(tx: &mut Tx<'_>, challenge: &Challenge) -> Result<()> {
    db!(tx, c => diesel::insert_into(challenges::table).values(challenge).execute(c))?;
    Ok(())
}

/// What a browser was asked, if there is time yet at `now`; nothing is taken twice.
pub fn take(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Challenge>> {
    let found: Option<Challenge> =
        db!(tx, c => challenges::table.find(hash).select(Challenge::as_select()).first(c).optional())?;
    db!(tx, c => diesel::delete(challenges::table.find(hash)).execute(c))?;
    Ok(found.filter(|challenge| challenge.expires > now.0))
}
