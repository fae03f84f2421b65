//! Search: one box for conversations, replies, communities and people; a pasted address leads to what it names.
use std::collections::HashSet;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Result, filters::Sieve};
use askama::Template;
use domain::{
    actor::Actor,
    filter::Place,
    handle::Handle,
    id::{ActorId, PostId},
    text::search::{Query as Words, Wish, is_worthwhile},
    urls::{self, Local},
};
use serde::Deserialize;
use store::{
    Conn,
    posts::Page as Window,
    search::{self, Narrow},
};

use crate::{
    answer::{self, Frame, Visit},
    cards::{self, Card, Face},
    compose,
    directory::{self, Entry},
    language::Language,
    listing,
    roots::Roots,
    tags,
};

/// Where one searches.
pub(crate) const PATH: &str = "/search";

/// How many of each kind are shown beside others, and alone.
const FEW: i64 = 6;
const MANY: i64 = 25;
/// For how many of the words communities are looked for, and how many are shown.
const WORDS: usize = 4;
const SOME: usize = 6;

/// What is searched for.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    kind: String,
    /// The handle of the community to search in.
    within: String,
    /// What comes first among conversations.
    order: String,
    before: Option<i64>,
}

/// The word for what is solved first, and for what follows on it.
const SOLVED: &str = "solved";
const REST: &str = "rest";

/// What there is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Threads,
    Replies,
    Communities,
    People,
}

impl Kind {
    const ALL: [Self; 5] = [Self::All, Self::Threads, Self::Replies, Self::Communities, Self::People];

    fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Threads => "threads",
            Self::Replies => "replies",
            Self::Communities => "communities",
            Self::People => "people",
        }
    }

    fn label(self, t: Language) -> &'static str {
        match self {
            Self::All => t.everything(),
            Self::Threads => t.threads(),
            Self::Replies => t.replies_heading(),
            Self::Communities => t.communities(),
            Self::People => t.people(),
        }
    }

    fn includes(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}

/// A way to narrow what is shown.
struct Choice {
    label: &'static str,
    page: String,
    is_chosen: bool,
}

/// Posts that were found.
struct Posts {
    id: &'static str,
    heading: &'static str,
    cards: Vec<Card>,
    /// Where there is more of them.
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    kinds: Vec<Choice>,
    /// The community that is searched, if it is one alone.
    within: Option<Face>,
    unknown: Vec<String>,
    /// Whether an address or a handle was searched for that leads nowhere.
    is_lost: bool,
    /// Whether anything was searched for.
    is_asked: bool,
    posts: Vec<Posts>,
    communities: Vec<Entry>,
    people: Vec<Face>,
    /// What comes first among conversations, as links.
    orders: Vec<Choice>,
    /// What may have been meant, and where that is found.
    meant: Option<(String, String)>,
    /// Communities where one might ask, if nothing was found.
    related: Vec<Entry>,
    /// Where one asks, with what was searched for.
    ask: String,
}

impl Page {
    fn found(&self) -> usize {
        self.posts.iter().map(|posts| posts.cards.len()).sum::<usize>() + self.communities.len() + self.people.len()
    }
}

/// `GET /search`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    let typed = asked.q.trim();
    if let Some(Ok(tag)) = typed.strip_prefix('#').map(tags::named) {
        return answer::redirect(StatusCode::SEE_OTHER, &app.site().tag(&tag));
    }
    let is_address = is_address(typed);
    if is_address {
        match lead(&app, &visit, typed).await {
            Ok(Some(page)) => return answer::redirect(StatusCode::SEE_OTHER, &page),
            Ok(None) => {}
            Err(error) => return answer::error(&request, &visit, &error),
        }
    }
    answer::shown(&request, &visit, visit.keep(), search(&app, &visit, asked, is_address).await)
}

pub(crate) fn is_address(typed: &str) -> bool {
    let is_url = typed.starts_with("https://") || typed.starts_with("http://");
    is_url || (typed.starts_with(['@', '!']) && Handle::parse(typed).is_some_and(|handle| handle.host.is_some()))
}

/// The post with this address: its own, or that of its page here.
pub(crate) async fn post_at(app: &App, address: &str) -> Result<Option<PostId>> {
    let address = address.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    match app.site().parse(&address) {
        Some((_, Local::Post(_, id))) => Ok(Some(id)),
        Some(_) => Ok(None),
        None => app.read(move |c| Ok(store::posts::by_uri(c, &address)?.map(|post| post.id))).await,
    }
}

