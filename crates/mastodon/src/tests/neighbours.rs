//! People among one another: following as one wishes, not reading somebody, notes, recommendations, finding each other.
use app::actors::Found;
use domain::{
    actor::{Actor, ActorKind},
    group::{Joining, Visibility},
};
use serde_json::{Value, json};

use super::{Person, World, of, on_both};

async fn regard(w: &World, who: &Person, whom: &Person) -> Value {
    let path = format!("/api/v1/accounts/relationships?id[]={}", whom.id());
    w.get(who, &path).await.ok()[0].clone()
}

fn account(whom: &Person, part: &str) -> String {
    format!("/api/v1/accounts/{}{part}", whom.id())
}

fn names(accounts: &Value) -> Vec<&str> {
    accounts.as_array().unwrap().iter().map(|account| account["acct"].as_str().unwrap()).collect()
}

/// How many entries there are at this address, for `who`.
async fn count(w: &World, who: &Person, path: &str) -> usize {
    w.get(who, path).await.ok().as_array().unwrap().len()
}

async fn a_block_parts_two_people(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    w.follow(&w.ana, w.bea.id()).await;
    let said = w.say(&w.ana, "hola #feria").await;
    w.say(&w.bea, "hola @ana #feria").await;
    assert_eq!(count(&w, &w.ana, "/api/v1/notifications?types[]=mention").await, 1);

    let blocked = w.post(&w.ana, &account(&w.bea, "/block")).await.ok();
    assert_eq!(
        (&blocked["blocking"], &blocked["following"], &blocked["followed_by"]),
        (&true.into(), &false.into(), &false.into())
    );
    assert_eq!(w.post(&w.ana, &account(&w.bea, "/block")).await.ok(), blocked, "again changes nothing");
    assert_eq!(regard(&w, &w.bea, &w.ana).await["blocked_by"], true);
    assert_eq!(names(&w.get(&w.ana, "/api/v1/blocks").await.ok()), ["bea"]);

    for path in
        ["/api/v1/timelines/public", "/api/v1/timelines/tag/feria", "/api/v1/notifications", "/api/v1/timelines/home"]
    {
        let theirs = w.get(&w.ana, path).await.ok();
        let of_bea = |entry: &&Value| entry["account"]["acct"] == "bea";
        assert_eq!(theirs.as_array().unwrap().iter().filter(of_bea).count(), 0, "{path}");
    }
    // The other side sees nothing of whom it is blocked by, wherever it looks.
    assert_eq!(w.get(&w.bea, &of(&said, "")).await.status, 404);
    assert_eq!(count(&w, &w.bea, &account(&w.ana, "/statuses")).await, 0);
    assert_eq!(count(&w, &w.bea, "/api/v1/timelines/public").await, 1, "her own");
    assert_eq!(w.post(&w.bea, &account(&w.ana, "/follow")).await.status, 403);
    assert_eq!(w.post(&w.ana, &account(&w.bea, "/follow")).await.status, 403);
    assert_eq!(w.post(&w.bea, &of(&said, "/favourite")).await.status, 404);
    w.say(&w.bea, "¿@ana?").await;
    assert_eq!(count(&w, &w.ana, "/api/v1/notifications").await, 0, "no news of her");

    assert_eq!(w.post(&w.ana, &account(&w.bea, "/unblock")).await.ok()["blocking"], false);
    w.follow(&w.bea, w.ana.id()).await;
    assert_eq!(w.get(&w.bea, &of(&said, "")).await.status, 200);
    assert_eq!(w.post(&w.ana, &account(&w.ana, "/block")).await.status, 403, "not oneself");
    assert_eq!(w.post(&w.ana, "/api/v1/accounts/99/block").await.status, 404);
}

