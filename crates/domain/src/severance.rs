//! Follows that people lose at once, because a whole server or an account is blocked.
use crate::{
    actor::text_enum,
    id::{ActorId, SeveranceId},
    time::Timestamp,
};

text_enum! {
    /// Why follows ended.
    Cut {
        /// Those who run this server deal no more with the other one.
        Server = "domain_block",
        /// The person themselves shuns the other server.
        Shunned = "user_domain_block",
        /// Those who run this server suspended the other account.
        Account = "account_suspension",
    }
}

/// What one person lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severance {
    /// Its number.
    pub id: SeveranceId,
    /// Who lost it.
    pub person: ActorId,
    /// Why.
    pub cause: Cut,
    /// The host, or the handle, that it is about.
    pub target: String,
    /// How many who followed them do so no more.
    pub followers: i64,
    /// How many they do not follow any more.
    pub following: i64,
    /// When.
    pub created: Timestamp,
}
