//! Private messages: to people, to the team of a group, and from a group; and what else groups tell single people.

use std::time::Duration;

use app::Me;
use domain::{
    group::{Joining, MemberState, Role, Visibility},
    id::{PostId, StatementId},
    statement::Grounds,
};
use serde_json::{Value, json};

use crate::network::{CONTEXT, Group, Network, Person, Server, Software, Visitor, id, on_both, text};

/// What somebody was told of as a mention, newest first.
async fn mentions(who: &Person) -> Vec<String> {
    let told = who.read("/api/v1/notifications?types[]=mention").await;
    told.as_array().expect("a list").iter().map(|told| text(&told["status"])).collect()
}

async fn appoint(alpha: &Server, by: &Person, group: &Group, person: &Person, role: Role) {
    let (me, person) = (Me(by.actor.id), person.actor.id);
    group.has(person).await;
    app::members::appoint(alpha.app(), me, group.actor.id, person, Some(role)).await.expect("a role");
}

async fn a_community_welcomes_whoever_comes_once() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let (me, group) = (Me(ana.actor.id), club.actor.id);
    let (_, mut settings) = app::charters::look(alpha.app(), me, group).await.expect("settings");
    settings.charter.welcome = "Tell us what you grow.".into();
    app::charters::change(alpha.app(), me, group, settings).await.expect("a change");
    net.settle().await;
    max.peer.take();

    // Nobody knows what max reads; bea reads English.
    max.follow(&alpha, club.uri()).await;
    net.settle().await;
    let told = max.peer.only("Create{Note}").activity;
    let words = told["object"]["content"].as_str().expect("words");
    assert!(words.contains("Tell us what you grow.") && words.contains("deja de seguirla"), "{words}");
    assert!(words.contains("stop following it") && told["to"] == json!([max.uri]), "{told}");
    let account = bea.find_account(&club.handle()).await;
    for _ in 0..2 {
        bea.follow(&club.handle()).await;
        net.settle().await;
        let said = mentions(&bea).await;
        assert!(said.len() == 1 && said[0].contains("Tell us what you grow."), "once: {said:?}");
        bea.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
        net.settle().await;
    }
}

async fn what_is_written_to_a_group_is_for_its_team() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea, cat) = (alpha.person("ana").await, alpha.person("bea").await, alpha.person("cat").await);
    let club = alpha.group("club", &ana).await;
    appoint(&alpha, &ana, &club, &bea, Role::Moderator).await;
    appoint(&alpha, &ana, &club, &cat, Role::Member).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let (max, eve) = (masto.person("max"), masto.person("eve"));
    eve.follow(&alpha, club.uri()).await;
    net.settle().await;
    masto.take();
    // Who was given a part of the work was told so.
    let welcomed = mentions(&bea).await.len();

    let (uri, handle) = club.named();
    let whisper = max.whisper("somebody harasses me there", &[(&uri, &handle)]);
    let note = whisper["object"]["id"].as_str().expect("an id").to_owned();
    max.send(&alpha, &whisper).await;
    net.settle().await;
    assert!(masto.take().is_empty(), "nobody else is told");
    for (who, reads, before) in [(&ana, true, 0), (&bea, true, welcomed), (&cat, false, 0)] {
        assert_eq!(mentions(who).await.len(), before + usize::from(reads), "{}", who.handle());
        assert_eq!(who.search(&note).await["statuses"][0].is_object(), reads, "{}", who.handle());
    }

    // The answer of a moderator goes to who asked, and stays with the team.
    let asked = bea.find_post(&note).await;
    let body = json!({ "status": "We look into it.", "visibility": "direct", "in_reply_to_id": id(&asked) });
    let answer = bea.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    let told = masto.only("Create{Note}").activity;
    assert_eq!((&told["actor"], &told["object"]["inReplyTo"]), (&json!(bea.uri()), &json!(note)));
    let to = told["to"].as_array().expect("a list");
    assert!(to.contains(&json!(max.uri)) && to.contains(&json!(uri)) && to.len() == 2, "{told}");
    assert_eq!(ana.status(&answer).await["id"], answer["id"]);
    assert_eq!(cat.call("GET", &format!("/api/v1/statuses/{}", id(&answer)), &Value::Null).await.status, 404);
    assert_eq!(alpha.document(answer["uri"].as_str().unwrap()).await, Value::Null);

    // Who is no moderator any more reads no more; and a private word to a member does not concern the team.
    appoint(&alpha, &ana, &club, &bea, Role::Member).await;
    assert!(bea.search(&note).await["statuses"][0].is_null());
    let topic = cat.post(&format!("{handle} a topic")).await;
    let body = json!({ "status": format!("{} between us", cat.handle()), "visibility": "direct", "in_reply_to_id": id(&topic) });
    let private = bea.api("POST", "/api/v1/statuses", &body).await;
    assert_eq!(cat.status(&private).await["id"], private["id"]);
    assert_eq!(ana.call("GET", &format!("/api/v1/statuses/{}", id(&private)), &Value::Null).await.status, 404);
}

