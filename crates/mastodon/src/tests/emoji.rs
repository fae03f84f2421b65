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

async fn people_like_with_one_sign_each(w: World) {
    let boss = w.admin().await;
    w.emoji(boss, "tomate", "").await;
    let post = w.say(&w.ana, "Cosecha").await;
    let number = post["id"].as_str().unwrap();
    let react = async |who, method: &str, path: &str| w.call(who, method, path, Value::Null).await;
    let pleroma = |sign: &str| format!("/api/v1/pleroma/statuses/{number}/reactions/{sign}");
    let seen = async |who| {
        let status = w.get(who, &of(&post, "")).await.ok();
        assert_eq!(status["emoji_reactions"], status["reactions"]);
        assert_eq!(status["pleroma"]["emoji_reactions"], status["reactions"]);
        let signs = status["reactions"].as_array().unwrap().iter();
        let signs = signs.map(|one| json!([one["name"], one["count"], one["me"]])).collect::<Vec<_>>();
        (json!(signs), status["favourites_count"].as_i64().unwrap())
    };
    assert_eq!(seen(&w.bea).await, (json!([]), 0));
    let answer = react(&w.bea, "PUT", &pleroma("%F0%9F%8D%85")).await.ok();
    assert_eq!((&answer["id"], &answer["reactions"][0]["name"]), (&post["id"], &json!("🍅")));
    assert_eq!(answer["favourited"], true, "it is a like as well");
    react(&w.caro, "POST", &of(&post, "/react/tomate")).await.ok();
    react(&w.ana, "PUT", &of(&post, "/emoji_reactions/%F0%9F%8D%85")).await.ok();
    assert_eq!(seen(&w.bea).await, (json!([["🍅", 2, true], ["tomate", 1, false]]), 3));
    assert_eq!(seen(&w.caro).await, (json!([["🍅", 2, false], ["tomate", 1, true]]), 3));
    let shown = w.get_unknown(&of(&post, "")).await.ok()["reactions"].clone();
    assert!(
        shown[0].get("url").is_none() && shown[1]["url"].is_string() && shown[1]["static_url"].is_string(),
        "{shown}"
    );
    let list = w.get(&w.caro, &format!("/api/v1/pleroma/statuses/{number}/reactions")).await.ok();
    assert_eq!((&list[1]["name"], &list[1]["me"]), (&json!("tomate"), &json!(true)));
    assert_eq!(list[1]["accounts"][0]["acct"], "caro");
    let told = w.get(&w.ana, "/api/v1/notifications").await.ok();
    assert_eq!([&told[0]["emoji"], &told[1]["emoji"]], [":tomate:", "🍅"]);

    // Another takes its place, the same again and one that was not given change nothing.
    react(&w.bea, "POST", &of(&post, "/react/:tomate:")).await.ok();
    react(&w.bea, "POST", &of(&post, "/react/tomate")).await.ok();
    react(&w.bea, "POST", &of(&post, "/unreact/%F0%9F%8D%85")).await.ok();
    w.post(&w.bea, &of(&post, "/favourite")).await.ok();
    assert_eq!(seen(&w.bea).await, (json!([["tomate", 2, true], ["🍅", 1, false]]), 3));
    react(&w.bea, "POST", &of(&post, "/unreact/tomate")).await.ok();
    assert_eq!(react(&w.caro, "DELETE", &pleroma("tomate")).await.ok()["favourited"], false);
    assert_eq!(seen(&w.caro).await, (json!([["🍅", 1, false]]), 1));
    w.post(&w.ana, &of(&post, "/unfavourite")).await.ok();
    assert_eq!(seen(&w.caro).await, (json!([]), 0));

    for (path, status) in [
        (of(&post, "/react/nada"), 422),
        (of(&post, "/react/hola%20a%20todos"), 422),
        ("/api/v1/statuses/x/react/tomate".into(), 404),
        ("/api/v1/statuses/4/react/tomate".into(), 404),
    ] {
        assert_eq!(react(&w.bea, "POST", &path).await.status, status, "{path}");
    }
}

on_both! {
    people_like_with_one_sign_each
    emoji_of_ours_are_listed_and_shown_where_they_are_named what_is_hidden_renamed_or_thrown_away_is_a_word_again
    only_admins_bring_emoji_and_names_are_free announcements_name_emoji_and_are_answered_with_them
}
