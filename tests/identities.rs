//! People who sign in by the provider of their organization: whom it may speak for, and that nobody's login is taken over.

use std::time::Duration;

use ::server::settings::Registration;
use app::identities::{Provider as Known, Speaks, openid::Client};
use app::{Me, identities, people, totp};
use domain::group::{Joining, Visibility};
use domain::host::Host;
use domain::id::SessionId;
use serde_json::{Value, json};

use crate::network::{Answer, Lie, Network, PostOffice, Provider, Server, Visitor, field, on_both};
use crate::oauth::{self, REDIRECT, parameter};

const BACK: &str = "/login/organization/back";

fn known(admits: bool, only: bool) -> Known {
    Known {
        issuer: "http://sso.test".to_owned(),
        name: "Casa Grande".to_owned(),
        only,
        admits,
        speaks: Speaks::OpenId(Client { id: Provider::CLIENT.to_owned(), secret: Provider::SECRET.to_owned() }),
    }
}

/// A server of an organization, which has people already, and the provider.
async fn organization(admits: bool, only: bool) -> (Network, Server, Provider) {
    let change = move |settings: ::server::settings::Settings| {
        let registration_domains = vec![Host::parse("org.example").unwrap()];
        let provider = Some(known(admits, only));
        // Where the provider is the only way, that closes every other one.
        let registration = if only { Registration::Open } else { Registration::Closed };
        ::server::settings::Settings { provider, registration, registration_domains, ..settings }
    };
    let net = Network::with(change, ["alpha.test"]).await;
    let (alpha, provider) = (net.server("alpha.test"), net.provider("sso.test"));
    (net, alpha, provider)
}

fn ana() -> Value {
    json!({ "sub": "42", "email": "Ana.Ruiz@org.example", "email_verified": true, "preferred_username": "ana.ruiz" })
}

/// Somebody who goes to the provider from the page for signing in, and comes back.
async fn come(visitor: &mut Visitor, provider: &Provider, person: Value) -> Answer {
    let page = visitor.get("/login?back=/communities").await.text();
    assert!(page.contains("/login/organization?back=") && page.contains("Sign in with Casa Grande"), "{page}");
    let left = visitor.get("/login/organization?back=/communities").await;
    assert_eq!(left.status, 303, "{}", left.text());
    visitor.get(&provider.agree(left.header("location").unwrap(), person)).await
}

fn location(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.header("location").map(|at| at.strip_prefix("http://alpha.test").unwrap_or(at)))
}

