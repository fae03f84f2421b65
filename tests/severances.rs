//! Follows that people here lose at once, because an account or a whole server is blocked: each of them hears what they lost.

use app::{Me, rules::NewRule};
use domain::host::Host;
use domain::id::ActorId;
use domain::rule::Ruling;
use serde_json::{Value, json};

use crate::network::{Network, Person, Server, Visitor, id, on_both};

/// What somebody heard of it, the newest first: why, about whom, how many follow them no more, and they whom.
async fn losses(who: &Person) -> Vec<Value> {
    let told = who.read("/api/v1/notifications?types[]=severed_relationships").await;
    let loss = |told: &Value| {
        let event = &told["event"];
        assert_eq!((&told["type"], &event["purged"]), (&json!("severed_relationships"), &json!(true)), "{told}");
        assert!(event["id"].is_string() && event["created_at"].is_string(), "{told}");
        json!([event["type"], event["target_name"], event["followers_count"], event["following_count"]])
    };
    told.as_array().expect("a list").iter().map(loss).collect()
}

async fn suspend(server: &Server, operator: Me, host: &str) {
    let (public_comment, private_comment) = (String::new(), String::new());
    let host = Host::parse(host).expect("a host");
    let rule = NewRule { host, ruling: Ruling::Suspend, public_comment, private_comment };
    app::rules::set(server.app(), operator, rule).await.expect("a rule");
}

async fn whoever_loses_follows_hears_why_and_how_many() {
    let net = Network::of(["alpha.test", "beta.test", "gamma.test"]).await;
    let (alpha, beta, gamma) = (net.server("alpha.test"), net.server("beta.test"), net.server("gamma.test"));
    let (ana, luis, eva) = (alpha.person("ana").await, alpha.person("luis").await, alpha.person("eva").await);
    let (bob, carl, gil) = (beta.person("bob").await, beta.person("carl").await, gamma.person("gil").await);
    for (who, whom) in
        [(&ana, &bob), (&ana, &carl), (&bob, &ana), (&luis, &carl), (&ana, &gil), (&gil, &ana), (&luis, &gil)]
    {
        who.follow(&whom.handle()).await;
        net.settle().await;
    }
    let operator = Me(app::instance::ensure(alpha.app()).await.expect("an actor"));
    let known = ana.find_account(&bob.handle()).await;
    let number = ActorId(id(&known).parse().expect("a number"));

    // One account of another server: only those hear of it who lose something.
    app::suspensions::suspend(alpha.app(), operator, number, String::new()).await.expect("a suspension");
    net.settle().await;
    assert_eq!(losses(&ana).await, [json!(["account_suspension", "bob@beta.test", 1, 1])]);
    assert_eq!(ana.relationship(&known).await["following"], false);
    assert!(losses(&luis).await.is_empty());

    // The whole server: what is lost already is not lost again.
    suspend(&alpha, operator, "beta.test").await;
    net.settle().await;
    assert_eq!(losses(&ana).await[0], json!(["domain_block", "beta.test", 0, 1]));
    assert_eq!(losses(&luis).await, [json!(["domain_block", "beta.test", 0, 1])]);

    // A server that she alone does not want: nobody else loses anything.
    ana.api("POST", "/api/v1/domain_blocks", &json!({ "domain": "gamma.test" })).await;
    net.settle().await;
    assert_eq!(losses(&ana).await[0], json!(["user_domain_block", "gamma.test", 1, 1]));
    assert_eq!((losses(&ana).await.len(), losses(&luis).await.len(), losses(&eva).await.len()), (3, 1, 0));
    let kept = luis.find_account(&gil.handle()).await;
    assert_eq!(luis.relationship(&kept).await["following"], true);
    assert_eq!(gil.relationship(&gil.find_account(&ana.handle()).await).await["following"], false, "she told them");

    // Apps that gather their notices get the event, too; and it stands on the page.
    let gathered = ana.read("/api/v2/notifications?types[]=severed_relationships").await;
    let groups = gathered["notification_groups"].as_array().expect("a list");
    assert!(groups.iter().any(|group| group["event"]["type"] == "user_domain_block"), "{gathered}");
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("ana", "correct horse", "/").await;
    let page = browser.get("/notices").await.text();
    assert!(page.contains("gamma.test") && page.contains("bob@beta.test"), "{page}");
    beta.expect_parked();
}

on_both![whoever_loses_follows_hears_why_and_how_many];
