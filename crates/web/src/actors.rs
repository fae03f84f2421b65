//! The page of a community or a person: what it is, how to reach it, and the newest of what it holds.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Result, view::PostView};
use askama::Template;
use domain::{
    actor::Actor,
    group::{GroupRules, Joining, Visibility},
    handle::Handle,
    host::Host,
    id::PostId,
    text::html,
    urls::{self, Site},
};
use serde::Deserialize;
use store::{
    Conn,
    posts::{self, List, Page},
};

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Card, Face},
};

/// How many posts a page lists.
const POSTS: i64 = 20;
const DESCRIPTION: usize = 200;

/// From where on a page lists.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "actor.html")]
struct ActorPage {
    frame: Frame,
    face: Face,
    is_group: bool,
    is_closed: bool,
    /// Sanitised.
    summary: String,
    /// Who reads and writes, and how one gets in.
    rules: Vec<String>,
    counts: Vec<String>,
    cards: Vec<Card>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "stranger.html")]
struct Stranger {
    frame: Frame,
    face: Face,
    host: String,
    summary: String,
    original: Option<String>,
}

/// Whose page a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Somebody here, whose page has another spelling if the path was not that.
    Here { name: String, exact: bool },
    /// Somebody of another server.
    Elsewhere { name: String, host: Host },
}

impl Named {
    /// The proper URL of somebody here, if the path was another one: spelled otherwise, or on another of our hosts.
    pub(crate) fn elsewhere_here(&self, site: &Site, ours: &Host) -> Option<String> {
        match self {
            Self::Here { exact: true, .. } => None,
            Self::Here { name, .. } => Some(site.actor(ours, name)),
            Self::Elsewhere { name, host } => site.serves(host).then(|| site.actor(host, &name.to_lowercase())),
        }
    }
}

/// Reads the `NAME` or `NAME@HOST` of a path on `ours`, one of our hosts.
pub(crate) fn named(ours: &Host, text: &str) -> Result<Named> {
    let handle = Handle::parse(text).filter(|_| !text.starts_with(['@', '!'])).ok_or(Error::NotFound)?;
    Ok(match handle.localized(ours) {
        Handle { name, host: None } => Named::Here { exact: name == text, name },
        Handle { name, host: Some(host) } => Named::Elsewhere { name, host },
    })
}

/// The actor that a path names, dead or alive.
pub(crate) fn find(c: &mut Conn, named: &Named, ours: &Host) -> store::Result<Option<Actor>> {
    match named {
        Named::Here { name, .. } => Ok(store::actors::by_handle(c, name, ours.as_str())?.filter(Actor::is_local)),
        Named::Elsewhere { name, host } => {
            Ok(store::actors::by_handle(c, name, host.as_str())?.filter(|actor| !actor.is_local()))
        }
    }
}

