//! A Rust file taken apart just enough to tell code from comments, literals and tests.

/// A comment or the inside of a string literal, and where it begins.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) line: usize,
    pub(super) text: String,
}

/// A Rust file.
pub(super) struct Source {
    /// From the root of the project, with slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// The text, byte for byte, but blanks instead of comments and of what stands in literals.
    pub(super) code: String,
    pub(super) comments: Vec<Piece>,
    pub(super) literals: Vec<Piece>,
    tests: Vec<std::ops::RangeInclusive<usize>>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let mut lexer =
            Lexer { text: text.as_bytes(), at: 0, line: (1, 0), code: text.as_bytes().to_vec(), spans: Vec::new() };
        lexer.run();
        let Lexer { code, spans, .. } = lexer;
        let code = String::from_utf8(code).expect("whole literals and comments were blanked");
        let pieces = |comment: bool| {
            let chosen = spans.iter().filter(|span| span.comment == comment);
            chosen
                .map(|span| Piece {
                    line: span.line,
                    text: text.get(span.start..span.end).expect("spans end between characters").to_owned(),
                })
                .collect()
        };
        let (comments, literals) = (pieces(true), pieces(false));
        let tests = test_modules(&code);
        Self { path: path.to_owned(), text: text.to_owned(), code, comments, literals, tests }
    }

    /// Whether a line is only ever compiled for tests.
    pub(super) fn is_test(&self, line: usize) -> bool {
        let inside = self.path.starts_with("tests/") || self.path.contains("/tests/");
        inside || self.path.ends_with("/tests.rs") || self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// Whether the file lies in one of these crates, folders or files.
    pub(super) fn is_in(&self, places: &[&str]) -> bool {
        places
            .iter()
            .any(|place| self.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// The literals of the program itself.
    pub(super) fn shipped_literals(&self) -> impl Iterator<Item = &Piece> {
        self.literals.iter().filter(|literal| !self.is_test(literal.line))
    }

    /// Where a word stands in the code, by byte and line; a word is not part of a longer one.
    pub(super) fn words(&self, word: &str) -> Vec<(usize, usize)> {
        let part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let (first, last) = (word.starts_with(part), word.ends_with(part));
        let whole = |at: usize| {
            let before = self.code.get(..at).and_then(|text| text.chars().next_back());
            let after = self.code.get(at + word.len()..).and_then(|text| text.chars().next());
            !(first && before.is_some_and(part) || last && after.is_some_and(part))
        };
        let found = self.code.match_indices(word).filter(|(at, _)| whole(*at));
        found.map(|(at, _)| (at, line_at(&self.code, at))).collect()
    }
}

pub(super) fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The lines of everything that stands in braces behind `#[cfg(test)]`.
fn test_modules(code: &str) -> Vec<std::ops::RangeInclusive<usize>> {
    let body = |at: usize| {
        let rest = code.get(at..)?;
        let open = at + rest.find(['{', ';']).filter(|end| rest.as_bytes().get(*end) == Some(&b'{'))?;
        Some(line_at(code, at)..=line_at(code, closing(code, open)?))
    };
    code.match_indices("#[cfg(test)]").filter_map(|(at, _)| body(at)).collect()
}

/// Where the bracket that opens at a place of the code closes.
pub(super) fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

struct Span {
    line: usize,
    start: usize,
    end: usize,
    comment: bool,
}

/// Walks over the bytes once; quotes and slashes are ASCII, so a span never cuts a character.
struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// The line at a place that was passed: counting goes on from there.
    line: (usize, usize),
    code: Vec<u8>,
    spans: Vec<Span>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            if rest.starts_with(b"//") {
                let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                self.take(0, end, 0, true);
            } else if rest.starts_with(b"/*") {
                self.take(0, block_comment(rest), 0, true);
            } else if let Some((open, close)) = raw_string(rest).filter(|_| !self.inside_a_word()) {
                let end = find(&rest[open..], &close).unwrap_or(rest.len() - open);
                self.take(open, open + end, close.len(), false);
            } else if rest[0] == b'"' {
                self.take(1, quoted(rest, b'"'), 1, false);
            } else if let Some(end) = character(rest) {
                self.take(1, end, 1, false);
                // A character is no text that a rule looks at.
                self.spans.pop();
            } else {
                self.at += 1;
            }
        }
    }

    fn inside_a_word(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// Records and blanks `from..to` after the place we are at, and goes on behind the closing bytes.
    fn take(&mut self, from: usize, to: usize, closing: usize, comment: bool) {
        let (start, end) = (self.at + from, self.at + to);
        let (line, counted) = self.line;
        let line = line + self.text[counted..start].split(|byte| *byte == b'\n').count() - 1;
        self.line = (line, start);
        self.spans.push(Span { line, start, end, comment });
        for byte in &mut self.code[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at = (end + closing).min(self.text.len());
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn block_comment(text: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if text[at..].starts_with(b"*/") {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of `r##"` and what closes it.
fn raw_string(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let prefix = usize::from(matches!(text[0], b'b' | b'c'));
    let rest = text.get(prefix..)?.strip_prefix(b"r")?;
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    (rest.get(hashes) == Some(&b'"')).then(|| (prefix + hashes + 2, [b"\"", "#".repeat(hashes).as_bytes()].concat()))
}

/// Where the quoted text that begins with its quote ends.
fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}

/// Where a character literal ends; a lifetime is none.
fn character(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"'")?;
    if rest.first() == Some(&b'\\') {
        return Some(quoted(text, b'\''));
    }
    let letter =
        str::from_utf8(rest.get(..rest.len().min(4))?).or_else(|error| str::from_utf8(&rest[..error.valid_up_to()]));
    let length = letter.ok()?.chars().next()?.len_utf8();
    (rest.get(length) == Some(&b'\'')).then_some(length + 1)
}

#[test]
fn code_comments_and_literals_are_told_apart() {
    let text = r##"//! One.
fn f<'a>(x: &'a str) -> char { /* two /* three */ */ g("four \" // no", r#"fi"ve"#, b'"', '\'', 'ñ') } // six
#[cfg(test)]
mod tests {
    fn g() { "seven" }
}
const H: &str = "eight";
"##;
    let source = Source::new("crates/x/src/lib.rs", text);
    let texts =
        |pieces: &[Piece]| pieces.iter().map(|piece| format!("{}:{}", piece.line, piece.text)).collect::<Vec<_>>();
    assert_eq!(texts(&source.comments), ["1://! One.", "2:/* two /* three */ */", "2:// six"]);
    assert_eq!(texts(&source.literals), ["2:four \\\" // no", "2:fi\"ve", "5:seven", "7:eight"]);
    assert_eq!(source.code.len(), text.len());
    assert!(source.code.contains("g(\"             \", r#\"     \"#, b' ', '  ', '  ') }"), "{}", source.code);
    let shipped: Vec<usize> = source.shipped_literals().map(|literal| literal.line).collect();
    assert_eq!(shipped, [2, 2, 7]);
    assert_eq!(source.words("fn").len(), 2);
    assert_eq!(source.words("mod").len(), 1);
    assert_eq!(source.words("test").len(), 1, "`tests` is another word");
}
