//! What a provider says of itself, and what this server says to it (SAML 2.0 Metadata).
use domain::{time::Timestamp, urls};
use openssl::{
    asn1::Asn1Time,
    pkey::{PKey, Public},
    x509::X509,
};

use super::{
    signature,
    xml::{self, METADATA, Node, PROTOCOL, SIGNATURE, escaped},
};

const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// How answers come.
pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The provider, as it describes itself.
#[derive(Debug)]
pub(super) struct Described {
    /// Where people are sent.
    pub(super) way: String,
    /// With which keys it signs.
    pub(super) keys: Vec<PKey<Public>>,
    /// Until when this counts.
    pub(super) until: Option<Timestamp>,
    /// What works for now, and should be mended: `tertulia check` says it.
    pub(super) worries: Vec<&'static str>,
}

/// What the provider called `entity` says of itself; or why that is not enough.
pub(super) fn read(text: &str, entity: &str, now: Timestamp) -> Result<Described, String> {
    let document = xml::parse(text).ok_or("its metadata are no XML, or one with a document type")?;
    let root = Node::root(&document).ok_or("its metadata are empty")?;
    let all: Vec<Node<'_>> = root.all().into_iter().filter(|node| node.is(METADATA, "EntityDescriptor")).collect();
    let Some(own) = all.iter().find(|node| node.attribute("entityID") == Some(entity)) else {
        let named: Vec<&str> = all.iter().filter_map(|node| node.attribute("entityID")).take(5).collect();
        return Err(format!("`saml_entity` is not in the metadata, which are of {}", named.join(", ")));
    };
    let speaks = |node: &Node<'_>| {
        node.attribute("protocolSupportEnumeration")
            .is_some_and(|all| all.split_ascii_whitespace().any(|one| one == PROTOCOL))
    };
    let role = own.each(METADATA, "IDPSSODescriptor").find(speaks).ok_or("it signs nobody in by SAML 2.0")?;
    let until = std::iter::successors(Some(role), |node| node.parent());
    let until = until.filter_map(|node| node.attribute("validUntil"));
    let until = until.map(|until| Timestamp::from_utc(until).ok_or("until when its metadata count is no date"));
    let until = until.collect::<Result<Vec<_>, _>>()?.into_iter().min();
    if until.is_some_and(|until| until <= now) {
        return Err("its metadata have expired (validUntil)".to_owned());
    }
    let mut ways = role.each(METADATA, "SingleSignOnService").filter(|it| it.attribute("Binding") == Some(REDIRECT));
    let way = ways.find_map(|it| it.attribute("Location")).ok_or("it takes nobody in by HTTP-Redirect")?;
    if !urls::is_web(way) {
        return Err("where it takes people in is no address of the web".to_owned());
    }
    let certificates = certificates(role);
    let keys: Vec<_> = certificates.iter().filter_map(|certificate| certificate.public_key().ok()).collect();
    if keys.is_empty() {
        return Err("it has no certificate that it signs with".to_owned());
    }
    let wants_signed = role.attribute("WantAuthnRequestsSigned").is_some_and(|wants| matches!(wants, "true" | "1"));
    let worries = [
        (wants_signed, "it wants requests to be signed, which they are not: turn that off there"),
        (certificates.iter().all(|it| has_expired(it, now)), "the certificate that it signs with has expired"),
    ];
    let worries = worries.into_iter().filter_map(|(is_so, worry)| is_so.then_some(worry)).collect();
    Ok(Described { way: way.to_owned(), keys, until, worries })
}

/// The certificates that something signs with. They only say which keys these are: whether they count is said by where
/// the metadata come from.
fn certificates(role: Node<'_>) -> Vec<X509> {
    let keys = role.each(METADATA, "KeyDescriptor").filter(|key| key.attribute("use").is_none_or(|it| it == "signing"));
    let infos = keys.flat_map(|key| key.each(SIGNATURE, "KeyInfo"));
    let data = infos.flat_map(|info| info.each(SIGNATURE, "X509Data"));
    let texts = data.flat_map(|data| data.each(SIGNATURE, "X509Certificate")).filter_map(signature::decoded);
    texts.filter_map(|der| X509::from_der(&der).ok()).collect()
}

fn has_expired(certificate: &X509, now: Timestamp) -> bool {
    Asn1Time::from_unix(now.seconds()).is_ok_and(|now| certificate.not_after() < now)
}

/// What this server says of itself: `entity` is its name, and answers come to any of `addresses`, the first if nothing
/// else is said.
pub(super) fn ours(entity: &str, addresses: &[String]) -> String {
    let address = |(index, address): (usize, &String)| {
        let (address, default) = (escaped(address), if index == 0 { " isDefault=\"true\"" } else { "" });
        format!(r#"<md:AssertionConsumerService Binding="{POST}" Location="{address}" index="{index}"{default}/>"#)
    };
    let addresses: Vec<String> = addresses.iter().enumerate().map(address).collect();
    let (entity, addresses) = (escaped(entity), addresses.join("\n    "));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="{METADATA}" entityID="{entity}">
  <md:SPSSODescriptor protocolSupportEnumeration="{PROTOCOL}" AuthnRequestsSigned="false" WantAssertionsSigned="true">
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>
    {addresses}
  </md:SPSSODescriptor>
</md:EntityDescriptor>
"#
    )
}
