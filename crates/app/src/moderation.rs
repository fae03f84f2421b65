//! Keeping order in a group: removing, closing, pinning, banning; by people here or elsewhere.
use std::{sync::Arc, time::Duration};

use domain::{
    actor::Restraint,
    group::Standing,
    id::{ActivityId, ActorId, LogEntryId, PostId, StatementId},
    pace::Lane,
    peer::heeds_warnings,
    policy,
    post::Post,
    statement::{Grounds, Sanction, Statement},
    text::{markdown, plain},
};
use store::{
    forestalled::Foretold,
    posts::{Count, Mark},
};

use crate::{
    App, Cause, Error, Event, Me, Result, Tx, follows, grafts, groups, held, messages, paces, posts, reports,
    restraints, statements, suspensions, tongues::Tongue, transfers,
};

mod bans;
mod hushes;

pub(crate) use bans::{BRING_BACK, CLEAN, bring_back, clean};
pub use bans::{NewBan, ban, receive_ban, receive_unban, unban};
pub use hushes::{hush, hush_author, unhush};

/// What may be done with a post to keep order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Take it out of its group.
    Remove,
    /// Put it back.
    Restore,
    /// Close it to replies.
    Lock,
    /// Open it again.
    Unlock,
    /// Pin it.
    Feature,
    /// Unpin it.
    Unfeature,
}

impl Measure {
    /// Which mark it sets, or clears.
    fn mark(self) -> (Mark, bool) {
        match self {
            Self::Remove => (Mark::Removed, true),
            Self::Restore => (Mark::Removed, false),
            Self::Lock => (Mark::Locked, true),
            Self::Unlock => (Mark::Locked, false),
            Self::Feature => (Mark::Featured, true),
            Self::Unfeature => (Mark::Featured, false),
        }
    }
}

/// Takes a measure on a post in a group in which I keep order.
pub async fn take(app: &App, me: Me, post: PostId, measure: Measure, grounds: Grounds) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        apply(tx, me.0, post, &Deed { measure, grounds: &grounds, with: None, cause: None })
    })
    .await
}

/// Records a measure taken elsewhere, by one who keeps order in the group of the post.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: PostId,
    measure: Measure,
    reason: &str,
    cause: Cause,
) -> Result<()> {
    let post = posts::load(tx, post)?;
    apply(tx, by, post, &Deed { measure, grounds: &reason.into(), with: None, cause })
}

/// Records that a group elsewhere has a post of its own among what it has pinned.
pub async fn found_pinned(app: &App, group: ActorId, post: PostId) -> Result<()> {
    app.write(move |tx| receive(tx, group, post, Measure::Feature, "", None)).await
}

/// Remembers a measure about a post that is not known yet. Who keeps order nowhere has none to take.
pub fn foretell(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    uri: &str,
    measure: Measure,
    reason: &str,
    cause: Cause,
) -> Result<()> {
    if let Some(post) = store::posts::by_uri(tx, uri)? {
        return apply(tx, by, post, &Deed { measure, grounds: &reason.into(), with: None, cause });
    }
    let decider = store::actors::by_id(tx, by)?.ok_or(Error::NotFound)?;
    if !decider.is_group() && store::groups::moderated_by(tx, by)?.is_empty() {
        return Err(policy::Refusal::NotStaff.into());
    }
    let ((mark, on), now) = (measure.mark(), tx.now());
    if !on {
        return Ok(store::forestalled::forget(tx, uri, &decider.uri, mark)?);
    }
    let reason = plain::line(reason, statements::REASON);
    let said = Foretold { by: decider.uri, mark: Some(mark), reason, cause };
    Ok(store::forestalled::insert(tx, uri, &said, now)?)
}

/// A measure that was foretold of a post and is taken now that it comes.
pub(crate) struct Due<'a> {
    by: ActorId,
    mark: Mark,
    said: &'a Foretold,
}

/// The measures foretold of a post by those who may take them, and their effect on it: it is marked at once.
pub(crate) fn fall_due<'a>(tx: &mut Tx<'_, '_>, post: &mut Post, foretold: &'a [Foretold]) -> Result<Vec<Due<'a>>> {
    let mut due = Vec::new();
    for said in foretold {
        let Some(mark) = said.mark else { continue };
        let Some(by) = store::actors::by_uri(tx, &said.by)? else { continue };
        match regard(tx, post, by.id) {
            Ok(standing) if policy::remove(post, &standing).is_ok() => {}
            Ok(_) | Err(Error::Denied(_)) => continue,
            Err(error) => return Err(error),
        }
        let at = match mark {
            Mark::Removed => &mut post.removed,
            Mark::Locked => &mut post.locked,
            Mark::Featured => &mut post.featured,
        };
        if at.is_none() {
            *at = Some(tx.now());
            due.push(Due { by: by.id, mark, said });
        }
    }
    Ok(due)
}

