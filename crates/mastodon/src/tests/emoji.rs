//! Custom emoji of the server: brought by admins, shown wherever somebody here names them.
use std::time::Duration;

use actix_web::web::Bytes;
use app::{
    Error, Me,
    emoji::{self, Wish},
    media,
};
use domain::{emoji::Emoji, id::MediaId};
use futures_util::stream;
use serde_json::{Value, json};

use super::{World, media::picture, of, on_both};

impl World {
    async fn picture_of(&self, who: Me) -> MediaId {
        let bytes = stream::iter([Ok(Bytes::from(picture()))]);
        let brought = media::bring(&self.app, who, media::About::default(), bytes).await.unwrap();
        media::finish(&self.app, brought, Duration::from_secs(20)).await.unwrap().id
    }

    async fn emoji(&self, admin: Me, name: &str, category: &str) -> Emoji {
        let picture = self.picture_of(admin).await;
        emoji::create(&self.app, admin, wish(name, category, true), picture).await.unwrap()
    }
}

fn wish(name: &str, category: &str, enabled: bool) -> Wish {
    Wish { shortcode: name.into(), category: category.into(), enabled }
}

fn names(emojis: &Value) -> Vec<&str> {
    emojis.as_array().unwrap().iter().map(|emoji| emoji["shortcode"].as_str().unwrap()).collect()
}

async fn emoji_of_ours_are_listed_and_shown_where_they_are_named(w: World) {
    let boss = w.admin().await;
    w.emoji(boss, ":tomate:", "Huerto").await;
    w.emoji(boss, "flor", "").await;
    let all = w.get_unknown("/api/v1/custom_emojis").await.ok();
    assert_eq!(names(&all).len(), 2);
    let tomato = all.as_array().unwrap().iter().find(|emoji| emoji["shortcode"] == "tomate").unwrap();
    let url = tomato["url"].as_str().unwrap();
    assert!(url.starts_with("https://plaza.example/media/files/") && url.rsplit('.').next() == Some("png"), "{url}");
    assert_eq!((&tomato["category"], &tomato["visible_in_picker"]), (&json!("Huerto"), &json!(true)));
    let wanted = media::Wanted::File(url.rsplit('/').next().unwrap().to_owned());
    assert!(media::find(&w.app, wanted, "", None).await.is_ok(), "everybody sees it");

    let body = json!({ "display_name": "Ana :flor:" });
    w.call(&w.ana, "PATCH", "/api/v1/accounts/update_credentials", body).await.ok();
    let poll = json!({ "options": ["sí :tomate:", "no"], "expires_in": 3600 });
    let body = json!({ "status": "Rojo :tomate: y :nada:, `:flor:`", "poll": poll });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    assert!(names(&status["emojis"]).contains(&"tomate") && !names(&status["emojis"]).contains(&"nada"));
    assert_eq!(status["emojis"][0]["url"], tomato["url"]);
    assert_eq!(names(&status["poll"]["emojis"]), ["tomate"]);
    assert_eq!(names(&status["account"]["emojis"]), ["flor"]);
    let account = w.get(&w.bea, &format!("/api/v1/accounts/{}", w.ana.id())).await.ok();
    assert_eq!(names(&account["emojis"]), ["flor"]);
    let history = w.get(&w.bea, &of(&status, "/history")).await.ok();
    assert!(names(&history[0]["emojis"]).contains(&"tomate"));
    let bare = w.say(&w.bea, "Sin nada a las 12:30:45").await;
    assert_eq!((&bare["emojis"], &bare["account"]["emojis"]), (&json!([]), &json!([])));
}

async fn what_is_hidden_renamed_or_thrown_away_is_a_word_again(w: World) {
    let boss = w.admin().await;
    let tomato = w.emoji(boss, "tomate", "").await;
    let status = w.say(&w.ana, "Rojo :tomate:").await;
    let shown = async || names(&w.get(&w.bea, &of(&status, "")).await.ok()["emojis"]).len();
    assert_eq!(shown().await, 1);
    emoji::change(&w.app, boss, tomato.id, wish("tomate", "", false)).await.unwrap();
    assert_eq!(shown().await, 0);
    assert_eq!(w.get_unknown("/api/v1/custom_emojis").await.ok(), json!([]));
    emoji::change(&w.app, boss, tomato.id, wish("tomatito", "", true)).await.unwrap();
    assert_eq!(shown().await, 0);
    emoji::change(&w.app, boss, tomato.id, wish("tomate", "", true)).await.unwrap();
    assert_eq!(shown().await, 1);
    emoji::remove(&w.app, boss, tomato.id).await.unwrap();
    assert_eq!(shown().await, 0);
    let wanted = media::Wanted::File(tomato.url.rsplit('/').next().unwrap().to_owned());
    assert!(media::find(&w.app, wanted, "", None).await.is_err(), "its picture is gone, too");
}

async fn only_admins_bring_emoji_and_names_are_free(w: World) {
    let boss = w.admin().await;
    let mine = w.picture_of(w.ana.me).await;
    let refused = emoji::create(&w.app, w.ana.me, wish("tomate", "", true), mine).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    assert!(matches!(emoji::list(&w.app, w.ana.me).await, Err(Error::Denied(_))));
    let tomato = w.emoji(boss, "tomate", "").await;
    assert!(emoji::change(&w.app, w.ana.me, tomato.id, wish("x_y", "", true)).await.is_err());
    assert!(emoji::remove(&w.app, w.ana.me, tomato.id).await.is_err());
    for (name, picture) in
        [("Tomate", None), ("x", None), ("a b", None), ("año", None), ("", None), ("otro", Some(mine))]
    {
        let picture = match picture {
            Some(picture) => picture,
            None => w.picture_of(boss).await,
        };
        assert!(emoji::create(&w.app, boss, wish(name, "", true), picture).await.is_err(), "{name}");
    }
    assert_eq!(emoji::list(&w.app, boss).await.unwrap(), [tomato]);
}

async fn announcements_name_emoji_and_are_answered_with_them(w: World) {
    let boss = w.admin().await;
    let tomato = w.emoji(boss, "tomate", "").await;
    let made = app::announcements::create(&w.app, Some(boss), "Cosecha :tomate:".into(), None).await.unwrap();
    let path = |name: &str| format!("/api/v1/announcements/{}/reactions/{name}", made.id);
    w.call(&w.bea, "PUT", &path("tomate"), Value::Null).await.ok();
    assert_eq!(w.call(&w.bea, "PUT", &path("nada"), Value::Null).await.status, 422);
    let seen = w.get(&w.bea, "/api/v1/announcements").await.ok()[0].clone();
    assert_eq!(names(&seen["emojis"]), ["tomate"]);
    let (reaction, url) = (&seen["reactions"][0], &seen["emojis"][0]["url"]);
    assert_eq!((&reaction["name"], &reaction["count"], &reaction["url"]), (&json!("tomate"), &json!(1), url));
    emoji::change(&w.app, boss, tomato.id, wish("tomate", "", false)).await.unwrap();
    assert_eq!(w.call(&w.caro, "PUT", &path("tomate"), Value::Null).await.status, 422, "it is hidden");
    w.call(&w.bea, "DELETE", &path("tomate"), Value::Null).await.ok();
    assert_eq!(w.get(&w.bea, "/api/v1/announcements").await.ok()[0]["reactions"], json!([]));
}

on_both! {
    emoji_of_ours_are_listed_and_shown_where_they_are_named what_is_hidden_renamed_or_thrown_away_is_a_word_again
    only_admins_bring_emoji_and_names_are_free announcements_name_emoji_and_are_answered_with_them
}
