//! What becomes of statuses: versions, pins, threads one hears of no more, and what is to be published later.
use domain::{
    group::{Joining, Visibility},
    time::span,
};
use serde_json::{Value, json};

use super::{
    World,
    media::{form, picture},
    of, on_both,
};

async fn edit(w: &World, status: &Value, text: &str) -> Value {
    w.clock.advance(span::seconds(1));
    w.call(&w.ana, "PUT", &of(status, ""), json!({ "status": text, "spoiler_text": "ojo" })).await.ok()
}

async fn versions_are_kept_until_the_post_goes(w: World) {
    let post = w.say(&w.ana, "primera").await;
    let only = w.get_unknown(&of(&post, "/history")).await.ok();
    assert_eq!((only.as_array().unwrap().len(), &only[0]["content"]), (1, &"<p>primera</p>".into()));
    edit(&w, &post, "segunda").await;
    let last = edit(&w, &post, "tercera").await;
    let versions = w.get_unknown(&of(&post, "/history")).await.ok();
    let texts: Vec<&str> = versions.as_array().unwrap().iter().map(|edit| edit["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["<p>primera</p>", "<p>segunda</p>", "<p>tercera</p>"]);
    assert_eq!((&versions[0]["spoiler_text"], &versions[2]["spoiler_text"]), (&"".into(), &"ojo".into()));
    assert_eq!((&versions[0]["created_at"], &versions[2]["created_at"]), (&post["created_at"], &last["edited_at"]));
    assert_eq!(versions[1]["account"]["acct"], "ana");
    w.call(&w.ana, "DELETE", &of(&post, ""), Value::Null).await.ok();
    assert_eq!(w.get(&w.ana, &of(&post, "/history")).await.status, 404);
}

async fn secrets_have_secret_versions(w: World) {
    let group = w.group("cueva", Visibility::Private, Joining::Open).await;
    w.follow(&w.bea, group).await;
    let post = w.say(&w.ana, "@cueva uno").await;
    edit(&w, &post, "@cueva dos").await;
    assert_eq!(w.get(&w.bea, &of(&post, "/history")).await.ok().as_array().unwrap().len(), 2);
    assert_eq!(w.get(&w.caro, &of(&post, "/history")).await.status, 404);
    assert_eq!(w.get_unknown(&of(&post, "/history")).await.status, 404);
}

async fn some_posts_are_pinned(w: World) {
    let (old, new) = (w.say(&w.ana, "vieja").await, w.say(&w.ana, "nueva").await);
    assert_eq!(w.post(&w.ana, &of(&old, "/pin")).await.ok()["pinned"], true);
    assert_eq!(w.post(&w.bea, &of(&new, "/pin")).await.status, 403, "only one's own");
    let page = format!("/api/v1/accounts/{}/statuses?pinned=true", w.ana.id());
    let pinned = w.get_unknown(&page).await.ok();
    assert_eq!((pinned.as_array().unwrap().len(), &pinned[0]["id"]), (1, &old["id"]));
    for n in 0..4 {
        let post = w.say(&w.ana, &format!("otra {n}")).await;
        w.post(&w.ana, &of(&post, "/pin")).await.ok();
    }
    assert_eq!(w.post(&w.ana, &of(&new, "/pin")).await.status, 422, "enough");
    assert_eq!(w.post(&w.ana, &of(&old, "/pin")).await.status, 200, "it is pinned already");
    assert_eq!(w.post(&w.ana, &of(&old, "/unpin")).await.ok()["pinned"], false);
    w.post(&w.ana, &of(&new, "/pin")).await.ok();
    assert_eq!(w.get_unknown(&page).await.ok()[0]["id"], new["id"], "pinned last first");
    let direct =
        w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "@bea x", "visibility": "direct" })).await.ok();
    assert_eq!(w.post(&w.ana, &of(&direct, "/pin")).await.status, 403);
}

