//! Polls: asked here or elsewhere, answered once by each, and counted for all to see.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{Network, Person, Puppet, Software, id, on_both};

/// Longer than a round.
const ROUND: Duration = Duration::from_mins(4);

/// Asks a poll that is open for an hour.
async fn ask(who: &Person, text: &str, options: &[&str], multiple: bool) -> Value {
    let poll = json!({ "options": options, "expires_in": 3_600, "multiple": multiple });
    who.api("POST", "/api/v1/statuses", &json!({ "status": text, "poll": poll })).await
}

/// Chooses by a client; returns the status of the answer.
async fn choose(who: &Person, status: &Value, choices: &[usize]) -> u16 {
    let path = format!("/api/v1/polls/{}/votes", id(&status["poll"]));
    who.call("POST", &path, &json!({ "choices": choices })).await.status
}

/// What was counted, as somebody sees it: by option, and people.
async fn counted(who: &Person, uri: &str) -> (Vec<u64>, u64) {
    let poll = who.find_post(uri).await["poll"].clone();
    let votes = poll["options"].as_array().expect("options").iter().map(|option| option["votes_count"].as_u64());
    (votes.map(|votes| votes.expect("a count")).collect(), poll["voters_count"].as_u64().expect("a count"))
}

/// The vote of somebody elsewhere, as Mastodon sends it.
fn ballot(voter: &Puppet, poll: &str, author: &str, option: &Value) -> Value {
    let object = json!({
        "id": voter.peer.id("votes"), "type": "Note", "name": option, "content": null, "summary": null,
        "attributedTo": voter.uri, "to": author, "inReplyTo": poll,
    });
    let mut create = voter.activity("Create", &object);
    create["to"] = json!(author);
    create
}

async fn a_poll_here_is_answered_from_everywhere() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, dan, cat) = (alpha.person("ana").await, alpha.person("dan").await, beta.person("cat").await);
    let club = alpha.group("club", &ana).await;
    cat.follow(&club.handle()).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let (max, eve) = (masto.person("max"), masto.person("eve"));
    max.follow(&alpha, ana.uri()).await;
    net.settle().await;
    masto.take();

    let asked = ask(&ana, &format!("{} ¿Café?", club.handle()), &["sí", "no"], false).await;
    let uri = asked["uri"].as_str().expect("an id");
    net.settle().await;
    let question = masto.only("Create{Question}").activity["object"].clone();
    assert_eq!(question["oneOf"][0]["name"], "sí");
    assert!(question["endTime"].is_string() && question["votersCount"] == 0, "{question}");
    masto.take();
    // All that follows belongs to one round.
    let round = u64::try_from(app::polls::ROUND.as_millis()).unwrap();
    net.pass_time(Duration::from_millis(round - alpha.app().now().0.unsigned_abs() % round)).await;

    assert_eq!(choose(&ana, &asked, &[0]).await, 422, "nobody votes in their own poll");
    assert_eq!(choose(&dan, &asked, &[0, 1]).await, 422, "one only");
    assert_eq!(choose(&dan, &asked, &[2]).await, 422, "there is no third");
    assert_eq!(choose(&dan, &asked, &[0]).await, 200);
    assert_eq!(choose(&dan, &asked, &[1]).await, 422, "once");
    let seen = cat.find_post(uri).await;
    assert_eq!(choose(&cat, &seen, &[1]).await, 200);
    net.settle().await;
    let yes = ballot(&max, uri, ana.uri(), &json!("sí"));
    for vote in [
        &yes,
        &yes,
        // The same under another id, another option, no option, and somebody else's word.
        &ballot(&max, uri, ana.uri(), &json!(["sí", null])),
        &ballot(&max, uri, ana.uri(), &json!("no")),
        &ballot(&eve, uri, ana.uri(), &json!("quizás")),
        &ballot(&eve, uri, ana.uri(), &json!({ "es": "no" })),
        &{
            let mut forged = ballot(&max, uri, ana.uri(), &json!("no"));
            forged["object"]["attributedTo"] = json!(eve.uri);
            forged
        },
    ] {
        max.peer.clock().advance(Duration::from_millis(1));
        let voter = if vote["actor"] == eve.uri { &eve } else { &max };
        voter.send(&alpha, vote).await;
        net.settle().await;
    }
    assert_eq!(counted(&ana, uri).await, (vec![2, 1], 3));
    assert_eq!(masto.kinds(), Vec::<String>::new(), "not at every vote");
    assert_eq!(alpha.document(uri).await["votersCount"], 3);

    net.pass_time(ROUND).await;
    let results = masto.only("Update{Question}").activity["object"].clone();
    masto.take();
    assert_eq!((&results["oneOf"][0]["replies"]["totalItems"], &results["votersCount"]), (&json!(2), &json!(3)));
    assert!(results["updated"].is_null(), "nothing was written anew");
    assert_eq!(counted(&cat, uri).await, (vec![2, 1], 3));
    let poll = cat.find_post(uri).await["poll"].clone();
    assert_eq!((&poll["voted"], &poll["own_votes"]), (&json!(true), &json!([1])));
    net.pass_time(ROUND).await;
    assert!(masto.take().is_empty(), "nothing new");

    net.pass_time(Duration::from_hours(1)).await;
    masto.only("Update{Question}");
    for who in [&ana, &dan, &cat] {
        let told = who.read("/api/v1/notifications?types[]=poll").await;
        assert_eq!((&told[0]["type"], &told[0]["status"]["poll"]["expired"]), (&json!("poll"), &json!(true)));
    }
    eve.send(&alpha, &ballot(&eve, uri, ana.uri(), &json!("no"))).await;
    net.settle().await;
    assert_eq!(counted(&ana, uri).await, (vec![2, 1], 3), "too late");
}

