//! A reply finds its place in its thread, also when what is between was never sent here.

use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Software, on_both};

async fn setting(net: &Network) -> (Person, Group, Puppet) {
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    (ana, club, bea)
}

/// A thread in the group with so many replies, one below the other; nothing of it is sent.
fn chain(author: &Puppet, club: &Group, length: usize) -> Vec<Value> {
    let (uri, handle) = club.named();
    let mut chain = vec![author.toot("Start", &[(&uri, &handle)], None)];
    for number in 1..=length {
        let parent = chain[number - 1]["object"]["id"].as_str().unwrap().to_owned();
        chain.push(author.toot(&format!("Reply {number}"), &[(&uri, &handle)], Some(&parent)));
    }
    chain
}

async fn missing_ancestors_are_fetched() {
    let net = Network::of(["alpha.test"]).await;
    let (ana, club, bea) = setting(&net).await;
    let chain = chain(&bea, &club, 4);
    bea.send(&club.server, &chain[4]).await;
    net.settle().await;
    let before = net.transcript().only(|exchange| exchange.method == "GET" && exchange.target.contains("/statuses/"));
    assert_eq!(before.0.len(), 4, "each was asked for once:\n{before}");
    let start = ana.find_post(chain[0]["object"]["id"].as_str().unwrap()).await;
    let texts = ana.replies(&start).await;
    assert_eq!(texts, ["@club Reply 1", "@club Reply 2", "@club Reply 3", "@club Reply 4"]);
    assert_eq!(club.server.document(&format!("{}/outbox", club.uri())).await["totalItems"], 1);

    // What was fetched and comes by itself later is the same post.
    for create in &chain {
        bea.send(&club.server, create).await;
    }
    net.settle().await;
    assert_eq!(ana.replies(&start).await.len(), 4);
}

async fn endless_threads_end() {
    let net = Network::of(["alpha.test"]).await;
    let (ana, club, bea) = setting(&net).await;
    let chain = chain(&bea, &club, 70);
    bea.send(&club.server, &chain[70]).await;
    net.settle().await;
    let asked = net.transcript().only(|exchange| exchange.method == "GET" && exchange.target.contains("/statuses/"));
    assert!(asked.0.len() <= 100, "{} documents were asked for", asked.0.len());

    // Two that reply to one another, and one that replies to itself.
    let (uri, handle) = club.named();
    let mut one = bea.toot("One", &[(&uri, &handle)], None);
    let mut two = bea.toot("Two", &[(&uri, &handle)], None);
    let mut own = bea.toot("Own", &[(&uri, &handle)], None);
    one["object"]["inReplyTo"] = two["object"]["id"].clone();
    two["object"]["inReplyTo"] = one["object"]["id"].clone();
    own["object"]["inReplyTo"] = own["object"]["id"].clone();
    for create in [&one, &two, &own] {
        bea.peer.serve(&create["object"]);
    }
    for create in [&one, &two, &own] {
        bea.send(&club.server, create).await;
        net.settle().await;
    }
    club.server.expect_parked();
    let after = bea.toot("Still there?", &[(&uri, &handle)], None);
    bea.send(&club.server, &after).await;
    net.settle().await;
    ana.find_post(after["object"]["id"].as_str().unwrap()).await;
}

async fn replies_below_something_of_ours_need_no_fetch() {
    let net = Network::of(["alpha.test"]).await;
    let (ana, club, bea) = setting(&net).await;
    let thread = ana.post(&format!("Welcome to {}", club.handle())).await;
    net.settle().await;
    let reply = bea.toot("Glad to be here.", &[(ana.uri(), &ana.handle())], thread["uri"].as_str());
    bea.send(&club.server, &reply).await;
    net.settle().await;
    assert_eq!(ana.replies(&thread).await, ["@ana Glad to be here."]);
    assert_eq!(ana.read("/api/v1/notifications").await[0]["type"], "mention");
    let document = club.server.document(thread["uri"].as_str().unwrap()).await;
    let replies = document["replies"].as_str().or(document["replies"]["id"].as_str()).expect("replies").to_owned();
    let listed = club.server.document(&replies).await;
    let mut all = listed.to_string();
    if let Some(first) = listed["first"].as_str() {
        all.push_str(&club.server.document(first).await.to_string());
    }
    assert!(all.contains(reply["object"]["id"].as_str().unwrap()), "replies from elsewhere are listed too: {all}");
}

async fn a_reply_to_what_cannot_be_read_is_kept_for_later_or_dropped_but_harms_nobody() {
    let net = Network::of(["alpha.test"]).await;
    let (ana, club, bea) = setting(&net).await;
    let (uri, handle) = club.named();
    let lost = bea.toot("To nowhere", &[(&uri, &handle)], Some("http://masto.test/users/bea/statuses/404"));
    let elsewhere = bea.toot("To no host", &[(&uri, &handle)], Some("http://nobody.test/1"));
    let mut odd = bea.toot("To nonsense", &[(&uri, &handle)], None);
    odd["object"]["inReplyTo"] = json!("");
    for create in [&lost, &elsewhere, &odd] {
        bea.send(&club.server, create).await;
        net.settle().await;
    }
    club.server.expect_parked();
    ana.find_post(odd["object"]["id"].as_str().unwrap()).await;
}

on_both![
    missing_ancestors_are_fetched,
    endless_threads_end,
    replies_below_something_of_ours_need_no_fetch,
    a_reply_to_what_cannot_be_read_is_kept_for_later_or_dropped_but_harms_nobody,
];
