//! People who sign in by a provider that speaks SAML: with what it signs for them, in their browser, once.

use std::time::Duration;

use ::server::settings::{Registration, Settings};
use app::identities::saml::{Client, Source};
use app::identities::{Provider, Speaks};
use app::{Me, identities, people};

use crate::network::{
    Answer, Citizen, Eyes, Line, Network, Notary, Request, Server, Visitor, Wish, field, form, on_both,
};

const BACK: &str = "/login/organization/back";
const ANA: Citizen = Citizen { subject: "AAdz42", uid: "ana.ruiz", mail: "Ana.Ruiz@org.example" };
const BEA: Citizen = Citizen { subject: "AAdz43", uid: "bea", mail: "bea@alpha.test" };

/// A server of an organization, which has people already, and the provider.
async fn organization(admits: bool) -> (Network, Server, Notary) {
    let change = move |settings: Settings| {
        let client = Client {
            metadata: Source::Url("http://sso.test/metadata".into()),
            subject: String::new(),
            mail: String::new(),
        };
        let provider = Provider {
            issuer: "http://sso.test/entity".to_owned(),
            name: "Casa Grande".to_owned(),
            only: false,
            admits,
            speaks: Speaks::Saml(client),
        };
        Settings { provider: Some(provider), registration: Registration::Closed, ..settings }
    };
    let net = Network::with(change, ["alpha.test"]).await;
    let (alpha, notary) = (net.server("alpha.test"), net.notary("sso.test"));
    assert_eq!(notary.entity(), "http://sso.test/entity");
    (net, alpha, notary)
}

/// What somebody leaves with for the provider.
async fn leave(visitor: &mut Visitor, notary: &Notary) -> Wish {
    let left = visitor.get("/login/organization?back=/communities").await;
    assert_eq!(left.status, 303, "{}", left.text());
    notary.wish(left.header("location").unwrap())
}

/// A form of the provider's page, as browsers send it from there: without what they keep for us.
async fn post(server: &Server, wish: &Wish, said: &str) -> Answer {
    let request = Request::new("POST", &wish.back)
        .with("content-type", "application/x-www-form-urlencoded")
        .with("accept-language", "en")
        .with("sec-fetch-site", "cross-site")
        .with("origin", "http://sso.test");
    server.ask(&request.body(form(&[("SAMLResponse", said), ("RelayState", &wish.state)]))).await
}

/// Where a form leads that is believed.
async fn led(server: &Server, wish: &Wish, said: &str) -> String {
    let answer = post(server, wish, said).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (303, None), "{}", answer.text());
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let on = answer.header("location").unwrap().to_owned();
    assert!(on.starts_with(&format!("{BACK}?")) && on.len() < 2_000, "{on}");
    on
}

/// Somebody who goes to the provider, and comes back.
async fn come(visitor: &mut Visitor, notary: &Notary, citizen: Citizen) -> Answer {
    let wish = leave(visitor, notary).await;
    let on = led(&visitor.server.clone(), &wish, &notary.says(&wish, citizen, ("", ""))).await;
    visitor.get(&on).await
}

fn location(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.header("location").map(|at| at.strip_prefix("http://alpha.test").unwrap_or(at)))
}

async fn somebody_new_chooses_a_name_and_comes_again() {
    let (_net, alpha, notary) = organization(true).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let page = visitor.get("/login?back=/communities").await.text();
    assert!(page.contains("Sign in with Casa Grande"), "{page}");
    let page = come(&mut visitor, &notary, ANA).await.text();
    assert!(page.contains("value=\"ana_ruiz\"") && !page.contains("name=\"email\""), "{page}");
    let claim = field(&page, "claim");
    let fields = [("claim", claim.as_str()), ("name", "ana"), ("agreement", "yes")];
    assert_eq!(location(&visitor.submit("/login/organization/new", &fields).await), (303, Some("/communities")));
    assert_eq!(visitor.get("/write").await.status, 200, "nothing is left to wait for");

    let actor = people::by_name(alpha.app(), "ana").await.unwrap();
    let account = alpha.app().read(move |c| store::accounts::by_id(c, actor.id)).await.unwrap().unwrap();
    assert_eq!((account.email.as_str(), account.has_password()), ("ana.ruiz@org.example", false));
    let own = identities::list(alpha.app(), Me(actor.id)).await.unwrap();
    assert_eq!((own[0].issuer.as_str(), own[0].subject.as_str()), ("http://sso.test/entity", "AAdz42"));
    let mut other = Visitor::new(&alpha);
    assert_eq!(location(&come(&mut other, &notary, ANA).await), (303, Some("/communities")));
    assert_eq!(other.get("/write").await.status, 200);
}

