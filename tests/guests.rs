//! People who sign in with an account elsewhere: what they may do here, and whom their server may speak for.

use app::Me;
use app::moderation::{self, Measure};
use app::rules::NewRule;
use domain::group::{Joining, Role, Visibility};
use domain::host::Host;
use domain::id::{PostId, SessionId};
use domain::rule::Ruling;
use serde_json::{Value, json};

use crate::network::{Answer, Group, Network, Peer, Person, Software, Visitor, field, id, on_both};
use crate::oauth::decide;

const JSON: &str = "application/json";

/// The way from the page that one gets for an account to that account's server.
fn way(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let button = text.split("<a class=\"button primary\" href=\"").find(|part| part.contains("oauth/authorize"));
    let url = button.unwrap_or_else(|| panic!("no way: {text}")).split('"').next().unwrap();
    url.replace("&amp;", "&").replace("&#38;", "&")
}

/// Signs in here with the account of somebody elsewhere, who is asked there.
pub(crate) async fn enter(here: &mut Visitor, guest: &Person, back: &str) -> Answer {
    let mut there = Visitor::new(&guest.server);
    there.sign_in(&guest.actor.name, "correct horse", "/").await;
    let fields = [("account", guest.handle()), ("back", back.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let way = way(&here.fill("/login/elsewhere", "/login/elsewhere", &fields).await);
    let path = way.strip_prefix(&guest.server.url("")).unwrap_or_else(|| panic!("{way}")).to_owned();
    let home = decide(&mut there, &path, "allow").await;
    assert_eq!(home.status, 303, "{}", home.text());
    here.get(home.header("location").unwrap()).await
}

async fn person_here(net: &Network, guest: &Person) -> Me {
    let (name, host) = (guest.actor.name.clone(), guest.actor.host.clone());
    let found = net.server("alpha.test").app().read(move |c| store::actors::by_handle(c, &name, &host)).await;
    Me(found.unwrap().expect("a person of another server").id)
}

/// The path of a group or a post here.
fn path(url: &str) -> String {
    url.strip_prefix("http://alpha.test").unwrap_or_else(|| panic!("{url}")).to_owned()
}

async fn thread(author: &Person, group: &Group, text: &str) -> Value {
    author.post(&format!("{} {text}", group.handle())).await
}

async fn a_guest_joins_reads_votes_and_keeps_order() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, beta.person("bea").await);
    let club = alpha.group_like("club", &ana, Visibility::Private, Joining::Approval).await;
    let post = thread(&ana, &club, "Solo para socios").await;
    let page = path(post["url"].as_str().unwrap());
    net.settle().await;

    let mut here = Visitor::new(&alpha);
    let entered = enter(&mut here, &bea, "/@club").await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("http://alpha.test/@club")));
    let front = here.get("/").await.text();
    assert!(front.contains("Signed in as @bea@beta.test") && !front.contains("href=\"/write\""), "{front}");
    assert_eq!(here.get(&page).await.status, 404, "she is no member");
    let refused = here.get("/write").await;
    assert!(refused.status == 403 && refused.text().contains("those who have an account here"), "{}", refused.text());
    for for_others in ["/settings", "/settings/entry", "/admin", "/communities/new", "/notices", "/saved"] {
        let status = here.get(for_others).await.status;
        assert!(matches!(status, 403 | 404), "{for_others}: {status}");
    }

    let group = club.actor.id.to_string();
    assert_eq!(here.fill("/@club", "/join", &[("group", &group), ("back", "/@club")]).await.status, 303);
    let guest = person_here(&net, &bea).await;
    app::invitations::invite(alpha.app(), Me(ana.actor.id), club.actor.id, guest.0).await.unwrap();
    let read = here.get(&page).await;
    assert!(read.status == 200 && read.text().contains("Solo para socios"), "{}", read.text());
    assert!(here.get("/").await.text().contains("Solo para socios"), "it is hers now");
    assert_eq!(here.fill(&page, "/vote", &[("post", id(&post)), ("vote", "like"), ("back", &page)]).await.status, 303);
    assert_eq!(ana.status(&post).await["favourites_count"], 1);
    assert_eq!(here.fill(&page, "/report", &[("post", id(&post)), ("what", "other")]).await.status, 200);
    net.settle().await;
    assert_eq!(net.census("alpha.test")["follows"], 1, "her server follows nothing by that: the owner does");

    let refused = here.fill(&page, "/moderate", &[("post", id(&post)), ("what", "remove")]).await;
    assert_eq!(refused.status, 403, "she keeps no order there");
    let (me, role) = (Me(ana.actor.id), Some(Role::Moderator));
    app::members::appoint(alpha.app(), me, club.actor.id, guest.0, role).await.unwrap();
    assert!(here.get("/queue").await.text().contains("Solo para socios"), "the report waits for her");
    let fields = [("post", id(&post)), ("what", "remove"), ("reason", "Off topic")];
    assert_eq!(here.fill(&page, "/moderate", &fields).await.status, 303);
    assert!(!here.get("/@club").await.text().contains("Solo para socios"), "it is out");
    let number = PostId(id(&post).parse().unwrap());
    moderation::take(alpha.app(), guest, number, Measure::Restore, "".into()).await.unwrap();

    app::members::appoint(alpha.app(), me, club.actor.id, guest.0, None).await.unwrap();
    assert_eq!(here.get(&page).await.status, 404, "whoever is put out reads no more");
    net.settle().await;
    let census = (net.census("alpha.test"), net.census("beta.test"));
    let mut again = Visitor::new(&alpha);
    assert_eq!(enter(&mut again, &bea, "/").await.status, 303);
    let devices = again.get("/settings/devices").await.text();
    assert!(devices.contains("@bea@beta.test") && devices.contains("/settings/devices/end-others"), "{devices}");
    let counted = (net.census("alpha.test"), net.census("beta.test"));
    assert_eq!(counted.0["actors"], census.0["actors"], "the same person, not another one");
    assert_eq!((counted.1["apps"], census.1["apps"]), (1, 1), "we are known there already");
    again.fill("/settings/devices", "/settings/devices/end-others", &[]).await;
    assert_eq!(here.get("/settings/devices").await.status, 303, "the other browser is out");
    net.settle().await;
}

