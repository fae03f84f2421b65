//! People who are suspended from a whole server, by themselves or with their server: nothing of theirs is shown.

use app::{Me, rules::NewRule};
use domain::host::Host;
use domain::id::ActorId;
use domain::rule::Ruling;
use serde_json::{Value, json};

use crate::network::{ACTIVITY, Network, Person, Puppet, Server, Software, Visitor, id, on_both};

/// Somebody here who reads, a thread of a stranger in a group here, and a reply to it.
struct Scene {
    net: Network,
    alpha: Server,
    ana: Person,
    bea: Puppet,
    thread: Value,
    operator: Me,
}

async fn scene() -> Scene {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    bea.follow(&alpha, club.uri()).await;
    let create = bea.toot("Tomatoes", &[(club.uri(), &club.handle())], None);
    bea.send(&alpha, &create).await;
    net.settle().await;
    let thread = ana.find_post(create["object"]["id"].as_str().unwrap()).await;
    ana.reply(&thread, "Red ones").await;
    net.settle().await;
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    Scene { net, alpha, ana, bea, thread, operator }
}

impl Scene {
    /// Whether the thread is to be seen: by its number, at home, and on the page of the group.
    async fn is_shown(&self) -> bool {
        let path = format!("/api/v1/statuses/{}", id(&self.thread));
        let by_number = self.ana.call("GET", &path, &Value::Null).await.status == 200;
        let at_home = json!(self.ana.home().await).to_string().contains("Tomatoes");
        let on_page = self.alpha.get("/@club", "text/html").await.text().contains("Tomatoes");
        let replies = self.alpha.document("/@club/outbox").await.to_string().contains("Tomatoes");
        assert_eq!([by_number, at_home, on_page], [replies; 3], "by number, at home, on the page, in the outbox");
        by_number
    }

    async fn followers(&self) -> u64 {
        self.alpha.document("/@club/followers").await["totalItems"].as_u64().unwrap()
    }

    fn author(&self) -> ActorId {
        ActorId(id(&self.thread["account"]).parse().unwrap())
    }
}

async fn a_suspended_person_elsewhere_is_not_heard() {
    let s = scene().await;
    assert!(s.is_shown().await);
    assert_eq!(s.followers().await, 2);
    let refused = app::suspensions::suspend(s.alpha.app(), Me(s.ana.actor.id), s.author(), String::new()).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "only admins may: {refused:?}");
    let silent = stub(&s.bea);
    let name = s.ana.status(&s.thread).await["account"]["display_name"].clone();
    s.bea.send(&s.alpha, &s.bea.addressed("Update", &silent, &[])).await;
    s.net.settle().await;
    assert!(!s.is_shown().await);
    s.bea.send(&s.alpha, &s.bea.addressed("Update", &s.bea.document(), &[])).await;
    s.net.settle().await;
    assert_eq!(s.ana.status(&s.thread).await["account"]["display_name"], name, "it is not known by less than before");
    app::suspensions::suspend(s.alpha.app(), s.operator, s.author(), "spam".to_owned()).await.unwrap();
    assert!(!s.is_shown().await);
    assert_eq!(s.followers().await, 1);
    let before = s.ana.read("/api/v1/notifications").await;
    let create = s.bea.toot("Again", &[("http://alpha.test/@club", "@club@alpha.test")], None);
    s.bea.send(&s.alpha, &create).await;
    s.bea.send(&s.alpha, &s.bea.whisper("Psst", &[(s.ana.uri(), &s.ana.handle())])).await;
    s.bea.follow(&s.alpha, s.ana.uri()).await;
    s.net.settle().await;
    assert_eq!(s.ana.search(create["object"]["id"].as_str().unwrap()).await["statuses"], json!([]));
    assert_eq!(s.ana.read("/api/v1/notifications").await, before);
    app::suspensions::lift(s.alpha.app(), s.operator, s.author()).await.unwrap();
    assert!(s.is_shown().await, "it is there again");
    assert_eq!(s.followers().await, 1, "the follow is not");
}

/// The document of somebody whom their own server suspended, as Mastodon serves it.
fn stub(of: &Puppet) -> Value {
    let mut stub = of.document();
    stub["suspended"] = json!(true);
    stub.as_object_mut().unwrap().retain(|key, _| !["name", "summary", "followers"].contains(&key.as_str()));
    stub
}

