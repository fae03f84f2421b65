//! What is passed on: posts, by anybody; and what happened in a group, by the group, once and no deeper.
use app::{Error, Result};
use domain::{actor::Actor, host::same_origin};

use super::{Context, Known, Plan, ignore, shares, translate};
use crate::{
    parse::{Incoming, Object, Verb, shape},
    proof,
    resolver::Miss,
};

/// Somebody passes something on.
pub(super) async fn announce(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    if context.group.is_some() {
        return ignore("what is passed on is not passed on again");
    }
    let Object::Embedded(_) = activity.object else { return shares::share(context, activity, stored).await };
    match activity.object.activity() {
        Some(inner) if inner.verb != Verb::Other => Box::pin(passed_on(context, activity, &inner, stored)).await,
        _ => shares::share(context, activity, stored).await,
    }
}

/// What a group may report of others.
fn is_reported(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Add
            | Verb::Block
            | Verb::Create
            | Verb::Delete
            | Verb::Dislike
            | Verb::EmojiReact
            | Verb::Flag
            | Verb::Like
            | Verb::Lock
            | Verb::Move
            | Verb::Remove
            | Verb::Resolve
            | Verb::Undo
            | Verb::Update
    )
}

/// A group reports what somebody did in it. Only the group itself, people of its own server, and those who prove that
/// they said it, are taken at its word; of others the report is a hint, and their own server is asked.
async fn passed_on(context: &Context<'_>, outer: &Incoming<'_>, inner: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let group = &context.actor;
    if !group.is_group() || !is_reported(inner.verb) {
        return ignore(format!("only groups report, and not every `{:.64}`", inner.kind));
    }
    let author = inner.actor.or_else(|| shape::id_of(inner.raw.get("object")?, "attributedTo"));
    let author = author.ok_or_else(|| Error::Invalid("nobody did it".into()))?;
    if context.is_ours(author) {
        // Our own words come back: the group has taken the post.
        let Some(object) = inner.raw.get("object").filter(|_| inner.verb == Verb::Create) else {
            return ignore("that was said here first");
        };
        let echoed = Incoming { object: shape::id(object).map_or(Object::None, Object::Id), ..*outer };
        let known = Known::look(context.app, &echoed, Some(&group.uri)).await?;
        return shares::share(&Context { actor: group.clone(), group: None, known, ..*context }, &echoed, stored).await;
    }
    let known = Known::look(context.app, inner, Some(author)).await?;
    let about = inner.object.id().and_then(|uri| known.post(&context.canonical(uri))).is_some();
    let id = group.id;
    if !about && !context.app.read(move |c| store::follows::has_local_follower(c, id)).await? {
        return ignore("nobody here follows the group");
    }
    let actor = match known.actor(author) {
        Some(actor) if actor.deleted.is_some() => return ignore("whoever did it is gone"),
        Some(actor) => actor.clone(),
        None => match context.resolver.find_actor(context.app, author, context.budget).await {
            Err(Miss::Gone | Miss::NotFound) => return ignore("whoever did it is gone"),
            found => found?,
        },
    };
    let trusted = same_origin(&group.uri, &actor.uri) || is_proven(context, outer, inner, &actor).await;
    // An id counts only if it is its author's to give.
    let id = inner.id.filter(|id| same_origin(id, &actor.uri));
    let inner = Incoming { id, ..*inner };
    let context = Context { actor, group: Some(group.clone()), trusted, known, ..*context };
    Box::pin(translate(&context, &inner, stored)).await
}

/// Whether whoever did it says so in a proof. One that cannot be checked now is no reason to wait: their server is asked.
async fn is_proven(context: &Context<'_>, outer: &Incoming<'_>, inner: &Incoming<'_>, actor: &Actor) -> bool {
    // What proves nothing about its id could be said again under another one.
    let named = inner.id.is_some_and(|id| same_origin(id, &actor.uri));
    let around = outer.raw.get("@context");
    named && proof::holds(context.app, context.resolver, inner.raw, around, &actor.uri).await.unwrap_or(false)
}
