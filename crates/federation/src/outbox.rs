//! What leaves this server: for every event the activities it gives rise to, each rendered once, for each server in the
//! form it understands.
//!
//! In short: groups get what happened in a group, wrapped by it (`Announce` of an activity); people get the threads of a
//! group, passed on (`Announce` of an id), and everything else from its author.
mod actors;
mod chats;
mod follows;
mod grafts;
mod groups;
mod moderation;
mod polls;
mod posts;
mod quotes;
mod received;
mod reports;
mod send;
mod shares;
mod shuns;
#[cfg(test)]
pub(crate) mod tests;
mod transfers;
mod votes;

use app::{Course, Event, Outbox, Result, Tx};

/// Tells other servers, by ActivityPub.
#[derive(Debug, Clone, Copy, Default)]
pub struct FederationOutbox;

impl Outbox for FederationOutbox {
    fn emit(&self, tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
        match event {
            Event::Posted { post, old: false, cause } => {
                posts::posted(tx, post, *cause)?;
                quotes::posted(tx, post)
            }
            Event::Counted { post, cause: None } | Event::PollClosed { post } => polls::counted(tx, post),
            Event::Edited { post, cause } | Event::Counted { post, cause } | Event::Requoted { post, cause } => {
                posts::edited(tx, post, *cause)
            }
            Event::Deleted(deletion) => posts::deleted(tx, deletion),
            Event::Removed { post, by, grounds, cause, .. } => {
                moderation::removed(tx, post, *by, &grounds.reason, *cause)
            }
            Event::Restored { post, by, reason, cause } => moderation::restored(tx, post, *by, reason, *cause),
            Event::Locked { post, by, on, grounds, cause, .. } => {
                moderation::locked(tx, post, *by, *on, &grounds.reason, *cause)
            }
            Event::Featured { post, by, on, cause } => moderation::featured(tx, post, *by, *on, *cause),
            Event::Transferred { post, from, by, reason, cause } => {
                transfers::transferred(tx, post, *from, (*by, reason), *cause)
            }
            Event::Course(Course::Grafted { post, from, by, reason, cause }) => {
                grafts::grafted(tx, post, *from, (*by, reason), *cause)
            }
            Event::RoleChanged { group, person, by, from, to, cause } => {
                moderation::role_changed(tx, (*group, *person), *by, (*from, *to), *cause)
            }
            Event::Banned { group, person, by, until, clean, grounds, cause, .. } => {
                moderation::banned(tx, (*group, *person), *by, (&grounds.reason, *until, *clean), *cause)
            }
            Event::Unbanned { group, person, by, cause } => moderation::unbanned(tx, (*group, *person), *by, *cause),
            Event::Pinned { post, on } => actors::pinned(tx, post, *on),
            Event::Voted { post, voter, vote, activity_uri, cause } => {
                votes::voted(tx, post, (*voter, *vote), activity_uri, *cause)
            }
            Event::Unvoted { post, voter, vote, activity_uri, cause } => {
                votes::unvoted(tx, post, (*voter, *vote), activity_uri, *cause)
            }
            Event::Chosen { post, voter, choices } => polls::chosen(tx, post, *voter, choices),
            Event::ConsentAnswered { post, by, request, stamp } => {
                quotes::answered(tx, post, *by, request, stamp.as_deref())
            }
            Event::AssentAsked { post } => posts::asked(tx, post),
            Event::QuoteRevoked { quoted, quoting, stamp } => quotes::revoked(tx, quoted, quoting, stamp),
            Event::Shared { post, by, activity_uri, .. } => shares::shared(tx, post, *by, activity_uri),
            Event::Unshared { post, by, activity_uri, .. } => shares::unshared(tx, post, *by, activity_uri),
            Event::FollowAsked { follow } => follows::asked(tx, follow),
            Event::FollowAnswered { follow, accepted } => follows::answered(tx, follow, *accepted),
            Event::Unfollowed { follow, by } => follows::ended(tx, follow, *by),
            Event::Blocked { shun, .. } => shuns::blocked(tx, shun),
            Event::Unblocked { shun, .. } => shuns::unblocked(tx, shun),
            Event::ProfileChanged { actor, by } => actors::changed(tx, actor, *by),
            Event::Suspended { person, on, .. } => actors::suspended(tx, *person, *on),
            Event::Moved { actor, target, .. } => actors::moved(tx, actor, target),
            Event::ActorDeleted { actor } => actors::deleted(tx, actor),
            Event::Reported { report, reach } => reports::filed(tx, report, *reach),
            Event::Warned { group, person, by, post: Some(post), grounds, .. } => {
                groups::warned(tx, (*group, *person), *by, post, &grounds.reason)
            }
            Event::Invited { group, person, by } => groups::invited(tx, *group, *person, *by),
            Event::InvitationAnswered { group, person, activity, accepted } => {
                groups::invitation_answered(tx, (*group, *person), activity, *accepted)
            }
            Event::PostRefused { group, author, attempt } => groups::refused(tx, *group, *author, attempt),
            Event::Posted { old: true, .. }
            | Event::Quoted { .. }
            | Event::Helped(_)
            | Event::Warned { post: None, .. }
            | Event::BylawsChanged { .. }
            | Event::Held { .. }
            | Event::Admitted { .. }
            | Event::Refused { .. }
            | Event::ScreenChanged { .. }
            | Event::Course(
                Course::Paced { .. } | Course::Hushed { .. } | Course::Unheard { .. } | Course::Opened { .. },
            )
            | Event::House(_)
            | Event::Stated { .. }
            | Event::Appealed { .. }
            | Event::AppealDecided { .. }
            | Event::GroupCreated { .. }
            | Event::JoinAsked { .. }
            | Event::ReportHandedOn(_)
            | Event::ReportResolved { .. }
            | Event::Withdrawn { .. }
            | Event::SignedUp(_)
            | Event::Severed(_)
            | Event::TiesLost(_) => Ok(()),
        }
    }
}
