//! The port by which actions ask other servers: finds actors, handles and posts, and stores what it finds.
mod actors;
mod budget;
mod fetch;
mod intents;
mod keys;
mod miss;
mod peers;
mod posts;
mod schemes;
mod webfinger;

use std::{any::Any, sync::Arc, time::Duration};

use app::{App, Error, Question, Reply, Resolver, Result, actors::REFRESH, elsewhere::Deed, jobs::Handlers};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    handle::Handle,
    id::{ActorId, PostId},
    time::{Timestamp, span},
    urls::{ActorPart, Local, Site},
};
use futures_util::{StreamExt, stream::BoxStream};
use moka::sync::Cache;
use tokio::sync::{Mutex, OnceCell};

pub(crate) use self::{budget::Budget, keys::Known, miss::Miss, posts::Why};
use crate::{
    client::{self, Client, FetchError},
    signature::{Scheme, Signer},
};

/// How long what is known of an actor or a server is taken to be true.
const FRESH: Duration = span::days(1);

/// How many entries each of the caches holds.
const CACHED: u64 = 10_000;

/// A cache whose entries are forgotten soon.
fn short<V: Clone + Send + Sync + 'static>() -> Cache<String, V> {
    Cache::builder().max_capacity(CACHED).time_to_live(span::minutes(10)).build()
}

/// Asks other servers; cheap to clone.
#[derive(Clone)]
pub struct FederationResolver(Arc<Inner>);

struct Inner {
    client: Client,
    /// Who signs requests: the server's own actor.
    signer: OnceCell<Signer>,
    /// What was asked for in vain, until when.
    misses: Cache<String, (Timestamp, Miss)>,
    /// Who asks for a URL, so that others wait for the answer.
    asking: Cache<String, Arc<Mutex<()>>>,
    /// What was started not long ago, by kind and subject.
    recent: Cache<(&'static str, String), Timestamp>,
    /// Keys that signed requests to us, parsed.
    keys: Cache<String, Known>,
    /// How servers want requests signed, by host.
    schemes: Cache<String, Option<Scheme>>,
    strangers: keys::Places,
}

impl FederationResolver {
    /// A resolver that knows nothing yet.
    pub fn new(client: Client) -> Self {
        Self(Arc::new(Inner {
            client,
            signer: OnceCell::new(),
            misses: short(),
            asking: Cache::builder().max_capacity(CACHED).time_to_idle(span::minutes(5)).build(),
            recent: Cache::builder().max_capacity(CACHED).time_to_live(FRESH).build(),
            keys: short(),
            schemes: short(),
            strangers: keys::Places::default(),
        }))
    }

    /// The resolver that `app` was built with.
    pub(crate) fn of(app: &App) -> Result<&Self> {
        let any: &dyn Any = app.resolver();
        any.downcast_ref().ok_or_else(|| Error::internal("the app was built with another resolver"))
    }

    /// Whether `what` was not done to `subject` for `span`; if so, it is from now on.
    pub(crate) fn is_due(&self, app: &App, what: &'static str, subject: &str, span: Duration) -> bool {
        let (key, now) = ((what, subject.to_owned()), app.now());
        let mut due = false;
        self.0.recent.entry(key).and_upsert_with(|last| {
            let last = last.map(moka::Entry::into_value);
            due = last.is_none_or(|last| last + span <= now);
            if due { now } else { last.unwrap_or(now) }
        });
        due
    }

    /// Waits until nobody else asks for `url`.
    async fn alone(&self, url: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let asking = self.0.asking.get_with(url.to_owned(), Arc::default);
        asking.lock_owned().await
    }
}

/// The handlers of the jobs of this module.
pub fn handlers() -> Handlers {
    Handlers::from([(REFRESH, (|app, uri| Box::pin(async move { refresh(&app, &uri).await })) as app::jobs::Handler)])
}

async fn refresh(app: &App, uri: &str) -> Result<()> {
    match FederationResolver::of(app)?.refresh(app, uri, &Budget::default()).await {
        // What cannot be read today is kept as it is; the next reader asks for it again.
        Ok(_) | Err(Miss::Gone | Miss::NotFound | Miss::Useless(_)) => Ok(()),
        Err(miss) => Err(miss.into()),
    }
}

/// The one spelling of an id on this server; ids of others stay as they are.
pub(crate) fn canonical(site: &Site, uri: &str) -> String {
    use domain::urls::{activity, actor_part, post};
    let Some((host, local)) = site.parse(uri) else { return uri.to_owned() };
    let actor = |name: &str| site.actor(&host, name);
    match local {
        Local::Actor(name) => actor(&name),
        Local::ActorPart(name, part @ (ActorPart::Featured | ActorPart::Moderators | ActorPart::Followers)) => {
            actor_part(&actor(&name), part)
        }
        Local::Post(name, id) => post(&actor(&name), id),
        Local::Instance => site.instance(&host),
        Local::Activity(id) => activity(&site.instance(&host), id),
        _ => uri.to_owned(),
    }
}

#[async_trait]
impl Resolver for FederationResolver {
    async fn actor(&self, app: &App, uri: &str) -> Result<ActorId> {
        Ok(self.find_actor(app, uri, &Budget::default()).await?.id)
    }

    async fn look_again(&self, app: &App, uri: &str) -> Result<(ActorId, Vec<String>)> {
        Ok(self.look_again(app, uri, &Budget::default()).await?)
    }

    async fn handle(&self, app: &App, name: &str, host: &str) -> Result<ActorId> {
        Ok(self.find_handle(app, name, host, &Budget::default()).await?)
    }

    async fn way(&self, app: &App, who: &Handle, deed: Deed, object: &str) -> Result<Option<String>> {
        let templates = self.templates(app, who, &Budget::default()).await?;
        Ok(intents::choose(&templates, deed, object))
    }

    async fn post(&self, app: &App, uri: &str) -> Result<PostId> {
        Ok(self.find_post(app, uri, Why::Named, &Budget::default()).await?)
    }

    async fn ask(&self, question: Question<'_>) -> Result<Reply> {
        let answer = self.0.client.ask(question).await;
        // With its causes: whoever asks so tells them to the operator alone.
        answer.map_err(|error| Error::Unreachable { what: error.detail(), retry: true })
    }

    async fn media(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        self.stream(url, "image/*, video/*, audio/*").await
    }

    async fn page(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        self.stream(url, "text/html, application/xhtml+xml").await
    }
}

impl FederationResolver {
    /// What is at `url`, as it comes.
    async fn stream(&self, url: &str, accept: &'static str) -> Result<BoxStream<'static, Result<Bytes>>> {
        let unreachable = |error: FetchError| Error::Unreachable { what: error.to_string(), retry: true };
        let url = client::parse_url(url).map_err(unreachable)?;
        let body = self.0.client.get_stream(url, accept).await.map_err(unreachable)?;
        Ok(body.map(move |piece| piece.map_err(unreachable)).boxed())
    }
}