async fn a_guest_has_at_home_what_they_follow_from_their_server() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, beta.person("bea").await);
    let (open, few) = (
        alpha.group("choir", &ana).await,
        alpha.group_like("workshop", &ana, Visibility::Restricted, Joining::Open).await,
    );
    let post = thread(&ana, &open, "Rehearsal on Monday").await;
    let account = bea.follow(&open.handle()).await;
    bea.follow(&few.handle()).await;
    net.settle().await;
    let mut here = Visitor::new(&alpha);
    enter(&mut here, &bea, "/").await;
    let home = here.get("/").await.text();
    for part in ["My communities", "/@choir", "/@workshop", "Rehearsal on Monday"] {
        assert!(home.contains(part), "{part}: {home}");
    }
    let page = here.get("/@choir").await.text();
    assert!(page.contains("You follow it from your server") && !page.contains("Follow from my account"), "{page}");
    let page = path(post["url"].as_str().unwrap());
    assert_eq!(here.fill(&page, "/vote", &[("post", id(&post)), ("vote", "like"), ("back", &page)]).await.status, 303);

    // What they write at home stands in it, where only members write, too: they became one by following.
    bea.post(&format!("{} I bring glue", few.handle())).await;
    net.settle().await;
    assert!(here.get("/").await.text().contains("I bring glue"));
    bea.act(&format!("/api/v1/accounts/{}/unfollow", id(&account))).await;
    net.settle().await;
    let home = here.get("/").await.text();
    assert!(!home.contains("Rehearsal on Monday") && home.contains("I bring glue"), "{home}");
}

