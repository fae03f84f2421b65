//! Logins and their tokens.
use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{accounts, posts, tokens},
};

/// A login; it has the number of its actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct Account {
    /// The number of the person.
    pub id: i64,
    /// Lower case.
    pub email: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// Whether they administer this server.
    pub admin: bool,
    /// BCP 47, for what the server writes to them.
    pub language: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// When it was closed, in milliseconds.
    pub disabled: Option<i64>,
}

/// Adds a login.
pub fn insert(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    db!(tx, c => diesel::insert_into(accounts::table).values(account).execute(c))?;
    Ok(())
}

/// The login of a person.
pub fn by_id(conn: &mut Conn, id: ActorId) -> Result<Option<Account>> {
    Ok(db!(conn, c => accounts::table.find(id.0).select(Account::as_select()).first(c).optional())?)
}

/// The login with this e-mail address, in lower case.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::email.eq(email))
        .select(Account::as_select())
        .first(c)
        .optional())?)
}

/// How many logins there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(db!(conn, c => accounts::table.filter(accounts::disabled.is_null()).count().get_result(c))?)
}

/// Whether anybody has, or had, a login here.
pub fn any(conn: &mut Conn) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(accounts::table.select(accounts::id))).get_result(c))?)
}

/// How many of those with a login wrote something after `since`.
pub fn count_active(conn: &mut Conn, since: PostId) -> Result<i64> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::disabled.is_null())
        .filter(dsl::exists(posts::table.filter(posts::author_id.eq(accounts::id).and(posts::id.gt(since.0)))))
        .count()
        .get_result(c))?)
}

/// The numbers of those among `ids` who have a login here.
pub fn among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorId>> {
    let found: Vec<i64> = db!(conn, c => accounts::table.filter(accounts::id.among(ids)).select(accounts::id).load(c))?;
    Ok(found.into_iter().map(ActorId).collect())
}

/// Whether a person administers this server.
pub fn is_admin(conn: &mut Conn, id: ActorId) -> Result<bool> {
    let enabled = accounts::table.find(id.0).filter(accounts::disabled.is_null());
    let admin: Option<bool> = db!(conn, c => enabled.select(accounts::admin).first(c).optional())?;
    Ok(admin.unwrap_or(false))
}

/// The numbers of those who administer this server.
pub fn admins(conn: &mut Conn) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => accounts::table
        .filter(accounts::admin.eq(true).and(accounts::disabled.is_null()))
        .select(accounts::id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// A bearer token; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
pub struct Token {
    /// SHA-256 of the token, hexadecimal.
    pub hash: String,
    /// Whose it is.
    pub account_id: i64,
    /// What it may be used for, words with spaces between.
    pub scopes: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// Until when, in milliseconds.
    pub expires: Option<i64>,
}

/// Adds a token.
pub fn insert_token(tx: &mut Tx<'_>, token: &Token) -> Result<()> {
    db!(tx, c => diesel::insert_into(tokens::table).values(token).execute(c))?;
    Ok(())
}

/// The token with this hash and its login, if both are valid at `now`.
pub fn by_token(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<(Token, Account)>> {
    Ok(db!(conn, c => tokens::table
        .inner_join(accounts::table.on(accounts::id.eq(tokens::account_id)))
        .filter(tokens::hash.eq(hash).and(accounts::disabled.is_null()))
        .filter(tokens::expires.is_null().or(tokens::expires.gt(now.0)))
        .select((Token::as_select(), Account::as_select()))
        .first(c)
        .optional())?)
}

/// Revokes a token; whether there was one.
pub fn remove_token(tx: &mut Tx<'_>, hash: &str) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(tokens::table.find(hash)).execute(c))? > 0)
}
