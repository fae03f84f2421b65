//! What is learnt about other servers by sending to them: how they want requests signed, and where they receive.

use std::time::Duration;

use app::Me;
use domain::{host::Host, peer::Breaker};
use serde_json::json;

use crate::network::{Line, Network, Peer, Puppet, Scheme, Software, on_both};

/// A server with a group, and a fake peer with a follower of it.
async fn followed(net: &Network, name: &str, software: Software) -> (Peer, Puppet) {
    let alpha = net.server("alpha.test");
    let peer = net.peer(name, software);
    let bea = peer.person("bea");
    bea.follow(&alpha, &alpha.url("/@club")).await;
    net.settle().await;
    assert_eq!(peer.kinds(), ["Accept{Follow}"]);
    (peer, bea)
}

/// How what was received was signed, since the last time.
fn schemes(peer: &Peer) -> Vec<Scheme> {
    peer.take().iter().map(|delivered| delivered.scheme).collect()
}

async fn who_takes_one_kind_of_signature_gets_it() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let peer = net.peer("new.test", Software::Mastodon);
    peer.takes_only(Scheme::Rfc9421, 401);
    let bea = peer.person("bea");
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    assert_eq!(schemes(&peer), [Scheme::Rfc9421]);
    let gets = net.transcript().between("alpha.test", "new.test").only(|said| said.target.ends_with("/bea"));
    let statuses: Vec<_> = gets.0.iter().map(|said| said.status).collect();
    assert_eq!(statuses, [Some(401), Some(200)], "documents, too");

    let before = net.transcript().0.len();
    ana.post(&format!("One {}", club.handle())).await;
    net.settle().await;
    assert_eq!(schemes(&peer).len(), 1);
    let said = net.transcript().after(before).between("alpha.test", "new.test");
    assert_eq!(said.0.len(), 1, "what worked is remembered: {said}");

    // They change their mind, and say so by another status.
    peer.takes_only(Scheme::Cavage, 400);
    ana.post(&format!("Two {}", club.handle())).await;
    net.settle().await;
    assert_eq!(schemes(&peer), [Scheme::Cavage]);
}

async fn who_signs_by_rfc9421_gets_the_same() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (peer, bea) = followed(&net, "new.test", Software::Mastodon).await;
    assert_eq!(schemes(&peer), [Scheme::Cavage]);
    let like = bea.activity("Like", &json!(club.uri()));
    assert_eq!(bea.post_by(Scheme::Rfc9421, &alpha.url("/inbox"), &like).await, 202);
    ana.post(&format!("One {}", club.handle())).await;
    net.settle().await;
    assert_eq!(schemes(&peer), [Scheme::Rfc9421]);

    // What they send is not what they take: that is known better from now on.
    peer.takes_only(Scheme::Cavage, 500);
    ana.post(&format!("Two {}", club.handle())).await;
    net.settle().await;
    assert_eq!(schemes(&peer), [Scheme::Cavage]);
    net.pass_time(Duration::from_hours(25)).await;
    let like = bea.activity("Like", &json!(club.uri()));
    assert_eq!(bea.post_by(Scheme::Rfc9421, &alpha.url("/inbox"), &like).await, 202);
    let before = net.transcript().0.len();
    ana.post(&format!("Three {}", club.handle())).await;
    net.settle().await;
    assert_eq!(schemes(&peer), [Scheme::Cavage]);
    let said = net.transcript().after(before).between("alpha.test", "new.test").posts();
    assert_eq!(said.0.len(), 1, "{said}");
}

async fn an_inbox_that_moved_is_found() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (peer, bea) = followed(&net, "moving.test", Software::Mastodon).await;
    let carl = peer.person("carl");
    carl.follow(&alpha, club.uri()).await;
    net.settle().await;
    peer.take();

    for person in [&bea, &carl] {
        let mut document = person.document();
        document["endpoints"]["sharedInbox"] = json!(peer.url("/new/inbox"));
        peer.serve(&document);
    }
    peer.moves("/inbox");
    for text in ["One", "Two"] {
        ana.post(&format!("{text} {}", club.handle())).await;
        net.settle().await;
        let paths: Vec<String> = peer.take().into_iter().map(|delivered| delivered.path).collect();
        assert_eq!(paths, ["/new/inbox"], "{text}");
    }
    let said = net.transcript().between("alpha.test", "moving.test").posts();
    let knocks = said.only(|said| said.target == "/inbox" && said.status == Some(308));
    assert_eq!(knocks.0.len(), 1, "one answer was enough for everybody there: {said}");
}

async fn nobody_moves_the_inbox_of_others_away() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (peer, bea) = followed(&net, "moving.test", Software::Mastodon).await;
    peer.person("carl").follow(&alpha, club.uri()).await;
    net.settle().await;
    peer.take();

    let elsewhere = net.peer("elsewhere.test", Software::Mastodon);
    let mut document = bea.document();
    document["endpoints"]["sharedInbox"] = json!(elsewhere.url("/inbox"));
    peer.serve(&document);
    peer.moves("/inbox");
    alpha.expect_parked();
    ana.post(&format!("One {}", club.handle())).await;
    net.settle().await;
    let asked = net.transcript().between("alpha.test", "moving.test");
    assert!(asked.only(|said| said.target.ends_with("/bea")).0.len() > 1, "she was asked again: {asked}");
    assert!(elsewhere.received().is_empty(), "what is for both of them stays: {:?}", elsewhere.kinds());
}

async fn who_does_not_answer_is_left_alone() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (peer, bea) = followed(&net, "dead.test", Software::Mastodon).await;
    peer.take();
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    let host = Host::parse("dead.test").unwrap();
    let breaker = async || {
        let traffic = app::peers::show(alpha.app(), operator, &host).await.unwrap();
        traffic.peer.breaker(alpha.app().now())
    };
    assert_eq!(breaker().await, Breaker::Closed);

    net.spoil("alpha.test", "dead.test", Line::Answers(502));
    let before = net.transcript().0.len();
    for number in 0..8 {
        ana.search(&peer.url(&format!("/people/{number}"))).await;
    }
    ana.post(&format!("Is there anybody? {}", club.handle())).await;
    net.settle().await;
    let asked = net.transcript().after(before).between("alpha.test", "dead.test");
    assert_eq!(asked.0.len(), 5, "then nothing more goes there: {asked}");
    assert_eq!(breaker().await, Breaker::Open);
    let refused = app::peers::show(alpha.app(), Me(ana.actor.id), &host).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "only admins see that: {refused:?}");

    net.mend("alpha.test", "dead.test");
    net.pass_time(Duration::from_secs(61)).await;
    assert_eq!(peer.kinds(), ["Announce"], "what waited is delivered");
    assert_eq!(breaker().await, Breaker::Closed);
    assert_eq!(ana.search(&bea.uri).await["accounts"].as_array().map(Vec::len), Some(1));
}

on_both![
    who_does_not_answer_is_left_alone,
    who_takes_one_kind_of_signature_gets_it,
    who_signs_by_rfc9421_gets_the_same,
    an_inbox_that_moved_is_found,
    nobody_moves_the_inbox_of_others_away,
];
