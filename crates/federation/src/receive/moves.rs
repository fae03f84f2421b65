//! Actors elsewhere that are found under another id from now on; what else moves is a thread.
use app::{Error, Result, moves};
use domain::policy::Refusal;

use super::{Context, Plan, act, ignore, transfers};
use crate::parse::Incoming;

/// Somebody says that they moved. Where to is asked whether it is so, too: nobody else's word counts.
pub(super) async fn relocate(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let object = activity.object.id().map(|uri| context.canonical(uri)).unwrap_or_default();
    if object != context.actor.uri {
        let is_somebody = context.known.actor(&object).is_some();
        return if is_somebody { Err(Refusal::NotAuthor.into()) } else { transfers::transfer(context, activity).await };
    }
    if context.group.is_some() {
        return ignore("who moves says so themselves");
    }
    let target = activity.target.map(|uri| context.canonical(uri));
    let target = target.ok_or_else(|| Error::Invalid("nobody says where to".into()))?;
    let by = context.actor.id;
    if !context.app.read(move |c| store::follows::has_local_follower(c, by)).await? {
        return ignore("nobody here follows who moved");
    }
    let (target, aliases) = match context.known.actor(&target).filter(|actor| actor.is_local()) {
        Some(here) => {
            let id = here.id;
            (id, context.app.read(move |c| store::moves::aliases(c, id)).await?)
        }
        None => context.resolver.look_again(context.app, &target, context.budget).await?,
    };
    let cause = Some(context.received);
    act(move |tx| moves::receive(tx, by, target, &aliases, cause))
}
