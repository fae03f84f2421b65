//! A server with two people and a group, and acquaintances on other servers.
use std::collections::BTreeMap;

use app::{
    App, Clock, Config, Error, Me, Parts, Resolver, Result, Tasks, actors,
    groups::{self, NewGroup},
    people::{self, NewPerson},
    posts::{self, Draft, Origin, Way, Writing},
    seal::Seal,
};
use async_trait::async_trait;
use domain::{
    actor::{Actor, ActorKind},
    group::{Joining, Visibility},
    id::{ActivityId, ActorId, PeerId, PostId, ReceivedId},
    post::{Audience, Content, FollowState, Post, PostKind},
    time::Timestamp,
    urls::Site,
};
use serde_json::Value;
use store::{Db, Location, follows::Follow};

use crate::outbox::FederationOutbox;

/// Knows whom the database knows, and nobody else.
struct Acquaintances;

#[async_trait]
impl Resolver for Acquaintances {
    async fn actor(&self, app: &App, uri: &str) -> Result<ActorId> {
        let uri = uri.to_owned();
        app.read(move |c| store::actors::by_uri(c, &uri)).await?.map(|actor| actor.id).ok_or(Error::NotFound)
    }
    async fn handle(&self, app: &App, name: &str, host: &str) -> Result<ActorId> {
        let (name, host) = (name.to_owned(), host.to_owned());
        app.read(move |c| store::actors::by_handle(c, &name, &host)).await?.map(|a| a.id).ok_or(Error::NotFound)
    }
    async fn post(&self, _: &App, _: &str) -> Result<PostId> {
        Err(Error::NotFound)
    }
}

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) ana: Me,
    /// A public group of ana's.
    pub(crate) huerto: ActorId,
    told: tokio::sync::Mutex<ActivityId>,
    _folder: tempfile::TempDir,
}

#[expect(clippy::disallowed_methods, reason = "the address of the test server comes from the environment")]
fn location(folder: &std::path::Path, postgres: bool) -> Option<Location> {
    if !postgres {
        return Some(Location::Sqlite(folder.join("t.db")));
    }
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let name: String = folder.file_name()?.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    Some(Location::Postgres(store::testing::create_database(&server, &format!("fed{}", name.to_lowercase()))))
}

/// Somebody who lives at `https://HOST/NAME`.
pub(crate) fn somebody(host: &str, name: &str, kind: ActorKind) -> Actor {
    let uri = format!("https://{host}/{name}");
    Actor {
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        followers: Some(format!("{uri}/followers")),
        ..Actor::new(kind, uri, (name, host), Timestamp(1))
    }
}

impl World {
    pub(crate) async fn new(postgres: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let location = location(folder.path(), postgres)?;
        let clock = Clock::default();
        let app = App::new(Parts {
            db: Db::open(&location, 2).unwrap(),
            config: Config {
                site: Site::new(&"https://plaza.example".parse().unwrap()).unwrap(),
                registration: domain::registration::Registration::Open,
                languages: vec!["en", "es"],
                mail_hosts: Vec::new(),
                provider: None,
                federation: domain::rule::Openness::Open,
                secure: false,
                premises: app::Premises::default(),
            },
            clock: clock.clone(),
            seal: Seal::new([1; 32]),
            rules: app::rules::Rules::default(),
            files: app::media::Files::in_memory(),
            outbox: Box::new(FederationOutbox),
            resolver: Box::new(Acquaintances),
            witness: None,
            clerk: None,
            mailer: None,
            pusher: None,
            tasks: Tasks::default(),
        });
        let new = NewPerson {
            name: "ana".into(),
            email: "ana@plaza.example".into(),
            password: "correct horse".into(),
            admin: false,
            language: "es".into(),
        };
        let ana = Me(people::create(&app, new).await.unwrap().id);
        let told = tokio::sync::Mutex::new(ActivityId(0));
        let mut world = Self { app, clock, ana, huerto: ana.0, told, _folder: folder };
        world.huerto = world.group("huerto", Visibility::Public).await;
        Some(world)
    }

    pub(crate) async fn group(&self, name: &str, visibility: Visibility) -> ActorId {
        let (name, title, summary) = (name.into(), name.into(), String::new());
        let new = NewGroup {
            hidden: false,
            name,
            title,
            summary,
            visibility,
            joining: Joining::Open,
            reach: domain::group::Reach::Home,
            host: None,
        };
        groups::create(&self.app, self.ana.0, new).await.unwrap().id
    }

    /// Gets to know somebody on a server that runs `software`.
    pub(crate) async fn meet(&self, actor: Actor, software: &'static str) -> ActorId {
        let rules = (actor.kind == ActorKind::Group).then_some((Visibility::Public, Joining::Open, false));
        let found = actors::Found { actor, keys: Vec::new(), rules, staff: None, emoji: Vec::new(), suspended: false };
        let id = actors::learn(&self.app, found).await.unwrap();
        self.describe(id, software, "1").await;
        id
    }

    /// Hears which software runs on somebody's server, and which version of it.
    pub(crate) async fn describe(&self, somebody: ActorId, software: &'static str, version: &'static str) {
        let described = self.app.write(move |tx| {
            let actor = store::actors::by_id(tx, somebody)?.unwrap();
            let now = tx.now();
            Ok(store::peers::describe(tx, actor.peer.unwrap(), software, version, now)?)
        });
        described.await.unwrap();
    }

