//! Bad lines: whatever happens between two servers, both end where they would have ended without it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{Line, Network, Person, id, on_both, text};

const ENDS: [(&str, &str); 2] = [("alpha.test", "beta.test"), ("beta.test", "alpha.test")];

/// What both do while the line may be bad; then it is repaired, and time passes. Returns what each has in the end.
async fn live_through(line: Option<Line>) -> Vec<String> {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bob) = (alpha.person("ana").await, beta.person("bob").await);
    alpha.group("club", &ana).await;
    bob.follow("@club@alpha.test").await;
    net.settle().await;

    for (from, to) in ENDS {
        if let Some(line) = line {
            net.spoil(from, to, line);
        }
    }
    for person in [&bob, &ana] {
        live(&net, person).await;
    }
    for (from, to) in ENDS {
        net.mend(from, to);
    }
    net.release().await;
    // Long enough for every pause between tries.
    for _ in 0..6 {
        net.pass_time(Duration::from_hours(1)).await;
    }
    vec![memory(&ana).await, memory(&bob).await]
}

/// Writes, edits, answers, votes and deletes.
async fn live(net: &Network, person: &Person) {
    let name = &person.actor.name;
    let thread = person.post(&format!("First of {name} @club@alpha.test")).await;
    let reply = person.reply(&thread, &format!("Reply of {name}")).await;
    let wrong = person.reply(&thread, &format!("Wrong of {name}")).await;
    let edit = json!({ "status": format!("Thread of {name} @club@alpha.test") });
    person.api("PUT", &format!("/api/v1/statuses/{}", id(&thread)), &edit).await;
    person.act(&format!("/api/v1/statuses/{}/favourite", id(&thread))).await;
    person.act(&format!("/api/v1/statuses/{}/favourite", id(&reply))).await;
    person.act(&format!("/api/v1/statuses/{}/unfavourite", id(&reply))).await;
    person.api("DELETE", &format!("/api/v1/statuses/{}", id(&wrong)), &Value::Null).await;
    net.settle().await;
}

/// What a person has in the end: the threads at home with their replies and counts.
async fn memory(person: &Person) -> String {
    let mut threads = Vec::new();
    for status in person.home().await {
        let thread = if status["reblog"].is_object() { status["reblog"].clone() } else { status };
        let (likes, replies) = (&thread["favourites_count"], &thread["replies_count"]);
        let answers = person.replies(&thread).await;
        threads.push(format!("{} ({likes} likes, {replies} replies): {answers:?}", text(&thread)));
    }
    threads.sort();
    threads.dedup();
    format!("{}:\n{}", person.actor.name, threads.join("\n"))
}

async fn compare(line: Line) {
    let fair = live_through(None).await;
    assert!(fair[0].contains("Thread of bob") && fair[1].contains("Thread of ana"), "{fair:#?}");
    assert!(fair[0].contains("Reply of bob") && !fair[0].contains("Wrong"), "{fair:#?}");
    assert!(fair[0].contains("(1 likes, 1 replies)"), "{fair:#?}");
    assert_eq!(live_through(Some(line)).await, fair);
}

async fn a_line_that_is_cut() {
    compare(Line::Cut).await;
}

async fn a_line_behind_an_overloaded_proxy() {
    compare(Line::Answers(503)).await;
}

async fn a_line_that_loses_answers() {
    compare(Line::LosesAnswers).await;
}

async fn a_line_that_delivers_twice() {
    compare(Line::Doubles).await;
}

async fn a_line_that_is_slow() {
    compare(Line::Slow(Duration::from_millis(60))).await;
}

async fn a_line_that_reverses_the_order() {
    compare(Line::Reverses).await;
}

async fn healthy_servers_do_not_wait_for_dead_ones() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let [alpha, beta, gamma] = ["alpha.test", "beta.test", "gamma.test"].map(|name| net.server(name));
    let (ana, bob, carla) = (alpha.person("ana").await, beta.person("bob").await, gamma.person("carla").await);
    alpha.group("club", &ana).await;
    for person in [&bob, &carla] {
        person.follow("@club@alpha.test").await;
    }
    net.settle().await;
    ana.post("Before @club").await;
    net.settle().await;
    let last = bob.home().await[0]["id"].as_str().unwrap().to_owned();
    net.spoil("alpha.test", "beta.test", Line::Cut);
    for number in 0..5 {
        ana.post(&format!("News {number} @club")).await;
    }
    net.settle().await;
    assert_eq!(carla.home().await.len(), 6);
    let news = async || bob.read(&format!("/api/v1/timelines/home?min_id={last}")).await;
    assert_eq!(news().await, json!([]));
    net.mend("alpha.test", "beta.test");
    for _ in 0..3 {
        net.pass_time(Duration::from_hours(1)).await;
    }
    let mut texts: Vec<String> =
        news().await.as_array().unwrap().iter().map(|status| text(&status["reblog"])).collect();
    texts.sort();
    let expected: Vec<String> = (0..5).map(|number| format!("News {number} @club")).collect();
    assert_eq!(texts, expected, "what was late is news, each once");
}

async fn a_peer_that_is_gone_for_good_is_left_alone() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bob) = (alpha.person("ana").await, beta.person("bob").await);
    alpha.group("club", &ana).await;
    bob.follow("@club@alpha.test").await;
    net.settle().await;
    alpha.expect_parked();
    net.spoil("alpha.test", "beta.test", Line::Cut);
    ana.post("Into the void @club").await;
    for _ in 0..20 {
        net.pass_time(Duration::from_hours(12)).await;
    }
    let before = net.transcript().between("alpha.test", "beta.test").0.len();
    assert!((2..60).contains(&before), "{before} tries in ten days");
    for _ in 0..4 {
        net.pass_time(Duration::from_hours(1)).await;
    }
    let late = net.transcript().between("alpha.test", "beta.test").after(before);
    // A broken connection is tried once more at once, because it may have been an old one.
    assert!(late.0.len() <= 2, "four hours, after ten days:\n{late}");

    // A sign of life revives it.
    net.mend("alpha.test", "beta.test");
    bob.post("Back again @club@alpha.test").await;
    net.settle().await;
    ana.post("Welcome @club").await;
    net.settle().await;
    let texts: Vec<String> = bob.home().await.iter().map(|status| text(&status["reblog"])).collect();
    assert!(texts.contains(&"Welcome @club".to_owned()), "{texts:?}");
}

on_both![
    a_line_that_is_cut,
    a_line_behind_an_overloaded_proxy,
    a_line_that_loses_answers,
    a_line_that_delivers_twice,
    a_line_that_is_slow,
    a_line_that_reverses_the_order,
    healthy_servers_do_not_wait_for_dead_ones,
    a_peer_that_is_gone_for_good_is_left_alone,
];