async fn a_mute_is_silent_and_ends(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    w.say(&w.ana, "uno @bea").await;
    assert_eq!((w.home(&w.bea).await.len(), count(&w, &w.bea, "/api/v1/notifications").await), (1, 1));
    let muted = w.call(&w.bea, "POST", &account(&w.ana, "/mute"), json!({ "notifications": false })).await.ok();
    assert_eq!(
        (&muted["muting"], &muted["muting_notifications"], &muted["following"]),
        (&true.into(), &false.into(), &true.into())
    );
    assert_eq!((w.home(&w.bea).await.len(), count(&w, &w.bea, "/api/v1/notifications").await), (0, 1));
    assert_eq!(regard(&w, &w.ana, &w.bea).await["followed_by"], true, "she never notices");

    let muted = w.call(&w.bea, "POST", &account(&w.ana, "/mute"), json!({ "duration": "3600" })).await.ok();
    assert_eq!(muted["muting_notifications"], true);
    let until = muted["muting_expires_at"].as_str().unwrap();
    let listed = w.get(&w.bea, "/api/v1/mutes").await.ok();
    assert_eq!((names(&listed), listed[0]["mute_expires_at"].as_str()), (vec!["ana"], Some(until)));
    assert_eq!(count(&w, &w.bea, "/api/v1/notifications").await, 0);
    w.work().await;
    assert_eq!(regard(&w, &w.bea, &w.ana).await["muting"], true, "not yet");
    w.clock.advance(domain::time::span::minutes(61));
    w.work().await;
    assert_eq!(regard(&w, &w.bea, &w.ana).await["muting"], false);
    assert_eq!(w.home(&w.bea).await.len(), 1);

    // Another mute is not ended by what was to end the first one.
    w.call(&w.bea, "POST", &account(&w.ana, "/mute"), json!({ "duration": 60 })).await.ok();
    w.call(&w.bea, "POST", &account(&w.ana, "/mute"), json!({ "duration": 0 })).await.ok();
    w.clock.advance(domain::time::span::minutes(2));
    w.work().await;
    assert_eq!(regard(&w, &w.bea, &w.ana).await["muting"], true);
    assert_eq!(w.post(&w.bea, &account(&w.ana, "/unmute")).await.ok()["muting"], false);
}

