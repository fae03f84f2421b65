//! Mail: what is confirmed by it, what is renewed by it, and that nobody learns from it who has a login.

use std::time::Duration;

use ::server::settings::Registration;
use app::{Me, bars::NewBar, gates::Terms, people::NewPerson};
use domain::group::{Joining, MemberState, Visibility};
use domain::id::InvitationId;
use serde_json::json;

use crate::network::{Answer, Network, PostOffice, Request, Server, Visitor, on_both};

const PASSWORD: &str = "correct horse";

async fn sign_up(server: &Server, name: &str, email: &str) -> (Visitor, Answer) {
    let mut visitor = Visitor::new(server);
    let fields = [("name", name), ("email", email), ("password", PASSWORD), ("agreement", "yes"), ("reason", "Flores")];
    let answer = visitor.fill("/signup", "/signup", &fields).await;
    (visitor, answer)
}

/// Opens the link of a letter and presses its button.
async fn follow(server: &Server, link: &str, pairs: &[(&str, &str)]) -> Answer {
    let action = link.split('?').next().unwrap().to_owned();
    Visitor::new(server).fill(link, &action, pairs).await
}

async fn an_address_is_confirmed_by_who_reads_there() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let early = sign_up(&alpha, "eve", "eve@mail.test").await.1;
    assert_eq!(early.status, 403, "whoever sets the server up comes first");
    alpha.person("ana").await;
    office.be_busy(1);
    let (mut nora, answer) = sign_up(&alpha, "nora", "Nora@mail.test").await;
    assert_eq!((answer.status, answer.header("location").unwrap().ends_with("/waiting")), (303, true));
    assert!(nora.get("/waiting").await.text().contains("nora@mail.test"));
    net.settle().await;
    assert!(office.letters_to("nora@mail.test").is_empty(), "the mail server was busy");
    net.pass_time(Duration::from_mins(1)).await;
    let letter = office.letter("nora@mail.test", 0).await;
    assert!(letter.raw.contains("Auto-Submitted: auto-generated"), "{}", letter.raw);
    assert!(letter.text().contains("text/html") && letter.text().contains("nora on alpha.test"), "{}", letter.text());

    assert_eq!(nora.get("/write").await.status, 303, "she is not in yet");
    let link = letter.link("alpha.test");
    let looked = Visitor::new(&alpha).get(&link).await;
    assert_eq!(looked.status, 200, "looking confirms nothing");
    assert_eq!(nora.get("/write").await.status, 303);
    let done = follow(&alpha, &link, &[]).await;
    assert!(done.status == 200 && done.text().contains("is confirmed"), "{}", done.text());
    assert_eq!(nora.get("/write").await.status, 200);
    assert_eq!(Visitor::new(&alpha).get(&link).await.status, 410, "a link is good once");
    assert_eq!(Visitor::new(&alpha).sign_in("nora@mail.test", PASSWORD, "/").await.status, 303);
}

async fn who_signs_up_does_not_learn_who_has_a_login() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let ((mut mallory, taken), (mut bea, free)) =
        (sign_up(&alpha, "mallory", "ana@alpha.test").await, sign_up(&alpha, "bea", "bea@mail.test").await);
    let shape = |answer: &Answer| (answer.status, answer.header("location").map(str::to_owned), answer.text());
    assert_eq!(shape(&taken), shape(&free));
    let (one, other) = (mallory.get("/waiting").await, bea.get("/waiting").await);
    assert_eq!(one.status, other.status);
    let letter = office.letter("ana@alpha.test", 0).await;
    assert!(
        letter.text().contains("already have an account") && !letter.text().contains("token="),
        "{}",
        letter.text()
    );
    office.letter("bea@mail.test", 0).await;

    let waiting = mallory.fill("/waiting", "/waiting", &[("email", "ana@alpha.test")]).await;
    assert_eq!(waiting.status, 303);
    office.letter("ana@alpha.test", 1).await;
    for _ in 0..3 {
        mallory.fill("/waiting", "/waiting", &[("email", "ana@alpha.test")]).await;
    }
    net.settle().await;
    let refused = mallory.fill("/waiting", "/waiting", &[("email", "ana@alpha.test")]).await;
    assert_eq!(refused.status, 429, "her mailbox is not flooded");
    assert!(office.letters_to("ana@alpha.test").len() <= 5);
}