async fn one_hears_no_more_of_a_muted_thread(w: World) {
    let post = w.say(&w.ana, "tema").await;
    assert_eq!(w.post(&w.ana, &of(&post, "/mute")).await.ok()["muted"], true);
    let reply = w.reply(&w.bea, &post, "@ana ¡eh!").await;
    w.post(&w.bea, &of(&post, "/favourite")).await.ok();
    w.say(&w.bea, "@ana otra cosa").await;
    let told = w.get(&w.ana, "/api/v1/notifications").await.ok();
    assert_eq!(told.as_array().unwrap().len(), 1, "of the other thing");
    assert_eq!(w.get(&w.ana, &of(&reply, "")).await.ok()["muted"], true, "the whole thread");
    assert_eq!(w.get(&w.caro, &of(&post, "")).await.ok()["muted"], false);
    assert_eq!(w.post(&w.ana, &of(&reply, "/unmute")).await.ok()["muted"], false);
    w.reply(&w.caro, &post, "@ana ahora sí").await;
    assert_eq!(w.get(&w.ana, "/api/v1/notifications").await.ok().as_array().unwrap().len(), 2);
}

async fn posts_are_published_when_they_are_due(w: World) {
    let at = |minutes: u64| {
        let at = w.app.now() + span::minutes(minutes);
        crate::entities::instant(at)
    };
    let schedule = async |minutes: u64| {
        let body = json!({ "status": "mañana", "visibility": "unlisted", "scheduled_at": at(minutes) });
        w.call(&w.ana, "POST", "/api/v1/statuses", body).await
    };
    assert_eq!(schedule(1).await.status, 422, "too soon");
    let wrong = json!({ "status": "x", "scheduled_at": "mañana" });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", wrong).await.status, 422);
    let waiting = schedule(60).await.ok();
    let path = format!("/api/v1/scheduled_statuses/{}", waiting["id"].as_str().unwrap());
    assert_eq!((&waiting["params"]["text"], &waiting["params"]["visibility"]), (&"mañana".into(), &"unlisted".into()));
    assert_eq!(w.get(&w.ana, "/api/v1/scheduled_statuses").await.ok(), json!([waiting]));
    assert_eq!(w.get(&w.bea, &path).await.status, 404);
    w.work().await;
    let page = format!("/api/v1/accounts/{}/statuses", w.ana.id());
    assert_eq!(w.get_unknown(&page).await.ok(), json!([]));

    // Put off, it is not published at the first time.
    let later = w.call(&w.ana, "PUT", &path, json!({ "scheduled_at": at(120) })).await.ok();
    assert_ne!(later["scheduled_at"], waiting["scheduled_at"]);
    w.clock.advance(span::minutes(61));
    w.work().await;
    assert_eq!(w.get_unknown(&page).await.ok(), json!([]));
    w.clock.advance(span::minutes(60));
    w.work().await;
    let published = w.get_unknown(&page).await.ok();
    assert_eq!((published.as_array().unwrap().len(), &published[0]["visibility"]), (1, &"unlisted".into()));
    assert_eq!(w.get(&w.ana, &path).await.status, 404);

    let gone = schedule(10).await.ok();
    let path = format!("/api/v1/scheduled_statuses/{}", gone["id"].as_str().unwrap());
    assert_eq!(w.call(&w.bea, "DELETE", &path, Value::Null).await.status, 404);
    assert_eq!(w.call(&w.ana, "DELETE", &path, Value::Null).await.status, 200);
    w.clock.advance(span::minutes(11));
    w.work().await;
    assert_eq!(w.get_unknown(&page).await.ok().as_array().unwrap().len(), 1);
}

async fn what_quotes_waits_and_is_published_as_a_quote(w: World) {
    let said = w.say(&w.bea, "apuntadlo").await;
    let at = crate::entities::instant(w.app.now() + span::minutes(60));
    let plan = async |more: Value| {
        let mut body = json!({ "status": "mañana", "scheduled_at": at });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok()["params"].clone()
    };
    let bare = plan(json!({ "visibility": "private", "quote_approval_policy": "public" })).await;
    assert_eq!((&bare["quoted_status_id"], &bare["quote_approval_policy"]), (&Value::Null, &json!("nobody")));
    let quoting = plan(json!({ "quoted_status_id": said["id"], "quote_approval_policy": "followers" })).await;
    assert_eq!((&quoting["quoted_status_id"], &quoting["quote_approval_policy"]), (&said["id"], &json!("followers")));
    w.clock.advance(span::minutes(61));
    w.work().await;
    let page = format!("/api/v1/accounts/{}/statuses", w.ana.id());
    let published = w.get_unknown(&page).await.ok()[0].clone();
    assert_eq!(
        (&published["quote"]["state"], &published["quote"]["quoted_status"]["id"]),
        (&json!("accepted"), &said["id"])
    );
    assert_eq!(published["quote_approval"]["automatic"], json!(["followers"]));
}

