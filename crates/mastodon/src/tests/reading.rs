//! Who may read what: what one may not read is, in every answer, what there is not.
use std::time::Duration;

use app::posts::{Draft, Origin, Way};
use domain::{
    group::{Joining, Visibility},
    post::{Audience, Content, PostKind},
};
use serde_json::{Value, json};

use super::{Person, World, of, on_both};

async fn hidden(w: &World, who: &Person, status: &Value) {
    for part in ["", "/context", "/source"] {
        let answer = w.get(who, &of(status, part)).await;
        let missing = w.get(who, &format!("/api/v1/statuses/4{part}")).await;
        assert_eq!((answer.status, &answer.body), (404, &missing.body), "{part}");
    }
    for part in ["/favourite", "/unfavourite", "/reblog", "/unreblog"] {
        assert_eq!(w.post(who, &of(status, part)).await.status, 404, "{part}");
    }
    assert_eq!(w.call(who, "DELETE", &of(status, ""), Value::Null).await.status, 404);
    assert_eq!(w.call(who, "PUT", &of(status, ""), json!({"status": "x"})).await.status, 404);
    let reply = json!({ "status": "x", "in_reply_to_id": status["id"] });
    assert_eq!(w.call(who, "POST", "/api/v1/statuses", reply).await.status, 404);
}

async fn a_private_group_is_for_its_members(w: World) {
    let club = w.group("club", Visibility::Private, Joining::Invite).await;
    let topic = w
        .call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "@club secretísimo", "visibility": "public" }))
        .await
        .ok();
    assert_eq!(topic["visibility"], "private", "whatever was asked for");
    hidden(&w, &w.bea, &topic).await;
    assert_eq!(w.get_unknown(&of(&topic, "")).await.status, 404);
    let passed_on = topic["id"].as_str().unwrap().parse::<i64>().unwrap() | 1;
    assert_eq!(w.get(&w.bea, &format!("/api/v1/statuses/{passed_on}")).await.status, 404);
    for path in [
        "/api/v1/timelines/public".to_owned(),
        format!("/api/v1/accounts/{club}/statuses"),
        format!("/api/v1/accounts/{}/statuses", w.ana.id()),
    ] {
        assert_eq!(w.get(&w.bea, &path).await.ok(), json!([]), "{path}");
    }
    assert_eq!(w.get_unknown(&format!("/api/v1/accounts/{}", w.ana.id())).await.ok()["statuses_count"], 0);
    let search = "/api/v2/search?q=secret%C3%ADsimo";
    assert_eq!(w.get(&w.bea, search).await.ok()["statuses"], json!([]));
    let by_url = format!("/api/v2/search?resolve=true&q={}", topic["url"].as_str().unwrap());
    assert_eq!(w.get(&w.bea, &by_url).await.ok()["statuses"], json!([]));

    let refused = w.post(&w.bea, &format!("/api/v1/accounts/{club}/follow")).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.body["error"], "This action is not allowed: this group admits by invitation");
    app::invitations::invite(&w.app, w.ana.me, domain::id::ActorId(club), w.bea.me.0).await.unwrap();
    assert_eq!(w.follow(&w.bea, club).await["following"], true);
    let home = w.home(&w.bea).await;
    let passed_on = home.iter().find(|status| !status["reblog"].is_null()).unwrap();
    assert_eq!(passed_on["reblog"]["id"], topic["id"]);
    assert_eq!(w.get(&w.bea, search).await.ok()["statuses"][0]["id"], topic["id"]);
    assert_eq!(w.get(&w.bea, &by_url).await.ok()["statuses"][0]["id"], topic["id"]);
    assert_eq!(w.post(&w.bea, &of(&topic, "/reblog")).await.status, 403, "what is private is not passed on");
    hidden(&w, &w.caro, &topic).await;

    // Nor is what one says to one of them, or to those who run it, for all of them.
    app::invitations::invite(&w.app, w.ana.me, domain::id::ActorId(club), w.caro.me.0).await.unwrap();
    assert_eq!(w.follow(&w.caro, club).await["following"], true);
    let aside = json!({ "status": "@ana psst", "visibility": "direct", "in_reply_to_id": topic["id"] });
    let letter = json!({ "status": "@club psst", "visibility": "direct" });
    for written in [aside, letter] {
        let sent = w.call(&w.bea, "POST", "/api/v1/statuses", written).await.ok();
        assert_eq!(sent["visibility"], "direct");
        w.get(&w.ana, &of(&sent, "")).await.ok();
        hidden(&w, &w.caro, &sent).await;
        assert!(w.home(&w.caro).await.iter().all(|status| status["reblog"]["id"] != sent["id"]));
    }
}

