//! People here take part from a client, and everybody elsewhere hears of it in the form they understand.

use serde_json::{Value, json};

use crate::network::{Delivered, Network, Request, Software, id, on_both, text};

async fn a_post_that_mentions_a_group_is_its_thread() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    masto.person("max").follow(&alpha, club.uri()).await;
    lemmy.person("leo").follow(&alpha, club.uri()).await;
    net.settle().await;
    masto.take();
    lemmy.take();

    let thread = ben.post("Tomatoes in May @club\n\nWho has **grown** them?").await;
    net.settle().await;
    let announce = lemmy.only("Announce{Create{Page}}").activity;
    let page = &announce["object"]["object"];
    assert_eq!(page["id"], thread["uri"]);
    assert_eq!(page["name"], "Tomatoes in May");
    assert_eq!(page["attributedTo"], ben.uri());
    assert_eq!(page["audience"], club.uri());
    assert!(page["content"].as_str().unwrap().contains("<strong>grown</strong>"));
    assert_eq!(lemmy.received().len(), 1, "{:?}", lemmy.kinds());

    let announce = masto.only("Announce").activity;
    assert_eq!(announce["object"], thread["uri"]);
    let note = alpha.document(thread["uri"].as_str().unwrap()).await;
    assert_eq!(note["type"], "Note", "microblogs drop the text of anything else");
    assert!(note["tag"].to_string().contains(&club.handle()), "a reply there mentions the group then: {}", note["tag"]);
    assert!(note["summary"].is_null(), "a title is no content warning");

    let home = ana.home().await;
    assert_eq!(home.len(), 1);
    assert_eq!(home[0]["reblog"]["id"], thread["id"]);
    assert_eq!(home[0]["account"]["group"], true);
    assert_eq!(ben.home().await.len(), 1, "what one wrote oneself: {:?}", ben.home().await);
}

async fn replies_edits_votes_and_deletions_follow() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let max = masto.person("max");
    max.follow(&alpha, club.uri()).await;
    lemmy.person("leo").follow(&alpha, club.uri()).await;
    let thread = ben.post("Tomatoes @club").await;
    net.settle().await;
    let take = || (lemmy.take(), masto.take());
    take();
    let kinds = |told: &[Delivered]| told.iter().map(Delivered::kind).collect::<Vec<_>>();

    let reply = ana.reply(&thread, "Mine are red.").await;
    net.settle().await;
    let (forum, microblog) = take();
    assert_eq!(kinds(&forum), ["Announce{Create{Note}}"]);
    assert!(!kinds(&microblog).iter().any(|kind| kind.starts_with("Announce")), "{:?}", kinds(&microblog));
    assert_eq!(ben.replies(&thread).await, ["Mine are red."]);
    assert_eq!(ben.read("/api/v1/notifications").await[0]["status"]["id"], reply["id"]);
    assert_eq!(ana.home().await.len(), 2, "a reply is no news, but to whoever wrote it: {:?}", ana.home().await);
    assert_eq!(ben.home().await.len(), 1, "{:?}", ben.home().await);

    let edit = json!({ "status": "Mine are yellow." });
    ana.api("PUT", &format!("/api/v1/statuses/{}", id(&reply)), &edit).await;
    net.settle().await;
    let (forum, microblog) = take();
    assert_eq!(kinds(&forum), ["Announce{Update{Note}}"]);
    assert!(!kinds(&microblog).iter().any(|kind| kind.starts_with("Announce")), "{:?}", kinds(&microblog));
    assert_eq!(ben.replies(&thread).await, ["Mine are yellow."]);

    let status = ana.act(&format!("/api/v1/statuses/{}/favourite", id(&thread))).await;
    assert_eq!((status["favourited"].as_bool(), status["favourites_count"].as_u64()), (Some(true), Some(1)));
    net.settle().await;
    let (forum, microblog) = take();
    assert_eq!(kinds(&forum), ["Announce{Like}"]);
    assert!(microblog.is_empty(), "{:?}", kinds(&microblog));
    ana.act(&format!("/api/v1/statuses/{}/unfavourite", id(&thread))).await;
    net.settle().await;
    assert_eq!(kinds(&take().0), ["Announce{Undo{Like}}"]);

    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&reply)), &Value::Null).await;
    ben.api("DELETE", &format!("/api/v1/statuses/{}", id(&thread)), &Value::Null).await;
    net.settle().await;
    let (forum, microblog) = take();
    assert_eq!(forum.len(), 2, "{:?}", kinds(&forum));
    assert!(kinds(&forum).iter().all(|kind| kind.starts_with("Announce{Delete")), "{:?}", kinds(&forum));
    let gone = |kind: &String| kind == "Undo{Announce}" || kind.starts_with("Delete");
    assert!(kinds(&microblog).iter().any(gone) && kinds(&microblog).iter().all(gone), "{:?}", kinds(&microblog));
    assert!(ana.home().await.is_empty());
}

