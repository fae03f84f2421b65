//! How much comes over the line for a first look, and what is kept for the next visitor.
use actix_web::{
    body::to_bytes,
    dev::ServiceResponse,
    http::{StatusCode, header},
    test::{TestRequest, call_service, init_service},
    web::{Bytes, Data},
};
use app::{Me, posts::Writing};
use domain::{actor::Actor, group::Visibility};

use super::{
    HERE, World,
    journeys::{Browser, login},
    new_group,
};

/// The most that a first look costs: the page, its style sheet, its script and its mark, compressed.
const BUDGET: usize = 60_000;
/// How many replies a long thread has.
const REPLIES: usize = 100;

/// A thread with many replies of a few paragraphs.
async fn long_thread(world: &World, ana: Me, huerto: &Actor) -> String {
    let thread = Writing { text: "¿Quién riega?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    for number in 0..REPLIES {
        let text = format!(
            "Respuesta {number}: los **martes** y los jueves, antes de las ocho, con la manguera de la fuente.\n\n\
             Y si llueve, nada: se mira el cielo y se deja para el día {}.",
            number * 7 % 31
        );
        world.write(ana, Writing { text, parent: Some(thread.id), ..Writing::default() }).await;
    }
    thread.uri
}

/// What a browser fetches at once to show a page.
fn needed(page: &str) -> Vec<String> {
    let heads = page.split("</head>").next().unwrap_or_default();
    let named = heads.split(['"', ' ']).filter(|word| word.starts_with("/assets/"));
    named.map(str::to_owned).collect()
}

#[actix_web::test]
async fn a_first_look_is_light() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let thread = long_thread(&world, ana, &huerto).await;
    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = init_service(service).await;
    let fetch = async |path: &str| -> Bytes {
        let request = TestRequest::get().uri(path).peer_addr(HERE).insert_header((header::ACCEPT_ENCODING, "gzip, br"));
        let answer = call_service(&service, request.to_request()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        to_bytes(answer.into_body()).await.unwrap()
    };
    for page in ["/", "/communities", "/@huerto", "/@ana", "/login", "/about", &*thread] {
        let plain = world.get(page, "en").await.body;
        let files = needed(&plain);
        assert!(files.len() >= 2, "{page}: {files:?}");
        let path = page.strip_prefix("https://plaza.test").unwrap_or(page);
        let mut bytes = fetch(path).await.len();
        for file in &files {
            bytes += fetch(file).await.len();
        }
        assert!(bytes <= BUDGET, "{page} costs {bytes} bytes");
    }
}

#[actix_web::test]
async fn a_look_of_a_member_is_light_and_gives_no_token_away() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let thread = long_thread(&world, ana, &huerto).await;
    let bea = login(&world, "bea").await;
    app::members::join(&world.app, bea, huerto.id).await.unwrap();
    let (ana, bea) = (Browser::of(&world, ana, "en").await, Browser::of(&world, bea, "en").await);
    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = init_service(service).await;
    let fetch = async |who: &Browser<'_>, path: &str, coding: &str| -> (bool, Bytes) {
        let request = TestRequest::get().uri(path).peer_addr(HERE).insert_header((header::COOKIE, who.cookie()));
        let request = request.insert_header((header::ACCEPT_ENCODING, coding.to_owned())).to_request();
        let answer = call_service(&service, request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let is_packed = answer.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
        let varies = answer.headers().get_all(header::VARY).any(|value| value == "Accept-Encoding");
        assert!(varies || !is_packed, "{path}");
        (is_packed, to_bytes(answer.into_body()).await.unwrap())
    };
    let path = thread.strip_prefix("https://plaza.test").unwrap();
    for page in ["/", "/communities", "/@huerto", "/notices", "/settings", path] {
        let (is_packed, whole) = fetch(&bea, page, "").await;
        assert!(!is_packed, "{page}");
        let mut bytes = fetch(&bea, page, "gzip").await.1.len();
        for file in needed(&String::from_utf8_lossy(&whole)) {
            bytes += fetch(&bea, &file, "gzip").await.1.len();
        }
        assert!(bytes <= BUDGET, "{page} costs {bytes} bytes");
    }
    assert!(fetch(&bea, path, "gzip").await.0);
    assert_ne!(bea.token(path).await, bea.token(path).await, "no two answers say it in the same way");
    // Beside what whoever led there chose, no other secret is compressed.
    for page in [format!("/subscribe?group={}", junta.id), "/admin/people".into()] {
        assert!(!fetch(&ana, &page, "gzip").await.0, "{page}");
    }
}

#[actix_web::test]
async fn what_visitors_are_shown_is_kept_until_something_happens() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let thread = Writing { text: "¿Quién riega?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = init_service(service).await;
    let look = async |language: &str, coding: &str| -> ServiceResponse {
        let request = TestRequest::get().uri(thread.uri.strip_prefix("https://plaza.test").unwrap()).peer_addr(HERE);
        let request = request.insert_header((header::ACCEPT_LANGUAGE, language.to_owned()));
        call_service(&service, request.insert_header((header::ACCEPT_ENCODING, coding.to_owned())).to_request()).await
    };
    let read = async |answer: ServiceResponse| {
        String::from_utf8_lossy(&to_bytes(answer.into_body()).await.unwrap()).into_owned()
    };
    let first = read(look("es", "").await).await;
    assert_eq!(first, read(look("es", "identity").await).await);
    assert!(read(look("en", "").await).await.contains("<html lang=\"en\">"), "each language has its own");

    let packed = look("es", "br;q=1.0, gzip;q=0.8").await;
    assert_eq!(packed.headers().get(header::CONTENT_ENCODING).unwrap(), "gzip");
    let varies = packed.headers().get_all(header::VARY).any(|value| value == "Accept-Encoding");
    assert!(varies && to_bytes(packed.into_body()).await.unwrap().len() < first.len() / 2);
    assert!(look("es", "gzip;q=0").await.headers().get(header::CONTENT_ENCODING).is_none());

    world.write(ana, Writing { text: "Yo".into(), parent: Some(thread.id), ..Writing::default() }).await;
    assert!(read(look("es", "").await).await.contains("1 respuesta"), "what happens shows at once");
    app::posts::delete(&world.app, ana, thread.id).await.unwrap();
    assert_eq!(look("es", "").await.status(), StatusCode::GONE);
}
