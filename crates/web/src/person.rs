//! The page of a person: what they say of themselves, and the newest of what they wrote for everybody.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use app::{
    App, Result,
    filters::Sieve,
    view::{self, PostView},
};
use askama::Template;
use domain::{
    actor::{Actor, Field},
    emoji::Palette,
    filter::{Fate, Place},
    host::Host,
    id::{ActorId, PostId},
    post::FollowState,
    shun::Deed,
    text::html,
    time::Timestamp,
    urls::{self, Site, media::Portrait},
};
use store::{
    Conn,
    posts::{self, List, Page},
    threads::{Order, Scope},
};

use crate::{
    answer::{self, Frame, Visit},
    cards::{self, Card, Face},
    elsewhere,
    language::Language,
    listing::{self, Listed, Row},
    media::Emblem,
    roots::Roots,
    shuns,
};

/// How many posts a page lists.
const POSTS: i64 = 20;
/// How many of those that are pinned come before them.
const PINS: i64 = 5;
const DESCRIPTION: usize = 200;

/// A line of a profile.
struct Line {
    /// What it is about, and what it says, both sanitised.
    name: String,
    html: String,
    /// The page that it says is their own.
    own: Option<String>,
    /// In words since when that page is known to say so, too.
    proven: Option<String>,
}

impl Line {
    fn new(t: Language, field: &Field, paint: impl Fn(&str) -> String) -> Self {
        Self {
            name: paint(&html::escape(&field.name)),
            own: html::own_page(&field.value),
            html: paint(&html::sanitize(&field.value)),
            proven: field.verified.map(|since| t.own_page_proven(t.day(since))),
        }
    }
}

#[derive(Template)]
#[template(path = "person.html")]
struct Person {
    frame: Frame,
    face: Face,
    cover: Option<String>,
    tie: Tie,
    /// Sanitised.
    summary: String,
    lines: Vec<Line>,
    followers: i64,
    cards: Vec<Card>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "stranger.html")]
struct Stranger {
    frame: Frame,
    face: Face,
    cover: Option<String>,
    tie: Tie,
    host: String,
    summary: String,
    original: Option<String>,
    /// What is known here of the conversations of a community.
    rows: Vec<Row>,
}

/// What whoever looks at the page is to whom it is about.
struct Tie {
    id: i64,
    /// Whether it is about themselves.
    is_me: bool,
    follow: Option<FollowState>,
    /// Whether they may shun them: people, and others than themselves.
    may_shun: bool,
    /// Whether they block them, and in words that they mute them.
    blocks: bool,
    mutes: Option<String>,
    /// Where those follow who have their account elsewhere.
    elsewhere: Option<String>,
    /// Where they have moved to.
    moved: Option<Face>,
}

impl Tie {
    /// `viewer` is who follows from here.
    fn read(c: &mut Conn, (site, t): (&Site, Language), viewer: Option<ActorId>, whom: &Actor) -> store::Result<Self> {
        let follow = match viewer {
            Some(me) => store::follows::get(c, me, whom.id)?.map(|follow| follow.state),
            None => None,
        };
        let kept = match viewer {
            Some(me) => store::shuns::of(c, me, &[whom.id])?,
            None => Vec::new(),
        };
        let shun = |deed| kept.iter().find(|shun| shun.deed == deed);
        let elsewhere = (viewer.is_none() && whom.is_local()).then(|| elsewhere::address(&whom.uri, "follow"));
        let moved = cards::moved(c, site, whom.id)?;
        let is_me = viewer == Some(whom.id);
        Ok(Self {
            id: whom.id.0,
            is_me,
            follow,
            may_shun: viewer.is_some() && !is_me && !whom.is_group(),
            blocks: shun(Deed::Block).is_some(),
            mutes: shun(Deed::Mute).map(|shun| shuns::muted(t, &Face::new(site, whom), shun.until)),
            elsewhere,
            moved,
        })
    }

    fn follows(&self) -> bool {
        self.follow == Some(FollowState::Accepted)
    }

    /// Whether they may be put into lists: people whom one follows.
    fn may_be_listed(&self) -> bool {
        self.may_shun && self.follow == Some(FollowState::Accepted)
    }

    fn waits(&self) -> bool {
        self.follow == Some(FollowState::Pending)
    }
}

/// What somebody wrote, as far as everybody may see it.
struct Held {
    followers: i64,
    /// What they pin; it comes first.
    pins: Vec<PostId>,
    posts: Vec<(PostView, Fate)>,
    /// To what the replies among them belong.
    roots: Roots,
    oldest: Option<PostId>,
    palette: Palette,
}

