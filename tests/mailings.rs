//! Letters about single notices: to whom, how many at a time, when none, and how they are stopped.

use std::time::Duration;

use ::server::settings::Registration;
use app::Me;
use domain::group::{Joining, Visibility};

use crate::network::{Network, PostOffice, Request, Visitor, on_both};
use crate::push::be_quiet;

const MINUTE: Duration = Duration::from_mins(1);

async fn what_comes_within_ten_minutes_stands_in_one_letter() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    alpha.person("bea").await;
    let letters = || office.letters_to("bea@alpha.test");
    ana.post("@bea Nobody asked for a letter").await;
    net.settle().await;
    assert!(letters().is_empty(), "it is off unless one turns it on");

    let mut hers = Visitor::new(&alpha);
    hers.sign_in("bea", "correct horse", "/").await;
    let form = hers.get("/settings").await.text();
    assert!(form.contains("about_replies") && !form.contains("about_reports"), "{form}");
    let wish = [("about_replies", "replies")];
    assert_eq!(hers.fill("/settings", "/settings/letters", &wish).await.status, 303);
    ana.post("@bea Are you there?").await;
    net.settle().await;
    let text = office.letter("bea@alpha.test", 0).await.text();
    assert!(text.contains("Are you there?") && !text.contains("Nobody asked"), "{text}");

    for words in ["One", "Two"] {
        ana.post(&format!("@bea {words} for you")).await;
    }
    net.pass_time(5 * MINUTE).await;
    assert_eq!(letters().len(), 1, "the last one left five minutes ago");
    net.pass_time(6 * MINUTE).await;
    let text = office.letter("bea@alpha.test", 1).await.text();
    assert!(text.contains("One for you") && text.contains("Two for you") && !text.contains("Are you"), "{text}");
    assert_eq!(letters().len(), 2);

    // Who reads it meanwhile needs no letter; what is private is not said in one.
    ana.post("@bea Read at once").await;
    hers.get("/notices").await;
    net.pass_time(20 * MINUTE).await;
    assert_eq!(letters().len(), 2, "she read it");
    let secret = serde_json::json!({ "status": "@bea A secret", "visibility": "direct" });
    ana.api("POST", "/api/v1/statuses", &secret).await;
    net.settle().await;
    let text = office.letter("bea@alpha.test", 2).await.text();
    assert!(!text.contains("A secret") && text.contains("/@ana/"), "{text}");

    let raw = office.letter("bea@alpha.test", 2).await.raw.replace("\r\n ", " ");
    assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{raw}");
    let stop = raw.split("List-Unsubscribe: <").nth(1).unwrap_or_else(|| panic!("{raw}"));
    let stop = stop.split('>').next().unwrap();
    assert_eq!(Visitor::new(&alpha).get(stop).await.status, 200);
    assert!(hers.get("/settings").await.text().contains("value=\"replies\" checked"), "looking stops nothing");
    let one_click = |url: &str| {
        let request = Request::new("POST", url).with("content-type", "application/x-www-form-urlencoded");
        request.body("List-Unsubscribe=One-Click")
    };
    for wrong in [stop.replace("key=", "key=0"), stop.replace("/notices/", "/digest/"), alpha.url("/notices/stop")] {
        assert_eq!(alpha.ask(&one_click(&wrong)).await.status, 404, "{wrong}");
    }
    for _ in 0..2 {
        assert_eq!(alpha.ask(&one_click(stop)).await.status, 200, "twice is once");
    }
    ana.post("@bea Too late").await;
    net.pass_time(20 * MINUTE).await;
    assert_eq!(letters().len(), 3, "she stopped them");
}

async fn those_who_keep_order_hear_of_what_waits_and_nobody_does_in_quiet_hours() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group_like("club", &ana, Visibility::Public, Joining::Approval).await;
    let mut anas = Visitor::new(&alpha);
    anas.sign_in("ana", "correct horse", "/").await;
    assert!(anas.get("/settings").await.text().contains("about_reports"));
    let wish = [("about_requests", "requests"), ("about_reports", "reports")];
    assert_eq!(anas.fill("/settings", "/settings/letters", &wish).await.status, 303);
    app::members::join(alpha.app(), Me(bea.actor.id), club.actor.id).await.unwrap();
    net.settle().await;
    let text = office.letter("ana@alpha.test", 0).await.text();
    assert!(text.contains("bea") && text.contains("/notices"), "{text}");
    bea.post("@ana This is not what she wants letters about").await;
    net.pass_time(20 * MINUTE).await;
    assert_eq!(office.letters_to("ana@alpha.test").len(), 1);

    be_quiet(&mut anas, alpha.app().now()).await;
    let post = ana.post(&format!("{} Hello", club.handle())).await;
    let report = serde_json::json!({ "account_id": ana.actor.id.to_string(), "status_ids": [post["id"]],
        "category": "spam", "comment": "Look" });
    bea.api("POST", "/api/v1/reports", &report).await;
    net.pass_time(20 * MINUTE).await;
    assert_eq!(office.letters_to("ana@alpha.test").len(), 1, "it waits");
    net.pass_time(Duration::from_hours(3)).await;
    let text = office.letter("ana@alpha.test", 1).await.text();
    assert!(text.contains("/queue") && !text.contains("Look"), "{text}");
}

async fn a_letter_that_was_not_written_keeps_none_back() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let mut hers = Visitor::new(&alpha);
    hers.sign_in("bea", "correct horse", "/").await;
    let wish = [("about_replies", "replies")];
    assert_eq!(hers.fill("/settings", "/settings/letters", &wish).await.status, 303);
    ana.post("@bea Are you there?").await;
    net.settle().await;
    let letters = || office.letters_to("bea@alpha.test").len();
    assert_eq!(letters(), 1);

    let her = bea.actor.id;
    let close = async |closed: bool| {
        let since = closed.then(|| alpha.app().now());
        alpha.app().write(move |tx| Ok(store::accounts::set_disabled(tx, her, since)?)).await.unwrap();
    };
    ana.post("@bea The next letter would tell of this").await;
    close(true).await;
    net.pass_time(20 * MINUTE).await;
    assert_eq!(letters(), 1, "her account is closed");
    close(false).await;
    ana.post("@bea Welcome back").await;
    net.settle().await;
    let text = office.letter("bea@alpha.test", 1).await.text();
    assert!(text.contains("Welcome back") && text.contains("The next letter"), "{text}");
}

on_both! {
    what_comes_within_ten_minutes_stands_in_one_letter,
    those_who_keep_order_hear_of_what_waits_and_nobody_does_in_quiet_hours,
    a_letter_that_was_not_written_keeps_none_back,
}
