//! An application makes itself known, is let in by a person in a browser, and is put out again.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::identities::secure;
use crate::network::{Answer, Network, Request, Server, Visitor, field, form, on_both};

pub(crate) const REDIRECT: &str = "com.example.app:/callback";

/// The verifier and the challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub(crate) async fn call(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let mut request = Request::new(method, &server.url(path)).with("content-type", "application/json");
    if !token.is_empty() {
        request = request.with("authorization", &format!("Bearer {token}"));
    }
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    server.ask(&request).await
}

pub(crate) async fn register(server: &Server, scopes: &str) -> Value {
    let body =
        json!({ "client_name": "Probe", "redirect_uris": [REDIRECT, "urn:ietf:wg:oauth:2.0:oob"], "scopes": scopes });
    let answer = call(server, "POST", "/api/v1/apps", "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.value()
}

pub(crate) fn authorize(app: &Value, redirect: &str, more: &[(&str, &str)]) -> String {
    let client = app["client_id"].as_str().unwrap();
    let mut pairs = vec![("client_id", client), ("redirect_uri", redirect), ("response_type", "code")];
    pairs.extend(more);
    format!("/oauth/authorize?{}", form(&pairs))
}

/// Allows or denies what a page of consent asks for.
pub(crate) async fn decide(browser: &mut Visitor, path: &str, decision: &str) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let token = field(&text, "form_token");
    let query = path.split_once('?').unwrap().1.to_owned();
    let given: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut pairs: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.extend([("form_token", token.as_str()), ("decision", decision)]);
    browser.submit("/oauth/authorize", &pairs).await
}

pub(crate) async fn exchange(server: &Server, app: &Value, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("client_id", app["client_id"].as_str().unwrap()),
        ("client_secret", app["client_secret"].as_str().unwrap()),
        ("redirect_uri", REDIRECT),
        ("code", code),
    ];
    pairs.extend(more);
    let request = Request::new("POST", &server.url("/oauth/token"));
    server.ask(&request.with("content-type", "application/x-www-form-urlencoded").body(form(&pairs))).await
}

