//! The collections that others page through: what an actor wrote or holds, and what was done with a post.
use std::collections::HashMap;

use app::{
    Error,
    totals::{Total, Totals},
};
use domain::{
    actor::Actor,
    group::{Membership, Role, Visibility},
    id::{ActorId, PostId},
    post::{Post, Tally},
    time::Timestamp,
    urls::{self, ActorPart, PostPart, Site},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{
    Conn, Result,
    posts::{self, List, Page},
};

use crate::{
    render::{self, Form, Room, activity},
    routes::{
        answer::DOCUMENT,
        documents::{Document, Subject},
    },
};

/// How many posts a page holds.
const POSTS: i64 = 20;
/// How many ids a page holds.
const IDS: i64 = 100;

/// Which part of a collection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// The collection itself.
    Whole,
    /// Its first page.
    First,
    /// The page of what comes before a post, in the order of time.
    Before(PostId),
    /// The page of what comes after a post.
    After(PostId),
}

impl Cursor {
    /// Reads the query of a URL; `None` if it makes no sense.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        let mut cursor = Self::Whole;
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            cursor = match (&*name, cursor) {
                ("before", _) => Self::Before(value.parse().ok()?),
                ("after", _) => Self::After(value.parse().ok()?),
                ("page", Self::Whole) => Self::First,
                _ => cursor,
            };
        }
        Some(cursor)
    }

    fn page(self, limit: i64) -> Page {
        let page = Page::first(limit);
        match self {
            Self::Whole | Self::First => page,
            Self::Before(id) => Page { before: Some(id), ..page },
            Self::After(id) => Page { after: Some(id), ..page },
        }
    }

    /// The part of `collection` that this asks for, in its one spelling.
    pub(crate) fn url(self, collection: &str) -> String {
        match self {
            Self::Whole => collection.to_owned(),
            Self::First => urls::page_before(collection, None),
            Self::Before(id) => urls::page_before(collection, Some(id.0)),
            Self::After(id) => urls::page_after(collection, id.0),
        }
    }
}

/// A collection, or a page of one, with what it depends on.
#[derive(Debug)]
pub(crate) struct Collection {
    body: Map<String, Value>,
    subjects: Vec<Subject>,
    /// Whether there is more for the servers of members.
    partial: bool,
}

impl Collection {
    fn new(kind: &str, id: &str, subjects: Vec<Subject>) -> Self {
        let body = Map::from_iter([("id".into(), id.into()), ("type".into(), kind.into())]);
        Self { body, subjects, partial: false }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.into(), value.into());
        self
    }

    /// The document that is sent.
    pub(crate) fn document(self) -> app::Result<Document> {
        let body = render::document(&self.body).map_err(Error::internal)?;
        Ok(Document { partial: self.partial, ..Document::new(DOCUMENT, body, self.subjects) })
    }
}

/// Whom the query of a group's followers asks about, as Lemmy does.
pub(crate) fn follower_in_question(query: &str, part: ActorPart) -> Option<String> {
    let mut asked = url::form_urlencoded::parse(query.as_bytes()).filter(|_| part == ActorPart::Followers);
    asked.find(|(name, _)| name == "is_follower").map(|(_, value)| value.into_owned())
}

