//! How much happened here between two moments, which are numbers of what came to be then.
use diesel::{dsl, prelude::*};
use domain::id::PostId;

use crate::{
    conn::{Conn, db},
    error::Result,
    schema::{accounts, actors, posts, reports},
};

/// What is counted; the words are those of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Those who wrote something.
    ActiveUsers,
    /// New logins.
    NewUsers,
    /// Replies that were written here.
    Interactions,
    /// Reports that were filed.
    OpenedReports,
    /// Reports that were dealt with.
    ResolvedReports,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::ActiveUsers, Self::NewUsers, Self::Interactions, Self::OpenedReports, Self::ResolvedReports];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActiveUsers => "active_users",
            Self::NewUsers => "new_users",
            Self::Interactions => "interactions",
            Self::OpenedReports => "opened_reports",
            Self::ResolvedReports => "resolved_reports",
        }
    }
}

/// How much of it there was from one moment to another.
pub fn count(conn: &mut Conn, what: Measure, from: i64, to: i64) -> Result<i64> {
    let written = || posts::table.filter(posts::local.eq(true).and(posts::id.ge(from)).and(posts::id.lt(to)));
    let moment = |number: i64| PostId(number).timestamp().0;
    Ok(match what {
        Measure::ActiveUsers => {
            db!(conn, c => written().select(dsl::count(posts::author_id).aggregate_distinct()).get_result(c))?
        }
        Measure::NewUsers => db!(conn, c => accounts::table
            .filter(accounts::id.ge(from).and(accounts::id.lt(to)))
            .count()
            .get_result(c))?,
        Measure::Interactions => {
            db!(conn, c => written().filter(posts::parent_id.is_not_null()).count().get_result(c))?
        }
        Measure::OpenedReports => db!(conn, c => reports::table
            .filter(reports::id.ge(from).and(reports::id.lt(to)))
            .count()
            .get_result(c))?,
        Measure::ResolvedReports => db!(conn, c => reports::table
            .filter(reports::resolved.ge(moment(from)).and(reports::resolved.lt(moment(to))))
            .count()
            .get_result(c))?,
    })
}

/// By what one looks at who wrote what; the words are those of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Those who wrote something, by the language that they read.
    Languages,
    /// Posts from elsewhere, by the host of their authors.
    Servers,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Languages, Self::Servers];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Languages => "languages",
            Self::Servers => "servers",
        }
    }
}

/// The largest parts of what there was from one moment to another.
pub fn parts(conn: &mut Conn, by: Dimension, (from, to): (i64, i64), limit: i64) -> Result<Vec<(String, i64)>> {
    let written = || posts::table.filter(posts::id.ge(from).and(posts::id.lt(to)));
    Ok(match by {
        Dimension::Languages => db!(conn, c => written()
            .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
            .group_by(accounts::language)
            .order(dsl::count(posts::author_id).aggregate_distinct().desc())
            .limit(limit)
            .select((accounts::language, dsl::count(posts::author_id).aggregate_distinct()))
            .load(c))?,
        Dimension::Servers => db!(conn, c => written()
            .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
            .filter(actors::peer_id.is_not_null())
            .group_by(actors::host)
            .order(dsl::count_star().desc())
            .limit(limit)
            .select((actors::host, dsl::count_star()))
            .load(c))?,
    })
}
