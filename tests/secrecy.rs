//! What is not for everybody stays where it belongs: direct posts, followers-only posts, private groups.

use std::time::Duration;

use app::{Me, groups::NewGroup};
use domain::group::{Joining, Reach, Visibility};
use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, Person, Software, id, on_both};

/// A word that must not be found where it does not belong.
const SECRET: &str = "Quetzalcoatl";

async fn a_narrow_post_that_mentions_a_public_group_is_not_announced() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let bea = masto.person("bea");
    let lemmy = net.peer("lem.test", Software::Lemmy);
    lemmy.person("leo").follow(&alpha, club.uri()).await;
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    lemmy.take();
    masto.take();
    for visibility in ["direct", "private"] {
        let body = json!({ "status": format!("{SECRET} @club"), "visibility": visibility });
        ben.api("POST", "/api/v1/statuses", &body).await;
    }
    bea.send(&alpha, &bea.whisper(SECRET, &[(club.uri(), &club.handle())])).await;
    let mut narrow = bea.toot(SECRET, &[(club.uri(), &club.handle())], None);
    narrow["to"] = json!([bea.part("followers")]);
    narrow["cc"] = json!([club.uri(), club.followers()]);
    narrow["object"]["to"] = narrow["to"].clone();
    narrow["object"]["cc"] = narrow["cc"].clone();
    masto.serve(&narrow["object"]);
    bea.send(&alpha, &narrow).await;
    net.settle().await;
    assert!(lemmy.received().is_empty(), "{:?}", lemmy.kinds());
    assert!(masto.received().is_empty(), "{:?}", masto.kinds());
    assert_eq!(alpha.document(&format!("{}/outbox", club.uri())).await["totalItems"], 0);
    assert!(ana.home().await.is_empty(), "{:?}", ana.home().await);
    assert!(!alpha.get(club.uri(), "text/html").await.text().contains(SECRET));
}

async fn a_direct_post_is_for_those_it_names() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben, bob) = (alpha.person("ana").await, alpha.person("ben").await, beta.person("bob").await);
    bob.follow("@ana@alpha.test").await;
    net.settle().await;
    let eve = beta.person("eve").await;
    let body = json!({ "status": format!("{SECRET} @bob@beta.test"), "visibility": "direct" });
    let post = ana.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    let told = bob.read("/api/v1/notifications").await;
    assert!(told.to_string().contains(SECRET), "{told}");
    let uri = post["uri"].as_str().unwrap();
    assert_eq!(alpha.get(uri, ACTIVITY).await.status, 404, "as if it did not exist");
    assert_eq!(alpha.get(uri, "text/html").await.status, 404);
    for (person, path) in [(&ben, format!("/api/v1/statuses/{}", id(&post)))] {
        assert_eq!(person.call("GET", &path, &Value::Null).await.status, 404);
    }
    assert_eq!(eve.search(uri).await["statuses"], json!([]));
    let outbox = alpha.document("/@ana/outbox?page=1").await;
    assert!(!outbox.to_string().contains(SECRET));
}

/// Looks everywhere where a stranger can look.
async fn look_around(net: &Network, stranger: &Person, uris: &[String]) -> String {
    let alpha = net.server("alpha.test");
    let mut all = String::new();
    let mut targets: Vec<String> =
        ["/", "/@club", "/@ana", "/actor", "/@club/outbox?page=1", "/@ana/outbox?page=1"].map(str::to_owned).to_vec();
    for name in ["club", "ana"] {
        for part in ["outbox", "followers", "following", "featured", "moderators"] {
            targets.push(format!("/@{name}/{part}"));
        }
    }
    targets.extend(["/nodeinfo/2.0", "/nodeinfo/2.1", "/sitemap.xml", "/robots.txt", "/metrics"].map(str::to_owned));
    for uri in uris {
        targets.push(uri.clone());
        targets.extend(["replies", "likes", "shares", "context"].map(|part| format!("{uri}/{part}")));
    }
    for target in &targets {
        for accept in [ACTIVITY, "text/html", "*/*"] {
            let answer = alpha.get(target, accept).await;
            if uris.iter().any(|uri| target.starts_with(uri.as_str())) {
                assert_eq!(answer.status, 404, "{target} as {accept}: {}", answer.text());
            }
            all.push_str(&answer.text());
        }
    }
    for path in ["/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/notifications", "/api/v1/directory"] {
        all.push_str(&stranger.call("GET", path, &Value::Null).await.text());
    }
    all.push_str(&stranger.search(SECRET).await.to_string());
    for uri in uris {
        all.push_str(&stranger.search(uri).await.to_string());
    }
    all
}

