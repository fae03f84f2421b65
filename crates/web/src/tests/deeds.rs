//! What is done from the menu of a post, and from the page of somebody: passing on, and reporting.
use actix_web::http::StatusCode;
use app::posts::Writing;
use domain::{id::PostId, post::Audience};

use super::{
    World,
    journeys::{Browser, login},
    neighbour,
};

#[actix_web::test]
async fn whoever_is_signed_in_chooses_one_language_for_pages_and_letters() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let page = Browser::of(&world, bea, "en").await;
    let spoken = async |me: app::Me| {
        world.app.read(move |c| store::accounts::by_id(c, me.0)).await.unwrap().expect("a login").language
    };
    let before = spoken(ana).await;
    assert_eq!(spoken(bea).await, "en");
    assert_eq!(page.send("/settings", "/language", &[("language", "es")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!((spoken(bea).await, spoken(ana).await), ("es".to_owned(), before));
}

#[actix_web::test]
async fn what_everybody_may_read_is_passed_on_from_its_menu() {
    const OFFER: &str = "Share with those who follow me";
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    app::follows::request(&world.app, bea, ana.0).await.unwrap();
    let say = |audience| Writing { text: "Hola".into(), audience: Some(audience), ..Writing::default() };
    let thread = Writing { group: Some(huerto.id), ..say(Audience::Public) };
    let (open, few) = (world.write(ana, thread).await, world.write(ana, say(Audience::Followers)).await);
    let page = Browser::of(&world, bea, "en").await;
    let shared = async |id: PostId| world.app.read(move |c| store::shares::uri(c, id, bea.0)).await.unwrap().is_some();
    assert!(page.get(&open.uri).await.body.contains(OFFER));
    let sent = page.send(&open.uri, "/pass-on", &[("turn", "on")]).await;
    assert_eq!((sent.status, sent.location), (StatusCode::SEE_OTHER, format!("{}#p{}", open.uri, open.id)));
    assert!(shared(open.id).await);
    assert!(page.get(&open.uri).await.body.contains("Share no more"));
    assert_eq!(page.send(&open.uri, "/pass-on", &[("turn", "off")]).await.status, StatusCode::SEE_OTHER);
    assert!(!shared(open.id).await);

    // What is for a few is not offered, and not done for whoever asks anyway.
    assert!(!page.get(&few.uri).await.body.contains(OFFER));
    let token = page.token(&open.uri).await;
    let fields = [("form_token", token), ("post", few.id.to_string()), ("turn", "on".to_owned())];
    let refused = page.post("/pass-on", &fields.map(|(name, value)| (name.to_owned(), value))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!shared(few.id).await);
}

#[actix_web::test]
async fn people_and_communities_are_reported_from_their_pages() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let far = neighbour(&world.app).await;
    let (ana, es, en) = (
        Browser::of(&world, me, "es").await,
        Browser::of(&world, bea, "es").await,
        Browser::of(&world, bea, "en").await,
    );
    let way = |id| format!("/report?who={id}");
    for (page, id, words) in [
        ("/@ana".to_owned(), me.0, "Denunciar a esta persona"),
        ("/@bea@other.test".to_owned(), far, "Denunciar a esta persona"),
        (huerto.uri.clone(), huerto.id, "Denunciar esta comunidad"),
    ] {
        let shown = es.get(&page).await.body;
        assert!(shown.contains(words) && shown.contains(&way(id)), "{shown}");
        assert!(!world.get(&page, "es").await.body.contains(words), "somebody reports");
    }
    assert!(!es.get("/@bea").await.body.contains("/report?who"), "nobody reports themselves");
    assert_eq!(es.fetch(&way(bea.0)).await.status, StatusCode::NOT_FOUND);

    let form = en.get(&way(far)).await.body;
    assert!(form.contains("Report this person") && form.contains("@bea@other.test"), "{form}");
    assert!(form.contains("name=\"forward\""), "their server may be told, too: {form}");
    for (id, reason) in [(far, "Acosa a todo el mundo"), (huerto.id, "Es una estafa")] {
        let sent = en.send(&way(id), "/report", &[("what", "other"), ("reason", reason)]).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        let queue = ana.get("/queue").await.body;
        assert!(queue.contains(reason), "those who run the site hear of it: {queue}");
    }
}