async fn whom_their_own_server_suspends_is_hidden_until_it_does_so_no_more() {
    let s = scene().await;
    let mine = s.ana.post("Mine").await;
    let like = s.bea.activity("Like", &mine["uri"]);
    s.bea.send(&s.alpha, &like).await;
    s.net.settle().await;
    let notices = async || s.ana.read("/api/v1/notifications?types[]=favourite").await.as_array().unwrap().len();
    let account = s.thread["account"].clone();
    let profile = async || s.ana.read(&format!("/api/v1/accounts/{}", id(&account))).await;
    let page = async || s.alpha.get("/@bea@masto.test", "text/html").await;
    let send = async |activity: &Value| {
        s.bea.send(&s.alpha, activity).await;
        s.net.settle().await;
    };
    let before = profile().await;
    assert_eq!((notices().await, page().await.status), (1, 200));

    send(&s.bea.addressed("Update", &stub(&s.bea), &[])).await;
    s.bea.peer.serve(&stub(&s.bea));
    assert!(!s.is_shown().await);
    assert_eq!(notices().await, 0);
    let hidden = profile().await;
    assert_eq!(
        (&hidden["suspended"], &hidden["display_name"], &hidden["note"]),
        (&json!(true), &json!(""), &json!(""))
    );
    assert_eq!(page().await.status, 403);
    assert!(page().await.text().contains("This account is suspended"));
    assert_eq!(s.followers().await, 2, "what they were rests");
    // What comes from them meanwhile is not heard; that they take something back is.
    let create = s.bea.toot("Again", &[("http://alpha.test/@club", "@club@alpha.test")], None);
    send(&create).await;
    assert_eq!(s.ana.search(create["object"]["id"].as_str().unwrap()).await["statuses"], json!([]));
    send(&s.bea.undo(&like)).await;

    // Who decides here decides for here, and cannot lift what others decided.
    assert!(app::suspensions::lift(s.alpha.app(), s.operator, s.author()).await.is_err());
    app::suspensions::suspend(s.alpha.app(), s.operator, s.author(), String::new()).await.unwrap();
    s.bea.peer.serve(&s.bea.document());
    send(&s.bea.addressed("Update", &s.bea.document(), &[])).await;
    assert!(!s.is_shown().await);
    app::suspensions::lift(s.alpha.app(), s.operator, s.author()).await.unwrap();
    s.net.settle().await;
    assert!(s.is_shown().await);
    let after = profile().await;
    assert_eq!((&after["display_name"], &after["suspended"]), (&before["display_name"], &Value::Null));
    assert_eq!(s.ana.status(&mine).await["favourites_count"], 0, "they took it back");
}

async fn a_suspension_elsewhere_that_nobody_told_of_is_found_and_so_is_its_end() {
    let s = scene().await;
    let hour = std::time::Duration::from_secs(3_601);
    let gone = crate::network::Answer::status(410);
    let path = s.bea.uri.strip_prefix("http://masto.test").expect("a path of its server").to_owned();
    s.bea.peer.replies(&format!("GET {path}"), gone);
    // An excerpt makes the server look; it says that they are gone, and nothing of a deletion.
    let mut excerpt = s.bea.document();
    excerpt.as_object_mut().unwrap().remove("publicKey");
    s.bea.send(&s.alpha, &s.bea.addressed("Update", &excerpt, &[])).await;
    s.net.settle().await;
    assert!(!s.is_shown().await);
    s.bea.peer.recovers(&format!("GET {path}"));
    s.net.pass_time(hour).await;
    // Their next word makes it look again; what they say from then on counts.
    s.bea.send(&s.alpha, &s.bea.activity("Like", &s.thread["uri"])).await;
    s.net.settle().await;
    assert!(s.is_shown().await);
    s.bea.follow(&s.alpha, s.ana.uri()).await;
    s.net.settle().await;
    assert_eq!(s.ana.relationship(&s.thread["account"]).await["followed_by"], true);
}

async fn the_people_of_a_suspended_server_are_not_shown() {
    let s = scene().await;
    let host = Host::parse("masto.test").unwrap();
    let (public_comment, private_comment) = (String::new(), String::new());
    let rule = NewRule { host: host.clone(), ruling: Ruling::Suspend, public_comment, private_comment };
    app::rules::set(s.alpha.app(), s.operator, rule).await.unwrap();
    s.net.settle().await;
    assert!(!s.is_shown().await);
    let (group, person) = (s.alpha.document("/@club").await["id"].clone(), s.author());
    let member = s.alpha.app().read(move |c| {
        let group = store::actors::by_uri(c, group.as_str().unwrap_or_default())?.expect("the group");
        store::groups::membership(c, group.id, person)
    });
    assert!(member.await.unwrap().is_none());
    // Lifting the rule does not lift what was decided about the person.
    app::suspensions::suspend(s.alpha.app(), s.operator, s.author(), String::new()).await.unwrap();
    app::rules::lift(s.alpha.app(), s.operator, &host).await.unwrap();
    s.net.settle().await;
    assert!(!s.is_shown().await);
    app::suspensions::lift(s.alpha.app(), s.operator, s.author()).await.unwrap();
    assert!(s.is_shown().await);
}

