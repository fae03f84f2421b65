//! Forgets, every hour, what is not kept for ever.
use std::time::Duration;

use domain::time::span;
use store::retention::Cutoffs;

use crate::{App, Result, drafts, health, leaving, media};

/// How often.
const EVERY: Duration = span::hours(1);

/// How long the bodies of received activities are kept once they have had their effect.
const BODIES: Duration = span::days(7);

/// How long the ids of received activities are kept: longer than any sender tries again.
const IDS: Duration = span::days(90);

/// How long what we sent is kept, and served by its id; and how long one may still send what was given up.
const ACTIVITIES: Duration = span::days(30);

/// Sweeps until the program stops.
pub async fn run(app: App) {
    loop {
        if let Err(error) = sweep(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot forget what is old");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.tasks().stopping() => return,
        }
    }
}

/// Forgets all that is too old by now.
pub async fn sweep(app: &App) -> Result<()> {
    let piece = || {
        app.write(|tx| {
            let now = tx.now();
            let (bodies, ids, activities) = (now - BODIES, now - IDS, now - ACTIVITIES);
            let keep = Cutoffs { bodies, ids, activities, drafts: now - drafts::KEPT, ended: now };
            Ok(store::retention::sweep(tx, &keep)?)
        })
    };
    while piece().await? && !app.tasks().is_stopping() {}
    leaving::sweep(app).await?;
    media::sweep(app).await?;
    health::note_disk(app).await
}
