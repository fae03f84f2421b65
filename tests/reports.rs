//! Reports across servers: in each of the ways they are sent, seen by whoever decides, and sent as others read them.

use app::{Me, groups::NewGroup};
use domain::{
    group::{Joining, Reach, Visibility},
    report::Report,
};
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Server, Software, Visitor, id, on_both};

/// The open reports of a person here.
async fn open(person: &Person) -> Vec<Report> {
    app::reports::open(person.server.app(), Me(person.actor.id)).await.expect("reports")
}

struct Setting {
    alpha: Server,
    ana: Person,
    club: Group,
    /// Who is reported, for this page.
    mia: Puppet,
    page: Value,
}

impl Setting {
    async fn new(net: &Network) -> Self {
        let alpha = net.server("alpha.test");
        let ana = alpha.person("ana").await;
        let club = alpha.group("club", &ana).await;
        let mia = net.peer("pie.test", Software::PieFed).person("mia");
        let page = mia.piefed_page(club.uri(), "Rocks", "Buy rocks here!");
        mia.send(&alpha, &page).await;
        net.settle().await;
        Self { alpha, ana, club, mia, page }
    }
}

async fn every_dialect_is_understood() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let (page, group) = (it.page["object"]["id"].clone(), json!([it.club.uri()]));
    let server =
        Puppet::at(&net.peer("masto.test", Software::Mastodon), "http://masto.test/actor", "masto.test", "Application");
    let (lem, mbin) =
        (net.peer("lem.test", Software::Lemmy).person("leo"), net.peer("mbin.test", Software::Mbin).person("ben"));
    let flag = |by: &Puppet, object: Value, more: Value| {
        let mut flag = by.activity("Flag", &object);
        flag.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        flag
    };
    let spam = "spam, again";
    let flags = [
        (&server, flag(&server, json!([it.mia.uri, page]), json!({ "content": spam, "to": it.mia.uri }))),
        (
            &lem,
            flag(
                &lem,
                page.clone(),
                json!({ "summary": spam, "content": null, "to": group, "audience": it.club.uri() }),
            ),
        ),
        (&mbin, flag(&mbin, json!([page, it.mia.uri]), json!({ "summary": spam, "content": spam, "to": group }))),
        (
            &lem,
            flag(&lem, json!([it.mia.uri, { "id": page, "type": "Note", "content": "x" }]), json!({ "content": spam })),
        ),
    ];
    for (by, flag) in &flags {
        by.send(&it.alpha, flag).await;
        by.send(&it.alpha, flag).await;
    }
    net.settle().await;
    let reports = open(&it.ana).await;
    assert_eq!(reports.len(), flags.len());
    for report in &reports {
        let told = (report.comment.as_str(), report.group, report.posts.len(), report.forwarded);
        assert_eq!(told, (spam, Some(it.club.actor.id), 1, false), "{report:?}");
    }
    let told = it.ana.read("/api/v1/notifications?types[]=admin.report").await;
    assert_eq!(told.as_array().map(Vec::len), Some(flags.len()), "{told}");

    // What concerns nobody here, and what nobody else sees, is not kept.
    let eve = it.alpha.person("eve").await;
    let strangers = flag(&server, json!([lem.uri, "http://lem.test/post/999"]), json!({ "content": spam }));
    server.send(&it.alpha, &strangers).await;
    let unknown = flag(&server, json!(format!("{}/nobody", it.alpha.url(""))), json!({ "content": spam }));
    server.send(&it.alpha, &unknown).await;
    net.settle().await;
    assert_eq!(open(&it.ana).await.len(), flags.len());
    assert_eq!(open(&eve).await, []);

    // A report of a person is for those who administer the server: of these there are none.
    server.send(&it.alpha, &flag(&server, json!(eve.uri()), json!({}))).await;
    net.settle().await;
    assert_eq!(open(&it.ana).await.len(), flags.len());
}

