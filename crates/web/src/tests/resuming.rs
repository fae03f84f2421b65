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
    let (bea, _carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let writing = Writing { text: "Vendo".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(ana, writing).await.id.to_string();
    let form = format!("/report?post={post}");
    let from = format!("https://plaza.test{form}");
    let token = Browser::of(&world, bea, "en").await.token(&form).await;
    let report = owned(&[("form_token", &token), ("post", &post), ("what", "spam"), ("reason", "Vende \"cosas\"")]);
    let asked = send(&world, ("/report", &from), "", &report).await;
    assert_eq!((asked.status, is_well_formed(&asked.body)), (StatusCode::UNAUTHORIZED, Ok(())), "{}", asked.body);
    assert!(asked.body.contains("Your session had ended"), "{}", asked.body);
    assert!(!asked.body.contains("cosas"), "what was written does not lie about: {}", asked.body);

    let entering = hidden(&asked.body, "/login");
    assert!(entering.contains(&("back".to_owned(), form.clone())), "{entering:?}");
    let enter = async |name: &str| {
        let entered = [entering.clone(), owned(&[("name", name), ("password", "correct horse battery")])].concat();
        send(&world, ("/login", "https://plaza.test/report"), &asked.cookie, &entered).await
    };
    let stranger = enter("carl").await;
    assert_eq!((stranger.status, &*stranger.body), (StatusCode::SEE_OTHER, ""), "it is not his");
    let back = enter("bea").await;
    assert_eq!((back.status, is_well_formed(&back.body)), (StatusCode::OK, Ok(())), "{}", back.body);
    assert!(back.body.contains("<p>Vende &#34;cosas&#34;</p>") && back.body.contains("Send it now"), "{}", back.body);
    assert!(back.body.contains(&format!("href=\"{form}\"")), "{}", back.body);
    assert_eq!(strangers(&back.body, "en"), Vec::<&str>::new());
    assert_eq!(enter("bea").await.status, StatusCode::SEE_OTHER, "it is shown once");
    let queue = async || Browser::of(&world, ana, "es").await.get("/queue").await.body;
    assert!(!queue().await.contains("Vende"), "she has not sent it yet");

    let again = hidden(&back.body, "/report");
    assert_eq!(again.iter().filter(|(name, _)| name == "form_token").count(), 1, "{again:?}");
    let sent = send(&world, ("/report", "https://plaza.test/login"), &back.cookie, &again).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    assert!(queue().await.contains("Vende &#34;cosas&#34;"));

    // Nothing else is kept: what was only chosen, what is no form in which one writes, and what nobody here wrote.
    let chosen = owned(&[("form_token", &token), ("post", &post), ("what", "spam"), ("reason", "")]);
    let unwritten = owned(&[("form_token", &token), ("typed", "a b"), ("password", "a b")]);
    let foreign = owned(&[("form_token", "old"), ("post", &post), ("what", "spam"), ("reason", "a b")]);
    for (path, fields) in [("/report", chosen), ("/settings/data/leave", unwritten), ("/report", foreign)] {
        let led = send(&world, (path, &from), "", &fields).await;
        assert_eq!((led.status, &*led.cookie), (StatusCode::SEE_OTHER, ""), "{path}");
    }
}

#[actix_web::test]
async fn a_form_outlives_another_secret_of_its_session_but_not_its_end() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing = Writing { text: "Vendo".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(ana, writing).await.id.to_string();
    let form = format!("/report?post={post}");
    let from = format!("https://plaza.test{form}");
    let browser = Browser::of(&world, bea, "en").await;
    let token = browser.token(&form).await;
    let session = app::sessions::list(&world.app, bea).await.unwrap().first().map(|row| row.id).unwrap();
    let offer = app::second_step::offer(&world.app, bea, "bea").unwrap();
    let code = app::totp::current(&offer.secret, world.app.now()).unwrap();
    let secret =
        app::second_step::Secret { password: "correct horse battery".into(), session: domain::id::SessionId(session) };
    let turned = app::second_step::turn_on(&world.app, bea, secret, &offer.sealed, &code).await.unwrap();
    let app::second_step::Turned::On(_, renewed) = turned else { panic!("it is on") };
    let fields = owned(&[("form_token", &token), ("post", &post), ("what", "spam"), ("reason", "Vende cosas")]);
    let cookie = format!("__Host-tertulia={renewed}");
    assert_eq!(send(&world, ("/report", &from), &cookie, &fields).await.status, StatusCode::OK);

    // Another session of hers takes it no more than somebody else's does.
    let other = Browser::of(&world, bea, "en").await;
    assert_eq!(other.post("/report", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(Browser::of(&world, ana, "en").await.post("/report", &fields).await.status, StatusCode::FORBIDDEN);
    app::sessions::end(&world.app, bea, domain::id::SessionId(session)).await.unwrap();
    assert_eq!(send(&world, ("/report", &from), &cookie, &fields).await.status, StatusCode::UNAUTHORIZED);
}
