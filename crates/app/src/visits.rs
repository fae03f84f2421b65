//! On which day everybody with a login was last here: all that is kept of how people come and go.
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    id::{self, ActorId},
    time::Timestamp,
};

use store::measures::Measure;

use crate::{App, Me, Result, rules};

const DAY: i64 = 86_400_000;

/// The day of a moment, counted from 1970.
pub fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

/// Whom this process has noted today. A clone is the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visits(Arc<Mutex<(i64, HashSet<ActorId>)>>);

impl Visits {
    fn with<T>(&self, today: i64, f: impl FnOnce(&mut HashSet<ActorId>) -> T) -> T {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.0 != today {
            *noted = (today, HashSet::new());
        }
        f(&mut noted.1)
    }
}

/// Notes that somebody is here today: the first time that they come, and with no more than the day.
pub(crate) async fn note(app: &App, person: ActorId) -> Result<()> {
    let (today, visits) = (day(app.now()), app.visits());
    if visits.with(today, |noted| noted.contains(&person)) {
        return Ok(());
    }
    app.write(move |tx| Ok(store::visits::note(tx, person, today)?)).await?;
    visits.with(today, |noted| noted.insert(person));
    Ok(())
}

/// When the day began on which I was last here, as far as it is noted.
pub async fn last(app: &App, me: Me) -> Result<Option<Timestamp>> {
    let last = app.read(move |c| store::visits::last(c, me.0)).await?;
    Ok(last.map(|day| Timestamp(day * DAY)))
}

/// Those who made their login between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// How many they are.
    pub size: i64,
    /// How many of them came back, in this span of time and in each that follows, or later.
    pub back: Vec<i64>,
}

/// Of those who made their login between one of these moments and the next, how many came back since; for admins.
pub async fn cohorts(app: &App, me: Me, bounds: Vec<Timestamp>) -> Result<Vec<Cohort>> {
    rules::read_as_admin(app, me, move |c| {
        let mut cohorts = Vec::new();
        for (at, (start, end)) in bounds.iter().zip(bounds.iter().skip(1)).enumerate() {
            let (from, to) = (id::at(*start, 0), id::at(*end, 0));
            let size = store::measures::count(c, Measure::NewUsers, from, to)?;
            let last = store::visits::last_days(c, ActorId(from), ActorId(to))?;
            let since = |start: &Timestamp| {
                let back = last.iter().filter(|(seen, _)| *seen >= day(*start));
                back.map(|(_, count)| count).sum()
            };
            // The last bound is where the last span ends.
            let spans = bounds.iter().take(bounds.len() - 1).skip(at);
            cohorts.push(Cohort { size, back: spans.map(since).collect() });
        }
        Ok(cohorts)
    })
    .await
}
