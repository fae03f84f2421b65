//! Timelines: what one follows, what is public, what has a hashtag, what is in a list.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::{filter::Place, id::PostId, text::hashtag, urls};
use store::{
    Conn,
    timelines::{self, Entry, Open, Tagged, Window},
};

use crate::{
    caller::{Allowed, ReadLists, ReadStatuses, Viewer},
    entities::{
        Reader,
        list::{self, Source},
        status::{self, Status},
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params},
    route::{Number, Word, at, get},
};

/// How many hashtags one may ask for at one time, of each kind.
const TAGS: usize = 10;

/// The longest address of a page one may ask for, in bytes.
const LINK: usize = 2_000;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/timelines/home").route(get().to(home)))
        .service(at("/v1/timelines/public").route(get().to(public)))
        .service(at("/v1/timelines/tag/{name}").route(get().to(tag)))
        .service(at("/v1/timelines/link").route(get().to(link)))
        .service(at("/v1/timelines/list/{id}").route(get().to(of_list)));
}

/// The statuses of a page, and where it ends.
type Page = (Vec<Status>, Option<Ends>);

fn ends(entries: &[Entry], window: Window) -> Option<Ends> {
    Ends::of(entries.iter().map(|entry| entry.number), window)
}

fn page(c: &mut Conn, reader: &Reader, entries: &[Entry], window: Window) -> store::Result<Page> {
    Ok((status::list(c, reader, entries)?, ends(entries, window)))
}

fn page_of(c: &mut Conn, reader: &Reader, posts: Vec<PostId>, window: Window) -> store::Result<Page> {
    page(c, reader, &posts.into_iter().map(Entry::of).collect::<Vec<_>>(), window)
}

async fn home(
    app: Data<App>,
    caller: Allowed<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)).at(Place::Home));
    let page = app.read(move |c| {
        let entries = timelines::home(c, me, window)?;
        Ok((status::sift(c, &reader, &entries)?, ends(&entries, window)))
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

/// What of the public posts is asked for.
fn open(params: &Params) -> Open {
    let is_on = |name: &str| params.flag(name) == Some(true);
    let local = match (is_on("local"), is_on("remote")) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    Open { local, pictures: is_on("only_media") }
}

async fn public(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (viewer, reader, asked) = (caller.id(), Reader::new(&app, caller.me).at(Place::Public), open(&params));
    let page = app.read(move |c| {
        let posts = timelines::public(c, viewer, &asked, window)?;
        page_of(c, &reader, posts, window)
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

async fn tag(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Word(name): Word,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (viewer, reader, asked) = (caller.id(), Reader::new(&app, caller.me).at(Place::Public), open(&params));
    let named = |kind: &str| -> Vec<String> {
        params.list(kind).unwrap_or_default().iter().take(TAGS).map(|tag| hashtag::fold(tag)).collect()
    };
    let mut tags = Tagged { any: named("any"), all: named("all"), none: named("none") };
    tags.any.push(hashtag::fold(&name));
    let page = app.read(move |c| {
        let posts = timelines::tagged(c, viewer, &tags, &asked, window)?;
        page_of(c, &reader, posts, window)
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

/// What links to a page; nothing, if nobody does.
async fn link(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (viewer, reader) = (caller.id(), Reader::new(&app, caller.me).at(Place::Public));
    let url = params.text("url").and_then(|url| urls::page_at(&url, LINK));
    let page = app.read(move |c| {
        let card = url.map(|url| store::cards::at(c, &url)).transpose()?.flatten();
        let posts = card.map(|card| store::cards::linking(c, card.id, viewer, window)).transpose()?;
        page_of(c, &reader, posts.unwrap_or_default(), window)
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

async fn of_list(
    app: Data<App>,
    caller: Allowed<ReadLists>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)).at(Place::Home));
    let found = app.read(move |c| {
        let entries = match list::source(c, me, id)? {
            Some(Source::Own(list)) => timelines::of_list(c, &list, window)?,
            Some(Source::Group(group)) => {
                timelines::of_group(c, group, Some(me), &timelines::Asked::default(), window)?
            }
            None => return Ok(None),
        };
        page(c, &reader, &entries, window).map(Some)
    });
    let (statuses, ends) = found.await?.ok_or_else(Error::missing)?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}
