//! Requests to follow or to join, their answers and their end.
use app::{Error, Result, follows};
use domain::urls::Local;

use super::{Context, Plan, act, ignore, name};
use crate::parse::{Incoming, Verb};

/// Somebody asks to follow somebody here; joining is the same for those who have a word for it.
pub(super) fn follow(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let Some(target) = activity.object.id().map(|uri| context.canonical(uri)) else {
        return Err(Error::Invalid("a request to follow nobody".into()));
    };
    let Some(target) = context.known.actor(&target).filter(|target| target.is_local()) else {
        return match context.app.site().parse(&target) {
            Some((_, Local::Actor(_))) => Err(Error::NotFound),
            _ => ignore("only people and groups here can be followed here"),
        };
    };
    let (follower, target, cause) = (context.actor.id, target.id, Some(context.received));
    let uri = name(activity, stored);
    act(move |tx| follows::receive(tx, follower, target, &uri, cause).map(drop))
}

/// Somebody leaves a group.
pub(super) fn leave(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let target = activity.object.id().and_then(|uri| context.known.actor(&context.canonical(uri)));
    let Some(target) = target.filter(|target| target.is_local()) else { return ignore("it is not of this server") };
    let (follower, target, cause) = (context.actor.id, target.id, Some(context.received));
    act(move |tx| follows::receive_end(tx, follower, target, cause))
}

/// Somebody follows no more.
pub(super) fn undo(context: &Context<'_>, follow: &Incoming<'_>) -> Result<Plan> {
    let target = follow.object.id().and_then(|uri| context.known.actor(&context.canonical(uri)));
    let Some(target) = target.filter(|target| target.is_local()) else { return ignore("nobody here was followed") };
    let (follower, target, cause) = (context.actor.id, target.id, Some(context.received));
    let (by, void) = (context.actor.uri.clone(), follow.id.map(str::to_owned));
    act(move |tx| {
        if store::follows::get(tx, follower, target)?.is_some() {
            return follows::receive_end(tx, follower, target, cause);
        }
        super::undo::void(tx, void.as_deref(), &by)
    })
}

/// Somebody answers a request of somebody here. Only the request that was really sent counts, not the copy that came
/// back with the answer.
pub(super) fn answer(context: &Context<'_>, activity: &Incoming<'_>, accepted: bool) -> Result<Plan> {
    let inner = activity.object.activity();
    if inner.is_some_and(|inner| !matches!(inner.verb, Verb::Follow | Verb::Join)) {
        return ignore("no answer to a request to follow");
    }
    let request = activity.object.id().map(|uri| context.canonical(uri));
    let asker = inner.and_then(|inner| inner.actor).and_then(|uri| context.known.actor(&context.canonical(uri)));
    let asker = asker.filter(|asker| asker.is_local()).map(|asker| asker.id);
    let (by, cause) = (context.actor.id, Some(context.received));
    act(move |tx| {
        let sent = match &request {
            Some(uri) => store::follows::by_activity(tx, uri, by)?,
            None => None,
        };
        let follower = sent.map(|follow| follow.follower).or(asker).ok_or(Error::NotFound)?;
        follows::receive_answer(tx, by, follower, accepted, cause)
    })
}
