//! Puppets: actors of fake peers, who sign whatever a test lets them say.

use domain::time::Timestamp;
pub(crate) use federation::signature::Scheme;
use federation::signature::{PrivateKey, sign};
use serde_json::{Value, json};
use url::Url;

use super::peer::{ACTIVITY, Peer, Software};
use super::program::Program;
use super::server::Server;
use super::wire::Request;

/// The audience of everybody.
pub(crate) const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// The context of everything that puppets say.
pub(crate) const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

/// An actor of a fake peer.
#[derive(Clone)]
pub(crate) struct Puppet {
    pub(crate) peer: Peer,
    pub(crate) uri: String,
    pub(crate) name: String,
    pub(crate) key: PrivateKey,
    pub(crate) key_id: String,
    kind: &'static str,
}

impl Puppet {
    pub(crate) fn new(peer: &Peer, name: &str, kind: &'static str) -> Self {
        let group = kind == "Group";
        let path = match peer.software() {
            Software::Mastodon | Software::GoToSocial => format!("/users/{name}"),
            Software::Mbin if group => format!("/m/{name}"),
            Software::NodeBb if group => format!("/category/{}", peer.number()),
            Software::NodeBb => format!("/uid/{}", peer.number()),
            _ if group => format!("/c/{name}"),
            _ => format!("/u/{name}"),
        };
        Self::at(peer, &peer.url(&path), name, kind)
    }

    /// An actor with this id.
    pub(crate) fn at(peer: &Peer, uri: &str, name: &str, kind: &'static str) -> Self {
        let uri = uri.to_owned();
        let key_id = match peer.software() {
            Software::NodeBb => format!("{uri}#key"),
            Software::GoToSocial => format!("{uri}/main-key"),
            _ => format!("{uri}#main-key"),
        };
        let puppet = Self { peer: peer.clone(), name: name.to_owned(), key: peer.shared_key(), key_id, kind, uri };
        peer.name(name, &puppet.uri);
        peer.serve(&puppet.document());
        if peer.software() == Software::GoToSocial {
            peer.serve_at(&puppet.key_id, &puppet.document());
        }
        if kind == "Group" {
            let moderators = json!({
                "@context": CONTEXT, "id": puppet.part("moderators"), "type": "OrderedCollection",
                "totalItems": 0, "orderedItems": [],
            });
            peer.serve(&moderators);
        }
        puppet
    }

    /// Something of this actor.
    pub(crate) fn part(&self, part: &str) -> String {
        format!("{}/{part}", self.uri)
    }

    pub(crate) fn handle(&self) -> String {
        format!("@{}@{}", self.name, self.peer.host())
    }

