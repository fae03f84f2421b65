//! Keys of actors: read from what peers publish, made for our own.

use base64::{Engine, engine::general_purpose::STANDARD};
use openssl::{
    bn::BigNumRef,
    error::ErrorStack,
    hash::MessageDigest,
    pkey::{Id, PKey, Private, Public},
    rsa::Rsa,
    sign::{Signer, Verifier},
};

use super::multibase;

/// The longest key text read; the PEM of an RSA-8192 key has 1.5 kB.
const LONGEST: usize = 8 * 1024;
const RSA_BITS: std::ops::RangeInclusive<i32> = 2_048..=8_192;
const OWN_RSA_BITS: u32 = 2_048;
/// Multicodec prefixes of FEP-521a.
const ED25519_CODE: [u8; 2] = [0xed, 0x01];
const RSA_CODE: [u8; 2] = [0x85, 0x24];

/// Why a key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Longer than any sane key.
    #[error("the key is too long")]
    TooLong,
    /// Not a key in a form we know.
    #[error("the key cannot be read")]
    Unreadable,
    /// A key of another kind.
    #[error("only RSA and Ed25519 keys are understood")]
    Kind,
    /// Too weak, or too costly to use.
    #[error("RSA keys must have 2048 to 8192 bits and a small odd exponent")]
    Strength,
    /// OpenSSL could not do its work.
    #[error("the cryptographic library failed")]
    Library(#[from] ErrorStack),
}

/// The two kinds of key; the kind alone decides the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    fn of(id: Id) -> Result<Self, KeyError> {
        match id {
            Id::RSA => Ok(Self::Rsa),
            Id::ED25519 => Ok(Self::Ed25519),
            _ => Err(KeyError::Kind),
        }
    }

    /// Ed25519 hashes by itself.
    fn digest(self) -> Option<MessageDigest> {
        (self == Self::Rsa).then(MessageDigest::sha256)
    }
}

/// A parsed public key. Parsing costs twenty verifications, so keep it; a clone is a reference count.
#[derive(Clone)]
pub struct PublicKey {
    key: PKey<Public>,
    kind: KeyKind,
}

impl PublicKey {
    /// Reads `BEGIN PUBLIC KEY` (RSA, Ed25519) or `BEGIN RSA PUBLIC KEY`, with any line ends.
    ///
    /// The armour is taken off here because OpenSSL would ask the terminal for the password of an encrypted one.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.len() > LONGEST {
            return Err(KeyError::TooLong);
        }
        let armoured = |label: &str| {
            let text = pem.trim().strip_prefix("-----BEGIN ")?.strip_prefix(label)?.strip_prefix("-----")?;
            let text = text.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
            let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(text).ok()
        };
        if let Some(der) = armoured("PUBLIC KEY") {
            Self::from_spki(&der)
        } else if let Some(der) = armoured("RSA PUBLIC KEY") {
            Self::from_pkcs1(&der)
        } else {
            Err(KeyError::Unreadable)
        }
    }

    /// Reads the `publicKeyMultibase` of a FEP-521a `Multikey`.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        if text.len() > LONGEST {
            return Err(KeyError::TooLong);
        }
        let bytes = multibase::decode(text).ok_or(KeyError::Unreadable)?;
        if let Some(raw) = bytes.strip_prefix(&ED25519_CODE) {
            let key = PKey::public_key_from_raw_bytes(raw, Id::ED25519).map_err(unreadable)?;
            Ok(Self { key, kind: KeyKind::Ed25519 })
        } else if let Some(der) = bytes.strip_prefix(&RSA_CODE) {
            Self::from_pkcs1(der)
        } else {
            Err(KeyError::Kind)
        }
    }

    fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(&Rsa::public_key_from_der_pkcs1(der).map_err(unreadable)?.public_key_to_der()?)
    }

    fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let key = PKey::public_key_from_der(der).map_err(unreadable)?;
        let kind = KeyKind::of(key.id())?;
        if kind == KeyKind::Rsa {
            let rsa = key.rsa()?;
            let odd = |number: &BigNumRef| number.is_bit_set(0);
            let sizes = RSA_BITS.contains(&rsa.n().num_bits()) && (2..=33).contains(&rsa.e().num_bits());
            if !(sizes && odd(rsa.n()) && odd(rsa.e())) {
                return Err(KeyError::Strength);
            }
        }
        Ok(Self { key, kind })
    }

    /// What kind of key this is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether this key made `signature` over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        // Anything OpenSSL objects to in a signature is a signature that does not match.
        self.try_verify(message, signature).unwrap_or(false)
    }

    fn try_verify(&self, message: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        if signature.len() != self.key.size() {
            return Ok(false);
        }
        match self.kind.digest() {
            Some(digest) => Verifier::new(digest, &self.key)?.verify_oneshot(signature, message),
            None => Verifier::new_without_digest(&self.key)?.verify_oneshot(signature, message),
        }
    }

    /// The key as `BEGIN PUBLIC KEY`, as `publicKeyPem` wants it.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        text(self.key.public_key_to_pem()?)
    }

    /// The key as `publicKeyMultibase` of a FEP-521a `Multikey`.
    pub fn to_multibase(&self) -> Result<String, KeyError> {
        let (code, bytes) = match self.kind {
            KeyKind::Rsa => (RSA_CODE, self.key.rsa()?.public_key_to_der_pkcs1()?),
            KeyKind::Ed25519 => (ED25519_CODE, self.key.raw_public_key()?),
        };
        Ok(multibase::encode(&[&code[..], &bytes].concat()))
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.key.public_eq(&other.key)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({:?}, {} bits)", self.kind, self.key.bits())
    }
}

