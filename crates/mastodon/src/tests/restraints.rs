//! People whom those who administer the server hold back: heard by those alone who ask for them, or with covered pictures.
use serde_json::{Value, json};

use super::{World, of, on_both};

async fn who_is_silenced_is_heard_by_those_alone_who_ask_for_them(w: World) {
    let jefa = w.admin().await;
    let jefa = super::administration::with_token(&w, jefa).await;
    w.follow(&w.bea, w.ana.id()).await;
    let hola = w.say(&w.ana, "hola #tomates").await;
    w.post(&w.bea, &of(&hola, "/favourite")).await.ok();
    let account = format!("/api/v1/accounts/{}", w.ana.id());
    let act = format!("/api/v1/admin/accounts/{}", w.ana.id());

    // Where one comes upon it without asking, and where one asked for it.
    let finds = async |who: &super::Person| {
        let mut found = Vec::new();
        for path in [
            "/api/v1/timelines/public",
            "/api/v1/timelines/tag/tomates",
            "/api/v1/trends/statuses",
            "/api/v1/directory",
            "/api/v2/search?q=hola",
            "/api/v2/search?q=ana",
            "/api/v1/timelines/home",
        ] {
            found.push(w.get(who, path).await.ok().to_string().contains("/@ana\""));
        }
        found
    };
    assert_eq!(finds(&w.caro).await, [true, true, true, true, true, true, false]);
    w.call(&jefa, "POST", &format!("{act}/action"), json!({ "type": "silence", "text": "gritos" })).await.ok();
    assert_eq!(finds(&w.caro).await, [false; 7]);
    assert_eq!(finds(&w.bea).await, [false, false, false, false, true, true, true], "who follows has asked");
    assert_eq!(w.get(&w.caro, &of(&hola, "")).await.status, 200, "whoever goes to look for it finds it");
    assert_eq!(w.get(&w.caro, &account).await.ok()["limited"], true);
    assert_eq!(w.get(&w.caro, &format!("/api/v1/accounts/{}", w.bea.id())).await.ok()["limited"], Value::Null);
    let shown = w.get(&jefa, &act).await.ok();
    assert_eq!((&shown["silenced"], &shown["sensitized"]), (&json!(true), &json!(false)));
    let listed = w.get(&jefa, "/api/v2/admin/accounts?status=silenced").await.ok();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");

    // Strangers are not told, and whom they want to follow is asked.
    w.say(&w.ana, "@bea @caro ¿venís?").await;
    let told = async |who| w.get(who, "/api/v1/notifications?types[]=mention").await.ok().as_array().map(Vec::len);
    assert_eq!((told(&w.caro).await, told(&w.bea).await), (Some(0), Some(1)));
    let asked = w.follow(&w.ana, w.caro.id()).await;
    assert_eq!((&asked["requested"], &asked["following"]), (&json!(true), &json!(false)));

    assert_eq!(w.post(&jefa, &format!("{act}/unsilence")).await.ok()["silenced"], false);
    assert_eq!(finds(&w.caro).await, [true, true, true, true, true, true, false]);
    assert_eq!(w.get(&w.caro, &account).await.ok()["limited"], Value::Null);
}

async fn pictures_of_whom_admins_veil_are_covered(w: World) {
    let jefa = w.admin().await;
    let jefa = super::administration::with_token(&w, jefa).await;
    let picture = w.bring(&w.ana).await;
    let body = json!({ "status": "un prado", "media_ids": [picture["id"]] });
    let shown = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    let words = w.say(&w.ana, "solo palabras").await;
    let covered = async |status: &Value| w.get(&w.caro, &of(status, "")).await.ok()["sensitive"].clone();
    assert_eq!(covered(&shown).await, false);
    let act = format!("/api/v1/admin/accounts/{}", w.ana.id());
    w.call(&jefa, "POST", &format!("{act}/action"), json!({ "type": "sensitive" })).await.ok();
    assert_eq!((covered(&shown).await, covered(&words).await), (json!(true), json!(false)));
    let listed = w.get(&w.caro, "/api/v1/timelines/public").await.ok();
    assert_eq!((&listed[1]["id"], &listed[1]["sensitive"]), (&shown["id"], &json!(true)));
    assert_eq!(w.get(&jefa, &act).await.ok()["sensitized"], true);
    for path in ["/api/v1/admin/accounts?sensitized=true", "/api/v2/admin/accounts?status=sensitized"] {
        let found = w.get(&jefa, path).await.ok();
        assert_eq!((found.as_array().map(Vec::len), &found[0]["username"]), (Some(1), &json!("ana")), "{path}");
    }
    assert_eq!(w.post(&jefa, &format!("{act}/unsensitive")).await.ok()["sensitized"], false);
    assert_eq!(covered(&shown).await, false, "what its author said of it holds again");

    // Nobody decides about themselves, and nobody but admins decides.
    let myself = format!("/api/v1/admin/accounts/{}/action", jefa.id());
    assert_eq!(w.call(&jefa, "POST", &myself, json!({ "type": "silence" })).await.status, 403);
}

async fn whoever_administers_warns_in_writing(w: World) {
    let jefa = w.admin().await;
    let jefa = super::administration::with_token(&w, jefa).await;
    let act = format!("/api/v1/admin/accounts/{}/action", w.ana.id());
    let told = async || w.get(&w.ana, "/api/v1/notifications?types[]=moderation_warning").await.ok();
    w.call(&jefa, "POST", &act, json!({ "type": "none" })).await.ok();
    assert_eq!(told().await, json!([]), "without a word it is nothing");
    w.call(&jefa, "POST", &act, json!({ "type": "none", "text": "no grites" })).await.ok();
    let warning = told().await[0]["moderation_warning"].clone();
    assert_eq!((&warning["action"], &warning["text"]), (&json!("none"), &json!("no grites")));
    let letter = w.get(&w.ana, "/api/v1/notifications?types[]=mention").await.ok();
    assert!(letter[0]["status"]["content"].as_str().unwrap().contains("no grites"), "{letter}");
    assert_eq!(w.call(&w.bea, "POST", &act, json!({ "type": "none", "text": "x" })).await.status, 403);
}

on_both! { whoever_administers_warns_in_writing who_is_silenced_is_heard_by_those_alone_who_ask_for_them pictures_of_whom_admins_veil_are_covered }
