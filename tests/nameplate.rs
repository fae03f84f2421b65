//! What a server is called and how it looks: on its pages, in its mails, and for applications and other servers.

use ::server::settings::Registration;
use app::people::{self, NewPerson};
use serde_json::{Value, json};

use crate::{
    media::PIXEL,
    network::{Network, PostOffice, Server, Visitor, on_both},
};

const PASSWORD: &str = "correct horse";

/// Somebody who administers the server, signed in to its pages.
async fn admin(server: &Server) -> Visitor {
    let olga = NewPerson {
        name: "olga".into(),
        email: "olga@alpha.test".into(),
        password: PASSWORD.into(),
        admin: true,
        language: "en".into(),
    };
    people::create(server.app(), olga).await.expect("an admin");
    let mut visitor = Visitor::new(server);
    visitor.sign_in("olga", PASSWORD, "/").await;
    visitor
}

async fn read(server: &Server, path: &str) -> Value {
    server.get(path, "application/json").await.value()
}

async fn a_site_has_a_name_of_its_own() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let mut olga = admin(&alpha).await;
    let names = async || {
        let (node, first) = (read(&alpha, "/nodeinfo/2.1").await, read(&alpha, "/api/v1/instance").await);
        let (second, actor) = (read(&alpha, "/api/v2/instance").await, alpha.document("/actor").await);
        [&node["metadata"]["nodeName"], &first["title"], &second["title"], &actor["name"]].map(Clone::clone)
    };
    assert_eq!(names().await, ["alpha.test"; 4].map(Value::from));
    let page = Visitor::new(&alpha).get("/communities").await.text();
    assert!(page.contains("<span class=\"name\">alpha.test</span></a>"), "{page}");

    let (form, text) = ("/admin/texts", "/admin/texts/one?kind=summary&language=en");
    assert_eq!(olga.fill(form, "/admin/texts/name", &[("name", "Vecinos <de> Lavapiés")]).await.status, 303);
    let summary = [("kind", "summary"), ("language", "en"), ("source", "A quarter that talks")];
    assert_eq!(olga.fill(text, "/admin/texts/one", &summary).await.status, 303);
    let name = "Vecinos <de> Lavapiés";
    assert_eq!(names().await, [name; 4].map(Value::from));
    assert_eq!(read(&alpha, "/api/v1/instance").await["uri"], "alpha.test", "it still is where it is");
    assert_eq!(read(&alpha, "/api/v1/instance").await["short_description"], "A quarter that talks");
    assert_eq!(read(&alpha, "/nodeinfo/2.0").await["metadata"]["nodeDescription"], "A quarter that talks");
    let page = Visitor::new(&alpha).get("/").await.text();
    let told = "Vecinos &#60;de&#62; Lavapiés";
    for part in ["<h1>", "<span class=\"name\">", "· ", "property=\"og:site_name\" content=\""] {
        assert!(page.contains(&format!("{part}{told}")), "{part}: {page}");
    }
    assert!(page.contains("<p class=\"lead\">A quarter that talks</p>"), "{page}");
    let entry = Visitor::new(&alpha).get("/signup").await.text();
    assert!(entry.contains("@name@alpha.test"), "addresses are of the host: {entry}");

    let mut nora = Visitor::new(&alpha);
    let fields = [("name", "nora"), ("email", "nora@mail.test"), ("password", PASSWORD), ("agreement", "yes")];
    nora.fill("/signup", "/signup", &fields).await;
    let letter = office.letter("nora@mail.test", 0).await;
    assert!(letter.text().contains("nora on Vecinos <de> Lavapiés"), "{}", letter.text());
    assert!(letter.raw.contains("<no-reply@alpha.test>"), "{}", letter.raw);

    // So it signs what it writes to those whose community it closes.
    let ana = alpha.person("ana").await;
    let (club, me) = (alpha.group("club", &ana).await, people::by_name(alpha.app(), "olga").await.unwrap().id);
    app::suspensions::close(alpha.app(), app::Me(me), club.actor.id, "Spam".into()).await.unwrap();
    let letters = ana.read("/api/v1/notifications?types[]=mention").await;
    let letter = letters[0]["status"]["content"].as_str().unwrap_or_else(|| panic!("a letter: {letters}"));
    assert!(letter.contains("Vecinos &lt;de&gt; Lavapiés suspended the community"), "{letter}");

    assert_eq!(olga.fill(form, "/admin/texts/name", &[("name", " ")]).await.status, 303);
    assert_eq!(names().await, ["alpha.test"; 4].map(Value::from), "without one the host stays");
}

