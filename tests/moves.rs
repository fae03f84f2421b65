//! Moving: followers here go along if both sides say so, and not too often.

use std::time::Duration;

use domain::actor::Actor;
use serde_json::{Value, json};

use crate::network::{Network, Person, Puppet, Server, Software, id, on_both};

/// Lets the document of an actor elsewhere say by what other ids it is known.
fn known_as(puppet: &Puppet, aliases: &[&str]) {
    let mut document = puppet.document();
    document["alsoKnownAs"] = json!(aliases);
    puppet.peer.serve(&document);
}

fn relocation(mover: &Puppet, object: &str, target: &str) -> Value {
    let mut activity = mover.activity("Move", &json!(object));
    activity["target"] = json!(target);
    activity["to"] = json!([mover.part("followers")]);
    activity
}

/// Somebody here follows `whom`, who accepts.
async fn follow(net: &Network, who: &Person, whom: &Puppet) -> Value {
    let account = who.follow(&whom.handle()).await;
    net.settle().await;
    let request = whom.peer.take().pop().expect("a request").activity;
    whom.answer(&who.server, "Accept", &request).await;
    net.settle().await;
    account
}

async fn send(net: &Network, alpha: &Server, by: &Puppet, activity: &Value) {
    by.send(alpha, activity).await;
    net.settle().await;
    net.pass_time(Duration::from_secs(2)).await;
}

async fn followers_go_along() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let (old, new, far) = (
        net.peer("old.test", Software::Mastodon),
        net.peer("new.test", Software::Mastodon),
        net.peer("far.test", Software::Lemmy),
    );
    let (mia, mia2, eve) = (old.person("mia"), new.person("mia2"), new.person("eve"));
    let before = follow(&net, &ana, &mia).await;

    // Not on one side's word, not for somebody else, not to nowhere.
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &eve.uri)).await;
    send(&net, &alpha, &eve, &relocation(&eve, &mia.uri, &eve.uri)).await;
    send(&net, &alpha, &mia, &mia.activity("Move", &json!(mia.uri))).await;
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &new.url("/users/nobody"))).await;
    let group = far.group("rocks");
    known_as(&group, &[&mia.uri]);
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &group.uri)).await;
    assert!(old.kinds().is_empty() && new.kinds().is_empty() && far.kinds().is_empty());

    known_as(&mia2, &[&mia.uri]);
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &mia2.uri)).await;
    assert_eq!(old.only("Undo{Follow}").activity["object"]["object"], mia.uri.as_str());
    let asked = new.only("Follow").activity;
    assert_eq!((&asked["actor"], &asked["object"]), (&json!(ana.uri()), &json!(mia2.uri)));
    mia2.answer(&alpha, "Accept", &asked).await;
    net.settle().await;
    let after = ana.find_account(&mia2.handle()).await;
    assert_eq!(ana.relationship(&after).await["following"], true);
    assert_eq!(ana.relationship(&before).await["following"], false);
    // Whoever opens the old account is shown where she is now.
    let old_account = ana.read(&format!("/api/v1/accounts/{}", id(&before))).await;
    assert_eq!(old_account["moved"]["uri"], mia2.uri.as_str(), "{old_account}");

    // Neither she nor her new id moves on so soon.
    known_as(&eve, &[&mia.uri, &mia2.uri]);
    follow(&net, &ana, &mia).await;
    new.take();
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &eve.uri)).await;
    assert!(new.kinds().is_empty(), "{:?}", new.kinds());
    net.pass_time(Duration::from_hours(24 * 8)).await;
    new.take();
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, &eve.uri)).await;
    assert_eq!(new.kinds(), ["Follow"]);
}

async fn groups_move_and_people_move_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let far = net.peer("far.test", Software::Lemmy);
    let (rocks, mia) = (far.group("rocks"), far.person("mia"));
    follow(&net, &bea, &rocks).await;
    follow(&net, &bea, &mia).await;
    let alias = async |of: &Person, on: bool| {
        app::moves::set_alias(alpha.app(), of.actor.id, mia.uri.clone(), on).await.expect("an alias");
    };
    alias(&ana, true).await;
    alias(&ana, false).await;
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, ana.uri())).await;
    let followed = async |uri: &str| bea.relationship(&bea.find_account(uri).await).await["following"] == true;
    assert!(!followed(ana.uri()).await && followed(&mia.uri).await, "it was taken back");
    alias(&ana, true).await;
    assert_eq!(alpha.document(ana.uri()).await["alsoKnownAs"], json!([mia.uri]));
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, ana.uri())).await;
    assert!(followed(ana.uri()).await && !followed(&mia.uri).await);

    app::moves::set_alias(alpha.app(), club.actor.id, rocks.uri.clone(), true).await.unwrap();
    send(&net, &alpha, &rocks, &relocation(&rocks, &rocks.uri, club.uri())).await;
    assert!(followed(club.uri()).await && !followed(&rocks.uri).await);
}

