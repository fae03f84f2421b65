//! Writing, writing anew, deleting; and saying a thing once, however often it is sent.
use std::time::Duration;

use actix_web::test::TestRequest;
use app::{
    Whence,
    oauth::{self, Asked, NewApp},
    posts::Writing,
};
use domain::{
    group::{Joining, Visibility},
    post::Pen,
};
use serde_json::{Value, json};

use super::{Answer, Person, World, of, on_both};

async fn post_with_key(w: &World, who: &Person, key: &str, text: &str) -> Answer {
    let request = TestRequest::post()
        .uri("/api/v1/statuses")
        .insert_header(("authorization", format!("Bearer {}", who.token)))
        .insert_header(("idempotency-key", key))
        .set_json(json!({ "status": text }));
    w.send(request).await
}

async fn a_key_posts_once_an_hour(w: World) {
    let first = post_with_key(&w, &w.ana, "k", "hola").await.ok();
    assert_eq!(post_with_key(&w, &w.ana, "k", "hola").await.ok()["id"], first["id"]);
    assert_ne!(post_with_key(&w, &w.bea, "k", "hola").await.ok()["id"], first["id"], "keys are everybody's own");
    assert_ne!(post_with_key(&w, &w.ana, "k2", "hola").await.ok()["id"], first["id"]);
    w.clock.advance(Duration::from_secs(3_601));
    let later = post_with_key(&w, &w.ana, "k", "hola").await.ok();
    assert_ne!(later["id"], first["id"]);
    w.call(&w.ana, "DELETE", &of(&later, ""), Value::Null).await.ok();
    let again = post_with_key(&w, &w.ana, "k", "hola").await.ok();
    assert_ne!(again["id"], later["id"], "what was deleted can be posted again");
    w.clock.advance(Duration::from_secs(3_601));
    post_with_key(&w, &w.ana, "", "vacío").await.ok();

    let due = crate::entities::instant(w.app.now() + domain::time::span::hours(1));
    let plan = async |who: &Person| {
        let request = TestRequest::post()
            .uri("/api/v1/statuses")
            .insert_header(("authorization", format!("Bearer {}", who.token)))
            .insert_header(("idempotency-key", "k3"))
            .set_json(json!({ "status": "mañana", "scheduled_at": due }));
        w.send(request).await.ok()["id"].clone()
    };
    let planned = plan(&w.ana).await;
    assert_eq!((plan(&w.ana).await == planned, plan(&w.bea).await == planned), (true, false));
    assert_eq!(w.get(&w.ana, "/api/v1/scheduled_statuses").await.ok().as_array().map(Vec::len), Some(1));

    let both = futures::join(&w).await;
    assert_eq!(both.0.ok()["id"], both.1.ok()["id"], "two at the same time are one");
}

/// Joins two futures without a crate for it.
mod futures {
    use std::{future::poll_fn, pin::pin, task::Poll};

    use super::{Answer, World, post_with_key};

    pub(super) async fn join(w: &World) -> (Answer, Answer) {
        let mut one = pin!(post_with_key(w, &w.ana, "race", "a la vez"));
        let mut other = pin!(post_with_key(w, &w.ana, "race", "a la vez"));
        let (mut first, mut second) = (None, None);
        poll_fn(move |context| {
            if first.is_none()
                && let Poll::Ready(answer) = one.as_mut().poll(context)
            {
                first = Some(answer);
            }
            if second.is_none()
                && let Poll::Ready(answer) = other.as_mut().poll(context)
            {
                second = Some(answer);
            }
            match (first.take(), second.take()) {
                (Some(one), Some(other)) => Poll::Ready((one, other)),
                (one, other) => {
                    (first, second) = (one, other);
                    Poll::Pending
                }
            }
        })
        .await
    }
}

