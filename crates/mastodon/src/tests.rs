//! The API as a client sees it, on both databases: with an outbox that sends nothing and a network where nobody answers.
use std::sync::Arc;

use actix_web::{
    App as Actix,
    http::{Method, StatusCode, header::HeaderMap},
    test::{self, TestRequest},
    web::{Bytes, Data},
};
use app::{
    App, Clock, Config, Error, Event, Me, Outbox, Parts, Question, Reply, Resolver, Result, Tasks, Tx, groups, people,
    seal::Seal,
};
use async_trait::async_trait;
use domain::{
    group::{Joining, Visibility},
    id::{ActorId, PostId},
    urls::Site,
};
use futures_util::stream::BoxStream;
use serde_json::{Value, json};
use store::{Db, Location};
use tokio::sync::Mutex;

use crate::streaming::{Hub, Teller};

mod administration;
mod asked;
mod cards;
mod columns;
mod costs;
mod coverage;
mod emoji;
mod entities;
mod fields;
mod hidden;
mod home;
mod instance;
mod kept;
mod limits;
mod media;
mod neighbours;
mod notices;
mod polls;
mod profiles;
mod push;
mod reading;
mod requests;
mod restraints;
mod revisions;
mod scopes;
mod shapes;
mod streams;
mod writing;

struct Silent;

impl Outbox for Silent {
    fn emit(&self, _: &mut Tx<'_, '_>, _: &Event) -> Result<()> {
        Ok(())
    }
}

struct Nobody;

#[async_trait]
impl Resolver for Nobody {
    async fn actor(&self, _: &App, _: &str) -> Result<ActorId> {
        Err(Error::NotFound)
    }
    async fn handle(&self, _: &App, _: &str, _: &str) -> Result<ActorId> {
        Err(Error::NotFound)
    }
    async fn post(&self, _: &App, _: &str) -> Result<PostId> {
        Err(Error::NotFound)
    }
    /// There are two pages in the world.
    async fn page(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        cards::at(url).ok_or_else(|| Error::Unreachable { what: url.to_owned(), retry: true })
    }
    /// One of them offers something to be looked at in its place.
    async fn ask(&self, question: Question<'_>) -> Result<Reply> {
        let offer = cards::offer(question.url).map(|body| Reply { status: 200, body });
        offer.ok_or_else(|| Error::Unreachable { what: question.url.to_owned(), retry: true })
    }
    async fn media(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        cards::at(url).ok_or_else(|| Error::Unreachable { what: url.to_owned(), retry: true })
    }
}

/// A server with `ana`, who owns the groups, `bea` and `caro`.
pub(super) struct World {
    pub(super) app: App,
    pub(super) clock: Clock,
    pub(super) ana: Person,
    pub(super) bea: Person,
    pub(super) caro: Person,
    /// The database, with one connection that reads.
    pub(super) db: Db,
    pub(super) hub: Hub,
    /// Who tells streams what changed, when a test asks for it.
    pub(super) teller: Mutex<Teller>,
    location: Location,
    folder: Arc<tempfile::TempDir>,
}

/// A person with a token for everything.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) me: Me,
    pub(super) token: String,
}

impl Person {
    pub(super) fn id(&self) -> i64 {
        self.me.0.0
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    /// The body of a success.
    pub(super) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.body
    }

    /// The address with this relation in the `Link` header, without the server.
    pub(super) fn link(&self, rel: &str) -> Option<String> {
        let header = self.headers.get("link")?.to_str().unwrap();
        let link = header.split(", ").find(|link| link.ends_with(&format!("rel=\"{rel}\"")))?;
        let url = link.split_once('>').unwrap().0.trim_start_matches('<');
        Some(url.strip_prefix("https://plaza.example").unwrap().to_owned())
    }
}

#[expect(clippy::disallowed_methods, reason = "the address of the test server comes from the environment")]
fn location(folder: &std::path::Path, postgres: bool) -> Option<Location> {
    if !postgres {
        return Some(Location::Sqlite(folder.join("t.db")));
    }
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let name: String = folder.file_name()?.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    Some(Location::Postgres(store::testing::create_database(&server, &format!("api{}", name.to_lowercase()))))
}

/// Adds what was asked to the file that `cargo xtask test` compares with the table of routes.
#[expect(clippy::disallowed_methods, reason = "the test command says by the environment where")]
fn note(asked: &str, status: u16) {
    if let Some(path) = std::env::var_os("TEST_ASKED") {
        let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, format!("{asked} {status}\n").as_bytes()).unwrap();
    }
}

pub(super) async fn world(postgres: bool) -> Option<World> {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path(), postgres)?;
    let (clock, db) = (Clock::default(), Db::open(&location, 1).unwrap());
    let app = app(db.clone(), clock.clone());
    let (ana, bea, caro) = (person(&app, "ana").await, person(&app, "bea").await, person(&app, "caro").await);
    let (hub, teller) = Hub::prepared(&app);
    let (teller, folder) = (Mutex::new(teller), Arc::new(folder));
    Some(World { app, clock, ana, bea, caro, db, hub, teller, location, folder })
}

fn app(db: Db, clock: Clock) -> App {
    let site = Site::new(&"https://plaza.example".parse().unwrap()).unwrap();
    App::new(Parts {
        db,
        config: Config {
            site,
            registration: domain::registration::Registration::Open,
            languages: vec!["en", "es"],
            mail_hosts: Vec::new(),
            provider: None,
            federation: domain::rule::Openness::Open,
            secure: false,
            premises: app::Premises { source: Some("https://code.example/plaza".into()), ..Default::default() },
        },
        clock,
        seal: Seal::new([1; 32]),
        rules: app::rules::Rules::default(),
        files: app::media::Files::in_memory(),
        outbox: Box::new(Silent),
        resolver: Box::new(Nobody),
        witness: None,
        clerk: None,
        mailer: None,
        pusher: None,
        tasks: Tasks::default(),
    })
}

