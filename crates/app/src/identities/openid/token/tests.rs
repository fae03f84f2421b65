//! Which tokens are believed, and which are not.
use openssl::pkey::Private;
use openssl::sign::Signer;
use serde_json::json;

use super::*;

const NOW: i64 = 1_790_000_000;
const EXPECTED: Expected<'_> = Expected { issuer: "https://sso.example", client: "plaza", nonce: "n1", now: NOW };

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key, and what the provider says of it.
struct Pair {
    alg: &'static str,
    private: PKey<Private>,
    public: Key,
}

fn rsa(alg: &'static str, bits: u32) -> Pair {
    let rsa = Rsa::generate(bits).unwrap();
    let (n, e) = (encoded(rsa.n().to_vec()), encoded(rsa.e().to_vec()));
    let public = Key { kty: "RSA".into(), kid: Some("k1".into()), n, e, ..Key::default() };
    Pair { alg, private: PKey::from_rsa(rsa).unwrap(), public }
}

fn curve(alg: &'static str, crv: &str, nid: Nid, half: i32) -> Pair {
    let group = EcGroup::from_curve_name(nid).unwrap();
    let key = EcKey::generate(&group).unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    key.public_key().affine_coordinates(&group, &mut x, &mut y, &mut context).unwrap();
    let padded = |number: &BigNum| encoded(number.to_vec_padded(half).unwrap());
    let (kty, kid, crv) = ("EC".into(), Some("k1".into()), crv.into());
    let public = Key { kty, kid, crv, x: padded(&x), y: padded(&y), ..Key::default() };
    Pair { alg, private: PKey::from_ec_key(key).unwrap(), public }
}

fn edwards() -> Pair {
    let private = PKey::generate_ed25519().unwrap();
    let x = encoded(private.raw_public_key().unwrap());
    let public = Key { kty: "OKP".into(), kid: Some("k1".into()), crv: "Ed25519".into(), x, ..Key::default() };
    Pair { alg: "EdDSA", private, public }
}

impl Pair {
    fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let digest = match self.alg.get(2..) {
            Some("384") => MessageDigest::sha384(),
            Some("512") => MessageDigest::sha512(),
            _ => MessageDigest::sha256(),
        };
        let signature = match Scheme::named(self.alg).unwrap() {
            Scheme::Ed25519 => {
                Signer::new_without_digest(&self.private).unwrap().sign_oneshot_to_vec(signed.as_bytes()).unwrap()
            }
            Scheme::Curve { half, .. } => {
                let mut pen = Signer::new(digest, &self.private).unwrap();
                let der = pen.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
                let pair = EcdsaSig::from_der(&der).unwrap();
                let half = i32::try_from(half).unwrap();
                [pair.r().to_vec_padded(half).unwrap(), pair.s().to_vec_padded(half).unwrap()].concat()
            }
            scheme => {
                let mut pen = Signer::new(digest, &self.private).unwrap();
                if matches!(scheme, Scheme::RsaPss(_)) {
                    pen.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                    pen.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
                    pen.set_rsa_mgf1_md(digest).unwrap();
                }
                pen.sign_oneshot_to_vec(signed.as_bytes()).unwrap()
            }
        };
        format!("{signed}.{}", encoded(signature))
    }

    fn said(&self, change: impl FnOnce(&mut Value)) -> Result<Person, Flaw> {
        let mut claims = json!({
            "iss": "https://sso.example", "aud": "plaza", "sub": "7", "exp": NOW + 300, "iat": NOW, "nonce": "n1",
            "email": "Ana@org.example", "email_verified": true, "preferred_username": "ana",
        });
        change(&mut claims);
        let token = self.sign(&json!({ "alg": self.alg, "kid": "k1" }), &claims);
        read(&token, std::slice::from_ref(&self.public), EXPECTED)
    }
}

#[test]
fn tokens_of_all_usual_kinds_are_read() {
    let pairs = [
        rsa("RS256", 2048),
        rsa("PS384", 2048),
        curve("ES256", "P-256", Nid::X9_62_PRIME256V1, 32),
        curve("ES384", "P-384", Nid::SECP384R1, 48),
        curve("ES512", "P-521", Nid::SECP521R1, 66),
        edwards(),
        Pair { alg: "Ed25519", ..edwards() },
    ];
    for pair in pairs {
        let person = pair.said(|_| ()).unwrap_or_else(|flaw| panic!("{}: {flaw:?}", pair.alg));
        assert_eq!((person.sub.as_str(), person.address()), ("7", Some(("Ana@org.example", true))));
        assert!(pair.said(|claims| claims["aud"] = json!(["plaza"])).is_ok());
        let several = |claims: &mut Value| (claims["aud"], claims["azp"]) = (json!(["x", "plaza"]), json!("plaza"));
        assert!(pair.said(several).is_ok());
    }
}

