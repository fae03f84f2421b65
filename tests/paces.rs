//! Slow mode: one post each once in a while, in a community or in one of its threads, wherever somebody writes from.

use std::time::Duration;

use app::Me;
use domain::{id::PostId, pace::Lane};
use serde_json::{Value, json};

use crate::network::{Network, Person, Software, id, on_both};

async fn slow(by: &Person, lane: Lane, minutes: u64) -> app::Result<()> {
    app::paces::set(by.server.app(), Me(by.actor.id), lane, Duration::from_secs(60 * minutes), "calm down".into()).await
}

async fn try_reply(by: &Person, parent: &Value, text: &str) -> (u16, String) {
    let body = json!({ "status": text, "in_reply_to_id": id(parent) });
    let answer = by.call("POST", "/api/v1/statuses", &body).await;
    (answer.status, answer.text())
}

async fn whoever_is_too_fast_waits_wherever_they_write_from() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, cat) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("cat").await);
    let club = alpha.group("club", &ana).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    max.follow(&alpha, club.uri()).await;
    let topic = ben.post("@club tomatoes").await;
    let other = ben.post("@club lettuce").await;
    net.settle().await;
    let thread = Lane::Thread(PostId(id(&topic).parse().expect("a number")));
    let refused = slow(&ben, thread, 10).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");
    assert!(slow(&ana, thread, 24 * 60 + 1).await.is_err(), "nobody waits for longer than a day");
    slow(&ana, thread, 10).await.expect("slow mode");
    let log = alpha.get("/@club/log", "text/html").await.text();
    assert!(log.contains("turned slow mode on") && log.contains("calm down"), "{log}");

    // One post each; what one wrote before does not count, and the team writes as ever.
    let first = ben.reply(&topic, "red ones").await;
    let (status, why) = try_reply(&ben, &topic, "green ones").await;
    assert_eq!(status, 422, "{why}");
    assert!(why.contains("slow mode is on here, and the next post can be written in 10 min"), "{why}");
    let (status, _) = try_reply(&ben, &first, "below it, too").await;
    assert_eq!(status, 422);
    cat.reply(&topic, "cherry ones").await;
    for text in ["one", "two"] {
        ana.reply(&topic, text).await;
    }
    ben.reply(&other, "elsewhere it is as ever").await;
    ben.api("PUT", &format!("/api/v1/statuses/{}", id(&first)), &json!({ "status": "redder ones" })).await;

    // Whoever lives elsewhere is told once, and their server always.
    let toot = async |text: &str| {
        let (uri, handle) = club.named();
        let toot = max.toot(text, &[(&uri, &handle)], topic["uri"].as_str());
        max.send(&alpha, &toot).await;
        net.settle().await;
        max.peer.take().into_iter().filter(|it| it.activity["actor"] == club.uri()).collect::<Vec<_>>()
    };
    toot("from elsewhere").await;
    let kinds = |said: &[crate::network::Delivered]| {
        let mut kinds: Vec<String> = said.iter().map(crate::network::Delivered::kind).collect();
        kinds.sort();
        kinds
    };
    let said = toot("and again").await;
    assert_eq!(kinds(&said), ["Create{Note}", "Reject{Create}"]);
    let words = said.iter().find_map(|it| it.activity["object"]["content"].as_str()).expect("words");
    assert!(words.contains("Slow mode is on") && words.contains("You can post again in 10 min"), "{words}");
    assert_eq!(kinds(&toot("and again").await), ["Reject{Create}"]);
    let replies = ana.replies(&topic).await;
    assert_eq!(
        replies.iter().filter(|reply| reply.contains("from elsewhere") || reply.contains("and again")).count(),
        1
    );

    // After that time, each once more; and when it is off, from the log, everybody as ever.
    net.settle().await;
    net.pass_time(Duration::from_secs(601)).await;
    ben.reply(&topic, "yellow ones").await;
    assert_eq!(try_reply(&ben, &topic, "blue ones").await.0, 422);
    assert_eq!(kinds(&toot("after a while").await), [""; 0]);
    let entries = alpha.app().read(move |c| store::log::page(c, club.actor.id, None, 50)).await.expect("a log");
    let entry = entries.iter().find(|entry| entry.action == "slow").expect("an entry");
    app::moderation::undo(alpha.app(), Me(ana.actor.id), domain::id::LogEntryId(entry.id)).await.expect("undone");
    for text in ["blue ones", "black ones"] {
        ben.reply(&topic, text).await;
    }
    net.settle().await;
}

async fn a_whole_community_is_slowed_down() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group("club", &ana).await;
    slow(&ana, Lane::Group(club.actor.id), 60).await.expect("slow mode");
    let topic = ben.post("@club tomatoes").await;
    let (status, why) = try_reply(&ben, &topic, "red ones").await;
    assert!(status == 422 && why.contains("in 60 min"), "{why}");
    let again = ben.call("POST", "/api/v1/statuses", &json!({ "status": "@club lettuce" })).await;
    assert_eq!(again.status, 422);
    // A letter to the team is no post of the community.
    let letter = json!({ "status": "@club please, let me", "visibility": "direct" });
    assert_eq!(ben.call("POST", "/api/v1/statuses", &letter).await.status, 200);
    slow(&ana, Lane::Group(club.actor.id), 0).await.expect("off");
    ben.reply(&topic, "red ones").await;
    net.settle().await;
}

on_both![whoever_is_too_fast_waits_wherever_they_write_from, a_whole_community_is_slowed_down];