async fn a_guest_loses_nothing_of_what_they_write() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, beta.person("bea").await);
    let club = alpha.group("club", &ana).await;
    let post = thread(&ana, &club, "Tomatoes").await;
    let form = format!("/report?post={}", id(&post));
    let mut here = Visitor::new(&alpha);
    enter(&mut here, &bea, "/").await;
    let token = field(&here.get(&form).await.text(), "form_token");
    let guest = person_here(&net, &bea).await;
    let session = app::sessions::list(alpha.app(), guest).await.unwrap().pop().expect("a session");
    app::sessions::end(alpha.app(), guest, SessionId(session.id)).await.unwrap();
    let fields = [("form_token", &*token), ("post", id(&post)), ("what", "other"), ("reason", "Not about tomatoes")];
    assert_eq!(here.submit("/report", &fields).await.status, 401, "the session has ended");
    let back = enter(&mut here, &bea, &form).await;
    assert!(back.status == 200 && back.text().contains("Not about tomatoes"), "{} {}", back.status, back.text());
    let again = enter(&mut here, &bea, &form).await;
    assert_eq!(again.status, 303, "it is shown once");
    net.settle().await;
}

async fn a_guest_is_out_when_their_server_or_they_are_suspended() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (bea, cleo) = (beta.person("bea").await, beta.person("cleo").await);
    let operator = Me(app::instance::ensure(alpha.app()).await.unwrap());
    let (mut one, mut other) = (Visitor::new(&alpha), Visitor::new(&alpha));
    assert_eq!(enter(&mut one, &bea, "/").await.status, 303);
    assert_eq!(enter(&mut other, &cleo, "/").await.status, 303);
    let guest = person_here(&net, &bea).await;
    app::suspensions::suspend(alpha.app(), operator, guest.0, String::new()).await.unwrap();
    assert_eq!((one.get("/queue").await.status, other.get("/queue").await.status), (303, 200));
    app::suspensions::lift(alpha.app(), operator, guest.0).await.unwrap();
    assert_eq!(one.get("/queue").await.status, 303, "her session does not come back");
    let (public_comment, private_comment) = (String::new(), String::new());
    let host = Host::parse("beta.test").unwrap();
    let rule = NewRule { host, ruling: Ruling::Suspend, public_comment, private_comment };
    app::rules::set(alpha.app(), operator, rule).await.unwrap();
    assert_eq!(other.get("/queue").await.status, 303);
    let shut = Visitor::new(&alpha).submit("/login/elsewhere", &[("account", "@bea@beta.test")]).await;
    assert_eq!(shut.status, 422, "nobody is asked there");
    net.settle().await;
}

/// A server that knows nothing of scopes and challenges, as older ones.
fn mastodon(net: &Network, host: &str) -> Peer {
    let peer = net.peer(host, Software::Mastodon);
    let known = json!({ "client_id": "us", "client_secret": "hush" });
    peer.replies("POST /api/v1/apps", Answer::json(JSON, &known));
    peer.replies("POST /oauth/token", Answer::json(JSON, &json!({ "access_token": "abc" })));
    peer.replies("POST /oauth/revoke", Answer::json(JSON, &json!({})));
    peer
}

fn says(peer: &Peer, account: &Value) {
    peer.replies("GET /api/v1/accounts/verify_credentials", Answer::json(JSON, account));
}

/// Where somebody comes back to who allowed it.
fn home(way: &str) -> String {
    let state = url::Url::parse(way).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    format!("/login/elsewhere/back?code=xyz&state={state}")
}

