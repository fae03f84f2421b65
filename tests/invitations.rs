//! What groups tell one person: invitations and their answers, warnings, and that a post is not taken; across servers.

use app::{Me, groups::NewGroup};
use domain::{
    group::{Joining, MemberState, Membership, Reach, Role, Visibility},
    id::ActorId,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::network::{ACTIVITY, Group, Network, Person, Puppet, Server, Software, id, on_both, text};

/// What somebody was told, the newest first: by whom, and in which words.
async fn told(who: &Person) -> Vec<(String, String)> {
    let notices = who.read("/api/v1/notifications?types[]=mention").await;
    let notices = notices.as_array().expect("a list").clone();
    notices.iter().map(|one| (one["account"]["acct"].as_str().unwrap().to_owned(), text(&one["status"]))).collect()
}

async fn id_of(server: &Server, uri: &str) -> ActorId {
    server.app().resolver().actor(server.app(), uri).await.expect("somebody")
}

async fn state(server: &Server, group: &str, person: &str) -> Option<MemberState> {
    let (group, person) = (id_of(server, group).await, id_of(server, person).await);
    let found = server.app().read(move |c| store::groups::membership(c, group, person)).await.expect("the members");
    found.map(|member| member.state)
}

async fn invite(by: &Person, group: &Group, person: &str) {
    let person = id_of(&group.server, person).await;
    let invited = app::invitations::invite(group.server.app(), Me(by.actor.id), group.actor.id, person).await;
    invited.expect("an invitation");
}

async fn one_server_invites_the_people_of_another() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let ana = alpha.person("ana").await;
    let (ben, bea) = (beta.person("ben").await, beta.person("bea").await);
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Invite).await;
    for person in [&ben, &bea] {
        invite(&ana, &club, person.uri()).await;
    }
    net.settle().await;
    for person in [&ben, &bea] {
        let told = told(person).await;
        assert!(told.len() == 1 && told[0].0 == "club@alpha.test", "once: {told:?}");
        assert!(told[0].1.contains("You are invited to @club@alpha.test"), "{told:?}");
        assert_eq!(state(&alpha, club.uri(), person.uri()).await, Some(MemberState::Invited));
    }
    ben.follow(&club.handle()).await;
    let account = bea.find_account(&club.handle()).await;
    bea.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
    net.settle().await;
    assert_eq!(state(&alpha, club.uri(), ben.uri()).await, Some(MemberState::Active));
    assert_eq!(state(&alpha, club.uri(), bea.uri()).await, None, "turned down");
    assert_eq!(state(&beta, club.uri(), bea.uri()).await, None);
    assert_eq!(ben.relationship(&account).await["following"], true);
    // Who was not invited, or not any more, cannot take an invitation.
    bea.follow(&club.handle()).await;
    net.settle().await;
    assert_eq!(state(&alpha, club.uri(), bea.uri()).await, None, "one follows, and is no member");
}

async fn servers_of_those_who_are_asked_in_know_of_a_hidden_group() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let club = NewGroup {
        name: "club".into(),
        title: "Club".into(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Invite,
        reach: Reach::Home,
        hidden: true,
        host: None,
    };
    let club = alpha.found(&ana, club).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let eva = net.peer("other.test", Software::Mastodon).person("eva");
    let urls = [club.uri().to_owned(), alpha.url("/.well-known/webfinger?resource=acct:club@alpha.test")];
    let asked = async |by: &Puppet| {
        let mut statuses = Vec::new();
        for url in &urls {
            statuses.push(alpha.ask(&by.asks(url)).await.status);
        }
        statuses
    };
    let part = alpha.url("/@club/followers_synchronization");
    let part = async |by: &Puppet| alpha.ask(&by.asks(&part)).await.status;
    assert_eq!((asked(&bea).await, part(&bea).await), (vec![404, 404], 404));
    // As if the message were on its way.
    let (group, person) = (club.actor.id, id_of(&alpha, &bea.uri).await);
    let (role, since) = (Role::Member, Timestamp(1));
    let invited = Membership { group, person, role, state: MemberState::Invited, since };
    alpha.app().write(move |tx| Ok(store::groups::set_membership(tx, &invited)?)).await.unwrap();
    assert_eq!((asked(&bea).await, part(&bea).await), (vec![200, 200], 200), "it has to check who wrote to her");
    assert!(alpha.ask(&bea.asks(club.uri())).await.value()["publicKey"]["publicKeyPem"].is_string());
    assert_eq!((asked(&eva).await, part(&eva).await), (vec![404, 404], 404), "nobody of there was asked in");
    for url in &urls {
        assert_eq!(alpha.get(url, ACTIVITY).await.status, 404, "{url} for nobody, after that");
    }

    invite(&ana, &club, ben.uri()).await;
    net.settle().await;
    let told = told(&ben).await;
    assert!(told.len() == 1 && told[0].1.contains("You are invited to @club@alpha.test"), "{told:?}");
    ben.follow(&club.handle()).await;
    net.settle().await;
    assert_eq!(state(&alpha, club.uri(), ben.uri()).await, Some(MemberState::Active));
}

