//! The full-text index: words analysed by us, matched by FTS5 or by tsvector.
use diesel::{
    dsl,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable, Text},
    sqlite::Sqlite,
};
use domain::{
    id::{ActorId, PostId},
    text::search::{Query, State},
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::Matching,
    error::Result,
    heard::heard,
    posts::Page,
    schema::{actors, posts, solutions, threads},
    solutions::solved,
    visible::visible,
    wanted::{Whom, wanted},
};

/// What narrows a search.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Only what begins a thread, or only replies.
    pub threads: Option<bool>,
    /// Only threads in this state.
    pub state: Option<State>,
    /// Only what a reply answers, or only what none does.
    pub solved: Option<bool>,
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
    /// Only by authors who let their posts be searched for, and what the viewer wrote.
    pub indexable: bool,
}

/// The numbers of the posts that match, narrowed, and that `viewer` may read, the newest first. Without words everything
/// matches.
pub fn narrowed(
    conn: &mut Conn,
    query: &Query,
    narrow: &Narrow,
    viewer: Option<ActorId>,
    page: Page,
) -> Result<Vec<PostId>> {
    let (before, after) = (page.before.map_or(i64::MAX, i64::from), page.after.map_or(0, i64::from));
    let ids: Vec<i64> = db!(conn, c => {
        let shown = visible(viewer)
            .and(wanted(viewer, Whom::Author))
            .and(heard(viewer, "posts.author_id"))
            .and(posts::removed.is_null())
            .and(posts::id.gt(after));
        let mut kept: Box<dyn BoxableExpression<posts::table, _, SqlType = Nullable<Bool>>> = Box::new(shown.nullable());
        if let Some(threads) = narrow.threads {
            kept = Box::new(kept.and(posts::parent_id.is_null().eq(threads)));
        }
        if let Some(language) = &narrow.language {
            let region = posts::language.like(format!("{language}-%"));
            kept = Box::new(kept.and(posts::language.eq(language.clone()).or(region)));
        }
        if let Some(local) = narrow.local {
            kept = Box::new(kept.and(posts::local.eq(local)));
        }
        if let Some(author) = narrow.author {
            kept = Box::new(kept.and(posts::author_id.eq(author.0)));
        }
        if let Some(group) = narrow.group {
            kept = Box::new(kept.and(posts::group_id.eq(group.0)));
        }
        if narrow.grouped {
            kept = Box::new(kept.and(posts::group_id.is_not_null()));
        }
        if narrow.indexable {
            let author = actors::table.filter(actors::id.eq(posts::author_id).and(actors::indexable.eq(true)));
            let mine = posts::author_id.eq(viewer.map_or(0, i64::from));
            kept = Box::new(kept.and(mine.or(dsl::exists(author))));
        }
        if let Some(solved) = narrow.solved {
            let by = solved!().filter(solutions::thread_id.eq(posts::id));
            kept = Box::new(kept.and(dsl::exists(by).eq(solved)));
        }
        let counted = threads::table.filter(threads::post_id.eq(posts::id));
        kept = match narrow.state {
            Some(State::Unanswered) => Box::new(kept.and(dsl::exists(counted.filter(threads::replies.eq(0))))),
            Some(State::Answered) => Box::new(kept.and(dsl::exists(counted.filter(threads::replies.gt(0))))),
            Some(State::Solved) => {
                let by = solved!().filter(solutions::thread_id.eq(posts::id));
                Box::new(kept.and(dsl::exists(by)))
            }
            Some(State::Open) => Box::new(kept.and(posts::parent_id.is_null()).and(posts::locked.is_null())),
            Some(State::Closed) => Box::new(kept.and(posts::locked.is_not_null())),
            None => kept,
        };
        if query.is_empty() {
            let all = posts::table.filter(posts::id.lt(before)).filter(kept);
            all.order(posts::id.desc()).limit(page.limit).select(posts::id).load(c)
        } else {
            Matching::new(query, before, page.limit, kept).load(c)
        }
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
