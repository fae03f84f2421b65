//! What people set for themselves, and how they leave.

use std::time::Duration;

use serde_json::json;

use crate::network::{Answer, Network, PostOffice, Server, Visitor, field, on_both};
use ::server::settings::Registration;

const PASSWORD: &str = "correct horse";

/// Somebody who is signed in with a browser.
async fn enter(server: &Server, name: &str) -> Visitor {
    let mut visitor = Visitor::new(server);
    let answer = visitor.sign_in(name, PASSWORD, "/").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    visitor
}

fn holds(answer: &Answer, texts: &[&str]) {
    for text in texts {
        assert!(answer.status == 200 && answer.text().contains(text), "no {text}: {}", answer.text());
    }
}

async fn the_second_step_is_set_up_and_asked_for() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let mut ana = enter(&alpha, "ana").await;
    let page = "/settings/entry";
    let offered = ana.fill(page, "/settings/entry/second", &[]).await;
    holds(&offered, &["<svg class=\"squares\"", "authenticator app"]);
    let text = offered.text();
    let secret = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let (sealed, token) = (field(&text, "sealed"), field(&text, "form_token"));
    let wrong = [("sealed", sealed.as_str()), ("form_token", token.as_str()), ("code", "000000"), ("known", PASSWORD)];
    assert_eq!(ana.submit("/settings/entry/second/on", &wrong).await.status, 422);
    let mut elsewhere = enter(&alpha, "ana").await;
    let code = app::totp::current(&secret, alpha.app().now()).unwrap();
    let right = [("sealed", sealed.as_str()), ("form_token", token.as_str()), ("code", code.as_str())];
    let stranger = [&right[..], &[("known", "wrong horse")]].concat();
    let refused = ana.submit("/settings/entry/second/on", &stranger).await;
    assert!(refused.status == 422 && refused.text().contains("id=\"known-flaw\""), "{}", refused.text());
    let right = [&right[..], &[("known", PASSWORD)]].concat();
    let codes = ana.submit("/settings/entry/second/on", &right).await;
    holds(&codes, &["Recovery codes"]);
    assert_eq!(codes.text().matches("<code>").count(), 10);
    assert_eq!(elsewhere.get(page).await.status, 303, "a browser that came in without it is out");
    assert!(
        codes.header("set-cookie").is_some() && ana.get(page).await.status == 200,
        "she goes on with another secret"
    );

    let text = codes.text();
    let (told, token) = (field(&text, "codes"), field(&text, "form_token"));
    let saved = [("form_token", token.as_str()), ("codes", told.as_str())];
    let file = ana.submit("/settings/entry/second/codes", &saved).await;
    holds(&file, &["Recovery codes of @ana@alpha.test at http://alpha.test/"]);
    assert_eq!(file.text().lines().skip(3).collect::<Vec<_>>(), told.split(' ').collect::<Vec<_>>());
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"tertulia-recovery-codes.txt\""),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(file.header(name), Some(value), "{name}");
    }
    for what in ["<b>of somebody else</b>", told.get(1..).unwrap(), &format!("{told} {}", told.get(..23).unwrap())] {
        let saved = [("form_token", token.as_str()), ("codes", what)];
        assert_eq!(ana.submit("/settings/entry/second/codes", &saved).await.status, 400, "{what}");
    }
    assert_eq!(ana.submit("/settings/entry/second/codes", &[("codes", &told)]).await.status, 403, "only from its page");

    let second = Visitor::new(&alpha).sign_in("ana", PASSWORD, "/").await;
    holds(&second, &["One more step"]);
    assert_eq!(ana.fill(page, "/settings/entry/second/off", &[("known", "wrong horse")]).await.status, 422);
    assert_eq!(ana.fill(page, "/settings/entry/second/off", &[("known", PASSWORD)]).await.status, 303);
    enter(&alpha, "ana").await;
}

async fn browsers_and_applications_are_put_out() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    alpha.person("bea").await;
    let (mut one, mut two) = (enter(&alpha, "ana").await, enter(&alpha, "ana").await);
    let page = one.get("/settings/devices").await;
    holds(&page, &["This browser", "Sign out everywhere else", "let no app"]);
    let id = field(&page.text(), "session");
    let mut bea = enter(&alpha, "bea").await;
    assert_eq!(bea.fill("/settings", "/settings/devices/end", &[("session", &id)]).await.status, 404);
    assert_eq!(two.get("/settings").await.status, 200);
    assert_eq!(one.fill("/settings/devices", "/settings/devices/end", &[("session", &id)]).await.status, 303);
    assert_eq!(two.get("/settings").await.status, 303, "it was put out");
    assert_eq!(one.get("/settings").await.status, 200);
    let forged = one.submit("/settings/devices/end-others", &[]).await;
    assert_eq!(forged.status, 403, "a form has the token of its session");
}

