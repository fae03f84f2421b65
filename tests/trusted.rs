//! Private groups whose posts go to the servers of members, and no further.

use app::{Me, groups::NewGroup};
use domain::{
    group::{Joining, Reach, Visibility},
    id::PostId,
};
use serde_json::{Value, json};

use crate::network::{
    ACTIVITY, Delivered, Group, Network, PUBLIC, Person, Puppet, Server, Software, id, on_both, text,
};

const SECRET: &str = "Quetzalcoatl";

/// A private group on alpha with a member on lem.test, one on masto.test and one on beta.test; nobody on other.test.
struct Scene {
    net: Network,
    alpha: Server,
    ana: Person,
    board: Group,
    leo: Puppet,
    bea: Puppet,
    eva: Puppet,
    bob: Person,
}

async fn scene() -> Scene {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bob) = (alpha.person("ana").await, net.server("beta.test").person("bob").await);
    let new = NewGroup {
        hidden: false,
        name: "board".to_owned(),
        title: "Board".to_owned(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Approval,
        reach: Reach::Trusted,
        host: None,
    };
    let board = alpha.found(&ana, new).await;
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    let eva = net.peer("other.test", Software::Lemmy).person("eva");
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    leo.follow(&alpha, board.uri()).await;
    bea.follow(&alpha, board.uri()).await;
    bob.follow(&board.handle()).await;
    net.settle().await;
    for account in ana.read("/api/v1/follow_requests").await.as_array().unwrap() {
        ana.act(&format!("/api/v1/follow_requests/{}/authorize", id(account))).await;
    }
    net.settle().await;
    leo.peer.only("Accept{Follow}");
    leo.peer.take();
    bea.peer.take();
    Scene { net, alpha, ana, board, leo, bea, eva, bob }
}

impl Scene {
    /// The status that a signed request of somebody gets.
    async fn status(&self, of: &Puppet, url: &str) -> u16 {
        self.alpha.ask(&of.asks(url)).await.status
    }

    /// What Lemmy 1.0 sends when a member of a private group starts a thread in it.
    fn private_page(&self, title: &str) -> Value {
        let mut create = self.leo.lemmy_page(self.board.uri(), title, "Among us");
        let to = json!([self.board.uri(), self.board.followers()]);
        for (field, value) in [("to", to), ("cc", json!([]))] {
            create[field] = value.clone();
            create["object"][field] = value;
        }
        self.leo.peer.serve(&create["object"]);
        create
    }
}

async fn a_post_goes_to_the_servers_of_members_that_keep_it_and_to_nobody_else() {
    let s = scene().await;
    let document = s.alpha.document(s.board.uri()).await;
    assert_eq!((&document["manuallyApprovesFollowers"], &document["accessType"]), (&json!(true), &json!("private")));
    let thread = s.ana.post(&format!("{SECRET} rises @board")).await;
    s.net.settle().await;
    let announce = s.leo.peer.only("Announce{Create{Page}}").activity;
    let (create, page) = (&announce["object"], &announce["object"]["object"]);
    assert_eq!(announce["to"], json!([s.board.followers()]));
    for inner in [create, page] {
        assert_eq!(inner["to"], json!([s.board.uri(), s.board.followers()]));
        assert_eq!(inner["audience"], s.board.uri());
    }
    assert!(!announce.to_string().contains(PUBLIC), "{announce}");
    assert_eq!(announce["proof"]["type"], "DataIntegrityProof");
    assert!(s.bea.peer.received().is_empty(), "it would show it to others: {:?}", s.bea.peer.received());
    assert!(s.eva.peer.received().is_empty());
    assert_eq!(s.bob.home().await.len(), 1, "a member elsewhere has it");
    let outsider = s.bob.server.person("zoe").await;
    assert_eq!(outsider.search(thread["uri"].as_str().unwrap()).await["statuses"], json!([]));
    assert!(outsider.home().await.is_empty());

    // Everything that follows goes the same way.
    let reply = s.ana.reply(&thread, &format!("{SECRET} speaks")).await;
    s.ana.act(&format!("/api/v1/statuses/{}/favourite", id(&thread))).await;
    let edit = json!({ "status": format!("{SECRET} sleeps @board") });
    s.ana.api("PUT", &format!("/api/v1/statuses/{}", id(&thread)), &edit).await;
    s.net.settle().await;
    s.ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&reply)), &Value::Null).await;
    s.net.settle().await;
    let mut kinds = s.leo.peer.kinds();
    kinds.sort();
    let all = [
        "Announce{Create{Note}}",
        "Announce{Create{Page}}",
        "Announce{Delete}",
        "Announce{Like}",
        "Announce{Update{Page}}",
    ];
    assert_eq!(kinds, all);
    for delivered in s.leo.peer.received() {
        assert!(!delivered.activity.to_string().contains(PUBLIC), "{}", delivered.activity);
    }
    let at_bob = s.bob.find_post(thread["uri"].as_str().unwrap()).await;
    assert!(text(&at_bob).contains("sleeps"), "{at_bob}");
    assert_eq!((&at_bob["favourites_count"], &at_bob["visibility"]), (&json!(1), &json!("private")));
    assert!(s.bea.peer.received().is_empty() && s.eva.peer.received().is_empty());
}

