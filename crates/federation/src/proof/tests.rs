//! Proofs over JSON: those of the proposal, those of others where they are at hand, and what somebody may do to them.
use std::{fs, path::Path, sync::LazyLock};

use domain::time::Timestamp;
use openssl::pkey::{Id, PKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::signature::{PrivateKey, multibase};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/fixtures");
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// The document of the proposal's test vectors, in its two versions, with their proofs.
fn vectors() -> [Value; 2] {
    let with = |mut document: Value, context: Value, value: &str, more: Option<Value>| {
        document["@context"] = context;
        document["proof"] = json!({
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": "https://server.example/users/alice#ed25519-key",
            "proofPurpose": "assertionMethod", "created": "2023-02-24T23:36:38Z", "proofValue": value,
        });
        if let Some(context) = more {
            document["proof"]["@context"] = context;
        }
        document
    };
    let alice = "https://server.example/users/alice";
    let activitystreams = "https://www.w3.org/ns/activitystreams";
    let first = json!({ "type": "Create", "actor": alice, "object": { "type": "Note", "content": "Hello world" } });
    let place = json!({ "type": "Place", "longitude": -71.184_902, "latitude": 25.273_962 });
    let second = json!({
        "id": "https://server.example/activities/1", "type": "Create", "actor": alice,
        "object": {
            "id": "https://server.example/objects/1", "type": "Note", "attributedTo": alice,
            "content": "Hello world", "location": place,
        },
    });
    let context = json!([activitystreams, "https://w3id.org/security/data-integrity/v2"]);
    [
        with(
            first,
            json!([activitystreams, "https://w3id.org/security/data-integrity/v1"]),
            "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2",
            None,
        ),
        with(
            second,
            context.clone(),
            "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
            Some(context),
        ),
    ]
}

fn alice() -> (PrivateKey, PublicKey) {
    let secret = multibase::decode("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq").unwrap();
    let key = PKey::private_key_from_raw_bytes(secret.strip_prefix(&[0x80, 0x26]).unwrap(), Id::ED25519).unwrap();
    let key = PrivateKey::from_pem(&String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap()).unwrap();
    (key, PublicKey::from_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").unwrap())
}

/// Holds that a document of ours says to everybody what it says to readers of plain JSON.
pub(crate) fn is_signable(document: &Value) {
    static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate_rsa().unwrap());
    let mut signed = document.clone();
    signed["signature"] = linked::sign(document, &KEY, "https://server.example/users/alice#main-key", NOW).unwrap();
    let claim = signed.as_object().and_then(linked::read).unwrap();
    assert_eq!(claim.messages.len(), 1, "there is one way to read it: {document}");
    assert!(claim.holds(&KEY.public().unwrap()));
}

fn holds(document: &Value, context: Option<&Value>, key: &PublicKey) -> bool {
    integrity::read(document, context, NOW).is_some_and(|claim| claim.holds(key))
}

#[test]
fn the_vectors_of_the_proposal_hold() {
    let (secret, key) = alice();
    for signed in vectors() {
        assert!(holds(&signed, None, &key), "{signed}");
        assert_eq!(secret.public().unwrap(), key);
    }
    let [signed, _] = vectors();
    let mut document = signed.clone();
    document.as_object_mut().unwrap().remove("proof");
    let id = "https://server.example/users/alice#ed25519-key";
    let proof = integrity::prove(&document, &secret, id, Timestamp(1_677_281_798_000)).unwrap();
    assert_eq!(proof, signed["proof"]);
}

#[test]
fn a_proof_covers_every_word_and_itself() {
    let (_, key) = alice();
    let [signed, _] = vectors();
    let changed = |path: &str, value: Value| {
        let mut document = signed.clone();
        let (parent, last) = path.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[last] = value;
        holds(&document, None, &key)
    };
    for (path, value) in [
        ("/object/content", json!("Bye world")),
        ("/object/more", json!(null)),
        ("/actor", json!("https://server.example/users/bob")),
        ("/@context", json!("https://www.w3.org/ns/activitystreams")),
        ("/proof/created", json!("2023-02-24T23:36:39Z")),
        ("/proof/created", json!("2123-02-24T23:36:38Z")),
        ("/proof/expires", json!("2023-02-25T00:00:00Z")),
        ("/proof/expires", json!("never")),
        ("/proof/verificationMethod", json!("https://server.example/users/bob#ed25519-key")),
        ("/proof/proofPurpose", json!("authentication")),
        ("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
        ("/proof/type", json!("Ed25519Signature2020")),
        ("/proof/proofValue", json!("z")),
        ("/proof/proofValue", json!(1)),
        ("/proof/@context", json!("https://other.example/context")),
        ("/proof", json!([])),
    ] {
        assert!(!changed(path, value.clone()), "{path} = {value}");
    }
    assert!(changed("/signature", json!({ "type": "RsaSignature2017" })), "which comes after it");
    let proof = signed["proof"].clone();
    assert!(changed("/proof", json!([{ "type": "Other" }, proof])), "among others");
}

#[test]
fn a_context_that_was_taken_off_can_be_put_back() {
    let (_, key) = alice();
    for signed in vectors() {
        let mut document = signed.clone();
        let context = document.as_object_mut().unwrap().remove("@context").unwrap();
        assert!(holds(&document, Some(&context), &key));
        assert!(
            !holds(&document, Some(&json!("https://other.example/")), &key)
                || signed["proof"].get("@context").is_some()
        );
    }
}

#[test]
fn recorded_proofs_hold_with_recorded_keys() {
    let read = |path: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(Path::new(FIXTURES).join(path)).ok()?).ok()
    };
    for (actor, documents) in [
        (
            "mitra/live-object-actor.json",
            ["mitra/live-like.json", "mitra/live-follow.json", "mitra/live-create-note.json"],
        ),
        (
            "fedify/live-object-actor.json",
            ["fedify/live-create-note.json", "fedify/live-follow.json", "fedify/live-follow.json"],
        ),
    ] {
        let Some(actor) = read(actor) else { return };
        let keys = crate::parse::actor(&actor).unwrap().keys;
        for document in documents {
            let claim = integrity::read(&read(document).unwrap(), None, NOW).unwrap();
            let key = keys.iter().find(|key| key.uri == claim.key).unwrap();
            assert!(claim.holds(&PublicKey::from_multibase(&key.public).unwrap()), "{document}");
        }
    }
}