    pub(crate) async fn person(&self, host: &str, name: &str, software: &'static str) -> ActorId {
        self.meet(somebody(host, name, ActorKind::Person), software).await
    }

    /// Lets somebody follow somebody, without a word.
    pub(crate) async fn follow(&self, follower: ActorId, target: ActorId) {
        let follow = Follow {
            follower,
            target,
            state: FollowState::Accepted,
            activity_uri: format!("https://x.test/follows/{follower}"),
            created: Timestamp(1),
        };
        let id = domain::id::TieId(follower.0);
        self.app.write(move |tx| Ok(store::follows::set(tx, id, &follow)?)).await.unwrap();
    }

    pub(crate) async fn write(&self, text: &str, change: impl FnOnce(&mut Writing)) -> Post {
        let mut writing = Writing { text: text.into(), ..Writing::default() };
        change(&mut writing);
        posts::create(&self.app, self.ana, writing).await.unwrap()
    }

    /// Stores an activity as if it had come in.
    pub(crate) async fn receive(&self, uri: &str, body: String) -> ReceivedId {
        let uri = uri.to_owned();
        self.app
            .write(move |tx| {
                let (id, now): (ReceivedId, _) = (tx.new_id(), tx.now());
                store::jobs::receive(tx, id, (&uri, "", "Any"), ("", &body), now)?;
                Ok(id)
            })
            .await
            .unwrap()
    }

    /// Somebody elsewhere writes in a group, as the activity `body` says.
    pub(crate) async fn hear(&self, author: ActorId, group: ActorId, parent: Option<PostId>, body: &str) -> Post {
        let said: Value = serde_json::from_str(body).unwrap();
        let uri = said["object"]["id"].as_str().unwrap().to_owned();
        let cause = self.receive(said["id"].as_str().unwrap(), body.to_owned()).await;
        let content = Content { html: "<p>hola</p>".into(), ..Content::default() };
        let mut draft = Draft::new(PostKind::Note, content, Audience::Public);
        (draft.parent, draft.group) = (parent, Some(group));
        let origin = Origin { uri: uri.clone(), url: uri, published: Timestamp(1_000), edited: None, way: Way::Sent };
        self.app.write(move |tx| posts::receive(tx, author, &draft, &origin, Some(cause))).await.unwrap()
    }

    /// What waits for whom and was not told before, in order: the activity, who says it, and the inboxes.
    pub(crate) async fn sent(&self) -> Vec<String> {
        self.waiting().await.into_iter().map(|(line, _)| line).collect()
    }

    /// The same, with the documents.
    pub(crate) async fn waiting(&self) -> Vec<(String, String)> {
        let mut told = self.told.lock().await;
        let after = *told;
        let rows = self
            .app
            .read(move |c| {
                let mut rows: BTreeMap<ActivityId, (Vec<String>, Option<store::activities::Activity>)> =
                    BTreeMap::new();
                for traffic in store::peers::list(c)? {
                    for waiting in store::deliveries::waiting(c, traffic.peer.id, None, 10_000)? {
                        rows.entry(waiting.activity).or_default().0.push(waiting.inbox);
                    }
                }
                rows.retain(|id, _| *id > after);
                for (id, (_, activity)) in &mut rows {
                    *activity = store::activities::by_id(c, *id)?;
                }
                Ok(rows)
            })
            .await
            .unwrap();
        *told = rows.keys().last().copied().unwrap_or(after);
        let line = |(mut inboxes, activity): (Vec<String>, Option<store::activities::Activity>)| {
            let body = activity.unwrap().body;
            let said: Value = serde_json::from_str(&body).unwrap();
            let actor = said["actor"].as_str().unwrap().rsplit('/').next().unwrap().trim_start_matches('@').to_owned();
            inboxes.sort();
            let inboxes: Vec<&str> = inboxes.iter().map(|inbox| inbox.trim_start_matches("https://")).collect();
            (format!("{} by {actor} to {}", shape(&said), inboxes.join(", ")), body)
        };
        rows.into_values().map(line).collect()
    }

    /// A month later: all that was sent has arrived, and is forgotten.
    pub(crate) async fn a_month_later(&self) {
        self.app
            .write(|tx| {
                for traffic in store::peers::list(tx)? {
                    let peer = traffic.peer.id;
                    for waiting in store::deliveries::waiting(tx, peer, None, 10_000)? {
                        store::deliveries::done(tx, peer, &waiting.inbox, &[waiting.activity])?;
                    }
                }
                Ok(())
            })
            .await
            .unwrap();
        self.clock.advance(domain::time::span::days(31));
        app::retention::sweep(&self.app).await.unwrap();
    }

    pub(crate) async fn peer(&self, host: &'static str) -> PeerId {
        self.app.read(move |c| store::peers::by_host(c, host)).await.unwrap().unwrap().id
    }
}

/// `Announce(Create(Page))`; what is only named by its id has no brackets.
fn shape(said: &Value) -> String {
    let kind = said["type"].as_str().unwrap_or("?");
    match &said["object"] {
        object @ Value::Object(_) => format!("{kind}({})", shape(object)),
        _ => kind.to_owned(),
    }
}