async fn a_private_mention_of_a_private_group_is_for_its_team() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, cat) = (alpha.person("ana").await, alpha.person("cat").await);
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Approval).await;
    appoint(&alpha, &ana, &club, &cat, Role::Member).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let (max, eve) = (masto.person("max"), masto.person("eve"));
    max.follow(&alpha, club.uri()).await;
    net.settle().await;
    for account in ana.read("/api/v1/follow_requests").await.as_array().unwrap() {
        ana.act(&format!("/api/v1/follow_requests/{}/authorize", id(account))).await;
    }
    net.settle().await;
    masto.take();

    let (uri, handle) = club.named();
    for (number, who) in [(1, &max), (2, &eve)] {
        let whisper = who.whisper("may I ask something", &[(&uri, &handle)]);
        let note = whisper["object"]["id"].as_str().expect("an id").to_owned();
        who.send(&alpha, &whisper).await;
        net.settle().await;
        assert_eq!(mentions(&ana).await.len(), number, "{}", who.uri);
        let seen = ana.find_post(&note).await;
        assert_eq!(
            (&seen["visibility"], &seen["account"]["acct"]),
            (&json!("direct"), &json!(who.handle().trim_start_matches('@')))
        );
        assert!(cat.search(&note).await["statuses"][0].is_null(), "no member reads it");
    }
    let inside = app::Me(ana.actor.id);
    let list = store::posts::List::Threads(club.actor.id);
    let threads =
        alpha.app().read(move |c| store::posts::list(c, list, Some(inside.0), store::posts::Page::first(9))).await;
    assert!(threads.unwrap().is_empty(), "nothing of it is a topic of the group");
    assert!(masto.take().is_empty(), "whether there is such a group, nobody is told");
}

async fn a_chat_message_is_a_private_post() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    let note = leo.peer.id("private_message");
    // As Lemmy 0.19 sends it, and in shapes nobody should send.
    let message = json!({
        "type": "ChatMessage", "id": note, "attributedTo": leo.uri, "to": [ana.uri()], "content": "<p>hola ana</p>\n",
        "mediaType": "text/html", "source": { "content": "hola ana", "mediaType": "text/markdown" },
        "published": "2026-11-01T10:00:00.123456Z",
    });
    let mut create = leo.activity("Create", &message);
    create["to"] = json!([ana.uri()]);
    leo.send(&alpha, &create).await;
    for (key, value) in [("to", Value::Null), ("content", json!({ "es": null })), ("to", json!([null, { "id": 7 }]))] {
        let mut odd = create.clone();
        odd["id"] = json!(leo.peer.id("activities/create"));
        odd["object"]["id"] = json!(leo.peer.id("private_message"));
        odd["object"][key] = value;
        leo.send(&alpha, &odd).await;
    }
    net.settle().await;
    let seen = ana.find_post(&note).await;
    assert_eq!((&seen["visibility"], text(&seen)), (&json!("direct"), "hola ana".to_owned()));
    assert!(mentions(&ana).await.contains(&"hola ana".to_owned()));
    assert!(bea.search(&note).await["statuses"][0].is_null());
}

