//! Signatures within XML (XML Signature 1.0, as far as SAML needs it): what is signed is given back as it was signed, so
//! that nothing else is read.
use base64::{Engine, engine::general_purpose::STANDARD};
use openssl::{
    bn::BigNum,
    ecdsa::EcdsaSig,
    error::ErrorStack,
    hash::{MessageDigest, hash},
    pkey::{Id, PKey, Public},
    sign::Verifier,
};

use super::xml::{self, EXCLUSIVE, Node, SIGNATURE};

/// The shortest RSA key that is trusted, in bits.
const SHORTEST: u32 = 2_048;

/// That what is around a signature is signed without it.
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Why what is signed is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is signed with a key that we do not know, or was changed.
    Forged,
    /// It is signed otherwise than we understand; what is wrong.
    Strange(&'static str),
}

/// The canonical text of a document, or of the one element in it that has this namespace and name, without the signature
/// that it bears, if one of the keys signed it.
pub(super) fn signed(
    text: &str,
    part: Option<(&'static str, &'static str)>,
    keys: &[PKey<Public>],
) -> Result<String, Broken> {
    let strange = Broken::Strange;
    let mut document = xml::parse(text).ok_or(strange("this is no XML"))?;
    let root = Node::root(&document).ok_or(strange("there is nothing"))?;
    let element = part.map_or(Some(root), |(namespace, name)| root.only(namespace, name));
    let element = element.ok_or(strange("what is signed is not there"))?;
    let name = element.attribute("ID").filter(|name| !name.is_empty()).ok_or(strange("it has no name"))?;
    let signature = element.only(SIGNATURE, "Signature").ok_or(strange("there is not one signature"))?;
    let info = signature.only(SIGNATURE, "SignedInfo").ok_or(strange("it does not say what is signed"))?;
    let method = info.only(SIGNATURE, "CanonicalizationMethod").ok_or(strange("its spelling is unknown"))?;
    let prefixes = prefixes(method).ok_or(strange("its spelling is unknown"))?;
    let value = signature.only(SIGNATURE, "SignatureValue").and_then(decoded).ok_or(strange("there is no value"))?;
    // From here on nothing is read of the signature but what it signs itself.
    let info = xml::canonical(&document, info.id(), &prefixes).ok_or(strange("it cannot be spelt"))?;
    let said = Info::read(&info, name)?;
    if !keys.iter().any(|key| said.scheme.verifies(key, info.as_bytes(), &value)) {
        return Err(Broken::Forged);
    }
    let (element, signature) = (element.id(), signature.id());
    document.detach(signature);
    let text = xml::canonical(&document, element, &said.prefixes).ok_or(strange("it cannot be spelt"))?;
    let digest = hash((said.digest)(), text.as_bytes()).map_err(|_error| strange("it has no digest"))?;
    if *digest == *said.value { Ok(text) } else { Err(Broken::Forged) }
}

/// What a signature says of itself.
struct Info {
    scheme: Scheme,
    digest: fn() -> MessageDigest,
    /// The digest.
    value: Vec<u8>,
    /// What is always declared in the canonical text.
    prefixes: Vec<String>,
}

