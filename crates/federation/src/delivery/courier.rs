//! Sends one delivery: the body and its digest are made once per activity, keys are parsed once per actor, and only the
//! signature is made for each request.
use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use app::{App, Error};
use bytes::Bytes;
use domain::{
    actor::Actor,
    id::{ActivityId, ActorId, PeerId},
    time::span,
    urls,
};
use http::HeaderName;
use moka::future::Cache;
use serde::Deserialize;
use store::deliveries::Waiting;
use url::Url;

use super::verdict::{Luck, Verdict, judge};
use crate::{
    client::{Answer, Client, FetchError},
    proof::{OwnKeys, Sealer},
    signature::{Scheme, sign},
    synchronization::{self, Digest},
};

/// How many bytes of bodies are kept.
const BODIES: u64 = 32 * 1024 * 1024;

/// Of how many actors the followers are counted once for all deliveries, and for how long that is true enough: whoever
/// knows better asks.
const COUNTED: u64 = 256;
const COUNTED_FOR: Duration = span::minutes(1);

/// How long to wait after a failure of our own.
const OWN_FAILURE: Duration = span::minutes(1);

/// What is known of the server that a delivery goes to.
pub(super) struct Addressee {
    /// Its number.
    pub(super) id: PeerId,
    /// How it wants requests signed.
    pub(super) scheme: Option<Scheme>,
    /// What runs there.
    pub(super) software: String,
}

/// How a server wants requests signed, as far as a delivery taught that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lesson {
    pub(super) scheme: Scheme,
    /// Whether that is not proven yet.
    pub(super) supposed: bool,
}

/// An activity, ready to be sent any number of times.
struct Parcel {
    /// Who signs the requests.
    actor: Actor,
    body: Bytes,
    digest: String,
    content_digest: String,
    /// The collections and people it is addressed to.
    addressed: Addressed,
}

/// To whom an activity is addressed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Addressed {
    to: Vec<String>,
    cc: Vec<String>,
}

/// The followers of an actor elsewhere, by server; nothing if there are too many to count.
type Followers = Option<HashMap<PeerId, Digest>>;

/// Sends deliveries.
pub(super) struct Courier {
    app: App,
    client: Client,
    parcels: Cache<ActivityId, Arc<Parcel>>,
    sealer: Sealer,
    followers: Cache<ActorId, Arc<Followers>>,
}

impl Courier {
    pub(super) fn new(app: App, client: Client) -> Self {
        let size = |_: &ActivityId, parcel: &Arc<Parcel>| u32::try_from(parcel.body.len()).unwrap_or(u32::MAX);
        let parcels = Cache::builder().max_capacity(BODIES).weigher(size).build();
        let followers = Cache::builder().max_capacity(COUNTED).time_to_live(COUNTED_FOR).build();
        Self { sealer: Sealer::new(&app), app, client, parcels, followers }
    }

    /// Sends a delivery and judges the answer.
    pub(super) async fn deliver(&self, waiting: &Waiting, to: &Addressee) -> (Verdict, Option<Lesson>) {
        let (verdict, lesson) = self.attempt(waiting, to).await.unwrap_or_else(|unsent| (unsent, None));
        metrics::counter!("tertulia_deliveries_total", "result" => verdict.word()).increment(1);
        (verdict, lesson)
    }

    async fn attempt(&self, waiting: &Waiting, to: &Addressee) -> Result<(Verdict, Option<Lesson>), Verdict> {
        let url = Url::parse(&waiting.inbox).map_err(|error| parked(&error))?;
        if self.app.site().parse(&waiting.inbox).is_some() {
            return Err(parked(&"this inbox would be one of ours"));
        }
        let parcel = self.parcels.try_get_with(waiting.activity, self.pack(waiting.activity)).await;
        let parcel = parcel.map_err(|error| unsent(&error))?;
        let keys = self.sealer.keys(&parcel.actor.uri).await.map_err(|error| unsent(&error))?;
        let followers = self.synchronization(&parcel, to.id).await.map_err(|error| unsent(&error))?;
        let scheme = to.scheme.unwrap_or(Scheme::Cavage);
        let answer = self.post(&url, &keys, &parcel, followers.as_deref(), scheme).await?;
        // Once for each delivery: whoever refuses both has other reasons.
        let refused = waiting.attempts == 0 && answer.as_ref().is_ok_and(|answer| is_refusal(answer, scheme));
        if let Some(other) = scheme.other(&to.software).filter(|_| refused) {
            let second = self.post(&url, &keys, &parcel, followers.as_deref(), other).await?;
            if second.as_ref().is_ok_and(Answer::is_success) {
                return Ok((Verdict::Delivered, Some(Lesson { scheme: other, supposed: false })));
            }
        }
        let says = to.scheme.is_none() && answer.as_ref().is_ok_and(|answer| answer.accepts_rfc9421);
        let lesson = says.then_some(Lesson { scheme: Scheme::Rfc9421, supposed: true });
        Ok((judge(answer, waiting.attempts, Luck::new()), lesson))
    }

