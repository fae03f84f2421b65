//! Moments, in milliseconds since 1970 UTC; nothing here reads a clock.
use std::{
    ops::{Add, Sub},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The moment `seconds` after 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// The same as software writes it, to the second, in UTC.
    pub fn to_utc(self) -> String {
        jiff::Timestamp::from_second(self.seconds()).map(|at| at.to_string()).unwrap_or_default()
    }

    /// The moment that software wrote so, with how far from UTC its clock is.
    pub fn from_utc(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_millisecond()))
    }

    /// How long after `earlier` this is; zero when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

/// Durations that read like the rules they stand in.
pub mod span {
    use std::time::Duration;

    /// So many seconds.
    pub const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }
    /// So many minutes.
    pub const fn minutes(n: u64) -> Duration {
        Duration::from_secs(n * 60)
    }
    /// So many hours.
    pub const fn hours(n: u64) -> Duration {
        Duration::from_secs(n * 3_600)
    }
    /// So many days.
    pub const fn days(n: u64) -> Duration {
        Duration::from_secs(n * 86_400)
    }
}
