//! Other servers: what they run, as they say themselves, and how they want to be spoken to.
use domain::{host::Host, peer::Scheme, time::Timestamp};
use store::peers::Traffic;

use crate::{App, Error, Me, Queue, Result, rules};

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

/// How sending goes to all servers that are known here, the longest queue first; for admins.
pub async fn list(app: &App, me: Me) -> Result<Vec<Traffic>> {
    rules::read_as_admin(app, me, store::peers::list).await
}

/// Which servers are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those whose host holds this.
    pub text: String,
    /// Only those that do not answer, or did not take something.
    pub failing: bool,
    /// Those after this host.
    pub after: String,
}

/// The same by their hosts, at most `limit`; for admins.
pub async fn page(app: &App, me: Me, wanted: Wanted, limit: i64) -> Result<Vec<Traffic>> {
    let Wanted { text, failing, after } = wanted;
    rules::read_as_admin(app, me, move |c| store::peers::page(c, &text.to_lowercase(), failing, &after, limit)).await
}

/// How sending to one server goes; for admins.
pub async fn show(app: &App, me: Me, host: &Host) -> Result<Traffic> {
    let host = host.to_string();
    rules::read_as_admin(app, me, move |c| store::peers::at(c, &host)).await?.ok_or(Error::NotFound)
}

/// Tries a server again now, with everything that waits for it, also what was given up; returns how much of that there was.
/// For admins.
pub async fn retry(app: &App, me: Me, host: &Host) -> Result<usize> {
    let host = host.to_string();
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let peer = store::peers::by_host(tx, &host)?.ok_or(Error::NotFound)?;
        let revived = store::deliveries::revive(tx, peer.id)?;
        store::peers::hurry(tx, peer.id)?;
        tx.wake(Queue::Deliveries);
        Ok(revived)
    })
    .await
}
