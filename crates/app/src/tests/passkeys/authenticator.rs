//! An authenticator in software, with the browser around it: as honest as a test wants it.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    sha::sha256,
    sign::Signer,
};
use serde_json::{Value, json};

use crate::random;

/// What is set in what it says: that somebody is there, that it made sure who, that there is a key within.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// Several passkeys of one site.
pub(super) struct Authenticator {
    /// The page that it believes to be on.
    pub(super) origin: String,
    /// Whether it makes sure who uses it.
    pub(super) verifies: bool,
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: String,
    user: String,
    secret: EcKey<Private>,
    used: u32,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn curve() -> EcGroup {
    EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()
}

impl Authenticator {
    pub(super) fn new() -> Self {
        Self { origin: "https://plaza.example".into(), verifies: true, keys: Vec::new() }
    }

    /// One with the same keys, which counts for itself.
    pub(super) fn copy(&self) -> Self {
        Self { origin: self.origin.clone(), verifies: self.verifies, keys: self.keys.clone() }
    }

    fn client_data(&self, kind: &str, asked: &Value) -> String {
        json!({ "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&self, site: &str, used: u32, key: &[u8]) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let attested = if key.is_empty() { 0 } else { ATTESTED };
        [&sha256(site.as_bytes())[..], &[PRESENT | verified | attested], &used.to_be_bytes(), key].concat()
    }

    /// Makes a passkey, as `navigator.credentials.create` does.
    pub(super) fn make(&mut self, options: &str) -> String {
        let asked: Value = serde_json::from_str(options).unwrap();
        let choice = &asked["authenticatorSelection"];
        assert_eq!((&choice["residentKey"], &choice["userVerification"]), (&json!("required"), &json!("required")));
        let secret = EcKey::generate(&curve()).unwrap();
        let id = random::bytes::<16>().unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let mut context = BigNumContext::new().unwrap();
        secret.public_key().affine_coordinates(&curve(), &mut x, &mut y, &mut context).unwrap();
        let (x, y) = (x.to_vec_padded(32).unwrap(), y.to_vec_padded(32).unwrap());
        // An elliptic key for ES256 on P-256 (COSE), without a word on who made the authenticator.
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], &x, &[0x22, 0x58, 32], &y].concat();
        let data = self.data(asked["rp"]["id"].as_str().unwrap(), 0, &[&[0; 16][..], &[0, 16], &id, &cose].concat());
        let length = u8::try_from(data.len()).unwrap();
        let attestation = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[length], &data].concat();
        let user = asked["user"]["id"].as_str().unwrap().to_owned();
        self.keys.push(Key { id: encoded(id), user, secret, used: 0 });
        json!({
            "id": encoded(id), "rawId": encoded(id), "type": "public-key",
            "response": {
                "clientDataJSON": encoded(self.client_data("webauthn.create", &asked)),
                "attestationObject": encoded(attestation), "transports": ["internal", "telepathy"],
            },
        })
        .to_string()
    }

    /// Answers with a passkey that is asked for, as `navigator.credentials.get` does; with the newest, if any will do.
    pub(super) fn answer(&mut self, options: &str) -> String {
        let asked: Value = serde_json::from_str(options).unwrap();
        assert_eq!(asked["userVerification"], "required");
        let wanted: Vec<&Value> = asked["allowCredentials"].as_array().unwrap().iter().map(|key| &key["id"]).collect();
        let found = self.keys.iter().rposition(|key| wanted.is_empty() || wanted.contains(&&json!(key.id)));
        let found = found.unwrap_or(self.keys.len() - 1);
        self.keys[found].used += 1;
        let (key, client_data) = (&self.keys[found], self.client_data("webauthn.get", &asked));
        let data = self.data(asked["rpId"].as_str().unwrap(), key.used, &[]);
        let secret = PKey::from_ec_key(key.secret.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &secret).unwrap();
        let message = [&data[..], &sha256(client_data.as_bytes())].concat();
        let signature = signer.sign_oneshot_to_vec(&message).unwrap();
        json!({
            "id": key.id, "rawId": key.id, "type": "public-key",
            "response": {
                "clientDataJSON": encoded(client_data), "authenticatorData": encoded(data),
                "signature": encoded(signature), "userHandle": key.user,
            },
        })
        .to_string()
    }
}
