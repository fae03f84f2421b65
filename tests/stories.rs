//! What those who keep order, and those who run a server, do on its pages, and what becomes of it on another server.

use std::time::Duration;

use app::Me;
use app::bylaws::{self, Entry};
use domain::group::Role;
use serde_json::{Value, json};

use crate::network::{Answer, Group, Line, Network, Person, Server, Visitor, field, form, id, on_both};

const WORDS: &str = "Vendo semillas baratas";
const REASON: &str = "Es publicidad";

/// A community whose owner runs the server, with a moderator beside her; somebody of another server has written there.
struct Scene {
    net: Network,
    alpha: Server,
    beta: Server,
    ana: Person,
    carl: Person,
    bob: Person,
    club: Group,
    /// As the owner sees it.
    thread: Value,
}

async fn scene() -> Scene {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, carl, bob) = (alpha.person("ana").await, alpha.person("carl").await, beta.person("bob").await);
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    app::roll::entrust(alpha.app(), operator, ana.actor.id, true).await.unwrap();
    let (club, me) = (alpha.group("club", &ana).await, Me(ana.actor.id));
    let rule = Entry { key: None, title: "Nada de anuncios".to_owned(), text: String::new(), others: Vec::new() };
    bylaws::change(alpha.app(), me, club.actor.id, 0, vec![rule]).await.unwrap();
    for person in [&carl, &bob] {
        person.follow(&club.handle()).await;
        net.settle().await;
    }
    app::members::appoint(alpha.app(), me, club.actor.id, carl.actor.id, Some(Role::Moderator)).await.unwrap();
    let written = bob.post(&format!("{} {WORDS}", club.handle())).await;
    net.settle().await;
    let thread = ana.find_post(written["uri"].as_str().unwrap()).await;
    Scene { net, alpha, beta, ana, carl, bob, club, thread }
}

/// Somebody who is signed in with a browser.
async fn at_the_desk(person: &Person) -> Visitor {
    let mut visitor = Visitor::new(&person.server);
    assert_eq!(visitor.sign_in(&person.actor.name, "correct horse", "/").await.status, 303);
    visitor
}

fn holds(answer: &Answer, texts: &[&str]) {
    for text in texts {
        assert!(
            answer.status == 200 && answer.text().contains(text),
            "{}: no {text}: {}",
            answer.status,
            answer.text()
        );
    }
}

impl Scene {
    /// Whether everybody reads what he wrote on the page of the community.
    async fn is_shown(&self) -> bool {
        self.alpha.get("/@club", "text/html").await.text().contains(WORDS)
    }

    /// Does something about his thread on the page for that.
    async fn moderate(&self, desk: &mut Visitor, what: &str) {
        let (post, page) = (id(&self.thread), format!("/moderate?post={}", id(&self.thread)));
        let fields = [("post", post), ("what", what), ("rule", "1.1"), ("reason", REASON)];
        let done = desk.fill(&page, "/moderate", &fields).await;
        assert_eq!(done.status, 303, "{what}: {}", done.text());
    }

    /// The newest private message to him.
    async fn told(&self) -> String {
        let all = self.bob.read("/api/v1/conversations").await;
        all[0]["last_status"]["content"].as_str().unwrap_or_default().to_owned()
    }
}

