//! How many requests go to one host at once, and how many may wait for that.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{host::Host, time::span};
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const AT_ONCE: usize = 4;
const WAITING: usize = 32;
const HOSTS: u64 = 10_000;

/// The gates of all hosts.
pub(super) struct Gates(Cache<Host, Arc<Gate>>);

struct Gate {
    open: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Gates {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(HOSTS).time_to_idle(span::minutes(10)).build())
    }
}

impl Gates {
    /// A place among the requests to `host`; none if too many wait for one already.
    pub(super) async fn enter(&self, host: &Host) -> Option<OwnedSemaphorePermit> {
        let fresh = || Arc::new(Gate { open: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0) });
        let gate = self.0.get_with_by_ref(host, fresh);
        let place = Waiting::new(&gate.waiting)?;
        let permit = gate.open.clone().acquire_owned().await.ok();
        drop(place);
        permit
    }
}

/// One who waits; also when the wait is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Option<Self> {
        let waiting = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn some_pass_some_wait_and_the_rest_is_turned_away() {
        let (gates, host) = (Gates::default(), Host::parse("alpha.test").unwrap());
        let inside: Vec<_> = (0..AT_ONCE).map(|_| gates.enter(&host).now_or_never().unwrap().unwrap()).collect();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(gates.enter(&host))).collect();
        assert!(waiting.iter_mut().all(|place| place.as_mut().now_or_never().is_none()));
        assert!(gates.enter(&host).now_or_never().unwrap().is_none(), "turned away at once");
        let other = Host::parse("beta.test").unwrap();
        assert!(gates.enter(&other).now_or_never().unwrap().is_some(), "others do not suffer");
        drop(waiting);
        assert!(gates.enter(&host).now_or_never().is_none(), "waits again");
        drop(inside);
        assert!(gates.enter(&host).now_or_never().unwrap().is_some());
    }
}
