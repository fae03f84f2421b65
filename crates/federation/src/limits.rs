//! How often others may come: a bucket of tokens for each server and each address, filled at a steady pace.
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};
use app::{App, Whence};
use domain::{
    host::Host,
    time::{Timestamp, span},
};
use moka::sync::Cache;

use crate::{inbox::Refusal, routes::answer};

/// How many seconds it takes to fill a bucket: so much may come at once after a calm.
const DEPTH: u32 = 100;
/// How many buckets there are at most. Whoever comes from more places than that is not stopped by counting.
const BUCKETS: u64 = 20_000;
/// What an address may bring that nobody proves to have said, as a part of what a server may.
const UNPROVEN: u32 = 10;

/// How many requests a second one server may make on average; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Activities that it sends.
    pub inbox: u32,
    /// Documents that it reads.
    pub reads: u32,
}

/// The limits of the door to other servers. They count in memory: each process of several for itself.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    /// Activities, by the server whose signature they bear.
    proven: Buckets,
    /// What came without a signature that holds, by address.
    unproven: Buckets,
    /// Requests for documents, by address; those with a signature that is looked at also by server.
    reads: Buckets,
}

impl Limits {
    /// Limits that nobody has made use of yet.
    pub fn new(rates: Rates) -> Self {
        Self(Arc::new(Inner {
            proven: Buckets::new(rates.inbox),
            unproven: Buckets::new(rates.inbox.div_ceil(UNPROVEN)),
            reads: Buckets::new(rates.reads),
        }))
    }

    /// Lets something in that has yet to prove whose it is.
    pub(crate) fn enter(&self, request: &HttpRequest, now: Timestamp) -> Result<Entry<'_>, Refusal> {
        let place = place(request);
        if let Some(place) = &place {
            self.0.unproven.take(place, now).map_err(|wait| too_many("inbox", wait))?;
        }
        Ok(Entry { limits: &self.0, place })
    }

    /// Counts a request for a document by the server that signed it.
    pub(crate) fn read_by(&self, signer: &str, now: Timestamp) -> Result<(), Refusal> {
        let Some(host) = Host::of(signer) else { return Ok(()) };
        self.0.reads.take(host.as_str(), now).map_err(|wait| too_many("reads", wait))
    }
}

/// Something that came in; it counts for where it came from until it proves whose it is.
pub(crate) struct Entry<'a> {
    limits: &'a Inner,
    place: Option<String>,
}

impl Entry<'_> {
    /// Whether the server that claims to have sent it may send any more. Only what it proved to have sent counts, so that
    /// nobody shuts it out by speaking in its name.
    pub(crate) fn claims(&self, app: &App, key_id: &str) -> Result<(), Refusal> {
        let (Some(host), now) = (Host::of(key_id), app.now()) else { return Ok(()) };
        self.limits.proven.look(host.as_str(), now).map_err(|wait| flooded(app, &host, wait))
    }

    /// It is the word of the server that has the key: from now on it counts for that one.
    pub(crate) fn proves(self, app: &App, key_id: &str) -> Result<(), Refusal> {
        if let Some(place) = &self.place {
            self.limits.unproven.give_back(place);
        }
        let (Some(host), now) = (Host::of(key_id), app.now()) else { return Ok(()) };
        self.limits.proven.take(host.as_str(), now).map_err(|wait| flooded(app, &host, wait))
    }
}

