//! Search text analysed by us, so that both databases find the same things.
mod found;
mod likeness;
mod query;
mod spelling;
mod wish;

use std::collections::{HashMap, HashSet};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use found::Piece;
pub use likeness::Likeness;
pub use query::{Query, query};
pub use spelling::{Spelling, is_worthwhile, vocabulary};
pub use wish::{State, Wish};

/// The longest word kept, in characters.
const WORD_MAX: usize = 64;
/// How much of one text is read, in bytes.
const TEXT_MAX: usize = 256 * 1024;
/// The most words of one text that are indexed.
const WORDS_MAX: usize = 10_000;

/// The index form of a text: words by spaces, ready for a tokeniser that splits at whatever is no letter or digit.
///
/// Text of a known language is one run of stems, so that phrases match. Text of an unknown one is its run of Spanish
/// stems, then the English stems and folded words not among them. What a missing accent changes in a stem is added last.
pub fn analyze(text: &str, language: Option<&str>) -> String {
    let words = words(text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or(text), WORDS_MAX);
    let languages = Language::of(language);
    let mut out = String::with_capacity(text.len() * 2);
    let Some((first, others)) = languages.split_first() else { return out };
    // Stemming is what takes time: each word once.
    let mut stems: HashMap<&str, String> = HashMap::with_capacity(words.len());
    let mut once: Vec<&str> = Vec::with_capacity(words.len());
    for word in &words {
        let stem = stems.entry(word).or_insert_with(|| {
            once.push(word);
            first.stem(word)
        });
        push_word(&mut out, stem);
    }
    let mut seen: HashSet<String> = stems.into_values().collect();
    let mut add = |stem: String| {
        if !seen.contains(&stem) {
            push_word(&mut out, &stem);
            seen.insert(stem);
        }
    };
    for language in others {
        for word in &once {
            add(language.stem(word));
        }
    }
    for word in once.into_iter().filter(|word| !word.is_ascii()) {
        let folded = fold(word);
        if folded != word {
            for language in languages {
                add(language.stem(&folded));
            }
        }
    }
    out
}

/// Lower case, compatible forms made one, accents off Latin and Greek letters, ñ kept.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    if is_western(text) {
        return text.chars().map(|c| without_accent(western_lower(c))).collect();
    }
    fold_any(text)
}

/// The same for all scripts.
fn fold_any(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut base = ' ';
    for c in text.nfkd().flat_map(char::to_lowercase).nfd() {
        let accent = ('\u{300}'..='\u{36f}').contains(&c);
        if !accent {
            base = c;
        }
        let kept =
            !accent || (base == 'n' && c == '\u{303}') || !(base.is_ascii() || ('\u{370}'..='\u{3ff}').contains(&base));
        if kept {
            out.push(c);
        }
    }
    out.nfc().collect()
}

/// Whether a text has only the letters that western Europe writes with, each in one piece: nothing about them has to be
/// looked up in tables.
fn is_western(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || ('À'..='ÿ').contains(&c))
}

/// Lower case of the letters of [`is_western`].
fn western_lower(c: char) -> char {
    match c {
        '×' => c,
        'À'..='Þ' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}

/// A lower-case letter of [`is_western`] without what it can do without; that of ñ it cannot.
fn without_accent(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => c,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Spanish,
    English,
    Unknown,
}

impl Language {
    /// Those by which a text is analysed.
    fn of(language: Option<&str>) -> &'static [Self] {
        match language.map(super::language::primary) {
            Some("es") => &[Self::Spanish],
            Some("en") => &[Self::English],
            None | Some("und") => &[Self::Spanish, Self::English, Self::Unknown],
            Some(_) => &[Self::Unknown],
        }
    }

    /// The folded stem of a lower-case word.
    fn stem(self, word: &str) -> String {
        let algorithm = match self {
            Self::Spanish => Algorithm::Spanish,
            Self::English => Algorithm::English,
            Self::Unknown => return fold(word),
        };
        let stem = fold(&Stemmer::create(algorithm).stem(word));
        // Snowball keeps the plural of short words: without this, `año` would not find `años`.
        match stem.strip_suffix('s') {
            Some(single) if self == Self::Spanish && single.chars().count() >= 3 && single.ends_with(['a', 'o']) => {
                single.to_owned()
            }
            _ => stem,
        }
    }
}

/// The words of a text: runs of letters or of digits, lower case, composed; scripts without spaces letter by letter.
///
/// Signs that no letter absorbs are left out and digits are parted from letters, because the tokenisers of the two
/// databases disagree about both.
fn words(text: &str, max: usize) -> Vec<String> {
    let mut words = Words::default();
    // Piece by piece, since most need no normalisation, and nothing composes across a space.
    for piece in text.split_inclusive(' ') {
        if words.done.len() >= max {
            break;
        }
        if piece.is_ascii() {
            for byte in piece.bytes() {
                words.take(char::from(byte.to_ascii_lowercase()));
            }
        } else if is_western(piece) {
            piece.chars().map(western_lower).for_each(|c| words.take(c));
        } else {
            composed(piece).for_each(|c| words.take(c));
        }
    }
    words.take(' ');
    words.done.truncate(max);
    words.done
}

/// The letters of a text in lower case, each in one piece.
fn composed(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().flat_map(char::to_lowercase).nfc().filter(|c| !is_combining_mark(*c))
}

/// Words, and the beginning of the next one.
#[derive(Default)]
struct Words {
    done: Vec<String>,
    word: String,
    length: usize,
    digits: bool,
}

impl Words {
    fn take(&mut self, c: char) {
        let alone = c.is_alphanumeric() && stands_alone(c);
        let ends = !c.is_alphanumeric() || alone || self.digits != c.is_numeric();
        if ends && !self.word.is_empty() {
            self.done.push(std::mem::take(&mut self.word));
            self.length = 0;
        }
        if alone {
            self.done.push(c.to_string());
        } else if c.is_alphanumeric() && self.length < WORD_MAX {
            self.word.push(c);
            (self.length, self.digits) = (self.length + 1, c.is_numeric());
        }
    }
}

/// Signs that belong to the letter before them.
fn is_joined(c: char) -> bool {
    is_combining_mark(c)
}

/// Letters of scripts that put no spaces between words.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '\u{e00}'..='\u{e30}' | '\u{e32}' | '\u{e33}' | '\u{e40}'..='\u{e46}')
}

fn push_word(out: &mut String, word: &str) {
    if word.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

#[cfg(test)]
mod tests;
