//! Which entry is whose: a filter as people write it (RFC 4515), as it is sent (RFC 4511, section 4.5.1.7).
//!
//! What somebody says is put in its place after the filter has been read, so that nothing in it can change the filter.
use super::ber::{self, OCTETS, SEQUENCE};

/// What stands in a filter for what somebody says.
const LOGIN: &str = "{login}";

/// How deep one filter may stand in others.
const DEPTH: u8 = 16;

/// Whether this is a filter, and asks for what somebody says.
pub(crate) fn is_one(text: &str) -> bool {
    text.contains(LOGIN) && of(text, "x").is_some()
}

/// Whether this is the name of an attribute.
pub(crate) fn is_attribute(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';'))
}

/// The filter of everything that has this attribute.
pub(super) fn having(attribute: &str) -> Vec<u8> {
    ber::element(0x87, attribute.as_bytes())
}

/// The filter that `text` is for whoever says `login`; nothing, if it is none.
pub(super) fn of(text: &str, login: &str) -> Option<Vec<u8>> {
    let (filter, rest) = one(text.trim(), login, DEPTH)?;
    rest.is_empty().then_some(filter)
}

/// The filter that `text` begins with, and what follows.
fn one<'a>(text: &'a str, login: &str, depth: u8) -> Option<(Vec<u8>, &'a str)> {
    let (depth, text) = (depth.checked_sub(1)?, text.strip_prefix('(')?);
    let all = |text: &'a str| {
        let (mut content, mut text) = (Vec::new(), text.trim_start());
        while text.starts_with('(') {
            let (filter, rest) = one(text, login, depth)?;
            content.extend(filter);
            text = rest.trim_start();
        }
        Some((content, text.strip_prefix(')')?))
    };
    if let Some(text) = text.strip_prefix('&') {
        let (content, rest) = all(text)?;
        return Some((ber::element(0xa0, &content), rest));
    }
    if let Some(text) = text.strip_prefix('|') {
        let (content, rest) = all(text)?;
        return Some((ber::element(0xa1, &content), rest));
    }
    if let Some(text) = text.strip_prefix('!') {
        let (filter, rest) = one(text.trim_start(), login, depth)?;
        return Some((ber::element(0xa2, &filter), rest.trim_start().strip_prefix(')')?));
    }
    let (item, rest) = text.split_once(')')?;
    let (attribute, asked) = item.split_once('=')?;
    Some((comparison(attribute, asked, login)?, rest))
}

/// `attribute` ends with what it is compared by, if it is not `=` alone.
fn comparison(attribute: &str, asked: &str, login: &str) -> Option<Vec<u8>> {
    let compared = |tag: u8, attribute: &str| {
        let name = Some(attribute).filter(|name| is_attribute(name))?;
        let pair = [ber::element(OCTETS, name.as_bytes()), ber::element(OCTETS, &value(asked, login)?)];
        Some(ber::element(tag, &pair.concat()))
    };
    match attribute.split_at_checked(attribute.len().checked_sub(1)?)? {
        (attribute, ">") => compared(0xa5, attribute),
        (attribute, "<") => compared(0xa6, attribute),
        (attribute, "~") => compared(0xa8, attribute),
        (attribute, ":") => by_rule(attribute, &value(asked, login)?),
        _ if asked == "*" => is_attribute(attribute).then(|| having(attribute)),
        _ if asked.contains('*') => substrings(attribute, asked, login),
        _ => compared(0xa3, attribute),
    }
}

fn substrings(attribute: &str, asked: &str, login: &str) -> Option<Vec<u8>> {
    let last = asked.split('*').count().checked_sub(1)?;
    let mut parts = Vec::new();
    for (at, part) in asked.split('*').enumerate().filter(|(_, part)| !part.is_empty()) {
        let tag = if at == 0 {
            0x80
        } else if at == last {
            0x82
        } else {
            0x81
        };
        parts.extend(ber::element(tag, &value(part, login)?));
    }
    let content = [ber::element(OCTETS, attribute.as_bytes()), ber::element(SEQUENCE, &parts)].concat();
    (is_attribute(attribute) && !parts.is_empty()).then(|| ber::element(0xa4, &content))
}

/// What is compared by a rule of the directory: `attribute:dn:rule`, of which the attribute or the rule has to be there.
fn by_rule(matched: &str, value: &[u8]) -> Option<Vec<u8>> {
    let mut words = matched.split(':');
    let (attribute, mut rule) = (words.next()?, words.next());
    let with_dn = rule.is_some_and(|word| word.eq_ignore_ascii_case("dn"));
    if with_dn {
        rule = words.next();
    }
    let is_good = |name: &str| name.is_empty() || is_attribute(name);
    let rule = rule.unwrap_or_default();
    if words.next().is_some() || !is_good(attribute) || !is_good(rule) || attribute.is_empty() && rule.is_empty() {
        return None;
    }
    let named = |tag: u8, name: &str| if name.is_empty() { Vec::new() } else { ber::element(tag, name.as_bytes()) };
    let dn = if with_dn { ber::element(0x84, &[0xff]) } else { Vec::new() };
    Some(ber::element(0xa9, &[named(0x81, rule), named(0x82, attribute), ber::element(0x83, value), dn].concat()))
}

/// A value as it is meant: `\2a` is a star, and what somebody says stands in its place.
fn value(written: &str, login: &str) -> Option<Vec<u8>> {
    let mut meant = Vec::new();
    for (at, part) in written.split(LOGIN).enumerate() {
        if at > 0 {
            meant.extend_from_slice(login.as_bytes());
        }
        let mut bytes = part.bytes();
        while let Some(byte) = bytes.next() {
            meant.push(match byte {
                b'\\' => {
                    let mut digit = || char::from(bytes.next()?).to_digit(16);
                    u8::try_from(digit()? << 4 | digit()?).ok()?
                }
                b'(' | b'*' | 0 => return None,
                other => other,
            });
        }
    }
    Some(meant)
}

#[cfg(test)]
mod tests;