async fn a_password_is_renewed_by_mail_once() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("ana", PASSWORD, "/").await;
    let ask = async |address: &str| Visitor::new(&alpha).submit("/login/recover", &[("email", address)]).await;
    let (known, unknown) = (ask("ana@alpha.test").await, ask("zoe@alpha.test").await);
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    let link = office.letter("ana@alpha.test", 0).await.link("alpha.test");
    assert!(office.letters_to("zoe@alpha.test").is_empty());

    assert_eq!(follow(&alpha, &link, &[("password", "short")]).await.status, 422);
    let done = follow(&alpha, &link, &[("password", "a new horse")]).await;
    assert!(done.status == 200 && done.text().contains("Your password is new"), "{}", done.text());
    assert_eq!(Visitor::new(&alpha).get(&link).await.status, 410);
    assert_eq!(browser.get("/write").await.status, 303, "all browsers are signed out");
    assert_eq!(ana.call("GET", "/api/v1/accounts/verify_credentials", &json!(null)).await.status, 401);
    assert_eq!(Visitor::new(&alpha).sign_in("ana", PASSWORD, "/").await.status, 422);
    assert_eq!(Visitor::new(&alpha).sign_in("ana", "a new horse", "/").await.status, 303);
    assert!(office.letter("ana@alpha.test", 1).await.text().contains("has a new password"));

    ask("ana@alpha.test").await;
    let late = office.letter("ana@alpha.test", 2).await.link("alpha.test");
    net.pass_time(Duration::from_secs(3_700)).await;
    assert_eq!(Visitor::new(&alpha).get(&late).await.status, 410, "an hour went by");
}

async fn who_waits_is_told_of_and_told() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Approval, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let admin = NewPerson {
        name: "olga".into(),
        email: "olga@alpha.test".into(),
        password: PASSWORD.into(),
        admin: true,
        language: "es".into(),
    };
    let olga = app::Me(app::people::create(alpha.app(), admin).await.unwrap().id);
    let mut people = Vec::new();
    for name in ["nora", "pia"] {
        let address = format!("{name}@mail.test");
        sign_up(&alpha, name, &address).await;
        let link = office.letter(&address, 0).await.link("alpha.test");
        assert!(follow(&alpha, &link, &[]).await.text().contains("still have to let you in"));
        people.push(app::people::by_name(alpha.app(), name).await.unwrap().id);
    }
    let told = office.letter("olga@alpha.test", 0).await;
    assert!(told.text().contains("Flores") && told.text().contains("quiere unirse"), "{}", told.text());
    app::sign_up::approve(alpha.app(), olga, people[0]).await.unwrap();
    app::sign_up::reject(alpha.app(), olga, people[1], "Not enough flowers".into()).await.unwrap();
    assert!(office.letter("nora@mail.test", 1).await.text().contains("have let you in"));
    let away = office.letter("pia@mail.test", 1).await;
    assert!(
        away.text().contains("did not take you in") && away.text().contains("Not enough flowers"),
        "{}",
        away.text()
    );
}

/// A request of an app, with its token if it has one.
async fn call(server: &Server, method: &str, path: &str, token: &str, body: serde_json::Value) -> Answer {
    let mut request = Request::new(method, &server.url(path)).with("content-type", "application/json");
    if !token.is_empty() {
        request = request.with("authorization", &format!("Bearer {token}"));
    }
    server.ask(&request.body(body.to_string())).await
}

/// What an app gets that signs somebody up.
async fn sign_up_by_app(server: &Server, wish: serde_json::Value) -> Answer {
    let app = json!({ "client_name": "A", "redirect_uris": "a://b", "scopes": "read write" });
    let app = call(server, "POST", "/api/v1/apps", "", app).await.value();
    let grant = json!({ "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"], "scope": "read write" });
    let client = call(server, "POST", "/oauth/token", "", grant).await.value();
    call(server, "POST", "/api/v1/accounts", client["access_token"].as_str().unwrap(), wish).await
}

