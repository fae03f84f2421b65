//! Signals between the processes that share one PostgreSQL: what one commits wakes the others.
use std::{thread, time::Duration};

use diesel::{connection::SimpleConnection, prelude::*, sql_types::Text};

use crate::{
    conn::{Conn, Tx, db},
    db::Open,
    error::{Error, Result},
};

/// The channel all processes listen on.
const CHANNEL: &str = "tertulia";

/// How often the connection is looked at: a signal is late by half of this.
const LOOK: Duration = Duration::from_millis(50);

/// Sends `word` to the other processes once this transaction commits. The embedded database has no others.
pub fn send(tx: &mut Tx<'_>, word: &str) -> Result<()> {
    db!(tx,
        sqlite _c => Ok(()),
        postgres c => diesel::sql_query("SELECT pg_notify($1, $2)")
            .bind::<Text, _>(CHANNEL)
            .bind::<Text, _>(word)
            .execute(c)
            .map(drop)
            .map_err(Error::from),
    )
}

/// Calls `hear` with every word that any process sends, as long as it answers true.
#[expect(clippy::disallowed_methods, reason = "the store's own threads own their connections")]
pub(crate) fn listen(open: Open, mut hear: impl FnMut(&str) -> bool + Send + 'static) -> Result<()> {
    let run = move || {
        while let Some(heard) = listen_once(&open, &mut hear) {
            if let Err(error) = heard {
                tracing::debug!(%error, "the signals of other processes are not heard; trying again");
            }
            thread::sleep(LOOK * 20);
        }
    };
    thread::Builder::new().name("db-signal".into()).spawn(run).map_err(|e| Error::Unavailable(e.to_string()))?;
    Ok(())
}

/// Listens until the connection breaks; nothing once nobody wants to hear any more.
fn listen_once(open: &Open, hear: &mut impl FnMut(&str) -> bool) -> Option<Result<()>> {
    let mut conn = match open() {
        Ok(Conn::Postgres(conn)) => conn,
        Ok(Conn::Sqlite(..)) => return None,
        Err(error) => return hear("").then_some(Err(error)),
    };
    if let Err(error) = conn.batch_execute(&format!("LISTEN {CHANNEL}")) {
        return hear("").then_some(Err(error.into()));
    }
    loop {
        for signal in conn.notifications_iter() {
            match signal {
                Ok(signal) => {
                    if !hear(&signal.payload) {
                        return None;
                    }
                }
                Err(error) => return hear("").then_some(Err(error.into())),
            }
        }
        if !hear("") {
            return None;
        }
        thread::sleep(LOOK);
    }
}
