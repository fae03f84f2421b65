//! Names between colons, which stand for pictures.
use super::html::escape;

/// The longest name.
pub const LONGEST: usize = 64;

/// How large a picture is among words, until the page says otherwise.
const SIZE: &str = " width=\"20\" height=\"20\" loading=\"lazy\">";

/// Whether something can be such a name, without its colons.
pub fn is_shortcode(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The names in a text, as often as they are there: none begins or ends inside a word, so that no time of day is one.
pub fn find(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Rest(text);
    std::iter::from_fn(move || rest.next().map(|(_, name)| name))
}

/// What of a text was not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// What stands before the next name, and the name.
    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let whole = self.0;
        let mut from = 0;
        loop {
            let colon = from + whole.get(from..)?.find(':')?;
            let (before, after) = (whole.get(..colon)?, whole.get(colon + 1..)?);
            let in_word = before.ends_with(char::is_alphanumeric);
            let length = after.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_'))?;
            let (name, behind) = after.split_at_checked(length)?;
            from = colon + 1 + length;
            let Some(behind) = behind.strip_prefix(':') else { continue };
            if in_word || !is_shortcode(name) || behind.starts_with(char::is_alphanumeric) {
                continue;
            }
            self.0 = behind;
            return Some((before, name));
        }
    }
}

/// Sanitised HTML, with pictures in the place of the names that have one: in what is read only, never inside a tag or code.
pub fn paint(html: &str, picture: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + 128);
    let (mut rest, mut code) = (html, 0_usize);
    while !rest.is_empty() {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if code == 0 {
            paint_text(&mut out, text, &picture);
        } else {
            out.push_str(text);
        }
        let (tag, after) = tag.split_at(end_of_tag(tag));
        code = match tag {
            "<code>" | "<pre>" => code + 1,
            "</code>" | "</pre>" => code.saturating_sub(1),
            _ => code,
        };
        out.push_str(tag);
        rest = after;
    }
    out
}

fn paint_text(out: &mut String, text: &str, picture: &impl Fn(&str) -> Option<String>) {
    let mut rest = Rest(text);
    while let Some((before, name)) = rest.next() {
        out.push_str(before);
        match picture(name) {
            Some(url) => {
                let url = escape(&url);
                let parts =
                    ["<img class=\"emoji\" src=\"", &url, "\" alt=\":", name, ":\" title=\":", name, ":\"", SIZE];
                out.extend(parts);
            }
            None => out.extend([":", name, ":"]),
        }
    }
    out.push_str(rest.0);
}

/// How long the tag is that a text begins with, or all of it if it does not end.
fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).collect()
    }

    #[test]
    fn names_stand_between_colons_and_in_no_word() {
        assert_eq!(found(":a: hola :blob_cat:, (:x:) :dos::tres:"), ["a", "blob_cat", "x", "dos", "tres"]);
        for none in
            ["", ":", "::", ": a :", "a:b:c", "12:30:45", ":año:", ":a-b:", "https://x.test:80/", "ñ:x:", ":x:ñ"]
        {
            assert!(found(none).is_empty(), "{none}: {:?}", found(none));
        }
        assert_eq!(found(":a :b: c:"), ["b"]);
        assert_eq!(found("x:y:z:"), Vec::<&str>::new());
        assert!(found(&format!(":{}:", "x".repeat(65))).is_empty());
        assert_eq!(found(&format!(":{}:", "x".repeat(64))).len(), 1);
    }

    #[test]
    fn pictures_stand_in_what_is_read_and_nowhere_else() {
        let picture = |name: &str| (name == "x").then(|| "https://a.test/x.png?a=\"b\"&c".to_owned());
        let img = "<img class=\"emoji\" src=\"https://a.test/x.png?a=&quot;b&quot;&amp;c\" alt=\":x:\" title=\":x:\" \
                   width=\"20\" height=\"20\" loading=\"lazy\">";
        assert_eq!(paint("<p>Hola :x:</p>", picture), format!("<p>Hola {img}</p>"));
        assert_eq!(paint("<b>a</b>:x:<br>:y:", picture), format!("<b>a</b>{img}<br>:y:"));
        for same in [
            "<a href=\"https://b.test/:x:\" title=\"> :x: <\">b</a>",
            "<code>:x:</code>",
            "<pre>:x: <code>:x:</code> :x:</pre>",
            "1 &lt; 2 :y:",
            "<p :x:",
            "",
        ] {
            assert_eq!(paint(same, picture), same);
        }
        assert_eq!(paint("<pre>:x:</pre>:x:", picture), format!("<pre>:x:</pre>{img}"));
    }
}
