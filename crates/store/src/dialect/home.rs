//! The home timeline's numbers, in two queries that find the same: one walks the newest posts and asks of each whether
//! it belongs there, which is quick for whoever follows much; one merges the newest of every source from its own index
//! range, which is never slow. There a source is joined to its range by LATERAL, or by a JSON list where there is none.
use diesel::{
    backend::Backend,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType, Integer},
    sqlite::Sqlite,
};
use domain::id::ActorId;

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
    /// The source by its number in the queries below.
    pub(crate) fn numbered(number: i32) -> Self {
        match number {
            1 => Self::Group,
            2 => Self::Share,
            _ => Self::Author,
        }
    }
}

/// In braces stands what is bound, what is said below, or what differs between databases.
const WALKED: &str = "\
SELECT number, source FROM (SELECT * FROM (\
  SELECT posts.id AS number, CASE WHEN {from group} THEN 1 ELSE 0 END AS source FROM posts \
  WHERE posts.id < {before} AND posts.id > {after} AND {shown} \
  AND (({from group} AND posts.parent_id IS NULL) OR ((posts.author_id = {viewer} OR {from author}) AND {fit})) \
  ORDER BY posts.id {order} LIMIT {limit}) a \
 UNION ALL SELECT * FROM (\
  SELECT shares.id, 2 FROM shares INNER JOIN posts ON posts.id = shares.post_id \
  WHERE shares.id < {before} AND shares.id > {after} AND (shares.actor_id = {viewer} OR {from sharer}) AND {shown} AND {news} \
  ORDER BY shares.id {order} LIMIT {limit}) b\
) h ORDER BY number {order} LIMIT {limit}";

const MERGED: &str = "\
SELECT number, source FROM (\
  SELECT {x} AS number, 0 AS source FROM ({followed} UNION SELECT {viewer}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.author_id = s.target_id AND posts.id < {before} AND posts.id > {after} \
   AND {shown} AND {fit} AND NOT {from group} ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 1 FROM ({followed}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.group_id = s.target_id AND posts.parent_id IS NULL \
   AND posts.id < {before} AND posts.id > {after} AND {shown} ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 2 FROM ({followed} UNION SELECT {viewer}) s CROSS JOIN {open}\
   SELECT shares.id AS id FROM shares INNER JOIN posts ON posts.id = shares.post_id WHERE shares.actor_id = s.target_id \
   AND shares.id < {before} AND shares.id > {after} AND {shown} AND {news} ORDER BY shares.id {order} LIMIT {limit}{close} x\
) h ORDER BY number {order} LIMIT {limit}";

/// The pieces that both queries are made of.
const PIECES: [(&str, &str); 7] = [
    // Those who keep order see what was removed where it stood, and not among their news.
    ("shown", "{visible} AND posts.removed IS NULL"),
    ("followed", "SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted'"),
    ("from group", "EXISTS ({followed} AND target_id = posts.group_id)"),
    ("from author", "EXISTS ({followed} AND target_id = posts.author_id)"),
    ("from sharer", "EXISTS ({followed} AND target_id = shares.actor_id)"),
    // Replies appear if they answer somebody followed, the viewer, or their own author; those in groups never do.
    (
        "fit",
        "(posts.parent_id IS NULL OR (posts.group_id IS NULL AND EXISTS (SELECT 1 FROM posts p WHERE p.id = posts.parent_id \
         AND (p.author_id = posts.author_id OR p.author_id = {viewer} OR EXISTS ({followed} AND target_id = p.author_id)))))",
    ),
    // A thread comes once, from its group, if that is followed.
    (
        "news",
        "(posts.group_id IS NULL OR (posts.group_id <> shares.actor_id \
         AND (posts.parent_id IS NOT NULL OR NOT {from group})))",
    ),
];

/// The numbers in a window of somebody's home timeline, each with its [`Source`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    query: &'static str,
    viewer: i64,
    window: Window,
    visible: Visible,
}

/// How [`Home`] joins a source to its range: the column, what stands before, and what stands behind.
type Lateral = [&'static str; 3];

impl Home {
    /// Walks all posts of the window, which must be a small one.
    pub(crate) fn walked(viewer: ActorId, window: Window) -> Self {
        Self { query: WALKED, viewer: viewer.0, window, visible: visible(Some(viewer)) }
    }

    /// Merges what every source has in the window.
    pub(crate) fn merged(viewer: ActorId, window: Window) -> Self {
        Self { query: MERGED, ..Self::walked(viewer, window) }
    }

    fn say<'b, DB>(&'b self, text: &'static str, lateral: Lateral, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
    {
        let [x, open, close] = lateral;
        for (index, piece) in text.split(['{', '}']).enumerate() {
            match piece {
                sql if index % 2 == 0 => out.push_sql(sql),
                "viewer" => out.push_bind_param::<BigInt, _>(&self.viewer)?,
                "before" => out.push_bind_param::<BigInt, _>(&self.window.before)?,
                "after" => out.push_bind_param::<BigInt, _>(&self.window.after)?,
                "limit" => out.push_bind_param::<BigInt, _>(&self.window.limit)?,
                "order" => out.push_sql(if self.window.nearest { "ASC" } else { "DESC" }),
                "visible" => self.visible.walk_ast(out.reborrow())?,
                "x" => out.push_sql(x),
                "open" => out.push_sql(open),
                "close" => out.push_sql(close),
                name => {
                    for (_, text) in PIECES.iter().filter(|(known, _)| *known == name) {
                        self.say(text, lateral, out)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Query for Home {
    type SqlType = (BigInt, Integer);
}
impl<C> RunQueryDsl<C> for Home {}
/// The text depends on values, so the type alone does not name the query.
impl QueryId for Home {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Sqlite> for Home {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.say(self.query, ["x.value", "json_each((SELECT json_group_array(id) FROM (", ")))"], &mut out)
    }
}
impl QueryFragment<Pg> for Home {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.say(self.query, ["x.id", "LATERAL (", ")"], &mut out)
    }
}
