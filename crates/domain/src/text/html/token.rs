//! A linear reader of HTML: text, opening and closing tags of the elements we know, nothing else.

/// What stands in a document, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text as written, character references included.
    Text(&'a str),
    /// The start of an element.
    Open(Element, Attributes<'a>),
    /// The end of an element.
    Close(Element),
}

/// What an element means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// `br`.
    Break,
    /// `hr`.
    Rule,
    /// Stands for itself and holds blocks or text: `p`, `ul`, `table` …
    Block(&'static str),
    /// Runs inside text: `a`, `b`, `span` …
    Inline(&'static str),
    /// `li`.
    Item,
    /// `rt`, `rp`.
    Ruby(&'static str),
    /// `thead`, `tbody`.
    Rows(&'static str),
    /// `tr`.
    Row,
    /// `td`, `th`.
    Cell(&'static str),
    /// Not kept, but what is inside begins and ends a line: `div`, `figure` …
    Line,
    /// Not kept.
    Other,
}

/// The attributes that may matter, as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Attributes<'a> {
    pub(super) href: Option<&'a str>,
    pub(super) class: Option<&'a str>,
    pub(super) rel: Option<&'a str>,
    pub(super) start: Option<&'a str>,
    pub(super) translate: Option<&'a str>,
}

impl Attributes<'_> {
    /// Whether a link leads to somebody's own page, as they say.
    pub(super) fn is_me(&self) -> bool {
        self.rel.is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("me")))
    }
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// What is still to be read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Drops everything up to and with `end`; to the end of the document when it is missing.
    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
    }

    /// Reads what begins with `<`; `None` when it is skipped or only looks like a tag.
    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest;
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.rest = comment;
            match comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
                Some(after) => self.rest = after,
                None => self.skip_past("-->"),
            }
            return None;
        }
        if let Some(end) = rest.strip_prefix("</") {
            if !end.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.skip_past(">");
                return None;
            }
            let name = end.split(ends_name).next().unwrap_or_default();
            self.skip_past(">");
            return Some(Token::Close(element(name)));
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            self.skip_past(">");
            return None;
        }
        self.take(1);
        let name = self.rest.split(ends_name).next().unwrap_or_default();
        self.take(name.len());
        let Some(attributes) = self.attributes() else {
            self.rest = "";
            return None;
        };
        if swallows(name) {
            self.swallow(name);
            return None;
        }
        Some(Token::Open(element(name), attributes))
    }

    /// Reads attributes up to and with `>`; `None` when the document ends inside the tag.
    fn attributes(&mut self) -> Option<Attributes<'a>> {
        let mut found = Attributes::default();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if self.rest.is_empty() {
                return None;
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                return Some(found);
            }
            // A name may begin with `=`; so at least one character is taken.
            let first = self.rest.chars().next().map_or(1, char::len_utf8);
            let tail = self.rest.get(first..).unwrap_or_default();
            let length = first + tail.find(|c: char| ends_name(c) || c == '=').unwrap_or(tail.len());
            let name = self.take(length);
            let after = self.rest.trim_ascii_start();
            let value = match after.strip_prefix('=') {
                Some(value) => {
                    self.rest = value.trim_ascii_start();
                    self.value()?
                }
                None => "",
            };
            let slot = match name {
                _ if name.eq_ignore_ascii_case("href") => &mut found.href,
                _ if name.eq_ignore_ascii_case("class") => &mut found.class,
                _ if name.eq_ignore_ascii_case("rel") => &mut found.rel,
                _ if name.eq_ignore_ascii_case("start") => &mut found.start,
                _ if name.eq_ignore_ascii_case("translate") => &mut found.translate,
                _ => continue,
            };
            slot.get_or_insert(value);
        }
    }

    fn value(&mut self) -> Option<&'a str> {
        for quote in ['"', '\''] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (value, rest) = rest.split_once(quote)?;
                self.rest = rest;
                return Some(value);
            }
        }
        let length = self.rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
        Some(self.take(length))
    }

    /// Reads on to the next link.
    fn next_link(&mut self) -> Option<Attributes<'a>> {
        const NO_LINKS: [&str; 4] = ["script", "style", "textarea", "template"];
        loop {
            let at = self.rest.find('<')?;
            self.take(at);
            if self.rest.starts_with("<!--") {
                self.skip_past("-->");
                continue;
            }
            self.take(1);
            let name = self.rest.split(ends_name).next().unwrap_or_default();
            self.take(name.len());
            if ["a", "link"].iter().any(|link| link.eq_ignore_ascii_case(name)) {
                return self.attributes();
            }
            if NO_LINKS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.swallow(name);
            }
        }
    }

    /// Drops the content of an element that is no text, with its closing tag.
    fn swallow(&mut self, name: &str) {
        while let Some((_, after)) = self.rest.split_once("</") {
            self.rest = after;
            if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                return self.skip_past(">");
            }
        }
        self.rest = "";
    }
}

