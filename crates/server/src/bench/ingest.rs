//! How many activities of other servers are accepted and applied, and whether they really were.
use std::time::Instant;

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

    let (mixed, mut expected) = mix(&scribe, &seeds, activities)?;
    expected.threads += seeds.len();
    let (meter, start) = (Meter::start(running.pid), Instant::now());
    let outcome = load::send(subject.address(), mixed, options.connections, Until::AllSent).await?;
    running.drained("received").await?;
    let (applied, cost) = (start.elapsed(), meter.read());
    outcome.expect(202, "the inbox")?;
    let found = effect(subject).await?;
    if found != expected {
        return Err(Failure::Other(format!("not all had its effect: {found:?} is there, not {expected:?}")));
    }
    let ingest = Ingest {
        accepted_per_s: outcome.per_s(202),
        applied_per_s: load::per_s(activities, applied),
        p99_ms: outcome.p99_ms(),
        activities: options.activities,
        cost,
    };
    Ok((running.birth, ingest))
}

/// Two threads, four replies and four votes in ten, all of them to threads that are known.
fn mix(scribe: &Scribe<'_>, seeds: &[Thread], activities: usize) -> Result<(Vec<Vec<u8>>, Effect), Failure> {
    let (people, mut effect, mut requests) = (scribe.people.len().max(1), Effect::default(), Vec::new());
    let to = |number: usize| seeds.get(number % seeds.len().max(1)).copied();
    for index in 0..activities {
        let (number, sender) = (seeds.len() + index, index % people);
        requests.push(match (index % 10, to(index)) {
            (0 | 5, _) | (_, None) => {
                effect.threads += 1;
                scribe.thread(Thread { author: sender, number })?
            }
            (1..5, Some(thread)) => {
                effect.replies += 1;
                scribe.reply(sender, number, thread)?
            }
            _ => {
                // Nobody votes twice for the same: the sender repeats after so many people, and then the thread differs.
                effect.likes += 1;
                scribe.like(sender, number, to(sender + index / people).unwrap_or(Thread { author: 0, number: 0 }))?
            }
        });
    }
    Ok((requests, effect))
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
