//! `one_of`: membership in a few words of our own, written into the statement so that nothing is bound for them.
use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, ValidGrouping},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

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