async fn bodies_of_every_kind(w: World) {
    let form = TestRequest::post()
        .uri("/api/v1/statuses/")
        .insert_header(("authorization", format!("Bearer {}", w.ana.token)))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(
            "status=hola+%C3%B1&spoiler_text=ojo&sensitive=true&language=es-ES&visibility=unlisted&poll=&media_ids[]=",
        );
    let status = w.send(form).await;
    assert_eq!(status.status, 422, "an empty media id is one we do not have");
    let form = TestRequest::post()
        .uri("/api/v1/statuses/")
        .insert_header(("authorization", format!("Bearer {}", w.ana.token)))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("status=hola+%C3%B1&spoiler_text=ojo&sensitive=true&language=es-ES&visibility=unlisted&poll=");
    let status = w.send(form).await.ok();
    assert_eq!(status["content"], "<p>hola ñ</p>");
    assert_eq!((&status["spoiler_text"], &status["sensitive"]), (&json!("ojo"), &json!(true)));
    assert_eq!((&status["language"], &status["visibility"]), (&json!("es-ES"), &json!("unlisted")));
    let only_warning =
        w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "", "spoiler_text": "ojo" })).await.ok();
    assert_eq!((&only_warning["content"], &only_warning["spoiler_text"]), (&json!("<p>ojo</p>"), &json!("")));

    for (body, why) in [
        (json!({ "status": " " }), "nothing said"),
        (json!({ "status": "x", "media_ids": ["1"] }), "a picture that is not there"),
        (json!({ "status": "x", "poll": { "options": ["a", "b"] } }), "a poll"),
        (json!({ "status": "x".repeat(50_001) }), "too long"),
    ] {
        let refused = w.call(&w.ana, "POST", "/api/v1/statuses", body).await;
        assert_eq!(refused.status, 422, "{why}");
        assert!(refused.body["error"].is_string(), "{why}");
    }
    let lost = json!({ "status": "x", "in_reply_to_id": "99" });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", lost).await.status, 404);
    let huge = TestRequest::post()
        .uri("/api/v1/statuses")
        .insert_header(("authorization", format!("Bearer {}", w.ana.token)))
        .insert_header(("content-type", "application/json"))
        .set_payload(vec![b' '; 3 << 20]);
    let huge = w.send(huge).await;
    assert_eq!(huge.status, 413);
    assert!(huge.body["error"].is_string());
}

async fn authors_write_anew(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    let topic = w.say(&w.ana, "@huerto Tomates *ya*\n\nmás").await;
    let source = w.get(&w.ana, &of(&topic, "/source")).await.ok();
    assert_eq!((&source["text"], &source["id"]), (&json!("@huerto Tomates *ya*\n\nmás"), &topic["id"]));
    assert_eq!(w.get(&w.bea, &of(&topic, "/source")).await.status, 403);
    let change = json!({ "status": "@huerto Pepinos", "spoiler_text": "verde" });
    assert_eq!(w.call(&w.bea, "PUT", &of(&topic, ""), change.clone()).await.status, 403);
    let changed = w.call(&w.ana, "PUT", &of(&topic, ""), change).await.ok();
    assert_eq!(changed["id"], topic["id"]);
    assert!(changed["content"].as_str().unwrap().contains("Pepinos"), "{changed}");
    assert!(
        !changed["content"].as_str().unwrap().contains("<strong>"),
        "the title is the first line, not a second one"
    );
    assert_eq!(changed["spoiler_text"], "verde");
    assert!(changed["edited_at"].is_string() && topic["edited_at"].is_null());
    let topics = w.get_unknown(&format!("/api/v1/accounts/{huerto}/statuses")).await.ok();
    assert_eq!(topics[0]["reblog"]["id"], topic["id"], "it stays in its group");
    let reply = w.reply(&w.bea, &topic, "@huerto bien").await;
    let changed = w.call(&w.bea, "PUT", &of(&reply, ""), json!({ "status": "@huerto muy bien" })).await.ok();
    assert_eq!(changed["in_reply_to_id"], topic["id"]);
}

async fn only_authors_and_moderators_delete(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.follow(&w.bea, huerto).await;
    w.follow(&w.caro, huerto).await;
    let topic = w.say(&w.bea, "@huerto vendo todo").await;
    let reply = w.reply(&w.caro, &topic, "@huerto spam").await;
    let loose = w.say(&w.bea, "en mi casa").await;
    let delete = async |who: &Person, status: &Value| w.call(who, "DELETE", &of(status, ""), Value::Null).await;

    assert_eq!(delete(&w.caro, &topic).await.status, 403, "a member does not");
    assert_eq!(delete(&w.ana, &loose).await.status, 403, "nor a moderator outside the group");
    assert_eq!(w.get_unknown(&of(&topic, "")).await.status, 200);
    assert_eq!(w.send(TestRequest::delete().uri(&of(&topic, ""))).await.status, 401);

    let removed = delete(&w.ana, &reply).await.ok();
    assert_eq!(removed["id"], reply["id"]);
    assert!(removed["text"].is_null(), "the text goes to its author only");
    assert_eq!(w.get_unknown(&of(&reply, "")).await.status, 404);
    assert_eq!(w.get(&w.bea, &of(&reply, "")).await.status, 404);
    assert_eq!(w.get(&w.caro, &of(&reply, "")).await.status, 200, "its author still sees it");
    assert_eq!(w.get_unknown(&of(&topic, "")).await.ok()["replies_count"], 0);

    let boost = w.home(&w.caro).await.remove(0);
    assert_eq!(boost["reblog"]["id"], topic["id"]);
    let deleted = delete(&w.bea, &topic).await.ok();
    assert_eq!(deleted["text"], "@huerto vendo todo");
    assert_eq!(deleted["mentions"][0]["acct"], "huerto");
    for status in [&topic, &boost] {
        assert_eq!(w.get(&w.bea, &of(status, "")).await.status, 404);
    }
    assert!(w.home(&w.caro).await.is_empty());
    assert_eq!(delete(&w.bea, &topic).await.status, 404);
}

