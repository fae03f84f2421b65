//! What entities say of what there is; which fields they have is held next door.
use std::time::Duration;

use actix_web::{http::Method, test::TestRequest};
use app::posts::{Draft, Origin};
use domain::{
    group::{Joining, Visibility},
    post::{Attachment, Audience, Content, Poll, PostKind},
};
use serde_json::{Value, json};

use super::{World, of, on_both};

async fn a_topic_and_its_group_say_what_they_are(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    let topic = w.say(&w.ana, "@huerto Hola @bea #Huerto <b>\n\n# Título").await;
    assert_eq!(topic["tags"], json!([{ "name": "huerto", "url": "https://plaza.example/tags/huerto" }]));
    let mut accts: Vec<&str> =
        topic["mentions"].as_array().unwrap().iter().map(|m| m["acct"].as_str().unwrap()).collect();
    accts.sort_unstable();
    assert_eq!(accts, ["bea", "huerto"]);
    assert_eq!(topic["url"], format!("https://plaza.example/@ana/{}", topic["id"].as_str().unwrap()));
    let content = topic["content"].as_str().unwrap();
    assert!(content.contains("<strong>Título</strong>") && content.contains("&lt;b&gt;"), "{content}");
    w.post(&w.bea, &of(&topic, "/reblog")).await.ok();
    assert!(!w.home(&w.ana).await.is_empty());

    let group = w.get_unknown(&format!("/api/v1/accounts/{huerto}")).await.ok();
    assert_eq!((&group["group"], &group["display_name"]), (&json!(true), &json!("Huerto")));
    assert_eq!((&group["statuses_count"], &group["followers_count"]), (&json!(1), &json!(1)));
    assert!(group["created_at"].as_str().unwrap().ends_with("T00:00:00.000Z"));
    let avatar = group["avatar"].as_str().unwrap().strip_prefix("https://plaza.example").unwrap().to_owned();
    assert!(avatar.ends_with("missing.png"));
    assert_eq!(w.get_unknown(&avatar).await.status, 200);
}

async fn what_belongs_to_a_post_is_shown_with_it(w: World) {
    let picture = |url: &str, media_type: &str| Attachment {
        url: url.into(),
        media_type: media_type.into(),
        alt: "una foto".into(),
        width: Some(4),
        height: Some(3),
        ..Attachment::default()
    };
    let content = Content {
        html: "<p>mirad</p>".into(),
        title: Some("Un <título>".into()),
        attachments: vec![
            picture("https://far.example/a.png", "image/png"),
            picture("https://far.example/", "text/html"),
            picture("javascript:alert(1)", "image/png"),
            picture("https://far.example/b", ""),
        ],
        ..Content::default()
    };
    let origin = Origin {
        uri: "https://far.example/1".into(),
        url: "https://far.example/1".into(),
        published: w.clock.now(),
        edited: None,
        way: app::posts::Way::Sent,
    };
    let draft = Draft::new(PostKind::Note, content, Audience::Public);
    let post = app::posts::learn(&w.app, w.ana.me.0, draft, origin).await.unwrap();
    let status = w.get_unknown(&format!("/api/v1/statuses/{}", post.id)).await.ok();
    assert_eq!(status["content"], "<p><strong>Un &lt;título&gt;</strong></p><p>mirad</p>");
    let media = status["media_attachments"].as_array().unwrap();
    assert_eq!(media.iter().map(|m| m["type"].as_str().unwrap()).collect::<Vec<_>>(), ["image", "unknown"]);
    assert_ne!(media[0]["id"], media[1]["id"]);
    assert_eq!(media[0]["meta"]["original"]["size"], "4x3");
    assert_eq!(media[0]["remote_url"], "https://far.example/a.png");
    for at in ["url", "preview_url"] {
        let shown = media[0][at].as_str().unwrap();
        assert!(shown.starts_with("https://plaza.example/media/"), "nobody is seen elsewhere when they read: {shown}");
    }
    assert_eq!(status["card"]["url"], "https://far.example/");

    let writing = app::posts::Writing {
        text: "mirad".into(),
        title: Some("Un <título>".into()),
        poll: Some(Poll {
            options: vec![("sí".into(), 2), ("no".into(), 1)],
            closes: Some(w.app.now() + Duration::from_mins(1)),
            voters: 3,
            ..Poll::default()
        }),
        ..app::posts::Writing::default()
    };
    let post = app::posts::create(&w.app, w.ana.me, writing).await.unwrap();
    for voter in [&w.bea, &w.caro] {
        app::polls::vote(&w.app, voter.me, post.id, vec![0]).await.unwrap();
    }
    w.clock.advance(Duration::from_mins(1));
    let status = w.get_unknown(&format!("/api/v1/statuses/{}", post.id)).await.ok();
    assert_eq!(
        (&status["poll"]["votes_count"], &status["poll"]["expired"]),
        (&json!(2), &json!(true)),
        "what was counted, not what was said"
    );
    let changed =
        w.call(&w.ana, "PUT", &format!("/api/v1/statuses/{}", post.id), json!({ "status": "oíd" })).await.ok();
    assert_eq!(
        changed["content"], "<p><strong>Un &lt;título&gt;</strong></p><p>oíd</p>",
        "a title that was given stays"
    );
    assert_eq!(changed["poll"], Value::Null, "what is not asked again is asked no more");
}