/// `GET /@NAME`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    name: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let from = from.map(Query::into_inner).unwrap_or_default();
    match respond(&request, &app, &visit, &name, from).await {
        Ok(answer) => answer,
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn respond(request: &HttpRequest, app: &App, visit: &Visit, name: &str, from: From) -> Result<HttpResponse> {
    let named = named(&visit.host, name)?;
    if let Some(proper) = named.elsewhere_here(app.site(), &visit.host) {
        return Ok(answer::redirect(StatusCode::MOVED_PERMANENTLY, &proper));
    }
    let ours = visit.host.clone();
    let page = Page { before: from.before.map(PostId), ..Page::first(POSTS) };
    let found = app.read(move |c| {
        let Some(actor) = find(c, &named, &ours)? else { return Ok(None) };
        let held = if actor.is_local() && actor.deleted.is_none() { Some(Held::read(c, &actor, page)?) } else { None };
        Ok(Some((actor, held)))
    });
    let (actor, held) = found.await?.ok_or(Error::NotFound)?;
    Ok(match held {
        _ if actor.deleted.is_some() => answer::gone(request, visit),
        Some(held) => {
            let page = describe(app, visit, &actor, &held, from.before.is_none());
            answer::page(request, StatusCode::OK, Keep::Briefly, &page)
        }
        None => answer::page(request, StatusCode::OK, Keep::Briefly, &stranger(app, visit, &actor)),
    })
}

/// What a local actor holds, as far as everybody may see it.
struct Held {
    rules: Option<GroupRules>,
    followers: i64,
    members: i64,
    posts: Vec<PostView>,
    oldest: Option<PostId>,
}

impl Held {
    fn read(c: &mut Conn, actor: &Actor, page: Page) -> store::Result<Self> {
        let rules = if actor.is_group() { store::groups::rules(c, actor.id)? } else { None };
        let list = if actor.is_group() { List::Threads(actor.id) } else { List::Author(actor.id) };
        let mut ids = posts::list(c, list, None, page)?;
        let full = i64::try_from(ids.len()).is_ok_and(|length| length == page.limit);
        let oldest = ids.last().copied().filter(|_| full);
        if actor.is_group() && page.before.is_none() {
            let pinned = posts::list(c, List::Featured(actor.id), None, page)?;
            ids.retain(|id| !pinned.contains(id));
            ids.splice(..0, pinned);
        }
        let found = posts::by_ids(c, &ids)?;
        Ok(Self {
            rules,
            followers: store::follows::count_followers(c, actor.id)?,
            members: if actor.is_group() { store::groups::count_members(c, actor.id)? } else { 0 },
            posts: app::view::posts(c, found)?,
            oldest,
        })
    }
}

fn describe(app: &App, visit: &Visit, actor: &Actor, held: &Held, is_first: bool) -> ActorPage {
    let (site, t) = (app.site(), visit.language);
    let face = Face::new(site, actor);
    let is_closed = held.rules.is_some_and(|rules| rules.visibility == Visibility::Private);
    let title = format!("{} ({})", face.name, face.handle);
    let mut frame = if actor.indexable && !is_closed && is_first {
        Frame::public(visit, title, actor.uri.clone())
    } else {
        Frame::private(visit, title)
    };
    frame.document = Some(actor.uri.clone());
    frame.kind = "profile";
    let summary = html::excerpt(&actor.summary, DESCRIPTION);
    if !summary.is_empty() {
        frame.description = summary;
    }
    let mut rules = Vec::new();
    if let Some(group) = held.rules {
        rules.push(match group.visibility {
            Visibility::Public => t.open_to_all().to_owned(),
            Visibility::Restricted => t.members_write().to_owned(),
            Visibility::Private => t.members_only().to_owned(),
        });
        match (group.joining, group.visibility) {
            (Joining::Invite, _) => rules.push(t.invite_only().to_owned()),
            (Joining::Open, Visibility::Public) => {}
            (Joining::Open, _) => rules.push(t.follow_to_join(&face.handle)),
            (Joining::Approval, _) => rules.push(t.ask_to_join(&face.handle)),
        }
    }
    let counts = match (actor.is_group(), is_closed) {
        (_, true) => Vec::new(),
        (true, _) => vec![t.members(held.members), t.followers(held.followers)],
        (false, _) => vec![t.follows_person(held.followers)],
    };
    ActorPage {
        is_group: actor.is_group(),
        is_closed,
        summary: html::sanitize(&actor.summary),
        rules,
        counts,
        cards: held.posts.iter().map(|view| Card::new(site, t, view)).collect(),
        older: held.oldest.map(|oldest| urls::page_before(&actor.uri, Some(oldest.0))),
        frame,
        face,
    }
}

fn stranger(app: &App, visit: &Visit, actor: &Actor) -> Stranger {
    let face = Face::new(app.site(), actor);
    Stranger {
        frame: Frame::private(visit, format!("{} ({})", face.name, face.handle)),
        host: Host::parse(&actor.host).map_or_else(|| actor.host.clone(), |host| host.display()),
        summary: html::sanitize(&actor.summary),
        original: cards::outward(&actor.url),
        face,
    }
}
