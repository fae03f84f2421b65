//! What is read of the metadata of a provider, and what ours say.
use super::{super::xml, *};

#[test]
fn metadata_say_what_is_needed_or_why_not() {
    let now = expected().now;
    let idp = metadata::read(METADATA, IDP, now).unwrap();
    assert_eq!((idp.way.as_str(), idp.keys.len()), ("https://idp.example/in?site=a&b=c", 2));
    assert_eq!((idp.until, idp.worries), (Some(at("2046-01-01T00:00:00Z")), Vec::new()));
    let wrong = |from: &str, to: &str| metadata::read(&METADATA.replace(from, to), IDP, now).unwrap_err();
    let unknown = metadata::read(METADATA, "https://idp.example", now).unwrap_err();
    assert!(unknown.contains("saml_entity") && unknown.contains(IDP), "{unknown}");
    assert!(wrong("2046-01-01", "2026-11-28").contains("expired"));
    assert!(wrong("2046-01-01T00:00:00Z", "soon").contains("no date"));
    assert!(wrong("bindings:HTTP-Redirect", "bindings:SOAP").contains("HTTP-Redirect"));
    assert!(wrong("X509Certificate", "X509Serial").contains("certificate"));
    assert!(wrong("IDPSSODescriptor", "SPSSODescriptor").contains("signs nobody in"));
    assert!(wrong("urn:oasis:names:tc:SAML:2.0:protocol urn", "urn").contains("signs nobody in"));
    assert!(wrong("https://idp.example/in", "javascript:in").contains("no address"));
    assert!(wrong("<md:EntitiesDescriptor", "<!DOCTYPE x><md:EntitiesDescriptor").contains("no XML"));
    let encryption = METADATA.replace("use=\"signing\"", "use=\"encryption\"");
    assert_eq!(metadata::read(&encryption, IDP, now).unwrap().keys.len(), 1, "what is for other things signs nothing");
    let demanding = METADATA.replace("<md:IDPSSODescriptor ", "<md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\" ");
    let worries = metadata::read(&demanding, IDP, now).unwrap().worries;
    assert!(worries.len() == 1 && worries[0].contains("to be signed"), "{worries:?}");
    let later = metadata::read(&METADATA.replace("2046-", "2066-"), IDP, at("2050-01-01T00:00:00Z")).unwrap();
    assert!(later.worries.len() == 1 && later.worries[0].contains("expired"), "{:?}", later.worries);
}

#[test]
fn we_say_what_we_are() {
    let addresses = ["https://plaza.example/back".to_owned(), "https://club.example/back?a&b".to_owned()];
    let text = metadata::ours("https://plaza.example/metadata", &addresses);
    let document = xml::parse(&text).unwrap();
    let root = xml::Node::root(&document).unwrap();
    assert_eq!(root.attribute("entityID"), Some("https://plaza.example/metadata"));
    let role = root.only(xml::METADATA, "SPSSODescriptor").unwrap();
    assert_eq!(
        (role.attribute("AuthnRequestsSigned"), role.attribute("WantAssertionsSigned")),
        (Some("false"), Some("true"))
    );
    let all: Vec<_> = role.each(xml::METADATA, "AssertionConsumerService").collect();
    let said: Vec<_> = all.iter().map(|it| (it.attribute("Location"), it.attribute("isDefault"))).collect();
    let locations = [(Some("https://plaza.example/back"), Some("true")), (Some("https://club.example/back?a&b"), None)];
    assert_eq!(said, locations);
}
