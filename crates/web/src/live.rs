//! Telling an open page of new replies, as they come: how many there are, and where the first of them is.
use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Query},
};
use app::{App, Error, Event, Result};
use domain::{id::PostId, post::Post, time::span, urls};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast::error::RecvError};

use crate::answer::{self, Visit};

/// Where a page hears of them.
pub(crate) const PATH: &str = "/live";
/// How often a line without a meaning keeps the connection open.
const PULSE: Duration = span::seconds(25);
/// How long one connection lasts; browsers open another one.
const LONGEST: Duration = span::minutes(30);
/// How many pages listen at one time.
const LISTENERS: usize = 5_000;

/// Which thread a page shows.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    thread: i64,
}

/// Where the page of a thread hears of new replies.
pub(crate) fn address(thread: PostId) -> String {
    urls::asking(PATH, &[("thread", &thread.to_string())])
}

/// Who listens: to which thread, and what came since.
struct Listener {
    app: App,
    visit: Visit,
    thread: PostId,
    page: String,
    events: tokio::sync::broadcast::Receiver<Arc<Event>>,
    until: domain::time::Timestamp,
    count: usize,
    first: Option<PostId>,
    _place: OwnedSemaphorePermit,
}

/// `GET /live`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let thread = PostId(asked.map_or(0, |asked| asked.thread));
    match listen(&app, visit.clone(), thread).await {
        Ok(listener) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("x-accel-buffering", "no"))
            .streaming(stream::unfold(listener, |mut listener| async move {
                let line = listener.next().await?;
                Some((Ok::<_, std::convert::Infallible>(line), listener))
            })),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn listen(app: &App, visit: Visit, thread: PostId) -> Result<Listener> {
    static PLACES: std::sync::LazyLock<Arc<Semaphore>> =
        std::sync::LazyLock::new(|| Arc::new(Semaphore::new(LISTENERS)));
    // From here on nothing is missed.
    let events = app.events();
    let viewer = visit.viewer();
    let post = app.read(move |c| store::posts::seen(c, thread, viewer)).await?;
    let post = post.filter(Post::is_thread).ok_or(Error::NotFound)?;
    let author = app.read(move |c| store::actors::by_id(c, post.author)).await?.ok_or(Error::NotFound)?;
    let place = PLACES.clone().try_acquire_owned();
    Ok(Listener {
        page: crate::compose::page_of(app, &author, thread),
        until: app.now() + LONGEST,
        app: app.clone(),
        visit,
        thread,
        events,
        count: 0,
        first: None,
        _place: place.map_err(|_full| Error::TooOften { wait: LONGEST })?,
    })
}

impl Listener {
    /// The next line that the page hears; nothing at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.app.now() > self.until {
                return None;
            }
            tokio::select! {
                () = self.app.tasks().closing() => return None,
                () = tokio::time::sleep(PULSE) => return Some(Bytes::from_static(b":\n\n")),
                event = self.events.recv() => match event {
                    Ok(event) => if let Some(line) = self.hear(&event).await {
                        return Some(line);
                    },
                    // Whoever cannot keep up hears of the next one.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// What is said of an event: how many new replies there are by now.
    async fn hear(&mut self, event: &Event) -> Option<Bytes> {
        let Event::Posted { post, .. } = event else { return None };
        let viewer = self.visit.viewer();
        if post.root != self.thread || post.is_thread() || viewer == Some(post.author) {
            return None;
        }
        let id = post.id;
        // Of what everybody may read the first who listens asks for all of them.
        let seen = self.app.read(move |c| store::timelines::visible_among(c, &[id], viewer)).await;
        seen.ok().filter(|seen| seen.contains(&id))?;
        self.count += 1;
        let first = *self.first.get_or_insert(id);
        let text = self.visit.language.new_replies(self.count);
        let said = serde_json::json!({ "text": text, "page": format!("{}?new={}#p{first}", self.page, self.count) });
        Some(Bytes::from(format!("data: {said}\n\n")))
    }
}
