//! Who serves the database: what a killed process had in hand is given back as soon as the others notice.
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use diesel::{connection::SimpleConnection, prelude::*, sql_query, sql_types::Integer};
use domain::time::Timestamp;

use crate::{
    conn::{Conn, Isolation, db},
    db::Open,
    error::Result,
    jobs,
};

/// The sort of lock by which a process shows on PostgreSQL that it is there; its own number comes with it.
const SORT: i32 = 8_370_332;

/// The session of a killed process stays for a moment; so often, and so far apart, one looks again.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// A machine that lost its power closes no connection; so soon PostgreSQL asks whether it is still there.
const KEEPALIVE: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// The number by which the processes that share a database tell one another apart; never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holder(pub i32);

/// For whom, and until when, work is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Who has it.
    pub holder: Holder,
    /// When anybody may take it, unless it was renewed.
    pub until: Timestamp,
}

/// The connection by which the other processes know that this one serves the database, as long as it is kept. A clone
/// is the same one.
#[derive(Clone)]
pub struct Presence(Arc<Mutex<Inner>>);

struct Inner {
    open: Open,
    conn: Conn,
    holder: Holder,
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presence")
    }
}

#[derive(QueryableByName)]
struct Present {
    #[diesel(sql_type = Integer)]
    holder: i32,
}

/// Appears as one who serves. Waits for a moment in case that somebody who has work in hand was killed just now.
pub(crate) fn appear(open: &Open, holder: Holder) -> Result<Presence> {
    let mut inner = Inner { open: open.clone(), conn: enter(open, holder)?, holder };
    for _ in 0..LOOKS {
        if !inner.look()? {
            break;
        }
        thread::sleep(PAUSE);
    }
    Ok(Presence(Arc::new(Mutex::new(inner))))
}

impl Presence {
    /// Gives back what processes that are no more had in hand.
    pub fn look(&self) -> Result<()> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = inner.look() {
            // The others may believe by now that this process is no more.
            inner.conn = enter(&inner.open, inner.holder)?;
            return Err(error);
        }
        Ok(())
    }
}

impl Inner {
    /// The same; whether other processes have anything in hand.
    fn look(&mut self) -> Result<bool> {
        // In this order: whoever takes something first appears.
        let holders = jobs::holders(&mut self.conn)?;
        let present = present(&mut self.conn)?;
        let others = holders.into_iter().filter(|holder| *holder != self.holder.0);
        let (living, gone): (Vec<i32>, Vec<i32>) = others.partition(|holder| present.contains(holder));
        if !gone.is_empty() {
            tracing::info!(processes = gone.len(), "what processes that are no more had in hand is given back");
            self.conn.transaction(Isolation::Serial, |tx| jobs::release(tx, &gone))?;
        }
        Ok(!living.is_empty())
    }
}

/// A connection that shows others who has it.
fn enter(open: &Open, holder: Holder) -> Result<Conn> {
    let mut conn = open()?;
    db!(conn,
        sqlite _c => {},
        postgres c => {
            c.batch_execute(KEEPALIVE)?;
            c.batch_execute(&format!("SELECT pg_advisory_lock({SORT}, {})", holder.0))?;
        },
    );
    Ok(conn)
}

/// The processes that are there; the embedded database has one at most, which is the one that asks.
fn present(conn: &mut Conn) -> Result<Vec<i32>> {
    let question = format!(
        "SELECT CAST(CAST(objid AS BIGINT) AS INTEGER) AS holder FROM pg_locks \
         WHERE locktype = 'advisory' AND classid = {SORT} AND objsubid = 2 AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    let present: Vec<Present> = db!(conn,
        sqlite _c => Vec::new(),
        postgres c => sql_query(question).load(c)?,
    );
    Ok(present.into_iter().map(|present| present.holder).collect())
}
