//! `Digest` and `Content-Digest`: whether the signed digest is that of the received bytes.

use base64::Engine;
use openssl::sha::{sha256, sha512};

use super::{
    Refused,
    verify::{BASE64, Body},
};

/// Checks a `Digest` header (RFC 3230).
pub(super) fn check_digest(header: &str, body: &Body<'_>) -> Result<(), Refused> {
    check(body, header.split(',').map(|part| part.trim().split_once('=')))
}

/// Checks a `Content-Digest` header (RFC 9530).
pub(super) fn check_content_digest(header: &str, body: &Body<'_>) -> Result<(), Refused> {
    check(
        body,
        header.split(',').map(|part| {
            let (name, value) = part.trim().split_once('=')?;
            Some((name, value.strip_prefix(':')?.strip_suffix(':')?))
        }),
    )
}

/// Every digest of a kind we know must match, and there must be one.
fn check<'a>(body: &Body<'_>, parts: impl Iterator<Item = Option<(&'a str, &'a str)>>) -> Result<(), Refused> {
    let (mut seen256, mut seen512) = (false, false);
    for part in parts {
        let (name, value) = part.ok_or(Refused::Malformed("digest"))?;
        let is = |digest: &[u8]| BASE64.decode(value).is_ok_and(|value| value == digest);
        let (seen, matches) = if name.eq_ignore_ascii_case("sha-256") {
            (&mut seen256, is(&body.sha256()))
        } else if name.eq_ignore_ascii_case("sha-512") {
            (&mut seen512, body.sha512().is_some_and(|digest| is(&digest)))
        } else {
            continue;
        };
        if std::mem::replace(seen, true) {
            return Err(Refused::Repeated);
        }
        if !matches {
            return Err(Refused::Digest);
        }
    }
    if seen256 || seen512 { Ok(()) } else { Err(Refused::Digest) }
}

impl Body<'_> {
    fn sha256(&self) -> [u8; 32] {
        match self {
            Self::Bytes(bytes) => sha256(bytes),
            Self::Digests { sha256, .. } => *sha256,
        }
    }

    fn sha512(&self) -> Option<[u8; 64]> {
        match self {
            Self::Bytes(bytes) => Some(sha512(bytes)),
            Self::Digests { sha512, .. } => *sha512,
        }
    }
}
