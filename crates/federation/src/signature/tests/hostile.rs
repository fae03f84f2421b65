//! Signed requests under arbitrary damage: no header makes the reader fall over, and no changed byte gets through.
use proptest::prelude::*;

use super::*;
use crate::signature::multibase;

/// Both schemes, by a key that is quick.
fn signed() -> [(Scheme, Sent); 2] {
    let post = sign::post(&ED25519, KEY_ID, &url(), &sign::digest(BODY), None, NOW).unwrap();
    let digest = sign::content_digest(BODY);
    let new = sign::rfc9421(&ED25519, KEY_ID, "POST", &url(), Some(&digest), None, NOW).unwrap();
    [(Scheme::Cavage, Sent::new("POST", post)), (Scheme::Rfc9421, Sent::new("POST", new))]
}

/// Whether a server that serves every host would believe it.
fn believed(sent: &Sent) -> bool {
    static KEY: LazyLock<PublicKey> = LazyLock::new(|| ED25519.public().unwrap());
    let headers: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: sent.method,
        target: &sent.target,
        headers: &headers,
        body: Body::Bytes(&sent.body),
        scheme: "https",
        is_ours: &|_| true,
        now: NOW,
    };
    verify::parse(&request).and_then(|claim| claim.verify(&KEY)).is_ok()
}

/// The text with one letter changed; `None` if nothing is.
fn changed(text: &str, at: usize, letter: char) -> Option<String> {
    let at = at % text.len();
    let mut damaged = text.to_owned();
    damaged.replace_range(at..=at, letter.encode_utf8(&mut [0; 4]));
    (damaged != text).then_some(damaged)
}

fn header() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "(keyId|algorithm|headers|signature|created|expires|sig1|keyid|alg|sha-256|SHA-256|sha-512)=",
        2 => "\"?(\\(request-target\\)|\\(created\\)|host|date|digest|@method|@target-uri|@path|content-digest|@signature-params)\"?",
        2 => "\"https://beta\\.test/@bob#main-key\"|\"hs2019\"|:AAAA:|[0-9]{1,21}|-?1795358881|\\?1",
        4 => "[\"(),;:= \t?*\\\\]{1,3}",
        1 => "\\PC{1,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

