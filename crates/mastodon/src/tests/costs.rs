//! What an answer costs: a fixed number of statements, however long the list is.
use domain::group::{Joining, Visibility};
use serde_json::json;
use store::testing::Counter;

use super::{World, of, on_both};

/// Lists that have more entries the more happened.
fn lists(w: &World, group: i64, list: &str, topic: &str) -> Vec<String> {
    let ana = w.ana.id();
    let mut lists: Vec<String> = [
        "timelines/home",
        "timelines/public",
        "timelines/tag/feria",
        "notifications",
        "bookmarks",
        "favourites",
        "followed_tags",
        "trends/tags",
        "trends/statuses",
        "directory",
        "suggestions",
    ]
    .map(str::to_owned)
    .into();
    lists.extend([
        format!("timelines/list/{list}"),
        format!("timelines/list/{group}"),
        format!("accounts/{ana}/statuses"),
        format!("accounts/{group}/statuses"),
        format!("accounts/{ana}/followers"),
        format!("statuses/{topic}/context"),
        format!("statuses/{topic}/favourited_by"),
    ]);
    let mut lists: Vec<String> = lists.into_iter().map(|path| format!("/api/v1/{path}")).collect();
    lists.extend(["/api/v2/notifications", "/api/v2/search?q=feria"].map(str::to_owned));
    lists
}

/// Something for every list.
async fn happen(w: &World, topic: &serde_json::Value, n: usize) {
    let post = w.say(&w.ana, &format!("@huerto @bea feria {n} #feria #t{n}")).await;
    let own = w.say(&w.ana, &format!("@bea una feria {n} #feria")).await;
    w.reply(&w.caro, topic, &format!("@huerto @bea sí {n}")).await;
    for status in [&post, &own] {
        w.post(&w.bea, &of(status, "/bookmark")).await.ok();
        w.post(&w.bea, &of(status, "/favourite")).await.ok();
        w.post(&w.caro, &of(status, "/reblog")).await.ok();
    }
    w.post(&w.bea, &format!("/api/v1/tags/t{n}/follow")).await.ok();
}

async fn longer_lists_cost_no_more_statements(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    for whom in [group, w.ana.id(), w.caro.id()] {
        w.follow(&w.bea, whom).await;
    }
    app::members::join(&w.app, w.bea.me, domain::id::ActorId(group)).await.unwrap();
    w.follow(&w.caro, w.ana.id()).await;
    let list = w.call(&w.bea, "POST", "/api/v1/lists", json!({ "title": "x" })).await.ok();
    let list = list["id"].as_str().unwrap().to_owned();
    let members = json!({ "account_ids": [w.ana.id().to_string(), w.caro.id().to_string()] });
    w.call(&w.bea, "POST", &format!("/api/v1/lists/{list}/accounts"), members).await.ok();
    let filter = json!({ "title": "x", "context": ["public"], "keywords_attributes": [{ "keyword": "nada" }] });
    w.call(&w.bea, "POST", "/api/v2/filters", filter).await.ok();
    let topic = w.say(&w.ana, "@huerto una feria").await;

    let counter = Counter::default();
    let watching = counter.clone();
    w.db.read(move |c| {
        watching.watch(c);
        Ok::<_, store::Error>(())
    })
    .await
    .unwrap();
    let cost = async |path: &str| {
        let before = counter.count();
        let answer = w.get(&w.bea, path).await.ok();
        (counter.count() - before, answer.to_string().len())
    };
    let lists = lists(&w, group, &list, topic["id"].as_str().unwrap());
    for n in 0..3 {
        happen(&w, &topic, n).await;
    }
    let mut few = Vec::new();
    for path in &lists {
        few.push(cost(path.as_str()).await);
    }
    for n in 3..12 {
        happen(&w, &topic, n).await;
    }
    for (path, (statements, length)) in lists.iter().zip(few) {
        let (now, longer) = cost(path.as_str()).await;
        assert_eq!(now, statements, "{path} asks the database more often the longer it is");
        assert!(statements > 0 && statements < 40, "{path}: {statements}");
        assert!(longer >= length, "{path} is shorter than before");
    }
}

on_both! { longer_lists_cost_no_more_statements }
