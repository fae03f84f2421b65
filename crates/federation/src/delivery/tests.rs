//! Deliveries to a server that answers what it is told to, on both databases.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    actor::ActorKind,
    id::ActorId,
    post::{Audience, Vote},
    urls,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::*;
use crate::{
    client,
    outbox::tests::world::{World, somebody},
    signature::{Body, PublicKey, Request, verify},
};

/// What came: the path, the headers, the body.
type Parcel = (String, HashMap<String, String>, String);

/// Listens on a port and answers everything with the status that the path is set to, or 202; nothing at all for 0.
struct Neighbour {
    host: String,
    came: Arc<Mutex<Vec<Parcel>>>,
    answers: Arc<Mutex<HashMap<&'static str, u16>>>,
    tasks: JoinSet<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Neighbour {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut new = Self {
            host: listener.local_addr().unwrap().to_string(),
            came: Arc::default(),
            answers: Arc::default(),
            tasks: JoinSet::new(),
        };
        new.listen(listener);
        new
    }

    fn listen(&mut self, listener: TcpListener) {
        let (came, answers) = (self.came.clone(), self.answers.clone());
        self.tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                sessions.spawn(serve(stream, came.clone(), answers.clone()));
            }
        });
    }

    fn answer(&self, path: &'static str, status: u16) {
        lock(&self.answers).insert(path, status);
    }

    fn came(&self) -> Vec<Parcel> {
        std::mem::take(&mut lock(&self.came))
    }

    /// The path and the type of what came.
    fn kinds(&self) -> Vec<String> {
        let kind = |(path, _, body): &Parcel| {
            let said: serde_json::Value = serde_json::from_str(body).unwrap();
            format!("{path} {}", said["type"].as_str().unwrap())
        };
        self.came().iter().map(kind).collect()
    }
}

