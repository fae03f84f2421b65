//! What of statuses is the reader's own.
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use app::view::PostView;
use domain::{
    filter::{self, Filter},
    id::{ActorId, PostId},
    policy,
    post::{Post, Quoting},
    shun::Deed,
    time::Timestamp,
};
use store::{
    Conn, Result,
    marks::{self, Markable, Marks},
    readers,
};

use super::gathered::{Gathered, Said};
use crate::entities::{Id, Reader, filter::Filtered};

/// What is the reader's own about some posts.
#[derive(Debug, Default)]
pub(super) struct Own {
    marks: Marks,
    /// With which signs they like posts.
    signs: HashMap<PostId, String>,
    filters: Vec<Filter>,
    /// What of the posts, and of the posts they reply to or quote, may be read.
    seen: HashSet<PostId>,
    /// Whom of those who are quoted they do not want to see, in the words of quotes.
    shunned: HashMap<ActorId, &'static str>,
    /// Whom they follow of those whose followers alone may quote them.
    follows: HashSet<ActorId>,
}

/// What is the reader's own about one post: readers of whom this is the same see the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "that is what it is in the entity")]
pub(super) struct Personal {
    pub(super) liked: bool,
    pub(super) shared: bool,
    pub(super) muted: bool,
    pub(super) bookmarked: bool,
    pub(super) pinned: bool,
    pub(super) sees_parent: bool,
    pub(super) sees_quoted: bool,
    pub(super) is_author: bool,
    pub(super) may_quote: bool,
    /// Why they do not want to see it where it is quoted, if that is so.
    pub(super) shunned: Option<&'static str>,
    pub(super) chosen: Vec<usize>,
    pub(super) sign: Option<String>,
    pub(super) filtered: Vec<Filtered>,
}

/// Whether only those who follow its author may quote it.
fn is_picky(post: &Post) -> bool {
    post.content.quoting == Quoting::Followers
}

/// The posts that people like with signs.
fn signed(found: &Gathered) -> impl Iterator<Item = PostId> {
    found.views().filter(|said| !said.told.signs.is_empty()).map(|said| said.view.post.id)
}

/// Who of these people does not want to see whom of those who are quoted, and why.
fn shunned(conn: &mut Conn, found: &Gathered, people: &[ActorId]) -> Result<Vec<(ActorId, ActorId, &'static str)>> {
    let quoted: HashSet<PostId> = found.views().filter_map(Said::quoted).collect();
    let posts = found.views().map(|said| &said.view.post).filter(|post| quoted.contains(&post.id));
    let authors: Vec<ActorId> = posts.map(|post| post.author).collect();
    if authors.is_empty() {
        return Ok(Vec::new());
    }
    let why = |(person, author, deed): (ActorId, ActorId, Option<Deed>)| {
        let why = match deed {
            Some(Deed::Block) => "blocked_account",
            Some(Deed::Mute) => "muted_account",
            None => "blocked_domain",
        };
        (person, author, why)
    };
    Ok(store::shuns::kept_away(conn, people, &authors)?.into_iter().map(why).collect())
}

/// Puts something among what is the own of some.
fn mark<T: Hash + Eq + Copy>(
    all: &mut HashMap<ActorId, Own>,
    people: HashSet<ActorId>,
    among: fn(&mut Own) -> &mut HashSet<T>,
    what: T,
) {
    for person in people {
        among(all.entry(person).or_default()).insert(what);
    }
}

impl Own {
    /// What is the own of one reader, of whom it is known that they may read what they have `seen`.
    pub(super) fn load(conn: &mut Conn, reader: &Reader, found: &Gathered, mut seen: HashSet<PostId>) -> Result<Self> {
        let (me, views) = (reader.me, || found.views().map(|said| &said.view));
        let ids = || views().map(|view| view.post.id);
        let quoted = found.views().filter_map(Said::quoted);
        let mut near: Vec<PostId> = views().filter_map(|view| view.post.parent).chain(quoted).chain(ids()).collect();
        near.retain(|id| !seen.contains(id));
        if !near.is_empty() {
            seen.extend(store::timelines::visible_among(conn, &near, me)?);
        }
        let Some(me) = me else { return Ok(Self { seen, ..Self::default() }) };
        let on = Markable {
            posts: ids().collect(),
            roots: views().map(|view| view.post.root).collect(),
            polls: views().filter(|view| view.post.content.poll.is_some()).map(|view| view.post.id).collect(),
        };
        let signed: Vec<PostId> = signed(found).collect();
        let signs = if signed.is_empty() { Vec::new() } else { store::votes::signs(conn, &signed, &[me])? };
        let signs = signs.into_iter().map(|(post, _, sign)| (post, sign)).collect();
        let picky = |view: &&PostView| is_picky(&view.post) && view.post.author != me;
        let picky: Vec<ActorId> = views().filter(picky).map(|view| view.post.author).collect();
        let follows = if picky.is_empty() { HashSet::new() } else { store::follows::accepted_among(conn, me, &picky)? };
        let shunned = shunned(conn, found, &[me])?.into_iter().map(|(_, author, why)| (author, why)).collect();
        let filters = store::filters::all(conn, me)?.map_or_else(Vec::new, |all| {
            all.filters.iter().filter(|filter| filter.holds(reader.now)).cloned().collect()
        });
        Ok(Self { marks: marks::of(conn, me, on)?, signs, filters, seen, shunned, follows })
    }