async fn groups_elsewhere_invite_and_are_joined() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let mob = net.peer("mobilizon.test", Software::Mobilizon);
    let (walks, host) = (mob.group("walks"), mob.person("host"));
    let eve = net.peer("evil.test", Software::Lemmy).person("eve");
    let invitation = |by: &Puppet, whom: &Person| {
        let mut invite = by.activity("Invite", &json!(walks.uri));
        invite["target"] = json!(whom.uri());
        invite
    };
    eve.send(&alpha, &invitation(&eve, &ana)).await;
    net.settle().await;
    assert!(told(&ana).await.is_empty(), "nobody invites to what is not theirs");
    let [for_ana, for_ben] = [&ana, &ben].map(|whom| invitation(&host, whom));
    for invite in [&for_ana, &for_ana, &for_ben] {
        host.send(&alpha, invite).await;
        net.settle().await;
    }
    let words = told(&ana).await;
    assert!(words.len() == 1 && words[0].0 == "walks@mobilizon.test", "{words:?}");
    assert_eq!(state(&alpha, &walks.uri, ana.uri()).await, Some(MemberState::Invited));

    mob.take();
    ana.follow(&walks.handle()).await;
    let account = ben.find_account(&walks.handle()).await;
    assert!(app::invitations::decline(alpha.app(), Me(ben.actor.id), id_of(&alpha, &walks.uri).await).await.unwrap());
    net.settle().await;
    let answers = mob.take();
    let find = |kind: &str| answers.iter().find(|one| one.activity["type"] == kind).expect(kind).activity.clone();
    let (accept, reject, join) = (find("Accept"), find("Reject"), find("Join"));
    assert_eq!((&accept["actor"], &accept["object"]), (&json!(ana.uri()), &for_ana["id"]));
    assert_eq!((&reject["actor"], &reject["object"]), (&json!(ben.uri()), &for_ben["id"]));
    assert_eq!((&join["actor"], &join["object"]), (&json!(ana.uri()), &json!(walks.uri)));
    walks.answer(&alpha, "Accept", &join).await;
    net.settle().await;
    assert_eq!(ana.relationship(&account).await["following"], true);
    assert_eq!(state(&alpha, &walks.uri, ana.uri()).await, Some(MemberState::Active));
    ana.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
    net.settle().await;
    assert_eq!(mob.only("Leave").activity["object"], json!(walks.uri));
}