/// A collection of a local actor, as `viewer` or everybody sees it; `None` when the actor has no such thing.
pub(crate) fn of_actor(
    c: &mut Conn,
    (site, viewer): (&Site, Option<ActorId>),
    (totals, now): (&Totals, Timestamp),
    (actor, part): (&Actor, ActorPart),
    cursor: Cursor,
) -> Result<Option<Collection>> {
    let rules = if actor.is_group() { store::groups::rules(c, actor.id)? } else { None };
    let closed = rules.is_some_and(|rules| rules.visibility == Visibility::Private) && viewer.is_none();
    // Whoever reads here for a member elsewhere finds nothing of threads that stay home.
    let from = rules.filter(|_| viewer.is_some()).map_or(PostId(0), |rules| rules.confides_from);
    let id = urls::actor_part(&actor.uri, part);
    // Without pages: strangers learn how many there are, not who.
    let counted = |count: i64| {
        Collection::new("OrderedCollection", &id, vec![Subject::Lists(actor.id)])
            .with("totalItems", if closed { 0 } else { count })
    };
    let mut found = match part {
        ActorPart::Outbox => outbox(c, (site, viewer), (totals, now), (actor, &id, from), cursor)?,
        ActorPart::Featured => featured(c, (site, viewer), now, (actor, &id, from))?,
        ActorPart::Followers => {
            let followers = || store::follows::count_followers(c, actor.id);
            counted(totals.get(Total::Followers(actor.id), now, followers)?)
        }
        ActorPart::Following => {
            let following = || store::follows::count_openly_following(c, actor.id);
            counted(totals.get(Total::Following(actor.id), now, following)?)
        }
        ActorPart::Moderators if actor.is_group() => moderators(c, actor, &id, closed)?,
        ActorPart::Affiliations if actor.is_group() => affiliations(c, actor, &id, closed)?,
        ActorPart::Moderators | ActorPart::Affiliations | ActorPart::Inbox => return Ok(None),
    };
    found.partial = closed;
    Ok(Some(found))
}

fn outbox(
    c: &mut Conn,
    (site, viewer): (&Site, Option<ActorId>),
    (totals, now): (&Totals, Timestamp),
    (actor, id, from): (&Actor, &str, PostId),
    cursor: Cursor,
) -> Result<Collection> {
    let list = if actor.is_group() { List::Threads(actor.id) } else { List::Author(actor.id) };
    let whole = cursor == Cursor::Whole;
    let kind = if whole { "OrderedCollection" } else { "OrderedCollectionPage" };
    let mut outbox = Collection::new(kind, &cursor.url(id), vec![Subject::Lists(actor.id)]);
    outbox = if whole {
        let mut count = || posts::count_from(c, list, viewer, from);
        // What members see besides differs from one to the other.
        let total = if viewer.is_some() { count()? } else { totals.get(Total::Outbox(actor.id), now, count)? };
        outbox.with("totalItems", total).with("first", urls::page_before(id, None))
    } else {
        outbox.with("partOf", id)
    };
    // Forums read a group's newest threads from the collection itself, and follow no pages.
    if whole && !actor.is_group() {
        return Ok(outbox);
    }
    let mut ids = posts::list(c, list, viewer, cursor.page(POSTS))?;
    ids.retain(|id| *id >= from);
    if let Some(last) = ids.last().filter(|_| !whole && is_full(&ids, POSTS)) {
        outbox = outbox.with("next", urls::page_before(id, Some(last.0)));
    }
    outbox.subjects.extend(ids.iter().map(|id| Subject::Post(*id)));
    Ok(outbox.with("orderedItems", activities(c, (site, now), viewer.is_some(), (actor, &ids))?))
}

fn is_full(ids: &[PostId], limit: i64) -> bool {
    i64::try_from(ids.len()).is_ok_and(|length| length >= limit)
}

/// The activities by which an actor made these posts known: a person by creating them, a group by passing that on.
fn activities(
    c: &mut Conn,
    at: (&Site, Timestamp),
    closed: bool,
    (actor, ids): (&Actor, &[PostId]),
) -> Result<Vec<Value>> {
    let mut items = Vec::with_capacity(ids.len());
    let posts = posts::by_ids(c, ids)?;
    let told = store::activities::first_about(c, ids, "Create")?;
    let mut announced = if actor.is_group() { store::shares::uris(c, ids, actor.id)? } else { HashMap::new() };
    for view in app::view::posts(c, posts)? {
        let create_id = match told.get(&(view.post.id, view.post.author)) {
            Some(create) => urls::activity(&view.author.uri, *create),
            // Nobody was told, or the author's server knows what it said; the post is the same.
            None => format!("{}#create", view.post.uri),
        };
        if !actor.is_group() {
            items.push(value(&activity::create(at, &create_id, &view, Form::Note)));
        } else if let Some(announce_id) = announced.remove(&view.post.id) {
            // Under the id itself stands what microblogs get: the thread's id alone.
            let announce_id = format!("{announce_id}#create");
            let create = activity::create(at, &create_id, &view, Form::Page);
            items.push(value(&activity::wrap(&announce_id, Room::open(actor), create)));
        } else if closed {
            // Of what is private no microblog was ever told.
            let announce_id = urls::announcement(&actor.uri, view.post.id);
            let create = activity::create(at, &create_id, &view, Form::Page);
            items.push(value(&activity::wrap(&announce_id, Room::closed(actor), create)));
        }
    }
    Ok(items)
}

