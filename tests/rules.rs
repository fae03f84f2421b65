//! Which servers one deals with: none of what a blocked one says is heard, and nothing is said to it.

use app::{
    Me,
    rules::{self, NewRule},
};
use domain::{
    host::Host,
    rule::{Openness, Ruling},
};
use serde_json::{Value, json};

use crate::network::{Group, Network, Peer, Puppet, Server, Software, id, on_both, text};

async fn rule(server: &Server, host: &str, ruling: Ruling) {
    let me = Me(app::instance::ensure(server.app()).await.unwrap());
    let host = Host::parse(host).unwrap();
    let new = NewRule { host, ruling, public_comment: "spam".into(), private_comment: String::new() };
    rules::set(server.app(), me, new).await.unwrap();
}

async fn lift(server: &Server, host: &str) {
    let me = Me(app::instance::ensure(server.app()).await.unwrap());
    rules::lift(server.app(), me, &Host::parse(host).unwrap()).await.unwrap();
}

/// A post of somebody elsewhere, into a group if there is one.
fn says(peer: &Peer, author: &Puppet, group: Option<&Group>, words: &str) -> Value {
    let cc: Vec<&str> = group.iter().map(|group| group.uri()).collect();
    let tags: Vec<Value> = group
        .iter()
        .map(|group| json!({ "type": "Mention", "href": group.uri(), "name": format!("@{}", group.handle()) }))
        .collect();
    let note = json!({
        "id": peer.id("notes"), "type": "Note", "attributedTo": author.uri, "content": format!("<p>{words}</p>"),
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": cc, "tag": tags,
    });
    peer.serve(&note);
    author.addressed("Create", &note, &cc)
}

async fn who_is_blocked_is_not_heard_and_told_nothing() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let before = club.follower_count().await;
    let (evil, good) = (net.peer("sub.evil.test", Software::Mastodon), net.peer("good.test", Software::Lemmy));
    let (bea, mia, page) = (evil.person("bea"), good.person("mia"), good.group("page"));
    bea.follow(&alpha, club.uri()).await;
    mia.follow(&alpha, club.uri()).await;
    for target in [&bea, &page] {
        ana.follow(&target.handle()).await;
    }
    net.settle().await;
    for (peer, target) in [(&evil, &bea), (&good, &page)] {
        let follow = peer.received().into_iter().find(|told| told.kind() == "Follow").unwrap().activity;
        target.answer(&alpha, "Accept", &follow).await;
    }
    net.settle().await;
    assert_eq!(club.follower_count().await, before + 2);
    let account = ana.find_account(&bea.handle()).await;
    assert_eq!(ana.relationship(&account).await["following"], true);
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    let evils = [Host::parse("evil.test").unwrap()];
    assert!(rules::reach(alpha.app(), Me(ana.actor.id), &evils).await.is_err(), "only admins may know");
    let reach = rules::reach(alpha.app(), operator, &evils).await.unwrap();
    assert_eq!((reach.servers, reach.people, reach.followers, reach.following, reach.posts), (1, 1, 1, 1, 0));

    let stranger = NewRule {
        host: Host::parse("evil.test").unwrap(),
        ruling: Ruling::Suspend,
        public_comment: String::new(),
        private_comment: String::new(),
    };
    assert!(rules::set(alpha.app(), Me(ana.actor.id), stranger).await.is_err(), "only admins may");
    rule(&alpha, "evil.test", Ruling::Suspend).await;
    net.settle().await;
    evil.take();
    assert_eq!(club.follower_count().await, before + 1, "her follow ended");
    assert_eq!(ana.relationship(&account).await["following"], false, "and the one of her");

    // Neither what they say themselves, nor what others pass on of it, nor a question about it.
    let (census, said) = (net.census("alpha.test"), net.transcript().0.len());
    assert_eq!(bea.post(&alpha.url("/inbox"), &says(&evil, &bea, Some(&club), "Buy")).await, 403);
    assert_eq!(alpha.ask(&bea.asks(club.uri())).await.status, 403, "nor do they read what they ask for");
    assert_eq!(alpha.ask(&mia.asks(club.uri())).await.status, 200);
    let unknown = evil.person("new");
    assert_eq!(unknown.post(&alpha.url("/inbox"), &says(&evil, &unknown, Some(&club), "Buy")).await, 403);
    assert_eq!(net.census("alpha.test"), census, "no trace");
    let create = says(&evil, &bea, None, "Buy by a friend");
    page.send(&alpha, &page.addressed("Announce", &create, &[])).await;
    page.send(&alpha, &page.addressed("Announce", &create["object"]["id"], &[])).await;
    assert!(ana.search(create["object"]["id"].as_str().unwrap()).await["statuses"] == json!([]));
    ana.post(&format!("One {}", club.handle())).await;
    ana.post(&format!("Hello @{}", bea.handle().trim_start_matches('@'))).await;
    net.settle().await;
    assert_eq!(net.census("alpha.test")["posts"], census["posts"] + 2, "only what was written here");
    let told = net.transcript().after(said).between("alpha.test", "sub.evil.test");
    assert!(told.0.is_empty(), "{told}");
    assert!(evil.received().is_empty() && !good.received().is_empty());

    lift(&alpha, "evil.test").await;
    bea.follow(&alpha, club.uri()).await;
    bea.send(&alpha, &says(&evil, &bea, Some(&club), "Sorry")).await;
    net.settle().await;
    assert_eq!(club.follower_count().await, before + 2);
    assert_eq!(net.census("alpha.test")["posts"], census["posts"] + 3);
    assert!(evil.kinds().contains(&"Accept{Follow}".to_owned()), "{:?}", evil.kinds());
}

