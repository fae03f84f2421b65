//! How the server is: what those who look after it want to see first.
use std::{path::Path, time::Duration};

use domain::{
    actor::ActorKind,
    time::{Timestamp, span},
};
use store::jobs::Backlog;

use crate::{App, Decisions, Me, Result, mail, rules};

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

impl Disk {
    fn used(self) -> u64 {
        self.all.saturating_sub(self.free)
    }
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
    /// In how many days it is full, if it fills as it did lately.
    pub days_left: Option<u64>,
}

/// How many days back one looks to see how fast a disk fills, and how many are remembered.
const LATELY: i64 = 14;
const REMEMBERED: i64 = 30;

const DAY: i64 = 86_400_000;

/// How the server is; for admins.
pub async fn look(app: &App, me: Me) -> Result<Health> {
    let now = app.now();
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
            days_left: None,
        })
    });
    let health = health.await?;
    let Some(disk) = look_at_disk(app).await else { return Ok(health) };
    let today = now.0.div_euclid(DAY);
    let first = app.read(move |c| store::disk::first(c, today - LATELY)).await?;
    let days_left = first.and_then(|(day, used)| forecast(disk, today - day, used));
    Ok(Health { disk: Some(disk), days_left, ..health })
}

async fn look_at_disk(app: &App) -> Option<Disk> {
    let data = app.config().premises.data.clone()?;
    // A disk that hangs keeps no request waiting.
    app.tasks().blocking(move || disk(&data)).await.ok().flatten()
}

/// Remembers how full the disk is today.
pub(crate) async fn note_disk(app: &App) -> Result<()> {
    let Some(disk) = look_at_disk(app).await else { return Ok(()) };
    let used = i64::try_from(disk.used()).unwrap_or(i64::MAX);
    app.write(move |tx| {
        let today = tx.now().0.div_euclid(DAY);
        Ok(store::disk::note(tx, today, used, today - REMEMBERED)?)
    })
    .await
}

/// In how many days a disk is full on which so much was used so many days ago; never, if it does not fill.
fn forecast(disk: Disk, days: i64, used: i64) -> Option<u64> {
    let (days, used) = (u64::try_from(days).ok().filter(|days| *days > 0)?, u64::try_from(used).ok()?);
    disk.free.saturating_mul(days).checked_div(disk.used().saturating_sub(used))
}

/// The settings as they were read; for admins.
pub async fn settings(app: &App, me: Me) -> Result<Decisions> {
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
    fn a_disk_that_fills_is_full_one_day() {
        let disk = Disk { free: 60, all: 100 };
        assert_eq!(forecast(disk, 10, 20), Some(30), "two a day");
        assert_eq!(forecast(disk, 10, 40), None, "it does not fill");
        assert_eq!(forecast(disk, 10, 50), None, "it was emptied");
        assert_eq!(forecast(disk, 0, 20), None, "a day is not over");
    }

    #[test]
    fn the_disk_is_asked() {
        let disk = disk(&std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(disk.free <= disk.all && disk.all > 1 << 20, "{disk:?}");
    }
}
