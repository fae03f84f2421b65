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
use domain::{
    id::ActorId,
    list::{List, Replies},
};

use crate::{
    timelines::Window,
    visible::{Visible, visible},
    wanted::{Wanted, Whom, wanted},
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
  AND (({from group} AND posts.parent_id IS NULL) OR ((posts.author_id = {viewer} OR {from author}) AND {fit}) OR {from tag}) \
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
  SELECT {x}, 2 FROM ({heard} UNION SELECT {viewer}) s CROSS JOIN {open}\
   SELECT shares.id AS id FROM shares INNER JOIN posts ON posts.id = shares.post_id WHERE shares.actor_id = s.target_id \
   AND shares.id < {before} AND shares.id > {after} AND {shown} AND {news} ORDER BY shares.id {order} LIMIT {limit}{close} x \
 UNION \
  SELECT {x}, 0 FROM (SELECT tag FROM followed_tags WHERE person_id = {viewer}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM post_tags INNER JOIN posts ON posts.id = post_tags.post_id WHERE post_tags.tag = s.tag \
   AND post_tags.post_id < {before} AND post_tags.post_id > {after} AND {open thread} AND {shown} AND NOT {from group} \
   ORDER BY post_tags.post_id {order} LIMIT {limit}{close} x\
) h ORDER BY number {order} LIMIT {limit}";

/// The same for those in a list: what they wrote, their threads if they are groups, what they passed on.
const LISTED: &str = "\
SELECT number, source FROM (\
  SELECT {x} AS number, 0 AS source FROM ({listed}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.author_id = s.target_id AND posts.id < {before} AND posts.id > {after} \
   AND {shown} AND {fit} ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 1 FROM ({listed}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.group_id = s.target_id AND posts.parent_id IS NULL \
   AND posts.id < {before} AND posts.id > {after} AND {shown} \
   AND NOT EXISTS ({listed} AND actor_id = posts.author_id) ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 2 FROM ({listed}) s CROSS JOIN {open}\
   SELECT shares.id AS id FROM shares INNER JOIN posts ON posts.id = shares.post_id WHERE shares.actor_id = s.target_id \
   AND shares.id < {before} AND shares.id > {after} AND {shown} \
   AND (posts.group_id IS NULL OR posts.group_id <> shares.actor_id) ORDER BY shares.id {order} LIMIT {limit}{close} x\
) h ORDER BY number {order} LIMIT {limit}";

/// The pieces that these queries are made of.
const PIECES: [(&str, &str); 12] = [
    // Those who keep order see what was removed where it stood, and not among their news.
    ("shown", "{visible} AND {wanted} AND posts.removed IS NULL"),
    // Whoever is in a list that is read apart is read there only.
    (
        "followed",
        "SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted' \
         AND NOT EXISTS (SELECT 1 FROM list_members m INNER JOIN lists l ON l.id = m.list_id \
         WHERE m.owner_id = {viewer} AND m.actor_id = follows.target_id AND l.apart)",
    ),
    // Of whom one also wants what they pass on.
    (
        "heard",
        "{followed} AND NOT no_shares \
         AND NOT EXISTS (SELECT 1 FROM shuns v WHERE v.actor_id = {viewer} AND v.target_id = follows.target_id)",
    ),
    ("listed", "SELECT actor_id AS target_id FROM list_members WHERE list_id = {list}"),
    ("from group", "EXISTS ({followed} AND target_id = posts.group_id)"),
    ("from author", "EXISTS ({followed} AND target_id = posts.author_id)"),
    ("from sharer", "EXISTS ({heard} AND target_id = shares.actor_id)"),
    ("open thread", "posts.parent_id IS NULL AND posts.audience = 'public'"),
    (
        "from tag",
        "({open thread} AND EXISTS (SELECT 1 FROM post_tags t INNER JOIN followed_tags f ON f.tag = t.tag \
         WHERE t.post_id = posts.id AND f.person_id = {viewer}))",
    ),
    // Only in the languages that the reader wants of this author.
    (
        "spoken",
        "(posts.language IS NULL OR NOT EXISTS (SELECT 1 FROM follows w WHERE w.follower_id = {viewer} \
         AND w.target_id = posts.author_id AND w.languages <> '' AND w.languages NOT LIKE '%,' || posts.language || ',%'))",
    ),
    // Replies appear if they answer whom the reader wants to see answered, the reader, or their own author; those in
    // groups never do.
    (
        "fit",
        "({spoken} AND (posts.parent_id IS NULL OR (posts.group_id IS NULL AND EXISTS (SELECT 1 FROM posts p WHERE p.id = posts.parent_id \
         AND (p.author_id = posts.author_id OR p.author_id = {viewer} OR {answered})))))",
    ),
    // A thread comes once, from its group, if that is followed.
    (
        "news",
        "(posts.group_id IS NULL OR (posts.group_id <> shares.actor_id \
         AND (posts.parent_id IS NOT NULL OR NOT {from group})))",
    ),
];

/// Whose being answered makes a reply appear.
fn answered(replies: Replies) -> &'static str {
    match replies {
        Replies::Nobody => "FALSE",
        Replies::Members => "EXISTS ({listed} AND actor_id = p.author_id)",
        Replies::Followed => {
            "EXISTS (SELECT 1 FROM follows w WHERE w.follower_id = {viewer} AND w.state = 'accepted' AND w.target_id = p.author_id)"
        }
    }
}

/// The numbers in a window of somebody's home timeline, each with its [`Source`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    query: &'static str,
    viewer: i64,
    window: Window,
    visible: Visible,
    wanted: Wanted,
    /// Which list it is, if it is one, and which replies appear.
    list: i64,
    replies: Replies,
}

/// How [`Home`] joins a source to its range: the column, what stands before, and what stands behind.
type Lateral = [&'static str; 3];

impl Home {
    /// Walks all posts of the window, which must be a small one.
    pub(crate) fn walked(viewer: ActorId, window: Window) -> Self {
        let (visible, wanted) = (visible(Some(viewer)), wanted(Some(viewer), Whom::Author));
        Self { query: WALKED, viewer: viewer.0, window, visible, wanted, list: 0, replies: Replies::Followed }
    }

    /// Merges what every source has in the window.
    pub(crate) fn merged(viewer: ActorId, window: Window) -> Self {
        Self { query: MERGED, ..Self::walked(viewer, window) }
    }

    /// Merges what everybody in a list has in the window.
    pub(crate) fn of_list(list: &List, window: Window) -> Self {
        Self { query: LISTED, list: list.id.0, replies: list.replies, ..Self::walked(list.owner, window) }
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
                "list" => out.push_bind_param::<BigInt, _>(&self.list)?,
                "answered" => self.say(answered(self.replies), lateral, out)?,
                "wanted" => self.wanted.walk_ast(out.reborrow())?,
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