async fn a_site_has_pictures_of_its_own() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let mut olga = admin(&alpha).await;
    let own = app::nameplate::actor;
    let (site, ana) = (alpha.app().site().clone(), alpha.person("ana").await);
    let id = alpha.app().read(move |c| own(c, &site)).await.unwrap().expect("the server's own").id.to_string();
    let seen = async || {
        let (first, second) = (read(&alpha, "/api/v1/instance").await, read(&alpha, "/api/v2/instance").await);
        [first["thumbnail"].clone(), second["thumbnail"]["url"].clone(), second["icon"][0]["src"].clone()]
    };
    assert_eq!(seen().await, [Value::Null, Value::Null, Value::Null]);
    let icon = [("whose", &*id), ("what", "icon")];
    let kept = olga.bring("/admin/texts", "/picture", &icon, PIXEL).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    assert!(kept.header("location").unwrap().contains("/admin/texts"));
    let [first, second, third] = seen().await;
    let url = third.as_str().expect("a picture").to_owned();
    assert_eq!((&first, &second), (&third, &third), "one stands for both");
    assert_eq!(alpha.get(&url, "image/*").await.status, 200);
    assert_eq!(alpha.document("/actor").await["icon"]["url"], third);
    let page = Visitor::new(&alpha).get("/communities").await.text();
    assert!(page.contains(&format!("<img class=\"mark\" src=\"{url}\"")), "{page}");
    assert!(page.contains(&format!("<link rel=\"icon\" href=\"{url}\"")), "{page}");
    // It stands for pages that have none of their own, where links to them are shown.
    let emblem = |page: &str| {
        let value =
            |name: &str| page.split(&format!("\"og:{name}\" content=\"")).nth(1).and_then(|it| it.split('"').next());
        ["image", "image:width", "image:height", "image:alt"].map(|name| value(name).unwrap_or_default().to_owned())
    };
    assert_eq!(emblem(&page), [&*url, "400", "400", "alpha.test"]);
    let club = alpha.group("club", &ana).await;
    let thread = ana.post(&format!("{} Hello", club.handle())).await;
    let shown = Visitor::new(&alpha).get(thread["url"].as_str().unwrap()).await.text();
    assert_eq!(emblem(&shown)[0], url);
    let mut anas = Visitor::new(&alpha);
    anas.sign_in("ana", PASSWORD, "/").await;
    let (own, manage) = (club.actor.id.to_string(), format!("/manage?group={}", club.actor.id));
    let banner = [("whose", &*own), ("what", "image")];
    assert_eq!(anas.bring(&manage, "/picture", &banner, PIXEL).await.status, 303);
    let shown = Visitor::new(&alpha).get(thread["url"].as_str().unwrap()).await.text();
    assert_eq!(emblem(&shown)[1..], ["1500", "500", "CLUB"].map(str::to_owned), "the banner of its community");

    let mut hers = Visitor::new(&alpha);
    hers.sign_in("ana", PASSWORD, "/").await;
    assert_eq!(hers.bring("/settings/profile", "/picture", &icon, PIXEL).await.status, 403);
    assert_eq!(hers.fill("/settings/profile", "/admin/texts/name", &[("name", "Mine")]).await.status, 403);
    assert_eq!(read(&alpha, "/api/v2/instance").await["title"], "alpha.test");
    assert_eq!(ana.read("/api/v2/instance").await["icon"][0]["src"], json!(url), "nobody else changes it");
    let away = [&icon[..], &[("remove", "yes")]].concat();
    assert_eq!(olga.bring("/admin/texts", "/picture", &away, PIXEL).await.status, 303);
    assert_eq!(seen().await, [Value::Null, Value::Null, Value::Null]);
}

on_both! {
    a_site_has_a_name_of_its_own,
    a_site_has_pictures_of_its_own,
}
