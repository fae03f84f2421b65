//! Reports: what somebody finds wrong with a person or their posts, for those who keep order.
use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    bylaw::Citation,
    id::{ActorId, HouseRuleId, PostId, ReportId},
    time::Timestamp,
};

text_enum! {
    /// What kind of wrong it is, as the reporter sees it.
    Category {
        /// Advertising, deception, repetition.
        Spam = "spam",
        /// Something the law forbids.
        Legal = "legal",
        /// It breaks a rule of this server.
        Violation = "violation",
        /// Anything else, or nothing was said.
        Other = "other",
    }
}

/// Who elsewhere hears of a report, besides those who see to it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nobody.
    Here,
    /// The team of the group in which the posts stand.
    Team,
    /// That team, and the server of who is reported.
    Everybody,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its number.
    pub id: ReportId,
    /// The id of the activity; of a report filed here it is one of ours, to be sent under it.
    pub uri: String,
    /// Who reports; of many servers elsewhere only the server itself says so.
    pub reporter: ActorId,
    /// Who is reported.
    pub target: ActorId,
    /// What they wrote that is wrong.
    pub posts: Vec<PostId>,
    /// The group in which all of that stands; without one, it is for those who administer the server.
    pub group: Option<ActorId>,
    /// What is wrong, in the reporter's words.
    pub comment: String,
    /// What kind of wrong it is.
    pub category: Category,
    /// Which rule of the group it breaks.
    pub bylaw: Option<Citation>,
    /// The rules of this server that are broken, as the reporter sees it.
    pub rules: Vec<HouseRuleId>,
    /// Whether it was also told to those who decide elsewhere.
    pub forwarded: bool,
    /// Since when.
    pub created: Timestamp,
    /// When somebody dealt with it; open until then.
    pub resolved: Option<Timestamp>,
    /// Who did.
    pub resolver: Option<ActorId>,
}
