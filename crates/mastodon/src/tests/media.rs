//! Pictures: brought in a form, described, shown with posts, changed with them, and nobody else's.
use std::io::Cursor;

use actix_web::test::TestRequest;
use app::media::{Wanted, find};
use domain::{
    group::{Joining, Visibility},
    time::span,
};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::{Answer, Person, World, of, on_both};

/// A picture of 64 by 32 pixels.
pub(super) fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture =
        RgbImage::from_fn(64, 32, |x, y| Rgb([u8::try_from(x * 4).unwrap(), u8::try_from(y * 8).unwrap(), 9]));
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// A form with texts and one file.
pub(super) fn form(texts: &[(&str, &str)], name: &str, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    // What its sender says of a file counts for nothing.
    let head =
        format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"x.html\"\r\nContent-Type: text/html");
    body.extend_from_slice(format!("--x\r\n{head}\r\n\r\n").as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    body
}

impl World {
    pub(super) async fn send_form(&self, who: &Person, method: &str, path: &str, body: Vec<u8>) -> Answer {
        let request = TestRequest::default().method(method.parse().unwrap()).uri(path);
        let request = request
            .insert_header(("authorization", format!("Bearer {}", who.token)))
            .insert_header(("content-type", "multipart/form-data; boundary=x"))
            .set_payload(body);
        self.send(request).await
    }

    pub(super) async fn bring(&self, who: &Person) -> Value {
        let texts = [("description", "un prado"), ("focus", "-0.5,1")];
        self.send_form(who, "POST", "/api/v2/media", form(&texts, "file", &picture())).await.ok()
    }

    /// Whether an address shows something now.
    async fn shows(&self, url: &Value) -> bool {
        let path = url.as_str().unwrap().strip_prefix("https://plaza.example").unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let name = path.rsplit('/').next().unwrap().to_owned();
        let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        let lent = value("until").map(|until| until.parse().unwrap()).zip(value("proof"));
        find(&self.app, Wanted::File(name), path, lent).await.is_ok()
    }
}

async fn a_picture_is_brought_and_shown_with_a_post(w: World) {
    let media = w.bring(&w.ana).await;
    assert_eq!((&media["type"], &media["description"]), (&json!("image"), &json!("un prado")));
    assert_eq!(media["meta"]["original"]["size"], "64x32");
    assert_eq!(media["meta"]["focus"], json!({ "x": -0.5, "y": 1.0 }));
    assert!(media["blurhash"].as_str().unwrap().len() > 20);
    assert!(media["remote_url"].is_null());
    assert!(w.shows(&media["url"]).await && w.shows(&media["preview_url"]).await, "its owner sees it: {media}");
    let path = media["url"].as_str().unwrap().split('?').next().unwrap().to_owned();
    assert!(!w.shows(&json!(path)).await, "nobody else does yet");
    let seen = w.get(&w.ana, &format!("/api/v1/media/{}", media["id"].as_str().unwrap())).await.ok();
    assert_eq!(seen["blurhash"], media["blurhash"]);

    let body = json!({ "status": "", "media_ids": [media["id"]] });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    let shown = &status["media_attachments"][0];
    assert_eq!((&shown["id"], &shown["description"]), (&media["id"], &media["description"]));
    assert_eq!(shown["url"], json!(path), "everybody sees it now");
    assert!(w.shows(&shown["url"]).await && w.shows(&shown["preview_url"]).await);

    let edit = json!({ "status": "hola", "media_attributes": [{ "id": media["id"], "description": "un campo" }] });
    let changed = w.call(&w.ana, "PUT", &of(&status, ""), edit).await.ok();
    assert_eq!(changed["media_attachments"][0]["description"], "un campo");
    assert_eq!(changed["media_attachments"][0]["url"], shown["url"]);

    let bare = w.call(&w.ana, "PUT", &of(&status, ""), json!({ "status": "hola", "media_ids": [] })).await.ok();
    assert_eq!(bare["media_attachments"], json!([]));
    assert!(!w.shows(&shown["url"]).await, "what a post has no more, nobody sees");
    let again = json!({ "status": "otra vez", "media_ids": [media["id"]] });
    let again = w.call(&w.ana, "POST", "/api/v1/statuses", again).await.ok();
    w.call(&w.ana, "DELETE", &of(&again, ""), Value::Null).await.ok();
    assert!(!w.shows(&shown["url"]).await, "nor what was deleted");
}

