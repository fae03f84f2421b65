//! `App`: the one handle of the doors, and the one way to write.
use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    host::Host,
    id::{PeerId, PostId},
    time::{Timestamp, span},
    urls::Site,
};
use store::{Conn, Db, Holder, Isolation, Lease, Presence};
use tokio::sync::{Semaphore, SemaphorePermit, broadcast};

use crate::{
    Change, Clerk, Clock, Config, Error, Event, Mailer, Outbox, Pusher, Resolver, Result, Tasks, Witness,
    floods::Floods,
    hearers,
    identities::Heard,
    limits::Limits,
    media::Files,
    nameplate::Hung,
    people::passwords,
    random::{self, Ids, NewId},
    registration::Choice,
    rules::Rules,
    seal::Seal,
    sentences::Shelf,
    similar::Similar,
    totals::Totals,
    visits::Visits,
    wakes::{Queue, Wakes},
};

mod parts;

pub use parts::Parts;

/// How many events a live stream may lag behind before it misses some.
const STREAM: usize = 1_024;

/// How often one looks for processes that are no more.
const WATCH: Duration = span::seconds(20);

/// How long somebody waits for their password to be looked at; then there is a rush, and later is better.
const PATIENCE: Duration = span::seconds(5);

/// Everything that can be done here; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    config: Config,
    clock: Clock,
    ids: Ids,
    /// The number by which other processes know this one.
    holder: Holder,
    seal: Seal,
    rules: Rules,
    files: Files,
    outbox: Box<dyn Outbox>,
    resolver: Box<dyn Resolver>,
    witness: Option<Box<dyn Witness>>,
    clerk: Option<Box<dyn Clerk>>,
    mailer: Option<Box<dyn Mailer>>,
    pusher: Option<Box<dyn Pusher>>,
    tasks: Tasks,
    wakes: Wakes,
    events: broadcast::Sender<Arc<Event>>,
    changes: broadcast::Sender<Change>,
    limits: Limits,
    hashing: Semaphore,
    totals: Totals,
    visits: Visits,
    similar: Similar,
    heard: Heard,
    floods: Floods,
    hung: Hung,
    shelf: Shelf,
    registration: Choice,
    /// Whether this process hears what others commit.
    listens: AtomicBool,
}

impl Inner {
    /// Whether others may want to hear what this process commits: beside the embedded database, only the one that serves it
    /// does.
    fn has_others(&self) -> bool {
        !self.db.is_sqlite() || !self.listens.load(Ordering::Relaxed)
    }
}

/// A transaction of the action layer: the store's, with the time, new ids, and events.
pub struct Tx<'a, 'b> {
    store: &'a mut store::Tx<'b>,
    app: &'a Inner,
    now: Timestamp,
    events: Vec<Event>,
    changes: Vec<Change>,
    woken: Vec<Queue>,
}

impl<'b> Deref for Tx<'_, 'b> {
    type Target = store::Tx<'b>;
    fn deref(&self) -> &store::Tx<'b> {
        self.store
    }
}

impl<'b> DerefMut for Tx<'_, 'b> {
    fn deref_mut(&mut self) -> &mut store::Tx<'b> {
        self.store
    }
}

impl Tx<'_, '_> {
    /// The moment of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The server as it is known outside.
    pub fn site(&self) -> &Site {
        &self.app.config.site
    }

    /// What the operator decided.
    pub(crate) fn config(&self) -> &Config {
        &self.app.config
    }

    /// Seals secrets before they are stored.
    pub fn seal(&self) -> &Seal {
        &self.app.seal
    }

    /// The server of a URL, new if it was not known.
    pub(crate) fn peer(&mut self, host: &Host) -> Result<PeerId> {
        let (id, regard) = (self.new_id(), self.app.rules.book().regard(host));
        Ok(store::peers::ensure(self, id, host.as_str(), regard)?)
    }

    /// Which servers we deal with.
    pub(crate) fn rules(&self) -> &Rules {
        &self.app.rules
    }