    /// What is the own of each of many: so many queries for each post, however many read.
    pub(super) fn load_many(
        conn: &mut Conn,
        now: Timestamp,
        found: &Gathered,
        people: &[ActorId],
    ) -> Result<HashMap<ActorId, Self>> {
        let mut all: HashMap<ActorId, Self> = people.iter().map(|person| (*person, Self::default())).collect();
        for said in found.views() {
            let (post, id) = (&said.view.post, said.view.post.id);
            mark(&mut all, readers::seeing(conn, id, people)?, |own| &mut own.seen, id);
            for near in post.parent.into_iter().chain(said.quoted()) {
                mark(&mut all, readers::seeing(conn, near, people)?, |own| &mut own.seen, near);
            }
            mark(&mut all, readers::liking(conn, id, people)?, |own| &mut own.marks.liked, id);
            mark(&mut all, readers::sharing(conn, id, people)?, |own| &mut own.marks.shared, id);
            mark(&mut all, readers::keeping(conn, id, people)?, |own| &mut own.marks.bookmarked, id);
            mark(&mut all, readers::muting(conn, post.root, people)?, |own| &mut own.marks.muted, post.root);
            let pinned = store::pins::among(conn, post.author, &[id])?.contains(&id);
            let author = people.iter().copied().filter(|person| pinned && *person == post.author).collect();
            mark(&mut all, author, |own| &mut own.marks.pinned, id);
            if is_picky(post) {
                mark(&mut all, readers::following(conn, post.author, people)?, |own| &mut own.follows, post.author);
            }
            if post.content.poll.is_some() {
                for (person, chosen) in readers::choosing(conn, id, people)? {
                    all.entry(person).or_default().marks.chosen.insert(id, chosen);
                }
            }
        }
        let signed: Vec<PostId> = signed(found).collect();
        let signs = if signed.is_empty() { Vec::new() } else { store::votes::signs(conn, &signed, people)? };
        for (post, person, sign) in signs {
            all.entry(person).or_default().signs.insert(post, sign);
        }
        for (person, author, why) in shunned(conn, found, people)? {
            all.entry(person).or_default().shunned.insert(author, why);
        }
        for (person, mut filters) in store::filters::of_many(conn, people)? {
            filters.retain(|filter| filter.holds(now));
            all.entry(person).or_default().filters = filters;
        }
        Ok(all)
    }

    /// What is their own about one of these posts, if they may read it.
    pub(super) fn of(&self, me: Option<ActorId>, said: &Said) -> Option<Personal> {
        let (post, id) = (&said.view.post, said.view.post.id);
        self.seen.contains(&id).then(|| Personal {
            liked: self.marks.liked.contains(&id),
            shared: self.marks.shared.contains(&id),
            muted: self.marks.muted.contains(&post.root),
            bookmarked: self.marks.bookmarked.contains(&id),
            pinned: self.marks.pinned.contains(&id),
            sees_parent: post.parent.is_some_and(|parent| self.seen.contains(&parent)),
            sees_quoted: said.quoted().is_some_and(|quoted| self.seen.contains(&quoted)),
            is_author: me == Some(post.author),
            shunned: self.shunned.get(&post.author).copied(),
            may_quote: me.is_some_and(|me| policy::quote(post, me, self.follows.contains(&post.author)).is_ok()),
            chosen: self.marks.chosen.get(&id).cloned().unwrap_or_default(),
            sign: self.signs.get(&id).cloned(),
            filtered: self.filtered(me, said),
        })
    }

    /// What of the reader's filters matches a post of somebody else.
    fn filtered(&self, me: Option<ActorId>, said: &Said) -> Vec<Filtered> {
        if self.filters.is_empty() {
            return Vec::new();
        }
        let post = &said.view.post;
        let matching = filter::matching(&self.filters, me, post, said.words()).into_iter();
        matching.map(|(filter, found)| Filtered::new(filter, found, Id(post.id.0))).collect()
    }
}
