//! How the same thing is written: as text, as an object, as a list of either, or not at all.
use std::borrow::Cow;

use domain::time::Timestamp;
use serde_json::Value;
use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::well_known::Iso8601, format_description::well_known::Rfc3339,
};

const NAMESPACE: &str = "https://www.w3.org/ns/activitystreams#";
/// The longest id or URL that is read.
const LONGEST_ID: usize = 2_048;

/// The values under a key: one, several, or none; `null` is none.
pub(crate) fn each<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    let found = object.get(key);
    let (list, one) = match found {
        Some(Value::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(one).filter(|value| !value.is_null())
}

/// The text under a key, if it is one and not empty.
pub(crate) fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    each(object, key).find_map(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// Whether something is said to be so.
pub(crate) fn truth(object: &Value, key: &str) -> bool {
    each(object, key).any(|value| value.as_bool() == Some(true))
}

/// A number that counts something, also when it is written as text.
pub(crate) fn count(object: &Value, key: &str) -> Option<u32> {
    let value = object.get(key)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// The id that a value is, or has.
pub(crate) fn id(value: &Value) -> Option<&str> {
    let id = match value {
        Value::String(id) => id,
        Value::Object(object) => object.get("id")?.as_str()?,
        _ => return None,
    };
    (!id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
}

/// The first id under a key.
pub(crate) fn id_of<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    each(object, key).find_map(id)
}

/// The ids under a key, each once, at most `most`.
pub(crate) fn ids_of(object: &Value, key: &str, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in each(object, key).filter_map(id) {
        if found.len() == most {
            break;
        }
        if !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    found
}

/// The types of an object, without the namespace some put before them.
pub(crate) fn types(object: &Value) -> impl Iterator<Item = &str> {
    each(object, "type").filter_map(Value::as_str).map(bare)
}

fn bare(name: &str) -> &str {
    name.strip_prefix(NAMESPACE).or_else(|| name.strip_prefix("as:")).unwrap_or(name)
}

/// Whether an object is of a type.
pub(crate) fn is_a(object: &Value, name: &str) -> bool {
    types(object).any(|each| each == name)
}

/// Whether an address is everybody.
pub(crate) fn is_public(address: &str) -> bool {
    bare(address) == "Public"
}

/// An http(s) URL with a host, if the text is one.
pub(crate) fn http(url: &str) -> Option<&str> {
    let url = url.trim();
    (url.len() <= LONGEST_ID && domain::host::origin(url).is_some()).then_some(url)
}

/// The URL that a value is or has, be it a `Link` or a thing with a `url`.
pub(crate) fn link(value: &Value) -> Option<&str> {
    match value {
        Value::String(url) => http(url),
        Value::Object(_) => value.get("href").and_then(Value::as_str).and_then(http).or_else(|| {
            each(value, "url").find_map(|url| match url {
                Value::String(url) => http(url),
                other => other.get("href").and_then(Value::as_str).and_then(http),
            })
        }),
        _ => None,
    }
}

/// A URL as it is to be asked for: `WordPress` writes some as they stand in pages.
pub(crate) fn bare_url(url: &str) -> String {
    ["&#038;", "&#38;", "&amp;"].iter().fold(url.to_owned(), |url, written| url.replace(written, "&"))
}

/// The first URL under a key.
pub(crate) fn link_of<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    each(object, key).find_map(link)
}

/// What kind of bytes a link leads to; Funkwhale has another word for it.
pub(crate) fn media_type(link: &Value) -> Option<&str> {
    text(link, "mediaType").or_else(|| text(link, "mimeType"))
}

/// The page among several URLs: the first that says it is HTML, else the first that says nothing.
pub(crate) fn page_of<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    let kind = |value: &Value| media_type(value).map(str::to_ascii_lowercase);
    let html = each(object, key).filter(|value| kind(value).is_some_and(|kind| kind.starts_with("text/html")));
    let plain = each(object, key).filter(|value| kind(value).is_none());
    html.chain(plain).find_map(link)
}

/// A moment, in any of the ways it is written: with `Z`, with an offset, with both, with none.
pub(crate) fn moment(object: &Value, key: &str) -> Option<Timestamp> {
    let text = text(object, key)?.trim();
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    let parsed = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
        let text = with_offset(text);
        OffsetDateTime::parse(&text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(&text, &Iso8601::PARSING))
            .ok()
            .or_else(|| Some(PrimitiveDateTime::parse(&text, &Iso8601::PARSING).ok()?.assume_utc()))
    })?;
    i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Timestamp)
}

/// `+00:00Z` without its `Z`, `+0000` with its colon, and a moment without offset in UTC.
fn with_offset(text: &str) -> Cow<'_, str> {
    let bare = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let Some((clock, offset)) = bare.rfind(['+', '-']).filter(|at| *at > 10).and_then(|at| bare.split_at_checked(at))
    else {
        return Cow::Owned(format!("{bare}Z"));
    };
    match offset.split_at_checked(3) {
        Some((hours, minutes)) if minutes.len() == 2 => Cow::Owned(format!("{clock}{hours}:{minutes}")),
        Some((hours, "")) => Cow::Owned(format!("{clock}{hours}:00")),
        _ => Cow::Borrowed(bare),
    }
}

/// The text of a key that has one per language beside it: `content` and `contentMap`.
pub(crate) fn worded<'a>(object: &'a Value, key: &str, map: &str) -> Option<&'a str> {
    text(object, key).or_else(|| {
        let texts = object.get(map)?.as_object()?;
        texts.values().filter_map(Value::as_str).find(|text| !text.trim().is_empty())
    })
}