async fn direct_and_followers_only(w: World) {
    let send = async |text: &str, visibility: &str| {
        let body = json!({ "status": text, "visibility": visibility });
        w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok()
    };
    let direct = send("@bea psst", "direct").await;
    let followers = send("entre nosotros", "private").await;
    let unlisted = send("en voz baja", "unlisted").await;
    assert_eq!((&direct["visibility"], &followers["visibility"]), (&json!("direct"), &json!("private")));
    hidden(&w, &w.caro, &direct).await;
    hidden(&w, &w.caro, &followers).await;
    w.get(&w.bea, &of(&direct, "")).await.ok();
    hidden(&w, &w.bea, &followers).await;
    w.follow(&w.caro, w.ana.id()).await;
    w.get(&w.caro, &of(&followers, "")).await.ok();
    hidden(&w, &w.caro, &direct).await;
    assert_eq!(w.get_unknown("/api/v1/timelines/public").await.ok(), json!([]), "unlisted is not listed");
    w.get_unknown(&of(&unlisted, "")).await.ok();
    let odd = json!({ "status": "x", "visibility": "members" });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", odd).await.status, 422);
}

async fn what_a_reply_answers_is_named_only_to_those_who_may_read_it(w: World) {
    let first = w.say(&w.ana, "@bea uno").await;
    let second = w.reply(&w.bea, &first, "@ana dos").await;
    let third = w.reply(&w.caro, &second, "@bea tres").await;
    let context = async |status: &Value| {
        let context = w.get_unknown(&of(status, "/context")).await.ok();
        let ids = |part: &str| context[part].as_array().unwrap().iter().map(|s| s["id"].clone()).collect::<Vec<_>>();
        (ids("ancestors"), ids("descendants"))
    };
    let id = |status: &Value| status["id"].clone();
    assert_eq!(context(&third).await, (vec![id(&first), id(&second)], vec![]));
    assert_eq!(context(&first).await, (vec![], vec![id(&second), id(&third)]));
    w.call(&w.bea, "DELETE", &of(&second, ""), Value::Null).await.ok();
    assert_eq!(context(&third).await, (vec![id(&first)], vec![]), "the chain goes on above a hole");
    assert_eq!(context(&first).await, (vec![], vec![id(&third)]));
    let orphan = w.get_unknown(&of(&third, "")).await.ok();
    assert_eq!((&orphan["in_reply_to_id"], &orphan["in_reply_to_account_id"]), (&Value::Null, &Value::Null));
}

