//! What other servers send: stored durably before it is acknowledged, and decided upon later.
use store::jobs::Arrival;

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
