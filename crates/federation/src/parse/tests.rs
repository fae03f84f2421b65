//! Every shape that other software sends is understood, and no bytes at all make the reader fall over.
use domain::{
    actor::ActorKind,
    group::{Joining, Visibility},
    post::{Audience, PostKind},
    time::Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

mod hostile;
mod programs;
mod recorded;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

fn note(more: Value) -> Value {
    let mut note = json!({ "id": "https://a.test/1", "type": "Note", "attributedTo": "https://a.test/ana", "content": "<p>Hola</p>" });
    let Value::Object(more) = more else { panic!("an object") };
    note.as_object_mut().unwrap().extend(more);
    note
}

fn read(more: Value) -> FoundPost {
    post(&note(more), NOW).unwrap()
}

#[test]
fn json_that_two_readers_could_read_differently_is_refused() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for good in
        ["{}", "[1,2.5,null,true,\"x\"]", "{\"a\":{\"b\":1},\"b\":{\"b\":1}}", &nested(64), "\"\\ud83d\\ude00\""]
    {
        assert!(json(good.as_bytes()).is_ok(), "{good}");
    }
    let wide = format!("[{}0]", "0,".repeat(10_001));
    let many = format!("[{}[]]", format!("[{}0],", "0,".repeat(9_000)).repeat(6));
    let keys = format!("{{{}\"z\":0}}", (0..1_000).map(|n| format!("\"k{n}\":0")).collect::<Vec<_>>().join(",") + ",");
    for bad in [
        "",
        "{",
        "{}{}",
        "{\"a\":1,\"a\":2}",
        "{\"x\":[{\"a\":1,\"b\":2,\"a\":1}]}",
        "{\"a\":1,\"\\u0061\":2}",
        &nested(65),
        &nested(100_000),
        "\"\\ud800\"",
        "{\"a\\u0000\":1}",
        "[1e999]",
        "NaN",
        "[1,]",
        "\u{feff}{}",
        &wide,
        &many,
        &keys,
    ] {
        assert!(json(bad.as_bytes()).is_err(), "{bad:.60}");
    }
    assert!(json(b"\"\xff\"").is_err());
    assert_eq!(json(b"\"a\\u0000b\"").unwrap(), "ab", "what PostgreSQL cannot keep, nobody keeps");
}

#[test]
fn an_activity_in_all_its_spellings() {
    let ana = "https://a.test/ana";
    for document in [
        json!({ "id": "https://a.test/f", "type": "Follow", "actor": ana, "object": "https://b.test/g" }),
        json!({ "id": "https://a.test/f", "type": ["x:Thing", "Follow"], "actor": [ana], "object": ["https://b.test/g"] }),
        json!({ "id": "https://a.test/f", "type": "as:Follow", "actor": { "id": ana, "type": "Person" }, "object": { "id": "https://b.test/g" } }),
        json!({ "id": "https://a.test/f", "type": "https://www.w3.org/ns/activitystreams#Follow", "actor": [null, { "id": ana }], "object": [null, "https://b.test/g"] }),
    ] {
        let found = activity(&document).unwrap();
        assert_eq!(
            (found.id, found.actor, found.verb),
            (Some("https://a.test/f"), Some(ana), Verb::Follow),
            "{document}"
        );
        assert_eq!(found.object.id(), Some("https://b.test/g"), "{document}");
    }
    let undo = json!({ "type": "Undo", "actor": ana, "summary": "", "object": { "type": "Delete", "object": "https://b.test/1" } });
    let undo = activity(&undo).unwrap();
    assert_eq!((undo.id, undo.reason), (None, Some("")), "an empty reason is one");
    let delete = undo.object.activity().unwrap();
    assert_eq!((delete.verb, delete.actor, delete.reason), (Verb::Delete, None, None));
    for strange in [
        json!({ "type": "View" }),
        json!({ "type": "Follow", "object": null }),
        json!({ "type": "Like", "object": 7, "actor": 7 }),
    ] {
        assert_eq!(activity(&strange).unwrap().object, Object::None, "{strange}");
    }
    for nothing in [json!(null), json!([]), json!({}), json!({ "type": null }), json!({ "type": 1 }), json!("Follow")] {
        assert!(activity(&nothing).is_err(), "{nothing}");
    }
}