async fn public_timelines_and_profiles(w: World) {
    let topic = w.say(&w.ana, "a la vista de todos #Huerto").await;
    let club = w.group("club", Visibility::Public, Joining::Open).await;
    let thread = w.say(&w.ana, "@club riego #Goteo").await;
    for (query, number) in
        [("", 1), ("?tagged=goteo", 1), ("?tagged=otro", 0), ("?only_media=1", 0), ("?exclude_reblogs=1", 0)]
    {
        let found = w.get_unknown(&format!("/api/v1/accounts/{club}/statuses{query}")).await.ok();
        assert_eq!(found.as_array().unwrap().len(), number, "{query}");
    }
    w.call(&w.ana, "DELETE", &of(&thread, ""), Value::Null).await.ok();
    let reply = w.reply(&w.ana, &topic, "y más").await;
    for path in ["/api/v1/timelines/public", "/api/v1/timelines/public?local=true"] {
        let found = w.get_unknown(path).await.ok();
        assert_eq!(found.as_array().unwrap().iter().map(|s| &s["id"]).collect::<Vec<_>>(), [&topic["id"]], "{path}");
    }
    assert_eq!(w.get_unknown("/api/v1/timelines/public?remote=true").await.ok(), json!([]));
    assert_eq!(w.get_unknown("/api/v1/timelines/public?only_media=true").await.ok(), json!([]));
    let shared = w.post(&w.ana, &of(&w.say(&w.bea, "de bea").await, "/reblog")).await.ok();
    let own = format!("/api/v1/accounts/{}/statuses", w.ana.id());
    let ids = async |query: &str| {
        let found = w.get_unknown(&format!("{own}{query}")).await.ok();
        found.as_array().unwrap().iter().map(|s| s["id"].clone()).collect::<Vec<_>>()
    };
    let all = [&shared["id"], &reply["id"], &topic["id"]];
    assert_eq!(ids("").await.iter().collect::<Vec<_>>(), all);
    assert_eq!(ids("?exclude_reblogs=1").await.iter().collect::<Vec<_>>(), all[1..]);
    assert_eq!(ids("?tagged=HUERTO").await.iter().collect::<Vec<_>>(), all[2..]);
    assert_eq!(ids("?exclude_replies=1&exclude_reblogs=1").await.len(), 2, "replies to oneself stay");
    assert!(ids("?pinned=true").await.is_empty() && ids("?only_media=true").await.is_empty());
    assert_eq!(w.get_unknown("/api/v1/accounts/5/statuses").await.status, 404);
    assert_eq!(w.get_unknown("/api/v1/accounts/nobody").await.status, 404);
}

async fn what_is_missing_of_a_thread_is_fetched_while_one_reads(w: World) {
    let content = Content { html: "<p>desde lejos</p>".into(), ..Content::default() };
    let uri = "https://far.example/1".to_owned();
    let origin =
        Origin { uri: uri.clone(), url: uri.clone(), published: w.clock.now(), edited: None, way: Way::Completing };
    let draft = Draft::new(PostKind::Note, content, Audience::Public);
    let post = app::posts::learn(&w.app, w.ana.me.0, draft, origin).await.unwrap();
    let whole = format!("/api/v1/statuses/{}/context", post.id);
    assert!(w.get_unknown(&whole).await.headers.get("mastodon-async-refresh").is_none(), "strangers start nothing");
    let path = format!("/api/v1_alpha/async_refreshes/context-{}", post.id);
    let refresh = async || {
        let told = w.get(&w.bea, &path).await.ok()["async_refresh"].take();
        (told["status"].as_str().unwrap().to_owned(), told["result_count"].as_u64().unwrap())
    };
    for found in [0, 2] {
        let answer = w.get(&w.bea, &whole).await;
        let told = answer.headers.get("mastodon-async-refresh").unwrap().to_str().unwrap();
        assert_eq!(told, format!("id=\"context-{}\", retry=3, result_count={found}", post.id));
        assert_eq!(refresh().await, ("running".to_owned(), found));
        app::backfills::go_on(&w.app, uri.clone(), "{}".to_owned(), 2).await.unwrap();
    }
    assert_eq!(w.get_unknown(&path).await.status, 401);
    app::backfills::end(&w.app, uri, 3, true).await.unwrap();
    assert_eq!(refresh().await, ("finished".to_owned(), 3));
    assert!(w.get(&w.bea, &whole).await.headers.get("mastodon-async-refresh").is_none());
    w.clock.advance(Duration::from_hours(7));
    w.get(&w.bea, &whole).await.ok();
    assert_eq!(refresh().await, ("running".to_owned(), 0), "another time, it is counted anew");

    // Of what is all here nothing is fetched.
    let own = w.say(&w.ana, "hola").await;
    assert!(w.get(&w.bea, &of(&own, "/context")).await.headers.get("mastodon-async-refresh").is_none());
    let path = format!("/api/v1_alpha/async_refreshes/context-{}", own["id"].as_str().unwrap());
    assert_eq!(w.get(&w.bea, &path).await.status, 404);
}

on_both! {
    what_is_missing_of_a_thread_is_fetched_while_one_reads
    a_private_group_is_for_its_members
    direct_and_followers_only
    what_a_reply_answers_is_named_only_to_those_who_may_read_it
    public_timelines_and_profiles
}