async fn a_report_is_told_elsewhere_if_that_is_wanted() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, lem) = (alpha.person("ana").await, net.peer("lem.test", Software::Lemmy));
    let (rocks, masto) = (lem.group("rocks"), net.peer("masto.test", Software::Mastodon).person("max"));
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    let toot = masto.toot("Buy rocks!", &[(&rocks.uri, &rocks.handle())], None);
    rocks.send(&alpha, &rocks.activity("Announce", &toot)).await;
    net.settle().await;
    let post = ana.find_post(toot["object"]["id"].as_str().unwrap()).await;
    let report = async |forward: bool| {
        let body = json!({ "account_id": post["account"]["id"], "status_ids": [post["id"]], "comment": "spam", "forward": forward });
        lem.take();
        masto.peer.take();
        let filed = ana.api("POST", "/api/v1/reports", &body).await;
        net.settle().await;
        filed
    };
    assert_eq!(report(false).await["forwarded"], false);
    assert!(lem.kinds().is_empty() && masto.peer.kinds().is_empty());

    assert_eq!(report(true).await["forwarded"], true);
    let told = masto.peer.only("Flag");
    assert_eq!(told.signer, alpha.url("/actor"), "who reports is not told to a person's server");
    assert_eq!(told.activity["actor"], alpha.url("/actor"));
    assert_eq!(told.activity["object"], json!([masto.uri, toot["object"]["id"]]));
    assert_eq!((&told.activity["content"], &told.activity["to"]), (&json!("spam"), &json!([masto.uri])));
    let told = lem.only("Flag");
    assert_eq!(told.signer, alpha.url("/@abuse"), "nor to a forum, which takes no reports from a server's own actor");
    assert!(!told.activity.to_string().contains(ana.uri()));
    assert_eq!(alpha.document("/@abuse").await["type"], "Service");
    assert_eq!(told.activity["object"], toot["object"]["id"]);
    assert_eq!((&told.activity["summary"], &told.activity["to"]), (&json!("spam"), &json!([rocks.uri])));
    let id = told.activity["id"].as_str().unwrap();
    assert_eq!(alpha.document(id).await, Value::Null, "reports are for nobody else to read");
}

/// What a person says by the form of the page on which one reports a post.
async fn report_on_the_page(person: &Person, post: &Value, fields: &[(&str, &str)]) -> String {
    let mut browser = Visitor::new(&person.server);
    browser.sign_in(&person.actor.name, "correct horse", "/").await;
    let (page, post) = (format!("/report?post={}", id(post)), id(post).to_owned());
    let asked = browser.get(&page).await.text();
    let fields: Vec<_> = [("post", post.as_str()), ("what", "spam")].iter().chain(fields).copied().collect();
    let said = browser.fill(&page, "/report", &fields).await;
    assert_eq!(said.status, 200, "{}", said.text());
    format!("{asked}{}", said.text())
}

async fn a_report_on_a_page_reaches_the_team_elsewhere() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, olga) = (alpha.person("ana").await, beta.person("olga").await);
    let (club, masto) = (beta.group("club", &olga).await, net.peer("masto.test", Software::Mastodon).person("max"));
    ana.follow(&club.handle()).await;
    net.settle().await;
    let toot = masto.toot("Buy rocks!", &[(club.uri(), &club.handle())], None);
    masto.send(&beta, &toot).await;
    net.settle().await;
    let post = ana.find_post(toot["object"]["id"].as_str().unwrap()).await;
    masto.peer.take();

    let page = report_on_the_page(&ana, &post, &[("reason", "only for the team")]).await;
    assert!(
        page.contains("looks after CLUB, at beta.test") && page.contains("Send a copy, without my name, to masto.test")
    );
    net.settle().await;
    let told = open(&olga).await;
    assert_eq!(told.iter().map(|report| report.comment.as_str()).collect::<Vec<_>>(), ["only for the team"]);
    assert_eq!(told[0].group, Some(club.actor.id));
    assert!(!masto.peer.kinds().contains(&"Flag".to_owned()), "nobody else hears of it");
    let mut browser = Visitor::new(&beta);
    browser.sign_in("olga", "correct horse", "/").await;
    let queue = browser.get("/queue").await.text();
    assert!(queue.contains("only for the team") && !queue.contains("ana"), "{queue}");

    // If that is wanted, the server of whoever wrote it hears it, too.
    report_on_the_page(&ana, &post, &[("reason", "for all"), ("forward", "yes")]).await;
    net.settle().await;
    assert_eq!(open(&olga).await.len(), 2);
    assert_eq!(masto.peer.only("Flag").activity["content"], "for all");

    // What only members read is reported to their team, too.
    let new = NewGroup {
        hidden: false,
        name: "den".to_owned(),
        title: "Den".to_owned(),
        summary: String::new(),
        visibility: Visibility::Private,
        joining: Joining::Open,
        reach: Reach::Trusted,
        host: None,
    };
    let den = beta.found(&olga, new).await;
    ana.follow(&den.handle()).await;
    net.settle().await;
    let secret = olga.post(&format!("{} Just for us", den.handle())).await;
    net.settle().await;
    let secret = ana.find_post(secret["uri"].as_str().unwrap()).await;
    report_on_the_page(&ana, &secret, &[("reason", "among us")]).await;
    net.settle().await;
    let told = open(&olga).await;
    assert_eq!(
        told.last().map(|report| (report.comment.as_str(), report.group)),
        Some(("among us", Some(den.actor.id)))
    );
}

on_both![
    every_dialect_is_understood,
    a_report_is_told_elsewhere_if_that_is_wanted,
    a_report_on_a_page_reaches_the_team_elsewhere,
];
