//! Signals between the processes that share one database: what one commits wakes the others. PostgreSQL carries them; beside
//! the embedded database they lie in a table, where the process that serves it finds and forgets them.
use std::{thread, time::Duration};

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    sql_types::{BigInt, Text},
};

use crate::{
    conn::{Conn, Tx, db},
    db::Open,
    error::{Error, Result},
    kept,
};

/// The channel all processes listen on.
const CHANNEL: &str = "tertulia";

/// How often the connection is looked at: a signal is late by half of this.
const LOOK: Duration = Duration::from_millis(50);
/// The same of the embedded database, which only commands share.
const CALM: Duration = Duration::from_millis(400);

/// Sends `word` to the other processes once this transaction commits, under a number that orders it.
pub fn send(tx: &mut Tx<'_>, number: i64, word: &str) -> Result<()> {
    db!(tx,
        sqlite c => diesel::sql_query("INSERT INTO signals (id, word) VALUES (?, ?)")
            .bind::<BigInt, _>(number)
            .bind::<Text, _>(word)
            .execute(c)
            .map(drop)
            .map_err(Error::from),
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
    match open() {
        Ok(Conn::Postgres(conn, _)) => notified(conn, hear),
        Ok(Conn::Sqlite(conn, ..)) => found(conn, hear),
        Err(error) => hear("").then_some(Err(error)),
    }
}

fn notified(mut conn: PgConnection, hear: &mut impl FnMut(&str) -> bool) -> Option<Result<()>> {
    if let Err(error) = conn.batch_execute(&format!("LISTEN {CHANNEL}")) {
        return hear("").then_some(Err(error.into()));
    }
    // What was said while nobody listened is not said again.
    if kept::word_of_all().is_some_and(|word| !hear(&word)) {
        return None;
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

fn found(mut conn: SqliteConnection, hear: &mut impl FnMut(&str) -> bool) -> Option<Result<()>> {
    let mut known = None;
    loop {
        let words = match news(&mut conn, &mut known) {
            Ok(words) => words,
            Err(error) => return hear("").then_some(Err(error)),
        };
        if !words.iter().all(|word| hear(word)) || !hear("") {
            return None;
        }
        thread::sleep(CALM);
    }
}

/// What lies in the table, if anything was committed since it was looked at last; then it is forgotten.
fn news(conn: &mut SqliteConnection, known: &mut Option<i64>) -> Result<Vec<String>> {
    let version: Version = diesel::sql_query("PRAGMA data_version").get_result(conn)?;
    if known.replace(version.data_version) == Some(version.data_version) {
        return Ok(Vec::new());
    }
    let signals: Vec<Signal> = diesel::sql_query("SELECT id, word FROM signals ORDER BY id").load(conn)?;
    if let Some(last) = signals.last() {
        diesel::sql_query("DELETE FROM signals WHERE id <= ?").bind::<BigInt, _>(last.id).execute(conn)?;
    }
    Ok(signals.into_iter().map(|signal| signal.word).collect())
}

/// A number that is another one after each commit of others.
#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

#[derive(QueryableByName)]
struct Signal {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    word: String,
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::tests::postgres;

    /// Ends whoever listens to the database at hand.
    const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";

    #[tokio::test]
    async fn whoever_could_not_hear_for_a_while_forgets_everything() {
        let Some(t) = postgres() else { return eprintln!("skipped: TEST_POSTGRES_URL is not set") };
        let (said, mut heard) = mpsc::unbounded_channel();
        let hear = move |word: &str| !said.is_closed() && (word.is_empty() || said.send(word.to_owned()).is_ok());
        t.db.listen(hear).unwrap();
        assert_eq!(heard.recv().await, kept::word_of_all());
        t.db.write(|tx| send(tx, 1, "hola")).await.unwrap();
        assert_eq!(heard.recv().await, Some("hola".to_owned()));
        t.db.read(|c| Ok::<_, Error>(db!(c, c => diesel::sql_query(CUT).execute(c))?)).await.unwrap();
        assert_eq!(heard.recv().await, kept::word_of_all());
    }
}
