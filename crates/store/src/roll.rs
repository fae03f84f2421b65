//! The roll of logins, as those who administer the server look through it.
use diesel::prelude::*;
use domain::id::ActorId;

use crate::{
    accounts::Account,
    conn::{Conn, db},
    error::Result,
    schema::{accounts, actors},
};

/// What a login may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits to be taken in.
    Waiting,
    /// It is closed.
    Closed,
    /// It administers the server.
    Admin,
}

/// Which logins are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In lower case: their name or their address holds it.
    pub text: String,
    /// Only those that are this.
    pub state: Option<State>,
    /// Only those made before this one.
    pub before: Option<ActorId>,
}

/// A page of logins, the newest first; not of those who left.
pub fn page(conn: &mut Conn, wanted: &Wanted, limit: i64) -> Result<Vec<Account>> {
    let text = format!("%{}%", wanted.text.replace(['%', '_', '\\'], ""));
    Ok(db!(conn, c => {
        let mut query = accounts::table
            .inner_join(actors::table.on(actors::id.eq(accounts::id)))
            .filter(actors::deleted.is_null().and(accounts::id.lt(wanted.before.map_or(i64::MAX, i64::from))))
            .filter(actors::name.like(&text).or(accounts::email.like(&text)))
            .order(accounts::id.desc())
            .limit(limit)
            .select(Account::as_select())
            .into_boxed();
        query = match wanted.state {
            None => query,
            Some(State::Waiting) => query
                .filter(accounts::approved.is_null().and(accounts::disabled.is_null()))
                .filter(accounts::confirmed.is_not_null()),
            Some(State::Closed) => query.filter(accounts::disabled.is_not_null()),
            Some(State::Admin) => query.filter(accounts::admin.eq(true)),
        };
        query.load(c)?
    }))
}
