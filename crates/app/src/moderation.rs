//! Keeping order in a group: removing, closing, pinning, banning; by people here or elsewhere.
use std::{sync::Arc, time::Duration};

use domain::{
    group::Standing,
    id::{ActorId, PostId},
    policy,
    post::Post,
    text::plain,
    time::Timestamp,
};
use futures_util::future::BoxFuture;
use store::{
    forestalled::Foretold,
    groups::Ban,
    posts::{Count, Mark},
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, follows, groups, messages, posts};

/// The longest reason, in characters.
const REASON: usize = 1_000;

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
pub async fn take(app: &App, me: Me, post: PostId, measure: Measure, reason: String) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        apply(tx, me.0, post, measure, &reason, None)
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
    apply(tx, by, post, measure, reason, cause)
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
        return apply(tx, by, post, measure, reason, cause);
    }
    let decider = store::actors::by_id(tx, by)?.ok_or(Error::NotFound)?;
    if !decider.is_group() && store::groups::moderated_by(tx, by)?.is_empty() {
        return Err(policy::Refusal::NotStaff.into());
    }
    let ((mark, on), now) = (measure.mark(), tx.now());
    if !on {
        return Ok(store::forestalled::forget(tx, uri, &decider.uri, mark)?);
    }
    let said = Foretold { by: decider.uri, mark: Some(mark), reason: plain::line(reason, REASON), cause };
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
pub(crate) fn tell_due(tx: &mut Tx<'_, '_>, post: &Arc<Post>, due: &[Due<'_>]) {
    for Due { by, mark, said } in due {
        tx.emit(happened(*mark, true, Arc::clone(post), *by, said.reason.clone(), said.cause));
    }
}

fn apply(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, measure: Measure, reason: &str, cause: Cause) -> Result<()> {
    let standing = regard(tx, &post, by)?;
    policy::remove(&post, &standing)?;
    let (mark, on) = measure.mark();
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
    let reason = plain::line(reason, REASON);
    tx.emit(happened(mark, on, Arc::new(post), by, reason, cause));
    Ok(())
}

/// What others hear of a mark that was set or cleared.
fn happened(mark: Mark, on: bool, post: Arc<Post>, by: ActorId, reason: String, cause: Cause) -> Event {
    match mark {
        Mark::Removed if on => Event::Removed { post, by, reason, cause },
        Mark::Removed => {
            Event::Restored { post: Arc::new(Post { removed: None, ..(*post).clone() }), by, reason, cause }
        }
        Mark::Locked => Event::Locked { post, by, on, reason, cause },
        Mark::Featured => Event::Featured { post, by, on, cause },
    }
}

/// Takes a post out of its group; for deletions by somebody who is not its author.
pub(crate) fn take_out(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, reason: &str, cause: Cause) -> Result<()> {
    apply(tx, by, post, Measure::Remove, reason, cause)
}

fn regard(tx: &mut Tx<'_, '_>, post: &Post, person: ActorId) -> Result<Standing> {
    let group = post.group.ok_or(policy::Refusal::NotAuthor)?;
    Ok(groups::regard(tx, group, person)?.1)
}

/// A ban to be set.
#[derive(Debug, Clone)]
pub struct NewBan {
    /// The group.
    pub group: ActorId,
    /// Who is kept out.
    pub person: ActorId,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// Whether all they wrote there is taken out, too.
    pub clean: bool,
}

/// Bans somebody from a group in which I keep order: follow and membership end.
pub async fn ban(app: &App, me: Me, ban: NewBan) -> Result<()> {
    app.write(move |tx| receive_ban(tx, me.0, &ban, None)).await
}

/// Records a ban, set here or elsewhere by one who keeps order in the group.
pub fn receive_ban(tx: &mut Tx<'_, '_>, by: ActorId, ban: &NewBan, cause: Cause) -> Result<()> {
    let NewBan { group, person, until, clean, .. } = *ban;
    let (_, mine) = groups::regard(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::ban(&mine, &theirs)?;
    let now = tx.now();
    if until.is_some_and(|until| until <= now) {
        return Err(Error::Invalid("a ban ends in the future".into()));
    }
    let reason = plain::line(&ban.reason, REASON);
    let row = Ban {
        group_id: group.0,
        person_id: person.0,
        by_id: by.0,
        reason: reason.clone(),
        since: now.0,
        until: until.map(|at| at.0),
    };
    store::groups::set_ban(tx, &row)?;
    store::groups::remove_membership(tx, group, person)?;
    if groups::is_local(tx, group)? {
        follows::expel(tx, group, person, by)?;
    }
    if clean {
        tx.push_job(CLEAN, &format!("{group} {person} {by}"), Duration::ZERO)?;
    }
    tx.emit(Event::Banned { group, person, by, until, clean, reason, cause });
    Ok(())
}

/// The job that takes out what somebody wrote in a group; its subject are the numbers of the group, the person, and
/// who decided it.
pub(crate) const CLEAN: &str = "clean";

/// Takes out what somebody who was banned wrote in the group, a piece at a time.
pub(crate) fn clean(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers: Vec<ActorId> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[group, person, by] = numbers.as_slice() else { return Err(Error::Invalid(subject)) };
        while app.write(move |tx| clean_some(tx, group, person, by)).await? {}
        Ok(())
    })
}