async fn a_suspended_person_here_is_out() {
    let s = scene().await;
    let ben = s.alpha.person("ben").await;
    let post = ben.post("Potatoes @club").await;
    s.bea.follow(&s.alpha, ben.uri()).await;
    s.net.settle().await;
    s.bea.peer.take();
    let uri = post["uri"].as_str().unwrap();
    assert_eq!(s.alpha.get(uri, ACTIVITY).await.status, 200);
    app::suspensions::suspend(s.alpha.app(), s.operator, ben.actor.id, String::new()).await.unwrap();
    assert_eq!(ben.call("GET", "/api/v1/timelines/home", &Value::Null).await.status, 401);
    for accept in [ACTIVITY, "text/html"] {
        assert_eq!(s.alpha.get(uri, accept).await.status, 404);
    }
    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(s.ana.call("GET", &path, &Value::Null).await.status, 404);
    s.net.settle().await;
    let told = s.bea.peer.only("Update{Person}").activity;
    assert_eq!((&told["object"]["suspended"], &told["object"]["name"]), (&json!(true), &Value::Null), "{told}");
    s.bea.peer.take();
    let document = s.alpha.document("/@ben").await;
    assert_eq!((&document["suspended"], &document["name"]), (&json!(true), &Value::Null), "{document}");
    assert!(document["publicKey"].is_object(), "what was signed can still be checked: {document}");
    let finger = s.alpha.get("/.well-known/webfinger?resource=acct:ben@alpha.test", "*/*").await;
    assert_eq!(finger.status, 200, "nobody is to forget for good what may be lifted");
    app::suspensions::lift(s.alpha.app(), s.operator, ben.actor.id).await.unwrap();
    s.net.settle().await;
    let told = s.bea.peer.only("Update{Person}").activity;
    assert_eq!((&told["object"]["suspended"], &told["object"]["name"]), (&Value::Null, &json!("ben")), "{told}");
    assert_eq!(s.alpha.document("/@ben").await["suspended"], Value::Null);
    assert_eq!(s.alpha.get(uri, ACTIVITY).await.status, 200);
    assert_eq!(ben.call("GET", "/api/v1/timelines/home", &Value::Null).await.status, 200);
}

