//! Sends one delivery: the body and its digest are made once per activity, keys are parsed once per actor, and only the
//! signature is made for each request.
use std::{fmt, sync::Arc, time::Duration};

use app::{App, Error};
use bytes::Bytes;
use domain::{
    id::{ActivityId, ActorId},
    time::span,
    urls,
};
use moka::future::Cache;
use store::deliveries::Waiting;
use url::Url;

use super::verdict::{Luck, Verdict, judge};
use crate::{
    client::Client,
    signature::{PrivateKey, sign},
};

/// How many bytes of bodies are kept.
const BODIES: u64 = 32 * 1024 * 1024;

/// How many parsed keys are kept, and for how long.
const KEYS: u64 = 10_000;
const KEYS_FOR: Duration = span::hours(1);

/// How long to wait after a failure of our own.
const OWN_FAILURE: Duration = span::minutes(1);

/// An activity, ready to be sent any number of times.
struct Parcel {
    actor: ActorId,
    body: Bytes,
    digest: String,
}

/// A parsed key with its id.
struct OwnKey {
    key: PrivateKey,
    id: String,
}

/// Sends deliveries.
pub(super) struct Courier {
    app: App,
    client: Client,
    parcels: Cache<ActivityId, Arc<Parcel>>,
    keys: Cache<ActorId, Arc<OwnKey>>,
}

impl Courier {
    pub(super) fn new(app: App, client: Client) -> Self {
        let size = |_: &ActivityId, parcel: &Arc<Parcel>| u32::try_from(parcel.body.len()).unwrap_or(u32::MAX);
        Self {
            app,
            client,
            parcels: Cache::builder().max_capacity(BODIES).weigher(size).build(),
            keys: Cache::builder().max_capacity(KEYS).time_to_live(KEYS_FOR).build(),
        }
    }

    /// Sends a delivery and judges the answer.
    pub(super) async fn deliver(&self, waiting: &Waiting) -> Verdict {
        let verdict = self.attempt(waiting).await.unwrap_or_else(|unsent| unsent);
        metrics::counter!("deliveries_total", "result" => verdict.word()).increment(1);
        verdict
    }

    async fn attempt(&self, waiting: &Waiting) -> Result<Verdict, Verdict> {
        let parked = |why: &dyn fmt::Display| Verdict::Parked(why.to_string());
        let url = Url::parse(&waiting.inbox).map_err(|error| parked(&error))?;
        if self.app.site().parse(&waiting.inbox).is_some() {
            return Err(parked(&"this inbox would be one of ours"));
        }
        let parcel = self.parcels.try_get_with(waiting.activity, self.pack(waiting.activity)).await.map_err(unsent)?;
        let own = self.keys.try_get_with(parcel.actor, self.key(parcel.actor)).await.map_err(unsent)?;
        let headers = sign::post(&own.key, &own.id, &url, &parcel.digest, self.app.now());
        let headers = headers.map_err(|error| parked(&error))?;
        let answer = self.client.post(&url, &headers, parcel.body.clone()).await;
        Ok(judge(answer, waiting.attempts, Luck::new()))
    }

    async fn pack(&self, id: ActivityId) -> Result<Arc<Parcel>, Error> {
        let activity = self.app.read(move |c| store::activities::by_id(c, id)).await?.ok_or(Error::NotFound)?;
        let body = Bytes::from(activity.body);
        Ok(Arc::new(Parcel { actor: activity.actor, digest: sign::digest(&body), body }))
    }

    async fn key(&self, id: ActorId) -> Result<Arc<OwnKey>, Error> {
        let actor = self.app.read(move |c| store::actors::by_id(c, id)).await?.ok_or(Error::NotFound)?;
        let pems = app::keys::private(&self.app, id).await?;
        let key = PrivateKey::from_pem(&pems.rsa).map_err(Error::internal)?;
        Ok(Arc::new(OwnKey { key, id: urls::rsa_key(&actor.uri) }))
    }
}

/// What came between us and the network: our own fault, or something that is no more.
#[expect(clippy::needless_pass_by_value, reason = "it is how the cache hands out errors")]
fn unsent(error: Arc<Error>) -> Verdict {
    match &*error {
        Error::NotFound => Verdict::Parked("the activity or its key is gone".to_owned()),
        error => {
            tracing::warn!(error = error as &dyn std::error::Error, "a delivery could not be prepared");
            Verdict::Later(error.to_string(), OWN_FAILURE)
        }
    }
}