async fn moderators_elsewhere_invite_and_warn() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Invite).await;
    let lem = net.peer("lem.test", Software::Lemmy);
    let (leo, noa) = (lem.person("leo"), net.peer("far.test", Software::Lemmy).person("noa"));
    let moderator = id_of(&alpha, &leo.uri).await;
    let role = Some(domain::group::Role::Moderator);
    club.has(moderator).await;
    app::members::appoint(alpha.app(), Me(ana.actor.id), club.actor.id, moderator, role).await.expect("a role");
    let warning = |by: &Puppet, object: &Value, group: &str| {
        let mut warn = by.activity("Warn", object);
        warn["summary"] = json!("No insults.");
        warn["audience"] = json!(group);
        warn
    };
    for by in [&noa, &leo] {
        assert!(told(&ben).await.is_empty(), "strangers have no say");
        let mut invite = by.activity("Invite", &json!(club.uri()));
        invite["target"] = json!(ben.uri());
        by.send(&alpha, &invite).await;
        by.send(&alpha, &warning(by, &json!(ben.uri()), club.uri())).await;
        net.settle().await;
    }
    assert_eq!(state(&alpha, club.uri(), ben.uri()).await, Some(MemberState::Invited));
    let words = told(&ben).await;
    assert!(words.iter().all(|(who, _)| who == "club") && words.len() == 2, "{words:?}");
    assert!(words.iter().any(|(_, what)| what.contains("No insults.")), "{words:?}");

    // In a group elsewhere, by whom its server lists, and by nobody else.
    let rocks = lem.group("rocks");
    let listed = json!({ "id": rocks.part("moderators"), "type": "OrderedCollection", "totalItems": 1, "orderedItems": [leo.uri] });
    lem.serve(&listed);
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    rocks.answer(&alpha, "Accept", &lem.only("Follow").activity).await;
    net.settle().await;
    let post = ana.post(&format!("Granite, you fools {}", rocks.handle())).await;
    net.settle().await;
    let words = async || {
        let told = told(&ana).await;
        told.iter().filter(|(who, what)| who == "rocks@lem.test" && what.contains("No insults.")).count()
    };
    for (by, before) in [(&noa, 0), (&leo, 0), (&leo, 1)] {
        assert_eq!(words().await, before, "strangers have no say");
        by.send(&alpha, &warning(by, &post["uri"], &rocks.uri)).await;
        net.settle().await;
    }
    assert_eq!(words().await, 2, "one for each time");
}

async fn moderators_here_warn_in_groups_elsewhere() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ben, luis, eve) = (alpha.person("ben").await, alpha.person("luis").await, alpha.person("eve").await);
    let lem = net.peer("lem.test", Software::Lemmy);
    let (mia, max) =
        (net.peer("pie.test", Software::Lemmy).person("mia"), net.peer("masto.test", Software::Mastodon).person("max"));
    let rocks = lem.group("rocks");
    let (list, kind) = (rocks.part("moderators"), "OrderedCollection");
    lem.serve(&json!({ "id": list, "type": kind, "totalItems": 1, "orderedItems": [ben.uri()] }));
    ben.follow(&rocks.handle()).await;
    net.settle().await;
    rocks.answer(&alpha, "Accept", &lem.only("Follow").activity).await;
    let page = mia.lemmy_page(&rocks.uri, "Rocks", "You fools");
    let toot = max.toot("You fools", &[(&rocks.uri, &rocks.handle())], None);
    for create in [&page, &toot] {
        let author = if create["actor"] == mia.uri { &mia } else { &max };
        author.peer.serve(&create["object"]);
        rocks.send(&alpha, &rocks.activity("Announce", create)).await;
    }
    let own = luis.post(&format!("You fools {}", rocks.handle())).await;
    net.settle().await;
    let warn = async |by: &Person, uri: &Value, why: &str| {
        let uri = uri.as_str().expect("an id").to_owned();
        let post = alpha.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap().expect("a post");
        app::moderation::warn_author(alpha.app(), Me(by.actor.id), post.id, why.into()).await
    };
    for peer in [&mia.peer, &max.peer] {
        peer.take();
    }
    for uri in [&page["object"]["id"], &toot["object"]["id"], &own["uri"]] {
        let refused = warn(&eve, uri, "No insults.").await;
        assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");
        let unsaid = warn(&ben, uri, " ").await;
        assert!(matches!(unsaid, Err(app::Error::Invalid(_))), "{unsaid:?}");
        warn(&ben, uri, "No insults.").await.expect("it is his to say");
    }
    net.settle().await;
    let said = mia.peer.only("Warn").activity;
    for (key, value) in [
        ("actor", json!(ben.uri())),
        ("object", page["object"]["id"].clone()),
        ("summary", json!("No insults.")),
        ("audience", json!(rocks.uri)),
        ("to", json!([mia.uri])),
    ] {
        assert_eq!(said[key], value, "{said}");
    }
    let note = max.peer.only("Create{Note}").activity;
    assert_eq!(
        (&note["actor"], &note["to"]),
        (&json!(ben.uri()), &json!([max.uri])),
        "who knows no such word reads a message"
    );
    assert!(note["object"]["content"].as_str().unwrap().contains("No insults."), "{note}");
    let words = told(&luis).await;
    assert!(words.iter().any(|(who, what)| who == "rocks@lem.test" && what.contains("No insults.")), "{words:?}");
    let group = id_of(&alpha, &rocks.uri).await;
    let log = alpha.app().read(move |c| store::log::page(c, group, None, 10)).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.action == "warn" && entry.post_id.is_some()).count(), 3);
}

