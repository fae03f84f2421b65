//! Custom emoji between servers: ours as others get them, theirs as people here see them.

use app::people::{self, NewPerson};
use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, Server, Software, Visitor, field, on_both};

/// One red pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// Brings an emoji by the page that admins have for it.
async fn bring(server: &Server, name: &str) -> Visitor {
    let boss = NewPerson {
        name: "jefa".into(),
        email: "jefa@alpha.test".into(),
        password: "correct horse".into(),
        admin: true,
        language: "en".into(),
    };
    people::create(server.app(), boss).await.expect("an admin");
    let mut visitor = Visitor::new(server);
    visitor.sign_in("jefa", "correct horse", "/").await;
    let fields = [("shortcode", name), ("category", "Fruit")];
    let answer = visitor.bring("/admin/emoji", "/admin/emoji", &fields, PIXEL).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    visitor
}

async fn emoji_of_ours_reach_others() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    let mut boss = bring(&alpha, "tomate").await;
    ana.api("PATCH", "/api/v1/accounts/update_credentials", &json!({ "display_name": "Ana :tomate:" })).await;
    ben.follow(&ana.handle()).await;
    net.settle().await;
    let status = ana.post("Red :tomate: and :nothing:").await;
    net.settle().await;

    let document = alpha.document(status["uri"].as_str().unwrap()).await;
    let tag = document["tag"].as_array().unwrap().iter().find(|tag| tag["type"] == "Emoji").expect("an emoji").clone();
    assert_eq!((&tag["name"], &tag["icon"]["type"]), (&json!(":tomate:"), &json!("Image")));
    let alone = alpha.document(tag["id"].as_str().unwrap()).await;
    assert_eq!((&alone["name"], &alone["id"], &alone["icon"]), (&tag["name"], &tag["id"], &tag["icon"]));
    let actor = alpha.document(ana.uri()).await;
    assert_eq!(actor["tag"][0]["name"], ":tomate:");

    let there = ben.home().await[0].clone();
    let (emoji, of_author) = (&there["emojis"][0], &there["account"]["emojis"][0]);
    assert_eq!((&emoji["shortcode"], &of_author["shortcode"]), (&json!("tomate"), &json!("tomate")));
    assert_eq!((&emoji["visible_in_picker"], there["emojis"].as_array().unwrap().len()), (&json!(false), 1));
    let url = emoji["url"].as_str().unwrap();
    assert!(url.starts_with("http://beta.test/media/emoji/"), "{url}");
    let (shown, original) = (beta.get(url, "image/*").await, tag["icon"]["url"].as_str().unwrap());
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/png")));
    assert_eq!(shown.body, alpha.get(original, "image/*").await.body);
    assert_eq!(beta.get(&format!("{url}0"), "image/*").await.status, 404, "no other address is handed on");
    assert_eq!(ben.read("/api/v1/custom_emojis").await, json!([]), "they are not theirs to use");

    // Pages show them, too.
    let page = alpha.get(status["url"].as_str().unwrap(), "text/html").await.text();
    assert!(page.contains("alt=\":tomate:\"") && page.contains(":nothing:"), "{page}");
    let page = boss.get("/admin/emoji").await.text();
    let (number, token) = (field(&page, "emoji"), field(&page, "form_token"));
    let gone =
        boss.submit("/admin/emoji/change", &[("form_token", &token), ("emoji", &number), ("deed", "delete")]).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    assert_eq!(ana.status(&status).await["emojis"], json!([]));
    assert_eq!(alpha.get(tag["id"].as_str().unwrap(), ACTIVITY).await.status, 404);
    net.settle().await;
}