async fn people_and_groups_move_away() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let (far, masto) = (net.peer("far.test", Software::Lemmy), net.peer("masto.test", Software::Mastodon));
    let (rocks, eve) = (far.group("rocks"), far.person("eve"));
    let (max, mia) = (masto.person("max"), masto.person("mia"));
    max.follow(&alpha, club.uri()).await;
    bea.follow(&club.handle()).await;
    net.settle().await;
    masto.take();
    let depart = async |by: &Person, who: &str, target: &str| {
        let mover = app::people::by_name(alpha.app(), who).await.expect("an actor").id;
        app::moves::depart(alpha.app(), by.actor.id, mover, target.to_owned()).await.map_err(|e| e.to_string())
    };

    // Not unless the other side says so, not to another kind, not by anybody.
    assert!(depart(&ana, "club", &rocks.uri).await.is_err());
    known_as(&rocks, &[club.uri(), ana.uri()]);
    assert!(depart(&ana, "ana", &rocks.uri).await.is_err());
    assert!(depart(&bea, "club", &rocks.uri).await.is_err());
    assert!(depart(&ana, "bea", &rocks.uri).await.is_err());
    net.settle().await;
    assert!(masto.kinds().is_empty() && alpha.document(club.uri()).await["movedTo"].is_null());

    depart(&ana, "club", &rocks.uri).await.unwrap();
    net.settle().await;
    let told = masto.take();
    let kinds: Vec<String> = told.iter().map(crate::network::Delivered::kind).collect();
    assert_eq!(kinds, ["Update{Group}", "Move"]);
    assert_eq!(told[0].activity["object"]["movedTo"], rocks.uri.as_str());
    let moved = &told[1].activity;
    assert_eq!((&moved["actor"], &moved["object"]), (&json!(club.uri()), &json!(club.uri())));
    assert_eq!((&moved["target"], &moved["to"]), (&json!(rocks.uri), &json!([club.followers()])));
    assert_eq!(alpha.document(club.uri()).await["movedTo"], rocks.uri.as_str());
    assert!(far.kinds().iter().filter(|kind| *kind == "Follow").count() == 2, "ana and bea: {:?}", far.kinds());

    // Nothing happens here any more.
    eve.follow(&alpha, club.uri()).await;
    net.settle().await;
    far.only("Reject{Follow}");
    let (uri, handle) = club.named();
    eve.send(&alpha, &eve.lemmy_page(&uri, "Late", "Anybody?")).await;
    net.settle().await;
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], 0);
    let late = bea.call("POST", "/api/v1/statuses", &json!({ "status": format!("{handle} hola") })).await;
    assert_eq!(late.status, 403, "{}", late.text());

    let page = alpha.get("/@club", "text/html").await.text();
    assert!(page.contains("Moved. Now:") && page.contains(&rocks.handle()), "{page}");
    let moved = async |who: &Actor| ana.read(&format!("/api/v1/accounts/{}", who.id)).await["moved"].clone();
    let now = moved(&club.actor).await;
    assert_eq!((&now["uri"], &now["group"], &now["moved"]), (&json!(rocks.uri), &json!(true), &Value::Null), "{now}");
    assert_eq!(moved(&bea.actor).await, Value::Null);

    known_as(&mia, &[bea.uri()]);
    depart(&bea, "bea", &mia.uri).await.unwrap();
    let page = alpha.get("/@bea", "text/html").await.text();
    assert!(page.contains("Moved. Now:") && page.contains(&mia.handle()), "{page}");
    assert_eq!(moved(&bea.actor).await["acct"], "mia@masto.test");
    let own = bea.read("/api/v1/accounts/verify_credentials").await;
    assert_eq!(own["moved"]["acct"], "mia@masto.test", "her apps know, too: {own}");
    assert!(depart(&bea, "bea", &max.uri).await.is_err(), "not so soon");
    assert_eq!(bea.call("POST", "/api/v1/statuses", &json!({ "status": "hola" })).await.status, 403);
    // Whoever comes back is here again.
    net.pass_time(Duration::from_hours(24 * 8)).await;
    ana.follow(&mia.handle()).await;
    net.settle().await;
    app::moves::set_alias(alpha.app(), bea.actor.id, mia.uri.clone(), true).await.unwrap();
    send(&net, &alpha, &mia, &relocation(&mia, &mia.uri, bea.uri())).await;
    assert!(alpha.document(bea.uri()).await["movedTo"].is_null());
    assert_eq!(moved(&bea.actor).await, Value::Null);
    bea.post("hola").await;
}

on_both![followers_go_along, groups_move_and_people_move_here, people_and_groups_move_away];
