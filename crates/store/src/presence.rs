//! Who serves the database: work that a killed process had in hand is given back as soon as nobody else can have it.
use std::{thread, time::Duration};

use diesel::{prelude::*, sql_query, sql_types::Bool};

use crate::{
    conn::{Conn, db},
    db::Open,
    error::Result,
    jobs,
};

/// What serving processes share, and one that looks for others takes alone.
const LOCK: i64 = 8_370_332;

/// The session of a killed process stays for a moment; so often, and so far apart, one looks again.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// The connection by which the other processes know that this one serves the database, as long as it is kept.
pub struct Presence {
    _conn: Conn,
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presence")
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Appears as one who serves; if there is no other, all leases are those of processes that are no more.
pub(crate) fn appear(open: &Open) -> Result<Presence> {
    let mut conn = open()?;
    // One process owns the embedded database.
    let shared = !conn.is_sqlite();
    let alone = !shared || is_alone(&mut conn)?;
    if alone {
        conn.transaction(jobs::release_all)?;
    }
    if shared {
        ask(&mut conn, "pg_advisory_lock_shared")?;
    }
    if shared && alone {
        ask(&mut conn, "pg_advisory_unlock")?;
    }
    Ok(Presence { _conn: conn })
}

/// Whether no other process serves this database; if so, none can begin to until the lock is given back.
fn is_alone(conn: &mut Conn) -> Result<bool> {
    for _ in 0..LOOKS {
        if ask(conn, "pg_try_advisory_lock")? {
            return Ok(true);
        }
        thread::sleep(PAUSE);
    }
    Ok(false)
}

/// Calls a function of PostgreSQL with the lock; one that returns nothing says yes.
fn ask(conn: &mut Conn, function: &str) -> Result<bool> {
    let question = format!("SELECT CAST({function}({LOCK}) AS TEXT) <> 'false' AS yes");
    let answer: Answer = db!(conn, c => sql_query(question).get_result(c))?;
    Ok(answer.yes)
}
