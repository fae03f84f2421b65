//! What other servers send: stored durably before it is acknowledged, and decided upon later.
use std::time::Duration;

use domain::{id::ReceivedId, time::span};
use store::jobs::{Arrival, Received};

use crate::{App, Error, Queue, Result, Tx};

/// Stores a verified activity; once this returns, it may be acknowledged.
pub async fn accept(
    app: &App,
    uri: String,
    actor_uri: String,
    kind: String,
    digest: String,
    body: String,
) -> Result<Arrival> {
    app.queue(move |tx| {
        let (id, now) = (tx.new_id(), tx.now());
        let arrival = store::jobs::receive(tx, id, (&uri, &actor_uri, &kind), (&digest, &body), now)?;
        tx.wake(Queue::Received);
        Ok(arrival)
    })
    .await
}

/// Stores what came in one activity of `actor_uri` as several ones, each with an id, a body, and a life of its own.
pub fn unpack(tx: &mut Tx<'_, '_>, actor_uri: &str, kind: &str, pieces: &[(String, String)]) -> Result<()> {
    for (uri, body) in pieces {
        let (id, now): (ReceivedId, _) = (tx.new_id(), tx.now());
        let digest = hex::encode(openssl::sha::sha256(body.as_bytes()));
        store::jobs::receive(tx, id, (uri, actor_uri, kind), (&digest, body), now)?;
    }
    tx.wake(Queue::Received);
    Ok(())
}

/// How long a worker may take to apply what it took before another one may try.
const LEASE: Duration = span::minutes(5);

/// Takes activities that are due, the oldest first, at most `limit`.
pub async fn claim(app: &App, limit: i64) -> Result<Vec<Received>> {
    app.queue(move |tx| {
        let (now, lease) = (tx.now(), tx.lease(LEASE));
        Ok(store::jobs::claim_received(tx, now, lease, limit)?)
    })
    .await
}

/// Records that an activity needs nothing done, and why. `seen` is the host that sent it, unless that was recorded a
/// moment ago.
pub async fn dismiss(app: &App, id: ReceivedId, note: String, seen: Option<String>) -> Result<()> {
    app.write(move |tx| {
        if let Some(host) = &seen {
            record_sign_of_life(tx, host)?;
        }
        let holder = tx.holder();
        store::jobs::finish_received(tx, id, holder, Some(&note))?;
        Ok(())
    })
    .await
}

/// Records that a server lives, since it sent something; what waits for it is tried again.
pub fn record_sign_of_life(tx: &mut Tx<'_, '_>, host: &str) -> Result<()> {
    let now = tx.now();
    if store::peers::seen(tx, host, now)? {
        tx.wake(Queue::Deliveries);
    }
    Ok(())
}

/// Records that an activity could not be applied: it is tried again after `wait`, or parked if that is no use.
pub async fn set_aside(app: &App, id: ReceivedId, error: String, wait: Option<Duration>) -> Result<()> {
    app.write(move |tx| {
        let (holder, at) = (tx.holder(), wait.map(|wait| tx.now() + wait));
        Ok(store::jobs::fail_received(tx, id, holder, &error, at)?)
    })
    .await
}

impl App {
    /// Applies a received activity: `f`, and the mark that it is done, in one transaction. If somebody else has it by now,
    /// nothing happens.
    pub async fn apply<T: Send + 'static>(
        &self,
        received: ReceivedId,
        mut f: impl FnMut(&mut Tx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(move |tx| {
            let value = f(tx)?;
            let holder = tx.holder();
            if store::jobs::finish_received(tx, received, holder, None)? {
                Ok(value)
            } else {
                Err(Error::Conflict("somebody else has it by now".into()))
            }
        })
        .await
    }
}
