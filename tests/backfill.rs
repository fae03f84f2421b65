//! What was never sent here is fetched: the rest of a thread, and what a group held before anybody here followed it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use app::Me;
use app::moderation::{self, Measure};
use serde_json::{Value, json};
use store::posts::{List, Page};

use crate::network::{
    CONTEXT, Group, Line, Network, Peer, Person, Program, Puppet, Software, eventually, id, on_both, text,
};

/// The id of the post that an activity is about.
fn uri(create: &Value) -> &str {
    create["object"]["id"].as_str().expect("an id")
}

/// Serves a collection whose pages hold these ids.
fn list(peer: &Peer, url: &str, pages: &[Vec<String>]) {
    let page = |number: usize| format!("{url}?page={number}");
    peer.serve(&json!({ "@context": CONTEXT, "id": url, "type": "OrderedCollection", "first": page(1) }));
    for (number, items) in (1..).zip(pages) {
        let mut body = json!({
            "@context": CONTEXT, "id": page(number), "type": "OrderedCollectionPage", "partOf": url,
            "orderedItems": items,
        });
        if number < pages.len() {
            body["next"] = json!(page(number + 1));
        }
        peer.serve(&body);
    }
}

/// The documents that were asked for at a host, and how often.
fn asked(net: &Network, host: &str) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for exchange in net.transcript().only(|exchange| exchange.method == "GET").between("alpha.test", host).0 {
        *asked.entry(exchange.target).or_default() += 1;
    }
    asked
}

struct Setting {
    ana: Person,
    club: Group,
    bea: Puppet,
    masto: Peer,
}

async fn setting(net: &Network) -> Setting {
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    Setting { bea: masto.person("bea"), masto, ana, club }
}

async fn replies_that_were_never_sent_are_found_below_those_that_were() {
    let net = Network::of(["alpha.test"]).await;
    let Setting { ana, club, bea, masto } = setting(&net).await;
    let gts = net.peer("gts.test", Software::GoToSocial).person("carl");
    let (club_uri, handle) = club.named();
    let start = bea.toot("Start", &[(&club_uri, &handle)], None);
    let one = bea.toot("One", &[], Some(uri(&start)));
    let two = gts.toot("Two", &[], Some(uri(&one)));
    let three = bea.toot("Three", &[], Some(uri(&two)));
    let sent = bea.toot("Sent", &[(&club_uri, &handle)], Some(uri(&start)));
    list(&masto, &format!("{}/replies", uri(&start)), &[vec![uri(&one).into()], vec![uri(&sent).into()]]);
    list(&masto, &format!("{}/replies", uri(&one)), &[vec![uri(&two).into()]]);
    list(&gts.peer, &format!("{}/replies", uri(&two)), &[vec![uri(&three).into()]]);
    let lea = net.peer("lemmy.test", Software::Lemmy).person("lea");
    lea.follow(&club.server, club.uri()).await;
    bea.send(&club.server, &start).await;
    bea.send(&club.server, &sent).await;
    net.settle().await;
    let thread = ana.find_post(uri(&start)).await;
    assert_eq!(ana.replies(&thread).await, ["@club Sent"]);
    // Reading it hurried along what would have been done later.
    net.settle().await;
    let replies = ana.replies(&thread).await;
    assert_eq!(replies, ["One", "Two", "Three", "@club Sent"]);
    let told = lea.peer.kinds();
    let of = |kind: &str| told.iter().filter(|told| *told == kind).count();
    assert_eq!((of("Announce{Create{Note}}"), of("Announce")), (2, 3), "the group passes on what is fresh: {told:?}");

    // Once is enough for a while, however often it is read.
    let before = asked(&net, "masto.test");
    for _ in 0..3 {
        ana.replies(&thread).await;
        net.settle().await;
    }
    assert_eq!(asked(&net, "masto.test"), before);
    let four = bea.toot("Four", &[], Some(uri(&three)));
    list(&masto, &format!("{}/replies", uri(&three)), &[vec![uri(&four).into()]]);
    net.pass_time(Duration::from_mins(30)).await;
    ana.replies(&thread).await;
    net.settle().await;
    assert!(ana.replies(&thread).await.contains(&"Four".to_owned()), "it is read again when somebody looks");
}

