//! Every page of a community that one believes, as everybody sees it: sound for everybody, and a gallery on request.

mod demo;
mod house;
mod paintings;

use std::path::PathBuf;

use server::settings::{Registration, Settings};

use self::demo::Demo;
use crate::browsers;
use crate::network::{Backend, Browser, Eyes, Network, id, run, variable};

const HOST: &str = "lavapies.test";

/// Who looks.
const VISITOR: Option<&str> = None;
const MEMBER: Option<&str> = Some("bea");
const MODERATOR: Option<&str> = Some("carla");
const ADMIN: Option<&str> = Some("ana");
const NEWCOMER: Option<&str> = Some("nora");
/// About whom something was decided.
const JUDGED: Option<&str> = Some("diego");

/// All who may look at a page: the first two see both languages, both widths, and both lights.
const VIEWS: [Eyes; 8] = {
    const fn eyes(language: &'static str, width: u32, dark: bool) -> Eyes {
        Eyes { language, width, dark }
    }
    [
        eyes("es", 360, false),
        eyes("en", 1280, true),
        eyes("en", 360, true),
        eyes("en", 1280, false),
        eyes("es", 360, true),
        eyes("es", 1280, false),
        eyes("en", 360, false),
        eyes("es", 1280, true),
    ]
};

/// What is answered with an error.
const AMISS: [&str; 4] = ["not-found", "gone", "forbidden", "digest-stop"];

/// Each page by the name of its picture: who looks, and where.
fn pages(demo: &Demo) -> Vec<(&'static str, Option<&'static str>, String)> {
    let (leaves, swap, reply) = (id(&demo.leaves), id(&demo.swap), id(&demo.reply));
    let (huerto, vecinos, bea) = (demo.huerto.actor.id, demo.vecinos.actor.id, demo.bea.actor.id);
    let (at, house) = (|path: &str| path.to_owned(), &demo.house);
    let changed = &house.changed;
    let leaves_uri = demo.leaves["uri"].as_str().expect("an id");
    vec![
        ("home", VISITOR, at("/")),
        ("directory", VISITOR, at("/communities")),
        ("community", VISITOR, at("/@huerto")),
        ("community-empty", VISITOR, at("/@rust")),
        ("community-private", VISITOR, at("/@junta")),
        ("community-log", VISITOR, at("/@huerto/log")),
        ("thread", VISITOR, format!("/@bea/{leaves}")),
        ("thread-linear", VISITOR, format!("/@bea/{leaves}?view=linear")),
        ("thread-reply", VISITOR, format!("/@bea/{reply}")),
        ("profile", VISITOR, at("/@bea")),
        ("profile-elsewhere", VISITOR, format!("/{}", demo.lucas)),
        ("tag", VISITOR, at("/tags/riego")),
        ("search", VISITOR, at("/search")),
        ("search-found", VISITOR, at("/search?q=riego")),
        ("search-nothing", VISITOR, at("/search?q=zanahoria")),
        ("log-in", VISITOR, at("/login")),
        ("log-in-recover", VISITOR, at("/login/recover")),
        ("sign-up", VISITOR, at("/signup")),
        ("elsewhere", VISITOR, format!("/elsewhere?deed=reply&uri={leaves_uri}")),
        ("log-in-elsewhere", VISITOR, at("/login/elsewhere")),
        ("about", VISITOR, at("/about")),
        ("privacy", VISITOR, at("/privacy")),
        ("terms", VISITOR, at("/terms")),
        ("rules", VISITOR, at("/@huerto/rules")),
        ("rules-changed", VISITOR, at("/@huerto/rules?version=2&since=1")),
        ("history", VISITOR, format!("/history?post={changed}")),
        ("thread-long-words", VISITOR, format!("/@carla/{changed}")),
        ("statement", VISITOR, house.statement.clone()),
        ("statement-appealed", VISITOR, house.appealed.clone()),
        ("digest-stop", VISITOR, at("/digest/stop")),
        ("not-found", VISITOR, at("/@nadie")),
        ("gone", VISITOR, house.gone.clone()),
        ("member-home", MEMBER, at("/")),
        ("member-community", MEMBER, at("/@huerto")),
        ("member-thread", MEMBER, format!("/@bea/{leaves}")),
        ("member-poll", MEMBER, format!("/@ana/{swap}")),
        ("member-notices", MEMBER, at("/notices")),
        ("member-saved", MEMBER, at("/saved")),
        ("member-profile", MEMBER, at("/@bea")),
        ("compose", MEMBER, format!("/write?group={huerto}")),
        ("compose-reply", MEMBER, format!("/write?to={leaves}")),
        ("report", MEMBER, format!("/report?post={swap}")),
        ("delete", MEMBER, format!("/delete?post={leaves}")),
        ("compose-quote", MEMBER, format!("/write?quote={leaves}")),
        ("forbidden", MEMBER, at("/admin")),
        ("enter", NEWCOMER, house.link.clone()),
        ("newcomer-home", NEWCOMER, at("/")),
        ("newcomer-notices", NEWCOMER, at("/notices")),
        ("newcomer-saved", NEWCOMER, at("/saved")),
        ("newcomer-profile", NEWCOMER, at("/@nora")),
        ("newcomer-compose", NEWCOMER, at("/write")),
        ("judged-notices", JUDGED, at("/notices")),
        ("apply", NEWCOMER, format!("/apply?group={vecinos}")),
        ("settings", MEMBER, at("/settings")),
        ("settings-profile", MEMBER, at("/settings/profile")),
        ("settings-entry", MEMBER, at("/settings/entry")),
        ("settings-devices", MEMBER, at("/settings/devices")),
        ("settings-blocks", MEMBER, at("/settings/blocks")),
        ("settings-data", MEMBER, at("/settings/data")),
        ("queue", MODERATOR, at("/queue")),
        ("moderate", MODERATOR, format!("/moderate?post={leaves}")),
        ("found", MEMBER, at("/found")),
        ("manage", ADMIN, format!("/manage?group={huerto}")),
        ("members", ADMIN, format!("/members?group={huerto}")),
        ("member", ADMIN, format!("/member?group={huerto}&person={bea}")),
        ("rules-form", ADMIN, format!("/manage/rules?group={huerto}")),
        ("welcome", ADMIN, at("/welcome?group=huerto")),
        ("invitations", ADMIN, format!("/invitations?group={huerto}")),
        ("admin", ADMIN, at("/admin")),
        ("admin-people", ADMIN, at("/admin/people")),
        ("admin-person", ADMIN, format!("/admin/people/{bea}")),
        ("admin-servers", ADMIN, at("/admin/servers")),
        ("admin-server", ADMIN, at("/admin/servers/mastodon.test")),
        ("admin-rules", ADMIN, at("/admin/rules")),
        ("admin-jobs", ADMIN, at("/admin/jobs")),
        ("admin-communities", ADMIN, at("/admin/communities")),
        ("admin-announcements", ADMIN, at("/admin/announcements")),
        ("admin-emoji", ADMIN, at("/admin/emoji")),
        ("admin-texts", ADMIN, at("/admin/texts")),
        ("admin-text", ADMIN, at("/admin/texts/one?kind=privacy&language=es")),
        ("admin-settings", ADMIN, at("/admin/settings")),
    ]
}

