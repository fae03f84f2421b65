//! Every way a signature can be good or bad, for both schemes.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use openssl::sha::sha512;
use url::Url;

use super::{Body, Claim, Headers, PrivateKey, PublicKey, Refused, Request, Scheme, sign, verify};

mod hostile;

const NOW: Timestamp = Timestamp(1_795_358_881_000);
const KEY_ID: &str = "https://beta.test/@bob#main-key";
const BODY: &[u8] = br#"{"type":"Like"}"#;
const HOUR: i64 = 3_600;

static RSA: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate_rsa().unwrap());
static OTHER: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate_rsa().unwrap());
static ED25519: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate_ed25519().unwrap());

fn url() -> Url {
    "https://alpha.test/inbox?page=1".parse().unwrap()
}

fn date(offset: i64) -> String {
    let seconds = u64::try_from(NOW.seconds() + offset).unwrap();
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

/// A request on its way, open to every change.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &'static str, headers: Headers) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let body = if method == "POST" { BODY.to_vec() } else { Vec::new() };
        Self { method, target: "/inbox?page=1".into(), headers: headers.collect(), body }
    }

    fn unsigned(method: &'static str) -> Self {
        Self::new(method, Vec::new())
            .with("host", "alpha.test")
            .with("date", &date(0))
            .with("digest", &sign::digest(BODY))
            .with("content-digest", &sign::content_digest(BODY))
            .with("content-type", sign::ACTIVITY_JSON)
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self.with(name, value)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self
    }

    fn replace(mut self, name: &str, from: &str, to: &str) -> Self {
        let (_, value) = self.headers.iter_mut().find(|(key, _)| key == name).unwrap();
        assert!(value.contains(from), "{value} has no {from}");
        *value = value.replace(from, to);
        self
    }

    fn value(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Signed by draft-cavage over `names`, with further `parameters`, whether or not that makes sense.
    fn cavage(self, key: &PrivateKey, names: &str, parameters: &str) -> Self {
        let text: Vec<String> = names
            .split(' ')
            .map(|name| match name {
                "(request-target)" => format!("{name}: {} {}", self.method.to_lowercase(), self.target),
                "(created)" | "(expires)" => {
                    let value =
                        parameters.split_once(&format!("{}=", name.trim_matches(['(', ')']))).map_or("", |(_, v)| v);
                    format!("{name}: {}", value.split([',', '"']).find(|value| !value.is_empty()).unwrap_or(""))
                }
                _ => format!("{name}: {}", self.value(name)),
            })
            .collect();
        let signature = STANDARD.encode(key.sign(text.join("\n").as_bytes()).unwrap());
        let header = format!("keyId=\"{KEY_ID}\",headers=\"{names}\",signature=\"{signature}\"{parameters}");
        self.with("signature", &header)
    }

    /// Signed by RFC 9421 over `names`, with `parameters`.
    fn rfc9421(self, key: &PrivateKey, names: &str, parameters: &str) -> Self {
        let query = self.target.find('?').and_then(|at| self.target.get(at..)).unwrap_or("?");
        let mut text = String::new();
        for name in names.split(' ').filter(|name| !name.is_empty()) {
            let value = match name.trim_matches('"') {
                "@method" => self.method,
                "@target-uri" => &format!("https://alpha.test{}", self.target),
                "@authority" => "alpha.test",
                "@request-target" => &self.target,
                "@scheme" => "https",
                "@path" => self.target.split('?').next().unwrap(),
                "@query" => query,
                name => self.value(name),
            };
            text.extend([name, ": ", value, "\n"]);
        }
        let input = format!("({names}){parameters}");
        text.extend(["\"@signature-params\": ", &input]);
        let signature = STANDARD.encode(key.sign(text.as_bytes()).unwrap());
        self.with("signature-input", &format!("sig1={input}")).with("signature", &format!("sig1=:{signature}:"))
    }

    fn parse(&self) -> Result<Claim, Refused> {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let is_ours = |host: &str| ["alpha.test", "alpha.test:8443"].contains(&host);
        let (body, scheme) = (Body::Bytes(&self.body), "https");
        let target = &self.target;
        verify::parse(&Request {
            method: self.method,
            target,
            headers: &headers,
            body,
            scheme,
            is_ours: &is_ours,
            now: NOW,
        })
    }

    fn outcome(&self, key: &PrivateKey) -> &'static str {
        let key: PublicKey = key.public().unwrap();
        match self.parse().and_then(|claim| claim.verify(&key)) {
            Ok(()) => "good",
            Err(refused) => refused.code(),
        }
    }
}

