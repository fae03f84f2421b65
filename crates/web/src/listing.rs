//! Threads in lists: their orders, the rule of each in words, and one row for each thread.
use std::collections::HashMap;

use actix_web::web::Query;
use app::{App, filters::Sieve, view::PostView};
use domain::{
    filter::Fate,
    id::{self, ActorId, PostId},
    urls,
};
use serde::Deserialize;
use store::{
    Conn,
    threads::{self, Cursor, Order, Scope, Thread},
};

use crate::{
    cards::Card,
    language::{self, Language},
};

/// How many threads a page lists.
pub(crate) const THREADS: i64 = 25;

/// From where on a page lists.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    pub(crate) before: Option<i64>,
}

impl From {
    /// What a path asks for that may say nothing of it.
    pub(crate) fn of(from: Option<Query<Self>>) -> i64 {
        from.and_then(|from| from.before).unwrap_or(i64::MAX)
    }
}

/// The last of a page, if the page is full, so that there may be more.
pub(crate) fn last<T>(page: &[T], most: i64) -> Option<&T> {
    page.last().filter(|_| i64::try_from(page.len()).is_ok_and(|length| length >= most))
}

/// The order and the place in it that a path asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    sort: String,
    after: String,
    /// From where on a person's posts are listed.
    pub(crate) before: Option<i64>,
}

impl Asked {
    pub(crate) fn order(&self) -> Order {
        ORDERS.into_iter().find(|order| word(*order) == self.sort).unwrap_or(Order::Active)
    }

    pub(crate) fn after(&self) -> Option<Cursor> {
        let (key, post) = self.after.split_once('.')?;
        Some(Cursor { key: key.parse().ok()?, post: PostId(post.parse().ok()?) })
    }
}

const ORDERS: [Order; 4] = [Order::Active, Order::New, Order::Top, Order::Unanswered];

/// What an order is called in paths.
fn word(order: Order) -> &'static str {
    match order {
        Order::Active => "active",
        Order::New => "new",
        Order::Top => "top",
        Order::Unanswered => "unanswered",
    }
}

/// The page of a list in an order, from a place on.
pub(crate) fn address(page: &str, order: Order, after: Option<Cursor>) -> String {
    let after = after.map(|Cursor { key, post }| format!("{key}.{post}")).unwrap_or_default();
    let sort = if order == Order::Active { "" } else { word(order) };
    urls::asking(page, &[("sort", sort), ("after", &after)])
}

/// A choice of order.
pub(crate) struct Sort {
    pub(crate) label: &'static str,
    pub(crate) page: String,
    pub(crate) is_chosen: bool,
}

/// The orders a list can have.
pub(crate) fn sorts(t: Language, page: &str, chosen: Order) -> Vec<Sort> {
    let sort = |order| Sort {
        label: match order {
            Order::Active => t.sort_active(),
            Order::New => t.sort_new(),
            Order::Top => t.sort_top(),
            Order::Unanswered => t.sort_unanswered(),
        },
        page: address(page, order, None),
        is_chosen: order == chosen,
    };
    ORDERS.into_iter().map(sort).collect()
}

/// The rule of an order, in words.
pub(crate) fn rule(t: Language, order: Order) -> &'static str {
    match order {
        Order::Active => t.rule_active(),
        Order::New => t.rule_new(),
        Order::Top => t.rule_top(),
        Order::Unanswered => t.rule_unanswered(),
    }
}

/// A thread as a list shows it.
pub(crate) struct Row {
    pub(crate) card: Card,
    pub(crate) replies: i64,
    pub(crate) is_answered: bool,
    pub(crate) latest: String,
    pub(crate) latest_exactly: String,
    /// Whether something came since whoever looks at it read it.
    pub(crate) is_unread: bool,
    /// Whether a reply answers it.
    pub(crate) is_solved: bool,
}

impl Row {
    /// A row; nothing, if a filter of whoever looks at the list hides it.
    pub(crate) fn new(app: &App, t: Language, listed: &Listed) -> Option<Self> {
        let Listed { thread, view, fate, is_unread, is_solved } = listed;
        Some(Self {
            card: Card::new(app, t, view).under(t, fate.clone())?,
            replies: thread.replies,
            is_answered: thread.replies > 0,
            latest: t.ago(app.now(), thread.latest),
            latest_exactly: language::machine_moment(thread.latest),
            is_unread: *is_unread,
            is_solved: *is_solved,
        })
    }
}

/// A thread with all that a row needs.
pub(crate) struct Listed {
    thread: Thread,
    view: PostView,
    fate: Fate,
    is_unread: bool,
    is_solved: bool,
}

/// A page of threads, and where the next one begins.
pub(crate) fn page(
    c: &mut Conn,
    scope: Scope<'_>,
    order: Order,
    viewer: Option<ActorId>,
    after: Option<Cursor>,
) -> store::Result<(Vec<Thread>, Option<Cursor>)> {
    let mut found = threads::page(c, scope, order, viewer, after, THREADS + 1)?;
    let full = i64::try_from(found.len()).is_ok_and(|length| length > THREADS);
    if full {
        found.pop();
    }
    let next = found.last().filter(|_| full).map(|thread| thread.cursor);
    Ok((found, next))
}

/// The threads with all that a row needs, for whoever has the filters. News are there where something came since they read
/// it; nothing is where they never did.
pub(crate) fn hydrate(c: &mut Conn, sieve: &Sieve, threads: Vec<Thread>) -> store::Result<Vec<Listed>> {
    let ids: Vec<PostId> = threads.iter().map(|thread| thread.post).collect();
    let solved = store::solutions::among(c, &ids)?;
    let read = sieve.reader().map(|me| store::readings::of(c, me, &ids)).transpose()?.unwrap_or_default();
    let read: HashMap<PostId, PostId> = read.into_iter().collect();
    // Replies are numbered by when they came or were written.
    let is_news = |thread: &Thread| read.get(&thread.post).is_some_and(|last| id::at(thread.latest, 0) > last.0);
    let found = store::posts::by_ids(c, &ids)?;
    let listed = |view: PostView| {
        let thread = *threads.iter().find(|thread| thread.post == view.post.id)?;
        let (is_unread, is_solved) = (is_news(&thread), solved.contains(&thread.post));
        Some(Listed { thread, fate: sieve.fate(&view.post), is_unread, is_solved, view })
    };
    Ok(app::view::posts(c, found)?.into_iter().filter_map(listed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_an_order_finds_its_way_back() {
        let asked = |sort: &str, after: &str| Asked { sort: sort.into(), after: after.into(), before: None };
        for order in ORDERS {
            assert_eq!(asked(word(order), "").order(), order);
        }
        let cursor = Cursor { key: -3, post: PostId(77) };
        let page = address("https://plaza.test/x", Order::Top, Some(cursor));
        assert_eq!(page, "https://plaza.test/x?sort=top&after=-3.77");
        assert_eq!(asked("top", "-3.77").after(), Some(cursor));
        for nonsense in ["", ".", "x.1", "1", "1.x", "9999999999999999999.1"] {
            assert_eq!(asked("nonsense", nonsense).after(), None, "{nonsense}");
        }
        assert_eq!(asked("nonsense", "").order(), Order::Active);
    }
}
