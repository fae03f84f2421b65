//! Other servers: what they run, as they say themselves.
use crate::{App, Result};

/// Records what the server at `host` says it runs.
pub async fn describe(app: &App, host: String, software: String, version: String) -> Result<()> {
    app.write(move |tx| {
        let (id, now) = (tx.new_id(), tx.now());
        let id = store::peers::ensure(tx, id, &host)?;
        Ok(store::peers::describe(tx, id, &software, &version, now)?)
    })
    .await
}
