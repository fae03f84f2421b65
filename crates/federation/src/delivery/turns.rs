//! Whose turn it is to send: lanes that something happened to, the proven apart from the doubtful.
use std::collections::{HashSet, VecDeque};

use domain::id::PeerId;

/// What came of a lane's turn.
pub(super) enum Step {
    /// One delivery left, and there may be more.
    Left,
    /// There is nothing to do until something happens.
    Nothing,
    /// Something would leave if less were on its way.
    Crowded,
}

/// The lanes that wait for their turn; those to servers that have to prove themselves hold nobody else up.
#[derive(Default)]
pub(super) struct Turns {
    swift: VecDeque<PeerId>,
    probing: VecDeque<PeerId>,
    all: HashSet<PeerId>,
}

impl Turns {
    pub(super) fn add(&mut self, id: PeerId, probing: bool) {
        if self.all.insert(id) {
            self.of(probing).push_back(id);
        }
    }

    pub(super) fn add_first(&mut self, id: PeerId, probing: bool) {
        if self.all.insert(id) {
            self.of(probing).push_front(id);
        }
    }

    pub(super) fn next(&mut self, probing: bool) -> Option<PeerId> {
        let id = self.of(probing).pop_front()?;
        self.all.remove(&id);
        Some(id)
    }

    fn of(&mut self, probing: bool) -> &mut VecDeque<PeerId> {
        if probing { &mut self.probing } else { &mut self.swift }
    }
}
