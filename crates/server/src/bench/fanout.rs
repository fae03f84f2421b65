//! How soon a post reaches all servers that follow.
use std::{
    ops::Range,
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::json;

use super::{
    community::{self, Community},
    load::per_s,
    peers::{Peers, Trouble},
    subject::{Birth, Running, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchFanout, Failure};

/// How many connections send the requests to follow.
const CONNECTIONS: u32 = 16;
/// How long a post may take, and how often it is asked whether it has arrived.
const PATIENCE: Duration = Duration::from_mins(2);
const GLANCE: Duration = Duration::from_millis(10);

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Fanout {
    /// Deliveries answered per second, over connections that are open already.
    pub(super) deliveries_per_s: f64,
    /// From writing the post until the last server has it, in seconds: the middle one of the posts.
    pub(super) last_s: f64,
    /// The same for the first post, to which no connection was open.
    pub(super) first: Round,
    /// How many servers there were.
    pub(super) peers: u32,
    /// How many deliveries there were.
    pub(super) deliveries: u32,
    #[serde(flatten)]
    pub(super) cost: Cost,
    /// The same with more servers, that are in trouble, if there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) troubled: Option<Troubled>,
}

/// What servers in trouble cost the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Troubled {
    /// How many are in trouble.
    pub(super) peers: u32,
    /// Deliveries to the others answered per second.
    pub(super) deliveries_per_s: f64,
    /// From writing the post until the last of the others has it, in seconds.
    pub(super) last_s: f64,
    /// Which share of their deliveries per second the others lose.
    pub(super) loss: f64,
}

/// One post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Round {
    pub(super) deliveries_per_s: f64,
    pub(super) last_s: f64,
    #[serde(skip)]
    deliveries: u32,
}

pub(super) async fn measure(subject: &Subject, options: &BenchFanout) -> Result<(Birth, Fanout), Failure> {
    let community = Community::found(subject).await?;
    let delay = Duration::from_millis(options.delay_ms.into());
    let all = options.peers + options.troubled;
    let peers = Peers::open(all, all, delay).await?;
    let healthy = usize::try_from(options.peers).unwrap_or(0);
    let mut running = subject.start().await?;
    let scribe = community.scribe(subject, &peers)?;
    let follow = |people: Range<usize>| people.map(|number| scribe.follow(number)).collect::<Result<Vec<_>, _>>();
    community::deliver(subject, &mut running, follow(0..healthy)?, CONNECTIONS).await?;
    running.drained("deliveries").await?;
    let birth = running.birth;
    // The server starts anew, so that no connection is left from the answers.
    running.end().await?;
    let mut running = subject.start().await?;

    let meter = Meter::start(running.pid);
    let mut rounds = Vec::new();
    for number in 0..options.posts {
        rounds.push(round(&mut running, &peers, &community, (number, healthy)).await?);
        running.drained("deliveries").await?;
    }
    let cost = meter.read();
    let deliveries = rounds.iter().map(|round| round.deliveries).sum();
    let Some(first) = rounds.first().copied() else { return Err(Failure::Other("there was no post".into())) };
    let Round { deliveries_per_s, last_s, .. } = middle(&rounds);
    let mut troubled = None;
    if options.troubled > 0 {
        community::deliver(subject, &mut running, follow(healthy..peers.people.len())?, CONNECTIONS).await?;
        running.drained("deliveries").await?;
        for server in healthy..peers.people.len() {
            match server % 3 {
                0 => peers.kill(server),
                1 => peers.trouble(server, Trouble::Slow),
                _ => peers.trouble(server, Trouble::Circles),
            }
        }
        let mut rounds = Vec::new();
        for number in options.posts..options.posts * 2 {
            rounds.push(round(&mut running, &peers, &community, (number, healthy)).await?);
            // Each round begins as those without them did: when what came of the last one is written down.
            let waiting = options.troubled * (number + 1 - options.posts);
            running.settled("deliveries", waiting).await?;
        }
        // The first of these counts, too: that is when nobody knows yet who is in trouble.
        let middle = median(&rounds);
        let loss = 1.0 - middle.deliveries_per_s / deliveries_per_s;
        let Round { deliveries_per_s, last_s, .. } = middle;
        troubled = Some(Troubled { peers: options.troubled, deliveries_per_s, last_s, loss });
    }
    Ok((birth, Fanout { deliveries_per_s, last_s, first, peers: options.peers, deliveries, cost, troubled }))
}

/// The middle one of all but the first round, to which no connection was open.
fn middle(rounds: &[Round]) -> Round {
    match rounds {
        [_, warm @ ..] if !warm.is_empty() => median(warm),
        all => median(all),
    }
}

/// The middle one; of an even number the slower of the two.
fn median(rounds: &[Round]) -> Round {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(|a, b| a.last_s.total_cmp(&b.last_s));
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Writes a post, and waits until each of the first `healthy` servers has it.
async fn round(
    running: &mut Running<'_>,
    peers: &Peers,
    community: &Community,
    (number, healthy): (u32, usize),
) -> Result<Round, Failure> {
    let text = format!("{} Nota {number}: ¿quién viene a la tertulia del jueves?", community.handle());
    let (before, start) = (peers.arrivals.of(healthy), Instant::now());
    running.post("/api/v1/statuses", &community.token, &json!({ "status": text, "visibility": "public" })).await?;
    loop {
        let now = peers.arrivals.of(healthy);
        let came: Vec<u32> = now.iter().zip(&before).map(|(now, before)| now.count - before.count).collect();
        let without = came.iter().filter(|count| **count == 0).count();
        if without == 0 {
            let last = now.iter().map(|arrived| arrived.last).max().unwrap_or(start);
            let (deliveries, took) = (came.iter().sum(), last.duration_since(start));
            let deliveries_per_s = per_s(usize::try_from(deliveries).unwrap_or(0), took);
            return Ok(Round { deliveries_per_s, last_s: took.as_secs_f64(), deliveries });
        }
        if start.elapsed() > PATIENCE {
            return Err(Failure::Other(format!("{without} servers of {} did not get the post", came.len())));
        }
        tokio::time::sleep(GLANCE).await;
    }
}
