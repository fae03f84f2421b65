//! Databases of their own for tests, and counting what is asked of them.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent},
    prelude::*,
};

use crate::{Conn, conn::db, memory::Memory};

/// How many statements a connection ran.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// Counts from now on what this connection runs; nothing that it remembers spares it that.
    pub fn watch(&self, conn: &mut Conn) {
        *conn.memory() = Memory::none();
        db!(conn, c => c.set_instrumentation(self.clone()));
    }

    /// How many there were until now.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Creates the database `name` on the PostgreSQL server at `server`; returns its URL.
///
/// # Panics
/// If the server cannot be reached or has a database of that name.
#[expect(clippy::expect_used, reason = "a test without its database has failed")]
pub fn create_database(server: &str, name: &str) -> String {
    let mut admin = PgConnection::establish(server).expect("the test server answers");
    diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).expect("the name is free");
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(base, q)| (base, format!("?{q}")));
    let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
    format!("{base}/{name}{query}")
}
