//! What a provider says of somebody, signed: the ID tokens of `OpenID` Connect, and the keys that they are verified with.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    error::ErrorStack,
    hash::MessageDigest,
    nid::Nid,
    pkey::{Id, PKey, Public},
    rsa::{Padding, Rsa},
    sign::{RsaPssSaltlen, Verifier},
};
use serde::Deserialize;
use serde_json::Value;

/// How much the clock of a provider may differ from ours, in seconds.
const LENIENCY: i64 = 60;

/// What is to be done about a token that is signed in no way that we trust: with the secret that we share, or not at all.
const UNTRUSTED: &str = "it is signed in no way that we trust: have the provider sign ID tokens by RS256, or by PS256, ES256 or \
                         EdDSA";

/// The shortest RSA key that is trusted, in bits.
const SHORTEST: u32 = 2_048;

/// A key of a provider (RFC 7517).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: String,
    e: String,
    crv: String,
    x: String,
    y: String,
}

/// For whom a token is: one, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What is said of somebody; none of it is trusted but by whoever compared the rest.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    pub(super) sub: String,
    email: Option<String>,
    /// Some say it in words.
    email_verified: Value,
    /// What it calls them.
    #[serde(rename = "preferred_username")]
    pub(super) called: Option<String>,
}

impl Person {
    /// The address, and whether the provider knows that it is theirs.
    pub(super) fn address(&self) -> Option<(&str, bool)> {
        let address = self.email.as_deref().filter(|address| !address.is_empty())?;
        Some((address, self.email_verified == Value::Bool(true) || self.email_verified == "true"))
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    #[serde(flatten)]
    person: Person,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What has to be understood, of which we understand nothing.
    crit: Option<Value>,
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds.
    pub(super) now: i64,
}

/// Why a token is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    /// It is signed by a key that we do not know: the provider may have others by now.
    #[error("it is signed with a key that is not among the provider's")]
    UnknownKey,
    /// It says what it must not.
    #[error("{0}")]
    Wrong(&'static str),
}

/// Of whom a token speaks, if it is signed by one of the keys, for us, now, and for this one answer.
pub(super) fn read(token: &str, keys: &[Key], expected: Expected<'_>) -> Result<Person, Flaw> {
    let wrong = |what| Err(Flaw::Wrong(what));
    let Some((signed, signature)) = token.rsplit_once('.') else { return wrong("this is no token") };
    let Some((header, claims)) = signed.split_once('.') else { return wrong("this is no token") };
    let Some(Header { alg, kid, crit: None }) = part(header) else { return wrong("its header is strange") };
    let Some(scheme) = Scheme::named(&alg) else { return wrong(UNTRUSTED) };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return wrong("its signature is strange") };
    let mut fitting = keys.iter().filter(|key| key.fits(&alg, kid.as_deref(), scheme)).peekable();
    if fitting.peek().is_none() {
        return Err(Flaw::UnknownKey);
    }
    if !fitting.any(|key| scheme.verifies(key, signed.as_bytes(), &signature)) {
        return wrong("its signature is wrong");
    }
    let Some(claims) = part::<Claims>(claims) else { return wrong("it does not say what it must") };
    let is_for_us = match &claims.aud {
        Audience::One(one) => one == expected.client,
        // Of several, one has asked for it, and has to be named.
        Audience::Many(all) => all.iter().any(|one| one == expected.client) && (all.len() == 1 || claims.azp.is_some()),
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds of today are far from what a float cannot tell apart")]
    let (early, late) = ((expected.now - LENIENCY) as f64, (expected.now + LENIENCY) as f64);
    if claims.iss != expected.issuer {
        wrong("it is of another provider")
    } else if !is_for_us || claims.azp.is_some_and(|azp| azp != expected.client) {
        wrong("it is for somebody else")
    } else if claims.exp.is_nan() || claims.exp <= early || claims.nbf.is_some_and(|nbf| nbf > late) {
        wrong("it is not good at this time")
    } else if claims.nonce.as_deref() != Some(expected.nonce) {
        wrong("it does not answer what was asked")
    } else if claims.person.sub.is_empty() || claims.person.sub.len() > 255 {
        wrong("it does not say who it is about")
    } else {
        Ok(claims.person)
    }
}

fn part<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// Whether what is signed by the algorithm of this name may be trusted.
pub(super) fn trusts(algorithm: &str) -> bool {
    Scheme::named(algorithm).is_some()
}

/// How something is signed (RFC 7518, RFC 8037): always with a key, and never with one that signs itself.
#[derive(Debug, Clone, Copy)]
enum Scheme {
    Rsa(fn() -> MessageDigest),
    RsaPss(fn() -> MessageDigest),
    Curve { name: &'static str, nid: Nid, half: usize, digest: fn() -> MessageDigest },
    Ed25519,
}

impl Scheme {
    fn named(name: &str) -> Option<Self> {
        let (sha256, sha384, sha512) = (MessageDigest::sha256, MessageDigest::sha384, MessageDigest::sha512);
        Some(match name {
            "RS256" => Self::Rsa(sha256),
            "RS384" => Self::Rsa(sha384),
            "RS512" => Self::Rsa(sha512),
            "PS256" => Self::RsaPss(sha256),
            "PS384" => Self::RsaPss(sha384),
            "PS512" => Self::RsaPss(sha512),
            "ES256" => Self::Curve { name: "P-256", nid: Nid::X9_62_PRIME256V1, half: 32, digest: sha256 },
            "ES384" => Self::Curve { name: "P-384", nid: Nid::SECP384R1, half: 48, digest: sha384 },
            "ES512" => Self::Curve { name: "P-521", nid: Nid::SECP521R1, half: 66, digest: sha512 },
            // The same by its older name and by its newer one (RFC 9864).
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }

    /// What its keys are called: their kind, and their curve.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Rsa(_) | Self::RsaPss(_) => ("RSA", ""),
            Self::Curve { name, .. } => ("EC", name),
            Self::Ed25519 => ("OKP", "Ed25519"),
        }
    }