async fn somebody_new_chooses_a_name_and_comes_again() {
    let (_net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &provider, ana()).await;
    let text = page.text();
    assert_eq!(page.status, 200, "{text}");
    assert!(
        text.contains("ana.ruiz") && text.contains("value=\"ana_ruiz\"") && !text.contains("name=\"email\""),
        "{text}"
    );
    let claim = field(&text, "claim");
    let new = "/login/organization/new";
    let taken = visitor.submit(new, &[("claim", &claim), ("name", "bea"), ("agreement", "yes")]).await;
    assert!(taken.status == 422 && taken.text().contains("name-flaw"), "{}", taken.text());
    let asked = visitor.submit(new, &[("claim", &claim), ("name", "ana")]).await;
    assert!(asked.status == 422 && asked.text().contains("agreement-flaw"), "{}", asked.text());
    let made = visitor.submit(new, &[("claim", &claim), ("name", "ana"), ("agreement", "yes")]).await;
    assert_eq!(location(&made), (303, Some("/communities")));
    assert_eq!(visitor.get("/write").await.status, 200, "nothing is left to wait for");
    let again = Visitor::new(&alpha).submit(new, &[("claim", &claim), ("name", "two"), ("agreement", "yes")]).await;
    assert_eq!(again.status, 422, "one login for one person: {}", again.text());

    let actor = people::by_name(alpha.app(), "ana").await.unwrap();
    let account = alpha.app().read(move |c| store::accounts::by_id(c, actor.id)).await.unwrap().unwrap();
    assert_eq!((account.email.as_str(), account.has_password()), ("ana.ruiz@org.example", false));
    let entry = visitor.get("/settings/entry").await.text();
    assert!(entry.contains("Set a password") && !entry.contains("Change the password"), "{entry}");
    let mut other = Visitor::new(&alpha);
    assert_eq!(location(&come(&mut other, &provider, ana()).await), (303, Some("/communities")));
    assert_eq!(other.get("/write").await.status, 200);
    for password in ["", "correct horse"] {
        assert_eq!(Visitor::new(&alpha).sign_in("ana", password, "/").await.status, 422, "there is no password");
    }
    let profile = other.get("/settings/data/profile.json").await.text();
    assert!(profile.contains("\"subject\": \"42\"") && profile.contains("http://sso.test"), "{profile}");

    // What she wrote when her session had ended waits for her, whichever way she comes in.
    let form_token = field(&other.get("/settings/profile").await.text(), "form_token");
    let me = Me(actor.id);
    for session in app::sessions::list(alpha.app(), me).await.unwrap() {
        app::sessions::end(alpha.app(), me, SessionId(session.id)).await.unwrap();
    }
    let fields = [("form_token", &*form_token), ("title", "Ana la de los tomates")];
    assert_eq!(other.submit("/settings/profile", &fields).await.status, 401);
    let back = come(&mut other, &provider, ana()).await;
    assert!(back.status == 200 && back.text().contains("Ana la de los tomates"), "{}", back.text());
}

