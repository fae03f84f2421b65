//! Keeping order: in groups here, by their moderators elsewhere; in groups elsewhere, as these report it.
use app::{
    Error, Result, members,
    moderation::{self, Measure, NewBan},
    pins, shuns,
};
use domain::{
    actor::Actor,
    group::Role,
    host::same_origin,
    id::ActorId,
    policy::Refusal,
    post::Post,
    time::span,
    urls::{ActorPart, Local},
};

use super::{Context, Plan, act, ignore, posts, transfers};
use crate::parse::{Incoming, Verb, shape};

/// What an activity does to a post in a group; if the post is still to come, it is remembered until then.
async fn take(context: &Context<'_>, activity: &Incoming<'_>, measure: Measure) -> Result<Plan> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("there is nothing to keep order of".into()))?;
    let uri = context.canonical(uri);
    let reason = activity.reason.unwrap_or_default().to_owned();
    let cause = Some(context.received);
    let Some(post) = context.known.post(&uri) else {
        if context.is_ours(&uri) {
            return Err(Error::NotFound);
        }
        let by = decider(context).await?;
        return act(move |tx| moderation::foretell(tx, by, &uri, measure, &reason, cause));
    };
    check_place(context, post)?;
    let (by, post) = (decider(context).await?, post.id);
    act(move |tx| moderation::receive(tx, by, post, measure, &reason, cause))
}

/// Whether a post stands in the group of which is spoken: the one that passes it on, if one does.
pub(super) fn check_place(context: &Context<'_>, post: &Post) -> Result<()> {
    match &context.group {
        Some(group) if post.group != Some(group.id) => Err(Refusal::NotStaff.into()),
        _ => Ok(()),
    }
}

/// Who bans from `group`, or lets in again. Whom their decision is about hears it from them alone if nobody else here follows that
/// group: then its list says whether they may.
async fn banner(context: &Context<'_>, group: &Actor) -> Result<ActorId> {
    if context.group.is_none() && !group.is_local() && !is_staff(context, group).await? {
        read_staff(context, group).await?;
    }
    decider(context).await
}

/// Who decides something. If a group reports a decision of somebody who did not keep order there yet, its list is read
/// again; if that does not help, people of the group's own server, such as its admins, decide on behalf of the group.
pub(super) async fn decider(context: &Context<'_>) -> Result<ActorId> {
    let by = context.actor.id;
    let Some(group) = &context.group else { return Ok(by) };
    if is_staff(context, group).await? {
        return Ok(by);
    }
    read_staff(context, group).await?;
    Ok(if context.trusted && !is_staff(context, group).await? { group.id } else { by })
}

async fn is_staff(context: &Context<'_>, group: &Actor) -> Result<bool> {
    let (group, person, now) = (group.id, context.actor.id, context.app.now());
    let standing = context.app.read(move |c| store::groups::standing(c, group, person, now)).await?;
    Ok(standing.is_staff())
}

async fn read_staff(context: &Context<'_>, group: &Actor) -> Result<()> {
    if context.resolver.is_due(context.app, "staff", &group.uri, span::minutes(1)) {
        context.resolver.refresh(context.app, &group.uri, context.budget).await?;
    }
    Ok(())
}

/// A moderator puts back what was taken out, or an author what they deleted.
pub(super) async fn restore(context: &Context<'_>, delete: &Incoming<'_>) -> Result<Plan> {
    let known = delete.object.id().and_then(|uri| context.known.post(&context.canonical(uri)));
    if let Some(known) = known.filter(|post| post.author == context.actor.id && post.deleted.is_some()) {
        return posts::bring_back(context, known, posts::WAITS).await;
    }
    take(context, delete, Measure::Restore).await
}

/// A moderator closes a thread, or opens it.
pub(super) async fn lock(context: &Context<'_>, activity: &Incoming<'_>, on: bool) -> Result<Plan> {
    take(context, activity, if on { Measure::Lock } else { Measure::Unlock }).await
}

