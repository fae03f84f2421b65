//! What others said, byte for byte, so that it can be passed on with its proof intact.
use app::{Cause, Result, Tx};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The parts of a received activity that tell who speaks.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    actor: Option<&'a RawValue>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
    #[serde(borrow)]
    signature: Option<&'a RawValue>,
    #[serde(borrow)]
    proof: Option<&'a RawValue>,
}

/// An id, or the object that has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Object { id: String },
}

impl Head<'_> {
    fn is_signed(&self) -> bool {
        self.signature.is_some() || self.proof.is_some()
    }

    fn is_by(&self, actor: &str) -> bool {
        let named = self.actor.and_then(|raw| serde_json::from_str(raw.get()).ok());
        named.is_some_and(|named| match named {
            Named::Id(id) | Named::Object { id } => id == actor,
        })
    }
}

/// An activity of somebody else.
pub(super) struct Received {
    /// Its bytes.
    pub(super) activity: Box<RawValue>,
    /// Whether its author signed the document itself, so that it counts whoever brings it.
    pub(super) signed: bool,
}

/// The activity of `actor` that was the cause of an event: as it came, or out of what somebody else wrapped it in.
pub(super) fn by(tx: &mut Tx<'_, '_>, cause: Cause, actor: &str) -> Result<Option<Received>> {
    let Some(id) = cause else { return Ok(None) };
    let body = store::jobs::received_body(tx, id)?;
    Ok(body.and_then(|body| said_by(&body, actor)))
}

fn said_by(body: &str, actor: &str) -> Option<Received> {
    let whole: &RawValue = serde_json::from_str(body).ok()?;
    let head: Head<'_> = serde_json::from_str(body).ok()?;
    if head.is_by(actor) {
        return Some(Received { activity: whole.to_owned(), signed: head.is_signed() });
    }
    let inner = head.object?;
    let head: Head<'_> = serde_json::from_str(inner.get()).ok()?;
    head.is_by(actor).then(|| Received { activity: inner.to_owned(), signed: head.is_signed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_said_keeps_its_bytes() {
        let inner =
            r#"{"@context": ["https://x.test/ns"],  "actor":{"id":"https://x.test/u"},"type":"Like","n":1.0e2}"#;
        let wrapped = format!(r#" {{"actor":"https://g.test/g", "object": {inner} }}"#);
        let said = |body: &str, actor: &str| said_by(body, actor).map(|said| said.activity.get().to_owned());
        assert_eq!(said(&wrapped, "https://x.test/u").as_deref(), Some(inner));
        assert_eq!(said(inner, "https://x.test/u").as_deref(), Some(inner));
        assert_eq!(said(&wrapped, "https://g.test/g").as_deref(), Some(wrapped.trim()));
        assert_eq!(said(&wrapped, "https://y.test/u"), None);
        assert_eq!(said(r#"{"actor":"https://g.test/g","object":"https://x.test/1"}"#, "https://x.test/u"), None);
    }
}
