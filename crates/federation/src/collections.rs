//! The collections that others page through: what an actor wrote or holds, and what was done with a post.
use actix_web::http::StatusCode;
use domain::{
    actor::Actor,
    group::{GroupRules, Visibility},
    id::{ActorId, PostId},
    post::{Audience, Post, Tally},
    urls::{self, ActorPart, PostPart},
};
use serde_json::{Map, Value, json};
use store::{
    Conn, Result,
    posts::{self, List, Page},
};

use crate::{
    render::{self, Form},
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

/// A collection under construction.
struct Body(Map<String, Value>);

impl Body {
    fn new(kind: &str, id: &str) -> Self {
        let mut map = Map::new();
        map.insert("@context".into(), render::context());
        map.insert("id".into(), id.into());
        map.insert("type".into(), kind.into());
        Self(map)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    fn finish(self, subjects: Vec<Subject>) -> Document {
        let body = Value::Object(self.0).to_string().into();
        Document { status: StatusCode::OK, media_type: DOCUMENT, body, subjects }
    }
}

/// A collection of a local actor; `None` when the actor has no such thing.
pub(crate) fn of_actor(c: &mut Conn, actor: &Actor, part: ActorPart, cursor: Cursor) -> Result<Option<Document>> {
    let rules = if actor.is_group() { store::groups::rules(c, actor.id)? } else { None };
    let id = urls::actor_part(&actor.uri, part);
    Ok(match part {
        ActorPart::Inbox => None,
        ActorPart::Outbox => Some(outbox(c, actor, &id, cursor)?),
        ActorPart::Featured => Some(featured(c, actor, &id)?),
        ActorPart::Followers | ActorPart::Following => {
            let count = match part {
                _ if is_closed(rules) => 0,
                ActorPart::Followers => store::follows::count_followers(c, actor.id)?,
                _ => store::follows::count_following(c, actor.id)?,
            };
            // Without pages: strangers learn how many there are, not who.
            Some(Body::new("OrderedCollection", &id).with("totalItems", count).finish(vec![Subject::Lists(actor.id)]))
        }
        ActorPart::Moderators if actor.is_group() => Some(moderators(c, actor, &id, is_closed(rules))?),
        ActorPart::Moderators => None,
    })
}

fn is_closed(rules: Option<GroupRules>) -> bool {
    rules.is_some_and(|rules| rules.visibility == Visibility::Private)
}

fn outbox(c: &mut Conn, actor: &Actor, id: &str, cursor: Cursor) -> Result<Document> {
    let list = if actor.is_group() { List::Threads(actor.id) } else { List::Author(actor.id) };
    let whole = cursor == Cursor::Whole;
    let mut subjects = vec![Subject::Lists(actor.id)];
    let mut body = Body::new(if whole { "OrderedCollection" } else { "OrderedCollectionPage" }, &cursor.url(id));
    body = if whole {
        body.with("totalItems", posts::count_in(c, list, None)?).with("first", urls::page_before(id, None))
    } else {
        body.with("partOf", id)
    };
    // Forums read a group's newest threads from the collection itself, and follow no pages.
    if !whole || actor.is_group() {
        let ids = posts::list(c, list, None, cursor.page(POSTS))?;
        if let (false, Some(last), true) = (whole, ids.last(), is_full(&ids, POSTS)) {
            body = body.with("next", urls::page_before(id, Some(last.0)));
        }
        subjects.extend(ids.iter().map(|id| Subject::Post(*id)));
        body = body.with("orderedItems", activities(c, actor, &ids)?);
    }
    Ok(body.finish(subjects))
}

fn is_full(ids: &[PostId], limit: i64) -> bool {
    i64::try_from(ids.len()).is_ok_and(|length| length >= limit)
}

/// The activities by which an actor made these posts known.
fn activities(c: &mut Conn, actor: &Actor, ids: &[PostId]) -> Result<Vec<Value>> {
    let posts = posts::by_ids(c, ids)?;
    let mut items = Vec::with_capacity(ids.len());
    for view in app::view::posts(c, posts)? {
        let create = render::create(&view, Form::Forum);
        if !actor.is_group() {
            items.push(create);
        } else if let Some(announced) = store::shares::uri(c, view.post.id, actor.id)? {
            items.push(render::announce(&announced, actor, &view, create));
        }
    }
    Ok(items)
}

fn featured(c: &mut Conn, actor: &Actor, id: &str) -> Result<Document> {
    let ids = posts::list(c, List::Featured(actor.id), None, Page::first(POSTS))?;
    let posts = posts::by_ids(c, &ids)?;
    let items: Vec<Value> = app::view::posts(c, posts)?.iter().map(|view| render::object(view, Form::Forum)).collect();
    let subjects = ids.iter().map(|id| Subject::Post(*id)).chain([Subject::Lists(actor.id)]).collect();
    let body = Body::new("OrderedCollection", id).with("totalItems", items.len()).with("orderedItems", items);
    Ok(body.finish(subjects))
}

fn moderators(c: &mut Conn, group: &Actor, id: &str, closed: bool) -> Result<Document> {
    let staff: Vec<ActorId> =
        if closed { Vec::new() } else { store::groups::staff(c, group.id)?.into_iter().map(|m| m.person).collect() };
    let known = store::actors::by_ids(c, &staff)?;
    let uri = |id: &ActorId| known.iter().find(|actor| actor.id == *id).map(|actor| actor.uri.clone());
    let items: Vec<String> = staff.iter().filter_map(uri).collect();
    let body = Body::new("OrderedCollection", id).with("totalItems", items.len()).with("orderedItems", items);
    Ok(body.finish(vec![Subject::Lists(group.id)]))
}

/// A collection of a local post that everybody may read.
pub(crate) fn of_post(c: &mut Conn, post: &Post, part: PostPart, cursor: Cursor) -> Result<Document> {
    let id = urls::post_part(&post.uri, part);
    match part {
        PostPart::Replies => replies(c, post, &id, cursor),
        PostPart::Context => context(c, post, &id, cursor),
        PostPart::Likes | PostPart::Shares => {
            let tally: Tally = posts::tallies(c, &[post.id])?.remove(&post.id).unwrap_or_default();
            let count = if part == PostPart::Likes { tally.likes } else { tally.shares };
            Ok(Body::new("Collection", &id).with("totalItems", count).finish(vec![Subject::Post(post.id)]))
        }
    }
}

fn uris(c: &mut Conn, ids: &[PostId]) -> Result<Vec<String>> {
    Ok(posts::by_ids(c, ids)?.into_iter().map(|post| post.uri).collect())
}

fn replies(c: &mut Conn, post: &Post, id: &str, cursor: Cursor) -> Result<Document> {
    let list = List::Replies(post.id);
    let ids = posts::list(c, list, None, cursor.page(IDS))?;
    let mut page = json!({ "type": "CollectionPage", "id": cursor.url(id), "partOf": id });
    if let Some(last) = ids.last().filter(|_| is_full(&ids, IDS)) {
        page["next"] = urls::page_after(id, last.0).into();
    }
    page["items"] = uris(c, &ids)?.into();
    let subjects = vec![Subject::Post(post.id)];
    if cursor != Cursor::Whole {
        let Value::Object(page) = page else { return Ok(Body::new("CollectionPage", id).finish(subjects)) };
        let body = page.into_iter().fold(Body::new("CollectionPage", id), |body, (name, value)| body.with(&name, value));
        return Ok(body.finish(subjects));
    }
    page["id"] = urls::page_before(id, None).into();
    let count = posts::count_in(c, list, None)?;
    Ok(Body::new("Collection", id).with("totalItems", count).with("first", page).finish(subjects))
}

/// The whole thread that a post belongs to, oldest first; in one piece as long as it is short.
fn context(c: &mut Conn, post: &Post, id: &str, cursor: Cursor) -> Result<Document> {
    let list = List::Thread(post.root);
    let ids = posts::list(c, list, None, cursor.page(IDS))?;
    let full = is_full(&ids, IDS);
    let items = uris(c, &ids)?;
    let subjects = vec![Subject::Post(post.root), Subject::Post(post.id)];
    if cursor != Cursor::Whole {
        let mut body = Body::new("OrderedCollectionPage", &cursor.url(id)).with("partOf", id);
        if let Some(last) = ids.last().filter(|_| full) {
            body = body.with("next", urls::page_after(id, last.0));
        }
        return Ok(body.with("orderedItems", items).finish(subjects));
    }
    let group = post.group.map(|group| store::actors::by_id(c, group)).transpose()?.flatten();
    let mut body = Body::new("OrderedCollection", id).with("totalItems", posts::count_in(c, list, None)?);
    if let Some(group) = group {
        body = body.with("attributedTo", group.uri);
    }
    body = if full { body.with("first", urls::page_before(id, None)) } else { body.with("orderedItems", items) };
    Ok(body.finish(subjects))
}

/// Whether strangers may know that a post was there.
pub(crate) fn leaves_a_trace(post: &Post) -> bool {
    matches!(post.audience, Audience::Public | Audience::Unlisted)
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
            let (_, spelled) = cursor.url(outbox).split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default();
            assert_eq!(Cursor::parse(&spelled), Some(cursor), "{spelled}");
        }
        assert_eq!(Cursor::parse("before=x"), None);
        assert_eq!(Cursor::parse("after=99999999999999999999"), None);
    }
}
