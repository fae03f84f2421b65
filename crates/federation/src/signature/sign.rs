//! Signing what we send.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use http::{
    HeaderName, HeaderValue,
    header::{CONTENT_TYPE, DATE, HOST, InvalidHeaderValue},
};
use openssl::sha::sha256;
use url::{Position, Url};

use super::{KeyError, KeyKind, PrivateKey, Scheme};

/// The type of every document we deliver.
pub const ACTIVITY_JSON: &str = "application/activity+json";

const DIGEST: HeaderName = HeaderName::from_static("digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");

/// The headers to send.
pub type Headers = Vec<(HeaderName, HeaderValue)>;

/// Why a request cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key id or URL that cannot stand in a header.
    #[error("the request cannot be put into headers")]
    Header(#[from] InvalidHeaderValue),
}

/// Somebody who signs GET requests: the instance actor.
#[derive(Clone)]
pub struct Signer {
    /// The key.
    pub key: PrivateKey,
    /// Its id.
    pub key_id: String,
    /// How.
    pub scheme: Scheme,
    /// Where the time comes from; a redirected request is signed again.
    pub now: std::sync::Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Signer {
    /// The headers of a signed GET of `url`.
    pub fn get(&self, url: &Url) -> Result<Headers, SignError> {
        let now = (self.now)();
        match self.scheme {
            Scheme::Cavage => get(&self.key, &self.key_id, url, now),
            Scheme::Rfc9421 => rfc9421(&self.key, &self.key_id, "GET", url, None, None, now),
        }
    }

    /// The same one, who signs by `scheme`.
    #[must_use]
    pub fn by(&self, scheme: Scheme) -> Self {
        Self { scheme, ..self.clone() }
    }
}

/// The `Digest` of a body; computed once per activity.
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(sha256(body)))
}

/// The `Content-Digest` of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

/// The headers of a POST signed by draft-cavage: all that any peer asks for, in the order most of them use. One more
/// header may be added, and is signed, too.
pub fn post(
    key: &PrivateKey,
    key_id: &str,
    url: &Url,
    digest: &str,
    more: Option<(HeaderName, &str)>,
    now: Timestamp,
) -> Result<Headers, SignError> {
    let (host, date) = (authority(url), date(now));
    let mut text = format!(
        "(request-target): post {}\nhost: {host}\ndate: {date}\ndigest: {digest}\ncontent-type: {ACTIVITY_JSON}",
        target(url)
    );
    let mut names = String::from("(request-target) host date digest content-type");
    let mut headers: Headers = vec![
        (HOST, host.parse()?),
        (DATE, date.parse()?),
        (DIGEST, digest.parse()?),
        (CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON)),
    ];
    if let Some((name, value)) = more {
        names.extend([" ", name.as_str()]);
        text.extend(["\n", name.as_str(), ": ", value]);
        headers.push((name, value.parse()?));
    }
    headers.push((SIGNATURE, cavage(key, key_id, &names, &text)?));
    Ok(headers)
}

/// The headers of a GET signed by draft-cavage.
pub fn get(key: &PrivateKey, key_id: &str, url: &Url, now: Timestamp) -> Result<Headers, SignError> {
    let (host, date) = (authority(url), date(now));
    let text = format!("(request-target): get {}\nhost: {host}\ndate: {date}", target(url));
    let signature = cavage(key, key_id, "(request-target) host date", &text)?;
    Ok(vec![(HOST, host.parse()?), (DATE, date.parse()?), (SIGNATURE, signature)])
}

fn cavage(key: &PrivateKey, key_id: &str, names: &str, text: &str) -> Result<HeaderValue, SignError> {
    let algorithm = if key.kind() == KeyKind::Rsa { "rsa-sha256" } else { "hs2019" };
    let signature = STANDARD.encode(key.sign(text.as_bytes())?);
    let value = format!("keyId=\"{key_id}\",algorithm=\"{algorithm}\",headers=\"{names}\",signature=\"{signature}\"");
    Ok(value.parse()?)
}

/// The headers of a request signed by RFC 9421, in the profile every verifier we know reads. One more
/// header may be added, and is signed, too.
pub fn rfc9421(
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    url: &Url,
    content_digest: Option<&str>,
    more: Option<(HeaderName, &str)>,
    now: Timestamp,
) -> Result<Headers, SignError> {
    let mut headers: Headers = vec![(HOST, authority(url).parse()?), (DATE, date(now).parse()?)];
    let (mut names, mut text) = (String::from("\"@method\" \"@target-uri\""), String::new());
    text.extend(["\"@method\": ", method, "\n\"@target-uri\": ", &url[..Position::AfterQuery], "\n"]);
    if let Some(digest) = content_digest {
        names.push_str(" \"content-digest\"");
        text.extend(["\"content-digest\": ", digest, "\n"]);
        headers.push((CONTENT_DIGEST, digest.parse()?));
        headers.push((CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON)));
    }
    if let Some((name, value)) = more {
        names.extend([" \"", name.as_str(), "\""]);
        text.extend(["\"", name.as_str(), "\": ", value, "\n"]);
        headers.push((name, value.parse()?));
    }
    let input = format!("({names});created={};keyid=\"{key_id}\"", now.seconds());
    text.extend(["\"@signature-params\": ", &input]);
    headers.push((SIGNATURE_INPUT, format!("sig1={input}").parse()?));
    let signature = STANDARD.encode(key.sign(text.as_bytes())?);
    headers.push((SIGNATURE, format!("sig1=:{signature}:").parse()?));
    Ok(headers)
}

fn target(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

/// The value of `Host`: the port only when it is not the usual one.
fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

fn date(now: Timestamp) -> String {
    let seconds = Duration::from_secs(u64::try_from(now.seconds()).unwrap_or_default());
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + seconds)
}
