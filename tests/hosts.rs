//! Groups on hosts of their own: one process, several names, and each name speaks for itself alone.

use app::Error;
use app::groups::NewGroup;
use domain::group::{Joining, Reach, Visibility};
use domain::host::Host;
use serde_json::{Value, json};

use crate::network::{ACTIVITY, Group, Network, Person, Server, Software, id, on_both};

/// A server with a group of its own and one on the host of an organization; both have the same name.
async fn setting(net: &Network) -> (Server, Person, Group, Group) {
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let foro = alpha.group_on("foro.test", "club", &ana).await;
    net.lead("foro.test", &alpha);
    (alpha, ana, club, foro)
}

async fn webfinger(server: &Server, host: &str, resource: &str) -> Value {
    let answer = server.get(&format!("http://{host}/.well-known/webfinger?resource={resource}"), "*/*").await;
    if answer.status == 200 { answer.value() } else { Value::Null }
}

async fn a_group_is_found_on_its_own_host() {
    let net = Network::of(["alpha.test"]).await;
    let (alpha, ana, club, foro) = setting(&net).await;
    assert_eq!(foro.handle(), "@club@foro.test");
    assert_eq!(foro.uri(), "http://foro.test/@club");
    let document = alpha.document(foro.uri()).await;
    assert_eq!(document["id"], foro.uri());
    assert_eq!(document["webfinger"], "club@foro.test");
    assert_eq!(document["inbox"], "http://foro.test/@club/inbox");
    assert_eq!(document["endpoints"]["sharedInbox"], "http://foro.test/inbox");
    assert_eq!(document["publicKey"]["id"], "http://foro.test/@club#main-key");
    assert_eq!(alpha.document(club.uri()).await["name"], "CLUB");
    for part in ["outbox", "followers", "following", "featured", "moderators"] {
        let url = format!("{}/{part}", foro.uri());
        assert_eq!(alpha.document(&url).await["id"], url);
    }
    let found = webfinger(&alpha, "foro.test", "acct:club@foro.test").await;
    assert_eq!(found["links"][0]["href"], foro.uri());
    assert_eq!(found["links"][2]["template"], "http://foro.test/authorize_interaction?uri={uri}");
    for (host, resource) in [
        ("alpha.test", "acct:club@foro.test"),
        ("alpha.test", "http://foro.test/@club"),
        ("foro.test", "acct:club@alpha.test"),
        ("foro.test", "acct:ana@foro.test"),
        ("foro.test", "http://alpha.test/@ana"),
    ] {
        assert_eq!(webfinger(&alpha, host, resource).await, Value::Null, "{resource} at {host}");
    }
    let server = webfinger(&alpha, "foro.test", "acct:foro.test@foro.test").await;
    assert_eq!(server["links"][0]["href"], "http://foro.test/actor");
    assert_eq!(alpha.document("http://foro.test/actor").await["id"], "http://foro.test/actor");
    let info = alpha.get("http://foro.test/.well-known/nodeinfo", "*/*").await.value();
    assert_eq!(info["links"][0]["href"], "http://foro.test/nodeinfo/2.0");
    let info = alpha.get("http://foro.test/nodeinfo/2.1", "*/*").await.value();
    assert_eq!((&info["usage"]["users"]["total"], &info["metadata"]["groups"]), (&json!(0), &json!(1)));
    let page = alpha.get(foro.uri(), "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("@club@foro.test"), "{}", page.text());
    let front = alpha.get("http://foro.test/", "text/html").await.text();
    assert!(front.contains(foro.uri()) && !front.contains(club.uri()), "{front}");

    assert_eq!(alpha.get("http://foro.test/@ana", ACTIVITY).await.status, 404, "she lives on the other host");
    assert_eq!(alpha.get("http://foro.test/@ana", "text/html").await.status, 404);
    let moved = alpha.get("http://alpha.test/@club@foro.test", "text/html").await;
    assert_eq!((moved.status, moved.header("location")), (301, Some(foro.uri())));
    for other in ["foro.test.evil.test", "xforo.test", "foro.test:81", "gamma.test", "127.0.0.1"] {
        assert_eq!(alpha.get(&format!("http://{other}/@club"), ACTIVITY).await.status, 421, "{other}");
    }
    let account = ana.find_account("@club@foro.test").await;
    assert_eq!((&account["acct"], &account["uri"]), (&json!("club@foro.test"), &json!(foro.uri())));
    assert_eq!(ana.find_account("@club@alpha.test").await["acct"], "club");
}

async fn the_network_speaks_with_a_group_on_its_own_host() {
    let net = Network::of(["alpha.test"]).await;
    let (alpha, ana, club, foro) = setting(&net).await;
    let (masto, lemmy) = (net.peer("masto.test", Software::Mastodon), net.peer("lem.test", Software::Lemmy));
    let (bea, leo) = (masto.person("bea"), lemmy.person("leo"));
    bea.follow(&alpha, foro.uri()).await;
    let follow = leo.activity("Follow", &json!(foro.uri()));
    assert_eq!(leo.post("http://foro.test/inbox", &follow).await, 202);
    net.settle().await;
    for peer in [&masto, &lemmy] {
        let accept = peer.only("Accept{Follow}");
        assert_eq!(accept.signer, foro.uri());
        assert!(accept.activity["id"].as_str().unwrap().starts_with("http://foro.test/activities/"), "{accept:?}");
    }
    assert_eq!((foro.follower_count().await, club.follower_count().await), (3, 1));
    masto.take();
    lemmy.take();

    let thread = ana.post("Welcome @club@foro.test").await;
    net.settle().await;
    let boost = masto.only("Announce");
    assert_eq!((&boost.signer, &boost.activity["object"]), (&foro.uri().to_owned(), &thread["uri"]));
    let wrapped = lemmy.only("Announce{Create{Page}}");
    assert_eq!(wrapped.signer, foro.uri());
    assert_eq!(wrapped.activity["object"]["object"]["audience"], foro.uri());
    assert!(wrapped.activity["object"]["id"].as_str().unwrap().starts_with("http://alpha.test/activities/"));
    // What was sent is served where its id says, and nowhere else.
    let announce = boost.activity["id"].as_str().unwrap();
    assert!(announce.starts_with("http://foro.test/activities/"), "{announce}");
    assert_eq!(alpha.document(announce).await["object"], thread["uri"]);
    assert_eq!(alpha.get(&announce.replace("foro.test", "alpha.test"), ACTIVITY).await.status, 404);
    masto.take();
    lemmy.take();

    let (uri, handle) = foro.named();
    bea.send(&alpha, &bea.toot("Tomatoes", &[(&uri, &handle)], None)).await;
    let page = leo.lemmy_page(foro.uri(), "Potatoes", "Good ones");
    assert_eq!(leo.post("http://foro.test/inbox", &page).await, 202);
    net.settle().await;
    let outbox = alpha.document(&format!("{uri}/outbox")).await;
    assert_eq!(outbox["totalItems"], 3, "{outbox}");
    assert_eq!(alpha.document(&format!("{}/outbox", club.uri())).await["totalItems"], 0);
    let boosted: Vec<Value> = masto.take().into_iter().map(|boost| boost.activity["object"].clone()).collect();
    assert!(boosted.contains(&page["object"]["id"]), "{boosted:?}");
    assert!(lemmy.kinds().contains(&"Announce{Create{Note}}".to_owned()), "{:?}", lemmy.kinds());
    for own in ["alpha.test", "foro.test"] {
        let said = net.transcript();
        assert!(said.0.iter().all(|exchange| exchange.to != own || exchange.from != "alpha.test"), "{said}");
    }
}

async fn one_host_does_not_tell_what_is_private_on_another() {
    let net = Network::of(["alpha.test"]).await;
    let (alpha, ana, _, _) = setting(&net).await;
    let new = |host: &str, name: &str| NewGroup {
        hidden: false,
        name: name.to_owned(),
        title: "Board".to_owned(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Approval,
        reach: Reach::Home,
        host: Host::parse(host),
    };
    let board = alpha.found(&ana, new("foro.test", "board")).await;
    let secret = ana.post("Quetzalcoatl @board@foro.test").await;
    assert_eq!(ana.home().await.len(), 1, "she reads it");
    let number = id(&secret);
    for host in ["alpha.test", "foro.test"] {
        for path in [
            format!("/@ana/{number}"),
            format!("/@board/{number}"),
            "/@board".to_owned(),
            "/@board/outbox".to_owned(),
            "/@board/outbox?page=1".to_owned(),
            "/".to_owned(),
            "/nodeinfo/2.1".to_owned(),
            format!("/api/v1/statuses/{number}"),
        ] {
            for accept in [ACTIVITY, "text/html"] {
                let answer = alpha.get(&format!("http://{host}{path}"), accept).await;
                assert!(!answer.text().contains("Quetzalcoatl"), "{host}{path}: {}", answer.text());
                let elsewhere = host == "alpha.test" && path.starts_with("/@board");
                assert!(!elsewhere || answer.status == 404, "{host}{path}: {}", answer.status);
            }
        }
    }
    assert_eq!(alpha.document(board.uri()).await["id"], board.uri(), "that it is there is no secret");
    // A name is unique on its host, and a host of others does not become ours.
    let app = alpha.app();
    let again = app::groups::create(app, ana.actor.id, new("foro.test", "board")).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    net.peer("masto.test", Software::Mastodon).person("bea").follow(&alpha, board.uri()).await;
    net.settle().await;
    let theirs = app::groups::create(app, ana.actor.id, new("masto.test", "board")).await;
    assert!(matches!(theirs, Err(Error::Conflict(_))), "{theirs:?}");
    assert!(!app.site().serves(&Host::parse("masto.test").unwrap()));
}

on_both![
    a_group_is_found_on_its_own_host,
    the_network_speaks_with_a_group_on_its_own_host,
    one_host_does_not_tell_what_is_private_on_another,
];
