//! HTTP message signatures: draft-cavage and RFC 9421, checked and made, without I/O and without a clock.
//!
//! A request is read in two steps, because the key must be found in between: [`verify::parse`] checks everything that
//! needs no key and answers a [`Claim`]; [`Claim::verify`] then asks whether the key of that id really signed it.

mod cavage;
mod digest;
pub mod key;
pub(crate) mod multibase;
mod rfc9421;
pub mod sign;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
pub mod verify;

pub(crate) use self::cavage::parameters;
pub use self::{
    key::{KeyError, KeyKind, PrivateKey, PublicKey},
    sign::{Headers, SignError, Signer},
    verify::{Body, Claim, Request},
};
pub use domain::peer::Scheme;

/// Why a signed request does not count. Every text is safe to show to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no signature at all.
    #[error("the request is not signed")]
    Missing,
    /// The signature headers break their own grammar, or a value in them cannot be read.
    #[error("the signature cannot be read: {0}")]
    Malformed(&'static str),
    /// A header that must stand once stands more often.
    #[error("a header that must stand once is repeated")]
    Repeated,
    /// Something that has to be signed is not.
    #[error("the signature does not cover {0}")]
    Coverage(&'static str),
    /// The body is not the one that was signed.
    #[error("the digest does not match the body")]
    Digest,
    /// The request was made for somebody else.
    #[error("the request is not addressed to this server")]
    Host,
    /// The request is too old, from the future, or expired.
    #[error("the signature is outside its time window")]
    Window,
    /// An algorithm that does not exist here, or not the one of the key.
    #[error("the signature algorithm is not accepted")]
    Algorithm,
    /// The key did not make this signature.
    #[error("the signature does not match")]
    Signature,
}

impl Refused {
    /// A stable word for metrics and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed(_) => "malformed",
            Self::Repeated => "repeated",
            Self::Coverage(_) => "coverage",
            Self::Digest => "digest",
            Self::Host => "host",
            Self::Window => "window",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
        }
    }
}
