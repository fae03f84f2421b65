//! A push service that keeps what it gets, and a client that can read it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ece::EcKeyComponents;
use ece::legacy::AesGcmEncryptedBlock;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::sha::sha256;
use serde_json::{Value, json};

use super::wire::{Answer, Request};

/// A push service; a clone is the same one.
#[derive(Clone)]
pub(crate) struct PushService(Arc<Inner>);

struct Inner {
    host: String,
    got: Mutex<Vec<Request>>,
    /// What it says to the next ones, before it takes everything: a status, and after how many seconds they may come again.
    refusals: Mutex<VecDeque<(u16, Option<u32>)>>,
}

impl PushService {
    pub(super) fn new(host: &str) -> Self {
        Self(Arc::new(Inner { host: host.to_owned(), got: Mutex::default(), refusals: Mutex::default() }))
    }

    pub(super) fn host(&self) -> &str {
        &self.0.host
    }

    /// Refuses the next request with this status.
    pub(crate) fn refuse(&self, status: u16) {
        self.0.refusals.lock().unwrap().push_back((status, None));
    }

    /// Refuses the next request for so many seconds.
    pub(crate) fn refuse_for(&self, seconds: u32) {
        self.0.refusals.lock().unwrap().push_back((429, Some(seconds)));
    }

    /// Refuses nothing more.
    pub(crate) fn recover(&self) {
        self.0.refusals.lock().unwrap().clear();
    }

    /// Everything that was taken since the last call.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.0.got.lock().unwrap())
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        if let Some((status, seconds)) = self.0.refusals.lock().unwrap().pop_front() {
            let headers = seconds.map(|seconds| ("retry-after".to_owned(), seconds.to_string()));
            return Answer { headers: headers.into_iter().collect(), ..Answer::status(status) };
        }
        self.0.got.lock().unwrap().push(request.clone());
        Answer::status(201)
    }
}

/// A client that waits at a push service.
pub(crate) struct Waiting {
    keys: EcKeyComponents,
    auth: Vec<u8>,
    endpoint: String,
    standard: bool,
}

impl Waiting {
    pub(crate) fn at(service: &PushService, name: &str, standard: bool) -> Self {
        let (pair, auth) = ece::generate_keypair_and_auth_secret().unwrap();
        let endpoint = format!("http://{}/{name}", service.host());
        Self { keys: pair.raw_components().unwrap(), auth: auth.to_vec(), endpoint, standard }
    }

    /// What it tells its server, to be woken for these kinds.
    pub(crate) fn wish(&self, policy: &str, kinds: &[&str]) -> Value {
        let alerts: serde_json::Map<String, Value> =
            kinds.iter().map(|kind| ((*kind).to_owned(), json!(true))).collect();
        json!({
            "subscription": {
                "endpoint": self.endpoint,
                "keys": {
                    "p256dh": URL_SAFE_NO_PAD.encode(self.keys.public_key()),
                    "auth": URL_SAFE_NO_PAD.encode(&self.auth),
                },
                "standard": self.standard,
            },
            "data": { "policy": policy, "alerts": alerts },
        })
    }

    /// What a request says, once it is shown that `server_key` sent it and that it is for this client.
    pub(crate) fn read(&self, request: &Request, server_key: &str) -> Value {
        assert_eq!(request.path(), Request::new("POST", &self.endpoint).path());
        assert!(request.header("ttl").unwrap().parse::<u32>().unwrap() > 0);
        let origin = format!("http://{}", request.host());
        let authorization = request.header("authorization").unwrap();
        let encoding = request.header("content-encoding").unwrap();
        let opened = if self.standard {
            let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
            assert_eq!((key, encoding), (server_key, "aes128gcm"));
            verify(token, server_key, &origin);
            ece::decrypt(&self.keys, &self.auth, &request.body).unwrap()
        } else {
            verify(authorization.strip_prefix("WebPush ").unwrap(), server_key, &origin);
            assert_eq!(encoding, "aesgcm");
            let part = |header: &str, name: &str| {
                let named = request.header(header).unwrap().split([';', ',']);
                let value = named.filter_map(|part| part.trim().split_once('=')).find(|(key, _)| *key == name);
                value.unwrap_or_else(|| panic!("{header} has no {name}")).1.to_owned()
            };
            assert_eq!(part("crypto-key", "p256ecdsa"), server_key);
            let bytes = |text: String| URL_SAFE_NO_PAD.decode(text).unwrap();
            let (dh, salt) = (bytes(part("crypto-key", "dh")), bytes(part("encryption", "salt")));
            let sealed = AesGcmEncryptedBlock::new(&dh, &salt, 4_096, request.body.clone()).unwrap();
            ece::legacy::decrypt_aesgcm(&self.keys, &self.auth, &sealed).unwrap()
        };
        serde_json::from_slice(&opened).unwrap()
    }
}

/// Holds that a token is signed by `key` for `audience` (RFC 8292).
fn verify(token: &str, key: &str, audience: &str) {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (said, signature) = token.rsplit_once('.').unwrap();
    let claims: Value = serde_json::from_slice(&bytes(said.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims["aud"], audience);
    assert!(claims["exp"].is_u64() && claims["sub"].as_str().unwrap().starts_with("http"));
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let point = EcPoint::from_bytes(&group, &bytes(key), &mut BigNumContext::new().unwrap()).unwrap();
    let (r, s) = (bytes(signature)[..32].to_vec(), bytes(signature)[32..].to_vec());
    let half = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
    let signature = EcdsaSig::from_private_components(half(&r), half(&s)).unwrap();
    assert!(signature.verify(&sha256(said.as_bytes()), &EcKey::from_public_key(&group, &point).unwrap()).unwrap());
}
