//! How much of a group its followers get: by a word to it, or on its page; everything, threads, or a letter each week.

use std::time::Duration;

use serde_json::{Value, json};
use store::threads::{Order, Scope, page};

use crate::network::{Group, Network, Person, Server, Software, Visitor, id, on_both, text};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// The texts at somebody's home.
async fn home(of: &Person) -> Vec<String> {
    let page = of.read("/api/v1/timelines/home").await;
    let shared = page.as_array().unwrap().iter().filter(|entry| entry["reblog"].is_object());
    shared.map(|entry| text(&entry["reblog"])).collect()
}

/// What somebody was told of as a mention, newest first.
async fn mentions(who: &Person) -> Vec<String> {
    let told = who.read("/api/v1/notifications?types[]=mention").await;
    told.as_array().unwrap().iter().map(|told| text(&told["status"])).collect()
}

async fn club(alpha: &Server) -> (Person, Group) {
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    (ana, club)
}

async fn whoever_wants_all_gets_replies_where_most_want_that() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club) = club(&alpha).await;
    let bea = alpha.person("bea").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let (max, eve, ida) = (masto.person("max"), masto.person("eve"), masto.person("ida"));
    for follower in [&max, &eve, &ida] {
        follower.follow(&alpha, club.uri()).await;
    }
    let thread = ana.post(&format!("{} Tomatoes", club.handle())).await;
    net.settle().await;
    masto.take();
    let say = async |who: &crate::network::Puppet, word: &str| {
        let (uri, handle) = club.named();
        who.send(&alpha, &who.whisper(word, &[(&uri, &handle)])).await;
        net.settle().await;
        masto.take()
    };
    let boosts = async |what: &str| {
        let reply = bea.reply(&thread, what).await;
        net.settle().await;
        let told = masto.take();
        let is_boost = |told: &&crate::network::Delivered| told.activity["object"] == reply["uri"];
        let count = told.iter().filter(is_boost).filter(|told| told.kind() == "Announce").count();
        (reply, count)
    };
    assert_eq!(boosts("One").await.1, 0, "nobody asked for it");
    let before = mentions(&ana).await.len();

    // One answer, to whoever asked, in the language of the word; the team is not bothered.
    let told = say(&max, "Todo").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let answer = told[0].activity["object"]["content"].as_str().unwrap();
    assert!(answer.contains("la mayoría") && told[0].activity["to"] == json!([max.uri]), "{answer}");
    assert_eq!(mentions(&ana).await.len(), before);
    let (reply, boosted) = boosts("Two").await;
    assert_eq!(boosted, 1, "once for the whole server");

    // Where as many want less, nothing more is forced on them, and what was is taken back when it is taken out.
    assert!(
        say(&eve, "threads").await[0].activity["object"]["content"].as_str().unwrap().contains("without the replies")
    );
    let me = app::Me(ana.actor.id);
    let grounds = domain::statement::Grounds { reason: "Off topic".into(), ..Default::default() };
    let measure = app::moderation::Measure::Remove;
    app::moderation::take(alpha.app(), me, id(&reply).parse().unwrap(), measure, grounds).await.unwrap();
    net.settle().await;
    let told = masto.take();
    let undone = told.iter().filter(|told| told.kind() == "Undo{Announce}").count();
    assert_eq!(undone, 1, "what was taken out is taken back: {told:?}");

    // A message that is more than a word is for the team.
    assert_eq!(boosts("Three").await.1, 0);
    say(&ida, "all that I wanted to say").await;
    let heard = mentions(&ana).await.into_iter().filter(|said| said.contains("all that I wanted")).count();
    assert_eq!(heard, 1);
    say(&ida, "all").await;
    assert_eq!(boosts("Four").await.1, 1);

    // Where all want the letter alone, no threads come, and on Monday it does.
    for follower in [&max, &eve, &ida] {
        assert!(
            say(follower, "digest").await[0].activity["object"]["content"].as_str().unwrap().contains("Each Monday")
        );
    }
    let told = boosts("Five").await;
    let quiet = ana.post(&format!("{} Peppers", club.handle())).await;
    bea.act(&format!("/api/v1/statuses/{}/favourite", id(&quiet))).await;
    net.settle().await;
    let boosted = masto.take().iter().filter(|told| told.activity["object"] == quiet["uri"]).count();
    assert_eq!((told.1, boosted), (0, 0));
    net.pass_time(WEEK).await;
    let letters: Vec<Value> = masto.take().into_iter().map(|told| told.activity).collect();
    let letters: Vec<&str> = letters.iter().filter_map(|told| told["object"]["content"].as_str()).collect();
    assert_eq!(letters.len(), 3, "{letters:?}");
    // What is talked about stands before what is liked.
    let begins = |words: &str| words.split_once("Tomatoes").is_some_and(|(first, _)| !first.contains("Peppers"));
    assert!(
        letters.iter().all(|words| words.contains("Most talked about") && words.contains("Peppers") && begins(words)),
        "{letters:?}"
    );
    net.pass_time(WEEK).await;
    assert!(masto.take().is_empty(), "nothing happened, so nothing is said");
}

