//! Logins.
use diesel::{dsl, prelude::*};
use domain::{
    id::{ActorId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{accounts, actors, mentions, posts, recovery_codes},
};

/// A login; it has the number of its actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct Account {
    /// The number of the person.
    pub id: i64,
    /// Lower case.
    pub email: String,
    /// Argon2id, in PHC form; empty, if there is no password.
    pub password_hash: String,
    /// Whether they administer this server.
    pub admin: bool,
    /// BCP 47, for what the server writes to them.
    pub language: String,
    /// Since when, in milliseconds.
    pub created: i64,
    /// When it was closed, in milliseconds.
    pub disabled: Option<i64>,
    /// When the e-mail address was confirmed, in milliseconds.
    pub confirmed: Option<i64>,
    /// When it was taken in, in milliseconds.
    pub approved: Option<i64>,
    /// Why they want to be taken in, in their own words.
    pub reason: String,
    /// The secret of the second step, sealed.
    pub totp: Option<Vec<u8>>,
    /// The last code of the second step that was used: none is good twice.
    pub totp_step: i64,
    /// The address that they want mail at and have yet to confirm. As long as none is, their number stands in `email`.
    pub wanted_email: Option<String>,
}

impl Account {
    /// Whether it may be used: its address is confirmed, it was taken in, and it was not closed.
    pub fn is_ready(&self) -> bool {
        self.confirmed.is_some() && self.approved.is_some() && self.disabled.is_none()
    }
}

impl Account {
    /// Whether it has a password: some are only let in by a provider.
    pub fn has_password(&self) -> bool {
        !self.password_hash.is_empty()
    }
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

/// The logins of these people, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<Account>> {
    Ok(db!(conn, c => accounts::table.filter(accounts::id.among(ids)).select(Account::as_select()).load(c))?)
}

/// The login with this e-mail address, in lower case.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::email.eq(email))
        .select(Account::as_select())
        .first(c)
        .optional())?)
}

/// The login of the person here with this name, in lower case.
pub fn by_name(conn: &mut Conn, name: &str, host: &str) -> Result<Option<Account>> {
    Ok(db!(conn, c => accounts::table
        .inner_join(actors::table.on(actors::id.eq(accounts::id)))
        .filter(actors::host.eq(host).and(actors::name.eq(name)).and(actors::peer_id.is_null()))
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

/// How many logins were made between these moments.
pub fn count_since(conn: &mut Conn, start: Timestamp, end: Timestamp) -> Result<i64> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::created.ge(start.0).and(accounts::created.lt(end.0)))
        .count()
        .get_result(c))?)
}

/// The numbers of those among `ids` who have a login here.
pub fn among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorId>> {
    let found: Vec<i64> = db!(conn, c => accounts::table.filter(accounts::id.among(ids)).select(accounts::id).load(c))?;
    Ok(found.into_iter().map(ActorId).collect())
}

/// The numbers of those with a login here whom a post names, or who wrote the one that it answers.
pub fn concerned_by(conn: &mut Conn, post: PostId, parent: Option<PostId>) -> Result<Vec<ActorId>> {
    let mut found: Vec<i64> = db!(conn, c => mentions::table
        .inner_join(accounts::table.on(accounts::id.eq(mentions::actor_id)))
        .filter(mentions::post_id.eq(post.0))
        .select(accounts::id)
        .load(c))?;
    if let Some(parent) = parent {
        let author: Option<i64> = db!(conn, c => posts::table
            .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
            .filter(posts::id.eq(parent.0))
            .select(accounts::id)
            .first(c)
            .optional())?;
        found.extend(author.filter(|author| !found.contains(author)));
    }
    Ok(found.into_iter().map(ActorId).collect())
}

/// Whether a person administers this server.
pub fn is_admin(conn: &mut Conn, id: ActorId) -> Result<bool> {
    let enabled = accounts::table.find(id.0).filter(accounts::disabled.is_null());
    let admin: Option<bool> = db!(conn, c => enabled.select(accounts::admin).first(c).optional())?;
    Ok(admin.unwrap_or(false))
}

