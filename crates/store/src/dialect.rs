//! Query nodes whose SQL differs by backend while their type does not.
use diesel::{
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Bool, Text},
    sqlite::Sqlite,
};

mod among;
mod begins;
mod constants;
mod home;

pub(crate) use among::AmongExt;
pub(crate) use begins::{Named, begins};
pub(crate) use constants::OneOfExt;
pub(crate) use home::{Home, Source};

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

/// `posts` whose words match, by FTS5 or by tsvector. The two strings say the same in the language of each.
#[derive(Debug, Clone, QueryId)]
pub(crate) struct PostMatches {
    fts5: String,
    tsquery: String,
}

/// Posts that match a query rendered for both engines.
pub(crate) fn post_matches(fts5: String, tsquery: String) -> PostMatches {
    PostMatches { fts5, tsquery }
}

impl Expression for PostMatches {
    type SqlType = Bool;
}
impl<QS> AppearsOnTable<QS> for PostMatches where crate::schema::posts::id: AppearsOnTable<QS> {}
impl ValidGrouping<()> for PostMatches {
    type IsAggregate = is_aggregate::No;
}
impl QueryFragment<Sqlite> for PostMatches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("`posts`.`id` IN (SELECT rowid FROM post_search WHERE post_search MATCH ");
        out.push_bind_param::<Text, _>(&self.fts5)?;
        out.push_sql(")");
        Ok(())
    }
}
impl QueryFragment<Pg> for PostMatches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // As an array the matches come from the index first; as a bare `@@` the planner overestimates
        // rare words and filters the keyset scan instead (90 ms, not 1 ms).
        out.push_sql(
            "\"posts\".\"id\" = ANY(ARRAY(SELECT post_id FROM post_search WHERE terms @@ to_tsquery('simple', ",
        );
        out.push_bind_param::<Text, _>(&self.tsquery)?;
        out.push_sql(")))");
        Ok(())
    }
}
