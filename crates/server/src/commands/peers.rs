//! The commands about other servers and about what is on its way to them.
use app::App;
use domain::{host::Host, id::PostId, time::Timestamp, urls};
use serde::Serialize;
use store::{deliveries::Outstanding, peers::Traffic};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{open, print_json, print_line, rules};
use crate::{
    cli::{Delivery, DeliveryPost, Failure, Peer, PeerHost, PeerList, PeerRuled},
    compose,
    settings::Settings,
};

/// What is printed of a server.
#[derive(Serialize)]
struct Server {
    host: String,
    software: String,
    version: String,
    state: &'static str,
    /// What it is to us, by the rules.
    regard: &'static str,
    /// How it wants requests signed, once that is known.
    scheme: Option<&'static str>,
    waiting: i64,
    parked: i64,
    failures: i32,
    failing_since: Option<String>,
    retry_at: Option<String>,
    last_success: Option<String>,
    last_seen: Option<String>,
    last_error: Option<String>,
}

impl Server {
    fn new(Traffic { peer, waiting, parked }: Traffic) -> Self {
        Self {
            host: peer.host,
            software: peer.software,
            version: peer.version,
            state: peer.state.as_str(),
            regard: peer.regard.as_str(),
            scheme: peer.scheme.map(domain::peer::Scheme::as_str),
            waiting,
            parked,
            failures: peer.failures,
            failing_since: peer.failing_since.map(written),
            retry_at: later(peer.retry_at),
            last_success: peer.last_success.map(written),
            last_seen: peer.last_seen.map(written),
            last_error: peer.last_error,
        }
    }

    fn line(&self) -> String {
        let software = if self.software.is_empty() { "unknown software" } else { &self.software };
        format!(
            "{}: {software}, {}, {} waiting, {} parked, last success: {}, last error: {}",
            self.host,
            self.state,
            self.waiting,
            self.parked,
            or_never(self.last_success.as_ref()),
            self.last_error.as_deref().unwrap_or("none"),
        )
    }

    fn lines(&self) -> Vec<String> {
        let line = |name: &str, value: &str| format!("{name}: {value}");
        vec![
            line("host", &self.host),
            line("software", format!("{} {}", self.software, self.version).trim()),
            line("state", self.state),
            line("regard", self.regard),
            line("signatures", self.scheme.unwrap_or("unknown")),
            line("waiting", &self.waiting.to_string()),
            line("parked", &self.parked.to_string()),
            line("failures in a row", &self.failures.to_string()),
            line("failing since", or_never(self.failing_since.as_ref())),
            line("tried again", self.retry_at.as_deref().unwrap_or("any time")),
            line("last success", or_never(self.last_success.as_ref())),
            line("last seen", or_never(self.last_seen.as_ref())),
            line("last error", self.last_error.as_deref().unwrap_or("none")),
        ]
    }
}

fn or_never(moment: Option<&String>) -> &str {
    moment.map_or("never", String::as_str)
}

pub(super) fn written(moment: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(moment.seconds()).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

/// A moment before which nothing is done; none if that may be done at any time.
fn later(moment: Timestamp) -> Option<String> {
    (moment > Timestamp(0)).then(|| written(moment))
}

/// `tertulia peer …`
pub(crate) async fn peer(settings: &Settings, command: Peer) -> Result<(), Failure> {
    let app = open(settings).await?;
    match command {
        Peer::List(PeerList { json }) => {
            let servers: Vec<Server> = traffic(&app).await?.into_iter().map(Server::new).collect();
            if json { print_json(&servers) } else { servers.iter().try_for_each(|server| print_line(&server.line())) }
        }
        Peer::Show(PeerHost { host, json }) => {
            let name = canonical(&host)?;
            let found = traffic(&app).await?.into_iter().find(|traffic| traffic.peer.host == name);
            let server = Server::new(found.ok_or_else(|| unknown(&host))?);
            if json { print_json(&server) } else { server.lines().iter().try_for_each(|line| print_line(line)) }
        }
        Peer::Retry(PeerHost { host, json }) => {
            let revived = app::peers::retry(&app, canonical(&host)?).await.map_err(|error| match error {
                app::Error::NotFound => unknown(&host),
                other => compose::failure(&other),
            })?;
            print_revived(revived, json)
        }
        Peer::Block(block) => rules::block(&app, block).await,
        Peer::Unblock(PeerRuled { host }) => rules::unblock(&app, &host).await,
        Peer::Allow(allow) => rules::allow(&app, allow).await,
        Peer::Rules(PeerList { json }) => rules::list(&app, json).await,
    }
}

/// `tertulia delivery …`
pub(crate) async fn delivery(settings: &Settings, command: Delivery) -> Result<(), Failure> {
    let app = open(settings).await?;
    match command {
        Delivery::List(DeliveryPost { post, json }) => {
            let post = find_post(&app, post).await?;
            let outstanding = app.read(move |c| store::deliveries::about(c, post)).await;
            let parcels: Vec<Parcel> =
                outstanding.map_err(|e| compose::failure(&e))?.into_iter().map(Parcel::new).collect();
            if json { print_json(&parcels) } else { parcels.iter().try_for_each(|parcel| print_line(&parcel.line())) }
        }
        Delivery::Replay(DeliveryPost { post, json }) => {
            let post = find_post(&app, post).await?;
            print_revived(app::deliveries::replay(&app, post).await.map_err(|e| compose::failure(&e))?, json)
        }
    }
}

/// What is printed of a delivery.
#[derive(Serialize)]
struct Parcel {
    host: String,
    inbox: String,
    activity: String,
    kind: String,
    attempts: i32,
    retry_at: Option<String>,
    parked: Option<String>,
    error: Option<String>,
}

impl Parcel {
    fn new(one: Outstanding) -> Self {
        Self {
            host: one.host,
            inbox: one.inbox,
            activity: urls::activity(&one.actor, one.activity),
            kind: one.kind,
            attempts: one.attempts,
            retry_at: later(one.retry_at),
            parked: one.parked.map(written),
            error: one.error,
        }
    }

    fn line(&self) -> String {
        let state = match (&self.parked, &self.retry_at) {
            (Some(since), _) => format!("parked since {since}"),
            (None, Some(at)) => format!("tried again at {at}"),
            (None, None) => "waits".to_owned(),
        };
        let Self { host, kind, inbox, attempts, error, .. } = self;
        let error = error.as_deref().unwrap_or("none");
        format!("{host}: {kind} to {inbox}, {state}, {attempts} tries, last error: {error}")
    }
}

fn print_revived(revived: usize, json: bool) -> Result<(), Failure> {
    if json {
        print_json(&serde_json::json!({ "revived": revived }))
    } else {
        print_line(&format!("{revived} deliveries that were given up are tried again"))
    }
}

async fn traffic(app: &App) -> Result<Vec<Traffic>, Failure> {
    app.read(store::peers::list).await.map_err(|e| compose::failure(&e))
}

async fn find_post(app: &App, url: String) -> Result<PostId, Failure> {
    let unknown = Failure::Usage(format!("there is no post `{url}` here"));
    let found = app.read(move |c| store::posts::by_uri(c, &url)).await.map_err(|e| compose::failure(&e))?;
    found.map(|post| post.id).ok_or(unknown)
}

/// A host as it is kept.
fn canonical(host: &str) -> Result<String, Failure> {
    Ok(Host::parse(host).ok_or_else(|| unknown(host))?.to_string())
}

fn unknown(host: &str) -> Failure {
    Failure::Usage(format!("there is no server `{host}` among those known here"))
}
