//! The one style sheet, under a name that changes whenever it does.
use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header};

/// The route of the style sheet; any version of it answers, so that old pages keep their looks.
pub(crate) const PATH: &str = "/assets/style-{version}.css";

const SHEET: &str = include_str!("../assets/style.css");

/// Where this version of the style sheet is.
pub(crate) fn path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/style-{:016x}.css", fingerprint(SHEET)));
    &PATH
}

/// FNV-1a: tells versions apart, and nothing else depends on it.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `GET /assets/style-VERSION.css`
pub(crate) async fn show() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(SHEET)
}