async fn an_application_is_let_in_and_put_out() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let app = register(&alpha, "read write:statuses").await;
    assert_eq!(app["client_secret_expires_at"], 0);
    assert_eq!(app["redirect_uris"][0], REDIRECT);

    let mut browser = Visitor::new(&alpha);
    let more = [("scope", "read"), ("state", "s1 &"), ("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let ask = authorize(&app, REDIRECT, &more);
    let sent = browser.get(&ask).await;
    assert_eq!(sent.status, 303);
    let login = sent.header("location").unwrap().to_owned();
    let back = parameter(&login, "back").unwrap();
    assert!(browser.get(&login).await.text().contains("type=\"password\""));
    assert_eq!(browser.sign_in("ana", "wrong horse", &back).await.status, 422);
    assert!(browser.cookie.is_none());
    let entered = browser.sign_in("ana", "correct horse", &back).await;
    assert_eq!((entered.status, entered.header("location")), (303, Some(alpha.url(&back).as_str())));

    let page = browser.get(&back).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' com.example.app:;"), "{policy}");
    assert!(page.text().contains("Probe") && page.text().contains("<code>read</code>"));
    let allowed = decide(&mut browser, &back, "allow").await;
    let to = allowed.header("location").unwrap();
    assert!(to.starts_with(&format!("{REDIRECT}?")), "{to}");
    assert_eq!(parameter(to, "state").as_deref(), Some("s1 &"));
    let code = parameter(to, "code").unwrap();

    assert_eq!(exchange(&alpha, &app, &code, &[]).await.value()["error"], "invalid_grant", "no verifier");
    let other = register(&alpha, "read").await;
    let proof = [("code_verifier", VERIFIER)];
    assert_eq!(exchange(&alpha, &other, &code, &proof).await.value()["error"], "invalid_grant", "another application");
    let issued = exchange(&alpha, &app, &code, &proof).await;
    assert_eq!(issued.status, 200, "{}", issued.text());
    let issued = issued.value();
    assert_eq!((&issued["scope"], &issued["token_type"]), (&json!("read"), &json!("Bearer")));
    assert!(issued["created_at"].is_i64());
    let token = issued["access_token"].as_str().unwrap();
    let me = call(&alpha, "GET", "/api/v1/accounts/verify_credentials", token, &Value::Null).await;
    assert_eq!((me.status, &me.value()["username"]), (200, &json!("ana")));
    let post = call(&alpha, "POST", "/api/v1/statuses", token, &json!({ "status": "x" })).await;
    assert_eq!(post.status, 403, "nothing that was not granted");

    assert_eq!(exchange(&alpha, &app, &code, &proof).await.status, 400, "a code is good once");
    let me = call(&alpha, "GET", "/api/v1/accounts/verify_credentials", token, &Value::Null).await;
    assert_eq!(me.status, 401, "and whoever brings it again ends the token");

    let again = decide(&mut browser, &authorize(&app, REDIRECT, &[("scope", "read")]), "allow").await;
    let code = parameter(again.header("location").unwrap(), "code").unwrap();
    let token = exchange(&alpha, &app, &code, &[]).await.value()["access_token"].as_str().unwrap().to_owned();
    let secret =
        |app: &Value| format!("{}:{}", app["client_id"].as_str().unwrap(), app["client_secret"].as_str().unwrap());
    for (app, status_after) in [(&other, 200), (&app, 401)] {
        let request = Request::new("POST", &alpha.url("/oauth/revoke"))
            .with("authorization", &format!("Basic {}", STANDARD.encode(secret(app))))
            .with("content-type", "application/x-www-form-urlencoded")
            .body(form(&[("token", &token)]));
        assert_eq!(alpha.ask(&request).await.status, 200);
        let me = call(&alpha, "GET", "/api/v1/accounts/verify_credentials", &token, &Value::Null).await;
        assert_eq!(me.status, status_after, "only its own application revokes a token");
    }
}

async fn an_application_may_ask_who_it_is_and_nothing_else() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let app = register(&alpha, "profile read").await;
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("ana", "correct horse", "/").await;
    let allowed = decide(&mut browser, &authorize(&app, REDIRECT, &[("scope", "profile")]), "allow").await;
    let code = parameter(allowed.header("location").unwrap(), "code").unwrap();
    let token = exchange(&alpha, &app, &code, &[]).await.value()["access_token"].as_str().unwrap().to_owned();
    for method in ["GET", "POST"] {
        let told = call(&alpha, method, "/oauth/userinfo", &token, &Value::Null).await.value();
        assert_eq!((&told["iss"], &told["sub"]), (&json!(alpha.url("/")), &json!(ana.uri())));
        assert_eq!((&told["preferred_username"], &told["profile"]), (&json!("ana"), &json!(alpha.url("/@ana"))));
        assert!(told["picture"].as_str().unwrap().starts_with("http"), "{told}");
    }
    let me = call(&alpha, "GET", "/api/v1/accounts/verify_credentials", &token, &Value::Null).await;
    assert_eq!((me.status, &me.value()["username"]), (200, &json!("ana")));
    assert_eq!(call(&alpha, "GET", "/api/v1/timelines/home", &token, &Value::Null).await.status, 403);

    let allowed = decide(&mut browser, &authorize(&app, REDIRECT, &[("scope", "read")]), "allow").await;
    let code = parameter(allowed.header("location").unwrap(), "code").unwrap();
    let token = exchange(&alpha, &app, &code, &[]).await.value()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(call(&alpha, "GET", "/oauth/userinfo", &token, &Value::Null).await.status, 403);
    assert_eq!(call(&alpha, "GET", "/oauth/userinfo", "nonsense", &Value::Null).await.status, 401);
}