/// Takes out some of it; whether there may be more.
fn clean_some(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, by: ActorId) -> Result<bool> {
    const SOME: i64 = 200;
    let ids = store::posts::standing(tx, group, person, SOME)?;
    for id in &ids {
        let post = posts::load(tx, *id)?;
        match apply(tx, by, post, Measure::Remove, "", None) {
            // Whoever decided it does not keep order there any more.
            Err(Error::Denied(_)) => return Ok(false),
            done => done?,
        }
    }
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == SOME))
}

/// Warns somebody in the name of a group here in which I keep order: they get a private message, and the log says so.
pub async fn warn(app: &App, me: Me, group: ActorId, person: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let reason = plain::line(&reason, REASON);
        if reason.is_empty() || !groups::is_local(tx, group)? {
            return Err(Error::Invalid("a warning of a group here needs a reason".into()));
        }
        receive_warning(tx, me.0, (group, person), ("", &reason), None)
    })
    .await
}

/// Records a warning by one who keeps order in the group, here or elsewhere; `activity` names one from elsewhere.
pub fn receive_warning(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    (group, person): (ActorId, ActorId),
    (activity, reason): (&str, &str),
    cause: Cause,
) -> Result<()> {
    let (_, mine) = groups::regard(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::warn(&mine, &theirs)?;
    let (name, reason) = (follows::living(tx, group)?.handle(), plain::line(reason, REASON));
    let text = format!("⚠ @{name}\n\n{reason}");
    if groups::is_local(tx, group)? {
        messages::tell(tx, group, person, &text)?;
    } else if follows::living(tx, person)?.is_local() {
        messages::receive(tx, group, person, (activity, &text), cause)?;
    }
    tx.emit(Event::Warned { group, person, by, reason });
    Ok(())
}

/// Records that a group elsewhere does not take what somebody here posted: it does not stand there, and its author is told.
pub fn receive_refusal(tx: &mut Tx<'_, '_>, group: ActorId, post: PostId, activity: &str, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    if post.removed.is_some() || !post.local {
        return Ok(());
    }
    let (name, author, url) = (follows::living(tx, group)?.handle(), post.author, post.url.clone());
    take_out(tx, group, post, "", cause)?;
    let text = format!(
        "@{name} does not take what you posted there: {url}\n\n\
         @{name} no acepta lo que has publicado allí: {url}"
    );
    messages::receive(tx, group, author, (activity, &text), cause)
}

/// Lifts a ban from a group in which I keep order.
pub async fn unban(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| receive_unban(tx, me.0, group, person, None)).await
}

/// Records that a ban was lifted, here or elsewhere, by one who keeps order in the group.
pub fn receive_unban(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, person: ActorId, cause: Cause) -> Result<()> {
    let (_, mine) = groups::regard(tx, group, by)?;
    policy::moderate(&mine)?;
    if store::groups::lift_ban(tx, group, person)? {
        tx.emit(Event::Unbanned { group, person, by, cause });
    }
    Ok(())
}
