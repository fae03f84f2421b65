//! Notices: what of others a person here wants to be told.
use serde::{Deserialize, Serialize};

use crate::actor::text_enum;

text_enum! {
    /// What becomes of a notice, from the least to the most.
    Handling {
        /// The person is told.
        Accept = "accept",
        /// It is held back until they ask for it.
        Filter = "filter",
        /// They are not told.
        Drop = "drop",
    }
}

text_enum! {
    /// How much one wants to be told of a community, or of one conversation.
    Level {
        /// Of everything: each new thread, each reply.
        All = "all",
        /// Of what concerns oneself: mentions, and replies to what one wrote.
        Mine = "mine",
        /// Of nothing.
        Nothing = "none",
    }
}

text_enum! {
    /// What one may want a letter about at once.
    Subject {
        /// That one was mentioned, or replied to.
        Replies = "replies",
        /// That somebody asks to follow one, or to join a community in which one keeps order.
        Requests = "requests",
        /// What comes to those who keep order: reports, appeals, and posts that wait.
        Reports = "reports",
    }
}

/// What becomes of the notices of strangers of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Those whom one does not follow.
    pub not_following: Handling,
    /// Those who do not follow one.
    pub not_followers: Handling,
    /// Those whose account is young.
    pub new_accounts: Handling,
    /// Those who write to one alone, unasked.
    pub private_mentions: Handling,
    /// Those who are silenced here, or whose server is.
    pub limited_accounts: Handling,
}

impl Default for Wishes {
    /// Of those who are silenced, one hears only from those whom one follows.
    fn default() -> Self {
        let accept = Handling::Accept;
        Self {
            not_following: accept,
            not_followers: accept,
            new_accounts: accept,
            private_mentions: accept,
            limited_accounts: Handling::Drop,
        }
    }
}

/// What whoever caused a notice is to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Teller {
    /// The person follows them.
    pub followed: bool,
    /// They follow the person.
    pub follower: bool,
    /// Their account is young.
    pub young: bool,
    /// They wrote to the person alone, unasked.
    pub private: bool,
    /// They are silenced, or their server is.
    pub limited: bool,
    /// The person wants to hear of them all the same.
    pub permitted: bool,
}

impl Wishes {
    /// What becomes of a notice.
    pub fn weigh(&self, teller: Teller) -> Handling {
        if teller.permitted {
            return Handling::Accept;
        }
        let unknown = !teller.followed;
        let cases = [
            (unknown, self.not_following),
            (!teller.follower, self.not_followers),
            (unknown && teller.young, self.new_accounts),
            (unknown && teller.private, self.private_mentions),
            (unknown && teller.limited, self.limited_accounts),
        ];
        cases.into_iter().filter(|(holds, _)| *holds).map(|(_, handling)| handling).max().unwrap_or(Handling::Accept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_wish_that_holds_counts() {
        let wishes = Wishes { not_followers: Handling::Filter, private_mentions: Handling::Drop, ..Wishes::default() };
        let stranger = Teller::default();
        assert_eq!(wishes.weigh(stranger), Handling::Filter);
        assert_eq!(wishes.weigh(Teller { follower: true, ..stranger }), Handling::Accept);
        assert_eq!(wishes.weigh(Teller { private: true, ..stranger }), Handling::Drop);
        assert_eq!(wishes.weigh(Teller { private: true, followed: true, ..stranger }), Handling::Filter);
        assert_eq!(wishes.weigh(Teller { private: true, permitted: true, ..stranger }), Handling::Accept);
        assert_eq!(Wishes::default().weigh(Teller { limited: true, ..stranger }), Handling::Drop);
        assert_eq!(Wishes::default().weigh(Teller { limited: true, followed: true, ..stranger }), Handling::Accept);
    }
}
