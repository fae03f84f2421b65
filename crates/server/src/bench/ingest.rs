//! How many activities of other servers are accepted and applied, and whether they really were.
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde::Serialize;
use store::posts::{List, Page};

use super::{
    activities::{Scribe, Thread},
    community::{self, Community, GROUP},
    load::{self, Until},
    other,
    subject::{Birth, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchIngest, Failure};

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Ingest {
    /// Activities stored and answered with 202, per second.
    pub(super) accepted_per_s: f64,
    /// Activities whose effect is there, per second, from the first request on.
    pub(super) applied_per_s: f64,
    /// How long the slowest in a hundred waited for their 202.
    pub(super) p99_ms: f64,
    /// How many were refused for now, if that was allowed: when they came at a rate of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<u32>,
    /// How many there were.
    pub(super) activities: u32,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

/// What the activities should bring about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Effect {
    threads: usize,
    replies: i64,
    likes: i64,
}

pub(super) async fn measure(subject: &Subject, options: &BenchIngest) -> Result<(Birth, Ingest), Failure> {
    let community = Community::found(subject).await?;
    let mut running = subject.start().await?;
    let peers = community::people(options.senders).await?;
    let scribe = community.scribe(subject, &peers)?;
    let (activities, people) = (usize::try_from(options.activities).unwrap_or(0), peers.people.len());
    let seeds = community::seeds(people, activities / people.max(1) + 1);
    let known = seeds.iter().map(|thread| scribe.thread(*thread)).collect::<Result<Vec<_>, _>>()?;
    community::deliver(subject, &mut running, known, options.connections).await?;

    let (mixed, effects) = mix(&scribe, &seeds, activities)?;
    let until = options
        .rate
        .map_or(Until::AllSent, |rate| Until::Spread(Duration::from_secs(options.activities.into()) / rate));
    let (meter, start) = (Meter::start(running.pid), Instant::now());
    let outcome = load::send(subject.address(), mixed, options.connections, until).await?;
    running.drained("received").await?;
    let (applied, cost) = (start.elapsed(), meter.read());
    match options.rate {
        Some(_) => outcome.expect_any(&[202, 429, 503], "the inbox")?,
        None => outcome.expect(202, "the inbox")?,
    }
    let expected = Effect::of(seeds.len(), &effects, &outcome.refused);
    let found = effect(subject).await?;
    if found != expected {
        return Err(Failure::Other(format!("not all had its effect: {found:?} is there, not {expected:?}")));
    }
    let refused = outcome.refused.len();
    let ingest = Ingest {
        accepted_per_s: outcome.per_s(202),
        applied_per_s: load::per_s(activities - refused, applied),
        p99_ms: outcome.p99_ms(),
        refused: options.rate.and_then(|_| u32::try_from(refused).ok()),
        activities: options.activities,
        cost,
    };
    Ok((running.birth, ingest))
}

/// What one activity brings about.
#[derive(Clone, Copy)]
enum Kind {
    Thread,
    Reply,
    Like,
}

impl Effect {
    /// That of the threads that were there, and of all these but those that were refused.
    fn of(seeds: usize, kinds: &[Kind], refused: &[usize]) -> Self {
        let refused: HashSet<usize> = refused.iter().copied().collect();
        let mut effect = Self { threads: seeds, ..Self::default() };
        for (_, kind) in kinds.iter().enumerate().filter(|(number, _)| !refused.contains(number)) {
            match kind {
                Kind::Thread => effect.threads += 1,
                Kind::Reply => effect.replies += 1,
                Kind::Like => effect.likes += 1,
            }
        }
        effect
    }
}

/// Two threads, four replies and four votes in ten, all of them to threads that are known.
fn mix(scribe: &Scribe<'_>, seeds: &[Thread], activities: usize) -> Result<(Vec<Vec<u8>>, Vec<Kind>), Failure> {
    let (people, mut requests, mut kinds) = (scribe.people.len().max(1), Vec::new(), Vec::new());
    let to = |number: usize| seeds.get(number % seeds.len().max(1)).copied();
    for index in 0..activities {
        let (number, sender) = (seeds.len() + index, index % people);
        let (request, kind) = match (index % 10, to(index)) {
            (0 | 5, _) | (_, None) => (scribe.thread(Thread { author: sender, number })?, Kind::Thread),
            (1..5, Some(thread)) => (scribe.reply(sender, number, thread)?, Kind::Reply),
            _ => {
                // Nobody votes twice for the same: the sender repeats after so many people, and then the thread differs.
                let thread = to(sender + index / people).unwrap_or(Thread { author: 0, number: 0 });
                (scribe.like(sender, number, thread)?, Kind::Like)
            }
        };
        requests.push(request);
        kinds.push(kind);
    }
    Ok((requests, kinds))
}

/// What is in the database.
async fn effect(subject: &Subject) -> Result<Effect, Failure> {
    let host = subject.address().to_string();
    let database = subject.database()?;
    let found = database.read(move |c| {
        let Some(group) = store::actors::by_handle(c, GROUP, &host)? else { return Ok(Effect::default()) };
        let threads = store::posts::list(c, List::Threads(group.id), None, Page::first(i64::MAX))?;
        let mut effect = Effect { threads: threads.len(), ..Effect::default() };
        for some in threads.chunks(1_000) {
            for tally in store::posts::tallies(c, some)?.values() {
                effect.replies += tally.replies;
                effect.likes += tally.likes;
            }
        }
        Ok::<_, store::Error>(effect)
    });
    found.await.map_err(other("the database"))
}

impl Ingest {
    /// Processor time for each, in microseconds.
    pub(super) fn cpu_us(&self) -> f64 {
        self.cost.cpu_s * 1e6 / f64::from(self.activities)
    }
}
