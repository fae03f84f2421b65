//! The home timeline: who and what reaches it, as what, and from page to page.
use domain::group::{Joining, Visibility};
use serde_json::{Value, json};

use super::{World, of, on_both};

async fn a_topic_comes_once_from_its_group(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.follow(&w.bea, huerto).await;
    w.follow(&w.bea, w.ana.id()).await;
    let topic = w.say(&w.ana, "@huerto ¿Cuándo se siembran los tomates?").await;
    w.reply(&w.caro, &topic, "@huerto en marzo").await;
    w.reply(&w.ana, &topic, "@huerto ¡gracias!").await;
    w.say(&w.caro, "nobody follows me").await;

    let home = w.home(&w.bea).await;
    assert_eq!(home.len(), 1, "once, though she follows the author too, and no replies: {home:#?}");
    let boost = &home[0];
    assert_eq!(boost["account"]["group"], true);
    assert_eq!(boost["account"]["acct"], "huerto");
    assert_eq!(boost["content"], "");
    assert_eq!(boost["reblog"]["id"], topic["id"]);
    assert_eq!(boost["reblog"]["account"]["acct"], "ana");
    assert_eq!(boost["reblog"]["reblog"], Value::Null);
    assert_eq!(boost["reblog"]["replies_count"], 2);
    assert_ne!(boost["id"], topic["id"], "the boost is a status of its own");

    let alone = w.get_unknown(&of(boost, "")).await.ok();
    assert_eq!((&alone["id"], &alone["reblog"]["id"]), (&boost["id"], &topic["id"]));
    let context = w.get_unknown(&of(boost, "/context")).await.ok();
    assert_eq!(context["descendants"].as_array().unwrap().len(), 2, "what is done to the boost is done to the post");
    let reply = w.reply(&w.bea, boost, "@huerto en abril").await;
    assert_eq!(reply["in_reply_to_id"], topic["id"]);
    let ids: Vec<Value> = w.home(&w.bea).await.iter().map(|status| status["id"].clone()).collect();
    assert_eq!(ids, [&reply["id"], &boost["id"]].map(Clone::clone), "what she writes there, and nobody else's");
    assert_eq!(w.post(&w.bea, &of(boost, "/favourite")).await.ok()["id"], topic["id"]);
    assert_eq!(w.home(&w.ana).await.len(), 2, "the owner follows the group: her own topic comes once, and her reply");
}

async fn people_bring_posts_and_boosts_but_only_replies_to_people_one_follows(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    let post = w.say(&w.ana, "buenos días").await;
    let strange = w.say(&w.caro, "de lejos").await;
    let far = w.reply(&w.ana, &strange, "@caro hola").await;
    let near = w.reply(&w.ana, &post, "y buenas noches").await;
    let aside = json!({ "visibility": "private" });
    let refused = w.call(&w.ana, "POST", &of(&strange, "/reblog"), aside).await;
    assert_eq!(refused.status, 422, "everybody would see it");
    let boost = w.post(&w.ana, &of(&strange, "/reblog")).await.ok();
    let own = w.reply(&w.bea, &strange, "@caro ¿qué tal?").await;

    let home = w.home(&w.bea).await;
    let ids: Vec<&Value> = home.iter().map(|status| &status["id"]).collect();
    assert!(!ids.contains(&&far["id"]), "a reply to somebody she does not follow");
    assert_eq!(ids, [&own["id"], &boost["id"], &near["id"], &post["id"]], "her own always, to a stranger as well");
    assert_eq!(home[1]["reblog"]["id"], strange["id"]);
    assert_eq!(home[1]["account"]["acct"], "ana");

    assert_eq!(w.get(&w.bea, &of(&boost, "")).await.ok()["reblog"]["content"], strange["content"]);
    w.call(&w.bea, "DELETE", &of(&boost, ""), Value::Null).await;
    assert_eq!(w.home(&w.bea).await.len(), 4, "a boost is taken back by whoever made it, and by nobody else");
    w.call(&w.ana, "DELETE", &of(&boost, ""), Value::Null).await.ok();
    assert_eq!(w.home(&w.bea).await.len(), 3);
    assert_eq!(w.get_unknown(&of(&strange, "")).await.ok()["reblogs_count"], 0);
}

async fn pages_neither_repeat_nor_lose_anything(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.follow(&w.bea, huerto).await;
    w.follow(&w.bea, w.ana.id()).await;
    let mut posted = Vec::new();
    for n in 0..7 {
        let text = if n % 2 == 0 { format!("@huerto tema {n}") } else { format!("nota {n}") };
        posted.push(w.say(&w.ana, &text).await["id"].clone());
        if n == 3 {
            let strange = w.say(&w.caro, "de lejos").await;
            w.post(&w.ana, &of(&strange, "/reblog")).await.ok();
            posted.push(strange["id"].clone());
        }
    }
    let inner =
        |status: &Value| if status["reblog"].is_null() { status["id"].clone() } else { status["reblog"]["id"].clone() };
    let (mut seen, mut next) = (Vec::new(), Some("/api/v1/timelines/home?limit=3".to_owned()));
    let mut first = None;
    while let Some(path) = next {
        let page = w.get(&w.bea, &path).await;
        next = page.link("next");
        let back = page.link("prev");
        let page = page.ok();
        let page = page.as_array().unwrap();
        seen.extend(page.iter().map(inner));
        if let (Some(back), Some(newest)) = (back, page.first()) {
            let newer: Vec<Value> = w.get(&w.bea, &back).await.ok().as_array().unwrap().iter().map(inner).collect();
            assert!(!newer.contains(&inner(newest)));
            let expected: Vec<Value> = seen[..seen.len() - page.len()].iter().rev().take(3).rev().cloned().collect();
            assert_eq!(newer, expected, "what `prev` leads to is what came just before");
        }
        first = first.or_else(|| page.first().cloned());
    }
    posted.reverse();
    assert_eq!(seen, posted);
    let newest = first.unwrap()["id"].as_str().unwrap().to_owned();
    let since = w.get(&w.bea, &format!("/api/v1/timelines/home?since_id={newest}")).await.ok();
    assert_eq!(since.as_array().unwrap().len(), 0);

    let shown = w.get_unknown(&format!("/api/v1/accounts/{huerto}/statuses?limit=2")).await;
    let next = shown.link("next").unwrap();
    let shown: Vec<Value> = shown.ok().as_array().unwrap().iter().map(inner).collect();
    let rest: Vec<Value> = w.get_unknown(&next).await.ok().as_array().unwrap().iter().map(inner).collect();
    let topics: Vec<Value> = [shown, rest].concat();
    assert_eq!(topics, [&posted[0], &posted[2], &posted[5], &posted[7]].map(Clone::clone), "a group shows its topics");
    let none = w.get_unknown(&format!("/api/v1/accounts/{huerto}/statuses?exclude_reblogs=true")).await.ok();
    assert_eq!(none.as_array().unwrap().len(), 0);
}

on_both! {
    a_topic_comes_once_from_its_group
    people_bring_posts_and_boosts_but_only_replies_to_people_one_follows
    pages_neither_repeat_nor_lose_anything
}
