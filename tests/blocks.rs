//! Blocks between people here and elsewhere, in both directions.

use serde_json::json;

use crate::network::{Network, Software, id, on_both};

async fn a_block_is_told_and_taken_back() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let peer = net.peer("masto.test", Software::Mastodon);
    let bea = peer.person("bea");
    bea.follow(&alpha, ana.uri()).await;
    net.settle().await;
    peer.take();
    let account = ana.find_account(&bea.handle()).await;
    assert_eq!(ana.relationship(&account).await["followed_by"], true);

    ana.act(&format!("/api/v1/accounts/{}/block", id(&account))).await;
    net.settle().await;
    let block = peer.only("Block").activity;
    assert_eq!((block["actor"].as_str(), block["object"].as_str()), (Some(ana.uri()), Some(bea.uri.as_str())));
    let relationship = ana.relationship(&account).await;
    assert_eq!((relationship["blocking"].as_bool(), relationship["followed_by"].as_bool()), (Some(true), Some(false)));

    // Whoever is blocked may not follow, and is told no news of.
    bea.follow(&alpha, ana.uri()).await;
    let note = bea.toot("<p>@ana ¡eh!</p>", &[(ana.uri(), "@ana@alpha.test")], None);
    bea.send(&alpha, &note).await;
    net.settle().await;
    assert_eq!(ana.relationship(&account).await["followed_by"], false);
    let told = ana.read("/api/v1/notifications?types[]=mention").await;
    assert_eq!(told, json!([]));
    peer.take();

    ana.act(&format!("/api/v1/accounts/{}/unblock", id(&account))).await;
    net.settle().await;
    let undo = peer.only("Undo{Block}").activity;
    assert_eq!(undo["object"]["id"], block["id"], "what is taken back is named");
}

async fn whoever_is_blocked_from_elsewhere_sees_it() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let account = ana.follow(&bea.handle()).await;
    net.settle().await;
    let block = bea.activity("Block", &json!(ana.uri()));
    bea.send(&alpha, &block).await;
    bea.send(&alpha, &block).await;
    net.settle().await;
    let relationship = ana.relationship(&account).await;
    assert_eq!((relationship["blocked_by"].as_bool(), relationship["requested"].as_bool()), (Some(true), Some(false)));
    let follow = ana.call("POST", &format!("/api/v1/accounts/{}/follow", id(&account)), &json!({})).await;
    assert_eq!(follow.status, 403);
    bea.send(&alpha, &bea.undo(&block)).await;
    net.settle().await;
    assert_eq!(ana.relationship(&account).await["blocked_by"], false);
}

on_both![a_block_is_told_and_taken_back, whoever_is_blocked_from_elsewhere_sees_it,];
