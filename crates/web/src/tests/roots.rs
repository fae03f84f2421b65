//! Replies that stand apart from their conversation: each says to which one it belongs, and nobody hears of another.
use app::{
    Me, bookmarks, filters, members,
    moderation::{self, Measure},
    posts::Writing,
    shuns,
};
use domain::{
    filter::{Action, Filter, Keyword, Place},
    id::FilterId,
    post::Post,
};

use super::{
    World,
    journeys::{Browser, login},
};

/// Where a reply says what it belongs to; nothing, if it does not stand there or says nothing.
fn named(page: &str, reply: &Post) -> Option<String> {
    let row = page.split("<li class=\"row\">").find(|row| row.contains(&format!("<h3><a href=\"{}\"", reply.uri)))?;
    Some(row.split("<p class=\"eyebrow root\">").nth(1)?.split("</p>").next()?.to_owned())
}

#[actix_web::test]
async fn a_reply_says_to_which_conversation_it_belongs() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    for person in [bea, carl] {
        members::join(&world.app, person, huerto.id).await.unwrap();
    }
    let begin = Writing { title: Some("Riego & sol".into()), text: "¿Con qué?".into(), ..Writing::default() };
    let thread = world.write(ana, Writing { group: Some(huerto.id), ..begin }).await;
    let answer = Writing { text: "Con cubos #agua".into(), parent: Some(thread.id), ..Writing::default() };
    let reply = world.write(bea, answer).await;
    bookmarks::set(&world.app, carl, reply.id, true).await.unwrap();
    let reader = Browser::of(&world, carl, "es").await;
    let pages = ["/search?q=cubos", "/search?q=cubos&kind=replies", "/tags/agua", "/@bea"];
    for page in pages {
        for body in [world.get(page, "es").await.body, reader.get(page).await.body] {
            let said = named(&body, &reply).unwrap_or_else(|| panic!("{page}: {body}"));
            for part in ["Respuesta en", &format!("href=\"{}\"", thread.uri), "Riego &amp; sol", &huerto.uri] {
                assert!(said.contains(part), "{page}: {part} in {said}");
            }
        }
    }
    assert!(named(&reader.get("/saved").await.body, &reply).is_some());
    assert!(named(&world.get("/search?q=riego", "es").await.body, &thread).is_none(), "it belongs to no other");

    // Whoever mutes its author, or what it says, is not told of the conversation; the reply stands there all the same.
    let told = async || {
        let page = reader.get("/@bea").await.body;
        assert!(page.contains("Con cubos"), "{page}");
        named(&page, &reply).is_some()
    };
    shuns::mute(&world.app, carl, ana.0, false, None).await.unwrap();
    assert!(!told().await, "muted");
    shuns::unmute(&world.app, carl, ana.0).await.unwrap();
    assert!(told().await);
    let filter = mute(&world, carl, "riego").await;
    assert!(!told().await, "filtered");
    filters::remove(&world.app, carl, filter.id).await.unwrap();

    // What is taken out is named to nobody but the team.
    moderation::take(&world.app, ana, thread.id, Measure::Remove, "".into()).await.unwrap();
    for page in pages {
        let body = world.get(page, "es").await.body;
        assert!(!body.contains("Riego"), "{page}: {body}");
    }
    assert!(!told().await);
}

/// Somebody folds what says a word on profiles.
async fn mute(world: &World, me: Me, text: &str) -> Filter {
    let keyword = Keyword { id: FilterId(0), keyword: text.into(), whole_word: true };
    let filter = Filter {
        id: FilterId(0),
        title: text.into(),
        places: vec![Place::Account],
        action: Action::Warn,
        expires: None,
        keywords: vec![keyword],
        picked: Vec::new(),
    };
    filters::create(&world.app, me, filter).await.unwrap()
}
