//! Fake peers: servers of other software, which serve documents, keep what they receive, and sign what they send.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use federation::signature::verify::{self, Body};
use federation::signature::{Claim, PrivateKey, PublicKey, Scheme};
use serde_json::{Value, json};

use super::puppet::{PUBLIC, Puppet};
use super::switchboard::Switchboard;
use super::transcript;
use super::wire::{Answer, Request};

/// The media type of documents.
pub(crate) const ACTIVITY: &str = "application/activity+json";

/// Keys are dear and tests are many: actors of fake peers share these.
static KEYS: LazyLock<Vec<PrivateKey>> =
    LazyLock::new(|| (0..4).map(|_| PrivateKey::generate_rsa().expect("a key")).collect());

/// What runs on a fake peer; it decides the shape of its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Software {
    Mastodon,
    GoToSocial,
    Lemmy,
    PieFed,
    Mbin,
    NodeBb,
    Mobilizon,
}

impl Software {
    /// As its `NodeInfo` spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mastodon => "mastodon",
            Self::GoToSocial => "gotosocial",
            Self::Lemmy => "lemmy",
            Self::PieFed => "piefed",
            Self::Mbin => "mbin",
            Self::NodeBb => "NodeBB",
            Self::Mobilizon => "Mobilizon",
        }
    }
}

/// Something that was delivered to a fake peer, correctly signed.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    /// The inbox.
    pub(crate) path: String,
    /// Whose key signed it.
    pub(crate) signer: String,
    /// How it was signed.
    pub(crate) scheme: Scheme,
    /// What was said about the followers of the sender, if that was signed, too.
    pub(crate) followers: Option<String>,
    pub(crate) activity: Value,
}

impl Delivered {
    /// The type of the activity, with the types inside.
    pub(crate) fn kind(&self) -> String {
        transcript::kind(&self.activity)
    }
}

/// A fake server; a clone is the same server.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Inner>);

struct Inner {
    host: String,
    software: Software,
    board: Switchboard,
    clock: app::Clock,
    /// By URL.
    documents: Mutex<HashMap<String, Value>>,
    gone: Mutex<HashSet<String>>,
    /// Ids of actors by name.
    names: Mutex<HashMap<String, String>>,
    keys: Mutex<HashMap<String, PublicKey>>,
    received: Mutex<Vec<Delivered>>,
    faults: Mutex<Vec<String>>,
    /// Whether documents are for signed requests only.
    secured: AtomicBool,
    /// Requests that are signed otherwise are refused, with this status.
    only: Mutex<Option<(Scheme, u16)>>,
    /// What is answered to requests of the client API, by method and path.
    replies: Mutex<HashMap<String, Answer>>,
    /// Paths that have moved.
    moved: Mutex<HashSet<String>>,
    count: AtomicU64,
}

impl Peer {
    pub(crate) fn new(host: &str, software: Software, board: &Switchboard, clock: &app::Clock) -> Self {
        let peer = Self(Arc::new(Inner {
            host: host.to_owned(),
            software,
            board: board.clone(),
            clock: clock.clone(),
            documents: Mutex::default(),
            gone: Mutex::default(),
            names: Mutex::default(),
            keys: Mutex::default(),
            received: Mutex::default(),
            faults: Mutex::default(),
            secured: AtomicBool::new(software == Software::GoToSocial),
            only: Mutex::default(),
            replies: Mutex::default(),
            moved: Mutex::default(),
            count: AtomicU64::new(0),
        }));
        board.connect_peer(&peer);
        peer
    }

    pub(crate) fn host(&self) -> &str {
        &self.0.host
    }

    pub(crate) fn software(&self) -> Software {
        self.0.software
    }

    pub(crate) fn board(&self) -> &Switchboard {
        &self.0.board
    }

