//! What is completed from elsewhere: threads of which only a part is known here, and what a group held before anybody
//! here followed it. Decides when; how it is asked for is a matter of the door that speaks with other servers.
use std::time::Duration;

use domain::{
    id::{ActorId, PostId},
    post::Post,
    time::span,
};

use store::Conn;

use crate::{App, Error, Me, Result, Tx, pins};

/// The job that completes a thread; its subject is the number of the root.
pub const THREAD: &str = "thread";
/// The job that reads what a group elsewhere holds; its subject is the number of the group.
pub const HISTORY: &str = "history";

/// How long a thread is left alone after it was completed: a quarter of its age, within these bounds. The longer one also
/// holds for what its server does not tell.
const PAUSE: Duration = span::minutes(15);
const LONG_PAUSE: Duration = span::hours(6);

/// A thread that is talked about just now is sent here anyhow: only what is missing then is asked for.
const LATER: Duration = span::minutes(5);

/// Completes the thread of a post soon, because somebody elsewhere replied in it or something refers to it.
pub(crate) fn heard_of(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    thread(tx, post, LATER)
}

/// Completes the thread of a post now, because somebody here has to do with it.
pub(crate) fn entered(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    thread(tx, post, Duration::ZERO)
}

fn thread(tx: &mut Tx<'_, '_>, post: &Post, after: Duration) -> Result<()> {
    if !post.audience.is_open() {
        return Ok(());
    }
    let Some(root) = store::posts::by_id(tx, post.root)?.filter(|root| root.deleted.is_none()) else { return Ok(()) };
    // Who replies in a thread of ours nearly always tells us.
    if root.local && !after.is_zero() {
        return Ok(());
    }
    let now = tx.now();
    let pause = (now.since(root.published) / 4).clamp(PAUSE, LONG_PAUSE);
    let begun = store::backfills::begin(tx, &root.uri, now, now + after + pause)?;
    // Whoever wants it now does not wait for what was to be done later.
    if begun || after.is_zero() && store::backfills::plan(tx, &root.uri)?.is_some() {
        tx.push_job(THREAD, &root.id.to_string(), after)?;
    }
    Ok(())
}

/// Somebody here reads a thread: what is missing of it is asked for, so that they find it the next time they look. How many
/// posts were found so far, while that is being done.
pub async fn opened(app: &App, post: PostId) -> Result<Option<u64>> {
    let now = app.now();
    let found = app.read(move |c| {
        let Some(post) = store::posts::by_id(c, post)? else { return Ok((None, None)) };
        let Some(root) = store::posts::by_id(c, post.root)? else { return Ok((None, None)) };
        // Of a thread that nobody elsewhere takes part in nothing is missing.
        let is_due =
            store::backfills::is_due(c, &root.uri, now)? && (!root.local || store::branches::is_shared(c, root.id)?);
        let progress = if is_due { None } else { progress(c, &root)? };
        Ok((is_due.then_some((post, root)), progress))
    });
    // Most threads were completed a short time ago, and reading is not writing.
    let progress = match found.await? {
        (Some((post, root)), _) => {
            let begun = app.write(move |tx| {
                entered(tx, &post)?;
                progress(tx, &root).map_err(Into::into)
            });
            begun.await?
        }
        (None, progress) => progress,
    };
    Ok(progress.filter(|progress| progress.is_running).map(|progress| progress.found))
}

/// How far the completing of a thread has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Whether what is missing is being asked for; else nothing is left to be asked for, or it was given up.
    pub is_running: bool,
    /// How many posts were found so far that were not here.
    pub found: u64,
}

/// How far the completing of the thread of a post has come that `viewer` may read; nothing, if it was never begun.
pub async fn progress_of(app: &App, post: PostId, viewer: Option<ActorId>) -> Result<Option<Progress>> {
    app.read(move |c| {
        let Some(post) = store::posts::seen(c, post, viewer)? else { return Ok(None) };
        let Some(root) = store::posts::by_id(c, post.root)? else { return Ok(None) };
        progress(c, &root)
    })
    .await
}

fn progress(c: &mut Conn, root: &Post) -> store::Result<Option<Progress>> {
    let Some((is_left, found)) = store::backfills::left(c, &root.uri)? else { return Ok(None) };
    // What was given up is not done any more.
    let is_running = is_left && store::jobs::is_planned(c, THREAD, &root.id.to_string())?;
    Ok(Some(Progress { is_running, found }))
}

/// Somebody here wants to read what a post replies to, which could not be had when it came: it is asked for once more.
pub async fn fetch_parent(app: &App, me: Me, post: PostId) -> Result<PostId> {
    let wanted = app.read(move |c| match store::posts::seen(c, post, Some(me.0))? {
        Some(post) => store::orphans::parent_of(c, post.id),
        None => Ok(None),
    });
    let uri = wanted.await?.ok_or(Error::NotFound)?;
    app.resolver().post(app, &uri).await
}

/// Somebody here follows somebody elsewhere from now on: if they are the first, what a group holds is read, and what a
/// person pins.
pub(crate) fn discovered(tx: &mut Tx<'_, '_>, followed: ActorId) -> Result<()> {
    if store::follows::is_followed_here(tx, followed)? {
        return Ok(());
    }
    let Some(group) = store::actors::by_id(tx, followed)? else { return Ok(()) };
    if !group.is_group() {
        return pins::discovered(tx, &group);
    }
    let (now, again) = (tx.now(), tx.now() + LONG_PAUSE);
    if store::backfills::begin(tx, &group.uri, now, again)? {
        tx.push_job(HISTORY, &group.id.to_string(), Duration::ZERO)?;
    }
    Ok(())
}

/// Records what is left to be read to complete what has the id `uri`, so that whoever goes on need not begin anew, and how
/// many posts were found so far.
pub async fn go_on(app: &App, uri: String, plan: String, found: u64) -> Result<()> {
    app.write(move |tx| Ok(store::backfills::go_on(tx, &uri, &plan, found)?)).await
}

/// Nothing is left to be read of what has the id `uri`: so many posts were found; `told` says whether its server had
/// anything to tell.
pub async fn end(app: &App, uri: String, found: u64, told: bool) -> Result<()> {
    app.write(move |tx| {
        let again = (!told).then(|| tx.now() + LONG_PAUSE);
        Ok(store::backfills::end(tx, &uri, found, again)?)
    })
    .await
}
