//! Whose word a request brings: that of whoever signed it, with a key that they publish themselves; or that of somebody
//! whose proof it carries.
use app::App;
use domain::host::same_origin;

use super::Refusal;
use crate::{
    parse::{Incoming, Verb},
    proof,
    resolver::{FederationResolver, Known, Miss},
    signature::{Claim, Refused},
};

/// What came of asking who signed.
pub(super) enum Proof {
    /// It is the actor's.
    Given,
    /// Nobody knows, and it does not matter.
    Irrelevant,
}

/// Proves that an activity is of `actor`: who signed the request, or somebody else brings it and it proves itself.
pub(super) async fn prove(
    app: &App,
    resolver: &FederationResolver,
    claim: &Claim,
    activity: &Incoming<'_>,
    actor: &str,
) -> Result<Proof, Refusal> {
    let known = resolver.known_key(app, &claim.key_id).await?;
    let signer = match &known {
        Some(known) => known.owner.as_str(),
        None if same_origin(&claim.key_id, actor) => actor,
        None => claim.key_id.split('#').next().unwrap_or_default(),
    };
    if signer == actor || !is_passed_on(activity) {
        let leaves = activity.verb == Verb::Delete && activity.object.id() == Some(actor);
        return signed(app, resolver, claim, known.as_ref(), actor, leaves).await;
    }
    signed(app, resolver, claim, known.as_ref(), signer, false).await?;
    match proof::holds(app, resolver, activity.raw, None, actor).await {
        Ok(true) => Ok(Proof::Given),
        Ok(false) => Err(Refusal::Foreign("the signer is not the actor")),
        Err(miss @ Miss::Ours(_)) => Err(app::Error::from(miss).into()),
        Err(_) => Err(Refusal::Busy),
    }
}

/// Whether others may bring an activity: what somebody published, with something that could be their proof. Whatever
/// else they once did, like following, is for themselves to repeat.
fn is_passed_on(activity: &Incoming<'_>) -> bool {
    let published = matches!(activity.verb, Verb::Create | Verb::Update | Verb::Delete);
    published && activity.id.is_some() && proof::is_there(activity.raw)
}

/// Proves that `actor` signed the request. The key is looked for in memory, in the database (`known`), and in the document
/// of the actor as it is now: once a minute at most, and not for the farewell of somebody who was never here (`leaves`).
async fn signed(
    app: &App,
    resolver: &FederationResolver,
    claim: &Claim,
    known: Option<&Known>,
    actor: &str,
    leaves: bool,
) -> Result<Proof, Refusal> {
    if let Some(known) = known {
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
    let known = resolver.known_key(app, &claim.key_id).await?;
    let owner = match &known {
        Some(known) => known.owner.clone(),
        // Keys nearly always stand in the document of their owner.
        None => claim.key_id.split('#').next().unwrap_or_default().to_owned(),
    };
    if app.site().parse(&owner).is_some() {
        return Err(Refusal::Foreign("nobody elsewhere speaks for this server"));
    }
    signed(app, resolver, claim, known.as_ref(), &owner, false).await?;
    Ok(owner)
}

async fn is_known(app: &App, actor: &str) -> Result<bool, Refusal> {
    let uri = actor.to_owned();
    Ok(app.read(move |c| store::actors::by_uri(c, &uri)).await?.is_some())
}
