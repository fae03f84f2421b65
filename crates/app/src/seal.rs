//! Secrets at rest: sealed with a key that is kept outside the database (AES-256-GCM).
use openssl::{
    hash::MessageDigest,
    pkey::PKey,
    sign::Signer,
    symm::{Cipher, decrypt_aead, encrypt_aead},
};

use crate::{
    error::{Error, Result},
    random,
};

const NONCE: usize = 12;
const TAG: usize = 16;

/// The letters of codes: none that passes for another.
const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// How many letters a code has: too many to guess, few enough to type.
const CODE: usize = 10;

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// With a key of 32 random bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Seals `secret`; `context` says what it is, and must be the same when it is opened.
    pub fn close(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::bytes::<NONCE>()?;
        let mut tag = [0; TAG];
        let cipher = Cipher::aes_256_gcm();
        let sealed = encrypt_aead(cipher, &self.0, Some(&nonce), context.as_bytes(), secret, &mut tag)
            .map_err(Error::internal)?;
        Ok([&nonce[..], &tag[..], &sealed[..]].concat())
    }

    /// Opens what was sealed with the same key for the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::internal("a sealed secret cannot be opened: is this the right key file?");
        let (nonce, rest) = sealed.split_at_checked(NONCE).ok_or_else(broken)?;
        let (tag, sealed) = rest.split_at_checked(TAG).ok_or_else(broken)?;
        decrypt_aead(Cipher::aes_256_gcm(), &self.0, Some(nonce), context.as_bytes(), sealed, tag)
            .map_err(|_error| broken())
    }

    fn digest(&self, purpose: &str) -> Result<Vec<u8>> {
        let key = PKey::hmac(&self.0).map_err(Error::internal)?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key).map_err(Error::internal)?;
        signer.sign_oneshot_to_vec(purpose.as_bytes()).map_err(Error::internal)
    }

    /// A word for `purpose` that nobody types.
    pub fn token(&self, purpose: &str) -> Result<String> {
        Ok(hex::encode(self.digest(&format!("token: {purpose}"))?))
    }

    /// Whether `given` is the word for `purpose`.
    pub fn is_token(&self, purpose: &str, given: &str) -> Result<bool> {
        Ok(is_same(&self.token(purpose)?, given))
    }

    /// A short word for `purpose`: the same in every process that has the key, and for all others impossible to tell.
    pub fn code(&self, purpose: &str) -> Result<String> {
        let digest = self.digest(purpose)?;
        let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
        Ok(digest.iter().take(CODE).filter_map(letter).collect())
    }
}

/// Whether two secrets are the same; how long that takes does not tell how much of one is right.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && openssl::memcmp::eq(one.as_bytes(), other.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_context() {
        let seal = Seal::new([7; 32]);
        let sealed = seal.close("key", b"secret").unwrap();
        assert_eq!(seal.open("key", &sealed).unwrap(), b"secret");
        assert!(seal.open("other", &sealed).is_err());
        assert!(Seal::new([8; 32]).open("key", &sealed).is_err());
        assert!(seal.open("key", sealed.get(..20).unwrap()).is_err());
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
    }

    #[test]
    fn a_code_is_of_one_key_and_one_purpose() {
        let code = |key, purpose| Seal::new([key; 32]).code(purpose).unwrap();
        assert_eq!(code(7, "door"), code(7, "door"));
        assert_ne!(code(7, "door"), code(8, "door"));
        assert_ne!(code(7, "door"), code(7, "gate"));
        assert_eq!(code(7, "door").len(), CODE);
    }
}