async fn a_group_elsewhere_does_not_take_a_post() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Invite).await;
    ben.follow(&club.handle()).await;
    net.settle().await;
    let post = ben.post(&format!("May I? {}", club.handle())).await;
    let other = ben.post("Of mine alone").await;
    net.settle().await;
    let words = told(&ben).await;
    let letters = ben.read("/api/v1/notifications?types[]=mention").await.to_string();
    assert!(letters.contains(&format!("href=\\\"{}", post["url"].as_str().unwrap())), "they know which one: {letters}");
    assert!(words.iter().all(|(who, _)| who == "club@alpha.test"), "{words:?}");
    let removed = async |post: &Value| {
        let uri = post["uri"].as_str().unwrap().to_owned();
        beta.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap().expect("a post").removed.is_some()
    };
    assert!(removed(&post).await, "it does not stand there");
    // Nobody refuses what is not theirs.
    let eve = net.peer("evil.test", Software::Lemmy).group("eve");
    let create = json!({ "type": "Create", "actor": ben.uri(), "object": other["uri"] });
    eve.send(&beta, &eve.activity("Reject", &create)).await;
    net.settle().await;
    assert!(!removed(&other).await);
}

async fn a_moderator_elsewhere_invites_by_way_of_the_group() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let ana = alpha.person("ana").await;
    let (ben, bea) = (beta.person("ben").await, beta.person("bea").await);
    let club = alpha.group_like("club", &ana, Visibility::Restricted, Joining::Invite).await;
    let (max, lem) = (net.peer("masto.test", Software::Mastodon).person("max"), net.peer("lem.test", Software::Lemmy));
    let rocks = lem.group("rocks");
    lem.serve(&json!({
        "id": rocks.part("moderators"), "type": "OrderedCollection", "totalItems": 1, "orderedItems": [ben.uri()],
    }));
    let moderator = id_of(&alpha, ben.uri()).await;
    let role = Some(domain::group::Role::Moderator);
    club.has(moderator).await;
    app::members::appoint(alpha.app(), Me(ana.actor.id), club.actor.id, moderator, role).await.unwrap();
    let invite = async |by: &Person, group: &str, person: &str| {
        let (group, person) = (id_of(&beta, group).await, id_of(&beta, person).await);
        let done = app::invitations::invite(beta.app(), Me(by.actor.id), group, person).await;
        net.settle().await;
        done
    };
    assert!(matches!(invite(&bea, club.uri(), &max.uri).await, Err(app::Error::Denied(_))));
    assert!(matches!(invite(&ben, &rocks.uri, &max.uri).await, Err(app::Error::Invalid(_))), "Lemmy knows none");
    assert_eq!(state(&alpha, club.uri(), &max.uri).await, None);
    invite(&ben, club.uri(), &max.uri).await.unwrap();
    invite(&ben, club.uri(), bea.uri()).await.unwrap();
    for person in [max.uri.as_str(), bea.uri()] {
        assert_eq!(state(&alpha, club.uri(), person).await, Some(MemberState::Invited), "{person}");
    }
    let told = max.peer.take().pop().expect("a message").activity;
    assert_eq!((&told["type"], &told["actor"]), (&json!("Create"), &json!(club.uri())), "the group tells them");
    bea.follow(&club.handle()).await;
    net.settle().await;
    assert_eq!(state(&alpha, club.uri(), bea.uri()).await, Some(MemberState::Active));
}

on_both![
    one_server_invites_the_people_of_another,
    servers_of_those_who_are_asked_in_know_of_a_hidden_group,
    groups_elsewhere_invite_and_are_joined,
    moderators_elsewhere_invite_and_warn,
    moderators_here_warn_in_groups_elsewhere,
    a_group_elsewhere_does_not_take_a_post,
    a_moderator_elsewhere_invites_by_way_of_the_group,
];
