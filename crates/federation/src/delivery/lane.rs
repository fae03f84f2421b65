//! One server's queue while this process serves it: what may be sent next, and what the answers do to the rest.
use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use app::deliveries::Claim;
use domain::{
    id::{ActivityId, PostId},
    time::{Timestamp, span},
};
use store::{
    deliveries::{End, Waiting},
    peers::{Peer, SetBack},
};

use super::{
    courier::Addressee,
    verdict::{Luck, Verdict, set_back},
};

/// How many deliveries to one server may be on their way: a far one answers four times a second and takes 200.
const WIDEST: usize = 64;

/// With how many a server that went well begins; one that has yet to show that it answers begins with one.
const WIDTH: usize = 4;

/// How many of a queue are kept in memory.
pub(super) const BATCH: i64 = 128;

/// When the rest is fetched.
const LOW: usize = 64;

/// After so many failures in a row a server counts as away, even if it took something before.
const STRIKES: u32 = 3;

/// How long after it took something a server counts as being there.
const THERE: Duration = span::days(1);

/// A server's queue. What is about one post is sent in order, one after the other; what is about no post (requests and
/// their answers, changes of actors) waits for all before it, and all after it wait for it.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) peer: Peer,
    queue: VecDeque<Waiting>,
    /// The last one fetched.
    last: Option<Waiting>,
    /// Whether there may be more behind it.
    more: bool,
    loading: bool,
    width: usize,
    in_flight: usize,
    /// What something on its way is about.
    busy: HashSet<Key>,
    /// An activity about no post that is on its way.
    alone: Option<ActivityId>,
    /// What nothing may be sent about before something that failed is tried again.
    held: HashMap<Key, Timestamp>,
    strikes: u32,
    /// Whether the server took anything since we have it.
    proven: bool,
    trouble: Option<SetBack>,
}

/// A post, as far as one inbox is concerned; inboxes by their hash.
type Key = (PostId, u64);

fn key(waiting: &Waiting) -> Option<Key> {
    let mut hash = DefaultHasher::new();
    waiting.inbox.hash(&mut hash);
    Some((waiting.post?, hash.finish()))
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// What is recorded; nothing if it stays as it is.
    pub(super) end: Option<End>,
    /// Whether the inbox is gone.
    pub(super) gone: bool,
    /// Whether it is said to be elsewhere.
    pub(super) moved: bool,
}

impl Lane {
    pub(super) fn new(claim: Claim) -> Self {
        let Claim { peer, first } = claim;
        let width = if peer.failures == 0 && peer.last_success.is_some() { WIDTH } else { 1 };
        let mut lane = Self {
            peer,
            queue: VecDeque::new(),
            last: None,
            more: true,
            loading: true,
            width,
            in_flight: 0,
            busy: HashSet::new(),
            alone: None,
            held: HashMap::new(),
            strikes: 0,
            proven: false,
            trouble: None,
        };
        lane.load(first);
        lane
    }

    /// Takes in the next part of the queue.
    pub(super) fn load(&mut self, batch: Vec<Waiting>) {
        self.loading = false;
        self.more = i64::try_from(batch.len()).is_ok_and(|len| len >= BATCH);
        self.last = batch.last().cloned().or(self.last.take());
        self.queue.extend(batch);
    }

    /// The place in the queue to go on from, if it is time to fetch more.
    pub(super) fn wants(&mut self) -> Option<Waiting> {
        let wants = self.more && !self.loading && self.trouble.is_none() && self.queue.len() < LOW;
        let last = self.last.clone().filter(|_| wants);
        self.loading |= last.is_some();
        last
    }

    /// Nothing more will be fetched.
    pub(super) fn cut(&mut self) {
        self.loading = false;
        self.more = false;
    }

    /// Nothing more will be sent.
    pub(super) fn close(&mut self) {
        self.queue.clear();
        self.cut();
    }

    /// Whether the server has to prove first that it is there.
    pub(super) fn is_probing(&self) -> bool {
        self.peer.failures > 0 && !self.proven
    }

    /// Whether there is nothing left to do or to wait for.
    pub(super) fn is_over(&self) -> bool {
        self.in_flight == 0 && !self.loading && (self.trouble.is_some() || self.queue.is_empty() && !self.more)
    }

    /// Whether something is left to be sent.
    pub(super) fn is_waiting(&self) -> bool {
        self.trouble.is_none() && !self.queue.is_empty()
    }

