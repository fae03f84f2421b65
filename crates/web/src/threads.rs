//! The page of a post: what it says, what it replies to, and the replies below it.
use std::collections::{HashMap, HashSet};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Result, view::PostView};
use askama::Template;
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    policy,
    post::{Post, Vote},
    text::html,
    time::Timestamp,
    urls,
};
use serde::Deserialize;
use store::{
    Conn, log,
    posts::{self, List, Page},
    timelines,
};

use crate::{
    actors,
    answer::{self, Frame, Visit},
    cards::{Card, Face},
    compose,
};

/// How many posts of a thread one page holds.
const POSTS: i64 = 300;
/// How many posts of a thread are looked through for what a reply replies to.
const BRANCHES: i64 = 5_000;
/// How deep replies are shown inside one another; deeper ones line up below.
const LEVELS: usize = 6;
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
    write: &'static str,
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
    let page = Page { after: asked.after.map(PostId), ..Page::first(POSTS) };
    let found = app.read(move |c| {
        let Some(author) = actors::find(c, &named, &ours)? else { return Ok(None) };
        let by_author = |post: &Post| post.author == author.id;
        if let Some(post) = posts::seen(c, id, viewer)?.filter(|post| by_author(post) && author.deleted.is_none()) {
            return Ok(Some(Found::Thread(Box::new(Read::thread(c, post, page, viewer, now)?))));
        }
        let deleted = posts::by_id(c, id)?.filter(|post| by_author(post) && post.deleted.is_some());
        Ok(deleted.filter(|post| post.local && post.audience.is_open()).map(|_| Found::Deleted))
    });
    Ok(match found.await?.ok_or(Error::NotFound)? {
        Found::Deleted => answer::gone(request, visit),
        Found::Thread(read) => {
            let thread = describe(app, visit, *read, asked);
            answer::page(request, StatusCode::OK, visit.keep(), &thread)
        }
    })
}

enum Found {
    Deleted,
    Thread(Box<Read>),
}

/// What became of a post that others reply to.
struct Gap {
    id: PostId,
    parent: Option<PostId>,
    reason: String,
    is_removed: bool,
}

struct Read {
    post: PostView,
    parents: Vec<PostView>,
    closing: Option<(Actor, String)>,
    replies: Vec<PostView>,
    gaps: Vec<Gap>,
    last: Option<PostId>,
    /// Which of them whoever looks at the page voted for.
    liked: HashSet<PostId>,
    is_staff: bool,
}

impl Read {
    fn thread(c: &mut Conn, post: Post, page: Page, viewer: Option<ActorId>, now: Timestamp) -> store::Result<Self> {
        let branches = timelines::branches(c, post.root, BRANCHES)?;
        let parent_of: HashMap<PostId, PostId> =
            branches.iter().filter_map(|(id, parent)| Some((*id, (*parent)?))).collect();
        let (ids, last) = if post.id == post.root {
            let ids = posts::list(c, List::Thread(post.root), viewer, page)?;
            let full = i64::try_from(ids.len()).is_ok_and(|length| length == page.limit);
            (ids.clone(), ids.last().copied().filter(|_| full))
        } else {
            let below = descendants(post.id, &branches);
            let seen = timelines::visible_among(c, &below, viewer)?;
            (below.into_iter().filter(|id| seen.contains(id)).collect(), None)
        };
        let ids: Vec<PostId> = ids.into_iter().filter(|id| *id != post.id).collect();
        let up: Vec<PostId> = chain(post.id, &parent_of).into_iter().rev().collect();
        let seen = timelines::visible_among(c, &up, viewer)?;
        let up: Vec<PostId> = up.into_iter().filter(|id| seen.contains(id)).collect();
        let (above, below) = (posts::by_ids(c, &up)?, posts::by_ids(c, &ids)?);
        let gaps = gaps(c, post.id, &ids, &parent_of)?;
        let shown: Vec<PostId> = ids.iter().copied().chain([post.id]).collect();
        let votes = viewer.map(|me| store::votes::of(c, me, &shown)).transpose()?.unwrap_or_default();
        let standing = match (viewer, post.group) {
            (Some(me), Some(group)) => Some(store::groups::standing(c, group, me, now)?),
            _ => None,
        };
        let closing = if post.locked.is_some() { closing(c, post.id)? } else { None };
        Ok(Self {
            replies: app::view::posts(c, below)?,
            parents: app::view::posts(c, above)?,
            post: app::view::post(c, post)?,
            closing,
            gaps,
            last,
            liked: votes.into_iter().filter(|(_, vote)| *vote == Vote::Like).map(|(id, _)| id).collect(),
            is_staff: standing.is_some_and(|standing| policy::moderate(&standing).is_ok()),
        })
    }
}

