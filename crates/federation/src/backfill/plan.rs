//! What is left to be read, within bounds: it is kept as text, so that any process can go on with it.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use app::{Error, Result};
use domain::host::same_origin;
use serde::{Deserialize, Serialize};

use crate::parse::Listing;

/// How many pages of one collection are read, how many of all of them, and how many posts.
const PAGES: u32 = 10;
const ALL_PAGES: u32 = 100;
const POSTS: usize = 400;

/// A collection, or a page of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) url: String,
    /// An id on the server that it must be of.
    pub(super) origin: String,
    pub(super) kind: Kind,
    /// Which page of its collection it is; none if it may be all of it.
    number: u32,
}

/// What a collection lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// All posts of a thread.
    Context,
    /// The replies to one post.
    Replies,
    /// What an actor published.
    Outbox,
    /// What is pinned.
    Featured,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Page(Page),
    Post(String),
}

/// What is left to be read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Plan {
    pages: VecDeque<Page>,
    posts: VecDeque<String>,
    /// All pages and posts that are or were in the plan.
    seen: BTreeSet<String>,
    /// What is read again once the post above it is known, by the id of that.
    waiting: BTreeMap<String, Vec<String>>,
    pages_planned: u32,
    posts_planned: usize,
    /// What is pinned, among the posts.
    pub(super) pinned: BTreeSet<String>,
    /// Whether a list of the whole thread was had, so that those of single replies are not needed.
    pub(super) whole: bool,
    /// Whether any collection could be read.
    pub(super) told: bool,
    /// How many posts were new.
    pub(super) kept: u64,
}

