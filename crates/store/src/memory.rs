//! Numbers of people and groups, remembered for a while by all connections: counting them reads all that somebody wrote.
//! What a transaction may change is counted anew until that is over; what another process changes, as soon as it is heard of.
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::id::ActorId;

use crate::{
    kept::{Basis, Kept, Moment},
    relations::Numbers,
};

/// How long numbers are remembered.
const KEPT: Duration = Duration::from_mins(1);
/// From here on a number is large: it is remembered for longer, whatever changes it, since nobody notices what a few more
/// make of it.
const LARGE: i64 = 10_000;
const LARGE_KEPT: Duration = Duration::from_mins(10);
/// A transaction is over after this time; and what was read before one was that is heard of, is remembered after this.
const CHANGING: Duration = Duration::from_secs(10);
const CHANGED: Duration = Duration::from_secs(1);
/// Of how many something is remembered.
const MOST: usize = 50_000;

/// What is remembered, as one connection has it; a clone is the same for another connection.
#[derive(Debug)]
pub struct Memory {
    shared: Option<Arc<Shared>>,
    /// When the connection began to read what it reads now.
    since: Moment,
    /// What the open transaction touched of what things are made of that are kept.
    touched: HashSet<Basis>,
}

#[derive(Debug, Default)]
pub(crate) struct Shared {
    known: Mutex<Known>,
    pub(crate) kept: Kept,
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self::of(self.shared.clone())
    }
}

#[derive(Debug, Default)]
struct Known {
    of: HashMap<ActorId, Entry>,
    /// Until when numbers of anybody may be changing.
    all_change: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Nothing while they may be changing.
    numbers: Option<Numbers>,
    until: Instant,
}

impl Default for Memory {
    fn default() -> Self {
        Self::of(Some(Arc::default()))
    }
}

impl Known {
    fn settled(&mut self, now: Instant) -> bool {
        self.all_change = self.all_change.filter(|until| *until > now);
        self.all_change.is_none()
    }
}

fn is_large(numbers: &Numbers) -> bool {
    numbers.followers.max(numbers.following).max(numbers.posts) >= LARGE
}