/// Tells of the measures that were taken on a post when it came.
pub(crate) fn tell_due(tx: &mut Tx<'_, '_>, post: &Arc<Post>, due: &[Due<'_>]) -> Result<()> {
    for Due { by, mark, said } in due {
        let grounds = Grounds::from(said.reason.clone());
        let statement = state(tx, *by, post, *mark, &grounds)?;
        tx.emit(happened((*mark, true), Arc::clone(post), *by, (grounds, statement), said.cause));
    }
    Ok(())
}

/// A measure on a post as it is taken.
struct Deed<'a> {
    measure: Measure,
    grounds: &'a Grounds,
    /// What its author was told of the larger measure that it belongs to.
    with: Option<StatementId>,
    cause: Cause,
}

fn apply(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, deed: &Deed<'_>) -> Result<()> {
    let standing = regard(tx, &post, by)?;
    policy::remove(&post, &standing)?;
    if post.removed.is_some()
        && let Some(waiting) = store::held::of(tx, post.id)?
    {
        return held::decide(tx, by, post, waiting, (deed.measure, deed.grounds));
    }
    if post.lacks_assent() {
        return Err(policy::Refusal::NotLet.into());
    }
    let (mark, on) = deed.measure.mark();
    let was = match mark {
        Mark::Removed => post.removed,
        Mark::Locked => post.locked,
        Mark::Featured => post.featured,
    };
    if was.is_some() == on {
        return Ok(());
    }
    let now = tx.now();
    store::posts::set_mark(tx, post.id, mark, on.then_some(now))?;
    if let (Mark::Removed, Some(parent)) = (mark, post.parent) {
        store::posts::count(tx, parent, Count::Replies, if on { -1 } else { 1 })?;
    }
    let group = post.group.ok_or(policy::Refusal::NotAuthor)?;
    let grounds = statements::checked(tx, group, deed.grounds)?;
    if deed.measure == Measure::Remove {
        reports::settle(tx, by, &post)?;
    }
    let statement = match (on, deed.with) {
        (true, None) => state(tx, by, &post, mark, &grounds)?,
        (true, with) => with,
        (false, _) => None,
    };
    if let (false, Some(sanction)) = (on, sanction(mark)) {
        statements::lift(tx, by, (group, post.author), sanction, Some(post.id))?;
    }
    tx.emit(happened((mark, on), Arc::new(post), by, (grounds, statement), deed.cause));
    Ok(())
}

/// Which measure that is of those that somebody is told of.
fn sanction(mark: Mark) -> Option<Sanction> {
    match mark {
        Mark::Removed => Some(Sanction::Remove),
        Mark::Locked => Some(Sanction::Lock),
        Mark::Featured => None,
    }
}

/// Tells the author of a post what is done with it.
fn state(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post, mark: Mark, grounds: &Grounds) -> Result<Option<StatementId>> {
    let (Some(group), Some(sanction)) = (post.group, sanction(mark)) else { return Ok(None) };
    let (person, post) = (post.author, Some(post.id));
    let measure = statements::Measure { group, person, by, sanction, post, until: None, clean: false };
    statements::issue(tx, measure, grounds.clone())
}

/// What others hear of a mark that was set or cleared.
fn happened(
    (mark, on): (Mark, bool),
    post: Arc<Post>,
    by: ActorId,
    (grounds, statement): (Grounds, Option<StatementId>),
    cause: Cause,
) -> Event {
    match mark {
        Mark::Removed if on => Event::Removed { post, by, grounds, statement, cause },
        Mark::Removed => {
            let post = Arc::new(Post { removed: None, ..(*post).clone() });
            Event::Restored { post, by, reason: grounds.reason, cause }
        }
        Mark::Locked => Event::Locked { post, by, on, grounds, statement, cause },
        Mark::Featured => Event::Featured { post, by, on, cause },
    }
}

/// Takes a post out of its group; for deletions by somebody who is not its author.
pub(crate) fn take_out(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, reason: &str, cause: Cause) -> Result<()> {
    apply(tx, by, post, &Deed { measure: Measure::Remove, grounds: &reason.into(), with: None, cause })
}

fn regard(tx: &mut Tx<'_, '_>, post: &Post, person: ActorId) -> Result<Standing> {
    let group = post.group.ok_or(policy::Refusal::NotAuthor)?;
    Ok(groups::regard(tx, group, person)?.1)
}