async fn one_follows_as_one_wishes(w: World) {
    let wish = json!({ "reblogs": false, "notify": true, "languages": ["es"] });
    let follow = w.call(&w.bea, "POST", &account(&w.ana, "/follow"), wish).await.ok();
    assert_eq!(
        (&follow["showing_reblogs"], &follow["notifying"], &follow["languages"]),
        (&false.into(), &true.into(), &json!(["es"]))
    );
    let again = w.follow(&w.bea, w.ana.id()).await;
    assert_eq!(again["notifying"], true, "what is not said stays");
    let post = w.say(&w.caro, "lejos").await;
    w.post(&w.ana, &of(&post, "/reblog")).await.ok();
    assert_eq!(w.home(&w.bea).await.len(), 0);
    let post = w.say(&w.ana, "aquí").await;
    w.reply(&w.ana, &post, "sigo").await;
    let told = w.get(&w.bea, "/api/v1/notifications").await.ok();
    let kinds: Vec<&str> = told.as_array().unwrap().iter().map(|told| told["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["status"], "of each thread, and not of replies");
    assert_eq!(told[0]["status"]["id"], post["id"]);
    assert_eq!(names(&w.get_unknown(&account(&w.ana, "/followers")).await.ok()), ["bea"]);
    assert_eq!(names(&w.get_unknown(&account(&w.bea, "/following")).await.ok()), ["ana"]);
    assert_eq!(w.post(&w.ana, &account(&w.bea, "/remove_from_followers")).await.ok()["followed_by"], false);
    assert_eq!(regard(&w, &w.bea, &w.ana).await["following"], false);
}

async fn notes_and_recommendations_are_kept(w: World) {
    let note = w.call(&w.bea, "POST", &account(&w.ana, "/note"), json!({ "comment": "la de los tomates" })).await.ok();
    assert_eq!(note["note"], "la de los tomates");
    assert_eq!(regard(&w, &w.ana, &w.bea).await["note"], "", "for herself alone");
    assert_eq!(w.post(&w.bea, &account(&w.ana, "/note")).await.ok()["note"], "");
    assert_eq!(w.post(&w.bea, &account(&w.ana, "/pin")).await.status, 403, "only whom one follows");
    w.follow(&w.bea, w.ana.id()).await;
    for again in ["/pin", "/endorse"] {
        assert_eq!(w.post(&w.bea, &account(&w.ana, again)).await.ok()["endorsed"], true);
    }
    assert_eq!(names(&w.get(&w.bea, "/api/v1/endorsements").await.ok()), ["ana"]);
    assert_eq!(names(&w.get_unknown(&account(&w.bea, "/endorsements")).await.ok()), ["ana"]);
    assert_eq!(w.post(&w.bea, &account(&w.ana, "/unpin")).await.ok()["endorsed"], false);
}

async fn servers_can_be_shunned(w: World) {
    let call = async |method: &str, domain: &str| {
        w.call(&w.bea, method, "/api/v1/domain_blocks", json!({ "domain": domain })).await.status
    };
    for domain in ["b.example", "a.example", "a.example"] {
        assert_eq!(call("POST", domain).await, 200);
    }
    assert_eq!(w.get(&w.bea, "/api/v1/domain_blocks").await.ok(), json!(["a.example", "b.example"]));
    let first = w.get(&w.bea, "/api/v1/domain_blocks?limit=1").await;
    let next = first.link("next").unwrap();
    assert_eq!(w.get(&w.bea, &next).await.ok(), json!(["b.example"]));
    assert_eq!(call("DELETE", "a.example").await, 200);
    assert_eq!(w.get(&w.bea, "/api/v1/domain_blocks").await.ok(), json!(["b.example"]));
    assert_eq!(call("POST", "").await, 422);
    assert_eq!(call("POST", "plaza.example").await, 403, "not one's own");
}

async fn people_find_each_other(w: World) {
    w.follow(&w.bea, w.caro.id()).await;
    w.follow(&w.caro, w.ana.id()).await;
    let familiar = w.get(&w.bea, &format!("/api/v1/accounts/familiar_followers?id[]={}&id[]=7", w.ana.id())).await.ok();
    assert_eq!((names(&familiar[0]["accounts"]), &familiar[1]["accounts"]), (vec!["caro"], &json!([])));
    let suggested = w.get(&w.bea, "/api/v2/suggestions").await.ok();
    assert_eq!(
        (suggested[0]["account"]["acct"].as_str(), suggested[0]["sources"][0].as_str()),
        (Some("ana"), Some("friends_of_friends"))
    );
    assert_eq!(w.call(&w.bea, "DELETE", &format!("/api/v1/suggestions/{}", w.ana.id()), Value::Null).await.status, 200);
    assert!(!names(&w.get(&w.bea, "/api/v1/suggestions").await.ok()).contains(&"ana"));

    assert_eq!(names(&w.get(&w.bea, "/api/v1/accounts/search?q=AN").await.ok()), ["ana"]);
    assert_eq!(names(&w.get(&w.bea, "/api/v1/accounts/search?q=a&following=true").await.ok()), [""; 0]);
    assert_eq!(names(&w.get(&w.bea, "/api/v1/accounts/search?q=caro&following=true").await.ok()), ["caro"]);
    // Who does not want to be found is found by those who follow them.
    let hidden = json!({ "discoverable": false });
    w.call(&w.caro, "PATCH", "/api/v1/accounts/update_credentials", hidden).await.ok();
    for (who, found) in [(&w.bea, vec!["caro"]), (&w.ana, vec![])] {
        assert_eq!(names(&w.get(who, "/api/v1/accounts/search?q=caro").await.ok()), found);
    }
    w.call(&w.caro, "PATCH", "/api/v1/accounts/update_credentials", json!({ "discoverable": true })).await.ok();
    let many = w.get_unknown(&format!("/api/v1/accounts?id[]={}&id[]=9&id[]={}", w.caro.id(), w.ana.id())).await.ok();
    assert_eq!(names(&many), ["caro", "ana"]);
    let all = w.get_unknown("/api/v1/directory?local=true&order=new").await.ok();
    assert_eq!(names(&all), ["caro", "bea", "ana"]);
    w.say(&w.ana, "hola").await;
    assert_eq!(names(&w.get_unknown("/api/v1/directory?order=active&limit=1").await.ok()), ["ana"]);
}

async fn the_directory_holds_those_elsewhere_too_unless_one_wants_those_of_here(w: World) {
    for (name, discoverable) in [("lejos", true), ("callado", false)] {
        let uri = format!("https://far.example/{name}");
        let inbox = format!("{uri}/inbox");
        let actor = Actor::new(ActorKind::Person, uri, (name, "far.example"), w.clock.now());
        let actor = Actor { inbox, discoverable, ..actor };
        let (keys, emoji) = (Vec::new(), Vec::new());
        let found = Found { actor, keys, rules: None, staff: None, emoji, suspended: false };
        app::actors::learn(&w.app, found).await.unwrap();
    }
    let listed = async |local: &str| {
        let found = w.get_unknown(&format!("/api/v1/directory?order=new{local}")).await.ok();
        names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listed("&local=true").await, ["caro", "bea", "ana"]);
    for all in ["&local=false", ""] {
        assert_eq!(listed(all).await, ["lejos@far.example", "caro", "bea", "ana"]);
    }
}

async fn who_follows_a_private_group_is_for_its_members(w: World) {
    let group = w.group("cueva", Visibility::Private, Joining::Open).await;
    w.follow(&w.bea, group).await;
    let path = format!("/api/v1/accounts/{group}/followers");
    assert_eq!(names(&w.get(&w.bea, &path).await.ok()), ["bea", "ana"]);
    assert_eq!(w.get(&w.caro, &path).await.ok(), json!([]));
    assert_eq!(w.get_unknown(&path).await.ok(), json!([]));
}

async fn hashtags_are_followed_shown_and_counted(w: World) {
    assert_eq!(w.post(&w.bea, "/api/v1/tags/Canci%C3%B3n/follow").await.ok()["name"], "cancion");
    assert_eq!(w.post(&w.bea, "/api/v1/tags/12/follow").await.status, 422);
    w.say(&w.ana, "una #canción").await;
    w.say(&w.ana, "otra #canción y #más").await;
    assert_eq!(w.home(&w.bea).await.len(), 2);
    let tag = w.get(&w.bea, "/api/v1/tags/cancion/").await.ok();
    assert_eq!(
        (&tag["following"], &tag["history"][0]["uses"], &tag["history"][0]["accounts"]),
        (&true.into(), &"2".into(), &"1".into())
    );
    assert_eq!(tag["history"].as_array().unwrap().len(), 7);
    assert_eq!(w.get(&w.bea, "/api/v1/followed_tags").await.ok()[0]["name"], "cancion");
    for trends in ["/api/v1/trends", "/api/v1/trends/tags"] {
        assert_eq!(w.get_unknown(trends).await.ok()[0]["name"], "cancion");
    }
    let page = w.get_unknown("/api/v1/timelines/tag/cancion?all[]=mas").await.ok();
    assert_eq!(page.as_array().unwrap().len(), 1);
    assert_eq!(count(&w, &w.bea, "/api/v1/timelines/tag/x?any[]=cancion&none[]=mas").await, 1);
    let found = w.get(&w.bea, "/api/v2/search?q=canc&type=hashtags").await.ok();
    assert_eq!(found["hashtags"][0]["name"], "cancion");

    let shown = w.call(&w.ana, "POST", "/api/v1/featured_tags", json!({ "name": "#canción" })).await.ok();
    assert_eq!((&shown["name"], &shown["statuses_count"]), (&"cancion".into(), &"2".into()));
    assert_eq!(w.get_unknown(&account(&w.ana, "/featured_tags")).await.ok(), json!([shown]));
    assert_eq!(w.get(&w.ana, "/api/v1/featured_tags").await.ok(), json!([shown]));
    assert_eq!(w.get(&w.bea, "/api/v1/featured_tags").await.ok(), json!([]), "hers are others");
    assert_eq!(w.get(&w.ana, "/api/v1/featured_tags/suggestions").await.ok()[0]["name"], "mas");
    let path = format!("/api/v1/featured_tags/{}", shown["id"].as_str().unwrap());
    assert_eq!(w.call(&w.bea, "DELETE", &path, Value::Null).await.status, 404, "not hers");
    assert_eq!(w.call(&w.ana, "DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(w.post(&w.bea, "/api/v1/tags/cancion/unfollow").await.ok()["following"], false);
    assert_eq!(w.home(&w.bea).await.len(), 0);
}

/// Walks through a list one by one, by its links; both ways are the same way.
async fn walk(w: &World, who: &Person, path: &str) -> Vec<String> {
    let (mut seen, mut next, mut back) = (Vec::new(), Some(format!("{path}?limit=1")), None);
    while let Some(page) = next {
        let answer = w.get(who, &page).await;
        (next, back) = (answer.link("next"), answer.link("prev").or(back));
        seen.extend(names(&answer.ok()).into_iter().map(str::to_owned));
    }
    if let [.., before, _] = seen.as_slice() {
        let back = w.get(who, &back.expect("a way back")).await.ok();
        assert_eq!(names(&back), [before.as_str()], "{path}");
    }
    seen
}

async fn lists_of_people_stand_in_the_order_in_which_it_happened(w: World) {
    let said = w.say(&w.ana, "hola").await;
    for who in [&w.caro, &w.ana, &w.bea] {
        w.post(who, &of(&said, "/favourite")).await.ok();
        w.post(who, &of(&said, "/reblog")).await.ok();
    }
    for part in ["/favourited_by", "/reblogged_by"] {
        assert_eq!(walk(&w, &w.ana, &of(&said, part)).await, ["bea", "ana", "caro"], "{part}");
    }
    w.post(&w.caro, &of(&said, "/unfavourite")).await.ok();
    w.post(&w.caro, &of(&said, "/favourite")).await.ok();
    assert_eq!(walk(&w, &w.ana, &of(&said, "/favourited_by")).await, ["caro", "bea", "ana"], "anew is later");

    for who in [&w.caro, &w.bea] {
        w.follow(who, w.ana.id()).await;
        w.follow(&w.ana, who.id()).await;
    }
    for part in ["/followers", "/following"] {
        assert_eq!(walk(&w, &w.caro, &account(&w.ana, part)).await, ["bea", "caro"], "{part}");
    }
    w.follow(&w.caro, w.ana.id()).await;
    assert_eq!(walk(&w, &w.caro, &account(&w.ana, "/followers")).await, ["bea", "caro"], "they do already");
    for who in [&w.caro, &w.bea] {
        w.post(&w.ana, &account(who, "/mute")).await.ok();
    }
    assert_eq!(walk(&w, &w.ana, "/api/v1/mutes").await, ["bea", "caro"]);
    for who in [&w.caro, &w.bea] {
        w.post(&w.ana, &account(who, "/block")).await.ok();
    }
    assert_eq!(walk(&w, &w.ana, "/api/v1/blocks").await, ["bea", "caro"]);
}

on_both! {
    the_directory_holds_those_elsewhere_too_unless_one_wants_those_of_here
    lists_of_people_stand_in_the_order_in_which_it_happened
    a_block_parts_two_people a_mute_is_silent_and_ends one_follows_as_one_wishes notes_and_recommendations_are_kept
    servers_can_be_shunned people_find_each_other who_follows_a_private_group_is_for_its_members
    hashtags_are_followed_shown_and_counted
}
