//! The one predicate that decides in SQL who may read a post: `domain::policy::see` as a query node.
use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, Bool, HasSqlType},
};
use domain::id::ActorId;

use crate::schema::posts;

/// A number in a query: this one, or for each row the one in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given {
    /// This number.
    Number(i64),
    /// The number in this column of a table outside of the predicate.
    Column(&'static str),
}

impl Given {
    pub(crate) fn push<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
    {
        match self {
            Self::Number(number) => out.push_bind_param::<BigInt, _>(number),
            Self::Column(column) => {
                out.push_sql(column);
                Ok(())
            }
        }
    }
}

impl From<ActorId> for Given {
    fn from(actor: ActorId) -> Self {
        Self::Number(actor.0)
    }
}

/// Posts that `viewer` may read; nobody in particular when there is none.
pub(crate) fn visible(viewer: Option<ActorId>) -> Visible {
    Visible(viewer.map(Given::from))
}

/// The same for whoever is given.
pub(crate) fn visible_to(viewer: Given) -> Visible {
    Visible(Some(viewer))
}

/// See [`visible`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible(Option<Given>);

/// What a stranger sees. The words here and below are those of `Audience`, `MemberState`, `Role` and `FollowState`.
const STRANGER: &str = "(posts.deleted IS NULL AND posts.removed IS NULL AND posts.audience IN ('public', 'unlisted') \
    AND NOT EXISTS (SELECT 1 FROM actors v WHERE v.id = posts.author_id AND v.suspended IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM actors v WHERE v.id = posts.group_id AND v.suspended IS NOT NULL))";

/// What somebody sees; `?` stands for their number.
const SOMEBODY: &str = "(posts.deleted IS NULL \
    AND NOT EXISTS (SELECT 1 FROM actors v WHERE v.id = posts.author_id AND v.suspended IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM actors v WHERE v.id = posts.group_id AND v.suspended IS NOT NULL) \
    AND (posts.removed IS NULL OR posts.author_id = ? OR EXISTS (SELECT 1 FROM members v WHERE v.person_id = ? \
        AND v.group_id = posts.group_id AND v.state = 'active' AND v.role NOT IN ('member', 'expert'))) \
    AND (NOT EXISTS (SELECT 1 FROM shuns v WHERE v.actor_id = posts.author_id AND v.target_id = ? AND v.deed = 'block') \
        OR EXISTS (SELECT 1 FROM members v WHERE v.person_id = ? AND v.group_id = posts.group_id \
        AND v.state = 'active' AND v.role NOT IN ('member', 'expert'))) \
    AND (posts.audience IN ('public', 'unlisted') \
        OR (posts.audience IN ('followers', 'direct') AND (posts.author_id = ? \
            OR EXISTS (SELECT 1 FROM mentions v WHERE v.post_id = posts.id AND (v.actor_id = ? \
                OR EXISTS (SELECT 1 FROM members m WHERE m.person_id = ? AND m.group_id = v.actor_id \
                    AND m.state = 'active' AND m.role NOT IN ('member', 'expert')))))) \
        OR (posts.audience = 'followers' AND EXISTS (SELECT 1 FROM follows v WHERE v.follower_id = ? \
            AND v.target_id = posts.author_id AND v.state = 'accepted')) \
        OR (posts.audience = 'members' AND EXISTS (SELECT 1 FROM members v WHERE v.person_id = ? \
            AND v.group_id = posts.group_id AND v.state = 'active'))))";

impl<DB> QueryFragment<DB> for Visible
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some(viewer) = &self.0 else {
            out.push_sql(STRANGER);
            return Ok(());
        };
        for (index, piece) in SOMEBODY.split('?').enumerate() {
            if index > 0 {
                viewer.push(&mut out)?;
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}

impl Expression for Visible {
    type SqlType = Bool;
}
impl<QS> AppearsOnTable<QS> for Visible where posts::id: AppearsOnTable<QS> {}
impl<QS> SelectableExpression<QS> for Visible where posts::id: SelectableExpression<QS> {}
impl ValidGrouping<()> for Visible {
    type IsAggregate = is_aggregate::No;
}
/// The text depends on whether there is a viewer, so the type alone does not name the query.
impl QueryId for Visible {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