async fn groups_warn_and_invite() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Invite).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let far = alpha.app().resolver().actor(alpha.app(), &max.uri).await.expect("an actor");
    let (me, group) = (Me(ana.actor.id), club.actor.id);

    for person in [bea.actor.id, far] {
        app::moderation::warn(alpha.app(), me, group, person, "No insults.".into()).await.expect("a warning");
    }
    let by_bea = app::moderation::warn(alpha.app(), Me(bea.actor.id), group, far, "no".into()).await;
    assert!(by_bea.is_err(), "not by anybody");
    assert!(app::moderation::warn(alpha.app(), me, group, far, " ".into()).await.is_err(), "not without a word");
    net.settle().await;
    let told = max.peer.only("Create{Note}");
    assert_eq!((told.signer.as_str(), &told.activity["to"]), (club.uri(), &json!([max.uri])));
    let note = &told.activity["object"];
    assert!(note["content"].as_str().unwrap().contains("No insults."), "{note}");
    assert_eq!(note["tag"][0]["href"], max.uri.as_str());
    assert!(mentions(&bea).await[0].contains("No insults."));
    let log = alpha.app().read(move |c| store::log::page(c, group, None, 10)).await.expect("the log");
    let warned: Vec<_> = log.iter().filter(|entry| entry.action == "warn").map(|entry| entry.reason.clone()).collect();
    assert_eq!(warned, ["No insults.", "No insults."]);

    max.peer.take();
    max.follow(&alpha, club.uri()).await;
    net.settle().await;
    let standing = async || {
        let found = alpha.app().read(move |c| store::groups::membership(c, group, far)).await.expect("the members");
        found.map(|member| member.state)
    };
    assert_eq!(standing().await, None, "one follows, but is no member without an invitation");
    for _ in 0..2 {
        app::invitations::invite(alpha.app(), me, group, far).await.expect("an invitation");
    }
    net.settle().await;
    let invite = max.peer.only("Invite").activity;
    assert_eq!((&invite["actor"], &invite["object"]), (&json!(ana.uri()), &json!(club.uri())));
    assert_eq!((&invite["target"], &invite["to"]), (&json!(max.uri), &json!([max.uri])));
    assert_eq!(max.peer.only("Create{Note}").signer, club.uri());
    assert_eq!(standing().await, Some(MemberState::Invited));
    max.send(&alpha, &max.activity("Join", &json!(club.uri()))).await;
    net.settle().await;
}

