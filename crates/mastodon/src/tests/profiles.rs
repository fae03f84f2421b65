//! What one tells of oneself: changed in every spelling, refused whole, and how one writes by default.
use serde_json::{Value, json};

use super::{
    World,
    media::{form, picture},
    on_both,
};

const UPDATE: &str = "/api/v1/accounts/update_credentials";

/// Names and texts of the lines of a profile.
fn lines(account: &Value) -> Vec<(String, String)> {
    let text = |field: &Value, name: &str| field[name].as_str().unwrap().to_owned();
    account["fields"].as_array().unwrap().iter().map(|field| (text(field, "name"), text(field, "value"))).collect()
}

async fn a_profile_is_told_and_stays_what_is_not_mentioned(w: World) {
    let told = json!({
        "display_name": " Ana\u{202e} Ruiz ", "note": "Huertos y *tomates* #huerto\n@bea",
        "fields_attributes": [
            { "name": "Página", "value": "https://ana.example/?a=1&b=2" },
            { "name": "Lugar", "value": "<b>Jaén</b>" },
            { "name": "", "value": "sin nombre" },
        ],
        "locked": true, "bot": "true", "discoverable": "0", "indexable": false, "hide_collections": 1,
    });
    let ana = w.call(&w.ana, "PATCH", UPDATE, told).await.ok();
    assert_eq!(ana["display_name"], "Ana Ruiz");
    let note = ana["note"].as_str().unwrap();
    assert!(
        note.contains("<em>tomates</em>") && note.contains("/tags/huerto") && note.contains("u-url mention"),
        "{note}"
    );
    assert_eq!(ana["source"]["note"], "Huertos y *tomates* #huerto\n@bea");
    let page = "https://ana.example/?a=1&amp;b=2";
    let link = format!("<a href=\"{page}\" rel=\"me nofollow noopener\">{page}</a>");
    let plain = "&lt;b&gt;Jaén&lt;/b&gt;";
    assert_eq!(lines(&ana), [("Página".to_owned(), link), ("Lugar".to_owned(), plain.to_owned())]);
    assert_eq!(
        lines(&ana["source"]),
        [("Página", "https://ana.example/?a=1&b=2"), ("Lugar", "<b>Jaén</b>")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let flags =
        ["locked", "bot", "discoverable", "indexable", "hide_collections"].map(|name| ana[name].as_bool().unwrap());
    assert_eq!(flags, [true, true, false, false, true]);

    // Numbered, as forms write it; nothing else changes.
    let numbered = [("fields_attributes[0][name]", "Uno"), ("fields_attributes[0][value]", "1"), ("bot", "false")];
    let ana = w.send_form(&w.ana, "PATCH", UPDATE, form(&numbered, "avatar", &picture())).await.ok();
    assert_eq!(lines(&ana), [("Uno".to_owned(), "1".to_owned())]);
    assert_eq!((&ana["display_name"], &ana["locked"], &ana["bot"]), (&json!("Ana Ruiz"), &json!(true), &json!(false)));
    assert!(!ana["avatar"].as_str().unwrap().ends_with("missing.png"), "{}", ana["avatar"]);
    let seen = w.get(&w.bea, &format!("/api/v1/accounts/{}", w.ana.id())).await.ok();
    assert_eq!((&seen["avatar"], &seen["fields"]), (&ana["avatar"], &ana["fields"]));

    let profile = w.get(&w.ana, "/api/v1/profile").await.ok();
    assert_eq!(
        (&profile["avatar"], &profile["header"], &profile["locked"]),
        (&ana["avatar"], &Value::Null, &json!(true))
    );
    let profile =
        w.call(&w.ana, "PUT", "/api/v1/profile", json!({ "display_name": "", "fields_attributes": [] })).await.ok();
    assert_eq!((&profile["display_name"], &profile["fields"]), (&json!("ana"), &json!([])));
    let bare = w.call(&w.ana, "DELETE", "/api/v1/profile/avatar", json!({})).await.ok();
    assert!(bare["avatar"].as_str().unwrap().ends_with("missing.png") && bare["source"]["follow_requests_count"] == 0);
    w.call(&w.ana, "DELETE", "/api/v1/profile/header", json!({})).await.ok();
}

async fn what_is_too_long_or_no_picture_changes_nothing(w: World) {
    let before = w.get(&w.ana, "/api/v1/accounts/verify_credentials").await.ok();
    let many: Vec<Value> = (0..9).map(|n| json!({ "name": n.to_string(), "value": "x" })).collect();
    for wrong in [
        json!({ "display_name": "x".repeat(101) }),
        json!({ "display_name": "Otra", "note": "ñ".repeat(501) }),
        json!({ "display_name": "Otra", "fields_attributes": [{ "name": "a", "value": "x".repeat(256) }] }),
        json!({ "display_name": "Otra", "fields_attributes": many }),
        json!({ "display_name": "Otra", "source": { "privacy": "direct" } }),
        json!({ "display_name": "Otra", "source": { "privacy": "everybody" } }),
    ] {
        let refused = w.call(&w.ana, "PATCH", UPDATE, wrong.clone()).await;
        assert!(refused.status == 422 && refused.body["error"].is_string(), "{wrong}: {}", refused.status);
    }
    let texts = [("display_name", "Otra")];
    let refused = w.send_form(&w.ana, "PATCH", UPDATE, form(&texts, "avatar", b"<svg onload=x>")).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(w.get(&w.ana, "/api/v1/accounts/verify_credentials").await.ok(), before);
    assert_eq!(w.get_unknown("/api/v1/profile").await.status, 401);
}

async fn one_writes_as_one_prefers(w: World) {
    let source = json!({ "source": { "privacy": "unlisted", "sensitive": true, "language": "gl" } });
    let ana = w.call(&w.ana, "PATCH", UPDATE, source).await.ok();
    let told = ["privacy", "sensitive", "language"].map(|name| ana["source"][name].clone());
    assert_eq!(told, [json!("unlisted"), json!(true), json!("gl")]);
    let preferences = w.get(&w.ana, "/api/v1/preferences").await.ok();
    let told =
        ["visibility", "sensitive", "language"].map(|name| preferences[format!("posting:default:{name}")].clone());
    assert_eq!(told, [json!("unlisted"), json!(true), json!("gl")]);
    let post = w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "ola" })).await.ok();
    assert_eq!(
        (&post["visibility"], &post["sensitive"], &post["language"]),
        (&json!("unlisted"), &json!(true), &json!("gl"))
    );
    let said = json!({ "status": "hello", "visibility": "public", "sensitive": false, "language": "en" });
    let post = w.call(&w.ana, "POST", "/api/v1/statuses", said).await.ok();
    assert_eq!(
        (&post["visibility"], &post["sensitive"], &post["language"]),
        (&json!("public"), &json!(false), &json!("en"))
    );
    // One thing at a time.
    w.call(&w.ana, "PATCH", UPDATE, json!({ "source": { "sensitive": false } })).await.ok();
    let preferences = w.get(&w.ana, "/api/v1/preferences").await.ok();
    assert_eq!(preferences["posting:default:visibility"], "unlisted");
}

