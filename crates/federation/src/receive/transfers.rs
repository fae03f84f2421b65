//! Threads that move from one group to another (FEP-f15d), or are put out of one. A thread is named by its first post, or by the list
//! of what stands in it.
use app::{
    Result,
    moderation::{self, Measure},
    transfers,
};
use domain::{
    actor::Actor,
    host::same_origin,
    id::{ActorId, PostId},
    post::Post,
    urls::{Local, PostPart},
};

use super::{
    Context, Plan, act, grafts,
    groups::speaker,
    ignore,
    moderation::{check_place, decider},
};
use crate::parse::{Incoming, Listing, shape};

/// How many of the first posts in the list of a thread are looked at to find one that is known, on so many pages.
const LOOKED_AT: usize = 20;
const PAGES: usize = 2;

/// A moderator moves a thread to another group.
pub(super) async fn transfer(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let Some(to) = activity.target.map(|uri| context.canonical(uri)) else { return ignore("nobody says where to") };
    if let Some(plan) = grafts::graft(context, activity, &to).await? {
        return Ok(plan);
    }
    let Some((thread, from)) = stands(context, activity).await? else { return ignore("no thread that is known here") };
    let origin = shape::id_of(activity.raw, "origin").map(|uri| context.canonical(uri));
    if origin.is_some_and(|origin| origin != from.uri) {
        return ignore("it does not stand there");
    }
    check_place(context, &thread)?;
    // Nothing is asked of servers that have nothing to do with it.
    if !(same_origin(&to, &from.uri) || from.is_local() && context.is_ours(&to)) {
        return ignore("a thread moves between groups of one server");
    }
    let to = context.resolver.find_actor(context.app, &to, context.budget).await?;
    if !to.is_group() {
        return ignore("threads move to groups");
    }
    let (by, thread, to) = (mover(context, &from).await?, thread.id, to.id);
    let (reason, cause) = (activity.reason.unwrap_or_default().to_owned(), Some(context.received));
    act(move |tx| transfers::receive(tx, by, thread, to, &reason, cause))
}

/// A thread is put out of a group and into no other.
pub(super) async fn put_out(context: &Context<'_>, activity: &Incoming<'_>, group: &str) -> Result<Plan> {
    let Some((thread, from)) = stands(context, activity).await? else { return ignore("no thread that is known here") };
    if from.uri != group {
        return ignore("it does not stand there");
    }
    check_place(context, &thread)?;
    let (by, thread) = (mover(context, &from).await?, thread.id);
    let (reason, cause) = (activity.reason.unwrap_or_default().to_owned(), Some(context.received));
    act(move |tx| moderation::receive(tx, by, thread, Measure::Remove, &reason, cause))
}

/// Who decides where a thread stands: as the group passes it on, or, of people of its own server, as they say it.
pub(super) async fn mover(context: &Context<'_>, from: &Actor) -> Result<ActorId> {
    if context.group.is_some() { decider(context).await } else { speaker(context, from).await }
}

/// The thread that is spoken of, if it is known, and the group in which it stands.
async fn stands(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Option<(Post, Actor)>> {
    let Some(uri) = activity.object.id().map(|uri| context.canonical(uri)) else { return Ok(None) };
    let thread = match context.known.post(&uri) {
        Some(post) => Some(post.id),
        None => match context.app.site().parse(&uri) {
            Some((_, Local::PostPart(_, post, PostPart::Context))) => Some(post),
            None if same_origin(&uri, &context.actor.uri) => listed(context, &uri).await?,
            _ => None,
        },
    };
    let Some(thread) = thread else { return Ok(None) };
    context
        .app
        .read(move |c| {
            let Some(thread) = store::posts::by_id(c, thread)? else { return Ok(None) };
            let group = match thread.group {
                Some(group) => store::actors::by_id(c, group)?,
                None => None,
            };
            Ok(group.map(|group| (thread, group)))
        })
        .await
}

/// The thread of which the list at `uri` is, by what of it is known here.
async fn listed(context: &Context<'_>, uri: &str) -> Result<Option<PostId>> {
    let mut next = Some(uri.to_owned());
    for _ in 0..PAGES {
        let Some(page) = next.filter(|page| same_origin(page, uri)) else { break };
        let Ok((found_at, document)) = context.resolver.activity_json(context.app, &page, context.budget).await else {
            break;
        };
        if !same_origin(found_at.as_str(), uri) {
            break;
        }
        let listing = Listing::of(&document);
        let items: Vec<String> = listing.items.iter().take(LOOKED_AT).map(|item| context.canonical(item)).collect();
        let root = context.app.read(move |c| {
            for item in &items {
                if let Some(post) = store::posts::by_uri(c, item)? {
                    return Ok(Some(post.root));
                }
            }
            Ok(None)
        });
        if let Some(root) = root.await? {
            return Ok(Some(root));
        }
        next = listing.next;
    }
    Ok(None)
}
