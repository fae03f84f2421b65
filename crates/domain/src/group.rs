//! Groups: communities with rules about who reads, who writes and how one joins.
use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    id::{ActorId, PostId},
    time::Timestamp,
};

text_enum! {
    /// Who reads and who writes.
    Visibility {
        /// Everybody reads, everybody may write.
        Public = "public",
        /// Everybody reads, members write.
        Restricted = "restricted",
        /// Only members read and write.
        Private = "private",
    }
}

text_enum! {
    /// How one becomes a member.
    Joining {
        /// By asking: the answer is yes.
        Open = "open",
        /// By asking: a moderator answers.
        Approval = "approval",
        /// By invitation.
        Invite = "invite",
    }
}

text_enum! {
    /// How far what is written in a private group may go.
    Reach {
        /// Nowhere: who lives elsewhere reads it here.
        Home = "home",
        /// To the servers of members whose software keeps it among members; their admins can read it.
        Trusted = "trusted",
    }
}

/// The rules of a group; remote groups have them too, as far as their documents tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRules {
    /// The group.
    pub id: ActorId,
    /// Who reads and who writes.
    pub visibility: Visibility,
    /// How one becomes a member.
    pub joining: Joining,
    /// Whether only moderators start threads.
    pub moderators_only: bool,
    /// How far what is written in it may go if it is private.
    pub reach: Reach,
    /// But threads that began before this one stay home all the same.
    pub confides_from: PostId,
    /// Whether nobody learns that it is there who was not let in; of private groups alone.
    #[serde(default)]
    pub hidden: bool,
}

text_enum! {
    /// What a member may do, from the least to the most.
    Role {
        /// Takes part.
        Member = "member",
        /// Knows the matter: sees to what nobody answers, and says which reply does. Has no power over others.
        Expert = "expert",
        /// Keeps order: removes, locks, bans, admits.
        Moderator = "moderator",
        /// Leads: names moderators, changes texts.
        Leader = "leader",
        /// Owns: everything, and cannot be removed by others.
        Owner = "owner",
    }
}

text_enum! {
    /// How far a membership has come.
    MemberState {
        /// Asked by a moderator, has not answered.
        Invited = "invited",
        /// Has asked, waits for an answer.
        Pending = "pending",
        /// Is in.
        Active = "active",
    }
}

/// A membership: our own record, apart from any follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The group.
    pub group: ActorId,
    /// The person, here or elsewhere.
    pub person: ActorId,
    /// What they may do.
    pub role: Role,
    /// How far it has come.
    pub state: MemberState,
    /// Since when it is so.
    pub since: Timestamp,
}

/// What a person is to a group, all that policy needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Standing {
    /// The role of an active member.
    pub role: Option<Role>,
    /// A membership that is not active yet.
    pub waiting: Option<MemberState>,
    /// Whether they follow (accepted).
    pub follows: bool,
    /// Whether a ban is in force.
    pub banned: bool,
    /// Until when they are kept from writing, if they are.
    pub hushed: Option<Timestamp>,
    /// Whether they administer this server.
    pub admin: bool,
    /// Whether they have power, and not the second step of signing in that is asked of those who do.
    pub unsecured: bool,
}

impl Standing {
    /// Whether they are an active member.
    pub fn is_member(&self) -> bool {
        self.role.is_some()
    }

    /// Whether they see to it that others are answered.
    pub fn is_expert(&self) -> bool {
        self.role == Some(Role::Expert)
    }

    /// Whether they keep order here.
    pub fn is_staff(&self) -> bool {
        self.role >= Some(Role::Moderator)
    }
}
