//! Quotes: with the consent of whoever wrote what is quoted, asked for and given across servers.

use serde_json::{Value, json};

use crate::network::{Network, PUBLIC, Puppet, Software, id, on_both};

/// A post that quotes another one, as Mastodon writes it.
fn quoting(by: &Puppet, quoted: &str, stamp: Option<&str>) -> Value {
    let mut create = by.toot("look", &[], None);
    create["object"]["quote"] = json!(quoted);
    create["object"]["quoteUri"] = json!(quoted);
    create["object"]["quoteAuthorization"] = json!(stamp);
    by.peer.serve(&create["object"]);
    create
}

fn request(by: &Puppet, quoted: &str, create: &Value) -> Value {
    let mut request = by.activity("QuoteRequest", &json!(quoted));
    request["instrument"] = create["object"].clone();
    request
}

async fn a_post_here_is_quoted_with_consent() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let mia = net.peer("far.test", Software::Mastodon).person("mia");
    ana.follow(&max.handle()).await;
    net.settle().await;
    max.answer(&alpha, "Accept", &max.peer.take().pop().expect("a request").activity).await;
    let post = ana.post("quote me").await;
    let uri = post["uri"].as_str().expect("an id");
    let create = quoting(&max, uri, None);
    let asked = request(&max, uri, &create);
    for _ in 0..2 {
        max.send(&alpha, &asked).await;
        net.settle().await;
    }
    let yes = max.peer.only("Accept{QuoteRequest}").activity;
    assert_eq!((&yes["actor"], &yes["object"]["id"]), (&json!(ana.uri()), &asked["id"]));
    let stamp = yes["result"].as_str().expect("a stamp").to_owned();
    let document = alpha.document(&stamp).await;
    assert_eq!((&document["type"], &document["attributedTo"]), (&json!("QuoteAuthorization"), &json!(ana.uri())));
    assert_eq!(
        (&document["interactingObject"], &document["interactionTarget"]),
        (&create["object"]["id"], &json!(uri))
    );

    // With the stamp it is shown, without it, or with that of another post, it is not.
    let with = |create: &Value, stamp: &str| {
        let mut create = create.clone();
        create["object"]["quoteAuthorization"] = json!(stamp);
        max.peer.serve(&create["object"]);
        create
    };
    let other = with(&quoting(&max, uri, None), &stamp);
    max.send(&alpha, &other).await;
    max.send(&alpha, &with(&create, &stamp)).await;
    net.settle().await;
    let quote = async |create: &Value| ana.find_post(create["object"]["id"].as_str().unwrap()).await["quote"].clone();
    let shown = quote(&create).await;
    assert_eq!((&shown["state"], &shown["quoted_status"]["id"]), (&json!("accepted"), &post["id"]));
    let hidden = quote(&other).await;
    assert_eq!((&hidden["state"], &hidden["quoted_status"]), (&json!("pending"), &Value::Null));

    // What is for few is quoted by nobody, and nobody asks for others.
    max.peer.take();
    let body = json!({ "status": "psst", "visibility": "private" });
    let secret = ana.api("POST", "/api/v1/statuses", &body).await;
    let secret = secret["uri"].as_str().unwrap();
    max.send(&alpha, &request(&max, secret, &quoting(&max, secret, None))).await;
    mia.send(&alpha, &request(&mia, uri, &create)).await;
    for odd in [Value::Null, json!([]), json!({ "es": "x" }), json!(7)] {
        let mut asked = request(&max, uri, &create);
        asked["instrument"] = odd;
        max.send(&alpha, &asked).await;
    }
    net.settle().await;
    assert_eq!(max.peer.kinds(), ["Reject{QuoteRequest}"]);
    assert!(mia.peer.kinds().is_empty());

    // Consent can be taken back.
    max.peer.take();
    let status = ana.find_post(create["object"]["id"].as_str().unwrap()).await;
    let revoked = ana.act(&format!("/api/v1/statuses/{}/quotes/{}/revoke", id(&post), id(&status))).await;
    assert_eq!(revoked["quote"]["state"], "revoked");
    net.settle().await;
    assert_eq!(max.peer.only("Delete").activity["object"], stamp.as_str());
    assert_eq!(alpha.document(&stamp).await, Value::Null);
    max.send(&alpha, &request(&max, uri, &create)).await;
    net.settle().await;
    max.peer.only("Reject{QuoteRequest}");
}