#[test]
fn whom_a_post_is_addressed_to() {
    let (fans, group) = ("https://a.test/ana/followers", "https://b.test/g/followers");
    for (to, cc, expected) in [
        (json!(PUBLIC), json!([fans]), Audience::Public),
        (json!(["as:Public"]), json!(null), Audience::Public),
        (json!(["https://b.test/g", "Public"]), json!([]), Audience::Public),
        (json!({ "id": PUBLIC }), json!({}), Audience::Public),
        (json!(fans), json!([PUBLIC]), Audience::Unlisted),
        (json!([fans]), json!("https://b.test/bob"), Audience::Followers),
        (json!(["https://b.test/g", group]), json!(null), Audience::Members),
        (json!("https://b.test/bob"), json!(null), Audience::Direct),
        (json!(["https://c.test/followers"]), json!(null), Audience::Direct),
        (json!(null), json!(null), Audience::Direct),
        (json!(["https://evil.test/ns#Public", "Publico"]), json!(null), Audience::Direct),
    ] {
        let found = read(json!({ "to": to, "cc": cc })).addressed;
        assert_eq!(found.amounts_to(Some(fans), &[group]), expected, "{to} {cc}");
    }
    let found =
        read(json!({ "to": ["https://b.test/1", PUBLIC], "cc": "https://b.test/2", "audience": "https://b.test/3" }));
    assert_eq!(found.addressed.all().collect::<Vec<_>>(), ["https://b.test/3", "https://b.test/1", "https://b.test/2"]);
    let nobody = Addressed::of(&json!({ "to": null, "cc": [] }));
    assert_eq!(nobody.or(found.addressed.clone()), found.addressed);
    // Discourse says of a post in which group it stands, and for whom around it, if anywhere.
    let group = Addressed::of(&json!({ "audience": "https://b.test/9" }));
    assert_eq!(group.amounts_to(None, &[]), Audience::Public);
    let narrow = Addressed::of(&json!({ "to": "https://b.test/1" }));
    let both = group.or(narrow);
    assert_eq!(
        (both.audience.as_slice(), both.amounts_to(None, &[])),
        (&["https://b.test/9".to_owned()][..], Audience::Direct)
    );
}

#[test]
fn dates_in_all_forms_and_never_in_the_future() {
    let at = |text: &str| shape::moment(&json!({ "published": text }), "published").map(|at| at.0);
    for text in [
        "2026-11-22T14:57:29Z",
        "2026-11-22T14:57:29.000Z",
        "2026-11-22T14:57:29.000000000Z",
        "2026-11-22T14:57:29+00:00",
        "2026-11-22T14:57:29+0000",
        "2026-11-22T14:57:29+00:00Z",
        "2026-11-22T14:57:29",
        "2026-11-22T15:57:29+01",
        "2026-11-22T16:57:29+02:00",
        "2026-11-22t14:57:29z",
    ] {
        assert_eq!(at(text), Some(1_795_359_449_000), "{text}");
    }
    assert_eq!(at("2026-11-22T14:57:29.403698Z"), Some(1_795_359_449_403));
    assert_eq!(at("1969-12-31T23:59:59.999Z"), Some(-1));
    for text in [
        "",
        "SCRUBBED_DATE",
        "22.11.2026",
        "2026-11-22",
        "2026-13-22T14:57:29Z",
        "T",
        "+",
        "2026-11-22T14:57:29+",
        &"9".repeat(99),
    ] {
        assert_eq!(at(text), None, "{text}");
    }
    let far = read(json!({ "published": "9999-01-01T00:00:00Z", "updated": "9999-01-01T00:00:00Z" }));
    assert_eq!((far.published, far.edited), (NOW, None));
    let old = read(json!({ "published": "0001-01-01T00:00:00Z", "updated": "2026-11-22T14:57:29Z" }));
    assert_eq!((old.published, old.edited), (Timestamp(0), Some(Timestamp(1_795_359_449_000))));
    assert_eq!(read(json!({})).published, NOW);
}

