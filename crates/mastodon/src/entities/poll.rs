//! Polls.
use domain::{id::PostId, post::Poll as Asked, time::Timestamp};
use serde::Serialize;

use super::{Id, emoji::CustomEmoji, instant};

/// A `Poll`; it has the number of its post.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Poll {
    id: Id,
    expires_at: Option<String>,
    expired: bool,
    multiple: bool,
    votes_count: u64,
    voters_count: u32,
    options: Vec<Choice>,
    emojis: Vec<CustomEmoji>,
    voted: bool,
    own_votes: Vec<usize>,
}

#[derive(Debug, Clone, Serialize)]
struct Choice {
    title: String,
    votes_count: Option<u32>,
}

impl Poll {
    /// The poll of a post, with the emoji in its options; `chosen` is what the reader chose, who may be its author.
    pub(crate) fn new(
        post: PostId,
        (poll, emojis): (&Asked, Vec<CustomEmoji>),
        (chosen, is_author): (&[usize], bool),
        now: Timestamp,
    ) -> Self {
        // Its author does not see it sooner than anybody else.
        let shown = poll.shows_totals(now);
        let choice =
            |(title, votes): &(String, u32)| Choice { title: title.clone(), votes_count: shown.then_some(*votes) };
        Self {
            id: Id(post.0),
            expires_at: poll.closes.map(instant),
            expired: poll.is_closed(now),
            multiple: poll.multiple,
            votes_count: poll.options.iter().map(|(_, votes)| u64::from(*votes)).sum(),
            voters_count: poll.voters,
            options: poll.options.iter().map(choice).collect(),
            emojis,
            // Clients show an author what was counted, as they show it to whoever has voted.
            voted: is_author || !chosen.is_empty(),
            own_votes: chosen.to_vec(),
        }
    }
}
