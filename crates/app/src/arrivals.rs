//! The community for which somebody signs up: they come in as soon as their login waits for nothing.
use domain::{
    actor::Actor,
    charter::Charter,
    group::Joining,
    id::{ActorId, InvitationId},
    policy,
};
use store::arrivals::Arrival;

use crate::{App, Error, Me, Result, Tx, gates, groups, members};

/// What somebody wants into who has no login yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Towards {
    /// A community, by its door.
    Group(ActorId),
    /// A community, by a link with this code.
    Gate(String),
}

/// A community here for which somebody signs up.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The community.
    pub group: Actor,
    /// Whether the link is of somebody who takes people in here: who comes by it signs up without waiting for them.
    pub is_vouched: bool,
    gate: Option<InvitationId>,
}

/// The community that somebody wants into, if there is one behind it.
pub async fn bound(app: &App, towards: &Towards) -> Result<Bound> {
    let group = match towards {
        Towards::Gate(code) => {
            let (gate, group) = gates::open(app, code).await?;
            let by = ActorId(gate.by_id);
            let takes_in = app.read(move |c| Ok(policy::administer(&groups::regard_at_large(c, by)?).is_ok())).await?;
            // Whether their mailbox is where the link wants it is known once they have confirmed it, if anybody asks.
            let is_for_some = gate.domain.is_some();
            let gate = (!is_for_some || app.mailer().is_some()).then_some(InvitationId(gate.id));
            return Ok(Bound { group, is_vouched: takes_in && !is_for_some, gate });
        }
        Towards::Group(id) => *id,
    };
    let now = app.now();
    let found = app.read(move |c| {
        // To the door of a hidden one nobody finds.
        Ok(match store::actors::by_id(c, group)? {
            Some(group) if groups::is_known(c, &group, None, now)? => Some(group),
            _ => None,
        })
    });
    let found = found.await?;
    let group =
        found.filter(|group| group.is_group() && group.is_local() && group.deleted.is_none() && !group.suspended);
    Ok(Bound { group: group.ok_or(Error::NotFound)?, is_vouched: false, gate: None })
}

/// Keeps the place that a link gives, if it still does.
pub(crate) fn reserve(tx: &mut Tx<'_, '_>, bound: &Bound) -> Result<bool> {
    let Some(id) = bound.gate else { return Ok(true) };
    let now = tx.now();
    let is_open = store::gates::by_id(tx, id)?.is_some_and(|gate| gate.is_open(now));
    if is_open {
        store::gates::spend(tx, id)?;
    }
    Ok(is_open)
}

/// Remembers for which community somebody signs up.
pub(crate) fn remember(tx: &mut Tx<'_, '_>, person: ActorId, bound: &Bound) -> Result<()> {
    let gate_id = bound.gate.map(|id| id.0);
    Ok(store::arrivals::set(tx, &Arrival { person_id: person.0, group_id: bound.group.id.0, gate_id })?)
}

/// Lets somebody into the community for which they signed up, as far as its door allows. Where it asks questions they are
/// still on their way, until they answer.
pub(crate) fn arrive(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    let Some(arrival) = store::arrivals::of(tx, person)? else { return Ok(()) };
    let group = ActorId(arrival.group_id);
    if store::actors::by_id(tx, group)?.is_none_or(|group| group.deleted.is_some()) {
        return Ok(store::arrivals::remove(tx, person, group)?);
    }
    let gate = match arrival.gate_id {
        Some(id) => store::gates::by_id(tx, InvitationId(id))?,
        None => None,
    };
    let came = match gate {
        Some(gate) if gates::is_for(tx, &gate, person, true)? => gates::let_in(tx, &gate, person),
        gate => {
            if let Some(gate) = gate {
                // The place that was kept is for others.
                store::gates::give_back(tx, InvitationId(gate.id))?;
                store::arrivals::set(tx, &Arrival { gate_id: None, ..arrival })?;
            }
            if asks(tx, group)? {
                return Ok(());
            }
            members::enter(tx, Me(person), group).map(drop)
        }
    };
    match came {
        Ok(()) => Ok(store::arrivals::remove(tx, person, group)?),
        // A door that is shut stays so, and that of a hidden one is found by its links alone.
        Err(Error::Denied(_) | Error::NotFound) => give_up(tx, person),
        Err(error) => Err(error),
    }
}

/// Forgets that somebody is on their way who never comes: the place that a link kept for them is for others.
pub(crate) fn give_up(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    if let Some(gate) = store::arrivals::of(tx, person)?.and_then(|arrival| arrival.gate_id) {
        store::gates::give_back(tx, InvitationId(gate))?;
    }
    Ok(store::arrivals::forget(tx, person)?)
}

/// Whether those answer questions who ask a community to take them in.
fn asks(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<bool> {
    let asks = store::groups::rules(tx, group)?.is_some_and(|rules| rules.joining == Joining::Approval);
    let charter: Charter = store::charters::of(tx, group)?.filter(|_| asks).unwrap_or_default();
    Ok(!charter.questions.is_empty())
}

/// The community on the way to which I still am.
pub async fn ahead(app: &App, me: Me) -> Result<Option<ActorId>> {
    Ok(app.read(move |c| store::arrivals::of(c, me.0)).await?.map(|arrival| ActorId(arrival.group_id)))
}
