//! How many deliveries are on their way at one time: enough for the swift, and apart from them the slow and the doubtful.
use std::time::Duration;

use domain::time::span;

/// How many are on their way to servers that went well.
const SWIFT: usize = 256;

/// And how many to those that could not be reached last time, so that the others do not wait for them.
const PROBES: usize = 64;

/// After so long without an answer a delivery does not keep others from leaving any more.
pub(super) const SLOW_AFTER: Duration = span::seconds(1);

/// How many of those there may be before they do.
const SLOW: usize = 256;

/// Among which a delivery counts while it is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Swift,
    Slow,
    Probe,
}

/// What is on its way.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    swift: usize,
    slow: usize,
    probes: usize,
}

impl Traffic {
    /// Lets one more leave, if there is room.
    pub(super) fn enter(&mut self, probe: bool) -> Option<Pace> {
        let (pace, room) = if probe {
            (Pace::Probe, self.probes < PROBES)
        } else {
            (Pace::Swift, self.swift < SWIFT && self.swift + self.slow < SWIFT + SLOW)
        };
        room.then(|| {
            *self.among(pace) += 1;
            pace
        })
    }

    /// One was answered, or did not leave after all.
    pub(super) fn leave(&mut self, pace: Pace) {
        let among = self.among(pace);
        *among = among.saturating_sub(1);
    }

    /// One takes long.
    pub(super) fn slow_down(&mut self) {
        self.leave(Pace::Swift);
        self.slow += 1;
    }

    /// How many take long.
    pub(super) fn slow(&self) -> usize {
        self.slow
    }

    /// Whether nothing is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.swift + self.slow + self.probes == 0
    }

    fn among(&mut self, pace: Pace) -> &mut usize {
        match pace {
            Pace::Swift => &mut self.swift,
            Pace::Slow => &mut self.slow,
            Pace::Probe => &mut self.probes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slow_make_room_until_there_are_too_many() {
        let mut traffic = Traffic::default();
        for _ in 0..SWIFT {
            assert_eq!(traffic.enter(false), Some(Pace::Swift));
        }
        assert_eq!(traffic.enter(false), None);
        assert_eq!(traffic.enter(true), Some(Pace::Probe), "probes have room of their own");
        for _ in 0..SLOW {
            traffic.slow_down();
            assert_eq!(traffic.enter(false), Some(Pace::Swift));
        }
        traffic.slow_down();
        assert_eq!(traffic.enter(false), None);
        traffic.leave(Pace::Slow);
        assert_eq!(traffic.enter(false), Some(Pace::Swift));
    }
}
