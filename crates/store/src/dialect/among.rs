//! `among`: membership in a list whose length is no part of the statement, so that the statement is prepared once.
use std::fmt::Display;

use diesel::{
    expression::{AppearsOnTable, ValidGrouping},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{Array, BigInt, Bool, HasSqlType, Text},
    sqlite::Sqlite,
};
use domain::id::{
    ActivityId, ActorId, AppId, CardId, FilterId, HouseRuleId, ListId, MediaId, NotificationId, PeerId, PostId,
    ReportId, ScheduledId, SeveranceId, StatementId,
};
use serde::Serialize;

use crate::rows::Word;

/// `= ANY($1)` on PostgreSQL, `IN (SELECT value FROM json_each($1))` on SQLite.
#[derive(Debug, Clone)]
pub(crate) struct Among<E, T> {
    column: E,
    list: Vec<T>,
    json: String,
}

/// What a list can hold.
pub(crate) trait Listed {
    /// How the database sees it.
    type Value: Value;
    /// It, as the database sees it.
    fn value(&self) -> Self::Value;
}

/// A number or a text.
pub(crate) trait Value: Serialize {
    /// Its type in SQL.
    type Sql: 'static;
}

impl Value for i64 {
    type Sql = BigInt;
}

impl Value for String {
    type Sql = Text;
}

impl<T: Listed + ?Sized> Listed for &T {
    type Value = T::Value;
    fn value(&self) -> T::Value {
        T::value(self)
    }
}

impl Listed for str {
    type Value = String;
    fn value(&self) -> String {
        self.to_owned()
    }
}

impl Listed for String {
    type Value = Self;
    fn value(&self) -> Self {
        self.clone()
    }
}

impl<T: Display> Listed for Word<T> {
    type Value = String;
    fn value(&self) -> String {
        self.0.to_string()
    }
}

macro_rules! numbers {
    ($($id:ident)*) => {$(
        impl Listed for $id {
            type Value = i64;
            fn value(&self) -> i64 {
                i64::from(*self)
            }
        }
    )*};
}
numbers!(i64 ActivityId ActorId AppId CardId FilterId HouseRuleId ListId MediaId NotificationId PeerId PostId ReportId ScheduledId SeveranceId StatementId);

/// Adds [`Among`] to columns.
pub(crate) trait AmongExt: Sized {
    /// Whether the column's value is in the list. A list that is empty holds nothing.
    fn among<T: Listed>(self, list: impl IntoIterator<Item = T>) -> Among<Self, T::Value> {
        let list: Vec<T::Value> = list.into_iter().map(|item| item.value()).collect();
        // Numbers and texts cannot fail to be written; if they did, nothing would be found.
        let json = serde_json::to_string(&list).unwrap_or_else(|_| "[]".to_owned());
        Among { column: self, list, json }
    }
}
impl<E: Expression> AmongExt for E {}

impl<E: Expression, T> Expression for Among<E, T> {
    type SqlType = Bool;
}
impl<E: QueryId, T: 'static> QueryId for Among<E, T> {
    type QueryId = Among<E::QueryId, T>;
    const HAS_STATIC_QUERY_ID: bool = E::HAS_STATIC_QUERY_ID;
}
impl<E: ValidGrouping<G>, T, G> ValidGrouping<G> for Among<E, T> {
    type IsAggregate = E::IsAggregate;
}
impl<E: AppearsOnTable<QS>, T, QS> AppearsOnTable<QS> for Among<E, T> where Self: Expression {}

impl<E: QueryFragment<Sqlite>, T> QueryFragment<Sqlite> for Among<E, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<E: QueryFragment<Pg>, T: Value> QueryFragment<Pg> for Among<E, T>
where
    Vec<T>: ToSql<Array<T::Sql>, Pg>,
    Pg: HasSqlType<Array<T::Sql>>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<T::Sql>, _>(&self.list)?;
        out.push_sql(")");
        Ok(())
    }
}