async fn a_suspended_person_elsewhere_reads_why_and_appeals() {
    let s = scene().await;
    let (app, ana) = (s.alpha.app(), Me(s.ana.actor.id));
    app::roll::entrust(app, s.operator, s.ana.actor.id, true).await.unwrap();
    s.bea.peer.take();
    app::suspensions::suspend(app, s.operator, s.author(), "She sells rocks".to_owned()).await.unwrap();
    s.net.settle().await;
    let told = s.bea.peer.only("Create{Note}").activity;
    assert_eq!((&told["actor"], &told["to"]), (&json!(s.alpha.url("/@abuse")), &json!([s.bea.uri])));
    let content = told["object"]["content"].as_str().expect("a text");
    assert!(content.contains("The team of alpha.test suspended your account"), "{content}");
    assert!(content.contains("She sells rocks") && content.contains("Private message"), "{content}");
    assert_eq!(content.matches("/statement/").count(), 1, "the link is there once, behind words: {content}");
    assert!(content.contains(">See the decision and how to appeal"), "{content}");
    let link =
        content.split("href=\"").find_map(|rest| rest.split('"').next().filter(|url| url.contains("/statement/")));
    let link = link.expect("a link").to_owned();

    // The link is enough: it says what, why and by whom, and takes one appeal.
    let mut reader = Visitor::new(&s.alpha);
    let page = reader.get(&link).await.text();
    for said in ["To suspend an account from this whole server", "She sells rocks", "Those who run alpha.test"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let path = link.split("alpha.test").nth(1).expect("a path");
    assert_eq!(reader.submit(path, &[("text", "They were gifts")]).await.status, 303);
    let told = s.ana.read("/api/v1/notifications").await.to_string();
    assert!(!told.contains("gifts"), "clients know no such kind: {told}");
    let open = app::appeals::open(app, ana).await.unwrap();
    let [(case, may)] = open.as_slice() else { panic!("{open:?}") };
    assert!(*may && case.appeal.as_ref().is_some_and(|appeal| appeal.text == "They were gifts"));
    let eve = s.alpha.person("eve").await;
    assert!(app::appeals::open(app, Me(eve.actor.id)).await.unwrap().is_empty(), "it is for those who run the server");
    let refused = app::appeals::decide(app, Me(eve.actor.id), case.statement.id, true, "So be it".into()).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");

    // Granted, the suspension is over, and she hears of it.
    s.bea.peer.take();
    app::appeals::decide(app, ana, case.statement.id, true, "So be it".into()).await.unwrap();
    s.net.settle().await;
    assert!(s.is_shown().await);
    let told = s.bea.peer.only("Create{Note}").activity;
    assert!(
        told["object"]["content"].as_str().is_some_and(|text| text.contains("Your appeal was successful")),
        "{told}"
    );
    let page = reader.get(&link).await.text();
    assert!(page.contains("So be it") && page.contains("This decision was undone on"), "{page}");
}

async fn a_suspended_community_is_not_shown_and_comes_back_as_it_was() {
    let s = scene().await;
    let (app, group) = (s.alpha.app(), s.alpha.document("/@club").await["id"].as_str().unwrap().to_owned());
    let club = app.read(move |c| store::actors::by_uri(c, &group)).await.unwrap().expect("the club").id;
    s.bea.peer.take();
    let refused = app::suspensions::close(app, Me(s.ana.actor.id), club, "spam".into()).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "owning it is not enough: {refused:?}");
    app::suspensions::close(app, s.operator, club, "Stolen goods".into()).await.unwrap();
    s.net.settle().await;

    // Nothing of it is shown to anybody, and other servers hear that.
    let path = format!("/api/v1/statuses/{}", id(&s.thread));
    assert_eq!(s.ana.call("GET", &path, &Value::Null).await.status, 404);
    assert!(!json!(s.ana.home().await).to_string().contains("Tomatoes"));
    for page in ["/@club/log", "/@club/rules", "/@club/feed.atom"] {
        assert_eq!(s.alpha.get(page, "text/html").await.status, 404, "{page}");
    }
    let page = s.alpha.get("/@club", "text/html").await;
    let said = page.text();
    assert!(page.status == 403 && said.contains("This community is suspended") && !said.contains("CLUB"), "{said}");
    assert_eq!(s.alpha.document("/@club").await["suspended"], true);
    assert_eq!(s.alpha.document("/@club/outbox").await["totalItems"], 0);
    let told = s.bea.peer.only("Update{Group}").activity;
    assert_eq!(told["object"]["suspended"], true, "{told}");
    let told = s.ana.read("/api/v1/notifications?types[]=mention").await.to_string();
    assert!(told.contains("Stolen goods"), "its owner is told why: {told}");

    // Nobody does anything there, from here or elsewhere.
    let late = s.bea.toot("More tomatoes", &[("http://alpha.test/@club", "@club@alpha.test")], None);
    s.bea.send(&s.alpha, &late).await;
    s.net.settle().await;
    assert!(!s.ana.search(late["object"]["id"].as_str().unwrap()).await.to_string().contains("More tomatoes"));
    let post = s.ana.call("POST", "/api/v1/statuses", &json!({ "status": "@club hello" })).await;
    assert!(post.status >= 400, "{}", post.text());

    // Restored, it is as it was.
    s.bea.peer.take();
    app::suspensions::restore(app, s.operator, club).await.unwrap();
    s.net.settle().await;
    assert!(s.is_shown().await);
    assert_eq!(s.followers().await, 2, "followers stay");
    let told = s.bea.peer.only("Update{Group}").activity;
    assert_eq!((&told["object"]["suspended"], &told["object"]["name"]), (&Value::Null, &json!("CLUB")), "{told}");
}

on_both![
    a_suspended_community_is_not_shown_and_comes_back_as_it_was,
    a_suspended_person_elsewhere_reads_why_and_appeals,
    a_suspended_person_elsewhere_is_not_heard,
    whom_their_own_server_suspends_is_hidden_until_it_does_so_no_more,
    a_suspension_elsewhere_that_nobody_told_of_is_found_and_so_is_its_end,
    the_people_of_a_suspended_server_are_not_shown,
    a_suspended_person_here_is_out,
];