/// Undoes a decision that stands in the log of a group in which I keep order, if it still holds.
pub async fn undo(app: &App, me: Me, entry: LogEntryId) -> Result<()> {
    app.write(move |tx| {
        let entry = store::log::by_id(tx, entry)?.ok_or(Error::NotFound)?;
        let group = ActorId(entry.group_id.ok_or(Error::NotFound)?);
        // Whoever keeps no order there need not know that the entry is there.
        policy::moderate(&groups::regard(tx, group, me.0)?.1).map_err(|_hidden| Error::NotFound)?;
        if matches!(entry.action.as_str(), "ban" | "hush") {
            let statement = entry.statement_id.ok_or(Error::NotFound)?;
            let statement = store::statements::by_id(tx, StatementId(statement))?.ok_or(Error::NotFound)?;
            if entry.action == "hush" {
                hushes::check_lift(tx, me.0, (group, statement.person))?;
            }
            return undo_measure(tx, me.0, &statement, "");
        }
        if entry.action == "slow" {
            let lane = entry.post_id.map_or(Lane::Group(group), |post| Lane::Thread(PostId(post)));
            return paces::apply(tx, me.0, lane, (Duration::ZERO, ""));
        }
        let post = PostId(entry.post_id.ok_or(Error::NotFound)?);
        if matches!(entry.action.as_str(), "split" | "merge") {
            let post = posts::load(tx, post)?;
            // Where it stands otherwise meanwhile there is nothing left to undo.
            let holds = post.is_thread() == (entry.action == "split");
            return if holds { grafts::undo(tx, me.0, post) } else { Ok(()) };
        }
        if entry.action == "transfer" {
            return transfers::receive(tx, me.0, post, group, "", None);
        }
        let measure = match entry.action.as_str() {
            "remove" | "turn_down" => Measure::Restore,
            "lock" => Measure::Unlock,
            "pin" => Measure::Unfeature,
            _ => return Err(Error::Invalid("this is not undone from here".into())),
        };
        let post = posts::load(tx, post)?;
        apply(tx, me.0, post, &Deed { measure, grounds: &Grounds::default(), with: None, cause: None })
    })
    .await
}

/// Undoes a measure that somebody was told of, by the same actions that anybody takes by hand.
pub(crate) fn undo_measure(tx: &mut Tx<'_, '_>, by: ActorId, statement: &Statement, reason: &str) -> Result<()> {
    let measure = match statement.sanction {
        Sanction::Remove | Sanction::Refuse => Measure::Restore,
        Sanction::Lock => Measure::Unlock,
        Sanction::Ban => {
            receive_unban(tx, by, statement.group, statement.person, None)?;
            // One that ended by itself is undone, too: it was not right.
            let now = tx.now();
            store::statements::lift_one(tx, statement.id, now)?;
            if statement.clean {
                tx.push_job(BRING_BACK, &format!("{} {by}", statement.id), Duration::ZERO)?;
            }
            return Ok(());
        }
        Sanction::Hush => {
            hushes::lift(tx, by, statement.group, statement.person)?;
            let now = tx.now();
            return Ok(store::statements::lift_one(tx, statement.id, now)?);
        }
        Sanction::Suspend => return suspensions::undo(tx, Me(by), statement.person, reason),
        Sanction::Silence => return restraints::set(tx, Me(by), statement.person, (Restraint::Silence, false), reason),
        Sanction::Veil => return restraints::set(tx, Me(by), statement.person, (Restraint::Veil, false), reason),
        Sanction::Warn | Sanction::Caution => {
            let now = tx.now();
            return Ok(store::statements::lift_one(tx, statement.id, now)?);
        }
    };
    let Some(post) = statement.post else { return Ok(()) };
    let post = posts::load(tx, post)?;
    if post.deleted.is_some() {
        // Its author took it away: there is nothing left to undo.
        let now = tx.now();
        return Ok(store::statements::lift_one(tx, statement.id, now)?);
    }
    apply(tx, by, post, &Deed { measure, grounds: &reason.into(), with: None, cause: None })
}

/// Warns somebody in the name of a group here in which I keep order: they get a private message, and the log says so.
pub async fn warn(app: &App, me: Me, group: ActorId, person: ActorId, grounds: Grounds) -> Result<()> {
    app.write(move |tx| {
        groups::named(tx, group, me.0)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::Invalid("in a group elsewhere one warns of a post".into()));
        }
        caution(tx, me.0, &Warning { group, person, post: None, grounds: &grounds, activity: "" }, None)
    })
    .await
}

/// Warns whoever wrote a post, in the name of the group in which it stands, here or elsewhere, and in which I keep order.
pub async fn warn_author(app: &App, me: Me, post: PostId, grounds: Grounds) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        let (group, person) = (post.group.ok_or(policy::Refusal::NotStaff)?, post.author);
        caution(tx, me.0, &Warning { group, person, post: Some(&post), grounds: &grounds, activity: "" }, None)
    })
    .await
}

/// What somebody is warned of.
struct Warning<'a> {
    group: ActorId,
    person: ActorId,
    post: Option<&'a Post>,
    grounds: &'a Grounds,
    /// The id of the activity that says so; nothing, if it is said here.
    activity: &'a str,
}

