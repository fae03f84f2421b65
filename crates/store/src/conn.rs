//! `Conn`: one connection of either backend, `Tx`: one that may write, and `db!`, which compiles
//! one typed Diesel expression for both.
use std::{
    collections::HashSet,
    ops::{Deref, DerefMut},
};

use diesel::{
    connection::{AnsiTransactionManager as Ansi, TransactionManager},
    prelude::*,
};

use crate::{error::Error, kept::Basis, memory::Memory, search::Late};

/// A connection for reading.
#[expect(missing_debug_implementations, reason = "connections have none")]
pub enum Conn {
    /// The embedded database, what is remembered of it, and the words that the open transaction has yet to index.
    Sqlite(SqliteConnection, Memory, Late),
    /// A server, and what is remembered of its database.
    Postgres(PgConnection, Memory),
}

/// A borrowed connection, by kind; what `db!` matches on.
#[expect(missing_debug_implementations, reason = "connections have none")]
pub enum Backend<'a> {
    /// The embedded database.
    Sqlite(&'a mut SqliteConnection),
    /// A server.
    Postgres(&'a mut PgConnection),
}

/// How a transaction gets on with those that run beside it, where several do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// As if each ran alone: whoever met another one runs again.
    Serial,
    /// For what only puts rows in a queue, or takes some that it locks. Nobody else has them, so that nobody runs again.
    Rows,
}

/// A connection inside a transaction. Whatever writes takes one, and only [`crate::Db`] makes one.
#[expect(missing_debug_implementations, reason = "connections have none")]
pub struct Tx<'a>(&'a mut Conn);

impl Deref for Tx<'_> {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0
    }
}

impl Tx<'_> {
    /// Says that what is made of a row is otherwise once this is committed.
    pub(crate) fn touch(&mut self, row: impl Into<Basis>) {
        self.memory().touch(row);
    }

    /// What is otherwise once this is committed.
    pub fn touched(&mut self) -> &HashSet<Basis> {
        self.memory().touched()
    }
}

