//! What whoever runs a new community is asked to do next, until they want to be asked no more.
use domain::{id::ActorId, policy};

use crate::{App, Me, Result, groups};

/// Asks me no more what my community lacks.
pub async fn put_away(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| {
        let (_, standing) = groups::regard(tx, group, me.0)?;
        policy::manage(&standing)?;
        Ok(store::steps::put_away(tx, group)?)
    })
    .await
}
