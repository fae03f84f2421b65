//! One server's queue while this process serves it: what may be sent next, and what the answers do to the rest.
use std::collections::{HashMap, VecDeque};

use app::deliveries::Claim;
use domain::{
    id::{ActivityId, PostId},
    time::Timestamp,
};
use store::{
    deliveries::{End, Waiting},
    peers::{Peer, SetBack},
};

use super::verdict::{Luck, Verdict, set_back};

/// How many deliveries to one server may be on their way: a far one answers four times a second and takes 200.
const WIDEST: usize = 64;

/// With how many a server that went well begins.
const WIDTH: usize = 4;

/// How many of a queue are kept in memory.
pub(super) const BATCH: i64 = 128;

/// When the rest is fetched.
const LOW: usize = 64;

/// After so many failures in a row a server counts as away, even if it took something before.
const STRIKES: u32 = 3;

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
    /// Posts that something on its way is about, with how many copies of which activity.
    busy: HashMap<PostId, (ActivityId, usize)>,
    /// An activity about no post that is on its way.
    alone: Option<ActivityId>,
    /// Posts about which nothing may be sent before something failed is tried again.
    held: HashMap<PostId, Timestamp>,
    strikes: u32,
    /// Whether the server took anything since we have it.
    proven: bool,
    trouble: Option<SetBack>,
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// What is recorded; nothing if it is tried again at once.
    pub(super) end: Option<End>,
    /// Whether the inbox is gone.
    pub(super) gone: bool,
}

impl Lane {
    pub(super) fn new(claim: Claim) -> Self {
        let Claim { peer, first } = claim;
        let width = if peer.failures == 0 { WIDTH } else { 1 };
        let mut lane = Self {
            peer,
            queue: VecDeque::new(),
            last: None,
            more: true,
            loading: true,
            width,
            in_flight: 0,
            busy: HashMap::new(),
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
    pub(super) fn wants(&mut self) -> Option<Option<Waiting>> {
        let wants = self.more && !self.loading && self.trouble.is_none() && self.queue.len() < LOW;
        wants.then(|| {
            self.loading = true;
            self.last.clone()
        })
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

    /// What the server's row is to say from now on.
    pub(super) fn outcome(&mut self) -> (bool, Option<SetBack>) {
        (self.proven, self.trouble.take())
    }

    /// The next delivery that may leave. What must wait for something that failed goes to `delayed`, with until when.
    pub(super) fn start(&mut self, now: Timestamp, delayed: &mut Vec<(Waiting, Timestamp)>) -> Option<Waiting> {
        if self.trouble.is_some() || self.in_flight >= self.width {
            return None;
        }
        let mut at = 0;
        while let Some(next) = self.queue.get(at) {
            let Some(post) = next.post else {
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
            if let Some(until) = self.held.get(&post).copied() {
                delayed.extend(self.queue.remove(at).filter(|held| held.retry_at < until).map(|held| (held, until)));
                continue;
            }
            if next.retry_at > now {
                self.held.insert(post, next.retry_at);
                self.queue.remove(at);
                continue;
            }
            match self.busy.get(&post) {
                Some((activity, _)) if *activity != next.activity => at += 1,
                _ => break,
            }
        }
        let next = self.queue.remove(at)?;
        if let Some(post) = next.post {
            self.busy.entry(post).or_insert((next.activity, 0)).1 += 1;
        }
        self.in_flight += 1;
        Some(next)
    }

    /// Takes in what an answer means.
    pub(super) fn settle(&mut self, waiting: &Waiting, verdict: Verdict, now: Timestamp, luck: Luck) -> Settled {
        self.land(waiting);
        let gone = verdict == Verdict::Gone;
        let end = match verdict {
            Verdict::Delivered => {
                self.proven = true;
                self.strikes = 0;
                self.width = (self.width + 1).min(WIDEST);
                Some(End::Done)
            }
            Verdict::Parked(error) => Some(End::Parked { error }),
            Verdict::Gone => Some(End::Parked { error: "answered 410".to_owned() }),
            Verdict::Later(error, wait) => {
                let retry_at = now + wait;
                if let Some(post) = waiting.post {
                    self.held.insert(post, retry_at);
                }
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
                self.trouble.get_or_insert_with(|| set_back(&self.peer, error.clone(), pause, now, luck));
                Some(End::Later { retry_at: Timestamp(0), error: Some(error) })
            }
        };
        Settled { end, gone }
    }

    fn land(&mut self, waiting: &Waiting) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match waiting.post {
            Some(post) => {
                if let Some((_, copies)) = self.busy.get_mut(&post) {
                    *copies -= 1;
                    if *copies == 0 {
                        self.busy.remove(&post);
                    }
                }
            }
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
