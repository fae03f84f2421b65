//! Deliveries: taken by this process for a while, sent by a door, and what became of them.
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::{
    host::Host,
    id::{ActivityId, PeerId, PostId},
    peer::Scheme,
    time::{Timestamp, span},
};
use store::{
    deliveries::{End, Outstanding, Waiting},
    peers::{Peer, SetBack},
};

use crate::{App, Error, Me, Queue, Result, rules};

/// The job that finds out where an inbox is now; its subject is the number of the server, and where the inbox was.
pub const MOVED: &str = "moved";

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
            let (now, lease) = (tx.now(), tx.lease(LEASE));
            Ok(store::peers::claim(tx, &due, now, lease)?)
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
    /// Inboxes that are said to be elsewhere now, and whose server says so.
    pub moved: Vec<(PeerId, String)>,
    /// How servers want requests signed, by host; and whether that is only supposed.
    pub schemes: Vec<(String, Scheme, bool)>,
    /// Servers that took something.
    pub succeeded: Vec<PeerId>,
    /// Servers that could not be reached.
    pub set_back: Vec<(PeerId, SetBack)>,
    /// Servers that are given back.
    pub released: Vec<PeerId>,
}

impl Report {
    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        let Self { ends, gone, moved, schemes, succeeded, set_back, released } = self;
        ends.is_empty()
            && gone.is_empty()
            && moved.is_empty()
            && schemes.is_empty()
            && succeeded.is_empty()
            && set_back.is_empty()
            && released.is_empty()
    }

    /// Puts what an earlier report could not record before this one.
    pub fn after(&mut self, mut earlier: Self) {
        earlier.ends.append(&mut self.ends);
        earlier.gone.append(&mut self.gone);
        earlier.moved.append(&mut self.moved);
        earlier.schemes.append(&mut self.schemes);
        earlier.succeeded.append(&mut self.succeeded);
        earlier.set_back.append(&mut self.set_back);
        earlier.released.append(&mut self.released);
        *self = earlier;
    }
}

/// Records a report, all of it in one transaction. What was delivered is done, whoever has the server now; all else
/// counts only for servers that nobody else took meanwhile.
pub async fn record(app: &App, report: Arc<Report>) -> Result<()> {
    app.write(move |tx| {
        let (now, holder) = (tx.now(), tx.holder());
        let mut done: HashMap<(PeerId, &str), Vec<ActivityId>> = HashMap::new();
        let mut failed = Vec::new();
        for (peer, waiting, end) in &report.ends {
            match end {
                End::Done => done.entry((*peer, &waiting.inbox)).or_default().push(waiting.activity),
                other => failed.push((*peer, waiting, other)),
            }
        }
        for ((peer, inbox), activities) in done {
            store::deliveries::done(tx, peer, inbox, &activities)?;
        }
        if !failed.is_empty() {
            let peers: Vec<PeerId> = failed.iter().map(|(peer, ..)| *peer).collect();
            let held = store::peers::held(tx, &peers, holder)?;
            for (peer, waiting, end) in failed.into_iter().filter(|(peer, ..)| held.contains(peer)) {
                store::deliveries::end(tx, peer, waiting, end, now)?;
            }
        }
        for inbox in &report.gone {
            store::deliveries::inbox_gone(tx, inbox)?;
        }
        for (peer, inbox) in &report.moved {
            tx.push_job(MOVED, &format!("{peer} {inbox}"), Duration::ZERO)?;
        }
        for (host, scheme, supposed) in &report.schemes {
            store::peers::learn_scheme(tx, host, *scheme, *supposed)?;
        }
        if !report.succeeded.is_empty() {
            store::peers::succeeded(tx, &report.succeeded, holder, now)?;
        }
        for (peer, how) in &report.set_back {
            store::peers::set_back(tx, *peer, holder, how)?;
        }
        if !report.released.is_empty() {
            store::peers::release(tx, &report.released, holder)?;
        }
        Ok(())
    })
    .await
}

/// Says that this process still works on these servers; returns until when they are ours, and which of them still are.
pub async fn renew(app: &App, peers: Vec<PeerId>) -> Result<(Timestamp, Vec<PeerId>)> {
    app.write(move |tx| {
        let lease = tx.lease(LEASE);
        Ok((lease.until, store::peers::renew(tx, &peers, lease)?))
    })
    .await
}

/// Sends what waits for an inbox of a server to the one that took its place.
pub async fn redirect(app: &App, peer: PeerId, from: String, to: String) -> Result<()> {
    app.write(move |tx| {
        store::deliveries::redirect(tx, peer, &from, &to)?;
        store::peers::hurry(tx, peer)?;
        tx.wake(Queue::Deliveries);
        Ok(())
    })
    .await
}

/// What was not delivered yet about a post; what has arrived is not among it. For admins.
pub async fn about(app: &App, me: Me, post: PostId) -> Result<Vec<Outstanding>> {
    rules::read_as_admin(app, me, move |c| store::deliveries::about(c, post)).await
}

/// What was not delivered yet to a server, in order: at most `limit`, after the delivery of an activity to an inbox. For
/// admins.
pub async fn at(
    app: &App,
    me: Me,
    host: &Host,
    after: Option<(ActivityId, String)>,
    limit: i64,
) -> Result<Vec<Outstanding>> {
    let host = host.to_string();
    let found = rules::read_as_admin(app, me, move |c| {
        let Some(peer) = store::peers::by_host(c, &host)? else { return Ok(None) };
        let after = after.as_ref().map(|(activity, inbox)| (*activity, inbox.as_str()));
        store::deliveries::at_peer(c, peer.id, after, limit).map(Some)
    });
    found.await?.ok_or(Error::NotFound)
}

/// Tries again at once whatever of what is to be said about a post has not arrived, also what was given up; returns how many
/// deliveries that are. For admins.
pub async fn replay(app: &App, me: Me, post: PostId) -> Result<usize> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let peers = store::deliveries::revive_about(tx, post)?;
        for peer in peers.iter().collect::<BTreeSet<_>>() {
            store::peers::hurry(tx, *peer)?;
        }
        tx.wake(Queue::Deliveries);
        Ok(peers.len())
    })
    .await
}

/// Sends one activity to one server again now, also if that was given up, and whatever else waits there stays as it is. For
/// admins.
pub async fn replay_one(app: &App, me: Me, activity: ActivityId, host: &Host) -> Result<()> {
    let host = host.to_string();
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let peer = store::peers::by_host(tx, &host)?.ok_or(Error::NotFound)?;
        if !store::deliveries::revive_one(tx, peer.id, activity)? {
            return Err(Error::NotFound);
        }
        store::peers::hurry(tx, peer.id)?;
        tx.wake(Queue::Deliveries);
        Ok(())
    })
    .await
}
