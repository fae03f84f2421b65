//! What answers leave to be recorded: of a delivery, and of its server.
use domain::{
    id::PeerId,
    time::{Timestamp, span},
};
use store::{deliveries::Waiting, peers::Peer};

use super::{
    Office,
    courier::Lesson,
    lane::Settled,
    verdict::{Luck, Verdict},
};

impl Office {
    /// Remembers how a server wants requests signed.
    pub(super) fn learn(&mut self, id: PeerId, lesson: Option<Lesson>) {
        let Some((lane, Lesson { scheme, supposed })) = self.lanes.get_mut(&id).zip(lesson) else { return };
        if lane.peer.scheme != Some(scheme) {
            lane.peer.scheme = Some(scheme);
            self.report.schemes.push((lane.peer.host.clone(), scheme, supposed));
        }
    }

    pub(super) fn settle(&mut self, id: PeerId, waiting: Waiting, verdict: Verdict) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        let Settled { end, gone, moved } = lane.settle(&waiting, verdict, self.app.now(), Luck::new());
        if gone {
            self.report.gone.push(waiting.inbox.clone());
        }
        if moved {
            self.report.moved.push((id, waiting.inbox.clone()));
        }
        if let Some(end) = end {
            self.report.ends.push((id, waiting, end));
        }
    }

    /// Gives a server back.
    pub(super) fn end(&mut self, id: PeerId) {
        let Some(mut lane) = self.lanes.remove(&id) else { return };
        let (proven, set_back) = lane.outcome();
        let is_old = |at: Option<Timestamp>| at.is_none_or(|at| at + span::minutes(1) < self.app.now());
        let Peer { host, failures, resting_until, last_success, .. } = &lane.peer;
        if let Some(how) = set_back {
            tracing::debug!(peer = host, error = how.error, failures = how.failures, "a server is set back");
            self.report.set_back.push((id, how));
        } else if proven && (*failures > 0 || *resting_until > Timestamp(0) || is_old(*last_success)) {
            self.report.succeeded.push(id);
        }
        self.report.released.push(id);
    }
}