    async fn post(
        &self,
        url: &Url,
        keys: &OwnKeys,
        parcel: &Parcel,
        followers: Option<&str>,
        scheme: Scheme,
    ) -> Result<Result<Answer, FetchError>, Verdict> {
        let (key, id, now) = (&keys.rsa, urls::rsa_key(&parcel.actor.uri), self.app.now());
        let more = followers.map(|followers| (HeaderName::from_static(synchronization::HEADER), followers));
        let headers = match scheme {
            Scheme::Cavage => sign::post(key, &id, url, &parcel.digest, more, now),
            Scheme::Rfc9421 => sign::rfc9421(key, &id, "POST", url, Some(&parcel.content_digest), more, now),
        };
        let headers = headers.map_err(|error| parked(&error))?;
        Ok(self.client.post(url, &headers, parcel.body.clone()).await)
    }

    /// What is said about the followers of the sender on a server, with what is addressed to them.
    async fn synchronization(&self, parcel: &Parcel, peer: PeerId) -> Result<Option<String>, Arc<Error>> {
        let Parcel { actor, addressed, .. } = parcel;
        let to_them = |collection: &&String| addressed.to.iter().chain(&addressed.cc).any(|to| to == *collection);
        let Some(collection) = actor.followers.as_ref().filter(to_them) else { return Ok(None) };
        let followers = self.followers.try_get_with(actor.id, self.count(actor.id)).await?;
        let digest = |followers: &HashMap<_, _>| followers.get(&peer).copied().unwrap_or_default();
        let url = urls::synchronization(&actor.uri);
        Ok(followers.as_ref().as_ref().map(|followers| synchronization::header(collection, digest(followers), &url)))
    }

    async fn count(&self, actor: ActorId) -> Result<Arc<Followers>, Error> {
        let most = synchronization::MOST;
        let found = self.app.read(move |c| store::follows::followers_elsewhere(c, actor, most)).await?;
        if i64::try_from(found.len()).is_ok_and(|count| count >= most) {
            return Ok(Arc::new(None));
        }
        let mut followers: HashMap<PeerId, Digest> = HashMap::new();
        for (peer, uri) in found {
            followers.entry(peer).or_default().add(&uri);
        }
        Ok(Arc::new(Some(followers)))
    }

    async fn pack(&self, id: ActivityId) -> Result<Arc<Parcel>, Error> {
        let found = self.app.read(move |c| match store::activities::by_id(c, id)? {
            Some(activity) => Ok(store::actors::by_id(c, activity.actor)?.map(|actor| (activity.body, actor))),
            None => Ok(None),
        });
        let (body, actor) = found.await?.ok_or(Error::NotFound)?;
        let addressed = serde_json::from_str(&body).unwrap_or_default();
        let body = Bytes::from(self.sealer.seal(body).await?);
        let (digest, content_digest) = (sign::digest(&body), sign::content_digest(&body));
        Ok(Arc::new(Parcel { actor, body, digest, content_digest, addressed }))
    }
}

/// Whether an answer may be due to how the request was signed. Several servers have no word for what they do not know.
fn is_refusal(answer: &Answer, scheme: Scheme) -> bool {
    answer.blames_signature || scheme == Scheme::Rfc9421 && matches!(answer.status, 400 | 403 | 500)
}

fn parked(why: &dyn fmt::Display) -> Verdict {
    Verdict::Parked(why.to_string())
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
