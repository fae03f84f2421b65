//! Columns of one's own: lists, groups as lists, filters, what one keeps, how far one has read.
use domain::group::{Joining, Visibility};
use serde_json::{Value, json};

use super::{Person, World, of, on_both};

fn titles(lists: &Value) -> Vec<&str> {
    lists.as_array().unwrap().iter().map(|list| list["title"].as_str().unwrap()).collect()
}

fn texts(statuses: &Value) -> Vec<&str> {
    statuses.as_array().unwrap().iter().map(|status| status["content"].as_str().unwrap()).collect()
}

async fn put_in(w: &World, who: &Person, list: &str, whom: &[&Person]) -> u16 {
    let ids: Vec<String> = whom.iter().map(|person| person.id().to_string()).collect();
    w.call(who, "POST", &format!("/api/v1/lists/{list}/accounts"), json!({ "account_ids": ids })).await.status
}

async fn lists_are_read_apart(w: World) {
    let wish = json!({ "title": "Vecinas", "replies_policy": "none", "exclusive": true });
    let list = w.call(&w.bea, "POST", "/api/v1/lists", wish).await.ok();
    let id = list["id"].as_str().unwrap().to_owned();
    assert_eq!((&list["replies_policy"], &list["exclusive"]), (&"none".into(), &true.into()));
    assert_eq!(put_in(&w, &w.bea, &id, &[&w.ana]).await, 403, "only whom one follows");
    w.follow(&w.bea, w.ana.id()).await;
    w.follow(&w.bea, w.caro.id()).await;
    assert_eq!(put_in(&w, &w.bea, &id, &[&w.ana]).await, 200);
    let post = w.say(&w.ana, "uno").await;
    w.reply(&w.ana, &w.say(&w.caro, "dos").await, "tres").await;
    w.post(&w.ana, &of(&w.say(&w.caro, "cuatro").await, "/reblog")).await.ok();

    let letter = json!({ "status": "@bea entre nosotras", "visibility": "direct" });
    w.call(&w.ana, "POST", "/api/v1/statuses", letter).await.ok();

    let timeline = format!("/api/v1/timelines/list/{id}");
    let page = w.get(&w.bea, &timeline).await.ok();
    assert_eq!(texts(&page), ["", "<p>uno</p>"], "no replies nor letters, and what she passed on: {page:#}");
    let home = w.home(&w.bea).await;
    assert!(home.iter().all(|status| status["account"]["acct"] == "caro"), "she is read only there");
    let change = w
        .call(
            &w.bea,
            "PUT",
            &format!("/api/v1/lists/{id}"),
            json!({ "replies_policy": "followed", "exclusive": "false" }),
        )
        .await
        .ok();
    assert_eq!((&change["title"], &change["exclusive"]), (&"Vecinas".into(), &false.into()));
    assert_eq!(texts(&w.get(&w.bea, &timeline).await.ok()).len(), 3);
    assert!(w.home(&w.bea).await.iter().any(|status| status["id"] == post["id"]));

    let mine = format!("/api/v1/accounts/{}/lists", w.ana.id());
    assert_eq!(titles(&w.get(&w.bea, &mine).await.ok()), ["Vecinas"]);
    assert_eq!(w.get(&w.ana, &format!("/api/v1/lists/{id}")).await.status, 404, "not hers");
    assert_eq!(w.get(&w.bea, &format!("/api/v1/lists/{id}/accounts")).await.ok()[0]["acct"], "ana");
    let accounts = format!("/api/v1/lists/{id}/accounts");
    assert_eq!(put_in(&w, &w.bea, &id, &[&w.caro]).await, 200);
    let listed = async || w.get(&w.bea, &accounts).await.ok().as_array().unwrap().len();
    assert_eq!(listed().await, 2);
    let some = async |limit: u8| w.get(&w.bea, &format!("{accounts}?limit={limit}")).await;
    assert_eq!(some(1).await.ok().as_array().unwrap().len(), 1);
    let all = some(0).await;
    assert!(all.link("next").is_none() && all.ok().as_array().unwrap().len() == 2, "none at a time is all at once");
    let both = format!("{accounts}?account_ids[]={}", w.caro.id());
    assert_eq!(w.call(&w.caro, "DELETE", &both, Value::Null).await.status, 404, "not hers");
    assert_eq!(w.call(&w.bea, "DELETE", &both, Value::Null).await.status, 200);
    assert_eq!((listed().await, titles(&w.get(&w.bea, &mine).await.ok())), (1, vec!["Vecinas"]));
    w.post(&w.bea, &format!("/api/v1/accounts/{}/unfollow", w.ana.id())).await.ok();
    assert_eq!(
        w.get(&w.bea, &format!("/api/v1/lists/{id}/accounts")).await.ok(),
        json!([]),
        "nobody whom one does not follow"
    );
    assert_eq!(w.call(&w.bea, "DELETE", &format!("/api/v1/lists/{id}"), Value::Null).await.status, 200);
    assert_eq!(w.get(&w.bea, "/api/v1/lists").await.ok(), json!([]));
    assert_eq!(w.call(&w.bea, "POST", "/api/v1/lists", json!({ "title": " " })).await.status, 422);
}

