//! A provider that speaks SAML 2.0: people are sent to it with a request, and come back with a form of its own that says,
//! signed, who they are. Why this is read by files of ours stands in decision 0009.
use std::{io::Write, path::PathBuf, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    time::{Timestamp, span},
    urls::{self, path},
};
use flate2::{Compression, write::DeflateEncoder};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::{TRIP, Trip, lately::Lately, provider::Testimony, seal, unseal};
use crate::{App, Error, Question, Result, Whence, limits::Deed};

mod metadata;
mod response;
mod signature;
mod xml;

use metadata::Described;
use response::{Expected, Flaw, Person};

/// How long a provider's description of itself is taken to be what it is.
const KNOWN: Duration = span::hours(1);

/// How soon it is read again when a signature is by no key in it, or it could not be read: whoever makes one up does not
/// make us ask each time.
const AGAIN: Duration = span::minutes(1);

/// How long the browser may take from the provider's form to the page where its person goes on.
const HANDED: Duration = span::minutes(5);

/// The longest form that a provider sends by a browser, in bytes.
const LONGEST: usize = 128 * 1024;

/// How many assertions are known to have counted; nobody signs in more often in the time of a trip.
const SPENT: u64 = 100_000;

/// What is sealed for a browser between the provider's form and the page where its person goes on.
const BROUGHT: &str = "what somebody brought from a provider";

/// How a provider is asked, and what of its answers counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// Where it describes itself.
    pub metadata: Source,
    /// The attribute by which people are known for ever; empty, if the name will do that it gives them.
    pub subject: String,
    /// The attribute with their address; empty for the usual ones.
    pub mail: String,
}

/// Where metadata are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the web.
    Url(String),
    /// On this machine.
    File(PathBuf),
}

/// What was read and seen lately.
#[derive(Debug)]
pub(super) struct Heard {
    described: Lately<Described>,
    /// The assertions that counted: none does twice.
    spent: Cache<String, ()>,
}

impl Default for Heard {
    fn default() -> Self {
        let spent = Cache::builder().max_capacity(SPENT).time_to_live(TRIP).build();
        Self { described: Lately::default(), spent }
    }
}

/// What somebody brought, until they are where they go on.
#[derive(Serialize, Deserialize)]
struct Brought {
    person: Person,
    until: i64,
}

/// Where metadata are read, and what they say.
async fn text(app: &App, source: &Source) -> Result<String> {
    let unreadable =
        |what: String| Error::Unreachable { what: format!("the provider's metadata: {what}"), retry: true };
    let bytes = match source {
        Source::Url(url) => {
            let reply = app.resolver().ask(Question { url, proof: None, form: None }).await?;
            if !(200..300).contains(&reply.status) {
                return Err(unreadable(format!("{url} answers {}", reply.status)));
            }
            reply.body.to_vec()
        }
        Source::File(file) => {
            let read = tokio::fs::read(file).await;
            read.map_err(|error| unreadable(format!("{}: {error}", file.display())))?
        }
    };
    String::from_utf8(bytes).map_err(|_error| unreadable("they are no text in UTF-8".into()))
}

async fn fetch(app: &App, issuer: &str, client: &Client) -> Result<Described> {
    let text = text(app, &client.metadata).await?;
    let strange = |what| Error::Unreachable { what: format!("the provider: {what}"), retry: false };
    metadata::read(&text, issuer, app.now()).map_err(strange)
}

/// How the provider describes itself; what was read within `within` will do, and anything that counts still if it cannot
/// be read now.
async fn described(app: &App, issuer: &str, client: &Client, within: Duration) -> Result<Arc<Described>> {
    let (kept, now) = (&app.heard().saml.described, app.now());
    let counts = |it: &Arc<Described>| it.until.is_none_or(|until| until > now);
    if let Some(described) = kept.within(within, now).filter(counts) {
        return Ok(described);
    }
    match fetch(app, issuer, client).await {
        Ok(described) => Ok(kept.keep(now, described)),
        Err(error) => {
            let Some(old) = kept.within(Duration::MAX, now).filter(counts) else { return Err(error) };
            tracing::warn!(issuer, %error, "the provider's metadata are those of before");
            Ok(kept.keep(now - KNOWN.saturating_sub(AGAIN), old))
        }
    }
}

