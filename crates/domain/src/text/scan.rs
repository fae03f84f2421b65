//! Finds names, hashtags and addresses inside a run of text.
use unicode_normalization::char::is_combining_mark;

use crate::handle::{self, Handle};
use crate::host::{self, Host};

/// The longest address made a link, in bytes.
const URL_MAX: usize = 2_048;

/// A run of text, or something in it that leads somewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Nothing special.
    Text(&'a str),
    /// `@name`, `@name@host`, `!name@host`; with its source.
    Mention(Handle, &'a str),
    /// `#tag`, without the sign.
    Hashtag(&'a str),
    /// An `http(s)` address.
    Address(&'a str),
}

/// The pieces of a text, which together are the whole text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut before: Option<char> = None;
    while let Some(rest) = text.get(at..)
        && let Some(c) = rest.chars().next()
    {
        let found = match c {
            '@' | '!' if !before.is_some_and(|b| continues_word(b) || matches!(b, '/' | '@' | '=' | '.')) => {
                mention(rest)
            }
            '#' | '＃' if !before.is_some_and(|b| continues_word(b) || matches!(b, '/' | '&' | '=' | ')' | '#')) => {
                hashtag(rest)
            }
            'h' | 'H' if !before.is_some_and(continues_word) => address(rest),
            _ => None,
        };
        let length = if let Some((piece, length)) = found {
            push_text(&mut out, text.get(start..at));
            out.push(piece);
            start = at + length;
            length
        } else {
            c.len_utf8()
        };
        before = rest.get(..length).and_then(|taken| taken.chars().next_back());
        at += length;
    }
    push_text(&mut out, text.get(start..));
    out
}

fn push_text<'a>(out: &mut Vec<Piece<'a>>, text: Option<&'a str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        out.push(Piece::Text(text));
    }
}

/// Whether a character belongs to a word, so that a sign after it begins nothing.
fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn mention(text: &str) -> Option<(Piece<'_>, usize)> {
    let rest = text.get(1..)?;
    let name = head(rest, handle::REMOTE_MAX, |c| continues_word(c) || matches!(c, '.' | '-'));
    let name = name.trim_end_matches(['.', '-']);
    let after = rest.get(name.len()..)?;
    if let Some(tail) = after.strip_prefix('@')
        && let Some(written) = written_host(tail)
    {
        let source = text.get(..1 + name.len() + 1 + written.len())?;
        return Handle::parse(source).map(|handle| (Piece::Mention(handle, source), source.len()));
    }
    // A sentence may end, and the next begin, without a space.
    let name = name.split('.').next()?;
    let source =
        text.get(..=name.len()).filter(|source| source.starts_with('@') && handle::local_name(name).is_some())?;
    Handle::parse(source).map(|handle| (Piece::Mention(handle, source), source.len()))
}

/// The longest beginning of a text that is a host, with its port.
fn written_host(text: &str) -> Option<&str> {
    let run = head(text, 260, |c| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '-' | '_' | ':'));
    let mut written = run.trim_end_matches(['.', '-', ':', '_']);
    while !written.is_empty() && Host::parse(written).is_none() {
        written = written.rsplit_once(':')?.0;
    }
    Some(written).filter(|written| !written.is_empty())
}

fn hashtag(text: &str) -> Option<(Piece<'_>, usize)> {
    let sign = text.chars().next()?.len_utf8();
    let rest = text.get(sign..)?;
    let tag =
        head(rest, super::hashtag::LONGEST + 1, |c| continues_word(c) || matches!(c, '·' | '\u{200c}' | '\u{200d}'));
    let tag = tag.trim_end_matches(['·', '\u{200c}', '\u{200d}']);
    super::hashtag::is_tag(tag).then(|| (Piece::Hashtag(tag), sign + tag.len()))
}

fn address(text: &str) -> Option<(Piece<'_>, usize)> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let written = text.get(..scheme.len())?;
        written.eq_ignore_ascii_case(scheme).then(|| text.get(scheme.len()..)).flatten()
    })?;
    // The host first: what has none is not worth reading to its end.
    let host = head(rest, 260, |c| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '-' | '_' | ':'));
    let path_begins = rest.get(host.len()..)?.starts_with('/');
    Host::parse(if path_begins { host } else { host.trim_end_matches(['.', ':', '-', '_']) })?;
    let run = head(text, URL_MAX, |c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"'));
    let mut url = run;
    for _ in 0..16 {
        let trimmed =
            url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '…', '»', '”', '’', '|']);
        // A closing bracket is part of the address only if it was opened there.
        let closes = [('(', ')'), ('[', ']'), ('{', '}')]
            .into_iter()
            .any(|(o, c)| trimmed.ends_with(c) && trimmed.matches(c).count() > trimmed.matches(o).count());
        let shorter = if closes { trimmed.get(..trimmed.len() - 1)? } else { trimmed };
        if shorter.len() == url.len() {
            break;
        }
        url = shorter;
    }
    host::origin(url).is_some().then_some((Piece::Address(url), url.len()))
}

/// The longest beginning of at most `max` characters that all fit.
fn head(text: &str, max: usize, fits: impl Fn(char) -> bool) -> &str {
    let end = text.char_indices().take(max).take_while(|(_, c)| fits(*c)).last().map_or(0, |(at, c)| at + c.len_utf8());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<String> {
        let shown = |piece| match piece {
            Piece::Text(_) => None,
            Piece::Mention(handle, _) => Some(handle.to_string()),
            Piece::Hashtag(tag) => Some(format!("#{tag}")),
            Piece::Address(url) => Some(url.to_owned()),
        };
        pieces(text).into_iter().filter_map(shown).collect()
    }

    #[test]
    fn finds_what_leads_somewhere() {
        for (text, expected) in [
            ("hola @Ana, @ana@beta.test.", vec!["@ana", "@ana@beta.test"]),
            ("@a@127.0.0.2:8081: hi", vec!["@a@127.0.0.2:8081"]),
            ("(!rocks@lemmy.test) ¡hola!", vec!["@rocks@lemmy.test"]),
            ("@ana.Gracias @luis's", vec!["@ana", "@luis"]),
            ("#Año_nuevo, #2024 #a1 C# #café·olé ##x", vec!["#Año_nuevo", "#a1", "#café·olé"]),
            (
                "(see https://a.test/b_(c)), HTTP://x.test/?q=@z#t!",
                vec!["https://a.test/b_(c)", "HTTP://x.test/?q=@z#t"],
            ),
            ("#日本語タグ", vec!["#日本語タグ"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "ana@beta.test",
            "a/@b",
            "@",
            "#",
            "# title",
            "@añ",
            "!hola",
            "5#3",
            "http://",
            "https://u:p@x.test/",
            "@-x",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_text(text in "([@#!ah:/.ñ_ -]|http://|@b@c.d|\\PC){0,40}") {
            let whole: String = pieces(&text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Mention(_, text) | Piece::Address(text) => text.to_owned(),
                    Piece::Hashtag(tag) => format!("#{tag}"),
                })
                .collect();
            prop_assert_eq!(whole, text.replace('＃', "#"));
        }
    }
}
