//! The highest number that was given: after it one goes on, even if the clock was set back meanwhile.
use diesel::{prelude::*, sql_query, sql_types::BigInt};

use crate::{
    conn::{Conn, db},
    error::Result,
};

/// The tables whose rows are numbered as they come. What ties two rows (follows, votes, shares) has a number as well, by which
/// only its own list is in order; no index leads to the highest of those.
pub(crate) const NUMBERED: [&str; 34] = [
    "activities",
    "actors",
    "announcements",
    "apps",
    "bars",
    "cards",
    "conversations",
    "emoji",
    "featured_tags",
    "feed_keys",
    "filter_keywords",
    "filter_posts",
    "filters",
    "followed_tags",
    "gates",
    "house_rules",
    "identities",
    "invitations",
    "jobs",
    "lists",
    "log_entries",
    "media",
    "notifications",
    "passkeys",
    "peers",
    "posts",
    "received",
    "reports",
    "scheduled",
    "sessions",
    "severances",
    "stamps",
    "statements",
    "waits",
];

#[derive(QueryableByName)]
struct Highest {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The highest number of any row; each table is asked by its primary key.
pub fn highest(conn: &mut Conn) -> Result<i64> {
    let each = NUMBERED.map(|table| format!("SELECT MAX(id) AS id FROM {table}")).join(" UNION ALL ");
    let question = format!("SELECT COALESCE(MAX(id), 0) AS id FROM ({each}) AS numbered");
    let highest: Highest = db!(conn, c => sql_query(question).get_result(c))?;
    Ok(highest.id)
}
