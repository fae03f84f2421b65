//! The client against a peer that answers whatever it is told, on real sockets.

use std::{
    collections::HashMap,
    io::Write,
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use async_trait::async_trait;
use domain::time::Timestamp;
use flate2::{Compression, write::GzEncoder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::*;
use crate::signature::{Body as SignedBody, PrivateKey, Request, Scheme, sign, verify};

const ACCEPT_AS: &str = "application/activity+json";
const SHORT: Patience = Patience {
    connect: Duration::from_millis(300),
    idle: Duration::from_millis(300),
    total: Duration::from_millis(900),
};

/// What the peer does once it has written its bytes.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    KeepOpen,
    Close,
    Hang,
    Drip,
    Flood,
}

type Reply = (Vec<u8>, Then);

/// A server that remembers what it was asked.
struct Peer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Peer {
    async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (log, count, answer) = (seen.clone(), connections.clone(), Arc::new(answer));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (log, answer) = (log.clone(), answer.clone());
                sessions.spawn(async move {
                    serve(stream, &log, &*answer).await.ok();
                });
            }
        });
        Self { address, seen, connections, _tasks: tasks }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<String>>,
    answer: &(dyn Fn(&str) -> Reply + Sync),
) -> io::Result<()> {
    loop {
        let mut request = String::new();
        let complete = |text: &str| {
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length.parse::<usize>().unwrap())
        };
        while !complete(&request) {
            let mut bytes = [0; 4_096];
            match stream.read(&mut bytes).await? {
                0 => return Ok(()),
                count => request.push_str(std::str::from_utf8(&bytes[..count]).unwrap()),
            }
        }
        log.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let (bytes, then) = answer(&request);
        stream.write_all(&bytes).await?;
        match then {
            Then::KeepOpen => {}
            Then::Close => return Ok(()),
            Then::Hang => std::future::pending().await,
            Then::Drip => {
                let mut beat = tokio::time::interval(SHORT.idle / 3);
                loop {
                    beat.tick().await;
                    stream.write_all(b" ").await?;
                }
            }
            Then::Flood => loop {
                stream.write_all(&[b' '; 8_192]).await?;
            },
        }
    }
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn document(body: &[u8]) -> Reply {
    (reply("200 OK", "content-type: application/activity+json\r\n", body), Then::KeepOpen)
}

/// Host names and where they lead.
struct Names(HashMap<&'static str, Vec<SocketAddr>>);

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        self.0.get(name).cloned().ok_or(io::ErrorKind::NotFound.into())
    }
}

/// A client for which `alpha.test` and `beta.test` are the peer, and `inside.test` a private network.
fn client(peer: &Peer, patience: Patience) -> Client {
    let inside = "10.0.0.1:80".parse().unwrap();
    let names = HashMap::from([
        ("alpha.test", vec![peer.address]),
        ("beta.test", vec![peer.address]),
        ("inside.test", vec![inside]),
        ("mixed.test", vec![inside, peer.address]),
    ]);
    let config = Config {
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        development: true,
        user_agent: "Tertulia/test".into(),
        lookup: Some(Arc::new(Names(names))),
        ..Config::default()
    };
    Client::with_patience(config, patience).unwrap()
}

async fn get(client: &Client, url: &str) -> Result<Fetched, FetchError> {
    client.get_document(&url.parse().unwrap(), ACCEPT_AS, None).await
}

