//! Host names in their one canonical spelling, and the one comparison of origins.
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A canonical host: lower case, A-labels, no trailing dot, `:port` kept when there was one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

/// A text that is no host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host name: `{0}`")]
pub struct NoHost(pub String);

impl Host {
    /// Reads a host with an optional port; anything that could read differently elsewhere is refused.
    pub fn parse(text: &str) -> Option<Self> {
        // A name is at most 253 bytes in ASCII; in Unicode it may take a few more.
        if text.is_empty() || text.len() > 1024 {
            return None;
        }
        let (name, port) = split_port(text)?;
        let name = match name.strip_prefix('[') {
            Some(inner) => url::Host::<String>::Ipv6(inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?).to_string(),
            None => canonical_name(name)?,
        };
        Some(Self(match port {
            Some(port) => format!("{name}:{port}"),
            None => name,
        }))
    }

    /// The host of a URL, with its port unless it is the scheme's own.
    pub fn of(url: &str) -> Option<Self> {
        parts(url).map(|(_, host)| host)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name or address without the port.
    pub fn name(&self) -> &str {
        split_port(&self.0).map_or(self.0.as_str(), |(name, _)| name)
    }

    /// The port, when one was written.
    pub fn port(&self) -> Option<u16> {
        split_port(&self.0).and_then(|(_, port)| port)
    }

    /// The same host, whatever its port.
    #[must_use]
    pub fn without_port(&self) -> Self {
        Self(self.name().to_owned())
    }

    /// Whether a block of this host falls on `other`: itself and its sub-domains, on every port unless one is named.
    pub fn covers(&self, other: &Self) -> bool {
        if self.port().is_some() && self.port() != other.port() {
            return false;
        }
        let (ours, theirs) = (self.name(), other.name());
        match theirs.strip_suffix(ours) {
            Some("") => true,
            // An address has no sub-domains: `1.127.0.0.1` is no name at all, so only names reach this.
            Some(rest) => rest.ends_with('.'),
            None => false,
        }
    }

    /// This host and all domains above it, the nearest first; each with the port, if there is one, and then without.
    pub fn above(&self) -> impl Iterator<Item = Self> {
        let port = self.port().map(|port| format!(":{port}"));
        std::iter::successors(Some(self.name()), |name| name.split_once('.').map(|(_, rest)| rest)).flat_map(
            move |name| {
                port.iter()
                    .map(move |port| Self(format!("{name}{port}")))
                    .chain([Self(name.to_owned())])
                    .collect::<Vec<_>>()
            },
        )
    }

    /// The name as people read it: Unicode where a label is of one script, punycode where it mixes them.
    pub fn display(&self) -> String {
        let (name, verdict) = idna::domain_to_unicode(self.name());
        let shown = if verdict.is_ok() && name.split('.').all(of_one_script) { name } else { self.name().to_owned() };
        match self.port() {
            Some(port) => format!("{shown}:{port}"),
            None => shown,
        }
    }
}

/// Scheme, canonical host and effective port of an http(s) URL: the only thing by which origins are compared.
pub fn origin(url: &str) -> Option<String> {
    parts(url).map(|(scheme, host)| format!("{scheme}://{host}"))
}

/// Whether both are http(s) URLs of the same origin.
pub fn same_origin(a: &str, b: &str) -> bool {
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn parts(url: &str) -> Option<(&'static str, Host)> {
    // URL parsers drop or keep these in different ways, so nothing that holds them has an origin.
    if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let (scheme, own_port) = match scheme {
        s if s.eq_ignore_ascii_case("https") => ("https", 443),
        s if s.eq_ignore_ascii_case("http") => ("http", 80),
        _ => return None,
    };
    let host = Host::parse(rest.split(['/', '?', '#']).next()?)?;
    Some((scheme, if host.port() == Some(own_port) { Host(host.name().to_owned()) } else { host }))
}

fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let Some((name, port)) = text.rsplit_once(':').filter(|_| !text.ends_with(']')) else { return Some((text, None)) };
    let plain = !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
    let port = port.parse::<u16>().ok().filter(|_| plain)?;
    Some((name, Some(port)))
}

fn canonical_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    // Only what is left of host syntax may pass; the rest (`@ / % :` …) is somebody's trick.
    let tricky = |c: char| c.is_ascii() && !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if text.chars().any(tricky) {
        return None;
    }
    let name = idna::domain_to_ascii(text).ok()?;
    // A Greek question mark, say, becomes a semicolon.
    if !text.is_ascii() && (name.chars().any(tricky) || !reads_back(text, &name)) {
        return None;
    }
    let labels_hold = name
        .split('.')
        .all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'));
    if !labels_hold || name.len() > 253 {
        return None;
    }
    // A name whose last label is a number is an address, and only the four-part decimal form is one for everybody.
    let last = name.rsplit('.').next()?;
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    (!numeric || name.parse::<Ipv4Addr>().is_ok()).then_some(name)
}

/// Whether the name says in Unicode what was written: full-width letters, odd dots and invisible signs do not.
fn reads_back(text: &str, ascii: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let written: String = text.chars().flat_map(char::to_lowercase).nfc().collect();
    let (shown, verdict) = idna::domain_to_unicode(ascii);
    verdict.is_ok() && shown == written
}