/// Where the pictures go, if anybody wants them.
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(variable("TEST_GALLERY")?);
    std::fs::create_dir_all(&folder).expect("a folder");
    Some(folder)
}

/// An emoji that one presses stands where one writes.
async fn press_an_emoji(browser: &Browser) {
    browser.sign_in("bea").await;
    browser.go("/write").await;
    browser.fill("text", "Hola ").await;
    browser.ask("document.querySelector('[data-insert=\":brote:\"] button').click()").await;
    assert_eq!(browser.value("text").await, "Hola :brote:");
    browser.forget().await;
}

async fn every_page() {
    let change = |settings: Settings| Settings { registration: Registration::Approval, ..settings };
    let net = Network::with(change, [HOST]).await;
    let server = net.server(HOST);
    server.expect_parked();
    let browser = Browser::open_at(&server, Eyes::DESK).await;
    let demo = Demo::play(&net, &server, &browser).await;
    press_an_emoji(&browser).await;
    let (axe, folder) = (browsers::axe(), folder());
    let wanted = variable("TEST_GALLERY_ONLY").unwrap_or_default();
    let views = if folder.is_some() { &VIEWS[..] } else { &VIEWS[..2] };
    let (pages, mut flaws, mut me) = (pages(&demo), Vec::new(), VISITOR);
    browser.go("/").await;
    for (name, who, path) in pages.iter().filter(|(name, ..)| name.contains(&wanted)) {
        if me != *who {
            browser.forget().await;
            if let Some(who) = who {
                browser.sign_in(who).await;
            }
            me = *who;
        }
        for (at, eyes) in views.iter().enumerate() {
            browser.look_with(*eyes).await;
            browser.go(path).await;
            if let Some(folder) = &folder {
                let light = if eyes.dark { "dark" } else { "light" };
                let file = format!("{name}-{}-{light}-{}.webp", eyes.width, eyes.language);
                std::fs::write(folder.join(file), browser.picture().await).expect("a picture");
            }
            // A page that is not there says so, and browsers log it.
            if at < 2 && !AMISS.contains(name) {
                flaws.extend(browsers::flaws(&browser, eyes.language, &axe).await);
                flaws.extend(browser.lost_focus().await.into_iter().map(|lost| format!("{path}: {lost}")));
            } else {
                browser.complaints().await;
            }
        }
    }
    assert!(flaws.is_empty(), "{flaws:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_sound_in_both_lights() {
    Box::pin(run(Backend::Sqlite, every_page())).await;
}
