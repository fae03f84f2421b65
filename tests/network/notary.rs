//! A provider that speaks SAML: it asks nobody, signs what it says of people with a real key, and says anything else when it
//! is told to.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use app::Clock;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::{Timestamp, span};
use flate2::read::DeflateDecoder;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::x509::X509;

use super::wire::{Answer, Request};

const ASSERTION: &str = r#"xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion""#;

/// A provider; a clone is the same one.
#[derive(Clone)]
pub(crate) struct Notary(Arc<Inner>);

struct Inner {
    host: String,
    clock: Clock,
    key: Mutex<PKey<Private>>,
    /// Of whom its page speaks.
    present: Mutex<Citizen>,
    /// How many it said something of.
    count: Mutex<usize>,
}

/// Whom it knows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Citizen {
    pub(crate) subject: &'static str,
    pub(crate) uid: &'static str,
    pub(crate) mail: &'static str,
}

/// What it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) id: String,
    pub(crate) back: String,
    pub(crate) state: String,
    entity: String,
}

fn key() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

/// What stands behind `before`, to the end of the quotes or of the tag.
fn behind(text: &str, before: &str) -> String {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before}: {text}")).1;
    rest.split(['"', '<']).next().unwrap().to_owned()
}

fn attribute(name: &str, value: &str) -> String {
    let value = format!("<saml:AttributeValue>{value}</saml:AttributeValue>");
    format!(r#"<saml:Attribute Name="{name}">{value}</saml:Attribute>"#)
}

impl Notary {
    pub(super) fn new(host: &str, clock: &Clock) -> Self {
        Self(Arc::new(Inner {
            host: host.to_owned(),
            clock: clock.clone(),
            key: Mutex::new(key()),
            present: Mutex::default(),
            count: Mutex::default(),
        }))
    }

    pub(super) fn host(&self) -> &str {
        &self.0.host
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// What it calls itself.
    pub(crate) fn entity(&self) -> String {
        self.url("/entity")
    }

    /// Signs with another key from now on.
    pub(crate) fn renew_key(&self) {
        *self.0.key.lock().unwrap() = key();
    }

    /// Who sits before its page from now on.
    pub(crate) fn meet(&self, citizen: Citizen) {
        *self.0.present.lock().unwrap() = citizen;
    }

    /// What somebody was sent with who came by `way`.
    pub(crate) fn wish(&self, way: &str) -> Wish {
        let query = way.strip_prefix(&self.url("/in?site=a&")).unwrap_or_else(|| panic!("{way}"));
        let asked: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut text = String::new();
        let packed = STANDARD.decode(&asked["SAMLRequest"]).unwrap();
        DeflateDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(behind(&text, "Destination=\""), self.url("/in?site=a"), "{text}");
        Wish {
            id: behind(&text, " ID=\""),
            back: behind(&text, "AssertionConsumerServiceURL=\""),
            state: asked["RelayState"].clone(),
            entity: behind(&text, "assertion\">"),
        }
    }

    fn at(&self, later: std::time::Duration) -> String {
        (self.0.clock.now() + later).to_utc()
    }

    /// The answer to a wish as it stands in a form, with `(this, that)` in place of what it would say.
    pub(crate) fn says(&self, wish: &Wish, citizen: Citizen, (this, that): (&str, &str)) -> String {
        let mut count = self.0.count.lock().unwrap();
        *count += 1;
        let (now, then, id) = (self.at(span::seconds(0)), self.at(span::minutes(5)), format!("_a{count}"));
        let (entity, back, request) = (self.entity(), &wish.back, &wish.id);
        let attributes = [("uid", citizen.uid), ("mail", citizen.mail)].map(|(name, value)| attribute(name, value));
        let assertion = [
            format!(r#"<saml:Assertion {ASSERTION} ID="{id}" IssueInstant="{now}" Version="2.0">"#),
            format!("<saml:Issuer>{entity}</saml:Issuer><saml:Subject>"),
            r#"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">"#.to_owned(),
            format!("{}</saml:NameID>", citizen.subject),
            r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#.to_owned(),
            format!(
                r#"<saml:SubjectConfirmationData InResponseTo="{request}" NotOnOrAfter="{then}" Recipient="{back}">"#
            ),
            "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>".to_owned(),
            format!(r#"<saml:Conditions NotBefore="{now}" NotOnOrAfter="{then}"><saml:AudienceRestriction>"#),
            format!("<saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions>", wish.entity),
            format!(r#"<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext></saml:AuthnContext>"#),
            format!("</saml:AuthnStatement><saml:AttributeStatement>{}", attributes.concat()),
            "</saml:AttributeStatement></saml:Assertion>".to_owned(),
        ]
        .concat();
        let said = assertion.replace(this, that);
        assert!(this == that || said != assertion, "{this} is not in {assertion}");
        let response = [
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#.to_owned(),
            format!(
                r#"Destination="{back}" ID="_r{count}" InResponseTo="{request}" IssueInstant="{now}" Version="2.0">"#
            ),
            format!("<saml:Issuer {ASSERTION}>{entity}</saml:Issuer><samlp:Status>"),
            r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>"#.to_owned(),
            format!("{}</samlp:Response>", self.sign(&said, &id)),
        ]
        .concat();
        STANDARD.encode(response)
    }

    /// An element in its canonical spelling with a signature.
    fn sign(&self, element: &str, id: &str) -> String {
        let algorithm = |tag: &str, name: &str| format!(r#"<ds:{tag} Algorithm="{name}"></ds:{tag}>"#);
        let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
        let info = [
            r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#.to_owned(),
            algorithm("CanonicalizationMethod", exclusive),
            algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
            format!(r##"<ds:Reference URI="#{id}"><ds:Transforms>"##),
            algorithm("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
            algorithm("Transform", exclusive),
            "</ds:Transforms>".to_owned(),
            algorithm("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
            format!("<ds:DigestValue>{}</ds:DigestValue>", STANDARD.encode(sha256(element.as_bytes()))),
            "</ds:Reference></ds:SignedInfo>".to_owned(),
        ]
        .concat();
        let key = self.0.key.lock().unwrap().clone();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        let value = STANDARD.encode(signer.sign_oneshot_to_vec(info.as_bytes()).unwrap());
        let value = format!("<ds:SignatureValue>{value}</ds:SignatureValue>");
        let signature =
            format!(r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{info}{value}</ds:Signature>"#);
        element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let said = |kind: &str, text: String| Answer {
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: text.into_bytes(),
            ..Answer::status(200)
        };
        match request.path() {
            "/metadata" => said("application/samlmetadata+xml", self.metadata()),
            "/in" => {
                let wish = self.wish(&self.url(&request.target));
                let form = self.says(&wish, *self.0.present.lock().unwrap(), ("", ""));
                said("text/html", page(&wish, &form))
            }
            _ => Answer::status(404),
        }
    }

    /// What it says of itself.
    fn metadata(&self) -> String {
        let mut certificate = X509::builder().unwrap();
        let key = self.0.key.lock().unwrap().clone();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&Asn1Time::from_unix(0).unwrap()).unwrap();
        let end = Timestamp::from_utc("2090-01-01T00:00:00Z").unwrap();
        certificate.set_not_after(&Asn1Time::from_unix(end.seconds()).unwrap()).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        let certificate = STANDARD.encode(certificate.build().to_der().unwrap());
        [
            r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" "#.to_owned(),
            format!(r#"xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{}">"#, self.entity()),
            r#"<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#.to_owned(),
            "<KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>".to_owned(),
            format!("{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"),
            r#"<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" "#.to_owned(),
            format!(r#"Location="{}"/></IDPSSODescriptor></EntityDescriptor>"#, self.url("/in?site=a")),
        ]
        .concat()
    }
}

/// Its page, on which somebody goes back by a button.
fn page(wish: &Wish, form: &str) -> String {
    let field = |name: &str, value: &str| format!(r#"<input type="hidden" name="{name}" value="{value}">"#);
    let fields = [field("SAMLResponse", form), field("RelayState", &wish.state)].concat();
    let form = format!(r#"<form method="post" action="{}">{fields}<button>Go back</button></form>"#, wish.back);
    format!("<!DOCTYPE html><title>Casa Grande</title>{form}")
}
