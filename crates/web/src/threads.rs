//! The page of a post: what it says, what it replies to, and the replies below it.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Me, Result, filters::Sieve, readings, view::PostView};
use askama::Template;
use domain::{
    actor::Actor,
    id::PostId,
    policy,
    post::{Post, QuoteState},
    text::html,
    urls::{self, Site},
};
use serde::Deserialize;
use store::posts::{self, Page};

use crate::{
    actors,
    answer::{self, Frame, Visit},
    cards::{self, Card, Face, Quoted},
    compose,
    deeds::{self, Told},
    desk, elsewhere, entrance,
    language::Language,
    live,
    media::{self, Emblem},
    paces,
    polls::Ballot,
    posted::Sent,
    readers, sign_up,
};

mod linked;
mod order;
mod read;

use order::arrange;
pub(crate) use read::quoted;
use read::{Above, Read};

/// How many posts of a thread one page holds.
const POSTS: i64 = 600;
const DESCRIPTION: usize = 200;
/// Where what a post replies to is asked for that never came.
pub(crate) const FETCH: &str = "/fetch-context";
/// The page of a thread in the order of time.
const LINEAR: &str = "linear";

/// From where on a page lists, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    after: Option<i64>,
    view: String,
}

/// A place in the order of the page.
struct Reply {
    id: i64,
    /// What stands there; nothing if it is gone and others reply to it.
    card: Option<Card>,
    /// For whom it is, if for others than what it stands below.
    readers: Option<&'static str>,
    /// Why it is gone, if somebody said so.
    reason: String,
    /// The rule that was cited, in words.
    rule: Option<String>,
    is_removed: bool,
    /// The filter of whoever looks at the page that hides it.
    hidden_by: Option<String>,
    level: usize,
    /// Whether it is news to whoever looks at the page.
    is_new: bool,
    /// How much stands below it, in words, if a deeper list begins after it: it can be folded.
    below: Option<String>,
    /// How many lists end after it.
    closes: usize,
}

/// Who closed a thread, and why.
struct Closing {
    by: Face,
    reason: String,
}

/// To whom the same happens as to the author of a thread.
struct Echoes {
    /// How many they are, in words.
    count: Option<String>,
    is_mine: bool,
    may_say: bool,
}

/// A thread that is likely to be about the same.
pub(crate) struct Near {
    pub(crate) title: String,
    /// Whether search engines may show it.
    pub(crate) is_quotable: bool,
    pub(crate) language: Option<String>,
    pub(crate) page: String,
    pub(crate) when: String,
}

impl Near {
    pub(crate) fn new(app: &App, t: Language, thread: &Post, author: &Actor) -> Self {
        let content = &thread.content;
        let words = || html::excerpt(&content.html, DESCRIPTION);
        Self {
            title: content.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(words),
            is_quotable: author.indexable,
            language: content.language.clone(),
            page: urls::post(&cards::page_of(app.site(), author), thread.id),
            when: t.ago(app.now(), thread.published),
        }
    }
}

#[derive(Template)]
#[template(path = "thread.html")]
struct Thread {
    frame: Frame,
    card: Card,
    /// What it replies to, from the beginning of the thread.
    parents: Vec<Card>,
    /// Where what it replies to is, if that never came here.
    missing: Option<String>,
    closing: Option<Closing>,
    /// The conversation in which this one began, and those that began in this one.
    grafted_from: Option<Near>,
    split_off: Vec<Near>,
    /// How often one writes here, where slow mode is on.
    pace: Option<String>,
    /// To how many the same happens.
    echoes: Option<Echoes>,
    /// The reply that answers the thread, above the others.
    solution: Option<(Card, String)>,
    replies: Vec<Reply>,
    is_linear: bool,
    /// The same page in the other view.
    other_view: String,
    more: Option<String>,
    is_staff: bool,
    may_reply: bool,
    /// That whoever looks is kept from writing.
    hushed: Option<String>,
    /// How much they want to be told of it; nothing if they are not signed in.
    told: Option<Told>,
    /// Threads that are likely to be about the same.
    similar: Vec<Near>,
    /// What they began to write below it, and who will read it.
    draft: String,
    readers: Option<readers::Told>,
    /// The first reply that is news to them, and how many there are.
    news: Option<(i64, usize)>,
    /// Where the page hears of new replies.
    live: Option<String>,
    /// The language that a reply is taken to be in.
    tongue: String,
    write: &'static str,
    /// Where those reply, vote and share who have their account elsewhere, if it is for everybody.
    elsewhere: Option<[String; 3]>,
    /// Where a guest makes a login who cannot reply, since nothing that stands there leaves this site.
    confined: Option<String>,
    /// Where its author reads why it was taken out, and may say something against it.
    why: Option<String>,
}

