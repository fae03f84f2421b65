//! The provider of an organization: it asks nobody, signs what it says of people with a real key, and lies when it is told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::Clock;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

use super::wire::{Answer, Request};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    Issuer,
    Audience,
    Nonce,
    Expired,
    OtherKey,
    NoSignature,
    /// It offers to sign with what both know, and in no other way.
    SharedKey,
}

/// A provider; a clone is the same one.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Inner>);

struct Inner {
    host: String,
    clock: Clock,
    key: Mutex<(String, PKey<Private>)>,
    other: PKey<Private>,
    lie: Mutex<Option<Lie>>,
    /// Who was asked, by the code that they carry.
    codes: Mutex<HashMap<String, Stay>>,
    /// Of whom the tokens speak that they became.
    tokens: Mutex<HashMap<String, Value>>,
}

/// What was asked of somebody, and what is said of them.
type Stay = (HashMap<String, String>, Value);

fn key() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn pairs(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn said(value: &Value) -> Answer {
    Answer {
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: value.to_string().into_bytes(),
        ..Answer::status(200)
    }
}

impl Provider {
    pub(crate) const CLIENT: &str = "plaza";
    pub(crate) const SECRET: &str = "s3cr:t";

    pub(super) fn new(host: &str, clock: &Clock) -> Self {
        Self(Arc::new(Inner {
            host: host.to_owned(),
            clock: clock.clone(),
            key: Mutex::new(("k1".to_owned(), key())),
            other: key(),
            lie: Mutex::default(),
            codes: Mutex::default(),
            tokens: Mutex::default(),
        }))
    }

    pub(super) fn host(&self) -> &str {
        &self.0.host
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// Lies from now on, or no more.
    pub(crate) fn lie(&self, lie: Option<Lie>) {
        *self.0.lie.lock().unwrap() = lie;
    }

    /// Signs with another key from now on, as it should each few months.
    pub(crate) fn renew_key(&self) {
        *self.0.key.lock().unwrap() = ("k2".to_owned(), key());
    }

    /// Where it sends somebody back to who came by `way`, of whom it says `person`.
    pub(crate) fn agree(&self, way: &str, person: Value) -> String {
        let query = way.strip_prefix(&self.url("/authorize?")).unwrap_or_else(|| panic!("{way}"));
        let asked = pairs(query);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", Self::CLIENT));
        assert!(asked["scope"].split(' ').any(|word| word == "openid"), "{asked:?}");
        let code = format!("code-{}", self.0.codes.lock().unwrap().len() + self.0.tokens.lock().unwrap().len());
        let back = format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"]);
        self.0.codes.lock().unwrap().insert(code, (asked, person));
        back
    }

    /// Where it sends somebody back to who came by `way` and does not want to go on, or may not.
    pub(crate) fn refuse(&self, way: &str) -> String {
        let query = way.strip_prefix(&self.url("/authorize?")).unwrap_or_else(|| panic!("{way}"));
        let asked = pairs(query);
        let why = "error=access_denied&error_description=No%20one%20may";
        format!("{}?{why}&state={}", asked["redirect_uri"], asked["state"])
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        match request.path() {
            "/.well-known/openid-configuration" => said(&json!({
                "issuer": self.url(""),
                "authorization_endpoint": self.url("/authorize"),
                "token_endpoint": self.url("/token"),
                "userinfo_endpoint": self.url("/userinfo"),
                "jwks_uri": self.url("/keys"),
                "id_token_signing_alg_values_supported": [self.algorithm()],
            })),
            "/keys" => {
                let (kid, key) = self.0.key.lock().unwrap().clone();
                let rsa = key.rsa().unwrap();
                let (n, e) = (encoded(rsa.n().to_vec()), encoded(rsa.e().to_vec()));
                said(&json!({ "keys": [{ "kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": e }, { "kty": 7 }] }))
            }
            "/token" => self.exchange(request),
            "/userinfo" => {
                let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap().to_owned();
                said(&self.0.tokens.lock().unwrap()[&token])
            }
            _ => Answer::status(404),
        }
    }

    fn algorithm(&self) -> &'static str {
        if *self.0.lie.lock().unwrap() == Some(Lie::SharedKey) { "HS256" } else { "RS256" }
    }

    /// A code becomes a token once, for whoever asked for it.
    fn exchange(&self, request: &Request) -> Answer {
        let form = pairs(std::str::from_utf8(&request.body).unwrap());
        let basic = format!("{}:s3cr%3At", Self::CLIENT);
        assert_eq!(request.header("authorization"), Some(format!("Basic {}", STANDARD.encode(basic)).as_str()));
        assert!(!form["code"].is_empty(), "there is nothing to ask for");
        let Some((asked, person)) = self.0.codes.lock().unwrap().remove(&form["code"]) else {
            return Answer { status: 400, ..said(&json!({ "error": "invalid_grant" })) };
        };
        assert_eq!(asked["code_challenge"], encoded(sha256(form["code_verifier"].as_bytes())), "PKCE");
        assert_eq!(asked["redirect_uri"], form["redirect_uri"]);
        let token = self.token(&asked["nonce"], &person);
        let access = format!("token-of-{}", form["code"]);
        self.0.tokens.lock().unwrap().insert(access.clone(), person);
        said(&json!({ "id_token": token, "access_token": access, "token_type": "Bearer" }))
    }

    fn token(&self, nonce: &str, person: &Value) -> String {
        let (kid, key) = self.0.key.lock().unwrap().clone();
        let lie = *self.0.lie.lock().unwrap();
        let now = self.0.clock.now().millis() / 1_000;
        let mut claims = json!({
            "iss": self.url(""), "aud": Self::CLIENT, "nonce": nonce, "iat": now, "exp": now + 300,
        });
        claims.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        // What is said elsewhere is not in the token.
        if person["quiet"] == true {
            claims = json!({ "sub": person["sub"], "iss": claims["iss"], "aud": claims["aud"], "nonce": nonce, "exp": claims["exp"] });
        }
        match lie {
            Some(Lie::Issuer) => claims["iss"] = json!("http://other.test"),
            Some(Lie::Audience) => claims["aud"] = json!("somebody-else"),
            Some(Lie::Nonce) => claims["nonce"] = json!("of another time"),
            Some(Lie::Expired) => claims["exp"] = json!(now - 300),
            Some(Lie::OtherKey | Lie::NoSignature | Lie::SharedKey) | None => {}
        }
        let alg = if lie == Some(Lie::NoSignature) { "none" } else { "RS256" };
        let signed =
            format!("{}.{}", encoded(json!({ "alg": alg, "kid": kid }).to_string()), encoded(claims.to_string()));
        if lie == Some(Lie::NoSignature) {
            return format!("{signed}.");
        }
        let key = if lie == Some(Lie::OtherKey) { &self.0.other } else { &key };
        let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
        format!("{signed}.{}", encoded(signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap()))
    }
}
