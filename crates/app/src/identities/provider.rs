//! The provider of an organization: where it says what it offers, and how a code becomes what it says of somebody.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    time::{Timestamp, span},
    urls::{self, path},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Trip,
    token::{self, Expected, Flaw, Key, Person},
};
use crate::{App, Credential, Error, Question, Reply, Result};

/// How long what a provider offers, and its keys, are taken to be what they are.
const KNOWN: Duration = span::hours(1);

/// How soon keys are asked for again when one is not among them: whoever makes one up does not make us ask each time.
const AGAIN: Duration = span::minutes(1);

/// What we want to know of people.
const SCOPE: &str = "openid email profile";

/// The provider, as the operator describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name that it signs with, which is also where it is found.
    pub issuer: String,
    /// By what it knows this server.
    pub client_id: String,
    /// The secret that we share; empty, if there is none.
    pub client_secret: String,
    /// What people call it.
    pub name: String,
    /// Whether nobody signs in any other way.
    pub only: bool,
    /// Whether those without a login may make one by themselves.
    pub admits: bool,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Provider").field(&self.issuer).finish_non_exhaustive()
    }
}

/// What a provider says of itself (`OpenID` Connect Discovery, section 3).
#[derive(Debug, Deserialize)]
struct Offer {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Something that was asked for lately, and when.
type Lately<T> = Mutex<Option<(Timestamp, Arc<T>)>>;

/// What a provider said lately.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    offer: Lately<Offer>,
    keys: Lately<Vec<Key>>,
}

fn lately<T>(kept: &Lately<T>, now: Timestamp, within: Duration) -> Option<Arc<T>> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref().filter(|(at, _)| now.since(*at) < within).map(|(_, value)| value.clone())
}

fn keep<T>(kept: &Lately<T>, now: Timestamp, value: T) -> Arc<T> {
    let value = Arc::new(value);
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, value.clone()));
    value
}

fn strange(what: &str) -> Error {
    Error::Unreachable { what: format!("the provider {what}"), retry: false }
}

fn read<T: DeserializeOwned>(reply: &Reply, what: &str) -> Result<T> {
    let is_success = (200..300).contains(&reply.status);
    let said = is_success.then(|| serde_json::from_slice(&reply.body).ok()).flatten();
    said.ok_or_else(|| strange(what))
}

async fn get<T: DeserializeOwned>(app: &App, url: &str, what: &str) -> Result<T> {
    read(&app.resolver().ask(Question { url, proof: None, form: None }).await?, what)
}

async fn offer(app: &App, provider: &Provider) -> Result<Arc<Offer>> {
    let (heard, now) = (app.heard(), app.now());
    if let Some(offer) = lately(&heard.offer, now, KNOWN) {
        return Ok(offer);
    }
    let url = format!("{}{}", provider.issuer.trim_end_matches('/'), path::OPENID);
    let offer: Offer = get(app, &url, "does not say what it offers").await?;
    if offer.issuer != provider.issuer {
        tracing::warn!(
            said = offer.issuer,
            set = provider.issuer,
            "`oidc_issuer` is not what the provider calls itself"
        );
        return Err(strange("calls itself something else"));
    }
    Ok(keep(&heard.offer, now, offer))
}

/// The keys of a provider; those that were asked for within `within` will do.
async fn keys(app: &App, offer: &Offer, within: Duration) -> Result<Arc<Vec<Key>>> {
    let (heard, now) = (app.heard(), app.now());
    if let Some(keys) = lately(&heard.keys, now, within) {
        return Ok(keys);
    }
    let said: Keys = get(app, &offer.jwks_uri, "gives no keys").await?;
    // Keys of kinds that we do not know are no reason to know none.
    let keys = said.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
    Ok(keep(&heard.keys, now, keys))
}

/// Asks for what it offers, and for its keys.
pub(super) async fn look(app: &App, provider: &Provider) -> Result<()> {
    let offer = offer(app, provider).await?;
    keys(app, &offer, KNOWN).await.map(drop)
}

/// Where somebody is asked who goes on this trip.
pub(super) async fn way(app: &App, provider: &Provider, trip: &Trip) -> Result<String> {
    let offer = offer(app, provider).await?;
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(trip.verifier.as_bytes()));
    let asked = [
        ("response_type", "code"),
        ("client_id", &provider.client_id),
        ("redirect_uri", &trip.redirect_uri),
        ("scope", SCOPE),
        ("state", &trip.state),
        ("nonce", &trip.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    Ok(urls::with_query(&offer.authorization_endpoint, &asked))
}

/// Of whom a provider speaks who came back from this trip with `code`; nobody, if it is not to be believed.
pub(super) async fn testimony(app: &App, provider: &Provider, trip: &Trip, code: &str) -> Result<Option<Person>> {
    let offer = offer(app, provider).await?;
    let Some(tokens) = exchange(app, provider, &offer, trip, code).await? else { return Ok(None) };
    let expected = Expected {
        issuer: &provider.issuer,
        client: &provider.client_id,
        nonce: &trip.nonce,
        now: app.now().seconds(),
    };
    let mut said = token::read(&tokens.id_token, &keys(app, &offer, KNOWN).await?, expected);
    if said.as_ref().is_err_and(|flaw| *flaw == Flaw::UnknownKey) {
        said = token::read(&tokens.id_token, &keys(app, &offer, AGAIN).await?, expected);
    }
    let person = match said {
        Ok(person) => person,
        Err(flaw) => {
            tracing::warn!(issuer = provider.issuer, ?flaw, "the provider's token is not believed");
            return Ok(None);
        }
    };
    let (None, Some(url), Some(token)) = (person.address(), &offer.userinfo_endpoint, &tokens.access_token) else {
        return Ok(Some(person));
    };
    // Some say nothing but the number in the token.
    let question = Question { url, proof: Some(Credential::Bearer(token)), form: None };
    let told: Person = read(&app.resolver().ask(question).await?, "does not say who somebody is")?;
    Ok((told.sub == person.sub).then_some(told))
}

async fn exchange(app: &App, provider: &Provider, offer: &Offer, trip: &Trip, code: &str) -> Result<Option<Tokens>> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &trip.redirect_uri),
        ("code_verifier", &trip.verifier),
    ];
    let takes = |way: &str| offer.token_endpoint_auth_methods_supported.iter().any(|method| method == way);
    let in_form = provider.client_secret.is_empty() || takes("client_secret_post") && !takes("client_secret_basic");
    if in_form {
        form.push(("client_id", &provider.client_id));
        if !provider.client_secret.is_empty() {
            form.push(("client_secret", &provider.client_secret));
        }
    }
    let proof = (!in_form).then_some(Credential::Basic(&provider.client_id, &provider.client_secret));
    let reply = app.resolver().ask(Question { url: &offer.token_endpoint, proof, form: Some(&form) }).await?;
    if matches!(reply.status, 400 | 401) {
        let said = String::from_utf8_lossy(&reply.body).chars().take(300).collect::<String>();
        tracing::warn!(issuer = provider.issuer, status = reply.status, said, "the provider refuses a code");
        return Ok(None);
    }
    read(&reply, "gives no token").map(Some)
}
