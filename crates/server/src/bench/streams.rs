//! What open streams cost, and how soon each of them tells of what happens.
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future;
use serde::Serialize;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::{
    community::Community,
    load, other,
    subject::{Birth, Running, Subject},
    usage::{self, Cost, Meter},
};
use crate::cli::{BenchStreams, Failure};

/// What a stream says at its beginning, and before each post.
const OPEN: &[u8] = b":)\n\n";
const POST: &[u8] = b"event: update\n";
/// Files that are open beside the streams.
const OTHER_FILES: u32 = 100;

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the name of the figure in the report")]
pub(super) struct Streams {
    /// How many were open.
    pub(super) streams: u32,
    /// By how many people.
    pub(super) people: u32,
    /// How many posts each told of.
    pub(super) posts: u32,
    /// The memory that the open streams take, in MB, before anything happens.
    pub(super) more_mb: f64,
    /// From sending a post until the slowest in a hundred streams tells of it, in milliseconds.
    pub(super) p99_ms: f64,
    /// The same, of the slowest of all.
    pub(super) last_ms: f64,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

pub(super) async fn measure(subject: &Subject, options: &BenchStreams) -> Result<(Birth, Streams), Failure> {
    let BenchStreams { streams, posts, people, .. } = *options;
    let (needed, possible) = (streams + OTHER_FILES, usage::open_files());
    if needed > possible {
        let text = format!("{streams} streams need {needed} open files, {possible} are allowed: see `ulimit -n`");
        return Err(Failure::Usage(text));
    }
    let community = Community::found(subject).await?;
    let tokens = readers(subject, people).await?;
    let running = subject.start().await?;
    let mut requests = Vec::new();
    for token in &tokens {
        running.post(&format!("/api/v1/accounts/{}/follow", community.person), token, &json!({})).await?;
        let bearer = format!("Bearer {token}");
        requests.push(running.request("GET", "/api/v1/streaming/user", &[("authorization", bearer.as_str())], b""));
    }
    let idle_mb = usage::memory_mb(running.pid, "VmRSS:");
    let (tell, mut told) = unbounded_channel();
    let asked = requests.iter().cycle().zip(0..streams);
    let listening = future::join_all(asked.map(|(request, _)| listen(subject.address(), request, tell.clone())));
    let talking = async {
        all(&mut told, streams).await?;
        let more_mb = usage::memory_mb(running.pid, "VmRSS:") - idle_mb;
        let (meter, waits) = (Meter::start(running.pid), talk(&running, &community, options, &mut told).await?);
        let slowest = |share: usize| waits.get((waits.len() * share / 100).min(waits.len().saturating_sub(1)));
        let ms = |wait: Option<&Duration>| wait.map_or(0.0, |wait| wait.as_secs_f64() * 1_000.0);
        let (p99_ms, last_ms) = (ms(slowest(99)), ms(waits.last()));
        Ok::<_, Failure>(Streams { streams, people, posts, more_mb, p99_ms, last_ms, cost: meter.read() })
    };
    tokio::select! {
        ended = listening => {
            let why = ended.into_iter().find_map(Result::err).map_or_else(|| "no reason".to_owned(), |e| e.to_string());
            Err(Failure::Other(format!("the streams ended: {why}")))
        }
        measured = talking => Ok((running.birth, measured?)),
    }
}

/// The tokens of so many people.
async fn readers(subject: &Subject, count: u32) -> Result<Vec<String>, Failure> {
    let mut tokens = Vec::new();
    for number in 0..count {
        let (name, email) = (format!("lectora{number}"), format!("lectora{number}@example.org"));
        let person = ["person", "create", &name, "--email", &email, "--password-stdin"];
        subject.run(&person, "correct horse battery staple\n").await?;
        let token = subject.run(&["token", "create", &name, "--scopes", "read write follow"], "").await?;
        let token = token.get("access_token").and_then(serde_json::Value::as_str).map(str::to_owned);
        tokens.push(token.ok_or_else(|| Failure::Other("a command printed no token".to_owned()))?);
    }
    Ok(tokens)
}

/// Writes one post after another, each when all have heard of the one before; how long it took until each stream told of
/// each, the shortest first.
async fn talk(
    running: &Running<'_>,
    community: &Community,
    options: &BenchStreams,
    told: &mut UnboundedReceiver<Instant>,
) -> Result<Vec<Duration>, Failure> {
    let mut waits = Vec::new();
    for number in 0..options.posts {
        let began = Instant::now();
        let status = json!({ "status": format!("Nota {number}"), "visibility": "public" });
        running.post("/api/v1/statuses", &community.token, &status).await?;
        waits.extend(all(told, options.streams).await?.into_iter().map(|at| at.duration_since(began)));
    }
    waits.sort_unstable();
    Ok(waits)
}

/// When each of so many streams said something.
async fn all(told: &mut UnboundedReceiver<Instant>, streams: u32) -> Result<Vec<Instant>, Failure> {
    let mut heard = Vec::new();
    let hearing = async {
        for _ in 0..streams {
            heard.extend(told.recv().await);
        }
    };
    tokio::time::timeout(load::PATIENCE, hearing).await.map_err(other("what streams tell"))?;
    Ok(heard)
}

/// Listens until the server ends it; says when the stream is open, and when it tells of a post.
async fn listen(address: SocketAddr, request: &[u8], tell: UnboundedSender<Instant>) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let (mut buffer, mut wanted) = (Vec::with_capacity(4 * 1_024), OPEN);
    while stream.read_buf(&mut buffer).await? > 0 {
        while let Some(at) = buffer.windows(wanted.len()).position(|bytes| bytes == wanted) {
            buffer.drain(..at + wanted.len());
            wanted = POST;
            if tell.send(Instant::now()).is_err() {
                return Ok(());
            }
        }
        // What may be the beginning of the next one.
        let over = buffer.len().saturating_sub(wanted.len() - 1);
        buffer.drain(..over);
    }
    Ok(())
}
