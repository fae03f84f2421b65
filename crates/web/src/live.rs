//! Telling an open page of new replies, as they come: how many there are, and where the first of them is.
use std::{
    collections::{BTreeSet, HashMap},
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Query},
};
use app::{App, Change, Error, Event, Result, Whence, filters::Sieve};
use domain::{filter, id::PostId, post::Post, time::span, urls};
use futures_util::stream;
use serde::Deserialize;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Interval,
};

use crate::{
    answer::{self, Visit},
    login,
};

/// Where a page hears of them.
pub(crate) const PATH: &str = "/live";
/// How often a line without a meaning keeps the connection open.
const PULSE: Duration = span::seconds(25);
/// How long one connection lasts; browsers open another one.
const LONGEST: Duration = span::minutes(30);
/// How many pages listen at one time.
const LISTENERS: usize = 5_000;
/// How many of them from one neighbourhood, so that nobody takes the places of all.
pub(crate) const NEAR: usize = 100;
/// The most replies that are counted when a page comes late.
const MISSED: i64 = 1_000;

/// Which thread a page shows, and up to which post.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    thread: i64,
    #[serde(default = "newest")]
    after: i64,
}

/// For a page that does not say up to where it goes, all is new that comes from now on.
fn newest() -> i64 {
    i64::MAX
}

/// Where the page of a thread hears of replies that are newer than `last`. Browsers ask there again when the connection was
/// lost, and miss nothing.
pub(crate) fn address(thread: PostId, last: PostId) -> String {
    urls::asking(PATH, &[("thread", &thread.to_string()), ("after", &last.to_string())])
}

/// How many pages listen, by the neighbourhood they are in; nothing stands for the machine itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<Option<String>, usize>>>);

/// One of them, until it is dropped.
struct Place {
    places: Places,
    near: Option<String>,
}

impl Places {
    /// A place for one more, if there is one.
    fn take(&self, whence: &Whence) -> Option<Place> {
        let near = whence.neighbourhood();
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_crowded = near.is_some() && taken.get(&near).is_some_and(|taken| *taken >= NEAR);
        if is_crowded || taken.values().sum::<usize>() >= LISTENERS {
            return None;
        }
        *taken.entry(near.clone()).or_default() += 1;
        Some(Place { places: self.clone(), near })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.near) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.near);
            }
        }
    }
}

/// Who listens: to which thread, and what came since.
struct Listener {
    app: App,
    visit: Visit,
    thread: PostId,
    /// The last post that the page shows.
    after: PostId,
    page: String,
    events: Receiver<Arc<Event>>,
    changes: Receiver<Change>,
    pulse: Interval,
    until: domain::time::Timestamp,
    news: BTreeSet<PostId>,
    /// Whether there is news that the page was not told of.
    is_behind: bool,
    _place: Place,
}

/// `GET /live`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    places: Data<Places>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let (thread, after) = asked.map_or((0, 0), |asked| (asked.thread, asked.after));
    let place = places.take(&login::whence(&request)).ok_or(Error::TooOften { wait: LONGEST });
    let listener = async { listen(&app, visit.clone(), (PostId(thread), PostId(after)), place?).await };
    match listener.await {
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

async fn listen(app: &App, visit: Visit, (thread, after): (PostId, PostId), place: Place) -> Result<Listener> {
    // From here on nothing is missed.
    let (events, changes) = (app.events(), app.changes());
    let viewer = visit.viewer();
    let post = app.read(move |c| store::posts::seen(c, thread, viewer)).await?;
    let post = post.filter(Post::is_thread).ok_or(Error::NotFound)?;
    let author = app.read(move |c| store::actors::by_id(c, post.author)).await?.ok_or(Error::NotFound)?;
    let mut pulse = tokio::time::interval(PULSE);
    pulse.reset();
    let mut listener = Listener {
        page: crate::compose::page_of(app, &author, thread),
        until: app.now() + LONGEST,
        app: app.clone(),
        visit,
        thread,
        after,
        events,
        changes,
        pulse,
        news: BTreeSet::new(),
        is_behind: false,
        _place: place,
    };
    listener.is_behind = listener.catch_up().await;
    Ok(listener)
}

impl Listener {
    /// The next line that the page hears; nothing at the end.
    async fn next(&mut self) -> Option<Bytes> {
        while !std::mem::take(&mut self.is_behind) {
            if self.app.now() > self.until {
                return None;
            }
            tokio::select! {
                () = self.app.tasks().closing() => return None,
                _ = self.pulse.tick() => return Some(Bytes::from_static(b":\n\n")),
                change = self.changes.recv() => if self.is_over(&change) {
                    return None;
                },
                event = self.events.recv() => self.is_behind = match event {
                    Ok(event) => self.hear(&event).await,
                    Err(RecvError::Lagged(_)) => self.catch_up().await,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
        Some(self.line())
    }

    /// Whether whoever listens may not be who they were any more: then the browser asks again, as whoever it is now.
    fn is_over(&self, change: &std::result::Result<Change, RecvError>) -> bool {
        match change {
            Ok(Change::SignedOut(person)) => self.visit.viewer() == Some(*person),
            Ok(_) => false,
            Err(_) => true,
        }
    }

    /// Looks at what happened; whether it is news.
    async fn hear(&mut self, event: &Event) -> bool {
        let Event::Posted { post, .. } = event else { return false };
        if post.root != self.thread || post.is_thread() {
            return false;
        }
        let id = post.id;
        if self.visit.viewer().is_some() {
            return self.look(id..=id).await;
        }
        // Of what everybody may read the first who listens asks for all of them.
        let seen = self.app.read(move |c| store::timelines::visible_among(c, &[id], None)).await;
        seen.is_ok_and(|seen| seen.contains(&id)) && self.news.insert(id)
    }

    /// Looks at all that the page does not show; whether there is news.
    async fn catch_up(&mut self) -> bool {
        match self.after.0.checked_add(1) {
            Some(first) => self.look(PostId(first)..=PostId(i64::MAX)).await,
            None => false,
        }
    }

    /// Looks for news among these posts.
    async fn look(&mut self, range: RangeInclusive<PostId>) -> bool {
        let (thread, viewer, now) = (self.thread, self.visit.viewer(), self.app.now());
        let found = self.app.read(move |c| {
            let news = store::branches::news(c, thread, range, viewer, MISSED)?;
            Sieve::of(c, viewer, filter::Place::Thread, now)?.sift(c, news)
        });
        let found = found.await;
        let known = self.news.len();
        self.news.extend(found.unwrap_or_default());
        self.news.len() > known
    }

    /// What the page is told: how many new replies there are by now, and where the first of them is.
    fn line(&self) -> Bytes {
        let (count, first) = (self.news.len(), self.news.first().copied().unwrap_or(self.thread));
        let text = self.visit.language.new_replies(count);
        let said = serde_json::json!({ "text": text, "page": format!("{}?new={count}#p{first}", self.page) });
        Bytes::from(format!("data: {said}\n\n"))
    }
}
