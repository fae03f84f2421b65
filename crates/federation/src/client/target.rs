//! Which URLs may be asked for, and how strictly those that others wrote are read.

use url::{Host, Position, Url};

use super::FetchError;

const LONGEST: usize = 2_048;

/// Reads a URL that somebody else wrote.
///
/// URL parsers are generous: they take user names, back-slashes, percent-encoded and full-width letters, and IPv4
/// addresses in octal, hexadecimal or one number, and quietly make something else of them. Here the host must be
/// written as it is meant, so that two readers never see two hosts.
pub fn parse_url(text: &str) -> Result<Url, FetchError> {
    plain(text)?;
    let url = Url::parse(text).ok().ok_or(FetchError::Forbidden("not a URL"))?;
    let rest = text.strip_prefix(url.scheme()).and_then(|rest| rest.strip_prefix("://"));
    let written = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let default = if url.scheme() == "https" { ":443" } else { ":80" };
    let written = written.strip_suffix(default).unwrap_or(written);
    let (Some(_), true) = (url.host(), written.eq_ignore_ascii_case(authority(&url))) else {
        return Err(FetchError::Forbidden("an ambiguous host"));
    };
    Ok(url)
}

/// Where a redirect leads, by its `Location`.
pub(super) fn follow(base: &Url, location: &str) -> Result<Url, FetchError> {
    plain(location)?;
    let mut next = base.join(location).ok().ok_or(FetchError::Malformed("a redirect to nowhere"))?;
    if authority(&next) != authority(base) || next.scheme() != base.scheme() {
        let spelt_out = format!("{}:{location}", base.scheme());
        next = parse_url(if location.starts_with("//") { &spelt_out } else { location })?;
    }
    next.set_fragment(None);
    if base.scheme() == "https" && next.scheme() != "https" { Err(FetchError::Forbidden("no TLS")) } else { Ok(next) }
}

/// Whether this URL may be asked for at all; the address behind the host is checked when connecting.
pub(super) fn check(url: &Url, development: bool) -> Result<(), FetchError> {
    let scheme = matches!((url.scheme(), development), ("https", _) | ("http", true));
    let port = development || url.port_or_known_default() == Some(443);
    let host = match url.host() {
        Some(Host::Domain(name)) => !name.is_empty() && !name.ends_with('.'),
        other => other.is_some(),
    };
    if !scheme {
        Err(FetchError::Forbidden("the scheme"))
    } else if !port {
        Err(FetchError::Forbidden("the port"))
    } else if !host || !url.username().is_empty() || url.password().is_some() {
        Err(FetchError::Forbidden("the host"))
    } else {
        Ok(())
    }
}

fn plain(text: &str) -> Result<(), FetchError> {
    let odd = |letter: char| letter == '\\' || letter.is_control() || letter.is_whitespace();
    if text.len() > LONGEST || text.contains(odd) { Err(FetchError::Forbidden("not a URL")) } else { Ok(()) }
}

fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_written_as_it_is_meant() {
        for text in [
            "https://alpha.test",
            "https://Alpha.test/Path?query#fragment",
            "https://alpha.test:443/",
            "https://alpha.test:8443/",
            "http://127.0.0.2:8081/inbox",
            "https://[2a01:4f8::1]/",
            "https://xn--andu-gqa.test/ñandú",
        ] {
            assert!(parse_url(text).is_ok(), "{text}");
        }
        for text in [
            "https://user@alpha.test/",
            "https://user:pass@alpha.test/",
            "https://@alpha.test/",
            "https://alpha.test\\@evil.test/",
            "https:\\\\alpha.test/",
            "https:alpha.test",
            "https:/alpha.test",
            "https:///alpha.test/",
            "https://%61lpha.test/",
            "https://alpha%2etest/",
            "https://\u{ff41}lpha.test/",
            "https://alpha\u{3002}test/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
            "https://[::ffff:127.0.0.1]/",
            "https://[0:0::1]/",
            "https://al\tpha.test/",
            "https://alpha.test/\r\n",
            " https://alpha.test/",
            "HTTPS://alpha.test/",
            "https://",
            "mailto:bob@alpha.test",
            "data:text/plain,x",
            "/inbox",
            "",
        ] {
            assert!(parse_url(text).is_err(), "{text}");
        }
        assert!(parse_url(&format!("https://alpha.test/{}", "a".repeat(LONGEST))).is_err());
    }

    #[test]
    fn production_speaks_https_on_its_port_only() {
        for (text, production, development) in [
            ("https://alpha.test/", true, true),
            ("https://alpha.test:443/", true, true),
            ("https://8.8.8.8/", true, true),
            ("http://alpha.test/", false, true),
            ("https://alpha.test:8443/", false, true),
            ("http://127.0.0.2:8081/", false, true),
            ("https://alpha.test./", false, false),
            ("https://bob@alpha.test/", false, false),
            ("https://:x@alpha.test/", false, false),
            ("ftp://alpha.test/", false, false),
            ("file:///etc/passwd", false, false),
            ("unix:/run/socket", false, false),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!((check(&url, false).is_ok(), check(&url, true).is_ok()), (production, development), "{text}");
        }
    }

    #[test]
    fn redirects() {
        let base = Url::parse("https://alpha.test/one/two?x").unwrap();
        for (location, target) in [
            ("/three", Some("https://alpha.test/three")),
            ("three", Some("https://alpha.test/one/three")),
            ("?y", Some("https://alpha.test/one/two?y")),
            ("https://ALPHA.test/#top", Some("https://alpha.test/")),
            ("https://beta.test/", Some("https://beta.test/")),
            ("//beta.test/", Some("https://beta.test/")),
            ("http://alpha.test/one/two", None),
            ("http://beta.test/", None),
            ("//127.1/", None),
            ("https://0x7f000001/", None),
            ("\\\\beta.test/", None),
            ("//user@beta.test/", None),
            ("https://beta.test/ x", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(follow(&base, location).ok().as_ref().map(Url::as_str), target, "{location}");
        }
    }
}
