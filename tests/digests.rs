//! The letter of each week: who gets it, what stands in it, and how it is stopped.

use std::time::Duration;

use ::server::settings::Registration;
use app::Me;
use domain::group::{Joining, Visibility};

use crate::network::{Network, PostOffice, Request, Server, Visitor, on_both};
use crate::push::be_quiet;

const WEEK: Duration = Duration::from_hours(7 * 24);

/// How long it is until a Wednesday at this time of the day, a week on at least: far from the hours in which letters leave, whenever
/// this runs.
fn until_wednesday(alpha: &Server) -> Duration {
    // The first day of 1970 was a Thursday.
    let today = alpha.app().now().seconds().div_euclid(86_400).rem_euclid(7);
    WEEK + Duration::from_hours(24) * u32::try_from(6 - today).expect("a day of the week")
}

async fn who_was_away_gets_a_letter_on_monday() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let cellar = alpha.group_like("cellar", &ana, Visibility::Private, Joining::Approval).await;
    let guest = Me(bea.actor.id);
    app::members::join(alpha.app(), guest, club.actor.id).await.unwrap();
    app::invitations::invite(alpha.app(), Me(ana.actor.id), cellar.actor.id, bea.actor.id).await.unwrap();
    app::members::join(alpha.app(), guest, cellar.actor.id).await.unwrap();
    let (mut hers, mut anas) = (Visitor::new(&alpha), Visitor::new(&alpha));
    for (browser, name) in [(&mut hers, "bea"), (&mut anas, "ana")] {
        browser.sign_in(name, "correct horse", "/").await;
        assert_eq!(browser.fill("/settings", "/settings/digest", &[("turn", "on")]).await.status, 303);
    }
    let letters = || office.letters_to("bea@alpha.test");
    net.pass_time(until_wednesday(&alpha)).await;
    assert!(letters().is_empty(), "nothing happened");

    let thread = ana.post(&format!("{} When do we water?", club.handle())).await;
    ana.reply(&thread, "At seven").await;
    ana.post(&format!("{} Nobody else reads this", cellar.handle())).await;
    anas.get("/").await;
    net.pass_time(WEEK).await;
    assert!(office.letters_to("ana@alpha.test").is_empty(), "she was here");
    let letter = office.letter("bea@alpha.test", 0).await;
    assert_eq!(letters().len(), 1);
    let text = letter.text();
    assert!(text.contains("When do we water?") && text.contains("CLUB · 2 new posts"), "{text}");
    assert!(text.contains("Among members alone there is one new post"), "{text}");
    assert!(!text.contains("Nobody else") && !text.to_lowercase().contains("cellar"), "{text}");
    let page = thread["url"].as_str().unwrap();
    assert!(text.contains(page), "{page}: {text}");

    let raw = letter.raw.replace("\r\n ", " ");
    assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{raw}");
    let stop = raw.split("List-Unsubscribe: <").nth(1).unwrap_or_else(|| panic!("{raw}"));
    let stop = stop.split('>').next().unwrap();
    let looked = Visitor::new(&alpha).get(stop).await;
    assert!(looked.status == 200 && looked.text().contains("Stop these letters"), "{}", looked.text());
    assert!(hers.get("/settings").await.text().contains("Stop the weekly letter"), "looking stops nothing");
    let one_click = |url: &str| {
        let request = Request::new("POST", url).with("content-type", "application/x-www-form-urlencoded");
        request.body("List-Unsubscribe=One-Click")
    };
    for wrong in [stop.replace("key=", "key=0"), stop.replace("who=", "who=1"), alpha.url("/digest/stop")] {
        assert_eq!(alpha.ask(&one_click(&wrong)).await.status, 404, "{wrong}");
    }
    for _ in 0..2 {
        assert_eq!(alpha.ask(&one_click(stop)).await.status, 200, "twice is once");
    }
    assert!(hers.get("/settings").await.text().contains("Send me the weekly letter"));
    net.pass_time(until_wednesday(&alpha)).await;
    ana.reply(&thread, "At eight").await;
    net.pass_time(WEEK).await;
    assert_eq!(letters().len(), 1, "she stopped them");
}

async fn a_letter_waits_until_quiet_hours_are_over() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let club = alpha.group("club", &ana).await;
    app::members::join(alpha.app(), Me(bea.actor.id), club.actor.id).await.unwrap();
    let mut hers = Visitor::new(&alpha);
    hers.sign_in("bea", "correct horse", "/").await;
    assert_eq!(hers.fill("/settings", "/settings/digest", &[("turn", "on")]).await.status, 303);
    be_quiet(&mut hers, alpha.app().now()).await;
    net.pass_time(until_wednesday(&alpha)).await;
    ana.post(&format!("{} When do we water?", club.handle())).await;
    net.pass_time(WEEK).await;
    assert!(office.letters_to("bea@alpha.test").is_empty(), "it is the same hour of the day");
    net.pass_time(Duration::from_hours(3)).await;
    assert_eq!(office.letters_to("bea@alpha.test").len(), 1);
}

async fn whoever_signs_up_is_asked() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let mut nora = Visitor::new(&alpha);
    assert!(nora.get("/signup").await.text().contains("Send me the weekly letter"));
    let fields = [
        ("name", "nora"),
        ("email", "nora@mail.test"),
        ("password", "correct horse"),
        ("agreement", "yes"),
        ("digest", "yes"),
    ];
    assert_eq!(nora.fill("/signup", "/signup", &fields).await.status, 303);
    let link = office.letter("nora@mail.test", 0).await.link("alpha.test");
    Visitor::new(&alpha).fill(&link, "/login/confirm", &[]).await;
    assert!(nora.get("/settings").await.text().contains("Stop the weekly letter"));
    let mut hers = Visitor::new(&alpha);
    hers.sign_in("ana", "correct horse", "/").await;
    assert!(hers.get("/settings").await.text().contains("Send me the weekly letter"), "nobody is asked into it");
}

on_both! {
    who_was_away_gets_a_letter_on_monday,
    a_letter_waits_until_quiet_hours_are_over,
    whoever_signs_up_is_asked,
}
