//! What stands where something of a conversation is missing: a reply that was taken out, and what never came here.
use actix_web::http::StatusCode;
use app::{
    moderation::{self, Measure},
    posts::{self, Draft, Origin, Way, Writing},
};
use domain::{
    bylaw::Citation,
    id::PostId,
    post::{Audience, Content, Post, PostKind},
    statement::Grounds,
    time::Timestamp,
};

use super::{
    World,
    journeys::{Browser, login},
    neighbour,
};

#[actix_web::test]
async fn a_reply_that_was_taken_out_leaves_a_place_with_the_rule_and_the_reason() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let rule =
        app::bylaws::Entry { key: None, title: "Nada de anuncios".into(), text: String::new(), others: Vec::new() };
    app::bylaws::change(&world.app, ana, huerto.id, 0, vec![rule]).await.unwrap();
    let reply = |to: &Post, text: &str| Writing { text: text.into(), parent: Some(to.id), ..Writing::default() };
    let thread = Writing { text: "¿Riego?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    let spam = world.write(bea, reply(&thread, "Vendo macetas")).await;
    world.write(ana, reply(&spam, "Aquí no, bea")).await;
    let bylaw = Some(Citation { version: 1, number: 1 });
    let grounds = Grounds { reason: "Es la segunda vez".into(), note: "Solo para ella".into(), bylaw };
    moderation::take(&world.app, ana, spam.id, Measure::Remove, grounds).await.unwrap();
    let page = world.get(&thread.uri, "en").await.body;
    let said = "The moderators removed this reply. Rule 1: Nada de anuncios. Reason: Es la segunda vez";
    assert!(page.contains(said) && page.contains("Aquí no, bea"), "{page}");
    assert!(!page.contains("Vendo macetas") && !page.contains("Solo para ella"), "{page}");
}

/// A post of somebody elsewhere.
async fn learn(world: &World, name: &str, text: &str, parent: Option<&str>) -> PostId {
    let author = match world.app.read(|c| store::actors::by_handle(c, "bea", "other.test")).await.unwrap() {
        Some(actor) => actor.id,
        None => neighbour(&world.app).await,
    };
    let content = Content { html: format!("<p>{text}</p>"), ..Content::default() };
    let mut draft = Draft::new(PostKind::Note, content, Audience::Public);
    draft.orphan_of = parent.map(str::to_owned);
    let uri = format!("https://other.test/notes/{name}");
    let origin = Origin { url: uri.clone(), uri, published: Timestamp(1_000), edited: None, way: Way::Sent };
    posts::learn(&world.app, author, draft, origin).await.unwrap().id
}

#[actix_web::test]
async fn a_reply_says_that_its_context_is_missing_until_that_comes() {
    let world = World::new();
    world.first_run().await;
    let carl = login(&world, "carl").await;
    let reply = learn(&world, "2", "Pues yo, los martes", Some("https://other.test/notes/1")).await;
    let page = format!("/@bea@other.test/{reply}");
    let reader = Browser::of(&world, carl, "en").await;
    let said = reader.get(&page).await.body;
    assert!(
        said.contains("What came before is missing") && said.contains("href=\"https://other.test/notes/1\""),
        "{said}"
    );
    // It is asked for; what cannot be had still is not there.
    let asked = reader.send(&page, "/fetch-context", &[]).await;
    assert_eq!(asked.status, StatusCode::NOT_FOUND, "{}", asked.body);
    let visitor = world.get(&page, "en").await.body;
    assert!(visitor.contains("What came before is missing") && !visitor.contains("/fetch-context"), "{visitor}");

    learn(&world, "1", "¿Quién riega?", None).await;
    let said = reader.get(&page).await.body;
    assert!(
        !said.contains("What came before is missing") && said.contains("In reply to") && said.contains("¿Quién riega?"),
        "{said}"
    );
}

#[actix_web::test]
async fn what_a_reply_turned_out_to_answer_is_folded_if_its_author_is_muted() {
    let world = World::new();
    let (_, huerto) = world.first_run().await;
    let (carl, dora) = (login(&world, "carl").await, login(&world, "dora").await);
    let question = Writing { text: "¿Quién riega?".into(), group: Some(huerto.id), ..Writing::default() };
    let question = world.write(dora, question).await;
    let reply = learn(&world, "2", "Pues yo, los martes", Some(&question.uri)).await;
    let (reader, page) = (Browser::of(&world, carl, "en").await, format!("/@bea@other.test/{reply}"));
    let said = reader.get(&page).await.body;
    assert!(said.contains("¿Quién riega?") && !said.contains("You mute dora."), "{said}");
    app::shuns::mute(&world.app, carl, dora.0, false, None).await.unwrap();
    let said = reader.get(&page).await.body;
    let (fold, place) = (said.find("You mute dora."), said.find("¿Quién riega?"));
    assert!(fold.is_some() && fold < place, "{said}");
}
