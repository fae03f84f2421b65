//! Pictures between servers: ours as others get them, theirs as people here see them.

use serde_json::{Value, json};

use crate::network::{Answer, Network, Person, Request, Server, Software, on_both};

/// One red pixel.
pub(crate) const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// Brings a file for a post, described like this.
pub(crate) async fn bring(who: &Person, file: &[u8], description: &str) -> Value {
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
    let rest = format!(
        "\r\n--x\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{description}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"focus\"\r\n\r\n0.5,-1\r\n--x--\r\n"
    );
    let body = [head.as_bytes(), file, rest.as_bytes()].concat();
    let request = Request::new("POST", &who.server.url("/api/v2/media"))
        .with("authorization", &format!("Bearer {}", who.token))
        .with("content-type", "multipart/form-data; boundary=x")
        .body(body);
    let answer = who.server.ask(&request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.value()
}

async fn look(server: &Server, url: &Value) -> Answer {
    server.get(url.as_str().expect("an address"), "image/*").await
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
    let bare = |url: &Value| json!(url.as_str().unwrap().split('?').next().unwrap());
    assert_eq!(look(&beta, &bare(&there["url"])).await.status, 404);
    assert_eq!(look(&alpha, &bare(&there["remote_url"])).await.status, 404);
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

on_both![
    a_picture_of_ours_reaches_others,
    what_is_for_followers_is_lent_to_their_servers,
    what_is_no_picture_is_not_handed_on,
];
