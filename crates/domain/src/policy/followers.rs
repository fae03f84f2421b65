//! What those decide who follow a group or ask something in it, beside writing and voting.
use super::{Refusal, Verdict, moderate, read, unless};
use crate::{
    group::{GroupRules, Standing},
    id::ActorId,
    post::Post,
};

/// Saying that the same happens to one as to whoever began a thread, in the group it stands in.
pub fn echo((group, who): (&GroupRules, &Standing), thread: &Post, person: ActorId) -> Verdict {
    unless(!thread.is_live(), Refusal::Gone)?;
    unless(thread.author == person, Refusal::Own)?;
    unless(who.banned, Refusal::Banned)?;
    read(group, who)
}

/// Saying which reply answers a thread, or that none does: for whoever began it, and for those who see to it that others are
/// answered.
pub fn solve(thread: &Post, reply: &Post, person: ActorId, who: &Standing) -> Verdict {
    unless(!thread.is_live() || !reply.is_live(), Refusal::Gone)?;
    unless(who.banned, Refusal::Banned)?;
    unless(thread.author != person && attend(who).is_err(), Refusal::NotAuthor)
}

/// Seeing to it that others are answered: what nobody answered is listed for experts and those who keep order, and they are told.
pub fn attend(who: &Standing) -> Verdict {
    if who.is_expert() { Ok(()) } else { moderate(who) }
}

/// Saying how much of a group one wants to get: whoever follows it.
pub fn apportion(follows: bool) -> Verdict {
    unless(!follows, Refusal::NotFollowing)
}
