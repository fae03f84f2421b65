//! What those who keep order change about the course of conversations.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId, StatementId},
    post::Post,
    time::Timestamp,
};

use crate::Cause;

/// What changed, and who did it.
#[derive(Debug, Clone)]
pub enum Course {
    /// Slow mode was turned on or off, in a group here or in a thread of it.
    Paced {
        /// The group.
        group: ActorId,
        /// The first post of the thread, if it is on in that alone.
        post: Option<Arc<Post>>,
        /// Who did it.
        by: ActorId,
        /// How much time passes between two posts of somebody; none, if it is off.
        span: Duration,
        /// Why.
        reason: String,
    },
    /// An admin who is no member opened a private thread, to read it for a while.
    Opened {
        /// The group.
        group: ActorId,
        /// Its first post.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
    },
    /// Somebody is kept from writing in a group here for a time, or may write there again.
    Hushed {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// Until when; nothing, if they may write again.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
        /// What whom it concerns was told, if they were.
        statement: Option<StatementId>,
    },
    /// Nobody answered a thread for a day, in a group whose team wants to be told.
    Unheard {
        /// Its first post.
        post: Arc<Post>,
    },
    /// A reply with all below it became a thread of its own, or a thread became a reply in another one.
    Grafted {
        /// The post, where it stands now.
        post: Arc<Post>,
        /// The first post of the thread in which it stood.
        from: PostId,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
        /// Where it came from.
        cause: Cause,
    },
}
