//! Signatures made by others and by us, and what somebody may do to a signed document.
//!
//! `vectors` holds documents of our own making as `PyLD` 3.3 canonicalises them (URDNA2015), and some that were signed with it.
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    triples::{Node, Said, Triple},
    *,
};
use crate::signature::PublicKey;

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

fn signed() -> (PublicKey, Vec<Value>) {
    let vectors: Value = serde_json::from_str(include_str!("vectors/signed.json")).unwrap();
    let key = PublicKey::from_pem(vectors["publicKeyPem"].as_str().unwrap()).unwrap();
    (key, vectors["documents"].as_array().unwrap().clone())
}

fn holds(document: &Value, key: &PublicKey) -> bool {
    read(object(document)).is_some_and(|claim| claim.holds(key))
}

/// Why a document is refused, whatever its signature says.
fn refused(document: &Value) -> &'static str {
    spellings(object(document)).expect_err("it is refused").0
}

#[test]
fn documents_are_spelled_as_others_spell_them() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors/canonical.json")).unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in &vectors {
        let texts = spellings(object(&vector["document"])).unwrap();
        let canonical = vector["canonical"].as_str().unwrap();
        assert!(texts.iter().any(|text| text == canonical), "{}:\n{}\n{canonical}", vector["name"], texts[0]);
    }
}

#[test]
fn signatures_of_others_hold() {
    let (key, documents) = signed();
    assert_eq!(documents.len(), 3);
    for document in &documents {
        assert!(holds(document, &key), "{document}");
        assert!(!holds(document, &PrivateKey::generate_rsa().unwrap().public().unwrap()));
    }
}

#[test]
fn a_signature_survives_another_spelling_and_nothing_else() {
    let (key, documents) = signed();
    let create = &documents[0];
    let with = |path: &str, value: Value| {
        let mut changed = create.clone();
        *changed.pointer_mut(path).unwrap() = value;
        changed
    };
    let mut spelled = with("/object/to", json!("as:Public"));
    spelled["object"]["tag"].as_array_mut().unwrap().reverse();
    spelled["cc"].as_array_mut().unwrap().reverse();
    assert!(holds(&spelled, &key));
    for (path, value) in [
        ("/object/content", json!("<p>Something else</p>")),
        ("/object/sensitive", json!(true)),
        ("/object/sensitive", json!("false")),
        ("/object/attachment/0/width", json!(1201)),
        ("/object/attachment/0/focalPoint", json!([-0.5, 0.25])),
        ("/object/tag/0/href", json!("https://elsewhere.example/@huerto")),
        ("/actor", json!("https://far.example/users/mario")),
        ("/to", json!([])),
        ("/type", json!("Update")),
        ("/signature/created", json!("2026-11-22T10:00:02Z")),
        ("/signature/creator", json!("https://far.example/users/mario#main-key")),
        ("/signature/type", json!("RsaSignature2018")),
        ("/signature/signatureValue", json!("")),
    ] {
        assert!(!holds(&with(path, value.clone()), &key), "{path} = {value}");
    }
}

