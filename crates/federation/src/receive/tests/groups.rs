//! A group elsewhere that somebody here follows.
use super::*;

struct Scene {
    here: Here,
    there: Elsewhere,
    third: Elsewhere,
    rocks: Stranger,
    boss: Stranger,
    ana: Stranger,
}

/// Somebody here follows `rocks`, which `boss`, who lives there too, moderates; `ana` lives on a third server.
async fn scene() -> Scene {
    let (here, there, third) = (Here::start().await, Elsewhere::start().await, Elsewhere::start().await);
    let (mut rocks, boss, ana) =
        (there.actor("Group", "rocks"), there.actor("Person", "boss"), third.actor("Person", "ana"));
    rocks.document["attributedTo"] = format!("{}/moderators", rocks.uri).into();
    there.has("/rocks", &rocks.document);
    there.has("/rocks/moderators", &json!({ "type": "OrderedCollection", "orderedItems": [boss.uri] }));
    let luis = here.person("luis").await;
    let group = here.app.resolver().actor(&here.app, &rocks.uri).await.unwrap();
    let follow = app::follows::request(&here.app, app::Me(luis), group).await.unwrap();
    let accept = json!({ "id": format!("{}/accept", rocks.uri), "type": "Accept", "actor": rocks.uri,
        "object": { "id": follow.activity_uri, "type": "Follow", "actor": format!("{OURS}/@luis"), "object": rocks.uri, "to": null } });
    here.applies(&rocks, &accept).await;
    let follow = here.app.read(move |c| store::follows::get(c, luis, group)).await.unwrap().unwrap();
    assert_eq!(follow.state, domain::post::FollowState::Accepted);
    Scene { here, there, third, rocks, boss, ana }
}

impl Scene {
    fn thread(&self) -> Value {
        self.ana.note("1", "<p>Granito</p>", json!({ "to": [PUBLIC, self.rocks.uri], "audience": self.rocks.uri }))
    }
}

#[actix_web::test]
async fn a_report_of_strangers_words_is_checked_with_their_server() {
    let scene = scene().await;
    let (here, rocks, ana) = (&scene.here, &scene.rocks, &scene.ana);
    let mut forged = scene.thread();
    forged["content"] = "<p>falso</p>".into();
    scene.third.has("/ana/1", &scene.thread());
    let mut create = ana.does("Create", forged);
    let key = format!("{}#main-key", ana.uri);
    create["proof"] = json!({ "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
        "verificationMethod": key, "created": "2026-11-22T14:00:00Z", "proofValue": "z2NEpo7TZRRrLZSi2U" });
    create["signature"] = json!({ "type": "RsaSignature2017", "creator": key, "created": "2026-11-22T14:00:00Z", "signatureValue": "c2lnbmVk" });
    here.applies(rocks, &rocks.does("Announce", create)).await;
    let post = here.post(&scene.thread()["id"]).await.unwrap();
    assert_eq!((post.content.html.as_str(), post.content.title.as_deref()), ("<p>Granito</p>", Some("Granito")));
    assert_eq!(post.group, Some(here.actor(&rocks.uri).await.unwrap().id));

    here.applies(rocks, &rocks.does("Announce", ana.does("Delete", scene.thread()["id"].clone()))).await;
    assert!(here.post(&scene.thread()["id"]).await.unwrap().is_live(), "her server still has it");
    scene.third.answers("/ana/1", 410, "");
    let mut again = rocks.does("Announce", ana.does("Delete", scene.thread()["id"].clone()));
    again["id"] = format!("{}/again", rocks.uri).into();
    here.applies(rocks, &again).await;
    assert!(here.post(&scene.thread()["id"]).await.unwrap().deleted.is_some());
}

