//! What a group tells one person by an activity: an invitation, a warning, and that it does not take what they posted.
use app::{Error, Result, invitations, moderation};
use domain::{actor::Actor, host::same_origin, id::ActorId, urls::Local};

use super::{Context, Known, Plan, act, ignore, moderation::decider, name};
use crate::parse::{Incoming, Verb, shape};

/// How many of those whom an invitation names are looked at.
const INVITED: usize = 8;

/// A person is invited to a group: somebody here, or to a group here.
pub(super) async fn invite(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let group = activity.object.id().ok_or_else(|| Error::Invalid("an invitation to nothing".into()))?;
    let named = ["target", "to"].into_iter().flat_map(|key| shape::ids_of(activity.raw, key, INVITED));
    let here = |uri: &String| matches!(context.app.site().parse(uri), Some((_, Local::Actor(_))));
    let Some(person) = named.into_iter().find(|uri| uri != group && (here(uri) || context.is_ours(group))) else {
        return ignore("nobody here is invited");
    };
    let group = context.resolver.find_actor(context.app, group, context.budget).await?;
    if !group.is_group() || context.group.is_some() {
        return ignore("one is invited to groups, and by whoever keeps order there");
    }
    let person = context.resolver.find_actor(context.app, &person, context.budget).await?.id;
    let (by, group) = (speaker(context, &group).await?, group.id);
    let (uri, cause) = (name(activity, stored), Some(context.received));
    act(move |tx| invitations::receive(tx, by, group, person, &uri, cause))
}

/// A moderator warns somebody: the author of a post, or a person. The group is that of the post, or the one addressed.
pub(super) async fn warn(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let object = activity.object.id().map(|uri| context.canonical(uri)).unwrap_or_default();
    let addressed = activity.target.or_else(|| shape::id_of(activity.raw, "audience"));
    let (group, person) = match (context.known.post(&object), context.known.actor(&object), addressed) {
        (Some(post), ..) => (post.group, post.author),
        (None, Some(person), Some(group)) => {
            let group = context.canonical(group);
            let group = context.app.read(move |c| store::actors::by_uri(c, &group)).await?;
            (group.map(|group| group.id), person.id)
        }
        _ => return ignore("nobody here is warned"),
    };
    let group = match group {
        Some(group) => context.app.read(move |c| store::actors::by_id(c, group)).await?,
        None => None,
    };
    let Some(group) = group.filter(|group| group.is_group() && context.group.is_none()) else {
        return ignore("a warning of no group");
    };
    let (by, group) = (speaker(context, &group).await?, group.id);
    let (uri, cause) = (name(activity, stored), Some(context.received));
    let reason = activity.reason.unwrap_or_default().to_owned();
    act(move |tx| moderation::receive_warning(tx, by, (group, person), (&uri, &reason), cause))
}

/// In whose name it is said: of one who keeps order in the group, or, if their server is the group's own, of the group.
pub(super) async fn speaker(context: &Context<'_>, group: &Actor) -> Result<ActorId> {
    if group.is_local() {
        return Ok(context.actor.id);
    }
    let trusted = context.trusted && same_origin(&context.actor.uri, &group.uri);
    let (actor, group) = (context.actor.clone(), Some(group.clone()));
    decider(&Context { actor, group, trusted, known: Known::default(), ..*context }).await
}

/// Somebody elsewhere answers the invitation of a group here.
pub(super) fn answered(context: &Context<'_>, invite: &Incoming<'_>, accepted: bool) -> Result<Plan> {
    let group = invite.object.id().map(|uri| context.canonical(uri)).unwrap_or_default();
    let person = context.actor.id;
    act(move |tx| {
        let group = store::actors::by_uri(tx, &group)?.ok_or(Error::NotFound)?;
        invitations::receive_answer(tx, person, group.id, accepted)
    })
}

/// A group elsewhere does not take what somebody here posted or changed.
pub(super) fn refused(context: &Context<'_>, said: &Incoming<'_>, uri: String) -> Result<Plan> {
    let post = said.object.id().and_then(|uri| context.known.post(&context.canonical(uri)));
    let Some(post) = post.filter(|post| post.local && post.group == Some(context.actor.id)) else {
        return ignore("nothing here was posted to it");
    };
    let (group, post, cause) = (context.actor.id, post.id, Some(context.received));
    if said.verb == Verb::Update {
        return act(move |tx| moderation::receive_change_refusal(tx, group, post, &uri, cause));
    }
    act(move |tx| moderation::receive_refusal(tx, group, post, &uri, cause))
}