#[test]
fn what_a_post_says() {
    let warned =
        read(json!({ "summary": "<b>ojo</b>", "sensitive": null, "contentMap": { "es-mx": "<p>Hola</p>" } })).content;
    assert_eq!(
        (warned.warning.as_deref(), warned.sensitive, warned.language.as_deref()),
        (Some("ojo"), true, Some("es-MX"))
    );
    let empty = read(
        json!({ "content": null, "summary": "texto #x", "contentMap": { "en": null }, "name": "Un <b>título</b>" }),
    )
    .content;
    assert_eq!(
        (empty.html.as_str(), empty.warning, empty.title.as_deref()),
        ("texto #x", None, Some("Un <b>título</b>"))
    );
    let article = read(json!({ "type": "Article", "summary": "en breve", "name": "T" })).content;
    assert_eq!((article.html.as_str(), article.warning, article.sensitive), ("<p>Hola</p>", None, false));
    let mapped = read(json!({ "content": null, "contentMap": { "en": null, "es": "<p>Hola</p>" }, "language": [{ "identifier": "und" }, "x"] })).content;
    assert_eq!((mapped.html.as_str(), mapped.language.as_deref()), ("<p>Hola</p>", Some("es")));
    let said = read(json!({ "language": { "identifier": "es", "name": "Español" } })).content;
    assert_eq!(said.language.as_deref(), Some("es"));
    assert_eq!(
        read(json!({ "content": "**a** <i>b</i>", "mediaType": "text/markdown" })).content.html,
        "<p><strong>a</strong> &lt;i&gt;b&lt;/i&gt;</p>"
    );
    assert_eq!(read(json!({ "content": "a <b>\nc", "mediaType": "text/plain" })).content.html, "a &lt;b&gt;<br>c");
    assert_eq!(read(json!({ "content": "<script>x</script><p onclick=x>a</p>" })).content.html, "<p>a</p>");
    let reply = read(json!({ "inReplyTo": { "id": "https://b.test/1" }, "name": "el título del hilo" }));
    assert_eq!(
        (reply.parent.as_deref(), reply.content.title, reply.ballot.is_some()),
        (Some("https://b.test/1"), None, false)
    );
    assert_eq!(read(json!({ "inReplyTo": "" })).parent, None);
    assert_eq!(read(json!({ "inReplyTo": null, "replies": [], "source": "x", "sensitive": [] })).parent, None);
}

#[test]
fn ballots_links_and_empty_notes() {
    let ballot = read(json!({ "content": null, "name": "sí", "inReplyTo": "https://b.test/poll" }));
    assert!(ballot.ballot.is_some());
    let link = read(
        json!({ "type": "Page", "content": null, "name": "Enlace", "attachment": [{ "type": "Link", "href": "https://x.test/a" }] }),
    );
    assert_eq!((link.kind, link.ballot.is_some()), (PostKind::Page, false));
    assert_eq!(
        (link.content.attachments[0].url.as_str(), link.content.attachments[0].media_type.as_str()),
        ("https://x.test/a", "text/html")
    );
    assert_eq!(post(&note(json!({ "content": null })), NOW), Err(Misfit::Lacks("content")));
    assert_eq!(post(&note(json!({ "id": "urn:uuid:1" })), NOW), Err(Misfit::Lacks("id")));
    for other in ["Tombstone", "Person", "OrderedCollectionPage", "Like", "Create", "LikeAuthorization"] {
        assert_eq!(post(&note(json!({ "type": other })), NOW), Err(Misfit::Kind("a post")), "{other}");
    }
    let review = read(
        json!({ "type": ["Review", "https://schema.test/Review"], "name": "Un libro", "url": [{ "type": "Link", "mediaType": "text/html", "href": "https://a.test/r" }] }),
    );
    assert_eq!(
        (review.kind, review.url.as_str(), review.content.attachments[0].url.as_str()),
        (PostKind::Other, "https://a.test/r", "https://a.test/r")
    );
}

