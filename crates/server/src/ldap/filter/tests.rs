//! Filters as they are sent, and that nobody says one into another.
use super::{super::ber::Reader, *};

fn pair(tag: u8, attribute: &str, value: &[u8]) -> Vec<u8> {
    ber::element(tag, &[ber::element(OCTETS, attribute.as_bytes()), ber::element(OCTETS, value)].concat())
}

#[test]
fn filters_are_read_as_they_are_meant() {
    let uid = pair(0xa3, "uid", b"ana");
    let mail = pair(0xa3, "mail", b"ana");
    for (text, expected) in [
        ("(uid={login})", uid.clone()),
        (" (&(uid={login})) ", ber::element(0xa0, &uid)),
        ("(|(uid={login}) (mail={login}))", ber::element(0xa1, &[uid.clone(), mail].concat())),
        ("(!(uid={login}))", ber::element(0xa2, &uid)),
        ("(objectClass=*)", having("objectClass")),
        ("(uid;lang-es={login}@a)", pair(0xa3, "uid;lang-es", b"ana@a")),
        ("(n>=7)", pair(0xa5, "n", b"7")),
        ("(n<=7)", pair(0xa6, "n", b"7")),
        ("(n~=x)", pair(0xa8, "n", b"x")),
        // A group, as people write it; and signs that would otherwise mean something.
        ("(memberOf=cn=plaza,ou=groups,dc=a)", pair(0xa3, "memberOf", b"cn=plaza,ou=groups,dc=a")),
        (r"(cn=a\2a\28\29\5c\c3\B1)", pair(0xa3, "cn", "a*()\\ñ".as_bytes())),
    ] {
        assert_eq!(of(text, "ana"), Some(expected), "{text}");
    }
    let parts = [ber::element(0x80, b"a"), ber::element(0x81, b"ana"), ber::element(0x82, b"c")].concat();
    let content = [ber::element(OCTETS, b"cn"), ber::element(SEQUENCE, &parts)].concat();
    assert_eq!(of("(cn=a*{login}*c)", "ana"), Some(ber::element(0xa4, &content)));
    // Whoever is in a group of a group, as Active Directory has it.
    let rule = ber::element(0x81, b"1.2.840.113556.1.4.1941");
    let content = [rule, ber::element(0x82, b"memberOf"), ber::element(0x83, b"cn=a")].concat();
    assert_eq!(of("(memberOf:1.2.840.113556.1.4.1941:=cn=a)", ""), Some(ber::element(0xa9, &content)));
    let content = [ber::element(0x82, b"o"), ber::element(0x83, b"x"), ber::element(0x84, &[255])].concat();
    assert_eq!(of("(o:dn:=x)", ""), Some(ber::element(0xa9, &content)));
}

#[test]
fn what_is_no_filter_is_none() {
    let deep = format!("{}(uid={{login}}){}", "(!".repeat(20), ")".repeat(20));
    for text in [
        "",
        "uid={login}",
        "(uid={login}",
        "(uid={login}))",
        "(uid={login})x",
        "(={login})",
        "(uid)",
        "()",
        "(&(uid={login})",
        "(u id={login})",
        "(uid=a(b{login})",
        r"(uid=\2{login})",
        r"(uid=\zz)",
        "(a*=b)",
        "(cn=**)",
        "(:=x)",
        "(a:b:c:=x)",
        "(ñ={login})",
        &deep,
    ] {
        assert_eq!(of(text, "ana"), None, "{text}");
        assert!(!is_one(text), "{text}");
    }
    assert!(is_one("(uid={login})") && !is_one("(uid=ana)"), "it has to ask for what they say");
}

#[test]
fn what_somebody_says_is_nothing_but_a_value() {
    let filter = "(&(objectClass=person)(|(uid={login})(cn={login}*)))";
    for said in ["*", "*)(uid=*", "ana)(|(uid=*", r"\2a", "a\0b", "{login}", "(&)", ""] {
        let sent = of(filter, said).unwrap();
        let mut all = Reader(Reader(&sent).take(0xa0).unwrap());
        assert!(all.take(0xa3).is_some(), "{said}");
        let mut some = Reader(all.take(0xa1).unwrap());
        let mut uid = Reader(some.take(0xa3).unwrap());
        assert_eq!((uid.take(OCTETS), uid.take(OCTETS)), (Some(&b"uid"[..]), Some(said.as_bytes())), "{said}");
        let mut cn = Reader(some.take(0xa4).unwrap());
        let mut parts = Reader(cn.take(OCTETS).and_then(|_| cn.take(SEQUENCE)).unwrap());
        assert_eq!((parts.next(), parts.next()), (Some((0x80, said.as_bytes())), None), "{said}");
        assert_eq!((some.next(), all.next()), (None, None), "{said}");
    }
}
