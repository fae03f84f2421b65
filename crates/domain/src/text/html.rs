//! HTML from outside: one sanitiser for every sink, and its plain readings.
mod entity;
mod flat;
mod link;
mod shape;
mod summary;
mod token;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

pub use self::summary::{Embed, Page, Summary, author_name, located, summarize};
use self::token::{Element, Token};
use super::plain;
use crate::host::Host;

/// The longest HTML that is read, in bytes; the rest is cut.
const LONGEST: usize = 128 * 1024;

/// The elements that may be in a page; what else is there loses its tags.
const TAGS: &str = "p br span a del s pre blockquote code b strong u i em ul ol li ruby rt rp h1 h2 h3 h4 h5 h6 hr table thead \
                    tbody tr th td details summary";

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let classes: HashSet<&str> = shape::CLASSES.into_iter().collect();
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.split(' ').collect())
        .clean_content_tags(HashSet::from(["script", "style", "svg", "math", "iframe", "template"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .tag_attribute_values(HashMap::from([
            ("a", HashMap::from([("rel", HashSet::from([link::REL, link::REL_TAG]))])),
            ("span", HashMap::from([("translate", HashSet::from(["no"]))])),
        ]))
        .allowed_classes(HashMap::from([("a", classes.clone()), ("span", classes.clone()), ("p", classes)]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true);
    builder
});

/// HTML that may be put into a page. Sanitising it again changes nothing.
pub fn sanitize(html: &str) -> String {
    let html = readable(html);
    // Many short posts hold no markup at all.
    if !html.contains(['<', '>', '&', '\u{a0}']) {
        return html.into_owned();
    }
    let shaped = shape::shape(&html);
    let mut clean = settle(SANITISER.clean(&shaped).to_string());
    // Only now are all characters known by themselves, and with them what the links say.
    if entity::is_beyond_us(&shaped) {
        clean = settle(SANITISER.clean(&shape::shape(&clean)).to_string());
    }
    // Longer than this is nobody's post but an attack on whoever stores it.
    if clean.len() <= html.len() * 10 + 1024 { clean } else { escape(&flat::text(&clean)) }
}

/// The part of sanitised HTML that every microblog keeps: headings and what folds something as bold lines, tables as text.
pub fn to_microblog(html: &str) -> String {
    settle(flat::microblog(&sanitize(html)))
}

/// A sanitised text for those who ignore titles: its title first, in bold, and only what microblogs keep.
pub fn for_microblogs<'a>(title: Option<&str>, html: &'a str) -> Cow<'a, str> {
    let body = if ["<h", "<table", "<details"].iter().any(|tag| html.contains(tag)) {
        Cow::Owned(to_microblog(html))
    } else {
        Cow::Borrowed(html)
    };
    match title {
        Some(title) => Cow::Owned(format!("<p><strong>{}</strong></p>{body}", escape(title))),
        None => body,
    }
}

/// The text of HTML with its line breaks.
pub fn to_text(html: &str) -> String {
    let shaped = shape::shape(&readable(html));
    // Only the parser knows all names of characters; asking it costs ten times the rest.
    if entity::is_beyond_us(&shaped) { flat::text(&sanitize(html)) } else { flat::text(&shaped) }
}

/// Where a text leads whose first link says, by `rel="me"`, that the page there is its author's own.
pub fn own_page(html: &str) -> Option<String> {
    let link = token::links(html).next().filter(token::Attributes::is_me)?;
    link::target(link.href?).map(|(address, _)| address).filter(|address| !address.starts_with("mailto:"))
}

/// How many links a text has that are neither mentions nor hashtags, by what they say.
pub fn count_links(html: &str) -> usize {
    let (mut is_open, mut found) = (false, 0);
    for token in token::Tokens::of(html) {
        match token {
            Token::Open(Element::Inline("a"), _) => is_open = true,
            Token::Close(Element::Inline("a")) => is_open = false,
            Token::Text(text) if is_open && !text.trim().is_empty() => {
                found += usize::from(!text.trim_start().starts_with(['@', '#', '!']));
                is_open = false;
            }
            _ => {}
        }
    }
    found
}

/// Where the first link of a text leads that is neither a mention nor a hashtag.
pub fn first_link(html: &str) -> Option<String> {
    let is_name = |link: &token::Attributes<'_>| {
        let words = link.class.into_iter().chain(link.rel).flat_map(str::split_ascii_whitespace);
        words.into_iter().any(|word| matches!(word, "mention" | "hashtag" | "tag"))
    };
    let mut open = None;
    for token in token::Tokens::of(html) {
        match token {
            Token::Open(Element::Inline("a"), link) => open = link.href.filter(|_| !is_name(&link)),
            Token::Close(Element::Inline("a")) => open = None,
            Token::Text(text) if !text.trim().is_empty() => {
                let href = open.take().filter(|_| !text.trim_start().starts_with(['@', '#', '!']));
                let target = href.and_then(link::target).map(|(address, _)| address);
                if let Some(address) = target.filter(|address| !address.starts_with("mailto:")) {
                    return Some(address);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where the links of a text lead, mentions and hashtags among them.
pub fn addresses(html: &str) -> impl Iterator<Item = String> {
    token::links(html).filter_map(|link| link::target(link.href?)).map(|(address, _)| address)
}

/// The servers that the links of a text lead to.
pub fn leads_to(html: &str) -> impl Iterator<Item = Host> {
    token::links(html).filter_map(|link| Host::of(&entity::decode(link.href?)))
}

/// Whether a page says, by `rel="me"`, that it belongs to whoever has one of these addresses.
pub fn belongs_to(page: &str, addresses: &[&str]) -> bool {
    let is_theirs = |href: &str| {
        let href = entity::decode(href);
        let href = href.trim().trim_end_matches('/');
        addresses.iter().any(|address| address.trim_end_matches('/') == href)
    };
    token::links(page).filter(token::Attributes::is_me).any(|link| link.href.is_some_and(is_theirs))
}

/// The beginning of the text in one line, at most `max` characters.
pub fn excerpt(html: &str, max: usize) -> String {
    let text = to_text(html);
    // On one line, a dash would not say that a list is there.
    plain::line(&text.strip_prefix("- ").unwrap_or(&text).replace("\n- ", "\n· "), max)
}

/// Plain text as HTML that shows just that text.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    entity::push_escaped(&mut out, text);
    out
}

/// The part that is read, with plain line breaks and without controls.
fn readable(html: &str) -> Cow<'_, str> {
    let html = html.get(..html.floor_char_boundary(LONGEST)).unwrap_or(html);
    if !html.contains(is_unwanted) {
        return Cow::Borrowed(html);
    }
    let mut html = html.replace("\r\n", "\n").replace('\r', "\n").replace('\u{c}', " ");
    html.retain(|c| !is_unwanted(c));
    Cow::Owned(html)
}

fn is_unwanted(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Drops what a second parsing would drop or change: controls, and line breaks right after `<pre>`.
fn settle(html: String) -> String {
    let html = if html.contains(is_unwanted) { html.replace(is_unwanted, "") } else { html };
    if !html.contains("<pre>\n") {
        return html;
    }
    let mut parts = html.split("<pre>");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("<pre>");
        out.push_str(part.trim_start_matches('\n'));
    }
    out
}

#[cfg(test)]
mod tests;
