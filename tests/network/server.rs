//! A real server of the network, and what people with a login there do through the client API.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::groups::NewGroup;
use app::people::NewPerson;
use domain::actor::Actor;
use domain::group::{Joining, MemberState, Membership, Reach, Role, Visibility};
use domain::host::Host;
use domain::id::ActorId;
use serde_json::{Value, json};

use super::asked;
use super::peer::ACTIVITY;
use super::wire::{Answer, Request};

/// A handle on a running server; a clone is the same server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Inner>);

struct Inner {
    host: String,
    address: SocketAddr,
    app: app::App,
    parked_expected: AtomicBool,
}

impl Server {
    pub(super) fn new(host: &str, running: &server::Server) -> Self {
        let (address, app) = (running.address(), running.app().clone());
        Self(Arc::new(Inner { host: host.to_owned(), address, app, parked_expected: AtomicBool::new(false) }))
    }

    pub(crate) fn host(&self) -> &str {
        &self.0.host
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn app(&self) -> &app::App {
        &self.0.app
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// Allows work to be left at the end: given up, or waiting for another try.
    pub(crate) fn expect_parked(&self) {
        self.0.parked_expected.store(true, Ordering::Relaxed);
    }

    pub(super) fn may_park(&self) -> bool {
        self.0.parked_expected.load(Ordering::Relaxed)
    }

    /// Sends a request straight to the server, as a browser would.
    pub(crate) async fn ask(&self, request: &Request) -> Answer {
        let answer = self.glance(request).await;
        asked::note(request, &answer);
        answer
    }

    /// The same for whoever walks past everything and looks closely at nothing: that counts for no test of what is asked.
    pub(crate) async fn glance(&self, request: &Request) -> Answer {
        let answer = request.exchange(self.0.address).await;
        answer.unwrap_or_else(|error| panic!("{}: {} {}: {error}", self.0.host, request.method, request.target))
    }

    /// Gets a path, or a URL of this server, as `accept`.
    pub(crate) async fn get(&self, target: &str, accept: &str) -> Answer {
        let url = if target.starts_with("http") { target.to_owned() } else { self.url(target) };
        self.ask(&Request::new("GET", &url).with("accept", accept)).await
    }

    /// The ActivityPub document at a path or URL; `Null` unless it is there.
    pub(crate) async fn document(&self, target: &str) -> Value {
        let answer = self.get(target, ACTIVITY).await;
        if answer.status == 200 { answer.value() } else { Value::Null }
    }

    /// A new person with a login and a token.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let new = NewPerson {
            name: name.to_owned(),
            email: format!("{name}@{}", self.0.host),
            password: "correct horse".to_owned(),
            admin: false,
            language: "en".to_owned(),
        };
        let actor = app::people::create(&self.0.app, new).await.expect("a person");
        let token = app::people::create_token(&self.0.app, actor.id, "read write follow push").await.expect("a token");
        Person { server: self.clone(), actor, token }
    }

    /// A new group for everybody.
    pub(crate) async fn group(&self, name: &str, owner: &Person) -> Group {
        self.group_like(name, owner, Visibility::Public, Joining::Open).await
    }

    pub(crate) async fn group_like(
        &self,
        name: &str,
        owner: &Person,
        visibility: Visibility,
        joining: Joining,
    ) -> Group {
        let (name, title, summary) = (name.to_owned(), name.to_uppercase(), format!("All about {name}."));
        let new = NewGroup { hidden: false, name, title, summary, visibility, joining, reach: Reach::Home, host: None };
        self.found(owner, new).await
    }

    /// A new group for everybody, with its handle on another host.
    pub(crate) async fn group_on(&self, host: &str, name: &str, owner: &Person) -> Group {
        let (name, title, summary) = (name.to_owned(), name.to_uppercase(), format!("All about {name}."));
        let (visibility, joining, host) = (Visibility::Public, Joining::Open, Host::parse(host));
        self.found(
            owner,
            NewGroup { hidden: false, name, title, summary, visibility, joining, reach: Reach::Home, host },
        )
        .await
    }

    pub(crate) async fn found(&self, owner: &Person, new: NewGroup) -> Group {
        let actor = app::groups::create(&self.0.app, owner.actor.id, new).await.expect("a group");
        Group { server: self.clone(), actor }
    }
}

/// A group of a server.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) server: Server,
    pub(crate) actor: Actor,
}

impl Group {
    pub(crate) fn uri(&self) -> &str {
        &self.actor.uri
    }

    /// `@name@host`.
    pub(crate) fn handle(&self) -> String {
        format!("@{}", self.actor.handle())
    }

    /// Id and handle, as mentions need them.
    pub(crate) fn named(&self) -> (String, String) {
        (self.actor.uri.clone(), self.handle())
    }

