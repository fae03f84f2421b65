//! Browsers that are signed in.
use diesel::prelude::*;
use domain::{
    id::{ActorId, PeerId, SessionId},
    time::Timestamp,
};

use crate::{
    accounts::Account,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::{accounts, actors, sessions},
};

/// A browser that is signed in; of its secret only the hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// SHA-256 of its secret, hexadecimal.
    pub hash: String,
    /// Who is signed in: with a login here, or with an account elsewhere.
    pub person_id: i64,
    /// Since when, in milliseconds.
    pub created: i64,
    /// When it was last seen, in milliseconds; not to the minute.
    pub seen: i64,
    /// Until when, in milliseconds.
    pub expires: i64,
    /// What the browser calls itself.
    pub agent: String,
    /// From which network address; empty if that is not known.
    pub address: String,
}

/// Adds a session.
pub fn insert(tx: &mut Tx<'_>, session: &Session) -> Result<()> {
    db!(tx, c => diesel::insert_into(sessions::table).values(session).execute(c))?;
    Ok(())
}

/// The session with this hash and the login of its person, if they have one here, when it is valid at `now`: not if the
/// login was closed, nor if the person was suspended or deleted.
pub fn find(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<(Session, Option<Account>)>> {
    let found: Option<(Session, Option<Account>)> = db!(conn, c => sessions::table
        .inner_join(actors::table.on(actors::id.eq(sessions::person_id)))
        .left_join(accounts::table.on(accounts::id.eq(sessions::person_id)))
        .filter(sessions::hash.eq(hash).and(sessions::expires.gt(now.0)))
        .filter(actors::deleted.is_null().and(actors::suspended.is_null()))
        .select((Session::as_select(), Option::<Account>::as_select()))
        .first(c)
        .optional())?;
    Ok(found.filter(|(_, account)| account.as_ref().is_none_or(|account| account.disabled.is_none())))
}

/// The sessions of a person that are valid at `now`, the last seen first.
pub fn of(conn: &mut Conn, person: ActorId, now: Timestamp) -> Result<Vec<Session>> {
    Ok(db!(conn, c => sessions::table
        .filter(sessions::person_id.eq(person.0).and(sessions::expires.gt(now.0)))
        .order((sessions::seen.desc(), sessions::id.desc()))
        .select(Session::as_select())
        .load(c))?)
}

/// From which network addresses these people are signed in, and when they were last seen there, the newest first.
pub fn addresses(conn: &mut Conn, people: &[ActorId]) -> Result<Vec<(ActorId, String, Timestamp)>> {
    let rows: Vec<(i64, String, i64)> = db!(conn, c => sessions::table
        .filter(sessions::person_id.among(people).and(sessions::address.ne("")))
        .order(sessions::seen.desc())
        .select((sessions::person_id, sessions::address, sessions::seen))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, address, seen)| (ActorId(id), address, Timestamp(seen))).collect())
}

/// Remembers that a session was seen, and lets it last until `expires`.
pub fn touch(tx: &mut Tx<'_>, id: SessionId, now: Timestamp, expires: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(sessions::table.find(id.0))
        .set((sessions::seen.eq(now.0), sessions::expires.eq(expires.0)))
        .execute(c))?;
    Ok(())
}

/// Gives a session of a person another secret; whether there was one.
pub fn renew(tx: &mut Tx<'_>, person: ActorId, id: SessionId, hash: &str) -> Result<bool> {
    let one = sessions::table.find(id.0).filter(sessions::person_id.eq(person.0));
    Ok(db!(tx, c => diesel::update(one).set(sessions::hash.eq(hash)).execute(c))? > 0)
}

/// Ends a session of a person; whether there was one.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, id: SessionId) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(sessions::table.find(id.0).filter(sessions::person_id.eq(person.0))).execute(c))?
        > 0)
}

/// Ends all sessions of a person but one.
pub fn remove_others(tx: &mut Tx<'_>, person: ActorId, kept: Option<SessionId>) -> Result<()> {
    let kept = kept.map_or(0, |id| id.0);
    db!(tx, c => diesel::delete(sessions::table
        .filter(sessions::person_id.eq(person.0).and(sessions::id.ne(kept))))
    .execute(c))?;
    Ok(())
}

/// Ends all sessions of the people of a server.
pub fn remove_at(tx: &mut Tx<'_>, peer: PeerId) -> Result<()> {
    let people = actors::table.filter(actors::peer_id.eq(peer.0)).select(actors::id);
    db!(tx, c => diesel::delete(sessions::table.filter(sessions::person_id.eq_any(people))).execute(c))?;
    Ok(())
}