async fn nothing_leaves_a_private_group() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, eve) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("eve").await);
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Approval).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let (bea, leo) = (masto.person("bea"), lemmy.person("leo"));
    bea.follow(&alpha, club.uri()).await;
    leo.follow(&alpha, ana.uri()).await;
    ben.follow("@club@alpha.test").await;
    net.settle().await;
    // Members from anywhere may be admitted; what is written stays here all the same.
    for account in ana.read("/api/v1/follow_requests").await.as_array().unwrap() {
        ana.act(&format!("/api/v1/follow_requests/{}/authorize", id(account))).await;
    }
    net.settle().await;
    masto.take();
    lemmy.take();

    let thread = ana.post(&format!("{SECRET} rises @club @bea@masto.test")).await;
    let reply = ben.reply(&thread, &format!("{SECRET} indeed")).await;
    ben.act(&format!("/api/v1/statuses/{}/favourite", id(&thread))).await;
    let edit = json!({ "status": format!("{SECRET} rises again @club") });
    ana.api("PUT", &format!("/api/v1/statuses/{}", id(&thread)), &edit).await;
    net.settle().await;
    assert_eq!(ben.replies(&thread).await.len(), 1, "members read it");
    assert!(ben.home().await.iter().any(|status| status.to_string().contains(SECRET)), "members have it at home");

    let uris: Vec<String> = [&thread, &reply].map(|post| post["uri"].as_str().unwrap().to_owned()).to_vec();
    let all = look_around(&net, &eve, &uris).await;
    assert!(!all.contains(SECRET), "{all}");
    for post in [&thread, &reply] {
        let path = format!("/api/v1/statuses/{}", id(post));
        for path in [path.clone(), format!("{path}/context")] {
            assert_eq!(eve.call("GET", &path, &Value::Null).await.status, 404, "{path}");
        }
        let answer = eve.call("POST", &format!("{path}/favourite"), &json!({})).await;
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    let intrusion = json!({ "status": "Let me in @club", "visibility": "public" });
    let refused = eve.call("POST", "/api/v1/statuses", &intrusion).await;
    assert!(matches!(refused.status, 403 | 404 | 422), "{} {}", refused.status, refused.text());
    for peer in [&masto, &lemmy] {
        assert!(peer.received().is_empty(), "{:?}", peer.received());
    }
    ben.api("DELETE", &format!("/api/v1/statuses/{}", id(&reply)), &Value::Null).await;
    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&thread)), &Value::Null).await;
    net.settle().await;
    for peer in [&masto, &lemmy] {
        assert!(peer.received().is_empty(), "not even that it is gone: {:?}", peer.received());
    }
    assert!(!net.transcript().0.iter().any(|exchange| exchange.sent.to_string().contains(SECRET)));
}

async fn members_elsewhere_are_told_that_there_is_something_and_not_what() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Approval).await;
    let (masto, other) = (net.peer("masto.test", Software::Mastodon), net.peer("other.test", Software::Mastodon));
    let bea = masto.person("bea");
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    for account in ana.read("/api/v1/follow_requests").await.as_array().unwrap() {
        ana.act(&format!("/api/v1/follow_requests/{}/authorize", id(account))).await;
    }
    other.person("eve").follow(&alpha, club.uri()).await;
    net.settle().await;
    masto.take();
    assert_eq!(other.kinds(), ["Create{Note}"], "who asks is told, once, where it is read");
    other.take();

    let told_before = ana.read("/api/v1/notifications").await;
    for text in ["rises", "sets"] {
        let thread = ana.post(&format!("{SECRET} {text} @club")).await;
        ana.reply(&thread, &format!("{SECRET} {text} again")).await;
    }
    net.settle().await;
    assert!(masto.received().is_empty(), "not at once");
    net.pass_time(Duration::from_mins(11)).await;
    let told = masto.only("Create{Note}").activity;
    assert!(told.to_string().contains(club.uri()) && !told.to_string().contains(SECRET), "{told}");
    assert_eq!(told["to"], json!([bea.uri]), "{told}");
    assert_eq!(masto.take().len(), 1, "once for all of it");

    ana.post(&format!("{SECRET} at noon @club")).await;
    net.pass_time(Duration::from_hours(2)).await;
    assert!(masto.take().is_empty(), "not again on the same day");
    net.pass_time(Duration::from_hours(24)).await;
    ana.post(&format!("{SECRET} the next day @club")).await;
    net.pass_time(Duration::from_mins(11)).await;
    assert_eq!(masto.take().len(), 1);
    assert!(other.kinds().is_empty(), "nobody who only asked: {:?}", other.kinds());
    assert_eq!(ana.read("/api/v1/notifications").await, told_before, "the team knows already");
}