/// The page here of what an address or a handle names; fetched, if somebody asks who is signed in.
pub(crate) async fn lead(app: &App, visit: &Visit, typed: &str) -> Result<Option<String>> {
    let site = app.site();
    match site.parse(typed) {
        Some((host, Local::Actor(name))) => return Ok(Some(site.actor(&host, &name))),
        Some((host, Local::Post(name, id))) => return Ok(Some(urls::post(&site.actor(&host, &name), id))),
        Some(_) => return Ok(None),
        None => {}
    }
    let viewer = visit.resident();
    if let Some(handle) = Handle::parse(typed).filter(|_| !typed.contains("://")) {
        return by_handle(app, viewer, handle.localized(site.host())).await;
    }
    let url = typed.to_owned();
    let known = app.read(move |c| {
        let post = store::posts::by_uri(c, &url)?.map(|post| post.id);
        Ok((post, store::actors::by_uri(c, &url)?))
    });
    let (post, actor) = known.await?;
    if let Some(actor) = actor.filter(|actor| actor.deleted.is_none()) {
        return Ok(Some(cards::page_of(site, &actor)));
    }
    let post = match (post, viewer) {
        (None, Some(_)) => app.resolver().post(app, typed).await.ok(),
        (known, _) => known,
    };
    if let Some(page) = page_of_post(app, viewer, post).await? {
        return Ok(Some(page));
    }
    let fetched = match viewer {
        Some(_) => app.resolver().actor(app, typed).await.ok(),
        None => None,
    };
    page_of_actor(app, fetched).await
}

async fn by_handle(app: &App, viewer: Option<ActorId>, handle: Handle) -> Result<Option<String>> {
    let host = handle.host.unwrap_or_else(|| app.site().host().clone());
    let (name, at) = (handle.name.to_lowercase(), host.to_string());
    let now = app.now();
    let known = app.read(move |c| {
        let Some(actor) = store::actors::by_handle(c, &name, &at)? else { return Ok(None) };
        Ok(app::groups::is_known(c, &actor, viewer, now)?.then_some(actor.id))
    });
    let known = known.await?;
    let found = match (known, viewer) {
        (None, Some(_)) if !app.site().serves(&host) => {
            app.resolver().handle(app, &handle.name, host.as_str()).await.ok()
        }
        (known, _) => known,
    };
    page_of_actor(app, found).await
}

async fn page_of_actor(app: &App, id: Option<ActorId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let actor = app.read(move |c| store::actors::by_id(c, id)).await?.filter(|actor| actor.deleted.is_none());
    Ok(actor.map(|actor| cards::page_of(app.site(), &actor)))
}

async fn page_of_post(app: &App, viewer: Option<ActorId>, id: Option<PostId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let found = app.read(move |c| {
        let Some(post) = store::posts::seen(c, id, viewer)? else { return Ok(None) };
        Ok(store::actors::by_id(c, post.author)?.map(|author| (author, post.id)))
    });
    Ok(found.await?.map(|(author, id)| urls::post(&cards::page_of(app.site(), &author), id)))
}