/// What a post replies to, up to the beginning of its thread.
fn chain(id: PostId, parent_of: &HashMap<PostId, PostId>) -> Vec<PostId> {
    let mut found = Vec::new();
    let mut at = id;
    while let Some(parent) = parent_of.get(&at).filter(|parent| !found.contains(*parent)) {
        found.push(*parent);
        at = *parent;
    }
    found
}

/// The posts that reply to `top`, directly or not.
fn descendants(top: PostId, branches: &[(PostId, Option<PostId>)]) -> Vec<PostId> {
    let mut below = HashSet::from([top]);
    // What came from elsewhere may be older by its number than what it replies to.
    loop {
        let before = below.len();
        below.extend(
            branches
                .iter()
                .filter(|(_, parent)| parent.is_some_and(|parent| below.contains(&parent)))
                .map(|(id, _)| *id)
                .collect::<Vec<_>>(),
        );
        if below.len() == before {
            break;
        }
    }
    branches.iter().map(|(id, _)| *id).filter(|id| *id != top && below.contains(id)).collect()
}

/// What is gone but has replies among `shown`: it leaves a place, and the reason if it was taken out.
fn gaps(c: &mut Conn, top: PostId, shown: &[PostId], parent_of: &HashMap<PostId, PostId>) -> store::Result<Vec<Gap>> {
    let known: HashSet<PostId> = shown.iter().copied().chain([top]).collect();
    let mut missing: Vec<PostId> = Vec::new();
    for id in shown {
        for parent in chain(*id, parent_of) {
            if known.contains(&parent) || missing.contains(&parent) {
                break;
            }
            missing.push(parent);
        }
    }
    let mut found = posts::by_ids(c, &missing)?;
    // What was for few leaves no trace.
    found.retain(|post| post.audience.is_open() && !post.is_live());
    let ids: Vec<PostId> = found.iter().map(|post| post.id).collect();
    let said = log::about(c, &ids)?;
    let reason = |post: &Post| {
        let is_removal = |entry: &&log::Entry| entry.post_id == Some(post.id.0) && entry.action == "remove";
        said.iter().rfind(is_removal).map(|entry| entry.reason.clone()).unwrap_or_default()
    };
    let gap = |post: Post| Gap {
        id: post.id,
        parent: post.parent,
        reason: if post.deleted.is_some() { String::new() } else { reason(&post) },
        is_removed: post.deleted.is_none(),
    };
    Ok(found.into_iter().map(gap).collect())
}

/// Who closed a thread, and what they said about it.
fn closing(c: &mut Conn, id: PostId) -> store::Result<Option<(Actor, String)>> {
    let said = log::about(c, &[id])?;
    let Some(entry) = said.into_iter().rfind(|entry| entry.action == "lock") else { return Ok(None) };
    Ok(store::actors::by_id(c, ActorId(entry.actor_id))?.map(|by| (by, entry.reason)))
}

