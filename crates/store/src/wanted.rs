//! The one predicate that decides in SQL what a reader wants to see, beside what they may: nothing of whom they shun,
//! and nothing of servers that they shun. It goes with `visible` wherever many things are listed.
use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, QueryFragment},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType},
};
use domain::id::ActorId;

use crate::{dialect::condition, notifications::DUTY, visible::Given};

/// Whom to look at: the columns of the query, and what of a mute counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// The author of a post, and its group.
    Author,
    /// Who did what a notification tells of. Some mute only the posts of another, and nobody mutes what is their [`DUTY`].
    Teller,
    /// The person in this column.
    Person(&'static str),
}

/// Nothing of those of whom nothing is shown.
const SHOWN: &str =
    " AND NOT EXISTS (SELECT 1 FROM actors w WHERE w.id = notifications.actor_id AND w.suspended IS NOT NULL)";

/// What `viewer` wants to see; everything if there is none.
pub(crate) fn wanted(viewer: Option<ActorId>, whom: Whom) -> Wanted {
    Wanted { viewer: viewer.map(Given::from), whom }
}

/// The same for whoever is given.
pub(crate) fn wanted_by(viewer: Given, whom: Whom) -> Wanted {
    Wanted { viewer: Some(viewer), whom }
}

/// See [`wanted`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    viewer: Option<Given>,
    whom: Whom,
}

impl Wanted {
    /// The actors whom a shun may concern, what counts of it, and the one who has a server.
    fn columns(self) -> (&'static str, &'static str, &'static str) {
        match self.whom {
            Whom::Author => ("posts.author_id, posts.group_id", "", "posts.author_id"),
            Whom::Teller => ("notifications.actor_id", " AND v.quiet", "notifications.actor_id"),
            Whom::Person(column) => (column, "", column),
        }
    }
}

impl<DB> QueryFragment<DB> for Wanted
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some(viewer) = &self.viewer else {
            // Not `TRUE`: a comparison is one in every place.
            out.push_sql("1 = 1");
            return Ok(());
        };
        let (actors, counts, housed) = self.columns();
        out.push_sql("(");
        if self.whom == Whom::Teller {
            for kind in DUTY {
                out.push_sql("notifications.kind = '");
                out.push_sql(kind);
                out.push_sql("' OR ");
            }
        }
        out.push_sql("NOT EXISTS (SELECT 1 FROM shuns v WHERE v.actor_id = ");
        viewer.push(&mut out)?;
        out.push_sql(" AND v.target_id IN (");
        out.push_sql(actors);
        out.push_sql(")");
        out.push_sql(counts);
        out.push_sql(") AND NOT EXISTS (SELECT 1 FROM host_shuns v WHERE v.person_id = ");
        viewer.push(&mut out)?;
        // As the value of one row, or PostgreSQL goes through all actors.
        out.push_sql(" AND v.host = (SELECT w.host FROM actors w WHERE w.id = ");
        out.push_sql(housed);
        out.push_sql("))");
        if self.whom == Whom::Teller {
            out.push_sql(SHOWN);
        }
        out.push_sql(")");
        Ok(())
    }
}

condition!(Wanted);

/// Those among `ids` that `viewer` wants to see, for tests.
#[cfg(test)]
pub(crate) fn among(
    conn: &mut crate::Conn,
    ids: &[domain::id::PostId],
    viewer: Option<ActorId>,
) -> crate::Result<std::collections::HashSet<domain::id::PostId>> {
    use crate::{dialect::AmongExt, schema::posts};
    let wanted: Vec<i64> = crate::conn::db!(conn, c => posts::table
        .filter(posts::id.among(ids))
        .filter(wanted(viewer, Whom::Author))
        .select(posts::id)
        .load(c))?;
    Ok(wanted.into_iter().map(domain::id::PostId).collect())
}
