//! Statuses: reading one with its thread and its source, and deleting it. Writing and reacting are next door.
use std::collections::{HashMap, HashSet};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, media, posts, shares};
use domain::{
    filter::Place,
    id::{ActorId, PostId},
    policy::Refusal,
    post::Post,
    text::html,
};
use serde::Serialize;
use store::{
    Conn,
    people::{For, People},
    timelines::{self, By, Entry},
};

use crate::{
    accounts::people,
    caller::{Allowed, ReadStatuses, Viewer, WriteStatuses},
    entities::{
        Id, Reader,
        status::{self, Status},
    },
    error::{Error, Result},
    paging,
    params::{Asked, Sent},
    refreshes,
    route::{Number, at, get},
};

mod own;
mod react;
mod schedule;
pub(crate) mod write;

/// The longest thread that is shown, to somebody of here.
const LONGEST: usize = 4_096;

/// How many statuses one may ask for at one time.
const MANY: usize = 40;

/// How much of a thread strangers see: what stands above, and what stands below.
const STRANGERS: (usize, usize) = (40, 60);

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v1/statuses/{id}").route(get().to(show)).route(web::delete().to(remove));
    cfg.service(at("/v1/statuses").route(get().to(many)).route(web::post().to(write::create)))
        .service(one.route(web::put().to(write::edit)).route(web::patch().to(write::edit)))
        .service(at("/v1/statuses/{id}/favourited_by").route(get().to(favourited_by)))
        .service(at("/v1/statuses/{id}/reblogged_by").route(get().to(reblogged_by)))
        .service(at("/v1/statuses/{id}/context").route(get().to(context)))
        .service(at("/v1/statuses/{id}/source").route(get().to(source)))
        .configure(own::routes)
        .configure(schedule::routes)
        .configure(react::routes);
}

/// What a client's number stands for, if `me` may read it.
pub(crate) async fn find(app: &App, number: i64, me: Option<Me>) -> Result<Entry> {
    let viewer = me.map(|me| me.0);
    app.read(move |c| timelines::entry(c, number, viewer)).await?.ok_or_else(Error::missing)
}

/// The post behind a client's number, if `me` may read it.
pub(crate) async fn find_post(app: &App, number: i64, me: Me) -> Result<Post> {
    let entry = find(app, number, Some(me)).await?;
    app.read(move |c| store::posts::seen(c, entry.post, Some(me.0))).await?.ok_or_else(Error::missing)
}

/// The status of an entry that `me` may read.
pub(crate) async fn status(app: &App, me: Option<Me>, entry: Entry) -> Result<Status> {
    let reader = Reader::new(app, me);
    app.read(move |c| status::one(c, &reader, entry)).await?.ok_or_else(Error::missing)
}

async fn show(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let entry = find(&app, id, caller.me).await?;
    Ok(HttpResponse::Ok().json(status(&app, caller.me, entry).await?))
}

/// Several statuses by their numbers, in their order.
async fn many(app: Data<App>, caller: Viewer<ReadStatuses>, Asked(params): Asked) -> Result<HttpResponse> {
    let numbers: Vec<i64> = params.numbers("id").into_iter().take(MANY).collect();
    let (viewer, reader) = (caller.id(), Reader::new(&app, caller.me));
    let statuses = app.read(move |c| {
        let entries = timelines::entries_of(c, &numbers, viewer)?;
        status::list(c, &reader, &entries)
    });
    Ok(HttpResponse::Ok().json(statuses.await?))
}

/// Who likes a post.
async fn favourited_by(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let entry = find(&app, id, caller.me).await?;
    people::page(&app, &request, &params, People::Liking(entry.post), For::Viewer(caller.id())).await
}

/// Who passed a post on.
async fn reblogged_by(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let entry = find(&app, id, caller.me).await?;
    people::page(&app, &request, &params, People::Sharing(entry.post), For::Viewer(caller.id())).await
}

/// What is written in a post, for whoever writes it anew.
fn written(post: &Post) -> String {
    post.content.source.clone().unwrap_or_else(|| html::to_text(&post.content.html))
}

/// A `StatusSource`.
#[derive(Debug, Serialize)]
struct Source {
    id: Id,
    text: String,
    spoiler_text: String,
}