#[test]
fn tags_attachments_and_polls_of_every_shape_are_bounded() {
    let bare = read(
        json!({ "tag": { "type": "Mention", "href": "https://b.test/bob" }, "attachment": { "type": "Image", "url": [{ "type": "Link", "href": "https://a.test/x.PNG?1" }], "name": null } }),
    );
    assert_eq!(bare.mentions, ["https://b.test/bob"]);
    assert_eq!(bare.content.attachments[0].media_type, "image/png");
    let tags = read(
        json!({ "tag": [null, "x", { "type": "Hashtag", "name": "#Canción" }, { "type": "Hashtag", "name": "cancion" }, { "type": "Hashtag", "name": "#a b" },
        { "type": "Emoji", "name": ":blob_cat:", "icon": { "type": "Image", "url": "https://a.test/e.png" } },
        { "type": "Emoji", "name": ":<b>:", "icon": { "url": "https://a.test/e.png" } }, { "type": "Emoji", "name": ":x:", "icon": { "url": "data:x" } }] }),
    );
    assert_eq!(tags.content.tags, ["cancion"]);
    assert_eq!(tags.emoji.iter().map(|e| e.shortcode.as_str()).collect::<Vec<_>>(), ["blob_cat"]);

    let many = |kind: &str, n: usize| -> Vec<Value> {
        (0..n)
            .map(|i| json!({ "type": kind, "name": format!("#t{i}"), "href": format!("https://b.test/{i}") }))
            .collect()
    };
    let both = [many("Mention", 300), many("Hashtag", 200)].concat();
    let flood = read(json!({ "tag": both, "attachment": many("Link", 60) }));
    assert_eq!((flood.mentions.len(), flood.content.tags.len(), flood.content.attachments.len()), (50, 100, 16));

    let preview = read(json!({ "image": { "type": "Image", "url": "https://a.test/p.webp" } })).content;
    assert_eq!(preview.attachments[0].media_type, "image/webp");

    let poll = read(json!({ "type": "Question", "endTime": "2026-11-22T14:57:29Z", "votersCount": "7",
        "anyOf": [{ "name": "a", "replies": { "totalItems": 3 } }, { "name": "b", "replies": { "totalItems": -3 } }, { "replies": {} }] })).content.poll.unwrap();
    assert_eq!((poll.options, poll.multiple, poll.voters), (vec![("a".into(), 3), ("b".into(), 0)], true, 7));
    assert_eq!(poll.closes, Some(Timestamp(1_795_359_449_000)));
}

fn group(more: Value) -> Value {
    let mut group = json!({ "id": "https://b.test/g", "type": "Group", "preferredUsername": "huerto", "inbox": "https://b.test/g/inbox" });
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    group
}

#[test]
fn what_an_actor_says() {
    let found = actor(&group(json!({ "endpoints": { "sharedInbox": "https://b.test/inbox" }, "icon": [{ "type": "Image", "url": "https://b.test/i.png" }],
        "name": null, "summary": "<p>Hola<script>x</script></p>", "manuallyApprovesFollowers": true, "postingRestrictedToMods": true,
        "attributedTo": "https://b.test/g/staff", "webfinger": "huerto@plaza.test", "url": ["ftp://x", { "href": "https://b.test/page" }] }))).unwrap();
    assert_eq!((found.kind, found.title.as_str(), found.summary.as_str()), (ActorKind::Group, "huerto", "<p>Hola</p>"));
    // On Lemmy only private communities ask for approval; those of others say what they mean by it.
    assert_eq!(found.rules, Some((Visibility::Private, Joining::Approval, true)));
    let closed = json!({ "manuallyApprovesFollowers": true, "postingRestrictedToMods": false, "accessType": "closed" });
    assert_eq!(actor(&group(closed)).unwrap().rules, Some((Visibility::Public, Joining::Approval, false)));
    let microblog = json!({ "manuallyApprovesFollowers": true });
    assert_eq!(actor(&group(microblog)).unwrap().rules, Some((Visibility::Public, Joining::Approval, false)));
    assert_eq!(
        (found.shared_inbox.as_deref(), found.icon.as_deref()),
        (Some("https://b.test/inbox"), Some("https://b.test/i.png"))
    );
    assert_eq!(
        (found.staff, found.url.as_str()),
        (Staff::Listed("https://b.test/g/staff".into()), "https://b.test/page")
    );
    assert_eq!(found.claims.unwrap().acct(), "huerto@plaza.test");
    let lines = json!([
        { "type": "PropertyValue", "name": " Sitio ", "value": "<a href=\"https://b.test/\" onclick=\"x\">b</a>" },
        { "type": "PropertyValue", "name": "sin texto" }, { "type": "Document", "name": "x", "value": "y" }
    ]);
    let fields = actor(&group(json!({ "attachment": lines }))).unwrap().fields;
    assert_eq!((fields.len(), fields[0].name.as_str()), (1, "Sitio"));
    assert!(fields[0].value.contains("https://b.test/") && !fields[0].value.contains("onclick"), "{}", fields[0].value);
    let staff = |attributed: Value| actor(&group(json!({ "attributedTo": attributed }))).unwrap().staff;
    assert_eq!(
        staff(json!([{ "type": "Person", "id": "https://b.test/ana" }])),
        Staff::Named(vec!["https://b.test/ana".into()])
    );
    assert_eq!(staff(json!(null)), Staff::Unsaid);
    for (more, what) in [
        (json!({ "inbox": "javascript:x" }), "inbox"),
        (json!({ "inbox": "https://u@b.test/" }), "inbox"),
        (json!({ "id": "b.test/g" }), "id"),
        (json!({ "preferredUsername": "hu erto" }), "preferredUsername"),
        (json!({ "preferredUsername": null }), "preferredUsername"),
    ] {
        assert_eq!(actor(&group(more)), Err(Misfit::Lacks(what)));
    }
    let server = actor(&group(json!({ "type": "Application", "preferredUsername": null }))).unwrap();
    assert_eq!((server.name.as_str(), server.rules), ("b.test", None));
    assert_eq!(actor(&note(json!({}))), Err(Misfit::Kind("an actor")));
}

