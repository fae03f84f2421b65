//! Pictures between servers: ours as others get them, theirs as people here see them.

use std::net::Ipv4Addr;

use ::server::settings::Settings;
use app::Me;
use domain::{held::Screen, statement::Grounds, time::span, urls::media::Portrait};
use serde_json::{Value, json};

use crate::network::{Answer, Bucket, Network, Person, Program, Request, Server, Software, id, on_both};

/// One red pixel.
pub(crate) const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// What brings a file for a post, described like this, to the server at `url`.
fn bringing(url: &str, token: &str, file: &[u8], description: &str) -> Request {
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
    let rest = format!(
        "\r\n--x\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{description}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"focus\"\r\n\r\n0.5,-1\r\n--x--\r\n"
    );
    let body = [head.as_bytes(), file, rest.as_bytes()].concat();
    Request::new("POST", url)
        .with("authorization", &format!("Bearer {token}"))
        .with("content-type", "multipart/form-data; boundary=x")
        .body(body)
}

/// Brings a file for a post, described like this.
pub(crate) async fn bring(who: &Person, file: &[u8], description: &str) -> Value {
    let answer = who.server.ask(&bringing(&who.server.url("/api/v2/media"), &who.token, file, description)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.value()
}

async fn look(server: &Server, url: &Value) -> Answer {
    server.get(url.as_str().expect("an address"), "image/*").await
}

/// An address without what proves that it was lent.
fn bare(url: &Value) -> Value {
    json!(url.as_str().and_then(|url| url.split('?').next()).expect("an address"))
}

async fn a_picture_of_ours_reaches_others() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let max = net.peer("masto.test", Software::Mastodon);
    max.person("max").follow(&alpha, ana.uri()).await;
    ben.follow(&format!("@{}", ana.actor.handle())).await;
    net.settle().await;
    max.take();

    let media = bring(&ana, PIXEL, "Red.").await;
    let body = json!({ "status": "Look.", "media_ids": [media["id"]] });
    let status = ana.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    let document = max.only("Create{Note}").activity["object"]["attachment"][0].clone();
    assert_eq!((&document["type"], &document["mediaType"]), (&json!("Document"), &json!("image/png")));
    assert_eq!((&document["name"], &document["focalPoint"]), (&json!("Red."), &json!([0.5, -1])));
    assert_eq!((&document["width"], &document["height"]), (&json!(1), &json!(1)));
    assert_eq!(document["blurhash"], media["blurhash"]);
    assert_eq!(document["url"], status["media_attachments"][0]["url"]);
    let shown = look(&alpha, &document["url"]).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/png")));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    assert!(shown.header("content-security-policy").unwrap().contains("sandbox"));
    assert!(shown.header("cache-control").unwrap().contains("immutable"));
    let part = Request::new("GET", document["url"].as_str().unwrap()).with("range", "bytes=1-3");
    let part = alpha.ask(&part).await;
    assert_eq!((part.status, part.text()), (206, "PNG".to_owned()));
    let known =
        Request::new("GET", document["url"].as_str().unwrap()).with("if-none-match", shown.header("etag").unwrap());
    assert_eq!(alpha.ask(&known).await.status, 304);

    // There it is fetched once, and shown from there.
    let home = ben.home().await;
    let there = &home[0]["media_attachments"][0];
    assert_eq!(there["remote_url"], document["url"]);
    assert_eq!(there["meta"]["focus"], json!({ "x": 0.5, "y": -1.0 }));
    assert!(there["url"].as_str().unwrap().starts_with("http://beta.test/media/"), "{there}");
    assert_eq!(look(&beta, &there["url"]).await.body, shown.body);
    net.settle().await;

    ana.api("DELETE", &format!("/api/v1/statuses/{}", status["id"].as_str().unwrap()), &Value::Null).await;
    net.settle().await;
    assert_eq!(look(&alpha, &document["url"]).await.status, 404);
    assert_eq!(look(&beta, &there["url"]).await.status, 404, "nor is it shown where it was fetched");
}

async fn what_is_for_followers_is_lent_to_their_servers() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    ben.follow(&format!("@{}", ana.actor.handle())).await;
    net.settle().await;
    let media = bring(&ana, PIXEL, "Red.").await;
    let body = json!({ "status": "Look.", "media_ids": [media["id"]], "visibility": "private" });
    ana.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    let home = ben.home().await;
    let there = &home[0]["media_attachments"][0];
    assert_eq!(look(&beta, &there["url"]).await.status, 200);
    assert_eq!(look(&beta, &bare(&there["url"])).await.status, 404);
    assert_eq!(look(&alpha, &bare(&there["remote_url"])).await.status, 404);
    net.settle().await;
}

