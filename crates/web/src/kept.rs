//! Pages for visitors as bytes, kept for a moment: whatever happens here outdates all of them before the next request.
use std::{
    io::Write as _,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody as _},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web::{Bytes, Data},
};
use app::{App, Event};
use domain::{host::Host, time::Timestamp};
use flate2::{Compression, write::GzEncoder};
use moka::sync::Cache;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

use crate::{language::Language, session};

/// How long a page may be kept, in seconds: what other nodes change becomes visible here within this time, and so does
/// what is no event.
const LIFE: i64 = 8;
/// How many bytes are kept.
const CAPACITY: u64 = 32 << 20;
/// What is shorter is sent as it is.
const SHORT: usize = 1_024;

/// The pages of this server that are the same for every visitor.
#[derive(Clone)]
pub(crate) struct Pages(Arc<Inner>);

struct Inner {
    kept: Cache<String, Arc<Page>>,
    happened: Mutex<Happened>,
}

/// How much happened here.
struct Happened {
    events: Receiver<Arc<Event>>,
    count: u64,
}

impl Happened {
    fn catch_up(&mut self) -> u64 {
        loop {
            match self.events.try_recv() {
                Ok(_) | Err(TryRecvError::Lagged(_)) => self.count += 1,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return self.count,
            }
        }
    }
}

/// A page as it is sent.
struct Page {
    /// How much had happened when it was begun, and when that was.
    begun: (u64, i64),
    headers: HeaderMap,
    body: Bytes,
    /// The same, compressed, once somebody asked for that.
    packed: OnceLock<Bytes>,
}

impl Page {
    fn answer(&self, request: &ServiceRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        for header in &self.headers {
            answer.append_header(header);
        }
        if self.body.len() < SHORT || !takes_gzip(request) {
            return answer.body(self.body.clone());
        }
        let packed = self.packed.get_or_init(|| pack(&self.body, Compression::default()));
        answer.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))).body(packed.clone())
    }
}

/// An answer, compressed if it is a page or what a page needs.
fn packed(answer: ServiceResponse) -> ServiceResponse {
    let says = |name, what: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(what))
    };
    let is_text = says(header::CONTENT_TYPE, "text/") || says(header::CONTENT_TYPE, "image/svg+xml");
    if answer.status() != StatusCode::OK || !is_text || says(header::CACHE_CONTROL, "no-transform") {
        return answer;
    }
    let (request, answer) = answer.into_parts();
    let (mut head, body) = answer.into_parts();
    let whole = match body.try_into_bytes() {
        Ok(body) if body.len() >= SHORT => pack(&body, Compression::fast()),
        Ok(body) => return ServiceResponse::new(request, head.set_body(BoxBody::new(body))),
        Err(body) => return ServiceResponse::new(request, head.set_body(body)),
    };
    head.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    head.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    ServiceResponse::new(request, head.set_body(BoxBody::new(whole)))
}

fn pack(body: &Bytes, how: Compression) -> Bytes {
    let mut packed = GzEncoder::new(Vec::with_capacity(body.len() / 3), how);
    // Into memory nothing fails.
    packed.write_all(body).and_then(|()| packed.finish()).map(Bytes::from).unwrap_or_default()
}

fn takes_gzip(request: &ServiceRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(1.0) > 0.0
    })
}

impl Pages {
    /// None yet. One for all threads.
    pub(crate) fn new(app: &App) -> Self {
        let weigh = |key: &String, page: &Arc<Page>| {
            // Once for the body, and at most once more for what it is packed to.
            u32::try_from(key.len() + 2 * page.body.len() + 1_024).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(CAPACITY).weigher(weigh);
        let kept = kept.time_to_live(Duration::from_secs(LIFE.unsigned_abs())).build();
        Self(Arc::new(Inner { kept, happened: Mutex::new(Happened { events: app.events(), count: 0 }) }))
    }

    fn moment(&self, now: Timestamp) -> (u64, i64) {
        let mut happened = self.0.happened.lock().unwrap_or_else(PoisonError::into_inner);
        (happened.catch_up(), now.seconds().div_euclid(LIFE))
    }
}

/// Lends a visitor the page that another one was shown, or keeps what they are shown now. What is shown to those who are
/// signed in is not kept, and compressed each time: the tokens of its forms are masked, and pages that show other secrets say
/// that nobody may change them.
pub(crate) async fn lend(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let (Some(pages), Some(app)) = (request.app_data::<Data<Pages>>().cloned(), request.app_data::<Data<App>>()) else {
        return next.call(request).await;
    };
    if request.method() != Method::GET {
        return next.call(request).await;
    }
    if session::is_named(request.request(), app.site()) {
        let takes_gzip = takes_gzip(&request);
        let answer = next.call(request).await?;
        return Ok(if takes_gzip { packed(answer) } else { answer });
    }
    let (key, moment) = (key(&request, app), pages.moment(app.now()));
    if let Some(page) = pages.0.kept.get(&key).filter(|page| page.begun == moment) {
        let answer = page.answer(&request);
        return Ok(request.into_response(answer));
    }
    let answer = next.call(request).await?;
    let (request, answer) = answer.into_parts();
    let is_public = |value: &HeaderValue| value.as_bytes().starts_with(b"public");
    if answer.status() != StatusCode::OK || !answer.headers().get(header::CACHE_CONTROL).is_some_and(is_public) {
        return Ok(ServiceResponse::new(request, answer));
    }
    let (mut head, body) = answer.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
    };
    head.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let page = Arc::new(Page { begun: moment, headers: head.headers().clone(), body, packed: OnceLock::new() });
    pages.0.kept.insert(key, page.clone());
    let request = ServiceRequest::from_request(request);
    let answer = page.answer(&request);
    Ok(request.into_response(answer))
}

/// What a page depends on, beside what happens.
fn key(request: &ServiceRequest, app: &App) -> String {
    let host = request.request().extensions().get::<Host>().unwrap_or_else(|| app.site().host()).display();
    let language = Language::of(request.request(), app);
    format!("{} {} {host}{}", language.tag(), language.edition(), request.uri())
}
