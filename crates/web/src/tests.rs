//! Every page in both languages, as visitors get it.
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::{
    HttpMessage,
    body::to_bytes,
    http::{StatusCode, header},
    test::TestRequest,
    web::Data,
};
use app::{
    App, Clock, Config, Error, Event, Me, Outbox, Parts, Resolver, Result, Tasks, Tx, Whence, actors, groups, people,
    posts::{self, Writing},
    seal::Seal,
    sessions, setup,
};
use async_trait::async_trait;
use domain::{
    actor::{Actor, ActorKind},
    charter::Purpose,
    group::{Joining, Visibility},
    id::{ActorId, PostId},
    post::Post,
    time::Timestamp,
    urls::Site,
};
use store::{Db, Location};

use crate::messages::TABLE;

mod admin;
mod answering;
mod appeals;
mod caring;
mod context;
mod costs;
mod crawl;
mod deciding;
mod deeds;
mod drafts;
mod filters;
mod finding;
mod governing;
mod grafts;
mod guests;
mod house;
mod joining;
mod journeys;
mod keeping;
mod known;
mod listening;
mod lists;
mod maps;
mod outlines;
mod paces;
mod paging;
mod parcels;
mod passkeys;
mod queue;
mod reading;
mod resuming;
mod roots;
mod second_steps;
mod sentences;
mod servers;
mod shuns;
mod steps;
mod telling;
mod weight;
mod writing;

/// The machine of the server itself, and another one.
const HERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5_000);
const ELSEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5)), 5_000);

struct Nobody;

impl Outbox for Nobody {
    fn emit(&self, _: &mut Tx<'_, '_>, _: &Event) -> Result<()> {
        Ok(())
    }
}

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

struct World {
    app: App,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    location: String,
    /// What a browser keeps and sends with the next request.
    cookie: String,
    body: String,
}

impl World {
    fn new() -> Self {
        Self::of("open")
    }

    /// A server where those sign up whom `registration` names.
    fn of(registration: &str) -> Self {
        Self::from_source(registration, None)
    }

    /// The same, of a program whose source is there.
    fn from_source(registration: &str, source: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(Parts {
            // One connection for all that is read: what it runs can be counted.
            db: Db::open(&Location::Sqlite(folder.path().join("t.db")), 1).unwrap(),
            config: Config {
                site: Site::new(&url::Url::parse("https://plaza.test").unwrap()).unwrap(),
                registration: registration.parse().unwrap(),
                languages: vec!["en", "es"],
                mail_hosts: Vec::new(),
                provider: None,
                federation: domain::rule::Openness::Open,
                secure: false,
                premises: app::Premises { source: source.map(str::to_owned), ..Default::default() },
            },
            clock: Clock::default(),
            seal: Seal::new([1; 32]),
            rules: app::rules::Rules::default(),
            files: app::media::Files::in_memory(),
            outbox: Box::new(Nobody),
            resolver: Box::new(Nobody),
            witness: None,
            clerk: None,
            mailer: None,
            pusher: None,
            tasks: Tasks::default(),
        });
        Self { app, _folder: folder }
    }

    async fn ask(&self, request: TestRequest, language: &str) -> Answer {
        self.ask_from(Whence::default(), request, language).await
    }

