//! Whoever has power sets up a second step before they use it, where that is asked for, and leaves a trace where they read what is
//! private.
use actix_web::http::StatusCode;
use app::{charters, groups, invitations, members, posts::Writing, second_step};
use domain::{
    charter::Charter,
    group::{Role, Visibility},
    post::Audience,
};

use super::{
    World,
    journeys::{Browser, login},
    new_group,
};

#[actix_web::test]
async fn whoever_has_power_is_led_to_set_up_a_second_step() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let ana = Browser::of(&world, me, "es").await;
    let path = "/admin/communities";
    let on = [("second_step", "yes")];
    assert_eq!(ana.send(path, "/admin/communities/second-step", &on).await.status, StatusCode::SEE_OTHER);
    assert!(second_step::is_required(&world.app).await.unwrap());

    // Wherever she would use power, she is led to where it is set up, and all else works.
    let manage = format!("/manage?group={}", huerto.id);
    for page in [&*manage, "/queue", path, "/admin/people"] {
        let led = ana.get(page).await;
        assert_eq!((led.status, &*led.location), (StatusCode::SEE_OTHER, "/settings/entry"), "{page}");
    }
    let entry = ana.get("/settings/entry").await.body;
    assert!(entry.contains("hasta entonces esos poderes descansan"), "{entry}");
    assert_eq!(ana.get("/@huerto").await.status, StatusCode::OK);

    // So she is when she signs in, whatever she wanted.
    let entered = [("name", "ana"), ("password", "correct horse battery"), ("back", "/queue")];
    let led = ana.send("/login", "/login", &entered).await;
    assert_eq!(
        (led.status, &*led.location),
        (StatusCode::SEE_OTHER, "https://plaza.test/settings/entry"),
        "{}",
        led.body
    );
    let ana = Browser::of(&world, me, "es").await;
    world.with_second_step(me).await;
    for page in [&*manage, "/queue", path] {
        assert_eq!(ana.get(page).await.status, StatusCode::OK, "{page}");
    }
    assert!(ana.get(path).await.body.contains("name=\"second_step\" value=\"yes\" checked"));
    assert!(ana.get("/admin/log").await.body.contains("necesita un segundo paso"));
}

#[actix_web::test]
async fn what_one_community_asks_of_its_team_holds_up_no_other() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    let charter = Charter { second_step: true, ..Charter::default() };
    let cine = charters::found(&world.app, me, new_group("cine", Visibility::Public), charter).await.unwrap();
    for group in [huerto.id, cine.id] {
        members::join(&world.app, bea, group).await.unwrap();
    }
    invitations::invite(&world.app, me, huerto.id, carla.0).await.unwrap();
    world.app.write(move |tx| Ok(store::accounts::set_admin(tx, me.0, false)?)).await.unwrap();
    for (language, said) in
        [("es", "Lo que espera en El cine no se muestra"), ("en", "What waits in El cine is not shown")]
    {
        let ana = Browser::of(&world, me, language).await;
        let queue = ana.get("/queue").await.body;
        assert!(queue.contains(said) && queue.contains("href=\"/settings/entry\""), "{queue}");
        assert_eq!(queue.matches("action=\"/queue/answer\"").count(), 1, "that of the other: {queue}");
        assert!(!queue.contains(&format!("name=\"group\" value=\"{}\"", cine.id)), "{queue}");
        assert!(!queue.contains(if language == "es" { "esperan 2 cosas" } else { "2 things wait" }), "{queue}");
        assert_eq!(ana.get(&format!("/manage?group={}", cine.id)).await.location, "/settings/entry");
    }
    world.with_second_step(me).await;
    let queue = Browser::of(&world, me, "es").await.get("/queue").await.body;
    assert_eq!(queue.matches("action=\"/queue/answer\"").count(), 2, "{queue}");
    assert!(queue.contains("esperan 2 cosas"), "{queue}");
    assert!(!queue.contains("no se muestra"), "{queue}");

    // Of whom nothing is left, are led there.
    invitations::invite(&world.app, me, cine.id, carla.0).await.unwrap();
    members::join(&world.app, carla, cine.id).await.unwrap();
    members::appoint(&world.app, me, cine.id, carla.0, Some(Role::Moderator)).await.unwrap();
    let led = Browser::of(&world, carla, "en").await.get("/queue").await;
    assert_eq!((led.status, &*led.location), (StatusCode::SEE_OTHER, "/settings/entry"));
}