async fn source(app: Data<App>, caller: Allowed<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let post = find_post(&app, id, caller.me).await?;
    if post.author != caller.me.0 {
        return Err(Error::denied(Refusal::NotAuthor));
    }
    let spoiler_text = post.content.warning.clone().unwrap_or_default();
    Ok(HttpResponse::Ok().json(Source { id: Id(post.id.0), text: written(&post), spoiler_text }))
}

/// Deletes what I wrote, takes back what I passed on, and, where I keep order, takes a post out of its group.
async fn remove(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let (me, params) = (caller.me, sent.read()?);
    let entry = find(&app, id, Some(me)).await?;
    let status = status(&app, Some(me), entry).await?;
    if let By::Share(by, _) = entry.by {
        if by != me.0 {
            return Err(Error::missing());
        }
        shares::remove(&app, me, entry.post).await?;
        return Ok(HttpResponse::Ok().json(status));
    }
    let post = find_post(&app, id, me).await?;
    posts::delete(&app, me, post.id).await?;
    if post.author == me.0 && params.flag("delete_media") == Some(true) {
        // Otherwise they are kept for a day, for whoever writes it anew.
        for media in post.content.attachments.iter().filter_map(|attachment| attachment.media) {
            media::discard(&app, me, media).await?;
        }
    }
    let status = if post.author == me.0 { status.with_text(written(&post)) } else { status };
    Ok(HttpResponse::Ok().json(status))
}

/// A `Context`.
#[derive(Debug, Serialize)]
struct Context {
    ancestors: Vec<Status>,
    descendants: Vec<Status>,
}

async fn context(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let entry = find(&app, id, caller.me).await?;
    let (reader, viewer) = (Reader::new(&app, caller.me).at(Place::Thread), caller.id());
    let found = if caller.me.is_some() { app::backfills::opened(&app, entry.post).await? } else { None };
    let most = if viewer.is_some() { (LONGEST, LONGEST) } else { STRANGERS };
    let context = app.read(move |c| {
        let (above, below) = around(c, entry.post, viewer, most)?;
        let all: Vec<Entry> = above.iter().chain(&below).copied().map(Entry::of).collect();
        let statuses = status::list(c, &reader, &all)?.into_iter();
        let above: HashSet<PostId> = above.into_iter().collect();
        let (ancestors, descendants) = statuses.partition(|status| above.contains(&status.post()));
        Ok(Context { ancestors, descendants })
    });
    let mut answer = HttpResponse::Ok();
    if let Some(found) = found {
        answer.insert_header((refreshes::HEADER, refreshes::of_context(entry.post, found)));
    }
    Ok(paging::json(&mut answer, &context.await?))
}

/// What stands above a post, from the root, and what stands below it, branch by branch. What `viewer` may not read is
/// left out, and what hangs on it stays.
fn around(
    c: &mut Conn,
    post: PostId,
    viewer: Option<ActorId>,
    (most_above, most_below): (usize, usize),
) -> store::Result<(Vec<PostId>, Vec<PostId>)> {
    let limit = i64::try_from(LONGEST).unwrap_or(i64::MAX);
    let Some(root) = store::posts::by_id(c, post)?.map(|post| post.root) else { return Ok((Vec::new(), Vec::new())) };
    let thread = store::branches::seen_by(c, root, viewer, limit)?;
    let seen: HashSet<PostId> = thread.iter().filter(|(.., shown)| *shown).map(|(id, ..)| *id).collect();
    let parents: HashMap<PostId, PostId> =
        thread.iter().filter_map(|(id, parent, _)| Some((*id, (*parent)?))).collect();
    let mut replies: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, parent, _) in thread.iter().rev() {
        if let Some(parent) = parent {
            replies.entry(*parent).or_default().push(*id);
        }
    }
    // Every post leads to one parent, and each is taken once: a circle, which there cannot be, would end too.
    let mut above: Vec<PostId> = std::iter::successors(parents.get(&post).copied(), |id| parents.get(id).copied())
        .take(thread.len())
        .filter(|id| seen.contains(id))
        .take(most_above)
        .collect();
    above.reverse();
    let (mut below, mut next) = (Vec::new(), replies.remove(&post).unwrap_or_default());
    while let Some(id) = next.pop() {
        if below.len() == most_below {
            break;
        }
        if seen.contains(&id) {
            below.push(id);
        }
        next.extend(replies.remove(&id).unwrap_or_default());
    }
    Ok((above, below))
}