async fn only_its_owner_uses_it_and_once(w: World) {
    let media = w.bring(&w.ana).await;
    let one = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
    for (method, path) in [("GET", &one), ("PUT", &one), ("DELETE", &one)] {
        assert_eq!(w.call(&w.bea, method, path, Value::Null).await.status, 404, "{method}");
    }
    let body = json!({ "status": "x", "media_ids": [media["id"]] });
    assert_eq!(w.call(&w.bea, "POST", "/api/v1/statuses", body.clone()).await.status, 422, "somebody else's");
    let changed = w.call(&w.ana, "PUT", &one, json!({ "description": "otro", "focus": "0,0" })).await.ok();
    assert_eq!((&changed["description"], &changed["meta"]["focus"]["x"]), (&json!("otro"), &json!(0.0)));
    w.call(&w.ana, "POST", "/api/v1/statuses", body.clone()).await.ok();
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", body).await.status, 422, "it stands in another post");
    assert_eq!(w.call(&w.ana, "DELETE", &one, Value::Null).await.status, 422, "it stands in a post");

    // What may not be changed says nothing else of what it shows.
    let theirs = w.call(&w.bea, "POST", "/api/v1/statuses", json!({ "status": "hers" })).await.ok();
    let described = json!([{ "id": media["id"], "description": "de otra" }]);
    let edit = json!({ "status": "mine", "media_attributes": described });
    assert_eq!(w.call(&w.ana, "PUT", &of(&theirs, ""), edit).await.status, 403);
    assert_eq!(w.get(&w.ana, &one).await.ok()["description"], "otro");

    let other = w.bring(&w.ana).await;
    let one = format!("/api/v1/media/{}", other["id"].as_str().unwrap());
    w.call(&w.ana, "DELETE", &one, Value::Null).await.ok();
    let body = json!({ "status": "x", "media_ids": [other["id"]] });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", body).await.status, 422, "it was thrown away");
    assert!(!w.shows(&other["url"]).await);
    let five = json!({ "status": "x", "media_ids": ["1", "2", "3", "4", "5"] });
    assert_eq!(w.call(&w.ana, "POST", "/api/v1/statuses", five).await.status, 422, "too many");
}

async fn what_is_no_medium_is_refused(w: World) {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>";
    for (body, why) in [
        (form(&[], "file", svg), "it can run scripts"),
        (form(&[], "file", b""), "nothing"),
        (form(&[], "file", b"\x89PNG\r\n\x1a\nnothing else"), "a picture that cannot be read"),
        (form(&[("focus", "left")], "file", &picture()), "a focus that is none"),
        (form(&[("description", &"x".repeat(1_501))], "file", &picture()), "too many words"),
        (form(&[], "picture", &picture()), "no file"),
        (b"--x".to_vec(), "broken"),
    ] {
        let answer = w.send_form(&w.ana, "POST", "/api/v1/media", body).await;
        assert_eq!(answer.status, 422, "{why}: {}", answer.body);
    }
    let sound = w.send_form(&w.ana, "POST", "/api/v2/media", form(&[], "file", b"OggS\0\x02 and so on")).await.ok();
    assert_eq!((&sound["type"], &sound["preview_url"]), (&json!("audio"), &Value::Null));
    let covered = form(&[], "thumbnail", &picture());
    let covered =
        w.send_form(&w.ana, "PUT", &format!("/api/v1/media/{}", sound["id"].as_str().unwrap()), covered).await;
    assert!(w.shows(&covered.ok()["preview_url"]).await, "a sound may have a cover");
}

