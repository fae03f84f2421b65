//! Servers that sent more than they may, as this process noticed within the last hour.
use std::time::Duration;

use domain::time::{Timestamp, span};
use moka::sync::Cache;

use crate::{App, Me, Result, rules};

/// How long it is remembered, and of how many servers.
const KEPT: Duration = span::hours(1);
const SERVERS: u64 = 1_000;

/// How much more than it may a server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flood {
    /// Its host.
    pub host: String,
    /// How often it was told to come back later.
    pub refused: u64,
    /// Since when.
    pub since: Timestamp,
}

/// What was noticed; a clone is the same.
#[derive(Debug, Clone)]
pub struct Floods(Cache<String, Flood>);

impl Default for Floods {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(SERVERS).time_to_idle(KEPT).build())
    }
}

impl Floods {
    /// A server was told to come back later.
    pub fn note(&self, host: &str, now: Timestamp) {
        self.0.entry_by_ref(host).and_upsert_with(|known| match known {
            Some(known) => Flood { refused: known.value().refused + 1, ..known.into_value() },
            None => Flood { host: host.to_owned(), refused: 1, since: now },
        });
    }
}

/// The servers that sent more than they may, the worst first; for admins.
pub async fn list(app: &App, me: Me) -> Result<Vec<Flood>> {
    rules::read_as_admin(app, me, |_| Ok(())).await?;
    let mut all: Vec<Flood> = app.floods().0.iter().map(|(_, flood)| flood).collect();
    all.sort_by(|a, b| b.refused.cmp(&a.refused).then_with(|| a.host.cmp(&b.host)));
    Ok(all)
}