async fn whom_a_measure_concerns_elsewhere_hears_why_and_appeals_by_a_link() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    let (uri, handle) = club.named();
    let create = max.toot("my pots are for sale", &[(&uri, &handle)], None);
    max.send(&alpha, &create).await;
    net.settle().await;
    masto.take();

    let post = ana.find_post(create["object"]["id"].as_str().expect("an id")).await;
    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&post)), &Value::Null).await;
    net.settle().await;
    let told = masto.take();
    let told = told.iter().find(|told| told.kind() == "Create{Note}").expect("a message");
    assert_eq!((told.signer.as_str(), &told.activity["to"]), (club.uri(), &json!([max.uri])));
    let content = told.activity["object"]["content"].as_str().expect("a text");
    let links = content.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let link = links.into_iter().find(|href| href.contains("/statement/")).expect("a link").to_owned();

    // Whoever has the link needs no account here; the team does not have it.
    let mut max_reads = Visitor::new(&alpha);
    let page = max_reads.get(&link).await;
    assert_eq!(page.status, 200, "{link}");
    assert!(page.text().contains("my pots are for sale"), "{}", page.text());
    assert!(mentions(&ana).await.iter().all(|text| !text.contains("/statement/")));
    let path = link.split("alpha.test").nth(1).expect("a path").to_owned();
    assert_eq!(max_reads.submit(&path, &[("text", "They were a gift.")]).await.status, 303);
    assert_eq!(max_reads.submit(&path, &[("text", "Again.")]).await.status, 403);

    // It is put back by the same activity as ever, and max is told.
    let entries = alpha.app().read({
        let group = club.actor.id;
        move |c| store::log::page(c, group, None, 10)
    });
    let entries = entries.await.expect("the log");
    let stated = entries.iter().find_map(|entry| entry.statement_id).expect("a statement");
    let decided = app::appeals::decide(alpha.app(), Me(ana.actor.id), StatementId(stated), true, "So be it.".into());
    decided.await.expect("a decision");
    net.settle().await;
    let kinds: Vec<String> = masto.take().iter().map(crate::network::Delivered::kind).collect();
    assert!(kinds.iter().any(|kind| kind == "Create{Note}"), "{kinds:?}");
    assert!(max_reads.get(&link).await.text().contains("So be it."));
    assert!(ana.find_post(create["object"]["id"].as_str().unwrap()).await.is_object());
}

async fn a_restricted_group_says_why_it_does_not_take_a_post() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Open).await;
    let hidden = alpha.group_like("junta", &ana, Visibility::Private, Joining::Open).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    let (uri, handle) = club.named();
    let creates: Vec<Value> = (0..2).map(|n| max.toot(&format!("topic {n}"), &[(&uri, &handle)], None)).collect();
    for create in &creates {
        max.send(&alpha, create).await;
        max.send(&alpha, create).await;
        net.settle().await;
    }
    let told = masto.take();
    let kinds: Vec<String> = told.iter().map(crate::network::Delivered::kind).collect();
    assert_eq!(kinds, ["Create{Note}", "Reject{Create}", "Reject{Create}"]);
    assert_eq!(told[0].activity["to"], json!([max.uri]));
    for (reject, create) in told[1..].iter().zip(&creates) {
        assert_eq!((reject.signer.as_str(), &reject.activity["object"]["id"]), (uri.as_str(), &create["id"]));
        assert_eq!(reject.activity["object"]["object"], create["object"]["id"]);
    }
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], 0);
    // Of a private group nobody learns anything.
    let (uri, handle) = hidden.named();
    max.send(&alpha, &max.toot("psst", &[(&uri, &handle)], None)).await;
    net.settle().await;
    assert!(masto.take().is_empty());
}

async fn whoever_is_kept_from_writing_hears_that_a_change_is_not_taken() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let club = alpha.group("club", &ana).await;
    ben.follow(&club.handle()).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    let (uri, handle) = club.named();
    let create = max.toot("my pots", &[(&uri, &handle)], None);
    max.send(&alpha, &create).await;
    let pans = ben.post(&format!("my pans {}", club.handle())).await;
    net.settle().await;
    for person in [max.uri.as_str(), ben.uri()] {
        let far = alpha.app().resolver().actor(alpha.app(), person).await.expect("somebody");
        let (me, until) = (Me(ana.actor.id), alpha.app().now() + Duration::from_hours(1));
        let hushed = app::moderation::hush(alpha.app(), me, (club.actor.id, far), until, "Shouting".into());
        hushed.await.expect("a measure");
    }
    net.settle().await;
    masto.take();

    let update = max.edited(&create, "<p>my pots are for sale</p>");
    max.send(&alpha, &update).await;
    net.settle().await;
    let reject = masto.only("Reject{Update}");
    assert_eq!((reject.signer.as_str(), &reject.activity["object"]["id"]), (uri.as_str(), &update["id"]));
    assert_eq!(reject.activity["object"]["object"], create["object"]["id"]);

    // Whose server knows the word reads it in words.
    ben.api("PUT", &format!("/api/v1/statuses/{}", id(&pans)), &json!({ "status": "my pans are for sale" })).await;
    net.settle().await;
    let letters = mentions(&ben).await;
    let is_it = |text: &String| text.contains("does not take what you changed") || text.contains("lo que has cambiado");
    assert_eq!(letters.iter().filter(|text| is_it(text)).count(), 1, "{letters:?}");
    assert!(text(&ben.status(&pans).await).contains("for sale"), "where they live it is theirs to say");
    for post in [&create["object"]["id"], &pans["uri"]] {
        let said = text(&ana.find_post(post.as_str().expect("an id")).await);
        assert!(said.contains("my p") && !said.contains("for sale"), "{said}");
    }
}

