//! What a server says of itself, and what it asks of everybody who has a login there.
use serde::{Deserialize, Serialize};

use crate::{actor::text_enum, id::HouseRuleId, time::Timestamp};

/// The languages in which a server says it.
pub const LANGUAGES: [&str; 2] = ["es", "en"];

text_enum! {
    /// Which of its texts it is.
    Kind {
        /// What it is, in a line.
        Summary = "summary",
        /// What it is, at length.
        Description = "description",
        /// What it knows of people, and whom it tells.
        Privacy = "privacy",
        /// What people agree to; from a day on.
        Terms = "terms",
        /// What those read who sign up, above the form.
        SignUp = "sign_up",
        /// What stands at the end of every letter, in a line.
        Letter = "letter",
    }
}

impl Kind {
    /// Whether it is plain text of one line.
    pub fn is_line(self) -> bool {
        matches!(self, Self::Summary | Self::Letter)
    }
}

/// A text of a server in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Which one.
    pub kind: Kind,
    /// BCP 47.
    pub language: String,
    /// Since when it holds; what does not begin on a day holds since ever.
    pub effective: Timestamp,
    /// What it says, Markdown.
    pub source: String,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// A rule of the house in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// BCP 47.
    pub language: String,
    /// What it says, in a line.
    pub text: String,
    /// What is meant by that.
    pub hint: String,
}

/// What a server asks of everybody who has a login there, whatever their community asks beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseRule {
    /// Its number.
    pub id: HouseRuleId,
    /// What it says, in at least one language.
    pub wordings: Vec<Wording>,
}

impl HouseRule {
    /// What it says in a language, or else in the one that it was written in.
    pub fn said(&self, language: &str) -> Option<&Wording> {
        self.wordings.iter().find(|wording| wording.language == language).or_else(|| self.wordings.first())
    }
}
