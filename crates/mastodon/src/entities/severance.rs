//! Follows that were lost at once.
use domain::severance::{Cut, Severance as Lost};
use serde::Serialize;

use super::{Id, instant};

/// A `RelationshipSeveranceEvent`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Severance {
    id: Id,
    #[serde(rename = "type")]
    cause: Cut,
    /// Whom exactly one lost is not kept.
    purged: bool,
    target_name: String,
    followers_count: i64,
    following_count: i64,
    created_at: String,
}

impl From<&Lost> for Severance {
    fn from(lost: &Lost) -> Self {
        Self {
            id: Id(lost.id.0),
            cause: lost.cause,
            purged: true,
            target_name: lost.target.clone(),
            followers_count: lost.followers,
            following_count: lost.following,
            created_at: instant(lost.created),
        }
    }
}
