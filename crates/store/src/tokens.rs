//! Bearer tokens, and the codes that applications turn into one.
use diesel::prelude::*;
use domain::{
    id::{ActorId, AppId},
    time::Timestamp,
};

use crate::{
    accounts::Account,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{accounts, codes, tokens},
};

/// A bearer token; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
pub struct Token {
    /// SHA-256 of the token, hexadecimal.
    pub hash: String,
    /// Whose it is; nobody's, if the application acts for itself.
    pub account_id: Option<i64>,
    /// The application it was given to; none, if it was made by command.
    pub app_id: Option<i64>,
    /// What it may be used for, words with spaces between.
    pub scopes: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// Until when, in milliseconds.
    pub expires: Option<i64>,
}

/// How scopes read that let one administer.
const POWER: &str = "%admin:%";

/// Adds a token.
pub fn insert(tx: &mut Tx<'_>, token: &Token) -> Result<()> {
    db!(tx, c => diesel::insert_into(tokens::table).values(token).execute(c))?;
    Ok(())
}

/// The token with this hash and its login, if it has one, if both are valid at `now`.
pub fn find(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<(Token, Option<Account>)>> {
    Ok(db!(conn, c => tokens::table
        .left_join(accounts::table.on(accounts::id.nullable().eq(tokens::account_id)))
        .filter(tokens::hash.eq(hash).and(accounts::disabled.is_null()))
        .filter(tokens::expires.is_null().or(tokens::expires.gt(now.0)))
        .select((Token::as_select(), Option::<Account>::as_select()))
        .first(c)
        .optional())?)
}

/// Revokes the token with this hash, if it belongs to `app`; whether there was one.
pub fn remove(tx: &mut Tx<'_>, hash: &str, app: AppId) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(tokens::table.find(hash).filter(tokens::app_id.eq(app.0))).execute(c))? > 0)
}

/// Forgets what an application has for itself, but the newest `kept` of it.
pub fn keep_own(tx: &mut Tx<'_>, app: AppId, kept: i64) -> Result<()> {
    let own = tokens::table.filter(tokens::app_id.eq(app.0).and(tokens::account_id.is_null()));
    let newest = own.order((tokens::created.desc(), tokens::hash)).select(tokens::hash);
    let old: Vec<String> = db!(tx, c => newest.offset(kept).limit(i64::from(u8::MAX)).load(c))?;
    if !old.is_empty() {
        db!(tx, c => diesel::delete(tokens::table.filter(tokens::hash.among(old))).execute(c))?;
    }
    Ok(())
}

/// Revokes what a person gave to an application: its tokens, and codes for more.
pub fn remove_of_app(tx: &mut Tx<'_>, person: ActorId, app: AppId) -> Result<bool> {
    db!(tx, c => diesel::delete(codes::table
        .filter(codes::account_id.eq(person.0).and(codes::app_id.eq(app.0))))
    .execute(c))?;
    Ok(db!(tx, c => diesel::delete(tokens::table
        .filter(tokens::account_id.eq(person.0).and(tokens::app_id.eq(app.0))))
    .execute(c))?
        > 0)
}

/// Revokes all tokens of a person, and codes for more.
pub fn remove_all(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(codes::table.filter(codes::account_id.eq(person.0))).execute(c))?;
    db!(tx, c => diesel::delete(tokens::table.filter(tokens::account_id.eq(person.0))).execute(c))?;
    Ok(())
}

/// Forgets what a person gave an application that may administer, should they become an admin.
pub fn remove_powerful(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    let of_code = codes::account_id.eq(person.0).and(codes::scopes.like(POWER));
    let of_token = tokens::account_id.eq(person.0).and(tokens::scopes.like(POWER));
    db!(tx, c => diesel::delete(codes::table.filter(of_code)).execute(c))?;
    db!(tx, c => diesel::delete(tokens::table.filter(of_token)).execute(c))?;
    Ok(())
}

/// The applications that a person gave a token to, with the scopes and the age of the newest.
pub fn apps_of(conn: &mut Conn, person: ActorId) -> Result<Vec<(AppId, String, Timestamp)>> {
    let rows: Vec<(Option<i64>, String, i64)> = db!(conn, c => tokens::table
        .filter(tokens::account_id.eq(person.0).and(tokens::app_id.is_not_null()))
        .order((tokens::app_id, tokens::created.desc()))
        .select((tokens::app_id, tokens::scopes, tokens::created))
        .load(c))?;
    let mut apps: Vec<(AppId, String, Timestamp)> = Vec::new();
    for (app, scopes, created) in rows {
        let app = AppId(app.unwrap_or_default());
        if apps.last().is_none_or(|(last, ..)| *last != app) {
            apps.push((app, scopes, Timestamp(created)));
        }
    }
    Ok(apps)
}

/// A code that an application turns into a token, once; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
pub struct Code {
    /// SHA-256 of the code, hexadecimal.
    pub hash: String,
    /// Who gave it.
    pub account_id: i64,
    /// Whom it was given to.
    pub app_id: i64,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What the token may be used for.
    pub scopes: String,
    /// The S256 challenge of RFC 7636, if there was one.
    pub challenge: Option<String>,
    /// Until when, in milliseconds.
    pub expires: i64,
    /// The hash of the token that it was turned into.
    pub token_hash: Option<String>,
}

/// Adds a code.
pub fn insert_code(tx: &mut Tx<'_>, code: &Code) -> Result<()> {
    db!(tx, c => diesel::insert_into(codes::table).values(code).execute(c))?;
    Ok(())
}

/// The code with this hash, spent or not.
pub fn code(conn: &mut Conn, hash: &str) -> Result<Option<Code>> {
    Ok(db!(conn, c => codes::table.find(hash).select(Code::as_select()).first(c).optional())?)
}

/// Marks a code as turned into a token.
pub fn spend_code(tx: &mut Tx<'_>, hash: &str, token: &str) -> Result<()> {
    db!(tx, c => diesel::update(codes::table.find(hash)).set(codes::token_hash.eq(token)).execute(c))?;
    Ok(())
}
