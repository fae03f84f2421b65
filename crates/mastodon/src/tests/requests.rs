//! Following and being followed, joining groups, and hearing of it; finding each other.
use domain::{
    group::{Joining, Visibility},
    id::ActorId,
};
use serde_json::{Value, json};

use super::{World, of, on_both};

async fn requests_stand_with_those_who_answer_them(w: World) {
    let huerto = w.group("huerto", Visibility::Private, Joining::Approval).await;
    let asked = w.follow(&w.bea, huerto).await;
    assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
    app::members::join(&w.app, w.caro.me, ActorId(huerto)).await.unwrap();

    let waiting = w.get(&w.ana, "/api/v1/follow_requests").await.ok();
    let accts: Vec<&Value> = waiting.as_array().unwrap().iter().map(|account| &account["acct"]).collect();
    assert_eq!(accts, ["caro", "bea"], "who asked to follow, and who asked to join");
    let told = w.get(&w.ana, "/api/v1/notifications?types[]=follow_request").await.ok();
    let told: Vec<&Value> = told.as_array().unwrap().iter().map(|told| &told["account"]["acct"]).collect();
    assert_eq!(told, ["caro", "bea"]);
    let credentials = w.get(&w.ana, "/api/v1/accounts/verify_credentials").await.ok();
    assert_eq!(credentials["source"]["follow_requests_count"], 2);
    assert_eq!(w.get(&w.bea, "/api/v1/follow_requests").await.ok(), json!([]));
    let answer =
        async |who, person: i64, verb: &str| w.post(who, &format!("/api/v1/follow_requests/{person}/{verb}")).await;
    assert_eq!(answer(&w.caro, w.bea.id(), "authorize").await.status, 404, "not hers to answer");
    let topic = w.say(&w.ana, "@huerto bienvenidas").await;
    assert_eq!(w.get(&w.bea, &of(&topic, "")).await.status, 404);

    assert_eq!(answer(&w.ana, w.bea.id(), "authorize").await.ok()["id"], w.bea.id().to_string());
    assert_eq!(w.get(&w.bea, &of(&topic, "")).await.status, 200);
    assert_eq!(w.home(&w.bea).await.len(), 1);
    answer(&w.ana, w.caro.id(), "reject").await.ok();
    assert_eq!(w.get(&w.caro, &of(&topic, "")).await.status, 404);
    assert_eq!(w.get(&w.ana, "/api/v1/follow_requests").await.ok(), json!([]));
    assert_eq!(answer(&w.ana, w.caro.id(), "reject").await.status, 404, "nothing waits any more");
    app::members::join(&w.app, w.caro.me, ActorId(huerto)).await.unwrap();
    answer(&w.ana, w.caro.id(), "authorize").await.ok();
    assert_eq!(w.get(&w.caro, &of(&topic, "")).await.status, 200);
}

async fn one_answer_is_for_one_request(w: World) {
    let huerto = w.group("huerto", Visibility::Private, Joining::Approval).await;
    w.call(&w.ana, "PATCH", "/api/v1/accounts/update_credentials", json!({ "locked": true })).await.ok();
    assert_eq!(w.follow(&w.bea, huerto).await["requested"], true);
    assert_eq!(w.follow(&w.bea, w.ana.id()).await["requested"], true);
    let accept = format!("/api/v1/follow_requests/{}/authorize", w.bea.id());
    let stands = async |id: i64| {
        let path = format!("/api/v1/accounts/relationships?id[]={id}");
        w.get(&w.bea, &path).await.ok()[0]["following"].clone()
    };
    w.post(&w.ana, &accept).await.ok();
    assert_eq!((stands(w.ana.id()).await, stands(huerto).await), (json!(true), json!(false)));
    let waiting = w.get(&w.ana, "/api/v1/follow_requests").await.ok();
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "she still wants to join");
    w.post(&w.ana, &accept).await.ok();
    assert_eq!(stands(huerto).await, json!(true));
    assert_eq!(w.post(&w.ana, &accept).await.status, 404);
}

