//! What admins decide elsewhere and not here: nothing is shown by anybody's leave, so nothing waits for one.
use actix_web::{
    HttpResponse,
    web::{ServiceConfig, post, put},
};

use crate::{
    caller::{AdminRead, AdminWrite, Allowed},
    entities::Nothing,
    error::{Error, Result},
    route::{at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/admin/tags").route(get().to(nothing)))
        .service(at("/v1/admin/tags/{id}").route(get().to(none)).route(put().to(not_decided)))
        .service(at("/v1/admin/trends/tags").route(get().to(nothing)))
        .service(at("/v1/admin/trends/statuses").route(get().to(nothing)))
        .service(at("/v1/admin/trends/links").route(get().to(nothing)))
        .service(at("/v1/admin/trends/links/publishers").route(get().to(nothing)))
        .service(at("/v1/admin/trends/tags/{id}/approve").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/tags/{id}/reject").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/statuses/{id}/approve").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/statuses/{id}/reject").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/links/{id}/approve").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/links/{id}/reject").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/links/publishers/{id}/approve").route(post().to(not_decided)))
        .service(at("/v1/admin/trends/links/publishers/{id}/reject").route(post().to(not_decided)));
}

async fn nothing(_: Allowed<AdminRead>) -> HttpResponse {
    HttpResponse::Ok().json(Nothing::default())
}

async fn none(_: Allowed<AdminRead>) -> Result<HttpResponse> {
    Err(Error::missing())
}

async fn not_decided(_: Allowed<AdminWrite>) -> Result<HttpResponse> {
    Err(Error::missing())
}
