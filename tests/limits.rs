//! Who sends, reads or asks too much is told when to come back; what was acknowledged is kept, and nobody else notices.

use std::time::Duration;

use app::Me;
use serde_json::json;

use crate::network::{ACTIVITY, Network, Person, Request, Scheme, Server, Software, Visitor, on_both};

/// How much fits into the buckets of servers that allow one a second.
const DEPTH: usize = 100;

/// Asks, and is answered `usual`, until it is too much; returns how often that was. The buckets fill a little meanwhile.
async fn until_too_much(server: &Server, usual: u16, request: impl Fn(usize) -> Request) -> usize {
    for count in 0..2 * DEPTH {
        let answer = server.ask(&request(count)).await;
        if answer.status == usual {
            continue;
        }
        assert_eq!(answer.status, 429, "{}", answer.text());
        let wait: u64 = answer.header("retry-after").expect("when to come back").parse().expect("seconds");
        assert!((1..=5).contains(&wait), "{wait}");
        assert!(answer.value()["error"].as_str().is_some_and(|why| why.contains("come back")), "{}", answer.text());
        return count;
    }
    panic!("it is never too much")
}

fn posts(net: &Network) -> i64 {
    net.census("alpha.test").get("posts").copied().unwrap_or(0)
}

/// What was acknowledged and became nothing yet, or nothing at all: its state, and why.
fn unmade(net: &Network) -> Vec<(String, String)> {
    net.fates("alpha.test").into_values().filter(|(state, note)| state != "done" || !note.is_empty()).collect()
}