async fn relationships_both_ways(w: World) {
    assert_eq!(w.follow(&w.bea, w.ana.id()).await["following"], true);
    let path = format!("/api/v1/accounts/relationships?id[]={}&id[]=7&id[]={}", w.bea.id(), w.caro.id());
    let relationships = w.get(&w.ana, &path).await.ok();
    let shown: Vec<(&Value, &Value)> =
        relationships.as_array().unwrap().iter().map(|r| (&r["id"], &r["followed_by"])).collect();
    let (bea, caro) = (json!(w.bea.id().to_string()), json!(w.caro.id().to_string()));
    assert_eq!(shown, [(&bea, &json!(true)), (&caro, &json!(false))]);
    let account = w.get_unknown(&format!("/api/v1/accounts/{}", w.ana.id())).await.ok();
    assert_eq!((&account["followers_count"], &account["following_count"]), (&json!(1), &json!(0)));
    let over = w.post(&w.bea, &format!("/api/v1/accounts/{}/unfollow", w.ana.id())).await.ok();
    assert_eq!(over["following"], false);
    assert_eq!(w.post(&w.bea, "/api/v1/accounts/7/follow").await.status, 404);
    assert_eq!(w.post(&w.bea, "/api/v1/accounts/7/unfollow").await.status, 404);
    assert_eq!(w.post(&w.bea, &format!("/api/v1/accounts/{}/follow", w.bea.id())).await.status, 422);
}

