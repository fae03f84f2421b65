//! What an operator's tools ask: is it alive, is it ready, how is it doing.
use std::{net::IpAddr, sync::OnceLock, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use app::App;
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
            handle
        })
        .clone()
}

pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(show_metrics));
}

async fn healthz() -> HttpResponse {
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
