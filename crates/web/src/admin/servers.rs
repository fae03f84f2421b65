//! The other servers that are known here: how sending to them goes, and what to do where it does not.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use app::{
    App, Me, Result, deliveries, floods,
    peers::{self, Wanted},
};
use askama::Template;
use domain::{
    host::Host,
    id::ActivityId,
    peer::{Breaker, PeerState},
    rule::Regard,
    text::plain,
    time::Timestamp,
    urls::{self, Local},
};
use serde::Deserialize;
use store::{deliveries::Outstanding, peers::Traffic};

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    language::Language,
    listing,
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where they are, where one is, and where one puts through what waits for it.
pub(crate) const PATH: &str = "/admin/servers";
pub(crate) const ONE: &str = "/admin/servers/{host}";

/// The page with those that something is wrong with.
pub(crate) const FAILING: &str = "/admin/servers?only=failing";

/// How many servers, and how many deliveries, a page lists.
const SERVERS: i64 = 40;
const DELIVERIES: i64 = 40;

/// How many of those that send too much are named.
const FLOODS: usize = 20;

/// The page of a server.
fn address(host: &str) -> String {
    ONE.replace("{host}", host)
}

/// A server in the list, and on its own page.
struct Row {
    host: String,
    page: String,
    software: String,
    chips: Vec<(&'static str, &'static str)>,
    queue: String,
    /// When it last took something.
    taken: String,
    seen: Option<String>,
    retry: Option<String>,
    error: Option<String>,
}

impl Row {
    fn new(t: Language, now: Timestamp, Traffic { peer, waiting, parked }: Traffic) -> Self {
        let mut chips = vec![match (peer.state, peer.breaker(now)) {
            (PeerState::Dead, _) => (t.peer_dead(), "bad"),
            (PeerState::Alive, Breaker::Closed) => (t.peer_well(), "good"),
            (PeerState::Alive, Breaker::HalfOpen | Breaker::Open) => (t.peer_silent(), "fair"),
        }];
        match peer.regard {
            Regard::Welcome => {}
            Regard::Silenced => chips.push((t.rule_silenced(), "fair")),
            Regard::Suspended => chips.push((t.rule_blocked(), "bad")),
        }
        let until = peer.left_alone_until();
        Self {
            page: address(&peer.host),
            software: if peer.software.is_empty() {
                t.unknown_software().to_owned()
            } else {
                format!("{} {}", peer.software, peer.version).trim().to_owned()
            },
            chips,
            queue: t.queue_state(parked, waiting),
            taken: peer.last_success.map_or_else(|| t.peer_never().to_owned(), |at| t.ago(now, at)),
            seen: peer.last_seen.map(|at| t.ago(now, at)),
            retry: (until > now).then(|| t.moment(until)),
            error: peer.last_error,
            host: Host::parse(&peer.host).map_or(peer.host, |host| host.display()),
        }
    }
}

/// Which servers are listed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    only: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/servers.html")]
struct Servers {
    frame: Frame,
    tabs: Vec<Tab>,
    asked: Asked,
    /// What waits of a post, if one is looked for.
    parcels: Option<Vec<Parcel>>,
    /// Those that send more than they may: their names, their pages, and how often they were refused.
    floods: Vec<(String, String, String)>,
    kinds: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `GET /admin/servers`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Never,
        list(&app, &visit, by.me, asked.map(Query::into_inner).unwrap_or_default()).await,
    )
}

