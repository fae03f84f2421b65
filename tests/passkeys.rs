//! Passkeys in a real browser, with a device that keeps them: made, signed in with, asked for by an app, and taken away.

use std::net::Ipv4Addr;

use app::Clock;
use serde_json::json;

use crate::browsers::{axe, flaws};
use crate::network::{Browser, Eyes, Program, eventually, form, on_both};

/// The button that asks for a passkey.
const PASSKEY: &str = "main button[data-passkey]";

/// Fails if anything is wrong with the page one is on.
async fn sound(browser: &Browser, axe: &str) {
    assert_eq!(flaws(browser, "es", axe).await, Vec::<String>::new());
}

async fn holds(browser: &Browser, text: &str) {
    let page = browser.text().await;
    assert!(page.contains(text), "no {text} on {}: {page}", browser.path().await);
}

async fn leave(browser: &Browser) {
    browser.go("/settings").await;
    browser.press("main form[action='/logout'] button").await;
}

/// She shows that it is her, and makes one, which is called after her browser until she says otherwise.
async fn makes_one(browser: &Browser, axe: &str) {
    browser.go("/settings/entry").await;
    sound(browser, axe).await;
    browser.fill("proof", "wrong horse").await;
    browser.press("form[action$='/passkeys/offer'] button[type=submit]:not([data-passkey])").await;
    holds(browser, "Esa no es tu contraseña actual").await;
    sound(browser, axe).await;
    browser.fill("proof", "correct horse").await;
    browser.press("form[action$='/passkeys/offer'] button[type=submit]:not([data-passkey])").await;
    sound(browser, axe).await;
    assert_eq!(browser.value("name").await, "Chrome · Linux");
    browser.fill("name", "Mi teléfono").await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/settings/entry?done=true", "{}", browser.text().await);
    holds(browser, "Mi teléfono").await;
    holds(browser, "todavía sin usar").await;
    sound(browser, axe).await;

    // One of hers is enough to make another; but not on the same device.
    browser.press(PASSKEY).await;
    holds(browser, "Crear la llave de acceso").await;
    browser.choose(PASSKEY).await;
    eventually("a word on why not", || async { browser.text().await.contains("ya se había añadido").then_some(()) })
        .await;
}

/// It is asked for by the page for signing in, whoever sent her there.
async fn signs_in(browser: &Browser, axe: &str, site: &Program, token: &str) {
    leave(browser).await;
    browser.go("/login").await;
    sound(browser, axe).await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/", "{}", browser.text().await);
    leave(browser).await;
    let redirect = "urn:ietf:wg:oauth:2.0:oob";
    let app = json!({ "client_name": "Probe", "redirect_uris": redirect, "scopes": "read" });
    let app = site.api(token, "POST", "/api/v1/apps", &app).await;
    let client = app["client_id"].as_str().expect("a client");
    let asked = [("client_id", client), ("redirect_uri", redirect), ("response_type", "code"), ("scope", "read")];
    browser.go(&format!("/oauth/authorize?{}", form(&asked))).await;
    assert!(browser.path().await.starts_with("/login?back="), "{}", browser.path().await);
    browser.press(PASSKEY).await;
    assert!(browser.path().await.starts_with("/oauth/authorize?"), "{}", browser.path().await);
    holds(browser, "Probe").await;
}

/// With a second step it is one, after the password.
async fn makes_the_second_step(browser: &Browser, axe: &str) {
    browser.go("/settings/entry").await;
    browser.press("form[action='/settings/entry/second'] button").await;
    let secret = browser.ask("return document.querySelector('.codes code').textContent").await;
    let code = app::totp::current(secret.as_str().expect("a secret"), Clock::default().now()).expect("a code");
    browser.fill("code", &code).await;
    browser.fill("known", "correct horse").await;
    browser.press("form[action='/settings/entry/second/on'] button[type=submit]").await;
    leave(browser).await;
    browser.sign_in("ana").await;
    holds(browser, "Un paso más").await;
    sound(browser, axe).await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/", "{}", browser.text().await);
}