    /// The same, by somebody who comes from there.
    async fn ask_from(&self, whence: Whence, request: TestRequest, language: &str) -> Answer {
        let service =
            actix_web::App::new().app_data(Data::new(self.app.clone())).configure(crate::configure(&self.app));
        let service = actix_web::test::init_service(service).await;
        let request = request.insert_header((header::ACCEPT_LANGUAGE, language)).to_request();
        request.extensions_mut().insert(whence);
        let response = actix_web::test::call_service(&service, request).await;
        let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let cookies = response.headers().get_all(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap());
        let cookies: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        let cookie = cookies.join("; ");
        let status = response.status();
        let body = to_bytes(response.into_body()).await.unwrap();
        // Of an archive it is enough that it is one.
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status, location: location.unwrap_or_default(), cookie, body }
    }

    async fn get(&self, url: &str, language: &str) -> Answer {
        let path = url.strip_prefix("https://plaza.test").unwrap_or(url);
        self.ask(TestRequest::get().uri(path).peer_addr(HERE), language).await
    }

    async fn submit(&self, fields: &[(&str, &str)], language: &str) -> Answer {
        self.ask(TestRequest::post().uri("/").peer_addr(HERE).set_form(fields), language).await
    }

    async fn write(&self, me: Me, writing: Writing) -> Post {
        posts::create(&self.app, me, writing).await.unwrap()
    }

    /// Lets somebody be asked for a second step.
    async fn with_second_step(&self, me: Me) {
        let set = self.app.write(move |tx| Ok(store::accounts::set_totp(tx, me.0, Some(b"sealed"), 0)?));
        set.await.unwrap();
    }

    async fn first_run(&self) -> (Me, Actor) {
        let person = people::NewPerson {
            name: "ana".into(),
            email: "ana@plaza.test".into(),
            password: "correct horse battery".into(),
            admin: true,
            language: "es".into(),
        };
        app::instance::ensure(&self.app).await.unwrap();
        let (ana, huerto) =
            setup::complete(&self.app, person, new_group("huerto", Visibility::Public), Purpose::Theme).await.unwrap();
        (Me(ana.id), huerto)
    }
}

fn new_group(name: &str, visibility: Visibility) -> groups::NewGroup {
    let summary = "Tomates *y* demás.".into();
    groups::NewGroup {
        hidden: false,
        name: name.into(),
        title: format!("El {name}"),
        summary,
        visibility,
        joining: Joining::Approval,
        reach: domain::group::Reach::Home,
        host: None,
    }
}

async fn neighbour(app: &App) -> ActorId {
    let uri = "https://other.test/users/bea".to_owned();
    let actor = Actor {
        title: "Bea <script>".into(),
        summary: "<p>Hola</p><script>alert(1)</script>".into(),
        url: "javascript:alert(1)".into(),
        inbox: format!("{uri}/inbox"),
        ..Actor::new(ActorKind::Person, uri, ("bea", "other.test"), Timestamp(0))
    };
    actors::learn(
        app,
        actors::Found { actor, keys: Vec::new(), rules: None, staff: None, emoji: Vec::new(), suspended: false },
    )
    .await
    .unwrap()
}

/// What is opened is closed, in its order.
fn is_well_formed(html: &str) -> std::result::Result<(), String> {
    const EMPTY: [&str; 6] = ["img", "meta", "link", "input", "br", "!doctype"];
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap_or_default();
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return Err(format!("</{name}> closes nothing")),
            Some(_) => {}
            None if EMPTY.contains(&name) || tag.ends_with('/') => {}
            None => open.push(name),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("open at the end: {open:?}")) }
}

/// Sentences of the other language that a page has no business to show.
pub(crate) fn strangers(page: &str, language: &str) -> Vec<&'static str> {
    let other = |(_, es, en): &(&str, &'static str, &'static str)| if language == "es" { *en } else { *es };
    let said = |text: &&'static str| text.len() > 12 && !text.contains('{') && page.contains(*text);
    TABLE.iter().map(other).filter(said).collect()
}

