//! The documents that other software really sent, where the recorded ones are at hand.
use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use super::{
    super::{Object, Verb, activity, actor, json, post, shape},
    NOW,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/fixtures");

/// What is not understood, and why that is right.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("bridgy-fed/fed.brid.gy.as2.json", "a page about a service, without an inbox"),
    ("mastodon/application_actor.json", "the host of its id is a template"),
];

/// What is neither an actor nor a post nor an activity that means something to us. Files that answer to other protocols
/// (NodeInfo, WebFinger, the client API, recorded requests) have no type at all.
const OTHERS: [&str; 11] = [
    "Arrive",
    "Collection",
    "Conversation",
    "Invite",
    "LikeAuthorization",
    "OrderedCollection",
    "OrderedCollectionPage",
    "ReplyRequest",
    "Resolve",
    "Tombstone",
    "Warn",
];

/// What became of a document.
fn understood(document: &Value) -> Result<&'static str, String> {
    let is = |names: &[&str]| names.iter().any(|name| shape::is_a(document, name));
    if is(&["Person", "Group", "Service", "Application", "Organization"]) {
        return actor(document).map(|_| "actor").map_err(|e| e.to_string());
    }
    if is(&["Note", "Page", "Article", "Question", "Event", "Video", "Audio", "ChatMessage"]) {
        return post(document, NOW).map(|_| "post").map_err(|e| e.to_string());
    }
    let Some(found) = activity(document).ok().filter(|found| found.verb != Verb::Other) else {
        let strange = shape::types(document).find(|name| !OTHERS.contains(name));
        return strange.map_or(Ok("other"), |name| Err(format!("what is a {name}?")));
    };
    if found.actor.is_none() || found.object == Object::None {
        return Err("an activity without actor or object".into());
    }
    match (found.verb, found.object) {
        (Verb::Create | Verb::Update | Verb::Announce, Object::Embedded(inner)) => understood(inner),
        (Verb::Undo | Verb::Accept | Verb::Reject, Object::Embedded(inner)) => match activity(inner) {
            Ok(inner) if inner.object == Object::None => Err("an inner activity without object".into()),
            _ => Ok("activity"),
        },
        _ => Ok("activity"),
    }
}

#[test]
fn documents_of_other_software() {
    let Ok(manifest) = fs::read_to_string(Path::new(FIXTURES).join("MANIFEST.tsv")) else { return };
    let (mut counts, mut failures) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for file in manifest.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        // The ids of one project were taken out before we got them.
        let text =
            fs::read_to_string(Path::new(FIXTURES).join(file)).unwrap().replace("SCRUBBED_ID", "https://kbin.test/x");
        let outcome = json(text.as_bytes()).map_err(|e| e.to_string()).and_then(|document| understood(&document));
        match (outcome, EXCEPTIONS.iter().find(|(name, _)| *name == file)) {
            (Ok(kind), None) => *counts.entry(kind).or_default() += 1,
            (Err(_), Some(_)) => {}
            (Err(why), None) => failures.push(format!("{file}: {why}")),
            (Ok(kind), Some(_)) => failures.push(format!("{file}: is understood as {kind} and no exception any more")),
        }
    }
    assert!(failures.is_empty(), "{}\n{counts:?}", failures.join("\n"));
    let at_least = [("actor", 50), ("post", 100), ("activity", 100)];
    for (kind, number) in at_least {
        assert!(counts.get(kind).is_some_and(|count| *count >= number), "{counts:?}");
    }
}
