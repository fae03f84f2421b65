//! The commands about other servers and about what is on its way to them.
use app::App;
use domain::{
    host::Host,
    id::PostId,
    time::Timestamp,
    urls::{self, Local},
};
use serde::Serialize;
use store::{deliveries::Outstanding, peers::Traffic};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{open, print_json, print_line, rules};
use crate::{
    cli::{Delivery, DeliveryList, DeliveryReplay, Failure, Peer, PeerHost, PeerList, PeerRuled},
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
    /// Whether it is asked for anything: `closed`, `half_open` or `open`.
    breaker: &'static str,
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
    fn new(Traffic { peer, waiting, parked }: Traffic, now: Timestamp) -> Self {
        Self {
            breaker: peer.breaker(now).as_str(),
            retry_at: later(peer.left_alone_until()),
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
            last_success: peer.last_success.map(written),
            last_seen: peer.last_seen.map(written),
            last_error: peer.last_error,
        }
    }

    fn line(&self) -> String {
        let software = if self.software.is_empty() { "unknown software" } else { &self.software };
        format!(
            "{}: {software}, {}, breaker {}, {} waiting, {} parked, last success: {}, last error: {}",
            self.host,
            self.state,
            self.breaker,
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
            line("breaker", self.breaker),
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
    let (me, now) = (rules::operator(&app).await?, app.now());
    match command {
        Peer::List(PeerList { json }) => {
            let all = app::peers::list(&app, me).await.map_err(|e| compose::failure(&e))?;
            let servers: Vec<Server> = all.into_iter().map(|traffic| Server::new(traffic, now)).collect();
            if json { print_json(&servers) } else { servers.iter().try_for_each(|server| print_line(&server.line())) }
        }
        Peer::Show(PeerHost { host, json }) => {
            let found = app::peers::show(&app, me, &canonical(&host)?).await;
            let server = Server::new(found.map_err(|error| unless_known(&error, unknown(&host)))?, now);
            if json { print_json(&server) } else { server.lines().iter().try_for_each(|line| print_line(line)) }
        }
        Peer::Retry(PeerHost { host, json }) => {
            let revived = app::peers::retry(&app, me, &canonical(&host)?).await;
            print_revived(revived.map_err(|error| unless_known(&error, unknown(&host)))?, json)
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
    let me = rules::operator(&app).await?;
    match command {
        Delivery::List(DeliveryList { post, to, most, json }) => {
            let found = match (post, to) {
                (Some(post), _) => app::deliveries::about(&app, me, find_post(&app, post).await?).await,
                (None, to) => {
                    let host = to.unwrap_or_default();
                    let found = app::deliveries::at(&app, me, &canonical(&host)?, None, most).await;
                    return print_parcels(found.map_err(|error| unless_known(&error, unknown(&host)))?, most, json);
                }
            };
            print_parcels(found.map_err(|e| compose::failure(&e))?, most, json)
        }
        Delivery::Replay(DeliveryReplay { post: Some(post), json, .. }) => {
            let post = find_post(&app, post).await?;
            print_revived(app::deliveries::replay(&app, me, post).await.map_err(|e| compose::failure(&e))?, json)
        }
        Delivery::Replay(DeliveryReplay { activity, to, json, .. }) => {
            let (activity, host) = (activity.unwrap_or_default(), to.unwrap_or_default());
            let missing = || Failure::Usage(format!("nothing waits to bring `{activity}` to `{host}`"));
            let Some((_, Local::Activity(id))) = app.site().parse(&activity) else { return Err(missing()) };
            let replayed = app::deliveries::replay_one(&app, me, id, &canonical(&host)?).await;
            replayed.map_err(|error| unless_known(&error, missing()))?;
            print_revived(1, json)
        }
    }
}

fn print_parcels(found: Vec<Outstanding>, most: i64, json: bool) -> Result<(), Failure> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let parcels: Vec<Parcel> = found.into_iter().take(most).map(Parcel::new).collect();
    if json { print_json(&parcels) } else { parcels.iter().try_for_each(|parcel| print_line(&parcel.line())) }
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
        let Self { host, kind, activity, inbox, attempts, error, .. } = self;
        let error = error.as_deref().unwrap_or("none");
        format!("{host}: {kind} {activity} to {inbox}, {state}, {attempts} tries, last error: {error}")
    }
}

fn print_revived(revived: usize, json: bool) -> Result<(), Failure> {
    if json {
        print_json(&serde_json::json!({ "revived": revived }))
    } else if revived == 0 {
        print_line("nothing waits: all of it has arrived, or is on its way")
    } else {
        print_line(&format!("{revived} deliveries are tried again"))
    }
}

async fn find_post(app: &App, url: String) -> Result<PostId, Failure> {
    let unknown = Failure::Usage(format!("there is no post `{url}` here"));
    let found = app.read(move |c| store::posts::by_uri(c, &url)).await.map_err(|e| compose::failure(&e))?;
    found.map(|post| post.id).ok_or(unknown)
}

/// A host as it is kept.
fn canonical(host: &str) -> Result<Host, Failure> {
    Host::parse(host).ok_or_else(|| unknown(host))
}

/// What is not there is the error of the one who typed the command, the rest is ours.
fn unless_known(error: &app::Error, unknown: Failure) -> Failure {
    if matches!(error, app::Error::NotFound) { unknown } else { compose::failure(error) }
}

fn unknown(host: &str) -> Failure {
    Failure::Usage(format!("there is no server `{host}` among those known here"))
}
