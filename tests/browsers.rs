//! What people see: pages in a real browser, in both languages, on a phone and at a desk.

use std::net::Ipv4Addr;

use crate::network::{Browser, Eyes, Program, eventually, on_both};

/// axe-core as it is published; finds what keeps people out of a page.
pub(crate) fn axe() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients/lib");
    let python =
        std::fs::read_dir(folder).expect("cargo xtask test installs axe").next().expect("a folder").expect("a folder");
    let script = python.path().join("site-packages/axe_playwright_python/axe.min.js");
    std::fs::read_to_string(script).expect("axe")
}

/// What is wrong with the page one is on.
pub(crate) async fn flaws(browser: &Browser, language: &str, axe: &str) -> Vec<String> {
    let path = browser.path().await;
    let mut flaws = browser.barriers(axe).await;
    // A form that comes back to be corrected has that status, which browsers log.
    // Chromium advises, too: that forms for a password say whose it is.
    let is_meant = |said: &String| !said.contains("status of 422") && !said.contains("[DOM]");
    flaws.extend(browser.complaints().await.into_iter().filter(is_meant));
    if browser.ask("return document.documentElement.lang").await != language {
        flaws.push("the wrong language".to_owned());
    }
    if browser.ask("return document.querySelectorAll('h1').length").await != 1 {
        flaws.push("not one h1".to_owned());
    }
    if browser.ask("return document.documentElement.scrollWidth > window.innerWidth").await == true {
        flaws.push("wider than the window".to_owned());
    }
    flaws.into_iter().map(|flaw| format!("{path}: {flaw}")).collect()
}

/// Fails if anything is wrong with the page one is on.
async fn sound(browser: &Browser, language: &str, axe: &str) {
    assert_eq!(flaws(browser, language, axe).await, Vec::<String>::new());
}

async fn a_new_site_is_set_up_on_a_phone() {
    let mut site = Program::install(Ipv4Addr::new(127, 0, 0, 42));
    site.start().await;
    let (browser, axe) = (Browser::open(&site.url(""), Eyes::PHONE).await, axe());
    browser.go("/").await;
    sound(&browser, "es", &axe).await;
    let entered = [
        ("name", "lucía"),
        ("email", "lucia@example.org"),
        ("password", "una frase larga"),
        ("title", "Huerto urbano"),
        ("group", "huerto"),
        ("summary", "Cultivar en **casa**."),
    ];
    for (name, text) in entered {
        browser.fill(name, text).await;
    }
    browser.press("main button[type=submit]").await;
    let flaws = browser.text().await;
    assert!(flaws.contains("Nombre de usuario: Usa de 1 a 30 letras"), "{flaws}");
    assert!(flaws.contains("Contraseña: Escríbela otra vez"), "{flaws}");
    sound(&browser, "es", &axe).await;
    assert_eq!(browser.value("title").await, "Huerto urbano", "nothing that was typed is lost");
    browser.fill("name", "lucia").await;
    browser.fill("password", "una frase larga").await;
    browser.press("main button[type=submit]").await;
    assert_eq!(browser.path().await, "/welcome?group=huerto");
    assert!(browser.text().await.contains(&format!("@huerto@{}", site.host())), "{}", browser.text().await);
    sound(&browser, "es", &axe).await;
    for path in ["/", "/@huerto", "/@lucia"] {
        browser.go(path).await;
        sound(&browser, "es", &axe).await;
    }
    drop(browser);

    let dark = Browser::open(&site.url(""), Eyes { dark: true, ..Eyes::DESK }).await;
    for path in ["/", "/@huerto", "/@lucia"] {
        dark.go(path).await;
        sound(&dark, "en", &axe).await;
    }
    assert_eq!(site.stop().await, Some(0));
}

