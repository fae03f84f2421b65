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
        ben.api("POST", "/api/v1/statuses", &json!({ "status": "@ana Solo para ti", "visibility": "direct" })).await;
        let told = client.read(&only(&net, &service).await, &server_key);
        assert_eq!(told["title"], "ben te ha escrito en privado");
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

/// The favourites of people who are made for it.
async fn liked(net: &Network, topic: &Value, from: usize, to: usize) {
    for n in from..to {
        let fan = net.server("alpha.test").person(&format!("fan{n}")).await;
        fan.act(&format!("/api/v1/statuses/{}/favourite", id(topic))).await;
    }
    net.settle().await;
}

async fn what_many_do_with_one_post_wakes_once_in_a_while() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let ana = net.server("alpha.test").person("ana").await;
    let (topic, other) = (ana.post("Tomates").await, ana.post("Pimientos").await);
    let client = Waiting::at(&service, "ana", true);
    let key = wait(&ana, &client, "all", &["favourite", "follow"]).await;
    liked(&net, &topic, 0, 3).await;
    net.pass_time(Duration::from_mins(6)).await;
    liked(&net, &topic, 3, 5).await;
    assert_eq!(client.read(&only(&net, &service).await, &key)["title"], "fan0 voted for what you wrote");
    // Another post is something else; and when the time is over, the next one tells of those who were silent.
    liked(&net, &other, 5, 6).await;
    only(&net, &service).await;
    net.pass_time(Duration::from_mins(5)).await;
    liked(&net, &topic, 6, 7).await;
    let told = client.read(&only(&net, &service).await, &key);
    assert_eq!(told["title"], "fan6 and 4 other people voted for what you wrote");
    let mut browser = crate::network::Visitor::new(&net.server("alpha.test"));
    browser.sign_in("ana", "correct horse", "/").await;
    let page = browser.get("/notices").await.text();
    assert_eq!(page.matches("<article>").count(), 2, "one notice for each post: {page}");
}

/// Quiet hours from an hour ago until two hours from now.
pub(crate) async fn be_quiet(browser: &mut crate::network::Visitor, now: domain::time::Timestamp) {
    let clock = |minutes: i64| {
        let minutes = (now.seconds() / 60 + minutes).rem_euclid(1_440);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    let (from, until) = (clock(-60), clock(120));
    let fields = [("quiet", "yes"), ("from", &*from), ("until", &*until), ("zone", "UTC")];
    assert_eq!(browser.fill("/settings/quiet", "/settings/quiet", &fields).await.status, 303);
}

async fn what_comes_in_quiet_hours_waits_and_comes_as_one() {
    let net = Network::of(["alpha.test"]).await;
    let service = net.push_service("push.test");
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let topic = ana.post("Tomates").await;
    let client = Waiting::at(&service, "ana", true);
    let key = wait(&ana, &client, "all", &["mention", "favourite"]).await;
    let mut browser = crate::network::Visitor::new(&alpha);
    browser.sign_in("ana", "correct horse", "/").await;
    be_quiet(&mut browser, alpha.app().now()).await;
    let answer = async |text: &str| {
        ben.reply(&topic, text).await;
        net.settle().await;
    };
    answer("Uno").await;
    liked(&net, &topic, 0, 2).await;
    answer("Dos").await;
    assert!(service.take().is_empty());
    assert!(browser.get("/").await.text().contains("4 unread"), "here all is as always");
    net.pass_time(Duration::from_mins(119)).await;
    assert!(service.take().is_empty());
    net.pass_time(Duration::from_mins(3)).await;
    let told = client.read(&only(&net, &service).await, &key);
    assert_eq!((&told["title"], &told["body"]), (&json!("4 notices in your quiet hours"), &json!("Dos")));
    // By day all is as before; and what was seen meanwhile is not told again.
    answer("Tres").await;
    only(&net, &service).await;
    net.pass_time(Duration::from_hours(21)).await;
    answer("Cuatro").await;
    browser.get("/notices").await;
    net.pass_time(Duration::from_hours(3)).await;
    assert!(service.take().is_empty());
    // What is no time is not taken, and silence ends when one wants it to.
    let wrong = [("quiet", "yes"), ("from", "22:00"), ("until", "22:00"), ("zone", "UTC")];
    assert_eq!(browser.fill("/settings/quiet", "/settings/quiet", &wrong).await.status, 422);
    assert_eq!(browser.fill("/settings/quiet", "/settings/quiet", &[("zone", "UTC")]).await.status, 303);
    net.pass_time(Duration::from_hours(20)).await;
    answer("Cinco").await;
    only(&net, &service).await;
}

on_both! {
    clients_of_both_kinds_are_woken_in_their_language,
    a_client_is_woken_by_whom_it_wants,
    what_stands_in_a_private_group_is_not_told,
    what_many_do_with_one_post_wakes_once_in_a_while,
    what_comes_in_quiet_hours_waits_and_comes_as_one,
    what_fails_for_the_moment_comes_later_and_what_is_gone_is_forgotten,
}
