//! People who sign in by the directory of their organization: with their name and password there, and by nothing else.

use ::server::settings::{Registration, Settings};
use app::{Me, identities, people};

use crate::network::{Answer, Directory, Network, Server, Visitor, field, on_both};

const PATH: &str = "/login/organization";

/// A server of an organization, which has somebody already, and its directory.
async fn organization(admits: bool, only: bool) -> (Network, Server, Directory) {
    let directory = Directory::open().await;
    directory.add("ana.ruiz", "Ana.Ruiz@org.example", b"42");
    directory.add("bea", "bea@alpha.test", &[0x9f, 0x00, 0x41, 0xff]);
    let provider = directory.provider(admits, only);
    let change = move |settings: Settings| Settings {
        provider: Some(provider.clone()),
        registration: Registration::Closed,
        ..settings
    };
    let net = Network::with(change, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("bea").await;
    (net, alpha, directory)
}

/// Somebody who says their name and password on the page for that.
async fn come(visitor: &mut Visitor, name: &str, password: &str) -> Answer {
    let page = visitor.get("/login?back=/communities").await.text();
    assert!(page.contains("/login/organization?back=") && page.contains("Sign in with Casa Grande"), "{page}");
    let asked = visitor.get("/login/organization?back=/communities").await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    assert!(asked.text().contains("Sign in another way"), "{}", asked.text());
    let back = field(&asked.text(), "back");
    visitor.submit(PATH, &[("name", name), ("password", password), ("back", &back)]).await
}

fn location(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.header("location").map(|at| at.strip_prefix("http://alpha.test").unwrap_or(at)))
}

async fn somebody_new_chooses_a_name_and_comes_again() {
    let (_net, alpha, _directory) = organization(true, false).await;
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, "ana.ruiz", "open ana.ruiz").await;
    let text = page.text();
    assert_eq!(page.status, 200, "{text}");
    assert!(
        text.contains("ana.ruiz") && text.contains("value=\"ana_ruiz\"") && !text.contains("name=\"email\""),
        "{text}"
    );
    let fields = [("claim", &*field(&text, "claim")), ("name", "ana"), ("agreement", "yes")];
    let made = visitor.submit("/login/organization/new", &fields).await;
    assert_eq!(location(&made), (303, Some("/communities")));
    assert_eq!(visitor.get("/write").await.status, 200, "nothing is left to wait for");
    let token = field(&visitor.get("/settings").await.text(), "form_token");
    let out = visitor.submit("/logout", &[("form_token", &token)]).await;
    assert_eq!(location(&out), (303, Some("/")), "the directory remembers nobody");

    let actor = people::by_name(alpha.app(), "ana").await.unwrap();
    let account = alpha.app().read(move |c| store::accounts::by_id(c, actor.id)).await.unwrap().unwrap();
    assert_eq!((account.email.as_str(), account.has_password()), ("ana.ruiz@org.example", false));
    for name in ["ana.ruiz", "ANA.RUIZ@org.example", " ana.ruiz "] {
        let mut other = Visitor::new(&alpha);
        assert_eq!(location(&come(&mut other, name, "open ana.ruiz").await), (303, Some("/communities")), "{name}");
        assert_eq!(other.get("/write").await.status, 200);
    }
    let linked = identities::list(alpha.app(), Me(actor.id)).await.unwrap();
    assert_eq!((linked[0].subject.as_str(), linked[0].name.as_str()), ("42", "ana.ruiz"));
    assert_eq!(Visitor::new(&alpha).sign_in("ana", "open ana.ruiz", "/").await.status, 422, "not a password of ours");
}

async fn whoever_is_nobody_is_told_no_more_than_that() {
    let (_net, alpha, directory) = organization(true, false).await;
    directory.add("twin", "twins@org.example", b"1");
    directory.add("twin2", "twins@org.example", b"2");
    let bare = |answer: &Answer, name: &str| {
        assert_eq!(answer.status, 422, "{name}: {}", answer.text());
        assert!(!answer.text().contains("open "), "the password is not shown again");
        answer.text().replace(&format!("value=\"{name}\""), "value=\"\"")
    };
    let wrong = come(&mut Visitor::new(&alpha), "ana.ruiz", "open bea").await;
    let wrong = bare(&wrong, "ana.ruiz");
    assert!(wrong.contains("That name and password do not go together"), "{wrong}");
    assert_eq!(directory.tries(), (1, Some("open bea".to_owned())));
    // Nobody of that name, nobody in particular, or nobody at all: no password is tried.
    for (name, password) in [
        ("carla", "open ana.ruiz"),
        ("twins@org.example", "open twin"),
        ("*", "open ana.ruiz"),
        ("ana*", "open ana.ruiz"),
        ("*)(uid=*", "open ana.ruiz"),
        ("ana.ruiz)(|(uid=*", "open ana.ruiz"),
        ("", "open ana.ruiz"),
        ("ana.ruiz", ""),
    ] {
        let answer = come(&mut Visitor::new(&alpha), name, password).await;
        assert_eq!(bare(&answer, name), wrong, "{name}");
    }
    assert_eq!(directory.tries().0, 1);
    assert_eq!(
        Visitor::new(&alpha).submit(PATH, &[("name", "ana.ruiz"), ("password", "open ana.ruiz")]).await.status,
        200
    );

    // Whoever tries a name too often waits; whoever spells it in other ways is wrong from then on.
    for _ in 0..26 {
        assert_eq!(come(&mut Visitor::new(&alpha), "Bea@alpha.test", "guess").await.status, 422);
    }
    assert_eq!(come(&mut Visitor::new(&alpha), "bea@alpha.test", "open bea").await.status, 429);
    assert_eq!(come(&mut Visitor::new(&alpha), "bea", "open bea").await.status, 422);
}

