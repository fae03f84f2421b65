//! Filters of readers.
use std::{collections::HashMap, sync::Arc};

use diesel::prelude::*;
use domain::{
    filter::{Action, Filter, Keyword, Picked},
    id::{ActorId, FilterId, PostId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::{self, Basis, Made},
    rows::Word,
    schema::{filter_keywords, filter_posts, filters},
};

type Row = (i64, String, String, Word<Action>, Option<i64>);

const COLUMNS: (filters::id, filters::title, filters::contexts, filters::action, filters::expires) =
    (filters::id, filters::title, filters::contexts, filters::action, filters::expires);

/// The filters of a person, the oldest first; only the one with this number, if one is given.
pub fn of(conn: &mut Conn, person: ActorId, only: Option<FilterId>) -> Result<Vec<Filter>> {
    let rows: Vec<Row> = db!(conn, c => {
        let mut query =
            filters::table.filter(filters::person_id.eq(person.0)).order(filters::id).select(COLUMNS).into_boxed();
        if let Some(only) = only {
            query = query.filter(filters::id.eq(only.0));
        }
        query.load(c)
    })?;
    complete(conn, rows)
}

/// All filters of a person, to be kept.
#[derive(Debug)]
pub struct All {
    person: ActorId,
    /// The oldest first.
    pub filters: Vec<Filter>,
}

impl Made for All {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.person
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        Some(vec![Basis::Wishes(self.person)])
    }

    fn bytes(&self) -> usize {
        let words =
            |filter: &Filter| filter.keywords.iter().map(|one| size_of_val(one) + one.keyword.len()).sum::<usize>();
        let one = |filter: &Filter| size_of_val(filter) + size_of_val(&*filter.picked) + words(filter);
        size_of::<Self>() + self.filters.iter().map(|filter| one(filter) + filter.title.len()).sum::<usize>()
    }
}

/// All filters of a person, read once for many times.
pub fn all(conn: &mut Conn, person: ActorId) -> Result<Option<Arc<All>>> {
    kept::lend_one(conn, person, |_| true, |conn| Ok(Some(All { person, filters: of(conn, person, None)? })))
}

/// The filters of each of these people.
pub fn of_many(conn: &mut Conn, people: &[ActorId]) -> Result<HashMap<ActorId, Vec<Filter>>> {
    let rows: Vec<(i64, Row)> = db!(conn, c => filters::table
        .filter(filters::person_id.among(people))
        .order(filters::id)
        .select((filters::person_id, COLUMNS))
        .load(c))?;
    let (owners, rows): (Vec<i64>, Vec<Row>) = rows.into_iter().unzip();
    let mut found: HashMap<ActorId, Vec<Filter>> = HashMap::new();
    for (owner, filter) in owners.into_iter().zip(complete(conn, rows)?) {
        found.entry(ActorId(owner)).or_default().push(filter);
    }
    Ok(found)
}

/// These filters with all their parts.
fn complete(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Filter>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let keywords: Vec<(i64, i64, String, bool)> = db!(conn, c => filter_keywords::table
        .filter(filter_keywords::filter_id.among(&ids))
        .order(filter_keywords::id)
        .select((filter_keywords::filter_id, filter_keywords::id, filter_keywords::keyword, filter_keywords::whole_word))
        .load(c))?;
    let picked: Vec<(i64, i64, i64)> = db!(conn, c => filter_posts::table
        .filter(filter_posts::filter_id.among(&ids))
        .order(filter_posts::id)
        .select((filter_posts::filter_id, filter_posts::id, filter_posts::post_id))
        .load(c))?;
    let filter = |(id, title, contexts, action, expires): Row| Filter {
        id: FilterId(id),
        title,
        places: contexts.split(' ').filter_map(|word| word.parse().ok()).collect(),
        action: action.0,
        expires: expires.map(Timestamp),
        keywords: keywords
            .iter()
            .filter(|keyword| keyword.0 == id)
            .map(|(_, id, keyword, whole)| Keyword { id: FilterId(*id), keyword: keyword.clone(), whole_word: *whole })
            .collect(),
        picked: picked
            .iter()
            .filter(|picked| picked.0 == id)
            .map(|(_, id, post)| Picked { id: FilterId(*id), post: PostId(*post) })
            .collect(),
    };
    Ok(rows.into_iter().map(filter).collect())
}

/// Adds a filter or replaces what it is, with all its parts.
pub fn set(tx: &mut Tx<'_>, person: ActorId, filter: &Filter) -> Result<()> {
    let places: Vec<&str> = filter.places.iter().map(|place| place.as_str()).collect();
    remove(tx, person, filter.id)?;
    let row = (
        filters::id.eq(filter.id.0),
        filters::person_id.eq(person.0),
        filters::title.eq(&filter.title),
        filters::contexts.eq(places.join(" ")),
        filters::action.eq(Word(filter.action)),
        filters::expires.eq(filter.expires.map(|at| at.0)),
    );
    db!(tx, c => diesel::insert_into(filters::table).values(row).execute(c))?;
    let keywords: Vec<_> = filter
        .keywords
        .iter()
        .map(|keyword| {
            (
                filter_keywords::id.eq(keyword.id.0),
                filter_keywords::filter_id.eq(filter.id.0),
                filter_keywords::keyword.eq(&keyword.keyword),
                filter_keywords::whole_word.eq(keyword.whole_word),
            )
        })
        .collect();
    db!(tx, c => diesel::insert_into(filter_keywords::table).values(&keywords).execute(c))?;
    let picked: Vec<_> = filter
        .picked
        .iter()
        .map(|picked| {
            (
                filter_posts::id.eq(picked.id.0),
                filter_posts::filter_id.eq(filter.id.0),
                filter_posts::post_id.eq(picked.post.0),
            )
        })
        .collect();
    db!(tx, c => diesel::insert_into(filter_posts::table).values(&picked).execute(c))?;
    Ok(())
}

/// Forgets a filter.
pub fn remove(tx: &mut Tx<'_>, person: ActorId, id: FilterId) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    db!(tx, c => diesel::delete(filter_keywords::table.filter(filter_keywords::filter_id.eq(id.0))).execute(c))?;
    db!(tx, c => diesel::delete(filter_posts::table.filter(filter_posts::filter_id.eq(id.0))).execute(c))?;
    db!(tx, c => diesel::delete(filters::table.find(id.0)).execute(c))?;
    Ok(())
}
