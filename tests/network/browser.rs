//! A browser as people have it: Chromium without a window, driven by its `WebDriver`.

mod keyboard;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

pub(crate) use self::keyboard::{ENTER, SPACE};
use super::server::Server;
use super::work::{self, eventually};

/// What keeps Chromium quiet: no window, no updates, no questions to anybody.
const CALM: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-features=HttpsUpgrades",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    // So that it ends when its driver does, however that ends.
    "--remote-debugging-pipe",
];

/// Where those live who look: five hours behind UTC, all year.
const ZONE: &str = "America/Bogota";

/// How somebody looks at a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eyes {
    /// The language they prefer.
    pub(crate) language: &'static str,
    /// The width of their window, in pixels.
    pub(crate) width: u32,
    /// Whether they like it dark.
    pub(crate) dark: bool,
}

impl Eyes {
    /// Somebody with a phone.
    pub(crate) const PHONE: Self = Self { language: "es", width: 360, dark: false };
    /// Somebody at a desk.
    pub(crate) const DESK: Self = Self { language: "en", width: 1280, dark: false };
}

/// What keeps a browser from offering passkeys by itself.
pub(crate) struct Reserve(Value);

/// A running browser with one page; gone with its handle.
pub(crate) struct Browser {
    page: Client,
    home: String,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser for the site at `home`.
    pub(crate) async fn open(home: &str, eyes: Eyes) -> Self {
        Self::start(home, eyes, Vec::new()).await
    }

    /// Opens a browser for a server of a network, whose name leads there and nowhere else.
    pub(crate) async fn open_at(server: &Server, eyes: Eyes) -> Self {
        Self::open_with(server, None, eyes).await
    }

    /// The same, where another name leads elsewhere.
    pub(crate) async fn open_with(server: &Server, other: Option<(&str, SocketAddr)>, eyes: Eyes) -> Self {
        let mut ways = format!("--host-resolver-rules=MAP {} {}", server.host(), server.address());
        if let Some((name, address)) = other {
            ways.extend([", MAP ", name, " ", &address.to_string()]);
        }
        // What browsers believe of an address with a certificate.
        let trust = format!("--unsafely-treat-insecure-origin-as-secure={}", server.url(""));
        Self::start(&server.url(""), eyes, vec![ways, trust]).await
    }

