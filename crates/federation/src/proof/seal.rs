//! Putting proofs into what leaves: once for each activity, and for the same activity always the same.
//!
//! What stands in the database has none, so that no transaction waits for a signature. Both kinds of signature are the same
//! whenever they are made, and so are the bytes that are sent and served.
use std::{sync::Arc, time::Duration};

use app::{App, Error, Result};
use domain::{
    time::{Timestamp, span},
    urls::{self, Local},
};
use moka::future::Cache;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Unsigned, integrity, linked};
use crate::{render::PUBLIC, signature::PrivateKey};

/// What is said of posts. It is passed on by those who know neither groups nor these proofs, and is signed for them as well.
const POSTS: [&str; 3] = ["Create", "Update", "Delete"];

/// The parts of an activity that say who speaks to whom.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "@context")]
    context: Option<&'a RawValue>,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    actor: String,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
}

impl Head<'_> {
    fn is_public(&self) -> bool {
        self.to.iter().chain(&self.cc).any(|to| to == PUBLIC)
    }
}

/// How many parsed keys are kept, and for how long.
const KEYS: u64 = 10_000;
const KEYS_FOR: Duration = span::hours(1);

/// The keys of somebody here, parsed.
pub(crate) struct OwnKeys {
    pub(crate) rsa: PrivateKey,
    ed25519: PrivateKey,
}

/// Signs for everybody here.
pub(crate) struct Sealer {
    app: App,
    keys: Cache<String, Arc<OwnKeys>>,
}

impl Sealer {
    pub(crate) fn new(app: &App) -> Self {
        Self { app: app.clone(), keys: Cache::builder().max_capacity(KEYS).time_to_live(KEYS_FOR).build() }
    }

    /// The keys of an actor here.
    pub(crate) async fn keys(&self, actor: &str) -> Result<Arc<OwnKeys>> {
        let keys = self.keys.try_get_with_by_ref(actor, self.parse(actor.to_owned())).await;
        keys.map_err(|error| if matches!(*error, Error::NotFound) { Error::NotFound } else { Error::internal(error) })
    }

    async fn parse(&self, uri: String) -> Result<Arc<OwnKeys>> {
        let actor = self.app.read(move |c| store::actors::by_uri(c, &uri)).await?.ok_or(Error::NotFound)?;
        let pems = app::keys::private(&self.app, actor.id).await?;
        let parse = |pem: &str| PrivateKey::from_pem(pem).map_err(Error::internal);
        Ok(Arc::new(OwnKeys { rsa: parse(&pems.rsa)?, ed25519: parse(&pems.ed25519)? }))
    }

    /// An activity as it leaves, with the proofs of those here who speak in it; `text` is how it was stored. What others
    /// have said stays as it came.
    pub(crate) async fn seal(&self, text: String) -> Result<String> {
        let Ok(head) = serde_json::from_str::<Head<'_>>(&text) else { return Ok(text) };
        let whole = match (head.kind.as_str(), head.object) {
            ("Announce", Some(object)) => self.sealed_inside(&text, &head, object).await?,
            _ => None,
        };
        Ok(self.signed(&head, whole.as_deref().unwrap_or(&text)).await?.unwrap_or(text))
    }

    /// The text of what a group passes on, if somebody here said it: with its own context, which its proof covers.
    async fn sealed_inside(&self, text: &str, outer: &Head<'_>, object: &RawValue) -> Result<Option<String>> {
        let Ok(inner) = serde_json::from_str::<Head<'_>>(object.get()) else { return Ok(None) };
        let (Some(context), None) = (outer.context, inner.context) else { return Ok(None) };
        let Some(rest) = object.get().strip_prefix('{') else { return Ok(None) };
        let whole = format!("{{\"@context\":{context},{rest}");
        let Some(sealed) = self.signed(&inner, &whole).await? else { return Ok(None) };
        Ok(text.split_once(object.get()).map(|(before, after)| [before, &sealed, after].concat()))
    }

    /// The text with its proofs at the end, if it is of somebody here.
    async fn signed(&self, head: &Head<'_>, text: &str) -> Result<Option<String>> {
        // The number of an activity says when it was made; a request to quote is named after the post that quotes.
        let made = match self.app.site().parse(&head.id) {
            Some((_, Local::Activity(id))) => id.timestamp(),
            Some((_, Local::Post(_, id))) => id.timestamp(),
            _ => return Ok(None),
        };
        if self.app.site().parse(&head.actor).is_none() {
            return Ok(None);
        }
        if self.is_private(head).await? {
            return Ok(None);
        }
        let keys = match self.keys(&head.actor).await {
            Err(Error::NotFound) => return Ok(None),
            keys => keys?,
        };
        sign(head, text, &keys, made).map(Some).map_err(Error::internal)
    }

    /// Whether it is a post for single people: they know by the request who wrote it, and cannot prove it to anybody else.
    async fn is_private(&self, head: &Head<'_>) -> Result<bool> {
        if !POSTS.contains(&head.kind.as_str()) || head.is_public() {
            return Ok(false);
        }
        let named: Vec<String> = head.to.iter().chain(&head.cc).cloned().collect();
        let people = named.clone();
        let people = self.app.read(move |c| store::actors::by_uris(c, &people)).await?;
        Ok(named.iter().all(|uri| people.iter().any(|actor| actor.uri == *uri)))
    }
}

fn sign(head: &Head<'_>, text: &str, keys: &OwnKeys, at: Timestamp) -> std::result::Result<String, Unsigned> {
    let document: Value = serde_json::from_str(text)?;
    let proof = integrity::prove(&document, &keys.ed25519, &urls::ed25519_key(&head.actor), at)?;
    let proven = with(text, "proof", &proof);
    if !POSTS.contains(&head.kind.as_str()) || !head.is_public() {
        return Ok(proven);
    }
    match linked::sign(&document, &keys.rsa, &urls::rsa_key(&head.actor), at) {
        Ok(signature) => Ok(with(&proven, "signature", &signature)),
        Err(Unsigned::Unfit(why)) => {
            tracing::warn!(id = head.id, %why, "an activity leaves without a signature");
            Ok(proven)
        }
        Err(error) => Err(error),
    }
}

/// A document with one more key; what is there stays as it is written.
fn with(text: &str, key: &str, value: &Value) -> String {
    let start = text.strip_suffix('}').unwrap_or(text);
    format!("{start},\"{key}\":{value}}}")
}
