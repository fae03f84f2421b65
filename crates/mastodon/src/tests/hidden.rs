//! Hidden communities: nobody learns of one by its number, or by counting, and what one did about it one takes back.
use app::{groups, invitations, members};
use domain::{
    group::{Joining, Reach, Visibility},
    id::ActorId,
};
use serde_json::{Value, json};

use super::{Person, World, on_both};

/// The number of nobody.
const NOBODY: i64 = 7;

fn at(id: i64, part: &str) -> String {
    format!("/api/v1/accounts/{id}{part}")
}

pub(super) async fn hidden(w: &World) -> i64 {
    let new = groups::NewGroup {
        hidden: true,
        name: "sombra".into(),
        title: "Sombra".into(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Invite,
        reach: Reach::Home,
        host: None,
    };
    groups::create(&w.app, w.ana.me.0, new).await.unwrap().id.0
}

async fn who_left_takes_back_what_they_did_and_learns_no_more(w: World) {
    let group = hidden(&w).await;
    invitations::invite(&w.app, w.ana.me, ActorId(group), w.bea.me.0).await.unwrap();
    members::join(&w.app, w.bea.me, ActorId(group)).await.unwrap();
    w.post(&w.bea, &at(group, "/mute")).await.ok();
    w.call(&w.bea, "POST", &at(group, "/note"), json!({ "comment": "luego" })).await.ok();
    members::leave(&w.app, w.bea.me, ActorId(group)).await.unwrap();

    // It stands among what is hers, and nowhere else.
    let muted = w.get(&w.bea, "/api/v1/mutes").await.ok();
    assert_eq!(muted[0]["id"], group.to_string(), "{muted}");
    let between = format!("/api/v1/accounts/relationships?id[]={group}");
    let known = w.get(&w.bea, &between).await.ok();
    assert_eq!((&known[0]["muting"], &known[0]["note"]), (&json!(true), &json!("luego")));
    assert_eq!(w.get(&w.bea, &at(group, "")).await.status, 404);
    assert_eq!(w.post(&w.bea, &at(group, "/follow")).await.status, 404);

    let undone = w.post(&w.bea, &at(group, "/unmute")).await.ok();
    assert_eq!((&undone["muting"], &undone["note"]), (&json!(false), &json!("luego")));
    w.call(&w.bea, "POST", &at(group, "/note"), json!({ "comment": "" })).await.ok();
    assert_eq!(w.get(&w.bea, &between).await.ok(), json!([]));
    // Whoever has nothing to take back learns nothing, neither she now nor who never knew.
    for who in [&w.bea, &w.caro] {
        for deed in ["/unmute", "/unblock", "/note", "/unpin", "/unfollow", "/mute", "/remove_from_followers"] {
            let (secret, nobody) = (w.post(who, &at(group, deed)).await, w.post(who, &at(NOBODY, deed)).await);
            assert_eq!((secret.status, secret.body), (nobody.status, nobody.body), "{deed}");
            assert_eq!(nobody.status, 404, "{deed}");
        }
    }
}

async fn nobody_learns_of_it_by_counting(w: World) {
    w.follow(&w.ana, w.bea.id()).await;
    hidden(&w).await;
    let counts = async |who: &Person| w.get(who, &at(w.ana.id(), "")).await.ok()["following_count"].clone();
    let listed = async |who: &Person| -> Vec<Value> {
        let page = w.get(who, &at(w.ana.id(), "/following")).await.ok();
        page.as_array().unwrap().iter().map(|account| account["id"].clone()).collect()
    };
    assert_eq!(counts(&w.bea).await, 1);
    assert_eq!(listed(&w.bea).await, [json!(w.bea.id().to_string())]);
    assert_eq!(listed(&w.ana).await.len(), 2, "she follows it herself");
    let said = w.say(&w.ana, "hola").await;
    assert_eq!(said["account"]["following_count"], 1);

    // What was public is counted until it is hidden.
    let club = ActorId(w.group("junta", Visibility::Private, Joining::Invite).await);
    assert_eq!(counts(&w.bea).await, 2);
    let (_, settings) = app::charters::look(&w.app, w.ana.me, club).await.unwrap();
    app::charters::change(&w.app, w.ana.me, club, app::charters::Settings { hidden: true, ..settings }).await.unwrap();
    assert_eq!(counts(&w.bea).await, 1);
}

on_both! {
    who_left_takes_back_what_they_did_and_learns_no_more
    nobody_learns_of_it_by_counting
}
