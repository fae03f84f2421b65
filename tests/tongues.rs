//! The languages that a site speaks, and the words that those who run it put in place of none.

use ::server::settings::{Registration, Settings, Smtp};
use app::{Me, imprint};
use domain::imprint::Kind;
use domain::sentence::Sentence;
use domain::time::Timestamp;
use serde_json::json;

use crate::network::{Network, PostOffice, Server, Visitor, on_both};

async fn speaking(office: &PostOffice, languages: &'static [&'static str]) -> (Network, Server) {
    let smtp = Smtp::parse(&office.url()).flatten();
    let change = |settings: Settings| {
        let (languages, smtp) = (languages.to_vec(), smtp.clone());
        Settings { languages, smtp, registration: Registration::Open, ..settings }
    };
    let net = Network::with(change, ["alpha.test"]).await;
    let server = net.server("alpha.test");
    (net, server)
}

async fn a_site_of_one_language_speaks_no_other() {
    let office = PostOffice::open().await;
    let (net, alpha) = speaking(&office, &["es"]).await;
    alpha.person("ana").await;
    // The browser and the login both ask for English.
    let mut visitor = Visitor::new(&alpha);
    for path in ["/", "/login", "/signup", "/about", "/nobody-here"] {
        let page = visitor.get(path).await.text();
        assert!(page.contains("<html lang=\"es\">") && !page.contains("name=\"language\""), "{path}: {page}");
    }
    visitor.sign_in("ana", "correct horse", "/").await;
    let settings = visitor.get("/settings").await.text();
    assert!(settings.contains("<html lang=\"es\">") && !settings.contains("value=\"en\""), "{settings}");
    let chosen = visitor.submit("/language", &[("language", "en"), ("back", "/")]).await;
    assert_eq!(chosen.status, 400, "{}", chosen.text());
    let refused = visitor.submit("/settings", &[("language", "en"), ("form_token", "x")]).await.text();
    assert!(
        refused.contains("<html lang=\"es\">") && refused.contains("@ana"),
        "a refusal knows whom it tells: {refused}"
    );
    let instance = alpha.ask(&crate::network::Request::new("GET", &alpha.url("/api/v2/instance"))).await;
    assert_eq!(instance.value()["languages"], json!(["es"]));

    Visitor::new(&alpha).submit("/login/recover", &[("email", "ana@alpha.test")]).await;
    let letter = office.letter("ana@alpha.test", 0).await.text();
    assert!(letter.contains("Hola, ana"), "{letter}");
    net.settle().await;
}

async fn whoever_asks_for_neither_gets_the_first() {
    let office = PostOffice::open().await;
    let (_net, alpha) = speaking(&office, &["es", "en"]).await;
    alpha.person("ana").await;
    let of = async |accepted: &str| {
        let request = crate::network::Request::new("GET", &alpha.url("/about")).with("accept", "text/html");
        alpha.ask(&request.with("accept-language", accepted)).await.text()
    };
    for (accepted, tag) in [("de", "es"), ("en-GB", "en"), ("fr, en;q=0.1", "en")] {
        assert!(of(accepted).await.contains(&format!("<html lang=\"{tag}\">")), "{accepted}");
    }
}

async fn those_who_run_a_site_say_it_in_their_own_words() {
    let office = PostOffice::open().await;
    let (_net, alpha) = speaking(&office, &["en", "es"]).await;
    let ana = alpha.person("ana").await;
    let (id, me) = (ana.actor.id, Me(ana.actor.id));
    alpha.app().write(move |tx| Ok(store::accounts::set_admin(tx, id, true)?)).await.unwrap();
    let write = async |kind, source: &str| {
        imprint::write(alpha.app(), me, kind, "en", Timestamp(0), source).await.unwrap();
    };
    write(Kind::SignUp, "For **neighbours** only.").await;
    write(Kind::Letter, "The neighbours of Lavapiés,\n+34 555").await;
    let form = Visitor::new(&alpha).get("/signup").await.text();
    assert!(form.contains("For <strong>neighbours</strong> only."), "{form}");
    Visitor::new(&alpha).submit("/login/recover", &[("email", "ana@alpha.test")]).await;
    let letter = office.letter("ana@alpha.test", 0).await.text();
    assert!(letter.contains("The neighbours of Lavapi") && letter.contains("+34 555"), "{letter}");
    let mut visitor = Visitor::new(&alpha);
    visitor.sign_in("ana", "correct horse", "/").await;
    let page = visitor.get("/admin/texts/one?kind=letter&language=en").await.text();
    assert!(page.contains("value=\"The neighbours of Lavapiés, +34 555\""), "{page}");
}

async fn a_sentence_is_said_in_other_words_on_pages_and_in_letters() {
    let office = PostOffice::open().await;
    let (_net, alpha) = speaking(&office, &["en", "es"]).await;
    let id = alpha.person("ana").await.actor.id;
    alpha.app().write(move |tx| Ok(store::accounts::set_admin(tx, id, true)?)).await.unwrap();
    let mut ana = Visitor::new(&alpha);
    ana.sign_in("ana", "correct horse", "/").await;
    let heading = async || {
        let page = Visitor::new(&alpha).get("/communities").await.text();
        page.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default().to_owned()
    };
    // Visitors are lent the page that was made for the first one.
    assert_eq!(heading().await, "Communities");
    let form = |name: &str| format!("/admin/sentences/one?name={name}&language=en");
    for (name, text) in [("communities", "Squares"), ("mail-greeting", "Dear { $name }")] {
        let fields = [("name", name), ("language", "en"), ("text", text)];
        let said = ana.fill(&form(name), "/admin/sentences/one", &fields).await;
        assert_eq!(said.status, 303, "{}", said.text());
    }
    assert_eq!(heading().await, "Squares");
    Visitor::new(&alpha).submit("/login/recover", &[("email", "ana@alpha.test")]).await;
    let letter = office.letter("ana@alpha.test", 0).await.text();
    assert!(letter.contains("Dear ana"), "{letter}");

    // Another process that shares the database does the same.
    let theirs = Sentence { name: "communities".into(), language: "en".into(), text: "Plazas".into() };
    alpha.app().write(move |tx| Ok(store::sentences::set(tx, &theirs)?)).await.unwrap();
    app::sentences::load(alpha.app()).await.unwrap();
    assert_eq!(heading().await, "Plazas");
    let fields = [("name", "communities"), ("language", "en"), ("what", "restore")];
    let back = ana.fill(&form("communities"), "/admin/sentences/one", &fields).await;
    assert_eq!(back.status, 303, "{}", back.text());
    assert_eq!(heading().await, "Communities");
}

on_both! {
    a_site_of_one_language_speaks_no_other,
    whoever_asks_for_neither_gets_the_first,
    those_who_run_a_site_say_it_in_their_own_words,
    a_sentence_is_said_in_other_words_on_pages_and_in_letters,
}
