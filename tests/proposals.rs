//! What enhancement proposals ask for that no other story tells: capabilities, intents, deletions that are taken back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, PUBLIC, Puppet, Scheme, Software, Visitor, on_both};

const RFC_9421: &str = "https://datatracker.ietf.org/doc/html/rfc9421";

async fn what_the_software_can_do_is_told_and_believed() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let names = |of: &Value| -> Vec<String> {
        let all = of["implements"].as_array().expect("a list").iter();
        all.map(|one| one["href"].as_str().expect("a URL").to_owned()).collect()
    };
    let server = alpha.document("/actor").await;
    assert!(names(&server).contains(&RFC_9421.to_owned()), "{server}");
    for uri in [ana.uri(), club.uri()] {
        let generator = &alpha.document(uri).await["generator"];
        assert_eq!((&generator["type"], &generator["id"]), (&json!("Application"), &server["id"]));
        assert_eq!(names(generator), names(&server));
    }

    // Somebody whose software says the same is written to in the newer way from the first time on.
    let peer = net.peer("new.test", Software::Mastodon);
    let (bea, old) = (peer.person("bea"), net.peer("old.test", Software::Mastodon).person("olga"));
    let mut document = bea.document();
    document["generator"] = json!({ "type": "Application", "implements": [{ "href": RFC_9421 }] });
    peer.serve(&document);
    for puppet in [&bea, &old] {
        puppet.follow(&alpha, club.uri()).await;
    }
    net.settle().await;
    assert_eq!(peer.only("Accept{Follow}").scheme, Scheme::Rfc9421);
    assert_eq!(old.peer.only("Accept{Follow}").scheme, Scheme::Cavage);
}

async fn what_people_here_can_do_about_things_elsewhere_is_told() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let finger = async |handle: String| {
        let url = format!("/.well-known/webfinger?resource=acct:{}", handle.trim_start_matches('@'));
        alpha.get(&url, "application/jrd+json").await.value()
    };
    let template = |links: &Value, rel: &str| {
        let link = links["links"].as_array()?.iter().find(|link| link["rel"] == rel)?;
        Some(link["template"].as_str()?.to_owned())
    };
    let links = finger(ana.handle()).await;
    for (intent, more) in [("Follow", ""), ("Object", ""), ("Like", "&intent=like"), ("Announce", "&intent=announce")] {
        let found = template(&links, &format!("https://w3id.org/fep/3b86/{intent}")).expect("a template");
        assert_eq!(found, format!("http://alpha.test/authorize_interaction?uri={{object}}{more}"));
    }
    // Nobody logs in as a group.
    assert_eq!(template(&finger(club.handle()).await, "https://w3id.org/fep/3b86/Follow"), None);
}

async fn visitors_take_part_from_their_own_server() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let post = ana.post(&format!("{} Hola", club.handle())).await;
    let (group, post) = (club.uri().to_owned(), post["uri"].as_str().expect("a URI").to_owned());
    let page = alpha.get(&post, "text/html").await.text();
    for deed in ["reply", "like", "share"] {
        assert!(page.contains(&format!("deed={deed}")), "{deed}: {page}");
    }
    assert!(alpha.get("/@club", "text/html").await.text().contains("deed=follow"));

    let programs = [
        (Software::Mastodon, Some("/authorize_interaction?uri=")),
        (Software::Lemmy, Some("/activitypub/externalInteraction?uri=")),
        (Software::NodeBb, None),
        (Software::GoToSocial, None),
    ];
    for (at, (software, interaction)) in programs.into_iter().enumerate() {
        let peer = net.peer(&format!("far{at}.test"), software);
        let bea = peer.person("bea");
        let mut visitor = Visitor::new(&alpha);
        for (uri, deed) in [(&group, "follow"), (&post, "reply"), (&post, "like"), (&post, "share")] {
            let path = format!("/elsewhere?uri={uri}&deed={deed}");
            let asked = visitor.get(&path).await.text();
            let known = format!("value=\"{}\"", bea.handle());
            assert_eq!(asked.contains(&known), deed != "follow", "who was typed once stands there: {asked}");
            let fields = [("uri", uri.as_str()), ("deed", deed), ("account", &bea.handle())];
            let answer = visitor.submit("/elsewhere", &fields).await.text();
            let target: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
            let way = interaction.map(|path| format!("href=\"{}{target}\"", peer.url(path)));
            assert_eq!(way.as_ref().is_some_and(|way| answer.contains(way)), interaction.is_some(), "{answer}");
            // Communities are found by their handles, posts by their addresses.
            let named = if deed == "follow" { club.handle() } else { uri.clone() };
            let to_copy = answer.contains(&format!("<code>{named}</code>"));
            assert_eq!(to_copy, interaction.is_none(), "{deed} with {software:?}: {answer}");
        }
    }
}