/// Records a warning by one who keeps order in the group, here or elsewhere; `activity` names one from elsewhere.
pub fn receive_warning(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    (group, person): (ActorId, ActorId),
    (activity, reason): (&str, &str),
    cause: Cause,
) -> Result<()> {
    caution(tx, by, &Warning { group, person, post: None, grounds: &reason.into(), activity }, cause)
}

fn caution(tx: &mut Tx<'_, '_>, by: ActorId, warning: &Warning<'_>, cause: Cause) -> Result<()> {
    let Warning { group, person, post, activity, .. } = *warning;
    let (_, mine) = groups::named(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::warn(&mine, &theirs)?;
    if activity.is_empty() && warning.grounds.reason.trim().is_empty() {
        return Err(Error::Invalid("whoever is warned hears why".into()));
    }
    let grounds = statements::checked(tx, group, warning.grounds)?;
    let about = post.map(|post| post.id);
    let measure =
        statements::Measure { group, person, by, sanction: Sanction::Warn, post: about, until: None, clean: false };
    let statement = statements::issue(tx, measure, grounds.clone())?;
    if !groups::is_local(tx, group)? {
        tell_warned(tx, by, warning, &grounds.reason, cause)?;
    }
    tx.emit(Event::Warned { group, person, by, post: post.cloned().map(Arc::new), grounds, statement });
    Ok(())
}

/// Tells somebody what they are warned of in a group elsewhere: who is here reads it as a message of that group. Of those
/// elsewhere, who would not hear it from their own server reads a message of whoever warns.
fn tell_warned(tx: &mut Tx<'_, '_>, by: ActorId, warning: &Warning<'_>, reason: &str, cause: Cause) -> Result<()> {
    let Warning { group, person, post, activity, .. } = *warning;
    let (title, concerned) = (markdown::escape(&follows::living(tx, group)?.title), follows::living(tx, person)?);
    let (why, way) =
        (markdown::escape(reason), post.map(|post| (post.url.as_str(), ("De qué se trata", "What it is about"))));
    let say = |tongue: Tongue| {
        tongue.pick(format!("El equipo de {title} te advierte: {why}"), format!("The team of {title} warns you: {why}"))
    };
    let text = messages::letter(tx, (group, person), say, way)?;
    if concerned.is_local() {
        let id: ActivityId = tx.new_id();
        let said = if activity.is_empty() { tx.site().activity(id) } else { activity.to_owned() };
        return messages::receive(tx, group, person, (&said, &text), cause);
    }
    let peer = match concerned.peer {
        Some(peer) if activity.is_empty() => store::peers::by_id(tx, peer)?,
        _ => return Ok(()),
    };
    if peer.is_some_and(|peer| heeds_warnings(&peer.software, &peer.version)) {
        return Ok(());
    }
    messages::confide(tx, by, person, &text).map(drop)
}

/// Records that a group elsewhere does not take what somebody here posted: it does not stand there, and its author is told.
pub fn receive_refusal(tx: &mut Tx<'_, '_>, group: ActorId, post: PostId, activity: &str, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    if post.removed.is_some() || !post.local {
        return Ok(());
    }
    let (author, url) = (post.author, post.url.clone());
    take_out(tx, group, post, "", cause)?;
    let words = ("no acepta lo que publicaste allí.", "does not take what you posted there.");
    tell_refusal(tx, (group, author), &url, words, (activity, cause))
}

/// Records that a group elsewhere does not take what somebody here changed in a post: its author is told that it says there
/// what it said before.
pub fn receive_change_refusal(
    tx: &mut Tx<'_, '_>,
    group: ActorId,
    post: PostId,
    activity: &str,
    cause: Cause,
) -> Result<()> {
    let post = posts::load(tx, post)?;
    if !post.is_live() || !post.local {
        return Ok(());
    }
    let words = (
        "no acepta lo que has cambiado: allí se sigue leyendo lo de antes.",
        "does not take what you changed: people there go on reading what it said before.",
    );
    tell_refusal(tx, (group, post.author), &post.url, words, (activity, cause))
}

/// Tells somebody here what a group elsewhere does not take, in Spanish and in English.
fn tell_refusal(
    tx: &mut Tx<'_, '_>,
    (group, author): (ActorId, ActorId),
    url: &str,
    (es, en): (&str, &str),
    (activity, cause): (&str, Cause),
) -> Result<()> {
    let title = markdown::escape(&follows::living(tx, group)?.title);
    let say = |tongue: Tongue| format!("{title} {}", tongue.pick(es, en));
    let text = messages::letter(tx, (group, author), say, Some((url, ("Lo que publicaste", "What you posted"))))?;
    messages::receive(tx, group, author, (activity, &text), cause)
}