async fn who_sends_too_much_comes_back_later() {
    let net = Network::limited(1, 1, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (loud, calm) = (net.peer("loud.test", Software::Mastodon), net.peer("calm.test", Software::Mastodon));
    let (bea, carl) = (loud.person("bea"), calm.person("carl"));
    let inbox = alpha.url("/inbox");
    let toot = |number: usize| bea.toot(&format!("Number {number}"), &[(club.uri(), &club.handle())], None);
    let sent = |number: usize| bea.signed(&inbox, toot(number).to_string().as_bytes(), Scheme::Cavage);
    let accepted = until_too_much(&alpha, 202, sent).await;
    assert!(accepted >= DEPTH, "{accepted}");
    let hello = carl.toot("Hello", &[(club.uri(), &club.handle())], None);
    assert_eq!(carl.post(&inbox, &hello).await, 202, "others do not notice");
    net.settle().await;
    assert!(unmade(&net).is_empty(), "all that was acknowledged is there, but {:?}", unmade(&net));
    assert_eq!(posts(&net), i64::try_from(accepted).unwrap_or(0) + 1, "and nothing else");
    // The flooder goes on; now and then the next one fits.
    let (mut refused, mut accepted) = (1, accepted);
    for number in 0..20 {
        match alpha.ask(&sent(DEPTH * 3 + number)).await.status {
            202 => accepted += 1,
            status => assert_eq!((status, refused += 1), (429, ())),
        }
        let quiet = carl.toot(&format!("Calm {number}"), &[(club.uri(), &club.handle())], None);
        assert_eq!(carl.post(&inbox, &quiet).await, 202, "and nothing of the other is refused");
    }
    net.settle().await;
    assert_eq!(posts(&net), i64::try_from(accepted).unwrap_or(0) + 21);
    admins_see_who_floods(&alpha, &ana, refused).await;

    net.pass_time(Duration::from_secs(2)).await;
    assert_eq!(bea.post(&inbox, &toot(DEPTH * 4)).await, 202);
    net.settle().await;
    assert_eq!(posts(&net), i64::try_from(accepted).unwrap_or(0) + 22);
}

async fn admins_see_who_floods(server: &Server, admin: &Person, refused: usize) {
    assert!(app::floods::list(server.app(), Me(admin.actor.id)).await.is_err(), "nobody else does");
    let id = admin.actor.id;
    server.app().write(move |tx| Ok(store::accounts::set_admin(tx, id, true)?)).await.unwrap();
    let mut visitor = Visitor::new(server);
    visitor.sign_in("ana", "correct horse", "/").await;
    let page = visitor.get("/admin/servers").await.text();
    let section = page.split("They send more than they may").nth(1).unwrap_or_else(|| panic!("{page}"));
    let section = section.split("</section>").next().unwrap();
    assert!(
        section.contains("/admin/servers/loud.test") && section.contains(&format!("Refused {refused} times")),
        "{section}"
    );
    assert!(!section.contains("calm.test"), "{section}");
}

async fn nobody_shuts_others_out_by_speaking_in_their_name() {
    let net = Network::limited(1, 1, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    bea.follow(&alpha, &ana.actor.uri).await;
    net.settle().await;
    let inbox = alpha.url("/inbox");
    let like = bea.activity("Like", &json!(ana.actor.uri));
    let mut forged = bea.signed(&inbox, like.to_string().as_bytes(), Scheme::Cavage);
    forged.headers.iter_mut().filter(|(name, _)| name == "signature").for_each(|(_, value)| {
        *value = value.replace("signature=\"", "signature=\"AAAA");
    });
    let forged = forged.with("x-forwarded-for", "203.0.113.9");
    assert!(until_too_much(&alpha, 401, |_| forged.clone()).await >= DEPTH);
    assert_eq!(bea.post(&inbox, &like).await, 202);
    let here = bea.signed(&inbox, bea.activity("Like", &json!(ana.actor.uri)).to_string().as_bytes(), Scheme::Cavage);
    assert_eq!(alpha.ask(&here.with("x-forwarded-for", "203.0.113.10")).await.status, 202);
}

async fn who_reads_too_much_comes_back_later() {
    let net = Network::limited(1, 1, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let read = |path: &str, address: &str| {
        Request::new("GET", &alpha.url(path)).with("accept", ACTIVITY).with("x-forwarded-for", address)
    };
    let paths = ["/@ana", "/.well-known/webfinger?resource=acct:ana@alpha.test"];
    let near = ["2001:db8:1:2::9", "2001:db8:1:2::a"];
    let count = until_too_much(&alpha, 200, |number| read(paths[number % 2], near[number % 2])).await;
    assert!(count >= DEPTH, "{count}");
    assert_eq!(alpha.ask(&read("/@ana", "2001:db8:1:3::9")).await.status, 200, "somebody else");
    let page = Request::new("GET", &alpha.url("/@ana")).with("accept", "text/html");
    let page = alpha.ask(&page.with("x-forwarded-for", "2001:db8:1:2::9")).await;
    assert_eq!(page.status, 200, "people look at pages, behind the same address maybe");
    net.pass_time(Duration::from_secs(1)).await;
    assert_eq!(alpha.ask(&read("/@ana", "2001:db8:1:2::9")).await.status, 200);
}

async fn what_another_tertulia_cannot_send_now_it_sends_later() {
    let net = Network::limited(1, 1, ["alpha.test", "beta.test"]).await;
    let (alpha, beta) = (net.server("alpha.test"), net.server("beta.test"));
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let bob = beta.person("bob").await;
    bob.follow(&club.handle()).await;
    net.settle().await;
    // However long it takes to write so much, no bucket fills meanwhile.
    alpha.app().clock().stop();
    let count = DEPTH + 10;
    for number in 0..count {
        ana.post(&format!("Number {number} {}", club.handle())).await;
    }
    net.settle().await;
    let refused = net.transcript().between("alpha.test", "beta.test").only(|said| said.status == Some(429));
    assert!(!refused.0.is_empty(), "the last ones were too much");
    for _ in 0..5 {
        net.pass_time(Duration::from_secs(30)).await;
    }
    let there = net.census("beta.test").get("posts").copied().unwrap_or(0);
    assert_eq!(there, i64::try_from(count).unwrap_or(0), "everything came");
}

async fn apps_are_told_how_often_they_may_still_come() {
    let net = Network::visited(3, ["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    for left in ["2", "1", "0"] {
        let answer = ana.call("GET", "/api/v1/timelines/home", &json!(null)).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(left)));
    }
    let refused = ana.call("GET", "/api/v1/timelines/home", &json!(null)).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-limit")), (429, Some("3")), "{}", refused.text());
}

on_both![
    who_sends_too_much_comes_back_later,
    nobody_shuts_others_out_by_speaking_in_their_name,
    who_reads_too_much_comes_back_later,
    what_another_tertulia_cannot_send_now_it_sends_later,
    apps_are_told_how_often_they_may_still_come,
];