    /// The actor's document.
    pub(crate) fn document(&self) -> Value {
        let mut document = json!({
            "@context": [CONTEXT, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": self.kind,
            "preferredUsername": self.name,
            "name": self.name.to_uppercase(),
            "summary": "<p>Made for a test.</p>",
            "url": self.uri,
            "inbox": self.part("inbox"),
            "outbox": self.part("outbox"),
            "endpoints": { "sharedInbox": self.peer.url("/inbox") },
            "published": "2024-05-01T10:00:00Z",
            "manuallyApprovesFollowers": false,
            "publicKey": {
                "id": self.key_id,
                "owner": self.uri,
                "publicKeyPem": self.key.public_pem().expect("a public half"),
            },
        });
        if self.peer.software() != Software::NodeBb {
            document["followers"] = json!(self.part("followers"));
        }
        if self.kind == "Group" {
            document["attributedTo"] = json!(self.part("moderators"));
            document["postingRestrictedToMods"] = json!(false);
        }
        document
    }

    /// A request that delivers `body` to an inbox, signed by this actor.
    pub(crate) fn signed(&self, inbox: &str, body: &[u8], scheme: Scheme) -> Request {
        self.signed_at(inbox, body, scheme, self.peer.clock().now())
    }

    /// The same, as if it were signed at another time.
    pub(crate) fn signed_at(&self, inbox: &str, body: &[u8], scheme: Scheme, now: Timestamp) -> Request {
        self.signed_with(None, inbox, body, scheme, now)
    }

    fn signed_with(
        &self,
        followers: Option<&str>,
        inbox: &str,
        body: &[u8],
        scheme: Scheme,
        now: Timestamp,
    ) -> Request {
        let more = followers.map(|said| ("collection-synchronization".parse().expect("a name"), said));
        let url = Url::parse(inbox).expect("an inbox");
        let headers = match scheme {
            Scheme::Cavage => sign::post(&self.key, &self.key_id, &url, &sign::digest(body), more, now),
            Scheme::Rfc9421 => {
                sign::rfc9421(&self.key, &self.key_id, "POST", &url, Some(&sign::content_digest(body)), more, now)
            }
        };
        let mut request = Request { method: "POST".into(), target: url.path().into(), ..Request::default() };
        for (name, value) in headers.expect("a signature") {
            request = request.with(name.as_str(), value.to_str().expect("a text"));
        }
        request.body(body)
    }

    /// Sends an activity to an inbox; returns the status of the answer.
    pub(crate) async fn post(&self, inbox: &str, activity: &Value) -> u16 {
        self.post_by(Scheme::Cavage, inbox, activity).await
    }

    /// The same, with word of the followers of this actor.
    pub(crate) async fn post_saying(&self, followers: &str, inbox: &str, activity: &Value) -> u16 {
        let (body, now) = (activity.to_string(), self.peer.clock().now());
        let request = self.signed_with(Some(followers), inbox, body.as_bytes(), Scheme::Cavage, now);
        self.peer.board().pass(self.peer.host(), request).await.expect("an answer").status
    }

    pub(crate) async fn post_by(&self, scheme: Scheme, inbox: &str, activity: &Value) -> u16 {
        let request = self.signed(inbox, activity.to_string().as_bytes(), scheme);
        let answer = self.peer.board().pass(self.peer.host(), request).await;
        answer.expect("an answer").status
    }

    /// A request for a document, signed by this actor.
    pub(crate) fn asks(&self, url: &str) -> Request {
        let parsed = Url::parse(url).expect("a URL");
        let headers = sign::get(&self.key, &self.key_id, &parsed, self.peer.clock().now()).expect("a signature");
        let target = parsed.query().map_or_else(|| parsed.path().into(), |query| format!("{}?{query}", parsed.path()));
        let request = Request { method: "GET".into(), target, ..Request::default() };
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.with(name.as_str(), value.to_str().expect("a text")));
        request.with("accept", ACTIVITY)
    }

    /// Sends an activity to the shared inbox of a server, which must take it.
    pub(crate) async fn send(&self, server: &Server, activity: &Value) {
        let status = self.post(&server.url("/inbox"), activity).await;
        assert_eq!(status, 202, "{} refused {activity}", server.host());
    }

    /// An activity of this actor, with an id of its own.
    pub(crate) fn activity(&self, kind: &str, object: &Value) -> Value {
        let id = self.peer.id(&format!("activities/{}", kind.to_lowercase()));
        json!({ "@context": CONTEXT, "id": id, "type": kind, "actor": self.uri, "object": object })
    }

    /// The same, addressed to everybody and to these.
    pub(crate) fn addressed(&self, kind: &str, object: &Value, cc: &[&str]) -> Value {
        let mut activity = self.activity(kind, object);
        activity["to"] = json!([PUBLIC]);
        activity["cc"] = json!(cc);
        activity
    }

    /// What takes an activity of this actor back.
    pub(crate) fn undo(&self, activity: &Value) -> Value {
        let mut inner = activity.clone();
        inner.as_object_mut().expect("an object").remove("@context");
        self.activity("Undo", &inner)
    }

    /// Sends an activity to a program, which must take it.
    pub(crate) async fn tell(&self, program: &Program, activity: &Value) {
        assert_eq!(self.post(&program.url("/inbox"), activity).await, 202, "{}", program.log());
    }

    /// Asks to follow an actor of a server; returns the request.
    pub(crate) async fn follow(&self, server: &Server, target: &str) -> Value {
        let follow = self.activity("Follow", &json!(target));
        let inbox =
            if self.peer.software() == Software::Mastodon { format!("{target}/inbox") } else { server.url("/inbox") };
        assert_eq!(self.post(&inbox, &follow).await, 202);
        follow
    }

    /// Answers a request to follow this actor.
    pub(crate) async fn answer(&self, server: &Server, kind: &str, follow: &Value) {
        self.send(server, &self.activity(kind, follow)).await;
    }
}
