//! What an answer means: done, tried again, given up; and how long to wait. Pure.
use std::time::Duration;

use domain::{
    peer::PeerState,
    time::{Timestamp, span},
};
use store::peers::{Peer, SetBack};

use crate::client::{Answer, FetchError};

/// How often a delivery is refused before it is given up: a key may be hard to fetch for a while.
const REFUSALS: i32 = 5;

/// How often one delivery may fail on a server that takes others.
const FAILURES: i32 = 8;

/// After so long, and so many tries, a server is taken to be gone for a while.
const DEAD_AFTER: Duration = span::days(7);
const DEAD_TRIES: i32 = 12;

/// How often a dead server is tried.
const PROBE: Duration = span::days(1);

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It arrived.
    Delivered,
    /// It will never be taken.
    Parked(String),
    /// This one was not taken now; others may be.
    Later(String, Duration),
    /// There is no such inbox now, or, where it is known to be there, not yet what this one is about; and how long to wait in either
    /// case.
    Missing(String, [Duration; 2]),
    /// The same, and the inbox is said to be elsewhere.
    Moved(String, Duration),
    /// There is no such inbox any more.
    Gone,
    /// The server is not there, or wants to be left alone for as long as it says.
    Away(String, Option<Duration>),
}

impl Verdict {
    /// One word for the metrics.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Parked(_) => "parked",
            Self::Later(..) | Self::Missing(..) => "later",
            Self::Moved(..) => "moved",
            Self::Gone => "gone",
            Self::Away(..) => "away",
        }
    }
}

/// What the answer to a delivery that was tried `attempts` times before means.
pub(super) fn judge(answer: Result<Answer, FetchError>, attempts: i32, luck: Luck) -> Verdict {
    let Answer { status, retry_after, .. } = match answer {
        Ok(answer) => answer,
        Err(error @ FetchError::Sign(_)) => return Verdict::Parked(error.detail()),
        Err(error) => return Verdict::Away(error.detail(), None),
    };
    let said = format!("answered {status}");
    let tried = attempts.saturating_add(1);
    let unless = |most: i32, wait: Duration| {
        if tried >= most { Verdict::Parked(said.clone()) } else { Verdict::Later(said.clone(), wait) }
    };
    match status {
        200..=299 => Verdict::Delivered,
        401 | 403 => unless(REFUSALS, luck.back_off(tried)),
        404 if tried < REFUSALS => Verdict::Missing(said, [luck.spread(span::hours(6)), luck.back_off(tried)]),
        410 => Verdict::Gone,
        429 => Verdict::Away(said, retry_after.or(Some(span::minutes(1)))),
        408 | 425 | 502..=504 => Verdict::Away(said, retry_after),
        // Nobody is followed to where they point: where its inbox is, an actor says itself.
        301 | 308 if tried < FAILURES => Verdict::Moved(said, luck.back_off(tried.saturating_mul(2))),
        300..=399 | 500..=599 => unless(FAILURES, luck.back_off(tried.saturating_mul(2))),
        400..=499 => Verdict::Parked(said),
        _ => Verdict::Away(said, None),
    }
}

/// A random share, so that what failed together does not come back together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Luck(u32);

impl Luck {
    /// A new one; `app::random::spread` gives the number.
    pub(super) fn new() -> Self {
        Self(u32::try_from(app::random::spread(1_000)).unwrap_or(0))
    }

    /// Between half of `full` and all of it.
    fn spread(self, full: Duration) -> Duration {
        full / 2 + full * self.0 / 2_000
    }

    /// How long to wait after so many failures: from a minute, doubling, to half a day.
    fn back_off(self, failures: i32) -> Duration {
        let doublings = u32::try_from(failures.clamp(1, 11) - 1).unwrap_or(0);
        self.spread(span::minutes(1).saturating_mul(1 << doublings).min(span::hours(12)) * 2).min(span::hours(12))
    }
}

