//! The home timeline's numbers, in two queries that find the same: one walks the newest posts and asks of each whether
//! it belongs there, which is quick for whoever follows much; one merges the newest of every source from its own index
//! range, which is never slow. There a source is joined to its range by LATERAL, or by a JSON list where there is none.
//! Of the same pieces are the queries that ask of one post in whose of many timelines it stands.
use diesel::{
    backend::Backend,
    dsl,
    expression::SqlLiteral,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType, Integer},
    sqlite::Sqlite,
};
use domain::{
    id::{ActorId, ListId, PostId},
    list::{List, Replies},
};

use super::among::{Among, AmongExt};
use crate::{
    timelines::Window,
    visible::{Given, Visible, visible_to},
    wanted::{Wanted, Whom, wanted_by},
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
  WHERE posts.id < {before} AND posts.id > {after} AND {near} AND {shown} \
  ORDER BY posts.id {order} LIMIT {limit}) a \
 UNION ALL SELECT * FROM (\
  SELECT shares.id, 2 FROM shares INNER JOIN posts ON posts.id = shares.post_id \
  WHERE shares.id < {before} AND shares.id > {after} AND {brought} AND {shown} AND {news} \
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
   AND {shown} AND {fit} AND {no letter} ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 1 FROM ({listed}) s CROSS JOIN {open}\
   SELECT posts.id AS id FROM posts WHERE posts.group_id = s.target_id AND posts.parent_id IS NULL \
   AND posts.id < {before} AND posts.id > {after} AND {shown} \
   AND NOT {listed author} ORDER BY posts.id {order} LIMIT {limit}{close} x \
 UNION ALL \
  SELECT {x}, 2 FROM ({listed}) s CROSS JOIN {open}\
   SELECT shares.id AS id FROM shares INNER JOIN posts ON posts.id = shares.post_id WHERE shares.actor_id = s.target_id \
   AND shares.id < {before} AND shares.id > {after} AND {shown} AND {by person} ORDER BY shares.id {order} LIMIT {limit}{close} x\
) h ORDER BY number {order} LIMIT {limit}";

/// The readers at whose home a post stands; and the same of a post that somebody passed on.
const AT_HOME: [&str; 2] = [
    "SELECT readers.id AS number, CASE WHEN {from group} THEN 1 ELSE 0 END AS source \
     FROM actors readers CROSS JOIN posts WHERE {among} AND posts.id = {post} AND {shown} AND {near}",
    "SELECT readers.id AS number, 2 AS source \
     FROM actors readers CROSS JOIN shares INNER JOIN posts ON posts.id = shares.post_id \
     WHERE {among} AND shares.post_id = {post} AND shares.actor_id = {sharer} AND {brought} AND {shown} AND {news}",
];

/// The same of lists.
const IN_LISTS: [&str; 2] = [
    "SELECT lists.id AS number, CASE WHEN {listed author} THEN 0 ELSE 1 END AS source \
     FROM lists CROSS JOIN posts WHERE {among} AND posts.id = {post} AND {shown} AND (({listed author} AND {fit} AND {no letter}) \
     OR (posts.parent_id IS NULL AND EXISTS ({listed} AND actor_id = posts.group_id) AND NOT {listed author}))",
    "SELECT lists.id AS number, 2 AS source \
     FROM lists CROSS JOIN shares INNER JOIN posts ON posts.id = shares.post_id \
     WHERE {among} AND shares.post_id = {post} AND shares.actor_id = {sharer} \
     AND EXISTS ({listed} AND actor_id = shares.actor_id) AND {shown} AND {by person}",
];

/// The pieces that these queries are made of.
const PIECES: [(&str, &str); 19] = [
    // Those who keep order see what was removed where it stood, and not among their news.
    ("shown", "{visible} AND {wanted} AND posts.removed IS NULL"),
    // Whoever is in a list that is read apart is read there only, and groups of which one wants the letter in that, or to
    // be told of what is put in front there.
    (
        "followed",
        "SELECT target_id FROM follows WHERE follower_id = {viewer} AND state = 'accepted' \
         AND (portion IS NULL OR portion NOT IN ('digest', 'highlights')) \
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
    ("listed author", "EXISTS ({listed} AND actor_id = posts.author_id)"),
    // What somebody in a list wrote to the reader alone is a letter, and stands among those.
    ("no letter", "posts.audience <> 'direct'"),
    ("by person", "(posts.group_id IS NULL OR posts.group_id <> shares.actor_id)"),
    ("brought", "(shares.actor_id = {viewer} OR {from sharer})"),
    // What stands in its columns alone comes first: of most posts, replies in groups, no more is looked at.
    (
        "near",
        "(posts.parent_id IS NULL OR posts.group_id IS NULL OR posts.author_id = {viewer}) \
         AND ({from group} OR ((posts.author_id = {viewer} OR {from author}) AND {fit}) OR {from tag})",
    ),
    ("from group", "(posts.parent_id IS NULL AND EXISTS ({followed} AND target_id = posts.group_id))"),
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
    // groups never do. What the reader wrote always does.
    (
        "fit",
        "(posts.author_id = {viewer} OR ({spoken} AND (posts.parent_id IS NULL OR (posts.group_id IS NULL \
         AND EXISTS (SELECT 1 FROM posts p WHERE p.id = posts.parent_id \
         AND (p.author_id = posts.author_id OR p.author_id = {viewer} OR {answered}))))))",
    ),
    (
        "answered followed",
        "EXISTS (SELECT 1 FROM follows w WHERE w.follower_id = {viewer} AND w.state = 'accepted' AND w.target_id = p.author_id)",
    ),
    ("answered listed", "EXISTS ({listed} AND actor_id = p.author_id)"),
    // A thread comes once, from its group, if that is followed.
    ("news", "(posts.group_id IS NULL OR (posts.group_id <> shares.actor_id AND NOT {from group}))"),
];

/// Whose being answered makes a reply appear; with none, each list says it.
fn answered(replies: Option<Replies>) -> &'static str {
    match replies {
        Some(Replies::Nobody) => "FALSE",
        Some(Replies::Members) => "{answered listed}",
        Some(Replies::Followed) => "{answered followed}",
        None => {
            "CASE lists.replies WHEN 'followed' THEN {answered followed} WHEN 'list' THEN {answered listed} ELSE FALSE END"
        }
    }
}