async fn a_thread_is_read_from_the_list_of_its_server_alone() {
    let net = Network::of(["alpha.test"]).await;
    let Setting { ana, bea, masto, .. } = setting(&net).await;
    let context = masto.url("/contexts/1");
    let mut start = bea.toot("Start", &[], None);
    let mut all = vec![uri(&start).to_owned()];
    for number in 1..=30 {
        let parent = all[number / 2].clone();
        all.push(uri(&bea.toot(&format!("Reply {number}"), &[], Some(&parent))).to_owned());
    }
    let foreign = bea.toot("Another thread", &[], None);
    start["object"]["context"] = json!(context);
    masto.serve(&start["object"]);
    // Newest first, with something that does not belong there and something that does not exist.
    let mut listed: Vec<String> = all.iter().rev().cloned().collect();
    listed.insert(7, uri(&foreign).to_owned());
    listed.insert(9, masto.url("/users/bea/statuses/404"));
    list(&masto, &context, &[listed[..20].to_vec(), listed[20..].to_vec()]);
    let thread = ana.find_post(&all[0]).await;
    assert_eq!(ana.replies(&thread).await.len(), 0);
    net.settle().await;
    assert_eq!(ana.replies(&thread).await.len(), 30);
    let told = ana.read(&format!("/api/v1_alpha/async_refreshes/context-{}", id(&thread))).await;
    let told = &told["async_refresh"];
    assert_eq!((&told["status"], &told["result_count"]), (&json!("finished"), &json!(30)));
    let seen = asked(&net, "masto.test");
    assert!(seen.iter().filter(|(path, _)| path.contains("/statuses/")).all(|(_, times)| *times <= 2), "{seen:#?}");
    assert!(!seen.keys().any(|path| path.contains("/replies")), "the list of the whole thread is enough: {seen:#?}");
    let query = Value::Null;
    let other = ana.call("GET", &format!("/api/v2/search?q={}", uri(&foreign)), &query).await.value();
    assert_eq!(other["statuses"], json!([]), "what was listed and belongs elsewhere is not kept");
}

async fn hostile_collections_cost_little() {
    let net = Network::of(["alpha.test"]).await;
    let Setting { ana, bea, masto, .. } = setting(&net).await;
    let victim = net.peer("victim.test", Software::Mastodon);
    let mut start = bea.toot("Start", &[], None);
    let context = masto.url("/contexts/1");
    start["object"]["context"] = json!(context);
    // A list elsewhere is nobody's to name.
    start["object"]["replies"] = json!(victim.url("/replies"));
    masto.serve(&start["object"]);
    // Without end, each page with many that do not exist, then pages that lead back.
    let pages: Vec<Vec<String>> =
        (0..40).map(|page| (0..100).map(|n| masto.url(&format!("/users/bea/statuses/{page}-{n}"))).collect()).collect();
    list(&masto, &context, &pages);
    ana.find_post(uri(&start)).await;
    net.settle().await;
    for _ in 0..10 {
        net.pass_time(Duration::from_mins(3)).await;
    }
    let asked_masto = asked(&net, "masto.test");
    let (lists, posts): (Vec<_>, Vec<_>) = asked_masto.keys().partition(|path| path.contains("/contexts/"));
    assert!(lists.len() <= 11, "{lists:?}");
    assert!(posts.len() <= 420, "{} documents", posts.len());
    assert_eq!(asked(&net, "victim.test"), BTreeMap::new());

    let mut looping = bea.toot("Loop", &[], None);
    let replies = format!("{}/replies", uri(&looping));
    looping["object"]["replies"] = json!(replies);
    masto.serve(&looping["object"]);
    masto.serve(&json!({
        "@context": CONTEXT, "id": replies, "type": "CollectionPage", "items": [uri(&looping)], "next": replies,
    }));
    ana.replies(&ana.find_post(uri(&looping)).await).await;
    net.settle().await;
    let path = replies.trim_start_matches("http://masto.test");
    assert_eq!(asked(&net, "masto.test").get(path), Some(&1));
}

async fn what_is_gone_at_its_server_goes_here() {
    let net = Network::of(["alpha.test"]).await;
    let Setting { ana, club, bea, masto } = setting(&net).await;
    let (club_uri, handle) = club.named();
    let start = bea.toot("Start", &[(&club_uri, &handle)], None);
    let reply = bea.toot("Soon gone", &[(&club_uri, &handle)], Some(uri(&start)));
    list(&masto, &format!("{}/replies", uri(&start)), &[vec![uri(&reply).into()]]);
    bea.send(&club.server, &start).await;
    bea.send(&club.server, &reply).await;
    net.settle().await;
    let thread = ana.find_post(uri(&start)).await;
    assert_eq!(ana.replies(&thread).await.len(), 1);
    net.settle().await;
    masto.withdraw(uri(&reply));
    net.pass_time(Duration::from_hours(1)).await;
    ana.replies(&thread).await;
    net.settle().await;
    assert_eq!(ana.replies(&thread).await, Vec::<String>::new());
}

