//! Other servers, as many as are wanted: their people, their documents, and inboxes that take everything.
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use federation::signature::{KeyError, PrivateKey};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

use super::{
    other, usage,
    wire::{self, Wire},
};
use crate::cli::Failure;

const ACTIVITY_JSON: &str = "application/activity+json";
/// Making a key takes a tenth of a second, so people share some; each has a key id of its own.
const KEYS: usize = 4;
/// Loopback addresses from 127.1.0.1 on, so many in each of the last two bytes.
const RADIX: u32 = 250;
/// Files that are open for other reasons than connections.
const OTHER_FILES: u32 = 200;
/// How long a slow server takes to answer.
const SLOW: Duration = Duration::from_secs(30);

/// What is the matter with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Trouble {
    /// It takes long to answer.
    Slow = 1,
    /// It answers that its inbox is elsewhere: where it is.
    Circles = 2,
}

/// Somebody on another server.
pub(super) struct Person {
    /// Their id.
    pub(super) uri: String,
    /// Their key.
    pub(super) key: PrivateKey,
}

impl Person {
    /// The id of their key.
    pub(super) fn key_id(&self) -> String {
        format!("{}#main-key", self.uri)
    }
}

/// What arrived in the inboxes.
pub(super) struct Arrivals {
    began: Instant,
    servers: Vec<(AtomicU32, AtomicU64)>,
}

/// What arrived at one server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrived {
    /// How much.
    pub(super) count: u32,
    /// When the last came.
    pub(super) last: Instant,
}

impl Arrivals {
    fn note(&self, server: usize) {
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some((count, last)) = self.servers.get(server) {
            last.fetch_max(now, Ordering::Relaxed);
            count.fetch_add(1, Ordering::Release);
        }
    }

    /// What has arrived at each of the first `servers` servers.
    pub(super) fn of(&self, servers: usize) -> Vec<Arrived> {
        let read = |(count, last): &(AtomicU32, AtomicU64)| {
            let count = count.load(Ordering::Acquire);
            Arrived { count, last: self.began + Duration::from_micros(last.load(Ordering::Relaxed)) }
        };
        self.servers.iter().take(servers).map(read).collect()
    }
}

/// Other servers, until this is dropped.
pub(super) struct Peers {
    pub(super) people: Vec<Person>,
    pub(super) arrivals: Arc<Arrivals>,
    pub(super) addresses: Vec<SocketAddr>,
    world: Arc<World>,
    listening: Vec<AbortHandle>,
    tasks: JoinSet<()>,
}

/// What all of them know.
struct World {
    keys: Vec<String>,
    arrivals: Arc<Arrivals>,
    delay: Duration,
    /// What is the matter with each server; 0 if nothing is.
    troubles: Vec<AtomicU8>,
}

impl World {
    fn trouble(&self, server: usize) -> Option<Trouble> {
        let trouble = self.troubles.get(server)?.load(Ordering::Relaxed);
        [Trouble::Slow, Trouble::Circles].into_iter().find(|known| *known as u8 == trouble)
    }
}

impl Peers {
    /// Opens `servers` servers with `people` people in all; deliveries are answered after `delay`.
    pub(super) async fn open(servers: u32, people: u32, delay: Duration) -> Result<Self, Failure> {
        // Here a server listens and has one connection; the measured server has the other end of it.
        let (needed, possible) = (servers * 2 + OTHER_FILES, usage::open_files());
        if needed > possible {
            let text = format!("{servers} servers need {needed} open files, {possible} are allowed: see `ulimit -n`");
            return Err(Failure::Usage(text));
        }
        let keys = (0..KEYS).map(|_| PrivateKey::generate_rsa()).collect::<Result<Vec<_>, KeyError>>();
        let keys = keys.map_err(other("a key"))?;
        let public = keys.iter().map(PrivateKey::public_pem).collect::<Result<Vec<_>, KeyError>>();
        let arrivals = Arc::new(Arrivals {
            began: Instant::now(),
            servers: (0..servers).map(|_| <(AtomicU32, AtomicU64)>::default()).collect(),
        });
        let troubles = (0..servers).map(|_| AtomicU8::new(0)).collect();
        let world = World { keys: public.map_err(other("a key"))?, arrivals: arrivals.clone(), delay, troubles };
        let (world, mut tasks, mut addresses) = (Arc::new(world), JoinSet::new(), Vec::new());
        let mut listening = Vec::new();
        for server in 0..servers {
            // One port for all, the one that the first finds free.
            let port = addresses.first().map_or(0, SocketAddr::port);
            let bound = TcpListener::bind((address(server), port)).await;
            let listener = bound.map_err(other("a loopback address"))?;
            addresses.push(listener.local_addr().map_err(other("a loopback address"))?);
            listening.push(tasks.spawn(listen(listener, usize::try_from(server).unwrap_or(0), world.clone())));
        }
        let person = |number: u32| {
            let at = usize::try_from(number).unwrap_or(0);
            let host = addresses.get(at.checked_rem(addresses.len())?)?;
            let key = keys.get(at % KEYS)?.clone();
            Some(Person { uri: format!("http://{host}/u/{number}"), key })
        };
        let people = (0..people).filter_map(person).collect();
        Ok(Self { people, arrivals, addresses, world, listening, tasks })
    }

    /// From now on a server is in trouble.
    pub(super) fn trouble(&self, server: usize, trouble: Trouble) {
        if let Some(now) = self.world.troubles.get(server) {
            now.store(trouble as u8, Ordering::Relaxed);
        }
    }