async fn an_owner_elsewhere_hears_who_opened_a_conversation_and_nobody_opens_one_elsewhere() {
    let s = scene().await;
    let thread = s.ana.post(&format!("{SECRET} rises @board")).await;
    s.net.settle().await;
    let admin_of = async |server: &Server| {
        let (admin, operator) = (server.person("ada").await, Me(app::instance::ensure(server.app()).await.unwrap()));
        app::roll::entrust(server.app(), operator, admin.actor.id, true).await.unwrap();
        Me(admin.actor.id)
    };
    let (alpha, beta) = (&s.alpha, &s.bob.server);
    let at_bob = s.bob.find_post(thread["uri"].as_str().unwrap()).await;
    let number = |post: &Value| PostId(id(post).parse().unwrap());
    let refused = app::openings::open(beta.app(), admin_of(beta).await, number(&at_bob), "A report".into()).await;
    assert!(matches!(refused, Err(app::Error::NotFound)), "its owner would not hear of it: {refused:?}");

    let bob = alpha.app().resolver().actor(alpha.app(), s.bob.uri()).await.unwrap();
    app::members::hand_over(alpha.app(), Me(s.ana.actor.id), s.board.actor.id, bob, false).await.unwrap();
    app::openings::open(alpha.app(), admin_of(alpha).await, number(&thread), "A report".into()).await.unwrap();
    s.net.settle().await;
    let told = s.bob.read("/api/v1/notifications?types[]=mention").await;
    let told: Vec<String> = told.as_array().unwrap().iter().map(|told| text(&told["status"])).collect();
    assert!(
        told.iter().any(|said| said.contains("opened a private conversation") && said.contains("A report")),
        "{told:?}"
    );
}

async fn what_members_elsewhere_write_reaches_all_members() {
    let s = scene().await;
    let create = s.private_page(&format!("{SECRET} of Leo"));
    s.leo.send(&s.alpha, &create).await;
    let post = s.bob.post(&format!("{SECRET} of Bob {}", s.board.handle())).await;
    s.net.settle().await;
    for person in [&s.ana, &s.bob] {
        let home = json!(person.home().await).to_string();
        for by in ["Leo", "Bob"] {
            assert!(home.contains(&format!("{SECRET} of {by}")), "{} misses {by}: {home}", person.handle());
        }
    }
    let sent = s.net.transcript().between("beta.test", "alpha.test").to_string();
    assert!(!sent.is_empty());
    for exchange in &s.net.transcript().0 {
        let said = exchange.sent.to_string();
        assert!(!said.contains(SECRET) || !said.contains(PUBLIC), "{said}");
        let keeps = ["alpha.test", "beta.test", "lem.test"].contains(&exchange.to.as_str());
        assert!(!said.contains(SECRET) || keeps, "{} got {said}", exchange.to);
    }
    let at_ana = s.ana.find_post(post["uri"].as_str().unwrap()).await;
    s.ana.reply(&at_ana, "Hear, hear").await;
    s.net.settle().await;
    assert_eq!(s.bob.replies(&post).await, ["Hear, hear"]);

    // What its author also gave to others is not taken, nor what strangers bring.
    for (by, to) in [
        (&s.leo, json!([s.board.uri(), PUBLIC])),
        (&s.leo, json!([s.board.uri(), s.board.followers(), s.leo.part("followers")])),
        (&s.eva, json!([s.board.uri(), s.board.followers()])),
    ] {
        let mut create = by.lemmy_page(s.board.uri(), "Intrusion", "Knock");
        create["object"]["to"] = to.clone();
        create["to"] = to;
        by.peer.serve(&create["object"]);
        by.send(&s.alpha, &create).await;
    }
    s.net.settle().await;
    assert!(!json!(s.ana.home().await).to_string().contains("Intrusion"));
}