async fn several_options_are_chosen_one_by_one() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    let asked = ask(&ana, "¿Qué días?", &["lunes", "martes", "jueves"], true).await;
    let uri = asked["uri"].as_str().expect("an id");
    assert_eq!(choose(&bea, &asked, &[2, 0]).await, 200);
    for option in ["lunes", "martes", "lunes"] {
        max.send(&alpha, &ballot(&max, uri, ana.uri(), &json!(option))).await;
    }
    net.settle().await;
    assert_eq!(counted(&ana, uri).await, (vec![2, 1, 1], 2));
    // Asking something else begins anew; changing the text does not.
    let path = format!("/api/v1/statuses/{}", id(&asked));
    let same = json!({ "options": ["lunes", "martes", "jueves"], "expires_in": 3_600, "multiple": true });
    ana.api("PUT", &path, &json!({ "status": "¿Qué días os van?", "poll": same })).await;
    assert_eq!(counted(&ana, uri).await, (vec![2, 1, 1], 2));
    let poll = json!({ "options": ["lunes", "viernes"], "expires_in": 600 });
    ana.api("PUT", &path, &json!({ "status": "¿Qué día?", "poll": poll })).await;
    assert_eq!(counted(&ana, uri).await, (vec![0, 0], 0));
    // Who may not read it does not vote.
    let poll = json!({ "options": ["a", "b"], "expires_in": 600 });
    let body = json!({ "status": "entre nosotros", "visibility": "direct", "poll": poll });
    let hidden = ana.api("POST", "/api/v1/statuses", &body).await;
    let hidden = hidden["uri"].as_str().expect("an id");
    max.send(&alpha, &ballot(&max, hidden, ana.uri(), &json!("a"))).await;
    net.settle().await;
    assert_eq!(counted(&ana, hidden).await, (vec![0, 0], 0));
    net.pass_time(ROUND).await;
}

async fn a_poll_elsewhere_is_answered_from_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let (group, handle) = club.named();
    let mut create = max.poll((&group, &handle), "Tea?", &["yes", "no"]);
    create["object"]["endTime"] = json!(crate::network::date(alpha.app().now() + Duration::from_hours(1)));
    max.send(&alpha, &create).await;
    net.settle().await;
    max.peer.take();
    let uri = create["object"]["id"].as_str().expect("an id");
    let status = bea.find_post(uri).await;
    assert_eq!(choose(&bea, &status, &[1]).await, 200);
    assert_eq!(choose(&bea, &status, &[0]).await, 422);
    net.settle().await;
    let told = max.peer.only("Create{Note}").activity;
    let vote = &told["object"];
    assert_eq!((&told["to"], &told["cc"], &vote["to"]), (&json!([max.uri]), &json!([]), &json!([max.uri])));
    assert_eq!((&vote["name"], &vote["inReplyTo"]), (&json!("no"), &json!(uri)));
    assert!(vote["content"].is_null() && told["signature"].is_null());
    assert_eq!(alpha.get(told["id"].as_str().unwrap(), "application/activity+json").await.status, 404, "it is secret");
    assert_eq!(counted(&bea, uri).await, (vec![0, 1], 1));

    let mut question = create["object"].clone();
    question["oneOf"][0]["replies"]["totalItems"] = json!(7);
    question["oneOf"][1]["replies"]["totalItems"] = json!(2);
    question["votersCount"] = json!(9);
    // Nobody else counts, or closes it.
    let eve = net.peer("evil.test", Software::Mastodon).person("eve");
    let mut closed = question.clone();
    closed["closed"] = json!(crate::network::date(alpha.app().now()));
    closed["endTime"] = closed["closed"].clone();
    eve.send(&alpha, &eve.addressed("Update", &closed, &[])).await;
    net.settle().await;
    assert_eq!(counted(&bea, uri).await, (vec![0, 1], 1));
    assert_eq!(bea.find_post(uri).await["poll"]["expired"], false);
    max.send(&alpha, &max.addressed("Update", &question, &[])).await;
    net.settle().await;
    assert_eq!(counted(&bea, uri).await, (vec![7, 2], 9));
    let poll = bea.find_post(uri).await["poll"].clone();
    assert_eq!((&poll["own_votes"], &poll["expired"]), (&json!([1]), &json!(false)));
    net.pass_time(Duration::from_mins(61)).await;
    let told = bea.read("/api/v1/notifications?types[]=poll").await;
    assert_eq!(told[0]["account"]["acct"], "max@masto.test", "{told}");
    assert_eq!(choose(&ana, &status, &[0]).await, 422, "it is over");
}

on_both![
    a_poll_here_is_answered_from_everywhere,
    several_options_are_chosen_one_by_one,
    a_poll_elsewhere_is_answered_from_here,
];
