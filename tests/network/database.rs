//! The two databases that every story runs on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use server::settings::DatabaseUrl;

/// The variable that names a superuser of a throw-away PostgreSQL.
const VARIABLE: &str = "TEST_POSTGRES_URL";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Which database the servers of a story keep their data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// Whether it can be used here; if not, it says so, and where everything must run, that is a failure.
    pub(crate) fn is_there(self) -> bool {
        if self == Self::Sqlite || super::variable(VARIABLE).is_some() {
            return true;
        }
        assert!(super::variable("CI").is_none(), "{VARIABLE} must name a PostgreSQL; `cargo xtask test` starts one");
        eprintln!("skipped: {VARIABLE} names no PostgreSQL; `cargo xtask test` starts one");
        false
    }
}

/// A new database of one server, gone when this is dropped.
pub(crate) struct Database {
    pub(crate) url: DatabaseUrl,
    /// The superuser's URL and the name, on PostgreSQL.
    made: Option<(String, String)>,
}

impl Database {
    /// Makes a database; one that is embedded lives in `folder`.
    pub(crate) fn make(backend: Backend, folder: &Path) -> Self {
        if backend == Backend::Sqlite {
            return Self { url: DatabaseUrl::Sqlite(folder.join("tertulia.db")), made: None };
        }
        let superuser = super::variable(VARIABLE).expect("asked for before");
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        command(&superuser, &format!("CREATE DATABASE {name}")).expect("a new database");
        let mut url = url::Url::parse(&superuser).expect("a URL");
        url.set_path(&name);
        Self { url: DatabaseUrl::Postgres(url.into()), made: Some((superuser, name)) }
    }

    /// How much of everything there is: what a repetition must not change.
    pub(crate) fn census(&self) -> BTreeMap<String, i64> {
        const TABLES: [&str; 14] = [
            "actors",
            "apps",
            "posts",
            "votes",
            "shares",
            "follows",
            "members",
            "bans",
            "mentions",
            "notifications",
            "log_entries",
            "activities",
            "forestalled",
            "received",
        ];
        let mut questions: Vec<(String, String)> =
            TABLES.iter().map(|table| ((*table).to_owned(), format!("SELECT count(*) AS n FROM {table}"))).collect();
        for column in ["replies", "likes", "dislikes", "shares"] {
            let sum = format!("SELECT CAST(coalesce(sum({column}), 0) AS BIGINT) AS n FROM tallies");
            questions.push((format!("tallied {column}"), sum));
        }
        let dead = "SELECT count(*) AS n FROM posts WHERE deleted IS NOT NULL OR removed IS NOT NULL".to_owned();
        questions.push(("dead posts".to_owned(), dead));
        let answer = |(name, question): (String, String)| (name, self.count(&question));
        questions.into_iter().map(answer).collect()
    }

    /// What became of everything that was received, by its text: the state of its row, and the note in it.
    pub(crate) fn fates(&self) -> BTreeMap<String, (String, String)> {
        let query =
            sql_query("SELECT body, state, coalesce(error, '') AS note FROM received JOIN received_bodies USING (id)");
        let fates: Vec<Fate> = match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut c = SqliteConnection::establish(&path.to_string_lossy()).expect("the database");
                query.load(&mut c).expect("rows")
            }
            DatabaseUrl::Postgres(url) => {
                query.load(&mut PgConnection::establish(url).expect("the database")).expect("rows")
            }
        };
        fates.into_iter().map(|fate| (fate.body, (fate.state, fate.note))).collect()
    }

    fn count(&self, question: &str) -> i64 {
        let query = sql_query(question);
        let count: Count = match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut c = SqliteConnection::establish(&path.to_string_lossy()).expect("the database");
                query.get_result(&mut c).expect("a count")
            }
            DatabaseUrl::Postgres(url) => {
                query.get_result(&mut PgConnection::establish(url).expect("the database")).expect("a count")
            }
        };
        count.n
    }

    /// The database as the setting of the program has it.
    pub(crate) fn setting(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Fate {
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    note: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((superuser, name)) = &self.made
            && let Err(error) = command(superuser, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        {
            eprintln!("{name} stays behind: {error}");
        }
    }
}

fn command(url: &str, text: &str) -> Result<(), Box<dyn std::error::Error>> {
    PgConnection::establish(url)?.batch_execute(text)?;
    Ok(())
}
