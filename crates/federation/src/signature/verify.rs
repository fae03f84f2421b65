//! Reading the signature of a request, and checking it against a key.

use std::{
    ops::RangeInclusive,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::time::Timestamp;

use super::{KeyKind, PublicKey, Refused, Scheme, cavage, rfc9421};

/// Seconds a signature may be old, or from the future.
const WINDOW: i64 = 3_600;
/// Longer key ids, signatures and headers are not read.
const LONGEST_KEY_ID: usize = 2_048;
const LONGEST_SIGNATURE: usize = 1_368;
const LONGEST_HEADER: usize = 8_192;

/// Headers whose repetition could make two readers see two requests.
const ONCE: [&str; 8] =
    ["host", "date", "digest", "content-digest", "signature", "signature-input", "content-type", "content-length"];

/// Peers forget the padding of base64; nothing hangs on it.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request as it came over the wire.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Path and query, as received.
    pub target: &'a str,
    /// Every header line; a repeated header is repeated here too.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// What was received as body.
    pub body: Body<'a>,
    /// The scheme of this server, seen from outside.
    pub scheme: &'a str,
    /// Whether a host (lower case, with its port unless that is the default one) is served here.
    pub is_ours: &'a dyn Fn(&str) -> bool,
    /// The present.
    pub now: Timestamp,
}

/// The received body, or its digests when somebody has computed them already.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// The raw bytes.
    Bytes(&'a [u8]),
    /// Their digests.
    Digests {
        /// SHA-256.
        sha256: [u8; 32],
        /// SHA-512; without it a body that only offers SHA-512 is refused.
        sha512: Option<[u8; 64]>,
    },
}

/// What a well-formed signature says: somebody with the key `key_id` signed this request. Not yet proven.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The id of the key, as written.
    pub key_id: String,
    /// How it was signed.
    pub scheme: Scheme,
    /// When it was signed, by the clock of the sender.
    pub signed_at: Timestamp,
    /// The kind of key the signature speaks of, if it does.
    pub(super) kind: Option<KeyKind>,
    pub(super) signature: Vec<u8>,
    /// The text that was signed.
    pub(super) text: Vec<u8>,
    /// The text some peers sign instead: draft-cavage without the query.
    pub(super) other_text: Option<Vec<u8>>,
}

impl Claim {
    /// Whether `key`, which must be the one of `key_id`, really signed the request.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Refused> {
        if self.kind.is_some_and(|kind| kind != key.kind()) {
            return Err(Refused::Algorithm);
        }
        let signed = |text: &Vec<u8>| key.verify(text, &self.signature);
        if signed(&self.text) || self.other_text.as_ref().is_some_and(signed) {
            Ok(())
        } else {
            Err(Refused::Signature)
        }
    }

    /// The value of a header, if the signature covers it.
    pub fn covered(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(&self.text).ok()?;
        text.lines().find_map(|line| {
            let (signed, value) = line.split_once(": ")?;
            (signed.trim_matches('"') == name).then_some(value)
        })
    }
}

/// Checks all that needs no key: form, coverage, host, time and digest.
pub fn parse(request: &Request<'_>) -> Result<Claim, Refused> {
    let message = Message { request, authority: String::new() };
    let (signature, input) = (message.optional("signature")?, message.optional("signature-input")?);
    if signature.is_none() && input.is_none() {
        return Err(Refused::Missing);
    }
    for name in ONCE {
        message.raw(name)?;
    }
    let signature = signature.ok_or(Refused::Malformed("no signature"))?;
    let message = Message { request, authority: message.authority()? };
    match input {
        Some(input) => rfc9421::parse(&message, signature, input),
        None => cavage::parse(&message, signature),
    }
}

/// The request with the questions both schemes ask of it.
pub(super) struct Message<'a> {
    pub(super) request: &'a Request<'a>,
    /// The host as everybody normalises it; proven to be ours.
    pub(super) authority: String,
}

impl<'a> Message<'a> {
    fn raw(&self, name: &str) -> Result<Option<&'a [u8]>, Refused> {
        let mut found = self.request.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (found, None) => Ok(found.map(|(_, value)| value.trim_ascii())),
            _ => Err(Refused::Repeated),
        }
    }

    /// The value of a header that may be absent but not repeated.
    pub(super) fn optional(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        let Some(value) = self.raw(name)? else { return Ok(None) };
        match std::str::from_utf8(value) {
            Ok(text) if text.len() <= LONGEST_HEADER => Ok(Some(text)),
            _ => Err(Refused::Malformed("header")),
        }
    }

    /// The value of a header named by the signature.
    pub(super) fn header(&self, name: &str) -> Result<&'a str, Refused> {
        self.optional(name)?.ok_or(Refused::Malformed("a named header is absent"))
    }

    /// Whether the request is of a kind that carries a body.
    pub(super) fn has_body(&self) -> bool {
        !matches!(self.request.method, "GET" | "HEAD")
    }

    fn authority(&self) -> Result<String, Refused> {
        let host = self.optional("host")?.ok_or(Refused::Host)?.to_ascii_lowercase();
        let default = if self.request.scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(default).unwrap_or(&host);
        if (self.request.is_ours)(host) { Ok(host.to_owned()) } else { Err(Refused::Host) }
    }

    /// Whether a moment written by the sender, in seconds, is near enough.
    pub(super) fn check_moment(&self, seconds: i64) -> Result<(), Refused> {
        let near: RangeInclusive<i64> = -WINDOW..=WINDOW;
        let age = self.request.now.seconds().checked_sub(seconds).ok_or(Refused::Window)?;
        if near.contains(&age) { Ok(()) } else { Err(Refused::Window) }
    }

    /// Whether a signature that ends at `seconds` still holds.
    pub(super) fn check_expiry(&self, seconds: i64) -> Result<(), Refused> {
        if self.request.now.seconds() <= seconds { Ok(()) } else { Err(Refused::Window) }
    }

    /// The `Date` header in seconds, checked.
    pub(super) fn date(&self) -> Result<i64, Refused> {
        let date = httpdate::parse_http_date(self.header("date")?).ok().ok_or(Refused::Malformed("date"))?;
        let seconds = seconds_of(date).ok_or(Refused::Window)?;
        self.check_moment(seconds)?;
        Ok(seconds)
    }
}

fn seconds_of(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// The key id, if it can be one.
pub(super) fn key_id(text: &str) -> Result<String, Refused> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > LONGEST_KEY_ID || !printable {
        return Err(Refused::Malformed("key id"));
    }
    Ok(text.to_owned())
}

/// The bytes of a signature.
pub(super) fn signature(text: &str) -> Result<Vec<u8>, Refused> {
    if text.is_empty() || text.len() > LONGEST_SIGNATURE {
        return Err(Refused::Malformed("signature"));
    }
    BASE64.decode(text).ok().ok_or(Refused::Malformed("signature"))
}