async fn an_author_says_who_may_quote_and_hears_of_it() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, luis) = (alpha.person("ana").await, alpha.person("luis").await);
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let write = async |policy: &str| {
        let body = json!({ "status": "quote me", "visibility": "public", "quote_approval_policy": policy });
        ana.api("POST", "/api/v1/statuses", &body).await
    };
    let quote = async |post: &Value| {
        luis.call("POST", "/api/v1/statuses", &json!({ "status": "see", "quoted_status_id": post["id"] })).await
    };
    let (open, few, closed) = (write("public").await, write("followers").await, write("nobody").await);
    assert_eq!(
        ana.call("POST", "/api/v1/statuses", &json!({ "status": "x", "quote_approval_policy": "y" })).await.status,
        422
    );
    let policy = async |post: &Value| {
        let document = alpha.document(post["uri"].as_str().unwrap()).await;
        document["interactionPolicy"]["canQuote"]["automaticApproval"].clone()
    };
    assert_eq!(policy(&open).await, json!([PUBLIC]));
    assert_eq!(policy(&few).await, json!([format!("{}/followers", ana.uri())]));
    assert_eq!(policy(&closed).await, json!([ana.uri()]));
    assert_eq!(luis.status(&few).await["quote_approval"]["current_user"], "denied");
    assert_eq!(luis.status(&open).await["quote_approval"]["automatic"], json!(["public"]));
    for post in [&few, &closed] {
        assert_eq!(quote(post).await.status, 403);
    }
    luis.follow(&ana.handle()).await;
    assert_eq!(quote(&few).await.status, 200);
    assert_eq!(quote(&closed).await.status, 403);
    let quoting = quote(&open).await.value();

    // It is told, counted and listed; and so is what somebody elsewhere quotes, who asks the same question.
    max.send(&alpha, &request(&max, closed["uri"].as_str().unwrap(), &quoting_of(&max, &closed))).await;
    max.send(&alpha, &request(&max, few["uri"].as_str().unwrap(), &quoting_of(&max, &few))).await;
    net.settle().await;
    assert_eq!(max.peer.kinds(), ["Reject{QuoteRequest}", "Reject{QuoteRequest}"]);
    assert_eq!(ana.status(&open).await["quotes_count"], 1);
    let list = ana.read(&format!("/api/v1/statuses/{}/quotes", id(&open))).await;
    assert_eq!(list.as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [id(&quoting)]);
    let told = ana.read("/api/v1/notifications?types[]=quote").await;
    assert_eq!(told.as_array().unwrap().len(), 2);
    assert_eq!((&told[0]["account"]["acct"], &told[0]["status"]["id"]), (&json!("luis"), &quoting["id"]));

    // The wish may change; what was agreed stays.
    let path = format!("/api/v1/statuses/{}/interaction_policy", id(&open));
    let changed = ana.api("PUT", &path, &json!({ "quote_approval_policy": "nobody" })).await;
    assert_eq!(changed["quote_approval"]["automatic"], json!([]));
    assert_eq!(changed["edited_at"], Value::Null, "what it says is the same");
    assert_eq!(policy(&open).await, json!([ana.uri()]));
    assert_eq!(quote(&open).await.status, 403);
    assert_eq!(luis.status(&quoting).await["quote"]["state"], "accepted");
    assert_eq!(luis.call("PUT", &path, &json!({ "quote_approval_policy": "public" })).await.status, 403);
}

/// A post that quotes another one.
fn quoting_of(by: &Puppet, post: &Value) -> Value {
    quoting(by, post["uri"].as_str().unwrap(), None)
}