async fn a_server_speaks_for_its_own_people_alone() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let (masto, other) = (mastodon(&net, "masto.test"), net.peer("other.test", Software::Mastodon));
    let (mia, mallory, victim) = (masto.person("mia"), masto.person("mallory"), other.person("victim"));
    masto.group("club");
    let start = async |handle: &str| {
        let mut visitor = Visitor::new(&alpha);
        let page = visitor.submit("/login/elsewhere", &[("account", handle), ("back", "/")]).await;
        (visitor, page)
    };
    let (mut visitor, page) = start(&mia.handle()).await;
    let asked = way(&page);
    assert!(
        asked.starts_with("http://masto.test/oauth/authorize?") && asked.contains("scope=read%3Aaccounts"),
        "{asked}"
    );
    assert!(!asked.contains("code_challenge"), "it does not know what that is");
    says(&masto, &json!({ "username": "mia", "acct": "mia", "uri": mia.uri }));
    let mut thief = Visitor::new(&alpha);
    assert_eq!(thief.get(&home(&asked)).await.status, 403, "another browser began it");
    assert_eq!(visitor.clone().get("/login/elsewhere/back?code=xyz&state=guess").await.status, 403);
    assert_eq!(visitor.get(&home(&asked)).await.status, 303);
    assert_eq!(visitor.get("/queue").await.status, 200, "she is in");

    for (what, account, status) in [
        (
            "somebody of another server",
            json!({ "username": "victim", "acct": "victim@other.test", "uri": victim.uri }),
            403,
        ),
        ("the id of another server", json!({ "username": "mallory", "acct": "mallory", "uri": victim.uri }), 403),
        ("the id of a neighbour", json!({ "username": "mallory", "acct": "mallory", "uri": mia.uri }), 403),
        ("nobody", json!({ "username": "nobody", "acct": "nobody" }), 403),
        ("a group", json!({ "username": "club", "acct": "club" }), 403),
        ("one of ours", json!({ "username": "ana@alpha.test", "acct": "ana@alpha.test" }), 403),
        ("nothing", json!([]), 403),
        ("too much", json!({ "username": "mallory", "acct": "mallory", "note": "x".repeat(400_000) }), 502),
    ] {
        says(&masto, &account);
        let (mut visitor, page) = start(&mallory.handle()).await;
        let answer = visitor.get(&home(&way(&page))).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert_eq!(visitor.get("/queue").await.status, 303, "{what}: nobody is in");
    }
    for (request, answer, status) in [
        ("GET /api/v1/accounts/verify_credentials", Answer::status(500), 403),
        ("POST /oauth/token", Answer::json(JSON, &json!({ "access_token": "x".repeat(5_000) })), 502),
        ("POST /oauth/token", Answer::json(JSON, &json!("abc")), 502),
        ("POST /oauth/token", Answer::status(400), 403),
    ] {
        let (mut visitor, page) = start(&mallory.handle()).await;
        let way = way(&page);
        masto.replies(request, answer);
        assert_eq!(visitor.get(&home(&way)).await.status, status, "{request}");
    }
    let metadata = json!({ "authorization_endpoint": "http://evil.test/login", "scopes_supported": ["profile"] });
    masto.replies("GET /.well-known/oauth-authorization-server", Answer::json(JSON, &metadata));
    assert_eq!(start(&mia.handle()).await.1.status, 422, "it sends its people elsewhere");
    for handle in ["@nobody@masto.test", "@club@masto.test", "@ana@alpha.test", "@victim@other.test", "mia", ""] {
        assert_eq!(start(handle).await.1.status, 422, "{handle}");
    }
}

/// The way is open for so long only, and a server that has forgotten us is told again who we are.
async fn a_way_ends_and_a_server_forgets() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let bea = beta.person("bea").await;
    let mut here = Visitor::new(&alpha);
    let fields = [("account", bea.handle())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let way = way(&here.fill("/login/elsewhere", "/login/elsewhere", &fields).await);
    net.pass_time(std::time::Duration::from_mins(16)).await;
    assert_eq!(here.get(&home(&way)).await.status, 403, "it took too long");
    assert_eq!(enter(&mut here, &bea, "/").await.status, 303);
    net.pass_time(std::time::Duration::from_hours(21)).await;
    assert_eq!(enter(&mut Visitor::new(&alpha), &bea, "/").await.status, 303);
    assert_eq!(net.census("beta.test")["apps"], 1, "it still knows us");
    let masto = mastodon(&net, "masto.test");
    let mia = masto.person("mia");
    let start = async || {
        let page = Visitor::new(&alpha).submit("/login/elsewhere", &[("account", &mia.handle())]).await;
        url::Url::parse(&self::way(&page)).unwrap().query_pairs().into_owned().find(|(name, _)| name == "client_id")
    };
    assert_eq!(start().await.unwrap().1, "us");
    masto.replies("POST /api/v1/apps", Answer::json(JSON, &json!({ "client_id": "new", "client_secret": "hush" })));
    masto.replies("POST /oauth/token", Answer::status(401));
    assert_eq!(start().await.unwrap().1, "us", "it is not asked each time");
    net.pass_time(std::time::Duration::from_hours(21)).await;
    assert_eq!(start().await.unwrap().1, "new", "it had forgotten us");
    net.pass_time(std::time::Duration::from_hours(24 * 30)).await;
    assert_eq!(here.get("/queue").await.status, 303, "guests are asked again after a month");
}