async fn what_is_to_come_shows_its_pictures_and_its_poll(w: World) {
    let at = |minutes: u64| crate::entities::instant(w.app.now() + span::minutes(minutes));
    let media = w.send_form(&w.ana, "POST", "/api/v2/media", form(&[], "file", &picture())).await.ok();
    let body = json!({ "status": "", "scheduled_at": at(60), "media_ids": [media["id"]] });
    let waiting = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    assert_eq!(waiting["params"]["media_ids"], json!([media["id"]]));
    assert_eq!(waiting["media_attachments"][0]["id"], media["id"]);
    assert!(waiting["media_attachments"][0]["url"].as_str().is_some_and(|url| url.contains("/media/files/")));

    // A poll is open for half an hour, from whenever it is published.
    let poll = json!({ "options": ["sí", "no"], "expires_in": 1800 });
    let body = json!({ "status": "¿Vienes?", "scheduled_at": at(60), "poll": poll });
    let asks = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    let expected = json!({ "options": ["sí", "no"], "expires_in": 1800, "multiple": false, "hide_totals": false });
    assert_eq!(asks["params"]["poll"], expected);
    let path = format!("/api/v1/scheduled_statuses/{}", asks["id"].as_str().unwrap());
    let later = w.call(&w.ana, "PUT", &path, json!({ "scheduled_at": at(240) })).await.ok();
    assert_eq!(later["params"]["poll"], expected);
    let listed = w.get(&w.ana, "/api/v1/scheduled_statuses").await.ok();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]), (2, &later));
    w.clock.advance(span::minutes(241));
    w.work().await;
    let page = format!("/api/v1/accounts/{}/statuses", w.ana.id());
    let published = w.get_unknown(&page).await.ok();
    let polls: Vec<&Value> = published.as_array().unwrap().iter().map(|status| &status["poll"]).collect();
    assert!(polls.iter().any(|poll| poll["expired"] == false), "{polls:?}");
}

async fn what_is_off_answers_as_where_it_is_off(w: World) {
    let post = w.say(&w.ana, "hola").await;
    assert_eq!(w.post(&w.bea, &of(&post, "/translate")).await.body, json!({ "error": "Record not found" }));
    for links in ["trends/links", "timelines/link?url=https%3A%2F%2Fa.example"] {
        assert_eq!(w.get_unknown(&format!("/api/v1/{links}")).await.ok(), json!([]), "{links}");
    }
    for part in ["collections", "in_collections"] {
        let none = w.get_unknown(&format!("/api/v1/accounts/{}/{part}", w.ana.id())).await.ok();
        assert_eq!(none, json!({ "collections": [] }));
    }
    for (method, path) in [
        ("GET", "/api/v1/collections/1"),
        ("POST", "/api/v1/collections/1/items/2/revoke"),
        ("GET", "/api/v1_alpha/async_refreshes/x"),
    ] {
        let none = w.call(&w.ana, method, path, Value::Null).await;
        assert_eq!((none.status, none.body["error"].is_string()), (404, true), "{method} {path}");
    }
    assert_eq!(w.get(&w.bea, &of(&post, "/quotes")).await.ok(), json!([]));
    let policy = json!({ "quote_approval_policy": "nobody" });
    let closed = w.call(&w.ana, "PUT", &of(&post, "/interaction_policy"), policy.clone()).await.ok();
    assert_eq!((&closed["id"], &closed["quote_approval"]["automatic"]), (&post["id"], &json!([])));
    assert_eq!(w.call(&w.bea, "PUT", &of(&post, "/interaction_policy"), policy).await.status, 403);
}

on_both! {
    versions_are_kept_until_the_post_goes secrets_have_secret_versions some_posts_are_pinned
    one_hears_no_more_of_a_muted_thread posts_are_published_when_they_are_due
    what_is_to_come_shows_its_pictures_and_its_poll what_quotes_waits_and_is_published_as_a_quote
    what_is_off_answers_as_where_it_is_off
}
