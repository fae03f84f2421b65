//! Publishing later what is written now.
use std::time::Duration;

use domain::{
    id::ScheduledId,
    policy::Refusal,
    time::{Timestamp, span},
};
use futures_util::future::BoxFuture;
use store::scheduled::Scheduled;

use super::{
    Writing,
    draft::{self, Asking},
    once, publish,
};
use crate::{
    App, Error, Me, Result, Tx, guests,
    limits::{self, Outward},
    media, notifications,
};

/// The kind of job that publishes what is due.
pub(crate) const PUBLISH: &str = "publish";

/// How far ahead one has to plan at least; what is nearer is written now.
pub const SOONEST: Duration = span::minutes(5);

/// How far ahead one may plan at most.
const LATEST: Duration = span::days(3_650);

/// For how long what was not published keeps what it was to show.
const KEPT: Duration = span::days(30);

/// How much of one person may wait.
const MOST: i64 = 300;

/// What was written, to be published later.
pub fn writing(scheduled: &Scheduled) -> Result<Writing> {
    serde_json::from_str(&scheduled.writing).map_err(Error::internal)
}

/// Why it was not published when it was due, if it was not: its author changes the time, or deletes it.
pub fn refused(scheduled: &Scheduled) -> Option<Error> {
    let reason = serde_json::from_str::<Option<Refusal>>(scheduled.refused.as_deref()?).ok().flatten();
    Some(reason.map_or_else(|| Error::Invalid("it cannot be published as it is".into()), Error::Denied))
}

fn check(tx: &Tx<'_, '_>, due: Timestamp) -> Result<Duration> {
    let (soonest, latest) = (tx.now() + SOONEST, tx.now() + LATEST);
    if due < soonest || due > latest {
        return Err(Error::Invalid(
            "a post is scheduled for at least five minutes from now, and for ten years at most".into(),
        ));
    }
    Ok(due.since(tx.now()))
}

/// What the job that publishes it is about.
fn subject(scheduled: &Scheduled) -> String {
    format!("{}:{}", scheduled.id, scheduled.due.0)
}

/// Strikes out the job that would publish it: it might wait for years to find that there is nothing to do.
fn strike(tx: &mut Tx<'_, '_>, scheduled: &Scheduled) -> Result<()> {
    Ok(store::jobs::take(tx, PUBLISH, &subject(scheduled)).map(drop)?)
}

/// Lets a job publish it then; another time for the same is another job.
fn plan(tx: &mut Tx<'_, '_>, scheduled: &Scheduled) -> Result<()> {
    let wait = check(tx, scheduled.due)?;
    media::hold(tx, scheduled.person, &writing(scheduled)?.media, scheduled.due)?;
    store::scheduled::set(tx, scheduled)?;
    tx.push_job(PUBLISH, &subject(scheduled), wait)
}

/// Keeps what was written until it is due. What is wrong with it is said now. If I planned something with the same `key`
/// that still waits, it is that.
pub async fn create(app: &App, me: Me, writing: Writing, due: Timestamp, key: Option<&str>) -> Result<Scheduled> {
    let key = key.map(once::digest);
    let draft = draft::complete(app, me, writing.clone(), Asking::Servers).await?;
    // For whom it is does not change because one usually writes for others then.
    let audience = writing.audience.or_else(|| writing.parent.is_none().then_some(draft.audience));
    let kept = serde_json::to_string(&Writing { audience, ..writing }).map_err(Error::internal)?;
    app.write(move |tx| {
        if let Some(key) = &key
            && let Some(planned) = store::scheduled::planned(tx, me.0, key)?
        {
            return Ok(planned);
        }
        if store::scheduled::count(tx, me.0)? >= MOST {
            return Err(Error::Invalid(format!("at most {MOST} posts may wait")));
        }
        // Counted now, not when it is published: nobody is there then to hear that it was too much.
        limits::reach_out(tx, Outward::Post, me.0)?;
        let (id, writing, key) = (tx.new_id(), kept.clone(), key.clone());
        let scheduled = Scheduled { id, person: me.0, due, writing, key, refused: None };
        plan(tx, &scheduled)?;
        Ok(scheduled)
    })
    .await
}

/// Something of mine that waits.
fn mine(tx: &mut Tx<'_, '_>, me: Me, id: ScheduledId) -> Result<Scheduled> {
    store::scheduled::get(tx, id)?.filter(|scheduled| scheduled.person == me.0).ok_or(Error::NotFound)
}