    /// Says that something happened: others hear of it in this transaction, or of nothing at all.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Tells open streams after the commit, here and in the other processes. What events tell, they hear by themselves.
    pub(crate) fn show(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Wakes the workers of `queue` after the commit, here and in the other processes.
    pub fn wake(&mut self, queue: Queue) {
        if !self.woken.contains(&queue) {
            self.woken.push(queue);
        }
    }

    /// The number by which other processes know this one.
    pub(crate) fn holder(&self) -> Holder {
        self.app.holder
    }

    /// What this process takes now is its own for so long.
    pub(crate) fn lease(&self, time: Duration) -> Lease {
        Lease { holder: self.app.holder, until: self.now + time }
    }

    /// A number for something that comes to be now.
    pub fn new_id<T: NewId>(&self) -> T {
        T::new(self.app.ids.draw(self.now, T::STEP))
    }

    /// A number for a post that was published at `at`. News come after all that readers have seen, even if they are
    /// late; everything else takes its place among what was published when it was.
    pub fn post_id(&self, at: Timestamp, news: bool) -> PostId {
        if news {
            PostId(self.app.ids.draw(self.now, PostId::STEP))
        } else {
            PostId::at_or_before(Ids::dated(at.min(self.now)))
        }
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { db, config, clock, seal, rules, files, outbox, resolver, witness, clerk, mailer, pusher, tasks } =
            parts;
        let (events, changes) = (broadcast::Sender::new(STREAM), broadcast::Sender::new(STREAM));
        let (wakes, ids, holder) = (Wakes::default(), Ids::new(), random::holder());
        let (limits, hashing) = (Limits::default(), Semaphore::new(passwords::AT_ONCE));
        Self(Arc::new(Inner {
            db,
            config,
            clock,
            ids,
            holder,
            seal,
            rules,
            files,
            outbox,
            resolver,
            witness,
            clerk,
            mailer,
            pusher,
            tasks,
            wakes,
            events,
            changes,
            limits,
            hashing,
            totals: Totals::default(),
            visits: Visits::default(),
            similar: Similar::default(),
            heard: Heard::default(),
            floods: Floods::default(),
            hung: Hung::default(),
            shelf: Shelf::default(),
            registration: Choice::default(),
            listens: AtomicBool::new(false),
        }))
    }

    /// What the operator decided.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The server as it is known outside.
    pub fn site(&self) -> &Site {
        &self.0.config.site
    }

    /// What the server is called, and how it looks.
    pub fn nameplate(&self) -> &Hung {
        &self.0.hung
    }

    /// What pages and letters say otherwise here than elsewhere.
    pub fn sentences(&self) -> &Shelf {
        &self.0.shelf
    }

    /// What admins chose about who may make a login.
    pub(crate) fn registration(&self) -> &Choice {
        &self.0.registration
    }

    /// The language in which the server speaks to somebody who reads `wanted`: a tag, or what a browser says of itself.
    pub fn spoken(&self, wanted: &str) -> &'static str {
        self.0.config.spoken(wanted)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Seals and opens secrets.
    pub fn seal(&self) -> &Seal {
        &self.0.seal
    }

    /// Which servers we deal with.
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// Where media are kept.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// Asks other servers.
    pub fn resolver(&self) -> &dyn Resolver {
        &*self.0.resolver
    }

    /// Asks the servers of guests who they are, if there may be guests.
    pub(crate) fn witness(&self) -> Result<&dyn Witness> {
        self.0.witness.as_deref().ok_or(Error::NotFound)
    }

    /// Looks people up in the directory of an organization, if there is one.
    pub(crate) fn clerk(&self) -> Result<&dyn Clerk> {
        self.0.clerk.as_deref().ok_or(Error::NotFound)
    }

    /// Sends mail, if there is a mail server.
    pub fn mailer(&self) -> Option<&dyn Mailer> {
        self.0.mailer.as_deref()
    }

    /// Wakes clients, if anybody does.
    pub(crate) fn pusher(&self) -> Option<&dyn Pusher> {
        self.0.pusher.as_deref()
    }

    /// Large numbers that were counted lately.
    pub fn totals(&self) -> Totals {
        self.0.totals.clone()
    }

    /// Who was here today.
    pub(crate) fn visits(&self) -> Visits {
        self.0.visits.clone()
    }

    /// The threads that were found to be about the same lately.
    pub fn similar(&self) -> Similar {
        self.0.similar.clone()
    }

    /// Who sent more than they may.
    pub fn floods(&self) -> Floods {
        self.0.floods.clone()
    }

    /// What the provider of an organization said lately.
    pub(crate) fn heard(&self) -> &Heard {
        &self.0.heard
    }

    /// Starts background tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    /// How often things may be tried.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A place to hash a password in.
    pub(crate) async fn hashing(&self) -> Result<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(PATIENCE, self.0.hashing.acquire()).await;
        place.map_err(|_elapsed| Error::TooOften { wait: PATIENCE })?.map_err(Error::internal)
    }

