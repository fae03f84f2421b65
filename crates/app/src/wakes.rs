//! What wakes the workers, in this process and, by a word, in the others.
use tokio::sync::Notify;

/// What wakes the workers: one bell for each queue.
#[derive(Debug, Default)]
pub struct Wakes {
    /// Activities were received.
    pub received: Notify,
    /// Something is to be delivered.
    pub deliveries: Notify,
    /// There is background work.
    pub jobs: Notify,
}

impl Wakes {
    pub(crate) fn ring(&self, queue: Queue) {
        match queue {
            Queue::Received => &self.received,
            Queue::Deliveries => &self.deliveries,
            Queue::Jobs => &self.jobs,
        }
        .notify_one();
    }
}

/// The queues that a transaction may put something in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Activities that were received.
    Received,
    /// Activities to be delivered.
    Deliveries,
    /// Background work.
    Jobs,
}

impl Queue {
    pub(crate) const ALL: [Self; 3] = [Self::Received, Self::Deliveries, Self::Jobs];

    /// The word by which processes wake one another.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Deliveries => "deliveries",
            Self::Jobs => "jobs",
        }
    }
}