/// A part of a document. Rendering has no way to fail: its types have names for all keys.
fn value(content: &impl Serialize) -> Value {
    serde_json::to_value(content).unwrap_or_default()
}

fn featured(
    c: &mut Conn,
    (site, viewer): (&Site, Option<ActorId>),
    now: Timestamp,
    (actor, id, from): (&Actor, &str, PostId),
) -> Result<Collection> {
    let ids = if actor.is_group() {
        posts::list(c, List::Featured(actor.id), viewer, Page::first(POSTS))?
    } else {
        store::pins::of(c, actor.id, viewer, POSTS)?
    };
    let mut posts = posts::by_ids(c, &ids)?;
    posts.retain(|post| post.root >= from);
    let views = app::view::posts(c, posts)?;
    let items: Vec<Value> = views.iter().map(|view| value(&render::object((site, now), view, Form::Page))).collect();
    let subjects = ids.iter().map(|id| Subject::Post(*id)).chain([Subject::Lists(actor.id)]).collect();
    Ok(Collection::new("OrderedCollection", id, subjects).with("totalItems", items.len()).with("orderedItems", items))
}

fn moderators(c: &mut Conn, group: &Actor, id: &str, closed: bool) -> Result<Collection> {
    let staff = if closed { Vec::new() } else { store::groups::staff(c, group.id)? };
    let staff: Vec<ActorId> = staff.into_iter().map(|membership| membership.person).collect();
    let known = store::actors::by_ids(c, &staff)?;
    let uri = |id: &ActorId| known.iter().find(|actor| actor.id == *id).map(|actor| actor.uri.clone());
    let items: Vec<String> = staff.iter().filter_map(uri).collect();
    let subjects = vec![Subject::Lists(group.id)];
    Ok(Collection::new("OrderedCollection", id, subjects).with("totalItems", items.len()).with("orderedItems", items))
}

/// Who keeps order in a group, and as what (FEP-5219). What other members are is nobody else's business.
fn affiliations(c: &mut Conn, group: &Actor, id: &str, closed: bool) -> Result<Collection> {
    let staff = if closed { Vec::new() } else { store::groups::staff(c, group.id)? };
    let people: Vec<ActorId> = staff.iter().map(|membership| membership.person).collect();
    let known = store::actors::by_ids(c, &people)?;
    let relationship = |member: &Membership| {
        let subject = &known.iter().find(|actor| actor.id == member.person)?.uri;
        let role = if member.role >= Role::Leader { "admin" } else { "moderator" };
        Some(json!({ "type": "Relationship", "subject": subject, "relationship": role, "object": group.uri }))
    };
    let items: Vec<Value> = staff.iter().filter_map(relationship).collect();
    let subjects = vec![Subject::Lists(group.id)];
    Ok(Collection::new("OrderedCollection", id, subjects).with("totalItems", items.len()).with("orderedItems", items))
}

/// A collection of a local post that `viewer`, or everybody, may read.
pub(crate) fn of_post(
    c: &mut Conn,
    post: &Post,
    part: PostPart,
    cursor: Cursor,
    viewer: Option<ActorId>,
) -> Result<Collection> {
    let id = urls::post_part(&post.uri, part);
    match part {
        PostPart::Replies => replies(c, post, (&id, viewer), cursor),
        PostPart::Context => context(c, post, (&id, viewer), cursor),
        PostPart::Likes | PostPart::Shares => {
            let tally: Tally = posts::tallies(c, &[post.id])?.remove(&post.id).unwrap_or_default();
            let count = if part == PostPart::Likes { tally.likes } else { tally.shares };
            Ok(Collection::new("Collection", &id, vec![Subject::Post(post.id)]).with("totalItems", count))
        }
    }
}

