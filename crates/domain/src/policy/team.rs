//! What those decide who keep order in a group or own it, about its people and about the group as a whole.
use super::{Refusal, Verdict, moderate, unless};
use crate::group::{Role, Standing};

/// Warning `target` in the name of the group: whoever may put somebody out may say so before.
pub fn warn(who: &Standing, target: &Standing) -> Verdict {
    ban(who, target)
}

/// Keeping `target` from writing in the group for a time: whoever may put somebody out may do less. Who is out writes nothing anyway.
pub fn hush(who: &Standing, target: &Standing) -> Verdict {
    ban(who, target)?;
    unless(target.banned, Refusal::Once)
}

/// Letting `target` write again before the time is over: whoever may keep them from it, and nobody does it for themselves.
pub fn unhush(who: &Standing, target: &Standing, oneself: bool) -> Verdict {
    ban(who, target)?;
    unless(oneself, Refusal::Rank)
}

/// Banning `target` or lifting a ban.
pub fn ban(who: &Standing, target: &Standing) -> Verdict {
    moderate(who)?;
    unless(target.role >= who.role && target.is_staff() && !who.admin, Refusal::Rank)?;
    unless(target.role == Some(Role::Owner), Refusal::Rank)
}

/// Giving `target` the role `role`, or with `None` ending the membership; leaving oneself is [`leave`]. Nobody gets one who has
/// not come by themselves: whoever is outside is invited. People elsewhere come to a group that is open to all by following it.
pub fn appoint(who: &Standing, target: &Standing, role: Option<Role>) -> Verdict {
    if role.is_none() {
        // Whoever may keep somebody out for good may put them out for once.
        return ban(who, target);
    }
    let mine = if who.admin { Some(Role::Owner) } else { who.role };
    unless(mine < Some(Role::Leader), Refusal::NotStaff)?;
    unless(who.unsecured, Refusal::Unsecured)?;
    unless(target.role == Some(Role::Owner), Refusal::Rank)?;
    // An owner may name equals; everybody else deals with those below them only.
    let owner = mine == Some(Role::Owner);
    unless(!owner && (target.role >= mine || role >= mine), Refusal::Rank)?;
    unless(target.banned, Refusal::Banned)?;
    unless(!target.is_member() && !target.follows, Refusal::NotJoined)
}

/// Ending one's own membership; a group never loses its owner.
pub fn leave(who: &Standing) -> Verdict {
    unless(who.role == Some(Role::Owner), Refusal::Rank)
}

/// Moving a group away: what becomes of it is for whoever it belongs to.
pub fn hand_over(who: &Standing) -> Verdict {
    unless(!(who.role == Some(Role::Owner) || who.admin), Refusal::NotStaff)?;
    unless(who.unsecured, Refusal::Unsecured)
}

/// Giving a group to `target`, one of its members.
pub fn hand_on(who: &Standing, target: &Standing) -> Verdict {
    hand_over(who)?;
    unless(!target.is_member(), Refusal::NotMember)
}

/// Deciding how far what is written in a private group may go: whoever it belongs to answers for that.
pub fn set_reach(who: &Standing) -> Verdict {
    hand_over(who)
}
