//! Passkeys on pages: offered where browsers can have them, and refused in words.
use actix_web::{http::StatusCode, test::TestRequest};
use app::Me;
use serde_json::Value;

use super::{
    HERE, World, is_well_formed,
    journeys::{Browser, login},
    strangers,
};

#[actix_web::test]
async fn whoever_signs_in_is_asked_for_nobody_in_particular() {
    let world = World::new();
    world.first_run().await;
    let page = world.get("/login?back=/notices", "es").await.body;
    for part in
        ["formaction=\"/login/passkey\"", "autocomplete=\"username webauthn\"", "<noscript>", "/assets/passkeys-"]
    {
        assert!(page.contains(part), "no {part}: {page}");
    }
    assert_eq!((is_well_formed(&page), strangers(&page, "es")), (Ok(()), Vec::new()));

    let ask = |from: &'static str| {
        let request = TestRequest::post().uri("/login/passkey/challenge").peer_addr(HERE);
        world.ask(request.insert_header(("sec-fetch-site", from)).set_form([("form_token", "")]), "es")
    };
    let asked = ask("same-origin").await;
    let options: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((asked.status, &options["rpId"]), (StatusCode::OK, &Value::from("plaza.test")));
    assert_eq!(options["allowCredentials"], Value::Array(Vec::new()), "it tells nothing of who is here");
    assert_ne!(
        options["challenge"],
        serde_json::from_str::<Value>(&ask("same-origin").await.body).unwrap()["challenge"]
    );
    assert_eq!(ask("cross-site").await.status, StatusCode::FORBIDDEN);

    let enter = TestRequest::post().uri("/login/passkey").peer_addr(HERE);
    let refused = world.ask(enter.set_form([("answer", "{}"), ("back", "/notices")]), "es").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Eso no es lo que responde una llave de acceso de este sitio"), "{}", refused.body);
    assert!(refused.body.contains("name=\"back\" value=\"/notices\""), "the way back is kept: {}", refused.body);
}

/// Gives somebody a passkey, with the number 7.
async fn keep(world: &World, me: Me, name: &str) {
    let passkey = store::passkeys::Passkey {
        id: 7,
        account_id: me.0.0,
        handle: "x".into(),
        name: name.into(),
        credential: "{}".into(),
        created: 1,
        used: None,
    };
    world.app.write(move |tx| Ok(store::passkeys::insert(tx, &passkey)?)).await.unwrap();
}

#[actix_web::test]
async fn an_admin_takes_passkeys_away() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, page) = (Browser::of(&world, ana, "es").await, format!("/admin/people/{}", bea.0));
    assert!(!ana.get(&page).await.body.contains("llave de acceso"));
    keep(&world, bea, "Móvil").await;
    let shown = ana.get(&page).await.body;
    assert!(shown.contains("Una llave de acceso le deja entrar") && !shown.contains("Móvil"), "{shown}");
    assert_eq!((is_well_formed(&shown), strangers(&shown, "es")), (Ok(()), Vec::new()));
    assert_eq!(ana.send(&page, &page, &[("what", "passkeys")]).await.status, StatusCode::SEE_OTHER);
    assert!(!ana.get(&page).await.body.contains("llave de acceso"));
    let log = ana.get("/admin/log").await.body;
    assert!(log.contains("quitó las llaves de acceso de @bea"), "{log}");
}

#[actix_web::test]
async fn a_passkey_is_made_by_whoever_shows_that_it_is_them() {
    let world = World::new();
    world.first_run().await;
    let me = login(&world, "bea").await;
    let bea = Browser::of(&world, me, "en").await;
    let (page, offer) = ("/settings/entry", "/settings/entry/passkeys/offer");
    let wrong = bea.send(page, offer, &[("proof", "wrong horse")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("That is not your current password") && wrong.body.contains("id=\"proof-flaw\""));
    let offered = bea.send(page, offer, &[("proof", "correct horse battery")]).await;
    assert_eq!((offered.status, is_well_formed(&offered.body)), (StatusCode::OK, Ok(())), "{}", offered.body);
    assert!(offered.body.contains("value=\"Passkey\""), "a browser that says nothing of itself: {}", offered.body);
    let options = offered.body.split("data-options=\"").nth(1).unwrap().split('"').next().unwrap();
    let options: Value = serde_json::from_str(&options.replace("&#34;", "\"")).unwrap();
    assert_eq!(options["user"]["name"], "bea");
    assert!(options.as_object().unwrap().values().all(|value| !value.is_null()), "browsers take no null: {options}");
    let token = bea.token(page).await;
    let post = async |action: &str, fields: &[(&str, &str)]| {
        let all = [fields, &[("form_token", token.as_str())]].concat();
        let all: Vec<(String, String)> = all.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        bea.post(action, &all).await
    };
    let unmade = post("/settings/entry/passkeys/add", &[("name", "Phone"), ("answer", "{}")]).await;
    assert_eq!(unmade.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unmade.body);
    assert_eq!(post("/settings/entry/passkeys/remove", &[("key", "1")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post("/settings/entry/passkeys/challenge", &[]).await.status, StatusCode::OK);

    keep(&world, me, "Phone").await;
    let own = "/settings/entry/passkeys/7";
    assert!(bea.get(page).await.body.contains(own));
    let asked = bea.get(own).await;
    assert_eq!((asked.status, is_well_formed(&asked.body)), (StatusCode::OK, Ok(())));
    assert!(asked.body.contains("value=\"Phone\"") && strangers(&asked.body, "en").is_empty(), "{}", asked.body);
    let rename = "/settings/entry/passkeys/rename";
    assert_eq!(bea.send(own, rename, &[("key", "7"), ("name", "Old phone")]).await.status, StatusCode::SEE_OTHER);
    assert!(bea.get(page).await.body.contains("Old phone"));
    for nothing in ["/settings/entry/passkeys/8", "/settings/entry/passkeys/x"] {
        assert_eq!(bea.get(nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[actix_web::test]
async fn whoever_signs_up_with_a_passkey_by_an_old_form_is_offered_that_again() {
    let world = World::of("open");
    world.first_run().await;
    let entered = [("name", "carla"), ("email", "carla@mail.test"), ("agreement", "yes"), ("sealed", "00")];
    let send = TestRequest::post().uri("/signup/passkey").peer_addr(HERE).set_form(entered);
    let again = world.ask(send, "en").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.body);
    assert!(again.body.contains("Press the button for the passkey once more"), "{}", again.body);
    assert!(!again.body.contains("a password is not kept"), "nobody typed one: {}", again.body);
    assert!(again.body.contains("formaction=\"/signup/passkey\""), "{}", again.body);
}
