//! Who may do what: the one place where it is decided, for local and remote people alike.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    charter::Founders,
    group::{GroupRules, Joining, MemberState, Reach, Role, Standing, Visibility},
    id::{ActorId, PostId},
    media::Media,
    pace,
    post::{Audience, Consent, DEPTH, Leave, Poll, Post, Quoting, Vote},
    statement::Statement,
    time::Timestamp,
};

mod sight;

pub use sight::{Regard, Shunned, address, see, want};

mod followers;

pub use followers::{apportion, attend, echo, solve};

mod team;

pub use team::{appoint, ban, hand_on, hand_over, hush, leave, set_reach, unhush, warn};

/// Why something is not allowed; the word is stable and may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    /// A ban is in force.
    #[error("banned from this group")]
    Banned,
    /// They read, and are kept from writing for a time.
    #[error("kept from writing in this group until {}", .0.to_utc())]
    Hushed(Timestamp),
    /// Only members may.
    #[error("only members may do this")]
    NotMember,
    /// Whom it is about has not come to the group, so that nothing there can be theirs yet.
    #[error("they have not joined this group: invite them first, or grant their request")]
    NotJoined,
    /// The group admits by invitation.
    #[error("this group admits by invitation")]
    InviteOnly,
    /// Whoever asks would read what is for members.
    #[error("a private group is entered by request or by invitation")]
    OpenDoor,
    /// Only those who keep order may.
    #[error("only moderators may do this")]
    NotStaff,
    /// They keep order or administer, and have no second step of signing in where that is asked for.
    #[error("whoever has this power first sets up a second step of signing in")]
    Unsecured,
    /// Only those who administer this server may.
    #[error("only admins may do this")]
    NotAdmin,
    /// Logins are not for everybody to make.
    #[error("this server takes nobody in at the moment, or by invitation only")]
    SignUpClosed,
    /// Only the author may.
    #[error("only the author may do this")]
    NotAuthor,
    /// The target's role is not below the actor's.
    #[error("their role does not allow it")]
    Rank,
    /// The thread is closed.
    #[error("the thread is locked")]
    Locked,
    /// Slow mode is on, and they have to wait for so long.
    #[error("slow mode is on here, and the next post can be written in {} min", pace::minutes(*.0))]
    Slow(Duration),
    /// It was deleted or removed.
    #[error("it is no longer there")]
    Gone,
    /// Only one side says so.
    #[error("the other side does not say so")]
    Unconfirmed,
    /// The time for it is over.
    #[error("it is too late")]
    TooLate,
    /// It is done once.
    #[error("it was done already")]
    Once,
    /// Somebody else has to look at it.
    #[error("whoever decided it does not look at it again")]
    OwnDecision,
    /// It was done not long ago.
    #[error("it is too soon")]
    TooSoon,
    /// Somebody is found under another id now.
    #[error("moved to another place")]
    Moved,
    /// A poll takes no more votes.
    #[error("the poll is closed")]
    Closed,
    /// A vote was cast already.
    #[error("a vote was cast already")]
    Voted,
    /// It is their own poll.
    #[error("nobody votes in their own poll")]
    OwnPoll,
    /// It is what they began themselves.
    #[error("it is your own")]
    Own,
    /// It is not open to everybody.
    #[error("it is not public")]
    NotPublic,
    /// One of the two blocks the other.
    #[error("one of you blocks the other")]
    Blocked,
    /// Its author does not let them.
    #[error("its author does not allow it")]
    NotLet,
    /// Only who follows them may.
    #[error("you do not follow them")]
    NotFollowing,
    /// It follows from something else and is not changed by itself.
    #[error("it cannot be changed")]
    Fixed,
}

/// May, or why not.
pub type Verdict<T = ()> = Result<T, Refusal>;

fn unless(refused: bool, why: Refusal) -> Verdict {
    if refused { Err(why) } else { Ok(()) }
}

