//! Sends prepared requests over kept connections, and notes what comes back and when.
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{other, wire::Wire};
use crate::cli::Failure;

/// Nothing that is measured may take longer.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// When it is enough.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// Each request was sent once.
    AllSent,
    /// The time is over; the requests are sent again and again.
    Passed(Duration),
    /// Each request was sent once, spread evenly over this time, however long the answers take; a request for which no
    /// connection is free has begun to wait all the same.
    Spread(Duration),
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) took: Duration,
    /// How many answers there were of each status.
    pub(super) statuses: BTreeMap<u16, u32>,
    /// Which requests were refused, by their numbers.
    pub(super) refused: Vec<usize>,
    /// How long each took, in microseconds, the shortest first.
    waits: Vec<u32>,
}

impl Outcome {
    /// Answers with this status, per second.
    pub(super) fn per_s(&self, status: u16) -> f64 {
        f64::from(self.statuses.get(&status).copied().unwrap_or(0)) / self.took.as_secs_f64()
    }

    /// How long the slowest one in a hundred had to wait at least, in milliseconds.
    pub(super) fn p99_ms(&self) -> f64 {
        self.ms(99)
    }

    /// How long all but so many in a hundred had to wait at most, in milliseconds.
    pub(super) fn ms(&self, percent: usize) -> f64 {
        let at = self.waits.len().saturating_mul(percent) / 100;
        self.waits.get(at).copied().map_or(0.0, |wait| f64::from(wait) / 1_000.0)
    }

    /// Complains unless every answer had this status.
    pub(super) fn expect(&self, status: u16, what: &str) -> Result<(), Failure> {
        self.expect_any(&[status], what)
    }

    /// Complains unless every answer had one of these statuses.
    pub(super) fn expect_any(&self, possible: &[u16], what: &str) -> Result<(), Failure> {
        if self.statuses.keys().all(|seen| possible.contains(seen)) {
            return Ok(());
        }
        Err(Failure::Other(format!("{what}: not all answers were {possible:?}: {:?}", self.statuses)))
    }
}

/// Sends `requests` to `address`, on each connection the next one once the last one is answered.
pub(super) async fn send(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: u32,
    until: Until,
) -> Result<Outcome, Failure> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let mut wires = Vec::new();
    for _ in 0..connections {
        wires.push(Wire::open(address).await.map_err(other("a connection"))?);
    }
    let (start, mut workers) = (Instant::now(), JoinSet::new());
    for wire in wires {
        workers.spawn(one(wire, requests.clone(), next.clone(), start, until));
    }
    let mut outcome = Outcome::default();
    let finished = async {
        while let Some(worked) = workers.join_next().await {
            let noted = worked.map_err(other("a connection"))?.map_err(other("a connection"))?;
            for (status, count) in noted.statuses {
                *outcome.statuses.entry(status).or_default() += count;
            }
            outcome.refused.extend(noted.refused);
            outcome.waits.extend(noted.waits);
        }
        Ok::<(), Failure>(())
    };
    tokio::time::timeout(PATIENCE, finished).await.map_err(other("the load"))??;
    outcome.took = start.elapsed();
    outcome.waits.sort_unstable();
    Ok(outcome)
}

async fn one(
    mut wire: Wire,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    start: Instant,
    until: Until,
) -> io::Result<Outcome> {
    let mut noted = Outcome { waits: Vec::with_capacity(4_096), ..Outcome::default() };
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = match until {
            Until::AllSent | Until::Spread(_) => requests.get(number),
            Until::Passed(time) if start.elapsed() >= time => None,
            Until::Passed(_) => requests.get(number.checked_rem(requests.len()).unwrap_or(0)),
        };
        let Some(request) = request else { return Ok(noted) };
        let due = match until {
            Until::Spread(time) => start + time.mul_f64(share(number, requests.len())),
            Until::AllSent | Until::Passed(_) => Instant::now(),
        };
        tokio::time::sleep_until(due.into()).await;
        let status = wire.ask(request).await?.status();
        noted.waits.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
        *noted.statuses.entry(status).or_default() += 1;
        if !(200..300).contains(&status) {
            noted.refused.push(number);
        }
    }
}

/// How far `number` has come on the way to `all`.
fn share(number: usize, all: usize) -> f64 {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    float(number) / float(all.max(1))
}

/// `count` in a second, when it took so long.
pub(super) fn per_s(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}