impl Held {
    fn read(c: &mut Conn, person: &Actor, page: Page, sieve: &Sieve) -> store::Result<Self> {
        let ids = posts::list(c, List::Author(person.id), None, page)?;
        let pins = if page.before.is_none() { store::pins::of(c, person.id, None, PINS)? } else { Vec::new() };
        let oldest = listing::last(&ids, page.limit).copied();
        let shown: Vec<PostId> = pins.iter().chain(ids.iter().filter(|id| !pins.contains(id))).copied().collect();
        let found = posts::by_ids(c, &shown)?;
        let followers = store::follows::count_followers(c, person.id)?;
        let palette = view::palette(c, [person])?;
        let views = view::posts(c, found)?;
        let roots = Roots::of(c, None, sieve, &views)?;
        let posts = views.into_iter().map(|view| (sieve.fate(&view.post), view));
        Ok(Self { followers, pins, posts: posts.map(|(fate, view)| (view, fate)).collect(), roots, oldest, palette })
    }
}

/// The page of somebody who lives here.
pub(crate) async fn page(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    person: Actor,
    before: Option<i64>,
) -> Result<HttpResponse> {
    let page = Page { before: before.map(PostId), ..Page::first(POSTS) };
    let (viewer, site, t, now) = (visit.resident(), app.site().clone(), visit.language, app.now());
    let found = app.read(move |c| {
        let sieve = Sieve::of(c, viewer, Place::Account, now)?;
        Ok((Held::read(c, &person, page, &sieve)?, Tie::read(c, (&site, t), viewer, &person)?, person))
    });
    let (held, tie, person) = found.await?;
    let page = describe(app, visit, &person, &held, tie, before.is_none());
    Ok(answer::page(request, StatusCode::OK, visit.keep(), &page))
}

fn describe(app: &App, visit: &Visit, person: &Actor, held: &Held, tie: Tie, is_first: bool) -> Person {
    let (site, t) = (app.site(), visit.language);
    let face = Face::painted(site, person, &held.palette);
    let paint = |text: &str| held.palette.paint(site, person.peer, text);
    let title = format!("{} ({})", face.name, face.handle);
    let mut frame = if person.indexable && is_first {
        Frame::public(visit, title, person.uri.clone())
    } else {
        Frame::private(visit, title)
    };
    frame.document = Some(person.uri.clone());
    frame.feeds(&person.uri);
    frame.kind = "profile";
    let summary = html::excerpt(&person.summary, DESCRIPTION);
    if !summary.is_empty() {
        frame.description = summary;
    }
    if let Some(own) = Emblem::of_portrait(site, person, Portrait::Icon) {
        frame.picture = Some(own);
    }
    Person {
        cover: site.portrait(person, Portrait::Image),
        tie,
        summary: paint(&html::sanitize(&person.summary)),
        lines: person.fields.iter().map(|field| Line::new(t, field, paint)).collect(),
        followers: held.followers,
        cards: held
            .posts
            .iter()
            .filter_map(|(view, fate)| {
                let card = Card::new(app, t, view).under(t, fate.clone())?;
                let card = held.roots.beside(app, t, view, card);
                Some(Card { pinned: held.pins.contains(&view.post.id), ..card })
            })
            .collect(),
        older: held.oldest.map(|oldest| urls::page_before(&person.uri, Some(oldest.0))),
        frame,
        face,
    }
}

/// The newest conversations of a community elsewhere, as far as they came here and `viewer` may see them.
fn known_of(c: &mut Conn, group: &Actor, viewer: Option<ActorId>, now: Timestamp) -> store::Result<Vec<Listed>> {
    let (threads, _) = listing::page(c, Scope::Group(group.id), Order::Active, viewer, None)?;
    let sieve = Sieve::of(c, viewer, Place::Public, now)?;
    listing::hydrate(c, &sieve, threads)
}

/// The page of somebody of another server: the way there.
pub(crate) async fn stranger(request: &HttpRequest, app: &App, visit: &Visit, actor: Actor) -> Result<HttpResponse> {
    let (viewer, site, t, now) = (visit.resident(), app.site().clone(), visit.language, app.now());
    let found = app.read(move |c| {
        let tie = Tie::read(c, (&site, t), viewer, &actor)?;
        let threads = if actor.is_group() { known_of(c, &actor, viewer, now)? } else { Vec::new() };
        Ok((tie, view::palette(c, [&actor])?, threads, actor))
    });
    let (tie, palette, threads, actor) = found.await?;
    let actor = &actor;
    let face = Face::painted(app.site(), actor, &palette);
    let page = Stranger {
        frame: Frame::private(visit, format!("{} ({})", face.name, face.handle)),
        cover: app.site().portrait(actor, Portrait::Image),
        tie,
        host: Host::parse(&actor.host).map_or_else(|| actor.host.clone(), |host| host.display()),
        summary: palette.paint(app.site(), actor.peer, &html::sanitize(&actor.summary)),
        original: cards::outward(&actor.url),
        rows: threads.iter().filter_map(|listed| Row::new(app, t, listed)).collect(),
        face,
    };
    Ok(answer::page(request, StatusCode::OK, visit.keep(), &page))
}