async fn person(app: &App, name: &str) -> Person {
    let new = people::NewPerson {
        name: name.into(),
        email: format!("{name}@plaza.example"),
        password: "correct horse".into(),
        admin: false,
        language: "es".into(),
    };
    let actor = people::create(app, new).await.unwrap();
    let token = people::create_token(app, actor.id, "read write follow push").await.unwrap();
    Person { me: Me(actor.id), token }
}

impl World {
    /// Another process that has just started on the same database.
    pub(super) fn again(&self) -> Self {
        let db = Db::open(&self.location, 1).unwrap();
        let app = app(db.clone(), self.clock.clone());
        let (hub, teller) = Hub::prepared(&app);
        let [ana, bea, caro] = [&self.ana, &self.bea, &self.caro].map(Person::clone);
        let (clock, teller) = (self.clock.clone(), Mutex::new(teller));
        let (location, folder) = (self.location.clone(), self.folder.clone());
        Self { app, clock, ana, bea, caro, db, hub, teller, location, folder }
    }

    pub(super) async fn group(&self, name: &str, visibility: Visibility, joining: Joining) -> i64 {
        let (name, title, summary) = (name.into(), "Huerto".into(), "Cultivar *en casa*".into());
        let new = groups::NewGroup {
            hidden: false,
            name,
            title,
            summary,
            visibility,
            joining,
            reach: domain::group::Reach::Home,
            host: None,
        };
        groups::create(&self.app, self.ana.me.0, new).await.unwrap().id.0
    }

    /// Somebody who administers the server.
    pub(super) async fn admin(&self) -> Me {
        let new = people::NewPerson {
            name: "jefa".into(),
            email: "jefa@plaza.example".into(),
            password: "correct horse".into(),
            admin: true,
            language: "es".into(),
        };
        app::instance::ensure(&self.app).await.unwrap();
        Me(people::create(&self.app, new).await.unwrap().id)
    }

    /// Does the background work that is due.
    pub(super) async fn work(&self) {
        app::jobs::drain(&self.app, &app::jobs::handlers()).await.unwrap();
    }

    /// Asks, and notes what was answered, for the check that no row of the table is left out.
    pub(super) async fn send(&self, request: TestRequest) -> Answer {
        let (asked, answer) = self.exchange(request).await;
        note(&asked, answer.status);
        fields::check_answer(&asked, answer.status, &answer.body);
        answer
    }

    /// Asks like somebody who walks past all routes and looks closely at none: that is not noted.
    pub(super) async fn glance(&self, request: TestRequest) -> Answer {
        self.exchange(request).await.1
    }

    async fn exchange(&self, request: TestRequest) -> (String, Answer) {
        let app = Actix::new().app_data(Data::new(self.app.clone())).app_data(Data::new(self.hub.clone()));
        let app = app.configure(crate::configure);
        let service = test::init_service(app).await;
        let response = test::call_service(&service, request.to_request()).await;
        let asked = format!("{} {}", response.request().method(), response.request().path());
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = test::read_body(response).await;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        (asked, Answer { status, headers, body })
    }

    pub(super) async fn get(&self, who: &Person, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path).insert_header(("authorization", format!("Bearer {}", who.token)))).await
    }

    pub(super) async fn get_unknown(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    pub(super) async fn call(&self, who: &Person, method: &str, path: &str, body: Value) -> Answer {
        let request = TestRequest::default().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        let request = request.insert_header(("authorization", format!("Bearer {}", who.token)));
        self.send(if body.is_null() { request } else { request.set_json(body) }).await
    }

    pub(super) async fn post(&self, who: &Person, path: &str) -> Answer {
        self.call(who, "POST", path, Value::Null).await
    }

    /// Posts `text`; the answer is the status.
    pub(super) async fn say(&self, who: &Person, text: &str) -> Value {
        self.call(who, "POST", "/api/v1/statuses", json!({ "status": text })).await.ok()
    }

    pub(super) async fn reply(&self, who: &Person, to: &Value, text: &str) -> Value {
        self.call(who, "POST", "/api/v1/statuses", json!({ "status": text, "in_reply_to_id": to["id"] })).await.ok()
    }

    pub(super) async fn follow(&self, who: &Person, whom: i64) -> Value {
        self.post(who, &format!("/api/v1/accounts/{whom}/follow")).await.ok()
    }

    pub(super) async fn home(&self, who: &Person) -> Vec<Value> {
        self.get(who, "/api/v1/timelines/home").await.ok().as_array().unwrap().clone()
    }
}

/// The address of something of a status.
pub(super) fn of(status: &Value, part: &str) -> String {
    format!("/api/v1/statuses/{}{part}", status["id"].as_str().unwrap())
}

/// Makes two tests of an `async fn(World)`: one for each database.
macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[actix_web::test]
            async fn sqlite() {
                super::$name(crate::tests::world(false).await.unwrap()).await;
            }
            #[actix_web::test]
            async fn postgres() {
                match crate::tests::world(true).await {
                    Some(world) => super::$name(world).await,
                    None => eprintln!("skipped: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    )*};
}
pub(super) use on_both;

#[test]
fn a_busy_database_asks_for_patience() {
    use actix_web::ResponseError;
    let busy = crate::error::Error::from(app::Error::from(store::Error::Busy));
    let answer = busy.error_response();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let broken = crate::error::Error::from(app::Error::internal("the password is 1234"));
    assert!(!broken.to_string().contains("1234"));
}
