//! Passwords: hashed by Argon2id, never more at a time than the machine can bear.
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use crate::{App, Error, Result};

/// How many hashes are made at a time: each takes 19 MiB and a processor.
pub(crate) const AT_ONCE: usize = 4;

/// Whether a password has a length that we take.
pub(crate) fn fits(password: &str) -> bool {
    (8..=128).contains(&password.chars().count())
}

/// Argon2id with 19 MiB and two passes: what OWASP asks for at least.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hash.to_string())
}

/// The hash of a password, in PHC form.
pub(crate) async fn hash(app: &App, password: String) -> Result<String> {
    let _place = app.hashing().await?;
    app.tasks().blocking(move || hash_now(&password)).await.map_err(Error::internal)?
}

/// Whether `password` is the one with this hash; takes as long when there is none.
pub(crate) async fn is_right(app: &App, hash: Option<String>, password: String) -> Result<bool> {
    let _place = app.hashing().await?;
    let check = move || -> Result<bool> {
        if !fits(&password) {
            // Nobody has such a password, and hashing megabytes is what an attacker would like.
            return Ok(false);
        }
        let Some(hash) = hash else { return hash_now(&password).map(|_| false) };
        let hash = PasswordHash::new(&hash).map_err(|e| Error::internal(e.to_string()))?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
    };
    app.tasks().blocking(check).await.map_err(Error::internal)?
}
