//! What tells a push service who sends (RFC 8292): a JSON web token, signed with the key that clients know.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::Timestamp;
use openssl::{ec::EcKey, ecdsa::EcdsaSig, sha::sha256};
use serde_json::json;
use url::Url;

/// How long each half of a signature is (RFC 7518, section 3.4).
const HALF: i32 = 32;

/// The token for the push service of `endpoint`, good until `expires`; `contact` is whom they may ask.
pub(super) fn claim(
    private: &str,
    endpoint: &Url,
    contact: &str,
    expires: Timestamp,
) -> Result<String, super::Failure> {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let audience = endpoint.origin().ascii_serialization();
    let said = format!(
        "{}.{}",
        part(json!({ "typ": "JWT", "alg": "ES256" })),
        part(json!({ "aud": audience, "exp": expires.seconds(), "sub": contact })),
    );
    let key = EcKey::private_key_from_pem(private.as_bytes())?;
    let signature = EcdsaSig::sign(&sha256(said.as_bytes()), &key)?;
    let halves = [signature.r().to_vec_padded(HALF)?, signature.s().to_vec_padded(HALF)?].concat();
    Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(halves)))
}