async fn a_public_post_to_a_private_group_is_ignored() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, eve) = (alpha.person("ana").await, alpha.person("eve").await);
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Approval).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let create = bea.toot("Hello?", &[(club.uri(), &club.handle())], None);
    bea.send(&alpha, &create).await;
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    leo.send(&alpha, &leo.lemmy_page(club.uri(), "Knock", "Knock")).await;
    net.settle().await;
    let inside = app::Me(ana.actor.id);
    let list = store::posts::List::Threads(club.actor.id);
    let threads =
        alpha.app().read(move |c| store::posts::list(c, list, Some(inside.0), store::posts::Page::first(9))).await;
    assert!(threads.unwrap().is_empty());
    assert!(eve.home().await.is_empty());
}

async fn who_only_followed_a_group_that_turns_private_is_out() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, eve) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("eve").await);
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    bea.follow(&alpha, club.uri()).await;
    for follower in [&ben, &eve] {
        follower.follow(&club.handle()).await;
    }
    app::members::join(alpha.app(), Me(ben.actor.id), club.actor.id).await.unwrap();
    net.settle().await;
    bea.peer.take();
    assert_eq!(club.follower_count().await, 4);
    let (_, settings) = app::charters::look(alpha.app(), Me(ana.actor.id), club.actor.id).await.unwrap();
    let joining = Joining::Approval;
    let private = app::charters::Settings { visibility: Visibility::Private, joining, ..settings };
    app::charters::change(alpha.app(), Me(ana.actor.id), club.actor.id, private).await.unwrap();
    net.settle().await;
    assert!(bea.peer.kinds().contains(&"Reject{Follow}".to_owned()), "{:?}", bea.peer.kinds());
    let told = bea.peer.only("Create{Note}").activity;
    assert_eq!((&told["actor"], &told["to"]), (&json!(club.uri()), &json!([bea.uri])), "by a private message");
    assert!(told.to_string().contains("follow @club@alpha.test again"), "{told}");
    for (person, times) in [(&eve, 1), (&ben, 0), (&ana, 0)] {
        let said = person.read("/api/v1/conversations").await;
        let said = said.as_array().unwrap().iter().filter(|one| one.to_string().contains("is private from now on"));
        assert_eq!(said.count(), times, "{}", person.actor.name);
    }
    let group = club.actor.id;
    let follows = async |person: &Person| {
        let person = person.actor.id;
        alpha.app().read(move |c| store::follows::get(c, person, group)).await.unwrap().is_some()
    };
    assert!(follows(&ana).await && follows(&ben).await && !follows(&eve).await, "members stay");
}

