//! Threads that are split, and threads that are put together: here, on other servers, and back.

use app::Me;
use domain::id::{LogEntryId, PostId};
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Server, Software, id, on_both, text};

fn number(post: &Value) -> PostId {
    PostId(id(post).parse().expect("a number"))
}

async fn split(by: &Person, post: &Value, title: &str) -> app::Result<()> {
    app::grafts::split(by.server.app(), Me(by.actor.id), number(post), title.into(), "another subject".into()).await
}

async fn merge(by: &Person, post: &Value, into: &Value) -> app::Result<()> {
    app::grafts::merge(by.server.app(), Me(by.actor.id), number(post), number(into), "the same again".into()).await
}

async fn undo(by: &Person, group: &Group, action: &'static str) {
    let (app, group) = (by.server.app(), group.actor.id);
    let entries = app.read(move |c| store::log::page(c, group, None, 50)).await.expect("a log");
    let entry = entries.iter().find(|entry| entry.action == action).expect("an entry");
    app::moderation::undo(app, Me(by.actor.id), LogEntryId(entry.id)).await.expect("undone");
}

/// What a post with this id replies to on a server, the first post of its thread, and how deep it stands.
async fn stands(server: &Server, uri: &Value) -> (Option<String>, String, i32) {
    let uri = uri.as_str().expect("an id").to_owned();
    let found = server.app().read(move |c| {
        let post = store::posts::by_uri(c, &uri)?.expect("it is known");
        let parent = match post.parent {
            Some(parent) => store::posts::by_id(c, parent)?.map(|parent| parent.uri),
            None => None,
        };
        Ok((parent, store::posts::by_id(c, post.root)?.expect("a root").uri, post.depth))
    });
    found.await.expect("a post")
}

/// The threads of a group as its page lists them, each with how many replies it has.
async fn threads(server: &Server, group: &Group) -> Vec<(PostId, i64)> {
    use store::threads::{Order, Scope, page};
    let scope = Scope::Group(group.actor.id);
    let found = server.app().read(move |c| page(c, scope, Order::New, None, None, 20)).await.expect("threads");
    found.into_iter().map(|thread| (thread.post, thread.replies)).collect()
}

async fn a_reply_becomes_a_thread_of_its_own_with_all_below_it() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, ben) = (alpha.person("ana").await, alpha.person("bea").await, beta.person("ben").await);
    let club = alpha.group("club", &ana).await;
    ben.follow(&club.handle()).await;
    let follower = async |software, host: &str, name: &str| {
        let puppet = net.peer(host, software).person(name);
        puppet.follow(&alpha, club.uri()).await;
        puppet
    };
    let max = follower(Software::Mastodon, "masto.test", "max").await;
    let leo = follower(Software::Lemmy, "lem.test", "leo").await;
    let pia = follower(Software::PieFed, "pie.test", "pia").await;
    net.settle().await;
    let topic = bea.post("@club Tomatoes").await;
    let reply = bea.reply(&topic, "And what about slugs?").await;
    let below = ana.reply(&reply, "Beer").await;
    let beside = ana.reply(&topic, "Red ones").await;
    net.settle().await;
    // Who waits for replies, or has read them, does so in both.
    ben.read("/api/v1/timelines/home").await;
    for puppet in [&max, &leo, &pia] {
        puppet.peer.take();
    }
    let refused = split(&bea, &reply, "Slugs").await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");
    assert!(matches!(split(&ana, &reply, " ").await, Err(app::Error::Invalid(_))), "it has to be called something");
    split(&ana, &reply, "Slugs").await.expect("a thread");
    net.settle().await;

    // Both are as if they had always been two: on the page, in counts, for clients and in searches.
    assert_eq!(threads(&alpha, &club).await, [(number(&reply), 1), (number(&topic), 1)]);
    let uris = |post: &Value| post["uri"].as_str().expect("an id").to_owned();
    assert_eq!(stands(&alpha, &reply["uri"]).await, (None, uris(&reply), 0));
    assert_eq!(stands(&alpha, &below["uri"]).await, (Some(uris(&reply)), uris(&reply), 1));
    assert_eq!(ana.status(&topic).await["replies_count"], 1);
    assert_eq!(ana.status(&reply).await["in_reply_to_id"], Value::Null);
    assert_eq!(ana.replies(&topic).await, [text(&beside)]);
    let found = ana.read("/api/v2/search?q=slugs&type=statuses").await;
    assert_eq!(found["statuses"].as_array().map(Vec::len), Some(1), "{found}");
    let log = alpha.get("/@club/log", "text/html").await.text();
    assert!(log.contains("made a conversation of its own") && log.contains("another subject"), "{log}");
    let page = alpha.get(topic["url"].as_str().expect("a page"), "text/html").await.text();
    assert!(page.contains("Slugs"), "the old place says where it went: {page}");
    let page = alpha.get(reply["url"].as_str().expect("a page"), "text/html").await.text();
    assert!(page.contains("<h1") && page.contains("Slugs") && page.contains("Tomatoes"), "{page}");

    // Others hear of it in the words that they know.
    let moved = pia.peer.only("Announce{Move}").activity["object"].clone();
    for (key, expected) in [("object", &reply["uri"]), ("target", &reply["uri"]), ("origin", &topic["uri"])] {
        assert_eq!(&moved[key], expected, "{moved}");
    }
    assert_eq!((&moved["name"], &moved["summary"]), (&json!("Slugs"), &json!("another subject")));
    let changed = &leo.peer.only("Announce{Update{Page}}").activity["object"]["object"];
    assert_eq!((&changed["name"], changed.get("inReplyTo")), (&json!("Slugs"), None), "{changed}");
    assert_eq!(max.peer.only("Announce").activity["object"], reply["uri"]);
    let shown = max.peer.only("Update{Note}").activity["object"].clone();
    assert!(shown["content"].as_str().expect("words").contains("<strong>Slugs</strong>"), "{shown}");
    assert_eq!(stands(&beta, &reply["uri"]).await, (None, uris(&reply), 0), "we understand one another");
    assert_eq!(stands(&beta, &below["uri"]).await, (Some(uris(&reply)), uris(&reply), 1));

    // Whatever its author makes of it, it is found by what the team called it.
    bea.api("PUT", &format!("/api/v1/statuses/{}", id(&reply)), &json!({ "status": "And what about snails?" })).await;
    net.settle().await;
    let found = ana.read("/api/v2/search?q=slugs&type=statuses").await;
    assert_eq!(found["statuses"].as_array().map(Vec::len), Some(1), "{found}");

    // What comes later lands right, wherever it comes from.
    let seen = ben.find_post(reply["uri"].as_str().expect("an id")).await;
    ben.reply(&seen, "Copper").await;
    ana.reply(&topic, "Yellow ones").await;
    net.settle().await;
    assert_eq!(threads(&alpha, &club).await, [(number(&reply), 2), (number(&topic), 2)]);

    // And back from the log, with what came meanwhile.
    undo(&ana, &club, "split").await;
    net.settle().await;
    assert_eq!(threads(&alpha, &club).await, [(number(&topic), 5)]);
    assert_eq!(stands(&alpha, &below["uri"]).await, (Some(uris(&reply)), uris(&topic), 2));
    assert_eq!(stands(&beta, &below["uri"]).await, (Some(uris(&reply)), uris(&topic), 2));
    assert_eq!(ana.status(&topic).await["replies_count"], 3);
}