#[test]
fn keys_belong_to_the_actor_and_its_server() {
    let pem = crate::signature::PrivateKey::generate_rsa().unwrap().public_pem().unwrap();
    let multibase = crate::signature::PrivateKey::generate_ed25519().unwrap().multibase().unwrap();
    let keys = |keys: Value, multikeys: Value| -> Vec<(String, &'static str)> {
        let found = actor(&group(json!({ "publicKey": keys, "assertionMethod": multikeys }))).unwrap().keys;
        found.into_iter().map(|key| (key.uri, key.kind)).collect()
    };
    let rsa = |id: &str, owner: &str| json!({ "id": id, "owner": owner, "publicKeyPem": pem.replace('\n', "\r\n") });
    let multikey = json!({ "id": "https://b.test/g#ed", "type": "Multikey", "controller": "https://b.test/g", "publicKeyMultibase": multibase });
    let main = rsa("https://b.test/g#main-key", "https://b.test/g");
    let both = vec![("https://b.test/g#main-key".to_owned(), "rsa"), ("https://b.test/g#ed".to_owned(), "ed25519")];
    assert_eq!(keys(main.clone(), json!([multikey, "https://b.test/other"])), both);
    assert_eq!(keys(json!([main.clone(), main]), multikey), both);
    assert_eq!(keys(rsa("https://c.test/g#main-key", "https://b.test/g"), json!(null)), [], "another server's key");
    assert_eq!(keys(rsa("https://b.test/g#main-key", "https://b.test/bob"), json!(null)), [], "another actor's key");
    assert_eq!(keys(json!({ "id": "https://b.test/g#k", "publicKeyPem": "-----BEGIN" }), json!(null)), []);
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "Note",
        "Group",
        "Create",
        "Undo",
        "as:Public",
        "https://a.test/1",
        "2026-11-22T14:57:29+00:00Z",
        "\u{202e}x",
        "<p>a",
        "as:",
        "é+é",
        "text/markdown",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "id",
        "type",
        "actor",
        "object",
        "target",
        "to",
        "cc",
        "audience",
        "attributedTo",
        "inReplyTo",
        "content",
        "contentMap",
        "summary",
        "name",
        "published",
        "updated",
        "url",
        "href",
        "icon",
        "image",
        "attachment",
        "tag",
        "language",
        "identifier",
        "mediaType",
        "sensitive",
        "oneOf",
        "anyOf",
        "replies",
        "totalItems",
        "endTime",
        "preferredUsername",
        "inbox",
        "endpoints",
        "sharedInbox",
        "publicKey",
        "publicKeyPem",
        "assertionMethod",
        "moderators",
        "followers",
        "webfinger",
    ]);
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((keys.clone(), inner), 0..8).prop_map(|entries| Value::Object(
                entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_makes_the_reader_fall_over(document in any_json()) {
        if let Ok(found) = activity(&document) {
            found.object.activity();
            found.addressed();
        }
        let (kinds, types) = (["Note", "Question", "Page"], ["Group", "Person", "Application"]);
        if let Value::Object(map) = &document {
            for kind in kinds {
                let mut forced = map.clone();
                forced.insert("type".into(), kind.into());
                forced.insert("id".into(), "https://a.test/1".into());
                if let Ok(found) = post(&Value::Object(forced), NOW) {
                    prop_assert!(found.published <= NOW && found.edited.is_none_or(|at| at <= NOW));
                }
            }
            for kind in types {
                let mut forced = map.clone();
                forced.insert("type".into(), kind.into());
                actor(&Value::Object(forced)).ok();
            }
        }
        post(&document, NOW).ok();
        actor(&document).ok();
    }

    #[test]
    fn what_is_read_is_what_was_written(document in any_json()) {
        let text = document.to_string();
        if !text.contains("\\u0000") {
            prop_assert_eq!(json(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }
    }

    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:0-9a-z\\\\u]{0,80}") {
        json(&bytes).ok();
        json(text.as_bytes()).ok();
    }
}
