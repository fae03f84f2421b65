//! What is minted is recognised, on the right host, and nothing else is.
use proptest::prelude::*;

use super::*;

fn site(url: &str) -> Site {
    Site::new(&Url::parse(url).unwrap()).unwrap()
}

#[test]
fn what_is_minted_is_recognised() {
    let site = site("http://127.0.0.2:8081");
    let ana = site.actor(site.host(), "ana");
    assert_eq!(ana, "http://127.0.0.2:8081/@ana");
    let parse = |url: &str| {
        site.parse(url).map(|(host, local)| {
            assert_eq!(&host, site.host());
            local
        })
    };
    assert_eq!(parse(&ana), Some(Local::Actor("ana".into())));
    let outbox = actor_part(&ana, ActorPart::Outbox);
    assert_eq!(parse(&outbox), Some(Local::ActorPart("ana".into(), ActorPart::Outbox)));
    let id = PostId(7);
    assert_eq!(parse(&post(&ana, id)), Some(Local::Post("ana".into(), id)));
    let replies = post_part(&post(&ana, id), PostPart::Replies);
    assert_eq!(parse(&replies), Some(Local::PostPart("ana".into(), id, PostPart::Replies)));
    assert_eq!(parse(&site.activity(ActivityId(9))), Some(Local::Activity(ActivityId(9))));
    assert_eq!(parse(&site.instance(site.host())), Some(Local::Instance));
    assert_eq!(parse(&site.inbox(site.host())), Some(Local::Inbox));
    assert_eq!(parse(&rsa_key(&ana)), Some(Local::Actor("ana".into())));
}

#[test]
fn every_spelling_of_our_host_is_ours_and_no_other() {
    let site = site("https://plaza.example");
    for ours in ["https://PLAZA.example/@Ana", "https://plaza.example:443/@ana", "https://plaza.example./@ana"] {
        assert_eq!(site.parse(ours), Some((site.host().clone(), Local::Actor("ana".into()))), "{ours}");
    }
    for other in ["https://plaza.example:8443/@ana", "https://xplaza.example/@ana", "ftp://plaza.example/@ana", "@ana"]
    {
        assert_eq!(site.parse(other), None, "{other}");
    }
    let other = site.parse("https://plaza.example/@ana/7/likes/x");
    assert_eq!(other, Some((site.host().clone(), Local::Other)));
}

#[test]
fn every_clone_serves_a_new_host_and_tells_it_apart() {
    let site = site("https://plaza.example");
    let (clone, foro) = (site.clone(), Host::parse("foro.example").unwrap());
    assert_eq!(clone.named("FORO.example:443"), None);
    site.serve_also([foro.clone()]);
    let junta = clone.actor(&foro, "junta");
    assert_eq!(clone.parse(&junta), Some((foro.clone(), Local::Actor("junta".into()))));
    let said = activity(&junta, ActivityId(9));
    assert_eq!(said, "https://foro.example/activities/9");
    assert_eq!(clone.parse(&said), Some((foro.clone(), Local::Activity(ActivityId(9)))));
    assert_eq!(clone.named("FORO.example:443"), Some(foro.clone()));
    for other in ["foro.example:8443", "a.foro.example", "foro.example.evil.example", "x@foro.example", ""] {
        assert_eq!(clone.named(other), None, "{other}");
    }
    assert_eq!(clone.hosts(), [site.host().clone(), foro]);
    site.serve_also([]);
    assert_eq!(clone.parse(&junta), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn whatever_is_minted_anywhere_is_recognised_there_alone(
        host in "([a-z0-9_ñ漢]{1,8}\\.){0,3}[a-z]{2,6}(:[1-9][0-9]{0,4})?|127\\.0\\.0\\.[1-9]:[1-9][0-9]{2}|\\[::[1-9a-f]\\]",
        scheme in prop::sample::select(vec!["http", "https"]),
        name in "[a-z0-9_]{1,30}",
        number in 0..i64::MAX,
    ) {
        let Ok(url) = Url::parse(&format!("{scheme}://{host}")) else { return Ok(()) };
        let Some(site) = Site::new(&url) else { return Ok(()) };
        let actor = site.actor(site.host(), &name);
        let post = super::post(&actor, PostId(number));
        let mut minted = vec![
            (actor.clone(), Local::Actor(name.clone())),
            (rsa_key(&actor), Local::Actor(name.clone())),
            (ed25519_key(&actor), Local::Actor(name.clone())),
            (follow(&actor, ActorId(number)), Local::Actor(name.clone())),
            (ballot(&actor, PostId(number), 3), Local::Actor(name.clone())),
            (site.activity(ActivityId(number)), Local::Activity(ActivityId(number))),
            (site.instance(site.host()), Local::Instance),
            (site.inbox(site.host()), Local::Inbox),
            (post.clone(), Local::Post(name.clone(), PostId(number))),
            (quote_request(&post), Local::Post(name.clone(), PostId(number))),
            (stamp(&post, StampId(number)), Local::Stamp(name.clone(), PostId(number), StampId(number))),
        ];
        minted.extend(ActorPart::ALL.map(|part| (actor_part(&actor, part), Local::ActorPart(name.clone(), part))));
        let of_post = |part| (post_part(&post, part), Local::PostPart(name.clone(), PostId(number), part));
        minted.extend(PostPart::ALL.map(of_post));
        let other = Site::new(&Url::parse("https://plaza.example").unwrap()).unwrap();
        for (url, local) in minted {
            prop_assert_eq!(Host::of(&url), Some(site.host().clone()), "{}", url);
            prop_assert_eq!(site.parse(&url), Some((site.host().clone(), local)), "{}", url);
            prop_assert_eq!(other.parse(&url), None, "{}", url);
        }
    }

    #[test]
    fn no_url_is_too_strange(url in "(https?:|//|\\\\|/|@|plaza\\.example|[.:?#%]|\\PC){0,12}", path in "(/|@|a|inbox|activities|7|[-+]|%2f|\\PC){0,8}") {
        let site = site("https://plaza.example");
        site.parse(&url);
        let here = format!("https://plaza.example/{path}");
        prop_assert!(site.parse(&here).is_some(), "{}", here);
        if let Some(host) = Host::of(&url) {
            prop_assert_eq!(site.parse(&url).is_some(), site.serves(&host), "{}", url);
        }
    }
}