/// Holds every row against what should come of it.
fn table<const N: usize>(rows: [(&str, &str, Sent); N]) {
    let wrong: Vec<_> = rows
        .into_iter()
        .map(|(name, expected, sent)| (name, expected, sent.outcome(&RSA)))
        .filter(|(_, expected, outcome)| expected != outcome)
        .collect();
    assert!(wrong.is_empty(), "name, expected, outcome: {wrong:#?}");
}

fn cavage_post() -> Sent {
    Sent::new("POST", sign::post(&RSA, KEY_ID, &url(), &sign::digest(BODY), None, NOW).unwrap())
}

fn rfc9421_post() -> Sent {
    let digest = sign::content_digest(BODY);
    Sent::new("POST", sign::rfc9421(&RSA, KEY_ID, "POST", &url(), Some(&digest), None, NOW).unwrap())
}

#[test]
fn what_we_sign_is_what_we_verify() {
    for (key, kind) in [(&*RSA, "rsa-sha256"), (&*ED25519, "hs2019")] {
        let more = || Some((http::HeaderName::from_static("collection-synchronization"), "a=\"b: c\""));
        let post = Sent::new("POST", sign::post(key, KEY_ID, &url(), &sign::digest(BODY), more(), NOW).unwrap());
        assert!(post.value("signature").contains(kind));
        let get = Sent::new("GET", sign::get(key, KEY_ID, &url(), NOW).unwrap());
        let digest = sign::content_digest(BODY);
        let new_post =
            Sent::new("POST", sign::rfc9421(key, KEY_ID, "POST", &url(), Some(&digest), more(), NOW).unwrap());
        let new_get = Sent::new("GET", sign::rfc9421(key, KEY_ID, "GET", &url(), None, None, NOW).unwrap());
        for (sent, scheme) in
            [(post, Scheme::Cavage), (get, Scheme::Cavage), (new_post, Scheme::Rfc9421), (new_get, Scheme::Rfc9421)]
        {
            assert_eq!(sent.outcome(key), "good", "{kind} {scheme:?} {}", sent.method);
            let claim = sent.parse().unwrap();
            assert_eq!((claim.key_id.as_str(), claim.scheme, claim.signed_at), (KEY_ID, scheme, NOW));
        }
    }
}

#[test]
fn both_schemes() {
    let other = (sign::digest(b"other"), sign::content_digest(b"other"));
    for (good, digest, other) in [(cavage_post(), "digest", other.0), (rfc9421_post(), "content-digest", other.1)] {
        let changed = |change: fn(&mut Sent)| {
            let mut sent = good.clone();
            change(&mut sent);
            sent
        };
        table([
            ("good", "good", good.clone()),
            ("another header may repeat", "good", good.clone().with("accept", "a").with("accept", "b")),
            ("authorization is no signature", "missing", {
                let value = format!("Signature {}", good.value("signature"));
                good.clone().without("signature").without("signature-input").with("authorization", &value)
            }),
            ("authorization does not disturb", "good", good.clone().with("authorization", "Bearer x")),
            ("other body", "digest", changed(|sent| sent.body.push(b' '))),
            ("no body", "digest", changed(|sent| sent.body.clear())),
            ("other path", "signature", changed(|sent| sent.target = "/outbox?page=1".into())),
            ("other query", "signature", changed(|sent| sent.target = "/inbox?page=2".into())),
            ("other method", "signature", changed(|sent| sent.method = "PUT")),
            ("digest header gone", "malformed", good.clone().without(digest)),
            ("digest of another body", "digest", good.clone().set(digest, &other)),
            ("other host", "host", good.clone().set("host", "gamma.test")),
            ("suffix of our host", "host", good.clone().set("host", "not-alpha.test")),
            ("no host", "host", good.clone().without("host")),
            ("repeated host", "repeated", good.clone().with("Host", "alpha.test")),
            ("repeated date", "repeated", good.clone().with("Date", &date(0)).with("date", &date(0))),
            ("repeated digest", "repeated", good.clone().with("digest", "x").with("Digest", "x")),
            ("repeated content digest", "repeated", good.clone().with("content-digest", "").with("content-digest", "")),
            ("repeated signature", "repeated", good.clone().with("signature", good.value("signature"))),
            ("repeated type", "repeated", good.clone().with("content-type", "text/html")),
            ("repeated length", "repeated", good.clone().with("content-length", "1").with("content-length", "1")),
            ("no signature", "missing", good.clone().without("signature").without("signature-input")),
            ("empty signature", "malformed", good.clone().set("signature", "")),
            ("huge signature", "malformed", good.clone().set("signature", &"a=\"b\",".repeat(10_000))),
        ]);
        assert_eq!(good.outcome(&OTHER), "signature", "a key of somebody else");
    }
}

