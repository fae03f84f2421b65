//! The home timeline's numbers: the newest of every source from its own index range, merged. A source is joined to its
//! range by LATERAL, or by a JSON list where there is no LATERAL.
use diesel::{
    backend::Backend,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType, Integer},
    sqlite::Sqlite,
};

use crate::{
    timelines::Window,
    visible::{Visible, visible},
};

/// What a number of the home timeline stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A post of somebody followed.
    Author,
    /// A thread of a group that is followed.
    Group,
    /// A post that somebody followed passed on.
    Share,
}

impl Source {
    /// The source by its number in the query below.
    pub(crate) fn numbered(number: i32) -> Self {
        match number {
            1 => Self::Group,
            2 => Self::Share,
            _ => Self::Author,
        }
    }
}

/// In braces stands what is bound, or differs between databases. Replies appear if they answer somebody followed, or
/// the viewer, or their own author; those in groups do not appear at all. A thread comes once, from its group.
const QUERY: &str = "\
SELECT number, source FROM (\
 SELECT {x} AS number, 0 AS source FROM (SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted' \
  UNION SELECT {viewer}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.author_id = s.target_id AND posts.id < {before} AND posts.id > {after} AND {visible} \
   AND (posts.parent_id IS NULL OR (posts.group_id IS NULL AND EXISTS (SELECT 1 FROM posts p WHERE p.id = posts.parent_id \
    AND (p.author_id = posts.author_id OR p.author_id = {viewer} OR EXISTS (SELECT 1 FROM follows f \
     WHERE f.follower_id = {viewer} AND f.target_id = p.author_id AND f.state = 'accepted'))))) \
   AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = {viewer} AND f.target_id = posts.group_id AND f.state = 'accepted') \
   ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
 SELECT {x}, 1 FROM (SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted') s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.group_id = s.target_id AND posts.parent_id IS NULL AND posts.id < {before} AND posts.id > {after} AND {visible} \
   ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
 SELECT {x}, 2 FROM (SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted' \
  UNION SELECT {viewer}) s CROSS JOIN {open}\
   SELECT shares.id AS id FROM shares INNER JOIN posts ON posts.id = shares.post_id \
   WHERE shares.actor_id = s.target_id AND shares.id < {before} AND shares.id > {after} AND {visible} \
   AND (posts.group_id IS NULL OR (posts.group_id <> shares.actor_id AND (posts.parent_id IS NOT NULL OR NOT EXISTS (\
    SELECT 1 FROM follows f WHERE f.follower_id = {viewer} AND f.target_id = posts.group_id AND f.state = 'accepted')))) \
   ORDER BY shares.id {order} LIMIT {limit}{close} x\
) h ORDER BY number {order} LIMIT {limit}";

/// The numbers in a window of somebody's home timeline, each with its [`Source`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    viewer: i64,
    window: Window,
    visible: Visible,
}

impl Home {
    pub(crate) fn of(viewer: domain::id::ActorId, window: Window) -> Self {
        Self { viewer: viewer.0, window, visible: visible(Some(viewer)) }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>, [x, open, close]: [&'b str; 3]) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
    {
        for (index, piece) in QUERY.split(['{', '}']).enumerate() {
            match piece {
                text if index % 2 == 0 => out.push_sql(text),
                "viewer" => out.push_bind_param::<BigInt, _>(&self.viewer)?,
                "limit" => out.push_bind_param::<BigInt, _>(&self.window.limit)?,
                "order" => out.push_sql(if self.window.nearest { "ASC" } else { "DESC" }),
                "visible" => self.visible.walk_ast(out.reborrow())?,
                "x" => out.push_sql(x),
                "open" => out.push_sql(open),
                "before" => out.push_bind_param::<BigInt, _>(&self.window.before)?,
                "after" => out.push_bind_param::<BigInt, _>(&self.window.after)?,
                _ => out.push_sql(close),
            }
        }
        Ok(())
    }
}

impl Query for Home {
    type SqlType = (BigInt, Integer);
}
impl<C> RunQueryDsl<C> for Home {}
/// The text depends on the order, so the type alone does not name the query.
impl QueryId for Home {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Sqlite> for Home {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.walk(out, ["x.value", "json_each((SELECT json_group_array(id) FROM (", ")))"])
    }
}
impl QueryFragment<Pg> for Home {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk(out, ["x.id", "LATERAL (", ")"])
    }
}