    /// What the server's row is to say from now on.
    pub(super) fn outcome(&mut self) -> (bool, Option<SetBack>) {
        (self.proven, self.trouble.take())
    }

    /// Whom its deliveries go to.
    pub(super) fn addressee(&self) -> Addressee {
        Addressee { id: self.peer.id, scheme: self.peer.scheme, software: self.peer.software.clone() }
    }

    /// The next delivery that may leave. What must wait for something that failed goes to `delayed`, with until when.
    pub(super) fn start(&mut self, now: Timestamp, delayed: &mut Vec<(Waiting, Timestamp)>) -> Option<Waiting> {
        if self.trouble.is_some() || self.in_flight >= self.width {
            return None;
        }
        let mut at = 0;
        while let Some(next) = self.queue.get(at) {
            let Some(about) = key(next) else {
                if at > 0 || self.in_flight > 0 && self.alone != Some(next.activity) {
                    return None;
                }
                if next.retry_at > now {
                    self.queue.pop_front();
                    continue;
                }
                self.alone = Some(next.activity);
                break;
            };
            if self.alone.is_some() {
                return None;
            }
            if let Some(until) = self.held.get(&about).copied() {
                delayed.extend(self.queue.remove(at).filter(|held| held.retry_at < until).map(|held| (held, until)));
                continue;
            }
            if next.retry_at > now {
                self.held.insert(about, next.retry_at);
                self.queue.remove(at);
                continue;
            }
            if !self.busy.contains(&about) {
                break;
            }
            at += 1;
        }
        let next = self.queue.remove(at)?;
        self.busy.extend(key(&next));
        self.in_flight += 1;
        Some(next)
    }

    /// Takes in what an answer means.
    pub(super) fn settle(&mut self, waiting: &Waiting, verdict: Verdict, now: Timestamp, luck: Luck) -> Settled {
        self.land(waiting);
        let (gone, moved) = (verdict == Verdict::Gone, matches!(verdict, Verdict::Moved(..)));
        let verdict = match verdict {
            // What comes after it about the same post waits as long: not for hours, where it is not the inbox that is missing.
            Verdict::Missing(error, [long, short]) => {
                Verdict::Later(error, if self.is_there(now) { short } else { long })
            }
            verdict => verdict,
        };
        let end = match verdict {
            Verdict::Delivered => {
                self.proven = true;
                self.strikes = 0;
                self.width = (self.width + 1).min(WIDEST);
                Some(End::Done)
            }
            Verdict::Parked(error) => Some(End::Parked { error }),
            Verdict::Gone => Some(End::Parked { error: "answered 410".to_owned() }),
            Verdict::Later(error, wait) | Verdict::Moved(error, wait) | Verdict::Missing(error, [wait, _]) => {
                let retry_at = now + wait;
                self.held.extend(key(waiting).map(|about| (about, retry_at)));
                if self.strike() {
                    self.trouble.get_or_insert_with(|| set_back(&self.peer, error.clone(), None, now, luck));
                }
                Some(End::Later { retry_at, error: Some(error) })
            }
            Verdict::Away(error, None) if self.proven && !self.strike() => {
                // One connection of many broke: the same again, more carefully.
                tracing::debug!(peer = self.peer.host, error, "a delivery failed and is repeated");
                self.queue.push_front(waiting.clone());
                None
            }
            Verdict::Away(error, pause) => {
                // Not the fault of this one: it keeps its place, and its tries.
                self.trouble.get_or_insert_with(|| set_back(&self.peer, error, pause, now, luck));
                None
            }
        };
        Settled { end, gone, moved }
    }

    /// Whether the server took something within a day.
    fn is_there(&self, now: Timestamp) -> bool {
        self.proven || self.peer.last_success.is_some_and(|at| now.since(at) < THERE)
    }

    fn land(&mut self, waiting: &Waiting) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match key(waiting) {
            Some(about) => drop(self.busy.remove(&about)),
            None if self.in_flight == 0 => self.alone = None,
            None => {}
        }
    }

    /// Counts a failure; whether it was one too many.
    fn strike(&mut self) -> bool {
        self.strikes += 1;
        self.width = (self.width / 2).max(1);
        self.strikes >= STRIKES
    }
}

#[cfg(test)]
mod tests;