async fn a_thread_becomes_a_reply_in_another_one() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, ben) = (alpha.person("ana").await, alpha.person("bea").await, beta.person("ben").await);
    let (club, attic) = (alpha.group("club", &ana).await, alpha.group("attic", &ana).await);
    ben.follow(&club.handle()).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    max.follow(&alpha, club.uri()).await;
    net.settle().await;
    let topic = bea.post("@club Tomatoes").await;
    ana.reply(&topic, "Red ones").await;
    let (uri, handle) = club.named();
    let toot = max.toot("Tomatoes, anybody?", &[(&uri, &handle)], None);
    max.send(&alpha, &toot).await;
    net.settle().await;
    let twin = ana.find_post(toot["object"]["id"].as_str().expect("an id")).await;
    let answer = bea.reply(&twin, "We have that").await;
    let letter = json!({ "status": "@bea psst", "visibility": "direct", "in_reply_to_id": id(&topic) });
    alpha.person("carl").await.api("POST", "/api/v1/statuses", &letter).await;
    let elsewhere = ana.post("@attic Boxes").await;
    net.settle().await;
    max.peer.take();
    for (post, into) in [(&topic, &elsewhere), (&topic, &topic)] {
        assert!(merge(&ana, post, into).await.is_err(), "in its own group, and not in itself");
    }
    merge(&ana, &twin, &topic).await.expect("a reply");
    net.settle().await;
    assert_eq!(threads(&alpha, &club).await, [(number(&topic), 3)]);
    assert_eq!(threads(&alpha, &attic).await.len(), 1);
    let root = topic["uri"].as_str().expect("an id").to_owned();
    for server in [&alpha, &beta] {
        assert_eq!(stands(server, &twin["uri"]).await, (Some(root.clone()), root.clone(), 1));
        assert_eq!(stands(server, &answer["uri"]).await.1, root);
    }
    assert_eq!(max.peer.kinds(), ["Undo{Announce}"], "it is no thread any more");
    assert_eq!(ana.replies(&topic).await.len(), 3);
    bea.reply(&answer, "And beans").await;
    net.settle().await;
    assert_eq!(threads(&alpha, &club).await, [(number(&topic), 4)]);

    // Once is enough, however often it is pressed.
    for _ in 0..2 {
        undo(&ana, &club, "merge").await;
        net.settle().await;
    }
    let mut both = [(number(&topic), 1), (number(&twin), 2)];
    both.sort_by_key(|(post, _)| std::cmp::Reverse(*post));
    assert_eq!(threads(&alpha, &club).await, both);
    let own = twin["uri"].as_str().expect("an id").to_owned();
    for server in [&alpha, &beta] {
        assert_eq!(stands(server, &twin["uri"]).await, (None, own.clone(), 0));
        assert_eq!(stands(server, &answer["uri"]).await, (Some(own.clone()), own.clone(), 1));
    }
}

on_both![a_reply_becomes_a_thread_of_its_own_with_all_below_it, a_thread_becomes_a_reply_in_another_one];
