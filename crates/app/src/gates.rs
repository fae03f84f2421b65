//! Ways into a community beside the open door: links that let people in, and questions to those who ask.
use domain::{
    actor::Actor,
    charter::Charter,
    group::{Joining, MemberState},
    host::Host,
    id::{ActorId, InvitationId},
    policy,
    text::plain,
    time::Timestamp,
};
use store::gates::Gate;

use crate::{App, Error, Me, Result, Tx, follows, groups, members, seal};

/// The longest answer, in characters.
pub const ANSWER: usize = 1_000;
/// How many questions there may be.
pub const QUESTIONS: usize = crate::charters::QUESTIONS;

/// Whom a link lets in.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Until when.
    pub expires: Option<Timestamp>,
    /// How many.
    pub most: Option<i64>,
    /// Those with a mailbox at this host or below, or an account on this server.
    pub domain: Option<Host>,
}

/// Makes a link that lets people into a group here in which I keep order.
pub async fn make(app: &App, me: Me, group: ActorId, terms: Terms) -> Result<()> {
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::moderate(&standing)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::NotFound);
        }
        let (id, created): (InvitationId, Timestamp) = (tx.new_id(), tx.now());
        let gate = Gate {
            id: id.0,
            group_id: group.0,
            by_id: me.0.0,
            created: created.0,
            expires: terms.expires.map(|at| at.0),
            most: terms.most,
            used: 0,
            domain: terms.domain.as_ref().map(Host::to_string),
        };
        Ok(store::gates::insert(tx, &gate)?)
    })
    .await
}

/// Takes a link away: it lets nobody in any more.
pub async fn revoke(app: &App, me: Me, group: ActorId, id: InvitationId) -> Result<()> {
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::moderate(&standing)?;
        if store::gates::remove(tx, group, id)? { Ok(()) } else { Err(Error::NotFound) }
    })
    .await
}

/// The latest links before `before` into a group in which I keep order, each with its code.
pub async fn list(app: &App, me: Me, group: ActorId, before: InvitationId, limit: i64) -> Result<Vec<(Gate, String)>> {
    let now = app.now();
    let found = app.read(move |c| {
        let standing = store::groups::standing(c, group, me.0, now)?;
        Ok((standing, store::gates::of(c, group, before, limit)?))
    });
    let (standing, gates) = found.await?;
    policy::moderate(&standing)?;
    let coded = |gate: Gate| {
        let code = code(app, InvitationId(gate.id))?;
        Ok((gate, code))
    };
    gates.into_iter().map(coded).collect()
}

/// The code of a link: its number, and a word that only this server can make of it. None of it is stored.
fn code(app: &App, id: InvitationId) -> Result<String> {
    Ok(format!("{id}-{}", app.seal().code(&format!("gate {id}"))?))
}

/// Whether a link is for somebody: for everybody, or those with a mailbox or an account where it says. `confirms` says
/// whether an address that counts as confirmed was: without a mail server nobody's is by more than their word.
pub(crate) fn is_for(tx: &mut Tx<'_, '_>, gate: &Gate, person: ActorId, confirms: bool) -> Result<bool> {
    match gate.domain.as_deref().and_then(Host::parse) {
        Some(domain) => belongs(tx, person, &domain, confirms),
        None => Ok(true),
    }
}

/// Makes somebody a member by a link, in which a place was kept for them.
pub(crate) fn let_in(tx: &mut Tx<'_, '_>, gate: &Gate, person: ActorId) -> Result<()> {
    let group = ActorId(gate.group_id);
    let (_, standing) = groups::regard(tx, group, person)?;
    policy::pass(&standing)?;
    store::gates::forget_answers(tx, group, person)?;
    follows::admit(tx, group, person, ActorId(gate.by_id))?;
    if !standing.follows && store::actors::is_local(tx, person)? {
        follows::accept_local(tx, person, group)?;
    }
    Ok(())
}