/// Reading what is addressed to everybody in a group.
pub fn read(group: &GroupRules, who: &Standing) -> Verdict {
    unless(group.visibility == Visibility::Private && !who.is_member(), Refusal::NotMember)
}

/// Knowing that a group is there: everybody may, unless it is hidden. Then it is for those who are in, or were asked in.
pub fn know(group: &GroupRules, who: &Standing) -> Verdict {
    let is_expected = who.is_member() || who.waiting.is_some() || who.admin;
    unless(group.hidden && !is_expected, Refusal::NotMember)
}

/// Doing something for oneself about a group that one names by its number, as blocking it or writing down something about it,
/// or taking that back: for whoever may know that it is there, and for whoever has something of their own that is about it,
/// since they knew it then. What has become of it, and who is in it now, they do not learn by that.
pub fn acquaint(group: &GroupRules, who: &Standing, has_own: bool) -> Verdict {
    if has_own { Ok(()) } else { know(group, who) }
}

/// Where a new post would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On top, as a thread.
    Thread,
    /// Under another post.
    Reply {
        /// Whether that post or its thread is closed.
        locked: bool,
    },
}

/// Writing in a group; `wait` says for how long slow mode lets them wait, if they keep no order there.
pub fn post(group: &GroupRules, who: &Standing, place: Place, wait: Duration) -> Verdict {
    unless(who.banned, Refusal::Banned)?;
    unless(group.visibility != Visibility::Public && !who.is_member(), Refusal::NotMember)?;
    who.hushed.map_or(Ok(()), |until| Err(Refusal::Hushed(until)))?;
    match place {
        Place::Thread => unless(group.moderators_only && !who.is_staff(), Refusal::NotStaff)?,
        Place::Reply { locked } => unless(locked && !who.is_staff(), Refusal::Locked)?,
    }
    unless(!wait.is_zero() && !who.is_staff(), Refusal::Slow(wait))
}

/// Voting on a post; `group` is the one it stands in.
pub fn vote(group: Option<(&GroupRules, &Standing)>, post: &Post, _vote: Vote) -> Verdict {
    unless(!post.is_live(), Refusal::Gone)?;
    if let Some((group, who)) = group {
        unless(who.banned, Refusal::Banned)?;
        read(group, who)?;
    }
    Ok(())
}

/// Choosing in a poll that one may read; `group` is the one it stands in, `before` what one chose already.
pub fn choose(
    group: Option<(&GroupRules, &Standing)>,
    (post, poll): (&Post, &Poll),
    (who, before): (ActorId, &[usize]),
    now: Timestamp,
) -> Verdict {
    vote(group, post, Vote::Like)?;
    unless(post.author == who, Refusal::OwnPoll)?;
    unless(poll.is_closed(now), Refusal::Closed)?;
    unless(!poll.multiple && !before.is_empty(), Refusal::Voted)
}

/// What a request to follow a group brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The follow alone.
    Follow,
    /// The follow, and membership with it.
    FollowAndJoin,
    /// A request that a moderator answers.
    Ask,
}

/// Following a group. Where writing or reading needs membership, following is how people
/// elsewhere ask for it: their software knows no other way.
pub fn follow(group: &GroupRules, who: &Standing) -> Verdict<Admission> {
    unless(who.banned, Refusal::Banned)?;
    if who.is_member() {
        return Ok(Admission::Follow);
    }
    match (group.joining, group.visibility) {
        _ if who.waiting == Some(MemberState::Invited) => Ok(Admission::FollowAndJoin),
        (Joining::Approval, _) => Ok(Admission::Ask),
        (Joining::Open | Joining::Invite, Visibility::Public) | (Joining::Invite, Visibility::Restricted) => {
            Ok(Admission::Follow)
        }
        (Joining::Open, Visibility::Restricted | Visibility::Private) => Ok(Admission::FollowAndJoin),
        (Joining::Invite, Visibility::Private) => Err(Refusal::InviteOnly),
    }
}

