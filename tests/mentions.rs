//! The main job: somebody on a microblog mentions a group, and its followers everywhere have the post, each once.

use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, PUBLIC, Software, on_both};

async fn a_mention_becomes_a_thread_for_all_followers() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let quiet = net.peer("quiet.test", Software::Mastodon);
    let (bea, carl) = (masto.person("bea"), masto.person("carl"));
    let (dora, emil) = (lemmy.person("dora"), lemmy.person("emil"));
    let stranger = quiet.person("stranger");
    for person in [&bea, &carl, &dora, &emil] {
        person.follow(&alpha, club.uri()).await;
    }
    // Known here, but follows nothing.
    let unknown = stranger.addressed("Like", &json!(club.uri()), &[]);
    stranger.send(&alpha, &unknown).await;
    net.settle().await;
    masto.take();
    lemmy.take();

    let (uri, handle) = club.named();
    let create = bea.toot("Tomatoes in May</p><p>Who has grown them?", &[(&uri, &handle)], None);
    bea.send(&alpha, &create).await;
    net.settle().await;

    let note = create["object"]["id"].as_str().unwrap();
    let announce = masto.only("Announce");
    assert_eq!(announce.activity["object"], note, "a microblog gets the id");
    assert_eq!(announce.activity["actor"], club.uri());
    assert_eq!(announce.activity["to"], json!([PUBLIC]));
    assert!(announce.activity["cc"].to_string().contains(&club.followers()), "{}", announce.activity);
    assert_eq!(announce.path, "/inbox", "two followers there, one request");
    assert_eq!(masto.received().len(), 1, "{:?}", masto.kinds());

    let announce = lemmy.only("Announce{Create{Note}}");
    assert_eq!(announce.activity["object"]["object"]["id"], note, "a forum gets the activity");
    assert_eq!(announce.activity["object"]["actor"], bea.uri);
    assert_eq!(lemmy.received().len(), 1, "{:?}", lemmy.kinds());
    assert!(quiet.received().is_empty(), "who follows nothing gets nothing: {:?}", quiet.kinds());

    let served = alpha.document(announce.activity["id"].as_str().unwrap()).await;
    assert_eq!(served["object"]["object"]["id"], note, "an activity can be read at its id");
    let outbox = alpha.document(&format!("{}/outbox", club.uri())).await;
    assert_eq!(outbox["totalItems"], 1, "{outbox}");
    let seen = ana.find_post(note).await;
    assert_eq!(seen["account"]["acct"], "bea@masto.test");
    let home = ana.home().await;
    assert_eq!(home.len(), 1, "the owner follows the group: {home:?}");
    assert_eq!(home[0]["reblog"]["uri"], note);
    assert_eq!(home[0]["account"]["username"], "club");
    let page = alpha.get("/@club", "text/html").await.text();
    assert!(page.contains("Tomatoes in May"), "the first line is the title");
}

async fn what_was_announced_is_not_announced_again() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let (bea, dora) = (masto.person("bea"), lemmy.person("dora"));
    bea.follow(&alpha, club.uri()).await;
    dora.follow(&alpha, club.uri()).await;
    net.settle().await;
    let (uri, handle) = club.named();
    let create = bea.toot("Once", &[(&uri, &handle)], None);
    for _ in 0..2 {
        bea.send(&alpha, &create).await;
        assert_eq!(bea.post(&format!("{uri}/inbox"), &create).await, 202, "also at the inbox of the group");
    }
    // The same post once more, under another activity; and somebody boosts it.
    let mut other = create.clone();
    other["id"] = json!(masto.id("activities/create"));
    bea.send(&alpha, &other).await;
    bea.send(&alpha, &bea.addressed("Announce", &create["object"]["id"], &[&uri])).await;
    net.settle().await;
    for (peer, kind) in [(&masto, "Announce"), (&lemmy, "Announce{Create{Note}}")] {
        peer.only(kind);
    }
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], 1);
}

async fn a_comment_reaches_forums_but_floods_no_home() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let lemmy = net.peer("lem.test", Software::Lemmy);
    let (bea, dora) = (masto.person("bea"), lemmy.person("dora"));
    bea.follow(&alpha, club.uri()).await;
    dora.follow(&alpha, club.uri()).await;
    net.settle().await;
    let (uri, handle) = club.named();
    let create = bea.toot("Tomatoes", &[(&uri, &handle)], None);
    bea.send(&alpha, &create).await;
    net.settle().await;
    masto.take();
    lemmy.take();

    let note = create["object"]["id"].as_str().unwrap();
    let comment = bea.toot("Mine are red.", &[(&uri, &handle)], Some(note));
    bea.send(&alpha, &comment).await;
    net.settle().await;
    let announce = lemmy.only("Announce{Create{Note}}");
    assert_eq!(announce.activity["object"]["object"]["id"], comment["object"]["id"]);
    assert!(masto.received().is_empty(), "a boosted comment would stand in every home: {:?}", masto.kinds());

    // Without a mention of the group it still belongs to the thread of its parent.
    let plain = bea.toot("And sweet.", &[], comment["object"]["id"].as_str());
    bea.send(&alpha, &plain).await;
    net.settle().await;
    assert_eq!(lemmy.kinds(), ["Announce{Create{Note}}", "Announce{Create{Note}}"]);
    let thread = ana.find_post(note).await;
    assert_eq!(ana.replies(&thread).await, ["@club Mine are red.", "And sweet."]);
    assert_eq!(ana.home().await.len(), 1, "replies are no news of the group");
    let replies = alpha.get(thread["uri"].as_str().unwrap(), ACTIVITY).await;
    assert_ne!(replies.status, 200, "what others wrote is served by them");
}