impl Plan {
    /// A plan as it was recorded; an empty one if nothing was.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.is_empty() { None } else { serde_json::from_str(text).ok() }
    }

    /// The plan as it is recorded.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// What comes next: posts before pages, so that what was listed first is known first.
    pub(super) fn next(&mut self) -> Option<Step> {
        let post = self.posts.pop_front().map(Step::Post);
        post.or_else(|| {
            let whole = self.whole;
            self.pages.retain(|page| !whole || page.kind != Kind::Replies);
            self.pages.pop_front().map(Step::Page)
        })
    }

    /// Reads a collection that must be of the server of `origin`.
    pub(super) fn add_collection(&mut self, kind: Kind, url: &str, origin: &str) {
        let page = Page { url: url.to_owned(), origin: origin.to_owned(), kind, number: 0 };
        if self.admits(&page) {
            self.pages.push_back(page);
        }
    }

    /// Whether a page is within the bounds and was not planned before; it is from now on.
    fn admits(&mut self, page: &Page) -> bool {
        let fits = page.number <= PAGES && self.pages_planned < ALL_PAGES && same_origin(&page.url, &page.origin);
        let new = fits && self.seen.insert(page.url.clone());
        self.pages_planned += u32::from(new);
        new
    }

    /// Reads what a page lists, and the page after it before any other collection.
    pub(super) fn add_listing(&mut self, page: &Page, listing: Listing) {
        let has_items = !listing.items.is_empty();
        for post in listing.items {
            self.add_post(post);
        }
        if let Some(url) = listing.next {
            // A collection that only says where it begins is no page yet.
            let number = if page.number == 0 && has_items { 2 } else { page.number + 1 };
            let next = Page { url, number, ..page.clone() };
            if self.admits(&next) {
                self.pages.push_front(next);
            }
        }
    }

    /// Reads what is listed inside the document of the post `uri`, and where that goes on.
    pub(super) fn add_replies(&mut self, uri: &str, replies: Listing) {
        for post in replies.items {
            self.add_post(post);
        }
        if let Some(url) = replies.next {
            self.add_collection(Kind::Replies, &url, uri);
        }
    }

    /// Reads a post.
    pub(super) fn add_post(&mut self, uri: String) {
        if self.posts_planned < POSTS && self.seen.insert(uri.clone()) {
            self.posts_planned += 1;
            self.posts.push_back(uri);
        }
    }

    /// Reads a post again once the one above it is known, which was not listed before it, or not at all.
    pub(super) fn put_off(&mut self, uri: String, parent: String) {
        self.waiting.entry(parent.clone()).or_default().push(uri);
        if self.posts_planned < POSTS && self.seen.insert(parent.clone()) {
            self.posts_planned += 1;
            self.posts.push_front(parent);
        }
    }

    /// A post is known from now on: what waited for it comes next.
    pub(super) fn arrived(&mut self, uri: &str) {
        for post in self.waiting.remove(uri).unwrap_or_default() {
            self.posts.push_front(post);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "https://a.test/1";

    fn listing(items: impl IntoIterator<Item = String>, next: Option<String>) -> Listing {
        Listing { items: items.into_iter().collect(), next }
    }

    #[test]
    fn endless_collections_end() {
        let mut plan = Plan::default();
        plan.add_collection(Kind::Context, "https://a.test/1/context", ROOT);
        let (mut pages, mut posts) = (0, 0);
        while let Some(step) = plan.next() {
            match step {
                Step::Post(_) => posts += 1,
                Step::Page(page) => {
                    pages += 1;
                    let items = (0..90).map(|n| format!("https://a.test/{pages}/{n}"));
                    plan.add_listing(&page, listing(items, Some(format!("https://a.test/1/context?{pages}"))));
                }
            }
        }
        assert_eq!((pages, posts), (10, 400));
        for n in 0..200 {
            plan.add_replies(
                &format!("https://a.test/x/{n}"),
                listing([], Some(format!("https://a.test/x/{n}/replies"))),
            );
        }
        assert_eq!(plan.pages.len(), 90, "a hundred pages in all");
    }

    #[test]
    fn what_comes_again_or_from_elsewhere_is_not_read() {
        let mut plan = Plan::default();
        plan.add_collection(Kind::Context, "https://a.test/1/context", ROOT);
        let Some(Step::Page(page)) = plan.next() else { panic!("a page") };
        let post = "https://b.test/2".to_owned();
        plan.add_listing(&page, listing([post.clone(), post.clone()], Some(page.url.clone())));
        plan.add_listing(&page, listing([post.clone()], Some("https://evil.test/context".into())));
        assert_eq!(plan.next(), Some(Step::Post(post)));
        assert_eq!(plan.next(), None);
    }

    #[test]
    fn a_parent_comes_before_its_replies() {
        let mut plan = Plan::default();
        for post in ["c", "b", "a"] {
            plan.add_post(post.into());
        }
        let next = |plan: &mut Plan| match plan.next() {
            Some(Step::Post(post)) => post,
            other => panic!("{other:?}"),
        };
        assert_eq!(next(&mut plan), "c");
        plan.put_off("c".into(), "b".into());
        assert_eq!(next(&mut plan), "b");
        plan.put_off("b".into(), "a".into());
        assert_eq!(next(&mut plan), "a");
        plan.put_off("a".into(), "root".into());
        assert_eq!(next(&mut plan), "root", "it was not listed at all");
        for (arrived, following) in [("root", "a"), ("a", "b"), ("b", "c")] {
            plan.arrived(arrived);
            assert_eq!(next(&mut plan), following);
        }
        plan.put_off("x".into(), "y".into());
        assert_eq!(next(&mut plan), "y");
        plan.put_off("y".into(), "x".into());
        assert_eq!(next(&mut plan), "x");
        plan.put_off("x".into(), "y".into());
        assert_eq!(plan.next(), None, "two that reply to one another wait for ever");
    }

    #[test]
    fn a_plan_survives_being_written_down() {
        let mut plan = Plan::default();
        plan.add_collection(Kind::Outbox, "https://a.test/outbox", ROOT);
        plan.add_post("https://a.test/2".into());
        plan.pinned.insert("https://a.test/2".into());
        let mut again = Plan::read(&plan.text().unwrap()).unwrap();
        assert_eq!(again.next(), Some(Step::Post("https://a.test/2".into())));
        assert!(again.pinned.contains("https://a.test/2") && matches!(again.next(), Some(Step::Page(_))));
        assert!(Plan::read("").is_none() && Plan::read("{").is_none());
    }
}