const NAMES: [&str; 8] =
    ["signature", "signature-input", "host", "date", "digest", "content-digest", "content-type", "content-length"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn nothing_that_somebody_makes_up_is_believed(name in prop::sample::select(&NAMES[..2]), value in header(), input in header()) {
        for (_, sent) in signed() {
            prop_assert!(!believed(&sent.clone().set(name, &value)));
            prop_assert!(!believed(&sent.set("signature", &value).set("signature-input", &input)));
        }
    }

    #[test]
    fn no_bytes_in_any_header_make_it_fall_over(name in prop::sample::select(&NAMES[..]), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for (_, sent) in signed() {
            let mut headers: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            headers.retain(|(key, _)| *key != name);
            headers.push((name, &bytes));
            let body = Body::Bytes(&sent.body);
            let (method, target, is_ours) = (sent.method, sent.target.as_str(), &|_: &str| true);
            verify::parse(&Request { method, target, headers: &headers, body, scheme: "https", is_ours, now: NOW }).ok();
        }
    }

    #[test]
    fn no_changed_byte_gets_through(at in any::<usize>(), letter in prop::char::range(' ', '~'), flip in 1_u8..) {
        for (scheme, sent) in signed() {
            prop_assert!(believed(&sent));
            let mut body = sent.clone();
            body.body[at % BODY.len()] ^= flip;
            prop_assert!(!believed(&body), "{:?} {:?}", scheme, body.body);
            if let Some(target) = changed(&sent.target, at, letter) {
                prop_assert!(!believed(&Sent { target: target.clone(), ..sent.clone() }), "{:?} {}", scheme, target);
            }
            let covered: &[&str] = if scheme == Scheme::Cavage {
                &["host", "date", "digest", "content-type"]
            } else {
                &["host", "content-digest"]
            };
            for name in covered {
                let value = changed(sent.value(name), at, letter);
                // The host of a URL has no case; draft-cavage signs the header as it is written.
                let same = |value: &String| scheme == Scheme::Rfc9421 && *name == "host" && value.eq_ignore_ascii_case(sent.value(name));
                if let Some(value) = value.filter(|value| !same(value)) {
                    prop_assert!(!believed(&sent.clone().set(name, &value)), "{:?} {}: {}", scheme, name, value);
                }
            }
        }
    }

    #[test]
    fn no_changed_signature_gets_through(at in any::<usize>(), letter in prop::char::range(' ', '~')) {
        for (_, sent) in signed() {
            let value = sent.value("signature");
            let marks = if value.starts_with("sig1") { ("sig1=:", ":") } else { (",signature=\"", "\"") };
            let (before, signature) = value.split_once(marks.0).unwrap();
            let signature = signature.strip_suffix(marks.1).unwrap();
            // Without its padding it is the same.
            if let Some(signature) = changed(signature.trim_end_matches('='), at, letter) {
                let value = [before, marks.0, &signature, marks.1].concat();
                prop_assert!(!believed(&sent.clone().set("signature", &value)), "{}", value);
            }
            let input = sent.value("signature-input");
            if let Some(input) = (!input.is_empty()).then(|| changed(input, at, letter)).flatten() {
                prop_assert!(!believed(&sent.clone().set("signature-input", &input)), "{}", input);
            }
        }
    }

    #[test]
    fn nothing_is_believed_that_is_not_covered(names in Just(vec!["(request-target)", "host", "date", "digest", "content-type"]).prop_shuffle(), most in 1_usize..=5) {
        let names = &names[..most];
        let sent = Sent::unsigned("POST").cavage(&ED25519, &names.join(" "), "");
        let enough = ["(request-target)", "host", "date", "digest"].iter().all(|name| names.contains(name));
        prop_assert_eq!(believed(&sent), enough, "{:?}", names);
    }

    #[test]
    fn nor_by_the_newer_scheme(names in Just(vec!["@method", "@target-uri", "@authority", "@path", "@query", "content-digest", "date", "host"]).prop_shuffle(), most in 1_usize..=8) {
        let names = &names[..most];
        let covers = |name: &str| names.contains(&name);
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let parameters = format!(";created={};keyid=\"{KEY_ID}\"", NOW.seconds());
        let sent = Sent::unsigned("POST").rfc9421(&ED25519, &quoted.join(" "), &parameters);
        let parts = covers("@path") && covers("@query") && (covers("@authority") || covers("host"));
        let enough = covers("@method") && covers("content-digest") && (covers("@target-uri") || parts);
        prop_assert_eq!(believed(&sent), enough, "{:?}", names);
    }

    #[test]
    fn whatever_is_signed_is_believed(path in "[a-z0-9/@._~%-]{0,20}", query in "(\\?[a-z0-9=&%+]{0,12})?", host in "[a-z]{1,8}\\.test(:[1-9][0-9]{1,3})?", body in prop::collection::vec(any::<u8>(), 0..40)) {
        let url: Url = format!("https://{host}/{path}{query}").parse().unwrap();
        let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let digest = sign::content_digest(&body);
        for headers in [
            sign::post(&ED25519, KEY_ID, &url, &sign::digest(&body), None, NOW).unwrap(),
            sign::rfc9421(&ED25519, KEY_ID, "POST", &url, Some(&digest), None, NOW).unwrap(),
        ] {
            let sent = Sent { target: target.clone(), body: body.clone(), ..Sent::new("POST", headers) };
            prop_assert!(believed(&sent), "{}", url);
        }
    }

    #[test]
    fn multibase_has_one_spelling(bytes in prop::collection::vec(any::<u8>(), 0..80), text in "z?([1-9A-HJ-NP-Za-km-z]{0,60}|\\PC{0,8})") {
        prop_assert_eq!(multibase::decode(&multibase::encode(&bytes)), Some(bytes));
        if let Some(bytes) = multibase::decode(&text) {
            prop_assert_eq!(multibase::encode(&bytes), text.clone());
        }
        PublicKey::from_multibase(&text).ok();
    }

    #[test]
    fn a_damaged_key_is_none_or_another_one(at in any::<usize>(), flip in 1_u8.., end in any::<usize>()) {
        static SIGNATURES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [&*RSA, &*ED25519].map(|key| key.sign(b"x").unwrap()));
        for (key, signature) in [&*RSA, &*ED25519].into_iter().zip(&*SIGNATURES) {
            let pem = key.public_pem().unwrap();
            let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let mut der = STANDARD.decode(text).unwrap();
            let at = at % der.len();
            der[at] ^= flip;
            der.truncate(der.len() - end % 3 / 2 * (end % der.len()));
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(&der));
            if let Ok(read) = PublicKey::from_pem(&pem) {
                prop_assert!(read == key.public().unwrap() || !read.verify(b"x", signature));
            }
            PublicKey::from_multibase(&multibase::encode(&der)).ok();
        }
    }
}