    pub(crate) fn clock(&self) -> &app::Clock {
        &self.0.clock
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// A number that was not given before.
    pub(crate) fn number(&self) -> u64 {
        self.0.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A new id; `kind` says of what.
    pub(crate) fn id(&self, kind: &str) -> String {
        self.url(&format!("/{kind}/{}", self.number()))
    }

    /// One of the keys that actors share.
    pub(crate) fn shared_key(&self) -> PrivateKey {
        KEYS[usize::try_from(self.number()).unwrap_or_default() % KEYS.len()].clone()
    }

    /// A new person.
    pub(crate) fn person(&self, name: &str) -> Puppet {
        Puppet::new(self, name, "Person")
    }

    /// A new group.
    pub(crate) fn group(&self, name: &str) -> Puppet {
        Puppet::new(self, name, "Group")
    }

    /// Serves a document at its id.
    pub(crate) fn serve(&self, document: &Value) {
        let id = document["id"].as_str().expect("a document with an id");
        self.serve_at(id, document);
    }

    pub(crate) fn serve_at(&self, url: &str, document: &Value) {
        let url = url.split('#').next().unwrap_or(url);
        self.0.documents.lock().unwrap().insert(url.to_owned(), document.clone());
    }

    /// Serves a document no more: 410 from now on.
    pub(crate) fn withdraw(&self, url: &str) {
        self.0.documents.lock().unwrap().remove(url);
        self.0.gone.lock().unwrap().insert(url.to_owned());
    }

    /// Takes one kind of signature from now on, everywhere, and answers to others with `status`.
    pub(crate) fn takes_only(&self, scheme: Scheme, status: u16) {
        self.0.secured.store(true, Ordering::Relaxed);
        *self.0.only.lock().unwrap() = Some((scheme, status));
    }

    /// Answers this to a request such as `POST /oauth/token` from now on.
    pub(crate) fn replies(&self, request: &str, answer: Answer) {
        self.0.replies.lock().unwrap().insert(request.to_owned(), answer);
    }

    /// Answers to it as the software would again.
    pub(crate) fn recovers(&self, request: &str) {
        self.0.replies.lock().unwrap().remove(request);
    }

    /// Answers with a redirect at this path.
    pub(crate) fn moves(&self, path: &str) {
        self.0.moved.lock().unwrap().insert(path.to_owned());
    }

    pub(crate) fn name(&self, name: &str, uri: &str) {
        self.0.names.lock().unwrap().insert(name.to_owned(), uri.to_owned());
    }

    /// Everything that was received.
    pub(crate) fn received(&self) -> Vec<Delivered> {
        self.0.received.lock().unwrap().clone()
    }

    /// Everything that was received since the last call.
    pub(crate) fn take(&self) -> Vec<Delivered> {
        std::mem::take(&mut *self.0.received.lock().unwrap())
    }

    /// The types of everything that was received.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Delivered::kind).collect()
    }

    /// The only activity of this type that was received; `kind` as in [`Delivered::kind`].
    pub(crate) fn only(&self, kind: &str) -> Delivered {
        let mut found = self.received();
        found.retain(|delivered| delivered.kind() == kind);
        assert_eq!(found.len(), 1, "{} should have one {kind} among {:?}", self.host(), self.kinds());
        found.remove(0)
    }

    /// What was wrong with what was sent here: bad signatures and the like.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.0.faults.lock().unwrap().clone()
    }

    /// Answers as the software would.
    pub(crate) async fn answer(&self, request: &Request) -> Answer {
        if self.0.moved.lock().unwrap().contains(request.path()) {
            return Answer::status(308);
        }
        let reply = self.0.replies.lock().unwrap().get(&format!("{} {}", request.method, request.path())).cloned();
        if let Some(reply) = reply {
            return reply;
        }
        let there = self.0.documents.lock().unwrap().get(&self.url(&request.target)).cloned();
        match (request.method.as_str(), request.path()) {
            ("GET", "/.well-known/webfinger" | "/nodeinfo/2.0") if there.is_some() => {
                Answer::json("application/json", &there.unwrap_or_default())
            }
            ("POST", path) if path.trim_end_matches('/').ends_with("/inbox") => self.receive(request).await,
            ("GET" | "HEAD", "/.well-known/nodeinfo") => {
                let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
                let links = json!({ "links": [{ "rel": rel, "href": self.url("/nodeinfo/2.0") }] });
                Answer::json("application/json", &links)
            }
            ("GET" | "HEAD", "/nodeinfo/2.0") => Answer::json("application/json", &self.nodeinfo()),
            ("GET" | "HEAD", "/.well-known/webfinger") => self.webfinger(&request.target),
            ("GET" | "HEAD", _) => self.document(request).await,
            _ => Answer::status(405),
        }
    }

    fn nodeinfo(&self) -> Value {
        json!({
            "version": "2.0",
            "software": { "name": self.0.software.name(), "version": "1.0.0" },
            "protocols": ["activitypub"],
            "services": { "inbound": [], "outbound": [] },
            "openRegistrations": false,
            "usage": { "users": {} },
            "metadata": {},
        })
    }

