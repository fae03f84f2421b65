//! Requests to follow or to join, their answers and their end.
use app::{Error, Result, follows};
use domain::{actor::Actor, urls::Local};
use serde_json::Value;

use super::{Context, Plan, act, groups, ignore, name};
use crate::parse::{self, Incoming, Object, Verb};

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
pub(super) async fn answer(
    context: &Context<'_>,
    activity: &Incoming<'_>,
    accepted: bool,
    stored: &str,
) -> Result<Plan> {
    let said = match activity.object {
        Object::Id(uri) => said_here(context, uri).await?,
        _ => None,
    };
    let inner = match &said {
        Some(document) => parse::activity(document).ok(),
        None => activity.object.activity(),
    };
    match inner {
        Some(inner) if inner.verb == Verb::Invite => return groups::answered(context, &inner, accepted),
        Some(inner) if matches!(inner.verb, Verb::Create | Verb::Update) && !accepted => {
            return groups::refused(context, &inner, name(activity, stored));
        }
        Some(inner) if inner.verb == Verb::Join && !accepted => return ignore("one follows all the same"),
        Some(inner) if !matches!(inner.verb, Verb::Follow | Verb::Join) => {
            return ignore("no answer to a request to follow");
        }
        _ => {}
    }
    let request = activity.object.id().map(|uri| context.canonical(uri));
    let asker = match inner.and_then(|inner| inner.actor).map(|uri| context.canonical(uri)) {
        Some(asker) => context.app.read(move |c| store::actors::by_uri(c, &asker)).await?,
        None => None,
    };
    let asker = asker.filter(Actor::is_local).map(|asker| asker.id);
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

/// What was said here under this id, if it is one of ours.
async fn said_here(context: &Context<'_>, uri: &str) -> Result<Option<Value>> {
    let Some((_, Local::Activity(id))) = context.app.site().parse(uri) else { return Ok(None) };
    let said = context.app.read(move |c| store::activities::by_id(c, id)).await?;
    Ok(said.and_then(|said| parse::json(said.body.as_bytes()).ok()))
}