async fn of_a_hidden_group_nobody_learns_who_was_not_let_in() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, eve) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("eve").await);
    let club = NewGroup {
        name: "club".into(),
        title: SECRET.into(),
        summary: SECRET.into(),
        visibility: Visibility::Private,
        joining: Joining::Invite,
        reach: Reach::Home,
        hidden: true,
        host: None,
    };
    let club = alpha.found(&ana, club).await;
    let id = club.actor.id;
    app::invitations::invite(alpha.app(), Me(ana.actor.id), id, ben.actor.id).await.unwrap();
    let parts =
        ["", "/outbox", "/followers", "/following", "/featured", "/moderators", "/affiliations", "/rules", "/log"];
    let mut targets: Vec<String> = parts.iter().map(|part| format!("/@club{part}")).collect();
    targets.push("/.well-known/webfinger?resource=acct:club@alpha.test".into());
    targets.extend(["apply", "subscribe"].map(|page| format!("/{page}?group={id}")));
    for target in &targets {
        for accept in [ACTIVITY, "text/html"] {
            let answer = alpha.get(target, accept).await;
            assert_eq!(answer.status, 404, "{target} as {accept}: {}", answer.text());
            assert!(!answer.text().contains(SECRET), "{target}");
        }
    }
    for page in ["/communities", "/sitemap.xml", "/", "/nodeinfo/2.1"] {
        assert!(!alpha.get(page, "text/html").await.text().contains(SECRET), "{page}");
    }
    let account = format!("/api/v1/accounts/{id}");
    let mut calls = vec![
        ("GET", account.clone()),
        ("GET", "/api/v1/accounts/lookup?acct=club".into()),
        ("DELETE", format!("/api/v1/suggestions/{id}")),
    ];
    let read = ["statuses", "followers", "following", "endorsements", "featured_tags"];
    calls.extend(read.map(|part| ("GET", format!("{account}/{part}"))));
    let done =
        ["follow", "unfollow", "remove_from_followers", "block", "unblock", "mute", "unmute", "note", "pin", "unpin"];
    calls.extend(done.map(|deed| ("POST", format!("{account}/{deed}"))));
    for (method, path) in calls {
        assert_eq!(eve.call(method, &path, &Value::Null).await.status, 404, "{method} {path}");
    }
    let requests = "/api/v1/notifications/requests/accept";
    for (path, body) in
        [("/api/v1/reports", json!({ "account_id": id.to_string() })), (requests, json!({ "id": [id] }))]
    {
        assert_eq!(eve.call("POST", path, &body).await.status, 404, "{path}");
    }
    let list = eve.api("POST", "/api/v1/lists", &json!({ "title": "x" })).await;
    let list = format!("/api/v1/lists/{}/accounts", crate::network::id(&list));
    assert_eq!(eve.call("POST", &list, &json!({ "account_ids": [id.to_string()] })).await.status, 404);
    for path in ["/api/v1/accounts", "/api/v1/accounts/relationships"] {
        assert_eq!(eve.read(&format!("{path}?id[]={id}")).await, json!([]), "{path}");
    }
    let following = format!("/api/v1/accounts/{}/following", ana.actor.id);
    assert_eq!(eve.read(&following).await, json!([]));
    assert_eq!(ben.read(&following).await[0]["id"], json!(id.to_string()));
    // Nor by counting: she follows nobody else.
    let ana_as_seen = eve.read(&format!("/api/v1/accounts/{}", ana.actor.id)).await;
    assert_eq!(ana_as_seen["following_count"], 0, "{ana_as_seen}");
    assert_eq!(alpha.document("/@ana/following").await["totalItems"], 0);
    for query in [club.uri(), "@club@alpha.test", "club", SECRET] {
        assert_eq!(eve.search(query).await["accounts"], json!([]), "{query}");
    }
    // Whom she names is nobody.
    let said = eve.api("POST", "/api/v1/statuses", &json!({ "status": "@club hi", "visibility": "direct" })).await;
    assert_eq!(said["mentions"], json!([]));
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let toot = bea.toot("hi", &[(club.uri(), "@club@alpha.test"), (eve.uri(), &eve.handle())], None);
    bea.send(&alpha, &toot).await;
    net.settle().await;
    let said = eve.find_post(toot["object"]["id"].as_str().unwrap()).await;
    let named: Vec<&Value> = said["mentions"].as_array().unwrap().iter().map(|one| &one["acct"]).collect();
    assert_eq!(named, ["eve"], "nor whom somebody elsewhere names");

    // Who was asked in finds it, and so does who is in.
    for person in [&ben, &ana] {
        assert_eq!(person.read(&account).await["display_name"], SECRET);
        assert_eq!(person.search("@club@alpha.test").await["accounts"][0]["id"], json!(id.to_string()));
    }
    app::members::join(alpha.app(), Me(ben.actor.id), id).await.unwrap();
    assert_eq!(ben.read(&account).await["display_name"], SECRET);
}

on_both![
    of_a_hidden_group_nobody_learns_who_was_not_let_in,
    who_only_followed_a_group_that_turns_private_is_out,
    members_elsewhere_are_told_that_there_is_something_and_not_what,
    a_narrow_post_that_mentions_a_public_group_is_not_announced,
    a_direct_post_is_for_those_it_names,
    nothing_leaves_a_private_group,
    a_public_post_to_a_private_group_is_ignored,
];
