//! The only place that starts background tasks, so that all of them end before the program does.
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::{App, Result};

/// Does something again after each `pause`, until the program stops: another process may have changed what is read by it. If
/// it fails, the log says `trouble`, and it is done again all the same.
pub(crate) async fn now_and_then(
    app: App,
    pause: Duration,
    trouble: &'static str,
    deed: fn(App) -> BoxFuture<'static, Result<()>>,
) {
    while !app.tasks().is_stopping() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.tasks().stopping() => return,
        }
        if let Err(error) = deed(app.clone()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "{trouble}");
        }
    }
}

/// Starts tasks, tells them when to stop, and waits for them.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    set: Arc<Mutex<JoinSet<()>>>,
    stop: Arc<watch::Sender<bool>>,
    close: Arc<watch::Sender<bool>>,
    broke: Arc<AtomicBool>,
}

impl Tasks {
    /// Starts `task`; [`Tasks::finish`] waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        while set.try_join_next().is_some() {}
        set.spawn(task);
    }

    /// Starts `task`, without which the program is not whole; see [`Tasks::broke`].
    pub fn keep(&self, task: impl Future<Output = ()> + Send + 'static) {
        let broke = self.broke.clone();
        self.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!("a background task panicked: start the program again");
                broke.store(true, Ordering::Relaxed);
            }
        });
    }

    /// Whether a task panicked without which the program is not whole.
    pub fn broke(&self) -> bool {
        self.broke.load(Ordering::Relaxed)
    }

    /// Starts `task` on the thread that serves a request and has to see to what came of it, until streams are closed.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts tasks")]
    pub fn spawn_here(&self, task: impl Future<Output = ()> + 'static) {
        let tasks = self.clone();
        tokio::task::spawn_local(async move {
            tokio::select! {
                () = task => {}
                () = tasks.closing() => {}
            }
        });
    }

    /// Runs heavy work off the threads that serve requests.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts tasks")]
    pub fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        tokio::task::spawn_blocking(work)
    }

    /// Ends what would go on for ever, such as open streams: requests can then be waited for.
    pub fn close(&self) {
        self.close.send_replace(true);
    }

    /// Becomes ready once what would go on for ever has to end.
    pub async fn closing(&self) {
        let mut close = self.close.subscribe();
        close.wait_for(|close| *close).await.ok();
    }

    /// Becomes ready once the program is to stop.
    pub async fn stopping(&self) {
        let mut stop = self.stop.subscribe();
        stop.wait_for(|stop| *stop).await.ok();
    }

    /// Whether the program is to stop.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Tells all tasks to stop and waits until they have.
    pub async fn finish(&self) {
        self.stop.send_replace(true);
        let mut set = std::mem::take(&mut *self.set.lock().unwrap_or_else(PoisonError::into_inner));
        while set.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_program_needs_is_missed() {
        let tasks = Tasks::default();
        tasks.keep(async {});
        tasks.spawn(async { panic!("one of many") });
        tasks.clone().finish().await;
        assert!(!tasks.broke());
        tasks.keep(async { panic!("the only one") });
        tasks.finish().await;
        assert!(tasks.broke());
    }
}
