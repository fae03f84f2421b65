//! What was given up, in the hands of those who administer the server: looked at, tried again, or dropped.
use domain::id::{JobId, ReceivedId};
pub use store::parked::{ParkedJob, ParkedReceived};

use crate::{App, Error, Me, Queue, Result, Tx, rules};

/// Something that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parked {
    /// Background work.
    Job(JobId),
    /// An activity that was received and could not be applied.
    Received(ReceivedId),
}

/// The work that was given up before `before`, the newest first; for admins.
pub async fn jobs(app: &App, me: Me, before: JobId, limit: i64) -> Result<Vec<ParkedJob>> {
    rules::read_as_admin(app, me, move |c| store::parked::jobs(c, before, limit)).await
}

/// The activities that were given up before `before`, the newest first; for admins.
pub async fn received(app: &App, me: Me, before: ReceivedId, limit: i64) -> Result<Vec<ParkedReceived>> {
    rules::read_as_admin(app, me, move |c| store::parked::received(c, before, limit)).await
}

/// Tries it again, as if for the first time.
pub async fn retry(app: &App, me: Me, what: Parked) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let (found, queue) = match what {
            Parked::Job(id) => (store::parked::retry_job(tx, id)?, Queue::Jobs),
            Parked::Received(id) => (store::parked::retry_received(tx, id)?, Queue::Received),
        };
        tx.wake(queue);
        known(found)
    })
    .await
}

/// Drops it for good: it will not be done.
pub async fn drop(app: &App, me: Me, what: Parked) -> Result<()> {
    let forget = move |tx: &mut Tx<'_, '_>| {
        rules::may_administer(tx, me)?;
        known(match what {
            Parked::Job(id) => store::parked::drop_job(tx, id)?,
            Parked::Received(id) => store::parked::drop_received(tx, id)?,
        })
    };
    app.write(forget).await
}

fn known(found: bool) -> Result<()> {
    if found { Ok(()) } else { Err(Error::NotFound) }
}
