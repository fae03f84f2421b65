//! The full-text index: words analysed by us, matched by FTS5 or by tsvector.
use diesel::{
    dsl,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use domain::{
    id::{ActorId, PostId},
    text::search::{Query, State},
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::post_matches,
    error::Result,
    heard::heard,
    posts::Page,
    schema::{posts, threads},
    visible::visible,
    wanted::{Whom, wanted},
};

/// The numbers of the posts that match and that `viewer` may read, the newest first.
pub fn posts(conn: &mut Conn, query: &Query, viewer: Option<ActorId>, page: Page) -> Result<Vec<PostId>> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let before = page.before.map_or(i64::MAX, i64::from);
    let ids: Vec<i64> = db!(conn, c => posts::table
        .filter(post_matches(query.to_fts5(), query.to_tsquery()))
        .filter(posts::id.lt(before))
        .filter(visible(viewer))
        .filter(wanted(viewer, Whom::Author))
        .filter(heard(viewer, "posts.author_id"))
        .order(posts::id.desc())
        .limit(page.limit)
        .select(posts::id)
        .load(c))?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// What narrows a search.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Only what begins a thread, or only replies.
    pub threads: Option<bool>,
    /// Only threads in this state.
    pub state: Option<State>,
    /// Only in this language, a primary subtag.
    pub language: Option<String>,
    /// Only what was written here, or only elsewhere.
    pub local: Option<bool>,
    /// Only by this author.
    pub author: Option<ActorId>,
    /// Only in this group.
    pub group: Option<ActorId>,
    /// Only what stands in groups.
    pub grouped: bool,
}

/// The numbers of the posts that match, narrowed, the newest first. Without words everything matches.
pub fn narrowed(
    conn: &mut Conn,
    query: &Query,
    narrow: &Narrow,
    viewer: Option<ActorId>,
    page: Page,
) -> Result<Vec<PostId>> {
    let before = page.before.map_or(i64::MAX, i64::from);
    let ids: Vec<i64> = db!(conn, c => {
        let mut found = posts::table
            .filter(posts::id.lt(before))
            .filter(visible(viewer))
            .filter(wanted(viewer, Whom::Author))
            .filter(posts::removed.is_null())
            .order(posts::id.desc())
            .limit(page.limit)
            .select(posts::id)
            .into_boxed();
        if !query.is_empty() {
            found = found.filter(post_matches(query.to_fts5(), query.to_tsquery()));
        }
        if let Some(threads) = narrow.threads {
            found = if threads { found.filter(posts::parent_id.is_null()) } else { found.filter(posts::parent_id.is_not_null()) };
        }
        if let Some(language) = &narrow.language {
            found = found.filter(posts::language.eq(language.clone()).or(posts::language.like(format!("{language}-%"))));
        }
        if let Some(local) = narrow.local {
            found = found.filter(posts::local.eq(local));
        }
        if let Some(author) = narrow.author {
            found = found.filter(posts::author_id.eq(author.0));
        }
        if let Some(group) = narrow.group {
            found = found.filter(posts::group_id.eq(group.0));
        }
        if narrow.grouped {
            found = found.filter(posts::group_id.is_not_null());
        }
        let counted = threads::table.filter(threads::post_id.eq(posts::id));
        found = match narrow.state {
            Some(State::Unanswered) => found.filter(dsl::exists(counted.filter(threads::replies.eq(0)))),
            Some(State::Answered) => found.filter(dsl::exists(counted.filter(threads::replies.gt(0)))),
            Some(State::Open) => found.filter(posts::parent_id.is_null().and(posts::locked.is_null())),
            Some(State::Closed) => found.filter(posts::locked.is_not_null()),
            None => found,
        };
        found.load(c)
    })?;
    Ok(ids.into_iter().map(PostId).collect())
}

/// Makes the words of a post findable; `terms` come from `domain::text::search`, and none of it were indexed before.
pub fn index(tx: &mut Tx<'_>, id: PostId, terms: &str) -> Result<()> {
    change(tx, Change { id, terms: Some(terms.to_owned()) })
}

/// Forgets the words of a post.
pub fn unindex(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    change(tx, Change { id, terms: None })
}

/// What has yet to be indexed before a transaction is committed: FTS5 writes out all it holds at each savepoint, and with
/// group commit there is one for each write.
pub(crate) type Late = Vec<Change>;

/// A change of the index.
#[derive(Debug)]
pub struct Change {
    id: PostId,
    /// Nothing takes the post out.
    terms: Option<String>,
}

fn change(tx: &mut Tx<'_>, change: Change) -> Result<()> {
    match tx.late() {
        Some(late) => late.push(change),
        None => change.make(tx)?,
    }
    Ok(())
}

impl Change {
    pub(crate) fn make(&self, conn: &mut Conn) -> Result<()> {
        let id = self.id.0;
        match &self.terms {
            Some(terms) => db!(conn, c => Insert { id, terms }.execute(c))?,
            None => db!(conn, c => Delete { id }.execute(c))?,
        };
        Ok(())
    }
}

/// Adds to the index. A statement of its own type, so that it is prepared once.
#[derive(Debug, Clone, Copy)]
struct Insert<'a> {
    id: i64,
    terms: &'a str,
}

/// Takes out of the index.
#[derive(Debug, Clone, Copy, QueryId)]
struct Delete {
    id: i64,
}

impl QueryId for Insert<'_> {
    type QueryId = Insert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl<C> RunQueryDsl<C> for Insert<'_> {}
impl<C> RunQueryDsl<C> for Delete {}

impl QueryFragment<Sqlite> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO post_search (rowid, terms) VALUES (");
        out.push_bind_param::<BigInt, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.terms)?;
        out.push_sql(")");
        Ok(())
    }
}
impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO post_search (post_id, terms) VALUES (");
        out.push_bind_param::<BigInt, _>(&self.id)?;
        out.push_sql(", to_tsvector('simple', ");
        out.push_bind_param::<Text, _>(self.terms)?;
        out.push_sql("))");
        Ok(())
    }
}
impl QueryFragment<Sqlite> for Delete {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("DELETE FROM post_search WHERE rowid = ");
        out.push_bind_param::<BigInt, _>(&self.id)
    }
}
impl QueryFragment<Pg> for Delete {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DELETE FROM post_search WHERE post_id = ");
        out.push_bind_param::<BigInt, _>(&self.id)
    }
}
