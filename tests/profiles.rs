//! What people here tell of themselves reaches the servers of those who follow them.
use serde_json::json;

use crate::network::{Network, Software, on_both};

async fn a_changed_profile_arrives() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, far) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, far.person("bea").await);
    bea.follow(&ana.handle()).await;
    net.settle().await;
    let told = json!({
        "display_name": "Ana Ruiz", "note": "Huertos", "locked": true,
        "fields_attributes": [{ "name": "Página", "value": "https://ana.example/" }],
    });
    ana.api("PATCH", "/api/v1/accounts/update_credentials", &told).await;
    net.settle().await;
    let document = alpha.document(ana.uri()).await;
    assert_eq!(document["attachment"][0]["type"], "PropertyValue");
    assert_eq!(document["manuallyApprovesFollowers"], true);
    let seen = bea.find_account(&ana.handle()).await;
    assert_eq!(
        (&seen["display_name"], &seen["note"], &seen["locked"]),
        (&json!("Ana Ruiz"), &json!("<p>Huertos</p>"), &json!(true))
    );
    assert_eq!(seen["fields"][0]["name"], "Página");
    assert!(seen["fields"][0]["value"].as_str().unwrap().contains("https://ana.example/"));
}

async fn a_page_that_leads_back_is_known_to_be_theirs() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, web) = (alpha.person("ana").await, net.peer("web.test", Software::Mastodon));
    for (path, page) in [
        ("/ana", format!("<h1>Ana</h1><a rel=me href={}>yo</a>", ana.uri())),
        ("/other", format!("<a href={}>Ana</a>", ana.uri())),
    ] {
        web.serve_at(&web.url(path), &json!(page));
    }
    let lines = |paths: &[&str]| {
        let line = |path: &&str| json!({ "name": "Página", "value": web.url(path) });
        json!({ "fields_attributes": paths.iter().map(line).collect::<Vec<_>>() })
    };
    let proven = async || {
        let fields = ana.read("/api/v1/accounts/verify_credentials").await["fields"].clone();
        fields.as_array().expect("lines").iter().map(|field| field["verified_at"].is_string()).collect::<Vec<_>>()
    };
    let path = "/api/v1/accounts/update_credentials";
    ana.api("PATCH", path, &lines(&["/ana", "/other", "/nowhere"])).await;
    net.settle().await;
    assert_eq!(proven().await, [true, false, false]);

    // What is known stays known while the line stays; another page is looked at anew.
    ana.api("PATCH", path, &lines(&["/other", "/ana"])).await;
    assert_eq!(proven().await, [false, true]);
    let profile = alpha.get("/@ana", "text/html").await.text();
    let link = format!("<a href=\"{}\" rel=\"me nofollow noopener\">", web.url("/ana"));
    assert!(profile.contains(&link) && profile.contains("class=\"proven\""), "{profile}");
    assert_eq!(profile.matches("class=\"proven\"").count(), 1);
}

async fn somebody_says_which_sites_may_name_them() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, far) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, far.person("bea").await);
    bea.follow(&ana.handle()).await;
    net.settle().await;
    let path = "/api/v1/accounts/update_credentials";
    // What the account says of it then, and what the server of whoever follows her hears.
    let change = async |sites: &[&str]| {
        let before = net.transcript().0.len();
        let told = ana.api("PATCH", path, &json!({ "attribution_domains": sites })).await;
        net.settle().await;
        let said = net.transcript().after(before).between("alpha.test", "beta.test").posts();
        let heard: Vec<_> = said.0.iter().map(|said| said.sent["object"]["attributionDomains"].clone()).collect();
        (told["source"]["attribution_domains"].clone(), heard)
    };
    // A host as people write it: alone, by its address, with what stands below it; each is named once.
    let written = ["Diario.example", "https://blog.example/ana", "*.radio.example", "diario.example"];
    let named = json!(["diario.example", "blog.example", "radio.example"]);
    assert_eq!(change(&written).await, (named.clone(), vec![named.clone()]));
    assert_eq!(alpha.document(ana.uri()).await["attributionDomains"], named);
    assert_eq!(ana.read("/api/v1/profile").await["attribution_domains"], named);
    // What else she changes leaves them as they are; what is no site is not taken, and changes nothing.
    ana.api("PATCH", path, &json!({ "display_name": "Ana Ruiz" })).await;
    let refused =
        ana.call("PATCH", path, &json!({ "attribution_domains": ["diario.example", "no es un sitio"] })).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(alpha.document(ana.uri()).await["attributionDomains"], named);
    net.settle().await;
    let (_, heard) = change(&["diario.example", "blog.example", "radio.example"]).await;
    assert!(heard.is_empty(), "nothing is new: {heard:?}");
    // A form that says that there is none sends an empty line.
    assert_eq!(change(&[""]).await, (json!([]), vec![json!(null)]));
    assert_eq!(alpha.document(ana.uri()).await["attributionDomains"], json!(null));
}

on_both![
    a_changed_profile_arrives,
    a_page_that_leads_back_is_known_to_be_theirs,
    somebody_says_which_sites_may_name_them,
];
