//! What those do here who have their account elsewhere and lead a community.
use actix_web::http::StatusCode;
use app::{
    Me, follows,
    groups::NewGroup,
    invitations, members,
    moderation::{self, Measure},
    posts::Writing,
};
use domain::group::{Joining, Role, Visibility};

use super::{World, journeys::Browser, neighbour, new_group, writing::PICTURE};

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

#[actix_web::test]
async fn the_home_of_a_guest_has_what_they_follow_from_their_server() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let open = |name: &str| NewGroup { joining: Joining::Open, ..new_group(name, Visibility::Public) };
    let coro = app::groups::create(&world.app, ana.0, open("coro")).await.unwrap();
    let taller = app::groups::create(&world.app, ana.0, open("taller")).await.unwrap();
    let post = Writing { text: "Ensayo el lunes".into(), group: Some(coro.id), ..Writing::default() };
    let post = world.write(ana, post).await;
    let guest = Me(neighbour(&world.app).await);
    let bea = Browser::of(&world, guest, "es").await;

    // Whoever has none yet reads how they get here; each page leads to their server.
    let empty = bea.get("/").await.body;
    for part in ["sigues desde tu servidor", "pulsa «Seguir desde mi cuenta»", "por ejemplo @"] {
        assert!(empty.contains(part), "{part}: {empty}");
    }
    assert!(!empty.contains("Mis comunidades") && !empty.contains("Ensayo"), "{empty}");
    let way = "/elsewhere?uri=https%3A%2F%2Fplaza.test%2F%40coro&#38;deed=follow&#38;account=%40bea%40other.test";
    let page = bea.get("/@coro").await.body;
    assert!(page.contains(way) && page.contains("action=\"/join\""), "{page}");
    let form = bea.get(&way.replace("&#38;", "&")).await.body;
    assert!(form.contains("value=\"@bea@other.test\""), "{form}");

    let ties = |on: bool| {
        world.app.write(move |tx| {
            if on {
                follows::receive(tx, guest.0, coro.id, "https://other.test/follows/1", None).map(drop)
            } else {
                follows::receive_end(tx, guest.0, coro.id, None)
            }
        })
    };
    ties(true).await.unwrap();
    members::join(&world.app, guest, taller.id).await.unwrap();
    let home = bea.get("/").await.body;
    for part in ["Mis comunidades", "El coro", "El taller", "Ensayo el lunes", "Las que sigues desde tu servidor"] {
        assert!(home.contains(part), "{part}: {home}");
    }
    assert!(!home.contains("El huerto") && !home.contains("pulsa «Seguir"), "{home}");
    let page = bea.get("/@coro").await.body;
    assert!(page.contains("La sigues desde tu servidor") && !page.contains(way), "{page}");
    assert!(page.contains("menciona a @coro@plaza.test en lo que publiques"), "{page}");
    assert!(page.contains("action=\"/portion\""), "how much of it comes is theirs to say");
    let voted = bea.send(&post.uri, "/vote", &[("post", &post.id.to_string()), ("vote", "like")]).await;
    assert_eq!(voted.status, StatusCode::SEE_OTHER, "{}", voted.body);

    // What they join and follow stands there once, and what they follow no more and never joined is gone.
    members::join(&world.app, guest, coro.id).await.unwrap();
    let panel = |page: &str| page.split("id=\"communities\"").nth(1).unwrap().matches("El coro").count();
    assert_eq!(panel(&bea.get("/").await.body), 1);
    members::leave(&world.app, guest, coro.id).await.unwrap();
    let home = bea.get("/").await.body;
    assert!(!home.contains("El coro") && !home.contains("Ensayo") && home.contains("El taller"), "{home}");
    ties(true).await.unwrap();
    assert!(bea.get("/").await.body.contains("El coro"));
    ties(false).await.unwrap();
    assert!(!bea.get("/").await.body.contains("El coro"));
    assert_eq!(bea.get(&huerto.uri).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_guest_asks_a_private_community_by_its_own_button() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let guest = Me(neighbour(&world.app).await);
    let page = Browser::of(&world, guest, "en").await.get(&junta.uri).await.body;
    assert!(page.contains("action=\"/join\"") && !page.contains("Follow from my account"), "{page}");
}
