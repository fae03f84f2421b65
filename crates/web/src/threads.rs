//! The page of a post: what it says, and the replies below it.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Result, view::PostView};
use askama::Template;
use domain::{id::PostId, post::Post, text::html, urls};
use serde::Deserialize;
use store::{
    Conn,
    posts::{self, List, Page},
};

use crate::{
    actors,
    answer::{self, Frame, Keep, Visit},
    cards::Card,
};

/// How many posts of a thread one page holds.
const POSTS: i64 = 200;
/// How deep replies are shown inside one another; deeper ones line up below.
const LEVELS: usize = 6;
const DESCRIPTION: usize = 200;

/// From where on a page lists.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    after: Option<i64>,
}

/// A reply in the order of the page.
struct Reply {
    card: Card,
    level: usize,
    /// Whether a deeper list begins after it.
    opens: bool,
    /// How many lists end after it.
    closes: usize,
}

#[derive(Template)]
#[template(path = "thread.html")]
struct Thread {
    frame: Frame,
    card: Card,
    /// The page of the thread that this is a part of.
    whole: Option<String>,
    replies: Vec<Reply>,
    more: Option<String>,
}

/// `GET /@NAME/ID`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    from: Option<Query<From>>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let (name, id) = path.into_inner();
    let from = from.map(Query::into_inner).unwrap_or_default();
    match respond(&request, &app, &visit, &name, &id, from).await {
        Ok(answer) => answer,
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn respond(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    name: &str,
    id: &str,
    from: From,
) -> Result<HttpResponse> {
    let id = id.parse::<PostId>().ok().filter(|number| number.to_string() == id).ok_or(Error::NotFound)?;
    let named = actors::named(&visit.host, name)?;
    if let Some(author) = named.elsewhere_here(app.site(), &visit.host) {
        return Ok(answer::redirect(StatusCode::MOVED_PERMANENTLY, &urls::post(&author, id)));
    }
    let ours = visit.host.clone();
    let page = Page { after: from.after.map(PostId), ..Page::first(POSTS) };
    let found = app.read(move |c| {
        let Some(author) = actors::find(c, &named, &ours)? else { return Ok(None) };
        let by_author = |post: &Post| post.author == author.id;
        if let Some(post) = posts::seen(c, id, None)?.filter(|post| by_author(post) && author.deleted.is_none()) {
            return Ok(Some(Found::Thread(Box::new(Read::thread(c, post, page)?))));
        }
        let deleted = posts::by_id(c, id)?.filter(|post| by_author(post) && post.deleted.is_some());
        Ok(deleted.filter(|post| post.local && post.audience.is_open()).map(|_| Found::Deleted))
    });
    Ok(match found.await?.ok_or(Error::NotFound)? {
        Found::Deleted => answer::gone(request, visit),
        Found::Thread(read) => {
            let thread = describe(app, visit, *read, from.after.is_none());
            answer::page(request, StatusCode::OK, Keep::Briefly, &thread)
        }
    })
}

enum Found {
    Deleted,
    Thread(Box<Read>),
}

struct Read {
    post: PostView,
    root: Option<PostView>,
    replies: Vec<PostView>,
    last: Option<PostId>,
}

impl Read {
    fn thread(c: &mut Conn, post: Post, page: Page) -> store::Result<Self> {
        let ids = posts::list(c, List::Thread(post.root), None, page)?;
        let full = i64::try_from(ids.len()).is_ok_and(|length| length == page.limit);
        let last = ids.last().copied().filter(|_| full);
        let all = posts::by_ids(c, &ids)?;
        let below = descendants(post.id, post.id == post.root, all);
        let root = if post.id == post.root { None } else { posts::seen(c, post.root, None)? };
        let root = root.map(|root| app::view::post(c, root)).transpose()?;
        Ok(Self { replies: app::view::posts(c, below)?, post: app::view::post(c, post)?, root, last })
    }
}

/// The posts that reply to `top`, directly or not. Below the top of a thread that is all of them, also those whose
/// parents cannot be seen.
fn descendants(top: PostId, is_root: bool, mut posts: Vec<Post>) -> Vec<Post> {
    posts.retain(|post| post.id != top);
    if is_root {
        return posts;
    }
    let mut below = std::collections::HashSet::from([top]);
    // What came from elsewhere may be older by its number than what it replies to.
    loop {
        let before = below.len();
        let is_below = |post: &&Post| post.parent.is_some_and(|parent| below.contains(&parent));
        let found: Vec<PostId> = posts.iter().filter(is_below).map(|post| post.id).collect();
        below.extend(found);
        if below.len() == before {
            break;
        }
    }
    posts.retain(|post| below.contains(&post.id));
    posts
}

fn describe(app: &App, visit: &Visit, read: Read, is_first: bool) -> Thread {
    let (site, t) = (app.site(), visit.language);
    let Read { post, root, replies, last } = read;
    let mut card = Card::new(site, t, &post);
    if is_first && last.is_none() {
        // Here they can be counted, those on deeper levels too.
        card.replies = t.replies(i64::try_from(replies.len()).unwrap_or(i64::MAX));
    }
    let title = format!("{} · {}", card.headline, card.author.name);
    let is_local = post.post.local;
    let mut frame = if is_local && post.author.indexable && is_first {
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
    let order = order(post.post.id, replies.iter().map(|view| (view.post.id, view.post.parent)));
    let mut cards: HashMap<PostId, Card> =
        replies.iter().map(|view| (view.post.id, Card::new(site, t, view))).collect();
    let levels: Vec<usize> = order.iter().map(|(_, level)| *level).chain([1]).collect();
    let replies = order.iter().zip(levels.windows(2)).filter_map(|((id, level), pair)| {
        let next = pair.last().copied().unwrap_or(1);
        Some(Reply { card: cards.remove(id)?, level: *level, opens: next > *level, closes: level.saturating_sub(next) })
    });
    Thread {
        replies: replies.collect(),
        whole: root.map(|root| Card::new(site, t, &root).page),
        more: last.map(|last| urls::page_after(&card.page, last.0)),
        frame,
        card,
    }
}

/// Replies in the order of reading, each below what it replies to, with its level from 1 to [`LEVELS`].
fn order(top: PostId, replies: impl Iterator<Item = (PostId, Option<PostId>)> + Clone) -> Vec<(PostId, usize)> {
    let known: std::collections::HashSet<PostId> = replies.clone().map(|(id, _)| id).collect();
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