async fn a_provider_that_lies_signs_nobody_in() {
    let (net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    for lie in [Lie::Issuer, Lie::Audience, Lie::Nonce, Lie::Expired, Lie::OtherKey, Lie::NoSignature] {
        provider.lie(Some(lie));
        let refused = come(&mut Visitor::new(&alpha), &provider, ana()).await;
        assert!(refused.status == 403 && refused.text().contains("You are not signed in"), "{lie:?}");
    }
    provider.lie(None);
    let mut visitor = Visitor::new(&alpha);
    let left = visitor.get("/login/organization").await;
    let back = provider.agree(left.header("location").unwrap(), ana());
    assert_eq!(Visitor::new(&alpha).get(&back).await.status, 403, "another browser");
    let (mut forged, mut wrong) = (visitor.clone(), visitor.clone());
    assert_eq!(forged.get(&format!("{BACK}?code=code-0&state=made-up")).await.status, 403);
    assert_eq!(wrong.get(&back.replace("code=code", "code=none")).await.status, 403, "a code that nobody gave");
    let mut late = visitor.clone();
    assert_eq!(visitor.get(&back).await.status, 200);
    net.settle().await;
    net.pass_time(Duration::from_mins(16)).await;
    assert_eq!(late.get(&back).await.status, 403, "too late");

    // Providers sign with other keys from time to time.
    provider.renew_key();
    assert_eq!(come(&mut Visitor::new(&alpha), &provider, ana()).await.status, 200);
}

async fn what_the_provider_does_not_say_is_not_asked_for() {
    let (_net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let left = visitor.get("/login/organization?back=/communities").await;
    let refused = visitor.get(&provider.refuse(left.header("location").unwrap())).await;
    assert!(refused.status == 403 && refused.text().contains("You are not signed in"), "{}", refused.text());
    assert!(!refused.text().contains("No one may"), "the words of anybody who sends somebody here");
    assert!(identities::look(alpha.app()).await.is_ok());

    let (_net, beta, provider) = organization(true, false).await;
    provider.lie(Some(Lie::SharedKey));
    let trouble = identities::look(beta.app()).await.unwrap_err().to_string();
    assert!(trouble.contains("such as RS256"), "{trouble}");
}

async fn who_signs_out_is_told_that_the_provider_still_knows_them() {
    let (_net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let named =
        json!({ "sub": "42", "email": "i@org.example", "email_verified": true, "preferred_username": "Iñaki.Ruiz" });
    let page = come(&mut visitor, &provider, named).await.text();
    assert!(page.contains("value=\"inaki_ruiz\""), "letters with signs are letters: {page}");
    let fields = [("claim", &*field(&page, "claim")), ("name", "inaki"), ("agreement", "yes")];
    assert_eq!(visitor.submit("/login/organization/new", &fields).await.status, 303);
    let token = field(&visitor.get("/settings").await.text(), "form_token");
    let out = visitor.submit("/logout", &[("form_token", &token)]).await;
    let text = out.text();
    assert!(out.status == 200 && text.contains("you may still be signed in there"), "{text}");
    assert!(text.contains("Casa Grande") && text.contains("/login"), "{text}");
    assert_eq!(visitor.get("/settings").await.status, 303, "out");
    let mut bea = Visitor::new(&alpha);
    assert_eq!(bea.sign_in("bea", "correct horse", "/").await.status, 303);
    let token = field(&bea.get("/settings").await.text(), "form_token");
    assert_eq!(
        location(&bea.submit("/logout", &[("form_token", &token)]).await),
        (303, Some("/")),
        "the provider knows nothing of her"
    );
}

async fn a_login_becomes_theirs_only_by_its_password() {
    let (net, alpha, provider) = organization(true, false).await;
    let bea = alpha.person("bea").await;
    let claim_of = |email: &str, verified: Value| json!({ "sub": "7", "email": email, "email_verified": verified });
    // An address that the provider does not vouch for is nobody's yet.
    let unknown = come(&mut Visitor::new(&alpha), &provider, claim_of("bea@alpha.test", json!(false))).await.text();
    assert!(unknown.contains("name=\"email\"") && !unknown.contains("name=\"password\""), "{unknown}");

    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &provider, claim_of("bea@alpha.test", json!(true))).await.text();
    assert!(page.contains("name=\"password\"") && page.contains("bea@alpha.test"), "{page}");
    let (join, claim) = ("/login/organization/join", field(&page, "claim"));
    let wrong = visitor.submit(join, &[("claim", &claim), ("password", "not hers")]).await;
    assert_eq!((wrong.status, wrong.text().contains("password-flaw")), (422, true));
    assert_eq!(visitor.submit(join, &[("claim", "abcd"), ("password", "correct horse")]).await.status, 410);
    assert!(identities::list(alpha.app(), Me(bea.actor.id)).await.unwrap().is_empty());
    let joined = visitor.submit(join, &[("claim", &claim), ("password", "correct horse")]).await;
    assert_eq!(location(&joined), (303, Some("/communities")));
    let entered = come(&mut Visitor::new(&alpha), &provider, claim_of("new@org.example", json!(true))).await;
    assert_eq!(entered.status, 303, "known by the number, not by the address");

    // She unlinks it by her password; then it is asked for again.
    let panel = visitor.get("/settings/entry").await.text();
    let (token, key) = (field(&panel, "form_token"), field(&panel, "key"));
    let unlink = "/settings/entry/organization/unlink";
    let fields = [("form_token", token.as_str()), ("key", &key), ("known", "wrong one")];
    assert_eq!(visitor.submit(unlink, &fields).await.status, 422);
    let fields = [("form_token", token.as_str()), ("key", &key), ("known", "correct horse")];
    assert_eq!(visitor.submit(unlink, &fields).await.status, 303);
    let page = come(&mut Visitor::new(&alpha), &provider, claim_of("bea@alpha.test", json!(true))).await.text();
    assert!(page.contains("name=\"password\""), "{page}");
    net.settle().await;
}

async fn whoever_is_signed_in_links_their_login() {
    let (_net, alpha, provider) = organization(false, false).await;
    let (bea, _) = (alpha.person("bea").await, alpha.person("eve").await);
    let stranger = come(&mut Visitor::new(&alpha), &provider, ana()).await;
    assert!(stranger.status == 403 && stranger.text().contains("You have no account here yet"), "{}", stranger.text());
    let link = "/settings/entry/organization";
    let leave = async |name: &str, password: &str| {
        let mut visitor = Visitor::new(&alpha);
        visitor.sign_in(name, "correct horse", "/").await;
        let session = visitor.cookie.clone().unwrap();
        let page = visitor.fill("/settings/entry", link, &[("known", password)]).await;
        // A browser keeps both cookies.
        visitor.cookie = Some(format!("{session}; {}", visitor.cookie.unwrap()));
        (visitor, page)
    };
    assert_eq!(leave("bea", "not hers").await.1.status, 422);
    let way = |page: &Answer| {
        let text = page.text();
        let href = text.split("href=\"").find(|part| part.starts_with("http://sso.test")).expect("a way");
        href.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
    };
    let (mut out, page) = leave("bea", "correct horse").await;
    out.cookie = out.cookie.map(|both| both.split("; ").last().unwrap().to_owned());
    assert_eq!(out.get(&provider.agree(&way(&page), ana())).await.status, 403, "nobody is signed in");
    let (mut visitor, page) = leave("bea", "correct horse").await;
    let done = visitor.get(&provider.agree(&way(&page), ana())).await;
    assert_eq!(location(&done), (303, Some("/settings/entry?done=true")));
    let linked = identities::list(alpha.app(), Me(bea.actor.id)).await.unwrap();
    assert_eq!((linked.len(), linked[0].subject.as_str(), linked[0].name.as_str()), (1, "42", "ana.ruiz"));
    assert_eq!(come(&mut Visitor::new(&alpha), &provider, ana()).await.status, 303);

    let (mut eve, page) = leave("eve", "correct horse").await;
    let taken = eve.get(&provider.agree(&way(&page), ana())).await;
    assert_eq!(taken.status, 409, "{}", taken.text());
}

async fn where_the_provider_is_the_only_way_there_are_no_passwords() {
    let (_net, alpha, provider) = organization(true, true).await;
    let bea = alpha.person("bea").await;
    let page = Visitor::new(&alpha).get("/login").await.text();
    assert!(
        page.contains("Casa Grande") && !page.contains("name=\"password\"") && !page.contains("/recover"),
        "{page}"
    );
    assert_eq!(Visitor::new(&alpha).sign_in("bea", "correct horse", "/").await.status, 422);
    assert_eq!(Visitor::new(&alpha).get("/signup").await.status, 403);
    let club = alpha.group_like("club", &bea, Visibility::Public, Joining::Approval).await;
    let thread = bea.post(&format!("{} Hello", club.handle())).await;
    let asking = format!("/apply?group={}", club.actor.id);
    for path in ["/", "/communities", "/login", "/@club", "/about", &asking, thread["url"].as_str().unwrap()] {
        let page = Visitor::new(&alpha).get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let page = page.text();
        assert!(!page.contains("/signup") && !page.contains("Create account"), "{path}: {page}");
    }
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &provider, ana()).await.text();
    let claim = field(&page, "claim");
    let fields = [("claim", claim.as_str()), ("name", "ana"), ("agreement", "yes")];
    assert_eq!(visitor.submit("/login/organization/new", &fields).await.status, 303);
    // She has no password to show that it is her: having signed in a moment ago does.
    let data = visitor.get("/settings/data").await.text();
    assert!(data.contains("name=\"secret\" value=\"\"") && !data.contains("type=\"password\""), "{data}");
    let gone = visitor.fill("/settings/data", "/settings/data/leave", &[("typed", "ana"), ("secret", "")]).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    let census = come(&mut Visitor::new(&alpha), &provider, ana()).await;
    assert_eq!(census.status, 200, "nothing of her is left here: {}", census.text());
}

async fn who_is_connected_stays_so_where_the_provider_is_the_only_way() {
    let (_net, alpha, provider) = organization(true, true).await;
    alpha.person("bea").await;
    // Her password still says which login is hers; it opens nothing.
    let claim = json!({ "sub": "7", "email": "bea@alpha.test", "email_verified": true });
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &provider, claim).await.text();
    let fields = [("claim", &*field(&page, "claim")), ("password", "correct horse")];
    let joined = visitor.submit("/login/organization/join", &fields).await;
    assert_eq!(location(&joined), (303, Some("/communities")), "{}", joined.text());
    let entry = visitor.get("/settings/entry").await.text();
    let (token, key) = (field(&entry, "form_token"), field(&entry, "key"));
    let fields = [("form_token", token.as_str()), ("key", &key), ("known", "correct horse")];
    let last = visitor.submit("/settings/entry/organization/unlink", &fields).await;
    assert!(last.status == 422 && last.text().contains("You would not get in any more"), "{}", last.text());

    // Nor does an application make a login.
    let app = oauth::register(&alpha, "read write").await;
    let asked = json!({
        "grant_type": "client_credentials", "scope": "read write",
        "client_id": app["client_id"], "client_secret": app["client_secret"],
    });
    let own = oauth::call(&alpha, "POST", "/oauth/token", "", &asked).await.value();
    let wish = json!({
        "username": "nora", "email": "nora@org.example", "password": "correct horse", "agreement": true, "locale": "en",
    });
    let token = own["access_token"].as_str().unwrap();
    assert_eq!(oauth::call(&alpha, "POST", "/api/v1/accounts", token, &wish).await.status, 403);
    assert!(people::by_name(alpha.app(), "nora").await.is_err());
}