async fn a_guest_votes_in_the_polls_of_here() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea, cleo) = (alpha.person("ana").await, beta.person("bea").await, beta.person("cleo").await);
    let club = alpha.group("club", &ana).await;
    cleo.find_account(&club.handle()).await;
    let asking = |text: &str| json!({ "status": format!("{} {text}", club.handle()), "poll": { "options": ["red", "blue"], "expires_in": 3600 } });
    let here_asked = ana.api("POST", "/api/v1/statuses", &asking("Which one?")).await;
    let there_asked = cleo.api("POST", "/api/v1/statuses", &asking("And which of these?")).await;
    net.settle().await;
    let mut here = Visitor::new(&alpha);
    assert_eq!(enter(&mut here, &bea, "/").await.status, 303);

    // Of a poll here her vote counts, once.
    let page = path(here_asked["url"].as_str().unwrap());
    let fields = [("post", id(&here_asked)), ("choice", "1"), ("back", page.as_str())];
    assert_eq!(here.fill(&page, "/choose", &fields).await.status, 303);
    let poll = ana.status(&here_asked).await["poll"].clone();
    assert_eq!((&poll["votes_count"], &poll["options"][1]["votes_count"]), (&json!(1), &json!(1)), "{poll}");
    assert!(!here.get(&page).await.text().contains("action=\"/choose\""), "she has chosen");

    // Where she lives nobody knows, and she chooses again: in the end it counts once there, too, whatever she chose.
    for again in [1, 0] {
        let asked =
            if again == 1 { here_asked.clone() } else { ana.api("POST", "/api/v1/statuses", &asking("Or?")).await };
        let (uri, page) = (asked["uri"].as_str().unwrap(), path(asked["url"].as_str().unwrap()));
        let fields = [("post", id(&asked)), ("choice", "1"), ("back", page.as_str())];
        here.fill(&page, "/choose", &fields).await;
        net.settle().await;
        net.pass_time(app::polls::ROUND * 2).await;
        let seen = bea.find_post(uri).await;
        let chosen = format!("/api/v1/polls/{}/votes", id(&seen["poll"]));
        assert_eq!(bea.call("POST", &chosen, &json!({ "choices": [again] })).await.status, 200);
        net.settle().await;
        net.pass_time(app::polls::ROUND * 2).await;
        for seen in [ana.find_post(uri).await, bea.find_post(uri).await] {
            let poll = &seen["poll"];
            let counted = [&poll["voters_count"], &poll["votes_count"], &poll["options"][1]["votes_count"]];
            assert_eq!(counted, [1, 1, 1], "{poll}");
        }
    }

    // Of one elsewhere nobody would hear of it, and the page says so.
    let known = ana.find_post(there_asked["uri"].as_str().unwrap()).await;
    let page = format!("/@cleo@beta.test/{}", id(&known));
    let shown = here.get(&page).await.text();
    assert!(shown.contains("vote in it from your own") && !shown.contains("action=\"/choose\""), "{shown}");
    let fields = [("post", id(&known)), ("choice", "1"), ("back", page.as_str())];
    assert_eq!(here.fill("/@club", "/choose", &fields).await.status, 422);
    net.settle().await;
    assert_eq!(cleo.status(&there_asked).await["poll"]["votes_count"], 0);
}

on_both! {
    a_guest_has_at_home_what_they_follow_from_their_server,
    a_guest_loses_nothing_of_what_they_write,
    a_guest_votes_in_the_polls_of_here,
    a_guest_joins_reads_votes_and_keeps_order,
    a_guest_is_out_when_their_server_or_they_are_suspended,
    a_server_speaks_for_its_own_people_alone,
    a_way_ends_and_a_server_forgets,
}
