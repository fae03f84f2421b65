//! Media over HTTP: pictures, films and sounds, ours and others', in whole or in part.
use std::{io, ops::Range};

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    guard,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
    web::{self, Bytes, Data, Path, Query, ServiceConfig},
};
use app::{
    App, Error,
    media::{self, Served, Wanted},
};
use domain::{
    id::{ActorId, CardId, EmojiId, PostId},
    urls::media::{self as paths, Portrait},
};
use futures_util::{TryStreamExt, stream};
use serde::Deserialize;

pub(crate) mod place;

/// Whatever a file is, it runs nothing.
const POLICY: &str = "default-src 'none'; form-action 'none'; sandbox";
/// What everybody may see never changes under its address.
const OPEN: &str = "public, max-age=31536000, immutable";
/// What is lent may be kept by whoever borrowed it.
const LENT: &str = "private, max-age=43200, immutable";

/// Adds the routes.
pub(crate) fn configure(cfg: &mut ServiceConfig) {
    let get = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    cfg.service(web::resource(paths::FILE).route(get().to(file)))
        .service(web::resource(paths::POST).route(get().to(attached)))
        .service(web::resource(paths::ACTOR).route(get().to(portrait)))
        .service(web::resource(paths::EMOJI).route(get().to(emoji)))
        .service(web::resource(paths::CARD).route(get().to(card)));
}

/// Until when something is lent, and the proof.
#[derive(Debug, Deserialize)]
struct Lent {
    until: Option<i64>,
    proof: Option<String>,
}

async fn file(request: HttpRequest, app: Data<App>, name: Path<String>, lent: Query<Lent>) -> HttpResponse {
    show(&request, &app, Wanted::File(name.into_inner()), &lent).await
}

async fn attached(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(i64, usize, String)>,
    lent: Query<Lent>,
) -> HttpResponse {
    let (post, place, mark) = path.into_inner();
    show(&request, &app, Wanted::Attached { post: PostId(post), place, mark }, &lent).await
}

async fn portrait(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(i64, String, String)>,
    lent: Query<Lent>,
) -> HttpResponse {
    let (actor, part, mark) = path.into_inner();
    match Portrait::from_segment(&part) {
        Some(portrait) => show(&request, &app, Wanted::Portrait { actor: ActorId(actor), portrait, mark }, &lent).await,
        None => refuse(&Error::NotFound),
    }
}

async fn emoji(request: HttpRequest, app: Data<App>, path: Path<(i64, String)>, lent: Query<Lent>) -> HttpResponse {
    let (emoji, mark) = path.into_inner();
    show(&request, &app, Wanted::Emoji { emoji: EmojiId(emoji), mark }, &lent).await
}

async fn card(request: HttpRequest, app: Data<App>, path: Path<(i64, String)>, lent: Query<Lent>) -> HttpResponse {
    let (card, mark) = path.into_inner();
    show(&request, &app, Wanted::Card { card: CardId(card), mark }, &lent).await
}

async fn show(request: &HttpRequest, app: &App, wanted: Wanted, lent: &Lent) -> HttpResponse {
    let lent = lent.until.zip(lent.proof.as_deref());
    match media::find(app, wanted, request.path(), lent).await {
        Ok(served) => answer(request, app, &served).await,
        Err(error) => refuse(&error),
    }
}

async fn answer(request: &HttpRequest, app: &App, served: &Served) -> HttpResponse {
    let tag = format!("\"{:x}-{}\"", served.size, paths::mark(request.path()));
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known == "*" || known.contains(&tag)) {
        return dress(StatusCode::NOT_MODIFIED, served, &tag).finish();
    }
    // A part of what was another thing before is worth nothing.
    let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let asked = text(header::RANGE).filter(|_| same).map_or(Asked::Whole, |range| Asked::read(range, served.size));
    let (status, range) = match asked {
        Asked::Whole => (StatusCode::OK, 0..served.size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Nothing => {
            return HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE)
                .insert_header((header::CONTENT_RANGE, format!("bytes */{}", served.size)))
                .finish();
        }
    };
    let mut answer = dress(status, served, &tag);
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (range.start, range.end - 1);
        answer.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", served.size)));
    }
    let length = range.end - range.start;
    if request.method() == Method::HEAD || length == 0 {
        // Nothing is sent, and how much it would be is said.
        return answer.body(SizedStream::new(length, stream::empty::<io::Result<Bytes>>()));
    }
    match media::read(app, served, range).await {
        Ok(bytes) => answer.no_chunking(length).streaming(bytes.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a file cannot be read to its end");
            actix_web::error::ErrorInternalServerError("")
        })),
        Err(error) => refuse(&error),
    }
}

fn dress(status: StatusCode, served: &Served, tag: &str) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, served.media_type.as_str()))
        .insert_header((header::ETAG, tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, if served.is_open { OPEN } else { LENT }))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    answer
}

fn refuse(error: &Error) -> HttpResponse {
    match error {
        Error::Internal(source) => {
            tracing::error!(error = %source, "media cannot be shown");
            let busy = error.is_busy();
            HttpResponse::build(if busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR })
                .finish()
        }
        _ => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("not found\n"),
    }
}

/// What of something is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    /// What there is not.
    Nothing,
}

impl Asked {
    /// One range of bytes; whoever wants several, or writes something else, gets the whole (RFC 9110, section 14.2).
    fn read(range: &str, size: u64) -> Self {
        let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
            return Self::Whole;
        };
        let part = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
            (Ok(first), _) if last.trim().is_empty() => first..size,
            (_, Ok(last)) if first.trim().is_empty() => size.saturating_sub(last)..size,
            _ => return Self::Whole,
        };
        if part.is_empty() { Self::Nothing } else { Self::Part(part) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_players_ask_for_them() {
        for (range, asked) in [
            ("bytes=0-", Asked::Part(0..10)),
            ("bytes=0-1", Asked::Part(0..2)),
            ("bytes=2-99", Asked::Part(2..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,4-5", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=18446744073709551615-", Asked::Nothing),
        ] {
            assert_eq!(Asked::read(range, 10), asked, "{range}");
        }
    }
}