async fn a_client_waits_until_an_admin_lets_it_in() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Approval, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let wish = |reason: &str| json!({ "username": "nora", "email": "nora@mail.test", "password": PASSWORD, "agreement": true, "reason": reason });
    let refused = sign_up_by_app(&alpha, wish("")).await;
    assert_eq!((refused.status, &refused.value()["details"]["reason"][0]["error"]), (422, &json!("ERR_BLANK")));
    let made = sign_up_by_app(&alpha, wish("I grow tomatoes")).await.value();
    let token = made["access_token"].as_str().unwrap();
    net.settle().await;
    follow(&alpha, &office.letter("nora@mail.test", 0).await.link("alpha.test"), &[]).await;
    let mine = "/api/v1/accounts/verify_credentials";
    let waits = call(&alpha, "GET", mine, token, json!({})).await;
    assert_eq!(waits.status, 403, "{}", waits.text());
    assert_eq!(waits.value()["error"], "Your login is currently pending approval");
    let written = json!({ "status": "Hello" });
    assert_eq!(call(&alpha, "POST", "/api/v1/statuses", token, written.clone()).await.status, 403);
    let nora = app::people::by_name(alpha.app(), "nora").await.unwrap().id;
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    app::sign_up::approve(alpha.app(), operator, nora).await.unwrap();
    assert_eq!(call(&alpha, "GET", mine, token, json!({})).await.value()["username"], "nora");
    assert_eq!(call(&alpha, "POST", "/api/v1/statuses", token, written).await.status, 200);
}

async fn a_client_asks_for_the_letter_again() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let call = async |method: &str, path: &str, token: &str, body: serde_json::Value| {
        call(&alpha, method, path, token, body).await
    };
    let wish = json!({ "username": "nora", "email": "nobody@mail.test", "password": PASSWORD, "agreement": true });
    let made = sign_up_by_app(&alpha, wish).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let token = made.value()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(call("GET", "/api/v1/accounts/verify_credentials", &token, json!({})).await.status, 403);
    assert_eq!(call("GET", "/api/v1/emails/check_confirmation", &token, json!({})).await.value(), json!(false));
    net.settle().await;
    let again = call("POST", "/api/v1/emails/confirmations", &token, json!({ "email": "nora@mail.test" })).await;
    assert_eq!(
        (again.status, again.value()),
        (200, json!({})),
        "the first address was none, which is no work left over"
    );
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    app::roll::entrust(alpha.app(), operator, ana.actor.id, true).await.unwrap();
    let (kind, severity) = (domain::bar::Kind::MailHost, domain::bar::Severity::Block);
    let bar = NewBar { kind, subject: "bad.test".into(), severity, comment: String::new(), expires: None };
    app::bars::add(alpha.app(), Me(ana.actor.id), bar).await.unwrap();
    let barred = call("POST", "/api/v1/emails/confirmations", &token, json!({ "email": "nora@bad.test" })).await;
    assert_eq!((barred.status, &barred.value()["details"]["email"][0]["error"]), (422, &json!("ERR_BLOCKED")));
    let link = office.letter("nora@mail.test", 0).await.link("alpha.test");
    follow(&alpha, &link, &[]).await;
    assert_eq!(call("GET", "/api/v1/emails/check_confirmation", &token, json!({})).await.value(), json!(true));
    assert_eq!(call("GET", "/api/v1/accounts/verify_credentials", &token, json!({})).await.status, 200);
    assert_eq!(call("POST", "/api/v1/emails/confirmations", &token, json!({})).await.status, 403);
}

async fn a_login_that_nobody_confirms_is_forgotten_and_its_name_is_free() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let (mut nora, _) = sign_up(&alpha, "nora", "nora@mail.test").await;
    net.settle().await;
    net.pass_time(Duration::from_hours(24 * 6)).await;
    app::retention::sweep(alpha.app()).await.unwrap();
    assert!(nora.get("/waiting").await.text().contains("nora@mail.test"), "there is time yet");
    net.pass_time(Duration::from_hours(24 * 2)).await;
    app::retention::sweep(alpha.app()).await.unwrap();
    assert_ne!(Visitor::new(&alpha).sign_in("nora", PASSWORD, "/").await.status, 303);
    let (mut again, answer) = sign_up(&alpha, "nora", "nora@mail.test").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(again.get("/waiting").await.text().contains("nora@mail.test"));
    assert_eq!(alpha.get("/.well-known/webfinger?resource=acct:nora@alpha.test", "*/*").await.status, 200);
    assert_eq!(Visitor::new(&alpha).sign_in("ana", PASSWORD, "/").await.status, 303, "who is in stays in");
}

