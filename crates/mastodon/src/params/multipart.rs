//! The text fields of `multipart/form-data` (RFC 7578); files are read elsewhere.

/// Names and values, in order; `None` if the body has no boundary.
pub(super) fn fields(media_type: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let boundary = parameter(media_type, "boundary").filter(|text| !text.is_empty())?;
    let (body, delimiter) = ([b"\r\n", body].concat(), format!("\r\n--{boundary}"));
    let mut found = Vec::new();
    for part in split(&body, delimiter.as_bytes()).into_iter().skip(1) {
        if part.starts_with(b"--") {
            break;
        }
        let Some(end) = position(part, b"\r\n\r\n") else { continue };
        let (head, rest) = part.split_at_checked(end)?;
        let value = rest.get(4..)?;
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"));
        let is_file = disposition.is_some_and(|line| parameter(line, "filename").is_some());
        if let (Some(name), false) = (disposition.and_then(|line| parameter(line, "name")), is_file) {
            found.push((name, String::from_utf8_lossy(value).into_owned()));
        }
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

fn split<'a>(mut text: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some((part, rest)) = position(text, by).and_then(|at| text.split_at_checked(at)) {
        parts.push(part);
        text = rest.get(by.len()..).unwrap_or_default();
    }
    parts.push(text);
    parts
}