/// Something is put into a collection of a group, or taken out: a post that is pinned, a person who keeps order.
pub(super) async fn collect(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let Some(target) = activity.target.map(|uri| context.canonical(uri)) else {
        return Err(Error::Invalid("a collection is missing".into()));
    };
    let adds = activity.verb == Verb::Add;
    match collection(context, &target).await? {
        // Not out of a collection, but out of the group itself.
        None if !adds && context.known.actor(&target).is_some_and(Actor::is_group) => {
            transfers::put_out(context, activity, &target).await
        }
        None if is_own_pin(context, activity, &target) => {
            let person = context.actor.id;
            act(move |tx| pins::receive_change(tx, person))
        }
        None => match staff_of(context, activity, &target).await? {
            Some(group) => changed_staff(context, &group).await,
            None => ignore("the collection means nothing here"),
        },
        Some((group, ActorPart::Featured)) => {
            let stands = activity.object.id().and_then(|uri| context.known.post(&context.canonical(uri)));
            if stands.is_some_and(|post| post.group != Some(group.id)) {
                return Err(Refusal::NotStaff.into());
            }
            take(context, activity, if adds { Measure::Feature } else { Measure::Unfeature }).await
        }
        Some((group, _)) if !group.is_local() => changed_staff(context, &group).await,
        Some((group, _)) => appoint(context, activity, &group, adds).await,
    }
}

/// Those who keep order in a group elsewhere are others now, as its list says: it is read each time, because who is named right
/// after somebody else must not be missed.
async fn changed_staff(context: &Context<'_>, group: &Actor) -> Result<Plan> {
    context.resolver.refresh(context.app, &group.uri, context.budget).await?;
    act(|_| Ok(()))
}

/// The group elsewhere of whose staff somebody speaks to one of ours: nobody else here may follow it, so that it tells us nothing
/// itself. Whoever speaks keeps order there, or lives on its server.
async fn staff_of(context: &Context<'_>, activity: &Incoming<'_>, target: &str) -> Result<Option<Actor>> {
    let person = activity.object.id().and_then(|uri| context.known.actor(&context.canonical(uri)));
    let parts =
        target.rsplit_once('/').filter(|(_, part)| ActorPart::from_segment(part) == Some(ActorPart::Moderators));
    let (Some((group, _)), true, None) = (parts, person.is_some_and(Actor::is_local), &context.group) else {
        return Ok(None);
    };
    let group = group.to_owned();
    let found = context.app.read(move |c| store::actors::by_uri(c, &group)).await?;
    let Some(group) = found.filter(|group| group.is_group() && !group.is_local()) else { return Ok(None) };
    let may = same_origin(&context.actor.uri, &group.uri) || is_staff(context, &group).await?;
    Ok(may.then_some(group))
}

/// Whether somebody may speak of what they pin: a post of theirs, which may be unknown yet, and a list of their server.
fn is_own_pin(context: &Context<'_>, activity: &Incoming<'_>, target: &str) -> bool {
    let Some(object) = activity.object.id() else { return false };
    let of_theirs = |uri: &str| same_origin(uri, &context.actor.uri);
    let is_person = context.group.is_none() && !context.actor.is_group();
    is_person && of_theirs(object) && of_theirs(target)
}