fn describe(app: &App, visit: &Visit, read: Read, asked: &Asked) -> Thread {
    let (site, t) = (app.site(), visit.language);
    let Read { post, parents, closing, replies, gaps, last, liked, is_staff } = read;
    let made = |view: &PostView| Card {
        voted: liked.contains(&view.post.id),
        mine: visit.viewer() == Some(view.post.author),
        ..Card::new(site, t, view)
    };
    let (is_first, is_linear) = (asked.after.is_none(), asked.view == LINEAR);
    let mut card = made(&post);
    if is_first && last.is_none() {
        // Here they can be counted, those on deeper levels too.
        card.replies = t.replies(replies.len());
    }
    let title = match &card.group {
        Some(group) => format!("{} · {}", card.headline, group.name),
        None => format!("{} · {}", card.headline, card.author.name),
    };
    let is_local = post.post.local;
    let mut frame = if is_local && post.author.indexable && is_first && !is_linear {
        Frame::public(visit, title, card.page.clone())
    } else {
        Frame::private(visit, title)
    };
    frame.document = is_local.then(|| post.post.uri.clone());
    frame.kind = "article";
    frame.description = match &card.warning {
        Some(warning) => warning.clone(),
        None => html::excerpt(&post.post.content.html, DESCRIPTION),
    };
    let view = |view: &str| urls::asking(&card.page, &[("view", view)]);
    let more = last.map(|last| {
        urls::asking(&card.page, &[("view", if is_linear { LINEAR } else { "" }), ("after", &last.to_string())])
    });
    Thread {
        parents: parents.iter().map(|view| Card::new(site, t, view)).collect(),
        closing: closing.map(|(by, reason)| Closing { by: Face::new(site, &by), reason }),
        replies: arrange(post.post.id, is_linear, &replies, gaps, made),
        other_view: view(if is_linear { "" } else { LINEAR }),
        may_reply: visit.me.is_some() && (!card.locked || is_staff),
        write: compose::PATH,
        is_staff,
        is_linear,
        more,
        frame,
        card,
    }
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
            opens: next > *level,
            closes: level.saturating_sub(next),
        }
    };
    order.iter().zip(levels.windows(2)).map(reply).collect()
}

/// Replies in the order of reading, each below what it replies to, with its level from 1 to [`LEVELS`].
fn order(top: PostId, replies: impl Iterator<Item = (PostId, Option<PostId>)> + Clone) -> Vec<(PostId, usize)> {
    let known: HashSet<PostId> = replies.clone().map(|(id, _)| id).collect();
    let mut children: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, parent) in replies {
        let parent = parent.filter(|parent| known.contains(parent) && *parent != id).unwrap_or(top);
        children.entry(parent).or_default().push(id);
    }
    let mut ordered = Vec::with_capacity(known.len());
    // A stack and no recursion: how deep a thread goes is up to strangers. Taking lists out ends every circle.
    let mut waiting: Vec<(PostId, usize)> = Vec::new();
    let mut visit = |id: PostId, level: usize, waiting: &mut Vec<(PostId, usize)>| {
        let below = children.remove(&id).unwrap_or_default();
        waiting.extend(below.into_iter().rev().map(|child| (child, (level + 1).min(LEVELS))));
    };
    visit(top, 0, &mut waiting);
    while let Some((id, level)) = waiting.pop() {
        ordered.push((id, level));
        visit(id, level, &mut waiting);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(replies: &[(i64, i64)]) -> Vec<(i64, usize)> {
        let replies = replies.iter().map(|(id, parent)| (PostId(*id), Some(PostId(*parent))));
        order(PostId(1), replies).into_iter().map(|(id, level)| (id.0, level)).collect()
    }

    #[test]
    fn replies_stand_below_what_they_reply_to() {
        assert_eq!(ordered(&[(2, 1), (3, 1), (4, 2), (5, 4), (6, 3)]), [(2, 1), (4, 2), (5, 3), (3, 1), (6, 2)]);
    }

    #[test]
    fn orphans_circles_and_depths_do_no_harm() {
        assert_eq!(ordered(&[(3, 99), (4, 4)]), [(3, 1), (4, 1)]);
        assert_eq!(ordered(&[(5, 6), (6, 5), (7, 1)]), [(7, 1)]);
        let chain: Vec<(i64, i64)> = (2..10_000).map(|id| (id, id - 1)).collect();
        assert_eq!(ordered(&chain).last(), Some(&(9_999, LEVELS)));
    }
}
