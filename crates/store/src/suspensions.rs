//! Of whom nothing is shown, and why.
use diesel::prelude::*;
use domain::id::{ActorId, PeerId};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    schema::actors,
};

/// Why nothing is shown of somebody; the word is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// They are suspended here for themselves.
    Person,
    /// They are suspended here with their whole server.
    Server,
    /// Their own server suspended them.
    Origin,
}

impl Suspension {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Server => "server",
            Self::Origin => "origin",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Person, Self::Server, Self::Origin].into_iter().find(|why| why.as_str() == word)
    }

    /// Whether that was decided here.
    pub fn is_ours(self) -> bool {
        self != Self::Origin
    }
}

/// Suspends an actor, or lifts that.
pub fn set(tx: &mut Tx<'_>, id: ActorId, why: Option<Suspension>) -> Result<()> {
    tx.memory().change_all();
    tx.touch(Basis::Everything);
    db!(tx, c => diesel::update(actors::table.find(id.0))
        .set(actors::suspended.eq(why.map(Suspension::as_str)))
        .execute(c))?;
    Ok(())
}

/// Why nothing is shown of an actor, if that is so.
pub fn of(conn: &mut Conn, id: ActorId) -> Result<Option<Suspension>> {
    Ok(among(conn, &[id])?.pop().map(|(_, why)| why))
}

/// Those among `ids` of whom nothing is shown, and why.
pub fn among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<(ActorId, Suspension)>> {
    let found: Vec<(i64, Option<String>)> = db!(conn, c => actors::table
        .filter(actors::id.among(ids).and(actors::suspended.is_not_null()))
        .select((actors::id, actors::suspended))
        .load(c))?;
    let read = |(id, word): (i64, Option<String>)| Some((ActorId(id), Suspension::read(&word?)?));
    Ok(found.into_iter().filter_map(read).collect())
}

/// Suspends all actors of a server, or lifts that; those who are suspended for themselves stay so.
pub fn set_server(tx: &mut Tx<'_>, peer: PeerId, on: bool) -> Result<()> {
    tx.memory().change_all();
    tx.touch(Basis::Everything);
    let server = Suspension::Server.as_str();
    db!(tx, c => {
        let there = actors::table.filter(actors::peer_id.eq(peer.0));
        if on {
            diesel::update(there.filter(actors::suspended.is_null())).set(actors::suspended.eq(server)).execute(c)?
        } else {
            diesel::update(there.filter(actors::suspended.eq(server)))
                .set(actors::suspended.eq(None::<String>))
                .execute(c)?
        }
    });
    Ok(())
}
