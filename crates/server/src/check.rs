//! `tertulia check`: what is right and what is not, a line each.
use std::{net::ToSocketAddrs, time::Duration};

use app::{App, identities};
use object_store::{ObjectStoreExt, PutPayload, path::Path};
use serde::Serialize;

use crate::{
    cli::{self, Failure},
    commands::{print_json, print_line},
    compose::{Composed, Overrides, compose},
    media::place,
    settings::{MediaUrl, Settings, Smtp},
};

/// How long any one thing may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Line {
    what: &'static str,
    ok: bool,
    detail: String,
}

/// What is wrong, in words.
type Wrong = Box<dyn std::error::Error + Send + Sync>;

/// Looks at everything, prints a line for each, and fails if one of them is wrong.
pub(crate) async fn check(settings: &Settings, options: &cli::Check) -> Result<(), Failure> {
    let mut lines = vec![line("configuration", Ok(settings.url.to_string()))];
    let composed = compose(settings, Overrides::default()).await;
    lines.push(match &composed {
        Ok(composed) => line("database", database(&composed.app).await),
        Err(failure) => line("database", Err(failure.to_string().into())),
    });
    lines.push(line("media store", within(media(&settings.media)).await));
    lines.push(line("mail", within(mail(settings.smtp.as_ref())).await));
    lines.push(line("name resolution", resolve(settings)));
    if let Ok(composed) = &composed {
        lines.push(line("clock", clock(&composed.app).await));
        lines.push(line("reachability", within(reach(composed, settings)).await));
        if let Ok(provider) = identities::provider(&composed.app) {
            lines.push(line("provider", within(provider_offer(&composed.app, &provider.issuer)).await));
        }
        lines.extend(queues(&composed.app).await);
    }
    let wrong = lines.iter().filter(|line| !line.ok).count();
    if options.json {
        print_json(&serde_json::json!({ "ok": wrong == 0, "checks": lines }))?;
    } else {
        for Line { what, ok, detail } in &lines {
            print_line(&format!("{} {what}: {detail}", if *ok { "ok   " } else { "WRONG" }))?;
        }
    }
    if wrong == 0 { Ok(()) } else { Err(Failure::Other(format!("{wrong} of {} checks failed", lines.len()))) }
}

fn line(what: &'static str, found: Result<String, Wrong>) -> Line {
    match found {
        Ok(detail) => Line { what, ok: true, detail },
        Err(wrong) => Line { what, ok: false, detail: wrong.to_string() },
    }
}

async fn within<T>(looking: impl Future<Output = Result<T, Wrong>>) -> Result<T, Wrong> {
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| Err("no answer within ten seconds".into()))
}

async fn database(app: &App) -> Result<String, Wrong> {
    let migrated = app.read(store::is_migrated).await?;
    let kind = if app.is_alone() { "SQLite" } else { "PostgreSQL" };
    if migrated { Ok(format!("{kind} answers and is migrated")) } else { Err("migrations are pending".into()) }
}

/// Writes, reads and deletes a small file.
async fn media(media: &MediaUrl) -> Result<String, Wrong> {
    let store = place::open(media)?;
    let probe = Path::from(format!(".check-{}", app::random::secret()?));
    store.put(&probe, PutPayload::from_static(b"tertulia")).await?;
    let bytes = store.get(&probe).await?.bytes().await?;
    store.delete(&probe).await?;
    if bytes == "tertulia" {
        Ok("can be written, read and cleaned".into())
    } else {
        Err("read something else than written".into())
    }
}

async fn mail(smtp: Option<&Smtp>) -> Result<String, Wrong> {
    let Some(smtp) = smtp else { return Ok("no mail server: mail is logged".into()) };
    let transport = crate::mail::transport(smtp)?;
    if transport.test_connection().await? {
        Ok("the mail server answers".into())
    } else {
        Err("the mail server does not answer".into())
    }
}

fn resolve(settings: &Settings) -> Result<String, Wrong> {
    let host = settings.url.host_str().unwrap_or_default();
    let port = settings.url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<String> = (host, port).to_socket_addrs()?.map(|address| address.ip().to_string()).collect();
    if addresses.is_empty() {
        Err(format!("{host} has no address").into())
    } else {
        Ok(format!("{host} is {}", addresses.join(", ")))
    }
}

/// Asks for our own description as others do: by the public address.
async fn reach(composed: &Composed, settings: &Settings) -> Result<String, Wrong> {
    let url = settings.url.join(domain::urls::path::NODEINFO)?;
    let answer = composed.client.get_document(&url, "application/json", None).await?;
    Ok(format!("{url} answers {}", answer.status))
}

/// Asks the provider that signs people in what it offers.
async fn provider_offer(app: &App, issuer: &str) -> Result<String, Wrong> {
    identities::look(app).await?;
    Ok(format!("{issuer} answers"))
}

/// A clock that stands before this program was made, or was used, is wrong.
async fn clock(app: &App) -> Result<String, Wrong> {
    let used = app.read(store::activities::newest).await?.map(domain::id::ActivityId::timestamp);
    if app::health::is_late(app.now(), used) { Err("the clock stands in the past".into()) } else { Ok("runs".into()) }
}

/// The queues, and the peers that something is wrong with.
async fn queues(app: &App) -> Vec<Line> {
    let found = app
        .read(|c| {
            let queues = [
                ("received", store::jobs::received_backlog(c)?),
                ("jobs", store::jobs::backlog(c)?),
                ("deliveries", store::deliveries::backlog(c)?),
            ];
            Ok((queues, store::peers::list(c)?))
        })
        .await;
    let (queues, peers) = match found {
        Ok(found) => found,
        Err(error) => return vec![line("queues", Err(error.into()))],
    };
    let mut lines: Vec<Line> = queues
        .into_iter()
        .map(|(queue, backlog)| {
            let detail = format!("{queue}: {} waiting, {} parked", backlog.waiting, backlog.parked);
            line("queue", Ok(detail))
        })
        .collect();
    let troubled = peers.iter().filter(|traffic| traffic.waiting + traffic.parked > 0 || traffic.peer.failures > 0);
    lines.extend(troubled.map(|traffic| {
        let (peer, error) = (&traffic.peer, traffic.peer.last_error.as_deref().unwrap_or("none"));
        let queue = format!("{} waiting, {} parked", traffic.waiting, traffic.parked);
        line("peer", Ok(format!("{}: {}, {queue}, last error: {error}", peer.host, peer.state)))
    }));
    lines
}
