//! Every page of a community that one believes, as everybody sees it: sound for everybody, and a gallery on request.

mod demo;
mod house;
mod pages;
mod paintings;

use std::path::PathBuf;

use app::Me;
use server::settings::{Registration, Settings, Smtp};

use self::demo::Demo;
use self::pages::{GUEST, Page};
use crate::browsers;
use crate::network::{Backend, Browser, Eyes, Network, PostOffice, Server, run, variable};

const HOST: &str = "lavapies.test";
/// A site to which browsers lend passkeys: they trust its name without a certificate.
const HOME: &str = "lavapies.localhost";
/// The file beside the pictures that says how soon each page was there.
const FIGURES: &str = "arrivals.txt";
/// How far a page may move while it comes: a tenth of what is called good (cumulative layout shift).
const STIRS: f64 = 0.01;

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

/// One name is tried so often that nobody may try it for a while.
async fn wear_out(server: &Server) {
    let whence = app::Whence::default();
    for _ in 0..100 {
        if app::sessions::enter(server.app(), "nadie", "short".to_owned(), &whence).await.is_err() {
            return;
        }
    }
    panic!("nobody is stopped");
}

/// A conversation of 500 replies is one page, as branches and in the order of time.
async fn read_everybody(browser: &Browser, thread: &str) {
    for view in ["", "?view=linear"] {
        browser.go(&format!("/@iris/{thread}{view}")).await;
        assert_eq!(browser.ask("return document.querySelectorAll('.reply').length").await, 500, "{view}");
        assert!(browser.text().await.contains("500 replies"), "{view}");
    }
}

/// A walk from page to page, and what is found to be wrong on the way.
struct Walk<'a> {
    browser: &'a Browser,
    server: &'a Server,
    axe: String,
    /// Where pictures go.
    folder: Option<PathBuf>,
    /// Which pages are looked at: all whose names contain this, if it is given.
    wanted: Option<String>,
    me: Option<&'static str>,
    flaws: Vec<String>,
    /// How soon each page was there, a line each.
    arrivals: Vec<String>,
}

impl<'a> Walk<'a> {
    fn begin(browser: &'a Browser, server: &'a Server) -> Self {
        let (axe, folder, wanted) = (browsers::axe(), folder(), variable("TEST_GALLERY_ONLY"));
        Self { browser, server, axe, folder, wanted, me: None, flaws: Vec::new(), arrivals: Vec::new() }
    }

    async fn look_at(&mut self, pages: &[Page]) {
        for page in pages {
            if !self.wanted.iter().all(|part| page.name.contains(part)) {
                continue;
            }
            if self.me != page.who {
                self.become_somebody(page.who).await;
            }
            let views = if self.folder.is_some() { &VIEWS[..] } else { &VIEWS[..2] };
            for (at, eyes) in views.iter().enumerate() {
                self.browser.look_with(*eyes).await;
                self.browser.go(&page.path).await;
                if let Some((script, button)) = page.deed.filter(|(_, button)| !button.is_empty()) {
                    self.browser.ask(script).await;
                    self.browser.press(button).await;
                }
                self.watch_it_come(page, *eyes).await;
                // What one opens on it moves what is below.
                if let Some((script, "")) = page.deed {
                    self.browser.ask(script).await;
                }
                self.keep(page.name, *eyes).await;
                if at < 2 {
                    self.examine(page, eyes.language).await;
                } else {
                    self.browser.complaints().await;
                }
            }
        }
    }

    async fn become_somebody(&mut self, who: Option<&'static str>) {
        self.browser.forget().await;
        match who {
            GUEST => self.browser.be(&self.of_guest().await).await,
            Some(name) => self.browser.sign_in(name).await,
            None => {}
        }
        self.me = who;
    }

    /// A session of somebody whose server vouched for them.
    async fn of_guest(&self) -> String {
        let guest = self.server.app().read(|c| store::actors::by_handle(c, "lucas", "mastodon.test")).await;
        let guest = Me(guest.expect("people").expect("somebody of another server").id);
        app::sessions::begin(self.server.app(), guest, &app::Whence::default()).await.expect("a session")
    }

