//! What admins decide about single people and about the house, and the log that tells other admins of it.
use actix_web::http::StatusCode;
use domain::bar::{Bar, Kind, Severity};

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn a_person_is_held_back_told_why_and_let_go() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, hers) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let page = format!("/admin/people/{}", bea.0);
    let actor = async || world.app.read(move |c| store::actors::by_id(c, bea.0)).await.unwrap().unwrap();
    let decide = async |what: &str| ana.send(&page, &page, &[("what", what), ("reason", "Publicidad")]).await.status;

    assert_eq!(decide("silence").await, StatusCode::SEE_OTHER);
    assert_eq!(decide("veil").await, StatusCode::SEE_OTHER);
    assert!(actor().await.silenced && actor().await.veiled);
    let shown = ana.get(&page).await.body;
    assert!(shown.contains("Limitada") && shown.contains("value=\"unveil\""), "{shown}");

    // She is told by the server, reads why, and appeals; the admin's queue has it.
    let notices = hers.get("/notices").await.body;
    assert!(notices.contains("The team of plaza.test decided something that concerns you"), "{notices}");
    let link = notices.split("href=\"").find_map(|rest| rest.split('"').next().filter(|at| at.contains("/statement/")));
    let link = link.expect("a link").strip_prefix("https://plaza.test").expect("of here").to_owned();
    let told = world.get(&link, "en").await.body;
    assert!(told.contains("Publicidad") && told.contains("Those who run plaza.test"), "{told}");
    assert!(told.contains("To cover the pictures of an account"), "the latest one: {told}");
    assert_eq!(hers.send(&link, &link, &[("text", "I sell nothing")]).await.status, StatusCode::SEE_OTHER);
    let queue = ana.get("/queue?kind=appeal").await.body;
    assert!(queue.contains("I sell nothing") && queue.contains("plaza.test"), "{queue}");
    let granted = [("answer", "Cierto"), ("verdict", "grant")];
    assert_eq!(ana.send("/queue", "/queue/decide", &granted).await.status, StatusCode::SEE_OTHER);
    assert!(actor().await.silenced && !actor().await.veiled, "what she appealed against, and nothing else");

    assert_eq!(decide("warn").await, StatusCode::SEE_OTHER);
    assert_eq!(ana.send(&page, &page, &[("what", "warn")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "and why?");
    assert!(hers.get("/notices").await.body.contains("warns you"), "a letter says so");
    assert_eq!(decide("unsilence").await, StatusCode::SEE_OTHER);
    assert!(!actor().await.silenced);
    let log = ana.get("/admin/log").await.body;
    for said in [
        "limitó a @bea",
        "advirtió a @bea",
        "cubrió las imágenes de @bea",
        "dio la razón a un recurso de @bea",
        "levantó el límite",
    ] {
        assert!(log.contains(said), "{said}: {log}");
    }
    assert!(log.contains("Publicidad"), "{log}");
}

#[actix_web::test]
async fn what_changes_about_the_house_is_in_the_log() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "en").await;
    let text = "/admin/texts/one?kind=privacy&language=es";
    let fields = [("kind", "privacy"), ("language", "es"), ("source", "No guardamos nada.")];
    assert_eq!(ana.send(text, "/admin/texts/one", &fields).await.status, StatusCode::SEE_OTHER);
    let rule = [("what", "say"), ("text_es", "Sé amable")];
    assert_eq!(ana.send("/admin/texts", "/admin/texts/rule", &rule).await.status, StatusCode::SEE_OTHER);
    let founders = [("founders", "admins")];
    assert_eq!(
        ana.send("/admin/communities", "/admin/communities/founders", &founders).await.status,
        StatusCode::SEE_OTHER
    );
    let log = ana.get("/admin/log").await.body;
    for said in ["changed a text of the server", "privacy, es", "changed the rules of the site", "who may create"] {
        assert!(log.contains(said), "{said}: {log}");
    }
}

