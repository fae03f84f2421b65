//! Followers in agreement: what one side lost is mended by the other, and by nobody else.

use std::time::Duration;

use app::Me;
use domain::id::ActorId;
use serde_json::{Value, json};

use crate::network::{Group, Line, Network, Person, Puppet, Scheme, Server, Software, on_both};

/// Two servers, and a group on the first that bob follows from the second.
async fn neighbours() -> (Network, Person, Group, Person) {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bob = beta.person("bob").await;
    bob.follow(&club.handle()).await;
    net.settle().await;
    alpha.expect_parked();
    beta.expect_parked();
    (net, ana, club, bob)
}

async fn follows(net: &Network, person: &Person, club: &Group) -> (bool, bool) {
    net.settle().await;
    let account = person.find_account(&club.handle()).await;
    let relationship = person.relationship(&account).await;
    let (uri, group) = (person.uri().to_owned(), club.actor.id);
    let known = club.server.app().read(move |c| match store::actors::by_uri(c, &uri)? {
        Some(person) => Ok(store::follows::get(c, person.id, group)?.is_some()),
        None => Ok(false),
    });
    (relationship["following"] == json!(true), known.await.unwrap())
}

async fn an_answer_that_was_lost_is_supplied() {
    let (net, ana, club, bob) = neighbours().await;
    let ben = bob.server.person("ben").await;
    ana.find_account(&ben.handle()).await;
    net.spoil("alpha.test", "beta.test", Line::Answers(422));
    ben.follow(&club.handle()).await;
    assert_eq!(follows(&net, &ben, &club).await, (false, true));
    net.mend("alpha.test", "beta.test");
    ana.post(&format!("One {}", club.handle())).await;
    assert_eq!(follows(&net, &ben, &club).await, (true, true));
    assert_eq!(follows(&net, &bob, &club).await, (true, true));
}

async fn who_was_shown_out_learns_of_it() {
    let (net, ana, club, bob) = neighbours().await;
    let ben = bob.server.person("ben").await;
    ben.follow(&club.handle()).await;
    assert_eq!(follows(&net, &ben, &club).await, (true, true));
    net.spoil("alpha.test", "beta.test", Line::Answers(422));
    let there = number(&club.server, ben.uri()).await;
    app::follows::answer(club.server.app(), Me(ana.actor.id), club.actor.id, there, false).await.unwrap();
    assert_eq!(follows(&net, &ben, &club).await, (true, false));
    net.mend("alpha.test", "beta.test");
    ana.post(&format!("One {}", club.handle())).await;
    assert_eq!(follows(&net, &ben, &club).await, (false, false));
    assert_eq!(follows(&net, &bob, &club).await, (true, true));
}

async fn who_left_unheard_is_let_go() {
    let (net, ana, club, bob) = neighbours().await;
    net.spoil("beta.test", "alpha.test", Line::Answers(422));
    let account = bob.find_account(&club.handle()).await;
    bob.act(&format!("/api/v1/accounts/{}/unfollow", account["id"].as_str().unwrap())).await;
    assert_eq!(follows(&net, &bob, &club).await, (false, true));
    net.mend("beta.test", "alpha.test");
    ana.post(&format!("One {}", club.handle())).await;
    assert_eq!(follows(&net, &bob, &club).await, (false, false));
}

async fn number(server: &Server, uri: &str) -> ActorId {
    let uri = uri.to_owned();
    server.app().read(move |c| store::actors::by_uri(c, &uri)).await.unwrap().expect("a known actor").id
}

async fn everybody_sees_their_own_part_only() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (masto, lemmy) = (net.peer("masto.test", Software::Mastodon), net.peer("lemmy.test", Software::Lemmy));
    let (bea, carl, dora) = (masto.person("bea"), masto.person("carl"), lemmy.person("dora"));
    for person in [&bea, &carl, &dora] {
        person.follow(&alpha, club.uri()).await;
    }
    net.settle().await;
    masto.take();
    ana.post(&format!("One {}", club.handle())).await;
    net.settle().await;
    let url = format!("{}/followers_synchronization", club.uri());
    let said = masto.only("Announce").followers.expect("a header that is signed");
    let start = format!("collectionId=\"{}\", url=\"{url}\", digest=\"", club.followers());
    assert!(said.starts_with(&start), "{said}");

    let part = |of: &Puppet| {
        let (alpha, request) = (alpha.clone(), of.asks(&url));
        async move { alpha.ask(&request).await.value()["orderedItems"].clone() }
    };
    assert_eq!(part(&bea).await, json!([bea.uri, carl.uri]));
    assert_eq!(part(&carl).await, json!([bea.uri, carl.uri]));
    assert_eq!(part(&dora).await, json!([dora.uri]));
    assert_eq!(part(&net.peer("new.test", Software::Mastodon).person("eve")).await, json!([]));
    assert_eq!(alpha.document(&url).await, Value::Null, "nobody else sees anything");
}

async fn nothing_is_believed_that_is_not_proven() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let peer = net.peer("masto.test", Software::Mastodon);
    let gus = peer.person("gus");
    let account = ana.follow(&gus.handle()).await;
    net.settle().await;
    gus.answer(&alpha, "Accept", &peer.only("Follow").activity).await;
    net.settle().await;
    let following = || async { ana.relationship(&account).await["following"] == json!(true) };
    assert!(following().await);

    let url = gus.part("followers_synchronization");
    let list = |items: Value| {
        let context = crate::network::CONTEXT;
        peer.serve(&json!({ "@context": context, "id": url, "type": "OrderedCollection", "orderedItems": items }));
    };
    let nobody = format!("collectionId=\"{}\", url=\"{url}\", digest=\"{}\"", gus.part("followers"), "0".repeat(64));
    let asked = || net.transcript().only(|said| said.target.ends_with("/followers_synchronization")).0.len();
    let like = || gus.activity("Like", &json!(ana.uri()));

    list(json!([]));
    let unsigned = gus.signed(&alpha.url("/inbox"), like().to_string().as_bytes(), Scheme::Cavage);
    let unsigned = unsigned.with("collection-synchronization", &nobody);
    assert_eq!(alpha.ask(&unsigned).await.status, 202);
    net.settle().await;
    assert!(following().await && asked() == 0, "a header that is not signed");

    list(json!([ana.uri()]));
    assert_eq!(gus.post_saying(&nobody, &alpha.url("/inbox"), &like()).await, 202);
    net.settle().await;
    assert!(following().await && asked() == 1, "a list that is not what was announced");

    net.pass_time(Duration::from_hours(2)).await;
    list(json!([]));
    assert_eq!(gus.post_saying(&nobody, &alpha.url("/inbox"), &like()).await, 202);
    net.settle().await;
    assert!(!following().await, "a list that is");
    assert_eq!(peer.kinds().last().map(String::as_str), Some("Undo{Follow}"));
}

on_both![
    an_answer_that_was_lost_is_supplied,
    who_was_shown_out_learns_of_it,
    who_left_unheard_is_let_go,
    everybody_sees_their_own_part_only,
    nothing_is_believed_that_is_not_proven,
];
