//! `kill -9` at the worst moments: nothing that was acknowledged is lost, and nothing is seen twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use crate::network::{Line, Network, Peer, Program, Software, eventually, on_both, text};

const HERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A program with a group, and the token of its owner.
async fn installed(net: &Network) -> (Program, String) {
    let mut program = Program::install(HERE);
    let token = program.person("ana").await;
    program.json(&["group", "create", "club", "--title", "The club", "--owner", "ana", "--json"], "").await;
    net.reach(&program);
    program.start().await;
    (program, token)
}

/// Fake servers whose people follow the group.
async fn followers(net: &Network, program: &Program, count: u8) -> Vec<Peer> {
    let club = program.url("/@club");
    let mut peers = Vec::new();
    for number in 1..=count {
        let software = if number % 2 == 0 { Software::Mastodon } else { Software::Lemmy };
        let peer = net.peer_at(Ipv4Addr::new(127, 0, 1, number), software).await;
        let person = peer.person("follower");
        person.tell(program, &person.activity("Follow", &json!(club))).await;
        peers.push(peer);
    }
    for peer in &peers {
        eventually("the follow is accepted", || async { (peer.kinds() == ["Accept{Follow}"]).then_some(()) }).await;
        peer.take();
    }
    peers
}

/// The ids under which a peer was told of each post; one post, one id.
fn told(peer: &Peer) -> BTreeMap<String, BTreeSet<String>> {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for delivered in peer.received() {
        let activity = &delivered.activity;
        let post = activity["object"].as_str().or(activity["object"]["object"]["id"].as_str());
        if let (Some(post), Some(id)) = (post, activity["id"].as_str()) {
            told.entry(post.to_owned()).or_default().insert(id.to_owned());
        }
    }
    told
}

/// Waits until every peer was told of every post, each under one id.
async fn all_are_told(program: &Program, peers: &[Peer], posts: &[String]) {
    for peer in peers {
        eventually(&format!("{} has everything\n{}", peer.host(), program.log()), || async {
            let told = told(peer);
            posts.iter().all(|post| told.contains_key(post)).then_some(())
        })
        .await;
        let told = told(peer);
        for post in posts {
            assert_eq!(told[post].len(), 1, "{} was told of {post} under {:?}", peer.host(), told[post]);
        }
    }
}

/// The posts at home, which must stand there once each.
async fn home(program: &Program, token: &str) -> BTreeMap<String, String> {
    let mut home = BTreeMap::new();
    let mut path = "/api/v1/timelines/home?limit=40".to_owned();
    loop {
        let page = program.api(token, "GET", &path, &Value::Null).await;
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { return home };
        path = format!("/api/v1/timelines/home?limit=40&max_id={}", last["id"].as_str().unwrap());
        for status in page {
            let post = if status["reblog"].is_object() { &status["reblog"] } else { status };
            let uri = post["uri"].as_str().unwrap().to_owned();
            assert_eq!(home.insert(uri.clone(), text(post)), None, "{uri} stands there twice");
        }
    }
}

async fn between_acknowledgement_and_delivery() {
    let net = Network::of([]).await;
    let (mut program, token) = installed(&net).await;
    let peers = followers(&net, &program, 2).await;
    let bea = net.peer_at(Ipv4Addr::new(127, 0, 2, 1), Software::Mastodon).await.person("bea");
    let handle = format!("@club@{}", program.host());
    let mut posts = Vec::new();
    for round in 0..4 {
        let creates: Vec<Value> = (0..6)
            .map(|n| bea.toot(&format!("Post {round} {n}"), &[(&program.url("/@club"), &handle)], None))
            .collect();
        for create in &creates {
            bea.tell(&program, create).await;
        }
        // All were acknowledged just now; hardly any was applied, let alone passed on.
        program.kill().await;
        posts.extend(creates.iter().map(|create| create["object"]["id"].as_str().unwrap().to_owned()));
        program.start().await;
    }
    all_are_told(&program, &peers, &posts).await;
    let home = home(&program, &token).await;
    assert_eq!(home.len(), posts.len(), "{home:#?}");
    assert_eq!(program.stop().await, Some(0));
}