async fn list(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Servers> {
    let (t, now) = (visit.language, app.now());
    let failing = asked.only == "failing";
    let parcels = match app.site().parse(asked.q.trim()) {
        Some((_, Local::Post(_, post))) => Some(deliveries::about(app, me, post).await?),
        _ => None,
    };
    // Whoever looks for a post looks for no server.
    let text = if parcels.is_some() { String::new() } else { plain::cut(asked.q.trim(), 255) };
    let found = peers::page(app, me, Wanted { text, failing, after: asked.after.clone() }, SERVERS).await?;
    let address = |only: &str, after: &str| urls::asking(PATH, &[("q", &asked.q), ("only", only), ("after", after)]);
    let next = listing::last(&found, SERVERS).map(|last| address(&asked.only, &last.peer.host));
    let (frame, tabs) = super::frame(app, visit, t.admin_servers(), PATH);
    let kinds = vec![
        Tab { label: t.every_server(), page: address("", ""), is_chosen: !failing },
        Tab { label: t.failing_servers(), page: address("failing", ""), is_chosen: failing },
    ];
    let rows = found.into_iter().map(|traffic| Row::new(t, now, traffic)).collect();
    let parcels = parcels.map(|found| found.into_iter().map(|one| Parcel::new(t, one)).collect());
    let flood = |flood: floods::Flood| {
        let refused = t.flood_refused(i64::try_from(flood.refused).unwrap_or(i64::MAX), t.moment(flood.since));
        let shown = Host::parse(&flood.host).map_or_else(|| flood.host.clone(), |host| host.display());
        (shown, self::address(&flood.host), refused)
    };
    let floods = floods::list(app, me).await?.into_iter().take(FLOODS).map(flood).collect();
    Ok(Servers { frame, tabs, asked, parcels, floods, kinds, rows, next })
}

/// Something that waits for a server.
struct Parcel {
    /// The server, and its page.
    host: String,
    page: String,
    activity: i64,
    kind: String,
    /// Where it may be read.
    url: String,
    inbox: String,
    state: String,
    is_parked: bool,
    error: Option<String>,
}

impl Parcel {
    fn new(t: Language, one: Outstanding) -> Self {
        let state = match one.parked {
            Some(at) => t.parcel_parked(i64::from(one.attempts), t.moment(at)),
            None if one.retry_at > Timestamp(0) => t.parcel_later(i64::from(one.attempts), t.moment(one.retry_at)),
            None => t.parcel_waits().to_owned(),
        };
        Self {
            page: address(&one.host),
            host: Host::parse(&one.host).map_or(one.host, |host| host.display()),
            activity: one.activity.0,
            url: urls::activity(&one.actor, one.activity),
            kind: one.kind,
            inbox: one.inbox,
            state,
            is_parked: one.parked.is_some(),
            error: one.error,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/server.html")]
struct Server {
    frame: Frame,
    tabs: Vec<Tab>,
    row: Row,
    parcels: Vec<Parcel>,
    next: Option<String>,
}

/// After which delivery a page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    after: Option<i64>,
    inbox: String,
}

/// `GET /admin/servers/HOST`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    host: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Never,
        one(&app, &visit, by.me, &host, from.map(Query::into_inner).unwrap_or_default()).await,
    )
}

async fn one(app: &App, visit: &Visit, me: Me, host: &str, from: From) -> Result<Server> {
    let (t, now) = (visit.language, app.now());
    // Whoever may not look learns of no server: this name is none's.
    let host = Host::parse(host).unwrap_or_else(|| app.site().host().clone());
    let traffic = peers::show(app, me, &host).await?;
    let after = from.after.map(|after| (ActivityId(after), from.inbox));
    let waiting = deliveries::at(app, me, &host, after, DELIVERIES).await?;
    let next = listing::last(&waiting, DELIVERIES).map(|last| {
        urls::asking(&address(&traffic.peer.host), &[("after", &last.activity.to_string()), ("inbox", &last.inbox)])
    });
    let (frame, tabs) = super::frame(app, visit, host.display(), PATH);
    let parcels = waiting.into_iter().map(|one| Parcel::new(t, one)).collect();
    Ok(Server { frame, tabs, row: Row::new(t, now, traffic), parcels, next })
}

/// What is done about a server: it is tried again with all that waits for it, or with one activity.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tried {
    activity: Option<i64>,
}

/// `POST /admin/servers/HOST`
pub(crate) async fn retry(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    host: Path<String>,
    sent: Sent<Tried>,
) -> HttpResponse {
    let me = sent.by.me;
    let host = Host::parse(&host).unwrap_or_else(|| app.site().host().clone());
    let done: Result<()> = match sent.entered.activity {
        Some(activity) => deliveries::replay_one(&app, me, ActivityId(activity), &host).await,
        None => peers::retry(&app, me, &host).await.map(drop),
    };
    said::done(&request, &app, &visit, done, &address(host.as_str()))
}
