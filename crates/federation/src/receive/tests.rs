//! What other servers send, from the request to its effect, against servers on real sockets.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use actix_web::{http::StatusCode, test, web::Data};
use app::{App, Clock, Config, Parts, Tasks, seal::Seal};
use domain::{
    actor::Actor,
    group::{Joining, Visibility},
    id::ActorId,
    post::{Audience, Post, Vote},
    urls::Site,
};
use serde_json::{Value, json};
use store::{Db, Location};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};
use url::Url;

use super::drain;
use crate::{
    client::{self, Client},
    inbox,
    limits::{Limits, Rates},
    outbox::FederationOutbox,
    resolver::FederationResolver,
    signature::{PrivateKey, sign},
};

mod groups;
mod stories;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const OURS: &str = "http://127.0.0.1:1";

/// A server elsewhere: the documents it has, and what it was asked for.
struct Elsewhere {
    base: String,
    documents: Arc<Mutex<HashMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Elsewhere {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (documents, asked) = (Arc::default(), Arc::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&documents), Arc::clone(&asked)));
        Self { base, documents, asked, _tasks: tasks }
    }

    fn has(&self, path: &str, document: &Value) {
        self.answers(path, 200, &document.to_string());
    }

    fn answers(&self, path: &str, status: u16, body: &str) {
        self.documents.lock().unwrap().insert(path.to_owned(), (status, body.to_owned()));
    }

    fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// Somebody who lives there.
    fn actor(&self, kind: &str, name: &str) -> Stranger {
        let key = PrivateKey::generate_rsa().unwrap();
        let uri = format!("{}/{name}", self.base);
        let document = json!({
            "id": uri, "type": kind, "preferredUsername": name, "inbox": format!("{uri}/inbox"), "followers": format!("{uri}/followers"),
            "publicKey": { "id": format!("{uri}#main-key"), "owner": uri, "publicKeyPem": key.public_pem().unwrap() },
        });
        self.has(&format!("/{name}"), &document);
        Stranger { uri, key, document }
    }
}

async fn serve(
    listener: TcpListener,
    documents: Arc<Mutex<HashMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut bytes = vec![0; 16_384];
        let length = stream.read(&mut bytes).await.unwrap_or(0);
        let path = String::from_utf8_lossy(&bytes[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = documents.lock().unwrap().get(&path).cloned().unwrap_or((404, String::new()));
        asked.lock().unwrap().push(path);
        let head = format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/activity+json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head, body].concat().into_bytes()).await.ok();
    }
}

/// Somebody elsewhere.
struct Stranger {
    uri: String,
    key: PrivateKey,
    document: Value,
}

impl Stranger {
    fn does(&self, kind: &str, object: impl Into<Value>) -> Value {
        let object: Value = object.into();
        let number = openssl::sha::sha256(object.to_string().as_bytes());
        let id = format!("{}/{kind}/{}", self.uri, hex::encode(number));
        json!({ "id": id, "type": kind, "actor": self.uri, "object": object })
    }

    fn note(&self, name: &str, content: &str, more: Value) -> Value {
        let mut note = json!({ "id": format!("{}/{name}", self.uri), "type": "Note", "attributedTo": self.uri, "content": content, "to": PUBLIC, "published": "2026-11-22T14:00:00Z" });
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        note
    }
}

/// This server.
struct Here {
    app: App,
    _folder: tempfile::TempDir,
}

