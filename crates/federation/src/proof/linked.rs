//! Signatures over what a document says (`RsaSignature2017`), as Mastodon has them, and those its groups pass on.
//!
//! Such a signature covers triples, while everything else here reads plain JSON. So a document counts only if both see the
//! same: every key has a meaning, the words that we know have the one that we know, ids are whole, nothing is described
//! in two places, and nothing stands elsewhere than in the tree. What is not understood is not believed.
mod canon;
mod context;
#[cfg(test)]
mod tests;
mod triples;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use openssl::sha::sha256;
use serde_json::{Map, Value, json};

use self::triples::{Dialect, Doubts};
use super::Claim;
use crate::{
    render,
    signature::{KeyKind, PrivateKey},
};

/// How many contexts one document may have.
const CONTEXTS: usize = 16;

const TYPE: &str = "RsaSignature2017";
/// The words of the signature itself; in whichever context, they mean the same.
const OPTIONS: [&str; 6] = ["@context", "type", "creator", "created", "nonce", "signatureValue"];
/// What the signature does not cover: itself, and the proof, which is made without it and says nothing in RDF.
const EXCEPT: [&str; 2] = ["signature", "proof"];

/// Why a document is not what it would have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unfit(&'static str);

/// The ways to spell what is signed: as Mastodon does it first, then as JavaScript and Python do.
const DIALECTS: [Dialect; 4] = [
    Dialect { whole: false, lower: false, terse: false },
    Dialect { whole: false, lower: true, terse: true },
    Dialect { whole: true, lower: true, terse: false },
    Dialect { whole: true, lower: true, terse: true },
];

/// What the signature of a document claims, if it has one that can be understood.
pub(super) fn read(document: &Map<String, Value>) -> Option<Claim> {
    let signature = document.get("signature")?.as_object()?;
    let text = |key: &str| signature.get(key)?.as_str();
    if text("type") != Some(TYPE) || !signature.keys().all(|key| OPTIONS.contains(&key.as_str())) {
        return None;
    }
    let options = options(text("creator")?, text("created")?, text("nonce"))?;
    let value: String = text("signatureValue")?.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(value).ok()?;
    let messages = spellings(document).inspect_err(|why| tracing::debug!(%why, "a signature is of no use")).ok()?;
    let messages = messages.iter().map(|text| message(&options, text)).collect();
    Some(Claim { key: text("creator")?.to_owned(), kind: KeyKind::Rsa, messages, signature: bytes })
}

/// Signs a document of ours.
pub(super) fn sign(document: &Value, key: &PrivateKey, id: &str, at: Timestamp) -> Result<Value, super::Unsigned> {
    let created = render::date(at);
    let document = document.as_object().ok_or(Unfit("no document"))?;
    let options = options(id, &created, None).ok_or(Unfit("no key"))?;
    let [dialect, ..] = DIALECTS;
    let (triples, _) = triples::of(document, &EXCEPT, dialect)?;
    let signature = key.sign(&message(&options, &canon::text(&triples)?))?;
    Ok(json!({ "type": TYPE, "creator": id, "created": created, "signatureValue": STANDARD.encode(signature) }))
}

/// What is signed: the hashes of what the signature says of itself, and of the document.
fn message(options: &str, document: &str) -> Vec<u8> {
    [options, document].map(|text| hex::encode(sha256(text.as_bytes()))).concat().into_bytes()
}

/// What a signature says of itself, in canonical order: always of one thing, without a name.
fn options(creator: &str, created: &str, nonce: Option<&str>) -> Option<String> {
    let plain = |text: &str| !text.chars().any(|letter| letter.is_control() || " \"\\<>{}|^`".contains(letter));
    if ![creator, created, nonce.unwrap_or_default()].into_iter().all(plain) {
        return None;
    }
    let created = format!(
        "_:c14n0 <http://purl.org/dc/terms/created> \"{created}\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
    );
    let creator = format!("_:c14n0 <http://purl.org/dc/terms/creator> <{creator}> .\n");
    let nonce = nonce.map(|nonce| format!("_:c14n0 <https://w3id.org/security#nonce> \"{nonce}\" .\n"));
    Some([created, creator, nonce.unwrap_or_default()].concat())
}

/// The canonical texts of a document: one, and more where those who sign differ.
fn spellings(document: &Map<String, Value>) -> Result<Vec<String>, Unfit> {
    let mut texts: Vec<String> = Vec::new();
    for dialect in DIALECTS {
        let (triples, Doubts { whole, lower, terse }) = triples::of(document, &EXCEPT, dialect)?;
        let text = canon::text(&triples)?;
        if !texts.contains(&text) {
            texts.push(text);
        }
        if !(whole || lower || terse) {
            break;
        }
    }
    Ok(texts)
}
