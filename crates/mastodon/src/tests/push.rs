//! How a client says how it wants to be woken.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Person, World, on_both};

const PATH: &str = "/api/v1/push/subscription";
/// The client's key and secret of RFC 8291, section 5.
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

fn wish(endpoint: &str, p256dh: &str, auth: &str) -> Value {
    json!({
        "subscription": { "endpoint": endpoint, "keys": { "p256dh": p256dh, "auth": auth }, "standard": true },
        "data": { "alerts": { "mention": true, "admin.report": "1", "poll": false }, "policy": "followed" },
    })
}

async fn a_client_says_how_it_is_woken_and_says_it_anew(w: World) {
    app::push::ensure(&w.app).await.unwrap();
    assert_eq!(w.get(&w.ana, PATH).await.status, 404);
    assert_eq!(w.call(&w.ana, "PUT", PATH, json!({ "data": {} })).await.status, 404);
    let endpoint = "https://push.example/x";
    let first = w.call(&w.ana, "POST", PATH, wish(endpoint, P256DH, AUTH)).await.ok();
    assert_eq!(w.get(&w.ana, PATH).await.ok(), first);
    assert!(first["id"].is_u64() && first["endpoint"] == endpoint && first["standard"] == true);
    let alerts = first["alerts"].as_object().unwrap();
    let on: Vec<&str> = alerts.iter().filter(|(_, on)| **on == true).map(|(kind, _)| kind.as_str()).collect();
    assert_eq!((alerts.len(), on, &first["policy"]), (12, vec!["mention", "admin.report"], &json!("followed")));

    let server_key = first["server_key"].as_str().unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(server_key).unwrap().len(), 65);
    for version in ["v1", "v2"] {
        let instance = w.get_unknown(&format!("/api/{version}/instance")).await.ok();
        assert_eq!(instance["configuration"]["vapid"]["public_key"], server_key);
    }
    let registration = json!({ "client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob" });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/apps", registration).await.ok()["vapid_key"], server_key);

    let changed = json!({ "data": { "alerts": { "reblog": true } } });
    let changed = w.call(&w.ana, "PUT", PATH, changed).await.ok();
    assert_eq!((&changed["alerts"]["reblog"], &changed["alerts"]["mention"]), (&json!(true), &json!(false)));
    assert_eq!((&changed["policy"], &changed["endpoint"]), (&json!("all"), &first["endpoint"]));
    let policy = w.call(&w.ana, "PATCH", PATH, json!({ "policy": "follower", "data": {} })).await.ok();
    assert_eq!(policy["policy"], "follower", "it may stand beside the rest");
    let anew = w.call(&w.ana, "POST", PATH, wish("https://push.example/y", P256DH, AUTH)).await.ok();
    assert_eq!(anew["endpoint"], "https://push.example/y");
    assert_eq!(w.get(&w.bea, PATH).await.status, 404, "each token has its own");
    assert_eq!(w.call(&w.ana, "DELETE", PATH, Value::Null).await.ok(), json!({}));
    assert_eq!(w.get(&w.ana, PATH).await.status, 404);
}

async fn nonsense_wakes_nobody(w: World) {
    let longest = format!("https://push.example/{}", "x".repeat(3_000));
    for (endpoint, p256dh, auth) in [
        ("", P256DH, AUTH),
        ("push.example", P256DH, AUTH),
        ("http://push.example/", P256DH, AUTH),
        ("javascript:alert(1)", P256DH, AUTH),
        (&longest, P256DH, AUTH),
        ("https://push.example/", "", AUTH),
        ("https://push.example/", "BCVx", AUTH),
        ("https://push.example/", &P256DH.replace("BCV", "BCX"), AUTH),
        ("https://push.example/", P256DH, "BTBZ"),
    ] {
        let answer = w.call(&w.ana, "POST", PATH, wish(endpoint, p256dh, auth)).await;
        assert_eq!(answer.status, 422, "{endpoint} {p256dh} {auth}: {:?}", answer.body);
    }
    let mut strange = wish("https://push.example/", P256DH, AUTH);
    strange["data"]["policy"] = json!("everybody");
    assert_eq!(w.call(&w.ana, "POST", PATH, strange).await.status, 422);
}

async fn a_subscription_goes_with_its_token(w: World) {
    let other = app::people::create_token(&w.app, w.ana.me.0, "push").await.unwrap();
    let other = Person { me: w.ana.me, token: other };
    for who in [&w.ana, &other] {
        w.call(who, "POST", PATH, wish("https://push.example/x", P256DH, AUTH)).await.ok();
    }
    let me = w.ana.me.0;
    let kept = w.app.read(move |c| store::push::of(c, me)).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(!kept.iter().any(|kept| kept.token.windows(8).any(|part| w.ana.token.as_bytes().starts_with(part))));
    w.app.write(move |tx| Ok(store::tokens::remove_all(tx, me)?)).await.unwrap();
    assert!(w.app.read(move |c| store::push::of(c, me)).await.unwrap().is_empty());
}

on_both! { a_client_says_how_it_is_woken_and_says_it_anew nonsense_wakes_nobody a_subscription_goes_with_its_token }