/// The attributes of all links of a page, those in its head too, which [`Tokens`] leaves out.
pub(super) fn links(html: &str) -> impl Iterator<Item = Attributes<'_>> {
    let mut tokens = Tokens { rest: html };
    std::iter::from_fn(move || tokens.next_link())
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            if begins_markup(self.rest) {
                if let Some(token) = self.markup() {
                    return Some(token);
                }
                continue;
            }
            // A `<` that begins nothing is text; so is everything up to the next one.
            let tail = self.rest.get(1..).unwrap_or_default();
            let length = if self.rest.starts_with('<') {
                1 + tail.find('<').unwrap_or(tail.len())
            } else {
                self.rest.find('<').unwrap_or(self.rest.len())
            };
            return Some(Token::Text(self.take(length)));
        }
        None
    }
}

fn begins_markup(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next() == Some(b'<')
        && bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'))
}

fn ends_name(c: char) -> bool {
    c.is_ascii_whitespace() || c == '/' || c == '>'
}

/// Elements whose content is a program, a picture or a form, and never what somebody said.
fn swallows(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "template",
        "object",
        "select",
        "textarea",
        "title",
        "noscript",
        "noembed",
        "noframes",
        "xmp",
        "plaintext",
        "head",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

pub(super) fn element(name: &str) -> Element {
    let mut buffer = [0_u8; 10];
    let Some(lower) = buffer.get_mut(..name.len()) else { return Element::Other };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"br" => Element::Break,
        b"hr" => Element::Rule,
        b"p" => Element::Block("p"),
        b"h1" => Element::Block("h1"),
        b"h2" => Element::Block("h2"),
        b"h3" => Element::Block("h3"),
        b"h4" => Element::Block("h4"),
        b"h5" => Element::Block("h5"),
        b"h6" => Element::Block("h6"),
        b"blockquote" => Element::Block("blockquote"),
        b"pre" => Element::Block("pre"),
        b"ul" => Element::Block("ul"),
        b"ol" => Element::Block("ol"),
        b"table" => Element::Block("table"),
        b"details" => Element::Block("details"),
        b"summary" => Element::Block("summary"),
        b"a" => Element::Inline("a"),
        b"span" => Element::Inline("span"),
        b"b" => Element::Inline("b"),
        b"strong" => Element::Inline("strong"),
        b"i" => Element::Inline("i"),
        b"em" => Element::Inline("em"),
        b"u" => Element::Inline("u"),
        b"s" | b"strike" => Element::Inline("s"),
        b"del" => Element::Inline("del"),
        b"code" | b"kbd" | b"samp" | b"tt" => Element::Inline("code"),
        b"ruby" => Element::Inline("ruby"),
        b"li" => Element::Item,
        b"rt" => Element::Ruby("rt"),
        b"rp" => Element::Ruby("rp"),
        b"thead" => Element::Rows("thead"),
        b"tbody" | b"tfoot" => Element::Rows("tbody"),
        b"tr" => Element::Row,
        b"td" => Element::Cell("td"),
        b"th" => Element::Cell("th"),
        b"div" | b"section" | b"article" | b"header" | b"footer" | b"main" | b"aside" | b"figure" | b"figcaption"
        | b"dl" | b"dt" | b"dd" | b"center" | b"address" | b"caption" | b"nav" | b"form" | b"fieldset" | b"legend"
        | b"option" => Element::Line,
        _ => Element::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tags_attributes_and_stray_signs() {
        let href = |value| Attributes { href: Some(value), ..Attributes::default() };
        for (html, tokens) in [
            ("1 < 2 <3", vec![Token::Text("1 "), Token::Text("< 2 "), Token::Text("<3")]),
            ("<A HREF='x>y' href=z>", vec![Token::Open(Element::Inline("a"), href("x>y"))]),
            ("<a/href=//x/ =a>", vec![Token::Open(Element::Inline("a"), href("//x/"))]),
            ("a<!-- <b> --><!DOCTYPE x></>b<!-->c", vec![Token::Text("a"), Token::Text("b"), Token::Text("c")]),
            ("<sCript>a</b></Script >b<style>", vec![Token::Text("b")]),
            ("a<b class='", vec![Token::Text("a")]),
        ] {
            assert_eq!(Tokens::of(html).collect::<Vec<_>>(), tokens, "{html}");
        }
    }
}
