//! Welcomes: what a community says, once, to those who begin to follow it or join; and how it parts from those who followed
//! it before it became private.
use std::time::Duration;

use domain::{
    actor::Actor,
    group::{Joining, Role},
    id::ActorId,
    text::markdown,
    urls::{self, Sheet},
};
use futures_util::future::BoxFuture;

use crate::{App, Event, Result, Tx, messages, tongues::Tongue};

/// The job that says it; its subject is the number of the group and that of the person.
pub(crate) const SAY: &str = "welcome";

/// Somebody came: they are welcomed soon, if the community has a word for them.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    let (group, person) = match event {
        Event::FollowAnswered { follow, accepted: true } => (follow.target, follow.follower),
        Event::RoleChanged { group, person, from: None, to: Some(Role::Member), .. } => (*group, *person),
        _ => return Ok(()),
    };
    if word(tx, group)?.is_some() {
        tx.push_job(SAY, &format!("{group} {person}"), Duration::ZERO)?;
    }
    Ok(())
}

/// What a community here says.
fn word(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<Option<String>> {
    let charter = store::charters::of(tx, group)?;
    Ok(charter.map(|charter| charter.welcome).filter(|welcome| !welcome.is_empty()))
}

/// Welcomes somebody who is still there and was never welcomed.
pub(crate) fn say(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let ids = subject.split_once(' ').and_then(|(group, person)| Some((group.parse().ok()?, person.parse().ok()?)));
        let Some((group, person)) = ids.map(|(group, person)| (ActorId(group), ActorId(person))) else { return Ok(()) };
        app.write(move |tx| {
            let (group, person) = (store::actors::by_id(tx, group)?, store::actors::by_id(tx, person)?);
            let (Some(group), Some(person)) = (group, person) else { return Ok(()) };
            let is_there = |actor: &Actor| actor.deleted.is_none() && !actor.suspended;
            if !is_there(&group) || !is_there(&person) || person.is_group() {
                return Ok(());
            }
            let Some(word) = word(tx, group.id)? else { return Ok(()) };
            let now = tx.now();
            let standing = store::groups::standing(tx, group.id, person.id, now)?;
            if !(standing.follows || standing.is_member()) || !store::charters::welcome(tx, group.id, person.id)? {
                return Ok(());
            }
            let rules = store::bylaws::of(tx, group.id)?.is_some_and(|bylaws| !bylaws.list.is_empty());
            let text = letter(tx, &group, person.id, rules)?;
            let text = format!("{word}\n\n{text}");
            messages::confide(tx, group.id, person.id, &text).map(drop)
        })
        .await
    })
}

/// How one writes in a community, and how one leaves, in the language of whoever reads it.
fn letter(tx: &mut Tx<'_, '_>, group: &Actor, person: ActorId, has_rules: bool) -> Result<String> {
    let (handle, title) = (group.handle(), markdown::escape(&group.title));
    let page = if has_rules { urls::sheet(&group.uri, Sheet::Rules) } else { group.url.clone() };
    let say = |tongue: Tongue| {
        tongue.pick(
            format!(
                "Para escribir en {title}, menciona a @{handle} o responde a lo que publica. Para no recibir nada más, deja \
                 de seguirla. Este mensaje no se repite."
            ),
            format!(
                "To write in {title}, mention @{handle} or reply to what it posts. To get nothing more, stop following it. \
                 This message does not come again."
            ),
        )
    };
    messages::letter(tx, (group.id, person), say, Some((&page, ("Normas y conversaciones", "Rules and conversations"))))
}

/// Tells somebody who followed a group why they do not any more: it is private now.
pub(crate) fn part(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<()> {
    let (actor, who) = (store::actors::by_id(tx, group)?, store::actors::by_id(tx, person)?);
    let (Some(actor), Some(who)) = (actor, who) else { return Ok(()) };
    if who.deleted.is_some() || who.suspended || who.is_group() {
        return Ok(());
    }
    let asks = store::groups::rules(tx, group)?.is_some_and(|rules| rules.joining != Joining::Invite);
    let text = parting(tx, &actor, person, asks)?;
    messages::confide(tx, group, person, &text).map(drop)
}

/// Why somebody does not follow a group any more, and how they come back.
fn parting(tx: &mut Tx<'_, '_>, group: &Actor, person: ActorId, asks: bool) -> Result<String> {
    let (handle, title) = (group.handle(), markdown::escape(&group.title));
    let again = |tongue: Tongue| {
        if asks {
            tongue.pick(
                format!("Si quieres entrar, sigue otra vez a @{handle}: el equipo responderá a tu solicitud."),
                format!("If you want to come in, follow @{handle} again: its team answers your request."),
            )
        } else {
            tongue.pick("Se entra por invitación de su equipo.", "Its team invites people to join.").to_owned()
        }
    };
    let say = |tongue: Tongue| {
        let why = tongue.pick(
            format!(
                "{title} es privada desde ahora: solo la leen sus miembros, así que has dejado de seguirla y no te llegará lo \
                 nuevo. Lo que ya era público sigue siéndolo."
            ),
            format!(
                "{title} is private from now on: only its members read it, so you do not follow it any more and get nothing \
                 new. What was public already stays so."
            ),
        );
        format!("{why} {}", again(tongue))
    };
    messages::letter(tx, (group.id, person), say, Some((&group.url, ("Su página", "Its page"))))
}
