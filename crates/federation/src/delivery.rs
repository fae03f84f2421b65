//! Sends what waits: every server in order, many servers at once, with patience for those that do not answer.
//!
//! One task keeps the books and does nothing else: it takes servers under a lease, decides what may leave, and records
//! what became of it, many results in one transaction. Everything that waits runs in a task of its own and reports back.
mod courier;
mod lane;
mod moved;
mod results;
#[cfg(test)]
mod tests;
mod traffic;
mod turns;
mod verdict;

use std::{
    collections::HashMap,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    App, Result,
    deliveries::{self, Claim, LEASE, Report},
};
use domain::{
    id::PeerId,
    time::{Timestamp, span},
};
use store::deliveries::{End, Waiting};
use tokio::sync::mpsc;

use self::{
    courier::{Courier, Lesson},
    lane::{BATCH, Lane},
    traffic::{Pace, SLOW_AFTER, Traffic},
    turns::{Step, Turns},
    verdict::Verdict,
};
use crate::client::Client;

/// How many servers are served at one time.
const LANES: usize = 512;

/// Of those, how many may be ones that could not be reached last time.
const PROBING_LANES: usize = 128;

/// How often the queue is looked at without being woken: for what is due later, and what other processes queue.
const POLL: Duration = span::seconds(1);

/// How long results are gathered before they are recorded.
const GATHER: Duration = Duration::from_millis(20);

/// How many results are recorded without waiting for more.
const PLENTY: usize = 256;

/// How long what is on its way may take when the program stops.
const FAREWELL: Duration = span::seconds(30);

/// Sends until the program stops.
pub async fn run(app: App, client: Client) {
    let mut office = Office::new(app, client);
    office.work(false).await;
    office.leave().await;
}

/// Sends what is due now, and returns when nothing is left that may be sent.
pub async fn drain(app: &App, client: &Client) {
    let mut office = Office::new(app.clone(), client.clone());
    office.work(true).await;
    office.leave().await;
}

pub use self::moved::handlers;

/// What a task reports back.
enum News {
    Claimed(Result<Vec<Claim>>),
    Loaded(PeerId, Result<Vec<Waiting>>),
    /// A delivery to a server that went well has not been answered yet.
    Slow,
    Sent(PeerId, Waiting, (Verdict, Option<Lesson>), Pace),
    Recorded(Result<()>, Arc<Report>),
    Renewed(Result<(Timestamp, Vec<PeerId>)>, Vec<PeerId>),
}

/// The one who keeps the books.
struct Office {
    app: App,
    courier: Arc<Courier>,
    lanes: HashMap<PeerId, Lane>,
    /// The lanes something happened to, so that something may leave, whose turn it is first.
    turns: Turns,
    traffic: Traffic,
    report: Report,
    recording: bool,
    /// When something was last recorded.
    recorded: Instant,
    claiming: bool,
    /// Whether there may be servers to claim.
    ring: bool,
    /// When servers were last looked for, and how long that took.
    claimed: Instant,
    took: Duration,
    renewed: Instant,
    tell: mpsc::UnboundedSender<News>,
    news: mpsc::UnboundedReceiver<News>,
}

