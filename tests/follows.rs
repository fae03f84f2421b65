//! Following: asking, answering, ending and asking again, in both directions.

use domain::group::{Joining, Visibility};
use serde_json::{Value, json};

use crate::network::{Network, Software, id, on_both};

async fn a_follow_is_accepted_and_can_be_taken_back() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let before = club.follower_count().await;
    for software in [Software::Mastodon, Software::Lemmy, Software::GoToSocial, Software::NodeBb] {
        let peer = net.peer(&format!("{}.test", software.name().to_lowercase()), software);
        let bea = peer.person("bea");
        let follow = bea.follow(&alpha, club.uri()).await;
        net.settle().await;
        let accept = peer.only("Accept{Follow}");
        assert_eq!(accept.signer, club.uri());
        assert_eq!(accept.activity["actor"], club.uri());
        assert_eq!(accept.activity["object"]["id"], follow["id"], "the follow is answered by its own id");
        assert_eq!(club.follower_count().await, before + 1);

        // The first answer may have been lost: whoever asks again is answered again.
        let again = bea.follow(&alpha, club.uri()).await;
        net.settle().await;
        let answers = peer.take();
        assert_eq!(answers.len(), 2, "{software:?}");
        assert_eq!(answers[1].activity["object"]["id"], again["id"]);
        assert_eq!(club.follower_count().await, before + 1);

        bea.send(&alpha, &bea.undo(&again)).await;
        net.settle().await;
        assert_eq!(club.follower_count().await, before, "{software:?}");
        let last = bea.follow(&alpha, club.uri()).await;
        net.settle().await;
        assert_eq!(peer.only("Accept{Follow}").activity["object"]["id"], last["id"]);
        let mut compact = bea.undo(&last);
        compact["object"] = last["id"].clone();
        bea.send(&alpha, &compact).await;
        net.settle().await;
        assert_eq!(club.follower_count().await, before, "an Undo may name the follow by its id alone");
    }
}

async fn a_moderator_answers_where_that_is_the_rule() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, eva) = (alpha.person("ana").await, alpha.person("eva").await);
    let club = alpha.group_like("club", &ana, Visibility::Public, Joining::Approval).await;
    let before = club.follower_count().await;
    let peer = net.peer("masto.test", Software::Mastodon);
    let (bea, carl) = (peer.person("bea"), peer.person("carl"));
    for person in [&bea, &carl] {
        person.follow(&alpha, club.uri()).await;
    }
    net.settle().await;
    assert!(peer.received().is_empty(), "nothing is said before somebody decides: {:?}", peer.kinds());
    let waiting = ana.read("/api/v1/follow_requests").await;
    let find = |name: &str| {
        let found = waiting.as_array().unwrap().iter().find(|account| account["username"] == name);
        found.unwrap_or_else(|| panic!("{name} is not among {waiting}")).clone()
    };
    assert_eq!(eva.read("/api/v1/follow_requests").await, json!([]), "others do not see who asks");
    let answer = eva.call("POST", &format!("/api/v1/follow_requests/{}/authorize", id(&find("bea"))), &json!({})).await;
    assert_eq!(answer.status, 404, "nor may they answer");

    ana.act(&format!("/api/v1/follow_requests/{}/authorize", id(&find("bea")))).await;
    ana.act(&format!("/api/v1/follow_requests/{}/reject", id(&find("carl")))).await;
    net.settle().await;
    assert_eq!(peer.only("Accept{Follow}").activity["object"]["actor"], bea.uri);
    assert_eq!(peer.only("Reject{Follow}").activity["object"]["actor"], carl.uri);
    assert_eq!(club.follower_count().await, before + 1);
    assert_eq!(ana.read("/api/v1/follow_requests").await, json!([]));
}

async fn who_is_not_invited_is_told_so() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Invite).await;
    let peer = net.peer("masto.test", Software::Mastodon);
    let bea = peer.person("bea");
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    let mut kinds = peer.kinds();
    kinds.sort();
    assert_eq!(kinds, ["Create{Note}", "Reject{Follow}"]);
    let told = peer.only("Create{Note}").activity;
    let words = told["object"]["content"].as_str().expect("words");
    assert_eq!((&told["to"], &told["cc"]), (&json!([bea.uri]), &json!([])));
    assert!(words.contains("por invitación") && words.contains("by invitation"), "{words}");
    assert!(words.contains(&format!("href=\"{}\"", club.uri())), "where one enters: {words}");
    bea.follow(&alpha, club.uri()).await;
    net.settle().await;
    assert_eq!(peer.kinds().iter().filter(|kind| *kind == "Create{Note}").count(), 1, "once");
}