/// Following a person, who may want to answer first; whoever is silenced here always asks.
pub fn befriend(approves: bool, silenced: bool, blocked: bool) -> Verdict<Admission> {
    unless(blocked, Refusal::Blocked)?;
    Ok(if approves || silenced { Admission::Ask } else { Admission::Follow })
}

/// Asking the author of a post for consent to something that one may do.
pub fn ask(post: &Post, blocked: bool) -> Verdict {
    unless(!post.is_live(), Refusal::Gone)?;
    unless(!post.audience.is_open(), Refusal::NotPublic)?;
    unless(blocked, Refusal::Blocked)
}

/// How something is done with what somebody elsewhere wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approach {
    /// At once.
    Freely,
    /// Once its author has said yes.
    Asking,
}

/// Doing something with a post as its author elsewhere lets others do it. Whom it mentions may always answer.
pub fn approach(post: &Post, what: Consent, who: ActorId, mentioned: bool) -> Verdict<Approach> {
    let leaves = post.content.leaves;
    let leave = match what {
        Consent::Reply => leaves.reply,
        Consent::Like => leaves.like,
        Consent::Share => leaves.share,
        Consent::Quote => Leave::Anybody,
    };
    let free = post.author == who || mentioned && what == Consent::Reply;
    match leave {
        _ if free => Ok(Approach::Freely),
        Leave::Anybody => Ok(Approach::Freely),
        Leave::Nobody if !mentioned => Err(Refusal::NotLet),
        Leave::Asked | Leave::Nobody => Ok(Approach::Asking),
    }
}

/// Pinning a post to one's own page, or unpinning it: one's own, and not what is for a few, or out of its group.
pub fn pin(post: &Post, who: ActorId, on: bool) -> Verdict {
    unless(post.author != who, Refusal::NotAuthor)?;
    unless(on && !post.is_live(), Refusal::Gone)?;
    unless(post.audience == Audience::Direct, Refusal::NotPublic)
}

/// Not wanting to read somebody: anybody but oneself.
pub fn shun(who: ActorId, target: ActorId) -> Verdict {
    unless(who == target, Refusal::Fixed)
}

/// Not wanting to read the people of a server: of any but one's own.
pub fn shun_host(own: bool) -> Verdict {
    unless(own, Refusal::Fixed)
}

/// Changing a list: none that follows from being a member of a group.
pub fn reshape(of_a_group: bool) -> Verdict {
    unless(of_a_group, Refusal::Fixed)
}

/// Recommending somebody, or putting them into a list of those whom one reads: only whom one follows.
pub fn gather(follows: bool) -> Verdict {
    unless(!follows, Refusal::NotFollowing)
}

/// Becoming a member; the answer is the state the membership starts in.
pub fn join(group: &GroupRules, who: &Standing) -> Verdict<MemberState> {
    unless(who.banned, Refusal::Banned)?;
    match group.joining {
        _ if who.is_member() || who.waiting == Some(MemberState::Invited) => Ok(MemberState::Active),
        Joining::Open => Ok(MemberState::Active),
        Joining::Approval => Ok(MemberState::Pending),
        Joining::Invite => Err(Refusal::InviteOnly),
    }
}

/// Becoming a member by a link that whoever keeps order made.
pub fn pass(who: &Standing) -> Verdict {
    unless(who.banned, Refusal::Banned)
}

/// Keeping order: removing and restoring posts, locking, pinning, answering requests, inviting, seeing and resolving reports.
pub fn moderate(who: &Standing) -> Verdict {
    unless(!(who.is_staff() || who.admin), Refusal::NotStaff)?;
    unless(who.unsecured, Refusal::Unsecured)
}

/// Whether the author of a post hears that somebody passed it on: of its own group nobody does, which passes on all of it.
pub fn hears_of_share(post: &Post, by: ActorId) -> bool {
    post.group != Some(by)
}