/// Numbers of a home timeline or of a list, each with its [`Source`]; or of those in whose timelines one post stands.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    query: &'static str,
    viewer: Given,
    visible: Visible,
    wanted: Wanted,
    /// Which list it is, if it is one, and which replies appear.
    list: Given,
    replies: Option<Replies>,
    window: Window,
    one: One,
}

/// One post, who passed it on, and whose timelines are looked at.
#[derive(Debug, Clone)]
struct One {
    post: i64,
    sharer: i64,
    among: Among<SqlLiteral<BigInt>, i64>,
}

/// How [`Home`] joins a source to its range: the column, what stands before, and what stands behind.
type Lateral = [&'static str; 3];

impl Home {
    fn of(query: &'static str, viewer: Given) -> Self {
        let (visible, wanted) = (visible_to(viewer), wanted_by(viewer, Whom::Author));
        let one = One { post: 0, sharer: 0, among: dsl::sql("0").among(Vec::<i64>::new()) };
        let (window, list, replies) = (Window::newest(0), Given::Number(0), Some(Replies::Followed));
        Self { query, viewer, visible, wanted, list, replies, window, one }
    }

    /// Walks all posts of the window, which must be a small one.
    pub(crate) fn walked(viewer: ActorId, window: Window) -> Self {
        Self { window, ..Self::of(WALKED, viewer.into()) }
    }

    /// Merges what every source has in the window.
    pub(crate) fn merged(viewer: ActorId, window: Window) -> Self {
        Self { window, ..Self::of(MERGED, viewer.into()) }
    }

    /// Merges what everybody in a list has in the window.
    pub(crate) fn of_list(list: &List, window: Window) -> Self {
        let replies = Some(list.replies);
        Self { window, list: Given::Number(list.id.0), replies, ..Self::of(LISTED, list.owner.into()) }
    }

    /// Those of `readers` at whose home a post stands, written by its author or passed on by `sharer`.
    pub(crate) fn at_home(post: PostId, sharer: Option<ActorId>, readers: &[ActorId]) -> Self {
        let [written, passed_on] = AT_HOME;
        let query = if sharer.is_some() { passed_on } else { written };
        let one = One::new(post, sharer, dsl::sql("readers.id").among(readers));
        Self { one, ..Self::of(query, Given::Column("readers.id")) }
    }

    /// Those of `lists` in which it stands.
    pub(crate) fn in_lists(post: PostId, sharer: Option<ActorId>, lists: &[ListId]) -> Self {
        let [written, passed_on] = IN_LISTS;
        let query = if sharer.is_some() { passed_on } else { written };
        let one = One::new(post, sharer, dsl::sql("lists.id").among(lists));
        Self { one, list: Given::Column("lists.id"), replies: None, ..Self::of(query, Given::Column("lists.owner_id")) }
    }

    fn say<'b, DB>(&'b self, text: &'static str, lateral: Lateral, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
        Among<SqlLiteral<BigInt>, i64>: QueryFragment<DB>,
    {
        let [x, open, close] = lateral;
        for (index, piece) in text.split(['{', '}']).enumerate() {
            match piece {
                sql if index % 2 == 0 => out.push_sql(sql),
                "viewer" => self.viewer.push(out)?,
                "before" => out.push_bind_param::<BigInt, _>(&self.window.before)?,
                "after" => out.push_bind_param::<BigInt, _>(&self.window.after)?,
                "limit" => out.push_bind_param::<BigInt, _>(&self.window.limit)?,
                "order" => out.push_sql(if self.window.nearest { "ASC" } else { "DESC" }),
                "list" => self.list.push(out)?,
                "post" => out.push_bind_param::<BigInt, _>(&self.one.post)?,
                "sharer" => out.push_bind_param::<BigInt, _>(&self.one.sharer)?,
                "among" => self.one.among.walk_ast(out.reborrow())?,
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

impl One {
    fn new(post: PostId, sharer: Option<ActorId>, among: Among<SqlLiteral<BigInt>, i64>) -> Self {
        Self { post: post.0, sharer: sharer.map_or(0, |sharer| sharer.0), among }
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