    /// A page stands still from the beginning, but for a line that breaks elsewhere when times are written by the reader's clock: a
    /// browser that is slow has shown the page by then. How soon it is there is written down, and nothing fails by it.
    async fn watch_it_come(&mut self, page: &Page, eyes: Eyes) {
        let (moved, largest) = self.browser.arrival().await;
        if moved > STIRS {
            self.flaws.push(format!("{} at {} moves by {moved} while it comes", page.name, eyes.width));
        }
        self.arrivals.push(format!("{largest:5.0} ms  {} at {}", page.name, eyes.width));
    }

    async fn keep(&self, name: &str, eyes: Eyes) {
        if let Some(folder) = &self.folder {
            let light = if eyes.dark { "dark" } else { "light" };
            let file = format!("{name}-{}-{light}-{}.webp", eyes.width, eyes.language);
            std::fs::write(folder.join(file), self.browser.picture().await).expect("a picture");
        }
    }

    async fn examine(&mut self, page: &Page, language: &str) {
        // A page that is not there says so, and browsers log it.
        if page.is_amiss() {
            self.browser.complaints().await;
        }
        let found = browsers::flaws(self.browser, language, &self.axe).await;
        let (lost, cut_off) = (self.browser.lost_focus().await, self.browser.cut_off().await);
        self.flaws.extend(found.into_iter().chain(lost).chain(cut_off).map(|flaw| format!("{}: {flaw}", page.name)));
    }
}

async fn every_page() {
    let office = PostOffice::open().await;
    let smtp = Smtp::parse(&office.url()).flatten();
    let change = |settings: Settings| Settings { registration: Registration::Approval, smtp: smtp.clone(), ..settings };
    let net = Network::with(change, [HOST]).await;
    let server = net.server(HOST);
    server.expect_parked();
    let browser = Browser::open_at(&server, Eyes::DESK).await;
    let mut walk = Walk::begin(&browser, &server);
    browser.go("/").await;
    walk.look_at(&pages::at_first()).await;
    let demo = Demo::play(&net, &server, &browser, &office).await;
    let all = pages::all(&demo);
    assert_eq!(pages::left_out(all.iter().map(|page| &*page.path)), Vec::<String>::new(), "nobody looks at these");
    press_an_emoji(&browser).await;
    wear_out(&server).await;
    read_everybody(&browser, &demo.house.crowded).await;
    walk.look_at(&all).await;
    if let Some(folder) = &walk.folder {
        std::fs::write(folder.join(FIGURES), walk.arrivals.join("\n")).expect("a file");
    }
    assert!(walk.flaws.is_empty(), "{:#?}", walk.flaws);
}

/// Somebody makes a passkey, and has to confirm from then on that it is them, if `twice`; where they change it.
async fn make_a_passkey(browser: &Browser, name: &str, twice: bool) -> String {
    browser.sign_in(name).await;
    browser.go("/settings/entry").await;
    browser.fill("proof", "correct horse").await;
    browser.press(pages::OFFER).await;
    browser.fill("name", "Mi teléfono").await;
    browser.press("main button[data-passkey]").await;
    let own = "return document.querySelector('main a[href^=\"/settings/entry/passkeys/\"]')?.getAttribute('href')";
    let own = browser.ask(own).await.as_str().expect("a passkey").to_owned();
    if twice {
        browser.press("form[action='/settings/entry/second'] button").await;
        let secret = browser.ask("return document.querySelector('.codes code').textContent").await;
        let now = app::Clock::default().now();
        browser.fill("code", &app::totp::current(secret.as_str().expect("a secret"), now).expect("a code")).await;
        browser.fill("known", "correct horse").await;
        browser.press("form[action='/settings/entry/second/on'] button[type=submit]").await;
    }
    browser.forget().await;
    own
}

/// The pages that are otherwise, or there at all, where browsers have passkeys.
async fn every_page_with_passkeys() {
    let net = Network::of([HOME]).await;
    let server = net.server(HOME);
    server.person("bea").await;
    server.person("carla").await;
    let browser = Browser::open_at(&server, Eyes::DESK).await;
    let _reserve = browser.plug_in().await;
    let own = make_a_passkey(&browser, "bea", false).await;
    make_a_passkey(&browser, "carla", true).await;
    let mut walk = Walk::begin(&browser, &server);
    walk.look_at(&pages::with_passkeys(&own)).await;
    assert!(walk.flaws.is_empty(), "{:#?}", walk.flaws);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_with_passkeys_is_sound_in_both_lights() {
    Box::pin(run(Backend::Sqlite, every_page_with_passkeys())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_sound_in_both_lights() {
    Box::pin(run(Backend::Sqlite, every_page())).await;
}