/// What comes of fetching `answer`.
async fn outcome(answer: Reply) -> Result<Fetched, FetchError> {
    let peer = Peer::start(move |_| answer.clone()).await;
    get(&client(&peer, SHORT), "http://alpha.test/").await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_hop_is_signed_for_its_own_host() {
    let peer = Peer::start(|request| match request.split(' ').nth(1).unwrap() {
        "/one?x=1" => (reply("302 Found", "location: two\r\nset-cookie: a=b\r\n", b""), Then::KeepOpen),
        "/two" => (reply("301 Moved", "location: http://beta.test/three#part\r\n", b""), Then::KeepOpen),
        _ => {
            let headers = "content-type: application/activity+json\r\ncontent-encoding: gzip\r\n";
            (reply("200 OK", headers, &gzip(b"{}")), Then::KeepOpen)
        }
    })
    .await;
    let now = Timestamp(1_795_358_881_000);
    let key = PrivateKey::generate_ed25519().unwrap();
    let signer = Signer {
        key: key.clone(),
        key_id: "http://we.test/actor#key".into(),
        scheme: Scheme::Cavage,
        now: Arc::new(move || now),
    };
    let url = "http://alpha.test/one?x=1#me".parse().unwrap();
    let fetched = client(&peer, PATIENCE).get_document(&url, ACCEPT_AS, Some(&signer)).await.unwrap();
    assert_eq!(fetched.final_url.as_str(), "http://beta.test/three");
    assert_eq!((fetched.status, fetched.activity_json().unwrap().as_ref()), (200, &b"{}"[..]));

    let seen = peer.seen();
    assert_eq!(seen.len(), 3);
    for (request, (target, host)) in
        seen.iter().zip([("/one?x=1", "alpha.test"), ("/two", "alpha.test"), ("/three", "beta.test")])
    {
        let headers: Vec<_> = request.lines().filter_map(|line| line.split_once(": ")).collect();
        for wanted in [("host", host), ("user-agent", "Tertulia/test"), ("accept", ACCEPT_AS)] {
            assert!(headers.contains(&wanted), "{request}");
        }
        assert!(!request.contains("cookie"), "{request}");
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let is_ours = |name: &str| name == host;
        let body = SignedBody::Bytes(b"");
        let request =
            Request { method: "GET", target, headers: &headers, body, scheme: "http", is_ours: &is_ours, now };
        assert_eq!(verify::parse(&request).unwrap().verify(&key.public().unwrap()), Ok(()));
    }
}

#[tokio::test]
async fn forbidden_addresses_are_never_dialled() {
    let peer = Peer::start(|_| document(b"{}")).await;
    let port = peer.address.port();
    let names = Names(HashMap::from([("alpha.test", vec![peer.address])]));
    let closed = Config { development: true, lookup: Some(Arc::new(names)), ..Config::default() };
    let closed = Client::new(closed).unwrap();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        "http://alpha.test/".into(),
    ] {
        assert!(matches!(get(&closed, &url).await, Err(FetchError::Forbidden(_))), "{url}");
        let posted = closed.post(&url.parse().unwrap(), &Vec::new(), Bytes::new()).await;
        assert!(matches!(posted, Err(FetchError::Forbidden(_))), "{url}");
    }
    assert_eq!(peer.connections.load(Ordering::SeqCst), 0);

    let open = client(&peer, PATIENCE);
    assert!(matches!(get(&open, "http://inside.test/").await, Err(FetchError::Forbidden(_))));
    assert!(matches!(get(&open, "http://unknown.test/").await, Err(FetchError::Network(_))));
    assert!(get(&open, "http://mixed.test/").await.is_ok(), "the allowed address of several");
}

#[tokio::test]
async fn redirects_to_forbidden_places_are_refused() {
    for (location, malformed) in [
        ("http://10.0.0.1/", false),
        ("http://[fd00::1]/", false),
        ("http://169.254.169.254/latest/meta-data", false),
        ("http://inside.test/", false),
        ("http://0x7f000001/", false),
        ("ftp://beta.test/", false),
        ("http://bob@beta.test/", false),
        ("/again", true),
        ("http://", true),
    ] {
        let answer = (reply("302 Found", &format!("location: {location}\r\n"), b""), Then::KeepOpen);
        let error = outcome(answer).await.unwrap_err();
        let (is_malformed, is_forbidden) =
            (matches!(error, FetchError::Malformed(_)), matches!(error, FetchError::Forbidden(_)));
        assert_eq!((is_malformed, is_forbidden), (malformed, !malformed), "{location}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn what_answers_mean() {
    for (status, headers, expected, transient) in [
        ("410 Gone", "", "Gone", false),
        ("404 Not Found", "", "NotFound", false),
        ("401 Unauthorized", "", "Refused(401)", false),
        ("403 Forbidden", "", "Refused(403)", false),
        ("429 Too Many", "retry-after: 7\r\n", "Busy { retry_after: Some(7s) }", true),
        ("503 Unavailable", "retry-after: later\r\n", "Busy { retry_after: None }", true),
        ("500 Error", "", "Status(500)", true),
        ("501 Not Implemented", "", "Status(501)", false),
        ("400 Bad", "", "Status(400)", false),
        ("304 Not Modified", "", "Status(304)", false),
        ("302 Found", "", "Malformed(\"a redirect to nowhere\")", false),
        ("200 OK", "content-type: text/html\r\nContent-Type: application/activity+json\r\n", "ContentType", false),
        ("200 OK", "content-encoding: br\r\n", "Malformed(\"an encoding nobody asked for\")", false),
        ("200 OK", "content-encoding: gzip\r\n", "Malformed(\"broken compression\")", false),
        (
            "200 OK",
            "content-encoding: gzip\r\ncontent-encoding: gzip\r\n",
            "Malformed(\"an encoding nobody asked for\")",
            false,
        ),
    ] {
        let error = outcome((reply(status, headers, b"x"), Then::KeepOpen)).await.unwrap_err();
        assert_eq!((format!("{error:?}").as_str(), error.is_transient()), (expected, transient), "{status} {headers}");
    }
    let html = outcome((reply("200 OK", "content-type: text/html\r\n", b"x"), Then::KeepOpen)).await.unwrap();
    assert!(matches!(html.activity_json(), Err(FetchError::ContentType)));
}

#[tokio::test]
async fn nothing_is_read_without_end() {
    assert_eq!(outcome(document(&vec![b' '; LONGEST_DOCUMENT])).await.unwrap().body.len(), LONGEST_DOCUMENT);
    let bomb = gzip(&vec![0; 64 * LONGEST_DOCUMENT]);
    assert!(bomb.len() < LONGEST_DOCUMENT / 8);
    let typed = "content-type: application/activity+json\r\n";
    for (name, answer) in [
        ("announced", (format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 1_u64 << 40).into_bytes(), Then::Hang)),
        ("one more", document(&vec![b' '; LONGEST_DOCUMENT + 1])),
        ("unannounced", (format!("HTTP/1.1 200 OK\r\n{typed}\r\n").into_bytes(), Then::Flood)),
        ("bomb", (reply("200 OK", &format!("{typed}content-encoding: gzip\r\n"), &bomb), Then::KeepOpen)),
    ] {
        assert!(matches!(outcome(answer).await, Err(FetchError::TooLarge)), "{name}");
    }
    let head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(2 * LONGEST_HEAD));
    assert!(matches!(outcome((head.into(), Then::KeepOpen)).await, Err(FetchError::Network(_))));
    assert!(matches!(outcome((b"SSH-2.0-x\r\n".into(), Then::Close)).await, Err(FetchError::Network(_))));
}