    pub(crate) fn followers(&self) -> String {
        format!("{}/followers", self.actor.uri)
    }

    /// Has somebody as a member, wherever they live, as if they had come long ago.
    pub(crate) async fn has(&self, person: ActorId) {
        let group = self.actor.id;
        let app = &self.server.0.app;
        let (role, state, since) = (Role::Member, MemberState::Active, app.now());
        let membership = Membership { group, person, role, state, since };
        let has = app.write(move |tx| {
            let known = store::groups::membership(tx, group, person)?;
            if known.is_none_or(|known| known.state != MemberState::Active) {
                store::groups::set_membership(tx, &membership)?;
            }
            Ok::<_, app::Error>(())
        });
        has.await.expect("a member");
    }

    /// How many follow it, as its collection says.
    pub(crate) async fn follower_count(&self) -> u64 {
        let followers = self.server.document(&self.followers()).await;
        followers["totalItems"].as_u64().unwrap_or_else(|| panic!("no count: {followers}"))
    }
}

/// A person with a login here, and a client.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) server: Server,
    pub(crate) actor: Actor,
    pub(crate) token: String,
}

impl Person {
    pub(crate) fn uri(&self) -> &str {
        &self.actor.uri
    }

    /// `@name@host`.
    pub(crate) fn handle(&self) -> String {
        format!("@{}", self.actor.handle())
    }

    /// What the client of this person shows with each call.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// A call of the client API, whatever comes of it.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let mut request = Request::new(method, &self.server.url(path))
            .with("authorization", &format!("Bearer {}", self.token))
            .with("accept", "application/json");
        if !body.is_null() {
            request = request.with("content-type", "application/json").body(body.to_string());
        }
        self.server.ask(&request).await
    }

    /// A call that must succeed.
    pub(crate) async fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert_eq!(answer.status, 200, "{method} {path} {body}: {}", answer.text());
        answer.value()
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        self.api("GET", path, &Value::Null).await
    }

    pub(crate) async fn act(&self, path: &str) -> Value {
        self.api("POST", path, &json!({})).await
    }

    /// Writes a public post.
    pub(crate) async fn post(&self, text: &str) -> Value {
        self.api("POST", "/api/v1/statuses", &json!({ "status": text, "visibility": "public" })).await
    }

    /// Answers a post.
    pub(crate) async fn reply(&self, parent: &Value, text: &str) -> Value {
        let body = json!({ "status": text, "visibility": "public", "in_reply_to_id": parent["id"] });
        self.api("POST", "/api/v1/statuses", &body).await
    }

    /// The account with this handle or URL, asked for elsewhere if need be.
    pub(crate) async fn find_account(&self, handle: &str) -> Value {
        let found = self.search(handle).await;
        assert!(found["accounts"][0].is_object(), "{handle} was not found: {found}");
        found["accounts"][0].clone()
    }

    /// The post with this URL, asked for elsewhere if need be.
    pub(crate) async fn find_post(&self, url: &str) -> Value {
        let found = self.search(url).await;
        assert!(found["statuses"][0].is_object(), "{url} was not found: {found}");
        found["statuses"][0].clone()
    }

    pub(crate) async fn search(&self, query: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        self.read(&format!("/api/v2/search?resolve=true&q={query}")).await
    }

    /// Follows somebody by handle; returns the account.
    pub(crate) async fn follow(&self, handle: &str) -> Value {
        let account = self.find_account(handle).await;
        self.act(&format!("/api/v1/accounts/{}/follow", id(&account))).await;
        account
    }

    /// What this person is to an account.
    pub(crate) async fn relationship(&self, account: &Value) -> Value {
        self.read(&format!("/api/v1/accounts/relationships?with_suspended=true&id[]={}", id(account))).await[0].clone()
    }

    pub(crate) async fn home(&self) -> Vec<Value> {
        let home = self.read("/api/v1/timelines/home?limit=40").await;
        home.as_array().expect("a list").clone()
    }

    /// The texts below a post, from top to bottom.
    pub(crate) async fn replies(&self, post: &Value) -> Vec<String> {
        let context = self.read(&format!("/api/v1/statuses/{}/context", id(post))).await;
        context["descendants"].as_array().expect("a list").iter().map(text).collect()
    }

    pub(crate) async fn status(&self, post: &Value) -> Value {
        self.read(&format!("/api/v1/statuses/{}", id(post))).await
    }
}

/// The id of an entity.
pub(crate) fn id(entity: &Value) -> &str {
    entity["id"].as_str().unwrap_or_else(|| panic!("no id: {entity}"))
}

/// The text of a status without its markup.
pub(crate) fn text(status: &Value) -> String {
    domain::text::html::to_text(status["content"].as_str().unwrap_or_default())
}