async fn groups_are_lists_that_are_only_read(w: World) {
    let group = w.group("cueva", Visibility::Private, Joining::Open).await;
    w.follow(&w.bea, group).await;
    w.say(&w.ana, "@cueva secreto").await;
    let lists = w.get(&w.bea, "/api/v1/lists").await.ok();
    assert_eq!(titles(&lists), ["Huerto"]);
    assert_eq!(lists[0]["id"], group.to_string());
    let timeline = format!("/api/v1/timelines/list/{group}");
    let page = w.get(&w.bea, &timeline).await.ok();
    assert!(page[0]["reblog"]["content"].as_str().unwrap().contains("secreto"));
    assert_eq!(w.get(&w.bea, &format!("/api/v1/lists/{group}")).await.ok()["title"], "Huerto");
    assert_eq!(w.get(&w.bea, &format!("/api/v1/lists/{group}/accounts")).await.ok()[0]["acct"], "cueva");
    for (method, path, body) in [
        ("PUT", format!("/api/v1/lists/{group}"), json!({ "title": "Mía" })),
        ("DELETE", format!("/api/v1/lists/{group}"), Value::Null),
        ("POST", format!("/api/v1/lists/{group}/accounts"), json!({ "account_ids": [w.ana.id().to_string()] })),
    ] {
        assert_eq!(w.call(&w.bea, method, &path, body).await.status, 403, "{method} {path}");
    }
    for path in [timeline, format!("/api/v1/lists/{group}"), format!("/api/v1/lists/{group}/accounts")] {
        assert_eq!(w.get(&w.caro, &path).await.status, 404, "{path} is for members");
    }
    let open = w.group("plaza", Visibility::Public, Joining::Open).await;
    let column = format!("/api/v1/timelines/list/{open}");
    let asked = format!("/api/v1/lists/{open}");
    w.say(&w.ana, "@plaza para quien pasa").await;
    assert_eq!(w.get(&w.caro, &column).await.status, 404, "nothing to do with her yet");
    w.follow(&w.caro, open).await;
    w.follow(&w.caro, w.ana.id()).await;
    assert_eq!(titles(&w.get(&w.caro, "/api/v1/lists").await.ok()).len(), 1, "people are no columns");
    assert!(w.get(&w.caro, &column).await.ok()[0]["reblog"]["content"].as_str().unwrap().contains("quien pasa"));
    assert_eq!(w.get(&w.caro, &format!("/api/v1/timelines/list/{}", w.ana.id())).await.status, 404);
    assert_eq!(w.call(&w.caro, "DELETE", &asked, Value::Null).await.status, 403, "it is only read");
    w.post(&w.caro, &format!("/api/v1/accounts/{open}/unfollow")).await.ok();
    assert_eq!(w.get(&w.caro, &column).await.status, 404);
    assert_eq!(w.call(&w.caro, "PUT", &format!("/api/v1/lists/{group}"), json!({ "title": "x" })).await.status, 404);
}

