//! The one predicate that decides in SQL of whom somebody may know that they are there: `domain::policy::know` as a query
//! node. Of everybody, but of hidden groups only those who are in, or were asked in, and admins. And what somebody has of
//! their own about them, which they may take back all the same.
use diesel::{
    backend::Backend,
    dsl::{exists, select},
    prelude::*,
    query_builder::{AstPass, QueryFragment},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType},
};
use domain::id::ActorId;

use crate::{
    conn::{Conn, db},
    dialect::condition,
    error::Result,
    schema::{endorsements, follows, group_levels, list_members, notes, shuns},
};

/// Whether `me` has anything of their own that is about somebody: a follow or a request, a block, a mute, a note, a
/// recommendation, a place in a list, or how much they want to be told of them.
pub fn has_own(conn: &mut Conn, me: ActorId, other: ActorId) -> Result<bool> {
    let (me, other) = (me.0, other.0);
    let shunned = shuns::table.filter(shuns::actor_id.eq(me).and(shuns::target_id.eq(other)));
    let listed = list_members::table.filter(list_members::owner_id.eq(me).and(list_members::actor_id.eq(other)));
    Ok(db!(conn, c => select(
        exists(follows::table.find((me, other)))
            .or(exists(shunned))
            .or(exists(notes::table.find((me, other))))
            .or(exists(endorsements::table.find((me, other))))
            .or(exists(listed))
            .or(exists(group_levels::table.find((me, other))))
    )
    .get_result(c))?)
}

/// Whether `viewer`, or nobody in particular, may know of the actor in this column.
pub(crate) fn known_to(viewer: Option<ActorId>, who: &'static str) -> KnownTo {
    KnownTo { viewer: viewer.map(i64::from), who }
}

/// See [`known_to`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownTo {
    viewer: Option<i64>,
    who: &'static str,
}

impl<DB> QueryFragment<DB> for KnownTo
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("NOT EXISTS (SELECT 1 FROM groups k WHERE k.id = ");
        out.push_sql(self.who);
        out.push_sql(" AND k.hidden");
        if let Some(viewer) = &self.viewer {
            out.push_sql(" AND NOT EXISTS (SELECT 1 FROM members m WHERE m.group_id = k.id AND m.person_id = ");
            out.push_bind_param::<BigInt, _>(viewer)?;
            out.push_sql(") AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = ");
            out.push_bind_param::<BigInt, _>(viewer)?;
            out.push_sql(" AND a.admin AND a.disabled IS NULL)");
        }
        out.push_sql(")");
        Ok(())
    }
}

condition!(KnownTo);
