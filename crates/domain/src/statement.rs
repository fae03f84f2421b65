//! Statements of reasons: what somebody is told of a measure that concerns them, and what they say to it.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    bylaw::Citation,
    id::{ActorId, PostId, StatementId},
    time::{Timestamp, span},
};

/// How long one may appeal: six months.
pub const APPEALABLE: Duration = span::days(183);

text_enum! {
    /// A measure that somebody is told of.
    Sanction {
        /// Their post was taken out.
        Remove = "remove",
        /// Their post was never let in.
        Refuse = "refuse",
        /// Their post was closed to replies.
        Lock = "lock",
        /// They were put out.
        Ban = "ban",
        /// They read and may not write for a time.
        Hush = "hush",
        /// They were warned.
        Warn = "warn",
        /// They were suspended from this whole server.
        Suspend = "suspend",
        /// Only those who ask for them hear them on this server.
        Silence = "silence",
        /// All their pictures are covered on this server.
        Veil = "veil",
        /// Those who run this server warned them.
        Caution = "caution",
    }
}

impl Sanction {
    /// Whether it holds on this whole server, and not in one group.
    pub fn is_everywhere(self) -> bool {
        matches!(self, Self::Suspend | Self::Silence | Self::Veil | Self::Caution)
    }
}

/// Why a measure is taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grounds {
    /// In words that everybody may read.
    pub reason: String,
    /// What only the person it concerns reads.
    pub note: String,
    /// The rule that was broken.
    pub bylaw: Option<Citation>,
}

impl From<&str> for Grounds {
    fn from(reason: &str) -> Self {
        Self::from(reason.to_owned())
    }
}

impl From<String> for Grounds {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

/// What somebody is told of a measure that concerns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its number.
    pub id: StatementId,
    /// In which group; of what holds on this whole server, whoever speaks for it.
    pub group: ActorId,
    /// Whom it concerns.
    pub person: ActorId,
    /// Who decided; those concerned hear only that it was the team.
    pub by: ActorId,
    /// What was done.
    pub sanction: Sanction,
    /// With which post.
    pub post: Option<PostId>,
    /// Why.
    pub grounds: Grounds,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// Whether all they wrote there was taken out with it.
    pub clean: bool,
    /// Since when.
    pub created: Timestamp,
    /// When it was undone.
    pub lifted: Option<Timestamp>,
}

impl Statement {
    /// Until when one may appeal.
    pub fn appealable(&self) -> Timestamp {
        self.created + APPEALABLE
    }
}

/// What somebody says to a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// To which.
    pub statement: StatementId,
    /// In which group.
    pub group: ActorId,
    /// What they say.
    pub text: String,
    /// Since when.
    pub created: Timestamp,
    /// What was decided; nothing yet, if there is none.
    pub decision: Option<Decision>,
}

/// What was decided about an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// By whom.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Whether the measure is undone.
    pub granted: bool,
    /// Why.
    pub answer: String,
}
