//! Words that somebody does not want to read, by pages alone: they fold or are left out wherever posts are listed.
use actix_web::http::StatusCode;
use app::{follows, invitations, members, posts::Writing};
use domain::{filter::Filter, post::Post};

use super::{
    World,
    journeys::{Browser, login},
};

const FOLD: &str = "Hidden by your filter “Ball games”";
const TITLE: &str = "Liga de fútbol";

async fn mine(world: &World, me: app::Me) -> Vec<Filter> {
    world.app.read(move |c| store::filters::of(c, me.0, None)).await.unwrap()
}

/// Whether a page shows a title outside of anything that folds, and at all.
fn shown(page: &str, title: &str) -> (bool, bool) {
    let mut open = String::new();
    for (at, piece) in page.split("<details class=\"warned\">").enumerate() {
        open.push_str(if at == 0 { piece } else { piece.split_once("</details>").unwrap().1 });
    }
    (open.contains(title), page.contains(title))
}

#[actix_web::test]
async fn what_says_muted_words_folds_or_is_left_out_wherever_posts_are_listed() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    members::join(&world.app, bea, huerto.id).await.unwrap();
    invitations::invite(&world.app, ana, huerto.id, bea.0).await.unwrap();
    follows::request(&world.app, bea, huerto.id).await.unwrap();
    let thread = |title: &str, text: &str| Writing {
        title: Some(title.into()),
        text: text.into(),
        group: Some(huerto.id),
        ..Writing::default()
    };
    let game = world.write(ana, thread(TITLE, "¿Quién juega, @bea? #barrio")).await;
    let soil = world.write(ana, thread("Abono", "¿Cuál usáis? #barrio")).await;
    let reply = |to: &Post, text: &str| Writing { text: text.into(), parent: Some(to.id), ..Writing::default() };
    let said = world.write(ana, reply(&soil, "Después del fútbol, @bea")).await;
    world.write(bea, reply(&said, "Vale, luego")).await;
    world.write(ana, reply(&soil, "Sin futbolistas")).await;
    let reader = Browser::of(&world, bea, "en").await;

    // What is missing is said, and what was entered stays.
    let wrong =
        reader.send("/settings/filters", "/settings/filters", &[("words", " \n"), ("title", "Ball games")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("at least one word") && wrong.body.contains("at least one place"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Ball games\"") && mine(&world, bea).await.is_empty());

    let everywhere = ["home", "public", "thread", "account", "notifications"];
    let places = everywhere.map(|place| (format!("where_{place}"), place));
    let mut entered =
        vec![("words", "fútbol\nfútbol\npádel"), ("whole", "yes"), ("title", "Ball games"), ("days", "7")];
    entered.extend(places.iter().map(|(name, value)| (name.as_str(), *value)));
    entered.push(("deed", "warn"));
    let made = reader.send("/settings/filters", "/settings/filters", &entered).await;
    assert_eq!(made.location, "https://plaza.test/settings/filters?done=true", "{}", made.body);
    let filter = mine(&world, bea).await.pop().unwrap();
    assert!(filter.expires.is_some() && filter.keywords.len() == 2 && filter.places.len() == 5, "{filter:?}");

    let listed = ["/", "/@huerto", "/@ana", "/tags/barrio", "/search?q=liga", "/notices"];
    for path in listed {
        // Words that one searched for are marked.
        let page = reader.get(path).await.body.replace("<mark>", "").replace("</mark>", "");
        assert!(page.contains(FOLD) && shown(&page, TITLE) == (false, true), "{path}: {page}");
    }
    let page = reader.get(&soil.uri).await.body;
    assert!(page.contains(FOLD) && shown(&page, "Después del") == (false, true), "{page}");
    assert_eq!(shown(&page, "Sin futbolistas"), (true, true), "whole words only");
    assert_eq!(shown(&reader.get(&game.uri).await.body, TITLE), (true, true), "whoever opens it reads it");
    assert!(!Browser::of(&world, ana, "en").await.get("/@huerto").await.body.contains(FOLD), "it is hers alone");

    // Changed to leave it out; words that stay keep their numbers.
    let one = format!("/settings/filters/{}", filter.id);
    assert!(reader.get("/settings/filters").await.body.contains(&format!("href=\"{one}\"")));
    let form = reader.get(&one).await.body;
    assert!(form.contains("value=\"keep\" checked") && form.contains("fútbol\npádel"), "{form}");
    entered.retain(|(name, _)| !["deed", "days", "words"].contains(name));
    entered.extend([("deed", "hide"), ("days", "keep"), ("words", "fútbol")]);
    let done = reader.send(&one, "/settings/filters/change", &entered).await;
    assert_eq!(done.location, "https://plaza.test/settings/filters?done=true", "{}", done.body);
    let changed = mine(&world, bea).await.pop().unwrap();
    assert_eq!((changed.keywords.len(), changed.expires), (1, filter.expires));
    assert!(filter.keywords.contains(&changed.keywords[0]), "{changed:?}");
    for path in listed {
        assert_eq!(shown(&reader.get(path).await.body, TITLE), (false, false), "{path}");
    }
    let page = reader.get(&soil.uri).await.body;
    assert!(!page.contains("Después del") && page.contains("Vale, luego"), "{page}");
    assert!(page.contains(FOLD), "what others reply to leaves a place: {page}");
    let page = reader.get(&format!("{}?view=linear", soil.uri)).await.body;
    assert!(!page.contains("Después del") && !page.contains(FOLD), "{page}");

    // It is theirs alone to change, and gone when they say so.
    let other = Browser::of(&world, ana, "en").await;
    assert_eq!(other.fetch(&one).await.status, StatusCode::NOT_FOUND);
    let gone = reader.send("/settings/filters", "/settings/filters/remove", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    assert!(mine(&world, bea).await.is_empty());
    assert_eq!(shown(&reader.get("/@huerto").await.body, TITLE), (true, true));
}
