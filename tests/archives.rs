//! What people and communities take along in one archive: every file and what it is, and nothing that is for others.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::time::Duration;

use app::{
    Me,
    bylaws::{self, Entry},
    moderation::{self, Measure},
};
use domain::{bylaw::Citation, id::PostId, statement::Grounds};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::media::{PIXEL, bring};
use crate::network::{Answer, Network, Person, Server, Visitor, id, on_both};

/// What is in an archive, by name, each file with the year that it is of.
type Files = BTreeMap<String, (Vec<u8>, u16)>;

fn open(answer: &Answer) -> Files {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut zip = ZipArchive::new(Cursor::new(answer.body.clone())).expect("an archive");
    let mut files = Files::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).expect("a file");
        let year = file.last_modified().map_or(0, |at| at.year());
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes");
        files.insert(file.name().expect("a name").into_owned(), (bytes, year));
    }
    files
}

fn text(files: &Files, name: &str) -> String {
    let (bytes, _) = files.get(name).unwrap_or_else(|| panic!("no {name} among {:?}", files.keys()));
    String::from_utf8(bytes.clone()).expect("text")
}

fn pictures(files: &Files) -> Vec<&str> {
    files.keys().map(String::as_str).filter(|name| name.starts_with("media/")).collect()
}

/// Whether what stands first says of each file what it is, and all say when they were made.
fn is_explained(files: &Files) {
    let readme = text(files, "README.txt");
    for name in files.keys().filter(|name| *name != "README.txt") {
        let name = if name.starts_with("media/") { "media/" } else { name };
        assert!(readme.contains(&format!("\n{name}\n    ")), "{name}: {readme}");
    }
    assert!(files.values().all(|(_, year)| *year > 2000));
}

async fn show(who: &Person, text: &str, more: Value) -> Value {
    let media = bring(who, PIXEL, "Red.").await;
    let mut body = json!({ "status": text, "media_ids": [media["id"]] });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    who.api("POST", "/api/v1/statuses", &body).await
}

async fn browser(server: &Server, name: &str) -> Visitor {
    let mut browser = Visitor::new(server);
    browser.sign_in(name, "correct horse", "/").await;
    browser
}

/// The file that an archive has of what a status shows.
fn shelved(status: &Value) -> String {
    let url = status["media_attachments"][0]["url"].as_str().expect("a picture");
    let path = url.split('?').next().unwrap();
    format!("media/{}", path.rsplit('/').next().unwrap())
}

async fn people_take_along_what_they_brought_and_nobody_elses() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let shown = show(&ana, "Look.", json!({})).await;
    let private = show(&ana, "@bea Between us", json!({ "visibility": "direct" })).await;
    let gone = show(&ana, "Oh.", json!({})).await;
    ana.call("DELETE", &format!("/api/v1/statuses/{}", id(&gone)), &json!({})).await;
    show(&bea, "@ana Hers", json!({ "visibility": "direct" })).await;
    let mut hers = browser(&alpha, "ana").await;
    let icon = [("whose", &*ana.actor.id.to_string()), ("what", "icon")].map(|(name, value)| (name, value.to_owned()));
    let icon: Vec<(&str, &str)> = icon.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(hers.bring("/settings/profile", "/picture", &icon, PIXEL).await.status, 303);

    let files = open(&hers.get("/settings/data/all.zip").await);
    is_explained(&files);
    let found = pictures(&files);
    assert_eq!(found.len(), 3, "two of posts, one of her own: {found:?}");
    let posts: Value = serde_json::from_str(&text(&files, "posts.json")).unwrap();
    for status in [&shown, &private] {
        let file = shelved(status);
        let post = posts.as_array().unwrap().iter().find(|post| post["id"] == status["uri"]).expect("a post");
        assert_eq!((&post["media"][0]["file"], &post["author"]), (&json!(file), &json!(ana.uri())));
        let (bytes, _) = &files[&file];
        assert!(bytes.starts_with(b"\x89PNG"), "{file}");
    }
    assert!(!found.contains(&&*shelved(&gone)));
    let alone: Value = serde_json::from_str(&hers.get("/settings/data/posts.json").await.text()).unwrap();
    assert!(alone.as_array().unwrap().iter().all(|post| post["media"][0]["file"].is_null()), "{alone}");
    let table = text(&files, "posts.csv");
    assert_eq!(table.lines().filter(|line| line.contains("ana@alpha.test")).count(), 2, "{table}");
    assert_eq!(Visitor::new(&alpha).get("/settings/data/all.zip").await.status, 303);
}

