//! Shaped HTML read as plain text or rewritten as the subset microblogs keep.
use super::entity;
use super::token::{Element, Token, Tokens};

/// The text of shaped HTML: blocks apart, lines as lines, cells by bars.
pub(super) fn text(html: &str) -> String {
    let mut lines = Lines::default();
    let mut preformatted = 0_usize;
    for token in Tokens::of(html) {
        match token {
            Token::Text(text) => lines.text(&entity::decode(text), preformatted > 0),
            Token::Open(element, _) => {
                preformatted += usize::from(element == Element::Block("pre"));
                match element {
                    Element::Break => lines.end(),
                    Element::Block(_) | Element::Rule => lines.apart(2),
                    Element::Row => lines.apart(1),
                    Element::Item => {
                        lines.apart(1);
                        lines.mark("- ");
                    }
                    Element::Cell(_) => lines.cell(),
                    _ => {}
                }
            }
            Token::Close(element) => {
                preformatted -= usize::from(element == Element::Block("pre") && preformatted > 0);
                match element {
                    Element::Block(_) => lines.apart(2),
                    Element::Row | Element::Item => lines.apart(1),
                    _ => {}
                }
            }
        }
    }
    lines.out
}

#[derive(Default)]
struct Lines {
    out: String,
    /// Line breaks due before the next text.
    due: usize,
    /// White space due before the next text on this line.
    space: bool,
    /// What the next text is preceded by: a bullet, a bar.
    mark: &'static str,
}

impl Lines {
    fn text(&mut self, text: &str, preformatted: bool) {
        if preformatted {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.end();
                }
                if !line.trim().is_empty() {
                    self.start();
                    self.out.push_str(line.trim_end());
                    self.space = line.ends_with(char::is_whitespace);
                }
            }
            return;
        }
        self.space |= text.starts_with(is_space);
        for (at, word) in text.split(is_space).filter(|word| !word.is_empty()).enumerate() {
            self.space |= at > 0;
            self.start();
            self.out.push_str(word);
        }
        self.space |= text.ends_with(is_space);
    }

    /// Pays what is due before text.
    fn start(&mut self) {
        if self.out.is_empty() {
            (self.due, self.space) = (0, false);
        }
        if self.due > 0 {
            self.out.extend(std::iter::repeat_n('\n', self.due.min(3)));
        } else if self.space {
            self.out.push(' ');
        }
        self.out.push_str(std::mem::take(&mut self.mark));
        (self.due, self.space) = (0, false);
    }

    fn end(&mut self) {
        self.due += 1;
        self.space = false;
    }

    fn apart(&mut self, lines: usize) {
        self.due = self.due.max(lines);
        self.space = false;
    }

    fn mark(&mut self, mark: &'static str) {
        self.mark = mark;
    }

    fn cell(&mut self) {
        self.space = false;
        if self.due == 0 && !self.out.is_empty() {
            self.mark = " | ";
        }
    }
}

/// White space that HTML folds; the no-break space is a character like others.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

/// Sanitised HTML without headings, rules and tables.
pub(super) fn microblog(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut tables = 0_usize;
    let mut row = Row::default();
    let mut rest = html;
    let mut tokens = Tokens::of(html);
    while let Some(token) = tokens.next() {
        // Sanitised HTML has no comments or swallowed elements, so the source of a token is what was taken for it.
        let source = rest.get(..rest.len() - tokens.rest().len()).unwrap_or_default();
        rest = tokens.rest();
        let (element, opens) = match token {
            Token::Text(_) => {
                row.pay(&mut out);
                out.push_str(source);
                continue;
            }
            Token::Open(element, _) => (element, true),
            Token::Close(element) => (element, false),
        };
        match element {
            Element::Block("table") => {
                tables = if opens { tables + 1 } else { tables.saturating_sub(1) };
                if tables == usize::from(opens) {
                    row = Row::default();
                    out.push_str(if opens { "<p>" } else { "</p>" });
                }
            }
            Element::Row if opens => row.apart("<br>"),
            Element::Cell(_) if opens => row.apart(" | "),
            Element::Block(_) | Element::Item | Element::Break if tables > 0 => row.apart(" "),
            Element::Row | Element::Cell(_) | Element::Rows(_) | Element::Rule | Element::Block("details") => {}
            Element::Block("h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary") => {
                out.push_str(if opens { "<p><strong>" } else { "</strong></p>" });
            }
            _ => {
                if opens {
                    row.pay(&mut out);
                }
                out.push_str(source);
            }
        }
    }
    out
}

/// What separates the texts of a flattened table.
#[derive(Default)]
struct Row {
    begun: bool,
    due: &'static str,
}

impl Row {
    /// A separator is due, if there is text to separate from, and no stronger one is.
    fn apart(&mut self, by: &'static str) {
        if self.begun && self.due != "<br>" {
            self.due = by;
        }
    }

    fn pay(&mut self, out: &mut String) {
        out.push_str(std::mem::take(&mut self.due));
        self.begun = true;
    }
}