    fn webfinger(&self, target: &str) -> Answer {
        let handle = target.split("acct%3A").nth(1).or_else(|| target.split("acct:").nth(1)).unwrap_or_default();
        let handle = handle.replace("%40", "@");
        let name = handle.split('@').next().unwrap_or_default().to_owned();
        let names = self.0.names.lock().unwrap();
        let Some(uri) = names.get(&name) else { return Answer::status(404) };
        let mut links = vec![json!({ "rel": "self", "type": ACTIVITY, "href": uri })];
        let interaction = match self.0.software {
            Software::Mastodon => Some("/authorize_interaction?uri={uri}"),
            Software::Lemmy => Some("/activitypub/externalInteraction?uri={uri}"),
            _ => None,
        };
        links.extend(
            interaction
                .map(|path| json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": self.url(path) })),
        );
        Answer::json("application/jrd+json", &json!({ "subject": format!("acct:{handle}"), "links": links }))
    }

    async fn document(&self, request: &Request) -> Answer {
        if self.0.secured.load(Ordering::Relaxed) {
            match self.verify(request).await {
                Ok(_) => {}
                Err(Doubt::Scheme(status)) => return Answer::status(status),
                Err(_) => return Answer::status(401),
            }
        }
        let url = self.url(&request.target);
        if self.0.gone.lock().unwrap().contains(&url) {
            return Answer::status(410);
        }
        match self.0.documents.lock().unwrap().get(&url) {
            Some(document) => Answer::json(ACTIVITY, document),
            None => Answer::status(404),
        }
    }

    async fn receive(&self, request: &Request) -> Answer {
        let found = match self.verify(request).await {
            Ok(signer) => serde_json::from_slice(&request.body).map(|activity| (signer, activity)).ok(),
            Err(Doubt::Scheme(status)) => return Answer::status(status),
            // Whoever sent it is gone meanwhile: nothing is wrong with what was sent.
            Err(Doubt::Unreachable) => return Answer::status(503),
            Err(Doubt::Wrong(why)) => {
                self.0.faults.lock().unwrap().push(format!("{} got a bad request: {why}", self.host()));
                return Answer::status(401);
            }
        };
        let Some(((signer, claim), activity)) = found else {
            self.0.faults.lock().unwrap().push(format!("{} got no JSON", self.host()));
            return Answer::status(400);
        };
        if !is_proven(&signer, &activity) {
            self.0.faults.lock().unwrap().push(format!("{} got something without a proof: {activity}", self.host()));
        }
        let followers = claim.covered("collection-synchronization").map(str::to_owned);
        let delivered =
            Delivered { path: request.path().to_owned(), signer, scheme: claim.scheme, followers, activity };
        self.0.received.lock().unwrap().push(delivered);
        Answer::status(if self.0.software == Software::Lemmy { 200 } else { 202 })
    }

    /// Whose key signed a request, and how.
    async fn verify(&self, request: &Request) -> Result<(String, Claim), Doubt> {
        let headers: Vec<(&str, &[u8])> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let claim = verify::parse(&verify::Request {
            method: &request.method,
            target: &request.target,
            headers: &headers,
            body: Body::Bytes(&request.body),
            scheme: "http",
            is_ours: &|host| host == self.0.host,
            now: self.0.clock.now(),
        })
        .map_err(|refused| Doubt::Wrong(refused.to_string()))?;
        if let Some((only, status)) = *self.0.only.lock().unwrap()
            && only != claim.scheme
        {
            return Err(Doubt::Scheme(status));
        }
        let owner = claim.key_id.split('#').next().unwrap_or_default().to_owned();
        let known = self.0.keys.lock().unwrap().get(&claim.key_id).cloned();
        let key = match known {
            Some(key) => key,
            None => self.fetch_key(&owner, &claim.key_id).await?,
        };
        claim.verify(&key).map_err(|refused| Doubt::Wrong(refused.to_string()))?;
        self.0.keys.lock().unwrap().insert(claim.key_id.clone(), key);
        Ok((owner, claim))
    }

    async fn fetch_key(&self, owner: &str, key_id: &str) -> Result<PublicKey, Doubt> {
        let request = Request::new("GET", owner).with("accept", ACTIVITY);
        let answer = self.0.board.pass(&self.0.host, request).await.ok_or(Doubt::Unreachable)?;
        if answer.status != 200 {
            return Err(Doubt::Wrong(format!("no key: {owner} answered {}", answer.status)));
        }
        let document = answer.value();
        let key = &document["publicKey"];
        if key["id"] != key_id || key["owner"] != document["id"] {
            return Err(Doubt::Wrong(format!("{owner} does not own {key_id}")));
        }
        let pem = key["publicKeyPem"].as_str().unwrap_or_default();
        PublicKey::from_pem(pem).map_err(|error| Doubt::Wrong(error.to_string()))
    }
}

/// Whether an activity proves who said it, as everything has to that leaves one of our servers, whichever test makes it
/// leave. What is written to single people proves nothing to others on purpose; and what somebody brings of others is as it
/// came.
fn is_proven(signer: &str, activity: &Value) -> bool {
    let actor = activity["actor"].as_str().unwrap_or_default();
    let method = activity["proof"]["verificationMethod"].as_str().unwrap_or_default();
    if method.strip_prefix(actor).is_some_and(|key| key.starts_with('#')) {
        return true;
    }
    if signer != actor {
        return activity["signature"].is_object() || activity["proof"].is_object();
    }
    let named = |address: &Value| {
        let address = address.as_str().unwrap_or_default();
        address != PUBLIC && !address.ends_with("/followers")
    };
    let addresses = || ["to", "cc"].into_iter().flat_map(|key| activity[key].as_array().into_iter().flatten());
    ["Create", "Update", "Delete"].iter().any(|kind| activity["type"] == *kind) && addresses().all(named)
}

/// Why a signature does not count.
enum Doubt {
    /// Its key cannot be asked for.
    Unreachable,
    /// It is not of the kind that is taken here.
    Scheme(u16),
    Wrong(String),
}
