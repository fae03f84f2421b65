//! Running a community by pages and forms alone.
use actix_web::http::StatusCode;
use app::charters;
use domain::{charter::Founders, policy::Refusal};

use super::{
    World,
    journeys::{Browser, login},
};

/// A form for a new community, filled in.
const NEW: [(&str, &str); 8] = [
    ("group", "cine"),
    ("title", "Cine de barrio"),
    ("summary", "Hablamos de **películas**."),
    ("purpose", "theme"),
    ("visibility", "public"),
    ("joining", "approval"),
    ("language_es", "es"),
    ("language_ca", "ca"),
];

fn but<'a>(change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    NEW.iter().map(|pair| if pair.0 == change.0 { change } else { *pair }).collect()
}

#[actix_web::test]
async fn a_community_is_created_and_changed_by_its_owner_alone() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana_reads, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);

    // What cannot be is said beside its field, and nothing that was entered is lost.
    for (change, flaw) in [
        (("group", "Ñu!"), "id=\"group-flaw\""),
        (("group", "admin"), "id=\"group-flaw\""),
        (("group", "huerto"), "id=\"group-flaw\""),
        (("title", " "), "id=\"title-flaw\""),
        (("purpose", "fun"), "id=\"purpose-flaw\""),
    ] {
        let again = bea_reads.send("/found", "/found", &but(change)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{change:?}");
        assert!(again.body.contains(flaw) && again.body.contains("Hablamos de **películas**."), "{}", again.body);
    }
    let made = bea_reads.send("/found", "/found", &NEW).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let manage = made.location;
    let page = bea_reads.get(&manage).await.body;
    assert!(page.contains("Cine de barrio") && page.contains("Hablamos de **películas**."));
    assert!(page.contains("name=\"language_ca\" value=\"ca\" checked"), "{page}");
    assert!(!page.contains("name=\"language_en\" value=\"en\" checked"));

    // A colour on which nobody reads is refused, and the closest one offered.
    let pale = [("title", "Cine"), ("colour", "#ffe000"), ("threads", "team"), ("reach", "home")];
    let entered = |colour| [pale[0], ("colour", colour), pale[2], pale[3]].into_iter().chain(NEW[2..].to_vec());
    let again = bea_reads.send(&manage, "/manage", &entered("#ffe000").collect::<Vec<_>>()).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let offered =
        again.body.split("The closest that works is #").nth(1).expect("an offer").get(..6).unwrap().to_owned();
    let changed = bea_reads.send(&manage, "/manage", &entered(&format!("#{offered}")).collect::<Vec<_>>()).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let community = ana_reads.get("/@cine").await.body;
    assert!(community.contains("<strong>películas</strong>") && community.contains("Un tema"), "{community}");
    let sheet = format!("/assets/colour-{offered}.css");
    assert!(community.contains(&sheet));
    assert!(world.get(&sheet, "es").await.body.contains(&offered));
    assert_eq!(world.get("/assets/colour-ffe000.css", "es").await.status, StatusCode::NOT_FOUND);
    assert!(world.get("/@cine/log", "es").await.body.contains("cambió los ajustes"));

    // Nobody else gets there.
    let carl = Browser::of(&world, login(&world, "carl").await, "en").await;
    assert_eq!(carl.get(&manage).await.status, StatusCode::FORBIDDEN);
    let token = carl.token("/found").await;
    let group = manage.split("group=").nth(1).unwrap().to_owned();
    let fields =
        [("form_token".to_owned(), token), ("group".to_owned(), group), ("title".to_owned(), "Mine".to_owned())];
    assert_eq!(carl.post("/manage", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&manage, "es").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn who_may_create_communities_is_for_admins_to_say() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    assert!(matches!(
        charters::set_founders(&world.app, bea, Founders::Admins).await,
        Err(app::Error::Denied(Refusal::NotAdmin))
    ));
    charters::set_founders(&world.app, ana, Founders::Admins).await.unwrap();
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    assert!(!bea.get("/communities").await.body.contains("href=\"/found\""));
    assert_eq!(bea.get("/found").await.status, StatusCode::FORBIDDEN);
    assert!(ana.get("/communities").await.body.contains("href=\"/found\""));
    assert_eq!(ana.send("/found", "/found", &NEW).await.status, StatusCode::SEE_OTHER);
}