/// Whether somebody has a mailbox at a host that was confirmed, or their account there.
fn belongs(tx: &mut Tx<'_, '_>, person: ActorId, domain: &Host, confirms: bool) -> Result<bool> {
    let at = match store::accounts::by_id(tx, person)? {
        Some(account) if !confirms || account.confirmed.is_none() => None,
        Some(account) => account.email.rsplit_once('@').and_then(|(_, host)| Host::parse(host)),
        None => store::actors::by_id(tx, person)?.and_then(|actor| Host::parse(&actor.host)),
    };
    Ok(at.is_some_and(|host| domain.covers(&host)))
}

/// The link that a code opens, and the group behind it, if it still lets anybody in.
pub(crate) async fn open(app: &App, entered: &str) -> Result<(Gate, Actor)> {
    let id = entered.split_once('-').and_then(|(id, _)| id.parse::<InvitationId>().ok()).ok_or(Error::NotFound)?;
    let right = code(app, id)?;
    if !seal::is_same(&right, entered) {
        return Err(Error::NotFound);
    }
    let now = app.now();
    let found = app.read(move |c| {
        let Some(gate) = store::gates::by_id(c, id)?.filter(|gate| gate.is_open(now)) else { return Ok(None) };
        Ok(store::actors::by_id(c, ActorId(gate.group_id))?.map(|group| (gate, group)))
    });
    found.await?.filter(|(_, group)| group.deleted.is_none() && !group.suspended).ok_or(Error::NotFound)
}

/// Becomes a member by a link.
pub async fn pass(app: &App, me: Me, entered: String) -> Result<Actor> {
    let (_, group) = open(app, &entered).await?;
    let id = entered.split_once('-').and_then(|(id, _)| id.parse::<InvitationId>().ok()).ok_or(Error::NotFound)?;
    let (target, confirms) = (group.id, app.mailer().is_some());
    app.write(move |tx| {
        let (_, standing) = groups::regard(tx, target, me.0)?;
        let now = tx.now();
        let gate = store::gates::by_id(tx, id)?.filter(|gate| gate.is_open(now)).ok_or(Error::NotFound)?;
        policy::pass(&standing)?;
        if standing.is_member() {
            return Ok(());
        }
        if !is_for(tx, &gate, me.0, confirms)? {
            return Err(Error::Invalid(format!("this link is for accounts of {}", gate.domain.unwrap_or_default())));
        }
        store::gates::spend(tx, id)?;
        let_in(tx, &gate, me.0)
    })
    .await?;
    Ok(group)
}

/// What a group here asks of me before a moderator answers; nothing, if nobody has to or it asks nothing.
async fn questions(app: &App, me: Me, group: ActorId) -> Result<(Actor, Vec<String>)> {
    let now = app.now();
    let found = app.read(move |c| {
        let actor = store::actors::by_id(c, group)?.filter(|actor| actor.is_local() && actor.deleted.is_none());
        let (Some(actor), Some(rules)) = (actor, store::groups::rules(c, group)?) else { return Ok(None) };
        let standing = store::groups::standing(c, group, me.0, now)?;
        let asks = rules.joining == Joining::Approval && !standing.is_member() && standing.waiting.is_none();
        let charter: Charter = store::charters::of(c, group)?.filter(|_| asks).unwrap_or_default();
        Ok(Some((actor, charter.questions)))
    });
    found.await?.ok_or(Error::NotFound)
}

/// Asks to join a group here, with answers to its questions.
pub async fn apply(app: &App, me: Me, group: ActorId, answers: Vec<String>) -> Result<MemberState> {
    let (_, questions) = questions(app, me, group).await?;
    let answers: Vec<String> = answers.iter().map(|answer| plain::clean(answer, ANSWER)).collect();
    if answers.len() < questions.len() || answers.iter().any(|answer| answer.trim().is_empty()) {
        return Err(Error::Invalid("every question wants an answer".into()));
    }
    app.write(move |tx| {
        let state = members::enter(tx, me, group)?;
        if state == MemberState::Pending && !answers.is_empty() {
            let now = tx.now();
            store::gates::set_answers(tx, group, me.0, &answers, now)?;
        }
        Ok(state)
    })
    .await
}