/// What says the same in triples, and something else to whoever reads plain JSON.
#[test]
fn nobody_rearranges_what_was_signed() {
    let (_, documents) = signed();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut document = documents[0].clone();
        change(&mut document);
        refused(&document)
    };
    let context =
        |terms: Value| move |document: &mut Value| document["@context"].as_array_mut().unwrap().push(terms.clone());
    let moved = |document: &mut Value, from: &str, to: &str| {
        let note = document["object"].as_object_mut().unwrap();
        let value = note.remove(from).unwrap();
        note.insert(to.to_owned(), value);
    };
    let renamed = changed(&|document| {
        context(json!({ "text": "as:content", "content": "https://x.example/ns#content" }))(document);
        moved(document, "content", "text");
    });
    assert_eq!(renamed, "a known meaning by another word");
    assert_eq!(changed(&context(json!({ "content": "as:summary" }))), "a known word with another meaning");
    let plain = json!({ "inReplyTo": "as:inReplyTo" });
    assert_eq!(changed(&context(plain)), "a known word with another meaning", "a text, and no id");
    assert_eq!(changed(&context(json!({ "Note": "as:Article" }))), "a known word with another meaning");
    assert_eq!(changed(&context(json!({ "id": "as:url" }))), "a known word with another meaning");
    let shortened = changed(&|document| {
        context(json!({ "far": "https://far.example/" }))(document);
        document["actor"] = json!("far:users/maria");
    });
    assert_eq!(shortened, "an id that is not whole");
    let twice = changed(&|document| {
        let (url, id) = (document["object"]["url"].take(), document["object"]["id"].clone());
        document["cc"].as_array_mut().unwrap().push(json!({ "id": id, "url": url }));
    });
    assert_eq!(twice, "a thing that is described twice");
}

#[test]
fn what_is_not_understood_is_refused() {
    let document = |more: Value| {
        let mut document = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": "https://far.example/1", "type": "Create",
            "actor": "https://far.example/u", "object": { "id": "https://far.example/2", "type": "Note" },
        });
        object_mut(&mut document).extend(object(&more).clone());
        document
    };
    assert!(spellings(object(&document(json!({})))).is_ok());
    let activitystreams = "https://www.w3.org/ns/activitystreams";
    let own = |terms: Value| json!({ "@context": [activitystreams, terms] });
    for (more, why) in [
        (json!({ "@context": "https://evil.example/context" }), "a context that is not known"),
        (json!({ "@context": null }), "no context"),
        (json!({ "@graph": [] }), "a keyword"),
        (json!({ "@included": [] }), "a keyword"),
        (json!({ "@reverse": {} }), "a keyword"),
        (json!({ "@id": "https://far.example/1" }), "a keyword"),
        (json!({ "cc": { "@value": "x" } }), "a keyword"),
        (json!({ "unheard": 1 }), "a word without a meaning"),
        (json!({ "type": ["Create", "Unheard"] }), "a type without a meaning"),
        (json!({ "type": "as:Create" }), "a known meaning by another word"),
        (json!({ "type": "https://far.example/ns#Create" }), "a type without a meaning"),
        (json!({ "actor": "u" }), "an id that is not whole"),
        (json!({ "actor": "_:u" }), "an id that is not whole"),
        (json!({ "actor": "as:u" }), "an id that is not whole"),
        (json!({ "actor": "https://far.example/ u" }), "an id that is not whole"),
        (json!({ "actor": 1 }), "a value of another kind"),
        (json!({ "content": [["x"]] }), "a value of another kind"),
        (json!({ "contentMap": { "@none": "x" } }), "a language that is none"),
        (json!({ "tag": [{ "id": "https://far.example/2", "name": "x" }] }), "a thing that is described twice"),
        (own(json!({ "@vocab": "https://far.example/ns#" })), ""),
        (own(json!({ "@base": "https://far.example/" })), "a kind of context that is not understood"),
        (own(json!({ "@language": "es" })), "a kind of context that is not understood"),
        (own(json!({ "@import": "https://far.example/" })), "a kind of context that is not understood"),
        (own(json!({ "a": "b:x", "b": "a:x" })), "a term that is defined by itself"),
        (own(json!({ "a": 1 })), "no definition"),
    ] {
        if why.is_empty() {
            assert!(spellings(object(&document(more.clone()))).is_ok(), "{more}");
        } else {
            assert_eq!(refused(&document(more.clone())), why, "{more}");
        }
    }
    for term in [json!({ "@reverse": "as:actor" }), json!({ "@id": "x:y", "@container": "@graph" }), json!("@graph")] {
        let mut strange = document(own(json!({ "strange": term })));
        assert!(spellings(object(&strange)).is_ok(), "nobody uses it");
        strange["strange"] = json!("https://far.example/3");
        assert_eq!(refused(&strange), "a kind of term that is not understood", "{term}");
    }
}

