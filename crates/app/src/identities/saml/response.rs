//! What a provider says of somebody, signed: the responses of SAML 2.0 to what browsers are sent with.
use std::time::Duration;

use domain::time::{Timestamp, span};
use openssl::pkey::{PKey, Public};
use serde::{Deserialize, Serialize};

use super::{
    signature::{self, Broken},
    xml::{self, ASSERTION, Node, PROTOCOL, SIGNATURE},
};

/// How much the clock of a provider may differ from ours.
const LENIENCY: Duration = span::minutes(2);

/// How long that by which a provider knows somebody may be, in bytes.
const LONGEST: usize = 255;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const MAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// What the attribute with somebody's address is usually called, the surest first.
const MAILS: [&str; 5] = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "urn:oid:1.2.840.113549.1.9.1",
];

/// What the attribute with the name is usually called that somebody chose, or was given, for signing in.
const NAMES: [&str; 5] = [
    "urn:oid:0.9.2342.19200300.100.1.1",
    "uid",
    "username",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
];

/// What a response must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// What the provider calls itself.
    pub(super) issuer: &'a str,
    /// What we call ourselves.
    pub(super) audience: &'a str,
    /// Where it was sent.
    pub(super) recipient: &'a str,
    pub(super) now: Timestamp,
    /// The attribute by which people are known for ever; empty, if the name will do that they are given.
    pub(super) subject: &'a str,
    /// The attribute with their address; empty for the usual ones.
    pub(super) mail: &'a str,
}

/// Of whom a response speaks, and to what it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    /// What the assertion is called: it counts once.
    pub(super) assertion: String,
    /// To which request this answers.
    pub(super) request: String,
    pub(super) subject: String,
    pub(super) called: Option<String>,
    pub(super) mail: Option<String>,
}

/// Why a response is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    /// It is signed with a key that we do not know, or was changed: the provider may have others by now.
    #[error("it is signed with a key that is not in the provider's metadata, or was changed on its way")]
    Forged,
    /// The provider says no; what it says.
    #[error("the provider says no: {0}")]
    Refused(String),
    /// It says what it must not, or not what it must.
    #[error("{0}")]
    Wrong(&'static str),
}

impl From<Broken> for Flaw {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Forged => Self::Forged,
            Broken::Strange(what) => Self::Wrong(what),
        }
    }
}

/// Of whom a response speaks, if one of the keys signed it, for us, now.
pub(super) fn read(text: &str, keys: &[PKey<Public>], expected: Expected<'_>) -> Result<Person, Flaw> {
    let wrong = Flaw::Wrong;
    let document = xml::parse(text).ok_or(wrong("this is no XML, or one with a document type"))?;
    if xml::instructs(&document) {
        return Err(wrong("it instructs programs"));
    }
    let root = Node::root(&document).ok_or(wrong("there is nothing"))?;
    status(root)?;
    let (whole, part) = signatures(root)?;
    // Whatever is signed must be right; and nothing but the very texts that were signed is read from here on.
    let whole = whole.then(|| signature::signed(text, None, keys)).transpose()?;
    let part = part.then(|| signature::signed(text, Some((ASSERTION, "Assertion")), keys)).transpose()?;
    if let Some(whole) = &whole {
        let document = xml::parse(whole).ok_or(wrong("this is no XML"))?;
        let root = Node::root(&document).ok_or(wrong("there is nothing"))?;
        status(root)?;
        envelope(root, expected)?;
        if root.attribute("Destination").is_none() {
            return Err(wrong("it does not say where it goes"));
        }
        if part.is_none() {
            return person(root.only(ASSERTION, "Assertion").ok_or(wrong("nothing is asserted"))?, expected);
        }
    }
    envelope(root, expected)?;
    let part = part.ok_or(wrong("it is not signed"))?;
    let document = xml::parse(&part).ok_or(wrong("this is no XML"))?;
    person(Node::root(&document).ok_or(wrong("there is nothing"))?, expected)
}

/// Whether the provider says that it knows who somebody is.
fn status(root: Node<'_>) -> Result<(), Flaw> {
    if !root.is(PROTOCOL, "Response") || root.attribute("Version") != Some("2.0") {
        return Err(Flaw::Wrong("this is no response of SAML 2.0"));
    }
    let status = root.only(PROTOCOL, "Status").ok_or(Flaw::Wrong("it has no status"))?;
    let code = status.only(PROTOCOL, "StatusCode").ok_or(Flaw::Wrong("it has no status"))?;
    if code.attribute("Value") == Some(SUCCESS) {
        return Ok(());
    }
    let codes = std::iter::successors(Some(code), |code| code.only(PROTOCOL, "StatusCode"));
    let codes = codes.filter_map(|code| code.attribute("Value")?.rsplit(':').next().map(str::to_owned));
    let said = status.only(PROTOCOL, "StatusMessage").and_then(Node::text);
    Err(Flaw::Refused(codes.chain(said).collect::<Vec<_>>().join(": ").chars().take(300).collect()))
}