/// Lets those read who do not come too often.
pub(crate) async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let now = request.app_data::<Data<App>>().map(|app| app.now());
    let limits = request.app_data::<Data<Limits>>();
    if let Some(((limits, now), place)) = limits.zip(now).zip(place(request.request()))
        && let Err(wait) = limits.0.reads.take(&place, now)
    {
        let refusal = too_many("reads", wait);
        tracing::debug!(place, "too many requests for documents");
        let answer = answer::later(request.request(), &refusal.to_string(), wait);
        return Ok(request.into_response(answer).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// What a request counts for before anybody proves to have made it; nothing for this machine itself.
fn place(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<Whence>().and_then(Whence::neighbourhood)
}

/// A server sent more than it may, or somebody did in its name; admins see that.
fn flooded(app: &App, host: &Host, wait: Duration) -> Refusal {
    app.floods().note(host.as_str(), app.now());
    too_many("inbox", wait)
}

fn too_many(door: &'static str, wait: Duration) -> Refusal {
    metrics::counter!("tertulia_limited_requests_total", "door" => door).increment(1);
    Refusal::TooMany(wait)
}

/// How buckets of one sort fill, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The time in which one token comes; 0 if there is no end of them.
    step: i64,
    /// The time in which an empty bucket fills.
    depth: i64,
}

impl Pace {
    /// So many tokens a second, and room for those of so many seconds.
    pub(crate) const fn new(per_second: u32, seconds: u32) -> Self {
        let step = match per_second {
            0 => 0,
            some => 1_000_000 / some as i64,
        };
        Self { step, depth: seconds as i64 * 1_000_000 }
    }

    /// When a bucket that is full at `at` would be full again if one more were taken at `now`, and how long that one has to
    /// wait.
    fn one_more(self, at: i64, now: Timestamp) -> (i64, Duration) {
        let now = now.0.saturating_mul(1_000);
        let next = at.max(now) + self.step;
        (next, Duration::from_micros((next - now - self.depth).max(0).unsigned_abs()))
    }
}

/// A bucket of tokens. It is one number: the moment at which it will be full again.
#[derive(Debug, Default)]
pub(crate) struct Bucket(AtomicI64);

impl Bucket {
    /// Takes a token; if there is none, says how long until there is.
    fn take(&self, pace: Pace, now: Timestamp) -> Result<(), Duration> {
        let next = |at| match pace.one_more(at, now) {
            (next, Duration::ZERO) => Some(next),
            _ => None,
        };
        self.0.fetch_update(Relaxed, Relaxed, next).map(drop).map_err(|at| pace.one_more(at, now).1)
    }

    /// Takes a token, maybe one that is yet to come; returns how long until it does.
    pub(crate) fn reserve(&self, pace: Pace, now: Timestamp) -> Duration {
        let at = self.0.fetch_update(Relaxed, Relaxed, |at| Some(pace.one_more(at, now).0));
        pace.one_more(at.unwrap_or_default(), now).1
    }
}

/// Buckets by whose they are.
struct Buckets {
    pace: Pace,
    each: Cache<String, Arc<Bucket>>,
}

impl Buckets {
    fn new(per_second: u32) -> Self {
        // Whatever was not touched for longer than it takes to fill is full.
        let idle = span::seconds(2 * u64::from(DEPTH));
        let each = Cache::builder().max_capacity(BUCKETS).time_to_idle(idle).build();
        Self { pace: Pace::new(per_second, DEPTH), each }
    }

    /// Takes one token of `key`; if there is none, says how long until there is.
    fn take(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        if self.pace.step == 0 {
            return Ok(());
        }
        self.each.get_with_by_ref(key, Arc::default).take(self.pace, now)
    }

    /// The same, without taking it.
    fn look(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        let wait = self.each.get(key).map(|bucket| self.pace.one_more(bucket.0.load(Relaxed), now).1);
        wait.filter(|wait| !wait.is_zero()).map_or(Ok(()), Err)
    }

    fn give_back(&self, key: &str) {
        if let Some(bucket) = self.each.get(key) {
            bucket.0.fetch_sub(self.pace.step, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    fn taken(buckets: &Buckets, key: &str, now: Timestamp) -> usize {
        (0..100_000).take_while(|_| buckets.take(key, now).is_ok()).count()
    }

    #[test]
    fn a_bucket_holds_a_rush_and_fills_steadily() {
        let buckets = Buckets::new(5);
        assert_eq!(taken(&buckets, "a.test", START), 500, "a hundred seconds' worth after a calm");
        assert_eq!(buckets.look("a.test", START), Err(Duration::from_millis(200)));
        assert_eq!(taken(&buckets, "b.test", START), 500, "others have their own");
        assert_eq!(taken(&buckets, "a.test", START + span::seconds(3)), 15);
        assert_eq!(taken(&buckets, "a.test", START + span::hours(3)), 500, "and no more than that");
    }

    #[test]
    fn what_is_given_back_may_be_taken_again() {
        let buckets = Buckets::new(1);
        assert_eq!(taken(&buckets, "a", START), 100);
        buckets.give_back("a");
        assert_eq!(taken(&buckets, "a", START), 1);
        buckets.give_back("never seen");
        assert_eq!(buckets.look("never seen", START), Ok(()));
    }

    #[test]
    fn none_is_no_limit_and_many_do_not_fill_the_memory() {
        assert_eq!(taken(&Buckets::new(0), "a", START), 100_000);
        let buckets = Buckets::new(1);
        for number in 0..BUCKETS * 2 {
            buckets.take(&number.to_string(), START).unwrap();
        }
        buckets.each.run_pending_tasks();
        assert!(buckets.each.entry_count() <= BUCKETS);
    }

    #[test]
    fn a_token_may_be_taken_before_it_comes() {
        let (bucket, pace) = (Bucket::default(), Pace::new(10, 1));
        let waits: Vec<Duration> = (0..12).map(|_| bucket.reserve(pace, START)).collect();
        assert!(waits.iter().take(10).all(Duration::is_zero), "{waits:?}");
        assert_eq!(waits[10..], [Duration::from_millis(100), Duration::from_millis(200)]);
        assert_eq!(bucket.take(pace, START), Err(Duration::from_millis(300)));
    }
}