/// Reads the provider's metadata, and says what works no longer or not for long.
pub(super) async fn look(app: &App, issuer: &str, client: &Client) -> Result<()> {
    let described = fetch(app, issuer, client).await?;
    if described.worries.is_empty() {
        return Ok(());
    }
    Err(Error::Unreachable { what: format!("the provider: {}", described.worries.join("; ")), retry: false })
}

/// As what providers know this server.
fn entity(app: &App) -> String {
    app.site().page(path::SAML)
}

/// What this server says of itself to the provider, to which people come back at the path `back`.
pub(super) fn own_metadata(app: &App, back: &str) -> String {
    let addresses: Vec<String> = app.site().hosts().iter().map(|host| app.site().page_on(host, back)).collect();
    metadata::ours(&entity(app), &addresses)
}

/// What the request of a trip is called, and what its answer answers to.
fn request(trip: &Trip) -> String {
    // Names begin with no digit and no hyphen.
    format!("_{}", trip.nonce)
}

/// Where somebody is asked who goes on this trip.
pub(super) async fn way(app: &App, issuer: &str, client: &Client, trip: &Trip) -> Result<String> {
    let described = described(app, issuer, client, KNOWN).await?;
    let asked = format!(
        concat!(
            r#"<samlp:AuthnRequest xmlns:samlp="{protocol}" ID="{id}" Version="2.0" IssueInstant="{now}" "#,
            r#"Destination="{way}" ProtocolBinding="{post}" AssertionConsumerServiceURL="{back}">"#,
            r#"<saml:Issuer xmlns:saml="{assertion}">{entity}</saml:Issuer>"#,
            r#"<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"#,
        ),
        protocol = xml::PROTOCOL,
        assertion = xml::ASSERTION,
        id = request(trip),
        now = app.now().to_utc(),
        way = xml::escaped(&described.way),
        post = metadata::POST,
        back = xml::escaped(&trip.redirect_uri),
        entity = xml::escaped(&entity(app)),
    );
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    let packed = packed.write_all(asked.as_bytes()).and_then(|()| packed.finish()).map_err(Error::internal)?;
    let asked = STANDARD.encode(packed);
    Ok(urls::with_query(&described.way, &[("SAMLRequest", &asked), ("RelayState", &trip.state)]))
}

/// Believes what a browser brings from the provider to `recipient`, or does not: sealed, to be compared with the trip that
/// the browser keeps, which it does not show where a form of another site leads.
pub(super) async fn bring(
    app: &App,
    issuer: &str,
    client: &Client,
    (recipient, form): (&str, &str),
    whence: &Whence,
) -> Result<Option<String>> {
    let text: String = form.split_ascii_whitespace().collect();
    let text = Some(text).filter(|text| text.len() <= LONGEST).and_then(|text| STANDARD.decode(text).ok());
    let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else { return Ok(None) };
    let audience = entity(app);
    let expected = Expected {
        issuer,
        audience: &audience,
        recipient,
        now: app.now(),
        subject: &client.subject,
        mail: &client.mail,
    };
    let mut said = response::read(&text, &described(app, issuer, client, KNOWN).await?.keys, expected);
    if said == Err(Flaw::Forged) {
        said = response::read(&text, &described(app, issuer, client, AGAIN).await?.keys, expected);
    }
    match said {
        Ok(person) => seal(app, BROUGHT, &Brought { person, until: (app.now() + HANDED).0 }).map(Some),
        Err(flaw) => {
            // What is right costs no more than a page; what is wrong leaves a line in the log.
            app.limits().from(Deed::Challenge, whence, app.now())?;
            tracing::warn!(issuer, %flaw, "the provider's response is not believed");
            Ok(None)
        }
    }
}

/// Of whom a provider speaks who came back from this trip with what they brought; nobody, if it is of another trip, or
/// counted before.
pub(super) fn testimony(app: &App, trip: &Trip, brought: &str) -> Option<Testimony> {
    let Brought { person, until } = unseal(app, BROUGHT, brought)?;
    let spent = &app.heard().saml.spent;
    let is_this_trip = crate::seal::is_same(&person.request, &request(trip)) && Timestamp(until) >= app.now();
    if !is_this_trip || !spent.entry(person.assertion).or_insert(()).is_fresh() {
        return None;
    }
    Some(Testimony {
        subject: person.subject,
        called: person.called,
        verified: person.mail.is_some(),
        address: person.mail,
    })
}

#[cfg(test)]
mod tests;
