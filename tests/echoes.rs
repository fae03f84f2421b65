//! "The same happens to me", and the reply that answers: what is counted, who is told, and who sees it.

use app::{Me, posts::Writing, second_step::Secret};
use domain::{
    group::{Joining, Visibility},
    id::{PostId, SessionId},
};

use crate::{
    guests::enter,
    network::{Network, Server, Visitor, id, on_both},
};

const SAME: &str = "/same-here";
const SOLVED: &str = "/search?q=tomatoes+status:solved";

async fn browser(server: &Server, name: &str) -> Visitor {
    let mut browser = Visitor::new(server);
    browser.sign_in(name, "correct horse", "/").await;
    browser
}

fn path(url: &str) -> String {
    url.strip_prefix("http://alpha.test").unwrap_or_else(|| panic!("{url}")).to_owned()
}

async fn whoever_has_the_same_is_counted_once_and_stays_here() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, _bea, carla) = (alpha.person("ana").await, alpha.person("bea").await, alpha.person("carla").await);
    let (club, other) = (alpha.group("club", &ana).await, alpha.group("other", &ana).await);
    let dora = beta.person("dora").await;
    dora.follow(&club.handle()).await;
    let thread = ana.post(&format!("{} My tomatoes turn yellow", club.handle())).await;
    net.settle().await;
    let page = path(thread["url"].as_str().unwrap());
    let (mut anas, mut beas, mut carlas) =
        (browser(&alpha, "ana").await, browser(&alpha, "bea").await, browser(&alpha, "carla").await);
    let told = alpha.app().read({
        let ana = ana.actor.id;
        move |c| store::notifications::count_since(c, ana, domain::id::NotificationId(0), 99)
    });
    let told = told.await.unwrap();
    let before = net.transcript().0.len();

    // Twice is once, and it is undone; whoever asks does not say it of their own question.
    let own = anas.get(&page).await.text();
    assert!(!own.contains("Same here"), "{own}");
    let number = id(&thread);
    let say = |turn| [("post", number), ("turn", turn)];
    for turn in ["on", "on", "off", "on"] {
        assert_eq!(beas.fill(&page, SAME, &say(turn)).await.status, 303);
    }
    assert_eq!(carlas.fill(&page, SAME, &say("on")).await.status, 303);
    // So says somebody who has their account elsewhere.
    let mut guest = Visitor::new(&alpha);
    enter(&mut guest, &dora, "/").await;
    assert_eq!(guest.fill(&page, SAME, &say("on")).await.status, 303);
    let shown = Visitor::new(&alpha).get(&page).await.text();
    assert!(shown.contains("The same happens to 3 people") && !shown.contains(SAME), "{shown}");
    assert!(beas.get(&page).await.text().contains("aria-pressed=\"true\" aria-describedby=\"echoes-hint\""));
    assert_eq!(beas.get("/settings/data/profile.json").await.value()["same_here"][0]["post"], thread["uri"]);

    // The author hears nothing of it, nor does any other server.
    net.settle().await;
    let now = alpha.app().read({
        let ana = ana.actor.id;
        move |c| store::notifications::count_since(c, ana, domain::id::NotificationId(0), 99)
    });
    assert_eq!(now.await.unwrap(), told);
    let said = net.transcript().after(before).only(|exchange| exchange.is_post() && exchange.target.contains("inbox"));
    assert!(said.0.is_empty(), "it stays here: {said}");

    // It goes along when the conversation moves, and ends with the login.
    let (me, post): (Me, PostId) = (Me(ana.actor.id), id(&thread).parse().unwrap());
    app::transfers::transfer(alpha.app(), me, post, other.actor.id, String::new()).await.unwrap();
    let secret = Secret { password: "correct horse".into(), session: SessionId(0) };
    let gone = app::leaving::leave(alpha.app(), Me(carla.actor.id), "carla", secret).await.unwrap();
    assert_eq!(gone, app::leaving::Farewell::Done);
    net.settle().await;
    let shown = Visitor::new(&alpha).get(&page).await.text();
    assert!(shown.contains("The same happens to 2 people"), "{shown}");
}

