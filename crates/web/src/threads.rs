//! The page of a post: what it says, what it replies to, and the replies below it.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Me, Result, readings, view::PostView};
use askama::Template;
use domain::{
    actor::Actor,
    id::PostId,
    post::{Post, QuoteState},
    text::html,
    urls,
};
use serde::Deserialize;
use store::posts::{self, Page};

use crate::{
    actors,
    answer::{self, Frame, Visit},
    cards::{self, Card, Face, Quoted},
    compose,
    deeds::Told,
    elsewhere,
    language::Language,
    live, media,
    polls::Ballot,
};

mod linked;
mod order;
mod read;

use order::order;
use read::{Gap, Read};

/// How many posts of a thread one page holds.
const POSTS: i64 = 300;
const DESCRIPTION: usize = 200;
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
    /// Why it is gone, if somebody said so.
    reason: String,
    is_removed: bool,
    level: usize,
    /// Whether it is news to whoever looks at the page.
    is_new: bool,
    /// Whether a deeper list begins after it.
    opens: bool,
    /// How many lists end after it.
    closes: usize,
}

/// Who closed a thread, and why.
struct Closing {
    by: Face,
    reason: String,
}

/// A thread that is likely to be about the same.
struct Near {
    title: String,
    language: Option<String>,
    page: String,
    when: String,
}

#[derive(Template)]
#[template(path = "thread.html")]
struct Thread {
    frame: Frame,
    card: Card,
    /// What it replies to, from the beginning of the thread.
    parents: Vec<Card>,
    closing: Option<Closing>,
    replies: Vec<Reply>,
    is_linear: bool,
    /// The same page in the other view.
    other_view: String,
    more: Option<String>,
    is_staff: bool,
    may_reply: bool,
    /// How much they want to be told of it; nothing if they are not signed in.
    told: Option<Told>,
    /// Threads that are likely to be about the same.
    similar: Vec<Near>,
    /// What they began to write below it.
    draft: String,
    /// The first reply that is news to them, and how many there are.
    news: Option<(i64, usize)>,
    /// Where the page hears of new replies.
    live: Option<String>,
    /// The language that a reply is taken to be in.
    tongue: String,
    write: &'static str,
    /// Where those reply and vote who have their account elsewhere, if it is for everybody.
    elsewhere: Option<[String; 2]>,
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
    match respond(&request, &app, &visit, (&name, &id), &asked).await {
        Ok(answer) => answer,
        Err(error) => answer::error(&request, &visit, &error),
    }
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
    let (page, similar) = (Page { after: asked.after.map(PostId), ..Page::first(POSTS) }, app.similar());
    let found = app.read(move |c| {
        let Some(author) = actors::find(c, &named, &ours)? else { return Ok(None) };
        let by_author = |post: &Post| post.author == author.id;
        if let Some(post) = posts::seen(c, id, viewer)?.filter(|post| by_author(post) && author.deleted.is_none()) {
            return Ok(Some(Found::Thread(Box::new(Read::thread(c, post, page, viewer, (now, &similar))?))));
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
            let thread = describe(app, visit, *read, asked);
            answer::page(request, StatusCode::OK, visit.keep(), &thread)
        }
    })
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
    let (site, t) = (app.site(), visit.language);
    let (is_staff, told) = (read.is_staff, read.level.map(|level| Told::of_thread(t, read.post.post.root, level)));
    let similar = read.similar.iter().map(|(thread, author)| near(app, t, thread, author)).collect();
    let Read { post, parents, closing, replies, gaps, last, quoted, liked, saved, seen, draft, chosen, .. } = read;
    let made = |view: &PostView| {
        let id = view.post.id;
        let card = Card::new(app, t, view);
        let guest = visit.guest();
        let mine = visit.resident().map(|_| chosen.get(&id).map_or(&[][..], Vec::as_slice));
        Card {
            voted: liked.contains(&id),
            saved: saved.contains(&id),
            mine: visit.resident() == Some(view.post.author),
            ballot: Ballot::of(app, t, view, mine),
            quoted: quoted_by(app, t, view, &quoted),
            reply_elsewhere: guest.map(|handle| elsewhere::from(handle, &view.post, "reply").unwrap_or_default()),
            ..card
        }
    };
    let (is_first, is_linear) = (asked.after.is_none(), asked.view == LINEAR);
    let mut card = made(&post);
    if is_first && last.is_none() {
        // Here they can be counted, those on deeper levels too.
        card.replies = t.replies(replies.len());
    }
    let mut frame = framed(visit, &post, &card, is_first && !is_linear);
    let view = |view: &str| urls::asking(&card.page, &[("view", view)]);
    let more = last.map(|last| {
        urls::asking(&card.page, &[("view", if is_linear { LINEAR } else { "" }), ("after", &last.to_string())])
    });
    let is_whole = post.post.is_thread() && last.is_none();
    frame.is_lively = is_whole || visit.me.is_some();
    if frame.canonical.is_some() && post.post.audience.is_open() {
        frame.linked = Some(linked::posting(&post, &replies, &card));
    }
    let replies = {
        let mut arranged = arrange(post.post.id, is_linear, &replies, gaps, made);
        for reply in &mut arranged {
            let is_theirs = reply.card.as_ref().is_some_and(|card| !card.mine);
            reply.is_new = is_theirs && seen.is_some_and(|read| reply.id > read.0);
        }
        arranged
    };
    let new = || replies.iter().filter(|reply| reply.is_new);
    Thread {
        news: new().next().map(|first| (first.id, new().count())),
        live: is_whole.then(|| live::address(post.post.id)),
        tongue: card.language.clone().unwrap_or_else(|| t.tag().to_owned()),
        told: visit.resident().and(told),
        similar,
        draft,
        parents: parents.iter().map(|view| Card::new(app, t, view)).collect(),
        closing: closing.map(|(by, reason)| Closing { by: Face::new(site, &by), reason }),
        replies,
        other_view: view(if is_linear { "" } else { LINEAR }),
        may_reply: visit.resident().is_some() && (!card.locked || is_staff),
        write: compose::PATH,
        elsewhere: (post.post.local && post.post.audience.is_open()).then(|| {
            ["reply", "like"].map(|deed| match visit.guest() {
                Some(handle) => elsewhere::from(handle, &post.post, deed).unwrap_or_default(),
                None => elsewhere::address(&post.post.uri, deed),
            })
        }),
        is_staff,
        is_linear,
        more,
        frame,
        card,
    }
}