/// A parsed private key of one of our own actors. A clone is a reference count.
#[derive(Clone)]
pub struct PrivateKey {
    key: PKey<Private>,
    kind: KeyKind,
}

impl PrivateKey {
    /// A new RSA-2048 key; takes tens of milliseconds.
    pub fn generate_rsa() -> Result<Self, KeyError> {
        Ok(Self { key: PKey::from_rsa(Rsa::generate(OWN_RSA_BITS)?)?, kind: KeyKind::Rsa })
    }

    /// A new Ed25519 key.
    pub fn generate_ed25519() -> Result<Self, KeyError> {
        Ok(Self { key: PKey::generate_ed25519()?, kind: KeyKind::Ed25519 })
    }

    /// Reads a PKCS#8 or PKCS#1 PEM without a password.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        // An empty password, so that OpenSSL never asks the terminal for one.
        let key = PKey::private_key_from_pem_passphrase(pem.as_bytes(), b"").map_err(unreadable)?;
        let kind = KeyKind::of(key.id())?;
        Ok(Self { key, kind })
    }

    /// The key as PKCS#8 PEM.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        text(self.key.private_key_to_pem_pkcs8()?)
    }

    /// What kind of key this is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public half.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_spki(&self.key.public_key_to_der()?)
    }

    /// The public half as `publicKeyPem` wants it.
    pub fn public_pem(&self) -> Result<String, KeyError> {
        self.public()?.to_pem()
    }

    /// The public half as `publicKeyMultibase` wants it.
    pub fn multibase(&self) -> Result<String, KeyError> {
        self.public()?.to_multibase()
    }

    /// Signs `message`.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(match self.kind.digest() {
            Some(digest) => Signer::new(digest, &self.key)?.sign_oneshot_to_vec(message)?,
            None => Signer::new_without_digest(&self.key)?.sign_oneshot_to_vec(message)?,
        })
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({:?})", self.kind)
    }
}

/// A document of somebody else that OpenSSL does not like is their mistake, not a failure of the library.
fn unreadable(_: ErrorStack) -> KeyError {
    KeyError::Unreadable
}