async fn a_directory_that_is_away_lets_nobody_in() {
    let (_net, alpha, mut directory) = organization(true, false).await;
    assert!(identities::look(alpha.app()).await.is_ok());
    directory.add("nora", "nora@org.example", b"");
    let strange = come(&mut Visitor::new(&alpha), "nora", "open nora").await;
    assert!(strange.status == 502 && strange.text().contains("does not answer as it should"), "{}", strange.text());
    directory.go_away().await;
    let away = come(&mut Visitor::new(&alpha), "ana.ruiz", "open ana.ruiz").await;
    assert!(away.status == 502 && away.text().contains("does not answer as it should"), "{}", away.text());
    let trouble = identities::look(alpha.app()).await.unwrap_err().to_string();
    assert!(trouble.contains("cannot be reached"), "{trouble}");
    // Who has a password here still comes in by that.
    assert_eq!(Visitor::new(&alpha).sign_in("bea", "correct horse", "/").await.status, 303);
}

async fn a_login_becomes_theirs_only_by_its_password() {
    let (_net, alpha, _directory) = organization(true, false).await;
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, "bea", "open bea").await.text();
    assert!(page.contains("name=\"password\"") && page.contains("bea@alpha.test"), "{page}");
    let (join, claim) = ("/login/organization/join", field(&page, "claim"));
    let wrong = visitor.submit(join, &[("claim", &claim), ("password", "open bea")]).await;
    assert_eq!((wrong.status, wrong.text().contains("password-flaw")), (422, true));
    let joined = visitor.submit(join, &[("claim", &claim), ("password", "correct horse")]).await;
    assert_eq!(location(&joined), (303, Some("/communities")));
    assert_eq!(location(&come(&mut Visitor::new(&alpha), "bea", "open bea").await), (303, Some("/communities")));
    let bea = people::by_name(alpha.app(), "bea").await.unwrap();
    let linked = identities::list(alpha.app(), Me(bea.id)).await.unwrap();
    assert_eq!(linked[0].subject, "9f0041ff", "bytes that are no text");
}

async fn whoever_is_signed_in_links_their_login() {
    let (_net, alpha, _directory) = organization(false, false).await;
    alpha.person("eve").await;
    let stranger = come(&mut Visitor::new(&alpha), "ana.ruiz", "open ana.ruiz").await;
    assert!(stranger.status == 403 && stranger.text().contains("You have no account here yet"), "{}", stranger.text());
    let link = "/settings/entry/organization";
    let leave = async |name: &str, password: &str| {
        let mut visitor = Visitor::new(&alpha);
        visitor.sign_in(name, "correct horse", "/").await;
        let page = visitor.fill("/settings/entry", link, &[("known", password)]).await;
        (visitor, page)
    };
    assert_eq!(leave("bea", "not hers").await.1.status, 422);
    let (mut visitor, page) = leave("bea", "correct horse").await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("Casa Grande"), "{text}");
    let (trip, token) = (field(&text, "trip"), field(&text, "form_token"));
    let say = async |visitor: &mut Visitor, trip: &str, token: &str, password: &str| {
        let fields = [("form_token", token), ("trip", trip), ("name", "ana.ruiz"), ("password", password)];
        visitor.submit(PATH, &fields).await
    };
    let wrong = say(&mut visitor, &trip, &token, "guess").await;
    assert!(wrong.status == 422 && field(&wrong.text(), "trip") == trip, "{}", wrong.text());
    assert_eq!(say(&mut visitor, &trip, "none", "open ana.ruiz").await.status, 403, "a form of another site");
    assert_eq!(say(&mut visitor, "abcd", &token, "open ana.ruiz").await.status, 403, "nobody began that");
    let nobody = say(&mut Visitor::new(&alpha), &trip, "", "open ana.ruiz").await;
    assert_eq!(nobody.status, 403, "nobody is signed in");
    let done = say(&mut visitor, &trip, &token, "open ana.ruiz").await;
    assert_eq!(location(&done), (303, Some("/settings/entry?done=true")));
    assert_eq!(location(&come(&mut Visitor::new(&alpha), "ana.ruiz", "open ana.ruiz").await).0, 303);

    let (mut eve, page) = leave("eve", "correct horse").await;
    let (trip, token) = (field(&page.text(), "trip"), field(&page.text(), "form_token"));
    let taken = say(&mut eve, &trip, &token, "open ana.ruiz").await;
    assert_eq!(taken.status, 409, "{}", taken.text());
}

async fn where_the_directory_is_the_only_way_there_are_no_passwords_of_ours() {
    let (_net, alpha, _directory) = organization(true, true).await;
    let page = Visitor::new(&alpha).get("/login").await.text();
    assert!(page.contains("Casa Grande") && !page.contains("name=\"password\""), "{page}");
    assert_eq!(Visitor::new(&alpha).sign_in("bea", "correct horse", "/").await.status, 422);
    assert_eq!(Visitor::new(&alpha).get("/signup").await.status, 403);
    let mut visitor = Visitor::new(&alpha);
    let page = come(&mut visitor, "ana.ruiz", "open ana.ruiz").await.text();
    let fields = [("claim", &*field(&page, "claim")), ("name", "ana"), ("agreement", "yes")];
    assert_eq!(location(&visitor.submit("/login/organization/new", &fields).await), (303, Some("/communities")));
}

on_both! {
    somebody_new_chooses_a_name_and_comes_again,
    whoever_is_nobody_is_told_no_more_than_that,
    a_directory_that_is_away_lets_nobody_in,
    a_login_becomes_theirs_only_by_its_password,
    whoever_is_signed_in_links_their_login,
    where_the_directory_is_the_only_way_there_are_no_passwords_of_ours,
}