async fn what_is_asked_wrongly_leads_nowhere_it_should_not() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let app = register(&alpha, "read").await;
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("ana", "correct horse", "/").await;

    for redirect in ["https://evil.example/", "com.example.app:/callback/", "com.example.app:/callback?x"] {
        let answer = browser.get(&authorize(&app, redirect, &[])).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{redirect}");
    }
    assert_eq!(browser.get("/oauth/authorize?client_id=x").await.status, 400);
    for (more, error) in [
        (vec![("scope", "write"), ("state", "7")], "invalid_scope"),
        (vec![("code_challenge", CHALLENGE), ("code_challenge_method", "plain"), ("state", "7")], "invalid_request"),
        (vec![("code_challenge", CHALLENGE), ("state", "7")], "invalid_request"),
    ] {
        let answer = browser.get(&authorize(&app, REDIRECT, &more)).await;
        let to = answer.header("location").unwrap();
        assert_eq!(parameter(to, "error").as_deref(), Some(error), "{to}");
        assert!(to.starts_with(REDIRECT) && parameter(to, "state").as_deref() == Some("7"), "{to}");
    }
    let denied = decide(&mut browser, &authorize(&app, REDIRECT, &[]), "deny").await;
    assert_eq!(parameter(denied.header("location").unwrap(), "error").as_deref(), Some("access_denied"));

    let client = app["client_id"].as_str().unwrap();
    let stolen = [("client_id", client), ("redirect_uri", REDIRECT), ("response_type", "code"), ("decision", "allow")];
    assert_eq!(browser.submit("/oauth/authorize", &stolen).await.status, 403, "a form without the session's token");
    let foreign = Request::new("POST", &alpha.url("/login"))
        .with("origin", "https://evil.example")
        .with("content-type", "application/x-www-form-urlencoded")
        .body(form(&[("name", "ana"), ("password", "correct horse")]));
    assert_eq!(alpha.ask(&foreign).await.status, 403, "a form of another site");
    let away = Visitor::new(&alpha).sign_in("ana", "correct horse", "https://evil.example/").await;
    assert_eq!(away.header("location"), Some(alpha.url("/").as_str()), "nobody is led away");

    let ask = authorize(&app, "urn:ietf:wg:oauth:2.0:oob", &[("force_login", "False"), ("state", "None")]);
    let by_hand = decide(&mut browser, &ask, "allow").await;
    let shown = by_hand.header("location").unwrap().to_owned();
    assert!(shown.starts_with("/oauth/authorize/native?code="), "{shown}");
    let code = parameter(&shown, "code").unwrap();
    assert!(browser.get(&shown).await.text().contains(&code));
    let forced = browser.get(&authorize(&app, REDIRECT, &[("force_login", "true")])).await;
    let login = forced.header("location").unwrap().to_owned();
    assert!(login.starts_with("/login"), "asked to sign in again: {login}");
    let token = field(&browser.get(&login).await.text(), "form_token");
    let fields = [("name", "ana"), ("password", "correct horse"), ("back", "/x"), ("form_token", token.as_str())];
    let entered = browser.submit("/login", &fields).await;
    assert_eq!(entered.header("location"), Some(alpha.url("/x").as_str()), "{}", entered.text());

    let metadata = alpha.get("/.well-known/oauth-authorization-server", "application/json").await.value();
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["token_endpoint"], alpha.url("/oauth/token"));
}

