//! What strangers read, and what they do not.
use actix_web::{
    body::to_bytes,
    http::{Method, StatusCode, header},
    test::TestRequest,
    web::{self, Data},
};
use app::{
    App, Clock, Config, Error, Me, Parts, Resolver, Result, Tasks, groups, people,
    posts::{self, Writing},
    seal::Seal,
    votes,
};
use async_trait::async_trait;
use domain::{
    actor::Actor,
    group::{Joining, Visibility},
    id::{ActorId, PostId},
    post::{Audience, Post, Vote},
    urls::Site,
};
use serde_json::Value;
use store::{Db, Location};

use super::*;
use crate::outbox::FederationOutbox;

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
}

const HOST: &str = "plaza.test";

/// A server with the person `ana` and her public group `huerto`.
struct World {
    app: App,
    routes: Box<dyn Fn(&mut ServiceConfig)>,
    ana: Me,
    huerto: Actor,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(Parts {
            db: Db::open(&Location::Sqlite(folder.path().join("t.db")), 2).unwrap(),
            config: Config {
                site: Site::new(&url::Url::parse(&format!("https://{HOST}")).unwrap()).unwrap(),
                registration: domain::registration::Registration::Open,
                languages: vec!["en", "es"],
                mail_hosts: Vec::new(),
                provider: None,
                federation: domain::rule::Openness::Open,
                secure: false,
                premises: app::Premises { source: Some("https://code.example/plaza".into()), ..Default::default() },
            },
            clock: Clock::default(),
            seal: Seal::new([1; 32]),
            rules: app::rules::Rules::default(),
            files: app::media::Files::in_memory(),
            outbox: Box::new(FederationOutbox),
            resolver: Box::new(Nobody),
            witness: None,
            clerk: None,
            mailer: None,
            pusher: None,
            tasks: Tasks::default(),
        });
        app::instance::ensure(&app).await.unwrap();
        let ana = people::NewPerson {
            name: "ana".into(),
            email: "ana@plaza.test".into(),
            password: "a long phrase".into(),
            admin: true,
            language: "es".into(),
        };
        let ana = Me(people::create(&app, ana).await.unwrap().id);
        let huerto = group(&app, ana, "huerto", Visibility::Public).await;
        Self { routes: Box::new(configure(&app, Rates { inbox: 0, reads: 0 })), app, ana, huerto, _folder: folder }
    }

    async fn ask(&self, method: Method, uri: &str, accept: &str) -> Answer {
        let service = actix_web::App::new()
            .app_data(Data::new(self.app.clone()))
            .configure(&self.routes)
            .default_service(web::to(|| async { HttpResponse::ImATeapot().finish() }));
        let service = actix_web::test::init_service(service).await;
        let request = TestRequest::default().method(method).uri(uri).insert_header((header::ACCEPT, accept));
        let response = actix_web::test::call_service(&service, request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    async fn get(&self, url: &str) -> Answer {
        let path = url.strip_prefix("https://plaza.test").unwrap_or(url);
        self.ask(Method::GET, path, "application/activity+json").await
    }

    async fn write(&self, text: &str, group: Option<ActorId>, audience: Audience) -> Post {
        let writing = Writing { text: text.into(), group, audience: Some(audience), ..Writing::default() };
        posts::create(&self.app, self.ana, writing).await.unwrap()
    }

    async fn reply(&self, parent: &Post, text: &str) -> Post {
        let writing = Writing { text: text.into(), parent: Some(parent.id), ..Writing::default() };
        posts::create(&self.app, self.ana, writing).await.unwrap()
    }
}

async fn group(app: &App, owner: Me, name: &str, visibility: Visibility) -> Actor {
    let (name, joining) = (name.to_owned(), Joining::Open);
    let new = groups::NewGroup {
        hidden: false,
        title: name.clone(),
        name,
        summary: "Para *todos*.".into(),
        visibility,
        joining,
        reach: domain::group::Reach::Home,
        host: None,
    };
    groups::create(app, owner.0, new).await.unwrap()
}

#[actix_web::test]
async fn actors_are_documents_for_software_only() {
    let world = World::new().await;
    for (path, kind) in [("/@ana", "Person"), ("/@huerto", "Group"), ("/@Huerto", "Group"), ("/actor", "Application")] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, &answer.body["type"]), (StatusCode::OK, &kind.into()), "{path}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/activity+json; charset=utf-8");
        assert_eq!(answer.header(header::CACHE_CONTROL), "public, max-age=180");
        assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
    assert_eq!(world.get("/@huerto").await.body["id"], "https://plaza.test/@huerto");
    for path in ["/@nobody", "/@ana@elsewhere.test", "/@an%20a"] {
        assert_eq!(world.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let head = world.ask(Method::HEAD, "/@ana", "application/activity+json").await;
    assert_eq!(head.status, StatusCode::OK);
    for path in ["/@ana", "/"] {
        let page = world.ask(Method::GET, path, "text/html").await;
        assert_eq!(page.status, StatusCode::IM_A_TEAPOT, "pages are for the next in line: {path}");
    }
    let server = world.get("/").await.body;
    assert_eq!((&server["type"], &server["id"]), (&"Application".into(), &"https://plaza.test/actor".into()));
    let inbox = world.ask(Method::POST, "/@ana/inbox", "application/activity+json").await;
    assert!(inbox.status.is_client_error() && inbox.status != StatusCode::METHOD_NOT_ALLOWED, "{}", inbox.status);
}

#[actix_web::test]
async fn webfinger_finds_people_groups_and_the_server() {
    let world = World::new().await;
    let ask = async |resource: &str| {
        world.ask(Method::GET, &format!("/.well-known/webfinger?resource={resource}"), "*/*").await
    };
    for (resource, uri) in [
        ("acct:ana@plaza.test", "https://plaza.test/@ana"),
        ("acct%3AHUERTO%40Plaza.test", "https://plaza.test/@huerto"),
        ("https://plaza.test/@huerto", "https://plaza.test/@huerto"),
        ("acct:plaza.test@plaza.test", "https://plaza.test/actor"),
    ] {
        let answer = ask(resource).await;
        assert_eq!((answer.status, &answer.body["links"][0]["href"]), (StatusCode::OK, &uri.into()), "{resource}");
        assert_eq!(answer.body["links"][0]["rel"], "self");
        let links = answer.body["links"].as_array().unwrap();
        assert!(links.iter().all(|link| link["properties"].is_object()), "{resource}: {links:?}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/jrd+json; charset=utf-8");
    }
    assert_eq!(ask("acct:ana@plaza.test").await.body["subject"], "acct:ana@plaza.test");
    assert_eq!(ask("acct:nobody@plaza.test").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask("acct:ana@elsewhere.test").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask("").await.status, StatusCode::BAD_REQUEST);
    let nothing = world.ask(Method::GET, "/.well-known/webfinger", "*/*").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn nodeinfo_counts_and_does_not_mind_the_accept_header() {
    let world = World::new().await;
    world.write("Hola", None, Audience::Public).await;
    let token = people::create_token(&world.app, world.ana.0, "read").await.unwrap();
    people::bearer(&world.app, &token).await.unwrap().expect("she is here today");
    for accept in ["*/*", "application/activity+json", "text/html"] {
        let index = world.ask(Method::GET, "/.well-known/nodeinfo", accept).await;
        let href = index.body["links"][1]["href"].as_str().unwrap_or_default().to_owned();
        assert_eq!(href, "https://plaza.test/nodeinfo/2.1");
        let described = world.ask(Method::GET, "/nodeinfo/2.1", accept).await.body;
        assert_eq!(described["software"]["name"], "tertulia");
        assert_eq!(described["software"]["repository"], "https://code.example/plaza");
        let older = world.ask(Method::GET, "/nodeinfo/2.0", accept).await.body;
        assert!(older["software"].get("repository").is_none(), "its form has no such member: {older}");
        assert_eq!((&described["usage"]["users"]["total"], &described["usage"]["localPosts"]), (&1.into(), &1.into()));
        assert_eq!(
            (&described["usage"]["users"]["activeMonth"], &described["metadata"]["groups"]),
            (&1.into(), &1.into())
        );
        assert_eq!(described["openRegistrations"], true);
    }
}

#[actix_web::test]
async fn what_may_not_be_seen_is_not_there() {
    let world = World::new().await;
    let junta = group(&world.app, world.ana, "junta", Visibility::Private).await;
    let private = world.write("Acta", Some(junta.id), Audience::Public).await;
    let direct = world.write("Solo para mí", None, Audience::Direct).await;
    let followers = world.write("Para quien me sigue", None, Audience::Followers).await;
    let missing = world.get("/@ana/1234567").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    for post in [&private, &direct, &followers] {
        for part in ["", "/replies", "/likes", "/shares", "/context"] {
            let answer = world.get(&format!("{}{part}", post.uri)).await;
            assert_eq!((answer.status, &answer.body), (missing.status, &missing.body), "{part}");
            assert_eq!(answer.header(header::CACHE_CONTROL), missing.header(header::CACHE_CONTROL));
        }
    }
    posts::delete(&world.app, world.ana, direct.id).await.unwrap();
    assert_eq!(world.get(&direct.uri).await.status, StatusCode::NOT_FOUND, "no trace of what was never public");
    for part in ["outbox", "outbox?page=1", "moderators", "followers", "featured"] {
        let list = world.get(&format!("/@junta/{part}")).await;
        let empty = list.body["orderedItems"].as_array().is_none_or(Vec::is_empty);
        assert!(list.status == StatusCode::OK && empty, "{part}: {}", list.body);
        assert!(list.body["totalItems"].as_i64().unwrap_or(0) == 0, "{part}");
    }
    let mine = world.get("/@ana/outbox?page=1").await;
    assert_eq!(mine.body["orderedItems"], Value::Array(Vec::new()));
}

#[actix_web::test]
async fn posts_stand_under_their_author_alone_and_leave_a_tombstone() {
    let world = World::new().await;
    let post = world.write("Tomates", Some(world.huerto.id), Audience::Public).await;
    let found = world.get(&post.uri).await;
    assert_eq!((found.status, &found.body["id"]), (StatusCode::OK, &post.uri.as_str().into()));
    for wrong in [format!("/@huerto/{}", post.id), format!("/@ana/0{}", post.id), format!("/@ana/+{}", post.id)] {
        assert_eq!(world.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let create = world.get("/@ana/outbox?page=1").await.body["orderedItems"][0]["id"].clone();
    let create = create.as_str().unwrap_or_default();
    assert!(create.starts_with("https://plaza.test/activities/"), "{create}");
    assert_eq!(world.get(create).await.body["object"]["id"], post.uri);

    posts::delete(&world.app, world.ana, post.id).await.unwrap();
    let gone = world.get(&post.uri).await;
    assert_eq!((gone.status, &gone.body["type"]), (StatusCode::GONE, &"Tombstone".into()));
    assert_eq!(world.get(create).await.status, StatusCode::NOT_FOUND, "the activity told of what is gone");
    assert_eq!(world.get("/@ana/outbox").await.body["totalItems"], 0);
}

#[actix_web::test]
async fn no_answer_is_older_than_what_happened() {
    let world = World::new().await;
    let post = world.write("Tomates", Some(world.huerto.id), Audience::Public).await;
    let likes = format!("{}/likes", post.uri);
    assert_eq!(world.get(&likes).await.body["totalItems"], 0);
    let group = world.huerto.uri.clone();
    let change = groups::Change { title: Some("Huerto nuevo".into()), ..groups::Change::default() };

    assert_eq!(world.get(&group).await.body["name"], "huerto");
    groups::change(&world.app, world.ana, world.huerto.id, change).await.unwrap();
    assert_eq!(world.get(&group).await.body["name"], "Huerto nuevo");

    let voter = group_member(&world.app).await;
    votes::cast(&world.app, voter, post.id, Vote::Like).await.unwrap();
    assert_eq!(world.get(&likes).await.body["totalItems"], 1);
    assert_eq!(world.get(&post.uri).await.body["likes"]["totalItems"], 1);

    let replies = format!("{}/replies", post.uri);
    assert_eq!(world.get(&replies).await.body["totalItems"], 0);
    let reply = world.reply(&post, "Agua").await;
    assert_eq!(world.get(&replies).await.body["first"]["items"][0], reply.uri);
    let context = world.get(&format!("{}/context", post.uri)).await.body;
    assert_eq!(context["orderedItems"], serde_json::json!([post.uri, reply.uri]));
    assert_eq!(context["attributedTo"], world.huerto.uri);
}

async fn group_member(app: &App) -> Me {
    let new = people::NewPerson {
        name: "bea".into(),
        email: "bea@plaza.test".into(),
        password: "a long phrase".into(),
        admin: false,
        language: "es".into(),
    };
    Me(people::create(app, new).await.unwrap().id)
}

#[actix_web::test]
async fn an_outbox_is_read_page_by_page() {
    let world = World::new().await;
    for number in 0..25 {
        world.write(&format!("Hilo {number}"), Some(world.huerto.id), Audience::Public).await;
    }
    let outbox = world.get("/@huerto/outbox").await.body;
    assert_eq!((&outbox["type"], &outbox["totalItems"]), (&"OrderedCollection".into(), &25.into()));
    let mut seen = Vec::new();
    let mut next = outbox["first"].as_str().map(str::to_owned);
    while let Some(url) = next {
        let page = world.get(&url).await.body;
        assert_eq!((&page["type"], &page["id"]), (&"OrderedCollectionPage".into(), &url.as_str().into()));
        seen.extend(page["orderedItems"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    let titles: Vec<&str> = seen.iter().filter_map(|item| item["object"]["object"]["name"].as_str()).collect();
    assert_eq!((titles.len(), titles[0], titles[24]), (25, "Hilo 24", "Hilo 0"));
    assert_eq!((&seen[0]["type"], &seen[0]["object"]["type"]), (&"Announce".into(), &"Create".into()));
    assert_eq!(world.get("/@huerto/outbox?before=x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get("/@huerto/moderators").await.body["orderedItems"][0], "https://plaza.test/@ana");
    assert_eq!(world.get("/@ana/moderators").await.status, StatusCode::NOT_FOUND);
    let followers = world.ask(Method::GET, "/@huerto/followers", "text/html").await.body;
    assert_eq!((&followers["totalItems"], &followers["first"]), (&1.into(), &Value::Null));
}

#[actix_web::test]
async fn who_asks_because_of_a_member_learns_what_stands_in_the_group() {
    let world = World::new().await;
    let patio = group(&world.app, world.ana, "patio", Visibility::Private).await;
    let thread = world.write("Tomates", Some(patio.id), Audience::Members).await;
    let reply = world.reply(&thread, "Rojos").await;
    let alone = Writing {
        text: "Entre nosotras".into(),
        parent: Some(thread.id),
        audience: Some(Audience::Direct),
        ..Writing::default()
    };
    let alone = posts::create(&world.app, world.ana, alone).await.unwrap();
    assert_eq!((reply.group, alone.group, alone.root), (Some(patio.id), None, thread.id));
    let ana = world.ana.0;
    for part in [PostPart::Context, PostPart::Replies] {
        let root = thread.clone();
        let read = move |c: &mut Conn| crate::collections::of_post(c, &root, part, Cursor::Whole, Some(ana));
        let told = world.app.read(read).await.unwrap().document().unwrap();
        let told = String::from_utf8(told.body.to_vec()).unwrap();
        assert!(told.contains(&reply.uri) && !told.contains(&alone.uri), "{told}");
    }
}
