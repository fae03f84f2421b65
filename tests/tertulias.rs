//! Three servers of this kind: a group on one, its members on the others, and one thread on all.

use serde_json::{Value, json};

use crate::network::{Network, Person, id, on_both, text};

/// A group on alpha that somebody on each server follows.
async fn setting(net: &Network) -> (Person, Person, Person) {
    let [alpha, beta, gamma] = ["alpha.test", "beta.test", "gamma.test"].map(|name| net.server(name));
    let (ana, bob, carla) = (alpha.person("ana").await, beta.person("bob").await, gamma.person("carla").await);
    alpha.group("club", &ana).await;
    for person in [&bob, &carla] {
        let account = person.follow("@club@alpha.test").await;
        net.settle().await;
        assert_eq!(person.relationship(&account).await["following"], true);
    }
    (ana, bob, carla)
}

async fn a_thread_is_the_same_everywhere() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let (ana, bob, carla) = setting(&net).await;
    let thread = bob.post("Tomatoes @club@alpha.test\n\nWho has grown them?").await;
    net.settle().await;
    let uri = thread["uri"].as_str().unwrap();
    for person in [&ana, &carla] {
        let home = person.home().await;
        assert_eq!(home.len(), 1, "{}: {home:?}", person.handle());
        assert_eq!(home[0]["reblog"]["uri"], uri);
        assert_eq!(home[0]["account"]["acct"].as_str().unwrap().split('@').next(), Some("club"));
    }
    let at_carla = carla.find_post(uri).await;
    let reply = carla.reply(&at_carla, "I have.").await;
    net.settle().await;
    let at_ana = ana.find_post(uri).await;
    ana.reply(&ana.find_post(reply["uri"].as_str().unwrap()).await, "So have I.").await;
    net.settle().await;
    for (person, post) in [(&ana, &at_ana), (&bob, &thread), (&carla, &at_carla)] {
        assert_eq!(person.replies(post).await, ["I have.", "So have I."], "{}", person.handle());
    }
    assert_eq!(bob.read("/api/v1/notifications").await[0]["account"]["acct"], "carla@gamma.test");

    bob.api("PUT", &format!("/api/v1/statuses/{}", id(&thread)), &json!({ "status": "Potatoes @club@alpha.test" }))
        .await;
    carla.api("PUT", &format!("/api/v1/statuses/{}", id(&reply)), &json!({ "status": "I had." })).await;
    carla.act(&format!("/api/v1/statuses/{}/favourite", id(&at_carla))).await;
    ana.act(&format!("/api/v1/statuses/{}/favourite", id(&at_ana))).await;
    net.settle().await;
    for (person, post) in [(&ana, &at_ana), (&bob, &thread), (&carla, &at_carla)] {
        let now = person.status(post).await;
        assert!(text(&now).starts_with("Potatoes"), "{}: {now}", person.handle());
        assert_eq!(now["favourites_count"], 2, "{}", person.handle());
        assert_eq!(person.replies(post).await, ["I had.", "So have I."], "{}", person.handle());
    }
    carla.act(&format!("/api/v1/statuses/{}/unfavourite", id(&at_carla))).await;
    carla.api("DELETE", &format!("/api/v1/statuses/{}", id(&reply)), &Value::Null).await;
    net.settle().await;
    for (person, post) in [(&ana, &at_ana), (&bob, &thread), (&carla, &at_carla)] {
        assert_eq!(person.status(post).await["favourites_count"], 1, "{}", person.handle());
        let replies = person.replies(post).await;
        assert!(!replies.contains(&"I had.".to_owned()), "{}: {replies:?}", person.handle());
    }
    bob.api("DELETE", &format!("/api/v1/statuses/{}", id(&thread)), &Value::Null).await;
    net.settle().await;
    for (person, post) in [(&ana, &at_ana), (&carla, &at_carla)] {
        let path = format!("/api/v1/statuses/{}", id(post));
        assert_eq!(person.call("GET", &path, &Value::Null).await.status, 404, "{}", person.handle());
        let home = person.home().await;
        assert!(home.iter().all(|status| status["account"]["acct"] == "ana"), "but what one wrote oneself: {home:?}");
    }
}

