//! `Db`: the one handle on the database. Reads and writes are closures, run by a bounded set of
//! threads that each own one connection.
use std::{path::Path, sync::Arc, time::Duration};

use crossbeam_channel::Sender;
use diesel::{
    connection::SimpleConnection,
    migration::{Migration, MigrationSource},
    prelude::*,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    conn::{Conn, Isolation, Tx},
    error::{Error, Failure, Result},
    kept,
    memory::Memory,
    presence::{self, Holder, Presence},
    search::Late,
    worker::{self, Outcome, Task},
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Older versions can corrupt a database in WAL mode that has two connections.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How many closures may wait for a thread before new ones have to wait themselves.
const QUEUE: usize = 4_096;

/// How long a closure may wait to be queued before its caller is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(5);

const PRAGMAS: &str = "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
    PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; PRAGMA cache_size=-8192; \
    PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000;";

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of the embedded database.
    Sqlite(std::path::PathBuf),
    /// The URL of a PostgreSQL database.
    Postgres(String),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Queue,
    writers: Queue,
    open: Open,
    memory: Memory,
    sqlite: bool,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("sqlite", &self.sqlite).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Queue {
    tasks: Sender<Queued>,
    places: Arc<Semaphore>,
}

pub(crate) type Queued = (Box<dyn Task>, OwnedSemaphorePermit);

/// Opens another connection to the same database.
pub(crate) type Open = Arc<dyn Fn() -> Result<Conn> + Send + Sync>;

impl Db {
    /// Opens the database, migrating it if needed. `readers` is the number of threads that read.
    pub fn open(location: &Location, readers: usize) -> Result<Self> {
        migrate(location)?;
        Self::connect(location, readers)
    }

    fn connect(location: &Location, readers: usize) -> Result<Self> {
        let memory = Memory::default();
        match location {
            Location::Sqlite(path) => {
                let (reading, writing) = (sqlite_opener(path, true, &memory), sqlite_opener(path, false, &memory));
                Ok(Self {
                    readers: queue(|rx| worker::spawn("db-read", readers, &reading, &rx, worker::one_by_one))?,
                    writers: queue(|rx| worker::spawn("db-write", 1, &writing, &rx, worker::grouped))?,
                    open: writing,
                    memory,
                    sqlite: true,
                })
            }
            Location::Postgres(url) => {
                let open = postgres_opener(url, &memory);
                Ok(Self {
                    readers: queue(|rx| worker::spawn("db-read", readers, &open, &rx, worker::one_by_one))?,
                    writers: queue(|rx| worker::spawn("db-write", readers, &open, &rx, worker::one_by_one))?,
                    open,
                    memory,
                    sqlite: false,
                })
            }
        }
    }

    /// Whether this is the embedded database, which one process owns.
    pub fn is_sqlite(&self) -> bool {
        self.sqlite
    }

    /// Says to other processes that this one serves the database, as long as the answer is kept. What processes that
    /// are no more had in hand is given back. Waits for a second at most.
    pub fn appear(&self, holder: Holder) -> Result<Presence> {
        presence::appear(&self.open, holder)
    }

    /// Calls `hear` with every word that a process sends by [`crate::signal::send`], this one included, and with an
    /// empty one now and then, as long as it answers true. Beside the embedded database, one process listens.
    pub fn listen(&self, hear: impl FnMut(&str) -> bool + Send + 'static) -> Result<()> {
        crate::signal::listen(self.open.clone(), hear)
    }

    /// Forgets what was made of what another process touched, if that is what it says.
    pub fn hear(&self, word: &str) {
        if let Some(touched) = kept::heard(word) {
            self.memory.hear(touched);
        }
    }

    /// Runs `f` on a connection that reads.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        let (answer, answered) = oneshot::channel();
        self.readers.push(Box::new(Reading { f: Some(f), out: None, answer: Some(answer) })).await?;
        answered.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// Runs `f` in one transaction, as if no other ran beside it, and answers only once that is durable. On SQLite, closures
    /// that wait at the same time share one commit, each in a savepoint of its own. `f` may run more than once.
    pub async fn write<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        self.transact(Isolation::Serial, f).await
    }

    /// Runs `f` in one transaction that gets on with others like this.
    pub async fn transact<T, E>(
        &self,
        isolation: Isolation,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        let (answer, answered) = oneshot::channel();
        self.writers.push(Box::new(Writing { f, isolation, out: None, answer: Some(answer) })).await?;
        answered.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// The share of the write queue that is taken, from 0 to 1.
    pub fn pressure(&self) -> f64 {
        let free = u32::try_from(self.writers.places.available_permits()).unwrap_or(u32::MAX);
        1.0 - f64::from(free) / f64::from(u32::try_from(QUEUE).unwrap_or(u32::MAX))
    }
}

impl Queue {
    async fn push(&self, task: Box<dyn Task>) -> Result<()> {
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned());
        let Ok(Ok(place)) = place.await else { return Err(Error::Busy) };
        self.tasks.send((task, place)).map_err(|e| Error::Unavailable(e.to_string()))
    }
}

fn queue(spawn: impl FnOnce(crossbeam_channel::Receiver<Queued>) -> Result<()>) -> Result<Queue> {
    let (tasks, receiver) = crossbeam_channel::unbounded();
    spawn(receiver)?;
    Ok(Queue { tasks, places: Arc::new(Semaphore::new(QUEUE)) })
}