async fn somebody_lives_without_a_password() {
    let mut site = Program::install_at_home();
    site.start().await;
    let token = site.person("ana").await;
    let (browser, axe) = (Browser::open(&site.url(""), Eyes::PHONE).await, axe());
    let reserve = browser.plug_in().await;
    browser.sign_in("ana").await;
    makes_one(&browser, &axe).await;
    signs_in(&browser, &axe, &site, &token).await;
    makes_the_second_step(&browser, &axe).await;

    // Browsers offer it by themselves in the field for the name.
    leave(&browser).await;
    browser.fill_in(reserve).await;
    browser.go("/login").await;
    eventually("a way in", || async { (browser.path().await == "/").then_some(()) }).await;

    let mine = "return fetch('/settings/data/profile.json').then(it => it.json()).then(it => it.passkeys)";
    let mine = browser.ask(mine).await;
    assert_eq!(
        (&mine[0]["name"], mine[0].as_object().map(serde_json::Map::len)),
        (&json!("Mi teléfono"), Some(3)),
        "{mine}"
    );

    // She takes it away with itself; what the device still keeps lets nobody in.
    browser.go("/settings/entry").await;
    holds(&browser, "usada por última vez ahora mismo").await;
    browser.press("form[action$='/passkeys/remove'] button").await;
    holds(&browser, "Con «Mi teléfono» ya no se podrá entrar").await;
    sound(&browser, &axe).await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/settings/entry?done=true", "{}", browser.text().await);
    assert!(!browser.text().await.contains("Mi teléfono"), "{}", browser.text().await);
    leave(&browser).await;
    browser.go("/login").await;
    eventually("an answer", || async { (browser.path().await == "/login/passkey").then_some(()) }).await;
    holds(&browser, "Aquí no se conoce esta llave de acceso").await;
    sound(&browser, &axe).await;
    drop(browser);
    assert_eq!(site.stop().await, Some(0));
}

/// What a passkey is for: an account in one screen, with nothing to remember.
async fn somebody_signs_up_without_a_password() {
    let mut site = Program::install_at_home();
    site.start().await;
    site.person("ana").await;
    let (browser, axe) = (Browser::open(&site.url(""), Eyes::PHONE).await, axe());
    browser.plug_in().await;
    browser.go("/signup").await;
    sound(&browser, &axe).await;
    browser.fill("name", "ana").await;
    browser.fill("email", "nora@example.org").await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/signup/passkey", "what is wrong is said before a passkey is made");
    holds(&browser, "tienes que aceptar las normas").await;
    sound(&browser, &axe).await;
    browser.fill("name", "nora").await;
    browser.ask("document.getElementById('agreement').checked = true").await;
    // Whoever is quicker than people are is asked to press once more.
    for _ in 0..20 {
        browser.press(PASSKEY).await;
        if browser.path().await == "/" {
            break;
        }
    }
    assert_eq!(browser.path().await, "/", "{}", browser.text().await);
    browser.go("/settings/entry").await;
    holds(&browser, "Chrome · Linux").await;
    leave(&browser).await;
    browser.go("/login").await;
    browser.press(PASSKEY).await;
    assert_eq!(browser.path().await, "/", "{}", browser.text().await);
    drop(browser);
    assert_eq!(site.stop().await, Some(0));
}

async fn a_site_without_a_name_says_why_it_has_none() {
    let mut site = Program::install(Ipv4Addr::new(127, 0, 0, 47));
    site.start().await;
    site.person("ana").await;
    let (browser, axe) = (Browser::open(&site.url(""), Eyes::PHONE).await, axe());
    browser.sign_in("ana").await;
    assert_eq!(browser.path().await, "/");
    browser.go("/settings/entry").await;
    holds(&browser, "a este sitio se llega por un número").await;
    sound(&browser, &axe).await;
    assert_eq!(browser.ask("return document.querySelector('[data-passkey]')").await, json!(null));
    leave(&browser).await;
    browser.go("/login").await;
    assert_eq!(browser.ask("return document.querySelector('[data-passkey]')").await, json!(null));
    drop(browser);
    assert_eq!(site.stop().await, Some(0));
}

on_both! {
    a_site_without_a_name_says_why_it_has_none,
    somebody_lives_without_a_password,
    somebody_signs_up_without_a_password,
}