/// Has whoever is signed in confirm each time they sign in, by an authenticator; what that keeps.
pub(crate) async fn secure(visitor: &mut Visitor) -> String {
    let text = visitor.fill("/settings/entry", "/settings/entry/second", &[]).await.text();
    let secret = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let code = totp::current(&secret, visitor.server.app().now()).unwrap();
    let (sealed, form_token) = (field(&text, "sealed"), field(&text, "form_token"));
    let fields = [("sealed", &*sealed), ("form_token", &form_token), ("code", &code), ("known", "correct horse")];
    let on = visitor.submit("/settings/entry/second/on", &fields).await;
    assert!(on.text().contains("Recovery codes"), "{}", on.text());
    secret
}

async fn the_second_step_follows_on_the_provider() {
    let (net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    let claim_of = |subject: &str| json!({ "sub": subject, "email": "bea@alpha.test", "email_verified": true });
    let join = async |visitor: &mut Visitor, page: Answer| {
        let fields = [("claim", &*field(&page.text(), "claim")), ("password", "correct horse")];
        visitor.submit("/login/organization/join", &fields).await
    };
    let mut bea = Visitor::new(&alpha);
    let page = come(&mut bea, &provider, claim_of("7")).await;
    assert_eq!(join(&mut bea, page).await.status, 303);
    let secret = secure(&mut bea).await;

    // Whether she is known already, or shows by her password that it is her: the provider stands for the password alone.
    let (mut known, mut joined) = (Visitor::new(&alpha), Visitor::new(&alpha));
    let asked = come(&mut known, &provider, claim_of("7")).await;
    let page = come(&mut joined, &provider, claim_of("8")).await;
    let also_asked = join(&mut joined, page).await;
    for (mut visitor, asked) in [(known, asked), (joined, also_asked)] {
        let text = asked.text();
        assert!(asked.status == 200 && text.contains("One more step"), "{text}");
        assert_eq!(visitor.get("/settings").await.status, 303, "she is not in yet");
        let (proof, back) = (field(&text, "proof"), field(&text, "back"));
        let step = async |visitor: &mut Visitor, code: &str| {
            visitor.submit("/login/code", &[("proof", &*proof), ("back", &back), ("code", code)]).await
        };
        assert_eq!(step(&mut visitor, "000000").await.status, 422);
        // A code is good once.
        net.settle().await;
        net.pass_time(Duration::from_secs(31)).await;
        let code = totp::current(&secret, alpha.app().now()).unwrap();
        assert_eq!(location(&step(&mut visitor, &code).await), (303, Some("/communities")));
        assert_eq!(visitor.get("/settings").await.status, 200);
    }
}

/// Goes where an application sends somebody, and on to the provider; what comes when they are back.
async fn come_for(visitor: &mut Visitor, provider: &Provider, ask: &str) -> Answer {
    let sent = visitor.get(ask).await;
    let page = visitor.get(sent.header("location").unwrap()).await.text();
    let mut links = page.split("href=\"").map(|part| part.split('"').next().unwrap());
    let way = links.find(|href| href.starts_with("/login/organization?back=")).expect("a way");
    let left = visitor.get(&way.replace("&amp;", "&").replace("&#38;", "&")).await;
    visitor.get(&provider.agree(left.header("location").unwrap(), ana())).await
}

async fn an_application_is_let_in_by_way_of_the_provider() {
    let (_net, alpha, provider) = organization(true, true).await;
    alpha.person("bea").await;
    let app = oauth::register(&alpha, "read").await;
    let ask = oauth::authorize(&app, REDIRECT, &[("scope", "read"), ("state", "s1 &")]);
    // The first time she says who she will be here, and goes on to what she came for.
    let mut visitor = Visitor::new(&alpha);
    let claim = field(&come_for(&mut visitor, &provider, &ask).await.text(), "claim");
    let fields = [("claim", claim.as_str()), ("name", "ana"), ("agreement", "yes")];
    let made = visitor.submit("/login/organization/new", &fields).await;
    assert_eq!(location(&made), (303, Some(ask.as_str())));
    let mut again = Visitor::new(&alpha);
    assert_eq!(location(&come_for(&mut again, &provider, &ask).await), (303, Some(ask.as_str())));
    for mut visitor in [visitor, again] {
        let allowed = oauth::decide(&mut visitor, &ask, "allow").await;
        let back = allowed.header("location").unwrap();
        assert!(back.starts_with(&format!("{REDIRECT}?")), "{back}");
        assert_eq!(parameter(back, "state").as_deref(), Some("s1 &"));
        let issued = oauth::exchange(&alpha, &app, &parameter(back, "code").unwrap(), &[]).await.value();
        let token = issued["access_token"].as_str().unwrap();
        let me = oauth::call(&alpha, "GET", "/api/v1/accounts/verify_credentials", token, &Value::Null).await;
        assert_eq!((me.status, &me.value()["username"]), (200, &json!("ana")));
    }
}

async fn whoever_signed_in_long_ago_does_it_again() {
    let (net, alpha, provider) = organization(true, false).await;
    alpha.person("bea").await;
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, &provider, ana()).await.text();
    let claim = field(&page, "claim");
    let fields = [("claim", claim.as_str()), ("name", "ana"), ("agreement", "yes")];
    visitor.submit("/login/organization/new", &fields).await;
    net.settle().await;
    net.pass_time(Duration::from_mins(11)).await;
    let late = visitor.fill("/settings/data", "/settings/data/leave", &[("typed", "ana"), ("secret", "")]).await;
    assert!(late.status == 422 && late.text().contains("Sign out, sign in again"), "{}", late.text());
    let mut fresh = Visitor::new(&alpha);
    come(&mut fresh, &provider, ana()).await;
    // It is the browser that asks in which they signed in a moment ago, not another one.
    for (browser, answer) in [(&mut visitor, "Sign out, sign in again"), (&mut fresh, "You would not get in any more")]
    {
        let entry = browser.get("/settings/entry").await.text();
        let (token, key) = (field(&entry, "form_token"), field(&entry, "key"));
        let fields = [("form_token", token.as_str()), ("key", key.as_str()), ("known", "")];
        let last = browser.submit("/settings/entry/organization/unlink", &fields).await;
        assert!(last.status == 422 && last.text().contains(answer), "{}", last.text());
    }
}

