//! Proofs over the JSON of a document (FEP-8b32, `eddsa-jcs-2022`).
use domain::time::{Timestamp, span};
use openssl::sha::sha256;
use serde_json::{Map, Value};

use super::{Claim, Unsigned, jcs};
use crate::{
    parse::shape,
    render,
    signature::{KeyKind, PrivateKey, multibase},
};

const KIND: [(&str, &str); 3] =
    [("type", "DataIntegrityProof"), ("cryptosuite", "eddsa-jcs-2022"), ("proofPurpose", "assertionMethod")];

/// How many proofs of one document are looked at.
const PROOFS: usize = 4;

/// What the proof of a document claims, if it has one that can be understood. Some who pass a document on take its
/// context off: `outer` is the one in which it stands now, which may be the same.
pub(super) fn read(document: &Value, outer: Option<&Value>, now: Timestamp) -> Option<Claim> {
    let is_ours = |proof: &&Value| KIND.iter().all(|(key, word)| proof.get(key).and_then(Value::as_str) == Some(word));
    let proof = shape::each(document, "proof").take(PROOFS).find(is_ours)?;
    let made = shape::moment(proof, "created")?;
    let expired = proof.get("expires").is_some() && shape::moment(proof, "expires").is_none_or(|end| end <= now);
    if made > now + span::hours(1) || expired {
        return None;
    }
    let text = |key: &str| proof.get(key)?.as_str();
    let (key, signature) = (text("verificationMethod")?.to_owned(), multibase::decode(text("proofValue")?)?);
    let mut options = proof.clone();
    options.as_object_mut()?.remove("proofValue");
    let mut bare = document.clone();
    let words = bare.as_object_mut()?;
    words.retain(|key, _| key != "proof" && key != "signature");
    let context = words.get("@context");
    let other = match proof.get("@context") {
        // The proof says in which context it was made.
        Some(proven) if context.is_none_or(|context| begins_with(context, proven)) => Some(proven),
        Some(_) => return None,
        None => outer.filter(|_| context.is_none()),
    };
    let mut messages = vec![message(&options, &bare).ok()?];
    if let Some(context) = other {
        bare.as_object_mut()?.insert("@context".into(), context.clone());
        messages.push(message(&options, &bare).ok()?);
    }
    Some(Claim { key, kind: KeyKind::Ed25519, messages, signature })
}

/// The proof of a document of ours.
pub(super) fn prove(document: &Value, key: &PrivateKey, id: &str, at: Timestamp) -> Result<Value, Unsigned> {
    let words = KIND.into_iter().map(|(key, word)| (key.to_owned(), word.into()));
    let more = [("verificationMethod".to_owned(), id.into()), ("created".to_owned(), render::date(at).into())];
    let mut proof: Map<String, Value> = words.chain(more).collect();
    let signature = key.sign(&message(&Value::Object(proof.clone()), document)?)?;
    proof.insert("proofValue".to_owned(), multibase::encode(&signature).into());
    Ok(Value::Object(proof))
}

/// What is signed: the hashes of what the proof says of itself, and of the document.
fn message(options: &Value, document: &Value) -> Result<Vec<u8>, serde_json::Error> {
    Ok([jcs::text(options)?, jcs::text(document)?].map(|text| sha256(text.as_bytes())).concat())
}

fn begins_with(context: &Value, start: &Value) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    list(context).starts_with(&list(start))
}
