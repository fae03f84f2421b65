//! What whole programs say, recorded from them: their metadata, and how they speak of somebody.
use super::*;

/// `SimpleSAMLphp` 1.19.7: response and assertion signed by xmlseclibs, attributes by their object identifiers.
const SIMPLESAMLPHP: [&str; 2] = [include_str!("simplesamlphp-metadata.xml"), include_str!("simplesamlphp.xml")];
/// `LemonLDAP::NG` 2.16.1: response and assertion signed by Lasso, attributes by their short names.
const LEMONLDAP: [&str; 2] = [include_str!("lemonldap-metadata.xml"), include_str!("lemonldap.xml")];

#[test]
fn people_come_in_by_what_whole_programs_say() {
    let said = |[metadata, response]: [&str; 2]| {
        let idp = metadata::read(metadata, IDP, expected().now).unwrap();
        let person = response::read(response, &idp.keys, expected()).unwrap();
        assert_eq!(person.request, "_request");
        let known = (person.subject, person.called, person.mail);
        (idp.way, idp.worries.len(), known)
    };
    let (way, worries, known) = said(SIMPLESAMLPHP);
    assert_eq!((way.as_str(), worries), ("https://idp.example/saml2/idp/SSOService.php", 0));
    let ana = ("af894a768026e69556faca7dd9767db57bf88434", "ana.ruiz", "ana.ruiz@org.example");
    assert_eq!(known, (ana.0.to_owned(), Some(ana.1.to_owned()), Some(ana.2.to_owned())));
    let (way, worries, known) = said(LEMONLDAP);
    assert_eq!((way.as_str(), worries), ("https://idp.example/saml/singleSignOn", 1), "it wants requests to be signed");
    let who = ("_2A366D6D1C87BC1AE4D787EFD6F569EE", "dwho", "dwho@badwolf.org");
    assert_eq!(known, (who.0.to_owned(), Some(who.1.to_owned()), Some(who.2.to_owned())));
}

#[test]
fn what_whole_programs_say_is_nothing_once_it_is_changed() {
    for [metadata, response] in [SIMPLESAMLPHP, LEMONLDAP] {
        let keys = metadata::read(metadata, IDP, expected().now).unwrap().keys;
        let mail = if response.contains("ana.ruiz@") { "ana.ruiz@" } else { "dwho@" };
        let changed = response::read(&response.replace(mail, "eva@"), &keys, expected());
        assert_eq!(changed, Err(Flaw::Forged));
        // What was signed between its lines counts, too.
        assert_eq!(response::read(&response.replace('\n', "\n "), &keys, expected()), Err(Flaw::Forged));
        assert_eq!(response::read(response, &known_keys(), expected()), Err(Flaw::Forged), "somebody else's key");
    }
}