/// A coarse script test: no label mixes Latin, Greek and Cyrillic, or is made only of letters that pass for Latin.
fn of_one_script(label: &str) -> bool {
    let any = |test: fn(char) -> bool| label.chars().any(test);
    let latin = any(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
    let greek = any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    let cyrillic = any(|c| ('\u{400}'..='\u{52f}').contains(&c));
    let told_apart = any(|c| c.is_alphabetic() && !c.is_ascii() && !"аеорсухіјԁѕһӏԛԝοαρνικτυχ".contains(c));
    [latin, greek, cyrillic].into_iter().filter(|b| *b).count() <= 1 && (latin || label.is_ascii() || told_apart)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Host {
    type Err = NoHost;
    fn from_str(text: &str) -> Result<Self, NoHost> {
        Self::parse(text).ok_or_else(|| NoHost(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for Host {
    type Error = NoHost;
    fn try_from(text: String) -> Result<Self, NoHost> {
        text.parse()
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

impl AsRef<str> for Host {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(text: &str) -> Option<String> {
        Host::parse(text).map(String::from)
    }

    #[test]
    fn one_spelling_per_host() {
        for (written, canonical) in [
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("español.Example", "xn--espaol-zwa.example"),
            ("espan\u{303}ol.example", "xn--espaol-zwa.example"),
            ("XN--ESPAOL-ZWA.example", "xn--espaol-zwa.example"),
            ("127.0.0.2:8081", "127.0.0.2:8081"),
            ("[::0001]:80", "[::1]:80"),
            ("localhost:8080", "localhost:8080"),
            ("a_b.example", "a_b.example"),
        ] {
            assert_eq!(host(written).as_deref(), Some(canonical), "{written}");
        }
    }

    #[test]
    fn tricks_are_no_hosts() {
        for text in [
            "",
            ".",
            "a..b",
            "a b",
            "user@host.example",
            "host.example/x",
            "ho%73t.example",
            "host.example:",
            ":80",
            "host.example:0",
            "host.example:+80",
            "host.example:080",
            "host.example:65536",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "0177.0.0.1",
            "1.2.3.4.5",
            "ｈost.example",
            "host。example",
            "ho\u{ad}st.example",
            "::1",
            "[::1",
            "[fe80::1%25eth0]",
            "-a.example",
            "xn--\u{e9}.example",
            "xn--zzzzzzz-.example",
            "\u{fc}\u{37e}.example",
            "host\0",
            "host\n",
        ] {
            assert_eq!(host(text), None, "{text:?}");
        }
    }

    #[test]
    fn origins_compare_by_scheme_host_and_effective_port() {
        assert!(same_origin("https://Example.com:443/a", "HTTPS://example.com./b?x#y"));
        assert!(same_origin("https://español.example/", "https://xn--espaol-zwa.example"));
        assert!(!same_origin("https://example.com", "http://example.com"));
        assert!(!same_origin("https://example.com:80", "https://example.com"));
        assert!(!same_origin("acct:a@example.com", "acct:a@example.com"));
        assert_eq!(origin("http://127.0.0.2:8081/@a").as_deref(), Some("http://127.0.0.2:8081"));
        for url in [
            "https://user@example.com/",
            "https://good.example\\@evil.example/",
            "https:/example.com",
            "https:///x",
            "https://good.example\t/",
            "javascript://example.com/",
            "https://exam%70le.com/",
            "//example.com",
            "",
        ] {
            assert_eq!(origin(url), None, "{url:?}");
        }
    }

    #[test]
    fn a_block_covers_sub_domains_and_nothing_else() {
        let covers = |a: &str, b: &str| Host::parse(a).unwrap().covers(&Host::parse(b).unwrap());
        assert!(covers("evil.example", "EVIL.example."));
        assert!(covers("evil.example", "a.b.evil.example:8443"));
        assert!(covers("español.example", "x.xn--espaol-zwa.example"));
        assert!(!covers("evil.example", "notevil.example"));
        assert!(!covers("a.evil.example", "evil.example"));
        assert!(!covers("evil.example:1", "evil.example:2"));
    }

    #[test]
    fn mixed_scripts_show_as_punycode() {
        assert_eq!(Host::parse("español.example").unwrap().display(), "español.example");
        assert_eq!(Host::parse("例え.example:8080").unwrap().display(), "例え.example:8080");
        assert_eq!(Host::parse("пример.example").unwrap().display(), "пример.example");
        for disguised in ["pаypal.example", "рауоо.example"] {
            assert!(Host::parse(disguised).unwrap().display().starts_with("xn--"), "{disguised}"); // Cyrillic letters
        }
    }

    proptest! {
        #[test]
        fn canonical_is_stable_and_agrees_with_url(text in "[a-zA-Z0-9.:\\[\\]%@ñß。_-]{0,24}") {
            if let Some(host) = Host::parse(&text) {
                prop_assert_eq!(Host::parse(host.as_str()), Some(host.clone()));
                let url = url::Url::parse(&format!("http://{text}/")).expect("our hosts are hosts for everybody");
                let theirs = url.host_str().unwrap().trim_end_matches('.');
                prop_assert_eq!(theirs, host.name());
            }
        }

        #[test]
        fn anything_goes_in(text in "\\PC*") {
            let _ = (Host::parse(&text), origin(&text));
        }

        #[test]
        fn a_host_is_one_everywhere(text in "(\\PC|[a-zA-Z0-9ñ漢]|xn--|[-_.]){1,12}(\\.|\\.test|:[0-9]{1,6})?") {
            if let Some(host) = Host::parse(&text) {
                prop_assert!(host.as_str().is_ascii() && host.as_str().len() <= 253 + 6);
                prop_assert!(host.covers(&host));
                let shown = host.display();
                prop_assert_eq!(Host::parse(&shown), Some(host.clone()), "{}", shown);
                let of = Host::of(&format!("ftp://{text}/")).or_else(|| Host::of(&format!("https://{text}/@a?b#c")));
                prop_assert_eq!(of.map(|of| of.name().to_owned()), Some(host.name().to_owned()));
            }
        }
    }
}