#[test]
fn what_is_wrong_in_any_part_is_not_believed() {
    let pair = curve("ES256", "P-256", Nid::X9_62_PRIME256V1, 32);
    let wrong: [(&str, Value); 11] = [
        ("iss", json!("https://sso.example/")),
        ("aud", json!("other")),
        ("aud", json!(["x", "plaza"])),
        ("aud", json!([])),
        ("azp", json!("other")),
        ("exp", json!(NOW - 61)),
        ("exp", Value::Null),
        ("nbf", json!(NOW + 61)),
        ("nonce", json!("n2")),
        ("nonce", Value::Null),
        ("sub", json!("")),
    ];
    for (claim, value) in wrong {
        let said = pair.said(|claims| claims[claim] = value.clone());
        assert!(matches!(said, Err(Flaw::Wrong(_))), "{claim} {value}: {said:?}");
    }
}

#[test]
fn addresses_count_only_if_the_provider_vouches_for_them() {
    let pair = edwards();
    for (verified, counts) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("no"), false),
        (Value::Null, false),
        (json!(1), false),
    ] {
        let person = pair.said(|claims| claims["email_verified"] = verified.clone()).unwrap();
        assert_eq!(person.address(), Some(("Ana@org.example", counts)), "{verified}");
    }
    assert_eq!(pair.said(|claims| claims["email"] = Value::Null).unwrap().address(), None);
}

#[test]
fn only_keys_of_the_provider_sign() {
    let (pair, other) = (rsa("RS256", 2048), rsa("RS256", 2048));
    let claims = json!({ "iss": "https://sso.example", "aud": "plaza", "sub": "7", "exp": NOW + 9, "nonce": "n1" });
    let keys = [pair.public.clone()];
    let told = |token: &str| read(token, &keys, EXPECTED).map(|person| person.sub);
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let good = pair.sign(&header, &claims);
    assert_eq!(told(&good).unwrap(), "7");
    assert!(matches!(told(&other.sign(&header, &claims)), Err(Flaw::Wrong(_))), "another key");
    let unknown = pair.sign(&json!({ "alg": "RS256", "kid": "k9" }), &claims);
    assert_eq!(told(&unknown).unwrap_err(), Flaw::UnknownKey);
    assert!(told(&pair.sign(&json!({ "alg": "RS256", "crit": ["x"] }), &claims)).is_err());

    // Nobody signs: or somebody by what everybody knows, the public key.
    let (_, rest) = good.split_once('.').unwrap();
    let secret = format!("{}.{rest}", encoded(json!({ "alg": "HS512" }).to_string()));
    assert!(matches!(told(&secret), Err(Flaw::Wrong(why)) if why.contains("by RS256")), "the secret that both know");
    for alg in ["none", "None", "HS256", "RS1", "PS256", "RS384", "ES256"] {
        let forged = format!("{}.{rest}", encoded(json!({ "alg": alg, "kid": "k1" }).to_string()));
        assert!(told(&forged).is_err(), "{alg}");
        assert!(told(&format!("{}.", forged.rsplit_once('.').unwrap().0)).is_err(), "{alg} without a signature");
    }
    let (signed, _) = good.rsplit_once('.').unwrap();
    for odd in [signed, "", ".", "..", "a.b.c", &format!("{signed}.AAAA"), &format!("{good}=")] {
        assert!(told(odd).is_err(), "{odd}");
    }

    // What is not for signing, or for signing otherwise, or short, signs nothing.
    for change in [
        |key: &mut Key| key.purpose = Some("enc".into()),
        |key: &mut Key| key.alg = Some("RS512".into()),
        |key: &mut Key| key.kty = "oct".into(),
        |key: &mut Key| key.n = String::new(),
    ] {
        let mut key = pair.public.clone();
        change(&mut key);
        assert!(read(&good, &[key], EXPECTED).is_err());
    }
    let short = rsa("RS256", 1024);
    assert!(read(&short.sign(&header, &claims), &[short.public], EXPECTED).is_err());
}
