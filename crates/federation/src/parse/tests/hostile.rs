//! Documents with anything in any place: nothing makes the reader fall over, and what it hands on is bounded.
use std::time::{Duration, Instant};

use super::*;
use crate::parse::shape;

/// The longest id or URL that is handed on, in bytes.
const ID: usize = 2_048;

/// Words that documents use, and the values that they should not have there.
const KEYS: [&str; 57] = [
    "@context",
    "id",
    "type",
    "actor",
    "object",
    "target",
    "name",
    "nameMap",
    "content",
    "contentMap",
    "summary",
    "summaryMap",
    "mediaType",
    "url",
    "href",
    "to",
    "cc",
    "audience",
    "tag",
    "icon",
    "image",
    "attachment",
    "width",
    "height",
    "blurhash",
    "published",
    "updated",
    "inReplyTo",
    "attributedTo",
    "sensitive",
    "language",
    "identifier",
    "oneOf",
    "anyOf",
    "replies",
    "totalItems",
    "votersCount",
    "endTime",
    "closed",
    "preferredUsername",
    "inbox",
    "endpoints",
    "sharedInbox",
    "publicKey",
    "publicKeyPem",
    "publicKeyMultibase",
    "owner",
    "controller",
    "assertionMethod",
    "moderators",
    "followers",
    "webfinger",
    "alsoKnownAs",
    "openness",
    "accessType",
    "proof",
    "signature",
];

fn leaf() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        4 => prop::sample::select(vec![
            "https://a.test/1", "https://a.test/ana#main-key", "http://b.test:8080/x", "https://ñ.test/", "HTTPS://A.test",
            "javascript:alert(1)", "https://u:p@a.test/", "https://a.test\\@b.test/", "https:///x", "as:Public", "", " ",
            "Note", "Question", "Person", "Group", "Link", "Image", "Mention", "Hashtag", "Emoji", "Multikey", "Create",
            "#ñandú", "#x½", ":blob:", "@ana@a.test", "ana", "text/html", "text/markdown", "text/plain", "image/png",
            "2026-11-22T10:00:00Z", "2026-11-22T10:00:00+0000", "+999999-01-01T00:00:00Z", "2026-13-40T25:61:61-99",
            "<p>hola</p><script>x</script>", "es-MX", "12", "99999999999999999999", "private",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => "[0-9TZ:+.-]{0,30}",
        1 => (0_usize..3_000).prop_map(|length| format!("https://a.test/{}", "x".repeat(length))),
    ];
    prop_oneof![
        6 => texts.prop_map(Value::String),
        1 => prop::sample::select(vec![json!(null), json!(true), json!(false), json!([]), json!({}), json!([null])]),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            3 => prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..7).prop_map(object),
        ]
    })
}

