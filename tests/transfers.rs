//! Threads that move from one group to another: told in the words that each software has for it, and understood in them.

use app::Me;
use domain::group::{Joining, Role, Visibility};
use domain::id::ActorId;
use serde_json::{Value, json};

use crate::network::{CONTEXT, Group, Network, Person, Puppet, Server, Software, id, on_both};

async fn id_of(server: &Server, uri: &str) -> ActorId {
    server.app().resolver().actor(server.app(), uri).await.expect("somebody")
}

async fn transfer(by: &Person, post: &Value, to: ActorId) -> app::Result<()> {
    let post = domain::id::PostId(id(post).parse().expect("a number"));
    app::transfers::transfer(by.server.app(), Me(by.actor.id), post, to, "off topic".into()).await
}

async fn threads_in(server: &Server, group: &str) -> u64 {
    server.document(&format!("{group}/outbox")).await["totalItems"].as_u64().expect("a number")
}

/// The group in which a post stands, by its id.
async fn place(server: &Server, post: &Value) -> Option<String> {
    let uri = post.as_str().expect("an id").to_owned();
    let found = server.app().read(move |c| {
        let group = store::posts::by_uri(c, &uri)?.and_then(|post| post.group);
        Ok(match group {
            Some(group) => store::actors::by_id(c, group)?.map(|group| group.uri),
            None => None,
        })
    });
    found.await.unwrap()
}

async fn a_thread_moves_between_groups_here() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, ben) = (alpha.person("ana").await, alpha.person("bea").await, beta.person("ben").await);
    let (club, attic) = (alpha.group("club", &ana).await, alpha.group("attic", &ana).await);
    let private = alpha.group_like("secret", &ana, Visibility::Private, Joining::Invite).await;
    let follower = async |software, host: &str, name: &str, group: &Group| {
        let puppet = net.peer(host, software).person(name);
        puppet.follow(&alpha, group.uri()).await;
        puppet
    };
    let max = follower(Software::Mastodon, "masto.test", "max", &club).await;
    let mia = follower(Software::Mastodon, "toot.test", "mia", &attic).await;
    let pia = follower(Software::PieFed, "pie.test", "pia", &club).await;
    let nora = follower(Software::NodeBb, "node.test", "nora", &club).await;
    let leo = follower(Software::Lemmy, "lem.test", "leo", &attic).await;
    ben.follow(&club.handle()).await;
    net.settle().await;
    let thread = bea.post(&format!("{} Tomatoes", club.handle())).await;
    let reply = ana.reply(&thread, "Red ones").await;
    net.settle().await;
    for puppet in [&max, &mia, &pia, &nora, &leo] {
        puppet.peer.take();
    }
    assert_eq!(place(&beta, &thread["uri"]).await.as_deref(), Some(club.uri()));

    for (by, to) in [(&bea, &attic), (&ana, &private)] {
        let refused = transfer(by, &thread, to.actor.id).await;
        assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");
    }
    let refused = transfer(&ana, &reply, attic.actor.id).await;
    assert!(matches!(refused, Err(app::Error::Invalid(_))), "{refused:?}");
    transfer(&ana, &thread, attic.actor.id).await.unwrap();
    net.settle().await;

    assert_eq!((threads_in(&alpha, club.uri()).await, threads_in(&alpha, attic.uri()).await), (0, 1));
    for post in [&thread, &reply] {
        let document = alpha.document(post["uri"].as_str().unwrap()).await;
        assert_eq!(document["audience"], attic.uri(), "{document}");
    }
    let context = alpha.document(&format!("{}/context", thread["uri"].as_str().unwrap())).await;
    assert_eq!(context["attributedTo"], attic.uri(), "{context}");
    for (group, told) in [(&club, "moved a conversation to another community"), (&attic, "took in a conversation")] {
        let page = alpha.get(&format!("{}/log", group.uri()), "text/html").await.text();
        assert!(page.contains(told) && page.contains("off topic"), "{page}");
    }

    // Each is told in its own words, and everybody in one.
    let moved = &pia.peer.only("Announce{Move}").activity;
    assert_eq!((&moved["actor"], &moved["object"]["object"]), (&json!(club.uri()), &thread["uri"]));
    for key in ["actor", "origin", "target", "summary"] {
        let said = [("actor", ana.uri()), ("origin", club.uri()), ("target", attic.uri()), ("summary", "off topic")];
        let expected = said.iter().find(|(name, _)| *name == key).expect("it is there").1;
        assert_eq!(moved["object"][key], expected, "{moved}");
    }
    let moved = nora.peer.only("Move");
    assert_eq!((&moved.activity["object"], moved.signer.as_str()), (&context["id"], ana.uri()));
    assert_eq!(max.peer.kinds(), ["Undo{Announce}"]);
    assert_eq!(mia.peer.only("Announce").activity["actor"], attic.uri());
    let page = leo.peer.only("Announce{Create{Page}}").activity;
    assert_eq!((&page["actor"], &page["object"]["object"]["audience"]), (&json!(attic.uri()), &json!(attic.uri())));
    assert_eq!(place(&beta, &thread["uri"]).await.as_deref(), Some(attic.uri()), "we understand one another");
    assert_eq!(place(&beta, &reply["uri"]).await.as_deref(), Some(attic.uri()));

    // It goes on there, and may come back.
    pia.follow(&alpha, attic.uri()).await;
    net.settle().await;
    pia.peer.take();
    bea.reply(&thread, "Green ones").await;
    net.settle().await;
    assert_eq!(pia.peer.only("Announce{Create{Note}}").activity["actor"], attic.uri());
    transfer(&ana, &thread, club.actor.id).await.unwrap();
    net.settle().await;
    assert_eq!((threads_in(&alpha, club.uri()).await, threads_in(&alpha, attic.uri()).await), (1, 0));
}

