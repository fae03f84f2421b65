//! Signatures over real HTTP: what is signed as it should be is taken, and everything else is refused by its reason.

use std::time::Duration;

use domain::time::Timestamp;
use federation::signature::{PrivateKey, sign};
use serde_json::json;

use crate::network::{Network, Puppet, Request, Scheme, Server, Software, on_both};

struct Case {
    name: &'static str,
    status: u16,
    request: Request,
}

fn case(name: &'static str, status: u16, request: Request) -> Case {
    Case { name, status, request }
}

/// The request without these headers.
fn without(mut request: Request, names: &[&str]) -> Request {
    request.headers.retain(|(name, _)| !names.contains(&name.to_lowercase().as_str()));
    request
}

/// The request with a header changed.
fn changed(mut request: Request, name: &str, change: impl Fn(&str) -> String) -> Request {
    for (key, value) in &mut request.headers {
        if key.eq_ignore_ascii_case(name) {
            *value = change(value);
        }
    }
    request
}

/// A draft-cavage signature that covers just these headers.
fn covering(by: &Puppet, request: &Request, names: &[&str], parameters: &str) -> Request {
    let lines: Vec<String> = names
        .iter()
        .map(|name| match *name {
            "(request-target)" => format!("(request-target): post {}", request.target),
            name => format!("{name}: {}", request.header(name).unwrap_or_default()),
        })
        .collect();
    let signature = base64_of(&by.key.sign(lines.join("\n").as_bytes()).unwrap());
    let value =
        format!("keyId=\"{}\",{parameters}headers=\"{}\",signature=\"{signature}\"", by.key_id, names.join(" "));
    without(request.clone(), &["signature"]).with("signature", &value)
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Every request is of another activity, so that none is taken for a repetition.
fn like(by: &Puppet) -> Vec<u8> {
    by.activity("Like", &json!("http://alpha.test/@ana")).to_string().into_bytes()
}

fn both_schemes(alpha: &Server, by: &Puppet, scheme: Scheme) -> Vec<Case> {
    let inbox = alpha.url("/inbox");
    let signed = || by.signed(&inbox, &like(by), scheme);
    let now = by.peer.clock().now();
    let at = |at: Timestamp| by.signed_at(&inbox, &like(by), scheme, at);
    let digest = if scheme == Scheme::Cavage { "digest" } else { "content-digest" };
    let mut other = by.clone();
    other.key = PrivateKey::generate_rsa().unwrap();
    let mut nobody = by.clone();
    nobody.key_id = by.peer.url("/users/nobody#main-key");
    let elsewhere = by.signed("http://beta.test/inbox", &like(by), scheme);
    let mut moved = signed();
    moved.target = "/@ana/inbox".to_owned();
    vec![
        case("as it should be", 202, signed()),
        case("with a slash", 202, by.signed(&alpha.url("/inbox/"), &like(by), scheme)),
        case("at a personal inbox", 202, by.signed(&alpha.url("/@ana/inbox"), &like(by), scheme)),
        case("with an odd content type", 202, {
            let ld = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
            if scheme == Scheme::Cavage { signed() } else { changed(signed(), "content-type", |_| ld.to_owned()) }
        }),
        case("a little old", 202, at(now - Duration::from_mins(50))),
        case("by another key", 401, other.signed(&inbox, &like(by), scheme)),
        case("by a key that is not there", 401, nobody.signed(&inbox, &like(by), scheme)),
        case("another body", 401, signed().body(like(by))),
        case("no digest", 401, without(signed(), &[digest])),
        case(
            "another digest",
            401,
            changed(signed(), digest, |_| {
                if scheme == Scheme::Cavage { sign::digest(b"x") } else { sign::content_digest(b"x") }
            }),
        ),
        case("for another host", 421, elsewhere.clone()),
        case("for another host, host changed", 401, changed(elsewhere, "host", |_| "alpha.test".to_owned())),
        case("for another path", 401, moved),
        case("too old", 401, at(now - Duration::from_hours(2))),
        case("from the future", 401, at(now + Duration::from_hours(2))),
        case("no signature", 401, without(signed(), &["signature", "signature-input"])),
        case("a signature of nothing", 401, changed(signed(), "signature", |_| String::new())),
        case(
            "a broken signature",
            401,
            changed(signed(), "signature", |value| value.replace(['A', 'B', 'C', 'D'], "E")),
        ),
        case("two signatures", 401, {
            let twice = signed();
            let value = twice.header("signature").unwrap().to_owned();
            twice.with("signature", &value)
        }),
        case("two digests", 401, {
            let twice = signed();
            let value = twice.header(digest).unwrap().to_owned();
            twice.with(digest, &value)
        }),
        case("as authorization", 401, {
            let signed = signed();
            let value = format!("Signature {}", signed.header("signature").unwrap());
            without(signed, &["signature"]).with("authorization", &value)
        }),
    ]
}

fn cavage_only(alpha: &Server, by: &Puppet) -> Vec<Case> {
    let signed = || by.signed(&alpha.url("/inbox"), &like(by), Scheme::Cavage);
    let cover = |names: &[&str]| covering(by, &signed(), names, "algorithm=\"rsa-sha256\",");
    vec![
        case("in another order", 202, cover(&["digest", "date", "host", "(request-target)"])),
        case(
            "hs2019",
            202,
            covering(by, &signed(), &["(request-target)", "host", "date", "digest"], "algorithm=\"hs2019\","),
        ),
        case("no algorithm", 202, covering(by, &signed(), &["(request-target)", "host", "date", "digest"], "")),
        case(
            "hmac",
            401,
            covering(by, &signed(), &["(request-target)", "host", "date", "digest"], "algorithm=\"hmac-sha256\","),
        ),
        case("digest not signed", 401, cover(&["(request-target)", "host", "date"])),
        case("host not signed", 401, cover(&["(request-target)", "date", "digest"])),
        case("date not signed", 401, cover(&["(request-target)", "host", "digest"])),
        case("path not signed", 401, cover(&["host", "date", "digest"])),
        case("a header that is not there", 401, cover(&["(request-target)", "host", "date", "digest", "x-other"])),
        case("key id twice", 401, changed(signed(), "signature", |value| format!("keyId=\"x\",{value}"))),
        case("no quotes", 401, changed(signed(), "signature", |value| value.replace('"', ""))),
    ]
}

async fn good_and_bad_signatures() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.person("ana").await;
    let bea = net.peer("masto.test", Software::Mastodon).person("bea");
    let mut cases = both_schemes(&alpha, &bea, Scheme::Cavage);
    cases.extend(cavage_only(&alpha, &bea));
    let second = cases.len();
    cases.extend(both_schemes(&alpha, &bea, Scheme::Rfc9421));
    let mut wrong = Vec::new();
    let mut accepted = 0;
    for (number, Case { name, status, request }) in cases.into_iter().enumerate() {
        let scheme = if number < second { "draft-cavage" } else { "RFC 9421" };
        let answer = alpha.ask(&request).await;
        accepted += i64::from(answer.status == 202);
        let explained = answer.status != 401 || answer.value()["error"].is_string();
        if answer.status != status || !explained {
            wrong.push(format!("{scheme}, {name}: {} instead of {status}: {}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    net.settle().await;
    assert_eq!(net.census("alpha.test")["received"], accepted, "what is refused leaves nothing behind");
}

async fn keys_belong_to_their_owners() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let masto = net.peer("masto.test", Software::Mastodon);
    let evil = net.peer("evil.test", Software::Mastodon);
    let (bea, mallory) = (masto.person("bea"), evil.person("mallory"));
    let inbox = alpha.url("/inbox");
    let deny = |status: u16| (400..500).contains(&status);

    // In the name of somebody else, here and there.
    let forged = bea.toot("Not me", &[(club.uri(), &club.handle())], None);
    assert!(deny(mallory.post(&inbox, &forged).await));
    let mut own = mallory.activity("Follow", &json!(club.uri()));
    own["actor"] = json!(ana.uri());
    assert!(deny(mallory.post(&inbox, &own).await), "nobody outside is somebody here");
    own["id"] = json!(alpha.url("/activities/12345"));
    assert!(deny(mallory.post(&inbox, &own).await));
    own["actor"] = json!(ana.uri().replace("alpha.test", "ALPHA.test"));
    assert!(deny(mallory.post(&inbox, &own).await), "in no spelling of our host");
    // An id on somebody else's server cannot be reserved.
    let mut squat = mallory.activity("Like", &json!(ana.uri()));
    squat["id"] = forged["id"].clone();
    assert!(deny(mallory.post(&inbox, &squat).await));
    bea.send(&alpha, &forged).await;

    // A key document that names an owner who does not name the key.
    let mut thief = mallory.clone();
    thief.key = PrivateKey::generate_rsa().unwrap();
    thief.key_id = evil.url("/stolen#main-key");
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": evil.url("/stolen"), "type": "Person",
        "preferredUsername": "stolen", "inbox": evil.url("/inbox"),
        "publicKey": { "id": thief.key_id, "owner": bea.uri, "publicKeyPem": thief.key.public_pem().unwrap() },
    });
    evil.serve(&document);
    let like = bea.activity("Like", &json!(ana.uri()));
    assert!(deny(thief.post(&inbox, &like).await), "an owner must own the key");

    // Keys may change: one look at the actor settles it.
    let mut renewed = bea.clone();
    renewed.key = PrivateKey::generate_rsa().unwrap();
    masto.serve(&renewed.document());
    net.clock.advance(Duration::from_mins(5));
    assert_eq!(renewed.post(&inbox, &renewed.activity("Like", &json!(ana.uri()))).await, 202);
    assert_eq!(bea.post(&inbox, &bea.activity("Like", &json!(ana.uri()))).await, 401, "the old one is no more");
    net.settle().await;
    assert_eq!(alpha.document(&format!("{}/outbox", club.uri())).await["totalItems"], 1);
}

on_both![good_and_bad_signatures, keys_belong_to_their_owners];