async fn what_is_warned_of_is_hidden_everywhere() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let (ana, bob, carla) = setting(&net).await;
    let wanted = json!({ "status": "@club@alpha.test It was the gardener.", "spoiler_text": "The end" });
    let thread = bob.api("POST", "/api/v1/statuses", &wanted).await;
    net.settle().await;
    for person in [&ana, &bob, &carla] {
        let post = person.status(&person.find_post(thread["uri"].as_str().unwrap()).await).await;
        assert_eq!(
            (&post["spoiler_text"], &post["sensitive"]),
            (&json!("The end"), &json!(true)),
            "{}",
            person.handle()
        );
        assert!(!text(&post).contains("The end"), "it is said before the text: {}", text(&post));
    }
    let listed = net.server("alpha.test").get("/@club", "text/html").await.text();
    assert!(listed.contains("The end") && !listed.contains("gardener"), "{listed}");
}

async fn nothing_is_said_twice_and_nothing_to_oneself() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let (_, bob, _) = setting(&net).await;
    // A second follower there makes no second request.
    bob.server.person("bert").await.follow("@club@alpha.test").await;
    net.settle().await;
    let before = net.transcript().0.len();
    let thread = bob.post("Tomatoes @club@alpha.test").await;
    net.settle().await;
    bob.reply(&thread, "Red ones").await;
    net.settle().await;
    bob.act(&format!("/api/v1/statuses/{}/favourite", id(&thread))).await;
    net.settle().await;
    bob.api("DELETE", &format!("/api/v1/statuses/{}", id(&thread)), &Value::Null).await;
    net.settle().await;
    let said = net.transcript().after(before);
    insta::allow_duplicates! {
        insta::assert_snapshot!(said.summary(), @r"
        alpha.test → beta.test Announce{Create{Article}}
        alpha.test → beta.test Announce{Create{Note}}
        alpha.test → beta.test Announce{Like}
        alpha.test → beta.test Announce{Delete{Tombstone}}
        alpha.test → gamma.test Announce{Create{Article}}
        alpha.test → gamma.test Announce{Create{Note}}
        alpha.test → gamma.test Announce{Like}
        alpha.test → gamma.test Announce{Delete{Tombstone}}
        beta.test → alpha.test Create{Article}
        beta.test → alpha.test Create{Note}
        beta.test → alpha.test Like
        beta.test → alpha.test Delete{Tombstone}
        ");
    }
    for host in ["alpha.test", "beta.test", "gamma.test"] {
        assert!(said.between(host, host).is_empty(), "a server does not talk to itself\n{said}");
    }
}

async fn a_moderator_removes_and_bans_across_servers() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let (ana, bob, carla) = setting(&net).await;
    let thread = bob.post("Spam @club@alpha.test").await;
    net.settle().await;
    let at_ana = ana.find_post(thread["uri"].as_str().unwrap()).await;
    let at_carla = carla.find_post(thread["uri"].as_str().unwrap()).await;
    let path = format!("/api/v1/statuses/{}", id(&at_carla));
    let refused = carla.call("DELETE", &path, &Value::Null).await;
    assert_eq!(refused.status, 403, "only moderators remove: {}", refused.text());
    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&at_ana)), &Value::Null).await;
    net.settle().await;
    assert_eq!(carla.call("GET", &path, &Value::Null).await.status, 404);
    assert!(carla.home().await.is_empty());
    assert_eq!(bob.status(&thread).await["id"], thread["id"], "its author still has it");
}

on_both![
    a_thread_is_the_same_everywhere,
    what_is_warned_of_is_hidden_everywhere,
    nothing_is_said_twice_and_nothing_to_oneself,
    a_moderator_removes_and_bans_across_servers,
];