/// The ids of the posts in a list about `post`, from the cursor on, and the page after them. Whoever asks because of a member
/// learns what stands in the group, and nothing of what that one was told alone.
fn uris(
    c: &mut Conn,
    (list, post): (List, &Post),
    (id, viewer): (&str, Option<ActorId>),
    cursor: Cursor,
) -> Result<(Vec<String>, Option<String>)> {
    let ids = posts::list(c, list, viewer, cursor.page(IDS))?;
    let next = ids.last().filter(|_| is_full(&ids, IDS)).map(|last| urls::page_after(id, last.0));
    let mut found = posts::by_ids(c, &ids)?;
    found.retain(|other| viewer.is_none() || other.group == post.group);
    Ok((found.into_iter().map(|post| post.uri).collect(), next))
}

/// The direct replies to a post, with the first page inside, as microblogs expect it.
fn replies(c: &mut Conn, post: &Post, (id, viewer): (&str, Option<ActorId>), cursor: Cursor) -> Result<Collection> {
    let list = List::Replies(post.id);
    let (items, next) = uris(c, (list, post), (id, viewer), cursor)?;
    let subjects = vec![Subject::Post(post.id)];
    let page = if cursor == Cursor::Whole { Cursor::First } else { cursor };
    let mut first = Collection::new("CollectionPage", &page.url(id), subjects.clone()).with("partOf", id);
    if let Some(next) = next {
        first = first.with("next", next);
    }
    first = first.with("items", items);
    if cursor != Cursor::Whole {
        return Ok(first);
    }
    let count = posts::count_in(c, list, viewer)?;
    Ok(Collection::new("Collection", id, subjects).with("totalItems", count).with("first", first.body))
}

/// The whole thread that a post belongs to, oldest first; in one piece as long as it is short.
fn context(c: &mut Conn, post: &Post, (id, viewer): (&str, Option<ActorId>), cursor: Cursor) -> Result<Collection> {
    let list = List::Thread(post.root);
    let (items, next) = uris(c, (list, post), (id, viewer), cursor)?;
    let subjects = vec![Subject::Post(post.root), Subject::Post(post.id)];
    if cursor != Cursor::Whole {
        let mut page = Collection::new("OrderedCollectionPage", &cursor.url(id), subjects).with("partOf", id);
        if let Some(next) = next {
            page = page.with("next", next);
        }
        return Ok(page.with("orderedItems", items));
    }
    let mut whole = Collection::new("OrderedCollection", id, subjects);
    if let Some(group) = post.group.map(|group| store::actors::by_id(c, group)).transpose()?.flatten() {
        whole = whole.with("attributedTo", group.uri);
    }
    whole = whole.with("totalItems", posts::count_in(c, list, viewer)?);
    Ok(match next {
        Some(_) => whole.with("first", urls::page_before(id, None)),
        None => whole.with("orderedItems", items),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_spelling() {
        let outbox = "https://plaza.example/@huerto/outbox";
        for (query, cursor) in [
            ("", Cursor::Whole),
            ("min_id=0", Cursor::Whole),
            ("page=true", Cursor::First),
            ("page=1&before=7", Cursor::Before(PostId(7))),
            ("before=7&page=1", Cursor::Before(PostId(7))),
            ("after=8", Cursor::After(PostId(8))),
        ] {
            assert_eq!(Cursor::parse(query), Some(cursor), "{query}");
            let (_, spelled) =
                cursor.url(outbox).split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default();
            assert_eq!(Cursor::parse(&spelled), Some(cursor), "{spelled}");
        }
        assert_eq!(Cursor::parse("before=x"), None);
        assert_eq!(Cursor::parse("after=99999999999999999999"), None);
    }
}