async fn what_only_members_read_only_they_have_too() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea) = (alpha.person("ana").await, alpha.person("bea").await);
    let cellar = alpha.group_like("cellar", &ana, Visibility::Private, Joining::Approval).await;
    let thread = ana.post(&format!("{} The lamp is broken", cellar.handle())).await;
    let post: PostId = id(&thread).parse().unwrap();
    for (me, on) in [(Me(bea.actor.id), true), (Me(bea.actor.id), false)] {
        let refused = app::echoes::set(alpha.app(), me, post, on).await;
        assert!(matches!(refused, Err(app::Error::NotFound)), "{refused:?}");
    }
    // Replies are not what happens to somebody.
    let reply = ana.reply(&thread, "Still").await;
    let refused = app::echoes::set(alpha.app(), Me(ana.actor.id), id(&reply).parse().unwrap(), true).await;
    assert!(matches!(refused, Err(app::Error::Invalid(_))), "{refused:?}");
}

async fn an_accepted_answer_is_told_once_to_all_who_wait() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, bea, carla) = (alpha.person("ana").await, alpha.person("bea").await, alpha.person("carla").await);
    let (dan, club) = (alpha.person("dan").await, alpha.group("club", &ana).await);
    let ask = async |text: &str| bea.post(&format!("{} {text}", club.handle())).await;
    let thread = ask("My tomatoes turn yellow").await;
    let page = path(thread["url"].as_str().unwrap());
    let (first, second) = (dan.reply(&thread, "Less water").await, dan.reply(&thread, "More iron").await);
    app::echoes::set(alpha.app(), Me(carla.actor.id), id(&thread).parse().unwrap(), true).await.unwrap();
    let accept = async |who: &app::Me, reply: &serde_json::Value, on: bool| {
        app::solutions::set(alpha.app(), *who, id(reply).parse().unwrap(), on).await
    };
    let (me, nobody) = (Me(bea.actor.id), Me(carla.actor.id));
    let refused = accept(&nobody, &first, true).await;
    assert!(matches!(refused, Err(app::Error::Denied(_))), "{refused:?}");

    let mut beas = browser(&alpha, "bea").await;
    let form = [("post", id(&first)), ("turn", "on")];
    assert_eq!(beas.fill(&page, "/solve", &form).await.status, 303);
    let shown = Visitor::new(&alpha).get(&page).await.text();
    assert!(shown.contains("Accepted answer") && shown.contains("\"@type\":\"QAPage\""), "{shown}");
    assert!(!shown.contains("id=\"solution\""), "it comes first anyway: {shown}");
    let found = Visitor::new(&alpha).get(SOLVED).await.text();
    assert!(found.contains("turn yellow"), "{found}");
    assert!(Visitor::new(&alpha).get("/@club").await.text().contains("Solved"));
    // Reading asks nobody for an account.
    for path in [format!("{page}/feed.rss"), "/@club/feed.rss".into(), "/@club/feed.atom".into(), "/communities".into()]
    {
        let read = Visitor::new(&alpha).get(&path).await;
        assert_eq!(read.status, 200, "{path}");
    }

    let (mut dans, mut carlas) = (browser(&alpha, "dan").await, browser(&alpha, "carla").await);
    let thanks = "Thank you! It is your first accepted answer in <bdi>CLUB</bdi>";
    let count = |page: String, what: &str| page.matches(what).count();
    assert_eq!(count(dans.get("/notices").await.text(), thanks), 1);
    assert_eq!(count(carlas.get("/notices").await.text(), "<bdi>bea</bdi> accepted an answer"), 1);
    assert_eq!(count(beas.get("/notices").await.text(), "accepted an answer"), 0, "she knows");

    // Another one in its place, by the team: thanks are said once, and those who waited heard.
    accept(&Me(ana.actor.id), &second, true).await.unwrap();
    let shown = Visitor::new(&alpha).get(&page).await.text();
    let (_, top) = shown.split_once("id=\"solution\"").unwrap();
    assert!(top.split_once("id=\"replies\"").unwrap().0.contains("More iron"), "before the others: {shown}");
    let notices = dans.get("/notices").await.text();
    assert!(
        count(notices.clone(), thanks) == 1 && notices.contains("<bdi>ana</bdi> accepted what you replied"),
        "{notices}"
    );
    assert_eq!(count(carlas.get("/notices").await.text(), "accepted an answer"), 1);
    assert!(beas.get("/notices").await.text().contains("<bdi>ana</bdi> accepted an answer"));
    accept(&me, &second, false).await.unwrap();
    let shown = Visitor::new(&alpha).get(&page).await.text();
    assert!(!shown.contains("Accepted answer"), "{shown}");

    // An answer that is made a thread of its own answers there no more, until it is put back.
    accept(&me, &second, true).await.unwrap();
    let seen = async || {
        let (page, found) = (Visitor::new(&alpha).get(&page).await, Visitor::new(&alpha).get(SOLVED).await);
        let listed = Visitor::new(&alpha).get("/@club").await.text().contains("Solved");
        (page.text().contains("Accepted answer"), listed, found.text().contains("turn yellow"))
    };
    assert_eq!(seen().await, (true, true, true));
    let (club_me, second_id, thread_id) =
        (Me(ana.actor.id), id(&second).parse().unwrap(), id(&thread).parse().unwrap());
    app::grafts::split(alpha.app(), club_me, second_id, "Iron".into(), String::new()).await.unwrap();
    assert_eq!(seen().await, (false, false, false));
    app::grafts::merge(alpha.app(), club_me, second_id, thread_id, String::new()).await.unwrap();
    assert_eq!(seen().await, (true, true, true));
    accept(&me, &second, false).await.unwrap();
    let writing = Writing { text: "Sol".into(), group: Some(club.actor.id), ..Writing::default() };
    let alone = app::posts::create(alpha.app(), me, writing).await.unwrap();
    assert!(app::solutions::set(alpha.app(), me, alone.id, true).await.is_err(), "nothing answers itself");
}