async fn batches_are_unpacked_and_each_is_checked() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let pie = net.peer("pie.test", Software::PieFed);
    let (rocks, pia) = (pie.group("rocks"), pie.person("pia"));
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    rocks.answer(&alpha, "Accept", &pie.take().pop().expect("a request").activity).await;
    let page = pia.piefed_page(&rocks.uri, "Rocks", "Which?");
    let other = pia.piefed_page(&rocks.uri, "More rocks", "Which?");
    let forged = leo.lemmy_page(&rocks.uri, "Never said", "by leo");
    leo.peer.withdraw(forged["object"]["id"].as_str().unwrap());
    rocks.send(&alpha, &rocks.addressed("Announce", &json!([page, other, null, 7, forged, [page]]), &[])).await;
    net.settle().await;
    let post = ana.find_post(page["object"]["id"].as_str().unwrap()).await;
    ana.find_post(other["object"]["id"].as_str().unwrap()).await;
    assert!(ana.search(forged["object"]["id"].as_str().unwrap()).await["statuses"][0].is_null());
    let likes: Vec<Value> =
        (0..130).map(|n| pie.person(&format!("p{n}")).activity("Like", &page["object"]["id"])).collect();
    let votes = json!({ "type": "OrderedCollection", "totalItems": 130, "orderedItems": likes });
    for _ in 0..2 {
        let mut announce = rocks.addressed("Announce", &votes, &[]);
        announce["id"] = json!(pie.url("/activities/announce/batch"));
        announce["@context"] = json!(CONTEXT);
        rocks.send(&alpha, &announce).await;
        net.settle().await;
        net.pass_time(Duration::from_mins(10)).await;
    }
    assert_eq!(ana.status(&post).await["favourites_count"], 100, "so many, and no more");
    pia.send(&alpha, &pia.addressed("Announce", &json!([likes[110], likes[111]]), &[])).await;
    net.settle().await;
    assert_eq!(ana.status(&post).await["favourites_count"], 100, "only groups pass on what others did");
}

