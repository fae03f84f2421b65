//! What goes to one other server: not too much at once or within a second, and for a while nothing if it does not answer.
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use app::Clock;
use domain::{
    host::Host,
    time::{Timestamp, span},
};
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use super::breaker::News;
use super::{FetchError, breaker::Breaker};
use crate::limits::{Bucket, Pace};

/// How many questions are asked of one server at once, and how many may wait for that.
const AT_ONCE: usize = 4;
const WAITING: usize = 32;
/// How many questions a second on average, and how many seconds' worth after a calm.
const QUESTIONS: Pace = Pace::new(20, 10);
/// The same of deliveries; how many are on their way at once, their queue decides.
const DELIVERIES: Pace = Pace::new(500, 1);
/// Of how many servers this is remembered, and for how long after they were last asked.
const HOSTS: u64 = 10_000;
const REMEMBERED: Duration = span::hours(2);

/// All other servers that anything went to lately.
#[derive(Clone)]
pub(crate) struct Hosts {
    clock: Clock,
    each: Cache<Host, Arc<Line>>,
}

/// What goes to one of them.
struct Line {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    questions: Bucket,
    deliveries: Bucket,
    breaker: Mutex<Breaker>,
}

impl Hosts {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, each: Cache::builder().max_capacity(HOSTS).time_to_idle(REMEMBERED).build() }
    }

    /// A place among the questions to the server of `url`: none if too many wait for one already, or if it is left alone.
    pub(super) async fn ask(&self, url: &str) -> Result<Asking, FetchError> {
        let host = Host::of(url).ok_or(FetchError::Forbidden("not a URL"))?;
        let line = self.line(&host);
        // Those who wait would otherwise go on one by one when it has become plain that nobody answers.
        self.admits(&line)?;
        let waiting = Waiting::new(&line.waiting).ok_or(FetchError::Crowded)?;
        let place = line.places.clone().acquire_owned().await.ok().ok_or(FetchError::Crowded)?;
        tokio::time::sleep(line.questions.reserve(QUESTIONS, self.clock.now())).await;
        drop(waiting);
        self.begin(&line)?;
        Ok(Asking { clock: self.clock.clone(), line, _place: place })
    }

    /// Waits until a delivery may leave for the server of `url`. Whether it may at all, the state of its queue says.
    pub(super) async fn deliver(&self, url: &str) -> Option<Delivering> {
        let line = self.line(&Host::of(url)?);
        tokio::time::sleep(line.deliveries.reserve(DELIVERIES, self.clock.now())).await;
        Some(Delivering { clock: self.clock.clone(), line })
    }

    /// A server has said something by itself: it may be asked again, if it was left alone.
    pub(crate) fn heard_from(&self, host: &Host) {
        if let Some(line) = self.each.get(host) {
            line.with_breaker(|breaker| breaker.hope(self.clock.now()));
        }
    }

    /// A server is left alone until then, as was known before.
    pub(crate) fn leave_alone(&self, host: &Host, until: Timestamp) {
        self.line(host).with_breaker(|breaker| breaker.resume(until));
    }

    /// What became of a server since this was last asked, if it is to be written down.
    pub(crate) fn news_of(&self, host: &Host) -> Option<News> {
        self.each.get(host)?.with_breaker(Breaker::news)
    }

    fn line(&self, host: &Host) -> Arc<Line> {
        let fresh = || {
            Arc::new(Line {
                places: Arc::new(Semaphore::new(AT_ONCE)),
                waiting: AtomicUsize::new(0),
                questions: Bucket::default(),
                deliveries: Bucket::default(),
                breaker: Mutex::default(),
            })
        };
        self.each.get_with_by_ref(host, fresh)
    }

    fn admits(&self, line: &Line) -> Result<(), FetchError> {
        let rests = line.with_breaker(|breaker| breaker.rests(self.clock.now()));
        if rests { Err(FetchError::Resting) } else { Ok(()) }
    }

    fn begin(&self, line: &Line) -> Result<(), FetchError> {
        let begun = line.with_breaker(|breaker| breaker.begin(self.clock.now()));
        if begun { Ok(()) } else { Err(FetchError::Resting) }
    }
}

