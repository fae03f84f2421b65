//! Somebody without a mouse, from the door to their first post, at a desk and on a narrow screen: Tab, Enter, Space.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::network::{Browser, ENTER, Eyes, Program, SPACE, eventually, on_both};

async fn holds(browser: &Browser, text: &str) {
    let page = browser.text().await;
    assert!(page.contains(text), "no {text} on {}: {page}", browser.path().await);
}

/// They read what a community is, and make a login on the way into it.
async fn comes_in(browser: &Browser, name: &str) {
    browser.go("/@huerto").await;
    // Past what stands at the top of every page, to what the page is about.
    browser.tab_to("a.skip").await;
    browser.key(ENTER).await;
    browser.tab_to("a, button, summary, input").await;
    assert_eq!(browser.ask("return document.activeElement.closest('main') !== null").await, true);
    browser.press_by(ENTER, "main a.button[href^='/apply']").await;
    browser.press_by(ENTER, "main a[href^='/signup']").await;
    // Nobody is as quick as this browser; the page would ask them to press once more.
    let slowly = "return performance.now() > 3000";
    eventually("a moment", || async { (browser.ask(slowly).await == true).then_some(()) }).await;
    for (field, text) in [("name", name), ("email", &format!("{name}@example.org")), ("password", "otra frase larga")] {
        browser.tab_to(&format!("main [name={field}]")).await;
        browser.type_in(text).await;
    }
    browser.tab_to("main [name=agreement]").await;
    browser.key(SPACE).await;
    assert_eq!(browser.ask("return document.activeElement.checked").await, json!(true));
    browser.press_by(ENTER, "main form.form button.primary").await;
    assert_eq!(browser.path().await, "/@huerto", "{}", browser.text().await);
    holds(browser, "Dejar la comunidad").await;
}

/// They find another community, and join that, too.
async fn joins_another(browser: &Browser) {
    browser.press_by(ENTER, "a[href$='/communities']").await;
    browser.press_by(ENTER, "main a[href$='/@riego']").await;
    browser.press_by(SPACE, "main form[action='/join'] button").await;
    holds(browser, "Dejar la comunidad").await;
}

/// They write there, look at it first, and publish it.
async fn writes(browser: &Browser, name: &str) {
    browser.press_by(ENTER, "main a.button[href^='/write']").await;
    browser.tab_to("main [name=title]").await;
    browser.type_in("¿Cuándo se riega?").await;
    browser.tab_to("main [name=text]").await;
    browser.type_in("Los tomates, digo.").await;
    browser.press_by(SPACE, "main button[name=preview]").await;
    holds(browser, "Así se verá en Mastodon").await;
    browser.press_by(ENTER, "main .form button.primary").await;
    assert!(browser.path().await.starts_with(&format!("/@{name}/")), "{}", browser.text().await);
    holds(browser, "Los tomates, digo.").await;
}

async fn somebody_without_a_mouse_signs_up_joins_and_writes() {
    let mut site = Program::install(Ipv4Addr::new(127, 0, 0, 48));
    site.start().await;
    site.person("ana").await;
    for (name, title) in [("huerto", "Huerto"), ("riego", "Riego")] {
        site.json(&["group", "create", name, "--title", title, "--owner", "ana", "--json"], "").await;
    }
    for (name, eyes) in [("berta", Eyes { language: "es", ..Eyes::DESK }), ("carla", Eyes::PHONE)] {
        let browser = Browser::open(&site.url(""), eyes).await;
        comes_in(&browser, name).await;
        joins_another(&browser).await;
        writes(&browser, name).await;
    }
    assert_eq!(site.stop().await, Some(0));
}

on_both! {
    somebody_without_a_mouse_signs_up_joins_and_writes,
}