impl Office {
    fn new(app: App, client: Client) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        let now = Instant::now();
        Self {
            courier: Arc::new(Courier::new(app.clone(), client)),
            app,
            lanes: HashMap::new(),
            turns: Turns::default(),
            traffic: Traffic::default(),
            report: Report::default(),
            recording: false,
            recorded: now,
            claiming: false,
            ring: true,
            claimed: now,
            took: Duration::ZERO,
            renewed: now,
            tell,
            news,
        }
    }

    /// Works until the program stops or, if it is `once`, until nothing is left.
    async fn work(&mut self, once: bool) {
        let app = self.app.clone();
        loop {
            self.dispatch();
            self.record();
            self.claim();
            self.renew();
            let idle = self.lanes.is_empty() && !self.claiming && !self.recording && self.report.is_empty();
            if once && idle && !self.ring || app.tasks().is_stopping() {
                return;
            }
            let nap = self.nap();
            tokio::select! {
                biased;
                () = app.tasks().stopping() => return,
                Some(news) = self.news.recv() => {
                    self.hear(news);
                    while let Ok(news) = self.news.try_recv() {
                        self.hear(news);
                    }
                }
                () = app.wakes().deliveries.notified() => self.ring = true,
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    /// How long there is nothing to do unless something happens.
    fn nap(&self) -> Duration {
        if !self.report.is_empty() && !self.recording {
            GATHER.saturating_sub(self.recorded.elapsed())
        } else if self.ring && !self.claiming && !self.is_full() {
            self.pause().saturating_sub(self.claimed.elapsed()).max(Duration::from_millis(1))
        } else {
            POLL
        }
    }

    /// How long to let pass between two looks at all servers: a tenth of the time may go into it.
    fn pause(&self) -> Duration {
        (self.took * 10).clamp(Duration::from_millis(5), POLL)
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Claimed(claims) => {
                self.claiming = false;
                self.took = self.claimed.elapsed();
                for claim in claims.unwrap_or_else(|error| self.complain(&error)) {
                    let id = claim.peer.id;
                    if let Some(lane) = self.lanes.get_mut(&id) {
                        // Lost while something was on its way, and ours again: what waits comes after that.
                        lane.peer.lease_until = claim.peer.lease_until;
                        continue;
                    }
                    self.lanes.insert(id, Lane::new(claim));
                    self.turn(id);
                }
            }
            News::Loaded(id, batch) => {
                let batch = batch.unwrap_or_else(|error| self.complain(&error));
                if let Some(lane) = self.lanes.get_mut(&id) {
                    lane.load(batch);
                }
                self.turn(id);
            }
            News::Slow => self.traffic.slow_down(),
            News::Sent(id, waiting, (verdict, lesson), pace) => {
                self.traffic.leave(pace);
                self.learn(id, lesson);
                self.settle(id, waiting, verdict);
                self.turn(id);
            }
            News::Recorded(Ok(()), report) => {
                self.recording = false;
                // What was queued for them meanwhile was left to whoever serves them next.
                self.ring |= !report.released.is_empty();
            }
            News::Recorded(Err(error), report) => {
                self.recording = false;
                self.recorded = Instant::now() + POLL;
                self.complain::<()>(&error);
                self.report.after(Arc::unwrap_or_clone(report));
            }
            News::Renewed(Ok((until, kept)), asked) => {
                for id in asked {
                    match self.lanes.get_mut(&id) {
                        Some(lane) if kept.contains(&id) => lane.peer.lease_until = until,
                        Some(lane) => {
                            lane.close();
                            self.turn(id);
                        }
                        None => {}
                    }
                }
            }
            News::Renewed(Err(error), _) => self.complain(&error),
        }
    }

    fn complain<T: Default>(&self, error: &app::Error) -> T {
        tracing::warn!(error = error as &dyn std::error::Error, lanes = self.lanes.len(), "deliveries are held up");
        T::default()
    }

    /// It will be looked whether something may leave to this server.
    fn turn(&mut self, id: PeerId) {
        if let Some(lane) = self.lanes.get(&id) {
            self.turns.add(id, lane.is_probing());
        }
    }

    /// Lets leave what may leave, a server after the other.
    fn dispatch(&mut self) {
        let now = self.app.now();
        for probing in [false, true] {
            while let Some(id) = self.turns.next(probing) {
                match self.advance(id, now) {
                    Step::Left => self.turn(id),
                    Step::Nothing => {}
                    Step::Crowded => {
                        self.turns.add_first(id, probing);
                        break;
                    }
                }
            }
        }
    }

    /// Lets one delivery to a server leave, or ends its turn.
    fn advance(&mut self, id: PeerId, now: Timestamp) -> Step {
        let Some(lane) = self.lanes.get_mut(&id) else { return Step::Nothing };
        if lane.peer.lease_until <= now {
            // We were asleep too long: the server may be somebody else's by now.
            lane.close();
        }
        let probing = lane.is_probing();
        let mut delayed = Vec::new();
        let pace = self.traffic.enter(probing);
        let next = pace.and_then(|pace| Some((lane.start(now, &mut delayed)?, lane.addressee(), pace)));
        if let (Some(pace), None) = (pace, &next) {
            self.traffic.leave(pace);
        }
        let crowded = pace.is_none() && lane.is_waiting();
        let wants = lane.wants();
        let over = lane.is_over();
        for (waiting, retry_at) in delayed {
            self.report.ends.push((id, waiting, End::Later { retry_at, error: None }));
        }
        if let Some(last) = wants {
            let app = self.app.clone();
            self.spawn(async move { News::Loaded(id, deliveries::next(&app, id, last, BATCH).await) });
        }
        let Some((waiting, to, pace)) = next else {
            if over {
                self.end(id);
            }
            return if crowded { Step::Crowded } else { Step::Nothing };
        };
        let (courier, tell) = (self.courier.clone(), self.tell.clone());
        self.spawn(async move {
            let (verdict, pace) = {
                let mut delivery = pin!(courier.deliver(&waiting, &to));
                match tokio::time::timeout(SLOW_AFTER, &mut delivery).await {
                    Ok(verdict) => (verdict, pace),
                    Err(_) if probing => (delivery.await, pace),
                    Err(_) => {
                        tell.send(News::Slow).ok();
                        (delivery.await, Pace::Slow)
                    }
                }
            };
            News::Sent(id, waiting, verdict, pace)
        });
        Step::Left
    }

    /// Records what there is, once it is enough or old enough.
    fn record(&mut self) {
        let due = self.report.ends.len() >= PLENTY || self.recorded.elapsed() >= GATHER;
        if self.recording || self.report.is_empty() || !due {
            return;
        }
        self.recording = true;
        self.recorded = Instant::now();
        let (app, report) = (self.app.clone(), Arc::new(std::mem::take(&mut self.report)));
        self.spawn(async move { News::Recorded(deliveries::record(&app, report.clone()).await, report) });
    }

    /// Looks for servers that something is due for.
    fn claim(&mut self) {
        self.ring |= self.claimed.elapsed() >= POLL;
        if !self.ring || self.claiming || self.is_full() || self.claimed.elapsed() < self.pause() {
            return;
        }
        (self.ring, self.claiming, self.claimed) = (false, true, Instant::now());
        let well = self.lanes.values().filter(|lane| lane.is_probing()).count() >= PROBING_LANES;
        let room = i64::try_from(LANES.saturating_sub(self.held())).unwrap_or(0);
        let app = self.app.clone();
        self.spawn(async move { News::Claimed(deliveries::claim(&app, well, room, BATCH).await) });
    }

    /// How many servers are served, without those that only take long: they need nothing but patience.
    fn held(&self) -> usize {
        self.lanes.len().saturating_sub(self.traffic.slow())
    }

    /// Whether there is enough to do already; servers are taken many at a time.
    fn is_full(&self) -> bool {
        self.held() > LANES / 2
    }

    fn renew(&mut self) {
        if self.lanes.is_empty() || self.renewed.elapsed() < LEASE / 4 {
            return;
        }
        self.renewed = Instant::now();
        let (app, ids): (_, Vec<PeerId>) = (self.app.clone(), self.lanes.keys().copied().collect());
        self.spawn(async move { News::Renewed(deliveries::renew(&app, ids.clone()).await, ids) });
    }

    fn spawn(&self, work: impl Future<Output = News> + Send + 'static) {
        let tell = self.tell.clone();
        self.app.tasks().spawn(async move {
            // Whoever does not listen any more has left.
            tell.send(work.await).ok();
        });
    }

    /// Waits for what is on its way, records it, and gives all servers back.
    async fn leave(&mut self) {
        let deadline = tokio::time::Instant::now() + FAREWELL;
        for lane in self.lanes.values_mut() {
            lane.close();
        }
        while !self.traffic.is_quiet() || self.recording || self.claiming {
            match tokio::time::timeout_at(deadline, self.news.recv()).await {
                Ok(Some(news)) => self.hear(news),
                Ok(None) | Err(_) => break,
            }
        }
        let ids: Vec<PeerId> = self.lanes.keys().copied().collect();
        for id in ids {
            self.end(id);
        }
        let report = Arc::new(std::mem::take(&mut self.report));
        if let Err(error) = deliveries::record(&self.app, report).await {
            self.complain::<()>(&error);
        }
    }
}
