//! The settings as admins see them in a browser: each in their language, and none of them forgotten.
use ::server::settings::{SETTINGS, Settings};

use crate::network::{Network, Visitor, on_both};

/// Each language of the pages, and its sentences.
const TONGUES: [(&str, &str); 2] =
    [("es", include_str!("../crates/web/locales/es.ftl")), ("en", include_str!("../crates/web/locales/en.ftl"))];

/// What a page says of a setting.
fn said<'a>(page: &'a str, key: &str) -> Option<&'a str> {
    page.split(&format!("<article id=\"{key}\">")).nth(1)?.split("</article>").next()
}

async fn every_setting_says_what_it_means_in_both_languages() {
    for (tongue, sentences) in TONGUES {
        let net = Network::with(|settings| Settings { languages: vec![tongue], ..settings }, ["alpha.test"]).await;
        let alpha = net.server("alpha.test");
        let id = alpha.person("ana").await.actor.id;
        alpha.app().write(move |tx| Ok(store::accounts::set_admin(tx, id, true)?)).await.unwrap();
        let mut admin = Visitor::new(&alpha);
        admin.sign_in("ana", "correct horse", "/").await;
        let page = admin.get("/admin/settings").await.text();
        for setting in SETTINGS {
            let name = format!("setting-{} = ", setting.key.replace('_', "-"));
            let sentence = sentences.lines().find_map(|line| line.strip_prefix(&name));
            let sentence = sentence.unwrap_or_else(|| panic!("{tongue}.ftl has no `{name}`"));
            let (name, meaning) = sentence.split_once(" — ").expect("what it is called, a dash, and what it decides");
            let said = said(&page, setting.key);
            let said = said.unwrap_or_else(|| panic!("`SECTIONS` of the page has no `{}`: {page}", setting.key));
            for part in [name, meaning, setting.env] {
                assert!(said.contains(&part.replace('\'', "&#39;")), "{part}: {said}");
            }
        }
        let database = said(&page, "database").unwrap();
        assert!(database.contains("<code>sqlite:") != database.contains("<svg"), "one may read the other: {database}");
        assert!(!page.contains("postgres://"), "{page}");
        assert!(said(&page, "url").unwrap().contains("<code>http://alpha.test/</code>"), "{page}");
    }
}

on_both! {
    every_setting_says_what_it_means_in_both_languages,
}