async fn somebody_writes_and_another_one_hears_of_the_answer() {
    let mut site = Program::install(Ipv4Addr::new(127, 0, 0, 43));
    site.start().await;
    site.person("ana").await;
    let bea = site.person("bea").await;
    let group = ["group", "create", "huerto", "--title", "Huerto", "--owner", "ana", "--json"];
    let group = site.json(&group, "").await["id"].as_str().expect("a number").to_owned();
    let (browser, axe) = (Browser::open(&site.url(""), Eyes { language: "es", ..Eyes::DESK }).await, axe());
    browser.go("/login").await;
    browser.fill("name", "ana").await;
    browser.fill("password", "correct horse").await;
    browser.press("main button[type=submit]").await;

    // She writes a thread with a poll, looks at it first, and publishes it.
    browser.go(&format!("/write?group={group}")).await;
    sound(&browser, "es", &axe).await;
    browser.fill("title", "¿Cuándo regamos?").await;
    browser.fill("text", "Ahora hace **calor**.").await;
    browser.press("button[name=preview]").await;
    assert!(browser.text().await.contains("Así se verá en Mastodon"), "{}", browser.text().await);
    sound(&browser, "es", &axe).await;
    browser.press("main .form button.primary").await;
    let thread = browser.path().await;
    assert!(thread.starts_with("/@ana/"), "{thread}: {}", browser.text().await);
    sound(&browser, "es", &axe).await;

    // Her page is open when somebody answers, and it says so without a jump.
    let number = thread.rsplit('/').next().expect("a number");
    let reply = serde_json::json!({ "status": "A las siete", "in_reply_to_id": number });
    site.api(&bea, "POST", "/api/v1/statuses", &reply).await;
    eventually("the news of a reply", || async { browser.text().await.contains("1 respuesta nueva").then_some(()) })
        .await;
    assert!(!browser.text().await.contains("A las siete"), "nothing moves under the reader");
    sound(&browser, "es", &axe).await;
    browser.press("[data-live] a").await;
    assert!(browser.text().await.contains("A las siete"), "{}", browser.text().await);

    // What she began to write is there again, though she never sent it.
    browser.fill("text", "Mejor a las ocho").await;
    eventually("a draft", || async { browser.text().await.contains("Borrador guardado").then_some(()) }).await;
    browser.go(&thread).await;
    assert_eq!(browser.value("text").await, "Mejor a las ocho");
    let search = "/search?q=riego+estado:con-respuesta";
    for path in [search, "/notices", "/communities", "/saved", "/@ana", "/@bea", "/@huerto", "/"] {
        browser.go(path).await;
        sound(&browser, "es", &axe).await;
    }
    drop(browser);

    let dark = Browser::open(&site.url(""), Eyes { dark: true, ..Eyes::DESK }).await;
    let elsewhere = format!("/elsewhere?deed=reply&uri={}", site.url(&thread));
    for path in [thread.as_str(), "/@huerto", search, &elsewhere, "/login", "/"] {
        dark.go(path).await;
        sound(&dark, "en", &axe).await;
    }
    assert_eq!(site.stop().await, Some(0));
}

/// Somebody who signed in on a phone, in Spanish.
async fn on_a_phone(site: &Program, name: &str) -> Browser {
    let browser = Browser::open(&site.url(""), Eyes::PHONE).await;
    browser.go("/login").await;
    browser.fill("name", name).await;
    browser.fill("password", "correct horse").await;
    browser.press("main button[type=submit]").await;
    browser
}

