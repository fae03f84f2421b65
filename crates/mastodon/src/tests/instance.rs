//! What the instance says of itself to whoever asks.
use domain::{
    imprint::{Kind, Wording},
    media::Covered,
    registration::Registration,
};
use serde_json::{Value, json};
use store::preferences::Reading;

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
    let preferences = async || w.get(&w.ana, "/api/v1/preferences").await.ok();
    let usual = json!({
        "posting:default:visibility": "public",
        "posting:default:sensitive": false,
        "posting:default:language": "es",
        "posting:default:quote_policy": "public",
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    });
    assert_eq!(preferences().await, usual);
    let reading = Reading { covered: Covered::All, opens_warnings: true, plays: true };
    app::profiles::read_as(&w.app, w.ana.me, reading).await.unwrap();
    let mut mine = usual.clone();
    mine["reading:expand:media"] = "hide_all".into();
    mine["reading:expand:spoilers"] = true.into();
    mine["reading:autoplay:gifs"] = true.into();
    assert_eq!(preferences().await, mine);
    let wish = json!({ "source": { "privacy": "unlisted", "sensitive": true, "language": "en", "quote_policy": "followers" } });
    let path = "/api/v1/accounts/update_credentials";
    let own = w.call(&w.ana, "PATCH", path, wish.clone()).await.ok();
    for (name, value) in wish["source"].as_object().unwrap() {
        let preferred = format!("posting:default:{}", if name == "privacy" { "visibility" } else { name });
        assert_eq!((&own["source"][name], &preferences().await[&preferred]), (value, value));
    }
    let said = w.say(&w.ana, "como siempre").await;
    assert_eq!(
        (&said["visibility"], &said["sensitive"], &said["language"]),
        (&"unlisted".into(), &true.into(), &"en".into())
    );
    assert_eq!(said["quote_approval"]["automatic"], json!(["followers"]));
    let odd = json!({ "source": { "quote_policy": "friends" } });
    assert_eq!(w.call(&w.ana, "PATCH", path, odd).await.status, 422);
    assert_eq!(
        w.call(&w.ana, "PATCH", path, json!({ "source": { "quote_policy": "nobody" } })).await.ok()["source"]["privacy"],
        "unlisted",
        "what is not said stays"
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

async fn what_the_server_says_of_itself(w: World) {
    let me = w.admin().await;
    let (es, en) = ("es", "en");
    let day = |text: &str| crate::entities::day(text).unwrap();
    let write = async |kind, language, since: &str, source: &str| {
        app::imprint::write(&w.app, me, kind, language, day(since), source).await.unwrap();
    };
    write(Kind::Summary, es, "2026-01-01", "Una plaza").await;
    write(Kind::Privacy, en, "2026-01-01", "We tell *nobody*").await;
    let of = async |path: &str, lang: &str| w.get_unknown(&format!("/api/v1/instance/{path}?lang={lang}")).await.ok();
    let privacy = of("privacy_policy", "es").await;
    assert!(
        privacy["content"].as_str().unwrap().contains("<em>nobody</em>"),
        "in the language that there is: {privacy}"
    );
    assert!(privacy["updated_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(of("extended_description", "es").await["content"], "");

    w.clock.advance(day("2098-06-01").since(w.app.now()));
    for (since, source) in [("2098-01-01", "Primero"), ("2098-07-01", "Segundo")] {
        write(Kind::Terms, es, since, source).await;
    }
    let now = of("terms_of_service", "es").await;
    assert_eq!(
        now,
        json!({
            "effective_date": "2098-01-01",
            "effective": true,
            "content": "<p>Primero</p>",
            "succeeded_by": "2098-07-01",
        })
    );
    let next = of("terms_of_service/2098-07-01", "es").await;
    assert_eq!((&next["content"], &next["effective"]), (&"<p>Segundo</p>".into(), &false.into()));
    assert_eq!(w.get_unknown("/api/v1/instance/terms_of_service/2098-07-02").await.status, 404);

    let word =
        |language: &str, text: &str| Wording { language: language.into(), text: text.into(), hint: String::new() };
    let say = app::imprint::Change::Say(None, vec![word(es, "Sé amable"), word(en, "Be kind")]);
    app::imprint::change_house_rules(&w.app, me, say).await.unwrap();
    app::imprint::set_contact(&w.app, me, "hola@plaza.example", "jefa").await.unwrap();
    let rules = of("rules", "en").await;
    assert_eq!((&rules[0]["text"], &rules[0]["translations"]["es"]["text"]), (&"Be kind".into(), &"Sé amable".into()));
    for (path, summary, person) in
        [("v1", "/short_description", "/contact_account"), ("v2", "/description", "/contact/account")]
    {
        let told = w.get_unknown(&format!("/api/{path}/instance?lang=es")).await.ok();
        assert_eq!(told.pointer(summary), Some(&"Una plaza".into()), "{path}");
        assert_eq!(told.pointer(&format!("{person}/username")), Some(&"jefa".into()), "{path}");
        assert_eq!(told["rules"][0]["text"], "Sé amable", "{path}");
    }
    let second = w.get_unknown("/api/v2/instance").await.ok();
    assert_eq!(second["source_url"], "https://code.example/plaza");
    let urls = second["configuration"]["urls"].clone();
    assert_eq!(
        (&urls["about"], &urls["terms_of_service"]),
        (&"https://plaza.example/about".into(), &"https://plaza.example/terms".into())
    );

    // A report names a rule; one that does not hold any more is still the one that was broken.
    let rule = rules[0]["id"].as_str().unwrap();
    let broken = json!({ "account_id": w.ana.id().to_string(), "rule_ids": [rule] });
    let filed = w.call(&w.bea, "POST", "/api/v1/reports", broken).await.ok();
    assert_eq!((&filed["category"], &filed["rule_ids"]), (&"violation".into(), &json!([rule])));
    let unknown = json!({ "account_id": w.ana.id().to_string(), "rule_ids": ["1"] });
    assert_eq!(w.call(&w.bea, "POST", "/api/v1/reports", unknown).await.ok()["rule_ids"], json!([]));
}

async fn whoever_cannot_sign_up_reads_why(w: World) {
    let boss = w.admin().await;
    let door = async |query: &str| {
        let told = w.get_unknown(&format!("/api/v2/instance{query}")).await.ok()["registrations"].clone();
        (told["enabled"].clone(), told["message"].clone())
    };
    assert_eq!(door("").await, (true.into(), Value::Null));
    app::registration::choose(&w.app, boss, Registration::Invite).await.unwrap();
    let spanish = "<p>Aquí solo se entra con una invitación.</p>".into();
    assert_eq!(door("?lang=es").await, (false.into(), spanish));
    app::registration::choose(&w.app, boss, Registration::Closed).await.unwrap();
    assert_eq!(door("").await, (false.into(), "<p>This site takes no new people at the moment.</p>".into()));
}

on_both! {
    what_the_server_says_of_itself nothing_that_clients_ask_first_is_missing activity_counts_weeks
    servers_that_are_ruled_out_are_named whoever_cannot_sign_up_reads_why
}
