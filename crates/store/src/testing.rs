//! Databases of their own for tests.
use diesel::prelude::*;

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
