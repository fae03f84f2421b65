//! Forms that are sent when the session has ended.
use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::posts::Writing;

use super::{
    Answer, HERE, World, is_well_formed,
    journeys::{Browser, login},
    strangers,
};

/// Sends a form from a page of this site, with this cookie.
async fn send(world: &World, (path, from): (&str, &str), cookie: &str, fields: &[(String, String)]) -> Answer {
    let request = TestRequest::post().uri(path).peer_addr(HERE).insert_header((header::COOKIE, cookie));
    world.ask(request.insert_header((header::REFERER, from)).set_form(fields), "en").await
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What the form for `action` holds.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).unwrap();
    let inputs = form.split("</form>").next().unwrap().split("<input type=\"hidden\" name=\"").skip(1);
    let read = |text: &str| text.replace("&#34;", "\"").replace("&#38;", "&");
    let pair = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        (name.to_owned(), read(rest.split('"').next().unwrap()))
    };
    inputs.map(pair).collect()
}

#[actix_web::test]
async fn a_button_leads_back_to_its_page() {
    let world = World::new();
    let (_, huerto) = world.first_run().await;
    let group = huerto.id.to_string();
    let here = "https://plaza.test/@ana?before=7";
    let join = owned(&[("group", &group), ("back", "/@huerto")]);
    for (path, from, fields, back) in [
        ("/join", here, join.clone(), "%2F%40huerto"),
        ("/follow", here, owned(&[("who", "1")]), "%2F%40ana%3Fbefore%3D7"),
        ("/follow", "https://evil.test/login", owned(&[("who", "1"), ("back", "//evil.test")]), "%2F"),
        ("/follow", "https://evil.test/x", owned(&[("who", "1")]), "%2F"),
        (
            "/settings/entry/password",
            "https://plaza.test/settings/entry",
            owned(&[("new", "a b")]),
            "%2Fsettings%2Fentry",
        ),
    ] {
        let led = send(&world, (path, from), "", &fields).await;
        assert_eq!((led.status, led.location), (StatusCode::SEE_OTHER, format!("/login?back={back}")), "{path} {from}");
        assert_eq!(led.body, "");
    }
}

#[actix_web::test]
async fn what_was_written_is_sent_again_by_whoever_wrote_it() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    login(&world, "bea").await;
    let writing = Writing { text: "Vendo".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(ana, writing).await.id.to_string();
    let form = format!("/report?post={post}");
    let from = format!("https://plaza.test{form}");
    let report = owned(&[("form_token", "old"), ("post", &post), ("what", "spam"), ("reason", "Vende \"cosas\"")]);
    let asked = send(&world, ("/report", &from), "", &report).await;
    assert_eq!((asked.status, is_well_formed(&asked.body)), (StatusCode::UNAUTHORIZED, Ok(())), "{}", asked.body);
    assert!(asked.body.contains("Your session had ended"), "{}", asked.body);

    let mut entering = hidden(&asked.body, "/login");
    assert!(entering.contains(&("back".to_owned(), form.clone())), "{entering:?}");
    entering.extend(owned(&[("name", "bea"), ("password", "correct horse battery")]));
    let back = send(&world, ("/login", "https://plaza.test/report"), "", &entering).await;
    assert_eq!((back.status, is_well_formed(&back.body)), (StatusCode::OK, Ok(())), "{}", back.body);
    assert!(back.body.contains("<p>Vende &#34;cosas&#34;</p>") && back.body.contains("Send it now"), "{}", back.body);
    assert!(back.body.contains(&format!("href=\"{form}\"")), "{}", back.body);
    assert_eq!(strangers(&back.body, "en"), Vec::<&str>::new());
    let queue = async || Browser::of(&world, ana, "es").await.get("/queue").await.body;
    assert!(!queue().await.contains("Vende"), "she has not sent it yet");

    let again = hidden(&back.body, "/report");
    assert_eq!(again.iter().filter(|(name, _)| name == "form_token").count(), 1, "{again:?}");
    let sent = send(&world, ("/report", "https://plaza.test/login"), &back.cookie, &again).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    assert!(queue().await.contains("Vende &#34;cosas&#34;"));

    // Nothing else is carried along: what was only chosen, and what is no form in which one writes.
    let chosen = owned(&[("post", &post), ("what", "spam"), ("reason", "")]);
    assert_eq!(send(&world, ("/report", &from), "", &chosen).await.status, StatusCode::SEE_OTHER);
    let forged = r#"{"to":"/settings/data/leave","from":"/","fields":[["name","a b"]]}"#;
    let entering = owned(&[("name", "bea"), ("password", "correct horse battery"), ("back", "/"), ("kept", forged)]);
    assert_eq!(send(&world, ("/login", "https://plaza.test/login"), "", &entering).await.status, StatusCode::SEE_OTHER);
}
