//! Proofs inside documents: what somebody said counts, whoever brings it; and what nobody proves counts only as before.

use serde_json::{Value, json};

use crate::network::{ACTIVITY, Group, Line, Network, Person, Puppet, Server, Software, on_both};

/// A group of alpha's that people on another server of ours follow; and what a microblog is sent that follows it, too.
struct Scene {
    alpha: Server,
    ana: Person,
    club: Group,
    beta: Server,
    zoe: Person,
    masto: Puppet,
}

async fn scene(net: &Network) -> Scene {
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, zoe) = (alpha.person("ana").await, beta.person("zoe").await);
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon).person("max");
    masto.follow(&alpha, club.uri()).await;
    net.settle().await;
    masto.peer.take();
    Scene { alpha, ana, club, beta, zoe, masto }
}

/// An activity without what proves it.
fn bare(activity: &Value) -> Value {
    let mut bare = activity.clone();
    for proof in ["proof", "signature"] {
        bare.as_object_mut().unwrap().remove(proof);
    }
    bare
}

async fn a_comment_reaches_those_who_follow_the_group_by_the_signature_of_its_author() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let Scene { alpha, ana, club, beta, zoe, masto } = scene(&net).await;
    let thread = ana.post(&format!("{} Which rock is the hardest?", club.handle())).await;
    net.settle().await;
    // Somebody on beta knows the thread, and nobody there knows who replies.
    zoe.find_post(thread["uri"].as_str().unwrap()).await;
    masto.peer.take();
    let luis = alpha.person("luis").await;
    let reply = luis.reply(&luis.find_post(thread["uri"].as_str().unwrap()).await, "Diamond.").await;
    net.settle().await;
    let brought = masto.peer.only("Create{Note}");
    let create = &brought.activity;
    assert_eq!(brought.signer, club.uri(), "the group brings it");
    assert_eq!(create["actor"], luis.uri(), "and it is its author's");
    assert_eq!(create["signature"]["creator"], format!("{}#main-key", luis.uri()));
    assert_eq!(create["proof"]["verificationMethod"], format!("{}#ed25519-key", luis.uri()));
    let served = alpha.get(create["id"].as_str().unwrap(), ACTIVITY).await;
    assert_eq!(served.value(), *create, "read at its id, it is the same");

    // Whoever carries it on to beta, each kind of proof is enough, and none is not.
    let carry = |activity: Value| {
        let (masto, beta) = (masto.clone(), beta.clone());
        async move { masto.post(&beta.url("/inbox"), &activity).await }
    };
    let mut forged = create.clone();
    forged["object"]["content"] = json!("<p>Chalk.</p>");
    assert_eq!(carry(forged).await, 403);
    assert_eq!(carry(bare(create)).await, 403);
    let mut linked = create.clone();
    linked.as_object_mut().unwrap().remove("proof");
    assert_eq!(carry(linked).await, 202, "by the signature alone");
    net.settle().await;
    let root = zoe.find_post(thread["uri"].as_str().unwrap()).await;
    assert_eq!(zoe.replies(&root).await, ["Diamond."]);
    let seen = zoe.find_post(reply["uri"].as_str().unwrap()).await;
    assert_eq!(seen["account"]["acct"], "luis@alpha.test");

    luis.api(
        "PUT",
        &format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap()),
        &json!({ "status": "Lonsdaleite." }),
    )
    .await;
    net.settle().await;
    let update = masto.peer.only("Update{Note}").activity;
    let mut proven = update.clone();
    proven.as_object_mut().unwrap().remove("signature");
    assert_eq!(carry(proven).await, 202, "by the proof alone");
    net.settle().await;
    assert_eq!(zoe.replies(&root).await, ["Lonsdaleite."]);
}

async fn what_was_not_published_is_for_its_actor_alone() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let Scene { alpha, ana, club, masto, .. } = scene(&net).await;
    let gts = net.peer("gts.test", Software::GoToSocial).person("greta");
    gts.follow(&alpha, club.uri()).await;
    ana.follow(&masto.handle()).await;
    net.settle().await;
    ana.call(
        "POST",
        "/api/v1/statuses",
        &json!({ "status": format!("Psst {}", masto.handle()), "visibility": "direct" }),
    )
    .await;
    net.settle().await;
    let whisper = masto.peer.only("Create{Note}").activity;
    assert_eq!((whisper.get("proof"), whisper.get("signature")), (None, None), "nobody can be shown it: {whisper}");
    let follow = masto.peer.only("Follow").activity;
    assert!(follow["proof"].is_object(), "everything that leaves has a proof: {follow}");
    assert_eq!(follow.get("signature"), None);
    // A request that is proven is still nobody else's to make.
    let mut like = masto.activity("Like", &json!(club.uri()));
    like["signature"] = json!({ "type": "RsaSignature2017", "creator": masto.key_id, "created": "2026-11-22T10:00:00Z", "signatureValue": "" });
    assert_eq!(gts.post(&alpha.url("/inbox"), &like).await, 403);
}

async fn an_announcement_proves_what_is_inside() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let Scene { alpha, ana, club, beta, zoe, .. } = scene(&net).await;
    let rocks = net.peer("lem.test", Software::Lemmy).group("rocks");
    zoe.follow(&rocks.handle()).await;
    net.settle().await;
    let follow = rocks.peer.only("Follow").activity;
    rocks.answer(&beta, "Accept", &follow).await;
    net.settle().await;
    // What ana does in the group of alpha, as a forum hears it.
    let forum = net.peer("forum.test", Software::Lemmy).person("flora");
    forum.follow(&alpha, club.uri()).await;
    net.settle().await;
    forum.peer.take();
    let thread = ana.post(&format!("{} {} Rocks", club.handle(), rocks.handle())).await;
    net.settle().await;
    let wrapped = forum.peer.only("Announce{Create{Page}}").activity;
    let create = &wrapped["object"];
    assert_eq!(create["proof"]["verificationMethod"], format!("{}#ed25519-key", ana.uri()));
    assert!(wrapped["proof"]["verificationMethod"].as_str().unwrap().starts_with(club.uri()));

    // Another group, on another server, reports the same; alpha is not there to be asked for the post.
    let known = zoe.find_account(&ana.handle()).await;
    assert_eq!(known["acct"], "ana@alpha.test");
    net.settle().await;
    net.spoil("beta.test", "alpha.test", Line::Cut);
    let mut announce = rocks.addressed("Announce", create, &[]);
    announce["object"].as_object_mut().unwrap().remove("@context");
    announce["@context"] = wrapped["@context"].clone();
    rocks.send(&beta, &announce).await;
    net.settle().await;
    let seen = zoe.find_post(thread["uri"].as_str().unwrap()).await;
    assert_eq!(seen["account"]["acct"], "ana@alpha.test", "taken without a question");
    net.mend("beta.test", "alpha.test");
}

on_both![
    a_comment_reaches_those_who_follow_the_group_by_the_signature_of_its_author,
    what_was_not_published_is_for_its_actor_alone,
    an_announcement_proves_what_is_inside,
];
