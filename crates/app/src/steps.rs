//! What whoever runs a new community is asked to do next, until they want to be asked no more.
use domain::{charter::Charter, id::ActorId, policy};

use crate::{App, Me, Result, groups};

/// Asks me no more what my community lacks.
pub async fn put_away(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::manage(&standing)?;
        // It is kept beside what the community says of itself, which need not be anything yet.
        if store::charters::of(tx, group)?.is_none() {
            store::charters::set(tx, group, &Charter::default())?;
        }
        Ok(store::steps::put_away(tx, group)?)
    })
    .await
}