/// What was written, to be published then: a poll is open for as long as it was to be.
fn put_off(scheduled: &Scheduled, due: Timestamp) -> Result<String> {
    let mut writing = writing(scheduled)?;
    if let Some(poll) = &mut writing.poll {
        poll.closes = poll.closes.map(|at| due + at.since(scheduled.due));
    }
    serde_json::to_string(&writing).map_err(Error::internal)
}

/// Publishes it at another time.
pub async fn move_to(app: &App, me: Me, id: ScheduledId, due: Timestamp) -> Result<Scheduled> {
    app.write(move |tx| {
        let was = mine(tx, me, id)?;
        strike(tx, &was)?;
        let scheduled = Scheduled { due, writing: put_off(&was, due)?, refused: None, ..was };
        plan(tx, &scheduled)?;
        // It waits again, and if it is refused again they are told again.
        store::notifications::remove_unpublished(tx, me.0, id)?;
        Ok(scheduled)
    })
    .await
}

/// Does not publish it at all.
pub async fn cancel(app: &App, me: Me, id: ScheduledId) -> Result<()> {
    app.write(move |tx| {
        let scheduled = mine(tx, me, id)?;
        strike(tx, &scheduled)?;
        store::notifications::remove_unpublished(tx, me.0, id)?;
        Ok(store::scheduled::remove(tx, scheduled.id)?)
    })
    .await
}

/// Publishes what is due. What is refused stays with its author, who is told, and why.
pub(crate) fn publish_due(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers = subject.split_once(':').and_then(|(id, due)| Some((id.parse().ok()?, due.parse().ok()?)));
        let Some((id, due)): Option<(ScheduledId, i64)> = numbers else {
            return Err(Error::Invalid(format!("`{subject}` names nothing to be published")));
        };
        let found = app.read(move |c| store::scheduled::get(c, id)).await?;
        // It was published or refused, taken back, or put off.
        let waits = |scheduled: &Scheduled| scheduled.due == Timestamp(due) && scheduled.refused.is_none();
        let Some(scheduled) = found.filter(waits) else { return Ok(()) };
        match attempt(&app, &scheduled).await {
            // Slow mode lets it wait, not fail.
            Err(Error::Denied(Refusal::Slow(wait))) => {
                let due = app.now() + SOONEST + wait;
                move_to(&app, Me(scheduled.person), id, due).await.map(drop)
            }
            Err(error) if !error.is_transient() => refuse(&app, scheduled, &error).await,
            done => done,
        }
    })
}

async fn attempt(app: &App, scheduled: &Scheduled) -> Result<()> {
    let (id, me, due) = (scheduled.id, Me(scheduled.person), scheduled.due);
    let is_open = app.read(move |c| match store::accounts::by_id(c, me.0)? {
        Some(account) => Ok(account.is_ready()),
        None => guests::may_enter(c, me.0),
    });
    if !is_open.await? {
        return Err(Error::Invalid("whoever wrote it cannot sign in any more".into()));
    }
    let draft = draft::complete(app, me, writing(scheduled)?, Asking::Servers).await?;
    app.write(move |tx| {
        if store::scheduled::get(tx, id)?.is_some_and(|scheduled| scheduled.due == due) {
            store::scheduled::remove(tx, id)?;
            publish(tx, me.0, &draft, None, None)?;
        }
        Ok(())
    })
    .await
}

/// Keeps what could not be published, with the reason; what it was to show stays for as long as drafts do.
async fn refuse(app: &App, scheduled: Scheduled, error: &Error) -> Result<()> {
    let reason = match error {
        Error::Denied(refusal) => Some(*refusal),
        Error::NotFound => Some(Refusal::Gone),
        _ => None,
    };
    let (reason, media) = (serde_json::to_string(&reason).map_err(Error::internal)?, writing(&scheduled)?.media);
    app.write(move |tx| {
        if store::scheduled::get(tx, scheduled.id)?.as_ref() != Some(&scheduled) {
            return Ok(());
        }
        let until = tx.now() + KEPT;
        media::hold(tx, scheduled.person, &media, until)?;
        store::scheduled::set(tx, &Scheduled { refused: Some(reason.clone()), ..scheduled.clone() })?;
        notifications::unpublished(tx, &scheduled)
    })
    .await
}
