//! Who may make a login on a server.
use crate::actor::text_enum;

text_enum! {
    /// Who may make a login here.
    Registration {
        /// Anyone.
        Open = "open",
        /// Anyone whom an admin approves.
        Approval = "approval",
        /// Whoever is invited.
        Invite = "invite",
        /// Nobody.
        Closed = "closed",
    }
}