async fn nothing_is_believed_but_the_answer_of_the_day() {
    let (net, alpha, notary) = organization(true).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let wish = leave(&mut visitor, &notary).await;
    for change in [
        ("http://sso.test/entity", "http://other.test/entity"),
        ("login/organization/metadata", "login/organization/other"),
        ("http://alpha.test/login/organization/back", "http://beta.test/login/organization/back"),
        ("nameid-format:persistent", "nameid-format:transient"),
        (wish.id.as_str(), "_made_up"),
    ] {
        let refused = post(&alpha, &wish, &notary.says(&wish, ANA, change)).await;
        assert!(refused.status == 403 && refused.text().contains("You are not signed in"), "{change:?}");
    }
    for nothing in ["", "!", "PHg+PC94Pg=="] {
        assert_eq!(post(&alpha, &wish, nothing).await.status, 403, "{nothing}");
    }
    let forged = Request::new("POST", &wish.back).with("origin", "http://sso.test").body("not a form");
    assert_eq!(alpha.ask(&forged).await.status, 403);

    // It is for the browser that went, on the trip that it is on, once.
    let said = notary.says(&wish, ANA, ("", ""));
    let on = led(&alpha, &wish, &said).await;
    assert_eq!(Visitor::new(&alpha).get(&on).await.status, 403, "another browser");
    let mut other = Visitor::new(&alpha);
    let other_wish = leave(&mut other, &notary).await;
    assert_eq!(other.get(&on).await.status, 403, "another trip");
    let mut other = Visitor::new(&alpha);
    let second_wish = leave(&mut other, &notary).await;
    let mixed = on.replace(&wish.state, &second_wish.state);
    assert_eq!(other.get(&mixed).await.status, 403, "what answers to another trip: {}", other_wish.id);
    let mut copied = visitor.clone();
    assert_eq!(visitor.get(&on).await.status, 200);
    assert_eq!(visitor.get(&led(&alpha, &wish, &said).await).await.status, 403, "the same again");
    assert_eq!(copied.get(&led(&alpha, &wish, &said).await).await.status, 403, "the same with a copied cookie");

    // What was handed on is used at once, and what was signed counts for minutes.
    let wish = leave(&mut visitor, &notary).await;
    let said = notary.says(&wish, ANA, ("", ""));
    let on = led(&alpha, &wish, &said).await;
    net.settle().await;
    net.pass_time(Duration::from_mins(6)).await;
    assert_eq!(visitor.clone().get(&on).await.status, 403, "too late");
    let on = led(&alpha, &wish, &said).await;
    assert_eq!(visitor.clone().get(&on).await.status, 200, "within what clocks may differ");
    net.pass_time(Duration::from_mins(2)).await;
    assert_eq!(post(&alpha, &wish, &said).await.status, 403, "too late");
}

async fn keys_are_those_of_the_metadata() {
    let (net, alpha, notary) = organization(true).await;
    alpha.person("bea").await;
    assert_eq!(come(&mut Visitor::new(&alpha), &notary, ANA).await.status, 200);
    identities::look(alpha.app()).await.unwrap();
    // A new key is looked for once a minute, and believed when it is there.
    notary.renew_key();
    let wish = leave(&mut Visitor::new(&alpha), &notary).await;
    assert_eq!(post(&alpha, &wish, &notary.says(&wish, ANA, ("", ""))).await.status, 403);
    net.settle().await;
    net.pass_time(Duration::from_secs(61)).await;
    assert_eq!(come(&mut Visitor::new(&alpha), &notary, ANA).await.status, 200);
    // While they cannot be read, those of before do.
    net.spoil("alpha.test", "sso.test", Line::Answers(500));
    net.pass_time(Duration::from_mins(90)).await;
    assert_eq!(come(&mut Visitor::new(&alpha), &notary, ANA).await.status, 200);
    assert!(identities::look(alpha.app()).await.is_err_and(|error| error.to_string().contains("answers 500")));
    net.mend("alpha.test", "sso.test");
}

