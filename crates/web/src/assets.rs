//! The style sheet, the scripts and the mark, each under a name that changes whenever it does.
use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    body::MessageBody,
    http::header::{self, HeaderValue},
    web::Path,
};
use domain::charter::Colour;

/// The routes; any version answers, so that old pages keep their looks.
pub(crate) const STYLE: &str = "/assets/style-{version}.css";
pub(crate) const MARK: &str = "/assets/mark-{version}.svg";

/// The route of the colour of a community, by its six digits.
pub(crate) const COLOUR: &str = "/assets/colour-{hash}.css";

pub(crate) const SCRIPT: &str = "/assets/page-{version}.js";

/// The script that asks for passkeys, where there is something to ask.
pub(crate) const PASSKEYS: &str = "/assets/passkeys-{version}.js";

const PAGE: &str = include_str!("../assets/page.js");
const ASKING: &str = include_str!("../assets/passkeys.js");
const SHEET: &str = include_str!("../assets/style.css");
const SIGN: &str = include_str!("../assets/mark.svg");

/// Where this version of the style sheet is.
pub(crate) fn style() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| STYLE.replace("{version}", &fingerprint(SHEET)));
    &PATH
}

/// Where this version of the mark is.
pub(crate) fn mark() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| MARK.replace("{version}", &fingerprint(SIGN)));
    &PATH
}

/// Where the sheet is that paints a page in a colour.
pub(crate) fn colour(colour: Colour) -> String {
    COLOUR.replace("{hash}", &colour.digits())
}

/// `GET /assets/colour-DIGITS.css`
pub(crate) async fn show_colour(digits: Path<String>) -> HttpResponse {
    match digits.parse::<Colour>() {
        Ok(colour) if colour.is_legible() && colour.digits() == *digits => {
            answer("text/css; charset=utf-8", format!(".toned, .toned .square {{ --tone: {colour}; }}\n"))
        }
        _ => HttpResponse::NotFound().finish(),
    }
}

/// Where this version of the script is.
pub(crate) fn script() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| SCRIPT.replace("{version}", &fingerprint(PAGE)));
    &PATH
}

/// Where this version of the script is that asks for passkeys.
pub(crate) fn passkeys() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| PASSKEYS.replace("{version}", &fingerprint(ASKING)));
    &PATH
}

/// FNV-1a: tells versions apart, and nothing else depends on it.
fn fingerprint(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// `GET /assets/style-VERSION.css`
pub(crate) async fn show_style() -> HttpResponse {
    answer("text/css; charset=utf-8", SHEET)
}

/// `GET /assets/page-VERSION.js`
pub(crate) async fn show_script() -> HttpResponse {
    answer("text/javascript; charset=utf-8", PAGE)
}

/// `GET /assets/passkeys-VERSION.js`
pub(crate) async fn show_passkeys() -> HttpResponse {
    answer("text/javascript; charset=utf-8", ASKING)
}

/// `GET /assets/mark-VERSION.svg`
pub(crate) async fn show_mark() -> HttpResponse {
    answer("image/svg+xml", SIGN)
}

fn answer(kind: &'static str, body: impl MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(kind)))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"))
        .body(body)
}
