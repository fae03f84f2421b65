//! The hub: all who listen in this process, and to what. What changes is looked at once for all of them.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use app::App;
use domain::{id::ActorId, time::span};

use super::{channel::Channel, frame::Frame, queue::Queue, teller::Teller};
use crate::error::{Error, Result};

/// How many channels one client may listen to at one time.
const CHANNELS: usize = 50;
/// How many listen in one process; each costs some memory, and a look at what happens.
const LISTENERS: usize = 20_000;

/// All who listen in this process; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    app: App,
    next: AtomicU64,
    ears: Mutex<BTreeMap<u64, Ear>>,
}

/// One who listens.
pub(super) struct Ear {
    pub(super) me: ActorId,
    pub(super) token: String,
    /// By what the token is known here.
    pub(super) hash: String,
    /// Whether the token is good for what one is told.
    pub(super) hears_told: bool,
    pub(super) channels: Vec<Channel>,
    pub(super) queue: Arc<Queue>,
}

/// A channel that one listens to.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) ear: u64,
    pub(super) me: ActorId,
    pub(super) channel: Channel,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("listeners", &self.ears().len()).finish_non_exhaustive()
    }
}

impl Hub {
    /// Opens the hub, and looks at what changes from now on until streams are closed.
    pub fn open(app: &App) -> Self {
        let (hub, teller) = Self::prepared(app);
        app.tasks().keep(teller.run());
        hub
    }

    /// A hub, and who looks at what changes.
    pub(crate) fn prepared(app: &App) -> (Self, Teller) {
        let inner = Inner { app: app.clone(), next: AtomicU64::new(0), ears: Mutex::default() };
        let hub = Self(Arc::new(inner));
        (hub.clone(), Teller::new(hub, app.changes()))
    }

    pub(super) fn app(&self) -> &App {
        &self.0.app
    }

    fn ears(&self) -> MutexGuard<'_, BTreeMap<u64, Ear>> {
        self.0.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody listen, to nothing yet.
    pub(super) fn enter(&self, ear: Ear) -> Result<u64> {
        let mut ears = self.ears();
        if ears.len() >= LISTENERS {
            return Err(app::Error::TooOften { wait: span::minutes(1) }.into());
        }
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        ears.insert(number, ear);
        Ok(number)
    }

    pub(super) fn leave(&self, number: u64) {
        self.ears().remove(&number);
    }

    /// Listens to one channel more.
    pub(super) fn subscribe(&self, number: u64, channel: Channel) -> Result<()> {
        let mut ears = self.ears();
        let ear = ears.get_mut(&number).ok_or_else(Error::missing)?;
        if ear.channels.len() >= CHANNELS {
            return Err(Error::invalid(format!("one may listen to {CHANNELS} streams")));
        }
        if !ear.channels.contains(&channel) {
            ear.channels.push(channel);
        }
        Ok(())
    }

    /// Listens to one channel less.
    pub(super) fn unsubscribe(&self, number: u64, channel: &Channel) {
        if let Some(ear) = self.ears().get_mut(&number) {
            ear.channels.retain(|known| known != channel);
        }
    }

    /// The channels that something may concern, of those who listen.
    pub(super) fn wishes(&self, concerns: impl Fn(&Ear, &Channel) -> bool) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for (number, ear) in &*self.ears() {
            let channels = ear.channels.iter().filter(|channel| concerns(ear, channel));
            wishes.extend(channels.map(|channel| Wish { ear: *number, me: ear.me, channel: channel.clone() }));
        }
        wishes
    }

    /// Whether nobody listens.
    pub(super) fn is_empty(&self) -> bool {
        self.ears().is_empty()
    }

    /// Something of each who listens, where there is something.
    pub(super) fn each<T>(&self, pick: impl Fn(u64, &Ear) -> Option<T>) -> Vec<T> {
        self.ears().iter().filter_map(|(number, ear)| pick(*number, ear)).collect()
    }

    /// Tells those who still listen to it.
    pub(super) fn tell(&self, told: Vec<(Wish, Arc<Frame>)>) {
        let mut ears = self.ears();
        for (wish, frame) in told {
            if let Some(ear) = ears.get(&wish.ear).filter(|ear| ear.channels.contains(&wish.channel)) {
                ear.queue.push(frame);
                if ear.queue.is_closed() {
                    ears.remove(&wish.ear);
                }
            }
        }
    }

    /// Ends the streams of some.
    pub(super) fn close(&self, is_over: impl Fn(u64) -> bool) {
        self.ears().retain(|number, ear| {
            let over = is_over(*number);
            if over {
                ear.queue.close();
            }
            !over
        });
    }
}
