//! What those do here who have their account elsewhere and lead a community.
use actix_web::http::StatusCode;
use app::{
    Me, invitations, members,
    moderation::{self, Measure},
    posts::Writing,
};
use domain::group::Role;

use super::{World, journeys::Browser, neighbour, writing::PICTURE};

#[actix_web::test]
async fn a_guest_who_leads_a_community_runs_it_by_all_its_pages() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let guest = Me(neighbour(&world.app).await);
    let bea = Browser::of(&world, guest, "en").await;
    assert_eq!(bea.send("/@huerto", "/join", &[]).await.status, StatusCode::SEE_OTHER);
    invitations::invite(&world.app, ana, huerto.id, guest.0).await.unwrap();
    members::appoint(&world.app, ana, huerto.id, guest.0, Some(Role::Leader)).await.unwrap();
    let writing = Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(ana, writing).await;

    let manage = format!("/manage?group={}", huerto.id);
    let desk = bea.get(&manage).await.body;
    let tabs = desk.split("<ul class=\"tabs\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap();
    let tabs: Vec<&str> = tabs.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(tabs.len() > 6, "{tabs:?}");
    for tab in tabs {
        assert_eq!(bea.get(tab).await.status, StatusCode::OK, "{tab}");
    }
    let whose = huerto.id.to_string();
    let picture = bea.bring_to(&manage, "/picture", &[("whose", &whose), ("what", "icon")], &PICTURE).await;
    assert_eq!(picture.status, StatusCode::SEE_OTHER, "{}", picture.body);
    let rules = format!("/manage/rules?group={}", huerto.id);
    for (action, entered) in [("/manage/rules", ("title1", "Be kind")), ("/manage/reasons", ("phrases", "Off topic."))]
    {
        let kept = bea.send(&rules, action, &[entered]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{action}: {}", kept.body);
    }
    assert!(world.get("/@huerto/rules", "en").await.body.contains("Be kind"));
    moderation::take(&world.app, guest, post.id, Measure::Lock, "Ya está".into()).await.unwrap();
    let undone = bea.send("/@huerto/log", "/log/undo", &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.body);
    let own = bea.get("/@bea@other.test").await.body;
    assert!(own.contains("bea@other.test") && !own.contains("/report?who="), "nobody reports themselves: {own}");
    assert!(own.contains("action=\"/logout\""), "the way out is at hand: {own}");
    let own = bea.get("/settings").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "what is not hers here stays closed");
}
