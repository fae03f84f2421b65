//! Fetching one document: never from ourselves, never too much at once, and only what its own origin says.
use std::time::Duration;

use app::{App, Error};
use domain::{host::Host, time::span, urls};
use serde_json::Value;
use url::Url;

use super::{Budget, FederationResolver, Miss};
use crate::{
    client::{self, Fetched, News},
    parse,
    signature::{PrivateKey, Scheme, Signer},
};

/// What ActivityPub documents are asked for as.
const ACTIVITY: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// What other descriptions are asked for as.
const JSON: &str = "application/jrd+json, application/json";
/// How long an answer that is no use is remembered, and how long a failure that may pass.
const USELESS_FOR: Duration = span::minutes(1);
const LATER_FOR: Duration = span::seconds(10);

impl FederationResolver {
    /// The document that has the id it is asked for by, or whose id, asked for in turn, gives it.
    pub(crate) async fn document(&self, app: &App, uri: &str, budget: &Budget) -> Result<Value, Miss> {
        let first = self.activity_json(app, uri, budget).await?;
        let Some(id) = parse::shape::id(&first.1) else { return Err(Miss::useless("the document has no id")) };
        if is_at(id, &first.0) {
            return Ok(first.1);
        }
        let second = self.activity_json(app, id, budget).await?;
        match parse::shape::id(&second.1) {
            Some(own) if own == id && is_at(own, &second.0) => Ok(second.1),
            _ => Err(Miss::useless("the document says it is another one")),
        }
    }

    /// A document of ActivityPub, whatever id it has, and where it was found in the end.
    pub(crate) async fn activity_json(&self, app: &App, uri: &str, budget: &Budget) -> Result<(Url, Value), Miss> {
        let signer = self.signer(app).await?;
        let fetched = self.remembering(app, uri, ACTIVITY, Some(signer), budget).await?;
        Ok((fetched.final_url.clone(), parse::json(fetched.activity_json()?)?))
    }

    /// A document that describes a host: WebFinger, NodeInfo.
    pub(super) async fn plain_json(&self, app: &App, url: &str, budget: &Budget) -> Result<Value, Miss> {
        let fetched = self.remembering(app, url, JSON, None, budget).await?;
        if fetched.content_type.to_ascii_lowercase().contains("json") {
            Ok(parse::json(&fetched.body)?)
        } else {
            Err(Miss::useless("the answer is of the wrong type"))
        }
    }

    /// A document of any type.
    pub(super) async fn text(&self, app: &App, url: &str, accept: &str, budget: &Budget) -> Result<String, Miss> {
        let fetched = self.remembering(app, url, accept, None, budget).await?;
        Ok(String::from_utf8_lossy(&fetched.body).into_owned())
    }

    async fn remembering(
        &self,
        app: &App,
        url: &str,
        accept: &str,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Fetched, Miss> {
        // Not remembered: it may be otherwise as soon as the rule ends.
        not_suspended(app, url)?;
        if let Some((until, miss)) = self.0.misses.get(url)
            && app.now() < until
        {
            return Err(miss);
        }
        let answer = self.guarded(app, url, accept, signer, budget).await;
        let result = if answer.is_ok() { "ok" } else { "miss" };
        metrics::counter!("tertulia_fetches_total", "result" => result).increment(1);
        answer.inspect_err(|miss| {
            tracing::debug!(url, %miss, "a fetch failed");
            let span = if miss.is_transient() { LATER_FOR } else { USELESS_FOR };
            // What only this question could not afford, another one may.
            if *miss != too_much() && !matches!(miss, Miss::Ours(_)) {
                self.0.misses.insert(url.to_owned(), (app.now() + span, miss.clone()));
            }
        })
    }

    async fn guarded(
        &self,
        app: &App,
        url: &str,
        accept: &str,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Fetched, Miss> {
        let (parsed, host) = (client::parse_url(url)?, Host::of(url).ok_or_else(|| Miss::useless("not a URL"))?);
        if app.site().parse(url).is_some() {
            return Err(Miss::useless("this server does not ask itself"));
        }
        if !budget.spend(&host) {
            return Err(too_much());
        }
        let fetched = match signer {
            Some(signer) => self.asked_by(app, (&parsed, &host), accept, signer).await,
            None => self.0.client.get_document(&parsed, accept, None).await.map_err(Miss::from),
        };
        self.write_down(app, &host).await?;
        let fetched = fetched?;
        if app.site().parse(fetched.final_url.as_str()).is_some() {
            return Err(Miss::useless("a redirect to this server"));
        }
        Ok(fetched)
    }

    /// Keeps for the admin, and for after a restart, whether a server answers.
    async fn write_down(&self, app: &App, host: &Host) -> Result<(), Miss> {
        match self.0.client.hosts().news_of(host) {
            Some(News::Rests(until, why)) => {
                tracing::info!(%host, why, "a server does not answer and is left alone for a while");
                app::peers::rests(app, host, until, why).await?;
            }
            Some(News::Answers) => app::peers::answers(app, host).await?,
            None => {}
        }
        Ok(())
    }

    /// Leaves those alone that did not answer before this process began.
    pub async fn recall(&self, app: &App) -> app::Result<()> {
        let now = app.now();
        for (host, until) in app.read(move |c| store::peers::resting(c, now)).await? {
            if let Some(host) = Host::parse(&host) {
                self.0.client.hosts().leave_alone(&host, until);
            }
        }
        Ok(())
    }

    /// A server has signed a request: it may be asked again, if it was left alone.
    pub(crate) fn heard_from(&self, url: &str) {
        if let Some(host) = Host::of(url) {
            self.0.client.hosts().heard_from(&host);
        }
    }

    /// The server's own actor as the one who asks.
    async fn signer(&self, app: &App) -> Result<&Signer, Miss> {
        let make = || async {
            let uri = app.site().instance(app.site().host());
            let key_id = urls::rsa_key(&uri);
            let actor = app.read(move |c| store::actors::by_uri(c, &uri)).await?;
            let actor = actor.ok_or_else(|| Error::internal("the server has no actor of its own"))?;
            let pems = app::keys::private(app, actor.id).await?;
            let key = PrivateKey::from_pem(&pems.rsa).map_err(Error::internal)?;
            let clock = app.clock().clone();
            Ok::<_, Error>(Signer {
                key,
                key_id,
                scheme: Scheme::Cavage,
                now: std::sync::Arc::new(move || clock.now()),
            })
        };
        Ok(self.0.signer.get_or_try_init(make).await?)
    }
}

/// Whether the server of a URL is one that we deal with.
pub(super) fn not_suspended(app: &App, url: &str) -> Result<(), Miss> {
    if app.rules().suspend(url) { Err(Miss::useless("its server is suspended here")) } else { Ok(()) }
}

fn too_much() -> Miss {
    Miss::useless("this would take too many requests")
}

/// Whether a document with the id `id` was found where its id says.
fn is_at(id: &str, found: &Url) -> bool {
    client::parse_url(id).is_ok_and(|mut id| {
        id.set_fragment(None);
        id == *found
    })
}