async fn only_addresses_of_the_domains_sign_up() {
    let office = PostOffice::open().await;
    let smtp = ::server::settings::Smtp::parse(&office.url()).flatten();
    let change = move |settings: ::server::settings::Settings| {
        let registration_domains = vec![Host::parse("org.example").unwrap()];
        let (smtp, provider) = (smtp.clone(), Some(known(true, false)));
        ::server::settings::Settings {
            smtp,
            provider,
            registration: Registration::Open,
            registration_domains,
            ..settings
        }
    };
    let net = Network::with(change, ["alpha.test"]).await;
    let (alpha, provider) = (net.server("alpha.test"), net.provider("sso.test"));
    alpha.person("bea").await;
    assert!(Visitor::new(&alpha).get("/signup").await.text().contains("Only addresses of org.example may sign up"));
    let sign_up = async |name: &str, email: &str| {
        let fields = [("name", name), ("email", email), ("password", "correct horse"), ("agreement", "yes")];
        Visitor::new(&alpha).fill("/signup", "/signup", &fields).await
    };
    for email in ["x@else.example", "x@notorg.example", "x@org.example.evil.example", "x@example"] {
        let refused = sign_up("mallory", email).await;
        assert!(refused.status == 422 && refused.text().contains("email-flaw"), "{email}: {}", refused.text());
    }
    assert_eq!(sign_up("carla", "carla@mail.org.example").await.status, 303, "a subdomain");
    // Nor does anybody who has yet to confirm an address choose another one.
    let mut visitor = Visitor::new(&alpha);
    assert_eq!(visitor.sign_in("carla", "correct horse", "/").await.status, 303);
    let refused = visitor.fill("/waiting", "/waiting", &[("email", "carla@else.example")]).await;
    assert!(refused.status == 422 && refused.text().contains("email-flaw"), "{}", refused.text());
    assert_eq!(visitor.fill("/waiting", "/waiting", &[("email", "carla@org.example")]).await.status, 303);
    assert!(office.letter("carla@org.example", 0).await.text().contains("token="));
    assert!(office.letters_to("carla@else.example").is_empty());

    // What the provider does not vouch for is confirmed by a letter; what else it says of it is not asked again.
    let mut visitor = Visitor::new(&alpha);
    let quiet = json!({ "sub": "9", "quiet": true, "email": "dora@org.example", "preferred_username": "dora" });
    let page = come(&mut visitor, &provider, quiet).await.text();
    assert!(page.contains("value=\"dora@org.example\""), "{page}");
    let claim = field(&page, "claim");
    let new = "/login/organization/new";
    let fields = [("claim", claim.as_str()), ("name", "dora"), ("email", "dora@else.example"), ("agreement", "yes")];
    assert_eq!(visitor.submit(new, &fields).await.status, 422);
    let fields = [("claim", claim.as_str()), ("name", "dora"), ("email", "dora@org.example"), ("agreement", "yes")];
    assert_eq!(location(&visitor.submit(new, &fields).await), (303, Some("/waiting")));
    assert!(office.letter("dora@org.example", 0).await.text().contains("token="));
}

on_both! {
    somebody_new_chooses_a_name_and_comes_again,
    a_provider_that_lies_signs_nobody_in,
    what_the_provider_does_not_say_is_not_asked_for,
    who_signs_out_is_told_that_the_provider_still_knows_them,
    a_login_becomes_theirs_only_by_its_password,
    whoever_is_signed_in_links_their_login,
    where_the_provider_is_the_only_way_there_are_no_passwords,
    who_is_connected_stays_so_where_the_provider_is_the_only_way,
    the_second_step_follows_on_the_provider,
    an_application_is_let_in_by_way_of_the_provider,
    whoever_signed_in_long_ago_does_it_again,
    only_addresses_of_the_domains_sign_up,
}