    /// A server is not there any more: it takes no connections, and breaks those that it has.
    pub(super) fn kill(&self, server: usize) {
        if let Some(listening) = self.listening.get(server) {
            listening.abort();
        }
    }

    /// A server that was killed is there again.
    pub(super) async fn revive(&mut self, server: usize) -> Result<(), Failure> {
        let Some(address) = self.addresses.get(server) else { return Ok(()) };
        let listener = TcpListener::bind(address).await.map_err(other("a loopback address"))?;
        let listening = self.tasks.spawn(listen(listener, server, self.world.clone()));
        if let Some(before) = self.listening.get_mut(server) {
            *before = listening;
        }
        Ok(())
    }
}

fn address(server: u32) -> Ipv4Addr {
    let byte = |number: u32| u8::try_from(number).unwrap_or(0);
    Ipv4Addr::new(127, byte(1 + server / (RADIX * RADIX)), byte(server / RADIX % RADIX), byte(1 + server % RADIX))
}

async fn listen(listener: TcpListener, server: usize, world: Arc<World>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        open.spawn(converse(stream, server, world.clone()));
    }
}

/// Answers on one connection until it closes, or breaks, which is the same to us.
async fn converse(stream: TcpStream, server: usize, world: Arc<World>) {
    let host = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let Ok(mut wire) = Wire::on(stream) else { return };
    let accepted = wire::answer("202 Accepted", "text/plain", "");
    let circles = wire::redirect(&format!("http://{host}{}", domain::urls::path::INBOX));
    while let Ok(Some(message)) = wire.next().await {
        let bytes = match message.asked() {
            ("POST", _) => {
                world.arrivals.note(server);
                let trouble = world.trouble(server);
                let delay = if trouble == Some(Trouble::Slow) { SLOW } else { world.delay };
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                if trouble == Some(Trouble::Circles) { circles.clone() } else { accepted.clone() }
            }
            (_, target) => match document(&host, server, target, &world.keys) {
                Some((media_type, json)) => wire::answer("200 OK", media_type, &json.to_string()),
                None => wire::answer("404 Not Found", "text/plain", ""),
            },
        };
        if wire.send(&bytes).await.is_err() {
            return;
        }
    }
}

/// What a server answers to a GET.
fn document(host: &str, server: usize, target: &str, keys: &[String]) -> Option<(&'static str, Value)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/.well-known/nodeinfo" => {
            let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
            let link = json!({ "rel": rel, "href": format!("http://{host}/nodeinfo/2.0") });
            Some(("application/json", json!({ "links": [link] })))
        }
        "/nodeinfo/2.0" => {
            // One in four is a forum, and is sent what forums understand.
            let (name, version) = if server % 4 == 3 { ("lemmy", "0.19.14") } else { ("mastodon", "4.5.0") };
            let usage = json!({ "users": { "total": 1 }, "localPosts": 0 });
            let software = json!({ "name": name, "version": version });
            let info = json!({ "version": "2.0", "software": software, "protocols": ["activitypub"],
                "services": { "inbound": [], "outbound": [] }, "openRegistrations": false, "usage": usage, "metadata": {} });
            Some(("application/json", info))
        }
        "/.well-known/webfinger" => {
            let (_, account) = query.split_once("resource=")?;
            let name = account.strip_prefix("acct:").or_else(|| account.strip_prefix("acct%3A"))?;
            let number = name.strip_prefix('p')?.split(['@', '%']).next()?;
            let uri = format!("http://{host}/u/{number}");
            let link = json!({ "rel": "self", "type": ACTIVITY_JSON, "href": uri });
            Some(("application/jrd+json", json!({ "subject": format!("acct:p{number}@{host}"), "links": [link] })))
        }
        _ => {
            let number: usize = path.strip_prefix("/u/")?.parse().ok()?;
            Some((ACTIVITY_JSON, actor(host, number, keys.get(number % KEYS)?)))
        }
    }
}

fn actor(host: &str, number: usize, key: &str) -> Value {
    let uri = format!("http://{host}/u/{number}");
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": uri,
        "type": "Person",
        "preferredUsername": format!("p{number}"),
        "name": format!("Persona {number}"),
        "url": uri,
        "inbox": format!("{uri}/inbox"),
        "outbox": format!("{uri}/outbox"),
        "followers": format!("{uri}/followers"),
        "endpoints": { "sharedInbox": format!("http://{host}/inbox") },
        "publicKey": { "id": format!("{uri}#main-key"), "owner": uri, "publicKeyPem": key },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_have_addresses_of_their_own_on_loopback() {
        let all: std::collections::BTreeSet<Ipv4Addr> = (0..10_000).map(address).collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|address| address.is_loopback() && !address.is_broadcast()));
    }

    #[test]
    fn a_person_is_found_by_name_and_by_id() {
        let keys = ["k0", "k1", "k2", "k3"].map(String::from);
        for account in ["acct:p7@127.1.0.1:80", "acct%3Ap7%40127.1.0.1%3A80"] {
            let (_, found) =
                document("h", 0, &format!("/.well-known/webfinger?resource={account}"), &keys).expect("a person");
            assert_eq!(found["links"][0]["href"], "http://h/u/7", "{account}");
        }
        let (_, actor) = document("h", 0, "/u/7", &keys).expect("a person");
        assert_eq!(actor["publicKey"]["publicKeyPem"], "k3");
        assert!(document("h", 0, "/other", &keys).is_none());
    }
}
