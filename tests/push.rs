//! Web Push: who is woken, by what, in words that only their client can read.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{Network, Person, PushService, Request, Waiting, id, on_both};

const PATH: &str = "/api/v1/push/subscription";

/// Lets somebody's client wait; by which key it knows its server.
async fn wait(who: &Person, client: &Waiting, policy: &str, kinds: &[&str]) -> String {
    let subscription = who.api("POST", PATH, &client.wish(policy, kinds)).await;
    subscription["server_key"].as_str().unwrap().to_owned()
}

/// The only push that was taken since the last look.
async fn only(net: &Network, service: &PushService) -> Request {
    net.settle().await;
    let mut taken = service.take();
    assert_eq!(taken.len(), 1, "{taken:?}");
    taken.remove(0)
}

async fn clients_of_both_kinds_are_woken_in_their_language() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    app::people::speak(alpha.app(), app::Me(ana.actor.id), "es").await.unwrap();
    let topic = ana.post("Tomates").await;
    for standard in [true, false] {
        let client = Waiting::at(&service, "ana", standard);
        let server_key = wait(&ana, &client, "all", &["mention"]).await;
        let reply = ben.reply(&topic, "¿De qué <clase> son?").await;
        let told = client.read(&only(&net, &service).await, &server_key);
        let notices = ana.read("/api/v1/notifications").await;
        assert_eq!(notices[0]["status"]["id"], reply["id"]);
        assert_eq!(told["notification_id"].to_string(), id(&notices[0]), "a number");
        assert_eq!(told["notification_id"].as_f64().unwrap().to_string(), id(&notices[0]), "which scripts can read");
        assert_eq!((&told["notification_type"], &told["access_token"]), (&json!("mention"), &json!(ana.token())));
        assert_eq!(told["body"], "¿De qué <clase> son?");
        assert_eq!(told["preferred_locale"], "es");
        assert_eq!(told["title"], "ben te ha respondido o mencionado");
        assert!(told["icon"].as_str().unwrap().starts_with("http"));
    }
    // Nobody asked to be woken by votes.
    ben.act(&format!("/api/v1/statuses/{}/favourite", id(&topic))).await;
    net.settle().await;
    assert!(service.take().is_empty());
}

async fn a_client_is_woken_by_whom_it_wants() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let topic = ana.post("Tomates").await;
    let client = Waiting::at(&service, "ana", true);
    let woken = async |policy: &str| {
        wait(&ana, &client, policy, &["mention"]).await;
        ben.reply(&topic, "Hola").await;
        net.settle().await;
        service.take().len()
    };
    assert_eq!((woken("none").await, woken("followed").await, woken("follower").await), (0, 0, 0));
    ana.follow(&ben.handle()).await;
    assert_eq!((woken("followed").await, woken("follower").await), (1, 0));
    ben.follow(&ana.handle()).await;
    assert_eq!((woken("follower").await, woken("none").await, woken("all").await), (1, 0, 1));
}

async fn what_stands_in_a_private_group_is_not_told() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let (private, open) = (domain::group::Visibility::Private, domain::group::Joining::Open);
    let group = alpha.group_like("huerto", &ana, private, open).await;
    ben.follow(&group.handle()).await;
    let topic = ana.post("@huerto Secreto").await;
    let client = Waiting::at(&service, "ana", true);
    let server_key = wait(&ana, &client, "all", &["mention"]).await;
    ben.reply(&topic, "Muy secreto").await;
    let told = client.read(&only(&net, &service).await, &server_key);
    assert_eq!((&told["notification_type"], &told["body"]), (&json!("mention"), &json!("")));
    assert!(!told.to_string().contains("ecreto"));
}

async fn what_fails_for_the_moment_comes_later_and_what_is_gone_is_forgotten() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let topic = ana.post("Tomates").await;
    let client = Waiting::at(&service, "ana", true);
    let server_key = wait(&ana, &client, "all", &["mention"]).await;
    for status in [429, 503] {
        service.refuse(status);
        ben.reply(&topic, "Hola").await;
        net.settle().await;
        assert!(service.take().is_empty());
        net.pass_time(Duration::from_mins(2)).await;
        client.read(&only(&net, &service).await, &server_key);
    }
    // One that says when to come again is not asked before.
    service.refuse_for(1_800);
    ben.reply(&topic, "Hola").await;
    net.settle().await;
    net.pass_time(Duration::from_mins(20)).await;
    assert!(service.take().is_empty());
    net.pass_time(Duration::from_mins(11)).await;
    client.read(&only(&net, &service).await, &server_key);
    // A service that stays in trouble is left alone in the end, and nobody has to look after that.
    (0..12).for_each(|_| service.refuse(500));
    ben.reply(&topic, "Hola").await;
    for _ in 0..12 {
        net.pass_time(Duration::from_mins(40)).await;
    }
    assert!(service.take().is_empty());
    service.recover();
    service.refuse(410);
    ben.reply(&topic, "Hola").await;
    net.settle().await;
    assert_eq!(ana.call("GET", PATH, &Value::Null).await.status, 404);
    ben.reply(&topic, "Hola").await;
    net.settle().await;
    assert!(service.take().is_empty());
}

on_both! {
    clients_of_both_kinds_are_woken_in_their_language,
    a_client_is_woken_by_whom_it_wants,
    what_stands_in_a_private_group_is_not_told,
    what_fails_for_the_moment_comes_later_and_what_is_gone_is_forgotten,
}
