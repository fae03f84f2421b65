//! Votes in polls that are asked here: notes that name an option and say nothing else.
use app::{Result, polls};

use super::{Context, Plan, act, ignore};

/// Somebody chooses an option of the poll at `poll`. Nobody votes for others, and in polls elsewhere nobody votes here.
pub(super) fn ballot(context: &Context<'_>, poll: Option<&str>, option: String) -> Result<Plan> {
    let post = poll.and_then(|uri| context.known.post(&context.canonical(uri)));
    let Some(post) = post.filter(|post| post.local && context.group.is_none()) else {
        return ignore("it is a vote in a poll that is not asked here");
    };
    let (voter, post) = (context.actor.id, post.id);
    act(move |tx| polls::receive(tx, voter, post, &option))
}
