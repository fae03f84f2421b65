//! Hostile input: what breaks the rules is refused, what claims too much has no effect, and nothing else suffers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{Network, PUBLIC, Request, Scheme, Software, on_both};

async fn hostile_bodies_are_refused_and_harm_nothing() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let inbox = alpha.url("/inbox");
    let id = |n: u32| format!("\"id\":\"http://masto.test/a/{n}\",\"actor\":\"{}\"", bea.uri);
    let deep = |n: usize| format!("{{{},\"type\":\"Like\",\"object\":{}1{}}}", id(0), "[".repeat(n), "]".repeat(n));
    let bodies: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("too large", format!("{{{},\"type\":\"Like\",\"x\":\"{}\"}}", id(1), "x".repeat(1_100_000)).into(), &[413]),
        ("nothing", Vec::new(), &[400]),
        ("no JSON", b"hello".to_vec(), &[400]),
        ("half of it", b"{\"id\":".to_vec(), &[400]),
        ("not UTF-8", b"{\"id\":\"\xff\xfe\"}".to_vec(), &[400]),
        ("a list", b"[1,2,3]".to_vec(), &[400]),
        ("a text", b"\"Like\"".to_vec(), &[400]),
        ("too deep", deep(5_000).into(), &[400]),
        ("deep enough", deep(100).into(), &[400]),
        ("twice the same key", format!("{{{},{},\"type\":\"Like\"}}", id(2), id(3)).into(), &[400]),
        ("twice below", format!("{{{},\"type\":\"Like\",\"object\":{{\"id\":1,\"id\":2}}}}", id(4)).into(), &[400]),
        ("no id", format!("{{\"type\":\"Like\",\"actor\":\"{}\"}}", bea.uri).into(), &[202, 400]),
        ("no actor", b"{\"type\":\"Like\",\"id\":\"http://masto.test/a/5\"}".to_vec(), &[400, 401, 403]),
        ("no type", format!("{{{}}}", id(6)).into(), &[202, 400]),
        ("numbers for names", b"{\"type\":5,\"id\":7,\"actor\":{\"id\":[]}}".to_vec(), &[400, 401, 403]),
        ("a lone surrogate", format!("{{{},\"type\":\"Like\",\"x\":\"\\ud800\"}}", id(8)).into(), &[202, 400]),
        ("NUL", format!("{{{},\"type\":\"Like\",\"object\":\"\\u0000\"}}", id(9)).into(), &[202, 400]),
        ("a huge number", format!("{{{},\"type\":\"Like\",\"object\":1e999}}", id(10)).into(), &[202, 400]),
        ("an unknown type", format!("{{{},\"type\":\"Frobnicate\",\"object\":{{}}}}", id(11)).into(), &[202]),
        ("several types", format!("{{{},\"type\":[\"Like\",\"Block\"]}}", id(12)).into(), &[202, 400]),
        ("a type with NUL", format!("{{{},\"type\":\"L\\u0000\"}}", id(13)).into(), &[202, 400]),
    ];
    let mut wrong = Vec::new();
    for (name, body, allowed) in &bodies {
        let answer = alpha.ask(&bea.signed(&inbox, body, Scheme::Cavage)).await;
        if !allowed.contains(&answer.status) {
            wrong.push(format!("{name}: {} instead of {allowed:?}: {}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    // Without a signature nothing is fetched and nothing is said.
    let before = net.transcript().0.len();
    let unsigned = Request::new("POST", &inbox).with("content-type", "application/activity+json");
    let stranger = net.peer("other.test", Software::Mastodon).person("other");
    let follow = stranger.activity("Follow", &json!(club.uri()));
    assert_eq!(alpha.ask(&unsigned.body(follow.to_string())).await.status, 401);
    for (method, status) in [("GET", 405), ("PUT", 405), ("DELETE", 405)] {
        let answer = alpha.ask(&Request::new(method, &inbox)).await;
        assert!(answer.status == status || answer.status == 404, "{method}: {}", answer.status);
    }
    net.settle().await;
    assert_eq!(net.transcript().0.len(), before, "{}", net.transcript());

    alpha.expect_parked();
    bea.send(&alpha, &bea.toot("All is well", &[(club.uri(), &club.handle())], None)).await;
    net.settle().await;
    assert_eq!(ana.home().await.len(), 1);
}

async fn what_claims_too_much_has_no_effect() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let mallory = net.peer("evil.test", Software::Mastodon).person("mallory");
    let mine = ana.post("Mine").await;
    let thread = bea.toot("Hers", &[(club.uri(), &club.handle())], None);
    bea.send(&alpha, &thread).await;
    net.settle().await;
    let before = net.census("alpha.test");
    let (ours, hers) = (mine["uri"].clone(), thread["object"]["id"].clone());

    let mut note = mallory.toot("x", &[(club.uri(), &club.handle())], None)["object"].clone();
    let attempts: Vec<(&str, Value)> = vec![
        ("delete what is ours", mallory.activity("Delete", &ours)),
        ("delete what is hers", mallory.activity("Delete", &hers)),
        ("remove as if a moderator", {
            let mut delete = mallory.activity("Delete", &hers);
            delete["summary"] = json!("I say so");
            delete
        }),
        ("become a moderator", {
            let mut add = mallory.activity("Add", &json!(mallory.uri));
            add["target"] = json!(format!("{}/moderators", club.uri()));
            add
        }),
        ("pin", {
            let mut add = mallory.activity("Add", &hers);
            add["target"] = json!(format!("{}/featured", club.uri()));
            add
        }),
        ("lock", mallory.activity("Lock", &hers)),
        ("ban the owner", {
            let mut block = mallory.activity("Block", &json!(ana.uri()));
            block["target"] = json!(club.uri());
            block
        }),
        ("change our group", {
            let group = json!({ "id": club.uri(), "type": "Group", "name": "Owned", "preferredUsername": "club" });
            mallory.activity("Update", &group)
        }),
        ("accept what nobody asked", mallory.activity("Accept", &json!(alpha.url("/activities/1")))),
        ("announce in the name of our group", {
            let mut announce = mallory.activity("Announce", &hers);
            announce["audience"] = json!(club.uri());
            announce["object"] =
                json!({ "type": "Announce", "id": "http://evil.test/1", "actor": club.uri(), "object": hers });
            announce
        }),
        ("a post with an id of ours", {
            note["id"] = json!(alpha.url("/@ana/123456"));
            mallory.activity("Create", &note)
        }),
        ("a post by somebody here", {
            note["id"] = json!(mallory.peer.id("statuses"));
            note["attributedTo"] = json!(ana.uri());
            mallory.activity("Create", &note)
        }),
        ("a post by somebody else", {
            note["id"] = json!(mallory.peer.id("statuses"));
            note["attributedTo"] = json!(bea.uri);
            mallory.activity("Create", &note)
        }),
        ("to a host of nobody", {
            note["id"] = json!("http://10.0.0.1/internal");
            note["attributedTo"] = json!(mallory.uri);
            mallory.activity("Create", &note)
        }),
    ];
    alpha.expect_parked();
    for (name, attempt) in attempts {
        let mut attempt = attempt;
        attempt["to"] = json!([PUBLIC]);
        attempt["cc"] = json!([club.uri()]);
        let status = mallory.post(&alpha.url("/inbox"), &attempt).await;
        assert!(status < 500, "{name}: {status}");
        net.settle().await;
        let mut now = net.census("alpha.test");
        // To know who speaks is no effect, and to remember that something unknown is gone is none that shows.
        for unseen in ["actors", "received", "forestalled"] {
            now.insert(unseen.to_owned(), before[unseen]);
        }
        assert_eq!(now, before, "{name}");
    }
    assert_eq!(alpha.document(club.uri()).await["name"], "CLUB");
    let dialled = net.transcript().only(|exchange| exchange.to.starts_with("10."));
    assert!(dialled.is_empty(), "{dialled}");
}

async fn what_is_fetched_counts_as_its_own_server_says() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let (masto, evil) = (net.peer("masto.test", Software::Mastodon), net.peer("evil.test", Software::Mastodon));
    let (bea, mallory) = (masto.person("bea"), evil.person("mallory"));
    ana.follow(&mallory.handle()).await;
    ana.find_account(&bea.handle()).await;
    net.settle().await;
    mallory.answer(&alpha, "Accept", &evil.only("Follow").activity).await;
    net.settle().await;

    // Words of hers that only somebody else has, at addresses of theirs and inside lists of theirs.
    let spoof = |number: u8| {
        let mut note = bea.toot("I never said so.", &[], None)["object"].clone();
        note["id"] = json!(masto.url(&format!("/users/bea/statuses/never-{number}")));
        note["url"] = note["id"].clone();
        let at = evil.url(&format!("/spoof/{number}"));
        evil.serve_at(&at, &note);
        (at, note)
    };
    let mut owned = bea.document();
    owned["name"] = json!("Owned");
    let actor = evil.url("/spoof/actor");
    evil.serve_at(&actor, &owned);
    let spoofs: Vec<(String, Value)> = (0..5).map(spoof).collect();
    let at = |number: usize| spoofs[number].0.as_str();

    ana.search(at(0)).await;
    ana.search(&actor).await;
    mallory.send(&alpha, &mallory.toot("Indeed.", &[], Some(at(1)))).await;
    mallory.send(&alpha, &mallory.addressed("Announce", &json!(at(2)), &[])).await;
    let mut quote = mallory.toot("Look.", &[], None);
    quote["object"]["quote"] = json!(at(3));
    mallory.send(&alpha, &quote).await;
    let mut root = mallory.toot("A thread.", &[], None);
    let list = format!("{}/replies", root["object"]["id"].as_str().unwrap());
    let mut reply = spoofs[4].1.clone();
    reply["inReplyTo"] = root["object"]["id"].clone();
    root["object"]["replies"] = json!({ "id": list, "type": "Collection", "items": [reply] });
    evil.serve(&root["object"]);
    evil.serve(&root["object"]["replies"]);
    mallory.send(&alpha, &root).await;
    net.settle().await;
    let thread = ana.find_post(root["object"]["id"].as_str().unwrap()).await;
    ana.read(&format!("/api/v1/statuses/{}/context", thread["id"].as_str().unwrap())).await;
    net.settle().await;
    net.pass_time(Duration::from_mins(10)).await;

    let names: Vec<String> =
        spoofs.iter().flat_map(|(at, note)| [at.clone(), note["id"].as_str().expect("an id").to_owned()]).collect();
    for name in names {
        let uri = name.clone();
        let found = alpha.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap();
        assert!(found.is_none(), "{name} is believed");
    }
    assert_eq!(ana.find_account(&bea.handle()).await["display_name"], "BEA");
    assert!(!json!(ana.home().await).to_string().contains("never said"));
}

async fn a_replay_in_parallel_has_one_effect() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let lemmy = net.peer("lem.test", Software::Lemmy);
    lemmy.person("leo").follow(&alpha, club.uri()).await;
    net.settle().await;
    lemmy.take();
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let create = bea.toot("Once", &[(club.uri(), &club.handle())], None);
    let request = bea.signed(&alpha.url("/inbox"), create.to_string().as_bytes(), Scheme::Cavage);
    let all = futures_util::future::join_all((0..24).map(|_| alpha.ask(&request))).await;
    assert!(all.iter().all(|answer| answer.status == 202), "{:?}", all.iter().map(|a| a.status).collect::<Vec<_>>());
    net.settle().await;
    lemmy.only("Announce{Create{Note}}");
    assert_eq!(net.census("alpha.test")["posts"], 1);
    assert_eq!(ana.home().await.len(), 1);

    // The same id with another body: the first stays.
    let mut other = create.clone();
    other["object"]["content"] = json!("<p>Twice</p>");
    bea.send(&alpha, &other).await;
    net.settle().await;
    assert!(ana.home().await[0].to_string().contains("Once"));
}

async fn bodies_are_read_no_further_than_is_needed() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let inbox = alpha.url("/inbox");
    let post = || Request::new("POST", &inbox).with("content-type", "application/activity+json");
    let large = 1024 * 1024 + 1;
    let chunk = format!("{large:x}\r\n{}\r\n0\r\n\r\n", " ".repeat(large));
    for (name, request, status) in [
        ("announced and never sent", post().with("content-length", &large.to_string()), 413),
        ("of unknown length", post().with("transfer-encoding", "chunked").body(chunk), 413),
        ("compressed", post().with("content-encoding", "gzip").body("{}"), 415),
    ] {
        let answer = alpha.ask(&request).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}

on_both![
    bodies_are_read_no_further_than_is_needed,
    hostile_bodies_are_refused_and_harm_nothing,
    what_claims_too_much_has_no_effect,
    what_is_fetched_counts_as_its_own_server_says,
    a_replay_in_parallel_has_one_effect,
];
