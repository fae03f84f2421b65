//! Votes on posts that are known here: likes, dislikes, and reactions, which count as likes.
use app::{Error, Result, votes};
use domain::post::{Post, Vote};

use super::{Context, Plan, act, ignore, name};
use crate::parse::{self, Incoming, Verb};

fn cast(activity: &Incoming<'_>) -> Vote {
    if activity.verb == Verb::Dislike { Vote::Dislike } else { Vote::Like }
}

/// The post a vote is about. A group reports votes only on what stands in it.
fn post<'a>(context: &'a Context<'_>, activity: &Incoming<'_>) -> Result<Option<&'a Post>> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("a vote on nothing".into()))?;
    let post = context.known.post(&context.canonical(uri));
    let reporter = context.group.as_ref().map(|group| group.id);
    Ok(post.filter(|post| reporter.is_none() || post.group == reporter))
}

/// Somebody votes. A vote may overtake its post, but not by much.
pub(super) fn vote(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let Some(post) = post(context, activity)? else {
        let unknown = "the post is not known here";
        let early = context.attempts == 1 && !activity.object.id().is_some_and(|uri| context.is_ours(uri));
        return if early { Err(Error::Unreachable { what: unknown.into(), retry: true }) } else { ignore(unknown) };
    };
    let (voter, post, vote, cause) = (context.actor.id, post.id, cast(activity), Some(context.received));
    let (uri, reaction) = (name(activity, stored), parse::reaction(activity.raw).filter(|_| vote == Vote::Like));
    act(move |tx| votes::receive(tx, voter, post, (vote, reaction.as_ref()), &uri, cause))
}

/// Somebody takes a vote back. A vote that has changed since stays, and so does one with another sign.
pub(super) fn undo(context: &Context<'_>, inner: &Incoming<'_>) -> Result<Plan> {
    let post = post(context, inner)?.map(|post| post.id);
    let (voter, vote, cause) = (context.actor.id, cast(inner), Some(context.received));
    let sign = parse::reaction(inner.raw).map(|reaction| reaction.sign);
    let (by, void) = (context.actor.uri.clone(), inner.id.filter(|_| context.trusted).map(str::to_owned));
    act(move |tx| {
        let stands = match post {
            Some(post) => store::votes::get(tx, post, voter)?.map(|(stands, _)| (post, stands)),
            None => None,
        };
        match stands {
            Some((post, stands)) if stands == vote => {
                let kept = store::votes::signs(tx, &[post], &[voter])?.pop().map(|(.., kept)| kept);
                if sign.is_some() && kept.is_some() && sign != kept {
                    return Ok(());
                }
                votes::receive_retract(tx, voter, post, cause)
            }
            _ => super::undo::void(tx, void.as_deref(), &by),
        }
    })
}
