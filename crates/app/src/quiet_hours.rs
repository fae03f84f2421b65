//! Quiet hours: what would be pushed or mailed to somebody then waits until they are over.
use domain::{id::ActorId, quiet_hours::QuietHours, time::Timestamp};

use crate::{App, Me, Result, Tx};

/// Sets when I want neither push nor mail, or that I always do.
pub async fn set(app: &App, me: Me, hours: Option<QuietHours>) -> Result<()> {
    app.write(move |tx| Ok(store::quiet_hours::set(tx, me.0, hours.as_ref())?)).await
}

/// Since when somebody has quiet hours, if they do now, and until when.
pub(crate) fn around(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<Option<(Timestamp, Timestamp)>> {
    let now = tx.now();
    Ok(store::quiet_hours::of(tx, person)?.and_then(|hours| hours.around(now)))
}
