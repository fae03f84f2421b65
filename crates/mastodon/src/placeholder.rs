//! The pictures of those who have none. Clients know them by the end of their address and show their own instead.
use actix_web::{HttpResponse, http::header, web::ServiceConfig};
use domain::urls::Site;

use crate::route::{get, top};

const AVATAR: &str = "/avatars/original/missing.png";
const HEADER: &str = "/headers/original/missing.png";

/// Where the picture of those without one is.
pub(crate) fn avatar(site: &Site) -> String {
    site.page(AVATAR)
}

/// Where the banner of those without one is.
pub(crate) fn header(site: &Site) -> String {
    site.page(HEADER)
}

/// Adds the routes.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(top(AVATAR).route(get().to(|| async { picture(include_bytes!("../assets/avatar.png")) })))
        .service(top(HEADER).route(get().to(|| async { picture(include_bytes!("../assets/header.png")) })));
}

fn picture(bytes: &'static [u8]) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'none'; sandbox"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(bytes)
}