impl Thread {
    /// Whether this is the first of the replies: it is not said twice in a row.
    fn begins_with(&self, solution: &Card) -> bool {
        self.replies.first().is_some_and(|reply| reply.id == solution.id)
    }
}

/// `GET /@NAME/ID`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    path: Path<(String, String)>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let (name, id) = path.into_inner();
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    respond(&request, &app, &visit, (&name, &id), &asked)
        .await
        .unwrap_or_else(|error| answer::error(&request, &visit, &error))
}

async fn respond(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    (name, id): (&str, &str),
    asked: &Asked,
) -> Result<HttpResponse> {
    let id = id.parse::<PostId>().ok().filter(|number| number.to_string() == id).ok_or(Error::NotFound)?;
    let named = actors::named(&visit.host, name)?;
    if let Some(author) = named.elsewhere_here(app.site(), &visit.host) {
        return Ok(answer::redirect(StatusCode::MOVED_PERMANENTLY, &urls::post(&author, id)));
    }
    let (ours, viewer, now) = (visit.host.clone(), visit.viewer(), app.now());
    let page = Page { after: asked.after.map(PostId), ..Page::first(POSTS) };
    let (site, similar) = (app.site().clone(), app.similar());
    let t = visit.language;
    let found = app.read(move |c| {
        let Some(author) = actors::find(c, &named, &ours)? else { return Ok(None) };
        let by_author = |post: &Post| post.author == author.id;
        if let Some(post) = posts::seen(c, id, viewer)?.filter(|post| by_author(post) && author.deleted.is_none()) {
            return Ok(Some(Found::Thread(Box::new(Read::thread(c, post, page, viewer, (&site, t, now, &similar))?))));
        }
        let deleted = posts::by_id(c, id)?.filter(|post| by_author(post) && post.deleted.is_some());
        Ok(deleted.filter(|post| post.local && post.audience.is_open()).map(|_| Found::Deleted))
    });
    Ok(match found.await?.ok_or(Error::NotFound)? {
        Found::Deleted => answer::gone(request, visit),
        Found::Thread(read) => {
            // Not for those who only come along: programs read all there is.
            if viewer.is_some() {
                app::backfills::opened(app, read.post.post.id).await?;
                note(app, visit, &read).await?;
            }
            let confined = confined(app, visit, &read.post.post).await?;
            let why = why(app, visit, &read.post.post).await?;
            let thread = Thread { confined, why, ..describe(app, visit, *read, asked) };
            answer::page(request, StatusCode::OK, visit.keep(), &thread)
        }
    })
}

/// The post that lacks what it replies to.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanting {
    post: i64,
    #[serde(default)]
    back: String,
}

/// `POST /fetch-context`
pub(crate) async fn fetch(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Wanting>) -> HttpResponse {
    let Wanting { post, back } = sent.entered;
    let fetched = app::backfills::fetch_parent(&app, sent.by.me, PostId(post)).await;
    deeds::done(&request, &app, &visit, fetched.map(drop), &back)
}

/// Where a guest makes a login who wants to reply to what no other server has; they ask to join with it.
async fn confined(app: &App, visit: &Visit, post: &Post) -> Result<Option<String>> {
    let (Some(_), Some(group)) = (visit.guest(), post.group.filter(|_| post.local && !post.audience.is_open())) else {
        return Ok(None);
    };
    let rules = app.read(move |c| store::groups::rules(c, group)).await?;
    let stays = rules.is_some_and(|rules| policy::confide_in(&rules, post.root).is_err());
    Ok(stays.then(|| sign_up::way(&desk::page(entrance::APPLY, group))))
}

/// Where the author of a post that was taken out reads why; nothing for others.
async fn why(app: &App, visit: &Visit, post: &Post) -> Result<Option<String>> {
    if visit.viewer() != Some(post.author) || post.removed.is_none() {
        return Ok(None);
    }
    let (id, author) = (post.id, post.author);
    let told = app.read(move |c| store::statements::about(c, author)).await?;
    let holds = told.into_iter().rfind(|told| told.post == Some(id) && told.lifted.is_none());
    holds.map(|told| app::statements::page(app, told.id)).transpose()
}

/// Records how far somebody has read now, if that is further than before.
async fn note(app: &App, visit: &Visit, read: &Read) -> Result<()> {
    let (Some(me), true) = (visit.viewer(), read.post.post.is_thread()) else { return Ok(()) };
    let newest = read.replies.iter().map(|view| view.post.id).chain([read.post.post.id]).max();
    match newest {
        Some(newest) if read.seen.is_none_or(|read| read < newest) => {
            readings::mark(app, Me(me), read.post.post.id, newest).await
        }
        _ => Ok(()),
    }
}

