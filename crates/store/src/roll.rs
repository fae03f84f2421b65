//! The roll of logins, as those who administer the server look through it.
use diesel::prelude::*;
use domain::{actor::ActorKind, id::ActorId};

use crate::{
    accounts::Account,
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{accounts, actors, sessions},
    suspensions::Suspension,
    timelines::Window,
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

/// Where somebody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Here.
    Here,
    /// On another server.
    Elsewhere,
}

/// How somebody stands with this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing keeps them from anything.
    Active,
    /// They wait to be taken in.
    Pending,
    /// Their login is closed.
    Disabled,
    /// They are suspended.
    Suspended,
    /// They are heard by those alone who ask for them.
    Silenced,
    /// All their pictures are covered.
    Veiled,
}

/// Who is looked for, here and elsewhere. Texts are in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Where they live.
    pub origin: Option<Origin>,
    /// How they stand.
    pub standing: Option<Standing>,
    /// Whether they administer the server.
    pub admin: bool,
    /// What their name begins with.
    pub name: Option<String>,
    /// What stands in what they are called.
    pub title: Option<String>,
    /// The host of their handle.
    pub host: Option<String>,
    /// What stands in their mail address.
    pub email: Option<String>,
    /// The network address that they are signed in from.
    pub address: Option<String>,
}

/// A part of all people, the newest first; not of those who left.
pub fn search(conn: &mut Conn, sought: &Sought, window: Window) -> Result<Vec<ActorId>> {
    let plain = |text: &str| text.replace(['%', '_', '\\'], "");
    let people = [ActorKind::Person, ActorKind::Service].map(Word);
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = actors::table
            .left_join(accounts::table.on(accounts::id.eq(actors::id)))
            .filter(actors::deleted.is_null().and(actors::kind.among(&people)))
            .filter(actors::peer_id.is_not_null().or(accounts::id.is_not_null()))
            .filter(actors::id.lt(window.before).and(actors::id.gt(window.after)))
            .limit(window.limit)
            .select(actors::id)
            .into_boxed();
        query = match sought.origin {
            None => query,
            Some(Origin::Here) => query.filter(actors::peer_id.is_null()),
            Some(Origin::Elsewhere) => query.filter(actors::peer_id.is_not_null()),
        };
        query = match sought.standing {
            None => query,
            Some(Standing::Active) => query
                .filter(actors::suspended.is_null().and(accounts::disabled.is_null()))
                .filter(actors::peer_id.is_not_null().or(accounts::approved.is_not_null())),
            Some(Standing::Pending) => query
                .filter(actors::peer_id.is_null().and(accounts::approved.is_null()).and(accounts::disabled.is_null())),
            Some(Standing::Disabled) => query.filter(accounts::disabled.is_not_null()),
            Some(Standing::Suspended) => query.filter(actors::suspended.ne(Suspension::Origin.as_str())),
            Some(Standing::Silenced) => query.filter(actors::silenced.eq(true)),
            Some(Standing::Veiled) => query.filter(actors::veiled.eq(true)),
        };
        if sought.admin {
            query = query.filter(accounts::admin.eq(true));
        }
        if let Some(name) = &sought.name {
            query = query.filter(actors::name.like(format!("{}%", plain(name))));
        }
        if let Some(title) = &sought.title {
            query = query.filter(actors::title.like(format!("%{}%", plain(title))));
        }
        if let Some(host) = &sought.host {
            query = query.filter(actors::host.eq(host));
        }
        if let Some(email) = &sought.email {
            query = query.filter(accounts::email.like(format!("%{}%", plain(email))));
        }
        if let Some(address) = &sought.address {
            let there = sessions::table.filter(sessions::person_id.eq(actors::id).and(sessions::address.eq(address)));
            query = query.filter(diesel::dsl::exists(there));
        }
        if window.nearest { query.order(actors::id.asc()) } else { query.order(actors::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(ids.into_iter().map(ActorId).collect()))
}
