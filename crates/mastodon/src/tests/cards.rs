//! Pages to which posts link: read by the server, once for all, and shown with every post that links to them.
use actix_web::web::Bytes;
use app::Result;
use domain::group::{Joining, Visibility};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde_json::{Value, json};
use store::testing::Counter;

use super::{World, media, of, on_both};

/// A page, and what it says.
const PAGE: &str = "https://pages.example/riego?a=1";
const TEXT: &str = r#"<html lang="es"><head><title>Riego</title><meta name="description" content="Con poca agua">
    <meta property="og:site_name" content="Huertos"><meta property="og:image" content="/gota.png">
    <meta name="author" content="Ana"><meta property="article:published_time" content="2026-03-01">
    <meta name="fediverse:creator" content="@Bea@plaza.example"></head></html>"#;

/// One by somebody else.
const OTHER: &str = "https://pages.example/semillas";

/// Another one, whose picture is a film.
const CINEMA: &str = "https://pages.example/cine";

/// Pages that can be looked at where they are linked to: as the first says itself, as another server says of the second.
const FILM: &str = "https://pages.example/corto";
const PHOTO: &str = "https://pages.example/foto";
const OFFER: &str = "https://pages.example/oembed?url=foto";

/// What is offered at an address.
pub(super) fn offer(url: &str) -> Option<Bytes> {
    let photo = json!({ "version": "1.0", "type": "photo", "url": "https://pages.example/gota.png", "width": 640, "height": 320,
        "author_name": "Caro", "author_url": "https://pages.example/caro" });
    (url == OFFER).then(|| photo.to_string().into())
}

/// What stands at an address; the film never ends.
pub(super) fn at(url: &str) -> Option<BoxStream<'static, Result<Bytes>>> {
    let whole = match url {
        PAGE => Bytes::from_static(TEXT.as_bytes()),
        OTHER => Bytes::from_static(b"<title>Semillas</title><meta name=fediverse:creator content=@ana@plaza.example>"),
        "https://pages.example/gota.png" => media::picture().into(),
        FILM => Bytes::from_static(
            br#"<title>Corto</title><meta name="twitter:player" content="https://tube.example/e/1?a=1&amp;b='">
            <meta name="twitter:player:width" content="480"><meta name="twitter:player:height" content="270">
            <script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"Bea","url":"/bea"}}</script>"#,
        ),
        PHOTO => Bytes::from_static(
            b"<title>Foto</title><link rel=alternate type=application/json+oembed href=/oembed?url=foto>",
        ),
        CINEMA => Bytes::from_static(b"<title>Cine</title><meta property=og:image content=/film>"),
        "https://pages.example/film" => {
            let begins = [&b"\0\0\0\x20ftypisom"[..], &[0; 100]].concat();
            return Some(stream::iter([Ok(Bytes::from(begins))]).chain(stream::pending()).boxed());
        }
        _ => return None,
    };
    Some(stream::iter([Ok(whole)]).boxed())
}

async fn card(w: &World, status: &Value) -> Value {
    w.get_unknown(&of(status, "")).await.ok()["card"].clone()
}

