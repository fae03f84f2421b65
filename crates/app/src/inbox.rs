//! What other servers send: stored durably before it is acknowledged, and decided upon later.
use std::time::Duration;

use domain::{id::ReceivedId, time::span};
use store::jobs::{Arrival, Received};

use crate::{App, Queue, Result};

/// Stores a verified activity; once this returns, it may be acknowledged.
pub async fn accept(
    app: &App,
    uri: String,
    actor_uri: String,
    kind: String,
    digest: String,
    body: String,
) -> Result<Arrival> {
    app.write(move |tx| {
        let (id, now) = (tx.new_id(), tx.now());
        let arrival = store::jobs::receive(tx, id, (&uri, &actor_uri, &kind), (&digest, &body), now)?;
        tx.wake(Queue::Received);
        Ok(arrival)
    })
    .await
}

/// How long a worker may take to apply what it took before another one may try.
const LEASE: Duration = span::minutes(5);

/// Takes activities that are due, the oldest first, at most `limit`.
pub async fn claim(app: &App, limit: i64) -> Result<Vec<Received>> {
    app.write(move |tx| {
        let now = tx.now();
        Ok(store::jobs::claim_received(tx, now, now + LEASE, limit)?)
    })
    .await
}

/// Records that an activity needs nothing done, and why.
pub async fn dismiss(app: &App, id: ReceivedId, note: String) -> Result<()> {
    app.write(move |tx| Ok(store::jobs::finish_received(tx, id, Some(&note))?)).await
}

/// Records that an activity could not be applied: it is tried again after `wait`, or parked if that is no use.
pub async fn set_aside(app: &App, id: ReceivedId, error: String, wait: Option<Duration>) -> Result<()> {
    app.write(move |tx| {
        let at = wait.map(|wait| tx.now() + wait);
        Ok(store::jobs::fail_received(tx, id, &error, at)?)
    })
    .await
}
