//! Tells people here what concerns them; hangs on events, in their transaction.
use domain::{
    id::{ActorId, NotificationId},
    post::{FollowState, Post, Vote},
    rule::Regard,
};

use crate::{Event, Result, Tx, notes, reports};

/// What a notification is about; the word is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// They were mentioned, or replied to.
    Mention,
    /// Somebody follows them.
    Follow,
    /// Somebody asks to follow them, or to follow or join a group they keep order in.
    FollowRequest,
    /// Somebody they want to hear of wrote something.
    Status,
    /// Somebody likes their post.
    Favourite,
    /// Somebody passed their post on.
    Reblog,
    /// A poll is closed in which they voted, or which is theirs.
    Poll,
    /// Somebody reports something that they have to see to.
    Report,
}

impl Kind {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::Status => "status",
            Self::Favourite => "favourite",
            Self::Reblog => "reblog",
            Self::Poll => "poll",
            Self::Report => store::notifications::REPORT,
        }
    }
}

/// Records whom `event` concerns.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    match event {
        Event::Posted { post, .. } => posted(tx, post),
        Event::Voted { post, voter, vote: Vote::Like, .. } => {
            tell(tx, &[post.author], Kind::Favourite, *voter, Some(post.id.0))
        }
        Event::Shared { post, by, .. } => tell(tx, &[post.author], Kind::Reblog, *by, Some(post.id.0)),
        Event::FollowAsked { follow } => {
            let mut answerers = staff(tx, follow.target)?;
            answerers.push(follow.target);
            tell(tx, &answerers, Kind::FollowRequest, follow.follower, None)
        }
        Event::JoinAsked { group, person } => {
            let answerers = staff(tx, *group)?;
            tell(tx, &answerers, Kind::FollowRequest, *person, None)
        }
        Event::FollowAnswered { follow, accepted: true } if follow.state == FollowState::Accepted => {
            tell(tx, &[follow.target], Kind::Follow, follow.follower, None)
        }
        Event::Reported { report } => {
            let desk = reports::desk(tx, report)?;
            tell(tx, &desk, Kind::Report, report.reporter, Some(report.id.0))
        }
        Event::PollClosed { post } => {
            let mut concerned = store::polls::voters(tx, post.id)?;
            concerned.push(post.author);
            tell(tx, &concerned, Kind::Poll, post.author, Some(post.id.0))
        }
        Event::Deleted { post, .. } => Ok(store::notifications::remove_post(tx, post.id)?),
        _ => Ok(()),
    }
}

fn staff(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<Vec<ActorId>> {
    Ok(store::groups::staff(tx, group)?.iter().map(|member| member.person).collect())
}

fn posted(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    // Who may not read it does not hear of it.
    let mut readers = Vec::new();
    for person in store::accounts::concerned_by(tx, post.id, post.parent)? {
        if store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Mention, post.author, Some(post.id.0))?;
    awaited(tx, post, &readers)
}

/// Tells those who want to hear of each post of its author, but not of replies, and nobody twice.
fn awaited(tx: &mut Tx<'_, '_>, post: &Post, told: &[ActorId]) -> Result<()> {
    if post.parent.is_some() {
        return Ok(());
    }
    let mut waiting = store::follows::to_notify(tx, post.author)?;
    if let Some(group) = post.group {
        waiting.extend(store::follows::to_notify(tx, group)?);
    }
    waiting.sort_unstable();
    waiting.dedup();
    let mut readers = Vec::new();
    for person in waiting.into_iter().filter(|person| !told.contains(person)) {
        if store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Status, post.author, Some(post.id.0))
}

fn tell(tx: &mut Tx<'_, '_>, whom: &[ActorId], kind: Kind, by: ActorId, about: Option<i64>) -> Result<()> {
    if whom.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let accounts = store::accounts::among(tx, whom)?;
    // Whoever is silenced is heard only by those who follow them, and by those who answer for others.
    let hushed = kind != Kind::Report && !accounts.is_empty() && is_silenced(tx, by)?;
    for account in accounts {
        let wanted = kind == Kind::Report || !store::shuns::hushes(tx, account, by)?;
        let told = wanted && (account != by || kind == Kind::Poll);
        if told && (!hushed || notes::is_following(tx, account, by)?) {
            let id: NotificationId = tx.new_id();
            store::notifications::insert(tx, id, account, kind.as_str(), by, about, now)?;
        }
    }
    Ok(())
}

/// Whether an actor lives on a server that is silenced; asked of the database only if any is.
fn is_silenced(tx: &mut Tx<'_, '_>, actor: ActorId) -> Result<bool> {
    if !tx.rules().book().silences() {
        return Ok(false);
    }
    let actor = store::actors::by_id(tx, actor)?;
    Ok(actor.is_some_and(|actor| !actor.is_local() && tx.rules().regard(&actor.uri) == Regard::Silenced))
}