impl Memory {
    /// One that remembers nothing.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn none() -> Self {
        Self::of(None)
    }

    fn known(&self) -> Option<MutexGuard<'_, Known>> {
        Some(self.shared.as_ref()?.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn of(shared: Option<Arc<Shared>>) -> Self {
        Self { shared, since: Moment::default(), touched: HashSet::new() }
    }

    /// Says that the connection begins to read.
    pub(crate) fn begin(&mut self) {
        self.since = self.kept().map(Kept::moment).unwrap_or_default();
    }

    /// What is kept.
    pub(crate) fn kept(&self) -> Option<&Kept> {
        self.shared.as_deref().map(|shared| &shared.kept)
    }

    /// What is kept for whoever reads, and since when they do. A transaction sees what it wrote itself.
    pub(crate) fn lent(&self) -> Option<(Arc<Shared>, Moment)> {
        let shared = self.shared.as_ref().filter(|_| self.touched.is_empty())?;
        Some((shared.clone(), self.since))
    }

    /// Says that the open transaction touches what things are made of: what is kept of it is forgotten with the commit.
    pub(crate) fn touch(&mut self, row: impl Into<Basis>) {
        self.touched.insert(row.into());
    }

    /// What the open transaction touched.
    pub(crate) fn touched(&self) -> &HashSet<Basis> {
        &self.touched
    }

    /// Ends the transaction; others see now what it wrote, if anything.
    pub(crate) fn settle(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        if let Some(shared) = self.shared.as_ref().filter(|_| !touched.is_empty()) {
            shared.kept.touch(touched);
        }
    }

    /// What is remembered of these.
    pub(crate) fn recall(&self, ids: &[ActorId]) -> HashMap<ActorId, Numbers> {
        let now = Instant::now();
        let Some(mut known) = self.known() else { return HashMap::new() };
        if !known.settled(now) {
            return HashMap::new();
        }
        let recalled = |id: &ActorId| {
            let entry = known.of.get(id).filter(|entry| entry.until > now)?;
            Some((*id, entry.numbers?))
        };
        ids.iter().filter_map(recalled).collect()
    }

    /// Remembers what was counted, of those that do not change meanwhile.
    pub(crate) fn keep(&self, counted: &HashMap<ActorId, Numbers>) {
        let now = Instant::now();
        let Some(mut known) = self.known() else { return };
        if !known.settled(now) {
            return;
        }
        if known.of.len() + counted.len() > MOST {
            // What is changing must not be forgotten; the rest is soon there again.
            known.of.retain(|_, entry| entry.numbers.is_none() && entry.until > now);
        }
        for (id, numbers) in counted {
            let changes = known.of.get(id).is_some_and(|entry| entry.numbers.is_none() && entry.until > now);
            if !changes {
                let until = now + if is_large(numbers) { LARGE_KEPT } else { KEPT };
                known.of.insert(*id, Entry { numbers: Some(*numbers), until });
            }
        }
    }

    /// Says that the open transaction may change the numbers of these.
    pub(crate) fn change(&mut self, ids: impl IntoIterator<Item = ActorId>) {
        for id in ids {
            self.unsettle(Some(id), CHANGING);
            self.touch(Basis::Numbers(Some(id)));
        }
    }

    /// Says that it may change anybody's.
    pub(crate) fn change_all(&mut self) {
        self.unsettle(None, CHANGING);
        self.touch(Basis::Numbers(None));
    }

    /// Remembers no numbers of somebody, or of anybody, for a while.
    fn unsettle(&self, whose: Option<ActorId>, during: Duration) {
        let until = Instant::now() + during;
        let Some(mut known) = self.known() else { return };
        let Some(id) = whose else {
            *known = Known { of: HashMap::new(), all_change: known.all_change.max(Some(until)) };
            return;
        };
        let is_kept = |entry: &Entry| match &entry.numbers {
            Some(numbers) => is_large(numbers) && entry.until > Instant::now(),
            None => entry.until > until,
        };
        if !known.of.get(&id).is_some_and(is_kept) {
            known.of.insert(id, Entry { numbers: None, until });
        }
    }

    /// Forgets what another process says that it touched.
    pub(crate) fn hear(&self, touched: Vec<Basis>) {
        for basis in &touched {
            if let Basis::Numbers(whose) = basis {
                self.unsettle(*whose, CHANGED);
            }
        }
        if let Some(kept) = self.kept() {
            kept.touch(touched);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_counted_anew_unless_it_is_large() {
        let (mut memory, ids) = (Memory::default(), [ActorId(1), ActorId(2)]);
        let counted = |posts| Numbers { posts, ..Numbers::default() };
        memory.keep(&HashMap::from([(ActorId(1), counted(3)), (ActorId(2), counted(LARGE))]));
        assert_eq!(memory.recall(&ids).len(), 2);
        memory.change(ids);
        memory.keep(&HashMap::from([(ActorId(1), counted(3))]));
        assert_eq!(memory.recall(&ids), HashMap::from([(ActorId(2), counted(LARGE))]));
        memory.change_all();
        memory.keep(&HashMap::from([(ActorId(2), counted(7))]));
        assert!(memory.recall(&ids).is_empty());
        memory.keep(&HashMap::new());
        assert!(Memory::none().recall(&ids).is_empty());
    }

    #[test]
    fn what_another_process_changes_is_counted_anew() {
        let (mut there, here, ids) = (Memory::default(), Memory::default(), [ActorId(1), ActorId(2)]);
        here.keep(&ids.map(|id| (id, Numbers::default())).into());
        there.change([ActorId(1)]);
        here.hear(crate::kept::heard(&crate::kept::word(there.touched()).unwrap()).unwrap());
        assert_eq!(here.recall(&ids), HashMap::from([(ActorId(2), Numbers::default())]));
        there.change_all();
        here.hear(crate::kept::heard(&crate::kept::word(there.touched()).unwrap()).unwrap());
        assert!(here.recall(&ids).is_empty());
    }
}
