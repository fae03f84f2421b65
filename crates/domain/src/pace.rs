//! Slow mode: how often everybody may write in a community, or in one of its threads.
use std::{fmt, str::FromStr, time::Duration};

use crate::{
    UnknownWord,
    id::{ActorId, PostId},
    time::{Timestamp, span},
};

/// The longest time that may have to pass between two posts of somebody.
pub const LONGEST: Duration = span::days(1);

/// Where slow mode may be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// In a whole group.
    Group(ActorId),
    /// In a thread, by its first post.
    Thread(PostId),
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group-{id}"),
            Self::Thread(id) => write!(f, "thread-{id}"),
        }
    }
}

impl FromStr for Lane {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(text.to_owned());
        let (kind, id) = text.split_once('-').ok_or_else(unknown)?;
        match (kind, id.parse()) {
            ("group", Ok(id)) => Ok(Self::Group(ActorId(id))),
            ("thread", Ok(id)) => Ok(Self::Thread(PostId(id))),
            _ => Err(unknown()),
        }
    }
}

/// How often somebody may write, where that is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How much time passes between two posts of the same person.
    pub span: Duration,
    /// When they last wrote there, as far as it matters.
    pub last: Option<Timestamp>,
}

impl Pace {
    /// For how long they have to wait.
    pub fn wait(&self, now: Timestamp) -> Duration {
        self.last.map_or(Duration::ZERO, |last| (last + self.span).since(now))
    }
}

/// How long something takes in whole minutes, rounded up.
pub fn minutes(span: Duration) -> i64 {
    i64::try_from(span.as_secs().div_ceil(60)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_read_as_they_are_written() {
        for lane in [Lane::Group(ActorId(3)), Lane::Thread(PostId(4))] {
            assert_eq!(lane.to_string().parse(), Ok(lane));
        }
        for text in ["", "group", "group-", "thread-x", "post-1"] {
            assert!(text.parse::<Lane>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_waits_for_what_is_left_of_the_time() {
        let pace = |last| Pace { span: span::minutes(10), last };
        let now = Timestamp(0) + span::hours(1);
        assert_eq!(pace(None).wait(now), Duration::ZERO);
        assert_eq!(pace(Some(now - span::minutes(4))).wait(now), span::minutes(6));
        assert_eq!(pace(Some(now - span::minutes(10))).wait(now), Duration::ZERO);
        assert_eq!((minutes(span::seconds(1)), minutes(span::minutes(2))), (1, 2));
    }
}
