//! Timelines: what one follows, and what is public.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use store::timelines::{self, Entry};

use crate::{
    caller::{Allowed, ReadStatuses, Viewer},
    entities::{Reader, status},
    error::Result,
    paging::{self, Ends},
    params::Asked,
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/timelines/home").route(get().to(home)))
        .service(at("/v1/timelines/public").route(get().to(public)));
}

async fn home(
    app: Data<App>,
    caller: Allowed<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let page = app.read(move |c| {
        let entries = timelines::home(c, me, window)?;
        let ends = Ends::of(entries.iter().map(|entry| entry.number), window);
        Ok((status::list(c, &reader, &entries)?, ends))
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

async fn public(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (viewer, reader) = (caller.id(), Reader::new(&app, caller.me));
    let is_on = |name: &str| params.flag(name) == Some(true);
    let local = match (is_on("local"), is_on("remote")) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let pictures = is_on("only_media");
    let page = app.read(move |c| {
        let posts = timelines::public(c, viewer, local, pictures, window)?;
        let ends = Ends::of(posts.iter().map(|post| post.0), window);
        let entries: Vec<Entry> = posts.into_iter().map(Entry::of).collect();
        Ok((status::list(c, &reader, &entries)?, ends))
    });
    let (statuses, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}