#[test]
fn each_kind_of_proof_is_of_its_own_key_and_of_what_it_covered() {
    let (secret, key) = alice();
    let rsa = PrivateKey::generate_rsa().unwrap();
    let vectors: Value = serde_json::from_str(include_str!("linked/vectors/signed.json")).unwrap();
    let mut create = vectors["documents"][0].clone();
    let id = "https://far.example/users/maria#key";
    // The document is signed already: a proof over that covers the signature, which is not part of what is proven.
    create["proof"] = integrity::prove(&create, &secret, id, NOW).unwrap();
    assert!(integrity::read(&create, None, NOW).is_some_and(|claim| !claim.holds(&key)));
    let object = create.as_object().unwrap();
    assert!(!linked::read(object).unwrap().holds(&rsa.public().unwrap()));
    create.as_object_mut().unwrap().retain(|name, _| name != "proof" && name != "signature");
    create["proof"] = integrity::prove(&create, &secret, id, NOW).unwrap();
    assert!(integrity::read(&create, None, NOW).is_some_and(|claim| claim.holds(&key)));
    create["signature"] = linked::sign(&create, &rsa, id, NOW).unwrap();
    assert!(integrity::read(&create, None, NOW).is_some_and(|claim| claim.holds(&key)), "both, in this order");
}

/// Any document, with words that are hard to spell.
fn any_document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no infinity", |number| number.is_finite()).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        prop::sample::select(vec!["", "\u{1f600}", "\u{fb33}", "\u{7f}", "\"\\/", "\u{0}\n\t"]).prop_map(Value::from),
    ];
    let key = || prop_oneof!["[a-z@]{1,6}", "\\PC{0,3}"];
    let tree = leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key(), inner, 0..5).prop_map(|entries| entries.into_iter().collect()),
        ]
    });
    prop::collection::hash_map(key(), tree, 1..6).prop_map(|entries| {
        let mut document: Value = entries.into_iter().filter(|(key, _)| key != "proof" && key != "signature").collect();
        document["id"] = json!("https://server.example/activities/1");
        document
    })
}

/// All documents that differ from this one in one place.
fn spoiled(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let inside = items.iter().enumerate().flat_map(|(at, item)| {
                spoiled(item).into_iter().map(move |other| {
                    let mut whole = items.clone();
                    whole[at] = other;
                    Value::from(whole)
                })
            });
            let longer = items.iter().cloned().chain([Value::Null]).collect::<Vec<_>>();
            inside.chain([Value::from(longer)]).collect()
        }
        Value::Object(entries) => {
            let change = |key: &String, other: Option<Value>| {
                let mut whole = entries.clone();
                match other {
                    Some(other) => whole.insert(key.clone(), other),
                    None => whole.remove(key),
                };
                Value::from(whole)
            };
            let each = entries.iter().flat_map(|(key, inner)| {
                let others = spoiled(inner).into_iter().map(Some).chain([None]);
                others.map(|other| change(key, other)).collect::<Vec<_>>()
            });
            each.collect()
        }
        Value::String(text) => vec![json!(format!("{text}x")), Value::Null],
        Value::Null => vec![json!(false), json!("")],
        _ => vec![Value::Null, json!("1")],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_canonical_spelling_is_of_the_same_document(document in any_document()) {
        let text = jcs::text(&document).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&jcs::text(&read).unwrap(), &text);
        let spaced: Value = serde_json::from_str(&serde_json::to_string_pretty(&document).unwrap()).unwrap();
        prop_assert_eq!(jcs::text(&spaced).unwrap(), text);
    }

    #[test]
    fn a_proof_of_ours_holds_for_what_it_was_made_for_and_for_nothing_else(document in any_document()) {
        let (secret, key) = alice();
        let proof = integrity::prove(&document, &secret, "https://server.example/users/alice#ed25519-key", NOW).unwrap();
        let with = |mut document: Value| {
            document["proof"] = proof.clone();
            document
        };
        prop_assert!(holds(&with(document.clone()), None, &key));
        let sent: Value = serde_json::from_str(&with(document.clone()).to_string()).unwrap();
        prop_assert!(holds(&sent, None, &key));
        for other in spoiled(&document) {
            if other.is_object() && jcs::text(&other).unwrap() != jcs::text(&document).unwrap() {
                prop_assert!(!holds(&with(other.clone()), None, &key), "{}", other);
            }
        }
    }
}