async fn an_address_and_a_password_are_changed_by_who_knows_it() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let (mut ana, mut other) = (enter(&alpha, "ana").await, enter(&alpha, "ana").await);
    let path = "/settings/entry";
    let wrong = [("email", "new@mail.test"), ("password", "wrong horse")];
    assert_eq!(ana.fill(path, "/settings/entry/email", &wrong).await.status, 422);
    let right = [("email", "new@mail.test"), ("password", PASSWORD)];
    assert_eq!(ana.fill(path, "/settings/entry/email", &right).await.status, 200);
    holds(&ana.get(path).await, &["Mail goes to ana@alpha.test, until you confirm new@mail.test"]);
    let link = office.letter("new@mail.test", 0).await.link("alpha.test");
    let done = Visitor::new(&alpha).fill(&link, "/login/confirm", &[]).await;
    holds(&done, &["is confirmed"]);
    holds(&ana.get(path).await, &["Mail goes to new@mail.test."]);
    assert!(office.letter("ana@alpha.test", 0).await.text().contains("goes to another address"));

    let short = [("old", PASSWORD), ("new", "short")];
    assert_eq!(ana.fill(path, "/settings/entry/password", &short).await.status, 422);
    let changed = [("old", PASSWORD), ("new", "a new horse")];
    assert_eq!(ana.fill(path, "/settings/entry/password", &changed).await.status, 303);
    assert_eq!((ana.get("/settings").await.status, other.get("/settings").await.status), (200, 303));
    assert_eq!(Visitor::new(&alpha).sign_in("ana", "a new horse", "/").await.status, 303);
}

async fn blocks_are_seen_and_lifted_and_data_is_taken_along() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, zoe) = (alpha.person("ana").await, beta.person("zoe").await);
    let garden = alpha.group("garden", &ana).await;
    ana.post("Riego a las *ocho*").await;
    ana.post(&format!("{} Abono", garden.handle())).await;
    let account = ana.follow(&zoe.handle()).await;
    net.settle().await;
    let mut browser = enter(&alpha, "ana").await;
    let file = async |browser: &mut Visitor, name: &str| browser.get(&format!("/settings/data/{name}")).await;
    let posts = file(&mut browser, "posts.json").await;
    assert!(posts.header("content-disposition").unwrap().contains("posts.json"));
    let written = posts.value();
    assert_eq!(written.as_array().unwrap().len(), 2, "{written}");
    assert_eq!(
        (&written[0]["community"], &written[1]["markdown"]),
        (&json!(garden.uri()), &json!("Riego a las *ocho*"))
    );
    let follows = file(&mut browser, "follows.csv").await.text();
    assert!(follows.starts_with("Account address\r\n") && follows.contains("\r\nzoe@beta.test\r\n"), "{follows}");
    assert_eq!(file(&mut browser, "profile.json").await.value()["email"], "ana@alpha.test");
    assert_eq!(file(&mut browser, "passwords.csv").await.status, 404);
    assert_eq!(Visitor::new(&alpha).get("/settings/data/posts.json").await.status, 303);

    ana.act(&format!("/api/v1/accounts/{}/block", account["id"].as_str().unwrap())).await;
    net.settle().await;
    holds(&browser.get("/settings/blocks").await, &["@zoe@beta.test"]);
    assert_eq!(file(&mut browser, "blocks.csv").await.text(), "zoe@beta.test\r\n");
    let id = account["id"].as_str().unwrap();
    assert_eq!(browser.fill("/settings/blocks", "/settings/blocks/unblock", &[("person", id)]).await.status, 303);
    assert_eq!(file(&mut browser, "blocks.csv").await.text(), "");
    browser.fill("/settings/blocks", "/settings/blocks/server", &[("host", "Gamma.test")]).await;
    assert_eq!(file(&mut browser, "domain_blocks.csv").await.text(), "gamma.test\r\n");
}

async fn a_profile_is_told_to_everybody() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let mut browser = enter(&alpha, "ana").await;
    let fields = [("name", "Ana López"), ("about", "Riego *mucho*"), ("about1", "Huerto"), ("line1", "El de abajo")];
    assert_eq!(browser.fill("/settings/profile", "/settings/profile", &fields).await.status, 303);
    holds(&browser.get("/settings/profile").await, &["value=\"Ana López\"", "value=\"El de abajo\""]);
    let document = alpha.document(ana.uri()).await;
    assert_eq!((&document["name"], &document["attachment"][0]["name"]), (&json!("Ana López"), &json!("Huerto")));
    assert!(document["summary"].as_str().unwrap().contains("<em>mucho</em>"), "{document}");
}