#[actix_web::test]
async fn a_group_speaks_for_its_own_server_and_for_its_own_posts() {
    let scene = scene().await;
    let (here, rocks, boss) = (&scene.here, &scene.rocks, &scene.boss);
    let own = boss.note("1", "<p>Basalto</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    here.applies(rocks, &rocks.does("Announce", boss.does("Create", own.clone()))).await;
    let post = here.post(&own["id"]).await.unwrap();
    assert_eq!(scene.there.asked("/boss/1"), 0, "the report is enough");

    here.applies(rocks, &rocks.does("Announce", scene.ana.does("Like", own["id"].clone()))).await;
    assert_eq!(here.vote(&post, &scene.ana.uri).await, Some(Vote::Like));
    let mut lock = boss.does("Lock", own["id"].clone());
    lock["summary"] = "basta".into();
    here.applies(rocks, &rocks.does("Announce", lock)).await;
    assert!(here.post(&own["id"]).await.unwrap().locked.is_some());
    let mut pin = boss.does("Add", own["id"].clone());
    pin["target"] = format!("{}/featured", rocks.uri).into();
    here.applies(rocks, &rocks.does("Announce", pin)).await;
    assert!(here.post(&own["id"]).await.unwrap().featured.is_some());
    let mut removal = boss.does("Delete", own["id"].clone());
    removal["actor"] = scene.ana.uri.as_str().into();
    removal["summary"] = "".into();
    here.applies(rocks, &rocks.does("Announce", removal)).await;
    assert!(here.post(&own["id"]).await.unwrap().is_live(), "who does not keep order does not remove");

    let unlock = json!({ "type": "Undo", "actor": boss.uri, "object": boss.does("Lock", own["id"].clone()) });
    here.applies(rocks, &rocks.does("Announce", unlock)).await;
    assert!(here.post(&own["id"]).await.unwrap().locked.is_none());
    let evil = scene.third.actor("Group", "evil");
    here.applies(&evil, &evil.does("Announce", boss.does("Lock", own["id"].clone()))).await;
    assert!(here.post(&own["id"]).await.unwrap().locked.is_none(), "another group does not speak for this one");
}

#[actix_web::test]
async fn a_group_cannot_take_back_what_is_none_of_its_business() {
    let scene = scene().await;
    let (here, rocks, ana) = (&scene.here, &scene.rocks, &scene.ana);
    let plaza = here.group("plaza").await;
    here.applies(ana, &ana.does("Follow", plaza.uri.as_str())).await;
    here.applies(rocks, &rocks.does("Announce", ana.does("Undo", ana.does("Follow", plaza.uri.as_str())))).await;
    assert!(here.follows(&ana.uri, plaza.id).await);
    let next = ana.note("next", "<p>Hola</p>", json!({ "to": [PUBLIC, plaza.uri] }));
    let own = scene.boss.note("1", "<p>Basalto</p>", json!({ "to": [PUBLIC, rocks.uri] }));
    here.applies(rocks, &rocks.does("Announce", scene.boss.does("Create", own.clone()))).await;
    for undone in [json!({ "id": next["id"], "type": "Like", "object": own["id"] }), next["id"].clone()] {
        here.applies(rocks, &rocks.does("Announce", ana.does("Undo", undone))).await;
    }
    here.applies(ana, &ana.does("Create", next.clone())).await;
    assert!(here.post(&next["id"]).await.is_some(), "her next post was not theirs to void");
}

#[actix_web::test]
async fn threads_passed_on_by_id_and_taken_back() {
    let scene = scene().await;
    let (here, rocks) = (&scene.here, &scene.rocks);
    scene.third.has("/ana/1", &scene.thread());
    let announce = rocks.does("Announce", scene.thread()["id"].clone());
    here.applies(rocks, &announce).await;
    let post = here.post(&scene.thread()["id"]).await.unwrap();
    let by = here.actor(&rocks.uri).await.unwrap().id;
    let shared = || async { here.app.read(move |c| store::shares::uri(c, post.id, by)).await.unwrap() };
    assert_eq!(shared().await.as_deref(), announce["id"].as_str());
    here.applies(rocks, &rocks.does("Undo", announce)).await;
    assert_eq!(shared().await, None);

    let bob = scene.third.actor("Person", "bob");
    let nobodys = scene.ana.note("2", "<p>x</p>", json!({}));
    here.applies(&bob, &bob.does("Announce", nobodys["id"].clone())).await;
    assert_eq!(scene.third.asked("/ana/2"), 0, "nobody here follows bob");
    let deep = rocks.does("Announce", bob.does("Announce", nobodys["id"].clone()));
    here.applies(rocks, &deep).await;
    assert_eq!(scene.third.asked("/ana/2"), 0, "one level is enough");
}

#[actix_web::test]
async fn a_post_moves_out_of_the_thread_in_which_it_stands() {
    let scene = scene().await;
    let (here, rocks, boss) = (&scene.here, &scene.rocks, &scene.boss);
    let note =
        |name: &str| boss.note(name, "<p>Basalto</p>", json!({ "to": [PUBLIC, rocks.uri], "audience": rocks.uri }));
    let (thread, other) = (note("1"), note("2"));
    here.applies(rocks, &rocks.does("Announce", boss.does("Create", thread.clone()))).await;
    scene.there.has("/boss/2", &other);
    let moves = async |origin: &Value, name: &str| {
        let mut said = boss.does("Move", thread["id"].clone());
        (said["origin"], said["target"]) = (origin.clone(), other["id"].clone());
        let mut report = rocks.does("Announce", said);
        report["id"] = format!("{}/{name}", rocks.uri).into();
        here.applies(rocks, &report).await;
        here.post(&thread["id"]).await.unwrap().parent
    };
    assert_eq!(moves(&other["id"], "elsewhere").await, None);
    assert_eq!(scene.there.asked("/boss/2"), 0, "nothing is asked about what stands elsewhere");
    let parent = moves(&thread["id"], "there").await;
    assert_eq!(parent, Some(here.post(&other["id"]).await.expect("it was looked up").id));

    // The same again, and under something that is known, but from where it does not stand any more.
    let third = note("3");
    here.applies(rocks, &rocks.does("Announce", boss.does("Create", third.clone()))).await;
    let mut late = boss.does("Move", thread["id"].clone());
    (late["origin"], late["target"]) = (thread["id"].clone(), third["id"].clone());
    here.applies(rocks, &rocks.does("Announce", late)).await;
    assert_eq!(here.post(&thread["id"]).await.unwrap().parent, parent);
}

#[actix_web::test]
async fn decisions_that_overtake_their_post_wait_for_it() {
    let scene = scene().await;
    let (here, rocks, boss) = (&scene.here, &scene.rocks, &scene.boss);
    let eve = scene.third.actor("Person", "eve");
    let thread = |name: &str| {
        let note = scene.ana.note(name, "<p>Granito</p>", json!({ "to": [PUBLIC, rocks.uri] }));
        scene.third.has(&format!("/ana/{name}"), &note);
        note
    };
    let [removed, locked, opened, kept] = ["removed", "locked", "opened", "kept"].map(thread);
    let because = |mut activity: Value| {
        activity["summary"] = "basta".into();
        rocks.does("Announce", activity)
    };
    here.applies(rocks, &because(boss.does("Delete", removed["id"].clone()))).await;
    here.applies(rocks, &because(boss.does("Lock", locked["id"].clone()))).await;
    here.applies(rocks, &because(boss.does("Lock", opened["id"].clone()))).await;
    here.applies(rocks, &rocks.does("Announce", boss.does("Undo", boss.does("Lock", opened["id"].clone())))).await;
    here.applies(rocks, &because(eve.does("Delete", kept["id"].clone()))).await;
    here.applies(&eve, &eve.does("Lock", kept["id"].clone())).await;
    for thread in [&removed, &locked, &opened, &kept] {
        here.applies(rocks, &rocks.does("Announce", scene.ana.does("Create", thread.clone()))).await;
    }
    let marks = async |thread: &Value| {
        let post = here.post(&thread["id"]).await.unwrap();
        (post.removed.is_some(), post.locked.is_some())
    };
    assert_eq!(marks(&removed).await, (true, false));
    assert_eq!(marks(&locked).await, (false, true));
    assert_eq!(marks(&opened).await, (false, false), "taken back before it came");
    assert_eq!(marks(&kept).await, (false, false), "said by somebody who has no say");

    // What another group's moderators say of it does not count either.
    let (evil, mut bad) = (scene.third.actor("Group", "evil"), thread("other"));
    bad["to"] = json!([PUBLIC, rocks.uri]);
    here.applies(&evil, &evil.does("Announce", boss.does("Delete", bad["id"].clone()))).await;
    here.applies(rocks, &rocks.does("Announce", scene.ana.does("Create", bad.clone()))).await;
    assert_eq!(marks(&bad).await, (false, false));
}

#[actix_web::test]
async fn admins_of_the_group_s_server_decide_on_its_behalf() {
    let scene = scene().await;
    let (here, rocks) = (&scene.here, &scene.rocks);
    let (chief, eve) = (scene.there.actor("Person", "chief"), scene.third.actor("Person", "eve"));
    scene.third.has("/ana/1", &scene.thread());
    here.applies(rocks, &rocks.does("Announce", scene.ana.does("Create", scene.thread()))).await;
    let is_removed = async || here.post(&scene.thread()["id"]).await.unwrap().removed.is_some();
    let delete = |by: &Stranger| {
        let mut delete = by.does("Delete", scene.thread()["id"].clone());
        delete["summary"] = "".into();
        delete
    };
    here.applies(rocks, &rocks.does("Announce", delete(&eve))).await;
    here.applies(&chief, &delete(&chief)).await;
    assert!(!is_removed().await, "only the group tells which of its neighbours decide");
    here.applies(rocks, &rocks.does("Announce", delete(&chief))).await;
    assert!(is_removed().await);
}

#[actix_web::test]
async fn moderators_speak_to_whom_their_decision_is_about() {
    let scene = scene().await;
    let (here, rocks, boss) = (&scene.here, &scene.rocks, &scene.boss);
    let (luis, group) = (format!("{OURS}/@luis"), here.actor(&rocks.uri).await.unwrap().id);
    let person = here.actor(&luis).await.unwrap().id;
    let now = here.app.now();
    let standing = async || here.app.read(move |c| store::groups::standing(c, group, person, now)).await.unwrap();
    let ban = |by: &Stranger, name: &str| {
        let mut ban = by.does("Block", luis.as_str());
        ban["id"] = format!("{}/{name}", by.uri).into();
        ban["target"] = rocks.uri.as_str().into();
        ban
    };
    // As Lemmy says it: to the server of whom it is about, where nobody follows the group any more.
    here.applies(&scene.ana, &ban(&scene.ana, "ban")).await;
    assert!(!standing().await.banned, "who does not keep order there");
    here.applies(boss, &ban(boss, "ban")).await;
    assert!(standing().await.banned);
    assert!(!here.follows(&luis, group).await, "and gets nothing more");
    here.applies(boss, &json!({ "type": "Undo", "actor": boss.uri, "object": ban(boss, "ban") })).await;
    assert!(!standing().await.banned);

    let mut named = boss.does("Add", luis.as_str());
    named["target"] = format!("{}/moderators", rocks.uri).into();
    let list = json!({ "type": "OrderedCollection", "orderedItems": [boss.uri, luis] });
    scene.there.has("/rocks/moderators", &list);
    here.applies(boss, &named).await;
    assert!(standing().await.is_staff(), "its list says so");
}