async fn open_reports_go_along() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let (carl, luis, eve) = (alpha.person("carl").await, alpha.person("luis").await, alpha.person("eve").await);
    let (club, attic) = (alpha.group("club", &ana).await, alpha.group("attic", &bea).await);
    for (by, group, moderator) in [(&ana, &club, &carl), (&bea, &attic, &ana)] {
        let (me, role) = (Me(by.actor.id), Some(Role::Moderator));
        group.has(moderator.actor.id).await;
        app::members::appoint(alpha.app(), me, group.actor.id, moderator.actor.id, role).await.unwrap();
    }
    let thread = luis.post(&format!("{} Tomatoes", club.handle())).await;
    let other = luis.post(&format!("{} Potatoes", club.handle())).await;
    let report = async |posts: &[&Value]| {
        let posts: Vec<&str> = posts.iter().map(|post| id(post)).collect();
        let body = json!({ "account_id": luis.actor.id.to_string(), "status_ids": posts, "comment": "Off topic" });
        eve.api("POST", "/api/v1/reports", &body).await;
    };
    report(&[&thread]).await;
    report(&[&thread, &other]).await;
    report(&[]).await;
    let open = async |team: &Person| {
        let reports = app::reports::open(alpha.app(), Me(team.actor.id)).await.unwrap();
        reports.iter().map(|report| (report.group, report.posts.len())).collect::<Vec<_>>()
    };
    let (here, there) = (Some(club.actor.id), Some(attic.actor.id));
    assert_eq!(open(&carl).await, [(here, 1), (here, 2)]);
    assert_eq!(open(&bea).await, []);
    let first = app::reports::open(alpha.app(), Me(carl.actor.id)).await.unwrap().remove(0);
    let item = domain::claim::Item::Report(first.id);
    app::claims::take(alpha.app(), Me(carl.actor.id), item).await.unwrap();

    transfer(&ana, &thread, attic.actor.id).await.unwrap();
    net.settle().await;
    // What is also about something that stays is for those who had it before.
    assert_eq!(open(&carl).await, [(here, 2)]);
    assert_eq!(open(&bea).await, [(there, 1)]);
    let told = bea.read("/api/v1/notifications?types[]=admin.report").await;
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    app::claims::take(alpha.app(), Me(bea.actor.id), item).await.expect("nobody sees to it any more");
    app::reports::resolve(alpha.app(), Me(carl.actor.id), first.id).await.expect_err("it is not his to decide");
    app::reports::resolve(alpha.app(), Me(bea.actor.id), first.id).await.unwrap();
    // What is dealt with stays where it was.
    transfer(&ana, &thread, club.actor.id).await.unwrap();
    let resolved = alpha.app().read(move |c| store::reports::by_id(c, first.id)).await.unwrap().expect("a report");
    assert_eq!(resolved.group, there);
}

