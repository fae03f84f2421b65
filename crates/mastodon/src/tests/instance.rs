//! What the instance says of itself to whoever asks.
use serde_json::{Value, json};

use super::{World, on_both};

async fn nothing_that_clients_ask_first_is_missing(w: World) {
    for path in [
        "rules",
        "extended_description",
        "privacy_policy",
        "translation_languages",
        "languages",
        "peers",
        "activity",
        "domain_blocks",
    ] {
        let answer = w.get_unknown(&format!("/api/v1/instance/{path}")).await;
        assert!(answer.status == 200 && !answer.body.is_null(), "{path}: {}", answer.status);
    }
    let preferences = w.get(&w.ana, "/api/v1/preferences").await.ok();
    assert_eq!(
        (&preferences["posting:default:visibility"], &preferences["posting:default:language"]),
        (&"public".into(), &"es".into())
    );
    assert_eq!(w.get_unknown("/api/v1/preferences").await.status, 401);
    assert_eq!(w.get_unknown("/api/v1/instance/terms_of_service").await.status, 404, "there are none");
}

async fn activity_counts_weeks(w: World) {
    w.say(&w.ana, "hola").await;
    w.say(&w.bea, "hola").await;
    w.say(&w.bea, "otra vez").await;
    w.clock.advance(domain::time::span::minutes(1));
    let weeks = w.get_unknown("/api/v1/instance/activity").await.ok();
    let this = &weeks[0];
    assert_eq!((&this["statuses"], &this["logins"], &this["registrations"]), (&"3".into(), &"2".into(), &"3".into()));
    assert_eq!((weeks.as_array().unwrap().len(), &weeks[1]["statuses"]), (12, &"0".into()));
}

async fn servers_that_are_ruled_out_are_named(w: World) {
    let me = w.admin().await;
    let new = app::rules::NewRule {
        host: domain::host::Host::parse("malo.example").unwrap(),
        ruling: domain::rule::Ruling::Suspend,
        public_comment: "spam".into(),
        private_comment: "y más".into(),
    };
    app::rules::set(&w.app, me, new).await.unwrap();
    let blocks = w.get_unknown("/api/v1/instance/domain_blocks").await.ok();
    assert_eq!(
        (&blocks[0]["domain"], &blocks[0]["severity"], &blocks[0]["comment"]),
        (&"malo.example".into(), &"suspend".into(), &"spam".into())
    );
    assert_eq!(blocks[0]["digest"].as_str().unwrap().len(), 64);
    assert!(!blocks.to_string().contains("y más"), "what is private stays so");
    assert_eq!(w.get_unknown("/api/v1/peers/search?q=ma").await.ok(), json!([]), "and not among the peers");
    assert!(matches!(blocks, Value::Array(list) if list.len() == 1));
}

on_both! { nothing_that_clients_ask_first_is_missing activity_counts_weeks servers_that_are_ruled_out_are_named }
