//! What this machine could do at best, measured in the same run: signatures, commits, requests.
use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use domain::urls::path;
use federation::{
    client::{Client, Config},
    signature::PrivateKey,
};
use ipnet::IpNet;
use serde::Serialize;
use tokio::task::JoinSet;
use url::Url;

use super::{
    load::{self, Until, per_s},
    other,
    peers::Peers,
    subject::Subject,
    wire,
};
use crate::cli::Failure;

/// How long each is measured.
const TIME: Duration = Duration::from_millis(500);
/// How many requests are under way at once.
const CONNECTIONS: u32 = 32;
/// To how many servers.
const SERVERS: u32 = 16;

/// What bounds the rest; all of it per second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the printed JSON, which says the unit")]
pub(super) struct Limits {
    /// RSA-2048 signatures made on one processor.
    pub(super) rsa_sign_per_s: f64,
    /// The same on all.
    pub(super) rsa_sign_all_cores_per_s: f64,
    /// RSA-2048 signatures checked on one processor.
    pub(super) rsa_verify_per_s: f64,
    /// The same on all.
    pub(super) rsa_verify_all_cores_per_s: f64,
    /// Ed25519 signatures made on one processor.
    pub(super) ed25519_sign_per_s: f64,
    /// Durable transactions of the same database, one by one.
    pub(super) commits_per_s: f64,
    /// Requests answered by a handler that does nothing, under the load that is used here.
    pub(super) empty_handler_per_s: f64,
    /// Requests sent by the program's own client, with nothing signed.
    pub(super) client_per_s: f64,
}

pub(super) async fn measure(subject: &Subject) -> Result<Limits, Failure> {
    let rsa = PrivateKey::generate_rsa().map_err(other("a key"))?;
    let ed25519 = PrivateKey::generate_ed25519().map_err(other("a key"))?;
    let public = rsa.public().map_err(other("a key"))?;
    // As long as what is signed of a delivery.
    let text = [b'x'; 250];
    let signature = rsa.sign(&text).map_err(other("a signature"))?;
    let (sign, verify) = (|| rsa.sign(&text).is_ok(), || public.verify(&text, &signature));
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Ok(Limits {
        rsa_sign_per_s: rate(1, sign),
        rsa_sign_all_cores_per_s: rate(processors, sign),
        rsa_verify_per_s: rate(1, verify),
        rsa_verify_all_cores_per_s: rate(processors, verify),
        ed25519_sign_per_s: rate(1, || ed25519.sign(&text).is_ok()),
        commits_per_s: commits(subject).await?,
        empty_handler_per_s: empty_handler().await?,
        client_per_s: client().await?,
    })
}

/// How often `work` succeeds in a second, on so many threads at once.
fn rate(threads: usize, work: impl Fn() -> bool + Sync) -> f64 {
    let start = Instant::now();
    let one = || {
        let mut count = 0;
        while start.elapsed() < TIME {
            count += usize::from(work());
        }
        count
    };
    let count = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum()
    });
    per_s(count, start.elapsed())
}

async fn commits(subject: &Subject) -> Result<f64, Failure> {
    let (database, start, mut count) = (subject.database_beside()?, Instant::now(), 0);
    while start.elapsed() < TIME {
        let key = format!("bench-{count}");
        let written = database.write(move |tx| store::settings::keep(tx, &key, "").map(drop));
        written.await.map_err(|error: store::Error| other("the database")(error))?;
        count += 1;
    }
    Ok(per_s(count, start.elapsed()))
}

async fn empty_handler() -> Result<f64, Failure> {
    let socket = TcpListener::bind("127.0.0.2:0").map_err(other("127.0.0.2"))?;
    let address = socket.local_addr().map_err(other("127.0.0.2"))?;
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let answer = || async { HttpResponse::Ok().content_type("application/activity+json").body("{}") };
    let server = HttpServer::new(move || App::new().route("/", web::get().to(answer)));
    let server = server.workers(workers).disable_signals().listen(socket).map_err(other("a server"))?.run();
    let (handle, mut tasks) = (server.handle(), JoinSet::new());
    tasks.spawn(server);
    let request = wire::request("GET", "/", &[("host", "127.0.0.2")], b"");
    let outcome = load::send(address, vec![request], CONNECTIONS, Until::Passed(TIME)).await?;
    handle.stop(false).await;
    Ok(outcome.per_s(200))
}

async fn client() -> Result<f64, Failure> {
    let peers = Peers::open(SERVERS, 0, Duration::ZERO).await?;
    let loopback: IpNet = "127.0.0.0/8".parse().map_err(other("a range"))?;
    let config =
        Config { allow_private: vec![loopback], development: true, user_agent: "bench".into(), ..Config::default() };
    let client = Client::new(config).map_err(other("the client"))?;
    let inbox = |address| Url::parse(&format!("http://{address}{}", path::INBOX)).map_err(other("an address"));
    let inboxes = peers.addresses.iter().map(inbox).collect::<Result<Vec<Url>, Failure>>()?;
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for number in 0..CONNECTIONS {
        let (client, at) = (client.clone(), usize::try_from(number % SERVERS).unwrap_or(0));
        let inbox = inboxes.get(at).cloned().ok_or_else(|| Failure::Other("there is no such server".into()))?;
        tasks.spawn(async move {
            let (mut count, body) = (0, actix_web::web::Bytes::from_static(&[b' '; 1_500]));
            while start.elapsed() < TIME {
                let answer = client.post(&inbox, &Vec::new(), body.clone()).await;
                count += usize::from(answer.is_ok_and(|answer| answer.status == 202));
            }
            count
        });
    }
    let counts = tasks.join_all().await;
    Ok(per_s(counts.into_iter().sum(), start.elapsed()))
}
