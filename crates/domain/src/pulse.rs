//! How alive a group is: computed from what happens there, never chosen.
use std::time::Duration;

use crate::{actor::text_enum, time::span};

text_enum! {
    /// How alive a group is, the liveliest first.
    Pulse {
        /// Several people write, and whoever begins a thread is soon answered.
        Alive = "alive",
        /// Somebody writes now and then.
        Quiet = "quiet",
        /// Nobody does.
        Still = "still",
        /// Nobody does, and nobody of the team comes.
        Abandoned = "abandoned",
    }
}

/// How far one looks back for several people who write.
pub const LATELY: Duration = span::days(7);
/// How far one looks back for anybody who does, and for threads that wait for an answer.
pub const MONTH: Duration = span::days(30);
/// How soon a first answer comes where a group is alive.
pub const SOON: Duration = span::hours(24);
/// How far one looks back for anybody of the team.
pub const ABSENCE: Duration = span::days(60);
/// How many people write where a group is alive.
const SEVERAL: i64 = 3;

/// What it is told from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// How many people wrote lately, and whether anybody did within a month.
    pub people: i64,
    /// Whether anybody wrote within a month.
    pub is_used: bool,
    /// How many threads of the month had their first answer soon.
    pub prompt: i64,
    /// How many had it later, or have waited longer than that.
    pub late: i64,
    /// Whether somebody of the team was there lately, as far as one can know.
    pub is_kept: bool,
    /// After how long a thread is usually answered; nothing, if too few were.
    pub usual: Option<Duration>,
}

/// A thread of which one wants to know how soon it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waited {
    /// How long it waited: until its first answer, or until now.
    pub span: Duration,
    /// Whether it was answered.
    pub answered: bool,
}

/// How many answers say what is usual.
const ENOUGH: usize = 5;

/// After how long half of the threads are answered (Kaplan and Meier: those that still wait count as long as they did, so that a
/// group that leaves many unanswered is not praised for the few that it answers soon). Nothing, if half never are, or too few were.
pub fn usual(mut threads: Vec<Waited>) -> Option<Duration> {
    if threads.iter().filter(|thread| thread.answered).count() < ENOUGH {
        return None;
    }
    // Of those that waited as long, the answered ones come first: the others waited at least so long.
    threads.sort_by_key(|thread| (thread.span, !thread.answered));
    let mut unanswered = 1.0;
    let total = threads.len();
    for (index, thread) in threads.iter().enumerate().filter(|(_, thread)| thread.answered) {
        let at_risk = f64::from(u32::try_from(total - index).unwrap_or(u32::MAX));
        unanswered *= 1.0 - 1.0 / at_risk;
        if unanswered <= 0.5 {
            return Some(thread.span);
        }
    }
    None
}

impl Pulse {
    /// How alive a group is that shows these signs. A thread that still may be answered soon says nothing yet, and where
    /// nobody asks, nobody waits: the median first answer is soon if most are.
    pub fn of(signs: Signs) -> Self {
        let is_answered = signs.prompt > signs.late || signs.prompt + signs.late == 0;
        match signs {
            Signs { people, .. } if people >= SEVERAL && is_answered => Self::Alive,
            Signs { is_used: true, .. } => Self::Quiet,
            Signs { is_kept: true, .. } => Self::Still,
            _ => Self::Abandoned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_still_waits_counts_as_long_as_it_did() {
        let of = |answered: &[u64], open: &[u64]| {
            let waited = |answered| move |hours: &u64| Waited { span: span::hours(*hours), answered };
            usual(answered.iter().map(waited(true)).chain(open.iter().map(waited(false))).collect())
        };
        assert_eq!(of(&[1, 2, 3, 4], &[]), None, "too few");
        assert_eq!(of(&[5, 1, 2, 3, 4], &[]), Some(span::hours(3)));
        assert_eq!(of(&[1, 2, 3, 4, 5], &[100, 100, 100]), Some(span::hours(4)), "not the median of the answered ones");
        assert_eq!(of(&[1, 2, 3, 4, 5], &[100; 6]), None, "most are never answered");
        assert_eq!(of(&[10, 20, 30, 40, 50], &[1; 20]), Some(span::hours(30)), "what began just now says nothing");
    }

    #[test]
    fn several_people_who_answer_one_another_are_alive() {
        let busy = Signs { people: 3, is_used: true, prompt: 2, late: 1, is_kept: true, usual: None };
        for (signs, pulse) in [
            (busy, Pulse::Alive),
            (Signs { prompt: 0, late: 0, ..busy }, Pulse::Alive),
            (Signs { prompt: 1, late: 1, ..busy }, Pulse::Quiet),
            (Signs { people: 2, ..busy }, Pulse::Quiet),
            (Signs { people: 1, is_kept: false, ..busy }, Pulse::Quiet),
            (Signs { is_kept: true, ..Signs::default() }, Pulse::Still),
            (Signs::default(), Pulse::Abandoned),
        ] {
            assert_eq!(Pulse::of(signs), pulse, "{signs:?}");
        }
    }
}
