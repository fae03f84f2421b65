//! Shuns: whom somebody does not want to read.
use crate::{actor::text_enum, id::ActorId, time::Timestamp};

text_enum! {
    /// What somebody does who does not want to read another.
    Deed {
        /// Neither reads the other, and neither follows; the other side may notice.
        Block = "block",
        /// One does not read the other, who never notices.
        Mute = "mute",
    }
}

/// That `by` does not want to read `target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shun {
    /// Who does not want to read.
    pub by: ActorId,
    /// Whom.
    pub target: ActorId,
    /// How they do it.
    pub deed: Deed,
    /// Whether what the other does is no news either.
    pub quiet: bool,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// The id of the activity that tells of it, empty if none does.
    pub activity_uri: String,
    /// Since when.
    pub created: Timestamp,
}
