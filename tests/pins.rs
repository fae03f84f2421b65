//! What people pin to their pages: told to others, and read from them.

use serde_json::{Value, json};

use crate::network::{CONTEXT, Network, Peer, Person, Puppet, Software, id, on_both, text};

/// What an account pins, as somebody sees it.
async fn pinned(who: &Person, account: &Value) -> Vec<String> {
    let path = format!("/api/v1/accounts/{}/statuses?pinned=true", id(account));
    who.read(&path).await.as_array().expect("a list").iter().map(text).collect()
}

async fn what_one_pins_is_told_to_others() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let early = ana.post("Pinned before anybody looked").await;
    ana.act(&format!("/api/v1/statuses/{}/pin", id(&early))).await;
    let max = net.peer("masto.test", Software::Mastodon);
    max.person("max").follow(&alpha, ana.uri()).await;
    let account = ben.follow(&ana.handle()).await;
    net.settle().await;
    assert_eq!(pinned(&ben, &account).await, ["Pinned before anybody looked"]);

    let (late, quiet) = (
        ana.post("Pinned later").await,
        ana.api("POST", "/api/v1/statuses", &json!({ "status": "For followers", "visibility": "private" })).await,
    );
    net.settle().await;
    max.take();
    for status in [&late, &quiet] {
        ana.act(&format!("/api/v1/statuses/{}/pin", id(status))).await;
    }
    net.settle().await;
    assert_eq!(max.kinds(), ["Add"], "what is for followers is in no list that everybody reads");
    let add = max.take().remove(0).activity;
    assert_eq!((&add["object"], &add["target"]), (&late["uri"], &json!(format!("{}/featured", ana.uri()))));
    let featured = alpha.document(add["target"].as_str().unwrap()).await;
    let listed: Vec<&Value> = featured["orderedItems"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(listed, [&late["uri"], &early["uri"]]);
    assert_eq!(pinned(&ben, &account).await, ["Pinned later", "Pinned before anybody looked"]);

    ana.act(&format!("/api/v1/statuses/{}/unpin", id(&late))).await;
    ana.act(&format!("/api/v1/statuses/{}/unpin", id(&late))).await;
    net.settle().await;
    assert_eq!(max.kinds(), ["Remove"], "once");
    let page = alpha.get(ana.uri(), "text/html").await.text();
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    assert!(place("Pinned before anybody") < place("Pinned later"), "what is pinned comes first");
    assert_eq!(pinned(&ben, &account).await, ["Pinned before anybody looked"]);
}

async fn what_others_pin_is_what_their_page_says() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let evil = net.peer("evil.test", Software::Mastodon);
    let (bea, eve) = (masto.person("bea"), evil.person("eve"));
    let featured = masto.url("/collections/featured");
    let mut document = bea.document();
    document["featured"] = json!(featured);
    masto.serve(&document);
    let note = |peer: &Peer, puppet: &Puppet, words: &str| {
        let note = puppet.toot(words, &[], None)["object"].clone();
        peer.serve(&note);
        note["id"].clone()
    };
    let (first, second, foreign) =
        (note(&masto, &bea, "First"), note(&masto, &bea, "Second"), note(&evil, &eve, "Not hers"));
    let list = |items: &[&Value]| {
        let page = json!({ "@context": CONTEXT, "id": featured, "type": "OrderedCollection", "orderedItems": items });
        masto.serve(&page);
    };
    list(&[&second, &first, &foreign]);

    // Somebody looks: it is there the next time.
    let account = ana.find_account(&bea.handle()).await;
    assert!(pinned(&ana, &account).await.is_empty());
    net.settle().await;
    let words = |all: Vec<String>| -> Vec<String> { all.iter().map(|text| text.trim().to_owned()).collect() };
    assert_eq!(words(pinned(&ana, &account).await), ["Second", "First"], "what somebody else wrote is no pin of hers");

    // What somebody says of their pins is a hint; their page counts.
    list(&[&first]);
    let mut lie = eve.activity("Remove", &first);
    lie["target"] = json!(featured);
    eve.send(&alpha, &lie).await;
    net.settle().await;
    assert_eq!(pinned(&ana, &account).await.len(), 2, "nobody else speaks of them");
    let mut remove = bea.activity("Remove", &second);
    remove["target"] = json!(featured);
    bea.send(&alpha, &remove).await;
    net.settle().await;
    assert_eq!(words(pinned(&ana, &account).await), ["First"]);
}

on_both![what_one_pins_is_told_to_others, what_others_pin_is_what_their_page_says];
