//! People elsewhere and a group here.
use super::*;

#[actix_web::test]
async fn somebody_follows_leaves_and_comes_back_under_the_same_id() {
    let (here, there) = (Here::start().await, Elsewhere::start().await);
    let (rocks, ana) = (here.group("rocks").await, there.actor("Person", "ana"));
    let follow = ana.does("Follow", rocks.uri.as_str());
    let request = here.signed(&ana.key, &format!("{}#main-key", ana.uri), follow.to_string());
    assert_eq!(here.takes_request(&request).await, StatusCode::ACCEPTED);
    here.settle().await;
    assert!(here.follows(&ana.uri, rocks.id).await);
    here.applies(&ana, &ana.does("Undo", follow.clone())).await;
    assert!(!here.follows(&ana.uri, rocks.id).await);
    assert_eq!(here.takes_request(&request).await, StatusCode::ACCEPTED);
    here.settle().await;
    assert!(!here.follows(&ana.uri, rocks.id).await, "a replay");
    here.app.clock().advance(domain::time::span::minutes(1));
    here.applies(&ana, &follow).await;
    assert!(here.follows(&ana.uri, rocks.id).await);
    here.applies(&ana, &ana.does("Undo", follow["id"].clone())).await;
    assert!(!here.follows(&ana.uri, rocks.id).await, "by id alone");
    let mut again = ana.does("Undo", follow.clone());
    again["id"] = format!("{}/again", ana.uri).into();
    here.applies(&ana, &again).await;
    here.app.clock().advance(std::time::Duration::from_mins(1));
    here.applies(&ana, &follow).await;
    assert!(here.follows(&ana.uri, rocks.id).await, "leaving twice does not close the door");
    assert_eq!(there.asked("/ana"), 1);
    let known = here.actor(&ana.uri).await.unwrap();
    assert_eq!(known.handle(), format!("ana@{}", there.base.trim_start_matches("http://")));
}

#[actix_web::test]
async fn who_says_what() {
    let (here, there, evil) = (Here::start().await, Elsewhere::start().await, Elsewhere::start().await);
    let (rocks, ana, eve) = (here.group("rocks").await, there.actor("Person", "ana"), evil.actor("Person", "eve"));
    let follow = ana.does("Follow", rocks.uri.as_str());
    assert_eq!(here.takes(&eve, &follow).await, StatusCode::UNAUTHORIZED, "a key the actor does not list");
    here.applies(&eve, &eve.does("Follow", rocks.uri.as_str())).await;
    assert_eq!(here.takes(&eve, &follow).await, StatusCode::FORBIDDEN, "the key of somebody else");
    here.applies(&ana, &follow).await;
    assert_eq!(
        here.posted(&eve.key, &format!("{}#main-key", ana.uri), follow.to_string()).await,
        StatusCode::UNAUTHORIZED
    );
    let mut stolen = eve.does("Like", rocks.uri.as_str());
    stolen["id"] = format!("{}/likes/1", there.base).into();
    assert_eq!(here.takes(&eve, &stolen).await, StatusCode::FORBIDDEN);
    stolen["id"] = format!("{OURS}/activities/1").into();
    assert_eq!(here.takes(&eve, &stolen).await, StatusCode::FORBIDDEN);
    stolen["actor"] = rocks.uri.as_str().into();
    assert_eq!(here.takes(&eve, &stolen).await, StatusCode::FORBIDDEN);
    for body in ["{}", "[]", "{\"type\":\"Like\",\"type\":\"Like\"}", "not json"] {
        assert_eq!(
            here.posted(&eve.key, &format!("{}#main-key", eve.uri), body.into()).await,
            StatusCode::BAD_REQUEST,
            "{body}"
        );
    }
    let long = " ".repeat(1024 * 1024 + 1);
    assert_eq!(here.posted(&eve.key, "x", long).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!here.follows(&ana.uri, here.actor(&eve.uri).await.unwrap().id).await);
}

