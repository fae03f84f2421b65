//! The full-text index: words analysed by us, matched by FTS5 or by tsvector.
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use domain::{
    id::{ActorId, PostId},
    text::search::Query,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::post_matches,
    error::Result,
    posts::Page,
    schema::posts,
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
        .order(posts::id.desc())
        .limit(page.limit)
        .select(posts::id)
        .load(c))?;
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