    async fn start(home: &str, eyes: Eyes, ways: Vec<String>) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut driver = Command::new("chromedriver");
        driver
            .env("TZ", ZONE)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = driver.kill_on_drop(true).spawn().expect("chromedriver: apt-get install chromium chromium-driver");
        let profile = work::folder();
        let wishes = capabilities(eyes, &profile, ways);
        let address = format!("http://127.0.0.1:{port}");
        let page = eventually("a browser", || async {
            ClientBuilder::native().capabilities(wishes.clone()).connect(&address).await.ok()
        })
        .await;
        page.set_window_size(eyes.width, 900).await.expect("a size");
        Self { page, home: home.to_owned(), _driver: driver, _profile: profile }
    }

    /// Goes to a page of the site.
    pub(crate) async fn go(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.home)).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The path of the page one is on, with its query.
    pub(crate) async fn path(&self) -> String {
        let url = self.page.current_url().await.expect("an address");
        url.as_str().strip_prefix(&self.home).unwrap_or(url.as_str()).to_owned()
    }

    /// Types into the field called `name`, over what stood there.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Chooses what `css` names, in a form.
    pub(crate) async fn choose(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses what `css` names, and waits for the page it leads to.
    pub(crate) async fn press(&self, css: &str) {
        let click = async {
            // Out from behind what stands fixed at an edge, as a person would scroll.
            self.ask(&format!("document.querySelector({css:?})?.scrollIntoView({{ block: 'center' }})")).await;
            self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
        };
        self.arrive_by(css, click).await;
    }

    /// Does something, and waits for the page it leads to.
    async fn arrive_by(&self, css: &str, deed: impl Future<Output = ()>) {
        self.ask("document.documentElement.dataset.left = ''").await;
        deed.await;
        let arrived = "return document.readyState === 'complete' && !('left' in document.documentElement.dataset)";
        eventually(&format!("a page behind {css}"), || async {
            let arrived = self.page.execute(arrived, Vec::new()).await;
            arrived.is_ok_and(|arrived| arrived == true).then_some(())
        })
        .await;
    }

    /// Presses the link or the button that shows these words, and waits for the page it leads to.
    pub(crate) async fn follow(&self, words: &str) {
        let found = self.shown(words).await;
        self.press(&found).await;
    }

    /// Opens what shows these words.
    pub(crate) async fn unfold(&self, words: &str) {
        let found = self.shown(words).await;
        self.choose(&found).await;
    }

    /// A name for what can be pressed and shows these words to whoever looks, in the page or at its edges.
    async fn shown(&self, words: &str) -> String {
        let found = format!(
            "for (const it of document.querySelectorAll('[data-shown]')) it.removeAttribute('data-shown');
            const says = it => (it.innerText.trim() || it.getAttribute('aria-label') || it.textContent.trim());
            const all = [...document.querySelectorAll('a[href], button, summary')];
            const it = all.find(it => it.checkVisibility({{ visibilityProperty: true }}) && says(it) === {words:?});
            it?.setAttribute('data-shown', '');
            it?.scrollIntoView({{ block: 'center' }});
            return Boolean(it);"
        );
        assert_eq!(self.ask(&found).await, true, "no «{words}» on {}:\n{}", self.path().await, self.text().await);
        "[data-shown]".to_owned()
    }

    /// The first thing that `css` names.
    pub(crate) async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.page.find(Locator::Css(css)).await;
        match found {
            Ok(found) => found,
            Err(error) => panic!("no {css} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> String {
        let body = self.page.find(Locator::Css("body")).await.expect("a page");
        body.text().await.expect("a text")
    }

    /// What stands in the field called `name`.
    pub(crate) async fn value(&self, name: &str) -> String {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await;
        field.prop("value").await.expect("a field").unwrap_or_default()
    }

    /// Runs a script on the page: a test's look at it, not the page's own.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Asks the browser itself, by the protocol of its developer tools.
    async fn tell(&self, command: &'static str, parameters: Value) -> Value {
        #[derive(Debug)]
        struct Tool(&'static str, Value);
        impl fantoccini::wd::WebDriverCompatibleCommand for Tool {
            fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
                base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
            }

            fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
                (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
            }
        }
        self.page.issue_cmd(Tool(command, parameters)).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Plugs in a device that keeps passkeys, and makes sure who uses it. What stands for a person there takes whatever
    /// the browser offers to fill in, at once; so the browser offers nothing until [`Self::fill_in`].
    pub(crate) async fn plug_in(&self) -> Reserve {
        #[derive(Debug)]
        struct PlugIn;
        impl fantoccini::wd::WebDriverCompatibleCommand for PlugIn {
            fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
                base.join(&format!("session/{}/webauthn/authenticator", session.unwrap_or_default()))
            }

            fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
                let device = json!({
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                    "hasUserVerification": true, "isUserVerified": true,
                });
                (http::Method::POST, Some(device.to_string()))
            }
        }
        self.page.issue_cmd(PlugIn).await.expect("a device");
        let source = "PublicKeyCredential.isConditionalMediationAvailable = async () => false";
        Reserve(self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await)
    }

    /// Lets the browser offer passkeys in fields from the next page on.
    pub(crate) async fn fill_in(&self, Reserve(script): Reserve) {
        self.tell("Page.removeScriptToEvaluateOnNewDocument", script).await;
    }

    /// Looks with other eyes from the next page on.
    pub(crate) async fn look_with(&self, eyes: Eyes) {
        let size = json!({ "width": eyes.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let light = if eyes.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": light }] });
        self.tell("Emulation.setEmulatedMedia", media).await;
        // Chosen by hand: whoever is signed in has a language of their own else.
        self.tell("Network.setCookie", json!({ "name": "language", "value": eyes.language, "url": self.home })).await;
    }

    /// Signs in, by the page for that.
    pub(crate) async fn sign_in(&self, name: &str) {
        self.go("/login").await;
        self.fill("name", name).await;
        self.fill("password", "correct horse").await;
        self.press("main button[type=submit]").await;
    }

    /// Has the session with this secret.
    pub(crate) async fn be(&self, session: &str) {
        self.tell("Network.setCookie", json!({ "name": "tertulia", "value": session, "url": self.home })).await;
    }

    /// Forgets who was signed in.
    pub(crate) async fn forget(&self) {
        self.page.delete_all_cookies().await.expect("no cookies");
    }

    /// A picture of the whole page (WebP).
    pub(crate) async fn picture(&self) -> Vec<u8> {
        // In a window as high as the page, so that what stays at its edge stands at its end; WebP knows no higher picture.
        let size = "return [window.innerWidth, Math.min(document.documentElement.scrollHeight, 16000)]";
        let size = self.ask(size).await;
        let size = json!({ "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        self.shoot(json!({ "format": "webp", "quality": 80 })).await
    }

    /// Paints a drawing (PNG).
    pub(crate) async fn paint(&self, svg: &str, width: u32, height: u32) -> Vec<u8> {
        self.page.goto(&format!("data:image/svg+xml;base64,{}", BASE64.encode(svg))).await.expect("a drawing");
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        self.shoot(json!({ "format": "png", "clip": clip, "captureBeyondViewport": true })).await
    }

    async fn shoot(&self, how: Value) -> Vec<u8> {
        let shot = self.tell("Page.captureScreenshot", how).await;
        BASE64.decode(shot["data"].as_str().expect("a picture")).expect("base64")
    }

    /// What axe finds to be seriously wrong with the page for people with disabilities, a line each.
    pub(crate) async fn barriers(&self, axe: &str) -> Vec<String> {
        const RUN: &str = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(found => done(found.violations
                .filter(it => it.impact === 'serious' || it.impact === 'critical')
                .map(it => it.id + ': ' + it.nodes.map(node => node.html).join(' | '))));";
        self.page.execute(axe, Vec::new()).await.expect("axe");
        let found = self.page.execute_async(RUN, Vec::new()).await.expect("an answer of axe");
        serde_json::from_value(found).expect("lines")
    }

    /// How the page came: how far it moved meanwhile (cumulative layout shift), and after how many milliseconds the
    /// largest thing on it was there (largest contentful paint).
    pub(crate) async fn arrival(&self) -> (f64, f64) {
        const LOOK: &str = "const done = arguments[0];
            let moved = 0, largest = 0;
            const watch = (type, see) =>
                new PerformanceObserver(list => list.getEntries().forEach(see)).observe({ type, buffered: true });
            watch('layout-shift', it => { if (!it.hadRecentInput) moved += it.value; });
            watch('largest-contentful-paint', it => { largest = it.startTime; });
            requestAnimationFrame(() => setTimeout(() => done([moved, largest]), 60));";
        let seen = self.page.execute_async(LOOK, Vec::new()).await.expect("what the browser saw");
        serde_json::from_value(seen).expect("two numbers")
    }

    /// What the keyboard reaches without a sign that it is there, a line each; and whether it can skip to the content.
    pub(crate) async fn lost_focus(&self) -> Vec<String> {
        const LOOK: &str = "const shown = it => it.checkVisibility({ visibilityProperty: true });
            const reached = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')];
            const lost = reached.filter(it => shown(it) && !it.disabled && it.tabIndex >= 0).filter(it => {
                it.focus({ focusVisible: true });
                const style = getComputedStyle(it);
                return document.activeElement !== it || style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
            }).map(it => 'no sign of focus: ' + it.outerHTML.slice(0, 200));
            const skip = document.querySelector('a[href]');
            if (!document.querySelector(skip.getAttribute('href'))?.matches('main')) lost.push('nothing skips to the content');
            document.activeElement.blur();
            return lost;";
        serde_json::from_value(self.ask(LOOK).await).expect("lines")
    }

    /// What a menu shows once it is opened and that nobody can press, a line each: it lies beyond the edges, or under
    /// something else.
    pub(crate) async fn cut_off(&self) -> Vec<String> {
        const LOOK: &str = "const lost = [];
            for (const menu of document.querySelectorAll('details.further, details.level')) {
                if (!menu.checkVisibility({ visibilityProperty: true })) continue;
                menu.open = true;
                for (const it of menu.querySelectorAll('a[href], button')) {
                    it.scrollIntoView({ block: 'center' });
                    const box = it.getBoundingClientRect();
                    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                    const is_inside = box.width > 0 && box.left >= 0 && box.right <= document.documentElement.clientWidth;
                    if (!is_inside || !it.contains(document.elementFromPoint(x, y))) {
                        lost.push('cut off in a menu: ' + it.outerHTML.slice(0, 200));
                    }
                }
                menu.open = false;
            }
            scrollTo(0, 0);
            return lost;";
        serde_json::from_value(self.ask(LOOK).await).expect("lines")
    }

    /// What the page complained about since one last asked.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        #[derive(Debug)]
        struct Log;
        impl fantoccini::wd::WebDriverCompatibleCommand for Log {
            fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
                base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
            }

            fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
                (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
            }
        }
        let entries = self.page.issue_cmd(Log).await.expect("a log");
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry["message"].as_str()).map(str::to_owned).collect()
    }
}

fn capabilities(eyes: Eyes, profile: &TempDir, ways: Vec<String>) -> Map<String, Value> {
    let mut arguments: Vec<String> = CALM.map(str::to_owned).to_vec();
    arguments.extend(ways);
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    arguments.push(format!("--lang={}", eyes.language));
    arguments.push(format!("--accept-lang={}", eyes.language));
    if eyes.dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let prefs = json!({ "intl.accept_languages": eyes.language });
    let wishes = json!({
        "goog:chromeOptions": { "args": arguments, "prefs": prefs },
        // A long page is examined for long where other things go on.
        "timeouts": { "script": 180_000 },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    wishes.as_object().cloned().unwrap_or_default()
}
