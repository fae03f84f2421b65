//! What open streams are told: that somewhere there may be something to look at. They read what it is as anybody does, so that
//! nobody is shown more, or something else, than on the pages of a timeline.
use domain::{
    id::{ActorId, AnnouncementId, NotificationId, PostId},
    post::{Audience, Post},
};
use serde::{Deserialize, Serialize};
use store::Holder;

use crate::{Course, Event, posts::Deletion};

/// The word before those of other processes that are about streams.
const WORD: &str = "live ";

/// The longest word that PostgreSQL carries, in bytes; and of how many hashtags it tells.
const LONGEST: usize = 7_900;
const TAGS: usize = 16;

/// Where a post stands, as far as it tells which streams to look into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The post.
    pub post: PostId,
    /// Who wrote it, or passed it on.
    pub by: ActorId,
    /// Whether it was passed on by that person.
    pub is_shared: bool,
    /// The group it stands in.
    pub group: Option<ActorId>,
    /// Its first hashtags, folded.
    pub tags: Vec<String>,
    /// Who may read it.
    pub audience: Audience,
}

impl Whereabouts {
    /// Where a post stands.
    pub fn of(post: &Post) -> Self {
        Self {
            post: post.id,
            by: post.author,
            is_shared: false,
            group: post.group,
            tags: post.content.tags.iter().take(TAGS).cloned().collect(),
            audience: post.audience,
        }
    }

    /// Where a post stands that `by` passed on.
    pub(crate) fn passed_on(post: &Post, by: ActorId) -> Self {
        Self { by, is_shared: true, ..Self::of(post) }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A post is new in timelines.
    New(Whereabouts),
    /// A post says something else.
    Edited(Whereabouts),
    /// A post is gone.
    Gone(Whereabouts),
    /// What somebody passed on, as an entry with this number, is not passed on any more.
    TakenBack(Whereabouts, i64),
    /// Somebody was told something.
    Told(ActorId, NotificationId),
    /// Somebody follows others than before.
    Follows(ActorId),
    /// Tokens of somebody are not good any more.
    SignedOut(ActorId),
    /// The token with this hash is not good any more.
    Revoked(String),
    /// Somebody changed their filters.
    Filters(ActorId),
    /// There is an announcement.
    Announced(AnnouncementId),
    /// An announcement was taken back.
    Unannounced(AnnouncementId),
    /// So many people answer an announcement with this emoji now.
    Answered(AnnouncementId, String, i64),
    /// What was held back of somebody's notices is with the others now.
    Merged(ActorId),
}

impl Change {
    /// What open streams have to look at because of `event`.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Posted { post, old: false, .. } | Event::Restored { post, .. } => {
                Some(Self::New(Whereabouts::of(post)))
            }
            Event::Shared { post, by, .. } => Some(Self::New(Whereabouts::passed_on(post, *by))),
            Event::Edited { post, .. }
            | Event::Counted { post, .. }
            | Event::PollClosed { post }
            | Event::Requoted { post, .. }
            | Event::Transferred { post, .. }
            | Event::Course(Course::Grafted { post, .. }) => Some(Self::Edited(Whereabouts::of(post))),
            Event::Deleted(Deletion { post, .. }) | Event::Removed { post, .. } => {
                Some(Self::Gone(Whereabouts::of(post)))
            }
            Event::FollowAnswered { follow, accepted: true } | Event::Unfollowed { follow, .. } => {
                Some(Self::Follows(follow.follower))
            }
            Event::Suspended { person, on: true, .. } => Some(Self::SignedOut(*person)),
            Event::RoleChanged { person, .. } => Some(Self::Follows(*person)),
            _ => None,
        }
    }

    /// How the other processes that share the database are told.
    pub(crate) fn word(&self, by: Holder) -> Option<String> {
        let json = serde_json::to_string(self).ok()?;
        Some(format!("{WORD}{} {json}", by.0)).filter(|word| word.len() <= LONGEST)
    }

    /// What another process said, unless it was this one.
    pub(crate) fn heard(word: &str, me: Holder) -> Option<Self> {
        let (by, json) = word.strip_prefix(WORD)?.split_once(' ')?;
        if by.parse() == Ok(me.0) { None } else { serde_json::from_str(json).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_tell_one_another_and_not_themselves() {
        let change = Change::Gone(Whereabouts {
            post: PostId(4),
            by: ActorId(1),
            is_shared: false,
            group: Some(ActorId(2)),
            tags: vec!["año".into()],
            audience: Audience::Public,
        });
        let word = change.word(Holder(7)).unwrap();
        assert_eq!(Change::heard(&word, Holder(8)), Some(change));
        assert_eq!(Change::heard(&word, Holder(7)), None);
        for nonsense in ["jobs", "live", "live 8", "live 8 {}", "live x {}"] {
            assert_eq!(Change::heard(nonsense, Holder(7)), None, "{nonsense}");
        }
    }
}
