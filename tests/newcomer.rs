//! The story of somebody who has never seen the program, in Spanish, on a phone, who reads no documentation: they only press
//! what the pages show.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::network::{Browser, Eyes, Program, eventually, on_both};

/// The server of a friend, from which they never move.
struct Friend {
    server: Program,
    token: String,
}

impl Friend {
    async fn at_home() -> Self {
        let mut server = Program::install(Ipv4Addr::new(127, 0, 0, 47));
        server.start().await;
        let token = server.person("pepe").await;
        Self { server, token }
    }

    async fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        self.server.api(&self.token, method, path, body).await
    }

    /// Looks for a handle as one types it into an application, and follows it.
    async fn follow(&self, handle: &str) -> Value {
        let found = self.api("GET", &format!("/api/v2/search?resolve=true&q={handle}"), &Value::Null).await;
        let group = found["accounts"][0].clone();
        let id = group["id"].as_str().expect("the group").to_owned();
        self.api("POST", &format!("/api/v1/accounts/{id}/follow"), &json!({})).await;
        eventually("an answer to the follow", || async {
            let relation = self.api("GET", &format!("/api/v1/accounts/relationships?id[]={id}"), &Value::Null).await;
            (relation[0]["following"] == true).then_some(())
        })
        .await;
        group
    }

    async fn post(&self, text: &str) {
        self.api("POST", "/api/v1/statuses", &json!({ "status": text })).await;
    }

    /// The private message in which these words stand.
    async fn told(&self, words: &str) {
        eventually(&format!("a message with «{words}»"), || async {
            let all = self.api("GET", "/api/v1/conversations", &Value::Null).await;
            all.to_string().contains(words).then_some(())
        })
        .await;
    }
}

/// Somebody with no account anywhere comes in by a link, on their own phone.
async fn come_in(house: &Program, link: &str) {
    let berta = Browser::open(&house.url(""), Eyes::PHONE).await;
    berta.go(link).await;
    assert!(berta.text().await.contains("Sin publicidad"), "{}", berta.text().await);
    berta.follow("Crear cuenta").await;
    for (name, text) in [("name", "berta"), ("email", "berta@example.org"), ("password", "otra frase muy larga")] {
        berta.fill(name, text).await;
    }
    berta.choose("input[name=agreement]").await;
    // Nobody is as quick as this browser; the page would ask her to press once more.
    let slowly = "return performance.now() > 3000";
    eventually("a moment", || async { (berta.ask(slowly).await == true).then_some(()) }).await;
    berta.follow("Crear cuenta").await;
    let text = berta.text().await;
    assert!(
        berta.path().await == "/@huerto" && text.contains("Dejar la comunidad") && text.contains("Escribir"),
        "{text}"
    );
}

/// The names of the files in an archive that the page at hand links to.
async fn archive(browser: &Browser, path: &str) -> String {
    let script = format!(
        "const href = [...document.querySelectorAll('main a')].find(it => it.getAttribute('href').includes({path:?})).href;
        const request = new XMLHttpRequest();
        request.open('GET', href, false);
        request.overrideMimeType('text/plain; charset=x-user-defined');
        request.send();
        return request.responseText;"
    );
    browser.ask(&script).await.as_str().expect("an archive").to_owned()
}