async fn who_is_silenced_is_heard_by_those_who_ask() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    rule(&alpha, "loud.test", Ruling::Silence).await;
    let mut people = Vec::new();
    for host in ["calm.test", "loud.test"] {
        let peer = net.peer(host, Software::Mastodon);
        let bea = peer.person("bea");
        let mut document = bea.document();
        (document["discoverable"], document["indexable"]) = (json!(true), json!(true));
        peer.serve(&document);
        bea.follow(&alpha, ana.uri()).await;
        bea.send(&alpha, &says(&peer, &bea, Some(&club), &format!("From {host}"))).await;
        net.settle().await;
        people.push(bea);
    }
    let words = |list: Value| -> Vec<String> { list.as_array().unwrap().iter().map(text).collect() };
    let seen = words(ana.read("/api/v1/timelines/public").await);
    assert!(seen.len() == 1 && seen[0].contains("calm.test"), "{seen:?}");
    let home = ana.home().await;
    assert_eq!(home.len(), 2, "the group takes both: {home:?}");
    let told = ana.read("/api/v1/notifications").await;
    let by: Vec<_> = told.as_array().unwrap().iter().map(|told| &told["account"]["acct"]).collect();
    assert_eq!(by, ["bea@calm.test"]);

    let found = async |what: &str| {
        let found = ana.read(&format!("/api/v2/search?q={what}")).await;
        let people: Vec<String> =
            found["accounts"].as_array().unwrap().iter().map(|one| one["acct"].as_str().unwrap().to_owned()).collect();
        (people, found["statuses"].as_array().unwrap().len())
    };
    for status in ana.home().await {
        ana.act(&format!("/api/v1/statuses/{}/favourite", id(&status["reblog"]))).await;
    }
    net.settle().await;
    let trends = async || ana.read("/api/v1/trends/statuses").await.as_array().unwrap().len();
    assert_eq!(found("bea").await.0, ["bea@calm.test"]);
    assert_eq!(found("from").await.1, 1);
    assert_eq!(trends().await, 1);
    assert_eq!(found("bea@loud.test").await.0, ["bea@loud.test"], "whoever knows the handle finds them");
    ana.follow("@bea@loud.test").await;
    net.settle().await;
    let loud = people.pop().unwrap();
    let follow = loud.peer.only("Follow").activity;
    loud.answer(&alpha, "Accept", &follow).await;
    net.settle().await;
    assert_eq!(found("from").await.1, 2, "whoever follows has asked for them");
    assert_eq!(found("bea").await.0.len(), 2);
    assert_eq!(trends().await, 1, "trends are for everybody");

    lift(&alpha, "loud.test").await;
    assert_eq!(words(ana.read("/api/v1/timelines/public").await).len(), 2);
    assert_eq!(trends().await, 2);
}

async fn who_is_not_on_the_list_is_a_stranger() {
    let net = Network::dealing_with(Openness::Allowlist, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    assert_eq!(ana.read("/api/v2/instance").await["configuration"]["limited_federation"], true, "clients are told");
    let club = alpha.group("club", &ana).await;
    let before = club.follower_count().await;
    let peer = net.peer("sub.other.test", Software::Mastodon);
    let bea = peer.person("bea");
    let census = net.census("alpha.test");
    let follow = bea.activity("Follow", &json!(club.uri()));
    assert_eq!(bea.post(&alpha.url("/inbox"), &follow).await, 403);
    assert_eq!(net.census("alpha.test"), census);
    assert!(net.transcript().between("alpha.test", "sub.other.test").0.is_empty());
    assert_eq!(alpha.get("/@club", "text/html").await.status, 200, "people read pages as before");

    rule(&alpha, "other.test", Ruling::Allow).await;
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    assert_eq!(club.follower_count().await, before + 1);
    lift(&alpha, "other.test").await;
    net.settle().await;
    assert_eq!(club.follower_count().await, before, "off the list again");
}

on_both![
    who_is_blocked_is_not_heard_and_told_nothing,
    who_is_silenced_is_heard_by_those_who_ask,
    who_is_not_on_the_list_is_a_stranger,
];
