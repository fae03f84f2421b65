//! What is asked of those who keep order, and what they are told: a second step of signing in, and what nobody answers.

use std::time::Duration;

use app::{Me, charters};
use domain::group::Role;
use domain::policy::Refusal;
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Software, id, on_both};

/// Changes what was decided about a community.
async fn decide(by: &Person, group: &Group, change: impl FnOnce(&mut charters::Settings)) {
    let (app, me, group) = (by.server.app(), Me(by.actor.id), group.actor.id);
    let (_, mut settings) = charters::look(app, me, group).await.expect("a community");
    change(&mut settings);
    charters::change(app, me, group, settings).await.expect("changed");
}

/// How often somebody was told that nobody answers.
async fn nudged(who: &Person) -> usize {
    let me = who.actor.id;
    let told = who.server.app().read(move |c| {
        let wanted = store::timelines::Told::default();
        store::timelines::told(c, me, &wanted, store::timelines::Window::newest(50))
    });
    told.await.expect("notices").iter().filter(|notice| notice.kind == "unheard").count()
}

async fn the_team_is_told_once_of_what_nobody_answers() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, cat) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("cat").await);
    let club = alpha.group("club", &ana).await;
    let early = ben.post("@club nobody asked to be told of this one").await;
    net.settle().await;
    decide(&ana, &club, |settings| settings.charter.nudges = true).await;
    let max = net.peer("masto.test", Software::Mastodon).person("max");
    max.follow(&alpha, club.uri()).await;
    let lonely = ben.post("@club does anybody grow leeks?").await;
    let answered = ben.post("@club and carrots?").await;
    let own = ben.post("@club I answer myself").await;
    ana.post("@club of the team").await;
    let (uri, handle) = club.named();
    max.send(&alpha, &max.toot("from elsewhere", &[(&uri, &handle)], None)).await;
    net.settle().await;
    cat.reply(&answered, "orange ones").await;
    ben.reply(&own, "myself, indeed").await;
    net.settle().await;
    net.pass_time(Duration::from_hours(23)).await;
    net.settle().await;
    assert_eq!(nudged(&ana).await, 0);
    net.pass_time(Duration::from_hours(2)).await;
    net.settle().await;
    assert_eq!(nudged(&ana).await, 3, "the lonely ones: {lonely}, {own} and the one from elsewhere, not {early}");
    assert_eq!((nudged(&ben).await, nudged(&cat).await), (0, 0), "the team alone");
    net.pass_time(Duration::from_hours(48)).await;
    net.settle().await;
    assert_eq!(nudged(&ana).await, 3, "never again");
    let shown = ana.read("/api/v1/notifications").await;
    assert!(!shown.to_string().contains("unheard"), "clients know no such kind: {shown}");
}

