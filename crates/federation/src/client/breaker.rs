//! Whether a server is worth asking: after some failures in a row it is left alone for a while, then asked once.
use std::time::Duration;

use domain::time::{Timestamp, span};

/// After so many failures in a row nothing is asked any more.
const FAILURES: u32 = 5;
/// For how long, at first; it doubles with every failure after that, up to the longest.
const PAUSE: Duration = span::minutes(1);
const LONGEST: Duration = span::minutes(10);
/// How long the one who goes ahead has for coming back, before another one may.
const PROBE: Duration = span::seconds(30);

/// What is to be written down about a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// It is left alone until then, and why.
    Rests(Timestamp, String),
    /// It answers again.
    Answers,
}

/// The failures of one server, and what follows from them.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// Nothing is asked before then; from then on one at a time, until it answers.
    rests_until: Option<Timestamp>,
    news: Option<News>,
}

impl Breaker {
    /// Whether nothing may be asked now.
    pub(super) fn rests(&self, now: Timestamp) -> bool {
        self.rests_until.is_some_and(|until| until > now)
    }

    /// Whether something may be asked now. Whoever goes first after a rest goes alone.
    pub(super) fn begin(&mut self, now: Timestamp) -> bool {
        if self.rests(now) {
            return false;
        }
        if let Some(until) = &mut self.rests_until {
            *until = now + PROBE;
        }
        true
    }

    /// It answered, whatever it said.
    pub(super) fn answered(&mut self) {
        if self.rests_until.is_some() {
            self.news = Some(News::Answers);
        }
        (self.failures, self.rests_until) = (0, None);
    }

    /// It did not answer, or only that it is in trouble.
    pub(super) fn failed(&mut self, now: Timestamp, why: &str) {
        self.failures = self.failures.saturating_add(1);
        let Some(more) = self.failures.checked_sub(FAILURES) else { return };
        let pause = PAUSE.saturating_mul(1 << more.min(10)).min(LONGEST);
        self.rest(now + pause, why);
    }

    /// It wants to be left alone for so long.
    pub(super) fn asked_for_peace(&mut self, now: Timestamp, wait: Duration) {
        self.rest(now + wait.clamp(span::seconds(1), LONGEST), "it asked to be left alone for a while");
    }

    /// There is a reason to ask it now.
    pub(super) fn hope(&mut self, now: Timestamp) {
        if let Some(until) = &mut self.rests_until {
            *until = now.min(*until);
        }
    }

    /// It was left alone until then, before this process began.
    pub(super) fn resume(&mut self, until: Timestamp) {
        (self.failures, self.rests_until) = (FAILURES, Some(until));
    }

    /// What is to be written down, once.
    pub(super) fn news(&mut self) -> Option<News> {
        self.news.take()
    }

    fn rest(&mut self, until: Timestamp, why: &str) {
        self.rests_until = Some(until);
        self.news = Some(News::Rests(until, why.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_try() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(START, "no");
        }
        breaker.answered();
        assert_eq!(breaker.news(), None, "nothing happened yet");
        for _ in 0..4 {
            breaker.failed(START, "no");
        }
        assert!(breaker.begin(START) && breaker.begin(START), "any number as long as it is closed");
        breaker.failed(START, "no");
        assert!(!breaker.begin(START));
        assert_eq!(breaker.news(), Some(News::Rests(START + PAUSE, "no".into())));

        let later = START + PAUSE;
        assert!(breaker.begin(later), "one");
        assert!(!breaker.begin(later), "and no other meanwhile");
        breaker.failed(later, "still not");
        assert!(!breaker.begin(later + PAUSE) && breaker.begin(later + PAUSE * 2), "it waits longer now");
        assert!(breaker.begin(later + PAUSE * 2 + PROBE), "whoever went ahead did not come back");
        breaker.answered();
        assert!(breaker.begin(later) && breaker.begin(later));
        assert_eq!(breaker.news(), Some(News::Answers));
    }

    #[test]
    fn no_rest_is_longer_than_the_longest() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.failed(START, "no");
        }
        assert!(!breaker.begin(START + LONGEST.saturating_sub(span::seconds(1))) && breaker.begin(START + LONGEST));
        breaker.answered();
        breaker.asked_for_peace(START, span::days(3));
        assert!(!breaker.begin(START + span::minutes(9)) && breaker.begin(START + LONGEST));
    }
}