async fn a_page_is_read_once_for_all_that_link_to_it(w: World) {
    let own = w.say(&w.ana, &format!("@bea mirad #agua {PAGE}#parte")).await;
    assert_eq!(own["card"], Value::Null, "nobody has read it yet");
    w.work().await;
    let shown = card(&w, &own).await;
    for (name, value) in [
        ("url", PAGE),
        ("title", "Riego"),
        ("description", "Con poca agua"),
        ("language", "es"),
        ("provider_name", "Huertos"),
        ("provider_url", "https://pages.example"),
        ("author_name", "Ana"),
        ("published_at", "2026-03-01T00:00:00.000Z"),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let image = shown["image"].as_str().unwrap();
    assert!(
        image.starts_with("https://plaza.example/media/cards/"),
        "nobody is seen elsewhere when they read: {image}"
    );
    assert_eq!((&shown["width"], &shown["height"]), (&json!(64), &json!(32)));
    assert!(shown["blurhash"].as_str().unwrap().len() > 20, "{shown}");

    let other = w.say(&w.bea, &format!("otra vez: {PAGE}")).await;
    assert_eq!(other["card"]["title"], "Riego", "it is known");
    let vain = w.say(&w.bea, "https://nowhere.example/").await;
    w.work().await;
    assert_eq!(card(&w, &vain).await, Value::Null);
    let ours = w.say(&w.bea, &format!("{} y @ana #agua", own["url"].as_str().unwrap())).await;
    w.work().await;
    assert_eq!(card(&w, &ours).await, Value::Null, "names, hashtags and pages of here are no links");

    w.call(&w.bea, "PUT", &of(&other, ""), json!({ "status": "nada" })).await.ok();
    assert_eq!(card(&w, &other).await, Value::Null, "what is not there any more is not shown");
}

async fn a_page_shows_its_author_who_says_that_they_write_there(w: World) {
    let status = w.say(&w.ana, PAGE).await;
    w.work().await;
    let author = async || card(&w, &status).await["authors"][0]["account"]["acct"].clone();
    let writes_at = async |sites: &[&str]| {
        let body = json!({ "attribution_domains": sites });
        w.call(&w.bea, "PATCH", "/api/v1/accounts/update_credentials", body).await.ok();
    };
    assert_eq!(author().await, Value::Null, "a page may name anybody");
    for (sites, shown) in [
        (&["ages.example", "other.example"][..], Value::Null),
        (&["pages.example"], json!("bea")),
        (&["es.pages.example"], Value::Null),
    ] {
        writes_at(sites).await;
        assert_eq!(author().await, shown, "{sites:?}");
        let trends = w.get_unknown("/api/v1/trends/links").await.ok();
        assert_eq!(trends[0]["authors"][0]["account"]["acct"], shown, "{sites:?}");
    }
}

async fn of_however_many_pages_the_authors_are_looked_up_at_once(w: World) {
    for who in [&w.ana, &w.bea] {
        let body = json!({ "attribution_domains": ["pages.example"] });
        w.call(who, "PATCH", "/api/v1/accounts/update_credentials", body).await.ok();
    }
    let counter = Counter::default();
    let watching = counter.clone();
    let watch = w.db.read(move |c| {
        watching.watch(c);
        Ok::<_, store::Error>(())
    });
    watch.await.unwrap();
    let mut costs = Vec::new();
    for (page, authors) in [(PAGE, 1), (OTHER, 2)] {
        w.say(&w.caro, page).await;
        w.work().await;
        let listed = async || w.get_unknown(&format!("/api/v1/accounts/{}/statuses", w.caro.id())).await.ok();
        listed().await;
        let before = counter.count();
        let listed = listed().await;
        costs.push(counter.count() - before);
        let named = listed.as_array().unwrap().iter();
        let named = named.filter(|status| status["card"]["authors"][0]["account"]["acct"].is_string());
        assert_eq!(named.count(), authors, "{listed}");
    }
    assert_eq!(costs.first(), costs.last(), "two authors cost what one does");
}

async fn what_says_that_it_is_a_picture_and_is_none_is_not_read(w: World) {
    let status = w.say(&w.ana, CINEMA).await;
    w.work().await;
    let shown = card(&w, &status).await;
    assert_eq!((&shown["title"], &shown["width"], &shown["height"]), (&json!("Cine"), &json!(0), &json!(0)));
    assert_eq!(shown["blurhash"], Value::Null);
}

async fn what_can_be_looked_at_in_place_of_a_page_is_told_in_our_own_words(w: World) {
    let (film, photo) = (w.say(&w.ana, FILM).await, w.say(&w.ana, PHOTO).await);
    w.work().await;
    let film = card(&w, &film).await;
    assert_eq!((&film["type"], &film["width"], &film["height"]), (&json!("video"), &json!(480), &json!(270)));
    assert_eq!(film["embed_url"], "https://tube.example/e/1?a=1&b=%27");
    let html = film["html"].as_str().unwrap();
    let start = "<iframe src=\"https://tube.example/e/1?a=1&amp;b=%27\" width=\"480\" height=\"270\" ";
    assert!(html.starts_with(start) && html.ends_with("\"></iframe>"), "{html}");
    let bea = json!([{ "name": "Bea", "url": "https://pages.example/bea", "account": null }]);
    assert_eq!((&film["authors"], &film["author_name"], &film["author_url"]), (&bea, &bea[0]["name"], &bea[0]["url"]));
    let photo = card(&w, &photo).await;
    assert_eq!((&photo["type"], &photo["width"], &photo["height"]), (&json!("photo"), &json!(640), &json!(320)));
    assert_eq!((&photo["embed_url"], &photo["html"]), (&photo["image"], &json!("")), "it is handed on from here");
    assert!(photo["image"].as_str().unwrap().starts_with("https://plaza.example/media/cards/"), "{photo}");
    assert_eq!(photo["authors"][0]["url"], "https://pages.example/caro");
}

async fn of_what_is_not_for_everybody_no_page_hears(w: World) {
    w.group("club", Visibility::Private, Joining::Invite).await;
    let direct = json!({ "status": format!("@bea {PAGE}"), "visibility": "direct" });
    let followers = json!({ "status": PAGE, "visibility": "private" });
    let secret = json!({ "status": format!("@club {PAGE}") });
    for body in [direct, followers, secret] {
        let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
        w.work().await;
        assert_eq!(w.get(&w.ana, &of(&status, "")).await.ok()["card"], Value::Null, "{status}");
    }
    assert_eq!(w.app.read(|c| store::cards::at(c, PAGE)).await.unwrap(), None);
}

async fn links_are_counted_and_found(w: World) {
    for who in [&w.ana, &w.bea] {
        w.say(who, PAGE).await;
    }
    w.say(&w.caro, "https://nowhere.example/").await;
    w.work().await;
    let trends = w.get_unknown("/api/v1/trends/links").await.ok();
    assert_eq!((trends.as_array().map(Vec::len), &trends[0]["title"]), (Some(1), &json!("Riego")));
    assert_eq!((&trends[0]["history"][0]["uses"], &trends[0]["history"][0]["accounts"]), (&json!("2"), &json!("2")));
    assert_eq!(w.get_unknown("/api/v1/trends/links?offset=1").await.ok(), json!([]));
    let path = "/api/v1/timelines/link?limit=1&url=https%3A%2F%2Fpages.example%2Friego%3Fa%3D1%23x";
    let first = w.get(&w.caro, path).await;
    let next = first.link("next").unwrap();
    assert_eq!(first.ok()[0]["account"]["acct"], "bea");
    assert_eq!(w.get(&w.caro, &next).await.ok()[0]["account"]["acct"], "ana");
}

on_both! {
    a_page_is_read_once_for_all_that_link_to_it
    a_page_shows_its_author_who_says_that_they_write_there
    of_however_many_pages_the_authors_are_looked_up_at_once
    what_says_that_it_is_a_picture_and_is_none_is_not_read
    what_can_be_looked_at_in_place_of_a_page_is_told_in_our_own_words
    of_what_is_not_for_everybody_no_page_hears
    links_are_counted_and_found
}