#[actix_web::test]
async fn every_page_is_whole_in_both_languages() {
    let world = World::new();
    let empty = world.get("/", "es").await;
    assert!(empty.body.contains("Pon en marcha tu comunidad"));
    let flawed = world.submit(&[("name", "admin")], "en").await;
    assert_eq!((flawed.status, is_well_formed(&flawed.body)), (StatusCode::UNPROCESSABLE_ENTITY, Ok(())));

    let (ana, huerto) = world.first_run().await;
    groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    neighbour(&world.app).await;
    let thread =
        Writing { text: "¿Riego?".into(), title: Some("Agua".into()), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    let mut parent = thread.id;
    for number in 0..9 {
        let warning = (number == 3).then(|| "Bichos".to_owned());
        let reply = Writing { text: format!("{number}"), warning, parent: Some(parent), ..Writing::default() };
        parent = world.write(ana, reply).await.id;
    }
    world.write(ana, Writing { text: "otra rama".into(), parent: Some(thread.id), ..Writing::default() }).await;
    let pages = [
        ("/", StatusCode::OK),
        ("/welcome?group=huerto", StatusCode::OK),
        ("/@huerto", StatusCode::OK),
        ("/@junta", StatusCode::OK),
        ("/@ana", StatusCode::OK),
        ("/@bea@other.test", StatusCode::OK),
        (&thread.uri, StatusCode::OK),
        (&format!("/@ana/{parent}"), StatusCode::OK),
        ("/@nobody", StatusCode::NOT_FOUND),
        ("/nothing/here", StatusCode::NOT_FOUND),
    ];
    for (path, status) in pages {
        for language in ["es", "en"] {
            let answer = world.get(path, language).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(is_well_formed(&answer.body), Ok(()), "{path}");
            assert!(answer.body.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert_eq!(strangers(&answer.body, language), Vec::<&str>::new(), "{path} in {language}");
            let scripts = answer.body.split("<script").skip(1);
            let is_ours = |script: &str| {
                script.starts_with(" src=\"/assets/page-") || script.starts_with(" type=\"application/ld+json\">{")
            };
            assert!(scripts.into_iter().all(is_ours) && !answer.body.contains("href=\"javascript:"), "{path}");
        }
    }
    let page = world.get(&thread.uri, "es").await.body;
    assert!(page.contains(&format!("<link rel=\"canonical\" href=\"{}\">", thread.uri)));
    assert!(page.contains("otra rama") && page.contains("10 respuestas"), "{page}");
}

#[actix_web::test]
async fn what_is_private_is_on_no_page() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let junta = groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let secret = Writing { text: "El acta secreta".into(), group: Some(junta.id), ..Writing::default() };
    let secret = world.write(ana, secret).await;
    for path in ["/", "/@junta", "/@ana", "/@junta?before=9223372036854775807"] {
        let answer = world.get(path, "es").await;
        assert!(answer.status == StatusCode::OK && !answer.body.contains("secreta"), "{path}");
    }
    assert!(!world.get("/", "es").await.body.contains("junta"));
    let (hidden, missing) = (world.get(&secret.uri, "es").await, world.get("/@ana/12345", "es").await);
    assert_eq!((hidden.status, hidden.body), (StatusCode::NOT_FOUND, missing.body));
}

const FIELDS: [(&str, &str); 9] = [
    ("name", "Ana"),
    ("email", "ana@plaza.test"),
    ("password", "correct horse battery"),
    ("group", "huerto"),
    ("title", "Huerto <b>"),
    ("summary", ""),
    ("visibility", "public"),
    ("purpose", "society"),
    ("joining", "open"),
];

#[actix_web::test]
async fn the_first_run_from_elsewhere_needs_the_code() {
    const FIELD: &str = "<input id=\"code\"";
    let world = World::new();
    let code = setup::code(&world.app).unwrap();
    assert!(!world.get("/", "es").await.body.contains(FIELD), "nobody at the machine needs it");
    let proxied = |request: TestRequest, header: &'static str| request.peer_addr(HERE).insert_header((header, "::1"));
    let strangers: [&dyn Fn(TestRequest) -> TestRequest; 4] = [
        &|request| request.peer_addr(ELSEWHERE),
        &|request| proxied(request, "x-forwarded-for"),
        &|request| proxied(request, "forwarded"),
        &|request| proxied(request, "x-real-ip"),
    ];
    let cut = code.get(1..).unwrap();
    for stranger in strangers {
        let form = world.ask(stranger(TestRequest::get().uri("/")), "en").await;
        assert!(form.body.contains(FIELD) && form.body.contains("Setup code") && !form.body.contains(&code));
        for entered in [None, Some(""), Some("2222222222"), Some(cut), Some("ñandúes")] {
            let fields: Vec<_> = FIELDS.into_iter().chain(entered.map(|entered| ("code", entered))).collect();
            let refused = world.ask(stranger(TestRequest::post().uri("/")).set_form(fields), "es").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{entered:?}");
            assert!(refused.body.contains("no es el código") && !refused.body.contains(&code), "{entered:?}");
            assert_eq!(is_well_formed(&refused.body), Ok(()));
        }
    }
    let invited = world.ask(TestRequest::get().uri(&format!("/?code={code}")).peer_addr(ELSEWHERE), "es").await;
    assert!(invited.body.contains(&format!("value=\"{code}\"")), "{}", invited.body);
    let shouted = format!(" {} ", code.to_uppercase());
    let fields: Vec<_> = FIELDS.into_iter().chain([("code", shouted.as_str())]).collect();
    let made = world.ask(TestRequest::post().uri("/").peer_addr(ELSEWHERE).set_form(fields), "es").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
}

#[actix_web::test]
async fn the_first_run_happens_once() {
    let world = World::new();
    let fields = FIELDS;
    let mut wrong = fields;
    (wrong[3].1, wrong[7].1) = ("ana", "nonsense");
    let flawed = world.submit(&wrong, "en").await;
    assert_eq!(flawed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(flawed.body.contains("cannot have the same name") && flawed.body.contains("Choose an option"));
    assert!(
        flawed.body.contains("Enter it again") && flawed.body.contains("#group\">Name in its address: "),
        "{}",
        flawed.body
    );
    assert!(
        flawed.body.contains("Huerto &#60;b&#62;") && !flawed.body.contains("correct horse battery"),
        "{}",
        flawed.body
    );

    let (one, two) = futures_util::join!(world.submit(&fields, "es"), world.submit(&fields, "es"));
    let mut results = [one.status, two.status];
    results.sort();
    assert_eq!(results, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let made = if one.status == StatusCode::SEE_OTHER { one } else { two };
    let welcome = world.get(&made.location, "es").await;
    assert!(welcome.status == StatusCode::OK && welcome.body.contains("@huerto@plaza.test"));
    assert_eq!(world.submit(&fields, "es").await.status, StatusCode::CONFLICT);
    let entry = sessions::enter(&world.app, "ana", "correct horse battery".into(), &Whence::default()).await.unwrap();
    assert!(matches!(entry, sessions::Entry::In(_)));
}

#[actix_web::test]
async fn a_page_has_one_address() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let post = world.write(ana, Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() }).await;
    for (path, page) in [
        ("/@Huerto".to_owned(), huerto.uri.clone()),
        ("/@huerto@plaza.test".to_owned(), huerto.uri.clone()),
        (format!("/@ANA/{}", post.id), post.uri.clone()),
    ] {
        let answer = world.get(&path, "es").await;
        assert_eq!((answer.status, answer.location), (StatusCode::MOVED_PERMANENTLY, page), "{path}");
    }
    assert_eq!(world.get(&format!("/@huerto/{}", post.id), "es").await.status, StatusCode::NOT_FOUND);
    let invited = world.get(&format!("/authorize_interaction?uri={}", post.uri), "es").await;
    assert_eq!((invited.status, invited.location), (StatusCode::SEE_OTHER, post.uri.clone()));
    for uri in ["javascript:alert(1)", "evil.test", ""] {
        let answer = world.get(&format!("/authorize_interaction?uri={uri}"), "es").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
    }
    // What is elsewhere is for those who live here; nobody is led there.
    let foreign = world.get("/authorize_interaction?uri=https://evil.test/@ana", "es").await;
    assert!(
        foreign.status == StatusCode::SEE_OTHER && foreign.location.starts_with("/login?back="),
        "{}",
        foreign.location
    );
    posts::delete(&world.app, ana, post.id).await.unwrap();
    assert_eq!(world.get(&post.uri, "es").await.status, StatusCode::GONE);
}