enum Found {
    Deleted,
    Thread(Box<Read>),
}

fn describe(app: &App, visit: &Visit, read: Read, asked: &Asked) -> Thread {
    let (t, post) = (visit.language, &read.post.post);
    let (is_first, is_linear) = (asked.after.is_none(), asked.view == LINEAR);
    let mut card = own(app, visit, &read, &read.post);
    if let Some(medium) = card.media.first_mut() {
        medium.is_first = !card.is_veiled && card.warning.is_none();
    }
    if is_first && read.last.is_none() {
        // Here they can be counted, those on deeper levels too.
        card.replies = t.replies(read.replies.len());
    }
    let page = |view: &str, after: &str| urls::asking(&card.page, &[("view", view), ("after", after)]);
    let is_whole = post.is_thread() && read.last.is_none();
    let replies = arrange(t, &read, is_linear, |view| own(app, visit, &read, view));
    let new = || replies.iter().filter(|reply| reply.is_new);
    let hushed = read.standing.and_then(|who| who.hushed).map(|until| t.refused_hushed(t.moment(until)));
    let solution = read.solution.filter(|_| post.is_thread());
    let newest = read.replies.iter().map(|view| view.post.id).fold(post.id, PostId::max);
    Thread {
        echoes: read.echoes.map(|(count, is_mine)| Echoes {
            count: (count > 0).then(|| t.echoes(count)),
            may_say: read.may_echo,
            is_mine,
        }),
        solution: read.replies.iter().chain(&read.elsewhere).find(|view| Some(view.post.id) == solution).and_then(
            |view| {
                let card =
                    Card { folded: read.folded(t, view), ..Card::new(app, t, view).read_as(read.sieve.reading()) };
                let card = card.under(t, read.sieve.fate(&view.post))?;
                let place = if read.elsewhere.is_some() { card.page.clone() } else { format!("#p{}", card.id) };
                Some((card, place))
            },
        ),
        news: new().next().map(|first| (first.id, new().count())),
        live: is_whole.then(|| live::address(post.id, newest)),
        tongue: card.language.clone().unwrap_or_else(|| t.tag().to_owned()),
        told: visit.resident().and(read.level).map(|level| Told::of_thread(t, post.root, level)),
        similar: read.similar.iter().map(|(thread, author)| Near::new(app, t, thread, author)).collect(),
        missing: match &read.above {
            Some(Above::Missing(uri)) => cards::outward(uri),
            _ => None,
        },
        parents: read
            .above
            .iter()
            .filter_map(Above::known)
            .chain(&read.parents)
            .filter_map(|view| {
                let card =
                    Card { folded: read.folded(t, view), ..Card::new(app, t, view).read_as(read.sieve.reading()) };
                card.under(t, read.sieve.fate(&view.post))
            })
            .collect(),
        closing: read.closing.clone().map(|(by, reason)| Closing { by, reason }),
        pace: paces::said(t, read.pace, app.now()),
        grafted_from: read.grafts.1.as_ref().map(|view| Near::new(app, t, &view.post, &view.author)),
        split_off: read.grafts.0.iter().map(|view| Near::new(app, t, &view.post, &view.author)).collect(),
        other_view: page(if is_linear { "" } else { LINEAR }, ""),
        more: read.last.map(|last| page(if is_linear { LINEAR } else { "" }, &last.to_string())),
        may_reply: visit.resident().is_some() && hushed.is_none() && (!card.locked || read.is_staff),
        hushed,
        elsewhere: ways_elsewhere(visit, post),
        why: None,
        confined: None,
        frame: framed(app.site(), visit, &read, &card, asked),
        draft: read.draft,
        readers: read.readers.map(|readers| readers.told(t)),
        is_staff: read.is_staff,
        write: compose::PATH,
        replies,
        is_linear,
        card,
    }
}

