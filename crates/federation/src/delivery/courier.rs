//! Sends one delivery: the body and its digest are made once per activity, keys are parsed once per actor, and only the
//! signature is made for each request.
use std::{fmt, sync::Arc, time::Duration};

use app::{App, Error};
use bytes::Bytes;
use domain::{id::ActivityId, time::span, urls};
use moka::future::Cache;
use store::deliveries::Waiting;
use url::Url;

use super::verdict::{Luck, Verdict, judge};
use crate::{client::Client, proof::Sealer, signature::sign};

/// How many bytes of bodies are kept.
const BODIES: u64 = 32 * 1024 * 1024;

/// How long to wait after a failure of our own.
const OWN_FAILURE: Duration = span::minutes(1);

/// An activity, ready to be sent any number of times.
struct Parcel {
    /// Who signs the requests.
    actor: String,
    body: Bytes,
    digest: String,
}

/// Sends deliveries.
pub(super) struct Courier {
    app: App,
    client: Client,
    parcels: Cache<ActivityId, Arc<Parcel>>,
    sealer: Sealer,
}

impl Courier {
    pub(super) fn new(app: App, client: Client) -> Self {
        let size = |_: &ActivityId, parcel: &Arc<Parcel>| u32::try_from(parcel.body.len()).unwrap_or(u32::MAX);
        let parcels = Cache::builder().max_capacity(BODIES).weigher(size).build();
        Self { sealer: Sealer::new(&app), app, client, parcels }
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
        let parcel = self.parcels.try_get_with(waiting.activity, self.pack(waiting.activity)).await;
        let parcel = parcel.map_err(|error| unsent(&error))?;
        let keys = self.sealer.keys(&parcel.actor).await.map_err(|error| unsent(&error))?;
        let headers = sign::post(&keys.rsa, &urls::rsa_key(&parcel.actor), &url, &parcel.digest, self.app.now());
        let headers = headers.map_err(|error| parked(&error))?;
        let answer = self.client.post(&url, &headers, parcel.body.clone()).await;
        Ok(judge(answer, waiting.attempts, Luck::new()))
    }

    async fn pack(&self, id: ActivityId) -> Result<Arc<Parcel>, Error> {
        let found = self.app.read(move |c| match store::activities::by_id(c, id)? {
            Some(activity) => Ok(store::actors::by_id(c, activity.actor)?.map(|actor| (activity.body, actor.uri))),
            None => Ok(None),
        });
        let (body, actor) = found.await?.ok_or(Error::NotFound)?;
        let body = Bytes::from(self.sealer.seal(body).await?);
        Ok(Arc::new(Parcel { actor, digest: sign::digest(&body), body }))
    }
}

/// What came between us and the network: our own fault, or something that is no more.
fn unsent(error: &Error) -> Verdict {
    match error {
        Error::NotFound => Verdict::Parked("the activity or its key is gone".to_owned()),
        error => {
            tracing::warn!(error = error as &dyn std::error::Error, "a delivery could not be prepared");
            Verdict::Later(error.to_string(), OWN_FAILURE)
        }
    }
}
