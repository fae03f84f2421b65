//! How soon a post reaches all servers that follow.
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;

use super::{
    community::{self, Community},
    load::per_s,
    peers::Peers,
    subject::{Birth, Running, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchFanout, Failure};

/// How many connections send the requests to follow.
const CONNECTIONS: u32 = 16;

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
    let peers = Peers::open(options.peers, options.peers, delay).await?;
    let mut running = subject.start().await?;
    let scribe = community.scribe(subject, &peers)?;
    let follows = (0..peers.people.len()).map(|number| scribe.follow(number)).collect::<Result<Vec<_>, _>>()?;
    community::deliver(subject, &mut running, follows, CONNECTIONS).await?;
    running.drained("deliveries").await?;
    let birth = running.birth;
    // The server starts anew, so that no connection is left from the answers.
    running.end().await?;
    let mut running = subject.start().await?;

    let meter = Meter::start(running.pid);
    let mut rounds = Vec::new();
    for number in 0..options.posts {
        let text = format!("{} Nota {number}: ¿quién viene a la tertulia del jueves?", community.handle());
        rounds.push(round(&mut running, &peers, &community.token, &text).await?);
    }
    let cost = meter.read();
    let deliveries = rounds.iter().map(|round| round.deliveries).sum();
    let (Some((first, rest)), peers) = (rounds.split_first(), options.peers) else {
        return Err(Failure::Other("there was no post".into()));
    };
    let mut warm = if rest.is_empty() { vec![*first] } else { rest.to_vec() };
    warm.sort_by(|a, b| a.last_s.total_cmp(&b.last_s));
    let middle = warm.get(warm.len() / 2).copied().unwrap_or(*first);
    let Round { deliveries_per_s, last_s, .. } = middle;
    Ok((birth, Fanout { deliveries_per_s, last_s, first: *first, peers, deliveries, cost }))
}

/// Writes a post, and waits until every server has it.
async fn round(running: &mut Running<'_>, peers: &Peers, token: &str, text: &str) -> Result<Round, Failure> {
    let (before, start) = (peers.arrivals.counts(), Instant::now());
    running.post("/api/v1/statuses", token, &json!({ "status": text, "visibility": "public" })).await?;
    running.drained("deliveries").await?;
    let came: Vec<u32> = peers.arrivals.counts().iter().zip(before).map(|(now, before)| now - before).collect();
    let without = came.iter().filter(|count| **count == 0).count();
    if without > 0 {
        return Err(Failure::Other(format!("{without} servers of {} did not get the post", came.len())));
    }
    let (deliveries, took) = (came.iter().sum(), peers.arrivals.last().duration_since(start));
    let deliveries_per_s = per_s(usize::try_from(deliveries).unwrap_or(0), took);
    Ok(Round { deliveries_per_s, last_s: took.as_secs_f64(), deliveries })
}