async fn a_login_becomes_theirs_by_its_password_or_from_within() {
    let (_net, alpha, notary) = organization(false).await;
    let (bea, eve) = (alpha.person("bea").await, alpha.person("eve").await);
    let stranger = come(&mut Visitor::new(&alpha), &notary, ANA).await;
    assert!(stranger.status == 403 && stranger.text().contains("You have no account here yet"), "{}", stranger.text());
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &notary, BEA).await.text();
    assert!(page.contains("name=\"password\"") && page.contains("bea@alpha.test"), "{page}");
    let fields = [("claim", &*field(&page, "claim")), ("password", "correct horse")];
    assert_eq!(location(&visitor.submit("/login/organization/join", &fields).await), (303, Some("/communities")));
    assert_eq!(identities::list(alpha.app(), Me(bea.actor.id)).await.unwrap().len(), 1);
    assert_eq!(location(&come(&mut Visitor::new(&alpha), &notary, BEA).await), (303, Some("/communities")));

    let mut visitor = Visitor::new(&alpha);
    visitor.sign_in("eve", "correct horse", "/").await;
    let session = visitor.cookie.clone().unwrap();
    let page =
        visitor.fill("/settings/entry", "/settings/entry/organization", &[("known", "correct horse")]).await.text();
    visitor.cookie = Some(format!("{session}; {}", visitor.cookie.unwrap()));
    let href = page.split("href=\"").find(|part| part.starts_with("http://sso.test")).expect("a way");
    let wish = notary.wish(&href.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&"));
    let on = led(&alpha, &wish, &notary.says(&wish, ANA, ("", ""))).await;
    assert_eq!(location(&visitor.get(&on).await), (303, Some("/settings/entry?done=true")));
    assert_eq!(identities::list(alpha.app(), Me(eve.actor.id)).await.unwrap()[0].subject, "AAdz42");
}

async fn a_browser_finds_the_way_there_and_back() {
    let (net, alpha, notary) = organization(true).await;
    alpha.person("bea").await;
    notary.meet(ANA);
    let browser = net.browser(&alpha, "sso.test", Eyes::DESK).await;
    browser.go("/login?back=/communities").await;
    browser.follow("Sign in with Casa Grande").await;
    assert!(browser.path().await.starts_with("http://sso.test/in?"), "{}", browser.path().await);
    browser.press("button").await;
    assert!(browser.path().await.starts_with(BACK), "{}: {}", browser.path().await, browser.text().await);
    browser.fill("name", "ana").await;
    browser.choose("[name=agreement]").await;
    browser.press("main button[type=submit]").await;
    assert_eq!(browser.path().await, "/communities", "{}", browser.text().await);
    browser.forget().await;
    browser.go("/login?back=/communities").await;
    browser.follow("Sign in with Casa Grande").await;
    browser.press("button").await;
    assert_eq!(browser.path().await, "/communities", "{}", browser.text().await);
    browser.go("/write").await;
    assert_eq!(browser.path().await, "/write");
}

async fn who_we_are_is_said_where_it_is_asked() {
    let (_net, alpha, _notary) = organization(true).await;
    let said = Visitor::new(&alpha).get("/login/organization/metadata").await;
    assert_eq!((said.status, said.header("content-type")), (200, Some("application/samlmetadata+xml")));
    let text = said.text();
    assert!(text.contains("entityID=\"http://alpha.test/login/organization/metadata\""), "{text}");
    assert!(text.contains("Location=\"http://alpha.test/login/organization/back\""), "{text}");
    let net = Network::of(["beta.test"]).await;
    let beta = net.server("beta.test");
    assert_eq!(Visitor::new(&beta).get("/login/organization/metadata").await.status, 404);
    assert_eq!(Visitor::new(&beta).submit(BACK, &[("SAMLResponse", "PHg+PC94Pg==")]).await.status, 404);
}

on_both! {
    somebody_new_chooses_a_name_and_comes_again,
    nothing_is_believed_but_the_answer_of_the_day,
    keys_are_those_of_the_metadata,
    a_login_becomes_theirs_by_its_password_or_from_within,
    a_browser_finds_the_way_there_and_back,
    who_we_are_is_said_where_it_is_asked,
}
