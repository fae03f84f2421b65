//! Brings any HTML into a small, flat, well-formed shape in linear time, before the sanitiser judges it.
//!
//! A conforming parser needs quadratic time and space for hostile nesting. What is written here is nested correctly,
//! never deeper than [`DEPTH`], and holds only known elements and attributes, so that parsing it is cheap and changes
//! nothing. Safety is not decided here: every byte still passes the sanitiser.
use super::entity;
use super::link::{Link, REL, REL_TAG, target};
use super::token::{Attributes, Element, Token, Tokens};

/// How deep elements may be nested; deeper ones lose their tags and keep their text.
const DEPTH: usize = 64;
/// How long a run of text may be, in bytes.
const RUN: usize = 2_048;
/// What a table opens by itself: rows, row and cell.
const TABLE_ROOM: usize = 4;
/// The classes that carry meaning between servers.
pub(super) const CLASSES: [&str; 7] =
    ["mention", "hashtag", "u-url", "h-card", "invisible", "ellipsis", "quote-inline"];
pub(super) fn shape(html: &str) -> String {
    let mut shaper = Shaper { out: String::with_capacity(html.len() + html.len() / 4), ..Shaper::default() };
    for token in Tokens::of(html) {
        match token {
            Token::Text(text) => shaper.text(text),
            Token::Open(element, attributes) => shaper.open(element, &attributes),
            Token::Close(element) => shaper.close(element),
        }
    }
    shaper.close_from(0);
    shaper.out
}

#[derive(Default)]
struct Shaper {
    out: String,
    open: Vec<&'static str>,
    /// Text stands before us on this line.
    on_line: bool,
    /// A dropped element ended its line here.
    line_ended: bool,
    /// The next text is the first of a `pre`; the parser would eat its line break.
    pre_begins: bool,
    /// Where the last markup ended.
    run_begins: usize,
    link: Option<Link>,
}

impl Shaper {
    fn text(&mut self, text: &str) {
        let text = if self.pre_begins { text.trim_start_matches(['\n', '\r']) } else { text };
        if text.is_empty() {
            return;
        }
        if text.bytes().all(|b| b.is_ascii_whitespace()) {
            if !self.between_cells() {
                self.push_text(text);
            }
            return;
        }
        self.enter_cell();
        self.end_line();
        self.on_line = true;
        self.push_text(text);
        if let Some(link) = &mut self.link
            && link.hidden_at.is_none()
        {
            link.seen.push_str(text);
        }
    }

    fn push_text(&mut self, text: &str) {
        self.pre_begins = false;
        for run in runs(text) {
            // The sanitiser drops the comment, and what it parts stays apart inside it: its writer takes quadratic time
            // for long runs of text.
            if self.out.len() - self.run_begins > RUN {
                self.out.push_str("<!---->");
                self.run_begins = self.out.len();
            }
            for part in run.split_inclusive(['<', '>']) {
                let (plain, sign) = match (part.strip_suffix('<'), part.strip_suffix('>')) {
                    (Some(plain), _) => (plain, "&lt;"),
                    (_, Some(plain)) => (plain, "&gt;"),
                    _ => (part, ""),
                };
                self.out.push_str(plain);
                self.out.push_str(sign);
            }
        }
    }

    fn open(&mut self, element: Element, attributes: &Attributes<'_>) {
        match element {
            Element::Break => {
                self.enter_cell();
                self.write("<br>");
                self.begin_line();
            }
            Element::Rule => {
                self.enter_cell();
                self.leave_paragraph();
                self.write("<hr>");
                self.begin_line();
            }
            // What is said of something folded stands first in it.
            Element::Block("summary") if self.open.last() != Some(&"details") => self.line(),
            Element::Block(name) => {
                self.enter_cell();
                self.leave_paragraph();
                let room = if name == "table" { TABLE_ROOM } else { 1 };
                if self.open.len() + room > DEPTH {
                    return self.line();
                }
                self.push(name, attributes);
            }
            Element::Item => match self.nearest(&["ul", "ol"]).filter(|at| at + 1 < DEPTH) {
                Some(list) => {
                    self.close_from(list + 1);
                    self.push("li", attributes);
                }
                None => self.line(),
            },
            Element::Ruby(name) => {
                if let Some(ruby) = self.nearest(&["ruby"]).filter(|at| at + 1 < DEPTH) {
                    self.close_from(ruby + 1);
                    self.push(name, attributes);
                }
            }
            Element::Rows(name) => self.enter_rows(name),
            Element::Row => self.enter_row(true),
            Element::Cell(name) => {
                if self.table().is_some() {
                    self.enter_row(false);
                    self.push(name, &Attributes::default());
                } else {
                    self.line();
                }
            }
            Element::Inline(name) => self.open_inline(name, attributes),
            Element::Line => self.line(),
            Element::Other => {}
        }
    }

