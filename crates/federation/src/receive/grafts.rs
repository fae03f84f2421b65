//! Replies that become threads, and threads that become replies in another one of their group.
use app::{Result, grafts};

use super::{Context, Plan, act, moderation::check_place, transfers::mover};
use crate::parse::{Incoming, shape};

/// A moderator moves a post under `target`, another one of its group, or, if that is the post itself, away from all; nothing,
/// if that is not what is said.
pub(super) async fn graft(context: &Context<'_>, activity: &Incoming<'_>, target: &str) -> Result<Option<Plan>> {
    let (post, target) = (context.canonical(activity.object.id().unwrap_or_default()), target.to_owned());
    let found = context.app.read(move |c| {
        let (Some(post), Some(target)) = (store::posts::by_uri(c, &post)?, store::posts::by_uri(c, &target)?) else {
            return Ok(None);
        };
        let group = match post.group {
            Some(group) => store::actors::by_id(c, group)?,
            None => None,
        };
        Ok(group.map(|group| (post, target, group)))
    });
    let Some((post, target, group)) = found.await? else { return Ok(None) };
    check_place(context, &post)?;
    let by = mover(context, &group).await?;
    let title = shape::text(activity.raw, "name").map(str::to_owned);
    let (reason, cause) = (activity.reason.unwrap_or_default().to_owned(), Some(context.received));
    let (post, under) = (post.id, (target.id != post.id).then_some(target.id));
    act(move |tx| grafts::receive(tx, by, post, under, (title.as_deref(), &reason, cause))).map(Some)
}