#[actix_web::test]
async fn an_admin_opens_a_private_conversation_and_its_owner_knows() {
    let world = World::new();
    let (me, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let junta = groups::create(&world.app, bea.0, new_group("junta", Visibility::Private)).await.unwrap();
    let writing = Writing { text: "Entre nosotras".into(), group: Some(junta.id), ..Writing::default() };
    let thread = world.write(bea, writing).await;
    let reply = Writing { text: "Y nadie más".into(), parent: Some(thread.id), ..Writing::default() };
    let reply = world.write(bea, reply).await;
    // As software elsewhere writes to the team: below what all members read.
    let letter = reply.clone();
    let arrives = world.app.write(move |tx| {
        let (id, mut letter) = (tx.post_id(tx.now(), true), letter.clone());
        (letter.id, letter.uri, letter.group, letter.audience) =
            (id, format!("{}/{id}", letter.uri), None, Audience::Direct);
        letter.content.html = "<p>Solo para el equipo</p>".into();
        Ok::<_, app::Error>(store::posts::insert(tx, &letter, &[])?)
    });
    arrives.await.unwrap();
    let (ana, bea) = (Browser::of(&world, me, "es").await, Browser::of(&world, bea, "en").await);
    assert_eq!(ana.get(&thread.uri).await.status, StatusCode::NOT_FOUND, "an admin is no member");

    // Not without a reason, not what is open anyway, and nobody but admins.
    for (address, reason, flaw) in
        [(&*reply.uri, " ", "reason-flaw"), ("https://plaza.test/nothing", "x", "address-flaw")]
    {
        let fields = [("address", address), ("reason", reason)];
        let again = ana.send("/admin/open", "/admin/open", &fields).await;
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains(flaw), "{}", again.body);
    }
    let closed = format!("/admin/open?post={}", thread.id);
    assert_eq!(ana.get(&closed).await.status, StatusCode::NOT_FOUND, "nobody opened it");
    let entered = [("address", reply.uri.as_str()), ("reason", "Denuncia 12")];
    let opened = ana.send("/admin/open", "/admin/open", &entered).await;
    assert_eq!((opened.status, &*opened.location), (StatusCode::SEE_OTHER, closed.as_str()), "{}", opened.body);
    let page = ana.get(&closed).await.body;
    assert!(page.contains("Entre nosotras") && page.contains("Y nadie más"), "{page}");
    assert!(!page.contains("Solo para el equipo"), "a letter is for those it names: {page}");
    assert_eq!(ana.get(&thread.uri).await.status, StatusCode::NOT_FOUND, "there alone");
    assert_eq!(bea.get(&closed).await.status, StatusCode::FORBIDDEN);

    // The owner is told, and the log of the community says why.
    assert!(bea.get("/notices").await.body.contains("an admin, opened a private conversation of yours"));
    let log = bea.get("/@junta/log").await.body;
    assert!(log.contains("opened a private conversation as an admin") && log.contains("Denuncia 12"), "{log}");

    // After an hour it is closed again.
    let ended = world.app.write(move |tx| {
        let now = tx.now();
        Ok::<_, app::Error>(store::openings::set(tx, me.0, thread.id, (now, now))?)
    });
    ended.await.unwrap();
    assert_eq!(ana.get(&closed).await.status, StatusCode::NOT_FOUND);
}