#[test]
fn damaged_headers_are_refused_without_panic() {
    for good in [cavage_post(), rfc9421_post()] {
        for name in ["signature", "signature-input", "date", "host", "digest", "content-digest"] {
            let value = good.value(name).to_owned();
            for at in 0..value.len() {
                if name.starts_with("signature") {
                    let start = value.get(..at).unwrap();
                    assert_ne!(good.clone().set(name, start).outcome(&RSA), "good", "{name}: {start}");
                }
                for odd in ["", "\"", ",", "=", ":", ";", "(", ")", "\\", "\0", " ", "ñ", "9"] {
                    let mut damaged = value.clone();
                    damaged.replace_range(at..=at, odd);
                    good.clone().set(name, &damaged).parse().ok();
                }
            }
        }
    }
}

#[test]
fn draft_cavage() {
    const ALL: &str = "(request-target) host date digest";
    const CREATED: &str = "(request-target) host (created) digest";
    let unsigned = || Sent::unsigned("POST");
    let at = |offset| unsigned().set("date", &date(offset)).cavage(&RSA, ALL, "");
    let created = |offset: i64, more: &str| {
        unsigned().cavage(&RSA, CREATED, &format!(",created={}{more}", NOW.seconds() + offset))
    };
    let expires = |offset: i64| {
        let more = format!(",created={},expires={}", NOW.seconds(), NOW.seconds() + offset);
        unsigned().cavage(&RSA, "(request-target) host (created) (expires) digest", &more)
    };
    let digest = |value: &str| unsigned().set("digest", value).cavage(&RSA, ALL, "");
    let sha512 = STANDARD.encode(sha512(BODY));
    let parameter = |text: &str| unsigned().cavage(&RSA, ALL, text);
    let mut bare_path = unsigned();
    bare_path.target = "/inbox".into();
    let mut bare_path = bare_path.cavage(&RSA, ALL, "");
    bare_path.target = "/inbox?page=1".into();
    table([
        ("no algorithm", "good", parameter("")),
        ("hs2019", "good", parameter(",algorithm=\"hs2019\"")),
        ("rsa-sha256, spaced", "good", parameter(" , algorithm=\"rsa-sha256\"")),
        ("unknown parameter", "good", parameter(",opaque=\"x\"")),
        ("path without query", "good", bare_path),
        ("hmac", "algorithm", parameter(",algorithm=\"hmac-sha256\"")),
        ("none", "algorithm", parameter(",algorithm=\"none\"")),
        ("of another kind of key", "algorithm", parameter(",algorithm=\"ed25519\"")),
        ("no request target", "coverage", unsigned().cavage(&RSA, "host date digest", "")),
        ("no host", "coverage", unsigned().cavage(&RSA, "(request-target) date digest", "")),
        ("no date", "coverage", unsigned().cavage(&RSA, "(request-target) host digest", "")),
        ("no digest", "coverage", unsigned().cavage(&RSA, "(request-target) host date", "")),
        ("GET needs no digest", "good", Sent::unsigned("GET").cavage(&RSA, "(request-target) host date", "")),
        ("GET needs a date", "coverage", Sent::unsigned("GET").cavage(&RSA, "(request-target) host", "")),
        ("GET with a wrong digest", "digest", Sent::unsigned("GET").cavage(&RSA, ALL, "")),
        ("an hour old", "good", at(-HOUR)),
        ("older", "window", at(-HOUR - 1)),
        ("an hour ahead", "good", at(HOUR)),
        ("further ahead", "window", at(HOUR + 1)),
        ("no date at all", "malformed", unsigned().without("date").cavage(&RSA, ALL, "")),
        ("unreadable date", "malformed", unsigned().set("date", "yesterday").cavage(&RSA, ALL, "")),
        ("created", "good", created(0, "")),
        ("created, quoted", "good", unsigned().cavage(&RSA, CREATED, &format!(",created=\"{}\"", NOW.seconds()))),
        ("created long ago", "window", created(-HOUR - 1, "")),
        ("created in the future", "window", created(HOUR + 1, "")),
        ("created covered but absent", "malformed", unsigned().cavage(&RSA, CREATED, "")),
        ("created not covered", "coverage", {
            unsigned().cavage(&RSA, "(request-target) host digest", &format!(",created={}", NOW.seconds()))
        }),
        ("created unreadable", "malformed", unsigned().cavage(&RSA, CREATED, ",created=9999999999999999999999")),
        ("created at the end of time", "window", unsigned().cavage(&RSA, CREATED, &format!(",created={}", i64::MIN))),
        ("expires later", "good", expires(1)),
        ("expired", "window", expires(-1)),
        ("expired, not covered", "window", created(0, ",expires=1")),
        ("repeated parameter", "malformed", parameter(",keyId=\"https://evil.test/\"")),
        ("escape", "malformed", parameter(",a=\"\\\"\"")),
        ("unfinished", "malformed", parameter(",a=\"")),
        ("trailing comma", "malformed", parameter(",")),
        ("nothing but a name", "malformed", parameter(",a")),
        (
            "many parameters",
            "malformed",
            parameter(&('a'..='z').fold(String::new(), |text, name| format!("{text},{name}=\"\""))),
        ),
        ("repeated name", "malformed", unsigned().cavage(&RSA, &format!("{ALL} host"), "")),
        ("repeated name, other case", "malformed", unsigned().cavage(&RSA, &format!("{ALL} Host"), "")),
        ("no key id", "malformed", parameter("").replace("signature", "keyId", "keyID")),
        ("a header that is not there", "malformed", unsigned().cavage(&RSA, &format!("{ALL} x-none"), "")),
        ("broken base64", "malformed", parameter("").replace("signature", "signature=\"", "signature=\"*")),
        ("digest of both kinds", "good", digest(&format!("{}, SHA-512={sha512}", sign::digest(BODY)))),
        ("sha-512 alone, lower case", "good", digest(&format!("sha-512={sha512}"))),
        ("one right, one wrong", "digest", digest(&format!("{},SHA-512=AAAA", sign::digest(BODY)))),
        ("one kind twice", "repeated", digest(&format!("{0},{0}", sign::digest(BODY)))),
        ("unknown kind", "digest", digest("MD5=AAAA")),
        ("unreadable digest", "malformed", digest("SHA-256")),
        ("our other port", "good", unsigned().set("host", "Alpha.test:8443").cavage(&RSA, ALL, "")),
        ("our usual port", "good", unsigned().set("host", "alpha.test:443").cavage(&RSA, ALL, "")),
        ("a foreign port", "host", unsigned().set("host", "alpha.test:80").cavage(&RSA, ALL, "")),
    ]);
    assert_eq!(parameter(",algorithm=\"rsa-sha256\"").outcome(&ED25519), "algorithm");
    assert_eq!(unsigned().cavage(&ED25519, ALL, ",algorithm=\"hs2019\"").outcome(&ED25519), "good");
}