async fn a_server_is_blocked_after_a_look_at_whom_that_concerns_and_comes_back() {
    let it = scene().await;
    let known = it.ana.follow(&it.bob.handle()).await;
    it.net.settle().await;
    let followers = it.club.follower_count().await;
    let mut desk = at_the_desk(&it.ana).await;
    let rule = [("host", "beta.test"), ("ruling", "suspend"), ("comment", "spam"), ("note", "")];
    let trial = desk.fill("/admin/rules", "/admin/rules", &rule).await;
    holds(
        &trial,
        &[
            "1 such server is known here.",
            "1 post from there",
            "1 follow of somebody there to somebody or a community here is lost",
            "1 follow of somebody here to somebody there is lost",
        ],
    );
    assert!(it.is_shown().await && it.club.follower_count().await == followers, "it was a look");

    let token = field(&trial.text(), "form_token");
    let sure = [&rule[..], &[("sure", "yes"), ("form_token", token.as_str())]].concat();
    assert_eq!(desk.submit("/admin/rules", &sure).await.status, 303);
    it.net.settle().await;
    assert!(!it.is_shown().await);
    assert_eq!(it.club.follower_count().await, followers - 1);
    assert_eq!(it.ana.relationship(&known).await["following"], false);
    it.beta.expect_parked();
    it.bob.post(&format!("{} Y macetas", it.club.handle())).await;
    it.net.settle().await;

    holds(&desk.get("/admin/rules").await, &["beta.test", "spam"]);
    assert_eq!(desk.fill("/admin/rules", "/admin/rules/lift", &[("host", "beta.test")]).await.status, 303);
    it.net.settle().await;
    assert!(it.is_shown().await, "what was hidden was kept");
    assert!(!it.alpha.get("/@club", "text/html").await.text().contains("Y macetas"), "nothing came meanwhile");
    assert_eq!(it.club.follower_count().await, followers - 1, "what ended stays so until they come again");
}

async fn what_does_not_arrive_is_found_by_its_address_and_put_through() {
    let it = scene().await;
    let mut desk = at_the_desk(&it.ana).await;
    it.net.spoil("alpha.test", "beta.test", Line::Answers(502));
    let post = it.ana.post(&format!("{} Mañana se riega", it.club.handle())).await;
    it.net.settle().await;
    let arrived = async |post: &Value| it.bob.home().await.iter().any(|seen| seen["reblog"]["uri"] == post["uri"]);
    assert!(!arrived(&post).await);
    // At once: which server does not answer, how, and what of this post waits for it.
    holds(&desk.get("/admin/servers?only=failing").await, &["/admin/servers/beta.test", "answered 502"]);
    let asked = form(&[("q", post["uri"].as_str().unwrap())]);
    let found = desk.get(&format!("/admin/servers?{asked}")).await;
    holds(&found, &["/admin/servers/beta.test", "Announce"]);

    // It answers again; she puts this one through.
    it.net.mend("alpha.test", "beta.test");
    let (token, activity) = (field(&found.text(), "form_token"), field(&found.text(), "activity"));
    let again = [("form_token", token.as_str()), ("activity", &activity)];
    assert_eq!(desk.submit("/admin/servers/beta.test", &again).await.status, 303);
    it.net.settle().await;
    assert!(arrived(&post).await);
    holds(&desk.get(&format!("/admin/servers?{asked}")).await, &["Nothing waits: all has arrived."]);

    // What waits drains by itself once the server answers.
    it.net.spoil("alpha.test", "beta.test", Line::Cut);
    let mut later = Vec::new();
    for number in 0..3 {
        later.push(it.ana.post(&format!("{} Turno {number}", it.club.handle())).await);
        it.net.settle().await;
    }
    it.net.mend("alpha.test", "beta.test");
    it.net.pass_time(Duration::from_hours(3)).await;
    for post in &later {
        assert!(arrived(post).await, "{post}");
    }
}