async fn a_thread_is_called_by_its_first_line_whoever_begins_it() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let (member, stranger) = (masto.person("bea"), masto.person("carl"));
    member.follow(&alpha, club.uri()).await;
    net.settle().await;
    let (uri, handle) = club.named();
    let picture = json!([{ "type": "Document", "mediaType": "image/png", "url": "http://masto.test/1.png", "name": "Una maceta" }]);
    let long = "Hoy he regado los tomates y he quitado las malas hierbas. ".repeat(20);
    for by in [&member, &stranger] {
        for (html, attachment, language, title) in [
            ("Corto", json!([]), "es", "Corto"),
            ("Primera línea</p><p>y lo demás", json!([]), "es", "Primera línea"),
            (long.as_str(), json!([]), "es", "Hoy he regado los tomates y he quitado"),
            ("トマトが赤い", json!([]), "ja", "トマトが赤い"),
            ("", picture.clone(), "es", "Una maceta"),
        ] {
            let mut create = by.toot(html, &[(&uri, &handle)], None);
            create["object"]["attachment"] = attachment;
            create["object"]["contentMap"] = json!({ language: create["object"]["content"] });
            masto.serve(&create["object"]);
            by.send(&alpha, &create).await;
            net.settle().await;
            let note = &create["object"]["id"];
            assert_eq!(ana.home().await[0]["reblog"]["uri"], *note, "{title} by {}", by.name);
            let front = alpha.get("/@club", "text/html").await.text();
            let first = front.split("<li class=\"row\"").nth(1).unwrap_or_default();
            assert!(first.contains(title), "{title}: {first}");
        }
    }
}

async fn a_group_is_mentioned_by_its_tag_or_its_address() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let other = alpha.group("other", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let bea = masto.person("bea");
    let (uri, handle) = club.named();

    let mut by_tag = bea.toot("By tag", &[(&uri, &handle)], None);
    by_tag["object"]["cc"] = json!([bea.part("followers")]);
    by_tag["cc"] = by_tag["object"]["cc"].clone();
    let mut by_address = bea.toot("By address", &[(&uri, &handle)], None);
    by_address["object"]["tag"] = Value::Null;
    // Who names several groups speaks in the first.
    let other_named = other.named();
    let both = bea.toot("By two names", &[(&uri, &handle), (&other_named.0, &other_named.1)], None);
    for create in [&by_tag, &by_address, &both] {
        masto.serve(&create["object"]);
        bea.send(&alpha, create).await;
        net.settle().await;
    }
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], 3);
    assert_eq!(alpha.document(&format!("{}/outbox", other.uri())).await["totalItems"], 0);
}

async fn a_community_passes_on_what_is_written_into_it_and_its_author_need_not_hear() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben, bea) = (alpha.person("ana").await, beta.person("ben").await, beta.person("bea").await);
    let club = alpha.group("club", &ana).await;
    ben.follow(&club.handle()).await;
    net.settle().await;
    let post = ben.post(&format!("{} Tomatoes", club.handle())).await;
    net.settle().await;
    assert_eq!(ana.home().await.len(), 1, "it was passed on");
    let shares = async || ben.read("/api/v1/notifications?types[]=reblog").await;
    assert_eq!(shares().await, json!([]));

    // Of anybody else they hear.
    bea.act(&format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap())).await;
    net.settle().await;
    assert_eq!(shares().await[0]["account"]["username"], "bea");
}

async fn what_stands_beside_a_text_is_shown_below_it_and_a_picture_is_not_called_by_a_mention() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    let (uri, handle) = club.named();
    let show = async |html: &str, tags: &[&str], attached: Value| {
        let mut create = max.toot(html, &[(&uri, &handle)], None);
        for tag in tags {
            let tag = json!({ "type": "Hashtag", "name": format!("#{tag}"), "href": "https://masto.test/tags/x" });
            create["object"]["tag"].as_array_mut().unwrap().push(tag);
        }
        create["object"]["attachment"] = attached;
        max.send(&alpha, &create).await;
        net.settle().await;
        let seen = ana.find_post(create["object"]["id"].as_str().unwrap()).await;
        alpha.get(&format!("/@max@masto.test/{}", crate::network::id(&seen)), "text/html").await.text()
    };
    let page = show("Red ones, #Tomatoes", &["Tomatoes", "Huerta"], json!([])).await;
    let link = "<a href=\"http://alpha.test/tags/huerta\" rel=\"tag\">#huerta</a>";
    assert!(page.contains(link) && !page.contains("rel=\"tag\">#tomatoes</a>"), "{page}");
    let picture = json!([{ "type": "Document", "mediaType": "image/png", "url": "https://masto.test/x.png" }]);
    let page = show("", &[], picture).await;
    assert!(page.contains("<title>Post by ") && !page.contains("<title>@club"), "{page}");
}

on_both![
    what_stands_beside_a_text_is_shown_below_it_and_a_picture_is_not_called_by_a_mention,
    a_community_passes_on_what_is_written_into_it_and_its_author_need_not_hear,
    a_mention_becomes_a_thread_for_all_followers,
    what_was_announced_is_not_announced_again,
    a_comment_reaches_forums_but_floods_no_home,
    a_thread_is_called_by_its_first_line_whoever_begins_it,
    a_group_is_mentioned_by_its_tag_or_its_address,
];
