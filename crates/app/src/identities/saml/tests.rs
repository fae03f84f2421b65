//! What is believed of a response of SAML, and what is not: responses that other software signed, and ours, with one thing
//! wrong at a time.
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::{Timestamp, span};
use openssl::{
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::{MessageDigest, hash},
    nid::Nid,
    pkey::{Id, PKey, Private, Public},
    rsa::Rsa,
    sign::Signer,
};

use super::{
    metadata,
    response::{self, Expected, Flaw, Person},
};

mod described;
mod recorded;
mod wrapping;

const IDP: &str = "https://idp.example/idp/shibboleth";
const METADATA: &str = include_str!("tests/metadata.xml");
/// Signed with libxmlsec 1.3: response and assertion, with comments and prefixes that are always declared.
const LIBXMLSEC: &str = include_str!("tests/libxmlsec.xml");
/// Signed with signxml 4: the response alone, by ECDSA.
const SIGNXML: &str = include_str!("tests/signxml.xml");
/// Made and signed by samlp with xml-crypto: the assertion alone.
const XML_CRYPTO: &str = include_str!("tests/xml-crypto.xml");

/// An assertion in its canonical spelling.
const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" IssueInstant="2026-11-29T12:00:00Z" "#,
    r#"Version="2.0"><saml:Issuer>https://idp.example/idp/shibboleth</saml:Issuer><saml:Subject>"#,
    r#"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">42</saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData "#,
    r#"InResponseTo="_request" NotOnOrAfter="2026-11-29T12:05:00Z" "#,
    r#"Recipient="https://plaza.example/login/organization/back"></saml:SubjectConfirmationData>"#,
    r#"</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-11-29T12:00:00Z" "#,
    r#"NotOnOrAfter="2026-11-29T12:05:00Z"><saml:AudienceRestriction><saml:Audience>"#,
    r#"https://plaza.example/login/organization/metadata</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="2026-11-29T12:00:00Z"><saml:AuthnContext></saml:AuthnContext>"#,
    r#"</saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>"#,
    r#"ana.ruiz@org.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"#,
);

/// A response around something, in its canonical spelling.
fn around(inner: &str) -> String {
    format!(
        concat!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"Destination="https://plaza.example/login/organization/back" ID="_r" InResponseTo="_request" "#,
            r#"IssueInstant="2026-11-29T12:00:00Z" Version="2.0"><saml:Issuer "#,
            r#"xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example/idp/shibboleth</saml:Issuer>"#,
            r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">"#,
            r#"</samlp:StatusCode></samlp:Status>{}</samlp:Response>"#,
        ),
        inner
    )
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_utc(text).unwrap()
}

fn expected() -> Expected<'static> {
    Expected {
        issuer: IDP,
        audience: "https://plaza.example/login/organization/metadata",
        recipient: "https://plaza.example/login/organization/back",
        now: at("2026-11-29T12:01:00Z"),
        subject: "",
        mail: "",
    }
}

/// A provider's key, and how it signs.
struct Notary {
    key: PKey<Private>,
    method: &'static str,
    digest: &'static str,
}

const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str =
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#;
const EXCLUSIVE: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#;

fn message_digest(name: &str) -> MessageDigest {
    match name.rsplit(['#', '-']).next().unwrap() {
        "sha1" => MessageDigest::sha1(),
        "sha384" => MessageDigest::sha384(),
        "sha512" => MessageDigest::sha512(),
        _ => MessageDigest::sha256(),
    }
}

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn curve(nid: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(nid).unwrap()).unwrap()).unwrap()
}

impl Notary {
    fn new() -> Self {
        Self { key: rsa(2048), method: RSA, digest: SHA256 }
    }

    fn keys(&self) -> Vec<PKey<Public>> {
        vec![PKey::public_key_from_der(&self.key.public_key_to_der().unwrap()).unwrap()]
    }