fn object(entries: Vec<(&str, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A document that would be understood, with a few things in it put wrong.
fn nearly() -> impl Strategy<Value = Value> {
    let wrong = prop::collection::vec((prop::sample::select(&KEYS[..]), tree()), 0..6);
    let kind = prop::sample::select(vec!["Note", "Article", "Question", "Event", "Person", "Group", "Application"]);
    (kind, wrong).prop_map(|(kind, wrong)| {
        let mut document = json!({
            "id": "https://a.test/ana", "type": kind, "preferredUsername": "ana", "inbox": "https://a.test/ana/inbox",
            "attributedTo": "https://a.test/ana", "content": "hola",
        });
        document.as_object_mut().unwrap().extend(wrong.into_iter().map(|(key, value)| (key.to_owned(), value)));
        document
    })
}

fn is_url(url: &str) -> bool {
    shape::http(url) == Some(url)
}

fn is_id(id: &str) -> bool {
    (1..=ID).contains(&id.len())
}

fn check_actor(found: &FoundActor) {
    let endpoints = [&found.icon, &found.image, &found.shared_inbox, &found.followers];
    let urls = [&found.uri, &found.url, &found.inbox].into_iter().chain(endpoints.into_iter().flatten());
    urls.for_each(|url| assert!(is_url(url), "{url}"));
    assert!(domain::handle::is_remote_name(&found.name) && !found.title.is_empty());
    assert!(found.title.chars().count() <= domain::text::plain::NAME_MAX);
    assert!(found.keys.len() <= 20 && found.keys.iter().all(|key| domain::host::same_origin(&key.uri, &found.uri)));
    assert!(found.also_known_as.len() <= 20 && found.also_known_as.iter().all(|id| is_id(id)));
    match &found.staff {
        Staff::Unsaid => {}
        Staff::Listed(list) => assert!(is_id(list), "{list}"),
        Staff::Named(people) => assert!(people.len() <= 100 && people.iter().all(|id| is_id(id))),
    }
}

fn check_post(found: &FoundPost) {
    assert!(is_url(&found.uri) && is_url(&found.url));
    assert!(found.published <= NOW && found.edited.is_none_or(|at| at <= NOW && at > found.published));
    assert!(found.authors.len() <= 16 && found.mentions.len() <= domain::text::mention::MAX);
    found.authors.iter().chain(&found.mentions).chain(&found.parent).for_each(|id| assert!(is_id(id), "{id}"));
    check_addressed(&found.addressed);
    let content = &found.content;
    assert_eq!(domain::text::html::sanitize(&content.html), content.html);
    assert!(content.title.iter().all(|title| (1..=domain::text::title::MAX).contains(&title.chars().count())));
    assert!(content.warning.iter().all(|warning| (1..=500).contains(&warning.chars().count())));
    assert!(content.attachments.len() <= 17 && content.attachments.iter().all(|each| is_url(&each.url)));
    assert!(content.attachments.iter().all(|each| each.media_type.len() <= 100 && each.alt.chars().count() <= 10_000));
    assert!(content.tags.iter().all(|tag| domain::text::hashtag::is_tag(tag)), "{:?}", content.tags);
    assert!(found.emoji.iter().all(|emoji| is_url(&emoji.url) && emoji.shortcode.len() <= 64));
    assert!(content.poll.iter().all(|poll| (1..=500).contains(&poll.options.len())));
    let spelled = |tag: &String| domain::text::language::normalize_tag(tag).as_ref() == Some(tag);
    assert!(content.language.iter().all(spelled), "{:?}", content.language);
}

fn check_addressed(addressed: &Addressed) {
    for list in [&addressed.audience, &addressed.to, &addressed.cc] {
        assert!(list.len() <= 256 && list.iter().all(|id| is_id(id)));
    }
}

fn check_activity(found: &Incoming<'_>) {
    [found.id, found.actor, found.target, found.object.id()]
        .into_iter()
        .flatten()
        .for_each(|id| assert!(is_id(id), "{id}"));
    check_addressed(&found.addressed());
    if let Some(inner) = found.object.activity() {
        check_activity(&inner);
    }
}

fn check(document: &Value) {
    activity(document).iter().for_each(check_activity);
    actor(document).iter().for_each(check_actor);
    post(document, NOW).iter().for_each(check_post);
}

/// A document as somebody writes it who does not keep to JSON: keys twice, numbers without end, halves of letters.
fn written() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&KEYS[..]).prop_map(|key| format!("\"{key}\":")),
        3 => tree().prop_map(|value| value.to_string()),
        2 => "\\\\u(d83d|de00|0000|000a|D800)|\"\\\\ud83d(\\\\u0041)?\"|-?[0-9]{1,400}([.][0-9]{1,9})?(e[+-]?[0-9]{1,9})?|NaN|tru",
        4 => "[\\[\\]{},:\"]",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| format!("{{{}}}", pieces.concat()))
}

#[test]
fn an_endless_id_names_nothing() {
    let endless = format!("https://a.test/{}", "x".repeat(ID));
    assert_eq!(activity(&json!({ "type": "Like", "object": endless })).unwrap().object, Object::None);
    let group = json!({
        "id": "https://a.test/g", "type": "Group", "preferredUsername": "g", "inbox": "https://a.test/g/inbox",
        "attributedTo": endless,
    });
    assert_eq!(actor(&group).unwrap().staff, Staff::Unsaid);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn what_is_handed_on_is_bounded(document in nearly(), other in tree()) {
        check(&document);
        check(&other);
        check(&json!({ "type": "Create", "object": document, "to": other }));
        check(&json!({ "type": "Announce", "object": other }));
    }

    #[test]
    fn what_is_no_json_is_refused_at_once(text in written(), depth in 0_usize..200) {
        let begun = Instant::now();
        json(text.as_bytes()).iter().for_each(check);
        let nested = format!("{}{text}{}", "[{\"object\":".repeat(depth), "}]".repeat(depth));
        let read = json(nested.as_bytes());
        prop_assert!(depth <= 32 || read.is_err());
        read.iter().for_each(check);
        prop_assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
