//! What one client has still to be told. A client that does not take it loses the stream, and nobody waits for it.
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::frame::Frame;

/// How much may wait for a client.
const LENGTH: usize = 128;

/// What waits for one client.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Arc<Frame>>,
    closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells something. Whoever has so much before them already is not told the rest either: they begin anew.
    pub(super) fn push(&self, frame: Arc<Frame>) {
        let mut state = self.state();
        if state.waiting.len() >= LENGTH {
            return self.shut(state);
        }
        if !state.closed {
            state.waiting.push_back(frame);
            drop(state);
            self.bell.notify_one();
        }
    }

    /// Ends the stream: what waits is not told any more.
    pub(super) fn close(&self) {
        self.shut(self.state());
    }

    fn shut(&self, mut state: MutexGuard<'_, State>) {
        *state = State { waiting: VecDeque::new(), closed: true };
        drop(state);
        self.bell.notify_one();
    }

    /// Whether it has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// The next that is to be told; nothing at the end. It can be dropped at any time, and nothing is lost.
    pub(super) async fn next(&self) -> Option<Arc<Frame>> {
        loop {
            if let Some(next) = self.now() {
                return Some(next);
            }
            if self.is_closed() {
                return None;
            }
            self.bell.notified().await;
        }
    }

    /// The next that is to be told, if there is something.
    pub(super) fn now(&self) -> Option<Arc<Frame>> {
        self.state().waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: usize) -> Arc<Frame> {
        Frame::new(vec!["user".into()], "delete", Some(number.to_string().into()))
    }

    #[tokio::test]
    async fn what_is_told_comes_in_order_and_whoever_does_not_listen_loses_the_stream() {
        let queue = Queue::default();
        for number in 0..LENGTH {
            queue.push(frame(number));
        }
        assert_eq!(queue.next().await.unwrap().payload.as_deref(), Some("0"));
        queue.push(frame(LENGTH));
        assert!(!queue.is_closed());
        let one = frame(0);
        queue.push(one.clone());
        assert!(queue.next().await.is_none(), "not a part of it");
        queue.push(one.clone());
        assert!(queue.is_closed() && Arc::strong_count(&one) == 1, "nothing is kept for it");
    }
}
