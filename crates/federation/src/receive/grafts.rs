//! Replies that become threads, and threads that become replies in another one of their group.
use app::{Result, grafts};

use super::{Context, Plan, act, ignore, moderation::check_place, transfers::mover};
use crate::{
    parse::{Incoming, shape},
    resolver::Why,
};

/// A moderator moves a post under `target`, another one of its group, or, if that is the post itself, away from all; nothing,
/// if that is not what is said.
pub(super) async fn graft(context: &Context<'_>, activity: &Incoming<'_>, target: &str) -> Result<Option<Plan>> {
    let (post, uri) = (context.canonical(activity.object.id().unwrap_or_default()), target.to_owned());
    let found = context.app.read(move |c| {
        let Some(post) = store::posts::by_uri(c, &post)? else { return Ok(None) };
        let (root, target) = (store::posts::by_id(c, post.root)?, store::posts::by_uri(c, &uri)?);
        let group = match post.group {
            Some(group) => store::actors::by_id(c, group)?,
            None => None,
        };
        Ok(root.zip(group).map(|(root, group)| (post, root.uri, group, target.map(|target| target.id))))
    });
    let Some((post, root, group, known)) = found.await? else { return Ok(None) };
    // Threads move out of groups, and posts out of threads.
    let origin = shape::id_of(activity.raw, "origin").map(|uri| context.canonical(uri));
    let is_there = origin.as_ref() == Some(&root);
    if known.is_none() && !is_there {
        return Ok(None);
    }
    if origin.is_some() && !is_there {
        return ignore("it does not stand there").map(Some);
    }
    check_place(context, &post)?;
    let by = mover(context, &group).await?;
    let target = if let Some(target) = known {
        target
    } else {
        let why = if group.is_local() { Why::Named } else { Why::Listed(group.id) };
        Box::pin(context.resolver.find_post(context.app, target, why, context.budget)).await?
    };
    let title = shape::text(activity.raw, "name").map(str::to_owned);
    let (reason, cause) = (activity.reason.unwrap_or_default().to_owned(), Some(context.received));
    let (post, under) = (post.id, (target != post.id).then_some(target));
    act(move |tx| grafts::receive(tx, by, post, under, (title.as_deref(), &reason, cause))).map(Some)
}
