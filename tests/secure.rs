//! Secure mode: who does not sign sees keys only, and who is blocked sees nothing.

use app::{Me, groups::NewGroup, rules::NewRule};
use domain::{
    group::{Joining, Reach, Visibility},
    host::Host,
    rule::Ruling,
};
use serde_json::Value;

use crate::network::{ACTIVITY, Network, Server, Software, on_both};

/// What one may ask for about a person, a group and a post.
fn targets(post: &str, activity: &str) -> Vec<String> {
    let mut all = vec![post.to_owned(), activity.to_owned()];
    for name in ["club", "ana"] {
        all.extend(
            ["outbox", "outbox?page=1", "followers", "following", "featured"].map(|part| format!("/@{name}/{part}")),
        );
    }
    all.push("/@club/moderators".to_owned());
    all.extend(["replies", "likes", "shares", "context"].map(|part| format!("{post}/{part}")));
    all
}

async fn status(server: &Server, target: &str) -> u16 {
    server.get(target, ACTIVITY).await.status
}

async fn who_does_not_sign_sees_keys_only() {
    let net = Network::secured(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let bea = masto.person("bea");
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    let post = ana.post("Hello @club").await;
    net.settle().await;
    let post = post["uri"].as_str().unwrap();
    let announce = masto.only("Announce").activity["id"].as_str().unwrap().to_owned();
    for target in targets(post, &announce) {
        assert_eq!(status(&alpha, &target).await, 401, "{target} without a signature");
        let url = if target.starts_with("http") { target.clone() } else { alpha.url(&target) };
        let answer = alpha.ask(&bea.asks(&url)).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{target}");
        // What was kept for those who sign is not given to others.
        assert_eq!(status(&alpha, &target).await, 401, "{target} without a signature, again");
        let mut forged = bea.asks(&url);
        for (name, value) in &mut forged.headers {
            if name == "signature" {
                *value = value.replace("signature=\"", "signature=\"AAAA");
            }
        }
        assert_eq!(alpha.ask(&forged).await.status, 401, "{target} with a wrong signature");
    }
    for (target, kind) in [("/@club", "Group"), ("/@ana", "Person")] {
        let stub = alpha.document(target).await;
        let mut keys: Vec<&str> = stub.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let all = ["@context", "assertionMethod", "id", "inbox", "preferredUsername", "publicKey", "type"];
        assert_eq!(keys, all, "{stub}");
        assert_eq!(stub["type"], kind);
        let whole = alpha.ask(&bea.asks(&alpha.url(target))).await.value();
        assert_eq!(whole["publicKey"], stub["publicKey"]);
        assert!(whole["outbox"].is_string() && whole["name"].is_string(), "{whole}");
        assert_eq!(alpha.document(target).await, stub);
    }
    // Of a hidden group there is no key either: whoever guesses its name would learn that it is there.
    let hidden = NewGroup {
        name: "shadow".into(),
        title: "Shadow".into(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Invite,
        reach: Reach::Home,
        hidden: true,
        host: None,
    };
    alpha.found(&ana, hidden).await;
    let (secret, nobody) = (alpha.get("/@shadow", ACTIVITY).await, alpha.get("/@nobody", ACTIVITY).await);
    assert_eq!((secret.status, secret.text()), (404, nobody.text()));
    for target in
        ["/actor", "/nodeinfo/2.1", "/.well-known/nodeinfo", "/.well-known/webfinger?resource=acct:ana@alpha.test"]
    {
        assert_eq!(status(&alpha, target).await, 200, "{target}");
    }
    assert!(alpha.document("/actor").await["publicKey"].is_object());
    assert_eq!(alpha.get(post, "text/html").await.status, 200, "pages are for everybody");
}

async fn who_is_blocked_sees_nothing() {
    let net = Network::secured(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let carl = net.peer("other.test", Software::Mastodon).person("carl");
    let rule = NewRule {
        host: Host::parse("masto.test").unwrap(),
        ruling: Ruling::Suspend,
        public_comment: String::new(),
        private_comment: String::new(),
    };
    let app = alpha.app();
    let instance = app::instance::ensure(app).await.unwrap();
    app::rules::set(app, Me(instance), rule).await.unwrap();
    let post = ana.post("Hello @club").await;
    for target in targets(post["uri"].as_str().unwrap(), "/actor").iter().chain([&club.uri().to_owned()]) {
        let url = if target.starts_with("http") { target.clone() } else { alpha.url(target) };
        let answer = alpha.ask(&bea.asks(&url)).await;
        assert_eq!(answer.status, 403, "{target}: {}", answer.text());
        assert_eq!(alpha.ask(&carl.asks(&url)).await.status, 200, "{target}");
    }
}

async fn two_such_servers_can_speak() {
    let net = Network::secured(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bob) = (alpha.person("ana").await, beta.person("bob").await);
    alpha.group("club", &ana).await;
    let account = bob.follow("@club@alpha.test").await;
    net.settle().await;
    assert_eq!(bob.relationship(&account).await["following"], true);
    let post = bob.post("Hello @club@alpha.test").await;
    net.settle().await;
    let seen = ana.find_post(post["uri"].as_str().unwrap()).await;
    ana.reply(&seen, "Welcome").await;
    net.settle().await;
    assert_eq!(bob.replies(&post).await, ["Welcome"]);
    let missing: Value = alpha.document(post["uri"].as_str().unwrap()).await;
    assert_eq!(missing, Value::Null);
}

on_both![who_does_not_sign_sees_keys_only, who_is_blocked_sees_nothing, two_such_servers_can_speak];