impl Info {
    /// Reads the canonical text of what is signed, which must be the element called `name` and nothing else.
    fn read(text: &str, name: &str) -> Result<Self, Broken> {
        let strange = Broken::Strange;
        let document = xml::parse(text).ok_or(strange("this is no XML"))?;
        let info = Node::root(&document).ok_or(strange("there is nothing"))?;
        let method = info.only(SIGNATURE, "SignatureMethod").and_then(|method| method.attribute("Algorithm"));
        let scheme = method.and_then(Scheme::named).ok_or(strange("nothing we trust is signed like this"))?;
        let reference = info.only(SIGNATURE, "Reference").ok_or(strange("it does not sign one thing"))?;
        if reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')) != Some(name) {
            return Err(strange("it signs something else"));
        }
        let method = reference.only(SIGNATURE, "DigestMethod").and_then(|method| method.attribute("Algorithm"));
        let digest = method.and_then(digest).ok_or(strange("no digest we trust is made like this"))?;
        let value = reference.only(SIGNATURE, "DigestValue").and_then(decoded).ok_or(strange("there is no digest"))?;
        let transforms = reference.only(SIGNATURE, "Transforms").ok_or(strange("it is not told how it was spelt"))?;
        let all: Vec<Node<'_>> = transforms.children().collect();
        let [enveloped, spelling] = all.as_slice() else { return Err(strange("it was spelt in another way")) };
        let is_enveloped = enveloped.is(SIGNATURE, "Transform") && enveloped.attribute("Algorithm") == Some(ENVELOPED);
        let prefixes = Some(*spelling).filter(|one| one.is(SIGNATURE, "Transform")).and_then(prefixes);
        let prefixes = prefixes.filter(|_| is_enveloped).ok_or(strange("it was spelt in another way"))?;
        Ok(Self { scheme, digest, value, prefixes })
    }
}

/// The prefixes that exclusive canonicalisation always declares, if that is what an element asks for.
fn prefixes(method: Node<'_>) -> Option<Vec<String>> {
    if method.attribute("Algorithm") != Some(EXCLUSIVE) {
        return None;
    }
    let mut listed = method.children();
    let list = match (listed.next(), listed.next()) {
        (None, _) => "",
        (Some(list), None) if list.is(EXCLUSIVE, "InclusiveNamespaces") => list.attribute("PrefixList")?,
        _ => return None,
    };
    Some(list.split_ascii_whitespace().map(str::to_owned).collect())
}

/// What an element holds as Base64, which may be broken into lines.
pub(super) fn decoded(node: Node<'_>) -> Option<Vec<u8>> {
    let text: String = node.text()?.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

fn digest(name: &str) -> Option<fn() -> MessageDigest> {
    Some(match name {
        "http://www.w3.org/2001/04/xmlenc#sha256" => MessageDigest::sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => MessageDigest::sha384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => MessageDigest::sha512,
        _ => return None,
    })
}

/// How a signature is made: with which kind of key, over which digest.
#[derive(Clone, Copy)]
struct Scheme {
    kind: Id,
    digest: fn() -> MessageDigest,
}

impl Scheme {
    fn named(name: &str) -> Option<Self> {
        let (kind, digest): (Id, fn() -> MessageDigest) =
            match name.strip_prefix("http://www.w3.org/2001/04/xmldsig-more#")? {
                "rsa-sha256" => (Id::RSA, MessageDigest::sha256),
                "rsa-sha384" => (Id::RSA, MessageDigest::sha384),
                "rsa-sha512" => (Id::RSA, MessageDigest::sha512),
                "ecdsa-sha256" => (Id::EC, MessageDigest::sha256),
                "ecdsa-sha384" => (Id::EC, MessageDigest::sha384),
                "ecdsa-sha512" => (Id::EC, MessageDigest::sha512),
                _ => return None,
            };
        Some(Self { kind, digest })
    }

    /// Whether `key` signed this; a key of another kind signed nothing.
    fn verifies(self, key: &PKey<Public>, signed: &[u8], signature: &[u8]) -> bool {
        key.id() == self.kind && self.verify(key, signed, signature).ok().flatten().unwrap_or(false)
    }

    fn verify(self, key: &PKey<Public>, signed: &[u8], signature: &[u8]) -> Result<Option<bool>, ErrorStack> {
        let mut verifier = Verifier::new((self.digest)(), key)?;
        if self.kind == Id::RSA {
            return if key.bits() < SHORTEST { Ok(None) } else { verifier.verify_oneshot(signature, signed).map(Some) };
        }
        // The two numbers, one after the other, each as long as the order of the curve.
        let length = key.bits().div_ceil(8) as usize;
        let Some((r, s)) = signature.split_at_checked(length).filter(|(_, s)| s.len() == length) else {
            return Ok(None);
        };
        let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
        verifier.verify_oneshot(&signature.to_der()?, signed).map(Some)
    }
}