async fn filters_mark_and_hide(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    let post = w.say(&w.ana, "hoy hay Fútbol").await;
    let other = w.say(&w.ana, "hoy no").await;
    let wish = json!({
        "title": "Deporte", "context": ["home", "public"], "filter_action": "warn",
        "keywords_attributes": [{ "keyword": "fútbol", "whole_word": true }, { "keyword": "liga" }],
    });
    let filter = w.call(&w.bea, "POST", "/api/v2/filters", wish).await.ok();
    let id = filter["id"].as_str().unwrap().to_owned();
    let shown = w.home(&w.bea).await;
    let marked = shown.iter().find(|status| status["id"] == post["id"]).unwrap();
    assert_eq!(marked["filtered"][0]["keyword_matches"], json!(["fútbol"]));
    assert_eq!(marked["filtered"][0]["filter"]["title"], "Deporte");
    assert_eq!(shown.iter().find(|status| status["id"] == other["id"]).unwrap()["filtered"], json!([]));
    let own = w.get(&w.ana, &of(&post, "")).await.ok();
    assert_eq!(own["filtered"], json!([]), "her filter is hers");

    let path = format!("/api/v2/filters/{id}");
    let change = w.call(&w.bea, "PUT", &path, json!({ "filter_action": "hide", "expires_in": 3600 })).await.ok();
    assert_eq!(change["keywords"].as_array().unwrap().len(), 2, "what is not said stays");
    let shown = w.get(&w.bea, "/api/v1/timelines/home").await.ok();
    assert_eq!(texts(&shown), ["<p>hoy no</p>"]);
    assert_eq!(w.get(&w.bea, &of(&post, "")).await.status, 200, "where one goes to look, it is there");
    let account = w.get(&w.bea, &format!("/api/v1/accounts/{}/statuses", w.ana.id())).await.ok();
    assert_eq!(account.as_array().unwrap().len(), 2, "the filter does not hold on pages of people");
    w.clock.advance(domain::time::span::hours(2));
    assert_eq!(w.home(&w.bea).await.len(), 2, "it is over");

    let picked = w.call(&w.bea, "POST", &format!("{path}/statuses"), json!({ "status_id": other["id"] })).await.ok();
    w.call(&w.bea, "PUT", &path, json!({ "expires_in": "" })).await.ok();
    let shown = w.get(&w.bea, &of(&other, "")).await.ok();
    assert_eq!(shown["filtered"][0]["status_matches"], json!([other["id"]]));
    let gone = format!("/api/v2/filters/statuses/{}", picked["id"].as_str().unwrap());
    assert_eq!(w.call(&w.bea, "DELETE", &gone, Value::Null).await.status, 200);
    let keyword = w.call(&w.bea, "POST", &format!("{path}/keywords"), json!({ "keyword": "gol" })).await.ok();
    let one = format!("/api/v2/filters/keywords/{}", keyword["id"].as_str().unwrap());
    assert_eq!(w.call(&w.bea, "PUT", &one, json!({ "whole_word": true })).await.ok()["whole_word"], true);
    assert_eq!(w.call(&w.caro, "DELETE", &one, Value::Null).await.status, 404, "not hers");
    assert_eq!(w.call(&w.bea, "DELETE", &one, Value::Null).await.status, 200);
    let gone = json!({ "keywords_attributes": [{ "id": filter["keywords"][1]["id"], "_destroy": true }] });
    assert_eq!(w.call(&w.bea, "PUT", &path, gone).await.ok()["keywords"].as_array().unwrap().len(), 1);
    assert_eq!(w.call(&w.bea, "DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(w.get(&w.bea, "/api/v2/filters").await.ok(), json!([]));
    assert_eq!(w.call(&w.bea, "POST", "/api/v2/filters", json!({ "title": "x", "context": [] })).await.status, 422);
    assert_eq!(w.call(&w.bea, "POST", "/api/v2/filters", json!({ "title": "x", "context": ["y"] })).await.status, 422);
}

async fn filters_have_a_first_form(w: World) {
    let form = json!({ "phrase": "gato", "context": ["home"], "irreversible": true, "whole_word": true });
    let filter = w.call(&w.bea, "POST", "/api/v1/filters", form).await.ok();
    let path = format!("/api/v1/filters/{}", filter["id"].as_str().unwrap());
    assert_eq!(
        (&filter["phrase"], &filter["irreversible"], &filter["whole_word"]),
        (&"gato".into(), &true.into(), &true.into())
    );
    assert_eq!(w.get(&w.bea, "/api/v2/filters").await.ok()[0]["filter_action"], "hide");
    assert_eq!(w.get(&w.bea, &path).await.ok(), filter);
    let change = w.call(&w.bea, "PUT", &path, json!({ "phrase": "perro", "context": ["home"] })).await.ok();
    assert_eq!((&change["phrase"], &change["id"]), (&"perro".into(), &filter["id"]));
    assert_eq!(w.get(&w.caro, &path).await.status, 404);
    assert_eq!(w.call(&w.bea, "DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(w.get(&w.bea, "/api/v1/filters").await.ok(), json!([]));
}

async fn what_one_keeps_and_likes_comes_newest_first(w: World) {
    let (old, new) = (w.say(&w.ana, "viejo").await, w.say(&w.ana, "nuevo").await);
    for (what, back, list) in
        [("/bookmark", "/unbookmark", "/api/v1/bookmarks"), ("/favourite", "/unfavourite", "/api/v1/favourites")]
    {
        for post in [&new, &old] {
            w.clock.advance(domain::time::span::seconds(1));
            w.post(&w.bea, &of(post, what)).await.ok();
        }
        let all = w.get(&w.bea, list).await.ok();
        assert_eq!(texts(&all), ["<p>viejo</p>", "<p>nuevo</p>"], "{list}: by when that was done");
        let first = w.get(&w.bea, &format!("{list}?limit=1")).await;
        let second = w.get(&w.bea, &first.link("next").unwrap()).await.ok();
        assert_eq!(texts(&second), ["<p>nuevo</p>"]);
        w.post(&w.bea, &of(&old, back)).await.ok();
        assert_eq!(texts(&w.get(&w.bea, list).await.ok()), ["<p>nuevo</p>"]);
        assert_eq!(w.get(&w.caro, list).await.ok(), json!([]));
    }
    assert_eq!(w.get(&w.bea, &of(&new, "")).await.ok()["bookmarked"], true);
    assert_eq!(w.get_unknown(&of(&new, "/favourited_by")).await.ok()[0]["acct"], "bea");
    w.post(&w.caro, &of(&new, "/reblog")).await.ok();
    assert_eq!(w.get_unknown(&of(&new, "/reblogged_by")).await.ok()[0]["acct"], "caro");
    assert_eq!(w.get_unknown("/api/v1/trends/statuses").await.ok()[0]["id"], new["id"]);
    let (one, other) = (new["id"].as_str().unwrap(), old["id"].as_str().unwrap());
    let many = w.get_unknown(&format!("/api/v1/statuses?id[]={other}&id[]=77&id[]={one}")).await.ok();
    assert_eq!(texts(&many), ["<p>viejo</p>", "<p>nuevo</p>"]);
}

async fn clients_go_on_where_others_stopped(w: World) {
    let set = w.call(&w.bea, "POST", "/api/v1/markers", json!({ "home": { "last_read_id": "40" } })).await.ok();
    assert_eq!((&set["home"]["last_read_id"], &set["home"]["version"]), (&"40".into(), &0.into()));
    let set = w.call(&w.bea, "POST", "/api/v1/markers", json!({ "home": { "last_read_id": "44" } })).await.ok();
    assert_eq!(set["home"]["version"], 1);
    let known = w.get(&w.bea, "/api/v1/markers?timeline[]=home&timeline[]=notifications").await.ok();
    assert_eq!((&known["home"]["last_read_id"], known.get("notifications")), (&"44".into(), None));
    assert_eq!(w.get(&w.caro, "/api/v1/markers?timeline[]=home").await.ok(), json!({}));
}

on_both! {
    lists_are_read_apart groups_are_lists_that_are_only_read filters_mark_and_hide filters_have_a_first_form
    what_one_keeps_and_likes_comes_newest_first clients_go_on_where_others_stopped
}
