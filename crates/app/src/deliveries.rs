//! Deliveries: taken by this process for a while, sent by a door, and what became of them.
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::{
    id::{ActivityId, PeerId},
    time::{Timestamp, span},
};
use store::{
    deliveries::{End, Waiting},
    peers::{Peer, SetBack},
};

use crate::{App, Result};

/// How long a server stays ours unless we say that we still work on it.
pub const LEASE: Duration = span::minutes(2);

/// A server that this process serves alone, until the lease ends.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The server.
    pub peer: Peer,
    /// The beginning of its queue.
    pub first: Vec<Waiting>,
}

/// Takes servers that something is due for, at most `limit`, each with the first `batch` of what waits for it.
/// `well` leaves out those that could not be reached last time.
pub async fn claim(app: &App, well: bool, limit: i64, batch: i64) -> Result<Vec<Claim>> {
    let now = app.now();
    // Looked for outside the transaction: what is found there may have changed, and is asked for again inside.
    let due = app.read(move |c| store::deliveries::due_peers(c, now, well, limit)).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let peers = app
        .write(move |tx| {
            let now = tx.now();
            Ok(store::peers::claim(tx, &due, now, now + LEASE)?)
        })
        .await?;
    app.read(move |c| {
        let mut claims = Vec::with_capacity(peers.len());
        for peer in peers {
            let first = store::deliveries::waiting(c, peer.id, None, batch)?;
            claims.push(Claim { peer, first });
        }
        Ok(claims)
    })
    .await
}

/// The next `batch` of what waits for a server, after `last`.
pub async fn next(app: &App, peer: PeerId, last: Waiting, batch: i64) -> Result<Vec<Waiting>> {
    app.read(move |c| store::deliveries::waiting(c, peer, Some(&last), batch)).await
}

/// What became of deliveries and servers since the last report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What became of each delivery.
    pub ends: Vec<(PeerId, Waiting, End)>,
    /// Inboxes that are gone for good.
    pub gone: Vec<String>,
    /// Servers that took something.
    pub succeeded: Vec<PeerId>,
    /// Servers that could not be reached.
    pub set_back: Vec<(PeerId, SetBack)>,
    /// Servers that are given back, with the lease under which we had them.
    pub released: Vec<(PeerId, Timestamp)>,
}

impl Report {
    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        let Self { ends, gone, succeeded, set_back, released } = self;
        ends.is_empty() && gone.is_empty() && succeeded.is_empty() && set_back.is_empty() && released.is_empty()
    }

    /// Puts what an earlier report could not record before this one.
    pub fn after(&mut self, mut earlier: Self) {
        earlier.ends.append(&mut self.ends);
        earlier.gone.append(&mut self.gone);
        earlier.succeeded.append(&mut self.succeeded);
        earlier.set_back.append(&mut self.set_back);
        earlier.released.append(&mut self.released);
        *self = earlier;
    }
}

/// Records a report, all of it in one transaction.
pub async fn record(app: &App, report: Arc<Report>) -> Result<()> {
    app.write(move |tx| {
        let now = tx.now();
        let mut done: HashMap<(PeerId, &str), Vec<ActivityId>> = HashMap::new();
        for (peer, waiting, end) in &report.ends {
            match end {
                End::Done => done.entry((*peer, &waiting.inbox)).or_default().push(waiting.activity),
                other => store::deliveries::end(tx, *peer, waiting, other, now)?,
            }
        }
        for ((peer, inbox), activities) in done {
            store::deliveries::done(tx, peer, inbox, &activities)?;
        }
        for inbox in &report.gone {
            store::deliveries::inbox_gone(tx, inbox)?;
        }
        if !report.succeeded.is_empty() {
            store::peers::succeeded(tx, &report.succeeded, now)?;
        }
        for (peer, how) in &report.set_back {
            store::peers::set_back(tx, *peer, how)?;
        }
        for (lease, peers) in by_lease(&report.released) {
            store::peers::release(tx, &peers, lease)?;
        }
        Ok(())
    })
    .await
}

/// Says that this process still works on these servers; returns until when they are ours.
pub async fn renew(app: &App, claims: Vec<(PeerId, Timestamp)>) -> Result<Timestamp> {
    app.write(move |tx| {
        let until = tx.now() + LEASE;
        for (lease, peers) in by_lease(&claims) {
            store::peers::renew(tx, &peers, lease, until)?;
        }
        Ok(until)
    })
    .await
}

fn by_lease(claims: &[(PeerId, Timestamp)]) -> BTreeMap<Timestamp, Vec<PeerId>> {
    let mut leases: BTreeMap<Timestamp, Vec<PeerId>> = BTreeMap::new();
    for (peer, lease) in claims {
        leases.entry(*lease).or_default().push(*peer);
    }
    leases
}
