//! Authors elsewhere who say whom they let answer, like and pass on what they write, as GoToSocial does.

use serde_json::{Value, json};

use crate::network::{Network, PUBLIC, Person, Puppet, Server, Software, id, on_both};

/// A post of somebody whom `reader` follows, with what they say of who may do what.
async fn post(server: &Server, by: &Puppet, reader: &Person, policy: Value, mentioned: &[(String, String)]) -> Value {
    let mentioned: Vec<(&str, &str)> = mentioned.iter().map(|(uri, name)| (uri.as_str(), name.as_str())).collect();
    let mut create = by.toot("I think aloud.", &mentioned, None);
    create["object"]["interactionPolicy"] = policy;
    by.peer.serve(&create["object"]);
    by.send(server, &create).await;
    reader.find_post(create["object"]["id"].as_str().expect("an id")).await
}

/// A network with somebody on GoToSocial whom somebody here follows, and a follower of theirs who would hear of more.
async fn world() -> (Network, Server, [Person; 2], [Puppet; 2]) {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, luis) = (alpha.person("ana").await, alpha.person("luis").await);
    let gus = net.peer("gts.test", Software::GoToSocial).person("gus");
    let mia = net.peer("masto.test", Software::Mastodon).person("mia");
    ana.follow(&gus.handle()).await;
    mia.follow(&alpha, ana.uri()).await;
    net.settle().await;
    let request = gus.peer.take().pop().expect("a request").activity;
    gus.answer(&alpha, "Accept", &request).await;
    net.settle().await;
    mia.peer.take();
    (net, alpha, [ana, luis], [gus, mia])
}

/// What the author's server is asked with.
type Asking<'a> = &'a dyn Fn(&Value, &Value) -> Value;

