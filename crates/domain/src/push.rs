//! Push: of whose deeds a client hears while nobody looks at it.
use crate::actor::text_enum;

text_enum! {
    /// Whose deeds wake a client.
    Circle {
        /// Everybody's.
        All = "all",
        /// Of those whom one follows.
        Followed = "followed",
        /// Of those who follow one.
        Follower = "follower",
        /// Nobody's.
        None = "none",
    }
}
