//! Pages: which part of a list is asked for, and the links to its neighbours.
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::header::{self, ContentType},
};
use domain::{id::PostId, urls::Site};
use serde::Serialize;
use store::timelines::Window;
use url::form_urlencoded;

use crate::{error::Error, params::Params};

/// The window that is asked for, at most `most` items.
pub(crate) fn window(params: &Params, usual: i64, most: i64) -> Window {
    let (nearest, since) = (params.number("min_id"), params.number("since_id"));
    Window {
        before: params.number("max_id").unwrap_or(i64::MAX),
        after: nearest.or(since).unwrap_or(0),
        nearest: nearest.is_some(),
        limit: limit(params, usual, most),
    }
}

/// The same for a list of posts. A thread passed on by its group stands where the thread itself stands.
pub(crate) fn window_of_posts(params: &Params, usual: i64, most: i64) -> Window {
    let window = window(params, usual, most);
    let post = PostId::at_or_before(window.before);
    if window.before == post.passed_on() { Window { before: post.0, ..window } } else { window }
}

/// How many items are asked for.
pub(crate) fn limit(params: &Params, usual: i64, most: i64) -> i64 {
    params.number("limit").filter(|limit| *limit > 0).unwrap_or(usual).min(most)
}

/// The numbers at the ends of a page, and whether it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    newest: i64,
    oldest: i64,
    full: bool,
}

impl Ends {
    /// Of a page between these numbers.
    pub(crate) fn between(newest: i64, oldest: i64, full: bool) -> Self {
        Self { newest, oldest, full }
    }

    /// Of a page with these numbers, newest first.
    pub(crate) fn of(mut numbers: impl ExactSizeIterator<Item = i64>, window: Window) -> Option<Self> {
        let full = i64::try_from(numbers.len()).is_ok_and(|count| count >= window.limit);
        let newest = numbers.next()?;
        Some(Self { newest, oldest: numbers.last().unwrap_or(newest), full })
    }
}

/// Answers with a page.
pub(crate) fn answer(request: &HttpRequest, site: &Site, items: &impl Serialize, ends: Option<Ends>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(ends) = ends {
        answer.insert_header((header::LINK, links(request, site, ends)));
    }
    json(&mut answer, items)
}

/// How long most lists are at most: with so much room they are not moved while they grow.
const ROOM: usize = 128 << 10;

/// Answers with something long.
pub(crate) fn json(answer: &mut HttpResponseBuilder, items: &impl Serialize) -> HttpResponse {
    let mut body = Vec::with_capacity(ROOM);
    match serde_json::to_writer(&mut body, items) {
        Ok(()) => answer.content_type(ContentType::json()).body(body),
        Err(error) => Error::from(app::Error::internal(error)).error_response(),
    }
}

fn links(request: &HttpRequest, site: &Site, ends: Ends) -> String {
    let link = |name: &str, number: i64, rel: &str| {
        let kept = form_urlencoded::parse(request.query_string().as_bytes())
            .filter(|(key, _)| !matches!(key.as_ref(), "max_id" | "min_id" | "since_id"));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair(name, &number.to_string())
            .finish();
        format!("<{}?{query}>; rel=\"{rel}\"", site.page(request.path()))
    };
    let previous = link("min_id", ends.newest, "prev");
    if ends.full { format!("{}, {previous}", link("max_id", ends.oldest, "next")) } else { previous }
}