/// As Ice Cubes and Ivory come: with an address that only a telephone knows, a proof instead of trust in their secret, and a
/// person who confirms each time they sign in.
async fn who_confirms_each_time_lets_an_application_on_a_telephone_in() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let mut ana = Visitor::new(&alpha);
    ana.sign_in("ana", "correct horse", "/").await;
    let secret = secure(&mut ana).await;

    for redirect in ["icecubesapp://", "com.tapbots.Ivory.20000:/request_token/3E2F"] {
        let new = json!({ "client_name": "Telephone", "redirect_uris": redirect, "scopes": "read write follow push" });
        let app = call(&alpha, "POST", "/api/v1/apps", "", &new).await.value();
        let more = [("scope", "read write"), ("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        let ask = authorize(&app, redirect, &more);
        let mut browser = Visitor::new(&alpha);
        let login = browser.get(&ask).await.header("location").unwrap().to_owned();
        let back = parameter(&login, "back").unwrap();
        let asked = browser.sign_in("ana", "correct horse", &back).await.text();
        assert!(asked.contains("One more step"), "{asked}");
        assert_eq!(browser.get(&back).await.status, 303, "the password alone lets nobody in");
        net.settle().await;
        net.pass_time(Duration::from_secs(31)).await;
        let (proof, kept) = (field(&asked, "proof"), field(&asked, "back"));
        let code = app::totp::current(&secret, alpha.app().now()).unwrap();
        let entered = browser.submit("/login/code", &[("proof", &*proof), ("back", &kept), ("code", &code)]).await;
        assert_eq!((entered.status, entered.header("location")), (303, Some(alpha.url(&back).as_str())));

        let allowed = decide(&mut browser, &back, "allow").await;
        let to = allowed.header("location").unwrap();
        assert!(to.starts_with(&format!("{redirect}?code=")), "{to}");
        let code = parameter(to, "code").unwrap();
        let turn = async |verifier: &str| {
            let body = json!({
                "grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
                "redirect_uri": redirect, "code": code, "code_verifier": verifier,
            });
            call(&alpha, "POST", "/oauth/token", "", &body).await
        };
        assert_eq!(turn(CHALLENGE).await.value()["error"], "invalid_grant", "whoever only saw it pass has no proof");
        let token = turn(VERIFIER).await.value()["access_token"].as_str().unwrap().to_owned();
        let said = call(&alpha, "POST", "/api/v1/statuses", &token, &json!({ "status": "Hola" })).await.value();
        assert_eq!(said["application"]["name"], "Telephone", "{said}");
    }
}

async fn somebody_signs_up_by_an_application_alone() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let app = register(&alpha, "read write").await;
    let client = json!({
        "grant_type": "client_credentials", "scope": "read write",
        "client_id": app["client_id"], "client_secret": app["client_secret"],
    });
    let own = call(&alpha, "POST", "/oauth/token", "", &client).await.value();
    let own = own["access_token"].as_str().unwrap();
    let known = call(&alpha, "GET", "/api/v1/apps/verify_credentials", own, &Value::Null).await;
    assert_eq!(known.value()["name"], "Probe");
    let me = call(&alpha, "GET", "/api/v1/accounts/verify_credentials", own, &Value::Null).await;
    assert_eq!(me.status, 422, "an application is no person");

    let mut wish = json!({
        "username": "nora", "email": "nora@mail.example", "password": "correct horse", "agreement": true, "locale": "es",
    });
    let answer = call(&alpha, "POST", "/api/v1/accounts", own, &wish).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.value()["access_token"].as_str().unwrap().to_owned();
    let post = call(&alpha, "POST", "/api/v1/statuses", &token, &json!({ "status": "Hola" })).await;
    assert_eq!(post.status, 200, "the token works at once: {}", post.text());
    let entered = Visitor::new(&alpha).sign_in("nora@mail.example", "correct horse", "/").await;
    assert_eq!(entered.status, 303, "and the login in a browser");

    let again = call(&alpha, "POST", "/api/v1/accounts", own, &wish).await;
    assert_eq!(again.status, 422);
    assert_eq!(again.value()["details"]["username"][0]["error"], "ERR_TAKEN", "{}", again.text());
    assert_eq!(again.value()["details"]["email"][0]["error"], "ERR_TAKEN");
    wish = json!({ "username": "no ra", "email": "x", "password": "short", "agreement": false });
    let wrong = call(&alpha, "POST", "/api/v1/accounts", own, &wish).await.value();
    for (field, error) in [
        ("username", "ERR_INVALID"),
        ("email", "ERR_INVALID"),
        ("password", "ERR_TOO_SHORT"),
        ("agreement", "ERR_ACCEPTED"),
    ] {
        assert_eq!(wrong["details"][field][0]["error"], error, "{wrong}");
    }
    let by_person = call(&alpha, "POST", "/api/v1/accounts", &token, &wish).await;
    assert_eq!(by_person.status, 401, "a person signs nobody up");
}

on_both![
    an_application_is_let_in_and_put_out,
    an_application_may_ask_who_it_is_and_nothing_else,
    what_is_asked_wrongly_leads_nowhere_it_should_not,
    who_confirms_each_time_lets_an_application_on_a_telephone_in,
    somebody_signs_up_by_an_application_alone,
];