    /// The bells of the queues.
    pub fn wakes(&self) -> &Wakes {
        &self.0.wakes
    }

    /// Hears of everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.0.events.subscribe()
    }

    /// Hears of everything that open streams have to look at from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// Says that this process serves the database while the answer is kept; what killed ones had in hand is free again.
    pub async fn appear(&self) -> Result<Presence> {
        let (db, holder) = (self.0.db.clone(), self.0.holder);
        Ok(self.tasks().blocking(move || db.appear(holder)).await.map_err(Error::internal)??)
    }

    /// Gives back what processes have in hand that are killed while this one lives, until the program stops.
    pub async fn watch(self, presence: Presence) {
        while !self.tasks().is_stopping() {
            let looker = presence.clone();
            if let Ok(Err(error)) = self.tasks().blocking(move || looker.look()).await {
                tracing::warn!(%error, "cannot see which other processes are there");
            }
            tokio::select! {
                () = tokio::time::sleep(WATCH) => {}
                () = self.tasks().stopping() => {}
            }
        }
    }

    /// Lets what other processes commit wake the workers of this one.
    pub fn listen(&self) -> Result<()> {
        self.0.listens.store(true, Ordering::Relaxed);
        let inner = Arc::downgrade(&self.0);
        let hear = move |word: &str| {
            let Some(inner) = inner.upgrade().filter(|inner| !inner.tasks.is_stopping()) else { return false };
            Queue::ALL.into_iter().filter(|queue| queue.as_str() == word).for_each(|queue| inner.wakes.ring(queue));
            if let Some(change) = Change::heard(word, inner.holder) {
                inner.changes.send(change).ok();
            }
            inner.db.hear(word);
            true
        };
        Ok(self.0.db.listen(hear)?)
    }

    /// Whether one process owns the database.
    pub fn is_alone(&self) -> bool {
        self.0.db.is_sqlite()
    }

    /// How full the queue of writes is, from 0 to 1.
    pub fn pressure(&self) -> f64 {
        self.0.db.pressure()
    }

    /// Runs a query.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.0.db.read(f).await?)
    }

    /// Runs `f` in one transaction, with everything its events give rise to. Answers once it is durable.
    /// `f` may run more than once, and must wait for nothing.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.transact(Isolation::Serial, f).await
    }

    /// The same for what only puts something in a queue, or takes it from there: it makes nobody else run again.
    pub(crate) async fn queue<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.transact(Isolation::Rows, f).await
    }

    async fn transact<T: Send + 'static>(
        &self,
        isolation: Isolation,
        mut f: impl FnMut(&mut Tx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = self.0.clone();
        inner.ids.begin(&inner.db, inner.clock.now()).await?;
        let (value, events, changes, woken) = inner
            .db
            .transact::<_, Error>(isolation, {
                let inner = inner.clone();
                move |store| {
                    let now = inner.clock.now();
                    let mut tx =
                        Tx { store, app: &inner, now, events: Vec::new(), changes: Vec::new(), woken: Vec::new() };
                    let value = f(&mut tx)?;
                    let events = std::mem::take(&mut tx.events);
                    for event in &events {
                        inner.outbox.emit(&mut tx, event)?;
                        hearers::hear(&mut tx, event)?;
                    }
                    tx.changes.extend(events.iter().filter_map(Change::of));
                    let changes = std::mem::take(&mut tx.changes);
                    let woken = std::mem::take(&mut tx.woken);
                    if inner.has_others() {
                        let words = changes.iter().filter_map(|change| change.word(inner.holder));
                        let rung = woken.iter().map(|queue| queue.as_str().to_owned());
                        let touched = store::kept::word(tx.touched());
                        for word in words.chain(touched).chain(rung) {
                            store::signal::send(&mut tx, inner.ids.next(now), &word)?;
                        }
                    }
                    Ok((value, events, changes, woken))
                }
            })
            .await?;
        for queue in woken {
            inner.wakes.ring(queue);
        }
        for event in events {
            // Nobody listening is no failure.
            inner.events.send(Arc::new(event)).ok();
        }
        for change in changes {
            inner.changes.send(change).ok();
        }
        Ok(value)
    }
}