async fn a_reply_is_taken_back_however_long_ago_it_was_brought() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club) = club(&alpha).await;
    let bea = alpha.person("bea").await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let max = masto.person("max");
    max.follow(&alpha, club.uri()).await;
    let thread = ana.post(&format!("{} Tomatoes", club.handle())).await;
    net.settle().await;
    let (uri, handle) = club.named();
    max.send(&alpha, &max.whisper("all", &[(&uri, &handle)])).await;
    net.settle().await;
    let reply = bea.reply(&thread, "One").await;
    net.settle().await;
    net.pass_time(Duration::from_hours(31 * 24)).await;
    app::retention::sweep(alpha.app()).await.unwrap();
    masto.take();
    let grounds = domain::statement::Grounds { reason: "Off topic".into(), ..Default::default() };
    let (me, measure) = (app::Me(ana.actor.id), app::moderation::Measure::Remove);
    app::moderation::take(alpha.app(), me, id(&reply).parse().unwrap(), measure, grounds).await.unwrap();
    net.settle().await;
    let undone = masto.take().iter().filter(|told| told.kind() == "Undo{Announce}").count();
    assert_eq!(undone, 1);
}

async fn whoever_is_here_chooses_on_the_page() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club) = club(&alpha).await;
    let bea = alpha.person("bea").await;
    bea.follow(&club.handle()).await;
    net.settle().await;
    let ask = async |what: &str| {
        ana.post(&format!("{} {what}", club.handle())).await;
        net.settle().await;
    };
    ask("Tomatoes").await;
    assert_eq!(home(&bea).await.len(), 1);
    let reader = bea.actor.id;
    let new_on_the_web = async || {
        let page = alpha.app().read(move |c| page(c, Scope::Followed(reader), Order::New, Some(reader), None, 20));
        page.await.unwrap().len()
    };
    assert_eq!(new_on_the_web().await, 1);
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("bea", "correct horse", "/").await;
    let choose = [("group", club.actor.id.to_string()), ("portion", "digest".to_owned())];
    let choose = choose.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(browser.fill("/@club", "/portion", &choose).await.status, 303);
    assert!(browser.get("/@club").await.text().contains("You get: Weekly summary"));
    ask("Peppers").await;
    assert!(home(&bea).await.is_empty());
    assert_eq!(new_on_the_web().await, 0);
    net.pass_time(WEEK).await;
    let told = mentions(&bea).await;
    assert!(told.len() == 1 && told[0].contains("Most talked about") && told[0].contains("Peppers"), "{told:?}");
    assert_eq!(browser.fill("/@club", "/portion", &[choose[0], ("portion", "threads")]).await.status, 303);
    assert_eq!(home(&bea).await.len(), 2);
    net.pass_time(WEEK).await;
    assert_eq!(mentions(&bea).await.len(), 1, "she wants it no more");
    // Who does not follow has nothing to choose.
    let other = alpha.person("carla").await;
    let refused =
        app::portions::choose(alpha.app(), app::Me(other.actor.id), club.actor.id, domain::portion::Portion::All);
    assert!(matches!(refused.await, Err(app::Error::Denied(_))));
}