/// Brings the database to the schema of this program; what it holds already stays.
pub fn migrate(location: &Location) -> Result<()> {
    match migrator(location)? {
        Conn::Sqlite(mut c, ..) => run_migrations(&mut c, SQLITE),
        Conn::Postgres(mut c, _) => {
            // One migrator at a time, whatever the number of nodes that start together.
            c.batch_execute("SELECT pg_advisory_lock(8370331)")?;
            run_migrations(&mut c, POSTGRES)
        }
    }
}

/// The connection that migrates, which may take as long as a large database needs, or another node that migrates it now.
fn migrator(location: &Location) -> Result<Conn> {
    let mut conn = opener(location)()?;
    if let Conn::Postgres(c, _) = &mut conn {
        c.batch_execute("SET statement_timeout = 0")?;
    }
    Ok(conn)
}

fn run_migrations<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    ours: EmbeddedMigrations,
) -> Result<()> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| Error::Unavailable(format!("cannot migrate: {e}"));
    let known = MigrationSource::<DB>::migrations(&ours).map_err(failed)?;
    for version in conn.applied_migrations().map_err(failed)? {
        if !known.iter().any(|m| m.name().version() == version) {
            return Err(Error::Unavailable(format!(
                "the database was migrated by a newer version of this program (it has {version}); update the program"
            )));
        }
    }
    conn.run_pending_migrations(ours).map_err(failed)?;
    Ok(())
}

/// Whether the database answers and has the schema of this program.
pub fn is_migrated(conn: &mut Conn) -> Result<bool> {
    let pending = match conn {
        Conn::Sqlite(c, ..) => c.has_pending_migration(SQLITE),
        Conn::Postgres(c, _) => c.has_pending_migration(POSTGRES),
    };
    pending.map(|pending| !pending).map_err(|e| Error::Unavailable(e.to_string()))
}

fn opener(location: &Location) -> Open {
    match location {
        Location::Sqlite(path) => sqlite_opener(path, false, &Memory::default()),
        Location::Postgres(url) => postgres_opener(url, &Memory::default()),
    }
}

fn sqlite_opener(path: &Path, read_only: bool, memory: &Memory) -> Open {
    let (path, memory) = (path.to_string_lossy().into_owned(), memory.clone());
    Arc::new(move || {
        let version = libsqlite3_sys::SQLITE_VERSION_NUMBER;
        if version < OLDEST_SQLITE {
            return Err(Error::Unavailable(format!("SQLite {version} can corrupt databases; build with a newer one")));
        }
        let unreachable = |e: &dyn std::fmt::Display| Error::Unavailable(format!("{path}: {e}"));
        let mut c = SqliteConnection::establish(&path).map_err(|e| unreachable(&e))?;
        c.batch_execute(PRAGMAS).map_err(|e| unreachable(&e))?;
        if read_only {
            c.batch_execute("PRAGMA query_only=ON;").map_err(|e| unreachable(&e))?;
        }
        Ok(Conn::Sqlite(c, memory.clone(), Late::new()))
    })
}

fn postgres_opener(url: &str, memory: &Memory) -> Open {
    let (url, memory) = (url.to_owned(), memory.clone());
    Arc::new(move || {
        let mut c = PgConnection::establish(&url).map_err(|e| Error::Unavailable(e.to_string()))?;
        // Compiling a statement takes longer than any of ours runs.
        c.batch_execute(
            "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'; \
             SET jit = off",
        )?;
        Ok(Conn::Postgres(c, memory.clone()))
    })
}

struct Reading<F, T, E> {
    f: Option<F>,
    out: Option<Result<T, E>>,
    answer: Option<oneshot::Sender<Result<T, E>>>,
}

impl<F, T, E> Task for Reading<F, T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send,
    T: Send,
    E: Failure,
{
    fn run(&mut self, conn: &mut Conn) -> Outcome {
        self.out = self.f.take().map(|f| conn.snapshot(f));
        Outcome::Finished
    }

    fn finish(&mut self, _: Result<()>) {
        if let (Some(answer), Some(out)) = (self.answer.take(), self.out.take()) {
            answer.send(out).ok();
        }
    }
}

struct Writing<F, T, E> {
    f: F,
    isolation: Isolation,
    out: Option<Result<T, E>>,
    answer: Option<oneshot::Sender<Result<T, E>>>,
}

impl<F, T, E> Task for Writing<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Failure,
{
    fn run(&mut self, conn: &mut Conn) -> Outcome {
        let out = conn.transaction(self.isolation, &mut self.f);
        let outcome = if out.as_ref().is_err_and(Failure::is_conflict) { Outcome::Conflict } else { Outcome::Finished };
        self.out = Some(out);
        outcome
    }

    fn run_within(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let out = (self.f)(tx);
        let failed = out.is_err();
        self.out = Some(out);
        if failed {
            Err(Error::Conflict("a write that shares the transaction failed".into()))
        } else {
            Ok(Outcome::Finished)
        }
    }

    fn finish(&mut self, committed: Result<()>) {
        if let (Some(answer), Some(out)) = (self.answer.take(), self.out.take()) {
            answer.send(committed.map_err(E::from).and(out)).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::Text;

    use super::*;
    use crate::tests::postgres;

    #[derive(diesel::QueryableByName)]
    struct Set {
        #[diesel(sql_type = Text)]
        statement_timeout: String,
    }

    #[test]
    fn migrations_take_the_time_they_need() {
        let Some(t) = postgres() else { return eprintln!("skipped: TEST_POSTGRES_URL is not set") };
        let Conn::Postgres(mut c, _) = migrator(&t.location).unwrap() else { panic!("another database") };
        let set: Set = diesel::sql_query("SHOW statement_timeout").get_result(&mut c).unwrap();
        assert_eq!(set.statement_timeout, "0");
    }
}
