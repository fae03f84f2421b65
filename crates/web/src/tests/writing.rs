//! Writing with pictures, polls and quotes, and losing nothing of it.
use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::posts::Writing;
use domain::group::Visibility;

use super::{
    HERE, World,
    journeys::{Browser, login},
};

/// A picture of one pixel.
pub(super) const PICTURE: [u8; 69] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 144, 119, 83,
    222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 248, 223, 224, 0, 0, 4, 65, 1, 192, 12, 209, 237, 145, 0, 0, 0, 0,
    73, 69, 78, 68, 174, 66, 96, 130,
];

/// The number of what is attached on a page.
pub(super) fn attached(page: &str) -> &str {
    page.split("name=\"media\" value=\"").nth(1).expect("something attached").split('"').next().unwrap()
}

/// Whether the first picture of a page is fetched only when it is scrolled to.
fn waits(page: &str) -> bool {
    let gallery = page.split("<ul class=\"gallery").nth(1).expect("a picture");
    gallery.split("</li>").next().unwrap().contains("loading=\"lazy\"")
}

#[actix_web::test]
async fn pictures_come_by_a_form_and_are_described() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let group = huerto.id.to_string();
    let text = [("group", group.as_str()), ("title", "Tomates"), ("text", "Mirad")];

    let nonsense = ana.bring(&[&text[..], &[("attach", "yes")]].concat(), b"<svg onload=alert(1)>").await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nonsense.body.contains("Ese archivo no se puede usar") && nonsense.body.contains("Mirad"));

    let shown = ana.bring(&[&text[..], &[("attach", "yes")]].concat(), &PICTURE).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let media = attached(&shown.body).to_owned();
    let alt = format!("alt-{media}");
    // It is there tomorrow, too, with the words around it.
    let again = ana.get("/write").await.body;
    assert!(
        again.contains("lo que dejaste a medias") && attached(&again) == media && again.contains("Mirad"),
        "{again}"
    );

    let warned = ana.send("/write", "/write", &text).await;
    assert_eq!(warned.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(warned.body.contains("Una imagen no tiene descripción") && warned.body.contains("name=\"anyway\""));
    let described = [&text[..], &[(alt.as_str(), "Un <tomate>"), ("sensitive", "yes")]].concat();
    let thread = ana.send("/write", "/write", &described).await;
    assert_eq!(thread.status, StatusCode::SEE_OTHER, "{}", thread.body);
    let page = world.get(&thread.location, "es").await.body;
    assert!(page.contains("alt=\"Un &#60;tomate&#62;\"") && page.contains("class=\"veil\""), "{page}");
    assert!(waits(&page), "what is covered is fetched when somebody wants to see it");
    assert!(!ana.get("/write").await.body.contains("Mirad"), "what was published is no draft any more");

    let shown = ana.bring(&[&text[..], &[("attach", "yes")]].concat(), &PICTURE).await;
    let alt = format!("alt-{}", attached(&shown.body));
    let thread = ana.send("/write", "/write", &[&text[..], &[(alt.as_str(), "Un tomate")]].concat()).await;
    assert!(!waits(&world.get(&thread.location, "es").await.body), "what one sees first comes at once");
}

#[actix_web::test]
async fn who_has_one_community_need_not_choose_it() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let ana = Browser::of(&world, me, "es").await;
    let chosen = |group: &str| format!("<option value=\"{group}\" selected>");
    let page = ana.get("/write").await.body;
    assert!(page.contains(&chosen(&huerto.id.to_string())), "{page}");
    let (text, file) = (page.find("id=\"text\"").unwrap(), page.find("id=\"file\"").unwrap());
    assert!(text < file && file < page.find("id=\"warning\"").unwrap(), "pictures come right after the text");
    // Of two, one is chosen by whoever writes.
    app::groups::create(&world.app, me.0, super::new_group("cine", Visibility::Public)).await.unwrap();
    assert!(!ana.get("/write").await.body.contains(&chosen(&huerto.id.to_string())));
}

#[actix_web::test]
async fn a_poll_is_asked_and_answered_by_forms() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let group = huerto.id.to_string();
    let text = [("group", group.as_str()), ("text", "¿Cuándo regamos?"), ("option", "Lunes"), ("option", "Martes")];
    let thread = ana.send("/write", "/write", &text).await;
    assert_eq!(thread.status, StatusCode::SEE_OTHER, "{}", thread.body);
    let thread = thread.location;
    let visitor = world.get(&thread, "es").await.body;
    assert!(visitor.contains("0 %") && !visitor.contains("action=\"/choose\""), "{visitor}");

    let page = bea.get(&thread).await.body;
    assert!(page.contains("Upvote</button>") && !page.contains("Vote</button>"), "one button is for the poll: {page}");
    assert_eq!(bea.send(&thread, "/choose", &[("choice", "1")]).await.status, StatusCode::SEE_OTHER);
    let page = bea.get(&thread).await.body;
    assert!(page.contains("100 %") && page.contains("your vote") && page.contains("1 person voted"), "{page}");
    assert!(!page.contains("action=\"/choose\""), "once and for all");
    // Whoever changes what they asked sees the poll beside it, as it will stay.
    let edit = format!("/write?edit={}", thread.rsplit('/').next().unwrap());
    let preview = ana.send(&edit, "/write", &[("text", "¿Cuándo regamos, pues?"), ("preview", "yes")]).await;
    assert!(preview.body.contains("regamos, pues") && preview.body.contains("Martes"), "{}", preview.body);

    // One whose results stay hidden shows what there is to choose, and what one chose.
    let hidden = [&text[..], &[("hide_totals", "yes")]].concat();
    let hidden = ana.send("/write", "/write", &hidden).await.location;
    let page = bea.get(&hidden).await.body;
    assert!(page.contains("can be seen once the poll has ended") && !page.contains("class=\"bars\""), "{page}");
    bea.send(&hidden, "/choose", &[("choice", "1")]).await;
    let page = bea.get(&hidden).await.body;
    assert!(page.contains("your vote") && page.contains("1 person voted") && !page.contains(" %</span>"), "{page}");

    // Bea quotes it, and readers find it in the quote.
    let id = thread.rsplit('/').next().unwrap();
    let quoting = [("group", group.as_str()), ("text", "Look at this"), ("language", "en")];
    let quoting = bea.send(&format!("/write?quote={id}"), "/write", &quoting).await;
    assert_eq!(quoting.status, StatusCode::SEE_OTHER, "{}", quoting.body);
    let page = world.get(&quoting.location, "es").await.body;
    assert!(page.contains("<blockquote class=\"quote\"") && page.contains("Cuándo regamos"), "{page}");
}