#[actix_web::test]
async fn strangers_who_leave_are_not_asked_after_and_keys_may_change() {
    let (here, there) = (Here::start().await, Elsewhere::start().await);
    let (rocks, mut ana) = (here.group("rocks").await, there.actor("Person", "ana"));
    assert_eq!(here.takes(&ana, &ana.does("Delete", ana.uri.as_str())).await, StatusCode::ACCEPTED);
    assert_eq!(there.asked("/ana"), 0);
    here.applies(&ana, &ana.does("Follow", rocks.uri.as_str())).await;

    ana = there.actor("Person", "ana");
    let note =
        ana.note("1", "<p>nuevo</p>", json!({ "cc": rocks.uri, "tag": { "type": "Mention", "href": rocks.uri } }));
    assert_eq!(
        here.takes(&ana, &ana.does("Create", note.clone())).await,
        StatusCode::UNAUTHORIZED,
        "asked less than a minute ago"
    );
    here.app.clock().advance(std::time::Duration::from_secs(61));
    here.applies(&ana, &ana.does("Create", note.clone())).await;
    assert!(here.post(&note["id"]).await.is_some());

    there.answers("/ana", 410, "");
    let gone = there.actor("Person", "other");
    here.app.clock().advance(std::time::Duration::from_secs(61));
    let farewell = here
        .posted(&gone.key, &format!("{}#main-key", ana.uri), ana.does("Delete", ana.uri.as_str()).to_string())
        .await;
    assert_eq!(farewell, StatusCode::ACCEPTED, "410 proves it");
    here.settle().await;
    assert!(here.actor(&ana.uri).await.unwrap().deleted.is_some());
}

#[actix_web::test]
async fn a_post_to_a_group_its_reply_and_what_becomes_of_them() {
    let (here, there, third) = (Here::start().await, Elsewhere::start().await, Elsewhere::start().await);
    let rocks = here.group("rocks").await;
    let (ana, bob) = (there.actor("Person", "ana"), third.actor("Person", "bob"));
    let mention = json!({ "type": "Mention", "href": rocks.uri });
    let thread = ana.note("1", "<p>@rocks Granito</p><p>Duro.</p>", json!({ "cc": [rocks.uri], "tag": mention }));
    here.applies(&ana, &ana.does("Create", thread.clone())).await;
    let post = here.post(&thread["id"]).await.unwrap();
    assert_eq!((post.group, post.content.title.as_deref()), (Some(rocks.id), Some("Granito")));

    let reply = bob.note("2", "<p>No.</p>", json!({ "inReplyTo": thread["id"] }));
    here.applies(&bob, &bob.does("Create", reply.clone())).await;
    let reply = here.post(&reply["id"]).await.unwrap();
    assert_eq!((reply.group, reply.parent, reply.depth), (Some(rocks.id), Some(post.id), 1));

    let mut edited = thread.clone();
    edited["content"] = "<p>Basalto</p>".into();
    edited["updated"] = "2026-11-22T15:00:00Z".into();
    assert_eq!(here.takes(&bob, &bob.does("Update", edited.clone())).await, StatusCode::ACCEPTED);
    here.settle().await;
    assert!(here.post(&thread["id"]).await.unwrap().content.html.contains("Granito"), "not by somebody else");
    here.applies(&ana, &ana.does("Update", edited)).await;
    assert_eq!(here.post(&thread["id"]).await.unwrap().content.html, "<p>Basalto</p>");

    here.applies(&bob, &bob.does("Delete", thread["id"].clone())).await;
    assert!(here.post(&thread["id"]).await.unwrap().is_live(), "not by somebody else");
    here.applies(&ana, &ana.does("Delete", json!({ "id": thread["id"], "type": "Tombstone" }))).await;
    assert!(here.post(&thread["id"]).await.unwrap().deleted.is_some());
}