async fn emoji_of_others_are_shown_and_nothing_they_hide() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let bea = masto.person("bea");
    let picture = |name: &str, file: &str| {
        json!({ "type": "Emoji", "id": masto.url(&format!("/emojis/{file}")), "name": name,
            "icon": { "type": "Image", "mediaType": "image/png", "url": masto.url(&format!("/{file}.png")) } })
    };
    let mut document = bea.document();
    document["name"] = json!("Bea :blob:");
    document["tag"] = json!([picture(":blob:", "blob")]);
    masto.serve(&document);
    let mut toot = bea.toot("Hi :blob: :x\"onerror=alert(1): :cat:", &[(ana.uri(), "@ana")], None);
    let tags = toot["object"]["tag"].as_array_mut().unwrap();
    tags.extend([picture(":cat:", "cat"), picture(":x\"onerror=alert(1):", "x"), picture(":blob:", "blob")]);
    bea.send(&alpha, &toot).await;
    net.settle().await;

    let names = |emojis: &Value| -> Vec<String> {
        emojis.as_array().unwrap().iter().map(|emoji| emoji["shortcode"].as_str().unwrap().to_owned()).collect()
    };
    let seen = async || ana.read("/api/v1/notifications").await[0]["status"].clone();
    let status = seen().await;
    assert_eq!(names(&status["emojis"]), ["blob", "cat"]);
    assert_eq!(names(&status["account"]["emojis"]), ["blob"]);
    let cat = status["emojis"][1]["url"].clone();
    // The name of another server's emoji is a word in what people here write.
    assert_eq!(ana.post("My :cat:").await["emojis"], json!([]));

    // The last picture of a name counts.
    let mut again = bea.toot("Again :cat:", &[(ana.uri(), "@ana")], None);
    again["object"]["tag"].as_array_mut().unwrap().push(picture(":cat:", "tiger"));
    bea.send(&alpha, &again).await;
    net.settle().await;
    let shown = ana.status(&status).await["emojis"][1]["url"].clone();
    assert_ne!(shown, cat);
    assert_eq!(alpha.get(cat.as_str().unwrap(), "image/*").await.status, 404, "nobody can ask for other addresses");
}

async fn with_which_emoji_somebody_likes_a_post_is_shown() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let post = ana.post("Tomates").await;
    let akkoma = net.peer("akkoma.test", Software::Mastodon);
    let (bea, caro, dan) = (akkoma.person("bea"), akkoma.person("caro"), akkoma.person("dan"));
    let icon = json!({ "type": "Image", "url": akkoma.url("/cat.png") });
    let cat = json!({ "type": "Emoji", "name": ":blobcat:", "icon": icon });
    for (who, kind, content) in [
        (&bea, "EmojiReact", "🎉"),
        (&caro, "EmojiReact", ":blobcat:"),
        (&dan, "Like", ":blobcat:"),
        (&bea, "Like", "<b>"),
    ] {
        let mut said = who.activity(kind, &post["uri"]);
        said["content"] = json!(content);
        said["tag"] = json!([cat]);
        who.send(&alpha, &said).await;
        net.settle().await;
        if content == "🎉" {
            let mut visitor = Visitor::new(&alpha);
            visitor.sign_in("ana", "correct horse", "/").await;
            assert!(visitor.get("/notices").await.text().contains("answers 🎉 to what you wrote"));
        }
    }
    let path = format!("/api/v1/pleroma/statuses/{}/reactions", post["id"].as_str().unwrap());
    let shown = ana.read(&path).await;
    let counts: Vec<_> =
        shown.as_array().unwrap().iter().map(|one| (&one["name"], &one["count"], &one["me"])).collect();
    let (count, me) = ([json!(2), json!(1)], json!(false));
    assert_eq!(counts, [(&json!("blobcat@akkoma.test"), &count[0], &me), (&json!("🎉"), &count[1], &me)]);
    let url = shown[0]["url"].as_str().expect("a picture");
    assert!(url.starts_with("http://alpha.test/media/emoji/") && shown[1].get("url").is_none(), "{shown}");
    assert_eq!(shown[1]["accounts"][0]["acct"], "bea@akkoma.test");
    assert_eq!(ana.status(&post).await["favourites_count"], 3, "each is a vote as well");
    let told = ana.read("/api/v1/notifications?types[]=favourite").await;
    let signs: Vec<_> = told.as_array().unwrap().iter().map(|told| told["emoji"].clone()).collect();
    assert_eq!(signs, [":blobcat:", ":blobcat:", "🎉"]);

    // Whom she blocks she hears nothing of, and what is taken back is gone.
    ana.api("POST", &format!("/api/v1/accounts/{}/block", shown[1]["accounts"][0]["id"].as_str().unwrap()), &json!({}))
        .await;
    let mut react = dan.activity("Like", &post["uri"]);
    react["id"] = json!(akkoma.url("/activities/like"));
    dan.send(&alpha, &dan.activity("Undo", &react)).await;
    net.settle().await;
    let left = ana.read(&path).await;
    let left = left.as_array().unwrap().iter();
    let left: Vec<_> =
        left.map(|one| (&one["name"], &one["count"], one["accounts"].as_array().unwrap().len())).collect();
    let cat = json!("blobcat@akkoma.test");
    assert_eq!(left, [(&cat, &count[1], 1), (&json!("🎉"), &count[1], 0)], "counted as in the status, and not named");
}