async fn the_first_follower_of_a_group_finds_its_history() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bob) = (alpha.person("ana").await, beta.person("bob").await);
    let club = alpha.group("club", &ana).await;
    let mut threads = Vec::new();
    for number in 1..=4 {
        let thread = ana.post(&format!("Thread {number} {}", club.handle())).await;
        let reply = ana.reply(&thread, &format!("Reply {number}")).await;
        ana.reply(&reply, &format!("Deeper {number}")).await;
        threads.push(thread);
        net.clock.advance(Duration::from_hours(30));
    }
    // Somebody elsewhere named bob, and his server never heard of it.
    let leo = net.peer("masto.test", Software::Mastodon).person("leo");
    let (club_uri, handle) = club.named();
    let named = leo.toot("Ask bob", &[(&club_uri, &handle), (bob.uri(), &bob.handle())], None);
    leo.send(&alpha, &named).await;
    net.pass_time(Duration::from_hours(30)).await;
    let (me, pinned) = (Me(ana.actor.id), id(&threads[1]).parse().expect("a number"));
    moderation::take(alpha.app(), me, pinned, Measure::Feature, "".into()).await.expect("a pin");
    net.settle().await;
    let noticed = bob.read("/api/v1/notifications").await.as_array().unwrap().len();
    bob.post("Written before").await;

    let account = bob.follow("@club@alpha.test").await;
    net.settle().await;
    assert_eq!(bob.relationship(&account).await["following"], true);
    for (number, thread) in (1..).zip(&threads) {
        let here = bob.find_post(thread["uri"].as_str().unwrap()).await;
        assert_eq!(here["created_at"], thread["created_at"], "at its place in time");
        assert_eq!(bob.replies(&here).await, [format!("Reply {number}"), format!("Deeper {number}")]);
    }
    let home: Vec<String> = bob
        .home()
        .await
        .iter()
        .map(|status| if status["reblog"].is_object() { text(&status["reblog"]) } else { text(status) })
        .collect();
    assert_eq!(home.first().map(String::as_str), Some("Written before"), "nothing old is news: {home:?}");
    assert_eq!(home.len(), 6, "{home:?}");
    let now = bob.read("/api/v1/notifications").await.as_array().unwrap().len();
    assert_eq!(now, noticed, "nobody is notified of old things");
    bob.find_post(uri(&named)).await;
    let pinned = beta.app().read(move |c| {
        let group = store::actors::by_uri(c, &club_uri)?.expect("the group");
        let pins = store::posts::list(c, List::Featured(group.id), None, Page::first(9))?;
        Ok(store::posts::by_ids(c, &pins)?.into_iter().map(|post| post.uri).collect::<Vec<_>>())
    });
    assert_eq!(pinned.await.expect("the pins"), [threads[1]["uri"].as_str().unwrap()]);

    // The second follower changes nothing.
    let before = net.transcript().0.len();
    beta.person("ben").await.follow("@club@alpha.test").await;
    net.settle().await;
    let after = net.transcript().after(before).only(|exchange| exchange.target.contains("/outbox"));
    assert_eq!(after.0.len(), 0, "{after}");
}

async fn a_killed_process_goes_on_where_it_was() {
    let net = Network::of([]).await;
    let mut program = Program::install(Ipv4Addr::new(127, 0, 0, 2));
    let token = program.person("ana").await;
    net.reach(&program);
    program.start().await;
    let masto = net.peer_at(Ipv4Addr::new(127, 0, 1, 1), Software::Mastodon).await;
    let bea = masto.person("bea");
    let mut start = bea.toot("Start", &[], None);
    let replies: Vec<String> =
        (0..36).map(|n| uri(&bea.toot(&format!("Reply {n}"), &[], Some(uri(&start)))).to_owned()).collect();
    let context = masto.url("/contexts/1");
    start["object"]["context"] = json!(context);
    masto.serve(&start["object"]);
    list(&masto, &context, &[replies[..18].to_vec(), replies[18..].to_vec()]);
    net.spoil("programs", masto.host(), Line::Slow(Duration::from_millis(20)));
    let search = format!("/api/v2/search?resolve=true&q={}", uri(&start));
    let found = program.api(&token, "GET", &search, &Value::Null).await;
    let path = format!("/api/v1/statuses/{}/context", id(&found["statuses"][0]));
    let known = || async {
        let context = program.call(&token, "GET", &path, &Value::Null).await?;
        Some(context.value()["descendants"].as_array()?.len())
    };
    eventually("a part is there", || async { known().await.filter(|known| *known >= 10) }).await;
    program.kill().await;
    program.start().await;
    let known = || async {
        let context = program.call(&token, "GET", &path, &Value::Null).await?;
        Some(context.value()["descendants"].as_array()?.len())
    };
    eventually(&format!("all of it is there\n{}", program.log()), || async {
        known().await.filter(|known| *known == 36)
    })
    .await;
    let asked = net.transcript().only(|exchange| exchange.method == "GET" && exchange.target.contains("/statuses/"));
    assert!(asked.0.len() <= 37 + 10, "what was read is not read again: {} requests", asked.0.len());
    assert_eq!(program.stop().await, Some(0));
}

on_both![
    replies_that_were_never_sent_are_found_below_those_that_were,
    a_thread_is_read_from_the_list_of_its_server_alone,
    hostile_collections_cost_little,
    what_is_gone_at_its_server_goes_here,
    the_first_follower_of_a_group_finds_its_history,
    a_killed_process_goes_on_where_it_was,
];