impl Line {
    fn with_breaker<T>(&self, f: impl FnOnce(&mut Breaker) -> T) -> T {
        f(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A question on its way.
pub(super) struct Asking {
    clock: Clock,
    line: Arc<Line>,
    _place: OwnedSemaphorePermit,
}

impl Asking {
    /// Takes note of what came of it.
    pub(super) fn came<T>(&self, answer: Result<T, FetchError>) -> Result<T, FetchError> {
        let now = self.clock.now();
        self.line.with_breaker(|breaker| match &answer {
            Err(FetchError::Busy { retry_after: Some(wait) }) => breaker.asked_for_peace(now, *wait),
            Err(error) if error.blames_server() => breaker.failed(now, &error.detail()),
            // It was never asked.
            Err(FetchError::Forbidden(_) | FetchError::Sign(_)) => {}
            _ => breaker.answered(),
        });
        answer
    }
}

/// A delivery on its way.
pub(super) struct Delivering {
    clock: Clock,
    line: Arc<Line>,
}

impl Delivering {
    /// Takes note of what came of it: the status, or that there was none.
    pub(super) fn came(&self, answer: Result<u16, &FetchError>) {
        let now = self.clock.now();
        self.line.with_breaker(|breaker| match answer {
            Ok(status) if is_failure(status) => breaker.failed(now, &format!("answered {status}")),
            Ok(_) => breaker.answered(),
            Err(error) if error.blames_server() => breaker.failed(now, &error.detail()),
            Err(_) => {}
        });
    }
}

/// Whether a status says that the server, and not the request, is in trouble.
pub(super) fn is_failure(status: u16) -> bool {
    matches!(status, 500 | 502..=504 | 506..=599)
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

    const ALPHA: &str = "https://alpha.test/";

    #[tokio::test]
    async fn some_pass_some_wait_and_the_rest_is_turned_away() {
        let hosts = Hosts::new(Clock::default());
        let mut inside = Vec::new();
        for _ in 0..AT_ONCE {
            inside.push(hosts.ask(ALPHA).await.ok().unwrap());
        }
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(hosts.ask(ALPHA))).collect();
        assert!(waiting.iter_mut().all(|place| place.as_mut().now_or_never().is_none()));
        let turned_away = hosts.ask(ALPHA).await;
        assert!(matches!(turned_away, Err(FetchError::Crowded)), "at once");
        assert!(hosts.ask("https://beta.test/").await.is_ok(), "others do not suffer");
        drop(waiting);
        assert!(hosts.ask(ALPHA).now_or_never().is_none(), "waits again");
        drop(inside);
        assert!(hosts.ask(ALPHA).await.is_ok());
    }

    #[tokio::test]
    async fn who_does_not_answer_is_left_alone_whatever_is_asked() {
        let hosts = Hosts::new(Clock::default());
        for _ in 0..4 {
            hosts.ask(ALPHA).await.ok().unwrap().came::<()>(Err(FetchError::timed_out("it"))).unwrap_err();
        }
        hosts.deliver(ALPHA).await.unwrap().came(Ok(502));
        assert!(matches!(hosts.ask("https://alpha.test/other").await, Err(FetchError::Resting)));
        let host = Host::of(ALPHA).unwrap();
        assert!(matches!(hosts.news_of(&host), Some(News::Rests(..))));
        assert!(hosts.news_of(&host).is_none(), "it is written down once");
        hosts.heard_from(&host);
        let probe = hosts.ask(ALPHA).await.ok().unwrap();
        assert!(matches!(hosts.ask(ALPHA).await, Err(FetchError::Resting)), "one goes ahead");
        probe.came(Err::<(), _>(FetchError::NotFound)).unwrap_err();
        assert!(hosts.ask(ALPHA).await.is_ok(), "it has answered");
        assert!(matches!(hosts.news_of(&host), Some(News::Answers)));
    }
}