#[actix_web::test]
async fn votes_and_what_overtakes_what() {
    let (here, there) = (Here::start().await, Elsewhere::start().await);
    let (rocks, ana) = (here.group("rocks").await, there.actor("Person", "ana"));
    let thread = ana.note("1", "<p>Granito</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    here.applies(&ana, &ana.does("Create", thread.clone())).await;
    let post = here.post(&thread["id"]).await.unwrap();
    let like = ana.does("Like", thread["id"].clone());
    here.applies(&ana, &ana.does("Undo", like.clone())).await;
    here.applies(&ana, &like).await;
    assert_eq!(here.vote(&post, &ana.uri).await, None, "undone before it came");
    let mut react = ana.does("EmojiReact", thread["id"].clone());
    let signs = async || {
        let (id, voter) = (post.id, here.actor(&ana.uri).await.unwrap().id);
        let signs = here.app.read(move |c| store::votes::signs(c, &[id], &[voter])).await.unwrap();
        signs.into_iter().map(|(_, _, sign)| sign).collect::<Vec<_>>()
    };
    react["content"] = "🎉".into();
    here.applies(&ana, &react).await;
    assert_eq!((here.vote(&post, &ana.uri).await, signs().await), (Some(Vote::Like), vec!["🎉".to_owned()]));
    // Misskey says it so, with pictures; the last one counts.
    let mut other = ana.does("Like", thread["id"].clone());
    let icon = json!({ "type": "Image", "url": "https://far.example/cat.png" });
    other["id"] = format!("{}/misskey", ana.uri).into();
    other["_misskey_reaction"] = ":blob_cat@far.example:".into();
    other["tag"] = json!([{ "type": "Emoji", "name": ":blob_cat:", "icon": icon }]);
    here.applies(&ana, &other).await;
    assert_eq!(signs().await, [":blob_cat:"]);
    here.applies(&ana, &ana.does("Dislike", thread["id"].clone())).await;
    assert_eq!(here.vote(&post, &ana.uri).await, Some(Vote::Dislike));
    here.applies(&ana, &ana.does("Undo", ana.does("EmojiReact", thread["id"].clone()))).await;
    assert_eq!(here.vote(&post, &ana.uri).await, Some(Vote::Dislike), "the last one counts");
    here.applies(&ana, &ana.does("Undo", json!({ "type": "Dislike", "object": thread["id"] }))).await;
    assert_eq!(here.vote(&post, &ana.uri).await, None, "without an id");

    let late = ana.note("2", "<p>Tarde</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    here.applies(&ana, &ana.does("Delete", late["id"].clone())).await;
    here.applies(&ana, &ana.does("Create", late.clone())).await;
    assert_eq!(here.post(&late["id"]).await, None, "deleted before it came");
}

#[actix_web::test]
async fn a_reply_brings_the_posts_above_it_and_nobody_elses_words() {
    let (here, there, third) = (Here::start().await, Elsewhere::start().await, Elsewhere::start().await);
    let (rocks, ana, bob) = (here.group("rocks").await, there.actor("Person", "ana"), third.actor("Person", "bob"));
    let root = ana.note("1", "<p>Granito</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    let middle = ana.note("2", "<p>Basalto</p>", json!({ "inReplyTo": root["id"] }));
    there.has("/ana/1", &root);
    there.has("/ana/2", &middle);
    let last = bob.note("3", "<p>Mármol</p>", json!({ "inReplyTo": middle["id"], "to": [PUBLIC, rocks.uri] }));
    here.applies(&bob, &bob.does("Create", last.clone())).await;
    let last = here.post(&last["id"]).await.unwrap();
    let root = here.post(&root["id"]).await.unwrap();
    assert_eq!((last.depth, last.root, last.group), (2, root.id, Some(rocks.id)));

    let around = bob.note("4", "<p>a</p>", json!({ "inReplyTo": format!("{}/5", bob.uri), "to": [PUBLIC, rocks.uri] }));
    third.has("/bob/5", &bob.note("5", "<p>b</p>", json!({ "inReplyTo": around["id"] })));
    third.has("/bob/4", &around);
    here.applies(&bob, &bob.does("Create", around.clone())).await;
    assert!(here.post(&around["id"]).await.is_some(), "a circle ends");

    let forged = ana.note("6", "<p>falso</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    here.applies(&bob, &bob.does("Create", forged.clone())).await;
    assert_eq!(here.post(&forged["id"]).await, None);
    third.has("/bob/7", &ana.note("7", "<p>falso</p>", json!({})));
    let child = bob.note("8", "<p>c</p>", json!({ "inReplyTo": format!("{}/7", bob.uri), "to": [PUBLIC, rocks.uri] }));
    here.applies(&bob, &bob.does("Create", child.clone())).await;
    assert_eq!(here.post(&json!(format!("{}/7", ana.uri))).await, None);
    assert_eq!(here.post(&child["id"]).await.unwrap().parent, None);
}

#[actix_web::test]
async fn what_concerns_nobody_is_not_kept_and_private_words_stay_private() {
    let (here, there) = (Here::start().await, Elsewhere::start().await);
    let (rocks, ana) = (here.group("rocks").await, there.actor("Person", "ana"));
    let idle = ana.note("1", "<p>nada</p>", json!({ "inReplyTo": "http://127.0.0.1:9/never" }));
    here.applies(&ana, &ana.does("Create", idle.clone())).await;
    assert_eq!(here.post(&idle["id"]).await, None);
    let direct = ana.note(
        "2",
        "<p>para el equipo</p>",
        json!({ "to": [rocks.uri, rocks.followers] , "tag": { "type": "Mention", "href": rocks.uri } }),
    );
    here.applies(&ana, &ana.does("Create", direct.clone())).await;
    let direct = here.post(&direct["id"]).await.unwrap();
    assert_eq!(direct.group, None);
    assert!(!direct.audience.is_open() && direct.audience != Audience::Followers);
    let unknown = json!({ "id": format!("{}/view", ana.uri), "type": "View", "actor": ana.uri, "object": "x" });
    here.applies(&ana, &unknown).await;
}

#[actix_web::test]
async fn a_handle_leads_to_an_actor_and_back() {
    let (here, there, front) = (Here::start().await, Elsewhere::start().await, Elsewhere::start().await);
    let ana = there.actor("Person", "ana");
    let host = |server: &Elsewhere| server.base.trim_start_matches("http://").to_owned();
    let jrd = |subject: &str, uri: &str| json!({ "subject": format!("acct:{subject}"), "links": [{ "rel": "self", "type": "application/activity+json", "href": uri }] });
    let asks =
        |name: &str| format!("/.well-known/webfinger?resource=acct%3A{}", name.replace('@', "%40").replace(':', "%3A"));
    let (plain, fancy) = (format!("ana@{}", host(&there)), format!("ana@{}", host(&front)));
    there.has(&asks(&plain), &jrd(&fancy, &ana.uri));
    front.has(&asks(&fancy), &jrd(&fancy, &ana.uri));
    let id = here.app.resolver().handle(&here.app, "ana", &host(&front)).await.unwrap();
    let known = here.actor(&ana.uri).await.unwrap();
    assert_eq!((known.id, known.handle()), (id, fancy));

    let eve = format!("eve@{}", host(&front));
    front.has(&asks(&eve), &jrd(&eve, &ana.uri));
    let stolen = here.app.resolver().handle(&here.app, "eve", &host(&front)).await.unwrap();
    assert_eq!(stolen, id);
    assert_eq!(here.actor(&ana.uri).await.unwrap().name, "ana", "a stranger's handle does not stick");
    let mut mallory = there.actor("Person", "mallory");
    mallory.document["webfinger"] = format!("mallory@{}", host(&front)).into();
    there.has("/mallory", &mallory.document);
    here.app.resolver().actor(&here.app, &mallory.uri).await.unwrap();
    assert_eq!(here.actor(&mallory.uri).await.unwrap().host, host(&there), "a claim that nobody confirms");
    assert!(here.app.resolver().handle(&here.app, "nobody", &host(&front)).await.is_err());
    assert!(here.app.resolver().handle(&here.app, "nobody", "127.0.0.1:1").await.is_err(), "this server is not asked");
}

#[actix_web::test]
async fn what_a_server_runs() {
    let (here, there) = (Here::start().await, Elsewhere::start().await);
    let rocks = here.group("rocks").await;
    let info = format!("{}/info", there.base);
    there.has(
        "/.well-known/nodeinfo",
        &json!({ "links": [{ "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": info }] }),
    );
    there.has("/info", &json!({ "software": { "name": "NodeBB", "version": "4.15.1" } }));
    let (ana, eve) = (there.actor("Person", "ana"), there.actor("Person", "eve"));
    for person in [&ana, &eve] {
        here.applies(person, &person.does("Follow", rocks.uri.as_str())).await;
    }
    let host = there.base.trim_start_matches("http://").to_owned();
    let peer = here.app.read(move |c| store::peers::by_host(c, &host)).await.unwrap().unwrap();
    assert_eq!((peer.software.as_str(), peer.version.as_str(), peer.last_seen.is_some()), ("nodebb", "4.15.1", true));
    assert_eq!(there.asked("/info"), 1);
}
