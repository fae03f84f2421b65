//! The one predicate that decides in SQL who is heard by those who did not ask for them: nobody who is silenced, for
//! themselves or with their server. It goes with `visible` wherever people or posts are found rather than named.
use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, QueryFragment},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType},
};
use domain::id::ActorId;

use crate::dialect::{Literally, condition, literally};

/// Whether the actor in this column is heard by `viewer`: whoever follows somebody has asked for them.
pub(crate) fn heard(viewer: Option<ActorId>, who: &'static str) -> Heard {
    Heard { viewer: viewer.map(i64::from), who }
}

/// Whether a post was written here, or on a server that is welcome in public timelines. PostgreSQL would look for all who
/// are welcome first if this were anything but the value of one row.
pub(crate) fn welcome() -> Literally {
    literally(
        "(posts.local OR COALESCE((SELECT s.regard = 'welcome' FROM actors h INNER JOIN peers s ON s.id = h.peer_id \
         WHERE h.id = posts.author_id), FALSE))",
    )
}

/// See [`heard`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    viewer: Option<i64>,
    who: &'static str,
}

impl<DB> QueryFragment<DB> for Heard
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // The words here are those of `Regard` and `FollowState`.
        out.push_sql("(NOT EXISTS (SELECT 1 FROM actors h LEFT JOIN peers s ON s.id = h.peer_id WHERE h.id = ");
        out.push_sql(self.who);
        out.push_sql(" AND (h.silenced OR s.regard = 'silenced'))");
        if let Some(viewer) = &self.viewer {
            out.push_sql(" OR EXISTS (SELECT 1 FROM follows h WHERE h.follower_id = ");
            out.push_bind_param::<BigInt, _>(viewer)?;
            out.push_sql(" AND h.target_id = ");
            out.push_sql(self.who);
            out.push_sql(" AND h.state = 'accepted')");
        }
        out.push_sql(")");
        Ok(())
    }
}

condition!(Heard);
