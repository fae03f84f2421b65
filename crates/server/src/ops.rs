//! What an operator's tools ask: is it alive, is it ready, how is it doing.
use std::{net::IpAddr, sync::OnceLock, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};
use app::{App, Whence};
use ipnet::IpNet;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::settings::Settings;

/// How long the database may take to answer before the server is not ready.
const PROBE: Duration = Duration::from_secs(1);

/// What these pages need to know.
pub(crate) struct Ops {
    trusted: Vec<IpNet>,
    metrics: PrometheusHandle,
}

impl Ops {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { trusted: settings.trusted_proxies.clone(), metrics: recorder() }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.trusted.iter().any(|net| net.contains(&address))
    }

    /// Whether a request comes from this machine or from a trusted one, and not through it from elsewhere.
    fn is_inside(&self, request: &HttpRequest) -> bool {
        let Some(peer) = request.peer_addr() else { return false };
        let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"];
        let hops = forwarded.iter().flat_map(|name| request.headers().get_all(*name));
        let texts: Vec<&str> = hops.map(|value| value.to_str().unwrap_or("?")).collect();
        let all_inside = texts
            .iter()
            .flat_map(|text| text.split(','))
            .all(|hop| hop.trim().parse::<IpAddr>().is_ok_and(|address| self.trusts(address)));
        self.trusts(peer.ip()) && all_inside
    }
}

impl Ops {
    /// Where a request comes from: the last hop that no proxy of ours is. What comes from this machine itself, and not
    /// through it from elsewhere, comes from no address.
    pub(crate) fn whence(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Whence {
        let agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let hops = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let mut hops: Vec<&str> = hops.flat_map(|text| text.split(',')).map(str::trim).collect();
        let mut address = peer.map(|address| address.to_canonical());
        while let Some(near) = address.filter(|address| self.trusts(*address)) {
            let Some(hop) = hops.pop() else { break };
            // Whoever writes nonsense there counts as the last that is known.
            address = hop.parse::<IpAddr>().map_or(Some(near), |address| Some(address.to_canonical()));
        }
        let address = address.filter(|address| !address.is_loopback());
        Whence { address, agent: agent.unwrap_or_default(), ..Whence::default() }
    }
}

/// What each metric tells, for those who read `/metrics`.
const METRICS: [(&str, &str); 12] = [
    ("tertulia_backfilled_posts_total", "Older posts that were fetched to complete threads and histories."),
    ("tertulia_database_up", "1 while the database answers, else 0."),
    ("tertulia_deliveries_total", "What was sent to other servers, by what came of it."),
    ("tertulia_fetches_total", "Documents that other servers were asked for, by what came of it."),
    ("tertulia_inbox_applied_total", "Activities of other servers that were worked on, by what came of it."),
    ("tertulia_inbox_requests_total", "Requests to the inboxes, by how they were answered."),
    ("tertulia_limited_requests_total", "Requests that were answered 429, by the door at which they came."),
    ("tertulia_queue_oldest_seconds", "Since when the oldest that waits in a queue has been due."),
    ("tertulia_queue_parked", "What was given up, by queue: somebody should look."),
    ("tertulia_queue_waiting", "What waits to be done, by queue."),
    ("tertulia_stream_messages", "What is kept in memory to be told to apps over streams; what many hear counts once."),
    ("tertulia_streams", "Streams of apps that are open."),
];

/// One recorder for the whole process, whatever the number of servers in it.
fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder is in place; /metrics will be empty");
            }
            for (name, what) in METRICS {
                if name.ends_with("_total") {
                    metrics::describe_counter!(name, what);
                } else {
                    metrics::describe_gauge!(name, what);
                }
            }
            handle
        })
        .clone()
}

pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(show_metrics));
}

async fn healthz(app: web::Data<App>) -> HttpResponse {
    if app.tasks().broke() {
        return HttpResponse::ServiceUnavailable().content_type("text/plain").body("a background task broke\n");
    }
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

async fn readyz(app: web::Data<App>) -> HttpResponse {
    let why = match tokio::time::timeout(PROBE, app.read(store::is_migrated)).await {
        Ok(Ok(true)) => return HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Ok(Ok(false)) => "the database is not migrated",
        Ok(Err(_)) => "the database cannot be read",
        Err(_) => "the database does not answer",
    };
    HttpResponse::ServiceUnavailable().content_type("text/plain").body(format!("{why}\n"))
}

async fn show_metrics(request: HttpRequest, app: web::Data<App>, ops: web::Data<Ops>) -> HttpResponse {
    if !ops.is_inside(&request) {
        return HttpResponse::NotFound().finish();
    }
    // The queues are counted when somebody asks; when the database hangs, the rest is still shown.
    match tokio::time::timeout(PROBE / 2, count_queues(&app)).await {
        Ok(Ok(())) => metrics::gauge!("tertulia_database_up").set(1.0),
        _ => metrics::gauge!("tertulia_database_up").set(0.0),
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(ops.metrics.render())
}

async fn count_queues(app: &App) -> app::Result<()> {
    let (received, jobs, deliveries) = app
        .read(|c| Ok((store::jobs::received_backlog(c)?, store::jobs::backlog(c)?, store::deliveries::backlog(c)?)))
        .await?;
    for (queue, backlog) in [("received", received), ("jobs", jobs), ("deliveries", deliveries)] {
        gauge("tertulia_queue_waiting", queue, backlog.waiting);
        gauge("tertulia_queue_parked", queue, backlog.parked);
        let age = backlog.oldest.map_or(0, |oldest| (app.now().0 - oldest).max(0) / 1_000);
        gauge("tertulia_queue_oldest_seconds", queue, age);
    }
    Ok(())
}

fn gauge(name: &'static str, queue: &'static str, value: i64) {
    let value = f64::from(i32::try_from(value).unwrap_or(i32::MAX));
    metrics::gauge!(name, "queue" => queue).set(value);
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn an_address_is_believed_only_as_far_as_proxies_are_trusted() {
        let ops = Ops { trusted: vec!["10.0.0.0/8".parse().unwrap()], metrics: recorder() };
        for (peer, forwarded, address) in [
            ("192.0.2.1", None, Some("192.0.2.1")),
            ("192.0.2.1", Some("203.0.113.9"), Some("192.0.2.1")),
            ("127.0.0.1", None, None),
            ("127.0.0.1", Some("203.0.113.9"), Some("203.0.113.9")),
            ("10.1.1.1", Some("198.51.100.7, 203.0.113.9, 10.2.2.2"), Some("203.0.113.9")),
            ("10.1.1.1", Some("nonsense"), Some("10.1.1.1")),
            ("::ffff:127.0.0.1", None, None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(forwarded) = forwarded {
                let name = header::HeaderName::from_static("x-forwarded-for");
                headers.append(name, HeaderValue::from_str(forwarded).unwrap());
            }
            let whence = ops.whence(Some(peer.parse().unwrap()), &headers);
            assert_eq!(whence.address, address.map(|text| text.parse().unwrap()), "{peer} {forwarded:?}");
        }
    }
}