async fn moderators_elsewhere_move_threads_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let (club, attic) = (alpha.group("club", &ana).await, alpha.group("attic", &ana).await);
    let pia = net.peer("pie.test", Software::PieFed).person("pia");
    let witness = net.peer("witness.test", Software::PieFed).person("witness");
    for group in [&club, &attic] {
        witness.follow(&alpha, group.uri()).await;
        let (me, person) = (Me(ana.actor.id), id_of(&alpha, &pia.uri).await);
        group.has(person).await;
        app::members::appoint(alpha.app(), me, group.actor.id, person, Some(Role::Moderator)).await.unwrap();
    }
    let thread = ana.post(&format!("{} Tomatoes", club.handle())).await;
    net.settle().await;
    witness.peer.take();
    let said = |object: &Value, from: &Group, to: &Group| {
        let mut moves = pia.addressed("Move", object, &[from.uri()]);
        (moves["origin"], moves["target"]) = (json!(from.uri()), json!(to.uri()));
        moves
    };
    let there = said(&thread["uri"], &club, &attic);
    pia.send(&alpha, &there).await;
    net.settle().await;
    assert_eq!(place(&alpha, &thread["uri"]).await.as_deref(), Some(attic.uri()));
    let told = witness.peer.only("Announce{Move}").activity;
    assert_eq!((&told["actor"], &told["object"]["id"]), (&json!(club.uri()), &there["id"]), "as it was said");
    // By its context as well; and not from where it does not stand.
    let context = json!(format!("{}/context", thread["uri"].as_str().unwrap()));
    pia.send(&alpha, &said(&context, &club, &attic)).await;
    pia.send(&alpha, &said(&context, &attic, &club)).await;
    net.settle().await;
    assert_eq!(place(&alpha, &thread["uri"]).await.as_deref(), Some(club.uri()));
}

/// A forum that has two groups, one of which somebody here follows, with a thread in it.
async fn a_forum(net: &Network, alpha: &Server, ana: &Person) -> ([Puppet; 2], Puppet, Value) {
    let node = net.peer("node.test", Software::NodeBb);
    let (rocks, stones, nora) = (node.group("rocks"), node.group("stones"), node.person("nora"));
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    let request = node.take().pop().expect("a request").activity;
    rocks.answer(alpha, "Accept", &request).await;
    let create = nora.nodebb_post(&rocks.uri, "Granite", "Which is the hardest?", None);
    rocks.send(alpha, &rocks.activity("Announce", &create)).await;
    net.settle().await;
    ([rocks, stones], nora, create["object"]["id"].clone())
}

async fn forums_move_threads_of_their_own() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let ([rocks, stones], nora, thread) = a_forum(&net, &alpha, &ana).await;
    let eve = net.peer("far.test", Software::NodeBb).person("eve");
    assert_eq!(place(&alpha, &thread).await.as_deref(), Some(rocks.uri.as_str()));
    let topic = nora.peer.url("/topic/1");
    nora.peer.serve(&json!({
        "@context": CONTEXT, "id": topic, "type": "OrderedCollection", "attributedTo": rocks.uri,
        "totalItems": 1, "orderedItems": [thread],
    }));
    let moves = |by: &Puppet, to: &str| {
        let mut moves = by.addressed("Move", &json!(topic), &[&rocks.uri]);
        (moves["origin"], moves["target"]) = (json!(rocks.uri), json!(to));
        moves
    };
    // Nobody of another server, and nowhere else.
    eve.send(&alpha, &moves(&eve, &stones.uri)).await;
    nora.send(&alpha, &moves(&nora, &eve.peer.group("far").uri)).await;
    net.settle().await;
    assert_eq!(place(&alpha, &thread).await.as_deref(), Some(rocks.uri.as_str()));
    nora.send(&alpha, &moves(&nora, &stones.uri)).await;
    net.settle().await;
    assert_eq!(place(&alpha, &thread).await.as_deref(), Some(stones.uri.as_str()));

    // It is put out, of where it stands.
    for (by, group, stays) in [(&eve, &stones, true), (&nora, &rocks, true), (&nora, &stones, false)] {
        let mut removes = by.addressed("Remove", &json!(topic), &[]);
        removes["target"] = json!(group.uri);
        by.send(&alpha, &removes).await;
        net.settle().await;
        let uri = thread.as_str().unwrap().to_owned();
        let post = alpha.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap().expect("it is kept");
        assert_eq!(post.removed.is_none(), stays, "{removes}");
    }
}

on_both![
    a_thread_moves_between_groups_here,
    open_reports_go_along,
    moderators_elsewhere_move_threads_here,
    forums_move_threads_of_their_own,
];