/// Whether the response and its assertion are signed. There is one of each, every name names one thing, and there is no
/// signature, and no assertion, anywhere else: nothing of it can be taken for something that it is not.
fn signatures(root: Node<'_>) -> Result<(bool, bool), Flaw> {
    let all = root.all();
    if all.iter().any(|node| node.is(ASSERTION, "EncryptedAssertion") || node.is(ASSERTION, "EncryptedID")) {
        return Err(Flaw::Wrong("it is encrypted: turn encryption off at the provider, which has no key of ours"));
    }
    let mut names: Vec<&str> = all.iter().flat_map(|node| node.names()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() != count {
        return Err(Flaw::Wrong("one name names several things"));
    }
    let asserted = all.iter().filter(|node| node.is(ASSERTION, "Assertion")).count();
    let assertion = root.only(ASSERTION, "Assertion").filter(|_| asserted == 1);
    let assertion = assertion.ok_or(Flaw::Wrong("there is not one assertion"))?;
    let signs = |node: &Node<'_>| node.only(SIGNATURE, "Signature").is_some();
    let signed = (signs(&root), signs(&assertion));
    let signatures = all.iter().filter(|node| node.is(SIGNATURE, "Signature")).count();
    if signatures != usize::from(signed.0) + usize::from(signed.1) {
        return Err(Flaw::Wrong("there are signatures of something else"));
    }
    if all.iter().any(|node| node.is(SIGNATURE, "Object")) {
        return Err(Flaw::Wrong("there is more in a signature than it needs"));
    }
    if signatures == 0 { Err(Flaw::Wrong("it is not signed")) } else { Ok(signed) }
}

/// Whether the response, as far as it says so, is the provider's, and for us.
fn envelope(root: Node<'_>, expected: Expected<'_>) -> Result<(), Flaw> {
    if root.only(ASSERTION, "Issuer").is_some_and(|issuer| issuer.text().as_deref() != Some(expected.issuer)) {
        return Err(Flaw::Wrong("it is somebody else's"));
    }
    if root.attribute("Destination").is_some_and(|destination| destination != expected.recipient) {
        return Err(Flaw::Wrong("it is for another address"));
    }
    let assertion = root.only(ASSERTION, "Assertion");
    let confirmed = assertion.and_then(|assertion| assertion.only(ASSERTION, "Subject")).map(confirmations);
    let answers =
        |request: &str| confirmed.iter().flatten().any(|data| data.attribute("InResponseTo") == Some(request));
    if root.attribute("InResponseTo").is_some_and(|request| !answers(request)) {
        return Err(Flaw::Wrong("it answers to something else than the assertion"));
    }
    Ok(())
}

/// What is said of how a subject is confirmed by whoever brings the assertion.
fn confirmations(subject: Node<'_>) -> Vec<Node<'_>> {
    let all = subject.each(ASSERTION, "SubjectConfirmation");
    let all = all.filter(|one| one.attribute("Method") == Some(BEARER));
    all.filter_map(|one| one.only(ASSERTION, "SubjectConfirmationData")).collect()
}

/// Whether something counts from `NotBefore` and until what an attribute says; what it does not say is no limit.
fn counts(node: Node<'_>, until: &str, now: Timestamp) -> bool {
    let moment = |name: &str| node.attribute(name).map(Timestamp::from_utc);
    let is_early = moment("NotBefore").is_some_and(|from| from.is_none_or(|from| from > now + LENIENCY));
    let is_late = moment(until).is_some_and(|until| until.is_none_or(|until| until + LENIENCY <= now));
    !is_early && !is_late
}

/// Of whom an assertion speaks that was signed.
fn person(assertion: Node<'_>, expected: Expected<'_>) -> Result<Person, Flaw> {
    let wrong = Flaw::Wrong;
    if !assertion.is(ASSERTION, "Assertion") || assertion.attribute("Version") != Some("2.0") {
        return Err(wrong("this is no assertion of SAML 2.0"));
    }
    let issuer = assertion.only(ASSERTION, "Issuer").and_then(Node::text);
    if issuer.as_deref() != Some(expected.issuer) {
        return Err(wrong("it is somebody else's: `saml_entity` is not what the provider calls itself"));
    }
    let name = assertion.attribute("ID").ok_or(wrong("it has no name"))?;
    let subject = assertion.only(ASSERTION, "Subject").ok_or(wrong("it speaks of nobody"))?;
    let request = confirmed(subject, expected)?;
    conditions(assertion, expected)?;
    let mut statements = assertion.each(ASSERTION, "AuthnStatement").peekable();
    if statements.peek().is_none() {
        return Err(wrong("it does not say that they signed in"));
    }
    if !statements.all(|statement| counts(statement, "SessionNotOnOrAfter", expected.now)) {
        return Err(wrong("they signed in too long ago"));
    }
    let mail = if expected.mail.is_empty() { first(assertion, &MAILS) } else { first(assertion, &[expected.mail]) };
    let id = subject.only(ASSERTION, "NameID");
    let own = id.filter(|id| id.attribute("Format") == Some(MAIL)).and_then(Node::text);
    Ok(Person {
        assertion: name.to_owned(),
        request,
        subject: known_as(assertion, id, expected.subject)?,
        called: first(assertion, &NAMES),
        mail: mail.or(own.filter(|_| expected.mail.is_empty())),
    })
}

/// To which request an assertion answers, which whoever brings it may bring here and now.
fn confirmed(subject: Node<'_>, expected: Expected<'_>) -> Result<String, Flaw> {
    let all = confirmations(subject);
    if all.is_empty() {
        return Err(Flaw::Wrong("nobody may bring it"));
    }
    let here = all.into_iter().find(|data| data.attribute("Recipient") == Some(expected.recipient));
    let here = here.ok_or(Flaw::Wrong("it is for another address"))?;
    if here.attribute("NotOnOrAfter").is_none() || !counts(here, "NotOnOrAfter", expected.now) {
        return Err(Flaw::Wrong("it comes too late, or too early: are both clocks right?"));
    }
    let request = here.attribute("InResponseTo").filter(|request| !request.is_empty());
    request.map(str::to_owned).ok_or(Flaw::Wrong("nobody asked for it: people have to begin here"))
}

/// Holds that an assertion counts here and now.
fn conditions(assertion: Node<'_>, expected: Expected<'_>) -> Result<(), Flaw> {
    let conditions = assertion.only(ASSERTION, "Conditions").ok_or(Flaw::Wrong("it is not said for whom it is"))?;
    if !counts(conditions, "NotOnOrAfter", expected.now) {
        return Err(Flaw::Wrong("it comes too late, or too early: are both clocks right?"));
    }
    let mut restricted = false;
    for condition in conditions.children() {
        if condition.is(ASSERTION, "AudienceRestriction") {
            let mut audience = condition.each(ASSERTION, "Audience");
            if !audience.any(|one| one.text().as_deref() == Some(expected.audience)) {
                return Err(Flaw::Wrong("it is for somebody else: the provider knows this server by another name"));
            }
            restricted = true;
        } else if !condition.is(ASSERTION, "OneTimeUse") && !condition.is(ASSERTION, "ProxyRestriction") {
            return Err(Flaw::Wrong("it has a condition that we do not know"));
        }
    }
    if restricted { Ok(()) } else { Err(Flaw::Wrong("it is not said for whom it is")) }
}

/// By what somebody is known for ever: by the attribute of that name, or by the name that they are given if that is one
/// for ever.
fn known_as(assertion: Node<'_>, id: Option<Node<'_>>, attribute: &str) -> Result<String, Flaw> {
    let fits = |known: &String| !known.is_empty() && known.len() <= LONGEST;
    if !attribute.is_empty() {
        let mut all = values(assertion, attribute).into_iter();
        let known = all.next().filter(|_| all.next().is_none()).flatten().filter(fits);
        return known.ok_or(Flaw::Wrong("there is not one value of the attribute that `saml_subject` names"));
    }
    let id = id.ok_or(Flaw::Wrong("it gives nobody a name: see `saml_subject`"))?;
    match id.attribute("Format") {
        Some(PERSISTENT | MAIL) => id.text().filter(fits).ok_or(Flaw::Wrong("the name that it gives somebody is none")),
        Some(TRANSIENT) => Err(Flaw::Wrong(
            "the name that it gives somebody is another each time (transient): have the provider send a persistent \
             one, or set `saml_subject`",
        )),
        _ => Err(Flaw::Wrong(
            "the name that it gives somebody is not said to be theirs for ever (persistent, emailAddress): have the \
             provider say so, or set `saml_subject`",
        )),
    }
}

/// The values of the attributes of that name; nothing in place of each that is no text.
fn values(assertion: Node<'_>, name: &str) -> Vec<Option<String>> {
    let statements = assertion.each(ASSERTION, "AttributeStatement");
    let attributes = statements.flat_map(|statement| statement.each(ASSERTION, "Attribute"));
    let named = attributes.filter(|attribute| attribute.attribute("Name") == Some(name));
    named.flat_map(|attribute| attribute.each(ASSERTION, "AttributeValue")).map(Node::text).collect()
}

/// The first value of the first attribute among these that has one.
fn first(assertion: Node<'_>, names: &[&str]) -> Option<String> {
    let mut all = names.iter().flat_map(|name| values(assertion, name)).flatten();
    all.find(|value| !value.is_empty() && value.len() <= LONGEST)
}
