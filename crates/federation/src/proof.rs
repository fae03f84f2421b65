//! Proofs inside documents, which count whoever brings them: made for what people here say, checked in what is passed on.
//!
//! Two kinds are known: proofs over JSON (FEP-8b32), for everything that leaves; and signatures over what the JSON says,
//! which those servers understand that pass posts on unchanged.
mod integrity;
mod jcs;
mod linked;
mod seal;
#[cfg(test)]
pub(crate) mod tests;

use app::App;
use domain::host::same_origin;
use serde_json::Value;

pub(crate) use self::seal::{OwnKeys, Sealer};
use crate::{
    resolver::{FederationResolver, Known, Miss},
    signature::{KeyError, KeyKind, PublicKey},
};

/// What a proof claims: that a key signed one of these messages.
struct Claim {
    /// The id of the key.
    key: String,
    kind: KeyKind,
    /// What may have been signed: those who pass documents on, and those who sign, do not all do the same.
    messages: Vec<Vec<u8>>,
    signature: Vec<u8>,
}

impl Claim {
    fn holds(&self, key: &PublicKey) -> bool {
        key.kind() == self.kind && self.messages.iter().any(|message| key.verify(message, &self.signature))
    }
}

/// Why a document of ours could not be signed.
#[derive(Debug, thiserror::Error)]
enum Unsigned {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the document cannot be signed: {0}")]
    Unfit(#[from] linked::Unfit),
    #[error("the document cannot be written")]
    Json(#[from] serde_json::Error),
}

/// Whether a document carries something that could be a proof.
pub(crate) fn is_there(document: &Value) -> bool {
    ["proof", "signature"].iter().any(|key| document.get(key).is_some())
}

/// Whether a document proves that `actor` said it. `context` is the one of what it stands in, if it stands in anything.
/// What cannot be understood proves nothing.
pub(crate) async fn holds(
    app: &App,
    resolver: &FederationResolver,
    document: &Value,
    context: Option<&Value>,
    actor: &str,
) -> Result<bool, Miss> {
    if let Some(claim) = integrity::read(document, context, app.now())
        && is_by(app, resolver, &claim, actor).await?
    {
        return Ok(true);
    }
    let signed = document.as_object().and_then(linked::read);
    match signed {
        Some(claim) => is_by(app, resolver, &claim, actor).await,
        None => Ok(false),
    }
}

/// Whether a key of `actor` signed. The key is looked for where those of requests are, and fetched as rarely.
async fn is_by(app: &App, resolver: &FederationResolver, claim: &Claim, actor: &str) -> Result<bool, Miss> {
    if !same_origin(&claim.key, actor) {
        return Ok(false);
    }
    let holds = |known: Option<Known>| known.is_some_and(|known| known.owner == actor && claim.holds(&known.key));
    if holds(resolver.known_key(app, &claim.key).await?) {
        return Ok(true);
    }
    match resolver.fetched_key(app, &claim.key, actor).await {
        Ok(known) => Ok(holds(known)),
        Err(miss) if miss.is_transient() => Err(miss),
        Err(_) => Ok(false),
    }
}