async fn one_writes_in_groups_of_other_forums() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let rocks = lemmy.group("rocks");
    let leo = lemmy.person("leo");
    for person in [&ana, &ben] {
        person.follow(&rocks.handle()).await;
    }
    net.settle().await;
    for follow in lemmy.take() {
        rocks.answer(&alpha, "Accept", &follow.activity).await;
    }
    net.settle().await;

    let thread = ana.post(&format!("Basalt {}\n\nIs it common?", rocks.handle())).await;
    net.settle().await;
    let create = lemmy.only("Create{Page}").activity;
    assert_eq!(create["object"]["name"], "Basalt");
    assert_eq!(create["object"]["audience"], rocks.uri.as_str());
    assert!(create["object"]["to"].to_string().contains(&rocks.uri), "{create}");

    // The group passes it on: that is when others here have it.
    rocks.send(&alpha, &rocks.addressed("Announce", &create, &[&rocks.part("followers")])).await;
    net.settle().await;
    let home = ben.home().await;
    assert_eq!(home.len(), 1);
    assert_eq!(home[0]["reblog"]["id"], thread["id"]);

    // What others write there arrives the same way; it counts because it is where it says.
    let page = leo.lemmy_page(&rocks.uri, "Granite", "Is it common?");
    rocks.send(&alpha, &rocks.addressed("Announce", &page, &[&rocks.part("followers")])).await;
    let comment = leo.lemmy_comment(&rocks.uri, (thread["uri"].as_str().unwrap(), ana.uri()), "Very.");
    rocks.send(&alpha, &rocks.addressed("Announce", &comment, &[&rocks.part("followers")])).await;
    net.settle().await;
    assert_eq!(ana.replies(&thread).await, ["Very."]);
    let home = ben.home().await;
    assert_eq!(home.len(), 2, "{home:?}");
    assert_eq!(text(&home[0]["reblog"]), "Granite\n\nIs it common?");
    assert_eq!(home[0]["account"]["acct"], "rocks@lem.test");
    assert_eq!(ana.read("/api/v1/notifications?types[]=mention").await[0]["account"]["acct"], "leo@lem.test");
}

async fn what_is_said_in_anothers_name_does_not_count() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let rocks = lemmy.group("rocks");
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    rocks.answer(&alpha, "Accept", &lemmy.only("Follow").activity).await;
    net.settle().await;

    // Never written: its author's server does not know it.
    let mut invented = max.toot("Invented", &[(&rocks.uri, &rocks.handle())], None);
    max.peer.withdraw(invented["object"]["id"].as_str().unwrap());
    rocks.send(&alpha, &rocks.addressed("Announce", &invented, &[])).await;
    // Written, but not like this: what its author's server says counts.
    let mut altered = max.toot("Real", &[(&rocks.uri, &rocks.handle())], None);
    altered["object"]["content"] = json!("<p>Altered</p>");
    rocks.send(&alpha, &rocks.addressed("Announce", &altered, &[])).await;
    net.settle().await;
    invented["object"]["id"] = json!(rocks.peer.id("post"));
    rocks.send(&alpha, &rocks.addressed("Announce", &invented, &[])).await;
    net.settle().await;
    alpha.expect_parked();
    let texts: Vec<String> = ana.home().await.iter().map(|status| text(&status["reblog"])).collect();
    assert_eq!(texts, ["@rocks Real"]);
}

async fn pages_of_other_sites_may_call_with_a_token() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let url = alpha.url("/api/v1/statuses");
    let from_a_page = |method| Request::new(method, &url).with("origin", "https://client.example");
    let preflight = from_a_page("OPTIONS")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "authorization,x-own");
    let answer = alpha.ask(&preflight).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,x-own"));
    let methods = answer.header("access-control-allow-methods").unwrap();
    assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].iter().all(|method| methods.contains(method)), "{methods}");
    assert!(answer.header("access-control-allow-credentials").is_none(), "never with cookies");
    // The page is to understand a refusal, too.
    let refused = alpha.ask(&from_a_page("POST")).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some("*")));
}

on_both![
    pages_of_other_sites_may_call_with_a_token,
    a_post_that_mentions_a_group_is_its_thread,
    replies_edits_votes_and_deletions_follow,
    one_writes_in_groups_of_other_forums,
    what_is_said_in_anothers_name_does_not_count,
];
