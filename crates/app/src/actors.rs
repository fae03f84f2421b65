//! Actors elsewhere: what is learnt about them, and when they are gone.
use std::{sync::Arc, time::Duration};

use domain::{
    actor::Actor,
    emoji::Named,
    group::{GroupRules, Joining, MemberState, Membership, Reach, Role, Visibility},
    id::{ActorId, PostId},
};
use futures_util::future::BoxFuture;
use store::actors::KeyRow;

use crate::{App, Error, Event, Result, Tx, emoji, media, posts, suspensions};

/// The job that erases what an actor wrote; its subject is the number of the actor.
pub(crate) const ERASE: &str = "erase";

/// The job that reads the document of an actor elsewhere again; its subject is the id of the actor.
pub const REFRESH: &str = "refresh";

/// Erases what an actor who is gone wrote, a piece at a time.
pub(crate) fn erase(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let id = subject.parse().map(ActorId).map_err(|e| Error::Invalid(format!("{subject}: {e}")))?;
        while app.write(move |tx| posts::erase_some(tx, id)).await? {}
        app.write(move |tx| media::forget(tx, id)).await
    })
}

/// What the document of an actor elsewhere says.
#[derive(Debug, Clone)]
pub struct Found {
    /// The actor; its number and its peer are set when it is stored.
    pub actor: Actor,
    /// Its public keys.
    pub keys: Vec<FoundKey>,
    /// The rules of a group, as far as they are told.
    pub rules: Option<(Visibility, Joining, bool)>,
    /// Who keeps order in a group, as far as they are known here; `None` leaves it as it is.
    pub staff: Option<Vec<ActorId>>,
    /// The custom emoji in its texts.
    pub emoji: Vec<Named>,
    /// Whether its own server suspended it.
    pub suspended: bool,
}

/// A public key of an actor elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// Its id on the network.
    pub uri: String,
    /// `rsa` or `ed25519`.
    pub kind: &'static str,
    /// PEM or multibase.
    pub public: String,
}

/// Stores what was found out about an actor elsewhere.
pub async fn learn(app: &App, found: Found) -> Result<ActorId> {
    app.write(move |tx| record(tx, &found)).await
}

/// Stores what was found out about an actor elsewhere.
pub fn record(tx: &mut Tx<'_, '_>, found: &Found) -> Result<ActorId> {
    if tx.site().parse(&found.actor.uri).is_some() {
        return Err(Error::Invalid("this actor would be one of ours".into()));
    }
    let peer_host =
        domain::host::Host::of(&found.actor.uri).ok_or_else(|| Error::Invalid("an actor needs a host".into()))?;
    let known = store::actors::by_uri(tx, &found.actor.uri)?;
    // Once gone for good, an id does not come back with other people's rights.
    let changed_kind = known.as_ref().is_some_and(|known| known.is_group() != found.actor.is_group());
    let peer = tx.peer(&peer_host)?;
    let id = known.as_ref().map_or_else(|| tx.new_id(), |known| known.id);
    let actor = Actor { id, peer: Some(peer), updated: tx.now(), ..found.actor.clone() };
    let id = store::actors::upsert(tx, &actor)?;
    let keys: Vec<KeyRow> = found
        .keys
        .iter()
        .map(|key| KeyRow {
            uri: key.uri.clone(),
            actor_id: id.0,
            kind: key.kind.to_owned(),
            public: key.public.clone(),
            private: None,
        })
        .collect();
    store::actors::set_keys(tx, id, &keys)?;
    suspensions::withdraw(tx, id, found.suspended)?;
    emoji::learn(tx, peer, &found.emoji)?;
    if changed_kind {
        for member in store::groups::staff(tx, id)? {
            store::groups::remove_membership(tx, id, member.person)?;
        }
    }
    if let Some((visibility, joining, moderators_only)) = found.rules {
        store::groups::set_rules(
            tx,
            &GroupRules {
                hidden: false,
                id,
                visibility,
                joining,
                moderators_only,
                reach: Reach::Home,
                confides_from: PostId(0),
            },
        )?;
        if let Some(staff) = &found.staff {
            set_staff(tx, id, staff)?;
        }
    }
    Ok(id)
}

fn set_staff(tx: &mut Tx<'_, '_>, group: ActorId, staff: &[ActorId]) -> Result<()> {
    for was in store::groups::staff(tx, group)? {
        if !staff.contains(&was.person) {
            store::groups::remove_membership(tx, group, was.person)?;
        }
    }
    let since = tx.now();
    for person in staff {
        let role = Role::Moderator;
        let membership = Membership { group, person: *person, role, state: MemberState::Active, since };
        store::groups::set_membership(tx, &membership)?;
    }
    Ok(())
}

/// Records that an actor elsewhere is gone; what it wrote goes with it if `erase` says so.
pub fn receive_delete(tx: &mut Tx<'_, '_>, id: ActorId, erase: bool) -> Result<()> {
    let actor = store::actors::by_id(tx, id)?.ok_or(Error::NotFound)?;
    if actor.is_local() {
        return Err(Error::NotFound);
    }
    if actor.deleted.is_some() {
        return Ok(());
    }
    if erase {
        tx.push_job(ERASE, &id.to_string(), Duration::ZERO)?;
    }
    let now = tx.now();
    store::follows::remove_all(tx, id, now)?;
    store::groups::remove_memberships(tx, id)?;
    store::echoes::forget(tx, id)?;
    store::actors::set_deleted(tx, id, now)?;
    tx.emit(Event::ActorDeleted { actor: Arc::new(actor) });
    Ok(())
}
