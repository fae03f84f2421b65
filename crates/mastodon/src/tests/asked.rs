//! What parameters ask for is what is answered.
use domain::{
    group::{Joining, Visibility},
    time::span,
};
use serde_json::{Value, json};

use super::{Person, World, administration::with_token, of, on_both};

fn ids(entities: &Value) -> Vec<&str> {
    entities.as_array().unwrap().iter().map(|entity| entity["id"].as_str().unwrap()).collect()
}

async fn an_edit_takes_away_what_it_does_not_name(w: World) {
    let picture = w.bring(&w.ana).await;
    let said = json!({ "status": "uno", "media_ids": [picture["id"]] });
    let said = w.call(&w.ana, "POST", "/api/v1/statuses", said).await.ok();
    let change = json!({ "status": "dos", "media_ids": [picture["id"]] });
    let changed = w.call(&w.ana, "PUT", &of(&said, ""), change).await.ok();
    assert_eq!(changed["media_attachments"][0]["id"], picture["id"]);
    let bare = w.call(&w.ana, "PUT", &of(&said, ""), json!({ "status": "tres" })).await.ok();
    assert_eq!(bare["media_attachments"], json!([]));

    let poll = json!({ "options": ["sí", "no"], "expires_in": 600 });
    let asked = json!({ "status": "¿vienes?", "poll": poll });
    let asked = w.call(&w.ana, "POST", "/api/v1/statuses", asked).await.ok();
    let ballot = format!("/api/v1/polls/{}/votes", asked["poll"]["id"].as_str().unwrap());
    w.call(&w.bea, "POST", &ballot, json!({ "choices": [0] })).await.ok();
    let change = json!({ "status": "¿venís?", "poll": poll });
    let changed = w.call(&w.ana, "PUT", &of(&asked, ""), change).await.ok();
    assert_eq!(changed["poll"]["votes_count"], 1, "the same is asked");
    let bare = w.call(&w.ana, "PUT", &of(&asked, ""), json!({ "status": "venid" })).await.ok();
    assert_eq!(bare["poll"], Value::Null);
}

async fn media_go_with_their_post_wherever_that_is_said(w: World) {
    let picture = w.bring(&w.ana).await;
    let shown = json!({ "status": "", "media_ids": [picture["id"]] });
    let shown = w.call(&w.ana, "POST", "/api/v1/statuses", shown).await.ok();
    w.call(&w.ana, "DELETE", &of(&shown, ""), json!({ "delete_media": true })).await.ok();
    w.clock.advance(span::minutes(10));
    app::retention::sweep(&w.app).await.unwrap();
    let media = format!("/api/v1/media/{}", picture["id"].as_str().unwrap());
    assert_eq!(w.get(&w.ana, &media).await.status, 404);
}