#[test]
fn nobody_pays_for_a_puzzle() {
    let activitystreams = "https://www.w3.org/ns/activitystreams";
    let thing = |more: Value| {
        let mut document = json!({ "@context": activitystreams, "id": "https://far.example/1" });
        object_mut(&mut document).extend(object(&more).clone());
        document
    };
    let same = vec![json!({ "type": "Image" }); 40];
    let many = vec![json!({ "type": "Image" }); 300];
    let ids: Vec<String> = (0..5_000).map(|n| format!("https://far.example/{n}")).collect();
    let nested = (0..30).fold(json!({}), |inner, _| json!({ "@context": activitystreams, "icon": inner }));
    for (more, why) in [
        (json!({ "attachment": [{ "icon": same }, { "icon": same }] }), "too many things that look alike"),
        (json!({ "attachment": many }), "too many things without a name"),
        (json!({ "to": ids }), "it says too much"),
        (json!({ "icon": nested }), "too many contexts"),
    ] {
        let start = std::time::Instant::now();
        assert_eq!(refused(&thing(more)), why);
        assert!(start.elapsed() < std::time::Duration::from_secs(5), "{why}");
    }
}

fn object_mut(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().unwrap()
}

#[test]
fn what_we_sign_can_be_verified() {
    let key = PrivateKey::generate_rsa().unwrap();
    let (_, documents) = signed();
    let mut document = documents[0].clone();
    object_mut(&mut document).remove("signature");
    let id = "https://far.example/users/maria#main-key";
    let signature = sign(&document, &key, id, Timestamp(1_700_000_000_000)).unwrap();
    assert_eq!(signature, sign(&document, &key, id, Timestamp(1_700_000_000_000)).unwrap(), "always the same");
    document["signature"] = signature;
    assert!(holds(&document, &key.public().unwrap()));
}

/// A few things that say a few things of one another.
fn any_triples() -> impl Strategy<Value = Vec<Triple>> {
    let node = || {
        prop_oneof![
            (0_usize..3).prop_map(|number| Node::Named(format!("https://a.test/{number}"))),
            (0_usize..5).prop_map(Node::Nameless),
            (0_usize..5).prop_map(Node::Nameless),
        ]
    };
    let said = prop_oneof![
        node().prop_map(Said::Thing),
        node().prop_map(Said::Thing),
        prop::sample::select(vec!["\"x\"", "\"y\""]).prop_map(|text| Said::Text(text.to_owned())),
    ];
    let property = (0_usize..2).prop_map(|number| format!("https://a.test/says/{number}"));
    let triple = (node(), property, said).prop_map(|(subject, property, object)| Triple { subject, property, object });
    prop::collection::btree_set(triple, 1..10).prop_map(|triples| triples.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_things_without_a_name_are_called_does_not_matter(
        triples in any_triples(),
        called in Just((0_usize..5).collect::<Vec<_>>()).prop_shuffle(),
        turned in any::<prop::sample::Index>(),
    ) {
        let other = |node: &Node| match node {
            Node::Nameless(number) => Node::Nameless(called[*number] + 7),
            named @ Node::Named(_) => named.clone(),
        };
        let mut renamed: Vec<Triple> = triples
            .iter()
            .map(|Triple { subject, property, object }| Triple {
                subject: other(subject),
                property: property.clone(),
                object: match object {
                    Said::Thing(node) => Said::Thing(other(node)),
                    text @ Said::Text(_) => text.clone(),
                },
            })
            .collect();
        let turn = turned.index(renamed.len());
        renamed.rotate_left(turn);
        // What would take too long to tell apart is refused, whatever it is called.
        if let (Ok(one), Ok(two)) = (canon::text(&triples), canon::text(&renamed)) {
            prop_assert_eq!(&one, &two);
            prop_assert_eq!(one.lines().count(), triples.len());
        }
    }
}
