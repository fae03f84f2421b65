//! The roll of logins: what those who administer the server see of them, and do for them.
use domain::{actor::Actor, handle::Handle, id::ActorId, policy};
pub use store::roll::{Origin, Sought, Standing, State, Wanted};
use store::{
    Conn, accounts::Account, passkeys::Passkey, sessions::Session, suspensions::Suspension, timelines::Window,
};

use crate::{App, Error, Event, House, Key, Me, Result, Tx, passkeys, rules, sessions};

/// Somebody, as admins see them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who it is.
    pub actor: Actor,
    /// Their login; none, if they live elsewhere.
    pub account: Option<Account>,
    /// Whether they are suspended.
    pub suspended: bool,
}

impl Entry {
    /// Whether they can take part: they are there, not suspended, and their login, if it is one of here, is open.
    pub(crate) fn is_able(&self) -> bool {
        let shut = self.account.as_ref().is_some_and(|account| account.disabled.is_some());
        self.actor.deleted.is_none() && !self.actor.suspended && !shut
    }
}

/// A page of those who have a login, the newest first; and whoever lives elsewhere, if `wanted` names them by their
/// handle. For admins.
pub async fn page(app: &App, me: Me, wanted: Wanted, limit: i64) -> Result<Vec<Entry>> {
    let home = app.site().host().clone();
    rules::read_as_admin(app, me, move |c| {
        let named = Handle::parse(&wanted.text).and_then(|handle| Some((handle.name, handle.host?)));
        if let Some((name, host)) = named.filter(|(_, host)| *host != home)
            && let Some(actor) = store::actors::by_handle(c, &name, host.as_str())?.filter(|actor| !actor.is_group())
        {
            let suspended = is_suspended(c, actor.id)?;
            return Ok(vec![Entry { actor, account: None, suspended }]);
        }
        let text = wanted.text.trim().trim_start_matches('@').to_lowercase();
        let accounts = store::roll::page(c, &Wanted { text, ..wanted }, limit)?;
        let ids: Vec<ActorId> = accounts.iter().map(|account| ActorId(account.id)).collect();
        entries(c, &ids)
    })
    .await
}

/// Whether somebody is suspended here, by themselves or with their server.
fn is_suspended(conn: &mut Conn, person: ActorId) -> store::Result<bool> {
    Ok(store::suspensions::of(conn, person)?.is_some_and(Suspension::is_ours))
}

/// These people as admins see them, in their order.
pub fn entries(conn: &mut Conn, ids: &[ActorId]) -> store::Result<Vec<Entry>> {
    let (actors, suspended) = (store::actors::by_ids(conn, ids)?, store::suspensions::among(conn, ids)?);
    let is_suspended = |id: ActorId| suspended.iter().any(|(who, why)| *who == id && why.is_ours());
    let accounts = store::accounts::by_ids(conn, ids)?;
    let entry = |id: &ActorId| {
        let actor = actors.iter().find(|actor| actor.id == *id)?.clone();
        let account = accounts.iter().find(|account| account.id == id.0).cloned();
        Some(Entry { suspended: is_suspended(*id), actor, account })
    };
    Ok(ids.iter().filter_map(entry).collect())
}

/// A part of all people, here and elsewhere, the newest first; for admins.
pub async fn search(app: &App, me: Me, sought: Sought, window: Window) -> Result<Vec<Entry>> {
    rules::read_as_admin(app, me, move |c| {
        let ids = store::roll::search(c, &sought, window)?;
        entries(c, &ids)
    })
    .await
}

/// Closes somebody's login, or opens it again. They stay where they are, and what they wrote is shown.
pub async fn shut(app: &App, me: Me, person: ActorId, on: bool) -> Result<()> {
    app.write(move |tx| {
        login(tx, me, person)?;
        let is_gone = store::actors::by_id(tx, person)?.is_none_or(|actor| actor.deleted.is_some());
        if is_gone || is_suspended(tx, person)? {
            return Err(Error::Invalid("they left, or are suspended".into()));
        }
        let now = tx.now();
        if on {
            sessions::end_all(tx, person)?;
        }
        Ok(store::accounts::set_disabled(tx, person, on.then_some(now))?)
    })
    .await
}

/// By what somebody gets in, beside their password.
#[derive(Debug, Clone)]
pub struct Entrance {
    /// The browsers that they are signed in with.
    pub sessions: Vec<Session>,
    /// Their passkeys.
    pub passkeys: Vec<Passkey>,
}

/// One person, and by what they get in; for admins.
pub async fn show(app: &App, me: Me, person: ActorId) -> Result<(Entry, Entrance)> {
    let now = app.now();
    let found = rules::read_as_admin(app, me, move |c| {
        let Some(actor) = store::actors::by_id(c, person)?.filter(|actor| actor.deleted.is_none()) else {
            return Ok(None);
        };
        let (account, suspended) = (store::accounts::by_id(c, person)?, is_suspended(c, person)?);
        let (sessions, passkeys) = (store::sessions::of(c, person, now)?, store::passkeys::of(c, person)?);
        let is_person = !actor.is_group() && (account.is_some() || !actor.is_local());
        Ok(is_person.then_some((Entry { actor, account, suspended }, Entrance { sessions, passkeys })))
    });
    found.await?.ok_or(Error::NotFound)
}

/// Signs somebody out everywhere: browsers, applications and scripts; of guests the browsers.
pub async fn sign_out(app: &App, me: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        policy::suspend(&rules::standing(tx, me)?, person == me.0)?;
        sessions::end_all(tx, person)
    })
    .await
}

/// Asks somebody for no second step any more, who has lost their authenticator and their recovery codes.
pub async fn forget_second_step(app: &App, me: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        if login(tx, me, person)?.totp.is_some() {
            store::accounts::set_totp(tx, person, None, 0)?;
            store::accounts::set_recovery_codes(tx, person, &[])?;
            tx.emit(Event::House(House::Eased { person, by: me.0, key: Key::SecondStep }));
        }
        Ok(())
    })
    .await
}

/// Takes all passkeys away from somebody who has lost what keeps them, or from whom somebody took it.
pub async fn forget_passkeys(app: &App, me: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        login(tx, me, person)?;
        if passkeys::forget(tx, person)? {
            tx.emit(Event::House(House::Eased { person, by: me.0, key: Key::Passkeys }));
        }
        Ok(())
    })
    .await
}

/// Makes somebody an admin, or no longer. Whoever becomes one signs in anew, and lets apps administer anew: what was
/// open before has no such power.
pub async fn entrust(app: &App, me: Me, person: ActorId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let account = login(tx, me, person)?;
        if on && !account.is_ready() {
            return Err(Error::Invalid("this login cannot be used yet, or no more".into()));
        }
        if account.admin != on {
            store::accounts::set_admin(tx, person, on)?;
            if on {
                sessions::keep_only(tx, person, None)?;
                store::tokens::remove_powerful(tx, person)?;
            }
            tx.emit(Event::House(House::Entrusted { person, by: me.0, on }));
        }
        Ok(())
    })
    .await
}

/// Whose login it is about, if `me` decides about it.
fn login(tx: &mut Tx<'_, '_>, me: Me, person: ActorId) -> Result<Account> {
    policy::suspend(&rules::standing(tx, me)?, person == me.0)?;
    store::accounts::by_id(tx, person)?.ok_or(Error::NotFound)
}