async fn a_film_says_how_large_it_is_and_how_long_it_lasts(w: World) {
    let made = |name: &[u8], within: &[u8]| {
        let size = u32::try_from(8 + within.len()).unwrap();
        [&size.to_be_bytes()[..], name, within].concat()
    };
    let long = [&[0; 12][..], &600_u32.to_be_bytes(), &1_500_u32.to_be_bytes()].concat();
    let large = [&[0; 76][..], &(640_u32 << 16).to_be_bytes(), &(360_u32 << 16).to_be_bytes()].concat();
    let moov = [made(b"mvhd", &long), made(b"trak", &made(b"tkhd", &large))].concat();
    let film = [made(b"ftyp", b"isom\0\0\0\0"), made(b"mdat", &[7; 100]), made(b"moov", &moov)].concat();
    let brought = w.send_form(&w.ana, "POST", "/api/v2/media", form(&[], "file", &film)).await.ok();
    let original = json!({ "width": 640, "height": 360, "size": "640x360", "aspect": 640.0 / 360.0, "duration": 2.5 });
    assert_eq!((&brought["meta"]["original"], &brought["preview_url"]), (&original, &Value::Null));
    let body = json!({ "status": "mirad", "media_ids": [brought["id"]] });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    assert_eq!(status["media_attachments"][0]["meta"]["original"], original);
}

async fn what_is_for_members_is_lent_to_them(w: World) {
    w.group("privado", Visibility::Private, Joining::Invite).await;
    let media = w.bring(&w.ana).await;
    let body = json!({ "status": "hola @privado", "media_ids": [media["id"]] });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    assert_eq!(status["visibility"], "private");
    let url = &status["media_attachments"][0]["url"];
    assert!(w.shows(url).await);
    let (path, query) = url.as_str().unwrap().split_once('?').unwrap();
    assert!(!w.shows(&json!(path)).await, "not without a proof");
    let forged = query.replace("proof=", "proof=0");
    assert!(!w.shows(&json!(format!("{path}?{forged}"))).await, "not with another one");
    let later = query.replace("until=", "until=9");
    assert!(!w.shows(&json!(format!("{path}?{later}"))).await, "not for longer");
    w.clock.advance(span::days(1));
    assert!(!w.shows(url).await, "not for ever");
    let again = w.get(&w.ana, &of(&status, "")).await.ok();
    assert!(w.shows(&again["media_attachments"][0]["url"]).await, "whoever reads it again sees it again");
}

async fn what_nobody_uses_is_thrown_away(w: World) {
    let (loose, used) = (w.bring(&w.ana).await, w.bring(&w.ana).await);
    let body = json!({ "status": "x", "media_ids": [used["id"]] });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    w.clock.advance(span::hours(25));
    app::retention::sweep(&w.app).await.unwrap();
    let one = |media: &Value| format!("/api/v1/media/{}", media["id"].as_str().unwrap());
    assert_eq!(w.get(&w.ana, &one(&loose)).await.status, 404);
    w.get(&w.ana, &one(&used)).await.ok();
    assert!(w.shows(&status["media_attachments"][0]["url"]).await);
}

async fn pictures_go_with_their_post_if_its_author_says_so(w: World) {
    for (query, is_kept) in [("", true), ("?delete_media=true", false)] {
        let media = w.bring(&w.ana).await;
        let body = json!({ "status": "un prado", "media_ids": [media["id"]] });
        let status = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
        let gone = w.call(&w.ana, "DELETE", &of(&status, query), Value::Null).await.ok();
        assert_eq!(gone["media_attachments"][0]["id"], media["id"]);
        w.clock.advance(span::minutes(10));
        app::retention::sweep(&w.app).await.unwrap();
        let left = w.get(&w.ana, &format!("/api/v1/media/{}", media["id"].as_str().unwrap())).await;
        assert_eq!(left.status == 200, is_kept, "{query}: {}", left.body);
    }
}

on_both! {
    a_film_says_how_large_it_is_and_how_long_it_lasts
    pictures_go_with_their_post_if_its_author_says_so
    a_picture_is_brought_and_shown_with_a_post
    only_its_owner_uses_it_and_once
    what_is_no_medium_is_refused
    what_is_for_members_is_lent_to_them
    what_nobody_uses_is_thrown_away
}