async fn the_instance_says_what_clients_ask(w: World) {
    w.say(&w.ana, "hola").await;
    let second = w.get_unknown("/api/v2/instance").await.ok();
    assert_eq!(second["domain"], "plaza.example");
    assert!(second["version"].as_str().unwrap().starts_with("4."), "a plain number first");
    let configuration = &second["configuration"];
    assert_eq!(configuration["urls"]["streaming"], "wss://plaza.example");
    assert_eq!(configuration["statuses"]["max_characters"], 50_000);
    assert_eq!(configuration["statuses"]["max_media_attachments"], 4);
    let kinds = configuration["media_attachments"]["supported_mime_types"].as_array().unwrap();
    assert!(kinds.contains(&json!("image/png")) && !kinds.contains(&json!("image/svg+xml")), "{kinds:?}");
    assert_eq!(second["usage"]["users"]["active_month"], 1);
    let first = w.get_unknown("/api/v1/instance/").await.ok();
    assert_eq!(first["uri"], "plaza.example");
    assert_eq!(first["stats"], json!({ "user_count": 3, "status_count": 1, "domain_count": 0 }));
}

async fn every_answer_has_its_headers(w: World) {
    let status = w.say(&w.ana, "hola").await;
    for (path, expected) in [(of(&status, ""), 200), ("/api/v1/statuses/4".into(), 404), ("/api/v9/x".into(), 404)] {
        let answer = w.get_unknown(&path).await;
        assert_eq!(answer.status, expected);
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-store"),
            ("content-type", "application/json"),
        ] {
            assert_eq!(answer.headers.get(name).unwrap(), value, "{path}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        assert!(answer.headers.get("access-control-expose-headers").unwrap().to_str().unwrap().contains("Link"));
        assert!(expected == 200 || answer.body["error"].is_string(), "{path}");
    }
    let asked = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/api/v1/statuses")
        .insert_header(("origin", "https://app.example"))
        .insert_header(("access-control-request-method", "POST"))
        .insert_header(("access-control-request-headers", "authorization, x-odd"));
    let allowed = w.send(asked).await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.headers.get("access-control-allow-headers").unwrap(), "authorization, x-odd");
    assert!(allowed.headers.get("access-control-allow-methods").unwrap().to_str().unwrap().contains("PUT"));
    let wrong = w.send(TestRequest::delete().uri("/api/v1/timelines/home")).await;
    assert_eq!(wrong.status, 404);
    assert!(wrong.body["error"].is_string());
    assert_eq!(w.send(TestRequest::default().method(Method::HEAD).uri("/api/v2/instance")).await.status, 200);
}

on_both! {
    a_topic_and_its_group_say_what_they_are
    what_belongs_to_a_post_is_shown_with_it
    the_instance_says_what_clients_ask
    every_answer_has_its_headers
}
