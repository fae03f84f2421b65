//! Leaving for good: somebody here deletes their login, what they wrote, and all that is kept of them.
use std::{sync::Arc, time::Duration};

use domain::{
    group::Role,
    id::{self, ActorId},
    policy,
    time::span,
};

use crate::{
    App, Error, Event, Me, Result, Tx, actors, arrivals, groups, rules,
    second_step::{self, Secret},
    sessions,
};

/// What came of the wish to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    /// They are gone; what they wrote goes, a piece at a time.
    Done,
    /// The password is wrong.
    Wrong,
    /// What was to be typed is something else.
    Untyped,
    /// These groups would have no owner any more.
    Owns(Vec<String>),
}

/// Deletes the login of somebody who typed its name and knows their password. The name is never given again, and other
/// servers are told to forget the person.
pub async fn leave(app: &App, me: Me, typed: &str, secret: Secret) -> Result<Farewell> {
    let actor = app.read(move |c| store::actors::by_id(c, me.0)).await?.ok_or(Error::NotFound)?;
    if typed.trim().trim_start_matches('@').to_lowercase() != actor.name {
        return Ok(Farewell::Untyped);
    }
    if !second_step::knows_password(app, me, secret).await? {
        return Ok(Farewell::Wrong);
    }
    app.write(move |tx| {
        let owned = owned_alone(tx, me)?;
        if !owned.is_empty() {
            return Ok(Farewell::Owns(owned));
        }
        erase(tx, me)?;
        Ok(Farewell::Done)
    })
    .await
}

/// Deletes the login of somebody who is suspended, and all that they wrote, in their place.
pub async fn remove(app: &App, by: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        policy::suspend(&rules::standing(tx, by)?, person == by.0)?;
        store::accounts::by_id(tx, person)?.ok_or(Error::NotFound)?;
        if store::suspensions::of(tx, person)?.is_none() {
            return Err(Error::Invalid("only who is suspended can be deleted".into()));
        }
        erase(tx, Me(person))
    })
    .await
}

/// How long somebody has to confirm the address of a new login.
const UNCONFIRMED: Duration = span::days(7);

/// Deletes the logins that nobody confirmed in time. Nobody else knows of them, and their names and addresses are free again.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    const SOME: i64 = 100;
    let some = |tx: &mut Tx<'_, '_>| -> Result<bool> {
        let before = ActorId(id::at(tx.now() - UNCONFIRMED, 0));
        let late = store::accounts::unconfirmed(tx, before, SOME)?;
        for person in &late {
            let (site, name) = (tx.site().clone(), format!("_{person}"));
            forget(tx, *person)?;
            store::actors::rename(tx, *person, &name, &site.actor(site.host(), &name))?;
        }
        Ok(i64::try_from(late.len()).is_ok_and(|found| found == SOME))
    };
    while app.write(some).await? && !app.tasks().is_stopping() {}
    Ok(())
}

/// Forgets a login, and all that is kept of whoever had it.
fn forget(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    let now = tx.now();
    sessions::end_all(tx, person)?;
    store::tickets::remove_all(tx, person)?;
    store::accounts::set_recovery_codes(tx, person, &[])?;
    store::passkeys::remove_all(tx, person)?;
    store::identities::remove_all(tx, person)?;
    store::accounts::forget(tx, person, now)?;
    arrivals::give_up(tx, person)?;
    store::own::forget(tx, person)?;
    Ok(store::actors::set_deleted(tx, person, now)?)
}

fn erase(tx: &mut Tx<'_, '_>, me: Me) -> Result<()> {
    let actor = store::actors::by_id(tx, me.0)?.filter(|actor| actor.deleted.is_none()).ok_or(Error::NotFound)?;
    let now = tx.now();
    forget(tx, me.0)?;
    store::follows::remove_all(tx, me.0, now)?;
    store::groups::remove_memberships(tx, me.0)?;
    tx.push_job(actors::ERASE, &me.0.to_string(), Duration::ZERO)?;
    tx.emit(Event::ActorDeleted { actor: Arc::new(actor) });
    Ok(())
}

/// The names of the groups that nobody else owns.
fn owned_alone(tx: &mut Tx<'_, '_>, me: Me) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for group in store::groups::moderated_by(tx, me.0)? {
        let (_, standing) = groups::regard(tx, group, me.0)?;
        let others =
            store::groups::staff(tx, group)?.iter().any(|member| member.role == Role::Owner && member.person != me.0);
        // Whoever may not leave a group stays for it, unless somebody else owns it, too.
        if policy::leave(&standing).is_err() && !others && groups::is_local(tx, group)? {
            names.extend(store::actors::by_id(tx, group)?.map(|group| group.name));
        }
    }
    Ok(names)
}