    /// An element in its canonical spelling with a signature that says it signs `uri`, after these transforms.
    fn sign_as(&self, element: &str, uri: &str, transforms: &str) -> String {
        let digest = STANDARD.encode(hash(message_digest(self.digest), element.as_bytes()).unwrap());
        let (method, how) = (self.method, self.digest);
        let reference = format!(
            concat!(
                r#"<ds:Reference URI="{}"><ds:Transforms>{}</ds:Transforms><ds:DigestMethod Algorithm="{}">"#,
                r#"</ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>"#,
            ),
            uri, transforms, how, digest
        );
        let info = format!(
            concat!(
                r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod "#,
                r#"Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod "#,
                r#"Algorithm="{}"></ds:SignatureMethod>{}</ds:SignedInfo>"#,
            ),
            method, reference
        );
        self.put(element, &info)
    }

    /// An element with a signature of this.
    fn put(&self, element: &str, info: &str) -> String {
        let mut signer = Signer::new(message_digest(self.method), &self.key).unwrap();
        let mut value = signer.sign_oneshot_to_vec(info.as_bytes()).unwrap();
        if self.key.id() == Id::EC {
            let (both, half) = (EcdsaSig::from_der(&value).unwrap(), self.key.bits().div_ceil(8).try_into().unwrap());
            value = [both.r().to_vec_padded(half).unwrap(), both.s().to_vec_padded(half).unwrap()].concat();
        }
        let signature = format!(
            concat!(
                r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{}<ds:SignatureValue>{}"#,
                r#"</ds:SignatureValue></ds:Signature>"#,
            ),
            // What is around it declares the prefix; so this is its canonical spelling where all of it is signed.
            info.replacen(r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#, "", 1),
            STANDARD.encode(value)
        );
        element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
    }

    fn sign(&self, element: &str, name: &str) -> String {
        self.sign_as(element, &format!("#{name}"), &[ENVELOPED, EXCLUSIVE].concat())
    }

    /// What is said of a response whose assertion says `said` in place of `instead_of`.
    fn read(&self, instead_of: &str, said: &str) -> Result<Person, Flaw> {
        let assertion = ASSERTION.replacen(instead_of, said, 1);
        assert!(instead_of == said || assertion != ASSERTION, "{instead_of}");
        response::read(&around(&self.sign(&assertion, "_a")), &self.keys(), expected())
    }
}

fn known_keys() -> Vec<PKey<Public>> {
    metadata::read(METADATA, IDP, expected().now).unwrap().keys
}

fn is_wrong(said: &Result<Person, Flaw>) -> bool {
    matches!(said, Err(Flaw::Wrong(_)))
}

#[test]
fn what_others_sign_is_believed_as_it_is() {
    let keys = known_keys();
    let shibboleth = response::read(LIBXMLSEC, &keys, expected()).unwrap();
    let mail = Some("ana.ruiz@org.example".to_owned());
    let ana = Person {
        assertion: "_a1".into(),
        request: "_request".into(),
        subject: "AAdzZWNyZXQx".into(),
        called: Some("ana.ruiz".into()),
        mail: mail.clone(),
    };
    assert_eq!(shibboleth, ana, "comments cut no text, and no prefix is lost");
    let keycloak = response::read(SIGNXML, &keys, expected()).unwrap();
    assert_eq!((keycloak.subject.as_str(), &keycloak.mail, &keycloak.called), ("G-42", &mail, &None));
    let unspecified = response::read(XML_CRYPTO, &keys, expected());
    assert!(is_wrong(&unspecified), "a name that may be another tomorrow: {unspecified:?}");
    let subject = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
    let named = response::read(XML_CRYPTO, &keys, Expected { subject, ..expected() }).unwrap();
    assert_eq!((named.subject.as_str(), &named.mail), ("auth|42", &mail));
    assert_eq!(named.called.as_deref(), Some("Ana Ruiz <&> \"q\""));

    for text in [LIBXMLSEC, SIGNXML, XML_CRYPTO] {
        let read = |text: &str| response::read(text, &keys, Expected { subject, ..expected() });
        assert_eq!(read(&text.replace("ana.ruiz@", "eva.ruiz@")), Err(Flaw::Forged));
        assert_eq!(response::read(text, &Notary::new().keys(), expected()), Err(Flaw::Forged), "somebody else's key");
    }
    // Where both are signed, both have to be right.
    let response_changed = LIBXMLSEC.replacen("12:00:00.123Z\" Version", "12:00:01.123Z\" Version", 1);
    assert_eq!(response::read(&response_changed, &keys, expected()), Err(Flaw::Forged));
}

#[test]
fn a_response_or_its_assertion_is_signed() {
    let notary = Notary::new();
    let read = |text: &str| response::read(text, &notary.keys(), expected());
    let ana = read(&around(&notary.sign(ASSERTION, "_a"))).unwrap();
    assert_eq!((ana.subject.as_str(), ana.request.as_str()), ("42", "_request"));
    assert_eq!(read(&notary.sign(&around(ASSERTION), "_r")), Ok(ana.clone()));
    assert_eq!(read(&notary.sign(&around(&notary.sign(ASSERTION, "_a")), "_r")), Ok(ana));
    assert_eq!(read(&around(ASSERTION)), Err(Flaw::Wrong("it is not signed")));
    let both = notary.sign(&around(&Notary::new().sign(ASSERTION, "_a")), "_r");
    assert_eq!(read(&both), Err(Flaw::Forged), "a right signature around a wrong one");
    // Whatever certificate a response brings along itself.
    let stranger = Notary::new();
    let key = STANDARD.encode(stranger.key.public_key_to_der().unwrap());
    let info = format!("<ds:KeyInfo><ds:KeyValue>{key}</ds:KeyValue></ds:KeyInfo></ds:Signature>");
    let own = around(&stranger.sign(ASSERTION, "_a")).replace("</ds:Signature>", &info);
    assert_eq!(read(&own), Err(Flaw::Forged));
}

#[test]
fn only_signatures_of_today_count() {
    let more = |name: &str| -> &'static str { format!("http://www.w3.org/2001/04/xmldsig-more#{name}").leak() };
    let sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";
    let fine = [
        (rsa(2048), RSA, sha512),
        (rsa(3072), more("rsa-sha384"), more("sha384")),
        (rsa(2048), more("rsa-sha512"), SHA256),
        (curve(Nid::X9_62_PRIME256V1), more("ecdsa-sha256"), SHA256),
        (curve(Nid::SECP384R1), more("ecdsa-sha384"), more("sha384")),
        (curve(Nid::SECP521R1), more("ecdsa-sha512"), sha512),
    ];
    let read = |key, method, digest| {
        let notary = Notary { key, method, digest };
        response::read(&around(&notary.sign(ASSERTION, "_a")), &notary.keys(), expected())
    };
    for (key, method, digest) in fine {
        let said = read(key, method, digest);
        assert!(said.is_ok(), "{method} {digest}: {said:?}");
    }
    let refused = [
        (rsa(2048), "http://www.w3.org/2000/09/xmldsig#rsa-sha1", SHA256),
        (rsa(2048), RSA, "http://www.w3.org/2000/09/xmldsig#sha1"),
        (rsa(2048), more("hmac-sha256"), SHA256),
        (rsa(2048), "http://www.w3.org/2000/09/xmldsig#hmac-sha1", SHA256),
        (curve(Nid::X9_62_PRIME256V1), "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", SHA256),
    ];
    for (key, method, digest) in refused {
        let said = read(key, method, digest);
        assert!(is_wrong(&said), "{method} {digest}: {said:?}");
    }
    assert_eq!(read(rsa(1024), RSA, SHA256), Err(Flaw::Forged), "a short key is none");
    assert_eq!(read(rsa(2048), more("ecdsa-sha256"), SHA256), Err(Flaw::Forged), "a key of another kind");
    assert_eq!(read(curve(Nid::SECP384R1), RSA, SHA256), Err(Flaw::Forged), "a key of another kind");
}

#[test]
fn a_signature_signs_what_is_around_it_and_nothing_else() {
    let notary = Notary::new();
    let read = |uri: &str, transforms: &str| {
        response::read(&around(&notary.sign_as(ASSERTION, uri, transforms)), &notary.keys(), expected())
    };
    let right = [ENVELOPED, EXCLUSIVE].concat();
    assert!(read("#_a", &right).is_ok());
    for uri in ["", "#_r", "#", "_a", "#_A", "#xpointer(id('_a'))", "https://idp.example/a"] {
        assert!(is_wrong(&read(uri, &right)), "{uri}");
    }
    let transform = |name: &str| format!(r#"<ds:Transform Algorithm="{name}"></ds:Transform>"#);
    let inclusive = transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315");
    let commented = transform("http://www.w3.org/2001/10/xml-exc-c14n#WithComments");
    let path = transform("http://www.w3.org/TR/1999/REC-xpath-19991116");
    let sheet = transform("http://www.w3.org/TR/1999/REC-xslt-19991116");
    for transforms in [
        String::new(),
        ENVELOPED.to_owned(),
        EXCLUSIVE.to_owned(),
        [EXCLUSIVE, ENVELOPED].concat(),
        [ENVELOPED, &inclusive].concat(),
        [ENVELOPED, &commented].concat(),
        [ENVELOPED, &path, EXCLUSIVE].concat(),
        [ENVELOPED, EXCLUSIVE, &sheet].concat(),
    ] {
        assert!(is_wrong(&read("#_a", &transforms)), "{transforms}");
    }
    // One thing is signed, and the name of the spelling is signed, too.
    let whole = notary.sign(ASSERTION, "_a");
    let info =
        |text: &str| text.split_once("<ds:SignedInfo").unwrap().1.split_once("</ds:SignedInfo>").unwrap().0.to_owned();
    let info =
        format!(r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"{}</ds:SignedInfo>"#, info(&whole));
    let again = |from: &str, to: &str| {
        let info = info.replacen(from, to, 1);
        response::read(&around(&notary.put(ASSERTION, &info)), &notary.keys(), expected())
    };
    assert!(again("", "").is_ok());
    let reference =
        format!("<ds:Reference{}", info.split_once("<ds:Reference").unwrap().1.replace("</ds:SignedInfo>", ""));
    assert!(is_wrong(&again(&reference, &[reference.clone(), reference.clone()].concat())));
    assert!(is_wrong(&again(&reference, "")));
    let method = r#"Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Canon"#;
    assert!(is_wrong(&again(method, r#"Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Canon"#)));
}

#[test]
fn nothing_is_expanded_and_nothing_instructs() {
    let notary = Notary::new();
    let fine = around(&notary.sign(ASSERTION, "_a"));
    let read = |text: &str| response::read(text, &notary.keys(), expected());
    let attributes = |count| (0..count).map(|n| format!(r#"a{n}="""#)).collect::<Vec<_>>().join(" ");
    assert!(read(&fine.replace("<samlp:Status>", &format!("<x {}/><samlp:Status>", attributes(99)))).is_ok());
    assert!(read(&fine).is_ok() && read(&format!("<?xml version=\"1.0\"?>\n{fine}\n")).is_ok());
    for text in [
        format!("<!DOCTYPE x>{fine}"),
        format!("<!DOCTYPE x [<!ENTITY e \"42\">]>{}", fine.replace(">42<", ">&e;<")),
        format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}", fine.replace(">42<", ">&e;<")),
        fine.replace(">42<", ">&e;<"),
        format!("<?xml-stylesheet href=\"https://evil.example/\"?>{fine}"),
        fine.replace(">42<", "><?php 42 ?>42<"),
        fine.replace("<samlp:Status>", &format!("{}{}<samlp:Status>", "<x>".repeat(60), "</x>".repeat(60))),
        fine.get(..fine.len() - 3).unwrap().to_owned(),
        fine.replace("<samlp:Status>", &format!("<x {}/><samlp:Status>", attributes(101))),
        format!("{fine}{fine}"),
        String::new(),
        "<a/>".to_owned(),
    ] {
        let said = read(&text);
        assert!(is_wrong(&said), "{said:?}: {text}");
    }
    // What is signed is spelt without comments, and so one stands wherever somebody likes: it cuts nothing.
    let commented = fine.replace(">42<", ">4<!-- evil -->2<!-- --><");
    assert_eq!(read(&commented).unwrap().subject, "42");
    let named = ASSERTION.replace(">42<", ">42.evil<");
    let cut = around(&notary.sign(&named, "_a")).replace(">42.evil<", ">42<!---->.evil<");
    assert_eq!(read(&cut).unwrap().subject, "42.evil");
}

#[test]
fn one_letter_more_or_less_changes_nothing_that_is_believed() {
    let keys = known_keys();
    let subject = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
    for (text, subject) in [(LIBXMLSEC, ""), (SIGNXML, ""), (XML_CRYPTO, subject)] {
        let read = |text: &str| response::read(text, &keys, Expected { subject, ..expected() });
        let right = read(text).unwrap();
        for at in (0..text.len()).step_by(47) {
            let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) else { continue };
            for letter in ["", "x", "<", ">", "&", "\"", "=", " ", "\u{0}", "\u{e9}", "<!---->", "]]>", "<x/>"] {
                if let Ok(said) = read(&[before, letter, after].concat()) {
                    assert_eq!(said, right, "{letter} at {at}");
                }
            }
        }
    }
}

#[test]
fn what_is_said_must_be_for_us_and_for_now() {
    let notary = Notary::new();
    assert!(notary.read("", "").is_ok());
    let audience = "<saml:Audience>https://plaza.example/login/organization/metadata</saml:Audience>";
    let restriction = format!("<saml:AudienceRestriction>{audience}</saml:AudienceRestriction>");
    let other = "<saml:Audience>https://other.example/</saml:Audience>";
    let both = format!("{other}{audience}");
    assert!(notary.read(audience, &both).is_ok(), "for one of several");
    let (once, unknown) = ("<saml:OneTimeUse></saml:OneTimeUse>", "<saml:Condition></saml:Condition>");
    assert!(notary.read(&restriction, &format!("{restriction}{once}")).is_ok());
    let twice = format!("{restriction}<saml:AudienceRestriction>{other}</saml:AudienceRestriction>");
    let condition = format!("{restriction}{unknown}");
    let session = r#"AuthnInstant="2026-11-29T12:00:00Z""#;
    let ended = format!(r#"{session} SessionNotOnOrAfter="2026-11-29T11:59:00Z""#);
    let data = r#"NotOnOrAfter="2026-11-29T12:05:00Z" Recipient"#;
    for (from, to) in [
        (">https://idp.example/idp/shibboleth<", ">https://evil.example/<"),
        (r#"Version="2.0""#, r#"Version="1.1""#),
        (audience, other),
        (audience, ""),
        (restriction.as_str(), ""),
        (&restriction, &twice),
        (&restriction, &condition),
        (session, &ended),
        ("login/organization/back", "login/organization/other"),
        (r#" Recipient="https://plaza.example/login/organization/back""#, ""),
        (r#"InResponseTo="_request" "#, ""),
        (r#"InResponseTo="_request""#, r#"InResponseTo="_other""#),
        ("cm:bearer", "cm:holder-of-key"),
        (data, "Recipient"),
        (data, r#"NotOnOrAfter="tomorrow" Recipient"#),
        (data, r#"NotOnOrAfter="2026-11-29T11:58:59Z" Recipient"#),
        (r#"NotBefore="2026-11-29T12:00:00Z""#, r#"NotBefore="2026-11-29T12:03:01Z""#),
        (r#"NotOnOrAfter="2026-11-29T12:05:00Z"><saml:Au"#, r#"NotOnOrAfter="2026-11-29T11:58:59Z"><saml:Au"#),
        ("nameid-format:persistent", "nameid-format:transient"),
        (r#" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent""#, ""),
        (">42<", "> <"),
        (">42<", "><b>42</b><"),
    ] {
        let said = notary.read(from, to);
        assert!(is_wrong(&said), "{from} → {to}: {said:?}");
    }
    assert!(is_wrong(&notary.read(">42<", &format!(">{}<", "x".repeat(256)))));
    let nobody = ASSERTION.replace("AuthnStatement", "AuthzDecisionStatement");
    assert!(is_wrong(&response::read(&around(&notary.sign(&nobody, "_a")), &notary.keys(), expected())));
    // The clocks of both need not be the same to the minute.
    assert!(notary.read(data, r#"NotOnOrAfter="2026-11-29T11:59:01Z" Recipient"#).is_ok());
    assert!(notary.read(r#"NotBefore="2026-11-29T12:00:00Z""#, r#"NotBefore="2026-11-29T12:02:59Z""#).is_ok());
    let late = Expected { now: expected().now + span::minutes(7), ..expected() };
    let text = around(&notary.sign(ASSERTION, "_a"));
    assert!(is_wrong(&response::read(&text, &notary.keys(), late)));
}

#[test]
fn what_is_around_what_is_said_must_fit() {
    let notary = Notary::new();
    let (inner, keys) = (notary.sign(ASSERTION, "_a"), notary.keys());
    for (from, to) in [
        (r#"Version="2.0"><saml:Issuer xmlns"#, r#"Version="1.1"><saml:Issuer xmlns"#),
        ("login/organization/back\" ID", "login/elsewhere\" ID"),
        (r#"InResponseTo="_request" Issue"#, r#"InResponseTo="_other" Issue"#),
        (
            ">https://idp.example/idp/shibboleth</saml:Issuer><samlp:Status>",
            ">https://evil.example/</saml:Issuer><samlp:Status>",
        ),
        ("samlp:Status>", "samlp:Estate>"),
    ] {
        let (outer, changed) = (around(""), around("").replace(from, to));
        assert_ne!(changed, outer, "{from}");
        let loose = changed.replace("</samlp:Response>", &format!("{inner}</samlp:Response>"));
        assert!(is_wrong(&response::read(&loose, &keys, expected())), "{to}");
        let tight = changed.replace("</samlp:Response>", &format!("{ASSERTION}</samlp:Response>"));
        assert!(is_wrong(&response::read(&notary.sign(&tight, "_r"), &keys, expected())), "{to}");
    }
    // What is signed as a whole has to say where it goes.
    let nowhere = around(ASSERTION).replace(r#" Destination="https://plaza.example/login/organization/back""#, "");
    assert!(is_wrong(&response::read(&notary.sign(&nowhere, "_r"), &keys, expected())));
    let no = around("").replace("status:Success", "status:Responder").replace(
        "</samlp:StatusCode>",
        r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"></samlp:StatusCode></samlp:StatusCode>"#,
    );
    assert_eq!(response::read(&no, &keys, expected()), Err(Flaw::Refused("Responder: AuthnFailed".to_owned())));
    let sealed = around("<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>");
    let Err(Flaw::Wrong(why)) = response::read(&sealed, &keys, expected()) else { panic!("it is not read") };
    assert!(why.contains("turn encryption off"), "{why}");
}

#[test]
fn people_are_known_by_what_is_theirs_for_ever() {
    let notary = Notary::new();
    let mail =
        notary.read("SAML:2.0:nameid-format:persistent\">42", "SAML:1.1:nameid-format:emailAddress\">a@org.example");
    let mail = mail.unwrap();
    assert_eq!((mail.subject.as_str(), mail.mail.as_deref()), ("a@org.example", Some("ana.ruiz@org.example")));
    let nameless = notary.read("Name=\"mail\"", "Name=\"colour\"").unwrap();
    assert_eq!((nameless.mail, nameless.called), (None, None));
    let only = "SAML:1.1:nameid-format:emailAddress\">a@org.example";
    let assertion = ASSERTION.replace("SAML:2.0:nameid-format:persistent\">42", only).replace("\"mail\"", "\"colour\"");
    let text = around(&notary.sign(&assertion, "_a"));
    let read =
        |text: &str, subject, mail| response::read(text, &notary.keys(), Expected { subject, mail, ..expected() });
    assert_eq!(read(&text, "", "").unwrap().mail.as_deref(), Some("a@org.example"));
    assert_eq!(read(&text, "", "correo").unwrap().mail, None, "where it is not said, it is not guessed");
    assert_eq!(read(&text, "", "colour").unwrap().mail.as_deref(), Some("ana.ruiz@org.example"));

    // An attribute names them even where the name is another each time.
    let transient = ASSERTION.replace("persistent", "transient");
    let text = around(&notary.sign(&transient, "_a"));
    assert_eq!(read(&text, "mail", "").unwrap().subject, "ana.ruiz@org.example");
    assert!(is_wrong(&read(&text, "uid", "")));
    let value = "<saml:AttributeValue>ana.ruiz@org.example</saml:AttributeValue>";
    for several in [[value, value].concat(), String::new(), "<saml:AttributeValue></saml:AttributeValue>".to_owned()] {
        let text = around(&notary.sign(&transient.replace(value, &several), "_a"));
        assert!(is_wrong(&read(&text, "mail", "")), "{several}");
    }
}