/// The group and the part of it that a collection is. Of groups elsewhere only the one counts that says so itself.
async fn collection(context: &Context<'_>, target: &str) -> Result<Option<(Actor, ActorPart)>> {
    let counts = |part: &ActorPart| matches!(part, ActorPart::Featured | ActorPart::Moderators);
    if let Some((host, local)) = context.app.site().parse(target) {
        let Local::ActorPart(name, part) = local else { return Ok(None) };
        let uri = context.app.site().actor(&host, &name);
        let group = context.resolver.find_actor(context.app, &uri, context.budget).await?;
        return Ok(
            Some((group, part)).filter(|(group, part)| group.is_group() && counts(part) && context.group.is_none())
        );
    }
    let Some(group) = &context.group else { return Ok(None) };
    let own = target.strip_prefix(group.uri.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let part = own.and_then(|rest| match rest {
        "pinned" => Some(ActorPart::Featured),
        rest => ActorPart::from_segment(rest),
    });
    Ok(part.filter(counts).map(|part| (group.clone(), part)))
}

/// A moderator elsewhere of a group here names another one, or dismisses one.
async fn appoint(context: &Context<'_>, activity: &Incoming<'_>, group: &Actor, adds: bool) -> Result<Plan> {
    let person = activity.object.id().ok_or_else(|| Error::Invalid("nobody is named".into()))?;
    let person = context.resolver.find_actor(context.app, person, context.budget).await?.id;
    let (by, group, cause) = (context.actor.id, group.id, Some(context.received));
    let role = if adds { Role::Moderator } else { Role::Member };
    act(move |tx| members::receive_appoint(tx, by, group, person, Some(role), cause))
}

/// The group from which `person` is banned: the target, if it is of this server or the one that reports it, or if they are
/// of this server.
fn banned_from<'a>(context: &'a Context<'_>, block: &Incoming<'_>, person: Option<&Actor>) -> Option<&'a Actor> {
    let target = context.canonical(block.target?);
    let concerns = |group: &&Actor| group.is_group() && (group.is_local() || person.is_some_and(Actor::is_local));
    match &context.group {
        Some(group) => Some(group).filter(|group| group.uri == target),
        None => context.known.actor(&target).filter(concerns),
    }
}

/// Somebody is banned from a group; or somebody wants nothing more to do with somebody here.
pub(super) async fn block(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let person = activity.object.id().map(|uri| context.canonical(uri));
    let person = person.and_then(|uri| context.known.actor(&uri));
    let (by, cause) = (context.actor.id, Some(context.received));
    if activity.target.is_none() && context.group.is_none() {
        let Some(person) = person.filter(|person| person.is_local()) else { return ignore("nobody here is blocked") };
        let (person, uri) = (person.id, activity.id.unwrap_or_default().to_owned());
        return act(move |tx| shuns::receive_block(tx, by, person, &uri, cause));
    }
    let Some(group) = banned_from(context, activity, person) else { return ignore("the ban concerns no group here") };
    let by = banner(context, group).await?;
    let person = match (person, activity.object.id()) {
        (Some(person), _) => person.clone(),
        // A ban may overtake whom it keeps out; it is worth a question if it comes from somebody who may ban.
        (None, Some(uri)) if group.is_local() && is_staff(context, group).await? => {
            context.resolver.find_actor(context.app, uri, context.budget).await?
        }
        _ => return ignore("the ban concerns nobody here"),
    };
    let until = ["endTime", "expires"].into_iter().find(|key| shape::each(activity.raw, key).next().is_some());
    let until = match until {
        Some(key) => {
            Some(shape::moment(activity.raw, key).ok_or_else(|| Error::Invalid("the end of a ban is no date".into()))?)
        }
        None => None,
    };
    let reason = activity.reason.unwrap_or_default().to_owned();
    let clean = shape::truth(activity.raw, "removeData");
    let ban = NewBan { group: group.id, person: person.id, until, grounds: reason.into(), clean };
    act(move |tx| moderation::receive_ban(tx, by, &ban, cause))
}

/// A ban is lifted.
pub(super) async fn unblock(context: &Context<'_>, block: &Incoming<'_>) -> Result<Plan> {
    let person = block.object.id().and_then(|uri| context.known.actor(&context.canonical(uri)));
    if block.target.is_none() && context.group.is_none() {
        let Some(person) = person.filter(|person| person.is_local()) else { return ignore("nobody here was blocked") };
        let (by, person, cause) = (context.actor.id, person.id, Some(context.received));
        return act(move |tx| shuns::receive_unblock(tx, by, person, cause));
    }
    let (Some(group), Some(person)) = (banned_from(context, block, person), person) else {
        return ignore("the ban concerns nobody and no group here");
    };
    let (by, group, person, cause) = (banner(context, group).await?, group.id, person.id, Some(context.received));
    act(move |tx| moderation::receive_unban(tx, by, group, person, cause))
}
