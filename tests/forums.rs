//! Forums of other software write in a group here, each in its own form, and take part in its threads.

use serde_json::{Value, json};

use crate::network::{Delivered, Group, Network, Person, Puppet, Software, on_both};

/// A follower on a forum that is told everything, and the group they all write in.
async fn setting(net: &Network) -> (Person, Group, Puppet) {
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let witness = net.peer("witness.test", Software::Lemmy).person("witness");
    witness.follow(&alpha, club.uri()).await;
    net.settle().await;
    witness.peer.take();
    (ana, club, witness)
}

async fn every_form_of_a_thread_is_understood() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club, witness) = setting(&net).await;
    let (uri, handle) = club.named();
    let lemmy = net.peer("lem.test", Software::Lemmy).person("leo");
    let piefed = net.peer("pie.test", Software::PieFed).person("pia");
    let mbin = net.peer("mbin.test", Software::Mbin).person("mia");
    let nodebb = net.peer("node.test", Software::NodeBb).person("nora");
    let masto = net.peer("masto.test", Software::Mastodon).person("max");
    let threads = [
        (&lemmy, lemmy.lemmy_page(&uri, "From Lemmy", "Text of Lemmy."), "From Lemmy", "Page"),
        (&piefed, piefed.piefed_page(&uri, "From PieFed", "Text of PieFed."), "From PieFed", "Page"),
        (&mbin, mbin.mbin_page(&uri, "From Mbin", "Text of Mbin."), "From Mbin", "Page"),
        (&nodebb, nodebb.nodebb_post(&uri, "From NodeBB", "Text of NodeBB.", None), "From NodeBB", "Article"),
        (&masto, masto.poll((&uri, &handle), "From a poll", &["yes", "no"]), "From a poll", "Question"),
    ];
    for (author, create, title, kind) in &threads {
        author.send(&alpha, create).await;
        net.settle().await;
        let told = witness.peer.take();
        assert_eq!(told.len(), 1, "{title}: {:?}", told.iter().map(Delivered::kind).collect::<Vec<_>>());
        assert_eq!(told[0].kind(), format!("Announce{{Create{{{kind}}}}}"));
        assert_eq!(told[0].activity["object"]["object"], create["object"], "what is passed on is what was said");
        let page = alpha.get(club.uri(), "text/html").await.text();
        assert!(page.contains(title), "{title} is the title of the thread");
    }
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], threads.len());
    let home: Vec<Value> = ana.home().await.iter().map(|status| status["reblog"]["uri"].clone()).collect();
    let mut uris: Vec<Value> = threads.iter().map(|(_, create, ..)| create["object"]["id"].clone()).collect();
    uris.reverse();
    assert_eq!(home, uris, "each once, the newest first");
    let poll = ana.find_post(threads[4].1["object"]["id"].as_str().unwrap()).await;
    assert_eq!(poll["poll"]["options"][1]["title"], "no", "{poll}");
}

async fn forums_reply_to_one_another_through_the_group() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club, witness) = setting(&net).await;
    let uri = club.uri().to_owned();
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    let nora = net.peer("node.test", Software::NodeBb).person("nora");
    let page = leo.lemmy_page(&uri, "Rocks", "Which is the hardest?");
    leo.send(&alpha, &page).await;
    net.settle().await;
    let page_id = page["object"]["id"].as_str().unwrap();
    let reply = nora.nodebb_post(&uri, "Rocks", "Diamond.", Some(page_id));
    nora.send(&alpha, &reply).await;
    net.settle().await;
    let reply_id = reply["object"]["id"].as_str().unwrap();
    let thanks = leo.lemmy_comment(&uri, (reply_id, &nora.uri), "Thanks.");
    leo.send(&alpha, &thanks).await;
    net.settle().await;
    let thread = ana.find_post(page_id).await;
    assert_eq!(ana.replies(&thread).await, ["Diamond.", "Thanks."]);
    assert_eq!(witness.peer.kinds().len(), 3);
    assert_eq!(thread["replies_count"], 1);

    // Somebody here answers; the forums hear of it through the group, and whoever is answered by name.
    witness.peer.take();
    leo.peer.take();
    let answer = ana.reply(&ana.find_post(reply_id).await, "Not under heat.").await;
    net.settle().await;
    let told = witness.peer.only("Announce{Create{Note}}").activity;
    assert_eq!(told["object"]["object"]["id"], answer["uri"]);
    assert_eq!(told["object"]["object"]["inReplyTo"], reply_id);
    assert_eq!(told["object"]["object"]["audience"], uri);
    let nora_told = nora.peer.kinds();
    assert!(nora_told.iter().any(|kind| kind == "Create{Note}"), "{nora_told:?}");
}

async fn votes_and_moderation_of_forums_are_relayed() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club, witness) = setting(&net).await;
    let uri = club.uri().to_owned();
    let masto = net.peer("masto.test", Software::Mastodon);
    masto.person("max").follow(&alpha, &uri).await;
    let leo = net.peer("lem.test", Software::Lemmy).person("leo");
    let mia = net.peer("lem2.test", Software::Lemmy).person("mia");
    let page = leo.lemmy_page(&uri, "Rocks", "Which is the hardest?");
    leo.send(&alpha, &page).await;
    net.settle().await;
    masto.take();
    witness.peer.take();
    let page_id = &page["object"]["id"];
    let mut like = mia.activity("Like", page_id);
    like["audience"] = json!(uri);
    mia.send(&alpha, &like).await;
    net.settle().await;
    let told = witness.peer.only("Announce{Like}").activity;
    assert_eq!(told["object"]["id"], like["id"]);
    let post = ana.find_post(page_id.as_str().unwrap()).await;
    assert_eq!(post["favourites_count"], 1);
    mia.send(&alpha, &mia.undo(&like)).await;
    net.settle().await;
    assert_eq!(ana.status(&post).await["favourites_count"], 0);
    witness.peer.only("Announce{Undo{Like}}");

    ana.api("DELETE", &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), &Value::Null).await;
    net.settle().await;
    let removal = witness.peer.only("Announce{Delete}").activity;
    assert_eq!(removal["object"]["actor"], ana.uri());
    assert_eq!(removal["object"]["object"], *page_id);
    assert!(removal["object"].get("summary").is_some(), "that is how forums tell a removal from a deletion: {removal}");
    assert_eq!(masto.kinds(), ["Undo{Announce}"], "all that a microblog understands");
    assert_eq!(alpha.document(&format!("{uri}/outbox")).await["totalItems"], 0);
}

on_both![
    every_form_of_a_thread_is_understood,
    forums_reply_to_one_another_through_the_group,
    votes_and_moderation_of_forums_are_relayed,
];