async fn somebody_who_reads_no_documentation_runs_a_community_on_a_phone() {
    let mut house = Program::install(Ipv4Addr::new(127, 0, 0, 46));
    house.start().await;
    let friend = Friend::at_home().await;
    let lucia = Browser::open(&house.url(""), Eyes::PHONE).await;

    // She installs it and makes a community; she is in at once, and learns what comes next.
    lucia.go("/").await;
    let entered = [
        ("name", "lucia"),
        ("email", "lucia@example.org"),
        ("password", "una frase muy larga"),
        ("title", "Huerto urbano"),
        ("group", "huerto"),
    ];
    for (name, text) in entered {
        lucia.fill(name, text).await;
    }
    lucia.follow("Crear cuenta y comunidad").await;
    assert!(lucia.text().await.contains("Siguientes pasos"), "{}", lucia.text().await);

    // She sets a rule, and writes a welcome.
    lucia.follow("Pon unas normas").await;
    lucia.fill("title1", "Sin publicidad").await;
    lucia.follow("Guardar").await;
    lucia.follow("Huerto urbano").await;
    lucia.follow("Primeros pasos").await;
    lucia.follow("Dale una imagen y un color").await;
    lucia.unfold("Cómo se conversa").await;
    lucia.fill("welcome", "Preséntate y cuenta qué cultivas.").await;
    lucia.press("form[action='/manage'] button.primary").await;
    assert!(lucia.text().await.contains("Guardado."), "{}", lucia.text().await);
    lucia.follow("Huerto urbano").await;

    // She finds what to send a friend who is on Mastodon, and the friend follows.
    lucia.follow("Primeros pasos").await;
    lucia.follow("Invita a tu gente").await;
    let handle = format!("@huerto@{}", house.host());
    let letter = lucia.find("textarea[readonly]").await.prop("value").await.expect("a field").unwrap_or_default();
    assert!(letter.contains(&handle) && letter.contains(&house.url("/@huerto")), "{letter}");
    friend.follow(&handle).await;
    friend.told("cuenta qué cultivas").await;

    // A neighbour has no account anywhere: a link is made for her, and lets her in at once.
    lucia.follow("Crear el enlace").await;
    lucia.unfold("Código QR del enlace").await;
    assert!(lucia.text().await.contains("Copiar"), "{}", lucia.text().await);
    let link = lucia.find(".copy code").await.text().await.expect("a link");
    come_in(&house, link.strip_prefix(&house.url("")).expect("a link of the house")).await;

    // The friend writes something bad; she sees it, and takes it out by her rule.
    friend.post(&format!("{handle} COMPRAD SEMILLAS BARATAS")).await;
    eventually("the post", || async {
        lucia.go("/").await;
        lucia.text().await.contains("SEMILLAS").then_some(())
    })
    .await;
    lucia.press("main .rows h3 a").await;
    lucia.unfold("Más").await;
    lucia.follow("Moderar").await;
    lucia.choose("input[value=remove]").await;
    lucia.choose("select[name=rule] option[value='1.1']").await;
    lucia.follow("Aplicar").await;
    friend.told("/statement/").await;
    lucia.follow("Huerto urbano").await;
    assert!(!lucia.text().await.contains("SEMILLAS"), "{}", lucia.text().await);
    lucia.follow("Registro de moderación").await;
    assert!(lucia.text().await.contains("Sin publicidad"), "{}", lucia.text().await);

    // She takes along what is hers, and what is the community's.
    lucia.follow("Huerto urbano").await;
    lucia.follow("Gestionar").await;
    assert!(lucia.text().await.contains("Los datos son de la comunidad"), "{}", lucia.text().await);
    let whole = archive(&lucia, "/manage/archive").await;
    for file in ["community.json", "members.csv", "bans.csv", "log.csv", "posts.json", "posts.csv"] {
        assert!(whole.starts_with("PK") && whole.contains(file), "{file} of {} bytes", whole.len());
    }
    lucia.follow("Mi página").await;
    lucia.follow("Ajustes").await;
    lucia.follow("Mis datos").await;
    let whole = archive(&lucia, "all.zip").await;
    for file in ["profile.json", "posts.json", "posts.csv", "follows.csv"] {
        assert!(whole.starts_with("PK") && whole.contains(file), "{file} of {} bytes", whole.len());
    }
    drop(lucia);
    let mut friend = friend;
    assert_eq!((house.stop().await, friend.server.stop().await), (Some(0), Some(0)));
}

on_both! {
    somebody_who_reads_no_documentation_runs_a_community_on_a_phone,
}