async fn a_community_takes_along_what_it_shows_and_who_follows_it() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, ben) = (alpha.person("ana").await, alpha.person("bea").await, beta.person("ben").await);
    let (club, me) = (alpha.group("club", &ana).await, Me(ana.actor.id));
    ben.follow(&club.handle()).await;
    net.settle().await;
    let rule = Entry { key: None, title: "No ads".into(), text: String::new(), others: Vec::new() };
    bylaws::change(alpha.app(), me, club.actor.id, 0, vec![rule]).await.expect("rules");
    let shown = show(&bea, &format!("{} Look.", club.handle()), json!({})).await;
    let taken = show(&bea, &format!("{} Buy this", club.handle()), json!({})).await;
    show(&ana, "Not there", json!({})).await;
    let reply = ben.reply(&ben.find_post(shown["uri"].as_str().unwrap()).await, "Nice").await;
    let poll = json!({ "options": ["Saturday", "Sunday"], "expires_in": 3600 });
    let asked = json!({ "status": format!("{} When?", club.handle()), "poll": poll });
    let poll = ana.api("POST", "/api/v1/statuses", &asked).await;
    let hidden = json!({ "options": ["Tea", "Coffee"], "expires_in": 3600, "hide_totals": true });
    let asked = json!({ "status": format!("{} What?", club.handle()), "poll": hidden });
    let hidden = ana.api("POST", "/api/v1/statuses", &asked).await;
    for asked in [&poll, &hidden] {
        let path = format!("/api/v1/polls/{}/votes", id(&asked["poll"]));
        bea.api("POST", &path, &json!({ "choices": [1] })).await;
    }
    net.settle().await;
    let grounds =
        Grounds { reason: "It is one".into(), bylaw: Some(Citation { version: 1, number: 1 }), ..Grounds::default() };
    let post = PostId(id(&taken).parse().unwrap());
    moderation::take(alpha.app(), me, post, Measure::Remove, grounds).await.expect("taken out");
    net.settle().await;

    let path = format!("/manage/archive?group={}", club.actor.id);
    let mut anas = browser(&alpha, "ana").await;
    let icon = [("whose", club.actor.id.to_string()), ("what", "icon".to_owned())];
    let icon: Vec<(&str, &str)> = icon.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let manage = format!("/manage?group={}", club.actor.id);
    assert_eq!(anas.bring(&manage, "/picture", &icon, PIXEL).await.status, 303);
    let files = open(&anas.get(&path).await);
    is_explained(&files);
    let community: Value = serde_json::from_str(&text(&files, "community.json")).unwrap();
    let mut expected = vec![community["picture"].as_str().expect("a picture").to_owned(), shelved(&shown)];
    expected.sort_unstable();
    assert_eq!(pictures(&files), expected, "its own, and what stands in its conversations");
    assert!(text(&files, "followers.csv").contains("ben@beta.test"));
    let log = text(&files, "log.csv");
    let line = log.lines().find(|line| line.contains("It is one")).expect("a decision");
    assert!(line.contains("No ads") && line.contains("ana@alpha.test"), "{line}");
    let posts: Value = serde_json::from_str(&text(&files, "posts.json")).unwrap();
    let file = |status: &Value| {
        let post = posts.as_array().unwrap().iter().find(|post| post["id"] == status["uri"]).expect("a post");
        post["media"][0]["file"].clone()
    };
    assert_eq!(file(&shown), json!(shelved(&shown)));
    assert_eq!(file(&taken), Value::Null, "what is not there is not named");
    let kept =
        |status: &Value| posts.as_array().unwrap().iter().find(|post| post["id"] == status["uri"]).expect("a post");
    assert_eq!(kept(&reply)["in_reply_to"], shown["uri"], "conversations can be put together again");
    let options = &kept(&poll)["poll"]["options"];
    assert_eq!(*options, json!([{ "title": "Saturday", "votes": 0 }, { "title": "Sunday", "votes": 1 }]));
    let options = &kept(&hidden)["poll"]["options"];
    assert_eq!(*options, json!([{ "title": "Tea", "votes": null }, { "title": "Coffee", "votes": null }]));
    let posts = text(&files, "posts.csv");
    for said in ["bea@alpha.test", "ben@beta.test", "Saturday: 0; Sunday: 1", "Tea; Coffee"] {
        assert!(posts.contains(said), "{said}: {posts}");
    }
    assert_ne!(browser(&alpha, "bea").await.get(&path).await.status, 200, "it is for those who lead");

    net.pass_time(Duration::from_hours(1)).await;
    let posts = text(&open(&browser(&alpha, "ana").await.get(&path).await), "posts.csv");
    assert!(posts.contains("Tea: 0; Coffee: 1"), "it is over: {posts}");
}

on_both! {
    people_take_along_what_they_brought_and_nobody_elses,
    a_community_takes_along_what_it_shows_and_who_follows_it,
}
