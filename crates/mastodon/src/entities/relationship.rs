//! Relationships: what an account is to the reader.
use domain::id::ActorId;
use serde::Serialize;
use store::{Conn, Result, relations::Relation};

use super::{Id, instant};

/// A `Relationship`.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is what the entity is")]
pub(crate) struct Relationship {
    id: Id,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    languages: Option<Vec<String>>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    muting_expires_at: Option<String>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: String,
}

impl Relationship {
    fn new(id: ActorId, relation: Relation) -> Self {
        let follows = relation.following || relation.requested;
        let wishes = relation.wishes;
        Self {
            id: Id(id.0),
            following: relation.following,
            showing_reblogs: follows && !wishes.no_shares,
            notifying: follows && wishes.notify,
            languages: Some(wishes.languages).filter(|languages| !languages.is_empty()),
            followed_by: relation.followed_by,
            blocking: relation.blocking,
            blocked_by: relation.blocked_by,
            muting: relation.muting.is_some(),
            muting_notifications: relation.muting.as_ref().is_some_and(|mute| mute.quiet),
            muting_expires_at: relation.muting.and_then(|mute| mute.until).map(instant),
            requested: relation.requested,
            requested_by: relation.requested_by,
            domain_blocking: relation.host_shunned,
            endorsed: relation.endorsed,
            note: relation.note,
        }
    }

    /// Whether there is a follow or a request for one.
    pub(crate) fn is_follow(&self) -> bool {
        self.following || self.requested
    }
}

/// What `me` and these accounts are to one another, in their order.
pub(crate) fn list(conn: &mut Conn, me: ActorId, ids: &[ActorId]) -> Result<Vec<Relationship>> {
    let mut relations = store::relations::between(conn, me, ids)?;
    Ok(ids.iter().map(|id| Relationship::new(*id, relations.remove(id).unwrap_or_default())).collect())
}

/// What `me` and one account are to one another.
pub(crate) fn one(conn: &mut Conn, me: ActorId, id: ActorId) -> Result<Relationship> {
    let mut relations = store::relations::between(conn, me, &[id])?;
    Ok(Relationship::new(id, relations.remove(&id).unwrap_or_default()))
}