async fn a_group_shows_what_is_asked_for(w: World) {
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    let tagged = w.say(&w.ana, "@huerto agua #riego").await;
    let picture = w.bring(&w.ana).await;
    let shown = json!({ "status": "@huerto mirad", "media_ids": [picture["id"]] });
    let shown = w.call(&w.ana, "POST", "/api/v1/statuses", shown).await.ok();
    let page = async |query: &str| {
        let page = w.get_unknown(&format!("/api/v1/accounts/{huerto}/statuses?{query}")).await.ok();
        page.as_array().unwrap().iter().map(|status| status["reblog"]["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(page("").await, [shown["id"].clone(), tagged["id"].clone()]);
    assert_eq!(page("only_media=true").await, [shown["id"].clone()]);
    assert_eq!(page("tagged=Riego").await, [tagged["id"].clone()]);
    assert_eq!(page("only_media=1&tagged=riego").await, Vec::<Value>::new());
}

async fn accounts_say_what_they_are(w: World) {
    let jefa = with_token(&w, w.admin().await).await;
    let caro = format!("/api/v1/accounts/{}", w.caro.id());
    let roles = async || w.get_unknown(&caro).await.ok()["roles"].clone();
    assert_eq!(roles().await, json!([]));
    let said = w.say(&w.caro, "hola").await;
    assert_eq!(w.get_unknown(&of(&said, "")).await.ok()["account"]["roles"], json!([]));
    app::roll::entrust(&w.app, jefa.me, w.caro.me.0, true).await.unwrap();
    let admin = json!([{ "id": "3", "name": "Admin", "color": "" }]);
    assert_eq!(roles().await, admin);
    assert_eq!(w.get_unknown(&of(&said, "")).await.ok()["account"]["roles"], admin);
    let listed = w.get_unknown("/api/v1/directory").await.ok();
    let listed = listed.as_array().unwrap().iter().find(|account| account["acct"] == "caro").unwrap();
    assert_eq!(listed["roles"], admin);
    app::roll::entrust(&w.app, jefa.me, w.caro.me.0, false).await.unwrap();
    assert_eq!(roles().await, json!([]));

    let regard = format!("/api/v1/accounts/relationships?id[]={}&id[]={}", w.caro.id(), w.bea.id());
    let act = json!({ "type": "suspend" });
    w.call(&jefa, "POST", &format!("/api/v1/admin/accounts/{}/action", w.caro.id()), act).await.ok();
    let (bea, caro) = (w.bea.id().to_string(), w.caro.id().to_string());
    assert_eq!(ids(&w.get(&w.ana, &regard).await.ok()), [bea.as_str()]);
    assert_eq!(ids(&w.get(&w.ana, &format!("{regard}&with_suspended=true")).await.ok()), [caro.as_str(), bea.as_str()]);
}

async fn groups_of_notices_are_paged_and_named(w: World) {
    let mut said = Vec::new();
    for text in ["uno", "dos", "tres"] {
        let post = w.say(&w.ana, text).await;
        for who in [&w.bea, &w.caro] {
            w.post(who, &of(&post, "/favourite")).await.ok();
            w.clock.advance(span::seconds(1));
        }
        said.push(post["id"].clone());
    }
    let page = async |query: &str| w.get(&w.ana, &format!("/api/v2/notifications?types[]=favourite&{query}")).await;
    let posts = |page: &Value| -> Vec<Value> {
        page["notification_groups"].as_array().unwrap().iter().map(|group| group["status_id"].clone()).collect()
    };
    let newest = page("limit=1").await;
    let older = newest.link("next").unwrap();
    assert_eq!(posts(&newest.ok()), said[2..]);
    assert_eq!(posts(&w.get(&w.ana, &older).await.ok()), said[1..2]);
    let oldest = page("limit=1&min_id=0").await;
    let newer = oldest.link("prev").unwrap();
    assert_eq!(posts(&oldest.ok()), said[..1], "what is nearest");
    assert_eq!(posts(&w.get(&w.ana, &newer).await.ok()), said[1..2], "nothing is jumped over");
    assert_eq!(posts(&page("limit=2&min_id=0").await.ok()), [said[1].clone(), said[0].clone()]);

    let names = |accounts: &Value| -> Vec<Value> {
        accounts.as_array().unwrap().iter().map(|account| account["acct"].clone()).collect()
    };
    let whole = page("").await.ok();
    assert_eq!((names(&whole["accounts"]).len(), whole.get("partial_accounts")), (2, None));
    let brief = page("expand_accounts=partial_avatars").await.ok();
    assert_eq!(
        (names(&brief["accounts"]), names(&brief["partial_accounts"])),
        (vec![json!("caro")], vec![json!("bea")])
    );
    assert_eq!(page("expand_accounts=none").await.status, 422);

    // Who comes back and again is named once, and everybody named is there.
    for _ in 0..5 {
        for who in [&w.bea, &w.caro] {
            w.follow(who, w.ana.id()).await;
            w.post(who, &format!("/api/v1/accounts/{}/unfollow", w.ana.id())).await.ok();
        }
    }
    let follows = w.get(&w.ana, "/api/v2/notifications?types[]=follow").await.ok();
    let mut sample = ids_of(&follows["notification_groups"][0]["sample_account_ids"]);
    sample.sort_unstable();
    let mut there = ids(&follows["accounts"]);
    there.sort_unstable();
    assert_eq!(sample, there);
}

fn ids_of(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

async fn quotes_say_why_one_may_not_want_to_see_them(w: World) {
    let said = w.say(&w.ana, "el jueves").await;
    let quote = json!({ "status": "apuntadlo", "quoted_status_id": said["id"] });
    let quote = w.call(&w.bea, "POST", "/api/v1/statuses", quote).await.ok();
    let seen = async |who: &Person| {
        let quote = w.get(who, &of(&quote, "")).await.ok()["quote"].clone();
        (quote["state"].as_str().unwrap().to_owned(), quote["quoted_status"]["id"] == said["id"])
    };
    assert_eq!(seen(&w.caro).await, ("accepted".into(), true));
    let ana = format!("/api/v1/accounts/{}", w.ana.id());
    w.post(&w.caro, &format!("{ana}/mute")).await.ok();
    assert_eq!(seen(&w.caro).await, ("muted_account".into(), true));
    w.post(&w.caro, &format!("{ana}/block")).await.ok();
    assert_eq!(seen(&w.caro).await, ("blocked_account".into(), true));
    assert_eq!(seen(&w.bea).await, ("accepted".into(), true), "that is hers");
    w.post(&w.caro, &format!("{ana}/unblock")).await.ok();
    w.post(&w.caro, &format!("{ana}/unmute")).await.ok();
    assert_eq!(seen(&w.caro).await, ("accepted".into(), true));
}

on_both! {
    an_edit_takes_away_what_it_does_not_name media_go_with_their_post_wherever_that_is_said
    a_group_shows_what_is_asked_for accounts_say_what_they_are groups_of_notices_are_paged_and_named
    quotes_say_why_one_may_not_want_to_see_them
}
