//! What Mastodon has and this server has not, answered as where it is off, because clients ask for it unasked.
use actix_web::{
    HttpResponse,
    web::{ServiceConfig, post},
};
use serde_json::json;

use crate::{
    caller::{Read, Viewer},
    route::{absent, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/accounts/{id}/collections").route(get().to(no_collections)))
        .service(at("/v1/accounts/{id}/in_collections").route(get().to(no_collections)))
        .service(at("/v1/collections/{id}").route(get().to(absent)))
        .service(at("/v1/collections/{id}/items/{key}/revoke").route(post().to(absent)));
}

async fn no_collections(_: Viewer<Read>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "collections": [] }))
}