async fn staff_elsewhere_leads_a_group_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let lem = net.peer("lem.test", Software::Lemmy);
    let (leo, mia) = (lem.person("leo"), lem.person("mia"));
    let far = async |uri: &str| alpha.app().resolver().actor(alpha.app(), uri).await.expect("an actor");
    let (me, group) = (Me(ana.actor.id), club.actor.id);
    for (person, role) in [(&leo, Role::Leader), (&mia, Role::Moderator)] {
        let person = far(&person.uri).await;
        club.has(person).await;
        app::members::appoint(alpha.app(), me, group, person, Some(role)).await.expect("a role");
    }
    let staff = alpha.document(&format!("{}/affiliations", club.uri())).await;
    assert_eq!(alpha.document(club.uri()).await["affiliations"], staff["id"]);
    let mut roles: Vec<(String, String)> = staff["orderedItems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            assert_eq!((&item["type"], &item["object"]), (&json!("Relationship"), &json!(club.uri())));
            (item["subject"].as_str().unwrap().to_owned(), item["relationship"].as_str().unwrap().to_owned())
        })
        .collect();
    roles.sort();
    let mut expected = [(ana.uri(), "admin"), (&leo.uri, "admin"), (&mia.uri, "moderator")]
        .map(|(uri, role)| (uri.to_owned(), role.to_owned()))
        .to_vec();
    expected.sort();
    assert_eq!(roles, expected);

    let mut changed = alpha.document(club.uri()).await;
    changed["name"] = json!("The club");
    changed["summary"] = json!("<p>New <script>x</script>words</p>");
    mia.send(&alpha, &mia.addressed("Update", &changed, &[club.uri()])).await;
    net.settle().await;
    assert_eq!(alpha.document(club.uri()).await["name"], "CLUB", "a moderator may not");
    leo.send(&alpha, &leo.addressed("Update", &changed, &[club.uri()])).await;
    net.settle().await;
    let now = alpha.document(club.uri()).await;
    assert_eq!((&now["name"], &now["summary"]), (&json!("The club"), &json!("<p>New words</p>")));

    // A report is dealt with by whoever keeps order, and by nobody else.
    let page = leo.lemmy_page(club.uri(), "Buy", "now");
    leo.send(&alpha, &page).await;
    net.settle().await;
    let eve = lem.person("eve");
    let mut flag = eve.activity("Flag", &page["object"]["id"]);
    flag["summary"] = json!("spam");
    eve.send(&alpha, &flag).await;
    net.settle().await;
    let open = async || app::reports::open(alpha.app(), me).await.expect("the reports").len();
    assert_eq!(open().await, 1);
    eve.send(&alpha, &eve.activity("Resolve", &flag)).await;
    net.settle().await;
    assert_eq!(open().await, 1);
    mia.send(&alpha, &mia.activity("Resolve", &flag)).await;
    net.settle().await;
    assert_eq!(open().await, 0);
}

async fn a_decision_is_told_in_the_language_in_which_somebody_writes() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let (uri, handle) = club.named();
    let mut toot = max.toot("Vendo piedras", &[(&uri, &handle)], None);
    toot["object"]["contentMap"] = json!({ "es": toot["object"]["content"] });
    max.send(&alpha, &toot).await;
    net.settle().await;
    let post = ana.find_post(toot["object"]["id"].as_str().unwrap()).await;
    assert_eq!(post["language"], "es");
    max.peer.take();

    let post = PostId(id(&post).parse().unwrap());
    let grounds = Grounds { reason: "Aquí no se vende *nada*".into(), ..Grounds::default() };
    let me = Me(ana.actor.id);
    app::moderation::take(alpha.app(), me, post, app::moderation::Measure::Remove, grounds).await.expect("a removal");
    net.settle().await;
    let told = max.peer.only("Create{Note}").activity;
    let words = told["object"]["content"].as_str().expect("words");
    let said =
        "Mensaje privado. El equipo de CLUB ha retirado de la comunidad lo que publicaste: Aquí no se vende *nada*";
    assert!(words.contains(said) && !words.contains("The team"), "{words}");
    assert!(
        words.matches("/statement/").count() == 1 && words.contains(">Ver la decisión y cómo recurrir<"),
        "{words}"
    );
}

on_both![
    a_decision_is_told_in_the_language_in_which_somebody_writes,
    a_community_welcomes_whoever_comes_once,
    a_private_mention_of_a_private_group_is_for_its_team,
    what_is_written_to_a_group_is_for_its_team,
    a_chat_message_is_a_private_post,
    groups_warn_and_invite,
    whom_a_measure_concerns_elsewhere_hears_why_and_appeals_by_a_link,
    a_restricted_group_says_why_it_does_not_take_a_post,
    whoever_is_kept_from_writing_hears_that_a_change_is_not_taken,
    batches_are_unpacked_and_each_is_checked,
    staff_elsewhere_leads_a_group_here,
];