    fn open_inline(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.enter_cell();
        self.end_line();
        let mut link = None;
        if name == "a" {
            if let Some(outer) = self.nearest(&["a"]) {
                self.close_from(outer);
            }
            link = attributes.href.and_then(target);
            // A link around a table holds no other link, and a link that leads nowhere is no link.
            if link.is_none() || self.link.is_some() {
                return;
            }
        }
        if self.open.len() >= DEPTH {
            return;
        }
        if let Some((href, host)) = link {
            self.open_link(&href, host, attributes);
        } else {
            if self.link.is_some() && name == "span" && has_class(attributes, "invisible") {
                let depth = self.open.len();
                self.link.iter_mut().for_each(|link| _ = link.hidden_at.get_or_insert(depth));
            }
            self.push(name, attributes);
        }
    }

    fn open_link(&mut self, href: &str, host: String, attributes: &Attributes<'_>) {
        self.write("<a href=\"");
        entity::push_escaped(&mut self.out, href);
        self.out.push('"');
        self.push_class(attributes);
        let is_tag = attributes.rel.is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "tag"));
        self.out.push_str(" rel=\"");
        self.out.push_str(if is_tag { REL_TAG } else { REL });
        self.out.push_str("\">");
        self.open.push("a");
        self.link = Some(Link { host, seen: String::new(), hidden_at: None });
    }

    fn close(&mut self, element: Element) {
        let found = match element {
            Element::Block("table") => self.table(),
            Element::Block(name) | Element::Inline(name) | Element::Ruby(name) => self.nearest(&[name]),
            Element::Item => self.nearest(&["li"]),
            Element::Rows(name) | Element::Cell(name) => self.in_table(&[name]),
            Element::Row => self.in_table(&["tr"]),
            Element::Line => return self.line(),
            Element::Break | Element::Rule | Element::Other => return,
        };
        match found {
            Some(at) => self.close_from(at),
            None if matches!(element, Element::Block(_)) => self.line(),
            None => {}
        }
    }

    /// Writes an opening tag and remembers it.
    fn push(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.write("<");
        self.out.push_str(name);
        if matches!(name, "span" | "p") {
            self.push_class(attributes);
        }
        if name == "span" && attributes.translate.is_some_and(|value| value.eq_ignore_ascii_case("no")) {
            self.out.push_str(" translate=\"no\"");
        }
        if name == "ol"
            && let Some(start) = attributes.start.and_then(|value| value.trim().parse::<i32>().ok())
        {
            self.out.push_str(" start=\"");
            self.out.push_str(&start.to_string());
            self.out.push('"');
        }
        self.out.push('>');
        self.open.push(name);
        self.pre_begins = name == "pre";
        if is_block(name) {
            self.begin_line();
        }
    }

    fn push_class(&mut self, attributes: &Attributes<'_>) {
        let mut kept = [""; CLASSES.len()];
        let words = attributes.class.unwrap_or_default().split_ascii_whitespace();
        let mut count = 0;
        for word in words.filter(|word| CLASSES.contains(word)) {
            if !kept.contains(&word)
                && let Some(slot) = kept.get_mut(count)
            {
                self.out.push_str(if count == 0 { " class=\"" } else { " " });
                self.out.push_str(word);
                *slot = word;
                count += 1;
            }
        }
        if count > 0 {
            self.out.push('"');
        }
    }

    fn write(&mut self, markup: &str) {
        self.pre_begins = false;
        self.out.push_str(markup);
        self.run_begins = self.out.len();
    }

    /// Closes the innermost elements down to the one at `at`, and that one.
    fn close_from(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(name) = self.open.pop() else { return };
            if let Some(link) = &mut self.link
                && link.hidden_at.is_some_and(|hidden| hidden >= self.open.len())
            {
                link.hidden_at = None;
            }
            if name == "a"
                && let Some(link) = self.link.take()
                && link.misleads()
            {
                self.out.push_str(" [");
                entity::push_escaped(&mut self.out, &link.host);
                self.out.push(']');
            }
            self.write("</");
            self.out.push_str(name);
            self.out.push('>');
            if is_block(name) {
                self.begin_line();
            }
        }
    }

    /// The innermost open element of these names; the walls of a table cell hide what is outside.
    fn nearest(&self, names: &[&str]) -> Option<usize> {
        let inside = self.open.iter().rposition(|name| matches!(*name, "td" | "th")).map_or(0, |wall| wall + 1);
        self.open.iter().rposition(|name| names.contains(name)).filter(|at| *at >= inside)
    }

    fn table(&self) -> Option<usize> {
        self.open.iter().rposition(|name| *name == "table")
    }

    fn in_table(&self, names: &[&str]) -> Option<usize> {
        let table = self.table()?;
        self.open.iter().rposition(|name| names.contains(name)).filter(|at| *at > table)
    }

    /// Whether only rows or cells may stand here.
    fn between_cells(&self) -> bool {
        self.open.last().is_some_and(|name| matches!(*name, "table" | "thead" | "tbody" | "tr"))
    }

    /// Opens the cell that text between cells is missing.
    fn enter_cell(&mut self) {
        if self.between_cells() {
            self.enter_row(false);
            self.push("td", &Attributes::default());
        }
    }

    fn enter_rows(&mut self, name: &'static str) {
        match self.table() {
            Some(table) => {
                self.close_from(table + 1);
                self.push(name, &Attributes::default());
            }
            None => self.line(),
        }
    }

    /// Goes to a row of the innermost table: always a new one, or the one that is open.
    fn enter_row(&mut self, new: bool) {
        if self.table().is_none() {
            return self.line();
        }
        if let Some(row) = self.in_table(&["tr"]) {
            if !new {
                return self.close_from(row + 1);
            }
            self.close_from(row);
        }
        match self.in_table(&["thead", "tbody"]) {
            Some(rows) => self.close_from(rows + 1),
            None => self.enter_rows("tbody"),
        }
        self.push("tr", &Attributes::default());
    }

    /// Ends a paragraph or heading, which hold no blocks.
    fn leave_paragraph(&mut self) {
        if let Some(at) = self.nearest(&["p", "h1", "h2", "h3", "h4", "h5", "h6"]) {
            self.close_from(at);
        }
    }

    fn begin_line(&mut self) {
        (self.on_line, self.line_ended) = (false, false);
        if let Some(link) = &mut self.link {
            link.seen.push(' ');
        }
    }

    /// A dropped element begins or ends a line here.
    fn line(&mut self) {
        self.line_ended = true;
    }

    /// Writes the line break a dropped element stood for, if text is on both sides.
    fn end_line(&mut self) {
        if self.line_ended && self.on_line {
            self.write("<br>");
            self.begin_line();
        }
        self.line_ended = false;
    }
}

/// A text in short runs, none of which ends inside a character reference.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.floor_char_boundary(RUN);
        let cut = if end == rest.len() {
            end
        } else {
            rest.get(..end)?.rfind('&').filter(|at| at + 40 > end && *at > 0).unwrap_or(end)
        };
        let (run, after) = rest.split_at_checked(cut)?;
        rest = after;
        (!run.is_empty()).then_some(run)
    })
}

fn is_block(name: &str) -> bool {
    matches!(element_of(name), Element::Block(_) | Element::Item | Element::Rows(_) | Element::Row | Element::Cell(_))
}

fn element_of(name: &str) -> Element {
    super::token::element(name)
}

fn has_class(attributes: &Attributes<'_>, class: &str) -> bool {
    attributes.class.is_some_and(|classes| classes.split_ascii_whitespace().any(|word| word == class))
}
