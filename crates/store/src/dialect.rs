//! Query nodes whose SQL differs by backend while their type does not.
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sqlite::Sqlite,
};

mod among;
mod begins;
mod constants;
mod home;
mod matching;

pub(crate) use among::AmongExt;
pub(crate) use begins::{Named, begins};
pub(crate) use constants::{Literally, OneOfExt, literally};
pub(crate) use home::{Home, Source};
pub(crate) use matching::Matching;

/// Lets a query node be a condition of any query. Its text depends on values, so that the type alone does not name the query.
macro_rules! condition {
    ($node:ident) => {
        impl diesel::Expression for $node {
            type SqlType = diesel::sql_types::Bool;
        }
        impl<QS> diesel::AppearsOnTable<QS> for $node {}
        impl<QS> diesel::SelectableExpression<QS> for $node {}
        impl diesel::expression::ValidGrouping<()> for $node {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl diesel::query_builder::QueryId for $node {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
}
pub(crate) use condition;

/// `FOR UPDATE SKIP LOCKED` where rows can be locked; nothing where the writer is alone anyway.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct SkipLocked<Q>(Q);

/// Adds [`SkipLocked`] to any query.
pub(crate) trait SkipLockedExt: Sized {
    /// Takes rows that nobody else is about to change.
    fn claimed(self) -> SkipLocked<Self> {
        SkipLocked(self)
    }
}
impl<Q: Query> SkipLockedExt for Q {}

impl<Q: Query> Query for SkipLocked<Q> {
    type SqlType = Q::SqlType;
}
impl<Q, C> RunQueryDsl<C> for SkipLocked<Q> {}
impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for SkipLocked<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}
impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for SkipLocked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" FOR UPDATE SKIP LOCKED");
        Ok(())
    }
}
