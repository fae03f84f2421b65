//! Where clients want to be woken by a push service.
use diesel::{dsl::max, prelude::*};
use domain::id::ActorId;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::{push_subscriptions, tokens},
};

/// What a client said about how it is woken; there is one for each token.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_subscriptions)]
pub struct Subscription {
    /// Its number: small, because clients read it as one.
    pub id: i64,
    /// By what its token is known.
    pub token_hash: String,
    /// The token, sealed: a client with several logins tells by it whom it is woken for.
    pub token: Vec<u8>,
    /// The address at the push service.
    pub endpoint: String,
    /// The client's public key, a point of P-256.
    pub p256dh: Vec<u8>,
    /// What client and server alone know.
    pub auth: Vec<u8>,
    /// Whether it reads what RFC 8291 says, not the draft before it.
    pub standard: bool,
    /// The kinds of notices that wake it, words with spaces between.
    pub alerts: String,
    /// Whose deeds wake it, one word.
    pub circle: String,
}

/// Keeps a subscription in place of the one that its token had, under a number of its own, which is returned.
pub fn set(tx: &mut Tx<'_>, subscription: Subscription) -> Result<Subscription> {
    remove(tx, &subscription.token_hash)?;
    let last: Option<i64> = db!(tx, c => push_subscriptions::table.select(max(push_subscriptions::id)).first(c))?;
    let subscription = Subscription { id: last.unwrap_or(0) + 1, ..subscription };
    db!(tx, c => diesel::insert_into(push_subscriptions::table).values(&subscription).execute(c))?;
    Ok(subscription)
}

/// Changes what wakes the client with this token; whether it is woken at all.
pub fn change(tx: &mut Tx<'_>, token_hash: &str, alerts: &str, circle: &str) -> Result<bool> {
    let own = push_subscriptions::table.filter(push_subscriptions::token_hash.eq(token_hash));
    let changes = (push_subscriptions::alerts.eq(alerts), push_subscriptions::circle.eq(circle));
    Ok(db!(tx, c => diesel::update(own).set(changes).execute(c))? > 0)
}

/// Wakes the client with this token no more.
pub fn remove(tx: &mut Tx<'_>, token_hash: &str) -> Result<()> {
    let own = push_subscriptions::table.filter(push_subscriptions::token_hash.eq(token_hash));
    db!(tx, c => diesel::delete(own).execute(c))?;
    Ok(())
}

/// How the client with this token is woken.
pub fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Subscription>> {
    Ok(db!(conn, c => push_subscriptions::table
        .filter(push_subscriptions::token_hash.eq(token_hash))
        .select(Subscription::as_select())
        .first(c)
        .optional())?)
}

/// The subscription with this number.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Subscription>> {
    Ok(db!(conn, c => push_subscriptions::table.find(id).select(Subscription::as_select()).first(c).optional())?)
}

/// How the clients of somebody are woken.
pub fn of(conn: &mut Conn, account: ActorId) -> Result<Vec<Subscription>> {
    Ok(db!(conn, c => push_subscriptions::table
        .inner_join(tokens::table.on(tokens::hash.eq(push_subscriptions::token_hash)))
        .filter(tokens::account_id.eq(account.0))
        .order(push_subscriptions::id)
        .select(Subscription::as_select())
        .load(c))?)
}