fn near(app: &App, t: Language, thread: &Post, author: &Actor) -> Near {
    let content = &thread.content;
    let words = || html::excerpt(&content.html, DESCRIPTION);
    Near {
        title: content.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(words),
        language: content.language.clone(),
        page: urls::post(&cards::page_of(app.site(), author), thread.id),
        when: t.ago(app.now(), thread.published),
    }
}

/// The frame of the page of a post; `is_main` says whether it is the page that search engines may find.
fn framed(visit: &Visit, post: &PostView, card: &Card, is_main: bool) -> Frame {
    let (is_local, is_open) = (post.post.local, post.post.audience.is_open());
    let title = match &card.group {
        Some(group) => format!("{} · {}", card.headline, group.name),
        None => format!("{} · {}", card.headline, card.author.name),
    };
    let mut frame = if is_local && post.author.indexable && is_main {
        Frame::public(visit, title, card.page.clone())
    } else {
        Frame::private(visit, title)
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
    frame.picture = media::emblem(card).filter(|_| is_open);
    frame
}

/// What a post quotes, or why that is not shown.
fn quoted_by(app: &App, t: Language, view: &PostView, quoted: &HashMap<PostId, PostView>) -> Option<Quoted> {
    let quote = view.quote.as_ref()?;
    let found = quote.post.and_then(|id| quoted.get(&id));
    Some(match (quote.state, found) {
        (QuoteState::Accepted, Some(found)) => Quoted::Card(Box::new(Card::new(app, t, found))),
        (QuoteState::Accepted, None) => Quoted::Withheld(t.quote_unseen()),
        (QuoteState::Pending, _) => Quoted::Withheld(t.quote_pending()),
        (QuoteState::Rejected | QuoteState::Revoked, _) => Quoted::Withheld(t.quote_refused()),
    })
}

/// Replies and gaps in the order of the page.
fn arrange(
    top: PostId,
    is_linear: bool,
    replies: &[PostView],
    gaps: Vec<Gap>,
    card: impl Fn(&PostView) -> Card,
) -> Vec<Reply> {
    let links = replies.iter().map(|view| (view.post.id, view.post.parent));
    let order = if is_linear {
        links.map(|(id, _)| (id, 1)).collect()
    } else {
        order(top, links.chain(gaps.iter().map(|gap| (gap.id, gap.parent))))
    };
    let mut cards: HashMap<PostId, Card> = replies.iter().map(|view| (view.post.id, card(view))).collect();
    let mut gaps: HashMap<PostId, Gap> = gaps.into_iter().map(|gap| (gap.id, gap)).collect();
    let levels: Vec<usize> = order.iter().map(|(_, level)| *level).chain([1]).collect();
    let reply = |((id, level), pair): (&(PostId, usize), &[usize])| {
        let next = pair.last().copied().unwrap_or(1);
        let gap = gaps.remove(id);
        Reply {
            id: id.0,
            card: cards.remove(id),
            is_removed: gap.as_ref().is_some_and(|gap| gap.is_removed),
            reason: gap.map(|gap| gap.reason).unwrap_or_default(),
            level: *level,
            is_new: false,
            opens: next > *level,
            closes: level.saturating_sub(next),
        }
    };
    order.iter().zip(levels.windows(2)).map(reply).collect()
}