async fn those_without_notices_here_hear_of_an_answer_by_a_letter() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, dora, elio) = (alpha.person("ana").await, beta.person("dora").await, beta.person("elio").await);
    let club = alpha.group("club", &ana).await;
    for follower in [&dora, &elio] {
        follower.follow(&club.handle()).await;
    }
    net.settle().await;
    let thread = dora.post(&format!("{} My tomatoes turn yellow", club.handle())).await;
    net.settle().await;
    let theirs = elio.find_post(thread["uri"].as_str().unwrap()).await;
    let reply = elio.reply(&theirs, "Less water").await;
    net.settle().await;
    let here = ana.find_post(reply["uri"].as_str().unwrap()).await;
    for on in [true, false, true] {
        app::solutions::set(alpha.app(), Me(ana.actor.id), id(&here).parse().unwrap(), on).await.unwrap();
        net.settle().await;
    }
    for (who, said) in [(&dora, "an accepted answer to what you asked"), (&elio, "was accepted: it helps")] {
        let told = who.read("/api/v1/notifications?types[]=mention").await;
        let letters = told.as_array().unwrap().iter().map(|told| &told["status"]);
        let letters: Vec<_> = letters.filter(|status| status["visibility"] == "direct").collect();
        assert_eq!(letters.len(), 1, "{letters:?}");
        let html = letters[0]["content"].as_str().unwrap();
        assert!(html.contains(said) && html.contains(&format!("/@elio@beta.test/{}\"", id(&here))), "{html}");
        assert!(!html.contains("tomatoes") && letters[0]["account"]["acct"] == "club@alpha.test", "{html}");
    }
}

on_both![
    those_without_notices_here_hear_of_an_answer_by_a_letter,
    whoever_has_the_same_is_counted_once_and_stays_here,
    what_only_members_read_only_they_have_too,
    an_accepted_answer_is_told_once_to_all_who_wait,
];