async fn one_is_told_what_concerns_one(w: World) {
    let post = w.say(&w.ana, "hola").await;
    let reply = w.reply(&w.bea, &post, "@ana ¡hola!").await;
    w.post(&w.bea, &of(&post, "/favourite")).await.ok();
    w.post(&w.caro, &of(&post, "/reblog")).await.ok();
    w.follow(&w.caro, w.ana.id()).await;
    let told = async |query: &str| {
        let told = w.get(&w.ana, &format!("/api/v1/notifications{query}")).await.ok();
        told.as_array().unwrap().iter().map(|n| n["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told("").await, ["follow", "reblog", "favourite", "mention"]);
    assert_eq!(told("?types[]=follow&types[]=mention").await, ["follow", "mention"]);
    assert_eq!(told("?exclude_types[]=follow&exclude_types[]=mention").await, ["reblog", "favourite"]);
    assert_eq!(told(&format!("?account_id={}", w.bea.id())).await, ["favourite", "mention"]);
    let page = w.get(&w.ana, "/api/v1/notifications?limit=3").await;
    let rest = w.get(&w.ana, &page.link("next").unwrap()).await.ok();
    assert_eq!(rest[0]["status"]["id"], reply["id"]);
    assert_eq!(rest[0]["account"]["acct"], "bea");
    w.call(&w.bea, "DELETE", &of(&reply, ""), Value::Null).await.ok();
    assert_eq!(told("").await, ["follow", "reblog", "favourite"]);
}

async fn finding_people_groups_and_posts(w: World) {
    w.group("huerto", Visibility::Public, Joining::Open).await;
    w.group("secreto", Visibility::Private, Joining::Invite).await;
    let topic = w.say(&w.bea, "@huerto Los tomates maduros").await;
    let search = async |query: &str| w.get(&w.caro, &format!("/api/v2/search?{query}")).await.ok();
    for query in [
        "q=huerto",
        "q=@huerto@plaza.example",
        "q=!huerto@PLAZA.example&type=accounts",
        "q=https://plaza.example/@huerto",
    ] {
        let found = search(query).await;
        assert_eq!(found["accounts"][0]["acct"], "huerto", "{query}");
        assert_eq!(found["accounts"].as_array().unwrap().len(), 1, "{query}");
    }
    assert_eq!(search("q=secre").await["accounts"], json!([]), "what does not want to be found is not");
    let mine = w.get(&w.ana, "/api/v2/search?q=secre").await.ok();
    assert_eq!(mine["accounts"][0]["acct"], "secreto", "but by those who are there");
    assert_eq!(search("q=tomate").await["statuses"][0]["id"], topic["id"], "words are found by their stem");
    assert_eq!(search("q=tomate&type=accounts").await["statuses"], json!([]));
    for more in ["Tomates", "Más tomates"] {
        w.say(&w.caro, more).await;
    }
    let by = async |author: i64| search(&format!("q=tomate&account_id={author}&limit=1")).await["statuses"].clone();
    assert_eq!((&by(w.bea.id()).await[0]["id"], by(w.ana.id()).await), (&topic["id"], json!([])));
    let by_url = format!("q={}&resolve=true", topic["url"].as_str().unwrap());
    assert_eq!(search(&by_url).await["statuses"][0]["id"], topic["id"]);
    for nothing in
        ["q=@who@far.example&resolve=true", "q=https://far.example/x&resolve=true", "q=%22*%5E(", "q=-x", "q=%25"]
    {
        let found = search(nothing).await;
        assert_eq!(found, json!({ "accounts": [], "statuses": [], "hashtags": [] }), "{nothing}");
    }
    assert_eq!(w.get_unknown("/api/v2/search?q=tomate").await.ok()["statuses"], json!([]));
    assert_eq!(w.get_unknown("/api/v2/search?q=@who@far.example&resolve=true").await.status, 401);
    assert_eq!(w.get_unknown("/api/v2/search?q=").await.status, 422);

    for acct in ["ana", "@ana", "ANA@plaza.example", "acct:ana@plaza.example"] {
        let found = w.get_unknown(&format!("/api/v1/accounts/lookup?acct={acct}")).await.ok();
        assert_eq!(found["id"], w.ana.id().to_string(), "{acct}");
    }
    for acct in ["nadie", "ana@far.example", "", "a b"] {
        let path = format!("/api/v1/accounts/lookup?acct={}", acct.replace(' ', "%20"));
        assert_eq!(w.get_unknown(&path).await.status, 404, "{acct}");
    }
}

async fn a_report_reaches_whoever_keeps_order(w: World) {
    w.group("huerto", Visibility::Public, Joining::Open).await;
    let topic = w.say(&w.bea, "@huerto Comprad aquí").await;
    let elsewhere = w.say(&w.bea, "hola").await;
    let report = async |body: Value| w.call(&w.caro, "POST", "/api/v1/reports", body).await;
    let account = w.bea.id().to_string();
    let filed = report(json!({ "account_id": account, "status_ids": [topic["id"]], "comment": "anuncio",
        "category": "spam", "forward": true }));
    let filed = filed.await.ok();
    let kept = ["category", "comment", "forwarded", "action_taken", "status_ids", "rule_ids"].map(|key| &filed[key]);
    let expected = [json!("spam"), json!("anuncio"), json!(false), json!(false), json!([topic["id"]]), json!([])];
    assert_eq!(kept, expected.each_ref());
    assert_eq!(filed["target_account"]["acct"], "bea");
    let rules = report(json!({ "account_id": account, "rule_ids": ["1"] })).await.ok();
    assert_eq!(rules["category"], "violation");

    for (body, status) in [
        (json!({}), 404),
        (json!({ "account_id": "7" }), 404),
        (json!({ "account_id": account, "status_ids": ["7"] }), 404),
        (json!({ "account_id": w.ana.id().to_string(), "status_ids": [topic["id"]] }), 404),
        (json!({ "account_id": w.caro.id().to_string() }), 422),
        (json!({ "account_id": account, "category": "ugly" }), 422),
        (json!({ "account_id": account, "comment": "x".repeat(1_001) }), 422),
    ] {
        assert_eq!(report(body.clone()).await.status, status, "{body}");
    }

    let told = w.get(&w.ana, "/api/v1/notifications?types[]=admin.report").await.ok();
    assert_eq!((told[0]["account"]["acct"].as_str(), &told[0]["report"]["id"]), (Some("caro"), &filed["id"]));
    assert_eq!(told.as_array().unwrap().len(), 1, "what stands in no group is not the group's business");
    let open = app::reports::open(&w.app, w.ana.me).await.unwrap();
    assert_eq!(open.iter().map(|report| report.id.to_string()).collect::<Vec<_>>(), [filed["id"].as_str().unwrap()]);
    assert_eq!(app::reports::open(&w.app, w.caro.me).await.unwrap(), []);
    report(json!({ "account_id": account, "status_ids": [topic["id"], elsewhere["id"]] })).await.ok();
    assert_eq!(app::reports::open(&w.app, w.ana.me).await.unwrap().len(), 1);

    let id = open[0].id;
    assert!(
        app::reports::resolve(&w.app, w.caro.me, id).await.is_err_and(|error| matches!(error, app::Error::NotFound))
    );
    app::reports::resolve(&w.app, w.ana.me, id).await.unwrap();
    app::reports::resolve(&w.app, w.ana.me, id).await.unwrap();
    assert_eq!(app::reports::open(&w.app, w.ana.me).await.unwrap(), []);
    let told = w.get(&w.ana, "/api/v1/notifications?types[]=admin.report").await.ok();
    assert_eq!(told[0]["report"]["action_taken"], true);
}

on_both! {
    a_report_reaches_whoever_keeps_order
    requests_stand_with_those_who_answer_them
    one_answer_is_for_one_request
    relationships_both_ways
    one_is_told_what_concerns_one
    finding_people_groups_and_posts
}
