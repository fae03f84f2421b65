//! What a process has in hand: work on which its leases are renewed, so that nobody else begins it before it is done.
use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use domain::{
    id::JobId,
    time::{Timestamp, span},
};
use futures_util::{
    FutureExt, StreamExt,
    future::{AbortHandle, Aborted, BoxFuture, abortable},
    stream::FuturesUnordered,
};
use store::jobs::Job;

use super::{ATTEMPTS, Handler, Handlers, back_off};
use crate::{App, Error, Result};

/// How long work is kept from others after the last sign of life of whoever has it.
const LEASE: Duration = span::minutes(5);

/// How often one gives a sign of life.
const BEAT: Duration = span::minutes(1);

/// How much work is done at once: what waits for a slow server keeps nothing else waiting.
const AT_ONCE: usize = 32;

/// How long anything may take: what goes on for longer hangs, and would keep its place for ever. It is tried again.
const LONGEST: Duration = span::hours(2);

/// A piece of work, and what came of it.
type Piece = BoxFuture<'static, (JobId, Result<Result<()>, Aborted>)>;

/// The work that one process has in hand.
pub(crate) struct Desk<'a> {
    app: &'a App,
    handlers: &'a Handlers,
    pieces: FuturesUnordered<Piece>,
    /// What stops each of them.
    held: HashMap<JobId, AbortHandle>,
    /// When there was the last sign of life.
    beat: Timestamp,
    /// How long anything may take.
    pub(crate) longest: Duration,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(app: &'a App, handlers: &'a Handlers) -> Self {
        let (pieces, held) = (FuturesUnordered::new(), HashMap::new());
        Self { app, handlers, pieces, held, beat: app.now(), longest: LONGEST }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Takes what is due, as far as there is room; whether there may be more.
    pub(crate) async fn fill(&mut self) -> Result<bool> {
        let room = AT_ONCE.saturating_sub(self.len());
        if room == 0 {
            return Ok(true);
        }
        if self.is_empty() {
            self.beat = self.app.now();
        }
        let in_hand: Vec<JobId> = self.held.keys().copied().collect();
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let take = self.app.queue(move |tx| {
            let (now, lease) = (tx.now(), tx.lease(LEASE));
            Ok(store::jobs::claim(tx, now, lease, &in_hand, limit)?)
        });
        let jobs = take.await?;
        let more = jobs.len() == room;
        for job in jobs {
            let (id, handler) = (JobId(job.id), self.handlers.get(job.kind.as_str()).copied());
            let (piece, stop) = abortable(one(self.app.clone(), handler, job, self.longest));
            self.held.insert(id, stop);
            self.pieces.push(piece.map(move |done| (id, done)).boxed());
        }
        Ok(more)
    }

    /// Gives a sign of life when it is time, and stops what somebody else has by now: what came of it would count for nothing.
    pub(crate) async fn renew(&mut self) -> Result<()> {
        let now = self.app.now();
        // A clock that was set back counts, too: leases by the old one would outlast a crash.
        let since = Duration::from_millis(now.0.abs_diff(self.beat.0));
        if self.is_empty() || since < BEAT {
            return Ok(());
        }
        let in_hand: Vec<JobId> = self.held.keys().copied().collect();
        let renew = self.app.queue(move |tx| {
            let lease = tx.lease(LEASE);
            Ok(store::jobs::renew(tx, &in_hand, lease)?)
        });
        let lost = renew.await?;
        self.beat = now;
        for stop in lost.iter().filter_map(|id| self.held.get(id)) {
            stop.abort();
        }
        if !lost.is_empty() {
            tracing::warn!(jobs = lost.len(), "work is stopped here that another process has taken over");
        }
        Ok(())
    }

    /// Works until something is done, and whether that could be recorded; nothing, if nothing is in hand.
    pub(crate) async fn next(&mut self) -> Option<Result<()>> {
        let (id, done) = self.pieces.next().await?;
        self.held.remove(&id);
        Some(done.unwrap_or(Ok(())))
    }
}

async fn one(app: App, handler: Option<Handler>, job: Job, longest: Duration) -> Result<()> {
    let id = JobId(job.id);
    let result = match handler {
        Some(handler) => {
            // One that panics must not take all other work with it.
            let work = AssertUnwindSafe(handler(app.clone(), job.subject.clone())).catch_unwind();
            match tokio::time::timeout(longest, work).await {
                Ok(done) => done.unwrap_or_else(|_panic| {
                    tracing::error!(kind = job.kind, subject = job.subject, "a job panicked");
                    Err(Error::Invalid("it made the worker panic".into()))
                }),
                Err(_elapsed) => Err(Error::Unreachable { what: "it took too long".into(), retry: true }),
            }
        }
        None => Err(Error::Invalid(format!("nobody knows how to do `{}`", job.kind))),
    };
    let Err(error) = result else {
        return app
            .write(move |tx| {
                let holder = tx.holder();
                Ok(store::jobs::finish(tx, id, holder)?)
            })
            .await;
    };
    let retry = error.is_transient() && job.attempts < ATTEMPTS;
    tracing::info!(kind = job.kind, subject = job.subject, %error, retry, "a job failed");
    let (text, wait) = (error.to_string(), back_off(job.attempts).max(error.wait()));
    app.write(move |tx| {
        let (holder, at) = (tx.holder(), retry.then(|| tx.now() + wait));
        Ok(store::jobs::fail(tx, id, holder, &text, at)?)
    })
    .await
}
