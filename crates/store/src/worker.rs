//! The threads behind `Db`: each owns a connection and runs closures that wait in a queue.
use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use crossbeam_channel::Receiver;

use crate::{
    conn::{Conn, Isolation, Tx},
    db::{Open, Queued},
    error::{Error, Result},
};

/// How many waiting writes share one commit on SQLite.
const BATCH: usize = 256;

/// How often a write that met another one is run before its caller hears of it.
const ATTEMPTS: u32 = 12;

/// The same where there is one writer: only a number that was drawn twice can come out differently.
const ATTEMPTS_ALONE: u32 = 4;

/// A closure with the way back to its caller.
pub(crate) trait Task: Send {
    /// Runs the closure; may be called again after a conflict or a failed commit.
    fn run(&mut self, conn: &mut Conn) -> Outcome;
    /// Runs the closure as a part of the open transaction, which has to be given up if this fails.
    fn run_within(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        Ok(self.run(tx))
    }
    /// Answers the caller, with the end of the commit the closure depended on.
    fn finish(&mut self, committed: Result<()>);
}

/// How running a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With a value or an error for the caller.
    Finished,
    /// It met another transaction and may run again.
    Conflict,
}

/// Whether a thread goes on with its connection.
#[derive(PartialEq, Eq)]
pub(crate) enum Connection {
    /// It does not: the connection broke, or a task panicked in it.
    Broken,
    /// There is nothing left to do: the `Db` was dropped.
    Finished,
}

/// Starts `threads` threads that serve `tasks`, each with a connection of its own.
#[expect(clippy::disallowed_methods, reason = "these threads own the connections")]
pub(crate) fn spawn(
    name: &str,
    threads: usize,
    open: &Open,
    tasks: &Receiver<Queued>,
    serve: fn(&mut Conn, &Receiver<Queued>) -> Connection,
) -> Result<()> {
    for _ in 0..threads {
        let (open, tasks, mut conn) = (open.clone(), tasks.clone(), open()?);
        let run = move || {
            while serve(&mut conn, &tasks) == Connection::Broken {
                conn = reopen(&open);
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(run).map_err(|e| Error::Unavailable(e.to_string()))?;
    }
    Ok(())
}

fn reopen(open: &Open) -> Conn {
    let mut pause = Duration::from_millis(50);
    loop {
        match open() {
            Ok(conn) => return conn,
            Err(error) => tracing::warn!(%error, "cannot reopen the database"),
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

/// Serves one task after another, each in its own transaction if it writes.
pub(crate) fn one_by_one(conn: &mut Conn, tasks: &Receiver<Queued>) -> Connection {
    for (mut task, _place) in tasks {
        let ran = run_alone(conn, task.as_mut());
        task.finish(ran);
        if conn.is_broken() || conn.depth() > 0 {
            return Connection::Broken;
        }
    }
    Connection::Finished
}

/// Runs `task` until it meets no other transaction any more.
fn run_alone(conn: &mut Conn, task: &mut dyn Task) -> Result<()> {
    let attempts = if conn.is_sqlite() { ATTEMPTS_ALONE } else { ATTEMPTS };
    for attempt in 1.. {
        match catch_unwind(AssertUnwindSafe(|| task.run(conn))) {
            Ok(Outcome::Conflict) if attempt < attempts && conn.is_sqlite() => {}
            Ok(Outcome::Conflict) if attempt < attempts && conn.depth() == 0 => {
                // Each for a time of its own, so that those who met do not meet again at once.
                let whose = (std::process::id(), thread::current().id(), attempt);
                let least = u64::from(attempt) * 2;
                let more = BuildHasherDefault::<DefaultHasher>::default().hash_one(whose) % least;
                thread::sleep(Duration::from_millis(least + more));
            }
            Ok(_) => break,
            Err(_) => return Err(Error::Panicked),
        }
    }
    Ok(())
}

/// Whether each write of a batch has a savepoint, or the first failure undoes them all. Savepoints are dear: each copies
/// every page that it touches first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Savepoints,
    AllOrNothing,
}

/// For how many batches there are savepoints after a write failed: whoever fails on purpose gains nothing.
const CAREFUL: u32 = 64;

/// Serves all waiting writes in one transaction: each can fail alone, and all share one commit.
pub(crate) fn grouped(conn: &mut Conn, tasks: &Receiver<Queued>) -> Connection {
    let mut careful = 0_u32;
    while let Ok(first) = tasks.recv() {
        let mut batch = vec![first];
        batch.extend(tasks.try_iter().take(BATCH - 1));
        let care = if careful > 0 || batch.len() == 1 { Care::Savepoints } else { Care::AllOrNothing };
        careful = careful.saturating_sub(1);
        let mut ran = 0;
        let mut committed = together(conn, &mut batch, care, &mut ran);
        if care == Care::AllOrNothing && matches!(committed, Ok(Err(_))) && conn.depth() == 0 && !conn.is_broken() {
            careful = CAREFUL;
            committed = together(conn, &mut batch, Care::Savepoints, &mut ran);
        }
        match committed {
            Ok(Ok(outcomes)) => {
                for ((task, _), outcome) in batch.iter_mut().zip(outcomes) {
                    let end = match outcome {
                        Outcome::Finished => Ok(()),
                        Outcome::Conflict => run_alone(conn, task.as_mut()),
                    };
                    task.finish(end);
                }
            }
            failed => {
                // One that panicked must not take the others with it: they run again, alone.
                let panicked = failed.is_err().then_some(ran);
                let healthy = !conn.is_broken() && conn.depth() == 0;
                if let (true, None) = (healthy, panicked) {
                    for (task, _) in &mut batch {
                        let ran = run_alone(conn, task.as_mut());
                        task.finish(ran);
                    }
                } else {
                    return recover(conn, batch, panicked);
                }
            }
        }
        if conn.is_broken() {
            return Connection::Broken;
        }
    }
    Connection::Finished
}

/// Runs a batch in one transaction; `ran` counts what was begun.
fn together(
    conn: &mut Conn,
    batch: &mut [Queued],
    care: Care,
    ran: &mut usize,
) -> thread::Result<Result<Vec<Outcome>>> {
    *ran = 0;
    catch_unwind(AssertUnwindSafe(|| {
        conn.transaction::<_, Error>(Isolation::Serial, |tx| {
            let mut outcomes = Vec::with_capacity(batch.len());
            for (task, _) in batch {
                *ran += 1;
                outcomes.push(match care {
                    Care::Savepoints => task.run(tx),
                    Care::AllOrNothing => task.run_within(tx)?,
                });
            }
            Ok(outcomes)
        })
    }))
}

/// After a panic, the tasks that did not panic still run; the connection is then given up.
fn recover(conn: &mut Conn, batch: Vec<Queued>, panicked: Option<usize>) -> Connection {
    let rolled_back = conn.abandon();
    for (index, (mut task, _)) in batch.into_iter().enumerate() {
        let end = match (panicked, rolled_back) {
            (Some(at), _) if index + 1 == at => Err(Error::Panicked),
            (_, true) => run_alone(conn, task.as_mut()),
            (_, false) => Err(Error::Unavailable("the connection broke".to_owned())),
        };
        task.finish(end);
    }
    Connection::Broken
}
