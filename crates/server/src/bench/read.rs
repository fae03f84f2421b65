//! How many documents are read per second, out of a filled database.
use std::{collections::BTreeMap, time::Duration};

use domain::urls::{self, ActorPart};
use serde::Serialize;
use serde_json::json;

use super::{
    activities::{Scribe, Thread},
    community::{self, Community, GROUP},
    load::{self, Until},
    subject::{Birth, Running, Subject},
    usage::{Cost, Meter},
};
use crate::cli::{BenchRead, Failure};

/// How many people wrote the posts.
const PEOPLE: u32 = 100;
/// How many posts that were written here are read in turn.
const OBJECTS: u32 = 50;
/// One post in so many starts a thread.
const PER_THREAD: usize = 5;
/// What is read when all servers that were told of a new post ask for it within a second; and over how many connections.
const RUSH: &str = "new_post";
const RUSHING: u32 = 500;
/// Numbers of posts from here on are free, however many fill the database.
const LATE: usize = 10_000_000;
/// How many replies the thread has that is read as a page.
const REPLIES: usize = 100;
const ACTIVITY_JSON: [(&str, &str); 1] = [("accept", "application/activity+json")];
pub(super) const HTML: [(&str, &str); 2] = [("accept", "text/html"), ("accept-language", "es")];

/// What was measured, by what was read.
pub(super) type Reads = BTreeMap<&'static str, Read>;

/// Reading one kind of document.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Read {
    /// Documents per second.
    pub(super) per_s: f64,
    /// How long the slowest in a hundred took.
    pub(super) p99_ms: f64,
    /// For how long.
    #[serde(skip)]
    pub(super) seconds: f64,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

pub(super) async fn measure(subject: &Subject, options: &BenchRead) -> Result<(Birth, Reads), Failure> {
    let community = Community::found(subject).await?;
    let mut running = subject.start().await?;
    let people = community::people(PEOPLE).await?;
    let scribe = community.scribe(subject, &people)?;
    fill(subject, &mut running, &scribe, options).await?;
    let birth = running.birth;
    let mut reads = Reads::new();
    let time = Until::Passed(Duration::from_secs(options.seconds.into()));
    let pages = pages(subject, &mut running, &community, &scribe).await?;
    let documents = documents(&running, &community, subject).await?;
    for (name, requests) in documents.into_iter().chain(pages) {
        reads.insert(name, read(subject, &running, name, requests, (options.connections, time)).await?);
    }
    let new = post(subject, &running, &community, "nueva").await?;
    let rush = vec![running.request("GET", &new, &ACTIVITY_JSON, b""); usize::try_from(options.rush).unwrap_or(0)];
    let read = read(subject, &running, RUSH, rush, (RUSHING, Until::Spread(Duration::from_secs(1)))).await?;
    reads.insert(RUSH, read);
    Ok((birth, reads))
}

async fn read(
    subject: &Subject,
    running: &Running<'_>,
    name: &'static str,
    requests: Vec<Vec<u8>>,
    (connections, until): (u32, Until),
) -> Result<Read, Failure> {
    let meter = Meter::start(running.pid);
    let outcome = load::send(subject.address(), requests, connections, until).await?;
    let cost = meter.read();
    outcome.expect(200, name)?;
    Ok(Read { per_s: outcome.per_s(200), p99_ms: outcome.p99_ms(), seconds: outcome.took.as_secs_f64(), cost })
}

/// Writes a post here; returns its path.
async fn post(subject: &Subject, running: &Running<'_>, community: &Community, name: &str) -> Result<String, Failure> {
    let status = json!({ "status": format!("{} Nota {name} de aquí", community.handle()) });
    let status = running.post("/api/v1/statuses", &community.token, &status).await?;
    let uri = status.get("uri").and_then(serde_json::Value::as_str).unwrap_or_default();
    Ok(uri.strip_prefix(&subject.url("")).unwrap_or("/").to_owned())
}

/// Threads and replies of people elsewhere, sent as they would send them.
async fn fill(
    subject: &Subject,
    running: &mut Running<'_>,
    scribe: &Scribe<'_>,
    options: &BenchRead,
) -> Result<(), Failure> {
    let (posts, people) = (usize::try_from(options.posts).unwrap_or(0), scribe.people.len());
    let seeds = community::seeds(people, posts / PER_THREAD);
    let threads = seeds.iter().map(|thread| scribe.thread(*thread)).collect::<Result<Vec<_>, _>>()?;
    community::deliver(subject, running, threads, options.connections).await?;
    let reply = |number: usize| {
        let thread = seeds.get(number % seeds.len().max(1)).copied().unwrap_or(Thread { author: 0, number: 0 });
        scribe.reply(number % people.max(1), number, thread)
    };
    let replies = (seeds.len()..posts).map(reply).collect::<Result<Vec<_>, _>>()?;
    community::deliver(subject, running, replies, options.connections).await?;
    Ok(())
}

/// What a visitor opens: the community, and a thread with many replies.
async fn pages(
    subject: &Subject,
    running: &mut Running<'_>,
    community: &Community,
    scribe: &Scribe<'_>,
) -> Result<Vec<(&'static str, Vec<Vec<u8>>)>, Failure> {
    let thread = post(subject, running, community, "de la que se habla").await?;
    let uri = subject.url(&thread);
    let reply = |number: usize| scribe.reply_to(number % scribe.people.len().max(1), LATE + number, &uri);
    let replies = (0..REPLIES).map(reply).collect::<Result<Vec<_>, _>>()?;
    community::deliver(subject, running, replies, 1).await?;
    let get = |path: &str| running.request("GET", path, &HTML, b"");
    Ok(vec![("community_page", vec![get(&format!("/@{GROUP}"))]), ("thread_page", vec![get(&thread)])])
}

/// What other servers read.
async fn documents(
    running: &Running<'_>,
    community: &Community,
    subject: &Subject,
) -> Result<Vec<(&'static str, Vec<Vec<u8>>)>, Failure> {
    let get = |path: &str| running.request("GET", path, &ACTIVITY_JSON, b"");
    let actor = format!("/@{GROUP}");
    let outbox = urls::page_before(&urls::actor_part(&actor, ActorPart::Outbox), None);
    let webfinger = format!("{}?resource=acct:{GROUP}@{}", urls::path::WEBFINGER, subject.address());
    let mut objects = Vec::new();
    for number in 0..OBJECTS {
        objects.push(get(&post(subject, running, community, &number.to_string()).await?));
    }
    Ok(vec![
        ("actor", vec![get(&actor)]),
        ("outbox", vec![get(&outbox)]),
        ("webfinger", vec![get(&webfinger)]),
        ("object", objects),
    ])
}
