//! Actors elsewhere that changed, or are gone.
use app::{Error, Result, actors, groups};
use domain::policy::Refusal;

use super::{Context, Plan, act, ignore};
use crate::{
    parse::{self, Incoming, Object, shape},
    resolver::Miss,
};

/// Somebody changed what they say of themselves, or a group did.
pub(super) async fn update(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let uri = activity.object.id().map(|uri| context.canonical(uri)).unwrap_or_default();
    if context.is_ours(&uri) {
        return update_ours(context, activity, &uri);
    }
    let of_group = context.group.as_ref().is_some_and(|group| group.uri == uri);
    if uri != context.actor.uri && !of_group {
        return Err(Refusal::NotAuthor.into());
    }
    let said = match activity.object {
        Object::Embedded(document) if context.group.is_none() => parse::actor(document).ok(),
        _ => None,
    };
    // A document without keys is an excerpt.
    match said.filter(|found| found.uri == uri && !found.keys.is_empty()) {
        Some(found) => context.resolver.learn(context.app, found, None, context.budget).await?,
        None => context.resolver.refresh(context.app, &uri, context.budget).await?,
    };
    act(|_| Ok(()))
}

/// Somebody elsewhere who leads a group here changed what it says of itself.
fn update_ours(context: &Context<'_>, activity: &Incoming<'_>, uri: &str) -> Result<Plan> {
    let group = context.known.actor(uri).filter(|actor| actor.is_group() && actor.is_local());
    let (Some(group), Object::Embedded(document), None, true) =
        (group, activity.object, &context.group, context.trusted)
    else {
        return ignore("what is here is changed here");
    };
    let said = parse::actor(document).map_err(|e| Error::Invalid(e.to_string()))?;
    let (by, group, title, summary) = (context.actor.id, group.id, said.title, said.summary);
    act(move |tx| groups::receive_change(tx, by, group, &title, &summary))
}

/// Somebody is gone, and what they wrote, unless it is said that this stays.
pub(super) async fn delete(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    if !context.trusted {
        match context.resolver.refresh(context.app, &context.actor.uri, context.budget).await {
            Err(Miss::Gone | Miss::NotFound) => {}
            Err(miss) if miss.is_transient() => return Err(Error::from(miss)),
            _ => return ignore("their server still has them"),
        }
    }
    let id = context.actor.id;
    let stays = shape::each(activity.raw, "removeData").any(|said| said.as_bool() == Some(false));
    act(move |tx| actors::receive_delete(tx, id, !stays))
}
