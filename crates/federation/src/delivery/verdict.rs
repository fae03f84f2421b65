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
            Self::Later(..) => "later",
            Self::Gone => "gone",
            Self::Away(..) => "away",
        }
    }
}

/// What the answer to a delivery that was tried `attempts` times before means.
pub(super) fn judge(answer: Result<Answer, FetchError>, attempts: i32, luck: Luck) -> Verdict {
    let Answer { status, retry_after } = match answer {
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
        404 => unless(REFUSALS, luck.spread(span::hours(6))),
        410 => Verdict::Gone,
        408 | 425 | 429 | 502..=504 => Verdict::Away(said, retry_after),
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