async fn somebody_leaves_for_good_everywhere() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, far) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, zoe) = (alpha.person("ana").await, alpha.person("bea").await, far.person("zoe").await);
    alpha.group("garden", &ana).await;
    zoe.follow(&bea.handle()).await;
    net.settle().await;
    let post = bea.post("Adiós").await;
    net.settle().await;
    let copy = zoe.find_post(post["uri"].as_str().unwrap()).await;
    assert_eq!(zoe.home().await.len(), 1);

    let path = "/settings/data";
    let mut owner = enter(&alpha, "ana").await;
    let leave = [("typed", "ana"), ("secret", PASSWORD)];
    let refused = owner.fill(path, "/settings/data/leave", &leave).await;
    assert!(refused.status == 422 && refused.text().contains("garden"), "{}", refused.text());

    let mut browser = enter(&alpha, "bea").await;
    for (typed, secret) in [("ana", PASSWORD), ("bea", "wrong horse"), ("", PASSWORD)] {
        let refused = browser.fill(path, "/settings/data/leave", &[("typed", typed), ("secret", secret)]).await;
        assert_eq!(refused.status, 422, "{typed} {secret}");
    }
    let left = browser.fill(path, "/settings/data/leave", &[("typed", "@Bea"), ("secret", PASSWORD)]).await;
    holds(&left, &["Your account is deleted"]);
    net.settle().await;
    assert_eq!(Visitor::new(&alpha).sign_in("bea", PASSWORD, "/").await.status, 422);
    assert_eq!(bea.call("GET", "/api/v1/accounts/verify_credentials", &json!(null)).await.status, 401);
    assert_eq!(alpha.get(bea.uri(), "application/activity+json").await.status, 410);
    assert_eq!(alpha.get(post["uri"].as_str().unwrap(), "application/activity+json").await.status, 410);
    let gone = zoe.call("GET", &format!("/api/v1/statuses/{}", copy["id"].as_str().unwrap()), &json!(null)).await;
    assert_eq!(gone.status, 404, "{}", gone.text());
    assert!(zoe.home().await.is_empty());
    let again = Visitor::new(&alpha)
        .fill(
            "/signup",
            "/signup",
            &[("name", "bea"), ("email", "bea@alpha.test"), ("password", PASSWORD), ("agreement", "yes")],
        )
        .await;
    assert_eq!(again.status, 422, "nobody gets the name again");
}

async fn a_script_that_signs_up_is_refused_and_a_person_is_not() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let wish = |name: &'static str, more: &[(&'static str, &str)]| {
        let email = format!("{name}@mail.test");
        let own = [("name", name), ("email", &*email), ("password", PASSWORD), ("agreement", "yes")];
        own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let send = async |pairs: &[(String, String)]| {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Visitor::new(&alpha).submit("/signup", &pairs).await
    };
    let form = Visitor::new(&alpha).get("/signup").await.text();
    // Neither eyes nor keyboards nor screen readers come to the field that nobody is to fill in.
    let lure = form.split("<p hidden>").nth(1).and_then(|rest| rest.split("</p>").next()).expect("a lure");
    assert!(lure.contains("name=\"website\"") && lure.contains("tabindex=\"-1\""), "{lure}");
    let sealed = field(&form, "sealed");
    let refused = |answer: &Answer| answer.status == 422 && answer.text().contains("not filled in as people do");
    assert_eq!(
        send(&wish("quick", &[("sealed", &sealed)])).await.status,
        303,
        "whoever is quick waits, and enters nothing twice"
    );
    assert!(refused(&send(&wish("blind", &[])).await), "without having looked");
    assert!(refused(&send(&wish("forger", &[("sealed", "00ff")])).await), "with a moment of its own");
    net.clock.advance(Duration::from_secs(3));
    assert!(
        refused(&send(&wish("greedy", &[("sealed", &sealed), ("website", "http://x.test")])).await),
        "all filled in"
    );
    let flawed = send(&wish("a b", &[("sealed", &sealed)])).await;
    assert_eq!(field(&flawed.text(), "sealed"), sealed, "whoever mends a field need not wait again");
    assert_eq!(send(&wish("person", &[("sealed", &sealed)])).await.status, 303);
    net.clock.advance(Duration::from_hours(25));
    assert!(refused(&send(&wish("late", &[("sealed", &sealed)])).await), "a form is not good for ever");
    assert_eq!(alpha.app().read(store::accounts::count).await.unwrap(), 3);
}

on_both! {
    a_script_that_signs_up_is_refused_and_a_person_is_not,
    the_second_step_is_set_up_and_asked_for,
    browsers_and_applications_are_put_out,
    an_address_and_a_password_are_changed_by_who_knows_it,
    blocks_are_seen_and_lifted_and_data_is_taken_along,
    a_profile_is_told_to_everybody,
    somebody_leaves_for_good_everywhere,
}