async fn who_is_suspended_reads_why_without_a_login_and_what_came_of_their_appeal() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Open, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    app::roll::entrust(alpha.app(), operator, ana.actor.id, true).await.unwrap();
    app::suspensions::suspend(alpha.app(), operator, ben.actor.id, "Spam".into()).await.unwrap();
    net.settle().await;
    let letter = office.letter("ben@alpha.test", 0).await;
    assert!(letter.text().contains("decided something that concerns your account ben"), "{}", letter.text());
    let link = letter.link("alpha.test");
    let mut visitor = Visitor::new(&alpha);
    assert!(visitor.get(&link).await.text().contains("Spam"));
    let path = link.strip_prefix("http://alpha.test").unwrap_or(&link);
    assert_eq!(visitor.submit(path, &[("text", "I did not")]).await.status, 303);
    let open = app::appeals::open(alpha.app(), Me(ana.actor.id)).await.unwrap();
    let (case, _) = open.first().expect("an appeal");
    let answer = "You did, twice".to_owned();
    app::appeals::decide(alpha.app(), Me(ana.actor.id), case.statement.id, false, answer).await.unwrap();
    net.settle().await;
    let letter = office.letter("ben@alpha.test", 1).await.text();
    assert!(letter.contains("Your appeal was not successful") && letter.contains("You did, twice"), "{letter}");
    assert_ne!(Visitor::new(&alpha).sign_in("ben", PASSWORD, "/").await.status, 303, "they stay out");
}

async fn who_comes_by_a_link_is_inside_once_nothing_is_waited_for() {
    let office = PostOffice::open().await;
    let net = Network::with_mail(&office, Registration::Approval, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    app::roll::entrust(alpha.app(), operator, ana.actor.id, true).await.unwrap();
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Invite).await;
    let (group, me) = (club.actor.id, Me(ana.actor.id));
    let state = async |name: &str| {
        let person = app::people::by_name(alpha.app(), name).await.unwrap().id;
        let found = alpha.app().read(move |c| store::groups::membership(c, group, person)).await.unwrap();
        found.map(|member| member.state)
    };
    let come = async |name: &str, email: &str, domain: Option<&str>| {
        let domain = domain.and_then(domain::host::Host::parse);
        app::gates::make(alpha.app(), me, group, Terms { domain, ..Terms::default() }).await.unwrap();
        let code = app::gates::list(alpha.app(), me, group, InvitationId(i64::MAX), 1).await.unwrap().swap_remove(0).1;
        let back = format!("/enter?code={code}");
        let form = domain::urls::asking("/signup", &[("back", &back)]);
        let fields = [("name", name), ("email", email), ("password", PASSWORD), ("agreement", "yes")];
        let fields = [&fields[..], &[("reason", "Flores"), ("back", &back)]].concat();
        assert_eq!(Visitor::new(&alpha).fill(&form, "/signup", &fields).await.status, 303, "{name}");
        net.settle().await;
        assert_eq!(state(name).await, None, "{name}: not before the address is confirmed");
        follow(&alpha, &office.letter(email, 0).await.link("alpha.test"), &[]).await;
        net.settle().await;
    };
    come("nora", "nora@mail.test", None).await;
    assert_eq!(state("nora").await, Some(MemberState::Active), "whoever takes people in has invited her");
    for (name, email, then) in [("leo", "leo@mail.test", Some(MemberState::Active)), ("max", "max@other.test", None)] {
        come(name, email, Some("mail.test")).await;
        assert_eq!(state(name).await, None, "{name} waits for the admins");
        let person = app::people::by_name(alpha.app(), name).await.unwrap().id;
        app::sign_up::approve(alpha.app(), me, person).await.unwrap();
        net.settle().await;
        assert_eq!(state(name).await, then, "{name}: it is for mailboxes there");
        let letter = office.letter(email, 1).await;
        assert!(letter.text().contains("/login?back=%2Fwaiting"), "{}", letter.text());
    }
}

on_both! {
    who_comes_by_a_link_is_inside_once_nothing_is_waited_for,
    an_address_is_confirmed_by_who_reads_there,
    who_signs_up_does_not_learn_who_has_a_login,
    a_password_is_renewed_by_mail_once,
    who_waits_is_told_of_and_told,
    a_client_asks_for_the_letter_again,
    a_client_waits_until_an_admin_lets_it_in,
    a_login_that_nobody_confirms_is_forgotten_and_its_name_is_free,
    who_is_suspended_reads_why_without_a_login_and_what_came_of_their_appeal,
}
