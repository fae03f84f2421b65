//! What is being written is kept whole, comes back whatever happens, and begins as its author usually writes.
use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::posts::{self, Writing};
use domain::{
    id::PostId,
    post::{Post, Quoting},
};

use super::{
    HERE, World,
    journeys::{Browser, login},
    writing::{PICTURE, attached},
};

/// The number of the post at the address to which somebody is led.
fn led_to(location: &str) -> PostId {
    let id = location.rsplit_once("#p").or_else(|| location.rsplit_once('/')).expect("a post").1;
    id.parse().unwrap()
}

async fn load(world: &World, id: PostId) -> Post {
    world.app.read(move |c| store::posts::by_id(c, id)).await.unwrap().unwrap()
}

#[actix_web::test]
async fn what_was_written_for_what_is_gone_comes_back() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    app::members::join(&world.app, bea, huerto.id).await.unwrap();
    let say = async |parent| {
        world.write(ana, Writing { text: "Tema".into(), group: Some(huerto.id), parent, ..Writing::default() }).await
    };
    let thread = say(None).await;
    let (asked, other) = (say(Some(thread.id)).await, say(Some(thread.id)).await);
    let page = Browser::of(&world, bea, "es").await;
    let own = page.send(&format!("/write?to={}", other.id), "/write", &[("text", "Mío")]).await;
    let own = led_to(&own.location);
    let form = format!("/write?to={}", asked.id);
    let token = page.token(&form).await;
    for gone in [asked.id, other.id] {
        posts::delete(&world.app, ana, gone).await.unwrap();
    }
    let (to, written) = (asked.id.to_string(), "Media hora de trabajo");
    let fields = [("form_token", &*token), ("to", &*to), ("text", written)].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let refused = page.post("/write", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    for shown in [refused.body, page.get(&form).await.body] {
        assert!(shown.contains(written) && shown.contains("Esto ya no está"), "{shown}");
        assert!(shown.contains("name=\"discard\"") && !shown.contains(">Responder</button>"), "{shown}");
    }
    page.send(&form, "/write", &[("discard", "yes")]).await;
    assert_eq!(page.fetch(&form).await.status, StatusCode::NOT_FOUND);

    // One's own answer can be changed when what it answers is gone.
    let changed = page.send(&format!("/write?edit={own}"), "/write", &[("text", "Mío todavía")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let post = load(&world, own).await;
    assert_eq!((&*post.content.html, post.parent), ("<p>Mío todavía</p>", Some(other.id)));
    assert_eq!(post.content.title, None, "it is still an answer");
}

/// What a script sends now and then is what would be sent.
#[actix_web::test]
async fn a_draft_keeps_descriptions_and_how_long_a_poll_is_open() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let ana = Browser::of(&world, me, "es").await;
    let group = huerto.id.to_string();
    let shown = ana.bring(&[("group", &*group), ("text", "Mirad"), ("attach", "yes")], &PICTURE).await;
    let media = attached(&shown.body).to_owned();
    let alt = format!("alt-{media}");
    let entered = [
        ("group", &*group),
        ("text", "Mirad"),
        ("media", &*media),
        ("option", "Sí"),
        ("option", "No"),
        ("lasts", "7d"),
    ];
    let is_whole = |page: &str, alt: &str| page.contains(alt) && page.contains("<option value=\"7d\" selected>");

    let token = ana.token("/write").await;
    let kept = [&entered[..], &[("form_token", &*token), (&*alt, "Un tomate")]].concat();
    let kept: Vec<_> = kept.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(ana.post("/write/draft", &kept).await.status, StatusCode::NO_CONTENT);
    let page = ana.get("/write").await.body;
    assert!(is_whole(&page, "Un tomate"), "{page}");

    // The same comes through the door with whoever has to sign in again.
    let sent = [&entered[..], &[(&*alt, "Un tomate maduro")]].concat();
    let unkept = TestRequest::post().uri("/write/draft").peer_addr(HERE).set_form(&sent);
    assert_eq!(world.ask(unkept, "es").await.status, StatusCode::UNAUTHORIZED);
    let sent = [&sent[..], &[("form_token", &*token)]].concat();
    let door = world.ask(TestRequest::post().uri("/write").peer_addr(HERE).set_form(&sent), "es").await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED, "{}", door.body);
    let entered = [("name", "ana"), ("password", "correct horse battery"), ("back", "/write")];
    let login = TestRequest::post().uri("/login").peer_addr(HERE).set_form(entered);
    let inside = world.ask(login.insert_header((header::COOKIE, door.cookie.as_str())), "es").await;
    assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.body);
    let page = ana.get("/write").await.body;
    assert!(is_whole(&page, "Un tomate maduro"), "{page}");
}