impl Here {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("x.db")), 2).unwrap();
        let allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        let client = Client::new(client::Config {
            allow_private,
            development: true,
            user_agent: "x".into(),
            ..client::Config::default()
        })
        .unwrap();
        let site = Site::new(&Url::parse(OURS).unwrap()).unwrap();
        let app = App::new(Parts {
            db,
            config: Config {
                site,
                registration: "open".into(),
                languages: vec!["en", "es"],
                mail_hosts: Vec::new(),
                provider: None,
                federation: domain::rule::Openness::Open,
                secure: false,
                premises: app::Premises::default(),
            },
            clock: Clock::default(),
            seal: Seal::new([7; 32]),
            rules: app::rules::Rules::default(),
            files: app::media::Files::in_memory(),
            outbox: Box::new(FederationOutbox),
            resolver: Box::new(FederationResolver::new(client)),
            witness: None,
            clerk: None,
            mailer: None,
            pusher: None,
            tasks: Tasks::default(),
        });
        app::instance::ensure(&app).await.unwrap();
        Self { app, _folder: folder }
    }

    async fn person(&self, name: &str) -> ActorId {
        let new = app::people::NewPerson {
            name: name.into(),
            email: format!("{name}@example.test"),
            password: "correct horse battery".into(),
            admin: false,
            language: "es".into(),
        };
        app::people::create(&self.app, new).await.unwrap().id
    }

    async fn group(&self, name: &str) -> Actor {
        let owner = self.person(&format!("owner_of_{name}")).await;
        let new = app::groups::NewGroup {
            hidden: false,
            name: name.into(),
            title: name.into(),
            summary: String::new(),
            visibility: Visibility::Public,
            joining: Joining::Open,
            reach: domain::group::Reach::Home,
            host: None,
        };
        app::groups::create(&self.app, owner, new).await.unwrap()
    }

    /// Sends an activity, signed by `by`.
    async fn takes(&self, by: &Stranger, activity: &Value) -> StatusCode {
        self.posted(&by.key, &format!("{}#main-key", by.uri), activity.to_string()).await
    }

    async fn posted(&self, key: &PrivateKey, key_id: &str, body: String) -> StatusCode {
        self.takes_request(&self.signed(key, key_id, body)).await
    }

    fn signed(&self, key: &PrivateKey, key_id: &str, body: String) -> (sign::Headers, String) {
        let url = Url::parse(&self.app.site().inbox(self.app.site().host())).unwrap();
        let headers = sign::post(key, key_id, &url, &sign::digest(body.as_bytes()), None, self.app.now()).unwrap();
        (headers, body)
    }

    async fn takes_request(&self, (headers, body): &(sign::Headers, String)) -> StatusCode {
        let service = actix_web::App::new()
            .app_data(Data::new(self.app.clone()))
            .app_data(Data::new(Limits::new(Rates { inbox: 0, reads: 0 })))
            .configure(inbox::configure);
        let service = test::init_service(service).await;
        let mut request = test::TestRequest::post().uri(domain::urls::path::INBOX).set_payload(body.clone());
        for (name, value) in headers {
            request = request.insert_header((name.as_str(), value.as_bytes()));
        }
        test::call_service(&service, request.to_request()).await.status()
    }

    /// Sends an activity, expects it to be acknowledged, and applies it.
    async fn applies(&self, by: &Stranger, activity: &Value) {
        assert_eq!(self.takes(by, activity).await, StatusCode::ACCEPTED);
        self.settle().await;
    }

    async fn settle(&self) {
        drain(&self.app).await.unwrap();
        let backlog = self.app.read(store::jobs::received_backlog).await.unwrap();
        assert_eq!((backlog.waiting, backlog.parked), (0, 0));
    }

    async fn post(&self, uri: &Value) -> Option<Post> {
        let uri = uri.as_str().unwrap().to_owned();
        self.app.read(move |c| store::posts::by_uri(c, &uri)).await.unwrap()
    }

    async fn actor(&self, uri: &str) -> Option<Actor> {
        let uri = uri.to_owned();
        self.app.read(move |c| store::actors::by_uri(c, &uri)).await.unwrap()
    }

    async fn follows(&self, follower: &str, target: ActorId) -> bool {
        let Some(follower) = self.actor(follower).await else { return false };
        self.app.read(move |c| store::follows::get(c, follower.id, target)).await.unwrap().is_some()
    }

    async fn vote(&self, post: &Post, voter: &str) -> Option<Vote> {
        let (post, voter) = (post.id, self.actor(voter).await?.id);
        self.app.read(move |c| store::votes::get(c, post, voter)).await.unwrap().map(|(vote, _)| vote)
    }
}