#[tokio::test]
async fn nobody_is_waited_for_without_end() {
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n".to_vec();
    for (name, answer) in [
        ("silent", (Vec::new(), Then::Hang)),
        ("half a head", (b"HTTP/1.1 200 OK\r\n".to_vec(), Then::Hang)),
        ("no body", (begun.clone(), Then::Hang)),
        ("drop by drop", (begun, Then::Drip)),
    ] {
        let start = Instant::now();
        let error = outcome(answer).await.unwrap_err();
        assert!(error.is_transient() && error.detail().contains("timed out"), "{name}: {error:?}");
        assert!(start.elapsed() < 2 * SHORT.total, "{name}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn there_is_no_way_around_tls() {
    let peer = Peer::start(|_| document(b"{}")).await;
    let client = client(&peer, SHORT);
    assert!(matches!(get(&client, "https://alpha.test/").await, Err(FetchError::Network(_))));
    let strict = Client { development: false, ..client };
    assert!(matches!(get(&strict, "http://alpha.test/").await, Err(FetchError::Forbidden(_))));
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn deliveries() {
    let peer = Peer::start(|request| match request.split(' ').nth(1).unwrap() {
        "/inbox" => (reply("202 Accepted", "", b"thanks"), Then::KeepOpen),
        "/busy" => (reply("429 Slow", "retry-after: 999999\r\n", b""), Then::KeepOpen),
        "/moved" => (reply("307 Moved", "location: /inbox\r\n", b""), Then::KeepOpen),
        "/flood" => (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Then::Flood),
        _ => (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n".to_vec(), Then::Hang),
    })
    .await;
    let client = client(&peer, SHORT);
    let key = PrivateKey::generate_ed25519().unwrap();
    let post = async |path: &str| {
        let url = format!("http://alpha.test{path}").parse().unwrap();
        let digest = sign::digest(b"{}");
        let headers = sign::post(&key, "http://we.test/@a#key", &url, &digest, None, Timestamp(0)).unwrap();
        let answer = client.post(&url, &headers, Bytes::from_static(b"{}")).await.unwrap();
        (answer.status, answer.retry_after)
    };
    assert_eq!(post("/inbox").await, (202, None));
    assert_eq!(post("/busy").await, (429, Some(Duration::from_hours(1))));
    assert_eq!(post("/moved").await, (307, None));
    assert_eq!(post("/inbox").await, (202, None));
    assert_eq!(peer.connections.load(Ordering::SeqCst), 1, "the connection is used again");
    assert_eq!(post("/flood").await, (200, None));
    assert_eq!(post("/hang").await, (200, None));
    let seen = peer.seen();
    assert_eq!(seen.len(), 6, "no redirect was followed");
    assert!(seen[0].ends_with("\r\n\r\n{}") && seen[0].contains("\r\nhost: alpha.test\r\n"), "{}", seen[0]);
}

#[tokio::test]
async fn a_connection_that_closes_when_used_again_costs_nothing() {
    let count = AtomicUsize::new(0);
    let peer = Peer::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => (reply("202 Accepted", "", b""), Then::KeepOpen),
        _ => (Vec::new(), Then::Close),
    })
    .await;
    let client = client(&peer, PATIENCE);
    let url = "http://alpha.test/inbox".parse().unwrap();
    let post = async || client.post(&url, &Vec::new(), vec![b' '; 300_000].into()).await.map(|answer| answer.status);
    assert_eq!(post().await.unwrap(), 202);
    assert_eq!(post().await.unwrap(), 202, "sent again on a new connection");
    assert!(matches!(post().await, Err(FetchError::Network(_))), "but once only");
    assert_eq!(peer.seen().len(), 5);
}
