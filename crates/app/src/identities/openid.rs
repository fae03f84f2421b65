//! A provider that speaks `OpenID` Connect: where it says what it offers, and how a code becomes what it says of
//! somebody.
use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    time::span,
    urls::{self, path},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Trip, lately::Lately, provider::Testimony};
use crate::{App, Credential, Error, Question, Reply, Result};

mod token;

use token::{Expected, Flaw, Key, Person};

/// How long what a provider offers, and its keys, are taken to be what they are.
const KNOWN: Duration = span::hours(1);

/// How soon keys are asked for again when one is not among them: whoever makes one up does not make us ask each time.
const AGAIN: Duration = span::minutes(1);

/// What we want to know of people.
const SCOPE: &str = "openid email profile";

/// As what a provider knows this server.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// By what it knows us.
    pub id: String,
    /// The secret that we share; empty, if there is none.
    pub secret: String,
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
    /// How it may sign what it says of people; nothing, where it keeps that to itself.
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
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

/// What a provider said lately.
#[derive(Debug, Default)]
pub(super) struct Heard {
    offer: Lately<Offer>,
    keys: Lately<Vec<Key>>,
}

fn strange(what: &str) -> Error {
    Error::Unreachable { what: format!("the provider {what}"), retry: false }
}

fn read<T: DeserializeOwned>(reply: &Reply, what: &str) -> Result<T> {
    let is_success = (200..300).contains(&reply.status);
    let said = is_success.then(|| serde_json::from_slice(&reply.body).ok()).flatten();
    said.ok_or_else(|| strange(&format!("{what}: it answers {}", reply.status)))
}

async fn get<T: DeserializeOwned>(app: &App, url: &str, what: &str) -> Result<T> {
    read(&app.resolver().ask(Question { url, proof: None, form: None }).await?, what)
}

async fn offer(app: &App, issuer: &str) -> Result<Arc<Offer>> {
    let (heard, now) = (&app.heard().openid, app.now());
    if let Some(offer) = heard.offer.within(KNOWN, now) {
        return Ok(offer);
    }
    let url = format!("{}{}", issuer.trim_end_matches('/'), path::OPENID);
    let offer: Offer = get(app, &url, "does not say what it offers").await?;
    if offer.issuer != issuer {
        tracing::warn!(said = offer.issuer, set = issuer, "`oidc_issuer` is not what the provider calls itself");
        return Err(strange("calls itself something else"));
    }
    Ok(heard.offer.keep(now, offer))
}

/// The keys of a provider; those that were asked for within `within` will do.
async fn keys(app: &App, offer: &Offer, within: Duration) -> Result<Arc<Vec<Key>>> {
    let (heard, now) = (&app.heard().openid, app.now());
    if let Some(keys) = heard.keys.within(within, now) {
        return Ok(keys);
    }
    let said: Keys = get(app, &offer.jwks_uri, "gives no keys").await?;
    // Keys of kinds that we do not know are no reason to know none.
    let keys: Vec<Key> = said.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
    Ok(heard.keys.keep(now, keys))
}

/// Asks for what it offers, and for its keys.
pub(super) async fn look(app: &App, issuer: &str) -> Result<()> {
    let offer = offer(app, issuer).await?;
    let signs = &offer.id_token_signing_alg_values_supported;
    if !signs.is_empty() && !signs.iter().any(|name| token::trusts(name)) {
        return Err(strange("signs ID tokens in no way that is trusted here, such as RS256"));
    }
    keys(app, &offer, KNOWN).await.map(drop)
}

/// Where somebody is asked who goes on this trip.
pub(super) async fn way(app: &App, issuer: &str, client: &Client, trip: &Trip) -> Result<String> {
    let offer = offer(app, issuer).await?;
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(trip.verifier.as_bytes()));
    let asked = [
        ("response_type", "code"),
        ("client_id", &client.id),
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
pub(super) async fn testimony(
    app: &App,
    issuer: &str,
    client: &Client,
    trip: &Trip,
    code: &str,
) -> Result<Option<Testimony>> {
    let offer = offer(app, issuer).await?;
    let Some(tokens) = exchange(app, (issuer, client), &offer, trip, code).await? else { return Ok(None) };
    let expected = Expected { issuer, client: &client.id, nonce: &trip.nonce, now: app.now().seconds() };
    let mut said = token::read(&tokens.id_token, &keys(app, &offer, KNOWN).await?, expected);
    if said.as_ref().is_err_and(|flaw| *flaw == Flaw::UnknownKey) {
        said = token::read(&tokens.id_token, &keys(app, &offer, AGAIN).await?, expected);
    }
    let person = match said {
        Ok(person) => person,
        Err(flaw) => {
            tracing::warn!(issuer, %flaw, "the provider's token is not believed");
            return Ok(None);
        }
    };
    let (None, Some(url), Some(token)) = (person.address(), &offer.userinfo_endpoint, &tokens.access_token) else {
        return Ok(Some(person.into()));
    };
    // Some say nothing but the number in the token.
    let question = Question { url, proof: Some(Credential::Bearer(token)), form: None };
    let told: Person = read(&app.resolver().ask(question).await?, "does not say who somebody is")?;
    Ok((told.sub == person.sub).then(|| told.into()))
}

impl From<Person> for Testimony {
    fn from(person: Person) -> Self {
        let address = person.address().map(|(address, verified)| (address.to_owned(), verified));
        let verified = address.as_ref().is_some_and(|(_, verified)| *verified);
        Self { subject: person.sub, called: person.called, address: address.map(|(address, _)| address), verified }
    }
}

async fn exchange(
    app: &App,
    (issuer, client): (&str, &Client),
    offer: &Offer,
    trip: &Trip,
    code: &str,
) -> Result<Option<Tokens>> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &trip.redirect_uri),
        ("code_verifier", &trip.verifier),
    ];
    let takes = |way: &str| offer.token_endpoint_auth_methods_supported.iter().any(|method| method == way);
    let in_form = client.secret.is_empty() || takes("client_secret_post") && !takes("client_secret_basic");
    if in_form {
        form.push(("client_id", &client.id));
        if !client.secret.is_empty() {
            form.push(("client_secret", &client.secret));
        }
    }
    let proof = (!in_form).then_some(Credential::Basic(&client.id, &client.secret));
    let reply = app.resolver().ask(Question { url: &offer.token_endpoint, proof, form: Some(&form) }).await?;
    if matches!(reply.status, 400 | 401) {
        let said = String::from_utf8_lossy(&reply.body).chars().take(300).collect::<String>();
        tracing::warn!(issuer, status = reply.status, said, "the provider refuses a code");
        return Ok(None);
    }
    read(&reply, "gives no token").map(Some)
}
