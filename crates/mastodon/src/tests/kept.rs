//! What is kept in memory says what is true: whoever asks a server that kept everything is told what one is told that has
//! just started.
use app::{
    Change,
    moderation::{self, Measure},
};
use domain::{
    group::{Joining, Visibility},
    id::PostId,
    statement::Grounds,
    time::span,
};
use serde_json::{Value, json};

use super::{World, of, on_both};

/// Where what happens to one post and its author shows.
fn places(w: &World, post: &Value, group: i64) -> Vec<String> {
    let mut places: Vec<String> = ["timelines/home", "timelines/public", "notifications", "favourites"]
        .map(|path| format!("/api/v1/{path}"))
        .into();
    places.extend([of(post, ""), of(post, "/context"), "/api/v2/search?q=feria".to_owned()]);
    places.extend([w.ana.id(), group].map(|id| format!("/api/v1/accounts/{id}/statuses")));
    places
}

/// Compares what this server says with what a new one says about the same database, to each of some people.
async fn expect_true(w: &World, post: &Value, group: i64, after: &str) {
    let new = w.again();
    for (who, name) in [(&w.ana, "ana"), (&w.bea, "bea"), (&w.caro, "caro")] {
        for place in places(w, post, group) {
            // What is asked for twice is kept, if it may be.
            w.get(who, &place).await;
            let (kept, read) = (w.get(who, &place).await.body, new.get(who, &place).await.body);
            assert_eq!(kept, read, "{place} for {name} after {after}");
        }
    }
}

async fn nothing_that_is_kept_is_out_of_date(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    for whom in [group, w.ana.id(), w.caro.id()] {
        w.follow(&w.bea, whom).await;
    }
    let post = w.say(&w.ana, "@huerto @bea una feria").await;
    let quoted = w.say(&w.ana, "otra feria, con @caro").await;
    let true_after = async |what: &str| expect_true(&w, &post, group, what).await;
    true_after("nothing").await;

    w.post(&w.bea, &of(&post, "/favourite")).await.ok();
    true_after("a favourite").await;
    w.post(&w.caro, &of(&post, "/reblog")).await.ok();
    w.post(&w.caro, &of(&quoted, "/reblog")).await.ok();
    true_after("a boost").await;
    w.post(&w.bea, &of(&post, "/unfavourite")).await.ok();
    true_after("a favourite that was taken back").await;
    w.post(&w.caro, &of(&post, "/unreblog")).await.ok();
    true_after("a boost that was taken back").await;

    let reply = w.reply(&w.caro, &post, "@ana sí, feria").await;
    true_after("a reply").await;
    w.call(&w.ana, "DELETE", &of(&reply, ""), Value::Null).await;
    w.call(&w.caro, "DELETE", &of(&reply, ""), Value::Null).await;
    true_after("a reply that is gone").await;

    let quote = json!({ "status": "mira, feria", "quoted_status_id": post["id"] });
    let quote = w.call(&w.ana, "POST", "/api/v1/statuses", quote).await.ok();
    true_after("a quote").await;
    w.call(&w.ana, "DELETE", &of(&quote, ""), Value::Null).await.ok();
    true_after("a quote that is gone").await;

    w.call(&w.ana, "PUT", &of(&post, ""), json!({ "status": "@huerto @caro otra feria", "sensitive": true }))
        .await
        .ok();
    true_after("an edit").await;
    for (who, name) in [(&w.ana, "Ana la de la feria"), (&w.bea, "Bea"), (&w.caro, "Caro")] {
        w.call(who, "PATCH", "/api/v1/accounts/update_credentials", json!({ "display_name": name })).await.ok();
    }
    true_after("other names").await;

    let poll = |options: [&str; 2]| json!({ "options": options, "expires_in": 300 });
    let asked = json!({ "status": "¿qué feria?", "poll": poll(["una", "otra"]) });
    let asked = w.call(&w.ana, "POST", "/api/v1/statuses", asked).await.ok();
    true_after("a poll").await;
    let votes = format!("/api/v1/polls/{}/votes", asked["id"].as_str().unwrap());
    w.call(&w.bea, "POST", &votes, json!({ "choices": [1] })).await.ok();
    true_after("a vote in it").await;
    let other = json!({ "status": "¿qué feria?", "poll": poll(["esta", "esa"]) });
    w.call(&w.ana, "PUT", &of(&asked, ""), other).await.ok();
    true_after("other answers").await;
    w.clock.advance(span::seconds(301));
    true_after("its end").await;

    let id = PostId(post["id"].as_str().unwrap().parse().unwrap());
    for (measure, what) in [(Measure::Lock, "a lock"), (Measure::Remove, "a removal")] {
        moderation::take(&w.app, w.ana.me, id, measure, Grounds::default()).await.unwrap();
        true_after(what).await;
    }
    let admin = w.admin().await;
    app::restraints::lay(&w.app, admin, w.ana.me.0, domain::actor::Restraint::Veil, "x".into()).await.unwrap();
    true_after("a veil").await;
    app::suspensions::suspend(&w.app, admin, w.ana.me.0, "x".into()).await.unwrap();
    for place in [of(&quoted, ""), "/api/v1/timelines/home".to_owned()] {
        let (kept, read) = (w.get(&w.bea, &place).await.body, w.again().get(&w.bea, &place).await.body);
        assert_eq!(kept, read, "{place} after a suspension");
    }
}