async fn who_follows_can_be_kept_to_oneself(w: World) {
    let (ana, bea) = (w.ana.id(), w.bea.id());
    w.post(&w.bea, &format!("/api/v1/accounts/{ana}/follow")).await.ok();
    w.post(&w.ana, &format!("/api/v1/accounts/{bea}/follow")).await.ok();
    let count = async |who, list: &str| {
        w.get(who, &format!("/api/v1/accounts/{ana}/{list}")).await.ok().as_array().unwrap().len()
    };
    assert_eq!((count(&w.bea, "followers").await, count(&w.bea, "following").await), (1, 1));
    w.call(&w.ana, "PATCH", UPDATE, json!({ "hide_collections": true })).await.ok();
    assert_eq!((count(&w.bea, "followers").await, count(&w.bea, "following").await), (0, 0));
    assert_eq!((count(&w.ana, "followers").await, count(&w.ana, "following").await), (1, 1));
    let shown = w.get_unknown(&format!("/api/v1/accounts/{ana}")).await.ok();
    assert_eq!((&shown["followers_count"], &shown["hide_collections"]), (&json!(1), &json!(true)));
}

on_both! {
    a_profile_is_told_and_stays_what_is_not_mentioned
    what_is_too_long_or_no_picture_changes_nothing
    one_writes_as_one_prefers
    who_follows_can_be_kept_to_oneself
}
