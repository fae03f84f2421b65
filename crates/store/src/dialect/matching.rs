//! The newest posts whose words match, by FTS5 or by tsvector.
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use domain::text::search;

/// The numbers of the posts that match, the newest first, as far as a condition holds.
#[derive(Debug, Clone)]
pub(crate) struct Matching<F> {
    fts5: String,
    tsquery: String,
    before: i64,
    limit: i64,
    filter: F,
}

impl<F> Matching<F> {
    /// At most `limit` of those that are older than `before`.
    pub(crate) fn new(query: &search::Query, before: i64, limit: i64, filter: F) -> Self {
        Self { fts5: query.to_fts5(), tsquery: query.to_tsquery(), before, limit, filter }
    }
}

impl<F> Query for Matching<F> {
    type SqlType = BigInt;
}
impl<F, C> RunQueryDsl<C> for Matching<F> {}
/// The text depends on values, so the type alone does not name the query.
impl<F> QueryId for Matching<F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Matching<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // The index goes through them in this order: of a common word no more are looked at than of a rare one.
        out.push_sql(
            "SELECT posts.id FROM post_search CROSS JOIN posts ON posts.id = post_search.rowid \
             WHERE post_search MATCH ",
        );
        out.push_bind_param::<Text, _>(&self.fts5)?;
        out.push_sql(" AND post_search.rowid < ");
        out.push_bind_param::<BigInt, _>(&self.before)?;
        out.push_sql(" AND ");
        self.filter.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY post_search.rowid DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl<F: QueryFragment<Pg>> QueryFragment<Pg> for Matching<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // As an array the matches come from the index first; as a bare `@@` the planner overestimates
        // rare words and filters the keyset scan instead (90 ms, not 1 ms).
        out.push_sql(
            "SELECT posts.id FROM posts WHERE posts.id = ANY(ARRAY(\
             SELECT post_id FROM post_search WHERE terms @@ to_tsquery('simple', ",
        );
        out.push_bind_param::<Text, _>(&self.tsquery)?;
        out.push_sql("))) AND posts.id < ");
        out.push_bind_param::<BigInt, _>(&self.before)?;
        out.push_sql(" AND ");
        self.filter.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY posts.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