async fn only_servers_of_members_may_ask() {
    let s = scene().await;
    let thread = s.ana.post(&format!("{SECRET} rises @board")).await;
    s.net.settle().await;
    let announce = s.leo.peer.only("Announce{Create{Page}}").activity;
    let uri = thread["uri"].as_str().unwrap();
    let mut objects = vec![uri.to_owned(), announce["id"].as_str().unwrap().to_owned()];
    objects.push(announce["object"]["id"].as_str().unwrap().to_owned());
    objects.extend(["replies", "likes", "shares", "context"].map(|part| format!("{uri}/{part}")));
    for url in &objects {
        assert_eq!(s.alpha.get(url, ACTIVITY).await.status, 404, "{url} for nobody");
        assert_eq!(s.status(&s.eva, url).await, 404, "{url} for the server of a stranger");
        assert_eq!(s.status(&s.bea, url).await, 404, "{url} for a server that does not keep it among members");
        let answer = s.alpha.ask(&s.leo.asks(url)).await;
        assert_eq!(answer.status, 200, "{url} for the server of a member: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(s.alpha.get(url, ACTIVITY).await.status, 404, "{url} for nobody, after that");
    }
    let outbox = format!("{}/outbox", s.board.uri());
    assert_eq!(s.alpha.document(&outbox).await["totalItems"], 0);
    assert_eq!(s.alpha.ask(&s.eva.asks(&outbox)).await.value()["totalItems"], 0);
    let full = s.alpha.ask(&s.leo.asks(&outbox)).await.value();
    assert_eq!(full["totalItems"], 1);
    assert_eq!(full["orderedItems"][0]["object"]["object"]["id"], uri);
    assert!(!full.to_string().contains(PUBLIC), "{full}");

    let ask = |by: &Puppet, about: &str| {
        let about: String = url::form_urlencoded::byte_serialize(about.as_bytes()).collect();
        by.asks(&format!("{}?is_follower={about}", s.board.followers()))
    };
    let beta = s.bob.server.url("/actor");
    for (by, about, status) in [
        (&s.leo, s.leo.uri.as_str(), 200),
        (&s.leo, beta.as_str(), 200),
        (&s.leo, s.eva.uri.as_str(), 404),
        (&s.leo, s.bea.uri.as_str(), 404),
        (&s.eva, s.leo.uri.as_str(), 404),
    ] {
        assert_eq!(s.alpha.ask(&ask(by, about)).await.status, status, "{} about {about}", by.uri);
    }
    let unsigned = s.alpha.get(&format!("{}?is_follower={}", s.board.followers(), s.leo.uri), ACTIVITY).await;
    assert_eq!(unsigned.status, 401);

    // Who is put out is told so, gets nothing more, and may ask no more.
    let accounts = s.ana.search(&format!("@{}@lem.test", s.leo.name)).await;
    let leo = id(&accounts["accounts"][0]).parse().unwrap();
    app::members::appoint(s.alpha.app(), app::Me(s.ana.actor.id), s.board.actor.id, domain::id::ActorId(leo), None)
        .await
        .unwrap();
    s.net.settle().await;
    s.leo.peer.only("Reject{Follow}");
    let before = s.leo.peer.received().len();
    s.ana.post(&format!("{SECRET} again @board")).await;
    s.net.settle().await;
    assert_eq!(s.leo.peer.received().len(), before, "{:?}", s.leo.peer.kinds());
    for url in &objects {
        assert_eq!(s.status(&s.leo, url).await, 404, "{url} for the server of a former member");
    }
    assert_eq!(s.alpha.ask(&s.leo.asks(&outbox)).await.value()["totalItems"], 0);
}

async fn somebody_here_is_a_member_of_a_private_group_of_lemmy() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, eve) = (alpha.person("ana").await, alpha.person("eve").await);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let (club, leo) = (lemmy.group("club"), lemmy.person("leo"));
    let mut document = club.document();
    document["manuallyApprovesFollowers"] = json!(true);
    lemmy.serve(&document);
    let followers = club.part("followers");
    let account = ana.follow(&club.handle()).await;
    net.settle().await;
    let follow = lemmy.only("Follow").activity;
    let refused = json!({ "status": format!("Too early {}", club.handle()), "visibility": "public" });
    assert_eq!(ana.call("POST", "/api/v1/statuses", &refused).await.status, 403, "nobody writes who is not in");
    club.answer(&alpha, "Accept", &follow).await;
    net.settle().await;
    assert_eq!(ana.relationship(&account).await["following"], true);

    let mut create = leo.lemmy_page(&club.uri, &format!("{SECRET} within"), "Among us");
    for (field, value) in [("to", json!([club.uri, followers])), ("cc", json!([]))] {
        create[field] = value.clone();
        create["object"][field] = value;
    }
    let mut inner = create.clone();
    inner.as_object_mut().unwrap().remove("@context");
    let mut announce = club.activity("Announce", &inner);
    announce["to"] = json!([followers]);
    club.send(&alpha, &announce).await;
    net.settle().await;
    let uri = create["object"]["id"].as_str().unwrap();
    let post = ana.find_post(uri).await;
    assert_eq!(post["visibility"], "private");
    assert!(json!(ana.home().await).to_string().contains(SECRET));
    assert!(!json!(eve.home().await).to_string().contains(SECRET));
    assert_eq!(eve.search(uri).await["statuses"], json!([]));
    lemmy.take();
    ana.reply(&post, &format!("{SECRET} heard")).await;
    ana.post(&format!("{SECRET} of ours {}", club.handle())).await;
    net.settle().await;
    for kind in ["Create{Note}", "Create{Page}"] {
        let sent = lemmy.only(kind).activity;
        assert_eq!(sent["object"]["to"], json!([club.uri, followers]), "{sent}");
        assert!(!sent.to_string().contains(PUBLIC), "{sent}");
        let own = sent["object"]["id"].as_str().unwrap();
        assert_eq!(alpha.get(own, ACTIVITY).await.status, 404);
        assert_eq!(alpha.ask(&club.asks(own)).await.status, 200, "the server of the group may ask");
    }
    // Who leaves reads no more.
    ana.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
    net.settle().await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(ana.call("GET", &path, &Value::Null).await.status, 404);
}