    /// Whether `key` signed this; a key that is none signed nothing.
    fn verifies(self, key: &Key, signed: &[u8], signature: &[u8]) -> bool {
        self.verify(key, signed, signature).ok().flatten().unwrap_or(false)
    }

    fn verify(self, key: &Key, signed: &[u8], signature: &[u8]) -> Result<Option<bool>, ErrorStack> {
        let Some(public) = key.public(self)? else { return Ok(None) };
        let right = match self {
            Self::Rsa(digest) => Verifier::new(digest(), &public)?.verify_oneshot(signature, signed)?,
            Self::RsaPss(digest) => {
                let mut verifier = Verifier::new(digest(), &public)?;
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
                verifier.set_rsa_mgf1_md(digest())?;
                verifier.verify_oneshot(signature, signed)?
            }
            Self::Curve { half, digest, .. } => {
                let Some((r, s)) = signature.split_at_checked(half).filter(|(_, s)| s.len() == half) else {
                    return Ok(None);
                };
                let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
                Verifier::new(digest(), &public)?.verify_oneshot(&signature.to_der()?, signed)?
            }
            Self::Ed25519 => Verifier::new_without_digest(&public)?.verify_oneshot(signature, signed)?,
        };
        Ok(Some(right))
    }
}

impl Key {
    /// Whether a signature that is described so may be this one's.
    fn fits(&self, alg: &str, kid: Option<&str>, scheme: Scheme) -> bool {
        (self.kty.as_str(), self.crv.as_str()) == scheme.keys()
            && self.alg.as_deref().is_none_or(|own| own == alg)
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && (kid.is_none() || self.kid.is_none() || self.kid.as_deref() == kid)
    }

    fn public(&self, scheme: Scheme) -> Result<Option<PKey<Public>>, ErrorStack> {
        let number = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| BigNum::from_slice(&bytes)).transpose();
        Ok(match scheme {
            Scheme::Rsa(_) | Scheme::RsaPss(_) => {
                let (Some(n), Some(e)) = (number(&self.n)?, number(&self.e)?) else { return Ok(None) };
                let key = PKey::from_rsa(Rsa::from_public_components(n, e)?)?;
                (key.bits() >= SHORTEST).then_some(key)
            }
            Scheme::Curve { nid, .. } => {
                let (Some(x), Some(y)) = (number(&self.x)?, number(&self.y)?) else { return Ok(None) };
                let group = EcGroup::from_curve_name(nid)?;
                // Only what lies on the curve is a key.
                Some(PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)?)
            }
            Scheme::Ed25519 => {
                let Ok(bytes) = URL_SAFE_NO_PAD.decode(&self.x) else { return Ok(None) };
                Some(PKey::public_key_from_raw_bytes(&bytes, Id::ED25519)?)
            }
        })
    }
}

#[cfg(test)]
mod tests;