async fn a_report_from_elsewhere_is_seen_to_by_one_of_the_team() {
    let it = scene().await;
    let post = it.ana.post(&format!("{} Quien no riega es tonto", it.club.handle())).await;
    it.net.settle().await;
    let there = it.bob.find_post(post["uri"].as_str().unwrap()).await;
    let report = json!({
        "account_id": there["account"]["id"], "status_ids": [there["id"]], "comment": "Nos insulta", "forward": true,
    });
    it.bob.api("POST", "/api/v1/reports", &report).await;
    it.net.settle().await;
    let (mut carl, mut ana) = (at_the_desk(&it.carl).await, at_the_desk(&it.ana).await);
    let seen = carl.get("/queue").await;
    holds(&seen, &["Nos insulta", "Quien no riega es tonto"]);
    let page = seen.text();
    let (token, item, number) = (field(&page, "form_token"), field(&page, "item"), field(&page, "report"));
    // She has it before her, too, when he takes it.
    let hers = field(&ana.get("/queue").await.text(), "form_token");
    let taken = carl.submit("/queue/claim", &[("form_token", &token), ("item", &item), ("turn", "on")]).await;
    assert_eq!(taken.status, 303, "{}", taken.text());
    let late = ana.submit("/queue/resolve", &[("form_token", &hers), ("report", &number)]).await;
    assert_eq!(late.status, 409, "{}", late.text());
    holds(&ana.get("/queue").await, &["Nos insulta", "carl"]);
    assert!(!ana.get("/queue").await.text().contains("turn\" value=\"on\""), "nor does she take it away from him");
    let resolved = carl.submit("/queue/resolve", &[("form_token", &token), ("report", &number)]).await;
    assert_eq!(resolved.status, 303, "{}", resolved.text());
    for desk in [&mut carl, &mut ana] {
        assert!(!desk.get("/queue").await.text().contains("Nos insulta"));
    }
}

async fn whoever_lives_elsewhere_reads_why_and_another_one_decides_their_appeal() {
    let it = scene().await;
    let (mut carl, mut ana) = (at_the_desk(&it.carl).await, at_the_desk(&it.ana).await);
    it.moderate(&mut carl, "remove").await;
    it.net.settle().await;
    assert!(!it.is_shown().await);
    let told = it.told().await;
    let link = told.split("href=\"").find_map(|rest| rest.split('"').next().filter(|url| url.contains("/statement/")));
    let link = link.unwrap_or_else(|| panic!("no link: {told}")).to_owned();

    // He has no account there: the link is enough for the fact, the rule, the reason, the scope and one appeal.
    let mut reader = Visitor::new(&it.alpha);
    let stated =
        ["take a post out of the community", "Nada de anuncios", REASON, "The moderators of CLUB", "In this community"];
    holds(&reader.get(&link).await, &stated);
    let path = link.split("alpha.test").nth(1).expect("a path");
    assert_eq!(reader.submit(path, &[("text", "Las regalo")]).await.status, 303);
    let again = reader.submit(path, &[("text", "De verdad")]).await;
    assert!(again.status >= 400, "once: {}", again.status);

    // Whoever decided it does not decide that, too.
    holds(&carl.get("/queue").await, &["Las regalo", "somebody else of the team has to look at it"]);
    let his = field(&carl.get("/settings/profile").await.text(), "form_token");
    let page = ana.get("/queue").await.text();
    let appeal = field(&page, "appeal");
    let decide = async |desk: &mut Visitor, token: String| {
        let fields =
            [("form_token", token.as_str()), ("appeal", &appeal), ("verdict", "grant"), ("answer", "Es verdad")];
        desk.submit("/queue/decide", &fields).await.status
    };
    assert_eq!(decide(&mut carl, his).await, 403);
    assert!(!it.is_shown().await);
    assert_eq!(decide(&mut ana, field(&page, "form_token")).await, 303);
    it.net.settle().await;
    assert!(it.is_shown().await);
    assert!(it.told().await.contains("Your appeal was successful"), "{}", it.told().await);
    holds(&reader.get(&link).await, &["Es verdad", "Your appeal was granted"]);
}

on_both![
    a_server_is_blocked_after_a_look_at_whom_that_concerns_and_comes_back,
    what_does_not_arrive_is_found_by_its_address_and_put_through,
    a_report_from_elsewhere_is_seen_to_by_one_of_the_team,
    whoever_lives_elsewhere_reads_why_and_another_one_decides_their_appeal,
];