async fn search(app: &App, visit: &Visit, asked: Asked, is_lost: bool) -> Result<Page> {
    let t = visit.language;
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == asked.kind).unwrap_or(Kind::All);
    let mut wish = if is_lost { Wish::default() } else { Wish::read(&asked.q) };
    wish.within = Handle::parse(&asked.within).or(wish.within);
    let here = |q: &str, kind: Kind, order: &str, before: Option<PostId>| {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let values =
            [("q", q), ("within", &asked.within), ("kind", kind.word()), ("order", order), ("before", before.as_str())];
        urls::asking(&app.site().page_on(&visit.host, PATH), &values)
    };
    let is_solved_first = [SOLVED, REST].contains(&&*asked.order);
    let order = if is_solved_first { SOLVED } else { "" };
    let kinds = Kind::ALL.map(|each| Choice {
        label: each.label(t),
        page: here(&asked.q, each, order, None),
        is_chosen: each == kind,
    });
    let mut frame = Frame::private(visit, t.search());
    frame.place = "search";
    let is_asked = !asked.q.trim().is_empty() && !is_lost;
    let mut page = Page {
        frame,
        kinds: kinds.into(),
        within: None,
        unknown: wish.unknown.clone(),
        is_lost,
        is_asked,
        posts: Vec::new(),
        communities: Vec::new(),
        people: Vec::new(),
        orders: Vec::new(),
        meant: None,
        related: Vec::new(),
        ask: String::new(),
        asked: Asked { before: None, ..asked.clone() },
    };
    if !is_asked || wish.is_empty() {
        return Ok(page);
    }
    let found = Found::read(app, visit, &wish, kind, (&asked.order, asked.before)).await?;
    let group = found.within.as_ref().map(|group| group.id.to_string()).unwrap_or_default();
    page.ask = urls::asking(compose::PATH, &[("title", &wish.words), ("group", &group)]);
    page.within = found.within.map(|group| Face::new(app.site(), &group));
    for (kind, views) in &found.posts {
        let is_one = kind.word() == asked.kind;
        let most = if is_one { MANY } else { FEW };
        let last = listing::last(views, most).map(|view| Some(view.post.id).filter(|_| is_one));
        page.posts.push(Posts {
            id: kind.word(),
            heading: kind.label(t),
            cards: views
                .iter()
                .filter_map(|view| {
                    let card = Card::new(app, t, view).marking(app, view, &wish.query);
                    let card = card.under(t, found.sieve.fate(&view.post))?;
                    let card = found.roots.beside(app, t, view, card);
                    Some(Card { is_solved: found.solved.contains(&view.post.id), ..card })
                })
                .collect(),
            more: last.map(|last| {
                // What is solved comes first; where that ends, the rest goes on.
                let is_rest = last.is_some_and(|last| !found.solved.contains(&last));
                here(&asked.q, *kind, if is_solved_first && is_rest { REST } else { order }, last)
            }),
        });
    }
    page.posts.retain(|posts| !posts.cards.is_empty());
    if !wish.is_narrowed() && kind.includes(Kind::Communities) {
        page.communities = communities(app, visit, &wish.words, found.groups).await?;
    }
    page.people = found.people;
    if page.posts.iter().any(|posts| posts.id == Kind::Threads.word()) && wish.state.is_none() {
        page.orders = [("", t.search_newest()), (SOLVED, t.search_solved())]
            .map(|(word, label)| Choice { label, page: here(&asked.q, kind, word, None), is_chosen: word == order })
            .into();
    }
    if page.found() == 0 {
        let meant = match found.narrow {
            Some(narrow) => meant(app, visit, &asked.q, narrow).await?,
            None => None,
        };
        page.meant = meant.map(|meant| (meant.clone(), here(&meant, kind, order, None)));
        page.related = related(app, visit, &wish.words).await?;
    }
    Ok(page)
}

/// What may have been meant by what finds nothing, if that finds something, narrowed in the same way, that whoever looks may
/// read.
async fn meant(app: &App, visit: &Visit, typed: &str, narrow: Narrow) -> Result<Option<String>> {
    let (typed, viewer) = (typed.to_owned(), visit.viewer());
    app.read(move |c| {
        let Some(meant) = app::lexicon::meant(c, &typed)? else { return Ok(None) };
        let wish = Wish::read(&meant);
        let found = search::narrowed(c, &wish.query, &narrow, viewer, Window::first(1))?;
        Ok((!found.is_empty()).then_some(meant))
    })
    .await
}

/// Communities for one of the words, or else those where most happens: where one might ask.
async fn related(app: &App, visit: &Visit, words: &str) -> Result<Vec<Entry>> {
    let mut found: Vec<Entry> = Vec::new();
    for word in words.split_whitespace().filter(|word| is_worthwhile(word)).take(WORDS) {
        found.extend(directory::entries(app, visit, word, FEW).await?);
    }
    if found.is_empty() {
        found = directory::entries(app, visit, "", FEW).await?;
    }
    let mut seen = HashSet::new();
    found.retain(|entry| seen.insert(entry.id));
    found.truncate(SOME);
    Ok(found)
}

/// Communities here whose name or purpose holds the words, and those elsewhere whose name begins like them.
async fn communities(app: &App, visit: &Visit, words: &str, elsewhere: Vec<Actor>) -> Result<Vec<Entry>> {
    let mut found = directory::entries(app, visit, words, MANY).await?;
    let mut others = directory::described(app, visit, elsewhere).await?;
    others.retain(|other| !other.face.is_local);
    found.extend(others);
    Ok(found)
}

/// What was found in the store.
struct Found {
    within: Option<Actor>,
    /// What narrows both threads and replies; nothing, if nothing can be found in it.
    narrow: Option<Narrow>,
    posts: Vec<(Kind, Vec<app::view::PostView>)>,
    sieve: Sieve,
    /// Which of them a reply answers.
    solved: HashSet<PostId>,
    /// To what the replies belong.
    roots: Roots,
    groups: Vec<Actor>,
    people: Vec<Face>,
}

