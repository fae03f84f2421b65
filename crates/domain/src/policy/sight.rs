//! Who reads what, and who wants to.
use crate::post::{Audience, Post};

/// What a reader is to a post, all that [`see`] needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Regard {
    /// Wrote it.
    pub author: bool,
    /// Is mentioned in it.
    pub mentioned: bool,
    /// Keeps order in a group that is mentioned in it: what is written to a group is for its team.
    pub team: bool,
    /// Follows its author (accepted).
    pub follows_author: bool,
    /// Is an active member of its group.
    pub member: bool,
    /// Keeps order in its group.
    pub staff: bool,
    /// Is blocked by its author.
    pub blocked: bool,
    /// Lives on a server where its author, or its group, is suspended.
    pub suspended: bool,
}

/// Reading a post. `store::visible` is this function in SQL; a property test holds the two together.
pub fn see(post: &Post, reader: Regard) -> bool {
    if reader.suspended || post.deleted.is_some() || (post.removed.is_some() && !reader.author && !reader.staff) {
        return false;
    }
    // Nobody hides from those who keep order.
    if reader.blocked && !reader.staff {
        return false;
    }
    match post.audience {
        Audience::Public | Audience::Unlisted => true,
        Audience::Followers => reader.author || reader.mentioned || reader.team || reader.follows_author,
        Audience::Direct => reader.author || reader.mentioned || reader.team,
        Audience::Members => reader.member,
    }
}

/// Whom of those a post comes from its reader shuns, all that [`want`] needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shunned {
    /// Its author.
    pub author: bool,
    /// Its group.
    pub group: bool,
    /// Its author's server.
    pub host: bool,
}

/// Wanting to see a post where many are listed. `store::wanted` is this function in SQL; a property test holds the two
/// together.
pub fn want(shunned: Shunned) -> bool {
    !(shunned.author || shunned.group || shunned.host)
}

/// Whom a post is for: whom its author says, or else whom they usually write for; but without a word from them an answer is
/// for no wider circle than what it answers: to what is for followers, for one's own.
pub fn address(said: Option<Audience>, usual: Audience, parent: Option<&Post>) -> Audience {
    said.unwrap_or_else(|| parent.map_or(usual, |parent| usual.within(parent.audience)))
}
