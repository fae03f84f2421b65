//! Advice: those elsewhere who ask to follow a private community whose posts stay home are told, once, that nothing of it
//! comes to them, and where it is read.
use std::time::Duration;

use domain::{actor::Actor, group::Joining, id::ActorId};
use futures_util::future::BoxFuture;

use crate::{App, Event, Result, Tx, hints, messages, tongues::Tongue};

/// The job that tells them; its subject is the number of the group and that of the person.
pub(crate) const ADVISE: &str = "advise";

/// Somebody asked to follow, or was answered at once. Whoever is refused although others are not hears nothing but that.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    let (follow, is_refused) = match event {
        Event::FollowAsked { follow } => (follow, false),
        Event::FollowAnswered { follow, accepted } => (follow, !accepted),
        _ => return Ok(()),
    };
    let (group, person) = (follow.target, follow.follower);
    if hints::stays_home(tx, group)?.is_none() || store::actors::is_local(tx, person)? {
        return Ok(());
    }
    let joining = store::groups::rules(tx, group)?.map(|rules| rules.joining);
    if is_refused && joining != Some(Joining::Invite) {
        return Ok(());
    }
    tx.push_job(ADVISE, &format!("{group} {person}"), Duration::ZERO)
}

/// Tells somebody who was never told.
pub(crate) fn give(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let ids = subject.split_once(' ').and_then(|(group, person)| Some((group.parse().ok()?, person.parse().ok()?)));
        let Some((group, person)) = ids.map(|(group, person)| (ActorId(group), ActorId(person))) else { return Ok(()) };
        app.write(move |tx| {
            let Some(actor) = hints::stays_home(tx, group)? else { return Ok(()) };
            let Some(rules) = store::groups::rules(tx, group)? else { return Ok(()) };
            let is_there = |actor: &Actor| actor.deleted.is_none() && !actor.suspended && !actor.is_group();
            if !store::actors::by_id(tx, person)?.is_some_and(|actor| is_there(&actor))
                || !store::charters::advise(tx, group, person)?
            {
                return Ok(());
            }
            let text = letter(tx, (&actor, person), rules.joining)?;
            messages::confide(tx, group, person, &text).map(drop)
        })
        .await
    })
}

/// What they are told.
fn letter(tx: &mut Tx<'_, '_>, (group, person): (&Actor, ActorId), joining: Joining) -> Result<String> {
    let handle = group.handle();
    let (spanish, english) = match joining {
        Joining::Open => ("Ya eres miembro.", "You are a member now."),
        Joining::Approval => ("Su equipo tiene tu solicitud.", "Its team has your request."),
        Joining::Invite => ("Se entra solo por invitación.", "People join it by invitation only."),
    };
    let say = |tongue: Tongue| {
        tongue.pick(
            format!(
                "@{handle} es una comunidad privada. {spanish} Lo que se escribe en ella no sale de su servidor, así que no \
                 llega a quien la sigue desde otro: se lee y se escribe en su página, donde puedes entrar con la cuenta que ya \
                 tienes, sin otra contraseña. Este mensaje no se repite."
            ),
            format!(
                "@{handle} is a private community. {english} What is written in it does not leave its server, so it does not \
                 reach those who follow it from another one: one reads and writes on its page, where you can sign in with the \
                 account that you have, without another password. This message does not come again."
            ),
        )
    };
    messages::letter(tx, (group.id, person), say, Some((&group.url, ("Su página", "Its page"))))
}
