//! What whoever runs a new community is led to, until it is done or put away; and those who never wrote in it.
use app::{
    groups, members,
    moderation::{self, Measure},
    posts::Writing,
};
use domain::{group::Visibility, statement::Grounds};

use super::{
    World,
    journeys::{Browser, login},
    new_group,
};

#[actix_web::test]
async fn a_new_community_leads_those_who_run_it_and_those_who_come() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (path, write) = (format!("/manage?group={}", huerto.id), format!("/write?group={}", huerto.id));
    let (anas, beas) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let done = async || anas.get(&path).await.body.matches("Hecho</span>").count();
    let page = anas.get(&path).await.body;
    assert!(page.contains("Siguientes pasos") && page.contains("Pon unas normas"), "{page}");
    assert!(!page.contains("Quién llegó"), "nobody came yet: {page}");
    for field in ["welcome", "pictures", "summary"] {
        assert!(page.contains(&format!("#{field}\"")) && page.contains(&format!("id=\"{field}\"")), "{field}: {page}");
    }
    let rules = format!("/manage/rules?group={}", huerto.id);
    assert!(anas.get(&rules).await.body.contains(&format!("{path}#next")), "there is a way back");
    let before = done().await;
    let thread = Writing { text: "¿Quién riega?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    assert_eq!(done().await, before + 1);
    assert!(anas.get(&path).await.body.contains(&format!("href=\"{}\">Fija", huerto.uri)), "to what may be pinned");
    assert!(anas.get(&thread.uri).await.body.contains("name=\"what\" value=\"pin\""));
    moderation::take(&world.app, ana, thread.id, Measure::Feature, Grounds::default()).await.unwrap();
    assert_eq!(done().await, before + 2);
    // What is there is told to those alone who run it.
    assert_eq!(anas.get("/welcome?group=huerto").await.body.matches("Hecho</span>").count(), before + 2);
    assert!(beas.get("/welcome?group=huerto").await.body.matches("Done</span>").count() < before + 2);

    // Whoever comes is helped with their first words, once.
    app::invitations::invite(&world.app, ana, huerto.id, bea.0).await.unwrap();
    members::join(&world.app, bea, huerto.id).await.unwrap();
    assert!(anas.get(&path).await.body.contains("en este sitio: 1, de los que escribieron 0."));
    assert!(beas.get(&write).await.body.contains("You have not written in"));
    world.write(bea, Writing { text: "Yo".into(), parent: Some(thread.id), ..Writing::default() }).await;
    assert!(!beas.get(&write).await.body.contains("You have not written in"));
    assert!(anas.get(&path).await.body.contains("en este sitio: 1, de los que escribieron 1."));

    let away = anas.send(&path, "/manage/steps", &[]).await;
    assert_eq!(away.location, format!("https://plaza.test{path}"));
    assert!(!anas.get(&rules).await.body.contains("#next"));
    let page = anas.get(&path).await.body;
    assert!(!page.contains("Siguientes pasos") && page.contains("Quién llegó"), "{page}");

    // So it is where nothing was said of the community yet.
    let bare = groups::create(&world.app, ana.0, new_group("bare", Visibility::Public)).await.unwrap();
    let path = format!("/manage?group={}", bare.id);
    assert!(anas.get(&path).await.body.contains("Siguientes pasos"));
    anas.send(&path, "/manage/steps", &[]).await;
    assert!(!anas.get(&path).await.body.contains("Siguientes pasos"));
}