async fn serve(mut stream: TcpStream, came: Arc<Mutex<Vec<Parcel>>>, answers: Arc<Mutex<HashMap<&'static str, u16>>>) {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        let headers: HashMap<String, String> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers["content-length"].parse().unwrap();
        if rest.len() < length {
            if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        }
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let status = lock(&answers).get(path.as_str()).copied().unwrap_or(202);
        lock(&came).push((path, headers, rest.get(..length).unwrap().to_owned()));
        received.drain(..head.len() + 4 + length);
        if status == 0 {
            return std::future::pending().await;
        }
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn client() -> Client {
    Client::new(client::Config {
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        development: true,
        user_agent: "tertulia".into(),
        ..client::Config::default()
    })
    .unwrap()
}

/// Somebody on the neighbour's server who follows ana; with an inbox of their own if `personal`.
async fn fan(world: &World, neighbour: &str, name: &str, personal: bool) -> ActorId {
    let mut fan = somebody(neighbour, name, ActorKind::Person);
    for url in [&mut fan.uri, &mut fan.inbox] {
        *url = url.replacen("https", "http", 1);
    }
    fan.shared_inbox = (!personal).then(|| format!("http://{neighbour}/inbox"));
    let id = world.meet(fan, "mastodon").await;
    world.follow(id, world.ana.0).await;
    id
}

async fn backlog(world: &World) -> (i64, i64) {
    let backlog = world.app.read(store::deliveries::backlog).await.unwrap();
    (backlog.waiting, backlog.parked)
}

macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(super::World::new(false).await.unwrap()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match super::World::new(true).await {
                    Some(world) => super::$name(world).await,
                    None => eprintln!("skipped: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    )*};
}
on_both! {
    what_is_sent_is_signed_and_in_order
    a_refused_one_stays_and_the_rest_goes_on
    a_server_that_is_away_is_tried_again
    two_thousand_posts_to_one_server
    who_stops_gives_everything_back
    silent_servers_hold_nobody_up
}

async fn what_is_sent_is_signed_and_in_order(world: World) {
    let neighbour = Neighbour::new().await;
    fan(&world, &neighbour.host, "bob", false).await;
    fan(&world, &neighbour.host, "carol", false).await;
    let post = world.write("uno", |w| w.audience = Some(Audience::Unlisted)).await;
    let edit = app::posts::Writing { text: "dos".into(), ..app::posts::Writing::default() };
    app::posts::edit(&world.app, world.ana, post.id, edit).await.unwrap();
    app::posts::delete(&world.app, world.ana, post.id).await.unwrap();
    drain(&world.app, &client()).await;

    let came = neighbour.came();
    let (path, headers, body) = &came[0];
    let actor = world.ana.0;
    let keys = world.app.read(move |c| store::actors::keys(c, actor)).await.unwrap();
    let rsa = keys.iter().find(|key| key.kind == "rsa").unwrap();
    let lines: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: "POST",
        target: path,
        headers: &lines,
        body: Body::Bytes(body.as_bytes()),
        scheme: "http",
        is_ours: &|host| host == neighbour.host,
        now: world.app.now(),
    };
    let claim = verify::parse(&request).unwrap();
    assert_eq!(claim.key_id, urls::rsa_key("https://plaza.example/@ana"));
    claim.verify(&PublicKey::from_pem(&rsa.public).unwrap()).unwrap();
    assert_eq!(headers["content-type"], "application/activity+json");

    let kinds = |(path, _, body): &Parcel| {
        let said: serde_json::Value = serde_json::from_str(body).unwrap();
        format!("{path} {}", said["type"].as_str().unwrap())
    };
    assert_eq!(came.iter().map(kinds).collect::<Vec<_>>(), ["/inbox Create", "/inbox Update", "/inbox Delete"]);
    assert_eq!(backlog(&world).await, (0, 0));
}

async fn a_refused_one_stays_and_the_rest_goes_on(world: World) {
    let neighbour = Neighbour::new().await;
    for name in ["bob", "carol", "dora", "emil"] {
        fan(&world, &neighbour.host, name, true).await;
    }
    neighbour.answer("/bob/inbox", 400);
    neighbour.answer("/carol/inbox", 410);
    neighbour.answer("/dora/inbox", 403);
    world.write("uno", |_| {}).await;
    world.write("dos", |_| {}).await;
    drain(&world.app, &client()).await;
    assert_eq!(neighbour.kinds().len(), 8);
    assert_eq!(backlog(&world).await, (2, 4), "403 waits; 400 and 410 are given up");
    let ana = world.ana.0;
    assert_eq!(
        world.app.read(move |c| store::follows::count_followers(c, ana)).await.unwrap(),
        3,
        "who is gone follows no more"
    );

    neighbour.answer("/dora/inbox", 202);
    drain(&world.app, &client()).await;
    assert!(neighbour.came().is_empty(), "not yet");
    world.clock.advance(span::minutes(3));
    drain(&world.app, &client()).await;
    assert_eq!(neighbour.kinds(), ["/dora/inbox Create", "/dora/inbox Create"]);
    assert_eq!(backlog(&world).await, (0, 4));
}

async fn a_server_that_is_away_is_tried_again(world: World) {
    let mut neighbour = Neighbour::new().await;
    let bob = fan(&world, &neighbour.host, "bob", false).await;
    neighbour.tasks.shutdown().await;
    world.write("uno", |_| {}).await;
    drain(&world.app, &client()).await;
    let peer = move |c: &mut store::Conn| {
        let bob = store::actors::by_id(c, bob)?.unwrap();
        Ok(store::peers::by_id(c, bob.peer.unwrap())?.unwrap())
    };
    let away = world.app.read(peer).await.unwrap();
    assert_eq!((away.failures, away.lease_until), (1, Timestamp(0)));
    assert!(away.retry_at > world.app.now() && away.failing_since.is_some() && away.last_error.is_some());

    let listener = TcpListener::bind(&neighbour.host).await.unwrap();
    neighbour.listen(listener);
    world.write("dos", |_| {}).await;
    drain(&world.app, &client()).await;
    assert!(neighbour.came().is_empty(), "it is left alone for a while");
    let host = neighbour.host.clone();
    let knock = move |tx: &mut app::Tx<'_, '_>| {
        let now = tx.now();
        Ok(store::peers::seen(tx, &host, now)?)
    };
    assert!(world.app.write(knock).await.unwrap(), "unless it shows itself");
    drain(&world.app, &client()).await;
    assert_eq!(neighbour.kinds(), ["/inbox Create", "/inbox Create"]);
    let back = world.app.read(peer).await.unwrap();
    assert_eq!((back.failures, back.failing_since, back.last_error), (0, None, None));
}

async fn two_thousand_posts_to_one_server(world: World) {
    let neighbour = Neighbour::new().await;
    let bob = fan(&world, &neighbour.host, "bob", false).await;
    for n in 0..2_000 {
        let (actor, post) = (world.ana.0, Some(domain::id::PostId(n % 500)));
        let queue = move |tx: &mut app::Tx<'_, '_>| {
            let (kind, body) = ("Create".to_owned(), format!(r#"{{"type":"Create","n":{n}}}"#));
            let activity = store::activities::Activity { id: tx.new_id(), actor, kind, post, public: true, body };
            store::activities::insert(tx, &activity)?;
            let to = store::deliveries::Recipients { people: &[bob], ..store::deliveries::Recipients::NONE };
            Ok(store::deliveries::queue(tx, activity.id, &to)?)
        };
        assert_eq!(world.app.write(queue).await.unwrap(), 1);
    }
    let start = Instant::now();
    drain(&world.app, &client()).await;
    let came = neighbour.came();
    eprintln!("{} deliveries in {:?}", came.len(), start.elapsed());
    assert_eq!(came.len(), 2_000);
    let mut last: HashMap<u64, u64> = HashMap::new();
    for (_, _, body) in came {
        let n = serde_json::from_str::<serde_json::Value>(&body).unwrap()["n"].as_u64().unwrap();
        let before = last.insert(n % 500, n);
        assert!(before.is_none_or(|before| before < n), "{n} came after {before:?}");
    }
    assert_eq!(backlog(&world).await, (0, 0));
}

async fn who_stops_gives_everything_back(world: World) {
    let neighbour = Neighbour::new().await;
    let bob = fan(&world, &neighbour.host, "bob", false).await;
    let (app, client) = (world.app.clone(), client());
    app.tasks().spawn(run(app.clone(), client));
    let post = world.write("uno", |_| {}).await;
    app::votes::cast(&app, world.ana, post.id, Vote::Like).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while backlog(&world).await.0 > 0 {
        assert!(Instant::now() < deadline, "woken, it sends at once");
        tokio::task::yield_now().await;
    }
    app.tasks().finish().await;
    assert_eq!(neighbour.kinds(), ["/inbox Create"]);
    let peer = world.app.read(move |c| Ok(store::actors::by_id(c, bob)?.unwrap().peer.unwrap())).await.unwrap();
    let peer = world.app.read(move |c| Ok(store::peers::by_id(c, peer)?.unwrap())).await.unwrap();
    assert_eq!(peer.lease_until, Timestamp(0));
}

async fn silent_servers_hold_nobody_up(world: World) {
    // More than may be on their way at one time.
    let mut silent = Vec::new();
    for n in 0..280 {
        let neighbour = Neighbour::new().await;
        neighbour.answer("/inbox", 0);
        fan(&world, &neighbour.host, &format!("n{n}"), false).await;
        silent.push(neighbour);
    }
    for text in ["uno", "dos", "tres"] {
        world.write(text, |_| {}).await;
    }
    let (app, client) = (world.app.clone(), client());
    app.tasks().spawn(run(app.clone(), client));
    while silent.iter().filter(|silent| !lock(&silent.came).is_empty()).count() < 256 {
        tokio::task::yield_now().await;
    }
    // All the room there is has been taken.
    let neighbour = Neighbour::new().await;
    fan(&world, &neighbour.host, "bob", false).await;
    world.write("cuatro", |_| {}).await;
    while neighbour.came().is_empty() {
        tokio::task::yield_now().await;
    }
    let peers = world.app.read(store::peers::list).await.unwrap();
    assert!(peers.iter().all(|traffic| traffic.peer.failures == 0), "none of them was given up before");
    drop(silent);
    app.tasks().finish().await;
}