async fn what_waits_is_seen_by_the_team_and_what_is_of_the_suspended_by_nobody() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group("club", &ana).await;
    let screen = Screen { first: 1, ..Screen::default() };
    app::held::set_screen(alpha.app(), Me(ana.actor.id), club.actor.id, screen).await.expect("a screen");
    let media = bring(&ben, PIXEL, "Red.").await;
    let body = json!({ "status": format!("Look, {}", club.handle()), "media_ids": [media["id"]] });
    let status = ben.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    let picture = async || ana.status(&status).await["media_attachments"][0]["url"].clone();
    let waiting = picture().await;
    assert_eq!(look(&alpha, &waiting).await.status, 200, "whoever decides sees about what");
    assert_eq!(look(&alpha, &bare(&waiting)).await.status, 404);

    let post = id(&status).parse().expect("a number");
    app::held::answer(alpha.app(), Me(ana.actor.id), post, true, Grounds::default()).await.expect("an answer");
    net.settle().await;
    let shown = picture().await;
    assert_eq!((look(&alpha, &shown).await.status, shown), (200, bare(&waiting)));
    let pixel = futures_util::stream::iter([Ok(PIXEL.to_vec().into())]);
    let portrayed = app::media::set_portrait(alpha.app(), Me(ben.actor.id), ben.actor.id, Portrait::Icon, pixel).await;
    let portrait = portrayed.expect("a portrait").icon.expect("its address");
    assert_eq!(alpha.get(&portrait, "*/*").await.status, 200);
    let operator = Me(app::instance::ensure(alpha.app()).await.expect("an operator"));
    app::suspensions::suspend(alpha.app(), operator, ben.actor.id, "spam".into()).await.expect("a suspension");
    assert_eq!(look(&alpha, &bare(&waiting)).await.status, 404);
    assert_eq!(alpha.get(&portrait, "*/*").await.status, 404);
    net.settle().await;
}

async fn what_is_no_picture_is_not_handed_on() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    let mut toot = max.toot("Look", &[(ana.uri(), "@ana")], None);
    // What is there is a document of ActivityPub.
    toot["object"]["attachment"] =
        json!([{ "type": "Document", "mediaType": "image/png", "url": max.uri, "name": null }]);
    max.send(&alpha, &toot).await;
    net.settle().await;
    let told = ana.read("/api/v1/notifications").await;
    let shown = &told[0]["status"]["media_attachments"][0];
    assert_eq!(shown["type"], "image");
    assert_eq!(look(&alpha, &shown["url"]).await.status, 404);
    let elsewhere = shown["url"].as_str().unwrap().replace("/posts/", "/posts/1");
    assert_eq!(look(&alpha, &json!(elsewhere)).await.status, 404);
    for path in ["/media/files/../../secret.key", "/media/files/x.png", "/media/posts/1/99999999999999999999/x"] {
        assert_eq!(alpha.get(path, "*/*").await.status, 404, "{path}");
    }
    net.settle().await;
}

/// A picture of a peer, so many bytes long, that somebody there shows to somebody here: where it is shown here.
async fn shown_from(net: &Network, ana: &Person, name: &str, length: usize) -> Value {
    let masto = net.peer(&format!("{name}.test"), Software::Mastodon);
    let max = masto.person("max");
    let mut picture = PIXEL.to_vec();
    picture.resize(length, 0);
    let headers = vec![("content-type".to_owned(), "image/png".to_owned())];
    masto.replies("GET /it.png", Answer { status: 200, headers, body: picture });
    let mut toot = max.toot("Look", &[(ana.uri(), "@ana")], None);
    let url = masto.url("/it.png");
    toot["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": url }]);
    max.send(&ana.server, &toot).await;
    net.settle().await;
    let told = ana.read("/api/v1/notifications?types[]=mention&limit=1").await;
    let shown = told[0]["status"]["media_attachments"][0]["url"].clone();
    assert_eq!(look(&ana.server, &shown).await.status, 200);
    // From now on only what is kept here can be shown.
    masto.replies("GET /it.png", Answer::status(404));
    net.settle().await;
    shown
}

async fn what_others_show_is_kept_for_a_while() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let shown = shown_from(&net, &ana, "masto", 100).await;
    let days = async |days| {
        net.pass_time(span::days(days)).await;
        app::retention::sweep(alpha.app()).await.expect("a sweep");
    };
    days(10).await;
    assert_eq!(look(&alpha, &shown).await.status, 200, "it is wanted again");
    days(10).await;
    assert_eq!(look(&alpha, &shown).await.status, 200, "it was wanted ten days ago");
    days(15).await;
    assert_eq!(look(&alpha, &shown).await.status, 404, "nobody wanted it for two weeks");
}

