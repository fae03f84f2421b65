//! The first run: whoever sets the server up makes their own login and the first group, together and only once.
use domain::{
    actor::Actor,
    charter::{Charter, Purpose},
    handle, policy,
    text::plain,
};

use crate::{
    App, Error, Result, charters,
    groups::{self, NewGroup},
    people::{self, NewPerson},
};

/// What is wrong with a field of the first run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// The person's name does not fit the grammar of names.
    PersonName,
    /// The person's name would pass for the server's staff.
    PersonReserved,
    /// This is no e-mail address.
    Email,
    /// The password is too short or too long.
    Password,
    /// The group's name does not fit the grammar of names.
    GroupName,
    /// The group's name would pass for the server itself.
    GroupReserved,
    /// Person and group share one namespace, so they cannot share a name.
    SameName,
    /// The group has no title.
    Title,
    /// The group would be private, and open to whoever comes.
    OpenDoor,
}

/// Whether nobody has a login here yet; once somebody has, that never changes.
pub async fn is_needed(app: &App) -> Result<bool> {
    Ok(!app.read(store::accounts::any).await?)
}

/// What somebody who is not at the machine of the server has to know for the first run; the log says it.
pub fn code(app: &App) -> Result<String> {
    app.seal().code("first run")
}

/// Whether this is the code of the first run; how long that takes does not tell how much of it is right.
pub fn is_code(app: &App, entered: &str) -> Result<bool> {
    let (code, entered) = (code(app)?, entered.trim().to_lowercase());
    Ok(code.len() == entered.len() && openssl::memcmp::eq(code.as_bytes(), entered.as_bytes()))
}

/// What is wrong with what was entered; nothing, if it can be tried.
pub fn flaws(person: &NewPerson, group: &NewGroup) -> Vec<Flaw> {
    let name_flaw = |name: &str, grammar, reserved| match handle::local_name(name) {
        None => Some(grammar),
        Some(name) => handle::is_reserved(&name).then_some(reserved),
    };
    let same = !person.name.is_empty() && person.name.eq_ignore_ascii_case(&group.name);
    let checks = [
        name_flaw(&person.name, Flaw::PersonName, Flaw::PersonReserved),
        people::checked_email(&person.email).is_err().then_some(Flaw::Email),
        (!people::passwords::fits(&person.password)).then_some(Flaw::Password),
        name_flaw(&group.name, Flaw::GroupName, Flaw::GroupReserved),
        same.then_some(Flaw::SameName),
        plain::name(&group.title).is_empty().then_some(Flaw::Title),
        policy::settle(group.visibility, group.joining).is_err().then_some(Flaw::OpenDoor),
    ];
    checks.into_iter().flatten().collect()
}

/// Makes the owner and the first group, unless somebody has a login here: then it is a conflict.
pub async fn complete(app: &App, person: NewPerson, group: NewGroup, purpose: Purpose) -> Result<(Actor, Actor)> {
    let taken = || Error::Conflict("this server has been set up already".into());
    if !is_needed(app).await? {
        return Err(taken());
    }
    let person = people::prepare(app, person).await?;
    let charter = Charter { purpose, source: plain::cut(&group.summary, charters::PURPOSE), ..Charter::default() };
    let group = groups::prepare(app, group).await?;
    app.write(move |tx| {
        if store::accounts::any(tx)? {
            return Err(taken());
        }
        let owner = people::enrol(tx, &person)?;
        let group = groups::found(tx, owner.id, &group)?;
        store::charters::set(tx, group.id, &charter)?;
        Ok((owner, group))
    })
    .await
}
