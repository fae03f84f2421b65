//! Relationships: what an account is to the reader.
use domain::id::ActorId;
use serde::Serialize;
use store::{Conn, Result, relations::Relation};

use super::Id;

/// A `Relationship`.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is what the entity is")]
pub(crate) struct Relationship {
    id: Id,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    languages: Option<()>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    muting_expires_at: Option<()>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: &'static str,
}

impl Relationship {
    fn new(id: ActorId, relation: Relation) -> Self {
        Self {
            id: Id(id.0),
            following: relation.following,
            showing_reblogs: relation.following,
            notifying: false,
            languages: None,
            followed_by: relation.followed_by,
            blocking: false,
            blocked_by: false,
            muting: false,
            muting_notifications: false,
            muting_expires_at: None,
            requested: relation.requested,
            requested_by: relation.requested_by,
            domain_blocking: false,
            endorsed: false,
            note: "",
        }
    }

    /// Whether there is a follow or a request for one.
    pub(crate) fn is_follow(&self) -> bool {
        self.following || self.requested
    }
}

/// What `me` and these accounts are to one another, in their order.
pub(crate) fn list(conn: &mut Conn, me: ActorId, ids: &[ActorId]) -> Result<Vec<Relationship>> {
    let relations = store::relations::between(conn, me, ids)?;
    Ok(ids.iter().map(|id| Relationship::new(*id, relations.get(id).copied().unwrap_or_default())).collect())
}

/// What `me` and one account are to one another.
pub(crate) fn one(conn: &mut Conn, me: ActorId, id: ActorId) -> Result<Relationship> {
    let relations = store::relations::between(conn, me, &[id])?;
    Ok(Relationship::new(id, relations.get(&id).copied().unwrap_or_default()))
}