async fn a_post_elsewhere_is_quoted_with_consent() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let masto = net.peer("masto.test", Software::Mastodon);
    let (max, eve) = (masto.person("max"), masto.person("eve"));
    eve.follow(&alpha, ana.uri()).await;
    net.settle().await;
    masto.take();
    let toot = max.toot("quote me", &[], None);
    let uri = toot["object"]["id"].as_str().expect("an id");
    let status = ana.find_post(uri).await;
    assert_eq!(status["quote_approval"]["current_user"], "automatic");
    let body = json!({ "status": "look", "quoted_status_id": id(&status) });
    let quoting = ana.api("POST", "/api/v1/statuses", &body).await;
    assert_eq!(quoting["quote"]["state"], "pending");
    net.settle().await;
    let note = masto.only("Create{Note}").activity["object"].clone();
    for key in ["quote", "quoteUri", "_misskey_quote"] {
        assert_eq!(note[key], uri, "{note}");
    }
    let link = note["tag"].as_array().unwrap().iter().find(|tag| tag["type"] == "Link").expect("a link");
    assert_eq!(link["href"], uri);
    assert!(note["content"].as_str().unwrap().contains("quote-inline") && note["quoteAuthorization"].is_null());
    let asked = masto.only("QuoteRequest").activity;
    assert_eq!((&asked["object"], &asked["instrument"]), (&json!(uri), &note["id"]));

    // Only whoever is quoted says yes, and with a stamp of their own server.
    masto.take();
    let stamp = masto.url("/stamps/1");
    let answer = |by: &Puppet, kind: &str, result: Value| {
        let mut answer = by.activity(kind, &json!(asked["id"]));
        answer["result"] = result;
        answer
    };
    eve.send(&alpha, &answer(&eve, "Accept", json!(stamp))).await;
    max.send(&alpha, &answer(&max, "Accept", json!("http://elsewhere.test/1"))).await;
    max.send(&alpha, &answer(&max, "Accept", json!([null]))).await;
    net.settle().await;
    assert_eq!(ana.status(&quoting).await["quote"]["state"], "pending");
    max.send(&alpha, &answer(&max, "Accept", json!(stamp))).await;
    net.settle().await;
    let shown = ana.status(&quoting).await["quote"].clone();
    assert_eq!((&shown["state"], &shown["quoted_status"]["uri"]), (&json!("accepted"), &json!(uri)));
    let update = masto.only("Update{Note}").activity;
    assert_eq!(update["object"]["quoteAuthorization"], stamp.as_str());
    assert_eq!(alpha.document(note["id"].as_str().unwrap()).await["quoteAuthorization"], stamp.as_str());

    eve.send(&alpha, &eve.activity("Delete", &json!(stamp))).await;
    net.settle().await;
    assert_eq!(ana.status(&quoting).await["quote"]["state"], "accepted", "it is not eve's");
    max.send(&alpha, &max.activity("Delete", &json!({ "id": stamp, "type": "QuoteAuthorization" }))).await;
    net.settle().await;
    assert_eq!(ana.status(&quoting).await["quote"]["state"], "revoked");
    assert!(alpha.document(note["id"].as_str().unwrap()).await["quote"].is_null());

    // Among people here nobody need ask; what is private is not quoted by others.
    let own = ana.post("mine").await;
    let body = json!({ "status": "look", "quoted_status_id": id(&own) });
    let by_bea = bea.api("POST", "/api/v1/statuses", &body).await;
    assert_eq!((&by_bea["quote"]["state"], &by_bea["quote"]["quoted_status"]["id"]), (&json!("accepted"), &own["id"]));
    let note = alpha.document(by_bea["uri"].as_str().unwrap()).await;
    assert_eq!(alpha.document(note["quoteAuthorization"].as_str().unwrap()).await["interactingObject"], note["id"]);
    let body = json!({ "status": format!("{} psst", bea.handle()), "visibility": "direct" });
    let secret = ana.api("POST", "/api/v1/statuses", &body).await;
    let body = json!({ "status": "look", "quoted_status_id": id(&secret) });
    assert_eq!(bea.call("POST", "/api/v1/statuses", &body).await.status, 403);
}

async fn what_is_found_by_its_address_shows_what_it_quotes() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    // Each quotes the one before; all are max's own, so that no stamp is needed.
    let mut chain = vec![max.toot("the first", &[], None)["object"]["id"].clone()];
    for _ in 0..2 {
        let quoted = chain.last().and_then(Value::as_str).expect("an id").to_owned();
        chain.push(quoting(&max, &quoted, None)["object"]["id"].clone());
    }
    let top = ana.find_post(chain[2].as_str().unwrap()).await;
    let quoted = &top["quote"]["quoted_status"];
    assert_eq!((&top["quote"]["state"], &quoted["uri"]), (&json!("accepted"), &chain[1]), "{top}");
    // A quote in a quote is named, and looked at on its own.
    let below = ana.status(quoted).await;
    assert_eq!(below["quote"]["quoted_status"]["uri"], chain[0], "{below}");
    assert_eq!(quoted["quote"]["quoted_status_id"], below["quote"]["quoted_status"]["id"], "{top}");

    // Two that quote one another end somewhere.
    let (mut one, two) = (max.toot("one", &[], None), quoting(&max, "http://masto.test/circle", None));
    one["object"]["id"] = json!("http://masto.test/circle");
    one["object"]["quote"] = two["object"]["id"].clone();
    masto.serve(&one["object"]);
    let circle = ana.find_post("http://masto.test/circle").await;
    assert_eq!(circle["quote"]["quoted_status"]["uri"], two["object"]["id"], "{circle}");
}

