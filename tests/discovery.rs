//! Others find this server, its people and its groups, by every way there is.

use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, Request, Server, on_both};

const LD: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

async fn finger(server: &Server, resource: &str) -> (u16, Value) {
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    let answer = server.get(&format!("/.well-known/webfinger?resource={query}"), "*/*").await;
    if answer.status == 200 {
        assert!(answer.header("content-type").unwrap().starts_with("application/jrd+json"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    (answer.status, if answer.status == 200 { answer.value() } else { Value::Null })
}

async fn webfinger_names_people_and_groups() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    alpha.group("club", &ana).await;
    for name in ["ana", "club"] {
        let uri = alpha.url(&format!("/@{name}"));
        for resource in
            [format!("acct:{name}@alpha.test"), format!("acct:{}@ALPHA.test", name.to_uppercase()), uri.clone()]
        {
            let (status, jrd) = finger(&alpha, &resource).await;
            assert_eq!(status, 200, "{resource}");
            assert_eq!(jrd["subject"], format!("acct:{name}@alpha.test"), "{resource}");
            let links: Vec<&Value> =
                jrd["links"].as_array().unwrap().iter().filter(|link| link["rel"] == "self").collect();
            assert_eq!(links.len(), 1, "one is taken by Mastodon, and it must be the right one: {jrd}");
            assert_eq!((links[0]["href"].as_str(), links[0]["type"].as_str()), (Some(uri.as_str()), Some(ACTIVITY)));
        }
    }
    for stranger in ["acct:nobody@alpha.test", "acct:ana@beta.test", "acct:ana", "http://beta.test/@ana", "x"] {
        assert_eq!(finger(&alpha, stranger).await.0, 404, "{stranger}");
    }
    assert_eq!(alpha.get("/.well-known/webfinger", "*/*").await.status, 400);
    let (status, jrd) = finger(&alpha, "acct:alpha.test@alpha.test").await;
    assert_eq!(status, 200);
    assert!(jrd.to_string().contains(&alpha.url("/actor")), "{jrd}");
}

async fn the_server_describes_itself() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let meta = alpha.get("/.well-known/host-meta", "*/*").await;
    assert_eq!(meta.status, 200);
    assert!(meta.text().contains("http://alpha.test/.well-known/webfinger?resource={uri}"), "{}", meta.text());

    // PieFed asks with the media type of activities.
    for accept in ["application/json", "*/*", ACTIVITY, "text/html"] {
        let index = alpha.get("/.well-known/nodeinfo", accept).await.value();
        let mut links = index["links"].as_array().expect("links").clone();
        links.retain(|link| link["rel"].as_str().is_some_and(|rel| rel.contains("/ns/schema/")));
        assert!(!links.is_empty());
        for link in links {
            let info = alpha.get(link["href"].as_str().unwrap(), accept).await.value();
            assert_eq!(info["software"]["name"], "tertulia", "{accept}");
            assert_eq!(info["protocols"][0], "activitypub");
            assert_eq!(info["usage"]["users"]["total"], 1, "{info}");
        }
    }

    let actor = alpha.document("/actor").await;
    assert_eq!(actor["type"], "Application");
    assert_eq!(actor["id"], alpha.url("/actor"));
    assert!(actor["publicKey"]["publicKeyPem"].as_str().unwrap().contains("BEGIN PUBLIC KEY"));
}

async fn actors_have_documents_and_pages() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    for (uri, kind, name) in [(ana.uri(), "Person", "ana"), (club.uri(), "Group", "club")] {
        for accept in [ACTIVITY, LD, "application/activity+json, application/ld+json"] {
            let answer = alpha.get(uri, accept).await;
            assert_eq!(answer.status, 200, "{accept}");
            assert!(answer.header("content-type").unwrap().starts_with(ACTIVITY), "{accept}");
            let vary = answer.header("vary").unwrap_or_default().to_lowercase();
            assert!(vary.contains("accept"), "a page and a document share the URL: {vary}");
            let actor = answer.value();
            assert_eq!((actor["id"].as_str(), actor["type"].as_str()), (Some(uri), Some(kind)));
            assert_eq!(actor["preferredUsername"], name);
            assert_eq!(actor["inbox"], format!("{uri}/inbox"));
            assert_eq!(actor["endpoints"]["sharedInbox"], "http://alpha.test/inbox");
            assert_eq!(actor["publicKey"]["owner"], uri);
            assert!(actor["assertionMethod"][0]["publicKeyMultibase"].as_str().unwrap().starts_with('z'));
            for part in ["outbox", "followers"] {
                let collection = alpha.document(actor[part].as_str().unwrap()).await;
                assert_eq!(collection["id"], actor[part], "{collection}");
                assert_eq!(collection["type"], "OrderedCollection");
            }
        }
        let page = alpha.get(uri, "text/html,application/xhtml+xml,*/*;q=0.8").await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "a browser gets a page");

        let get = alpha.get(uri, ACTIVITY).await;
        let head = alpha.ask(&Request::new("HEAD", uri).with("accept", ACTIVITY)).await;
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert!(head.body.is_empty());
    }
    let club = alpha.document(club.uri()).await;
    let moderators = alpha.document(club["attributedTo"].as_str().unwrap()).await;
    assert_eq!(moderators["orderedItems"][0], ana.uri(), "{moderators}");
}