async fn somebody_joins_posts_is_moderated_and_appeals_on_a_phone() {
    let mut site = Program::install(Ipv4Addr::new(127, 0, 0, 44));
    site.start().await;
    site.person("ana").await;
    site.person("bea").await;
    let group = ["group", "create", "huerto", "--title", "Huerto", "--owner", "ana", "--json"];
    let group = site.json(&group, "").await["id"].as_str().expect("a number").to_owned();
    let (ana, bea, axe) = (on_a_phone(&site, "ana").await, on_a_phone(&site, "bea").await, axe());

    // Ana writes a rule, Bea reads it and joins.
    ana.go(&format!("/manage/rules?group={group}")).await;
    sound(&ana, "es", &axe).await;
    ana.fill("title1", "Sin publicidad").await;
    ana.fill("text1", "Ni ventas ni enlaces").await;
    ana.press("main form[action='/manage/rules'] button.primary").await;
    assert_eq!(ana.path().await, format!("/manage/rules?group={group}&done=true"));
    assert!(ana.text().await.contains("Guardado"), "{}", ana.text().await);
    sound(&ana, "es", &axe).await;
    bea.go("/@huerto").await;
    assert!(bea.text().await.contains("Sin publicidad"), "{}", bea.text().await);
    bea.press("form[action='/join'] button").await;
    sound(&bea, "es", &axe).await;

    // She posts, and Ana replies.
    bea.go(&format!("/write?group={group}")).await;
    bea.fill("title", "Macetas").await;
    bea.fill("text", "Regalo macetas de barro").await;
    bea.press("main .form button.primary").await;
    let thread = bea.path().await;
    ana.go(&thread).await;
    ana.fill("text", "¿Cuántas?").await;
    ana.press("main form[action='/write'] button.primary").await;
    assert!(ana.text().await.contains("¿Cuántas?"), "{}", ana.text().await);

    // Ana takes it for an advertisement.
    let number = thread.rsplit('/').next().expect("a number").to_owned();
    ana.go(&format!("/moderate?post={number}")).await;
    sound(&ana, "es", &axe).await;
    let shown = async |name: &str| {
        ana.ask(&format!("return document.querySelector('[name={name}]').checkVisibility()")).await == true
    };
    assert!(!shown("rule").await && !shown("pace").await && shown("reason").await, "it depends on what is done");
    ana.choose("input[value=remove]").await;
    assert!(shown("rule").await && shown("note").await && !shown("pace").await);
    ana.choose("select[name=rule] option[value='1.1']").await;
    ana.fill("reason", "Parece un anuncio").await;
    ana.press("main .form button.primary").await;

    // Bea is told why, and appeals.
    bea.go("/notices").await;
    sound(&bea, "es", &axe).await;
    bea.press("main a[href*='/statement/']").await;
    let told = bea.text().await;
    assert!(told.contains("Norma 1: Sin publicidad") && told.contains("Parece un anuncio"), "{told}");
    // The hour is that of her clock, five behind the one that is served.
    let hour = "const time = document.querySelector('dd time');
        const local = new Date(new Date(time.dateTime) - 5 * 3600e3).toISOString().slice(11, 16);
        return time.textContent.endsWith(`, ${local}`) && time.title.includes(local) || time.outerHTML;";
    assert_eq!(bea.ask(hour).await, true);
    sound(&bea, "es", &axe).await;
    bea.fill("text", "No las vendo, las regalo").await;
    bea.press("main form.form button.primary").await;
    assert!(bea.text().await.contains("El equipo tiene tu recurso"), "{}", bea.text().await);
    sound(&bea, "es", &axe).await;

    // Ana sees to it, and puts the post back; what cannot be decoded in an address stops nothing else.
    ana.go("/queue?kind=appeal&who=free#%").await;
    sound(&ana, "es", &axe).await;
    // Single keys do nothing before she asks for them.
    let key = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
        return document.activeElement.matches('[data-item]');";
    assert_eq!(ana.ask(key).await, false);
    // Where nothing hovers, as on a phone, the button is not shown.
    let turn = "document.querySelector('[data-keys] button').click(); return true";
    assert_eq!(ana.ask(turn).await, true);
    assert_eq!(ana.ask(key).await, true);
    ana.go("/queue?kind=appeal&who=free").await;
    assert_eq!(ana.ask(key).await, true, "the browser remembers it");
    assert_eq!(ana.ask(turn).await, true);
    ana.press("[data-claim]").await;
    ana.go("/queue?kind=appeal&who=mine").await;
    assert!(ana.text().await.contains("Lo llevas tú"), "{}", ana.text().await);
    ana.fill("answer", "Es verdad").await;
    ana.choose("input[value=grant]").await;
    ana.press("form:has(input[name=verdict]) button.primary").await;
    bea.go(&thread).await;
    assert!(bea.text().await.contains("Regalo macetas"), "{}", bea.text().await);
    ana.go("/@huerto/log").await;
    assert!(ana.text().await.contains("dio la razón a un recurso"), "{}", ana.text().await);
    sound(&ana, "es", &axe).await;
    drop((ana, bea));
    assert_eq!(site.stop().await, Some(0));
}

on_both! {
    a_new_site_is_set_up_on_a_phone,
    somebody_joins_posts_is_moderated_and_appeals_on_a_phone,
    somebody_writes_and_another_one_hears_of_the_answer,
}
