//! How alive communities are: counted every hour, since they quiet down as time goes by and nothing happens.
use std::time::Duration;

use domain::{id::ActorId, pulse::Pulse, time::span};
use store::pulses::Count;

use crate::{App, Result};

/// How often.
const EVERY: Duration = span::hours(1);
/// How many are counted at once.
const BATCH: i64 = 50;

/// What remembers that all are in their order.
const DESCRIBED: &str = "pulses_described";

/// Counts until the program stops.
pub async fn run(app: App) {
    if let Err(error) = describe(&app).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot put communities in order");
    }
    loop {
        if let Err(error) = count(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot count how alive communities are");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.tasks().stopping() => return,
        }
    }
}

/// Puts all in their order, once: the migration that began to knew no letters but those of ASCII.
pub async fn describe(app: &App) -> Result<()> {
    if app.read(|c| store::settings::get(c, DESCRIBED)).await?.is_some() {
        return Ok(());
    }
    let mut after = ActorId(0);
    while let Some(last) = app.write(move |tx| Ok(store::pulses::describe_anew(tx, after, BATCH)?)).await? {
        after = last;
    }
    app.write(|tx| Ok(store::settings::set(tx, DESCRIBED, "yes")?)).await
}

/// Counts how alive all are now, and their members.
pub async fn count(app: &App) -> Result<()> {
    let mut after = ActorId(0);
    while !app.tasks().is_stopping() {
        let now = app.now();
        let counted = app.read(move |c| {
            let known = store::pulses::counted(c, after, BATCH)?;
            let ids: Vec<ActorId> = known.iter().map(|(group, _)| *group).collect();
            let members = store::groups::member_counts(c, &ids)?;
            let count = |(group, was)| {
                let signs = store::pulses::signs(c, group, now)?;
                let usual = signs.usual.map(|usual| Duration::from_secs(usual.as_secs()));
                let members = members.get(&group).copied().unwrap_or_default();
                Ok((group, was, Count { pulse: Pulse::of(signs), members, usual }))
            };
            known.into_iter().map(count).collect::<store::Result<Vec<_>>>()
        });
        let mut counted = counted.await?;
        let Some((last, ..)) = counted.last() else { break };
        after = *last;
        counted.retain(|(_, was, is)| was != is);
        if !counted.is_empty() {
            let set = app.write(move |tx| {
                for (group, _, found) in &counted {
                    store::pulses::set(tx, *group, found.pulse, found.members)?;
                    store::pulses::set_usual(tx, *group, found.usual)?;
                }
                Ok(())
            });
            set.await?;
        }
    }
    Ok(())
}
