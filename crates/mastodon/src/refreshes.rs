//! What is fetched while a client already has an answer: it is told where to ask whether there is more now.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use app::{App, backfills};
use domain::id::PostId;
use serde::Serialize;

use crate::{
    caller::{Allowed, Read},
    error::{Error, Result},
    route::{Word, at, get},
};

/// The header that says where to ask.
pub(crate) const HEADER: &str = "mastodon-async-refresh";

/// How long to wait before asking, in seconds; as Mastodon does.
const RETRY: u32 = 3;

/// What the number of a post stands behind, in what is fetched for its thread.
const CONTEXT: &str = "context-";

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1_alpha/async_refreshes/{id}").route(get().to(show)));
}

/// What the header says of what is fetched for the thread of a post, of which so many posts were found.
pub(crate) fn of_context(post: PostId, found: u64) -> String {
    format!("id=\"{CONTEXT}{post}\", retry={RETRY}, result_count={found}")
}

#[derive(Debug, Serialize)]
struct Refresh {
    async_refresh: AsyncRefresh,
}

/// An `AsyncRefresh`.
#[derive(Debug, Serialize)]
struct AsyncRefresh {
    id: String,
    status: &'static str,
    result_count: u64,
}

/// Whoever may read the post may know.
async fn show(app: Data<App>, caller: Allowed<Read>, Word(id): Word) -> Result<HttpResponse> {
    let post = id.strip_prefix(CONTEXT).and_then(|number| number.parse().ok()).ok_or_else(Error::missing)?;
    let progress = backfills::progress_of(&app, post, Some(caller.me.0)).await?.ok_or_else(Error::missing)?;
    let status = if progress.is_running { "running" } else { "finished" };
    Ok(HttpResponse::Ok().json(Refresh { async_refresh: AsyncRefresh { id, status, result_count: progress.found } }))
}
