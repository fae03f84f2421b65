//! What other servers have, fetched once and kept for a while: nobody here is seen there when they read.
use std::{
    collections::{HashMap, hash_map::Entry},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    media::{Look, MediaType},
    time::span,
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use moka::sync::Cache;
use store::media::Cached;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{files, picture, recognise_any, sweep};
use crate::{App, Error, Result};

/// How long what was fetched is taken to be true.
const FRESH: Duration = span::days(30);
/// How long nobody asks again for what could not be had.
const VAIN: Duration = span::hours(1);
/// How long something is kept that nobody wants.
pub(super) const UNWANTED: Duration = span::days(14);
/// How exactly we know when something was last wanted.
const DAY: Duration = span::days(1);

/// How many files are fetched at once.
const AT_ONCE: usize = 64;

/// What becomes of a file that is being fetched.
type Flight = Shared<BoxFuture<'static, Option<Cached>>>;

/// What is being fetched just now, so that many who want the same wait for one; and what was a moment ago.
#[derive(Clone)]
pub(super) struct Flights {
    aloft: Arc<Mutex<HashMap<String, Flight>>>,
    landed: Cache<String, Option<Cached>>,
    places: Arc<Semaphore>,
}

impl Default for Flights {
    fn default() -> Self {
        Self {
            aloft: Arc::default(),
            landed: Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(5)).build(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Flights {
    fn aloft(&self) -> MutexGuard<'_, HashMap<String, Flight>> {
        self.aloft.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the file with this key, which is fetched if nobody does. Once that has begun it goes on when whoever waits
    /// goes away, and is kept. As long as there is no place, nothing is begun, and whoever goes away leaves nothing.
    async fn join(&self, app: &App, (url, key): (String, String), only: Only) -> Option<Cached> {
        let flight = self.aloft().get(&key).cloned();
        if let Some(flight) = flight {
            return flight.await;
        }
        let place = self.places.clone().acquire_owned().await.ok()?;
        if let Some(landed) = self.landed.get(&key) {
            return landed;
        }
        let flight = match self.aloft().entry(key) {
            Entry::Occupied(flight) => flight.get().clone(),
            Entry::Vacant(free) => {
                let (landed, heard) = oneshot::channel();
                let flight = heard.map(|landed| landed.ok().flatten()).boxed().shared();
                self.begin(app, (url, free.key().clone()), only, (place, landed));
                free.insert(flight).clone()
            }
        };
        flight.await
    }

    fn begin(
        &self,
        app: &App,
        (url, key): (String, String),
        only: Only,
        (place, landed): (OwnedSemaphorePermit, oneshot::Sender<Option<Cached>>),
    ) {
        let (app, flights) = (app.clone(), self.clone());
        app.clone().tasks().spawn(async move {
            let fetching = AssertUnwindSafe(fetch(&app, &url, key.clone(), only)).catch_unwind();
            let found = tokio::select! {
                found = fetching => found.ok().flatten(),
                () = app.tasks().stopping() => None,
            };
            flights.landed.insert(key.clone(), found.clone());
            flights.aloft().remove(&key);
            landed.send(found).ok();
            drop(place);
        });
    }
}

/// What one asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Only {
    /// A picture: of anything else no more is fetched than tells what it is.
    Pictures,
    /// Whatever is there.
    Anything,
}

impl Only {
    fn takes(self, media_type: MediaType) -> bool {
        self == Self::Anything || media_type.is_picture()
    }
}

/// How the picture at `url` looks. It is kept to be handed on.
pub(crate) async fn look(app: &App, url: String) -> Result<Look> {
    let cached = hand_on(app, url, Only::Pictures).await?;
    let media_type = cached.media_type.ok_or(Error::NotFound)?;
    let bytes = app.files().whole(&files::cached(&cached.key)).await?;
    app.files().paint(app, move || picture::look(&bytes, media_type)).await
}

/// What is at `url`, from here.
pub(super) async fn hand_on(app: &App, url: String, only: Only) -> Result<Cached> {
    // What is ours has an address of ours, and whom we do not deal with is not shown.
    if app.site().parse(&url).is_some() || app.rules().suspend(&url) {
        return Err(Error::NotFound);
    }
    let key = hex::encode(openssl::sha::sha256(url.as_bytes()));
    let (known, now) = (key.clone(), app.now());
    let known = app.read(move |c| store::media::cached(c, &known)).await?;
    match known {
        Some(cached) if cached.media_type.is_none() && cached.fetched + VAIN > now => Err(Error::NotFound),
        Some(cached) if cached.media_type.is_some_and(|media_type| !only.takes(media_type)) => Err(Error::NotFound),
        Some(cached) if cached.media_type.is_some() && cached.fetched + FRESH > now => {
            if cached.used + DAY < now {
                remember(app, Cached { used: now, ..cached.clone() }).await?;
            }
            Ok(cached)
        }
        _ => {
            let found = app.files().flights.join(app, (url, key), only).await.ok_or(Error::NotFound)?;
            // Somebody may have asked for anything at the same time.
            let fits = found.media_type.is_none_or(|media_type| only.takes(media_type));
            if fits { Ok(found) } else { Err(Error::NotFound) }
        }
    }
}

/// Fetches what is at `url`; that there is nothing is remembered, too.
async fn fetch(app: &App, url: &str, key: String, only: Only) -> Option<Cached> {
    let (found, now) = (load(app, url, &key, only).await, app.now());
    if let Err(error) = &found {
        tracing::info!(url, %error, "cannot hand on media");
    }
    let (media_type, size) = match found {
        Ok(Some((media_type, size))) => (Some(media_type), size),
        // Others may ask for just that.
        Ok(None) => return None,
        Err(_) => (None, 0),
    };
    let cached = Cached { key, media_type, size, fetched: now, used: now };
    match remember(app, cached.clone()).await {
        Ok(()) => Some(cached),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot remember media");
            None
        }
    }
}

/// Keeps what is at `url`, unless it is nothing of what is asked for.
async fn load(app: &App, url: &str, key: &str, only: Only) -> Result<Option<(MediaType, u64)>> {
    let files = app.files();
    let (media_type, bytes) = recognise_any(app.resolver().media(url).await?).await?;
    if !only.takes(media_type) {
        return Ok(None);
    }
    let size = files.write(&files::cached(key), files.limits().of(media_type), bytes).await?;
    if files.is_crowded(size) {
        sweep::make_room(app).await?;
    }
    Ok(Some((media_type, size)))
}

async fn remember(app: &App, cached: Cached) -> Result<()> {
    app.write(move |tx| Ok(store::media::set_cached(tx, &cached)?)).await
}
