//! Plain text from outside: no controls, no turned direction, no towers of accents, no endless length.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The longest display name kept, in characters.
pub const NAME_MAX: usize = 2_048;
/// Accents a letter may carry; the scripts that stack most use four.
const MARKS_MAX: usize = 4;

/// A text of several lines (a biography, a description of a picture), at most `max` characters.
pub fn clean(text: &str, max: usize) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n").replace('\u{2029}', "\n\n");
    let kept = tame(text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()));
    cut(kept.trim(), max)
}

/// A text of one line, at most `max` characters.
pub fn line(text: &str, max: usize) -> String {
    cut(&collapse(&tame(text.chars().map(|c| if c.is_control() { ' ' } else { c }))), max)
}

/// A display name: one line, empty if nothing of it can be seen.
pub fn name(text: &str) -> String {
    let name = line(text, NAME_MAX);
    if name.chars().all(|c| c.is_whitespace() || is_invisible(c) || is_combining_mark(c)) {
        String::new()
    } else {
        name
    }
}

/// Runs of white space as one space, none at the ends.
pub fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most `max` characters, cut after a whole word where there is one, and ending in `…` when cut.
pub fn cut(text: &str, max: usize) -> String {
    if text.len() <= max || text.chars().count() <= max {
        return text.to_owned();
    }
    let room = max.saturating_sub(1);
    let (mut end, mut word_end, mut used) = (0, 0, 0);
    for (at, cluster) in text.grapheme_indices(true) {
        if cluster.chars().all(char::is_whitespace) {
            word_end = at;
        }
        used += cluster.chars().count();
        if used > room {
            break;
        }
        end = at + cluster.len();
    }
    // One endless word is cut inside rather than thrown away.
    let end = if word_end > 0 && word_end * 2 >= end { word_end } else { end };
    let mut out = text.get(..end).unwrap_or_default().trim_end().to_owned();
    if max > 0 {
        out.push('…');
    }
    out
}

/// Signs that turn the direction of what follows them.
pub fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Signs without a picture that are not needed to write any language.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}'
        | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Composed form without direction signs and with a bounded number of accents a letter.
fn tame(chars: impl Iterator<Item = char>) -> String {
    let mut marks = 0;
    chars
        .filter(|c| !is_direction(*c) && *c != '\u{feff}')
        .filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= MARKS_MAX
        })
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_hidden_survives() {
        assert_eq!(line(" a\0\r\n b\u{202e}c\u{7f}\u{85}d\t", 99), "a bc d");
        assert_eq!(clean("uno\r\ndos\u{0}\u{2029}tres\u{2067}\r", 99), "uno\ndos\n\ntres");
        assert_eq!(name("\u{200b}\u{3164} \u{ad}"), "");
        assert_eq!(name("Ana 👩‍💻"), "Ana 👩‍💻");
        assert_eq!(line(&format!("a{}b", "\u{30d}".repeat(500)), 99).chars().count(), 6);
        assert_eq!(line("n\u{303}", 9), "ñ");
    }

    #[test]
    fn cut_counts_characters_and_keeps_words_and_clusters() {
        assert_eq!(cut("ñandú veloz", 11), "ñandú veloz");
        assert_eq!(cut("ñandú veloz corre", 12), "ñandú veloz…");
        assert_eq!(cut(&"x".repeat(30), 5), "xxxx…");
        assert_eq!(cut("ab👩‍💻👩‍💻", 4), "ab…");
        assert_eq!(cut("abc", 0), "");
    }

    proptest! {
        #[test]
        fn bounded_and_stable(text in "\\PC*|[\\u{0}-\\u{20}a\\u{300}-\\u{310}\\u{2028}-\\u{202e}]*", max in 0usize..40) {
            for made in [clean(&text, max), line(&text, max), cut(&text, max)] {
                prop_assert!(made.chars().count() <= max);
            }
            let once = clean(&text, 1_000);
            prop_assert!(!once.chars().any(|c| is_direction(c) || (c.is_control() && c != '\n' && c != '\t')));
            prop_assert_eq!(clean(&once, 1_000), once);
        }
    }
}