/// Appealing: once, in time, against what still holds.
pub fn appeal(statement: &Statement, before: bool, now: Timestamp) -> Verdict {
    unless(before, Refusal::Once)?;
    unless(statement.lifted.is_some(), Refusal::Gone)?;
    unless(now > statement.appealable(), Refusal::TooLate)
}

/// Deciding an appeal against a measure: never the one whom it concerns, and somebody else than whoever took it, where there
/// are `others`.
pub fn review(who: &Standing, person: ActorId, measure: &Statement, others: bool) -> Verdict {
    moderate(who)?;
    unless(person == measure.person || (person == measure.by && others), Refusal::OwnDecision)
}

/// Deciding about somebody on this whole server: suspending them, holding them back, signing them out, making them an admin, or taking that
/// back. Nobody does it to themselves, so that an admin is always left.
pub fn suspend(who: &Standing, oneself: bool) -> Verdict {
    administer(who)?;
    unless(oneself, Refusal::Rank)
}

/// Deciding which servers we deal with.
pub fn administer(who: &Standing) -> Verdict {
    unless(!who.admin, Refusal::NotAdmin)?;
    unless(who.unsecured, Refusal::Unsecured)
}

/// Reading a private thread for a while without being a member of its group, for a reason that its owner is told.
pub fn open(who: &Standing) -> Verdict {
    administer(who)
}

/// Creating a community here.
pub fn found(founders: Founders, admin: bool) -> Verdict {
    unless(founders == Founders::Admins && !admin, Refusal::NotAdmin)
}

/// Reporting what stands in a group to those who keep order there; bans keep nobody from it.
pub fn report(group: &GroupRules, who: &Standing) -> Verdict {
    read(group, who)
}

/// Deciding who reads and who comes in: what is private is not for whoever presses a button.
pub fn settle(visibility: Visibility, joining: Joining) -> Verdict {
    unless(visibility == Visibility::Private && joining == Joining::Open, Refusal::OpenDoor)
}

/// Hiding a group: only what is private is hidden, and only who is invited comes in, since nobody else finds its door.
pub fn hide(visibility: Visibility, joining: Joining) -> Verdict {
    unless(visibility != Visibility::Private || joining != Joining::Invite, Refusal::OpenDoor)
}

/// Changing what the group says of itself and its rules.
pub fn manage(who: &Standing) -> Verdict {
    unless(!(who.role >= Some(Role::Leader) || who.admin), Refusal::NotStaff)?;
    unless(who.unsecured, Refusal::Unsecured)
}

/// Changing what a post says.
pub fn edit(post: &Post, who: ActorId) -> Verdict {
    unless(post.deleted.is_some(), Refusal::Gone)?;
    unless(post.author != who, Refusal::NotAuthor)
}

/// Saying something else in a post that stands in a group: whoever may not write there at all does not do it by changing what is there.
pub fn reword(who: &Standing) -> Verdict {
    unless(who.banned, Refusal::Banned)?;
    who.hushed.map_or(Ok(()), |until| Err(Refusal::Hushed(until)))
}

/// Taking back that one deleted a post; what was deleted here is gone for good.
pub fn bring_back(post: &Post, who: ActorId) -> Verdict {
    unless(post.local, Refusal::Gone)?;
    unless(post.author != who, Refusal::NotAuthor)
}

/// Saying what others may do with a post: quote, answer, like or pass it on (FEP-044f, and GoToSocial's interaction policies).
pub fn consent(post: &Post, who: ActorId) -> Verdict {
    unless(post.author != who, Refusal::NotAuthor)
}

/// Deleting a post for good.
pub fn delete(post: &Post, who: ActorId) -> Verdict {
    unless(post.author != who, Refusal::NotAuthor)
}

/// Bringing pictures, films and sounds: whoever has a login here.
pub fn bring(has_login: bool) -> Verdict {
    unless(!has_login, Refusal::NotMember)
}