/// A post of the page, with what it is to whoever looks at it.
fn own(app: &App, visit: &Visit, read: &Read, view: &PostView) -> Card {
    let (t, id) = (visit.language, view.post.id);
    let is_guest = visit.guest().is_some();
    let may_choose = visit.resident().is_some() || is_guest && view.post.local;
    let mine = may_choose.then(|| read.chosen.get(&id).map_or(&[][..], Vec::as_slice));
    let is_running = view.post.content.poll.as_ref().is_some_and(|poll| !poll.is_closed(app.now()));
    let is_elsewhere = is_guest && !may_choose && is_running;
    Card {
        voted: read.marks.liked.contains(&id),
        shared: read.marks.shared.contains(&id),
        saved: read.marks.bookmarked.contains(&id),
        mine: visit.resident() == Some(view.post.author),
        may_pin: visit.resident().is_some_and(|me| policy::pin(&view.post, me, true).is_ok()),
        is_on_page: read.marks.pinned.contains(&id),
        solves: read.solution == Some(id),
        may_solve: !view.post.is_thread() && view.post.group.is_some() && read.may_solve(visit.viewer(), &view.post),
        ballot: Ballot::of(app, t, view, mine).map(|ballot| Ballot { is_elsewhere, ..ballot }),
        role: read.experts.contains(&view.author.id).then(|| t.role_expert()),
        quoted: quoted_by(app, t, view, &read.quoted, &read.sieve).map(|quoted| read.folding(t, view, quoted)),
        links: media::linked(app, &view.post, read.linked.get(&id)),
        // What a page is about is what one came for.
        folded: read.folded(t, view).filter(|_| id != read.post.post.id),
        reply_elsewhere: visit.guest().map(|handle| elsewhere::from(handle, &view.post, "reply").unwrap_or_default()),
        ..Card::new(app, t, view).read_as(read.sieve.reading())
    }
}

/// Where those reply, vote and share who have their account elsewhere, if it is for everybody.
fn ways_elsewhere(visit: &Visit, post: &Post) -> Option<[String; 3]> {
    (post.local && post.audience.is_open()).then(|| {
        ["reply", "like", "share"].map(|deed| match visit.guest() {
            Some(handle) => elsewhere::from(handle, post, deed).unwrap_or_default(),
            None => elsewhere::address(&post.uri, deed),
        })
    })
}

/// The frame of the page of a post, from `after` on. Search engines find each reply on one page, and what is from elsewhere there.
fn framed(site: &Site, visit: &Visit, read: &Read, card: &Card, asked: &Asked) -> Frame {
    let post = &read.post;
    let (is_local, is_open) = (post.post.local, post.post.audience.is_open());
    let title = match &card.group {
        Some(group) => format!("{} · {}", card.headline, group.name),
        None => format!("{} · {}", card.headline, card.author.name),
    };
    let after = asked.after.filter(|_| !read.replies.is_empty()).map(|after| after.to_string()).unwrap_or_default();
    let page = urls::asking(&card.page, &[("after", &after)]);
    let may_be_found = is_local && post.author.indexable;
    let mut frame = if may_be_found && asked.view != LINEAR {
        Frame::public(visit, title, page)
    } else {
        let instead = if may_be_found { Some(page) } else { card.original.clone().filter(|_| is_open) };
        Frame { instead, ..Frame::private(visit, title) }
    };
    frame.document = is_local.then(|| post.post.uri.clone());
    frame.kind = "article";
    if is_local && is_open {
        frame.feeds(&card.page);
    }
    frame.description = match &card.warning {
        Some(warning) => warning.clone(),
        None => html::excerpt(&post.post.content.html, DESCRIPTION),
    };
    let of_group = || post.group.as_ref().and_then(|group| Emblem::of_actor(site, group));
    if let Some(own) = Emblem::of_post(card).or_else(of_group).filter(|_| is_open) {
        frame.picture = Some(own);
    }
    // Software that reads pages has no login.
    if frame.canonical.is_some() && is_open && asked.after.is_none() && visit.me.is_none() {
        frame.linked = Some(linked::posting(post, &read.replies, card, read.solution));
    }
    frame
}

/// What a post quotes, or why that is not shown.
pub(crate) fn quoted_by(
    app: &App,
    t: Language,
    view: &PostView,
    quoted: &HashMap<PostId, PostView>,
    sieve: &Sieve,
) -> Option<Quoted> {
    let quote = view.quote.as_ref()?;
    let found = quote.post.and_then(|id| quoted.get(&id));
    Some(match (quote.state, found) {
        (QuoteState::Accepted, Some(found)) => {
            // Words from elsewhere are found where they are.
            let card = Card::new(app, t, found).read_as(sieve.reading());
            let card = if found.post.local { card } else { card.unquotable() };
            match card.under(t, sieve.fate(&found.post)) {
                Some(card) => Quoted::Card(Box::new(card)),
                None => Quoted::Withheld(t.quote_filtered()),
            }
        }
        (QuoteState::Accepted, None) => Quoted::Withheld(t.quote_unseen()),
        (QuoteState::Pending, _) => Quoted::Withheld(t.quote_pending()),
        (QuoteState::Rejected | QuoteState::Revoked, _) => Quoted::Withheld(t.quote_refused()),
    })
}
