//! Addresses that are not ours: where applications are, and what authenticators read.
use url::{Url, form_urlencoded};

/// Whether this is the address of something on the web: http(s) with a host, and no password.
pub fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// The address of a page on the web, without the part of it that is meant, if it is no longer than `most` bytes.
pub fn page_at(address: &str, most: usize) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.set_fragment(None);
    let url = url.to_string();
    (url.len() <= most && is_web(&url)).then_some(url)
}

/// Whether two addresses on the machine of whoever asks differ by no more than the port.
pub fn same_but_loopback_port(one: &str, other: &str) -> bool {
    let portless = |text: &str| {
        let mut url = Url::parse(text).ok().filter(|url| url.scheme() == "http")?;
        let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
        (loopback && url.set_port(None).is_ok()).then_some(url)
    };
    matches!((portless(one), portless(other)), (Some(one), Some(other)) if one == other)
}

/// An address with more parameters.
pub fn with_query(address: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let joint = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{address}{joint}{query}")
}

/// What an authenticator reads: the secret of a login's second step, and whose it is.
pub fn authenticator(site: &str, name: &str, secret: &str) -> String {
    let label: String = form_urlencoded::byte_serialize(format!("{site}:{name}").as_bytes()).collect();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", secret)
        .append_pair("issuer", site)
        .finish();
    format!("otpauth://totp/{label}?{query}")
}

/// What a browser has to be told before a form may lead to an address: its origin, or its scheme if it is not of the
/// web. Nothing for what would say more than that.
pub fn form_target(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let source = match authority {
        Some(authority) if matches!(scheme, "http" | "https") => format!("{scheme}://{authority}"),
        _ => format!("{scheme}:"),
    };
    (!source.contains([';', ',', ' ', '\''])).then_some(source)
}
