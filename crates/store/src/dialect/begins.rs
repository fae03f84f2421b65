//! `begins`: whether the name of an actor begins like this, by an index that each database can use for it.
use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, SqlLiteral, ValidGrouping, is_aggregate},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{Bool, HasSqlType, Text},
    sqlite::Sqlite,
};

/// Which name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// That of the handle.
    Name,
    /// The one that is shown.
    Title,
}

/// Whether a name in lower case begins with `start`, in lower case.
pub(crate) fn begins(named: Named, start: &str) -> Begins {
    // Beyond every letter.
    Begins { named, start: start.to_owned(), end: format!("{start}\u{10ffff}") }
}

/// See [`begins`].
#[derive(Debug, Clone)]
pub(crate) struct Begins {
    named: Named,
    start: String,
    end: String,
}

impl Begins {
    fn column(&self) -> &'static str {
        match self.named {
            Named::Name => "lower(actors.name)",
            Named::Title => "lower(actors.title)",
        }
    }

    /// The order of the index.
    pub(crate) fn order(&self) -> SqlLiteral<Text> {
        diesel::dsl::sql(self.column())
    }

    fn between<'b, DB>(&'b self, [from, to]: [&str; 2], mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Text>,
        String: ToSql<Text, DB>,
    {
        out.push_sql("(");
        out.push_sql(self.column());
        out.push_sql(from);
        out.push_bind_param::<Text, _>(&self.start)?;
        out.push_sql(" AND ");
        out.push_sql(self.column());
        out.push_sql(to);
        out.push_bind_param::<Text, _>(&self.end)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Begins {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.between([" >= ", " < "], out)
    }
}
impl QueryFragment<Pg> for Begins {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // By bytes, whatever the order of the database's language.
        self.between([" ~>=~ ", " ~<~ "], out)
    }
}
impl Expression for Begins {
    type SqlType = Bool;
}
impl<QS> AppearsOnTable<QS> for Begins {}
impl ValidGrouping<()> for Begins {
    type IsAggregate = is_aggregate::No;
}
/// The text depends on the name, so the type alone does not name the query.
impl QueryId for Begins {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
