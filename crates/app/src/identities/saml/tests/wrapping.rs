//! Signatures that are right, wrapped so that something else might be read (the eight kinds of signature wrapping).
use super::*;

/// What an attacker wants to be read.
fn evil() -> String {
    ASSERTION.replace("ID=\"_a\"", "ID=\"_evil\"").replace(">42<", ">1<").replace("ana.ruiz", "admin")
}

/// What stands between the tags of `element`, from its first to its last.
fn signature(of: &str) -> String {
    let at = of.find("<ds:Signature ").unwrap();
    let end = of.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    of.get(at..end).unwrap().to_owned()
}

fn within(outer: &str, end: &str, inner: &str) -> String {
    let at = outer.rfind(end).unwrap();
    format!("{}{inner}{}", outer.get(..at).unwrap(), outer.get(at..).unwrap())
}

fn object(inner: &str) -> String {
    format!("<ds:Object>{inner}</ds:Object>")
}

fn after_issuer(element: &str, inner: &str) -> String {
    element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{inner}"), 1)
}

#[test]
fn nothing_is_read_but_what_is_signed() {
    let notary = Notary::new();
    let (evil, outer) = (evil(), around(""));
    let signed = notary.sign(ASSERTION, "_a");
    let (seal, end) = (signature(&signed), "</samlp:Response>");
    let whole = notary.sign(&around(ASSERTION), "_r");
    let (whole_seal, plain) = (signature(&whole), around(ASSERTION));
    let evil_response = around(&evil).replace("ID=\"_r\"", "ID=\"_other\"");
    let in_object = within(&whole_seal, "</ds:Signature>", &object(&plain));
    let forms = [
        // 1, 2: another response, with the signed one in or before its signature.
        ("1", after_issuer(&evil_response, &in_object)),
        ("2", after_issuer(&evil_response, &format!("{plain}{whole_seal}"))),
        // 3: another assertion before the signed one; or behind it.
        ("3", within(&outer, end, &format!("{evil}{signed}"))),
        ("3, the other way round", within(&outer, end, &format!("{signed}{evil}"))),
        // 4: the signed one in another one.
        ("4", within(&outer, end, &within(&evil, "</saml:Assertion>", &signed))),
        // 5: another one with the signature, the signed one without behind it.
        ("5", within(&outer, end, &format!("{}{ASSERTION}", after_issuer(&evil, &seal)))),
        // 6: the same, the signed one in the signature.
        ("6", within(&outer, end, &after_issuer(&evil, &within(&seal, "</ds:Signature>", ASSERTION)))),
        // 7: another one in an extension of the response.
        ("7", within(&outer, end, &format!("<samlp:Extensions>{evil}</samlp:Extensions>{signed}"))),
        // 8: the signed one in an object of the signature of another one.
        ("8", within(&outer, end, &after_issuer(&evil, &within(&seal, "</ds:Signature>", &object(ASSERTION))))),
        // Two things of one name, of which either may be found.
        ("one name", within(&outer, end, &format!("{}{signed}", evil.replace("_evil", "_a")))),
        ("another kind of name", within(&outer, end, &format!("<x xml:id=\"_a\"/>{signed}"))),
        ("a signature of something else", within(&outer, end, &format!("{signed}<x>{seal}</x>"))),
        ("two signatures", within(&outer, end, &after_issuer(&signed, &seal))),
        ("another signature", within(&outer, end, &after_issuer(ASSERTION, &whole_seal))),
    ];
    let read = |text: &str| response::read(text, &notary.keys(), expected());
    assert_eq!(read(&within(&outer, end, &signed)).unwrap().subject, "42");
    assert_eq!(read(&whole).unwrap().subject, "42");
    for (kind, form) in forms {
        assert!(super::super::xml::parse(&form).is_some(), "{kind}: {form}");
        let said = read(&form);
        assert!(is_wrong(&said), "{kind}: {said:?}");
    }
}