async fn in_the_middle_of_a_fan_out() {
    let net = Network::of([]).await;
    let (mut program, token) = installed(&net).await;
    let peers = followers(&net, &program, 50).await;
    for peer in &peers {
        net.spoil("programs", peer.host(), Line::Slow(Duration::from_millis(120)));
    }
    let mut posts = Vec::new();
    for round in 0..3 {
        let write = json!({ "status": format!("News {round} @club"), "visibility": "public" });
        let post = program.api(&token, "POST", "/api/v1/statuses", &write).await;
        posts.push(post["uri"].as_str().unwrap().to_owned());
        let reached = || peers.iter().filter(|peer| told(peer).contains_key(&posts[round])).count();
        eventually("some have it", || async { (reached() >= 5 * round).then_some(()) }).await;
        program.kill().await;
        program.start().await;
    }
    all_are_told(&program, &peers, &posts).await;
    assert_eq!(home(&program, &token).await.len(), posts.len());
    assert_eq!(program.stop().await, Some(0));
}

async fn in_the_middle_of_a_burst_of_writing() {
    let net = Network::of([]).await;
    let (mut program, token) = installed(&net).await;
    let peers = followers(&net, &program, 1).await;
    let mut acknowledged = BTreeMap::new();
    let mut unsure = BTreeSet::new();
    for round in 0..4_usize {
        let writing = |n: usize| {
            let (program, token) = (&program, &token);
            async move {
                let text = format!("Burst {round} {n} @club");
                let answer = program.call(token, "POST", "/api/v1/statuses", &json!({ "status": text })).await;
                (text, answer.filter(|answer| answer.status == 200).map(|answer| answer.value()))
            }
        };
        let mut burst: FuturesUnordered<_> = (0..40).map(writing).collect();
        let enough = 6 + 6 * round;
        let mut early = Vec::new();
        while early.len() < enough {
            early.push(burst.next().await.expect("an answer"));
        }
        // Nobody reads the other answers: some were written, some not, as at a power cut.
        drop(burst);
        program.kill().await;
        for (text, answer) in early {
            match answer {
                Some(post) => drop(acknowledged.insert(post["uri"].as_str().unwrap().to_owned(), text)),
                None => drop(unsure.insert(text)),
            }
        }
        unsure.extend((0..40).map(|n| format!("Burst {round} {n} @club")));
        program.start().await;
    }
    assert!(acknowledged.len() >= 40, "{}", acknowledged.len());
    let home = home(&program, &token).await;
    for (uri, text) in &acknowledged {
        assert_eq!(home.get(uri), Some(text), "{uri} was acknowledged");
    }
    let mut texts = BTreeSet::new();
    for text in home.values() {
        assert!(texts.insert(text), "`{text}` was written twice");
        assert!(unsure.contains(text), "`{text}` was never written");
    }
    let posts: Vec<String> = home.into_keys().collect();
    all_are_told(&program, &peers, &posts).await;
    assert_eq!(program.stop().await, Some(0));
}

async fn a_write_whose_answer_was_lost_may_be_repeated() {
    let net = Network::of([]).await;
    let (mut program, token) = installed(&net).await;
    let write = |program: &Program, key: &str| {
        crate::network::Request::new("POST", &program.url("/api/v1/statuses"))
            .with("authorization", &format!("Bearer {token}"))
            .with("idempotency-key", key)
            .with("content-type", "application/json")
            .body(json!({ "status": format!("Once {key}") }).to_string())
    };
    for key in ["a", "b"] {
        let first = write(&program, key).exchange(program.address()).await.unwrap().value();
        program.kill().await;
        program.start().await;
        let again = write(&program, key).exchange(program.address()).await.unwrap();
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.value()["id"], first["id"]);
    }
    assert_eq!(home(&program, &token).await.len(), 2);
    assert_eq!(program.stop().await, Some(0));
}

on_both![
    between_acknowledgement_and_delivery,
    in_the_middle_of_a_fan_out,
    in_the_middle_of_a_burst_of_writing,
    a_write_whose_answer_was_lost_may_be_repeated,
];