#[test]
fn rfc_9421() {
    const ALL: &str = r#""@method" "@target-uri" "content-digest""#;
    let signed = |names: &str, more: &str| {
        let parameters = format!(";created={};keyid=\"{KEY_ID}\"{more}", NOW.seconds());
        Sent::unsigned("POST").rfc9421(&RSA, names, &parameters)
    };
    let at = |offset: i64| {
        let parameters = format!(";created={};keyid=\"{KEY_ID}\"", NOW.seconds() + offset);
        Sent::unsigned("POST").rfc9421(&RSA, ALL, &parameters)
    };
    let bare = |parameters: &str| Sent::unsigned("POST").rfc9421(&RSA, ALL, parameters);
    let second = |name: &str, value: &str| {
        let sent = signed(ALL, "");
        let value = format!("{}{value}", sent.value(name));
        sent.set(name, &value)
    };
    let expires = |offset: i64| signed(ALL, &format!(";expires={}", NOW.seconds() + offset));
    table([
        ("no algorithm", "good", signed(ALL, "")),
        ("rsa", "good", signed(ALL, ";alg=\"rsa-v1_5-sha256\"")),
        ("nonce and tag", "good", signed(ALL, ";nonce=\"n\";tag=\"t\"")),
        ("parts", "good", signed(r#""@method" "@authority" "@path" "@query" "content-digest""#, "")),
        ("request target", "good", signed(r#""@method" "host" "@scheme" "@request-target" "content-digest""#, "")),
        ("more headers", "good", signed(&format!(r#"{ALL} "date" "digest" "content-type" "host""#), "")),
        ("hmac", "algorithm", signed(ALL, ";alg=\"hmac-sha256\"")),
        ("none", "algorithm", signed(ALL, ";alg=\"none\"")),
        ("of another kind of key", "algorithm", signed(ALL, ";alg=\"ed25519\"")),
        ("no method", "coverage", signed(r#""@target-uri" "content-digest""#, "")),
        ("no target", "coverage", signed(r#""@method" "@authority" "content-digest""#, "")),
        ("no query", "coverage", signed(r#""@method" "@authority" "@path" "content-digest""#, "")),
        ("no authority", "coverage", signed(r#""@method" "@path" "@query" "content-digest""#, "")),
        ("no digest", "coverage", signed(r#""@method" "@target-uri""#, "")),
        ("no created", "coverage", bare(&format!(";keyid=\"{KEY_ID}\""))),
        ("no key id", "coverage", bare(&format!(";created={}", NOW.seconds()))),
        ("an hour old", "good", at(-HOUR)),
        ("older", "window", at(-HOUR - 1)),
        ("further ahead", "window", at(HOUR + 1)),
        ("expires later", "good", expires(1)),
        ("expired", "window", expires(-1)),
        ("old date", "window", {
            let parameters = format!(";created={};keyid=\"{KEY_ID}\"", NOW.seconds());
            Sent::unsigned("POST").set("date", &date(-HOUR - 1)).rfc9421(&RSA, &format!("{ALL} \"date\""), &parameters)
        }),
        ("two labels", "malformed", second("signature-input", ", sig2=(\"@method\")")),
        ("two inputs, one a number", "malformed", second("signature-input", ";expires=1,sig2=()")),
        ("two signatures", "malformed", second("signature", ", sig2=:AAAA:")),
        ("other label", "malformed", signed(ALL, "").replace("signature", "sig1", "sig2")),
        ("signature alone", "coverage", signed(ALL, "").without("signature-input")),
        ("input alone", "malformed", signed(ALL, "").without("signature")),
        ("repeated input", "repeated", signed(ALL, "").with("signature-input", "sig1=()")),
        ("repeated parameter", "malformed", signed(ALL, ";created=1")),
        ("repeated component", "malformed", signed(&format!(r#"{ALL} "@method""#), "")),
        ("capital component", "malformed", signed(&format!(r#"{ALL} "Date""#), "")),
        ("component with a parameter", "malformed", signed(&format!(r#"{ALL} "date";sf"#), "")),
        ("unknown derived component", "malformed", signed(&format!(r#"{ALL} "@status""#), "")),
        ("a header that is not there", "malformed", signed(&format!(r#"{ALL} "x-none""#), "")),
        ("created as text", "malformed", bare(&format!(";created=\"1\";keyid=\"{KEY_ID}\""))),
        ("created too long", "malformed", bare(&format!(";created=99999999999999999999;keyid=\"{KEY_ID}\""))),
        ("flag", "malformed", signed(ALL, ";flag")),
        ("no list", "malformed", signed(ALL, "").set("signature-input", "sig1=1")),
        ("unfinished list", "malformed", signed(ALL, "").set("signature-input", "sig1=(\"@method\"")),
        ("empty name", "malformed", signed(ALL, "").set("signature-input", "sig1=(\"\")")),
        ("broken base64", "malformed", signed(ALL, "").replace("signature", "sig1=:", "sig1=:*")),
    ]);
    assert_eq!(signed(ALL, ";alg=\"rsa-v1_5-sha256\"").outcome(&ED25519), "algorithm");
    let parameters = format!(";created={};keyid=\"{KEY_ID}\";alg=\"ed25519\"", NOW.seconds());
    assert_eq!(Sent::unsigned("POST").rfc9421(&ED25519, ALL, &parameters).outcome(&ED25519), "good");
}