impl Found {
    async fn read(
        app: &App,
        visit: &Visit,
        wish: &Wish,
        kind: Kind,
        (order, before): (&str, Option<i64>),
    ) -> Result<Self> {
        let order = order.to_owned();
        let (wish, viewer, ours, site) = (wish.clone(), visit.viewer(), visit.host.clone(), app.site().clone());
        let now = app.now();
        let found = app.read(move |c| {
            let by_handle = |c: &mut Conn, handle: &Option<Handle>| -> store::Result<Option<Actor>> {
                let Some(handle) = handle else { return Ok(None) };
                let host = handle.host.as_ref().unwrap_or(&ours);
                Ok(match store::actors::by_handle(c, &handle.name.to_lowercase(), host.as_str())? {
                    Some(actor) if app::groups::is_known(c, &actor, viewer, now)? => Some(actor),
                    _ => None,
                })
            };
            let (author, within) = (by_handle(c, &wish.from)?, by_handle(c, &wish.within)?);
            // Whoever is unknown wrote nothing, and nothing stands in a community that is unknown.
            let is_void = author.is_none() && wish.from.is_some() || within.is_none() && wish.within.is_some();
            let narrow = (!is_void).then(|| Narrow {
                state: wish.state,
                language: wish.language.clone(),
                local: wish.local,
                author: author.as_ref().map(|author| author.id),
                group: within.as_ref().map(|group| group.id),
                // Strangers search communities; what people say elsewhere is found by those who are here.
                grouped: viewer.is_none(),
                ..Narrow::default()
            });
            let (mut posts, mut solved) = (Vec::new(), HashSet::new());
            for each in [Kind::Threads, Kind::Replies] {
                let Some(narrow) = narrow.clone().filter(|_| kind.includes(each)) else { continue };
                let narrow = Narrow { threads: Some(each == Kind::Threads), ..narrow };
                let first = Window::first(if each == kind { MANY } else { FEW });
                let window = Window { before: before.filter(|_| each == kind).map(PostId), ..first };
                let is_in_parts = each == Kind::Threads && wish.state.is_none();
                let ids = match order.as_str() {
                    SOLVED if is_in_parts => solved_first(c, &wish.query, narrow, viewer, window)?,
                    REST if is_in_parts => {
                        let narrow = Narrow { solved: Some(false), ..narrow };
                        search::narrowed(c, &wish.query, &narrow, viewer, window)?
                    }
                    _ => search::narrowed(c, &wish.query, &narrow, viewer, window)?,
                };
                let found = store::posts::by_ids(c, &ids)?;
                solved.extend(store::solutions::among(c, &ids)?);
                posts.push((each, app::view::posts(c, found)?));
            }
            let (mut groups, mut people): (Vec<Actor>, Vec<Actor>) = (Vec::new(), Vec::new());
            if !wish.is_narrowed() && (kind.includes(Kind::People) || kind.includes(Kind::Communities)) {
                let start = wish.words.trim_start_matches(['@', '!']).to_lowercase();
                let ids = store::relations::named_like(c, &start, viewer, None, MANY)?;
                (groups, people) = store::actors::by_ids(c, &ids)?.into_iter().partition(Actor::is_group);
            }
            if !kind.includes(Kind::People) {
                people.clear();
            }
            let mut faces = cards::faces(c, &site, &people)?;
            let people = people.iter().filter_map(|person| faces.remove(&person.id)).collect();
            let sieve = Sieve::of(c, viewer, Place::Public, now)?;
            let roots = Roots::of(c, viewer, &sieve, posts.iter().flat_map(|(_, views)| views))?;
            Ok(Self { within, narrow, posts, sieve, solved, roots, groups, people })
        });
        found.await
    }
}

/// What a reply answers, and then what none does, each the newest first.
fn solved_first(
    c: &mut Conn,
    query: &Words,
    narrow: Narrow,
    viewer: Option<ActorId>,
    window: Window,
) -> store::Result<Vec<PostId>> {
    let limit = window.limit;
    let mut narrow = Narrow { solved: Some(true), ..narrow };
    let mut ids = search::narrowed(c, query, &narrow, viewer, window)?;
    let left = limit - i64::try_from(ids.len()).unwrap_or(limit);
    if left > 0 {
        narrow.solved = Some(false);
        ids.extend(search::narrowed(c, query, &narrow, viewer, Window::first(left))?);
    }
    Ok(ids)
}