impl Conn {
    /// The connection by kind.
    #[inline]
    pub fn backend(&mut self) -> Backend<'_> {
        match self {
            Self::Sqlite(c, ..) => Backend::Sqlite(c),
            Self::Postgres(c, _) => Backend::Postgres(c),
        }
    }

    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(..))
    }

    /// What all connections remember.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        match self {
            Self::Sqlite(_, memory, _) | Self::Postgres(_, memory) => memory,
        }
    }

    /// Runs `f`, which only reads. On SQLite it sees one moment, which also spares a lock for each statement.
    pub(crate) fn snapshot<T, E: From<Error>>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.memory().begin();
        let begun = match self.backend() {
            Backend::Sqlite(c) => Ansi::begin_transaction_sql(c, "BEGIN"),
            Backend::Postgres(_) => Ok(()),
        };
        begun.map_err(|e| E::from(e.into()))?;
        let read = f(self);
        let ended = match self.backend() {
            Backend::Sqlite(c) => Ansi::commit_transaction(c),
            Backend::Postgres(_) => Ok(()),
        };
        read.and_then(|value| ended.map(|()| value).map_err(|e| E::from(e.into())))
    }

    /// Whether the connection can serve no more: the server went away, or a rollback failed.
    pub(crate) fn is_broken(&mut self) -> bool {
        match self.backend() {
            Backend::Sqlite(c) => <Ansi as TransactionManager<SqliteConnection>>::is_broken_transaction_manager(c),
            Backend::Postgres(c) => {
                <Ansi as TransactionManager<PgConnection>>::is_broken_transaction_manager(c)
                    || diesel::r2d2::R2D2Connection::is_broken(c)
            }
        }
    }

    /// How many transactions and savepoints are open.
    pub(crate) fn depth(&mut self) -> u32 {
        let status = match self.backend() {
            Backend::Sqlite(c) => <Ansi as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(c),
            Backend::Postgres(c) => <Ansi as TransactionManager<PgConnection>>::transaction_manager_status_mut(c),
        };
        status.transaction_depth().ok().flatten().map_or(0, u32::from)
    }

    /// Rolls back whatever is open after a panic; whether that left a usable connection.
    pub(crate) fn abandon(&mut self) -> bool {
        if let Some(late) = self.late() {
            late.clear();
        }
        while self.depth() > 0 {
            if self.rollback().is_err() {
                return false;
            }
        }
        !self.is_broken()
    }

    /// Runs `f` in a transaction; inside another one, in a savepoint. SQLite's outermost level takes the
    /// write lock at once, so that a read never has to be upgraded half-way.
    pub(crate) fn transaction<T, E: From<Error>>(
        &mut self,
        isolation: Isolation,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin(isolation).map_err(|e| E::from(e.into()))?;
        let mark = self.late().map_or(0, |late| late.len());
        let done = f(&mut Tx(self)).and_then(|value| self.catch_up().map(|()| value).map_err(E::from));
        match done {
            Ok(value) => {
                let committed = self.commit();
                // Even if that failed: whoever lost the connection meanwhile does not know whether others see it.
                if self.depth() == 0 {
                    self.memory().settle();
                }
                committed.map(|()| value).map_err(|e| E::from(e.into()))
            }
            Err(error) => {
                if let Some(late) = self.late() {
                    late.truncate(mark);
                }
                match self.rollback() {
                    Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
                    Err(rollback) => Err(E::from(rollback.into())),
                }
            }
        }
    }

    /// The words that the open transaction has yet to index, where they are indexed late.
    pub(crate) fn late(&mut self) -> Option<&mut Late> {
        match self {
            Self::Sqlite(_, _, late) => Some(late),
            Self::Postgres(..) => None,
        }
    }

    /// Indexes what is late, once the outermost transaction is about to be committed.
    fn catch_up(&mut self) -> Result<(), Error> {
        if self.depth() > 1 {
            return Ok(());
        }
        let late = self.late().map(std::mem::take).unwrap_or_default();
        late.iter().try_for_each(|change| change.make(self))
    }

    fn begin(&mut self, isolation: Isolation) -> QueryResult<()> {
        let outermost = self.depth() == 0;
        if outermost {
            self.memory().begin();
        }
        match self.backend() {
            Backend::Sqlite(c) if outermost => Ansi::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            Backend::Sqlite(c) => Ansi::begin_transaction(c),
            Backend::Postgres(c) if outermost => {
                let begin = match isolation {
                    Isolation::Serial => "BEGIN ISOLATION LEVEL SERIALIZABLE",
                    Isolation::Rows => "BEGIN ISOLATION LEVEL READ COMMITTED",
                };
                Ansi::begin_transaction_sql(c, begin)
            }
            Backend::Postgres(c) => Ansi::begin_transaction(c),
        }
    }

    fn commit(&mut self) -> QueryResult<()> {
        match self.backend() {
            Backend::Sqlite(c) => Ansi::commit_transaction(c),
            Backend::Postgres(c) => Ansi::commit_transaction(c),
        }
    }

    fn rollback(&mut self) -> QueryResult<()> {
        match self.backend() {
            Backend::Sqlite(c) => Ansi::rollback_transaction(c),
            Backend::Postgres(c) => Ansi::rollback_transaction(c),
        }
    }
}

/// `db!(conn, c => <typed diesel code on c>)`: the same code, checked against both backends.
/// `db!(conn, sqlite c => …, postgres c => …)`: where the two really differ.
macro_rules! db {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn.backend() {
            $crate::conn::Backend::Sqlite($c) => $body,
            $crate::conn::Backend::Postgres($c) => $body,
        }
    };
    ($conn:expr, sqlite $s:ident => $sqlite:expr, postgres $p:ident => $postgres:expr $(,)?) => {
        match $conn.backend() {
            $crate::conn::Backend::Sqlite($s) => $sqlite,
            $crate::conn::Backend::Postgres($p) => $postgres,
        }
    };
}
pub(crate) use db;
