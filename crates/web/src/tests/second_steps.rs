//! Whoever has power sets up a second step before they use it, where that is asked for.
use actix_web::http::StatusCode;
use app::second_step;

use super::{World, journeys::Browser};

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
