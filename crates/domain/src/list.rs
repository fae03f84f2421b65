//! Lists: people whom somebody reads apart from all others.
use crate::{
    actor::text_enum,
    id::{ActorId, ListId},
};

text_enum! {
    /// Which replies a list shows.
    Replies {
        /// None but those to their own author.
        Nobody = "none",
        /// Those to others in the list.
        Members = "list",
        /// Those to anybody whom the reader follows.
        Followed = "followed",
    }
}

/// A list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its number.
    pub id: ListId,
    /// Whose it is.
    pub owner: ActorId,
    /// What its owner calls it.
    pub title: String,
    /// Which replies it shows.
    pub replies: Replies,
    /// Whether those in it are read only there.
    pub apart: bool,
}
