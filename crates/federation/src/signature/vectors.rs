//! Signatures that other software really made, where the recorded ones are at hand.

use std::{collections::BTreeMap, fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use serde::Deserialize;

use super::{Body, PublicKey, Refused, Request, Scheme, verify};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/fixtures");

#[derive(Deserialize)]
struct Vector {
    scheme: String,
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    key_id: String,
    public_key_pem: String,
}

#[test]
fn signatures_of_other_software() {
    let Ok(folder) = fs::read_dir(Path::new(FIXTURES).join("http-signatures")) else { return };
    let mut count = 0;
    for file in folder {
        let path = file.unwrap().path();
        let vector: Vector = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        check(&vector, &path.display().to_string());
        count += 1;
    }
    assert_eq!(count, 20);
}

fn check(vector: &Vector, name: &str) {
    // The bodies were not kept, so what the header says stands for what was received.
    let digest = vector.headers.get("digest").or(vector.headers.get("content-digest")).unwrap();
    let digest = digest.split_once('=').unwrap().1.trim_matches(':');
    let sha256 = STANDARD.decode(digest).unwrap().try_into().unwrap();
    let date = httpdate::parse_http_date(&vector.headers["date"]).unwrap();
    let date = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let headers: Vec<_> = vector.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let is_ours = |host: &str| host == vector.headers["host"];
    let request = Request {
        method: &vector.method,
        target: &vector.path,
        headers: &headers,
        body: Body::Digests { sha256, sha512: None },
        scheme: "https",
        is_ours: &is_ours,
        now: Timestamp::from_seconds(i64::try_from(date).unwrap() + 60),
    };
    let claim = verify::parse(&request).unwrap_or_else(|refused| panic!("{name}: {refused}"));
    let key = PublicKey::from_pem(&vector.public_key_pem).unwrap();
    assert_eq!(claim.key_id, vector.key_id, "{name}");
    assert_eq!(claim.scheme, if vector.scheme == "cavage" { Scheme::Cavage } else { Scheme::Rfc9421 }, "{name}");
    assert_eq!(claim.verify(&key), Ok(()), "{name}");

    let moved = Request { target: "/somewhere/else", ..request };
    assert_eq!(verify::parse(&moved).unwrap().verify(&key), Err(Refused::Signature), "{name}");
}
