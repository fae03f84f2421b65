//! How many answers of the client API, and pages, a server gives that has years behind it.
use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{
    community::{Community, GROUP},
    load::{self, Until},
    other,
    read::HTML,
    seed::{self, RARE, Reader, Seeded},
    subject::{Birth, Running, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchClient, Failure};

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Client {
    /// How many posts there were.
    pub(super) posts: u32,
    /// How long it took to write them, in seconds.
    pub(super) filled_s: f64,
    /// By what was asked for.
    pub(super) answers: BTreeMap<&'static str, Answers>,
}

/// Asking for one thing, again and again.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Answers {
    /// Answers per second.
    pub(super) per_s: f64,
    /// How many they should be, if that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aim_per_s: Option<f64>,
    /// How long half of them took at most.
    pub(super) p50_ms: f64,
    /// How long the slowest in a hundred took.
    pub(super) p99_ms: f64,
    /// How long one is, in bytes.
    pub(super) bytes: usize,
    /// For how long it was asked for.
    #[serde(skip)]
    pub(super) seconds: f64,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

/// What is asked for, and how many of it a second we aim at.
struct Wanted {
    name: &'static str,
    aim_per_s: Option<f64>,
    requests: Vec<Vec<u8>>,
}

pub(super) async fn measure(subject: &Subject, options: &BenchClient) -> Result<(Birth, Client), Failure> {
    let community = Community::found(subject).await?;
    let reader = Reader { person: community.person, group: community.group };
    let seeded = seed::fill(&subject.database()?, reader, options.posts).await?;
    let running = subject.start().await?;
    let time = Until::Passed(Duration::from_secs(options.seconds.into()));
    let mut answers = BTreeMap::new();
    for wanted in all(&running, &community, &seeded) {
        answers.insert(wanted.name, ask(subject, &running, wanted, (options.connections, time)).await?);
    }
    let client = Client { posts: options.posts, filled_s: seeded.took.as_secs_f64(), answers };
    Ok((running.birth, client))
}

async fn ask(
    subject: &Subject,
    running: &Running<'_>,
    wanted: Wanted,
    (connections, until): (u32, Until),
) -> Result<Answers, Failure> {
    let Wanted { name, aim_per_s, requests } = wanted;
    let first = requests.first().ok_or_else(|| Failure::Other(format!("{name}: nothing to ask for")))?;
    // Once, so that what is kept in memory is there; and to see that there is something.
    let bytes = running.ask(first).await.map_err(other(name))?;
    let meter = Meter::start(running.pid);
    let outcome = load::send(subject.address(), requests, connections, until).await?;
    let cost = meter.read();
    outcome.expect(200, name)?;
    let (p50_ms, p99_ms) = (outcome.ms(50), outcome.ms(99));
    Ok(Answers {
        per_s: outcome.per_s(200),
        aim_per_s,
        p50_ms,
        p99_ms,
        bytes,
        seconds: outcome.took.as_secs_f64(),
        cost,
    })
}

/// What clients ask for most, and the pages that everybody opens.
fn all(running: &Running<'_>, community: &Community, seeded: &Seeded) -> Vec<Wanted> {
    let bearer = format!("Bearer {}", community.token);
    let api = |path: &str| running.request("GET", path, &[("authorization", bearer.as_str())], b"");
    let one = |name, aim_per_s, request| Wanted { name, aim_per_s, requests: vec![request] };
    let rare = |number: usize| api(&format!("/api/v2/search?type=statuses&limit=20&q=tema{}", number % RARE));
    vec![
        // The least that any answer to somebody takes: their token, one query, one line.
        one("markers", None, api("/api/v1/markers?timeline[]=home")),
        one("home", Some(3_000.0), api("/api/v1/timelines/home?limit=40")),
        one("public", Some(5_000.0), api("/api/v1/timelines/public?limit=40")),
        one("context", Some(500.0), api(&format!("/api/v1/statuses/{}/context", seeded.long))),
        one("notifications", Some(3_000.0), api("/api/v1/notifications?limit=40")),
        one("account_statuses", None, api(&format!("/api/v1/accounts/{}/statuses?limit=40", seeded.author))),
        Wanted { name: "search", aim_per_s: None, requests: (0..50).map(|number| rare(number * 37)).collect() },
        one("thread_page", Some(1_000.0), running.request("GET", &seeded.page, &HTML, b"")),
        // A second for one of them is enough: few threads are so long.
        one("thread_500_page", None, running.request("GET", &seeded.long_page, &HTML, b"")),
        one("community_page", Some(2_500.0), running.request("GET", &format!("/@{GROUP}"), &HTML, b"")),
    ]
}