async fn people_here_choose_an_emoji_and_others_hear_it() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, ben) = (alpha.person("ana").await, beta.person("ben").await);
    bring(&alpha, "tomate").await;
    ana.follow(&ben.handle()).await;
    net.settle().await;
    let post = ben.post("Harvest").await;
    net.settle().await;
    let number = ana.home().await[0]["id"].as_str().unwrap().to_owned();
    let heard = async |deed: &str, sign: &str| {
        let path = format!("/api/v1/statuses/{number}/{deed}/{sign}");
        let said = ana.act(&path).await["reactions"].clone();
        net.settle().await;
        let there = ben.status(&post).await;
        (said, there["reactions"].clone(), there["favourites_count"].as_i64().unwrap())
    };
    let (said, there, likes) = heard("react", "tomate").await;
    assert_eq!((&said[0]["name"], &said[0]["me"]), (&json!("tomate"), &json!(true)));
    assert_eq!((&there[0]["name"], &there[0]["me"], likes), (&json!("tomate@alpha.test"), &json!(false), 1));
    let url = there[0]["url"].as_str().unwrap();
    assert!(url.starts_with("http://beta.test/media/emoji/"), "{url}");
    let told = ben.read("/api/v1/notifications?types[]=favourite").await;
    assert_eq!(told[0]["emoji"], ":tomate:");
    let (said, there, likes) = heard("react", "%F0%9F%8D%85").await;
    assert_eq!((said[0]["name"].as_str(), there[0]["name"].as_str(), likes), (Some("🍅"), Some("🍅"), 1));
    assert!(there.get(1).is_none(), "one for each person: {there}");
    assert_eq!(heard("unreact", "%F0%9F%8D%85").await, (json!([]), json!([]), 0));

    // As it is said: a like to those who know no more, with the emoji in both places where others look.
    let misskey = net.peer("misskey.test", Software::Mastodon);
    let mika = misskey.person("mika");
    mika.send(&alpha, &mika.toot("@ana Harvest", &[(ana.uri(), "@ana")], None)).await;
    net.settle().await;
    let theirs = ana.read("/api/v1/notifications?types[]=mention").await[0]["status"]["id"].clone();
    let path = format!("/api/v1/pleroma/statuses/{}/reactions/tomate", theirs.as_str().unwrap());
    ana.api("PUT", &path, &Value::Null).await;
    net.settle().await;
    let like = misskey.only("Like").activity;
    assert_eq!((&like["content"], &like["_misskey_reaction"]), (&json!(":tomate:"), &json!(":tomate:")));
    assert_eq!((&like["tag"][0]["type"], &like["tag"][0]["name"]), (&json!("Emoji"), &json!(":tomate:")));
    ana.api("DELETE", &path, &Value::Null).await;
    net.settle().await;
    assert_eq!(misskey.only("Undo{Like}").activity["object"]["id"], like["id"]);
}

on_both![
    people_here_choose_an_emoji_and_others_hear_it,
    emoji_of_ours_reach_others,
    emoji_of_others_are_shown_and_nothing_they_hide,
    with_which_emoji_somebody_likes_a_post_is_shown,
];
