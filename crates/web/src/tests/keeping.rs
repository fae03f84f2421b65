//! What somebody keeps for later and at hand, by pages alone: posts to be published later, hashtags, and what they pin.
use actix_web::http::StatusCode;
use app::{
    members,
    posts::{Writing, schedule},
};
use domain::{time::span, zone};
use store::timelines::Window;

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn something_is_published_later_at_another_time_or_not_at_all() {
    let world = World::new();
    let (_, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    members::join(&world.app, bea, huerto.id).await.unwrap();
    let writer = Browser::of(&world, bea, "en").await;
    let waiting = async || {
        let found = world.app.read(move |c| store::scheduled::of(c, bea.0, Window::newest(9))).await;
        found.unwrap()
    };
    let at = |days| zone::local(world.app.now() + span::days(days), "America/Bogota").unwrap();
    let (group, tomorrow, past) = (huerto.id.to_string(), at(1), zone::local(world.app.now(), "UTC").unwrap());
    let entered = |due: &str, zone: &str| {
        let fields = [("group", &*group), ("title", "Siembra"), ("text", "Mañana"), ("due", due), ("zone", zone)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        fields.into_iter().chain([("later".to_owned(), "yes".to_owned())]).collect::<Vec<_>>()
    };
    for (due, zone, what) in [
        ("", "UTC", "Write a day and a time."),
        (&*past, "UTC", "less than five minutes away"),
        (&*tomorrow, "", "Choose a zone"),
    ] {
        let fields = entered(due, zone);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let wrong = writer.bring(&fields, b"").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{due} {zone}: {}", wrong.body);
        assert!(wrong.body.contains(what) && wrong.body.contains("Siembra"), "{due} {zone}: {}", wrong.body);
    }
    assert!(waiting().await.is_empty());
    let fields = entered(&tomorrow, "America/Bogota");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = writer.bring(&fields, b"").await;
    assert_eq!(done.location, "https://plaza.test/settings/scheduled?done=true", "{}", done.body);
    let kept = waiting().await.pop().unwrap();
    assert_eq!(zone::local(kept.due, "America/Bogota").as_ref(), Some(&tomorrow));
    let list = writer.get("/settings/scheduled").await.body;
    assert!(list.contains("Siembra") && list.contains("El huerto"), "{list}");
    assert!(!writer.get("/write").await.body.contains("Siembra"), "nothing is left as a draft");
    assert!(!writer.get("/@huerto").await.body.contains("Siembra"));

    let one = format!("/settings/scheduled/{}", kept.id);
    assert!(list.contains(&format!("href=\"{one}\"")));
    let wrong = writer.send(&one, "/settings/scheduled/move", &[("due", &past), ("zone", "UTC")]).await;
    assert!(wrong.body.contains("less than five minutes away"), "{}", wrong.body);
    let week = at(7);
    let moved = writer.send(&one, "/settings/scheduled/move", &[("due", &week), ("zone", "America/Bogota")]).await;
    assert_eq!(moved.location, "https://plaza.test/settings/scheduled?done=true", "{}", moved.body);
    assert_eq!(zone::local(waiting().await[0].due, "America/Bogota").as_ref(), Some(&week));
    let exact = zone::moment(&week, "UTC").unwrap() + std::time::Duration::from_millis(37_123);
    schedule::move_to(&world.app, bea, kept.id, exact).await.unwrap();
    let same = writer.send(&one, "/settings/scheduled/move", &[("due", &week), ("zone", "UTC")]).await;
    assert_eq!(same.location, "https://plaza.test/settings/scheduled?done=true", "{}", same.body);
    assert_eq!(waiting().await[0].due, exact, "what was not touched is kept to the second");
    let other = login(&world, "carl").await;
    let other = Browser::of(&world, other, "en").await;
    assert_eq!(other.fetch(&one).await.status, StatusCode::NOT_FOUND, "it is theirs alone");
    let gone = writer.send(&one, "/settings/scheduled/cancel", &[]).await;
    assert!(gone.status == StatusCode::SEE_OTHER && waiting().await.is_empty(), "{}", gone.body);
}

#[actix_web::test]
async fn what_is_refused_when_it_is_due_says_why() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    members::join(&world.app, bea, huerto.id).await.unwrap();
    let writing =
        Writing { title: Some("Siembra".into()), text: "Mañana".into(), group: Some(huerto.id), ..Writing::default() };
    let kept = schedule::create(&world.app, bea, writing, world.app.now() + span::hours(1), None).await.unwrap();
    let (writer, keeper) = (Browser::of(&world, bea, "en").await, Browser::of(&world, ana, "en").await);
    let card = format!("/member?group={}&person={}", huerto.id, bea.0);
    let banned = keeper.send(&card, "/member/ban", &[("reason", "Insultos"), ("days", "3")]).await;
    assert_eq!(banned.status, StatusCode::SEE_OTHER, "{}", banned.body);
    world.app.clock().advance(span::hours(2));
    for _ in 0..3 {
        app::jobs::drain(&world.app, &app::jobs::handlers()).await.unwrap();
    }
    let list = writer.get("/settings/scheduled").await.body;
    assert!(list.contains("Siembra") && list.contains("Not published"), "{list}");
    let one = format!("/settings/scheduled/{}", kept.id);
    let page = writer.get(&one).await.body;
    assert!(page.contains("It was not published on") && page.contains("has shut you out"), "{page}");
    for (language, what, why) in
        [("en", "was not published", "has shut you out"), ("es", "No ha salido", "te ha cerrado la entrada")]
    {
        let notices = Browser::of(&world, bea, language).await.get("/notices").await.body;
        assert!(notices.contains(what) && notices.contains(why), "{notices}");
        assert!(notices.contains(&format!("href=\"{one}\"")), "{notices}");
    }

    let week = zone::local(world.app.now() + span::days(7), "UTC").unwrap();
    let moved = writer.send(&one, "/settings/scheduled/move", &[("due", &week), ("zone", "UTC")]).await;
    assert_eq!(moved.location, "https://plaza.test/settings/scheduled?done=true", "{}", moved.body);
    assert!(!writer.get("/settings/scheduled").await.body.contains("Not published"), "it waits again");
    assert!(!writer.get("/notices").await.body.contains("was not published"), "so there is nothing to tell");
    world.app.clock().advance(span::days(8));
    let again = keeper.send(&card, "/member/ban", &[("reason", "Más"), ("days", "3")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    for _ in 0..3 {
        app::jobs::drain(&world.app, &app::jobs::handlers()).await.unwrap();
    }
    assert!(writer.get("/notices").await.body.contains("was not published"), "once more");
    let gone = writer.send(&one, "/settings/scheduled/cancel", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    assert!(!writer.get("/notices").await.body.contains("was not published"));
}

#[actix_web::test]
async fn hashtags_are_followed_on_their_page_and_in_the_settings() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let text = "Hoy #riego".to_owned();
    world.write(ana, Writing { text, group: Some(huerto.id), ..Writing::default() }).await;
    let reader = Browser::of(&world, bea, "en").await;
    assert!(!world.get("/tags/riego", "en").await.body.contains("/settings/tags"), "visitors follow nothing");
    let page = "/tags/riego";
    let done = reader.send(page, "/settings/tags", &[]).await;
    assert_eq!(done.location, "https://plaza.test/tags/riego?done=true", "{}", done.body);
    let done = reader.send("/settings/tags", "/settings/tags", &[("tag", " #Ñandú ")]).await;
    assert_eq!(done.location, "https://plaza.test/settings/tags?done=true", "{}", done.body);
    let list = reader.get("/settings/tags").await.body;
    assert!(list.contains("#riego") && list.contains("#ñandu"), "{list}");
    let done = reader.send(page, "/settings/tags/unfollow", &[]).await;
    assert_eq!(done.location, "https://plaza.test/tags/riego?done=true", "{}", done.body);
    assert!(!reader.get("/settings/tags").await.body.contains("#riego"));
    let refused = reader.send("/settings/tags", "/settings/tags", &[("tag", "dos palabras")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.location);
}

#[actix_web::test]
async fn posts_are_pinned_to_ones_own_page_from_their_menu() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let mut posts = Vec::new();
    for number in 0..6 {
        posts.push(world.write(ana, Writing { text: format!("Nota {number}"), ..Writing::default() }).await);
    }
    let (own, other) = (Browser::of(&world, ana, "en").await, Browser::of(&world, bea, "en").await);
    assert!(own.get(&posts[0].uri).await.body.contains("Pin to my page"));
    assert!(!other.get(&posts[0].uri).await.body.contains("Pin to my page"));
    for post in &posts[..5] {
        let done = own.send(&post.uri, "/pin", &[("turn", "on")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }
    let full = own.send(&posts[5].uri, "/pin", &[("turn", "on")]).await;
    assert!(full.status == StatusCode::CONFLICT && full.body.contains("no room for more"), "{}", full.body);
    let profile = other.get("/@ana").await.body;
    let place = |text: &str| profile.find(text).unwrap();
    assert!(place("Nota 0") < place("Nota 5") && profile.matches("Pinned").count() == 5, "{profile}");
    assert!(own.get(&posts[0].uri).await.body.contains("Pin no more"));
    own.send(&posts[0].uri, "/pin", &[("turn", "off")]).await;
    assert_eq!(other.get("/@ana").await.body.matches("Pinned").count(), 4);
}
