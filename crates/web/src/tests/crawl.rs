//! Every page that can be reached by links, as everybody sees it, in both languages.
use std::collections::{BTreeSet, VecDeque};

use actix_web::http::StatusCode;
use app::{Me, invitations, members, posts::Writing};

use super::{
    World, is_well_formed,
    journeys::{Browser, login},
    strangers,
};

/// More pages than this are a trap and no site.
const MOST: usize = 400;

/// The addresses that a page links to on this site, without what follows a `#`.
fn links(page: &str) -> Vec<String> {
    let hrefs = page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own =
        hrefs.filter_map(|href| href.strip_prefix("https://plaza.test").or(Some(href).filter(|h| h.starts_with('/'))));
    let path = |own: &str| own.replace("&#38;", "&").split('#').next().unwrap_or_default().to_owned();
    own.map(path).filter(|path| !path.is_empty()).collect()
}

/// What is wrong with a page.
fn flaws(page: &str, language: &str) -> Vec<String> {
    let mut flaws = Vec::new();
    if page.matches("<h1").count() != 1 {
        flaws.push(format!("{} h1", page.matches("<h1").count()));
    }
    if !page.contains(&format!("<html lang=\"{language}\">")) {
        flaws.push("the wrong language".to_owned());
    }
    flaws.extend(is_well_formed(page).err());
    flaws.extend(strangers(page, language).into_iter().map(|said| format!("says “{said}”")));
    for kind in ["<input ", "<textarea ", "<select "] {
        for tag in page.split(kind).skip(1).filter_map(|rest| rest.split('>').next()) {
            let is_bare = ["hidden", "radio", "checkbox"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
            let id = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("?");
            if !is_bare && !page.contains(&format!("for=\"{id}\"")) {
                flaws.push(format!("{kind}{tag}> has no label"));
            }
        }
    }
    let mut ids = BTreeSet::new();
    for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        if !ids.insert(id) {
            flaws.push(format!("the id {id} is there twice"));
        }
    }
    flaws
}

/// Goes wherever links lead, and gathers what is wrong.
async fn crawl(world: &World, who: Option<&Browser<'_>>, language: &'static str) -> (BTreeSet<String>, Vec<String>) {
    let (mut seen, mut flawed) = (BTreeSet::from(["/".to_owned()]), Vec::new());
    let mut waiting = VecDeque::from(["/".to_owned()]);
    while let Some(path) = waiting.pop_front() {
        assert!(seen.len() < MOST, "there is no end to it: {path}");
        let answer = match who {
            Some(browser) => browser.get(&path).await,
            None => world.get(&path, language).await,
        };
        match answer.status {
            StatusCode::OK => {}
            status if status.is_redirection() => continue,
            status => flawed.push(format!("{path}: {status}")),
        }
        if !answer.body.starts_with("<!doctype html>") {
            continue;
        }
        flawed.extend(flaws(&answer.body, language).into_iter().map(|flaw| format!("{path}: {flaw}")));
        for link in links(&answer.body) {
            if !link.starts_with("/media/") && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    (seen, flawed)
}

#[actix_web::test]
async fn all_that_links_lead_to_is_there_and_whole() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    let junta = super::new_group("junta", domain::group::Visibility::Private);
    let junta = app::groups::create(&world.app, ana.0, junta).await.unwrap();
    for person in [bea, carla] {
        invitations::invite(&world.app, ana, huerto.id, person.0).await.unwrap();
    }
    members::join(&world.app, carla, huerto.id).await.unwrap();
    members::appoint(&world.app, ana, huerto.id, carla.0, Some(domain::group::Role::Moderator)).await.unwrap();
    fill(&world, ana, bea, huerto.id, junta.id).await;
    let nobody: Option<Me> = None;
    for language in ["es", "en"] {
        for me in [nobody, Some(bea), Some(carla), Some(ana)] {
            let browser = match me {
                Some(me) => Some(Browser::of(&world, me, language).await),
                None => None,
            };
            let (seen, flawed) = crawl(&world, browser.as_ref(), language).await;
            assert!(flawed.is_empty(), "{me:?} in {language}: {flawed:#?}");
            for page in ["/search", "/communities", "/@huerto", "/tags/agua", "/history"] {
                assert!(seen.iter().any(|path| path.starts_with(page)), "{page} is reached by {me:?}: {seen:?}");
            }
            assert_eq!(seen.iter().any(|path| path.starts_with("/queue")), me == Some(ana) || me == Some(carla));
        }
    }
}

/// Conversations with everything that pages show.
async fn fill(world: &World, ana: Me, bea: Me, huerto: domain::id::ActorId, junta: domain::id::ActorId) {
    let thread = Writing { text: "¿Quién riega? #agua".into(), title: Some("Agua".into()), ..Writing::default() };
    let thread = world.write(bea, Writing { group: Some(huerto), ..thread }).await;
    let reply = world.write(ana, Writing { text: "Yo".into(), parent: Some(thread.id), ..Writing::default() }).await;
    let below = Writing { text: "Gracias".into(), warning: Some("Bichos".into()), ..Writing::default() };
    world.write(bea, Writing { parent: Some(reply.id), quote: Some(thread.id), ..below }).await;
    let changed = Writing { text: "Yo, los martes".into(), parent: Some(thread.id), ..Writing::default() };
    app::posts::edit(&world.app, ana, reply.id, Writing { group: Some(huerto), ..changed }).await.unwrap();
    let options = vec![("Sí".to_owned(), 0), ("No".to_owned(), 0)];
    let poll = domain::post::Poll { options, ..domain::post::Poll::default() };
    let asking = Writing { text: "¿Regamos?".into(), poll: Some(poll), group: Some(huerto), ..Writing::default() };
    world.write(ana, asking).await;
    let closed = Writing { text: "Cerrado".into(), group: Some(huerto), ..Writing::default() };
    let closed = world.write(ana, closed).await;
    let lock = app::moderation::Measure::Lock;
    app::moderation::take(&world.app, ana, closed.id, lock, "Ya está".into()).await.unwrap();
    world.write(ana, Writing { text: "Acta".into(), group: Some(junta), ..Writing::default() }).await;
}