async fn what_is_not_there_and_what_is_gone() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let post = ana.post("Hello, world.").await;
    let uri = post["uri"].as_str().unwrap().to_owned();
    let note = alpha.document(&uri).await;
    assert_eq!(note["type"], "Note");
    assert_eq!(note["attributedTo"], ana.uri());
    for path in ["/@nobody", "/@ana/1", "/@ana/nonsense", "/activities/1", "/nowhere", "/@nobody/inbox"] {
        let answer = alpha.get(path, ACTIVITY).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    ana.api("DELETE", &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), &Value::Null).await;
    net.settle().await;
    let answer = alpha.get(&uri, ACTIVITY).await;
    assert_eq!(answer.status, 410);
    assert_eq!(answer.value()["type"], "Tombstone");
    assert!(!answer.text().contains("Hello"));
}

async fn who_has_a_document_already_is_told_so() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let post = ana.post("Hello, world.").await;
    let (uri, path) = (post["uri"].as_str().unwrap(), format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()));
    let ask = |method: &str, url: &str, tags: &str| {
        let request = Request::new(method, url).with("accept", ACTIVITY).with("if-none-match", tags);
        let alpha = alpha.clone();
        async move { alpha.ask(&request).await }
    };
    let finger = alpha.url("/.well-known/webfinger?resource=acct:ana@alpha.test");
    for url in [ana.uri(), uri, &finger, &alpha.url("/nodeinfo/2.1")] {
        let whole = alpha.get(url, ACTIVITY).await;
        let tag = whole.header("etag").unwrap_or_else(|| panic!("{url} has no tag"));
        for (method, tags) in [
            ("GET", tag.to_owned()),
            ("HEAD", tag.to_owned()),
            ("GET", format!("\"other\", W/{tag}")),
            ("GET", "*".to_owned()),
        ] {
            let answer = ask(method, url, &tags).await;
            assert_eq!((answer.status, answer.header("etag")), (304, Some(tag)), "{url} {tags}");
            for header in ["cache-control", "vary"] {
                assert_eq!(answer.header(header), whole.header(header), "{url}");
            }
        }
        let other = ask("GET", url, "\"other\"").await;
        assert_eq!((other.status, other.body), (200, whole.body.clone()), "{url}");
    }
    let before = alpha.get(uri, ACTIVITY).await;
    let tag = before.header("etag").unwrap();
    ana.api("PUT", &path, &json!({ "status": "Hello again." })).await;
    let after = ask("GET", uri, tag).await;
    assert!(after.status == 200 && after.header("etag") != Some(tag), "what changed is sent");
    ana.api("DELETE", &path, &Value::Null).await;
    assert_eq!(ask("GET", uri, "*").await.status, 410, "what is gone is gone for everybody");
}

on_both![
    who_has_a_document_already_is_told_so,
    webfinger_names_people_and_groups,
    the_server_describes_itself,
    actors_have_documents_and_pages,
    what_is_not_there_and_what_is_gone,
];
