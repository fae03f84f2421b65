//! Identifiers: 64-bit numbers ordered by time, one type per noun.
use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How many low bits of an id are not time.
pub const SEQUENCE_BITS: u32 = 16;

/// The id of something that came to be at `at`; `sequence` tells apart what shares a millisecond.
pub fn at(at: Timestamp, sequence: u16) -> i64 {
    (at.0.max(0) << SEQUENCE_BITS) | i64::from(sequence)
}

/// The moment for which an id was made.
pub fn time(id: i64) -> Timestamp {
    Timestamp(id >> SEQUENCE_BITS)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The moment this id was made for.
            pub fn timestamp(self) -> Timestamp {
                time(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(s: &str) -> Result<Self, ParseIntError> {
                s.parse().map(Self)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }
    )*};
}

ids! {
    /// A person, a group or the server's own actor: whatever has a name, an inbox and keys.
    ActorId
    /// A post; a reply is a post with a parent.
    PostId
    /// A secret address of a feed.
    FeedKeyId
    /// An activity this server sends.
    ActivityId
    /// An activity this server received and stored.
    ReceivedId
    /// A picture, film or sound of ours.
    MediaId
    /// A custom emoji.
    EmojiId
    /// Another server.
    PeerId
    /// A piece of background work.
    JobId
    /// A notification of a person here.
    NotificationId
    /// An entry of the moderation log.
    LogEntryId
    /// How long somebody waited for an answer.
    WaitId
    /// A report of something wrong.
    ReportId
    /// What somebody is told of a measure that concerns them.
    StatementId
    /// Follows that somebody lost at once.
    SeveranceId
    /// What says that somebody here agrees to be quoted.
    StampId
    /// An application that people use their login from.
    AppId
    /// A browser that is signed in.
    SessionId
    /// What lets a login in without a password.
    PasskeyId
    /// As whom the provider of an organization knows somebody.
    IdentityId
    /// A link that lets people sign up.
    InvitationId
    /// Something to be published later.
    ScheduledId
    /// A thread of direct messages, as one of those who take part sees it.
    ConversationId
    /// What those who run the server tell everybody.
    AnnouncementId
    /// What keeps somebody from signing up.
    BarId
    /// What the server asks of everybody who has a login here.
    HouseRuleId
    /// A list of people.
    ListId
    /// A filter of a reader, or a part of one.
    FilterId
    /// A page to which posts link.
    CardId
    /// A hashtag that a person follows or shows on their page.
    TagId
    /// That somebody follows, likes or shuns somebody or something; lists of those who do are paged by it.
    TieId
}

impl PostId {
    /// How far numbers of posts lie apart. Clients know the sharing of a post as a post of its own: the number right
    /// after that of a post is the post as its group passes it on, the one in the middle between two a person's share.
    pub const STEP: i64 = 4;

    /// The number of a post at `number`, or right before it.
    pub const fn at_or_before(number: i64) -> Self {
        Self(number & !(Self::STEP - 1))
    }

    /// This post as its group passes it on.
    pub const fn passed_on(self) -> i64 {
        self.0 | 1
    }
}

impl NotificationId {
    /// How far numbers of notices lie apart. They stand as numbers in what wakes clients, and scripts keep 53 bits of a
    /// number and write 17 digits of it: what is a multiple of this and less than 2⁵⁸ (until 2109) they keep and write whole.
    pub const STEP: i64 = 160;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_give_it_back() {
        let (a, b) = (PostId(at(Timestamp(1_000), u16::MAX)), PostId(at(Timestamp(1_001), 0)));
        assert!(a < b);
        assert_eq!(a.timestamp(), Timestamp(1_000));
        assert_eq!("42".parse(), Ok(PostId(42)));
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "that is what scripts do")]
    fn scripts_keep_the_numbers_of_notices() {
        // Rust writes the shortest digits that lead back to the same number, as scripts do.
        let script = |id: i64| format!("{}", id as f64);
        let start = at(Timestamp(1_795_360_028_007), 0);
        let ids = (start..start + 200_000).filter(|id| id % NotificationId::STEP == 0);
        for id in ids.chain([at(Timestamp(4_000_000_000_000), 0) / 160 * 160]) {
            assert_eq!(script(id), id.to_string());
        }
        assert_ne!(script(start + 1), (start + 1).to_string());
    }

    #[test]
    fn between_two_posts_there_is_room_for_their_shares() {
        let post = PostId(2 * PostId::STEP);
        let next = PostId(post.0 + PostId::STEP);
        let (passed_on, share) = (post.passed_on(), post.0 + PostId::STEP / 2);
        assert!(post.0 < passed_on && passed_on < share && share < next.0);
        assert!([post.0, passed_on, share, next.0 - 1].iter().all(|number| PostId::at_or_before(*number) == post));
    }
}
