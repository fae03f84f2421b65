//! What admins decide about other servers, and what they see of their health.
use actix_web::http::StatusCode;
use domain::{host::Host, time::span};

use super::{World, journeys::Browser, neighbour};

#[actix_web::test]
async fn rules_about_servers_are_looked_at_before_they_hold() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    neighbour(&world.app).await;
    let ana = Browser::of(&world, ana, "es").await;
    let rule = [("host", "Other.test"), ("ruling", "suspend"), ("comment", "Publicidad"), ("note", "visto hoy")];
    let trial = ana.send("/admin/rules", "/admin/rules", &rule).await;
    assert_eq!(trial.status, StatusCode::OK);
    assert!(trial.body.contains("Se conoce 1 servidor") && trial.body.contains("1 cuenta de allí"), "{}", trial.body);
    assert!(ana.get("/admin/rules").await.body.contains("Todavía no se ha decidido nada"), "a look changes nothing");
    let sure = [&rule[..], &[("sure", "yes")]].concat();
    assert_eq!(ana.send("/admin/rules", "/admin/rules", &sure).await.status, StatusCode::SEE_OTHER);
    let page = ana.get("/admin/rules").await.body;
    assert!(page.contains("other.test") && page.contains("Publicidad") && page.contains("visto hoy"), "{page}");
    assert!(world.app.rules().suspend("https://other.test/users/bea"));
    for (host, ruling) in [("no host!", "suspend"), ("x.test", "nonsense")] {
        let flawed = ana.send("/admin/rules", "/admin/rules", &[("host", host), ("ruling", ruling)]).await;
        assert!(flawed.status == StatusCode::UNPROCESSABLE_ENTITY, "{host}");
    }
    let own = [("host", "plaza.test"), ("ruling", "suspend"), ("sure", "yes")];
    let own = ana.send("/admin/rules", "/admin/rules", &own).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "a rule about ourselves");

    // What leaves as a list comes back as one, and says what of it is new.
    let list = ana.fetch("/admin/rules/blocks.csv").await.body;
    assert!(list.ends_with("other.test,suspend,true,true,Publicidad,false\n"), "{list}");
    let longer = format!("{list}loud.test,silence,false,false,,false\nplaza.test,suspend\nodd line\n");
    let trial = ana.send("/admin/rules", "/admin/rules/import", &[("list", &longer), ("usual", "suspend")]).await;
    for said in ["loud.test", "Ya está así: other.test", "Es este servidor: plaza.test", "No se entiende: odd line"] {
        assert!(trial.body.contains(said), "{said}: {}", trial.body);
    }
    let bring = [("list", longer.as_str()), ("usual", "suspend"), ("sure", "yes")];
    assert_eq!(ana.send("/admin/rules", "/admin/rules/import", &bring).await.status, StatusCode::SEE_OTHER);
    assert!(
        ana.get("/admin/rules").await.body.contains("loud.test") && !world.app.rules().suspend("https://plaza.test/")
    );
    assert_eq!(
        ana.send("/admin/rules", "/admin/rules/lift", &[("host", "other.test")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(!world.app.rules().suspend("https://other.test/users/bea"));
}

#[actix_web::test]
async fn servers_are_looked_up_and_tried_again() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    neighbour(&world.app).await;
    let why = "connection refused".to_owned();
    let host = Host::parse("other.test").unwrap();
    let until = world.app.now() + span::hours(1);
    app::peers::rests(&world.app, &host, until, why).await.unwrap();
    let ana = Browser::of(&world, ana, "es").await;
    for (query, is_found) in
        [("", true), ("?q=OTHER", true), ("?q=nothing", false), ("?only=failing", true), ("?after=z", false)]
    {
        let page = ana.get(&format!("/admin/servers{query}")).await.body;
        assert_eq!(page.contains("/admin/servers/other.test"), is_found, "{query}");
    }
    let page = ana.get("/admin/servers/other.test").await.body;
    assert!(
        page.contains("connection refused") && page.contains("No contesta") && page.contains("todo ha llegado"),
        "{page}"
    );
    let retried = ana.send("/admin/servers/other.test", "/admin/servers/other.test", &[]).await;
    assert_eq!(
        (retried.status, retried.location.ends_with("/admin/servers/other.test?done=true")),
        (StatusCode::SEE_OTHER, true)
    );
    assert!(!ana.get("/admin/servers/other.test").await.body.contains("No contesta"));
    for nobody in ["/admin/servers/nowhere.test", "/admin/servers/no%20host"] {
        assert_eq!(ana.get(nobody).await.status, StatusCode::NOT_FOUND, "{nobody}");
    }
}
