//! How soon a server that was away has everything that waits for it.
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;

use super::{
    community::{self, Community},
    load::{self, Until, per_s},
    other,
    peers::Peers,
    subject::{Birth, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchCatchup, Failure};

/// How many connections write the posts that the server misses.
const CONNECTIONS: u32 = 16;
/// How often it is asked whether all has arrived.
const GLANCE: Duration = Duration::from_millis(10);

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Catchup {
    /// Deliveries that arrive per second, from the moment at which the server is tried again.
    pub(super) deliveries_per_s: f64,
    /// From that moment until the last one arrives, in seconds.
    pub(super) last_s: f64,
    /// How many there were.
    pub(super) deliveries: u32,
    /// How long the server takes to answer, in milliseconds.
    pub(super) delay_ms: u32,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

pub(super) async fn measure(subject: &Subject, options: &BenchCatchup) -> Result<(Birth, Catchup), Failure> {
    let community = Community::found(subject).await?;
    let mut peers = Peers::open(1, 1, Duration::from_millis(options.delay_ms.into())).await?;
    let mut running = subject.start().await?;
    let follow = community.scribe(subject, &peers)?.follow(0)?;
    community::deliver(subject, &mut running, vec![follow], 1).await?;
    running.drained("deliveries").await?;

    peers.kill(0);
    let bearer = format!("Bearer {}", community.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let post = |number: u32| {
        let status = json!({ "status": format!("{} Nota {number}", community.handle()), "visibility": "public" });
        running.request("POST", "/api/v1/statuses", &headers, status.to_string().as_bytes())
    };
    let posts = (0..options.deliveries).map(post).collect();
    load::send(subject.address(), posts, CONNECTIONS, Until::AllSent).await?.expect(200, "a post")?;

    let before = count(&peers);
    peers.revive(0).await?;
    let host = peers.addresses.first().map(ToString::to_string).unwrap_or_default();
    // Deliveries begin while the command is still running, so the time does, too.
    let (meter, start) = (Meter::start(running.pid), Instant::now());
    subject.run(&["peer", "retry", &host], "").await?;
    let arrived = async {
        while count(&peers) - before < options.deliveries {
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(load::PATIENCE, arrived).await.map_err(other("what the server missed"))?;
    let took = start.elapsed();
    let cost = meter.read();
    let deliveries_per_s = per_s(usize::try_from(options.deliveries).unwrap_or(0), took);
    let BenchCatchup { deliveries, delay_ms, .. } = *options;
    Ok((running.birth, Catchup { deliveries_per_s, last_s: took.as_secs_f64(), deliveries, delay_ms, cost }))
}

fn count(peers: &Peers) -> u32 {
    peers.arrivals.of(1).iter().map(|arrived| arrived.count).sum()
}