async fn who_asks_for_a_private_community_is_told_where_it_is_read() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let peer = net.peer("masto.test", Software::Mastodon);
    for (joining, name, answer, words) in [
        (Joining::Approval, "junta", None, "Su equipo tiene tu solicitud"),
        (Joining::Open, "cueva", Some("Accept{Follow}"), "Ya eres miembro"),
    ] {
        let club = alpha.group_like(name, &ana, Visibility::Private, joining).await;
        let max = peer.person(&format!("max{name}"));
        max.follow(&alpha, club.uri()).await;
        net.settle().await;
        let told = peer.take();
        let letter = told.iter().find(|told| told.kind() == "Create{Note}").expect("a letter");
        let said = letter.activity["object"]["content"].as_str().expect("words");
        assert!(said.contains(words) && said.contains(club.uri()), "{name}: {said}");
        let answers: Vec<String> =
            told.iter().filter_map(|told| Some(told.kind()).filter(|kind| kind != "Create{Note}")).collect();
        assert_eq!(answers, answer.into_iter().collect::<Vec<_>>(), "{name}");
    }
    let open = alpha.group("plaza", &ana).await;
    peer.person("eva").follow(&alpha, open.uri()).await;
    net.settle().await;
    assert_eq!(peer.kinds(), ["Accept{Follow}"], "what is for everybody comes to them");
}

async fn people_here_follow_groups_elsewhere() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let peer = net.peer("lem.test", Software::Lemmy);
    let (rocks, sand) = (peer.group("rocks"), peer.group("sand"));
    let account = ana.follow(&rocks.handle()).await;
    assert_eq!(account["group"], true);
    net.settle().await;
    let follow = peer.only("Follow").activity;
    assert_eq!((follow["actor"].as_str(), follow["object"].as_str()), (Some(ana.uri()), Some(rocks.uri.as_str())));
    let relationship = ana.relationship(&account).await;
    assert_eq!((relationship["following"].as_bool(), relationship["requested"].as_bool()), (Some(false), Some(true)));

    // Only the one who was asked can answer.
    sand.answer(&alpha, "Accept", &follow).await;
    net.settle().await;
    assert_eq!(ana.relationship(&account).await["following"], false);
    rocks.answer(&alpha, "Accept", &follow).await;
    net.settle().await;
    let relationship = ana.relationship(&account).await;
    assert_eq!((relationship["following"].as_bool(), relationship["requested"].as_bool()), (Some(true), Some(false)));

    ana.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
    net.settle().await;
    let undo = peer.only("Undo{Follow}").activity;
    assert_eq!(undo["object"]["id"], follow["id"]);
    assert_eq!(ana.relationship(&account).await["following"], false);

    let other = ana.follow(&sand.handle()).await;
    net.settle().await;
    let mut follows = peer.received();
    follows.retain(|delivered| delivered.activity["object"] == sand.uri.as_str());
    // Lemmy 1.0 names the follow by its id.
    sand.answer(&alpha, "Reject", &follows[0].activity["id"]).await;
    net.settle().await;
    let relationship = ana.relationship(&other).await;
    assert_eq!((relationship["following"].as_bool(), relationship["requested"].as_bool()), (Some(false), Some(false)));
}

async fn an_answer_that_nobody_asked_for_changes_nothing() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let rocks = net.peer("lem.test", Software::Lemmy).group("rocks");
    let invented =
        json!({ "id": alpha.url("/activities/99"), "type": "Follow", "actor": ana.uri(), "object": rocks.uri });
    rocks.answer(&alpha, "Accept", &invented).await;
    net.settle().await;
    let account = ana.find_account(&rocks.handle()).await;
    assert_eq!(ana.relationship(&account).await["following"], false);
    assert_eq!(ana.read("/api/v1/notifications").await, Value::Array(Vec::new()));
}

on_both![
    a_follow_is_accepted_and_can_be_taken_back,
    a_moderator_answers_where_that_is_the_rule,
    who_is_not_invited_is_told_so,
    who_asks_for_a_private_community_is_told_where_it_is_read,
    people_here_follow_groups_elsewhere,
    an_answer_that_nobody_asked_for_changes_nothing,
];