async fn what_others_show_takes_only_so_much_room() {
    let little = |settings: Settings| Settings { media_cache: 1, ..settings };
    let net = Network::with(little, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let first = shown_from(&net, &ana, "masto", 700_000).await;
    net.pass_time(span::days(2)).await;
    let second = shown_from(&net, &ana, "misskey", 700_000).await;
    app::retention::sweep(alpha.app()).await.expect("a sweep");
    assert_eq!(look(&alpha, &first).await.status, 404, "what nobody wanted for longest goes");
    assert_eq!(look(&alpha, &second).await.status, 200);
    // Whoever asks for much at once does not wait for that.
    net.pass_time(span::days(2)).await;
    let third = shown_from(&net, &ana, "pleroma", 700_000).await;
    net.pass_time(span::days(2)).await;
    let fourth = shown_from(&net, &ana, "akkoma", 700_000).await;
    for (picture, status) in [(second, 404), (third, 200), (fourth, 200)] {
        assert_eq!(look(&alpha, &picture).await.status, status);
    }
}

async fn media_may_have_a_host_of_their_own() {
    let elsewhere = |settings: Settings| {
        let media_url = Some("http://pictures.test".parse().expect("an address"));
        Settings { media_url, ..settings }
    };
    let net = Network::with(elsewhere, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let media = bring(&ana, PIXEL, "Red.").await;
    let body = json!({ "status": "Look.", "media_ids": [media["id"]] });
    let status = ana.api("POST", "/api/v1/statuses", &body).await;
    let url = status["media_attachments"][0]["url"].as_str().expect("an address");
    assert!(url.starts_with("http://pictures.test/media/files/"), "{url}");
    let shown = look(&alpha, &json!(url)).await;
    assert_eq!(
        (shown.status, shown.header("content-type")),
        (200, Some("image/png")),
        "whoever hands it on asks by either name"
    );
    assert_eq!(look(&alpha, &json!(url.replace("pictures.test", "alpha.test"))).await.body, shown.body);
    assert_eq!(look(&alpha, &json!("http://pictures.test/@ana")).await.status, 421, "nothing else is there");
}

async fn media_live_in_a_bucket() {
    let bucket = Bucket::open().await;
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 50));
    town.environment = bucket.environment();
    let token = town.person("ana").await;
    town.start().await;
    let check = town.json(&["check", "--json"], "").await;
    let checks = check["checks"].as_array().expect("checks");
    assert!(checks.iter().any(|check| check["what"] == "media store" && check["ok"] == true), "{check}");
    let bring = async || {
        let request = bringing(&town.url("/api/v2/media"), &token, PIXEL, "Red.");
        request.exchange(town.address()).await.expect("an answer").value()
    };
    let (kept, unwanted) = (bring().await, bring().await);
    let names = bucket.names();
    assert_eq!(names.iter().filter(|name| name.starts_with("shelf/media/files/")).count(), names.len(), "{names:?}");
    let id = unwanted["id"].as_str().expect("an id");
    town.api(&token, "DELETE", &format!("/api/v1/media/{id}"), &Value::Null).await;
    let status = json!({ "status": "Look.", "media_ids": [kept["id"]] });
    let status = town.api(&token, "POST", "/api/v1/statuses", &status).await;
    let url = status["media_attachments"][0]["url"].as_str().expect("an address").to_owned();

    // Whichever process is asked, it finds them.
    assert_eq!(town.stop().await, Some(0));
    town.start().await;
    let address = town.address();
    let ask = async |request: Request| request.exchange(address).await.expect("an answer");
    let shown = ask(Request::new("GET", &url)).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/png")), "{}", town.log());
    assert_eq!(ask(Request::new("GET", &url).with("range", "bytes=1-3")).await.text(), "PNG");
    assert_eq!(
        ask(Request::new("HEAD", &url)).await.header("content-length"),
        Some(shown.body.len().to_string().as_str())
    );
    assert_eq!(ask(Request::new("GET", &url.replace(".png", ".gif"))).await.status, 404);
    assert_eq!(town.stop().await, Some(0));
}

on_both![
    what_others_show_is_kept_for_a_while,
    what_others_show_takes_only_so_much_room,
    media_may_have_a_host_of_their_own,
    media_live_in_a_bucket,
    a_picture_of_ours_reaches_others,
    what_is_for_followers_is_lent_to_their_servers,
    what_waits_is_seen_by_the_team_and_what_is_of_the_suspended_by_nobody,
    what_is_no_picture_is_not_handed_on,
];