#[actix_web::test]
async fn one_writes_as_one_usually_does() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let ana = Browser::of(&world, me, "es").await;
    let chosen = |tag: &str| format!("<option value=\"{tag}\" selected>");
    assert!(ana.get("/write").await.body.contains(&chosen("es")), "the language of the page");
    let charter = domain::charter::Charter { languages: vec!["ca".into()], ..Default::default() };
    world.app.write(move |tx| Ok(store::charters::set(tx, huerto.id, &charter)?)).await.unwrap();
    assert!(ana.get("/write").await.body.contains(&chosen("ca")), "the only one of the community");
    let usual = [("language", "de"), ("audience", "followers"), ("quoting", "nobody"), ("sensitive", "yes")];
    let saved = ana.send("/settings/writing", "/settings/writing", &usual).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = ana.get("/settings/writing").await.body;
    assert!(page.contains(&chosen("de")) && page.contains("value=\"nobody\" checked"), "{page}");
    assert!(ana.get("/write").await.body.contains(&chosen("de")), "one's own");
    let wrong = ana.send(
        "/settings/writing",
        "/settings/writing",
        &[("language", "de"), ("audience", "x"), ("quoting", "nobody")],
    );
    assert_eq!(wrong.await.status, StatusCode::BAD_REQUEST);

    let page = "/settings/reading";
    let wanted = [("covered", "hide_all"), ("plays", "yes")];
    assert_eq!(ana.send(page, page, &wanted).await.status, StatusCode::SEE_OTHER);
    let shown = ana.get(page).await.body;
    assert!(shown.contains("value=\"hide_all\" checked") && shown.contains("name=\"plays\" value=\"yes\" checked"));
    assert!(ana.get("/settings/writing").await.body.contains("value=\"nobody\" checked"), "the one leaves the other");

    let group = huerto.id.to_string();
    let shown =
        ana.bring(&[("group", &*group), ("text", "Schau"), ("language", "de"), ("attach", "yes")], &PICTURE).await;
    assert!(shown.body.contains("name=\"sensitive\" value=\"yes\" checked"), "{}", shown.body);
    let written = [("group", &*group), ("text", "Schau"), ("language", "de"), ("anyway", "yes")];
    let sent = ana.send("/write", "/write", &written).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let id = led_to(&sent.location);
    let post = load(&world, id).await;
    assert_eq!((post.content.quoting, post.group), (Quoting::Nobody, Some(huerto.id)));
    assert_eq!(post.content.language.as_deref(), Some("de"));

    // A change leaves what was agreed to, and a language that is not offered.
    let swedish = Writing {
        text: "Titta här".into(),
        language: Some("sv".into()),
        group: Some(huerto.id),
        quoting: Quoting::Followers,
        ..Writing::default()
    };
    let swedish = world.write(me, swedish).await.id;
    for page in [format!("/write?edit={swedish}"), format!("/write?to={swedish}")] {
        let shown = ana.get(&page).await.body;
        assert!(shown.contains(&chosen("sv")), "{shown}");
    }
    let edit = format!("/write?edit={swedish}");
    let changed = ana.send(&edit, "/write", &[("text", "Titta"), ("language", "sv")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let post = load(&world, swedish).await;
    assert_eq!((post.content.quoting, post.content.language.as_deref()), (Quoting::Followers, Some("sv")));
    assert!(!post.content.sensitive, "nobody said so of this one");
}