async fn whoever_wants_highlights_gets_what_the_team_pins_once_it_does() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, club) = club(&alpha).await;
    let bea = alpha.person("bea").await;
    let (masto, other) = (net.peer("masto.test", Software::Mastodon), net.peer("other.test", Software::Mastodon));
    let (max, eve) = (masto.person("max"), other.person("eve"));
    for follower in [&max, &eve] {
        follower.follow(&alpha, club.uri()).await;
    }
    bea.follow(&club.handle()).await;
    net.settle().await;
    let (uri, handle) = club.named();
    max.send(&alpha, &max.whisper("Destacados", &[(&uri, &handle)])).await;
    app::portions::choose(alpha.app(), app::Me(bea.actor.id), club.actor.id, domain::portion::Portion::Highlights)
        .await
        .unwrap();
    net.settle().await;
    let answer = masto.take();
    assert!(answer.iter().any(|told| told.activity.to_string().contains("que destaque su equipo")), "{answer:?}");
    other.take();

    let (plain, best) =
        (ana.post(&format!("{} Tomatoes", club.handle())).await, ana.post(&format!("{} Peppers", club.handle())).await);
    net.settle().await;
    let boosts = |told: Vec<crate::network::Delivered>, post: &Value| -> Vec<Value> {
        let told = told.into_iter().filter(|told| told.kind() == "Announce" && told.activity["object"] == post["uri"]);
        told.map(|told| told.activity["id"].clone()).collect()
    };
    let told = (masto.take(), other.take());
    assert!(boosts(told.0, &best).is_empty() && home(&bea).await.is_empty(), "nobody put anything in front yet");
    let usual = boosts(told.1, &best);
    assert_eq!(usual.len(), 1, "whoever chose nothing gets each thread");

    let pin = async |on| {
        let measure = if on { app::moderation::Measure::Feature } else { app::moderation::Measure::Unfeature };
        let (me, post) = (app::Me(ana.actor.id), id(&best).parse().unwrap());
        app::moderation::take(alpha.app(), me, post, measure, domain::statement::Grounds::default()).await.unwrap();
        net.settle().await;
    };
    pin(true).await;
    assert_eq!(boosts(masto.take(), &best), usual, "the same word, so that it is shown once");
    assert!(boosts(other.take(), &best).is_empty(), "there they have it");
    let told = async || bea.read("/api/v1/notifications?types[]=status").await;
    let notices = told().await;
    assert_eq!(notices.as_array().unwrap().len(), 1, "{notices}");
    assert_eq!((&notices[0]["status"]["id"], &notices[0]["account"]["acct"]), (&best["id"], &json!("club")));
    assert_ne!(best["id"], plain["id"]);
    pin(false).await;
    assert_eq!(told().await.as_array().unwrap().len(), 1);
    assert!(home(&bea).await.is_empty());
}

async fn everything_is_threads_for_people_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (_ana, club) = club(&alpha).await;
    let bea = alpha.person("bea").await;
    bea.follow(&club.handle()).await;
    bea.api("POST", "/api/v1/statuses", &json!({ "status": "@club todo", "visibility": "direct" })).await;
    net.settle().await;
    let (me, group) = (bea.actor.id, club.actor.id);
    let chosen = alpha.app().read(move |c| store::portions::of(c, me, group)).await.unwrap();
    assert_eq!(chosen, Some(domain::portion::Portion::Threads));
    let answers = mentions(&bea).await;
    assert!(answers.len() == 1 && answers[0].contains("sin sus respuestas"), "{answers:?}");
    let mut browser = Visitor::new(&alpha);
    browser.sign_in("bea", "correct horse", "/").await;
    let page = browser.get("/@club").await.text();
    assert!(
        page.contains("You get: Conversations")
            && page.contains("Highlights only")
            && !page.contains("name=\"portion\" value=\"all\""),
        "{page}"
    );
}

on_both![
    everything_is_threads_for_people_here,
    whoever_wants_highlights_gets_what_the_team_pins_once_it_does,
    a_reply_is_taken_back_however_long_ago_it_was_brought,
    whoever_wants_all_gets_replies_where_most_want_that,
    whoever_is_here_chooses_on_the_page,
];
