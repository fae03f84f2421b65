//! Other servers: what they run, as they say themselves, and how they want to be spoken to.
use domain::{host::Host, peer::Scheme, time::Timestamp};

use crate::{App, Error, Queue, Result};

/// Records what the server at `host` says it runs.
pub async fn describe(app: &App, host: Host, software: String, version: String) -> Result<()> {
    app.write(move |tx| {
        let (id, now) = (tx.peer(&host)?, tx.now());
        Ok(store::peers::describe(tx, id, &software, &version, now)?)
    })
    .await
}

/// Records how the server at `host` wants requests signed; what is only supposed gives way to what is known.
pub async fn learn_scheme(app: &App, host: String, scheme: Scheme, supposed: bool) -> Result<()> {
    app.write(move |tx| Ok(store::peers::learn_scheme(tx, &host, scheme, supposed)?)).await
}

/// The server at `host` did not answer several times in a row: it is left alone until then.
pub async fn rests(app: &App, host: &Host, until: Timestamp, why: String) -> Result<()> {
    let host = host.to_string();
    app.write(move |tx| Ok(store::peers::rests(tx, &host, until, &why)?)).await
}

/// The server at `host`, which was left alone, answers again: what waits for it may leave.
pub async fn answers(app: &App, host: &Host) -> Result<()> {
    let host = host.to_string();
    app.write(move |tx| {
        store::peers::answers(tx, &host)?;
        tx.wake(Queue::Deliveries);
        Ok(())
    })
    .await
}

/// Tries the server at `host` again now, with everything that waits for it, also what was given up; returns how much of
/// that there was.
pub async fn retry(app: &App, host: String) -> Result<usize> {
    app.write(move |tx| {
        let peer = store::peers::by_host(tx, &host)?.ok_or(Error::NotFound)?;
        let revived = store::deliveries::revive(tx, peer.id)?;
        store::peers::hurry(tx, peer.id)?;
        tx.wake(Queue::Deliveries);
        Ok(revived)
    })
    .await
}
