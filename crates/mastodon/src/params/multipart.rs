//! `multipart/form-data` (RFC 7578) that is all there: its text fields, and where its files are.
use std::ops::Range;

/// One part: its name, whether it is a file, and where its value is.
struct Part {
    name: String,
    is_file: bool,
    value: Range<usize>,
}

/// Names and values of the text fields, in order; `None` if the body has no boundary.
pub(super) fn fields(media_type: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let texts = parts(media_type, body)?.into_iter().filter(|part| !part.is_file);
    let text = |part: Part| Some((part.name, String::from_utf8_lossy(body.get(part.value)?).into_owned()));
    Some(texts.filter_map(text).collect())
}

/// Where the file of this name is.
pub(super) fn file(media_type: &str, body: &[u8], name: &str) -> Option<Range<usize>> {
    let part = parts(media_type, body)?.into_iter().find(|part| part.is_file && part.name == name)?;
    Some(part.value)
}

fn parts(media_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = parameter(media_type, "boundary").filter(|text| !text.is_empty())?;
    let (opening, delimiter) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    // The first delimiter may stand at the very beginning.
    let first = if body.starts_with(opening.as_bytes()) {
        opening.len()
    } else {
        position(body, delimiter.as_bytes())? + delimiter.len()
    };
    let (mut found, mut from) = (Vec::new(), first);
    while let Some(rest) = body.get(from..).filter(|rest| !rest.starts_with(b"--")) {
        let end = position(rest, delimiter.as_bytes());
        let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if let Some(at) = position(part, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(part.get(..at).unwrap_or_default()).into_owned();
            let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"));
            let is_file = disposition.is_some_and(|line| parameter(line, "filename").is_some());
            if let Some(name) = disposition.and_then(|line| parameter(line, "name")) {
                found.push(Part { name, is_file, value: from + at + 4..from + part.len() });
            }
        }
        let Some(end) = end else { break };
        from += end + delimiter.len();
    }
    Some(found)
}

/// The value of `name` in `…; name="value"; …`.
fn parameter(text: &str, name: &str) -> Option<String> {
    text.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
