//! Private messages for forums that know them as chats, from one person to one other: each gets one of their own.
use std::slice;

use app::{Result, Tx, view::PostView};
use domain::{
    actor::{Actor, ActorKind},
    id::ActorId,
    peer,
};
use store::deliveries::Recipients;

use super::{
    posts::Verb,
    send::{Envelope, Name, actor, send},
};
use crate::render::activity;

/// Tells those of `people` of a private message whose servers read it in no other form; returns the others.
pub(super) fn told(tx: &mut Tx<'_, '_>, view: &PostView, verb: Verb, people: Vec<ActorId>) -> Result<Vec<ActorId>> {
    let mut others = Vec::new();
    for id in people {
        match chatting(tx, id)? {
            Some(person) => tell(tx, view, verb, &person)?,
            None => others.push(id),
        }
    }
    Ok(others)
}

/// Somebody elsewhere, if their server knows nothing but chats.
fn chatting(tx: &mut Tx<'_, '_>, id: ActorId) -> Result<Option<Actor>> {
    let Some(person) = actor(tx, id)?.filter(|person| person.kind != ActorKind::Group) else { return Ok(None) };
    let server = match person.peer {
        Some(peer) => store::peers::by_id(tx, peer)?,
        None => None,
    };
    Ok(server.is_some_and(|server| peer::chats(&server.software, &server.version)).then_some(person))
}

fn tell(tx: &mut Tx<'_, '_>, view: &PostView, verb: Verb, person: &Actor) -> Result<()> {
    // Nobody there hears what a group says: the service of ours speaks for it.
    let service = match view.author.kind {
        ActorKind::Group => {
            let service = app::instance::reporter(tx.site());
            store::actors::by_uri(tx, &service)?
        }
        _ => None,
    };
    let by = service.as_ref().unwrap_or(&view.author);
    let name = Name::new(tx, by);
    let activity = activity::chat((tx.site(), &name.uri, verb.word()), view, (by, person));
    let to = Recipients { people: slice::from_ref(&person.id), personal: true, ..Recipients::NONE };
    send(tx, &name, Envelope::of(by.id, Some(&view.post)), &activity, &[to])?;
    Ok(())
}