fn text(pem: Vec<u8>) -> Result<String, KeyError> {
    String::from_utf8(pem).ok().ok_or(KeyError::Unreadable)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use openssl::{bn::BigNum, dsa::Dsa, ec, nid::Nid};

    use super::*;

    /// The example of the did:key specification.
    const ED25519: &str = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

    #[test]
    fn round_trips() {
        for key in [PrivateKey::generate_rsa().unwrap(), PrivateKey::generate_ed25519().unwrap()] {
            let public = key.public().unwrap();
            let signature = PrivateKey::from_pem(&key.to_pem().unwrap()).unwrap().sign(b"message").unwrap();
            let windows = key.public_pem().unwrap().replace('\n', "\r\n");
            for read in
                [PublicKey::from_pem(&windows).unwrap(), PublicKey::from_multibase(&key.multibase().unwrap()).unwrap()]
            {
                assert_eq!(read, public);
                assert_eq!(read.kind(), key.kind());
                assert!(read.verify(b"message", &signature));
                assert!(!read.verify(b"massage", &signature));
                assert!(!read.verify(b"message", b""));
                assert!(!read.verify(b"message", &[&signature[..], b"\0"].concat()));
            }
        }
    }

    #[test]
    fn reads_pkcs1_and_known_multikeys() {
        let rsa = Rsa::generate(3_072).unwrap();
        let pem = |bytes: Vec<u8>| PublicKey::from_pem(&String::from_utf8(bytes).unwrap()).unwrap();
        assert_eq!(pem(rsa.public_key_to_pem_pkcs1().unwrap()), pem(rsa.public_key_to_pem().unwrap()));
        assert_eq!(PublicKey::from_multibase(ED25519).unwrap().to_multibase().unwrap(), ED25519);
    }

    #[test]
    fn refuses_what_is_weak_absurd_or_of_another_kind_at_once() {
        let pem = |key: PKey<Public>| String::from_utf8(key.public_key_to_pem().unwrap()).unwrap();
        let number = |bytes: usize, last: u8| {
            let mut digits = vec![0xc5; bytes];
            *digits.last_mut().unwrap() = last;
            BigNum::from_slice(&digits).unwrap()
        };
        let rsa = |n: BigNum, e: BigNum| pem(PKey::from_rsa(Rsa::from_public_components(n, e).unwrap()).unwrap());
        let e = || BigNum::from_u32(65_537).unwrap();
        let curve = ec::EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let curve = ec::EcKey::generate(&curve).unwrap();
        let curve = ec::EcKey::from_public_key(curve.group(), curve.public_key()).unwrap();
        let dsa = Dsa::generate(1_024).unwrap();
        let dsa = Dsa::from_public_components(
            dsa.p().to_owned().unwrap(),
            dsa.q().to_owned().unwrap(),
            dsa.g().to_owned().unwrap(),
            dsa.pub_key().to_owned().unwrap(),
        );
        assert!(PublicKey::from_pem(&rsa(number(256, 1), e())).is_ok(), "the odd modulus of the right size");
        let bad = [
            rsa(number(128, 1), e()),
            rsa(number(2_048, 1), e()),
            rsa(number(256, 2), e()),
            rsa(number(256, 1), BigNum::from_u32(1).unwrap()),
            rsa(number(256, 1), BigNum::from_u32(65_536).unwrap()),
            rsa(number(256, 1), number(255, 1)),
            pem(PKey::from_ec_key(curve).unwrap()),
            pem(PKey::from_dsa(dsa.unwrap()).unwrap()),
            PrivateKey::generate_ed25519().unwrap().to_pem().unwrap(),
            "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END PUBLIC KEY-----"
                .into(),
            "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----".into(),
            "-----BEGIN PUBLIC KEY-----".into(),
            String::new(),
            "A".repeat(10_000_000),
        ];
        for pem in &bad {
            let start = Instant::now();
            assert!(PublicKey::from_pem(pem).is_err(), "{pem:.200}");
            assert!(start.elapsed() < Duration::from_millis(100), "{pem:.200}");
        }
        for text in ["", "z", "z6Mk", "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", &"z".repeat(1_500)] {
            assert!(PublicKey::from_multibase(text).is_err(), "{text}");
        }
    }
}
