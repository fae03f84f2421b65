//! Membership: joining, leaving, and who has which role.
use domain::{
    claim::Item,
    group::{MemberState, Membership, Role},
    id::ActorId,
    policy,
    text::{markdown, plain},
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, claims, follows, groups, messages, tongues::Tongue, waits};

/// The longest reason, in characters.
const REASON: usize = 1_000;

/// Joins a group here, or asks to; the answer is the state this leads to. Whoever lives here follows it by that, too; for
/// guests their own server does.
pub async fn join(app: &App, me: Me, group: ActorId) -> Result<MemberState> {
    app.write(move |tx| enter(tx, me, group)).await
}

/// The same, as a part of what is done.
pub(crate) fn enter(tx: &mut Tx<'_, '_>, me: Me, group: ActorId) -> Result<MemberState> {
    let (rules, standing) = groups::named(tx, group, me.0)?;
    if !groups::is_local(tx, group)? {
        return Err(Error::Invalid("groups elsewhere are followed".into()));
    }
    let state = policy::join(&rules, &standing)?;
    if state == MemberState::Active {
        follows::admit(tx, group, me.0, me.0)?;
        if !standing.follows && store::actors::is_local(tx, me.0)? {
            follows::accept_local(tx, me.0, group)?;
        }
        return Ok(state);
    }
    store::arrivals::remove(tx, me.0, group)?;
    if standing.waiting.is_none() {
        let since = tx.now();
        let membership = Membership { group, person: me.0, role: Role::Member, state, since };
        store::groups::set_membership(tx, &membership)?;
        tx.emit(Event::JoinAsked { group, person: me.0 });
    }
    Ok(state)
}

/// Leaves a group; the follow ends with it.
pub async fn leave(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::leave(&standing)?;
        if store::groups::remove_membership(tx, group, me.0)? && standing.is_member() {
            let (person, by) = (me.0, me.0);
            tx.emit(Event::RoleChanged { group, person, by, from: standing.role, to: None, cause: None });
        }
        follows::expel(tx, group, me.0, me.0)
    })
    .await
}

/// Refuses a request to join a group in which I keep order; one that came as a request to follow is answered there.
pub async fn refuse(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        let (_, mine) = groups::named(tx, group, me.0)?;
        policy::moderate(&mine)?;
        claims::heed(tx, me.0, Item::Request { group, person })?;
        let waiting = store::groups::membership(tx, group, person)?.filter(|m| m.state == MemberState::Pending);
        waits::end(tx, Some(&waiting.ok_or(Error::NotFound)?))?;
        store::groups::remove_membership(tx, group, person)?;
        Ok(())
    })
    .await
}

/// Gives somebody a role, or with `None` ends their membership, and with it the follow.
pub async fn appoint(app: &App, me: Me, group: ActorId, person: ActorId, role: Option<Role>) -> Result<()> {
    app.write(move |tx| receive_appoint(tx, me.0, group, person, role, None)).await
}

/// Records that somebody, here or elsewhere, gave a role in a group.
pub fn receive_appoint(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
    cause: Cause,
) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::appoint(&mine, &theirs, role)?;
    if theirs.role == role {
        return Ok(());
    }
    if let Some(role) = role {
        let since = tx.now();
        let membership = Membership { group, person, role, state: MemberState::Active, since };
        store::groups::set_membership(tx, &membership)?;
    } else {
        store::groups::remove_membership(tx, group, person)?;
        if groups::is_local(tx, group)? {
            follows::expel(tx, group, person, by)?;
        }
    }
    tx.emit(Event::RoleChanged { group, person, by, from: theirs.role, to: role, cause });
    if person == by { Ok(()) } else { tell_of_role(tx, group, person, (theirs.role, role)) }
}

/// Tells somebody that they see to a group here from now on, and as what, or that they do not any more.
fn tell_of_role(
    tx: &mut Tx<'_, '_>,
    group: ActorId,
    person: ActorId,
    (from, to): (Option<Role>, Option<Role>),
) -> Result<()> {
    let has_part = |role: Option<Role>| role > Some(Role::Member);
    if !groups::is_local(tx, group)? || !(has_part(from) || has_part(to)) {
        return Ok(());
    }
    let place = follows::living(tx, group)?;
    let named = format!("{} (@{})", markdown::escape(&place.title), place.handle());
    let (es, en) = part_of(to);
    let say = |tongue: Tongue| tongue.pick(es.replace("{}", &named), en.replace("{}", &named));
    let text =
        messages::letter(tx, (group, person), say, Some((&place.url, ("Ir a la comunidad", "Go to the community"))))?;
    messages::confide(tx, group, person, &text).map(drop)
}

