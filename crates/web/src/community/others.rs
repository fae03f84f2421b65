//! Where more is said about the same, for those who come to a community in which nobody writes any more.
use domain::{actor::Actor, id::ActorId, pulse::Pulse, time::Timestamp};
use store::{
    Conn,
    directory::{self, Order, Wish},
};

use crate::directory as listed;

/// How many others are shown where nobody writes any more.
const OTHERS: usize = 4;

/// Communities here where people write, about the same or at least in the same language; for one where nobody does any more.
pub(super) fn alternatives(
    c: &mut Conn,
    group: &Actor,
    pulse: Pulse,
    now: Timestamp,
) -> store::Result<Vec<(Actor, Pulse)>> {
    if !matches!(pulse, Pulse::Still | Pulse::Abandoned) || listed::is_new(group, pulse, now) {
        return Ok(Vec::new());
    }
    let Some(charter) = store::charters::of(c, group.id)? else { return Ok(Vec::new()) };
    let about = charter.themes.iter().map(|theme| Wish { theme: Some(*theme), ..Wish::default() });
    let spoken = charter.languages.iter().map(|tag| Wish { language: Some(tag.clone()), ..Wish::default() });
    // What is about the same comes first, and what is alive before what is quiet.
    let mut found: Vec<(ActorId, Pulse)> = Vec::new();
    for wish in about.chain(spoken) {
        for pulse in [Pulse::Alive, Pulse::Quiet] {
            let wish = Wish { pulse: Some(pulse), ..wish.clone() };
            let most = i64::try_from(OTHERS).unwrap_or_default() + 1;
            for id in directory::page(c, &wish, Order::Active, None, most)? {
                if id != group.id && found.iter().all(|(known, _)| *known != id) {
                    found.push((id, pulse));
                }
            }
        }
        if found.len() >= OTHERS {
            break;
        }
    }
    found.truncate(OTHERS);
    let ids: Vec<ActorId> = found.iter().map(|(id, _)| *id).collect();
    let mut actors = store::actors::by_ids(c, &ids)?;
    let taken = |(id, pulse): (ActorId, Pulse)| {
        let at = actors.iter().position(|actor| actor.id == id)?;
        Some((actors.swap_remove(at), pulse))
    };
    Ok(found.into_iter().filter_map(taken).collect())
}