async fn what_readers_want_shows_at_once(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    for whom in [group, w.ana.id(), w.caro.id()] {
        w.follow(&w.bea, whom).await;
    }
    let post = w.say(&w.ana, "@huerto @bea una feria").await;
    let other = w.say(&w.caro, "otra #feria, @bea").await;
    w.post(&w.caro, &of(&post, "/reblog")).await.ok();
    let (ana, caro) = (w.ana.id(), w.caro.id());
    let account = |id: i64, what: &str| (format!("/api/v1/accounts/{id}/{what}"), Value::Null);
    let list = json!({ "title": "aparte", "exclusive": true });
    let list = w.call(&w.bea, "POST", "/api/v1/lists", list).await.ok()["id"].as_str().unwrap().to_owned();
    let list = format!("/api/v1/lists/{list}/accounts");
    let filter = json!({
        "title": "ferias", "context": ["home"], "filter_action": "hide", "keywords_attributes": [{ "keyword": "otra" }],
    });
    // Bea's, and only where her wishes show.
    let expect_true = async |after: &str| {
        let new = w.again();
        for place in ["/api/v1/timelines/home".to_owned(), of(&post, ""), of(&other, "")] {
            w.get(&w.bea, &place).await;
            let (kept, read) = (w.get(&w.bea, &place).await.body, new.get(&w.bea, &place).await.body);
            assert_eq!(kept, read, "{place} after {after}");
        }
    };
    let steps = [
        ("POST", (of(&post, "/bookmark"), Value::Null)),
        ("POST", (of(&other, "/mute"), Value::Null)),
        ("POST", account(caro, "mute")),
        ("POST", account(caro, "unmute")),
        ("POST", (list.clone(), json!({ "account_ids": [caro.to_string()] }))),
        ("POST", ("/api/v1/tags/feria/follow".to_owned(), Value::Null)),
        ("DELETE", (list, json!({ "account_ids": [caro.to_string()] }))),
        ("POST", (format!("/api/v1/accounts/{caro}/follow"), json!({ "reblogs": false }))),
        ("POST", ("/api/v2/filters".to_owned(), filter)),
        ("POST", account(caro, "unfollow")),
        ("POST", account(ana, "block")),
        ("POST", account(ana, "unblock")),
        ("POST", account(group, "unfollow")),
    ];
    expect_true("nothing").await;
    for (method, (path, body)) in steps {
        w.call(&w.bea, method, &path, body).await.ok();
        expect_true(&format!("{method} {path}")).await;
    }
    w.post(&w.ana, &format!("/api/v1/accounts/{}/block", w.bea.id())).await.ok();
    expect_true("being blocked").await;
}

async fn what_another_process_writes_shows(w: World) {
    let post = w.say(&w.ana, "hola").await;
    w.app.listen().unwrap();
    let likes = async |w: &World| w.get(&w.bea, &of(&post, "")).await.ok()["favourites_count"].clone();
    let path = format!("/api/v1/accounts/{}", w.bea.id());
    let followers = async |w: &World| w.get(&w.ana, &path).await.ok()["followers_count"].clone();
    assert_eq!((likes(&w).await, followers(&w).await), (0.into(), 0.into()));
    let (mut changes, other) = (w.app.changes(), w.again());
    other.post(&w.caro, &of(&post, "/favourite")).await.ok();
    other.follow(&w.caro, w.bea.id()).await;
    // What comes from elsewhere comes in its order: whoever has heard of this has heard of that.
    other.say(&w.caro, "y ya").await;
    while !matches!(changes.recv().await.unwrap(), Change::New(_)) {}
    assert_eq!((likes(&w).await, followers(&w).await), (1.into(), 1.into()));
}

async fn what_not_everybody_may_read_is_shown_to_members_only(w: World) {
    let group = w.group("secreto", Visibility::Private, Joining::Approval).await;
    let post = w.say(&w.ana, "@secreto nada que ver").await;
    w.get(&w.ana, &of(&post, "")).await.ok();
    w.get(&w.ana, &of(&post, "/context")).await.ok();
    for path in [of(&post, ""), of(&post, "/context")] {
        assert_eq!(w.get(&w.bea, &path).await.status, 404);
        assert_eq!(w.get_unknown(&path).await.status, 404);
    }
    let shown = w.get(&w.bea, &format!("/api/v1/accounts/{group}/statuses")).await.ok();
    assert_eq!(shown, json!([]));
}

on_both! {
    nothing_that_is_kept_is_out_of_date
    what_readers_want_shows_at_once
    what_another_process_writes_shows
    what_not_everybody_may_read_is_shown_to_members_only
}
