//! Who signed a request: the one who is named in it, with a key that they publish themselves.
use app::App;

use super::Refusal;
use crate::{
    resolver::{FederationResolver, Miss},
    signature::{Claim, Refused},
};

/// What came of asking who signed.
pub(super) enum Proof {
    /// The actor did.
    Given,
    /// Nobody knows, and it does not matter.
    Irrelevant,
}

/// Proves that `actor` signed the request. The key is looked for in memory, in the database, and in the document of the
/// actor as it is now: once a minute at most, and not for the farewell of somebody who was never here (`leaves`).
pub(super) async fn prove(
    app: &App,
    resolver: &FederationResolver,
    claim: &Claim,
    actor: &str,
    leaves: bool,
) -> Result<Proof, Refusal> {
    let known = resolver.known_key(app, &claim.key_id).await?;
    if let Some(known) = &known {
        // A key that is somebody else's does not become the actor's by asking again.
        if known.owner != actor {
            return Err(Refusal::Foreign("the signer is not the actor"));
        }
        if claim.verify(&known.key).is_ok() {
            return Ok(Proof::Given);
        }
    } else if leaves && !is_known(app, actor).await? {
        return Ok(Proof::Irrelevant);
    }
    match resolver.fetched_key(app, &claim.key_id, actor).await {
        Ok(Some(fetched)) if fetched.owner == actor => {
            claim.verify(&fetched.key)?;
            Ok(Proof::Given)
        }
        Ok(Some(_)) => Err(Refusal::Foreign("the signer is not the actor")),
        Ok(None) => Err(known.map_or(Refusal::NoKey, |_| Refused::Signature.into())),
        // Whoever says goodbye and is gone has said the truth.
        Err(Miss::Gone | Miss::NotFound) if leaves => Ok(Proof::Given),
        Err(Miss::Later(_)) => Err(Refusal::Busy),
        Err(Miss::Ours(error)) => Err(app::Error::from(Miss::Ours(error)).into()),
        Err(_) => Err(Refusal::NoKey),
    }
}

/// Who signed a request that does not say itself whose it is: the owner of the key.
pub(super) async fn signer(app: &App, resolver: &FederationResolver, claim: &Claim) -> Result<String, Refusal> {
    let owner = match resolver.known_key(app, &claim.key_id).await? {
        Some(known) => known.owner,
        // Keys nearly always stand in the document of their owner.
        None => claim.key_id.split('#').next().unwrap_or_default().to_owned(),
    };
    if app.site().parse(&owner).is_some() {
        return Err(Refusal::Foreign("nobody elsewhere speaks for this server"));
    }
    prove(app, resolver, claim, &owner, false).await?;
    Ok(owner)
}

async fn is_known(app: &App, actor: &str) -> Result<bool, Refusal> {
    let uri = actor.to_owned();
    Ok(app.read(move |c| store::actors::by_uri(c, &uri)).await?.is_some())
}