async fn an_answer_waits_until_the_author_agrees() {
    let (net, alpha, [ana, luis], [gus, mia]) = world().await;
    let policy =
        |automatic: Value| json!({ "canReply": { "automaticApproval": automatic, "manualApproval": [PUBLIC] } });
    // As it is said now, and as it was said before: only followers, of whom nobody else knows who they are.
    let today = post(&alpha, &gus, &ana, policy(json!([gus.uri])), &[]).await;
    let before = json!({ "canReply": { "always": gus.part("followers"), "approvalRequired": [] } });
    let before = post(&alpha, &gus, &ana, before, &[]).await;
    let asked = |reply: &Value, post: &Value| {
        let note = reply["uri"].as_str().expect("an id");
        json!({
            "type": "ReplyRequest", "id": format!("{note}/replyRequest"), "actor": ana.uri(), "object": post["uri"],
            "instrument": note,
        })
    };
    let of_note = |reply: &Value, _: &Value| reply["uri"].clone();
    let stamp = gus.peer.url("/users/gus/authorizations/1");
    let forms: [(&Value, Asking<'_>, Option<&str>); 2] = [(&today, &asked, Some(&stamp)), (&before, &of_note, None)];
    for (post, named, stamp) in forms {
        let reply = ana.reply(post, "So do I.").await;
        let uri = reply["uri"].as_str().unwrap();
        net.settle().await;
        let sent = gus.peer.only("Create{Note}").activity;
        assert_eq!((&sent["object"]["id"], &sent["object"]["inReplyTo"]), (&reply["uri"], &post["uri"]));
        assert!(mia.peer.kinds().is_empty(), "nobody else hears of it");
        assert_eq!(alpha.document(uri).await, Value::Null);
        assert_eq!(alpha.get(uri, "text/html").await.status, 404);
        let path = format!("/api/v1/statuses/{}", id(&reply));
        assert_eq!(luis.call("GET", &path, &Value::Null).await.status, 404);
        assert_eq!(ana.status(&reply).await["content"], reply["content"], "but its author sees it");
        let body = json!({ "status": "And more.", "in_reply_to_id": reply["id"] });
        assert_eq!(ana.call("POST", "/api/v1/statuses", &body).await.status, 404, "nothing follows on it yet");
        assert_eq!(ana.status(post).await["replies_count"], 0);

        let mut yes = gus.activity("Accept", &named(&reply, post));
        yes["result"] = json!(stamp);
        let mut forged = mia.activity("Accept", &named(&reply, post));
        forged["result"] = json!(mia.part("authorizations/1"));
        mia.send(&alpha, &forged).await;
        net.settle().await;
        assert_eq!(luis.call("GET", &path, &Value::Null).await.status, 404, "that is not for mia to say");
        for _ in 0..2 {
            gus.send(&alpha, &yes).await;
            net.settle().await;
        }
        let told = mia.peer.only("Create{Note}").activity;
        let document = json!(stamp.map_or(yes["id"].as_str().unwrap(), |stamp| stamp));
        for note in [&told["object"], &alpha.document(uri).await] {
            assert_eq!((&note["replyAuthorization"], &note["approvedBy"]), (&document, &document), "{note}");
        }
        assert_eq!(luis.status(&reply).await["content"], reply["content"]);
        assert_eq!(ana.status(post).await["replies_count"], 1);
        // What its author changes later is still agreed to.
        ana.api("PUT", &path, &json!({ "status": "So do we." })).await;
        net.settle().await;
        assert_eq!(mia.peer.take().pop().expect("an update").activity["object"]["replyAuthorization"], document);
        gus.peer.take();
    }
}

async fn an_answer_that_is_not_wanted_stays_with_its_author() {
    let (net, alpha, [ana, luis], [gus, mia]) = world().await;
    let policy = json!({ "canReply": { "automaticApproval": gus.uri, "manualApproval": PUBLIC } });
    let post = post(&alpha, &gus, &ana, policy, &[]).await;
    let reply = ana.reply(&post, "I do not.").await;
    net.settle().await;
    gus.send(&alpha, &gus.activity("Reject", &gus.peer.only("Create{Note}").activity["id"])).await;
    net.settle().await;
    let mut late = gus.activity("Accept", &reply["uri"]);
    late["result"] = json!(gus.part("authorizations/1"));
    gus.send(&alpha, &late).await;
    net.settle().await;
    assert!(mia.peer.kinds().is_empty());
    let path = format!("/api/v1/statuses/{}", id(&reply));
    assert_eq!(luis.call("GET", &path, &Value::Null).await.status, 404);
    assert_eq!(ana.status(&reply).await["content"], reply["content"]);
    assert_eq!(ana.status(&post).await["replies_count"], 0);
    ana.call("DELETE", &path, &Value::Null).await;
    net.settle().await;
}

async fn what_an_author_does_not_allow_is_refused() {
    let (net, alpha, [ana, luis], [gus, mia]) = world().await;
    let nobody = json!({ "automaticApproval": [gus.uri], "manualApproval": [] });
    let policy = json!({ "canReply": nobody, "canLike": nobody, "canAnnounce": nobody });
    let named = [(luis.uri().to_owned(), luis.handle())];
    let post = post(&alpha, &gus, &ana, policy, &named).await;
    net.settle().await;
    gus.peer.take();
    let path = |deed: &str| format!("/api/v1/statuses/{}/{deed}", id(&post));
    let body = json!({ "status": "So do I.", "in_reply_to_id": post["id"] });
    for answer in [
        ana.call("POST", "/api/v1/statuses", &body).await,
        ana.call("POST", &path("favourite"), &json!({})).await,
        ana.call("POST", &path("reblog"), &json!({})).await,
    ] {
        assert_eq!(
            (answer.status, answer.value()["error"].as_str()),
            (403, Some("This action is not allowed: its author does not allow it"))
        );
    }
    net.settle().await;
    assert!(gus.peer.kinds().is_empty());
    // Whoever is mentioned may always answer.
    luis.api("POST", "/api/v1/statuses", &body).await;
    net.settle().await;
    gus.peer.only("Create{Note}");
    assert!(mia.peer.kinds().is_empty());
}

async fn an_author_is_asked_by_a_like_and_may_decline_it() {
    let (net, alpha, [ana, _], [gus, _]) = world().await;
    let asks = json!({ "automaticApproval": [gus.uri], "manualApproval": [PUBLIC] });
    let policy = json!({ "canLike": asks, "canAnnounce": asks });
    let post = post(&alpha, &gus, &ana, policy, &[]).await;
    let like = async || {
        gus.peer.take();
        ana.act(&format!("/api/v1/statuses/{}/favourite", id(&post))).await;
        net.settle().await;
        gus.peer.only("Like").activity["id"].clone()
    };
    let favourited = async || ana.status(&post).await["favourited"].clone();
    let first = like().await;
    let request = |like: &Value| {
        let asked = json!({
            "type": "LikeRequest", "id": gus.part("requests/1"), "actor": ana.uri(), "object": post["uri"],
            "instrument": like,
        });
        gus.activity("Reject", &asked)
    };
    gus.send(&alpha, &gus.activity("Accept", &first)).await;
    net.settle().await;
    assert_eq!(favourited().await, true);
    gus.send(&alpha, &gus.activity("Reject", &first)).await;
    net.settle().await;
    assert_eq!(favourited().await, false);
    gus.send(&alpha, &request(&like().await)).await;
    net.settle().await;
    assert_eq!(favourited().await, false);
    let answer = ana.call("POST", &format!("/api/v1/statuses/{}/reblog", id(&post)), &json!({})).await;
    assert_eq!(answer.status, 403, "nothing would be seen of it until they answer: {}", answer.text());
}

on_both![
    an_answer_waits_until_the_author_agrees,
    an_answer_that_is_not_wanted_stays_with_its_author,
    what_an_author_does_not_allow_is_refused,
    an_author_is_asked_by_a_like_and_may_decline_it,
];