/// Describing, showing and throwing away what somebody brought.
pub fn handle_media(media: &Media, who: ActorId) -> Verdict {
    unless(media.owner != who, Refusal::NotAuthor)
}

/// Removing a post from its group, or restoring it.
pub fn remove(post: &Post, who: &Standing) -> Verdict {
    moderate(who)?;
    unless(post.deleted.is_some(), Refusal::Gone)
}

/// Moving a thread from its group to another one: whoever keeps order in both, and what everybody reads alone, so that
/// nothing is shown by it, or hidden.
pub fn transfer(post: &Post, (from, here): (&GroupRules, &Standing), (to, there): (&GroupRules, &Standing)) -> Verdict {
    moderate(here)?;
    moderate(there)?;
    unless([from, to].iter().any(|group| group.visibility == Visibility::Private), Refusal::NotPublic)?;
    unless(!post.is_live(), Refusal::Gone)
}

/// Making a reply a thread of its own, or putting a thread with the `height` levels below it under another post of its group:
/// whoever keeps order there. What stays at home does not leave by it.
pub fn graft(group: &GroupRules, post: &Post, under: Option<&Post>, height: i32, who: &Standing) -> Verdict {
    moderate(who)?;
    unless(!post.is_live(), Refusal::Gone)?;
    let leaves = |root| confide_in(group, root).is_ok();
    unless(leaves(post.root) != leaves(under.map_or(post.id, |under| under.root)), Refusal::NotPublic)?;
    let Some(under) = under else { return unless(post.is_thread(), Refusal::Once) };
    unless(!post.is_thread(), Refusal::Fixed)?;
    unless(under.group != post.group, Refusal::NotStaff)?;
    // Nothing stands below itself, and a thread that is too deep has no more room.
    let is_within = under.root == post.id || under.id == post.id;
    unless(is_within || under.depth.saturating_add(height) >= DEPTH, Refusal::Fixed)
}

/// Passing a post on to the followers of its group: what its author made public, or what is for members, to them.
pub fn announce(group: &GroupRules, post: &Post) -> Verdict {
    unless(!post.is_live(), Refusal::Gone)?;
    match group.visibility {
        Visibility::Private => confide_in(group, post.root),
        Visibility::Public | Visibility::Restricted => unless(!post.audience.is_open(), Refusal::NotPublic),
    }
}

/// Telling the servers of members elsewhere what happens in a group. From a private one it goes no further than to them.
pub fn confide(group: &GroupRules) -> Verdict {
    unless(group.visibility == Visibility::Private && group.reach == Reach::Home, Refusal::NotPublic)
}

/// The same of one thread: what began when nothing was to leave the group stays where it is.
pub fn confide_in(group: &GroupRules, root: PostId) -> Verdict {
    confide(group)?;
    unless(root < group.confides_from, Refusal::NotPublic)
}

/// Following an actor to another id: both must say that they are the same, and neither may have moved lately, or
/// followers could be led around.
pub fn relocate(confirmed: bool, rested: bool) -> Verdict {
    unless(!confirmed, Refusal::Unconfirmed)?;
    unless(!rested, Refusal::TooSoon)
}

/// Quoting a post: what everybody may read may be quoted by those whom its author lets, and what is for few by its
/// author alone. `follows` says whether `who` follows the author.
pub fn quote(post: &Post, who: ActorId, follows: bool) -> Verdict {
    unless(!post.is_live(), Refusal::Gone)?;
    if post.author == who {
        return Ok(());
    }
    unless(!post.audience.is_open(), Refusal::NotPublic)?;
    match post.content.quoting {
        Quoting::Anybody => Ok(()),
        Quoting::Followers => unless(!follows, Refusal::NotFollowing),
        Quoting::Nobody => Err(Refusal::NotAuthor),
    }
}

#[cfg(test)]
mod tests;
