//! What a team does from where it reads of it: from the queue and back, by the log, and with memberships.
use actix_web::http::StatusCode;
use app::{invitations, posts::Writing};
use domain::group::Role;

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn the_team_sees_whom_a_decision_was_about_and_comes_back_to_the_queue() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let text = "Vendo\n\nSon **macetas** de segunda mano, y también semillas: las traigo a la plaza por la mañana.";
    let writing = Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(carl, writing).await;
    let (reads, reports) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let form = format!("/report?post={}", post.id);
    assert_eq!(reports.send(&form, "/report", &[("what", "spam")]).await.status, StatusCode::OK);

    // All of what is reported is there, and the way back is kept.
    let queue = reads.get("/queue?kind=report").await.body;
    assert!(queue.contains("<strong>macetas</strong>") && queue.contains("por la mañana"), "{queue}");
    let way = queue.split("href=\"").find(|href| href.starts_with("/moderate?")).unwrap().split('"').next().unwrap();
    let way = way.replace("&#38;", "&").replace("&amp;", "&");
    assert!(way.contains(&format!("post={}", post.id)) && way.contains("back="), "{way}");
    let flawed = reads.send(&way, "/moderate", &[("what", "nonsense")]).await;
    assert!(flawed.body.contains("name=\"back\" value=\"/queue?kind=report\""), "{}", flawed.body);
    let removed = reads.send(&way, "/moderate", &[("what", "remove"), ("reason", "Aquí no se vende")]).await;
    assert_eq!(removed.location, "https://plaza.test/queue?kind=report&done=measure", "{}", removed.body);

    // Nobody else learns from the log whom it was about.
    let log = reads.get("/@huerto/log").await.body;
    assert!(log.contains(&format!("href=\"{}\"", post.uri)) && log.contains(">carl</bdi>"), "{log}");
    assert!(log.contains("Sobre quién, aquí solo lo lee el equipo"), "and the team is told so: {log}");
    for log in [reports.get("/@huerto/log").await.body, world.get("/@huerto/log", "es").await.body] {
        assert!(!log.contains(&post.uri) && !log.contains("carl") && !log.contains("macetas"), "{log}");
    }
}

#[actix_web::test]
async fn a_membership_is_ended_without_a_ban_and_owners_are_several() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let owner = Browser::of(&world, ana, "es").await;
    let page = format!("/member?group={}&person={}", huerto.id, bea.0);
    let role = async || {
        let now = world.app.now();
        let standing = world.app.read(move |c| store::groups::standing(c, huerto.id, bea.0, now)).await.unwrap();
        (standing.role, standing.banned)
    };
    assert!(!owner.get(&page).await.body.contains("value=\"none\""), "she is none yet");
    let own = Browser::of(&world, bea, "en").await;
    let join = async || own.send("/@huerto", "/join", &[]).await.status;

    // What one asks for one takes back, and asks again.
    assert_eq!(join().await, StatusCode::SEE_OTHER);
    assert!(own.get("/@huerto").await.body.contains("Take it back"));
    assert_eq!(own.send("/@huerto", "/leave", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!owner.get("/queue").await.body.contains("Quiere entrar"));
    assert_eq!(join().await, StatusCode::SEE_OTHER);
    invitations::invite(&world.app, ana, huerto.id, bea.0).await.unwrap();
    assert_eq!(role().await, (Some(Role::Member), false));

    // Whoever gets a part of the work hears so, and when it ends.
    let told = [
        ("moderator", "From now on you moderate"),
        ("leader", "From now on you lead"),
        ("member", "You are not in the team"),
    ];
    for (part, said) in told {
        let given = owner.send(&page, "/member/role", &[("role", part)]).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
        let notices = own.get("/notices").await.body;
        assert!(notices.contains(said), "{part}: {notices}");
    }

    for unknown in ["", "king"] {
        let refused = owner.send(&page, "/member/role", &[("role", unknown)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}");
        assert_eq!(role().await.0, Some(Role::Member), "nobody is put out by a slip");
    }
    assert!(owner.get(&page).await.body.contains("Deja de serlo"));
    assert_eq!(owner.send(&page, "/member/role", &[("role", "none")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(role().await, (None, false));
    assert_eq!(join().await, StatusCode::SEE_OTHER, "she may come back");
    invitations::invite(&world.app, ana, huerto.id, bea.0).await.unwrap();

    // Another owner, beside the first.
    let both = [("together", "yes"), ("name", "huerto")];
    assert_eq!(owner.send(&page, "/member/owner", &both).await.status, StatusCode::SEE_OTHER);
    assert_eq!(role().await.0, Some(Role::Owner));
    let now = world.app.now();
    let first = world.app.read(move |c| store::groups::standing(c, huerto.id, ana.0, now)).await.unwrap();
    assert_eq!(first.role, Some(Role::Owner));
}