async fn who_asks_to_like_to_answer_or_to_pass_on_is_answered() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let gus = net.peer("social.test", Software::GoToSocial).person("gus");
    let post = ana.post(&format!("{} Tomatoes", club.handle())).await;
    let whisper = ana.call("POST", "/api/v1/statuses", &json!({ "status": "Psst", "visibility": "private" })).await;
    let (uri, whisper) = (post["uri"].clone(), whisper.value()["uri"].clone());
    let ask = async |kind: &str, about: &Value, instrument: Value| {
        let mut request = gus.activity(kind, about);
        (request["instrument"], request["to"]) = (instrument, json!(ana.uri()));
        gus.send(&alpha, &request).await;
        net.settle().await;
        let answer = gus.peer.take().pop().expect("an answer").activity;
        assert_eq!((&answer["actor"], &answer["object"]["id"]), (&json!(ana.uri()), &request["id"]), "{answer}");
        assert_eq!((&answer["object"]["type"], &answer["object"]["object"]), (&json!(kind), about), "{answer}");
        answer
    };
    let like = gus.activity("Like", &uri);
    let shared = gus.addressed("Announce", &uri, &[]);
    let reply = gus.toot("Red ones", &[(ana.uri(), &ana.handle())], uri.as_str());
    for (kind, instrument, stamp) in [
        ("LikeRequest", &like, "LikeAuthorization"),
        ("AnnounceRequest", &shared, "AnnounceAuthorization"),
        ("ReplyRequest", &reply["object"], "ReplyAuthorization"),
    ] {
        let answer = ask(kind, &uri, instrument.clone()).await;
        assert_eq!(
            (&answer["type"], &answer["object"]["instrument"]),
            (&json!("Accept"), &instrument["id"]),
            "{answer}"
        );
        let document = alpha.document(answer["result"].as_str().expect("a stamp")).await;
        for (key, value) in [("type", &json!(stamp)), ("id", &answer["result"]), ("attributedTo", &json!(ana.uri()))] {
            assert_eq!(&document[key], value, "{document}");
        }
        assert_eq!((&document["interactingObject"], &document["interactionTarget"]), (&instrument["id"], &uri));
        let again = ask(kind, &uri, instrument["id"].clone()).await;
        assert_eq!(again["result"], answer["result"], "one stamp for one thing");
    }
    let counts = async || {
        let status = ana.status(&post).await;
        ["favourites_count", "reblogs_count", "replies_count"].map(|key| status[key].as_u64().expect("a number"))
    };
    // One pass is the group's.
    assert_eq!(counts().await, [1, 2, 0], "the reply is to come");
    gus.send(&alpha, &like).await;
    gus.send(&alpha, &reply).await;
    net.settle().await;
    assert_eq!(counts().await, [1, 2, 1]);

    // What one may not do, one is not let do; whoever asks for somebody else is not answered.
    let refused = ask("LikeRequest", &whisper, gus.activity("Like", &whisper)).await;
    assert_eq!((&refused["type"], &refused["result"]), (&json!("Reject"), &Value::Null), "{refused}");
    let person = alpha.app().resolver().actor(alpha.app(), &gus.uri).await.unwrap();
    app::moderation::ban(
        alpha.app(),
        app::Me(ana.actor.id),
        app::moderation::NewBan { group: club.actor.id, person, until: None, grounds: "".into(), clean: false },
    )
    .await
    .unwrap();
    net.settle().await;
    let another = gus.toot("Green ones", &[(ana.uri(), &ana.handle())], uri.as_str());
    assert_eq!(ask("ReplyRequest", &uri, another["object"].clone()).await["type"], "Reject");
    let mut forged = gus.activity("LikeRequest", &uri);
    forged["instrument"] = json!("http://other.test/likes/1");
    gus.send(&alpha, &forged).await;
    net.settle().await;
    assert!(gus.peer.take().is_empty());
}

on_both![
    a_post_here_is_quoted_with_consent,
    a_post_elsewhere_is_quoted_with_consent,
    an_author_says_who_may_quote_and_hears_of_it,
    what_is_found_by_its_address_shows_what_it_quotes,
    who_asks_to_like_to_answer_or_to_pass_on_is_answered,
];