async fn votes_and_shares_are_counted_once(w: World) {
    let status = w.say(&w.ana, "qué día").await;
    for _ in 0..2 {
        let liked = w.post(&w.bea, &of(&status, "/favourite")).await.ok();
        assert_eq!((&liked["favourited"], &liked["favourites_count"]), (&json!(true), &json!(1)));
        let shared = w.post(&w.bea, &of(&status, "/reblog")).await.ok();
        assert_eq!((&shared["reblog"]["reblogged"], &shared["reblog"]["reblogs_count"]), (&json!(true), &json!(1)));
        assert_eq!(shared["account"]["acct"], "bea");
    }
    let anybody = w.get_unknown(&of(&status, "")).await.ok();
    assert_eq!((&anybody["favourited"], &anybody["reblogged"]), (&json!(false), &json!(false)));
    for _ in 0..2 {
        let plain = w.post(&w.bea, &of(&status, "/unfavourite")).await.ok();
        assert_eq!((&plain["favourited"], &plain["favourites_count"]), (&json!(false), &json!(0)));
        let plain = w.post(&w.bea, &of(&status, "/unreblog")).await.ok();
        assert_eq!((&plain["id"], &plain["reblogs_count"]), (&status["id"], &json!(0)));
    }
}

/// The same person, by an application of this name.
async fn by_app(w: &World, who: &Person, name: &str) -> Person {
    let new = NewApp {
        name: name.into(),
        website: Some("https://tusky.example".into()),
        redirect_uris: vec![oauth::BY_HAND.into()],
        scopes: Some("read write".into()),
    };
    let (client, _) = oauth::register(&w.app, new, &Whence::default()).await.unwrap();
    let asked = Asked {
        client_id: client.client_id.clone(),
        redirect_uri: oauth::BY_HAND.into(),
        response_type: "code".into(),
        scope: Some("read write".into()),
        ..Asked::default()
    };
    let consent = oauth::consider(&w.app, &asked).await.unwrap().unwrap();
    let code = oauth::grant(&w.app, who.me, consent).await.unwrap();
    let issued = oauth::exchange(&w.app, &client, &code, oauth::BY_HAND, None).await.unwrap().unwrap();
    Person { me: who.me, token: issued.token }
}

async fn everybody_sees_with_what_a_post_was_written(w: World) {
    let (tusky, elk) = (by_app(&w, &w.ana, "Tusky").await, by_app(&w, &w.ana, "Elk").await);
    let status = w.say(&tusky, "hola").await;
    let told = json!({ "name": "Tusky", "website": "https://tusky.example" });
    assert_eq!(status["application"], told);
    assert_eq!(w.get_unknown(&of(&status, "")).await.ok()["application"], told);
    w.call(&elk, "PUT", &of(&status, ""), json!({ "status": "hola otra vez" })).await.ok();
    assert_eq!(w.get(&w.bea, &of(&status, "")).await.ok()["application"], told, "an edit keeps the first");
    let shared = w.post(&w.bea, &of(&status, "/reblog")).await.ok();
    assert_eq!((&shared["application"], &shared["reblog"]["application"]), (&Value::Null, &told));
    assert!(w.say(&w.ana, "por una orden").await["application"].is_null(), "of this token nobody knows whose it is");

    let writing = Writing { text: "en la página".into(), pen: Some(Pen::Page), ..Writing::default() };
    let post = app::posts::create(&w.app, w.ana.me, writing).await.unwrap();
    let page = w.get_unknown(&format!("/api/v1/statuses/{}", post.id)).await.ok();
    assert_eq!(page["application"], json!({ "name": "Web", "website": null }));

    let due = crate::entities::instant(w.app.now() + domain::time::span::hours(1));
    let plan = json!({ "status": "mañana", "scheduled_at": due });
    let planned = w.call(&elk, "POST", "/api/v1/statuses", plan).await.ok();
    assert_ne!(planned["params"]["application_id"], 0);
    w.clock.advance(domain::time::span::hours(2));
    w.work().await;
    let mine = w.get_unknown(&format!("/api/v1/accounts/{}/statuses", w.ana.id())).await.ok();
    assert_eq!(mine[0]["application"]["name"], "Elk", "so does waiting");
}

on_both! {
    everybody_sees_with_what_a_post_was_written
    a_key_posts_once_an_hour
    bodies_of_every_kind
    authors_write_anew
    only_authors_and_moderators_delete
    votes_and_shares_are_counted_once
}