/// A thread of somebody elsewhere in a group here.
fn thread(by: &Puppet, club: (&str, &str), text: &str) -> Value {
    let note = json!({
        "id": by.peer.id("notes"), "type": "Note", "attributedTo": by.uri, "content": format!("<p>{text}</p>"),
        "to": [PUBLIC], "cc": [club.0], "published": "2026-11-22T10:00:00Z",
        "tag": [{ "type": "Mention", "href": club.0, "name": club.1 }],
    });
    by.peer.serve(&note);
    note
}

async fn a_deletion_elsewhere_can_be_taken_back() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (uri, handle) = club.named();
    let forum = net.peer("forum.test", Software::NodeBb);
    let bea = forum.person("bea");
    let follower = net.peer("other.test", Software::NodeBb).person("olga");
    follower.follow(&alpha, &uri).await;
    let note = thread(&bea, (&uri, &handle), "Basalt");
    bea.send(&alpha, &bea.addressed("Create", &note, &[&uri])).await;
    net.settle().await;
    let known = ana.find_post(note["id"].as_str().unwrap()).await;
    let path = format!("/api/v1/statuses/{}", known["id"].as_str().unwrap());

    let delete = bea.addressed("Delete", &note["id"], &[&uri]);
    forum.serve_at(note["id"].as_str().unwrap(), &json!({ "id": note["id"], "type": "Tombstone" }));
    bea.send(&alpha, &delete).await;
    net.settle().await;
    assert_eq!(ana.call("GET", &path, &Value::Null).await.status, 404);
    // Said too soon, or by somebody who only wishes it, it changes nothing.
    bea.send(&alpha, &bea.undo(&delete)).await;
    for _ in 0..3 {
        net.pass_time(Duration::from_mins(10)).await;
    }
    assert_eq!(ana.call("GET", &path, &Value::Null).await.status, 404);

    let mut again = note.clone();
    again["content"] = json!("<p>Basalt, after all</p>");
    forum.serve(&again);
    let eve = forum.person("eve");
    eve.send(&alpha, &eve.undo(&delete)).await;
    net.pass_time(Duration::from_mins(10)).await;
    assert_eq!(ana.call("GET", &path, &Value::Null).await.status, 404, "it is not hers");
    follower.peer.take();
    bea.send(&alpha, &bea.undo(&delete)).await;
    net.settle().await;
    let back = ana.read(&path).await;
    assert_eq!(back["content"], "<p>Basalt, after all</p>");
    assert_eq!(follower.peer.kinds(), ["Announce{Undo{Delete}}"], "the group passes it on");

    // Others just change what they had deleted.
    let id = note["id"].as_str().unwrap();
    forum.serve_at(id, &json!({ "id": id, "type": "Tombstone" }));
    bea.send(&alpha, &bea.addressed("Delete", &note["id"], &[&uri])).await;
    net.settle().await;
    forum.serve(&note);
    bea.send(&alpha, &bea.addressed("Update", &note, &[&uri])).await;
    net.settle().await;
    assert_eq!(ana.read(&path).await["content"], "<p>Basalt</p>");
}

async fn what_a_moderator_takes_out_leaves_a_tombstone_that_may_go() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, luis) = (alpha.person("ana").await, alpha.person("luis").await);
    let club = alpha.group("club", &ana).await;
    let post = luis.post(&format!("{} Basalt", club.handle())).await;
    let uri = post["uri"].as_str().unwrap().to_owned();
    let id = domain::id::PostId(post["id"].as_str().unwrap().parse().unwrap());
    let take = async |measure| {
        let me = app::Me(ana.actor.id);
        app::moderation::take(alpha.app(), me, id, measure, "off topic".into()).await.expect("a measure");
        let answer = alpha.get(&uri, ACTIVITY).await;
        (answer.status, answer.value()["type"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(take(app::moderation::Measure::Remove).await, (200, "Tombstone".to_owned()));
    assert_eq!(alpha.get(&format!("{uri}/replies"), ACTIVITY).await.status, 404);
    assert_eq!(take(app::moderation::Measure::Restore).await, (200, "Note".to_owned()));
    luis.call("DELETE", &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), &Value::Null).await;
    assert_eq!(alpha.get(&uri, ACTIVITY).await.status, 410, "deleted for good");
}

on_both![
    what_the_software_can_do_is_told_and_believed,
    what_people_here_can_do_about_things_elsewhere_is_told,
    visitors_take_part_from_their_own_server,
    a_deletion_elsewhere_can_be_taken_back,
    what_a_moderator_takes_out_leaves_a_tombstone_that_may_go,
];