/// What is to be done about a server that could not be reached at `now`; `pause` is what it asked for.
pub(super) fn set_back(peer: &Peer, error: String, pause: Option<Duration>, now: Timestamp, luck: Luck) -> SetBack {
    let Peer { state, failures, failing_since, .. } = *peer;
    if let Some(pause) = pause {
        // It is there, and says when it wants more.
        let retry_at = now + pause.max(span::seconds(1));
        return SetBack { state: PeerState::Alive, failures, failing_since, retry_at, error };
    }
    let (failures, since) = (failures.saturating_add(1), failing_since.unwrap_or(now));
    let dead = state == PeerState::Dead || failures >= DEAD_TRIES && now.since(since) >= DEAD_AFTER;
    let (state, wait) =
        if dead { (PeerState::Dead, luck.spread(PROBE)) } else { (PeerState::Alive, luck.back_off(failures)) };
    SetBack { state, failures, failing_since: Some(since), retry_at: now + wait, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, attempts: i32) -> Verdict {
        let answer = Answer { status, retry_after: None, accepts_rfc9421: false, blames_signature: false };
        judge(Ok(answer), attempts, Luck(0))
    }

    #[test]
    fn answers() {
        let words = |attempts| {
            move |status: &u16| match answered(*status, attempts) {
                Verdict::Later(..) | Verdict::Missing(..) => format!("{status} later"),
                other => format!("{status} {}", other.word()),
            }
        };
        let statuses =
            [200, 202, 301, 302, 400, 401, 403, 404, 405, 408, 410, 413, 415, 422, 429, 500, 501, 502, 503, 507];
        let first: Vec<String> = statuses.iter().map(words(0)).collect();
        assert_eq!(
            first.join(", "),
            "200 delivered, 202 delivered, 301 moved, 302 later, 400 parked, 401 later, 403 later, 404 later, 405 parked, \
             408 away, 410 gone, 413 parked, 415 parked, 422 parked, 429 away, 500 later, 501 later, 502 away, 503 away, 507 later"
        );
        let fifth: Vec<String> = [401, 404, 500].iter().map(words(4)).collect();
        assert_eq!(fifth.join(", "), "401 parked, 404 parked, 500 later");
        assert_eq!((answered(500, 7).word(), answered(308, 7).word()), ("parked", "parked"));
        assert_eq!(answered(401, 0), Verdict::Later("answered 401".into(), span::minutes(1)));
    }

    #[test]
    fn back_off_goes_from_a_minute_to_half_a_day() {
        for luck in [Luck(0), Luck(999)] {
            assert!((span::minutes(1)..span::minutes(2)).contains(&luck.back_off(1)));
            assert!((span::minutes(8)..span::minutes(16)).contains(&luck.back_off(4)));
            assert_eq!(luck.back_off(30), span::hours(12));
        }
    }

    #[test]
    fn a_server_dies_after_a_week_of_trying_and_not_of_our_own_sleep() {
        let mut peer = Peer {
            id: domain::id::PeerId(1),
            host: String::new(),
            software: String::new(),
            version: String::new(),
            profile: domain::peer::Profile::Forum,
            described: None,
            state: PeerState::Alive,
            failures: 0,
            failing_since: None,
            retry_at: Timestamp(0),
            resting_until: Timestamp(0),
            lease_until: Timestamp(0),
            last_success: None,
            last_seen: None,
            last_error: None,
            scheme: None,
            regard: domain::rule::Regard::Welcome,
        };
        let mut now = Timestamp(0);
        let mut tries = 0;
        while peer.state == PeerState::Alive {
            let SetBack { state, failures, failing_since, retry_at, .. } =
                set_back(&peer, String::new(), None, now, Luck(500));
            (peer.state, peer.failures, peer.failing_since, now) = (state, failures, failing_since, retry_at);
            tries += 1;
        }
        assert!((15..40).contains(&tries), "{tries} tries");
        assert!((span::days(7)..span::days(9)).contains(&now.since(Timestamp(0))));
        let asleep = Peer { state: PeerState::Alive, failures: 2, failing_since: Some(Timestamp(0)), ..peer };
        assert_eq!(
            set_back(&asleep, String::new(), None, Timestamp(0) + span::days(30), Luck(0)).state,
            PeerState::Alive
        );
    }
}
