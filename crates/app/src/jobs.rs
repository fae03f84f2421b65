//! Background work: leased, retried with back-off, parked after the last try and visible then.
use std::{collections::HashMap, time::Duration};

use domain::{
    id::JobId,
    time::{Timestamp, span},
};
use futures_util::future::BoxFuture;

use crate::{
    App, Queue, Result, Tx, actors, advice, announcements, cards, digests, echoes, groups, hints, mail, media,
    moderation, moves, nudges, polls, portions, posts, push, random, rules, shuns, vouching, welcomes,
};

mod desk;

pub(crate) use desk::Desk;

/// What a kind of job does with its subject. It may run twice.
pub type Handler = fn(App, String) -> BoxFuture<'static, Result<()>>;

/// The handlers of all kinds of jobs.
pub type Handlers = HashMap<&'static str, Handler>;

/// The handlers of the jobs of this layer; the doors add theirs.
pub fn handlers() -> Handlers {
    HashMap::from([
        (media::PROCESS, media::process as Handler),
        (mail::SEND, mail::send),
        (mail::LATER, mail::send_later),
        (cards::READ, cards::read),
        (digests::WRITE, digests::write_due),
        (echoes::TELL, echoes::tell),
        (actors::ERASE, actors::erase),
        (announcements::TELL, announcements::tell),
        (groups::PART, groups::part),
        (hints::HINT, hints::give),
        (moderation::CLEAN, moderation::clean),
        (moderation::BRING_BACK, moderation::bring_back),
        (moves::TAKE_ALONG, moves::take_along),
        (nudges::LOOK, nudges::look),
        (polls::CLOSE, polls::close),
        (polls::TELL, polls::tell),
        (portions::ANSWER, portions::reply),
        (portions::WRITE, portions::write_due),
        (posts::schedule::PUBLISH, posts::schedule::publish_due),
        (push::SEND, push::send),
        (push::BATCH, push::send_batch),
        (rules::SEVER, rules::sever),
        (shuns::UNMUTE, shuns::end_mute),
        (vouching::LOOK, vouching::look),
        (welcomes::SAY, welcomes::say),
        (advice::ADVISE, advice::give),
    ])
}

/// How often work is tried before it is parked.
pub const ATTEMPTS: i32 = 8;

/// How often a worker looks without being woken: for work that is due later, and for work of other nodes.
const POLL: Duration = span::seconds(1);

/// How long to wait after `attempts` failures: jittered, doubling from half a minute up to half a day.
pub fn back_off(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    let full = span::seconds(30).saturating_mul(1 << doublings).min(span::hours(12));
    full / 2 + Duration::from_millis(random::spread(u64::try_from(full.as_millis() / 2).unwrap_or(1)))
}

impl Tx<'_, '_> {
    /// Queues work in this transaction; the same work waits only once, and is done again if it is in hand already.
    pub fn push_job(&mut self, kind: &str, subject: &str, after: Duration) -> Result<()> {
        let (id, at): (JobId, Timestamp) = (self.new_id(), self.now() + after);
        store::jobs::push(self, id, kind, subject, at)?;
        self.wake(Queue::Jobs);
        Ok(())
    }
}

/// Queues work that follows from no change; the same work waits only once.
pub async fn push(app: &App, kind: &'static str, subject: String) -> Result<()> {
    app.write(move |tx| tx.push_job(kind, &subject, Duration::ZERO)).await
}

/// Works until the program stops; what is in hand then is finished.
pub async fn run(app: App, handlers: Handlers) {
    let mut desk = Desk::new(&app, &handlers);
    let mut look = tokio::time::interval(POLL);
    // Whether more may be due than is in hand.
    let mut more = true;
    loop {
        let is_stopping = app.tasks().is_stopping();
        if is_stopping && desk.is_empty() {
            return;
        }
        more = match desk.renew().await {
            Ok(()) if more && !is_stopping => desk.fill().await,
            Ok(()) => Ok(more),
            Err(error) => Err(error),
        }
        .unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot take jobs");
            false
        });
        tokio::select! {
            Some(done) = desk.next() => report(done),
            () = app.wakes().jobs.notified() => more = true,
            _ = look.tick() => more = true,
            () = app.tasks().stopping(), if !is_stopping => {}
        }
    }
}

fn report(done: Result<()>) {
    if let Err(error) = done {
        // Its lease ends, and then it is done again.
        tracing::warn!(error = &error as &dyn std::error::Error, "what came of a job could not be recorded");
    }
}

/// Does what is due now; returns how much that was.
pub async fn drain(app: &App, handlers: &Handlers) -> Result<usize> {
    let mut desk = Desk::new(app, handlers);
    desk.fill().await?;
    let count = desk.len();
    while let Some(done) = desk.next().await {
        done?;
    }
    Ok(count)
}