async fn power_rests_until_there_is_a_second_step() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, cat) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("cat").await);
    let club = alpha.group("club", &ana).await;
    app::members::join(alpha.app(), Me(ben.actor.id), club.actor.id).await.expect("a member");
    let appoint = async |role| {
        app::members::appoint(alpha.app(), Me(ana.actor.id), club.actor.id, ben.actor.id, Some(role)).await
    };
    appoint(Role::Moderator).await.expect("a moderator");
    let take_out = async |by: &Person, post: &Value| {
        let answer = by.call("DELETE", &format!("/api/v1/statuses/{}", id(post)), &json!({})).await;
        (answer.status, answer.text())
    };
    let posts = [cat.post("@club one").await, cat.post("@club two").await, cat.post("@club three").await];
    assert_eq!(take_out(&ben, &posts[0]).await.0, 200, "nobody asks for it yet");

    // The owner asks it of the team, and so of herself.
    decide(&ana, &club, |settings| settings.charter.second_step = true).await;
    let (status, why) = take_out(&ben, &posts[1]).await;
    assert!(status == 403 && why.contains("second step of signing in"), "{why}");
    let refused = appoint(Role::Member).await;
    assert!(matches!(refused, Err(app::Error::Denied(Refusal::Unsecured))), "{refused:?}");
    assert!(app::second_step::is_due(alpha.app(), Me(ben.actor.id)).await.expect("an answer"));
    assert!(!app::second_step::is_due(alpha.app(), Me(cat.actor.id)).await.expect("an answer"), "she has no power");
    ben.reply(&posts[1], "all else works").await;
    let left = app::members::leave(alpha.app(), Me(ana.actor.id), club.actor.id).await;
    assert!(left.is_err(), "an owner is an owner, with or without it");

    // With one, all is as before; the server can ask it of everybody.
    let secured = async |who: &Person| {
        let me = who.actor.id;
        let set =
            alpha.app().write(move |tx| Ok::<_, app::Error>(store::accounts::set_totp(tx, me, Some(b"sealed"), 0)?));
        set.await.expect("a second step");
    };
    secured(&ben).await;
    assert_eq!(take_out(&ben, &posts[1]).await.0, 200);
    let dee = alpha.person("dee").await;
    let attic = alpha.group("attic", &dee).await;
    let box_ = cat.post("@attic a box").await;
    assert!(app::second_step::require(alpha.app(), Me(cat.actor.id), true).await.is_err(), "admins alone");
    alpha.app().write(|tx| Ok::<_, app::Error>(store::second_steps::require(tx, true)?)).await.expect("required");
    let (status, why) = take_out(&dee, &box_).await;
    assert!(status == 403 && why.contains("second step"), "{why} in {}", attic.uri());
    secured(&dee).await;
    assert_eq!(take_out(&dee, &box_).await.0, 200);
    net.settle().await;
}

async fn nobody_gets_a_part_who_has_not_come() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let (club, me) = (alpha.group("club", &ana).await, Me(ana.actor.id));
    let lem = net.peer("lem.test", Software::Lemmy);
    let (leo, noa) = (lem.person("leo"), lem.person("noa"));
    let id_of = async |uri: &str| alpha.app().resolver().actor(alpha.app(), uri).await.expect("somebody");
    let (leo_id, noa_id) = (id_of(&leo.uri).await, id_of(&noa.uri).await);
    let appoint = async |person, role| app::members::appoint(alpha.app(), me, club.actor.id, person, Some(role)).await;
    for person in [ben.actor.id, leo_id] {
        for role in [Role::Member, Role::Moderator] {
            let refused = appoint(person, role).await;
            assert!(matches!(refused, Err(app::Error::Denied(Refusal::NotJoined))), "{refused:?}");
        }
    }
    // Whoever lives here is invited, and accepts.
    app::invitations::invite(alpha.app(), me, club.actor.id, ben.actor.id).await.expect("an invitation");
    assert!(appoint(ben.actor.id, Role::Moderator).await.is_err(), "an invitation is a question");
    app::members::join(alpha.app(), Me(ben.actor.id), club.actor.id).await.expect("a member");
    appoint(ben.actor.id, Role::Moderator).await.expect("a moderator");
    // People elsewhere come by following, and who leads from there is held to the same.
    leo.follow(&alpha, club.uri()).await;
    net.settle().await;
    appoint(leo_id, Role::Leader).await.expect("a leader");
    let names = async || {
        let mut add = leo.addressed("Add", &json!(noa.uri), &[club.uri()]);
        add["target"] = json!(format!("{}/moderators", club.uri()));
        leo.send(&alpha, &add).await;
        net.settle().await;
        let (group, now) = (club.actor.id, alpha.app().now());
        alpha.app().read(move |c| store::groups::standing(c, group, noa_id, now)).await.expect("a standing").role
    };
    assert_eq!(names().await, None);
    noa.follow(&alpha, club.uri()).await;
    net.settle().await;
    assert_eq!(names().await, Some(Role::Moderator));
}

on_both![
    nobody_gets_a_part_who_has_not_come,
    the_team_is_told_once_of_what_nobody_answers,
    power_rests_until_there_is_a_second_step
];