async fn what_stayed_home_stays_there_when_servers_are_trusted() {
    let s = scene().await;
    let reach = async |by: &Person, reach: Reach| {
        app::groups::set_reach(s.alpha.app(), app::Me(by.actor.id), s.board.actor.id, reach).await
    };
    let cat = s.alpha.person("cat").await;
    assert!(matches!(reach(&cat, Reach::Home).await, Err(app::Error::Denied(_))), "for the owner alone");
    reach(&s.ana, Reach::Home).await.unwrap();
    let old = s.ana.post(&format!("{SECRET} of old @board")).await;
    s.net.settle().await;
    assert!(s.leo.peer.take().is_empty(), "nothing leaves");

    reach(&s.ana, Reach::Trusted).await.unwrap();
    s.ana.reply(&old, &format!("{SECRET} in an old thread")).await;
    let new = s.ana.post(&format!("{SECRET} of now @board")).await;
    s.net.settle().await;
    let [old, new_uri] = [&old, &new].map(|post| post["uri"].as_str().unwrap().to_owned());
    let told = json!(s.leo.peer.take().iter().map(|told| told.activity.clone()).collect::<Vec<_>>()).to_string();
    assert!(told.contains(&format!("{SECRET} of now")) && !told.contains("old"), "{told}");
    assert_eq!((s.status(&s.leo, &old).await, s.status(&s.leo, &new_uri).await), (404, 200));
    assert_eq!(s.status(&s.leo, &format!("{old}/replies")).await, 404);
    let outbox = s.alpha.ask(&s.leo.asks(&format!("{}/outbox", s.board.uri()))).await.value();
    assert_eq!(outbox["totalItems"], 1, "{outbox}");
    assert!(!outbox.to_string().contains("of old"), "{outbox}");

    reach(&s.ana, Reach::Home).await.unwrap();
    s.ana.post(&format!("{SECRET} of later @board")).await;
    s.ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&new)), &Value::Null).await;
    s.net.settle().await;
    let kinds: Vec<String> = s.leo.peer.take().iter().map(Delivered::kind).collect();
    assert_eq!(kinds, ["Announce{Delete}"], "what they have is taken back, and that is all");
    assert_eq!(s.status(&s.leo, &new_uri).await, 404);
}

on_both![
    what_stayed_home_stays_there_when_servers_are_trusted,
    a_post_goes_to_the_servers_of_members_that_keep_it_and_to_nobody_else,
    an_owner_elsewhere_hears_who_opened_a_conversation_and_nobody_opens_one_elsewhere,
    what_members_elsewhere_write_reaches_all_members,
    only_servers_of_members_may_ask,
    somebody_here_is_a_member_of_a_private_group_of_lemmy,
];
