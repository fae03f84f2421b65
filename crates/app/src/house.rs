//! What changes about the house: what the server says, asks and offers, who runs it, whom it deals with, whom its admins hold
//! back, and how they sort what waits for them.
use std::sync::Arc;

use domain::{
    actor::Restraint,
    host::Host,
    id::{ActorId, StatementId},
    report::Report,
    rule::Ruling,
};

/// What changed, and who did it.
#[derive(Debug, Clone)]
pub enum House {
    /// A part of it is otherwise than before.
    Changed {
        /// Who did it.
        by: ActorId,
        /// Which part.
        what: Part,
        /// Which of these, in a few words; not always is there one.
        about: String,
    },
    /// A report is of another kind than before.
    Sorted {
        /// The report as it was.
        report: Arc<Report>,
        /// Who did it.
        by: ActorId,
    },
    /// A report is open again.
    Reopened {
        /// The report as it was.
        report: Arc<Report>,
        /// Who did it.
        by: ActorId,
    },
    /// A rule was made about a server, or ended.
    Ruled {
        /// The host.
        host: Host,
        /// What it says; `None` when there is none any more.
        ruling: Option<Ruling>,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
    },
    /// Somebody was made an admin of this server, or is one no longer.
    Entrusted {
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// An admin, or not any more.
        on: bool,
    },
    /// Somebody was held back on this whole server, or that was lifted.
    Restrained {
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// How.
        how: Restraint,
        /// Held back, or not any more.
        on: bool,
        /// Why.
        reason: String,
        /// What they were told, if they were.
        statement: Option<StatementId>,
    },
    /// Somebody was warned in the name of this server.
    Cautioned {
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
        /// What they were told, if they were.
        statement: Option<StatementId>,
    },
    /// Somebody who has lost it is asked for a part of what lets them in no longer.
    Eased {
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// For what.
        key: Key,
    },
}

/// What lets somebody in beside their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The code of an authenticator.
    SecondStep,
    /// Their passkeys.
    Passkeys,
}

impl Key {
    /// The word that the log keeps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecondStep => "second_step",
            Self::Passkeys => "passkeys",
        }
    }
}

/// A part of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it says of itself.
    Text,
    /// A sentence of its pages and letters, in words of its own.
    Sentence,
    /// What it is called, and how it looks.
    Nameplate,
    /// What it asks of everybody who has a login here.
    Rules,
    /// Who answers for it.
    Contact,
    /// Who may make a login.
    Registration,
    /// Who may create communities.
    Founders,
    /// Whether all who have power need a second step of signing in.
    SecondStep,
    /// The custom emoji.
    Emoji,
    /// Who is kept from signing up.
    Bars,
}

impl Part {
    /// The word that the log keeps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Sentence => "sentence",
            Self::Nameplate => "nameplate",
            Self::Rules => "house_rules",
            Self::Contact => "contact",
            Self::Registration => "registration",
            Self::Founders => "founders",
            Self::SecondStep => "second_steps",
            Self::Emoji => "emoji",
            Self::Bars => "bars",
        }
    }
}
