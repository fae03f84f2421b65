//! How the server is: what those who look after it want to see first.
use std::{path::Path, time::Duration};

use domain::{
    actor::ActorKind,
    time::{Timestamp, span},
};
use store::jobs::Backlog;

use crate::{App, Me, Result, mail, rules};

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A moment before this program was made: no clock that runs well stands there.
const MADE: Timestamp = Timestamp(1_790_000_000_000);

/// How far a clock may be set back without anybody minding.
const SET_BACK: Duration = span::minutes(1);

/// How full a disk is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// What may still be written.
    pub free: u64,
    /// What fits on it.
    pub all: u64,
}

/// How the server is.
#[derive(Debug, Clone)]
pub struct Health {
    /// What was received and has yet to be applied.
    pub received: Backlog,
    /// Background work.
    pub jobs: Backlog,
    /// What is to be sent.
    pub deliveries: Backlog,
    /// How many servers are known here.
    pub servers: i64,
    /// How many of them did not answer last time.
    pub silent: i64,
    /// How many wait to be taken in.
    pub newcomers: i64,
    /// How many have a login.
    pub people: i64,
    /// How many communities live here.
    pub communities: i64,
    /// How many letters could not be sent.
    pub letters: i64,
    /// Whether the clock stands in the past.
    pub is_late: bool,
    /// The disk of the data folder, if it can be asked.
    pub disk: Option<Disk>,
}

/// How the server is; for admins.
pub async fn look(app: &App, me: Me) -> Result<Health> {
    let (now, data) = (app.now(), app.config().premises.data.clone());
    let health = rules::read_as_admin(app, me, move |c| {
        let newest = store::activities::newest(c)?.map(domain::id::ActivityId::timestamp);
        let (servers, silent) = store::peers::count(c)?;
        Ok(Health {
            received: store::jobs::received_backlog(c)?,
            jobs: store::jobs::backlog(c)?,
            deliveries: store::deliveries::backlog(c)?,
            servers,
            silent,
            newcomers: store::accounts::count_waiting(c)?,
            people: store::accounts::count(c)?,
            communities: store::actors::count_local(c, ActorKind::Group)?,
            letters: store::jobs::count_parked(c, mail::SEND)?,
            is_late: is_late(now, newest),
            disk: None,
        })
    });
    let health = health.await?;
    let disk = match data {
        // A disk that hangs keeps no request waiting.
        Some(data) => app.tasks().blocking(move || disk(&data)).await.ok().flatten(),
        None => None,
    };
    Ok(Health { disk, ..health })
}

/// The settings as they were read, by name; for admins.
pub async fn settings(app: &App, me: Me) -> Result<Vec<(&'static str, String)>> {
    let settings = app.config().premises.settings.clone();
    rules::read_as_admin(app, me, move |_| Ok(settings)).await
}

/// Whether a clock that shows `now` stands in the past: before the program was made, or before it was last used.
pub fn is_late(now: Timestamp, used: Option<Timestamp>) -> bool {
    now < MADE || used.is_some_and(|used| used > now + SET_BACK)
}

#[cfg(unix)]
fn disk(folder: &Path) -> Option<Disk> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some(Disk { free: bytes(found.f_bavail), all: bytes(found.f_blocks) })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Disk> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_in_the_past_is_noticed() {
        let now = Timestamp(MADE.0 + 1);
        assert!(!is_late(now, None) && !is_late(now, Some(now)));
        assert!(!is_late(now, Some(now + span::seconds(30))), "a little is nothing");
        assert!(is_late(now, Some(now + span::hours(1))) && is_late(Timestamp(0), None));
    }

    #[test]
    fn the_disk_is_asked() {
        let disk = disk(&std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(disk.free <= disk.all && disk.all > 1 << 20, "{disk:?}");
    }
}