#[actix_web::test]
async fn who_is_kept_from_signing_up_stands_on_a_page() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "en").await;
    let bar = async |kind: &str, subject: &str| {
        let fields =
            [("kind", kind), ("subject", subject), ("severity", "block"), ("comment", "Trolls"), ("days", "9")];
        ana.send("/admin/bars", "/admin/bars", &fields).await
    };
    assert!(ana.get("/admin/bars").await.body.contains("Nobody is kept out"));
    let wrong = bar("network", "everywhere").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"subject-flaw\"") && wrong.body.contains("everywhere"), "{}", wrong.body);
    for (kind, subject) in [("network", "198.51.100.7/24"), ("mail_host", "malo.example"), ("mailbox", "a@b.example")] {
        assert_eq!(bar(kind, subject).await.status, StatusCode::SEE_OTHER, "{kind}");
    }
    assert!(bar("mail_host", "malo.example").await.body.contains("kept out already"));
    let page = ana.get("/admin/bars").await.body;
    assert!(page.contains("198.51.100.0/24") && page.contains("malo.example") && page.contains("Trolls"), "{page}");
    assert!(!page.contains("a@b.example"), "of a mailbox there is only a digest");
    // The first one of the list.
    assert_eq!(ana.send("/admin/bars", "/admin/bars/lift", &[]).await.status, StatusCode::SEE_OTHER);
    let page = ana.get("/admin/bars").await.body;
    assert!(!page.contains("198.51.100.0/24") && page.contains("malo.example"), "{page}");
    let log = ana.get("/admin/log").await.body;
    assert!(log.matches("changed who is kept from signing up").count() == 4 && log.contains("malo.example"), "{log}");
}

#[actix_web::test]
async fn those_kept_from_signing_up_who_are_many_stand_on_several_pages() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let filled = world.app.write(|tx| {
        for n in 0..=200 {
            let (kind, subject) = match n {
                0 => (Kind::Network, "198.51.100.0/24".to_owned()),
                _ => (Kind::MailHost, format!("malo{n}.example")),
            };
            let (id, created) = (tx.new_id(), tx.now());
            let (severity, comment) = (Severity::Block, String::new());
            store::bars::insert(tx, &Bar { id, kind, subject, severity, comment, created, expires: None })?;
        }
        Ok(())
    });
    filled.await.unwrap();
    let ana = Browser::of(&world, ana, "en").await;
    let first = ana.get("/admin/bars").await.body;
    assert!(first.contains("malo200.example") && !first.contains("198.51.100.0/24"), "{first}");
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap_or_else(|| panic!("no way on: {first}"));
    let second = ana.get(next.split('"').next().unwrap()).await.body;
    assert!(second.contains("198.51.100.0/24") && !second.contains("malo"), "{second}");
}

#[actix_web::test]
async fn a_community_is_suspended_and_restored_by_forms() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let ana = Browser::of(&world, ana, "en").await;
    let turn = async |fields: &[(&str, &str)]| {
        ana.send("/admin/communities", "/admin/communities/suspend", fields).await.status
    };
    assert_eq!(turn(&[("turn", "on"), ("reason", "Stolen goods")]).await, StatusCode::SEE_OTHER);
    let page = world.get(&huerto.uri, "en").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("This community is suspended") && !page.body.contains("El huerto"), "{}", page.body);
    assert!(!world.get("/communities", "en").await.body.contains("El huerto"));
    assert!(ana.get("/admin/communities").await.body.contains("Suspended"));
    assert!(ana.get("/notices").await.body.contains("han suspendido la comunidad El huerto"), "its owner is told");
    assert_eq!(turn(&[("turn", "off")]).await, StatusCode::SEE_OTHER);
    assert_eq!(world.get(&huerto.uri, "en").await.status, StatusCode::OK);
    let log = ana.get("/admin/log").await.body;
    assert!(log.contains("suspended @huerto") && log.contains("lifted the suspension of @huerto"), "{log}");
}

#[actix_web::test]
async fn every_page_leads_to_the_source_if_it_is_known() {
    for (source, is_led_to) in [(None, false), (Some("https://code.example/plaza?a=1&b=2"), true)] {
        let world = World::from_source("open", source);
        world.first_run().await;
        for path in ["/", "/about", "/nowhere"] {
            let page = world.get(path, "es").await.body;
            let foot = page.split("<footer").nth(1).expect("a foot");
            assert_eq!(foot.contains("Código fuente"), is_led_to, "{path}");
            assert_eq!(foot.contains("href=\"https://code.example/plaza?a=1&#38;b=2\""), is_led_to, "{path}: {foot}");
        }
    }
}
