//! What waits in the queue of those who keep order, and who of them sees to it.
use std::{fmt, str::FromStr, time::Duration};

use crate::{
    UnknownWord,
    id::{ActorId, PostId, ReportId, StatementId},
    time::span,
};

/// How long somebody has it, unless they give it back.
pub const LASTS: Duration = span::minutes(30);

/// Something that waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A report.
    Report(ReportId),
    /// A request to join a group.
    Request {
        /// The group.
        group: ActorId,
        /// Who asks.
        person: ActorId,
    },
    /// An appeal, by the statement that it is about.
    Appeal(StatementId),
    /// A post that waits until the team has seen it.
    Held(PostId),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report(id) => write!(f, "report-{id}"),
            Self::Request { group, person } => write!(f, "request-{group}-{person}"),
            Self::Appeal(id) => write!(f, "appeal-{id}"),
            Self::Held(id) => write!(f, "held-{id}"),
        }
    }
}

impl FromStr for Item {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut parts = text.split('-');
        let kind = parts.next();
        let numbers: Option<Vec<i64>> = parts.map(|part| part.parse().ok()).collect();
        match (kind, numbers.as_deref()) {
            (Some("report"), Some(&[id])) => Ok(Self::Report(ReportId(id))),
            (Some("request"), Some(&[group, person])) => {
                Ok(Self::Request { group: ActorId(group), person: ActorId(person) })
            }
            (Some("appeal"), Some(&[id])) => Ok(Self::Appeal(StatementId(id))),
            (Some("held"), Some(&[id])) => Ok(Self::Held(PostId(id))),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_as_they_are_written() {
        let request = Item::Request { group: ActorId(3), person: ActorId(4) };
        for item in [Item::Report(ReportId(12)), request, Item::Appeal(StatementId(9)), Item::Held(PostId(5))] {
            assert_eq!(item.to_string().parse(), Ok(item));
        }
        for text in ["", "report", "report-", "report-1-2", "request-3", "appeal-x", "post-1"] {
            assert!(text.parse::<Item>().is_err(), "{text}");
        }
    }
}
