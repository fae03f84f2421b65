//! The only source of time: the system's clock, which tests may move forward.
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use domain::time::Timestamp;

/// A clock; clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
    /// Where it stands; zero while it goes.
    stopped: Arc<AtomicI64>,
}

impl Clock {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        let shown = match self.stopped.load(Ordering::Relaxed) {
            0 => system(),
            stopped => stopped,
        };
        Timestamp(shown + self.ahead.load(Ordering::Relaxed))
    }

    /// Stops this clock and its clones, which only move when they are moved from now on; for tests of how much happens at
    /// once, however long that takes.
    pub fn stop(&self) {
        self.stopped.store(system(), Ordering::Relaxed);
    }

    /// Moves this clock and its clones forward; for tests of what happens later.
    pub fn advance(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }
}

/// What the system's clock shows, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the one source of time")]
fn system() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