/// Who of these people administers this server.
pub fn admins_among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => accounts::table
        .filter(accounts::id.among(ids).and(accounts::admin.eq(true)).and(accounts::disabled.is_null()))
        .select(accounts::id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// The numbers of those who administer this server, the first who came first.
pub fn admins(conn: &mut Conn) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => accounts::table
        .filter(accounts::admin.eq(true).and(accounts::disabled.is_null()))
        .order(accounts::id)
        .select(accounts::id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Closes a login, or opens it again.
pub fn set_disabled(tx: &mut Tx<'_>, id: ActorId, since: Option<Timestamp>) -> Result<()> {
    tx.touch(id);
    db!(tx, c => diesel::update(accounts::table.find(id.0))
        .set(accounts::disabled.eq(since.map(|since| since.0)))
        .execute(c))?;
    Ok(())
}

/// Sets the address that somebody has yet to confirm.
pub fn set_wanted_email(tx: &mut Tx<'_>, id: ActorId, email: &str) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0)).set(accounts::wanted_email.eq(email)).execute(c))?;
    Ok(())
}

/// Sets the address of a login, which is confirmed since `confirmed`.
pub fn set_email(tx: &mut Tx<'_>, id: ActorId, email: &str, confirmed: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0))
        .set((
            accounts::email.eq(email),
            accounts::confirmed.eq(confirmed.0),
            accounts::wanted_email.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}

/// Sets the hash of the password, in PHC form.
pub fn set_password(tx: &mut Tx<'_>, id: ActorId, hash: &str) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0)).set(accounts::password_hash.eq(hash)).execute(c))?;
    Ok(())
}

/// Sets the language in which the server speaks to somebody.
pub fn set_language(tx: &mut Tx<'_>, id: ActorId, language: &str) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0)).set(accounts::language.eq(language)).execute(c))?;
    Ok(())
}

/// Closes a login for good, and forgets all that is known of whose it was.
pub fn forget(tx: &mut Tx<'_>, id: ActorId, now: Timestamp) -> Result<()> {
    crate::digests::remove(tx, id)?;
    db!(tx, c => diesel::update(accounts::table.find(id.0))
        .set((
            accounts::email.eq(id.to_string()),
            accounts::wanted_email.eq(None::<String>),
            accounts::password_hash.eq(""),
            accounts::admin.eq(false),
            accounts::reason.eq(""),
            accounts::totp.eq(None::<Vec<u8>>),
            accounts::disabled.eq(now.0),
        ))
        .execute(c))?;
    Ok(())
}

/// Takes a login in.
pub fn approve(tx: &mut Tx<'_>, id: ActorId, now: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0)).set(accounts::approved.eq(now.0)).execute(c))?;
    Ok(())
}

/// Some logins made before `before` whose address nobody confirmed.
pub fn unconfirmed(conn: &mut Conn, before: ActorId, limit: i64) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => accounts::table
        .filter(accounts::id.lt(before.0))
        .filter(accounts::confirmed.is_null().and(accounts::disabled.is_null()))
        .order(accounts::id)
        .limit(limit)
        .select(accounts::id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// The logins that wait to be taken in, the oldest first; not those whose address is yet to be confirmed.
pub fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<Account>> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::approved.is_null().and(accounts::disabled.is_null()))
        .filter(accounts::confirmed.is_not_null())
        .order(accounts::id)
        .limit(limit)
        .select(Account::as_select())
        .load(c))?)
}

/// Which of these people wait to be taken in.
pub fn waiting_among(conn: &mut Conn, people: &[ActorId]) -> Result<Vec<ActorId>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = db!(conn, c => accounts::table
        .filter(accounts::id.among(people))
        .filter(accounts::approved.is_null().and(accounts::disabled.is_null()))
        .select(accounts::id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// How many logins wait to be taken in.
pub fn count_waiting(conn: &mut Conn) -> Result<i64> {
    Ok(db!(conn, c => accounts::table
        .filter(accounts::approved.is_null().and(accounts::disabled.is_null()))
        .filter(accounts::confirmed.is_not_null())
        .count()
        .get_result(c))?)
}

/// Makes somebody an admin, or no longer.
pub fn set_admin(tx: &mut Tx<'_>, id: ActorId, on: bool) -> Result<()> {
    tx.touch(id);
    db!(tx, c => diesel::update(accounts::table.find(id.0)).set(accounts::admin.eq(on)).execute(c))?;
    Ok(())
}

/// Sets the secret of the second step, sealed, and the last code that was used.
pub fn set_totp(tx: &mut Tx<'_>, id: ActorId, sealed: Option<&[u8]>, step: i64) -> Result<()> {
    db!(tx, c => diesel::update(accounts::table.find(id.0))
        .set((accounts::totp.eq(sealed), accounts::totp_step.eq(step)))
        .execute(c))?;
    Ok(())
}

/// Replaces the recovery codes of a login by those with these hashes.
pub fn set_recovery_codes(tx: &mut Tx<'_>, id: ActorId, hashes: &[String]) -> Result<()> {
    db!(tx, c => diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(id.0))).execute(c))?;
    for hash in hashes {
        db!(tx, c => diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::account_id.eq(id.0), recovery_codes::hash.eq(hash)))
            .execute(c))?;
    }
    Ok(())
}

/// Uses a recovery code up; whether there was such a one.
pub fn spend_recovery_code(tx: &mut Tx<'_>, id: ActorId, hash: &str) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(recovery_codes::table.find((id.0, hash))).execute(c))? > 0)
}