#[actix_web::test]
async fn an_ended_session_loses_no_text() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let token = Browser::of(&world, ana, "es").await.token("/write").await;
    let group = huerto.id.to_string();
    let written = [("form_token", &*token), ("to", ""), ("group", &group), ("text", "Media hora de <trabajo>")];
    let request = TestRequest::post().uri("/write").peer_addr(HERE).set_form(written);
    let door = world.ask(request, "es").await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED, "{}", door.body);
    let entered = [("name", "ana"), ("password", "correct horse battery"), ("back", "/write")];
    let entering = TestRequest::post().uri("/login").peer_addr(HERE).set_form(entered);
    let inside = world.ask(entering.insert_header((header::COOKIE, door.cookie)), "es").await;
    assert_eq!((inside.status, inside.location.as_str()), (StatusCode::SEE_OTHER, "https://plaza.test/write"));
    let ana = Browser::of(&world, ana, "es").await;
    let page = ana.get("/write").await.body;
    assert!(page.contains("Media hora de &#60;trabajo&#62;") && page.contains("lo que dejaste a medias"), "{page}");
    let gone = ana.send("/write", "/write", &[("discard", "yes"), ("text", "x")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!ana.get("/write").await.body.contains("Media hora"));
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let rest = page.split_once(from).unwrap_or_else(|| panic!("no {from}: {page}")).1;
    rest.split_once(to).expect(to).0
}

#[actix_web::test]
async fn a_preview_is_what_is_sent() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let rule = app::bylaws::Entry { key: None, title: "Sin gritos".into(), text: String::new(), others: Vec::new() };
    app::bylaws::change(&world.app, me, huerto.id, 0, vec![rule]).await.unwrap();
    let old = Writing { text: "Tomates con manchas".into(), group: Some(huerto.id), ..Writing::default() };
    let old = world.write(bea, old).await;
    let ana = Browser::of(&world, me, "es").await;
    let group = huerto.id.to_string();
    let quote = format!("/write?quote={}&group={group}", old.id);
    let text = "# Manchas\n\nGracias @bea, y no @nadie@lejos.test. #tomates";
    let written = [
        ("group", &*group),
        ("title", "Tomates con manchas negras"),
        ("text", text),
        ("language", "es"),
        ("sensitive", "yes"),
    ];
    let shown = ana.bring(&[&written[..], &[("attach", "yes")]].concat(), &PICTURE).await;
    let media = attached(&shown.body).to_owned();
    let alt = format!("alt-{media}");
    let whole = [&written[..], &[("media", &*media), (&*alt, "Manchas")]].concat();
    let preview = ana.send(&quote, "/write", &[&whole[..], &[("preview", "yes")]].concat()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let panel = between(&preview.body, "<section class=\"panel preview\"", "<form class=\"form\"");
    assert!(panel.contains("class=\"veil\"") && panel.contains("Tomates con manchas</"), "{panel}");
    assert!(panel.contains("?until="), "nobody else sees the picture yet: {panel}");
    let toot = between(panel, "<div class=\"toot\"", "<p class=\"hint\">");
    assert!(toot.contains("<strong>Tomates con manchas negras</strong>") && !toot.contains("<h1"), "{toot}");
    assert!(toot.contains("class=\"veil\"") && toot.contains("<blockquote class=\"quote\""), "{toot}");
    assert!(panel.contains("¿Se ha hablado ya de esto?") && panel.contains(&old.uri), "{panel}");
    assert!(preview.body.contains("Las normas de El huerto"), "{}", preview.body);

    let sent = ana.send(&quote, "/write", &whole).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let page = world.get(&sent.location, "es").await.body;
    let prose = |page: &str| between(page, "<div class=\"prose\" lang=\"es\" dir=\"auto\">", "</div>").to_owned();
    assert_eq!(prose(panel), prose(&page));
    for link in ["https://plaza.test/@bea\"", "https://plaza.test/tags/tomates\"", "@nadie@lejos.test"] {
        assert!(prose(panel).contains(link), "{link}: {panel}");
    }
}
