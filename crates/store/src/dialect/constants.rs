//! What is written into the statement as it stands, so that nothing is bound for it: membership in a few words of our own, and
//! conditions by which a partial index is known. Diesel's own literals would have the statement prepared each time.
use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

/// A condition as it stands here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literally(&'static str);

/// Holds where this does.
pub(crate) fn literally(condition: &'static str) -> Literally {
    Literally(condition)
}

impl Expression for Literally {
    type SqlType = Bool;
}
impl QueryId for Literally {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl ValidGrouping<()> for Literally {
    type IsAggregate = is_aggregate::No;
}
impl<QS> AppearsOnTable<QS> for Literally {}
impl<QS> SelectableExpression<QS> for Literally {}

impl<DB: Backend> QueryFragment<DB> for Literally {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// `column IN ('…', '…')`.
#[derive(Debug, Clone)]
pub(crate) struct OneOf<E> {
    column: E,
    words: Vec<&'static str>,
}

/// Adds [`OneOf`] to columns.
pub(crate) trait OneOfExt: Sized {
    /// Whether the column's value is one of these words.
    fn one_of(self, words: impl IntoIterator<Item = &'static str>) -> OneOf<Self> {
        OneOf { column: self, words: words.into_iter().collect() }
    }
}
impl<E: Expression<SqlType = Text>> OneOfExt for E {}

impl<E: Expression> Expression for OneOf<E> {
    type SqlType = Bool;
}
impl<E: QueryId> QueryId for OneOf<E> {
    type QueryId = OneOf<E::QueryId>;
    // The words are part of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<E: ValidGrouping<G>, G> ValidGrouping<G> for OneOf<E> {
    type IsAggregate = E::IsAggregate;
}
impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for OneOf<E> where Self: Expression {}

impl<E: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for OneOf<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        for (at, word) in self.words.iter().enumerate() {
            out.push_sql(if at == 0 { "'" } else { ", '" });
            out.push_sql(&word.replace('\'', "''"));
            out.push_sql("'");
        }
        out.push_sql(")");
        Ok(())
    }
}