/// What somebody with this role is told that they do, of a group that is named where the braces are.
fn part_of(role: Option<Role>) -> (&'static str, &'static str) {
    match role {
        None | Some(Role::Member) => (
            "Ya no formas parte del equipo de la comunidad {}. Gracias por cuidarla.",
            "You are not in the team of the community {} any more. Thank you for looking after it.",
        ),
        Some(Role::Expert) => (
            "Desde ahora te ocupas de que nadie se quede sin respuesta en la comunidad {}. Lo que nadie ha respondido está en «Por atender».",
            "From now on you see to it that nobody is left without an answer in the community {}. What nobody answered is under “To attend to”.",
        ),
        Some(Role::Moderator) => (
            "Desde ahora moderas la comunidad {}: retiras, cierras, expulsas y admites. Lo que espera tu decisión está en «Por atender».",
            "From now on you moderate the community {}: you take out, close, ban and admit. What waits for your decision is under “To attend to”.",
        ),
        Some(Role::Leader | Role::Owner) => (
            "Desde ahora coordinas la comunidad {}: moderas, decides quién forma el equipo y cambias sus ajustes.",
            "From now on you lead the community {}: you moderate, decide who is in the team, and change its settings.",
        ),
    }
}

/// Hands a group here over: a member owns it from now on. Who owned it and hands it over leads it then, unless they own it
/// `together`; an admin who owns nothing of it decides for all who did.
pub async fn hand_over(app: &App, me: Me, group: ActorId, person: ActorId, together: bool) -> Result<()> {
    app.write(move |tx| {
        let (_, mine) = groups::named(tx, group, me.0)?;
        let (_, theirs) = groups::regard(tx, group, person)?;
        policy::hand_on(&mine, &theirs)?;
        if !groups::is_local(tx, group)? || theirs.role == Some(Role::Owner) {
            return Err(Error::Invalid("only a group here is handed over, to somebody else".into()));
        }
        let owners = store::groups::staff(tx, group)?.into_iter().filter(|member| member.role == Role::Owner);
        let is_mine = mine.role == Some(Role::Owner);
        let gives_up = |owner: &ActorId| !together && (*owner == me.0 || !is_mine);
        let before: Vec<ActorId> = owners.map(|member| member.person).filter(gives_up).collect();
        let changes = before.into_iter().map(|owner| (owner, Some(Role::Owner), Role::Leader)).chain([(
            person,
            theirs.role,
            Role::Owner,
        )]);
        for (person, from, role) in changes.collect::<Vec<_>>() {
            let since = tx.now();
            let membership = Membership { group, person, role, state: MemberState::Active, since };
            store::groups::set_membership(tx, &membership)?;
            tx.emit(Event::RoleChanged { group, person, by: me.0, from, to: Some(role), cause: None });
        }
        tell_heir(tx, group, person)
    })
    .await
}

/// Tells somebody that a group is theirs now.
fn tell_heir(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<()> {
    let place = follows::living(tx, group)?;
    let (title, name) = (markdown::escape(&place.title), place.handle());
    let say = |tongue: Tongue| {
        tongue.pick(
            format!("La comunidad {title} (@{name}) es tuya desde ahora: decides sobre sus normas, su equipo y sus ajustes."),
            format!("The community {title} (@{name}) is yours from now on: you decide about its rules, its team and its settings."),
        )
    };
    let text =
        messages::letter(tx, (group, person), say, Some((&place.url, ("Ver la comunidad", "See the community"))))?;
    messages::confide(tx, group, person, &text).map(drop)
}

/// Tells somebody in the name of a group here why they were not taken in.
pub async fn explain(app: &App, me: Me, group: ActorId, person: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let (_, mine) = groups::named(tx, group, me.0)?;
        policy::moderate(&mine)?;
        let reason = plain::line(&reason, REASON);
        if reason.is_empty() || !groups::is_local(tx, group)? {
            return Ok(());
        }
        let (title, why) = (markdown::escape(&follows::living(tx, group)?.title), markdown::escape(&reason));
        let say = |tongue: Tongue| {
            tongue.pick(
                format!("El equipo de {title} no ha aceptado tu petición de entrar: {why}"),
                format!("The team of {title} did not accept your request to join: {why}"),
            )
        };
        let text = messages::letter(tx, (group, person), say, None)?;
        messages::tell(tx, group, person, &text)?;
        Ok(())
    })
    .await
}
